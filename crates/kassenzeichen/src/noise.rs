//! Numbers that are something else than a reference: dates, accounts, telephone numbers, amounts, postcodes.
//!
//! Must not know references or schemes, so it only marks; what a mark means for a spelling is decided by the
//! search. Invariant: one mark for every byte of the text; marks lie on whole pieces.

use crate::reading::{Class, Link, Piece, Reading};
use crate::words;

/// What is known of a digit without knowing any reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Noise {
    /// Nothing.
    #[default]
    None,
    /// A word before it says that it is another number (Rechnung, Kd-Nr); but people also write that
    /// before their reference.
    Introduced,
    /// It has the shape of something else.
    Other,
}

/// Dates, postcodes and years have no more digits in one piece.
const SHORT: usize = 5;

/// The groups of numbers that tax offices give.
const TAX_NUMBERS: [&[usize]; 4] = [&[3, 3, 4, 3, 3, 1], &[3, 4, 4], &[3, 3, 5], &[2, 3, 5]];

/// A number of so many digits may be whole, with a date or an instalment's number behind it.
const WHOLE: usize = 6;

/// An introduced number goes on after a blank in groups of up to this many digits.
const GROUP: usize = 6;

/// Marks every byte of a text, read both with its line breaks and without.
pub(crate) fn mark(reading: &Reading<'_>, marks: &mut Vec<Noise>) {
    marks.clear();
    marks.resize(reading.text.len(), Noise::None);
    View { reading, pieces: &reading.pieces }.mark(marks);
    if reading.pieces.iter().any(|piece| piece.link == Link::Line) {
        View { reading, pieces: &reading.joined() }.mark(marks);
    }
}

/// Are these pieces, whatever else the text says, an instalment's name (`2023-4`)? Then all of them are marked.
pub(crate) fn is_period(reading: &Reading<'_>, first: usize, last: usize) -> bool {
    View { reading, pieces: &reading.pieces }.period(first) == Some((first, last))
}

/// Pieces `first..=last` that are something else.
type Stretch = (usize, usize);

struct View<'r> {
    reading: &'r Reading<'r>,
    pieces: &'r [Piece],
}

impl View<'_> {
    fn mark(&self, marks: &mut [Noise]) {
        for at in 0..self.pieces.len() {
            let is_number = self.pieces.get(at).is_some_and(|piece| piece.class == Class::Digits);
            let is_short = self.width(at) <= SHORT;
            if is_number && is_short {
                let shapes = [self.date(at), self.day_and_month(at), self.postcode(at), self.period(at)];
                shapes.into_iter().flatten().for_each(|stretch| self.fill(marks, stretch, Noise::Other));
            }
            if is_number {
                self.tax_number(at).into_iter().for_each(|stretch| self.fill(marks, stretch, Noise::Other));
                self.amount(at).into_iter().for_each(|stretch| self.fill(marks, stretch, Noise::Other));
            } else if self.word(at).is_some() {
                let shapes = [self.iban(at), self.bic(at), self.phone(at)];
                shapes.into_iter().flatten().for_each(|stretch| self.fill(marks, stretch, Noise::Other));
                self.introduced(at).into_iter().for_each(|stretch| self.fill(marks, stretch, Noise::Introduced));
            }
        }
    }

    fn fill(&self, marks: &mut [Noise], (first, last): Stretch, noise: Noise) {
        let (Some(first), Some(last)) = (self.pieces.get(first), self.pieces.get(last)) else {
            return;
        };
        for mark in marks.get_mut(first.bytes.start..last.bytes.end).unwrap_or_default() {
            *mark = noise.max(*mark);
        }
    }

    fn piece(&self, at: usize, class: Class) -> Option<&[char]> {
        self.pieces.get(at).filter(|piece| piece.class == class).map(|piece| self.reading.symbols_of(piece))
    }

    fn digits(&self, at: usize) -> Option<&[char]> {
        self.piece(at, Class::Digits)
    }

    fn word(&self, at: usize) -> Option<&[char]> {
        self.piece(at, Class::Letters)
    }

    /// The number a short piece stands for.
    fn value(&self, at: usize) -> Option<u32> {
        let digits = self.digits(at).filter(|digits| digits.len() <= 4)?;
        digits.iter().try_fold(0, |value, c| Some(value * 10 + c.to_digit(10)?))
    }

    fn width(&self, at: usize) -> usize {
        self.pieces.get(at).map_or(0, Piece::len)
    }

    /// What stands before the piece `at`; `None` at the text's borders.
    fn gap(&self, at: usize) -> Option<&str> {
        Some(self.reading.between(self.pieces.get(at.checked_sub(1)?)?, self.pieces.get(at)?))
    }

    /// Do the digits go on beyond `first..=last` by one of these separators?
    fn goes_on(&self, stretch: Stretch, separators: &[&str]) -> bool {
        let (first, last) = stretch;
        self.joins(first, separators) || self.joins(last + 1, separators)
    }

    /// The same, but a whole number may stand before it: `07083838/2025-4`.
    fn is_inside(&self, (first, last): Stretch, separators: &[&str]) -> bool {
        (self.joins(first, separators) && !self.is_behind(first)) || self.joins(last + 1, separators)
    }

    /// Are the digits `at` and those before them joined by one of these separators?
    fn joins(&self, at: usize, separators: &[&str]) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.digits(before));
        before.is_some() && self.digits(at).is_some() && self.gap(at).is_some_and(|gap| separators.contains(&gap))
    }

    /// Does a number of six digits or more, with other signs inside, end at the sign before this piece?
    fn is_behind(&self, at: usize) -> bool {
        let is_sign = |gap: &&str| matches!(*gap, "." | "-" | "/");
        let Some(sign) = self.gap(at).filter(is_sign) else { return false };
        let (mut first, mut digits) = (at, 0);
        while let Some(before) = first.checked_sub(1).filter(|before| self.digits(*before).is_some()) {
            match self.gap(first) {
                Some(gap) if first < at && gap == sign => return false,
                Some("" | "." | "-" | "/" | "_" | "\n") => digits += self.width(before),
                _ => break,
            }
            first = before;
        }
        digits >= WHOLE
    }

    fn is_year(&self, at: usize) -> bool {
        self.width(at) == 4 && self.value(at).is_some_and(|year| (1950..2050).contains(&year))
    }

    fn is_between(&self, at: usize, low: u32, high: u32) -> bool {
        self.width(at) <= 2 && self.value(at).is_some_and(|value| (low..=high).contains(&value))
    }

    /// `07.11.2023`, `7.11.23`, `7. 11. 2023`, `7/11/2023`, `2023-11-07`.
    fn date(&self, at: usize) -> Option<Stretch> {
        let (one, two) = (self.gap(at + 1)?, self.gap(at + 2)?);
        let separator = one.trim_end();
        if separator != two.trim_end() || !["", ".", "-", "/"].contains(&separator) || one.len() > 2 || two.len() > 2 {
            return None;
        }
        let is_month = self.is_between(at + 1, 1, 12);
        let short_year = !separator.is_empty() && self.width(at + 2) == 2;
        let german = self.is_between(at, 1, 31) && is_month && (self.is_year(at + 2) || short_year);
        let iso = !separator.is_empty() && self.is_year(at) && is_month && self.is_between(at + 2, 1, 31);
        let separators: &[&str] = if short_year { &[".", "-", "/"] } else { &[one, two] };
        ((german || iso) && !self.is_inside((at, at + 2), separators)).then_some((at, at + 2))
    }

    /// `15.11.` without a year.
    fn day_and_month(&self, at: usize) -> Option<Stretch> {
        let is_dotted = matches!(self.gap(at + 1)?, "." | ". ");
        let after = self.pieces.get(at + 1).and_then(|piece| self.reading.text.get(piece.bytes.end..))?;
        let stretch = (at, at + 1);
        let is_day = self.is_between(at, 1, 31) && self.is_between(at + 1, 1, 12);
        (is_day && is_dotted && after.starts_with('.') && !self.goes_on(stretch, &["."])).then_some(stretch)
    }

    /// `1.234,56`; with a currency beside it also `1234.56` and `48`.
    fn amount(&self, at: usize) -> Option<Stretch> {
        let mut last = at;
        while self.gap(last + 1) == Some(".") && self.width(last + 1) == 3 && self.digits(last + 1).is_some() {
            last += 1;
        }
        let is_cents = |next: usize| self.digits(next).is_some() && self.width(next) == 2;
        let has_comma = self.gap(last + 1) == Some(",") && is_cents(last + 1);
        let has_point = self.gap(last + 1) == Some(".") && is_cents(last + 1);
        last += usize::from(has_comma || has_point);
        let stretch = (at, last);
        let is_short = last > at || self.width(at) <= 5;
        let has_shape = has_comma || (is_short && self.has_currency(stretch));
        (has_shape && !self.goes_on(stretch, &[".", ",", "/", "-"])).then_some(stretch)
    }

    fn has_currency(&self, (first, last): Stretch) -> bool {
        let sign = |at: usize| self.gap(at).is_some_and(|gap| gap.contains('€') && gap.trim().chars().count() == 1);
        let beside = |word: usize, gap: usize| {
            self.word(word).is_some_and(words::is_currency) && self.gap(gap).is_some_and(|gap| gap.trim().is_empty())
        };
        let before = first.checked_sub(1).is_some_and(|before| beside(before, first)) || sign(first);
        let belongs_to_next = self.digits(last + 2).is_some() && self.gap(last + 2).is_some_and(|gap| gap.len() <= 1);
        let at_end = self.pieces.len() == last + 1
            && self.pieces.last().is_some_and(|piece| {
                self.reading.text.get(piece.bytes.end..).unwrap_or_default().trim_start().starts_with('€')
            });
        before || at_end || sign(last + 1) || (beside(last + 1, last + 1) && !belongs_to_next)
    }

    /// `59581 Warstein`
    fn postcode(&self, at: usize) -> Option<Stretch> {
        self.word(at + 1).filter(|word| word.len() >= 3 && !words::is_levy(word))?;
        let is_beside = matches!(self.gap(at + 1)?, " " | "  " | "\n");
        let name = self.pieces.get(at + 1).and_then(|piece| self.reading.text.get(piece.bytes.start..))?;
        let is_prefix = |before: usize| {
            let is_near = self.width(before) == 1 || self.gap(at) == Some("");
            is_near && self.word(before).is_some_and(|word| word != ['D'])
        };
        let is_part = at.checked_sub(1).is_some_and(is_prefix) || self.goes_on((at, at), &[".", "/", "-", ""]);
        let is_name = name.starts_with(char::is_uppercase);
        (self.width(at) == 5 && is_beside && is_name && !is_part).then_some((at, at))
    }

    /// `2023-4`, `11/2023`, `4. Rate`, `Q4`, and a year that stands alone.
    fn period(&self, at: usize) -> Option<Stretch> {
        let pair = (at, at + 1);
        let joins = self.gap(at + 1).is_some_and(|gap| matches!(gap.trim(), "-" | "/" | "."));
        let of_year = self.is_year(at) && self.is_between(at + 1, 1, 12);
        let in_year = self.is_between(at, 1, 12) && self.is_year(at + 1);
        if joins && (of_year || in_year) && !self.is_inside(pair, &[".", "-", "/"]) {
            return Some(pair);
        }
        let is_near = |gap: usize| self.gap(gap).is_some_and(|gap| gap.len() <= 2);
        let counted = |word: usize, gap: usize| self.word(word).is_some_and(words::is_period) && is_near(gap);
        let before = at.checked_sub(1);
        let is_rate = before.is_some_and(|before| counted(before, at)) || counted(at + 1, at + 1);
        let is_free = || !self.is_inside((at, at), &[".", "-", "/"]);
        if is_rate && self.is_between(at, 1, 12) && is_free() {
            return Some((at, at));
        }
        let is_first = || before.is_none_or(|before| self.digits(before).is_none()) || self.is_behind(at);
        (self.is_year(at) && self.digits(at + 1).is_none() && is_first()).then_some((at, at))
    }

    /// A tax office's number: groups of these lengths between slashes (Einheitswert-Aktenzeichen, tax numbers of the
    /// Länder).
    fn tax_number(&self, at: usize) -> Option<Stretch> {
        self.gap(at + 1).filter(|gap| gap.contains('/'))?;
        let is_group = |(offset, width): (usize, &usize)| {
            let is_joined =
                offset == 0 || self.gap(at + offset).is_some_and(|gap| gap.trim_matches(['\n', ' ']) == "/");
            is_joined && self.digits(at + offset).is_some() && self.width(at + offset) == *width
        };
        let shape = TAX_NUMBERS.iter().find(|shape| shape.iter().enumerate().all(is_group))?;
        let stretch = (at, at + shape.len() - 1);
        (!self.goes_on(stretch, &["/"])).then_some(stretch)
    }

    /// The number after `Tel.`: with its area code as long as it has the shape of one.
    fn phone(&self, at: usize) -> Option<Stretch> {
        self.word(at).filter(|word| words::is_phone(word))?;
        let first = self.number_after(at)?;
        let has_area_code = self.digits(first)?.first() == Some(&'0') || self.gap(first)?.contains('+');
        let limit = if has_area_code { 14 } else { 8 };
        let (mut last, mut length) = (first, self.width(first));
        while length < 9 && self.digits(last + 1).is_some() && length + self.width(last + 1) <= limit {
            let is_inside = |gap: &str| gap.chars().all(|c| " /-().".contains(c));
            if !self.gap(last + 1).is_some_and(is_inside) {
                break;
            }
            last += 1;
            length += self.width(last);
        }
        Some((first, last))
    }

    /// The number after `Rechnung`, `Kd-Nr`, `Bescheid vom`.
    fn introduced(&self, at: usize) -> Option<Stretch> {
        let first = self.number_after(at)?;
        self.word(at).filter(|word| words::is_introducing(word))?;
        let mut last = first;
        while let Some(next) = self.pieces.get(last + 1).filter(|next| next.class == Class::Digits) {
            let is_group = next.len() <= GROUP && self.gap(last + 1) == Some(" ");
            if next.link != Link::Tight && !is_group {
                break;
            }
            last += 1;
        }
        Some((first, last))
    }

    /// The digits that follow a word, at most two fillers later.
    fn number_after(&self, at: usize) -> Option<usize> {
        let fillers = (at + 1..at + 3).take_while(|next| self.word(*next).is_some_and(words::is_filler));
        Some(at + 1 + fillers.count()).filter(|first| self.digits(*first).is_some())
    }

    /// An IBAN (ISO 13616) or a creditor identifier (EPC262-08), in groups or not: valid modulo 97, after the
    /// word IBAN, or `DE` with 20 digits in one run.
    fn iban(&self, at: usize) -> Option<Stretch> {
        let letters = self.word(at)?;
        if self.pieces.get(at + 1)?.link != Link::Glued || self.width(at + 1) < 2 {
            return None;
        }
        let (introduction, country) = letters.split_at_checked(letters.len().checked_sub(2)?)?;
        let is_named = introduction.ends_with(&['I', 'B', 'A', 'N'])
            || at.checked_sub(1).and_then(|before| self.word(before)).is_some_and(|word| word == ['I', 'B', 'A', 'N']);
        let is_whole = country == ['D', 'E'] && self.width(at + 1) == 20;
        let is_marked = is_named || is_whole || (introduction.is_empty() && words::is_country(country));
        if !is_marked {
            return None;
        }
        let wanted = if country == ['D', 'E'] { 22..=22 } else { 15..=34 };
        let mut account = country.to_vec();
        let (mut valid, mut reach) = (None, at + 1);
        for (next, piece) in self.pieces.iter().enumerate().skip(at + 1) {
            let is_group = |gap: &str| gap.len() <= 3 && gap.chars().all(|c| c.is_whitespace() || c == '-' || c == '.');
            let goes_on = piece.link == Link::Glued || self.gap(next).is_some_and(is_group);
            if !goes_on || account.len() + piece.len() > *wanted.end() {
                break;
            }
            account.extend(self.reading.symbols_of(piece));
            reach = next;
            let is_account = wanted.contains(&account.len()) && is_mod97(&account);
            if is_account || is_whole || is_creditor_id(&account) {
                valid = Some(next);
            }
        }
        valid.or(is_named.then_some(reach)).map(|last| (at + 1, last))
    }

    /// A BIC (ISO 9362): its digits are part of a bank's name.
    fn bic(&self, at: usize) -> Option<Stretch> {
        let word = self.word(at).filter(|word| word.len() >= 6)?;
        let glued = |next: &usize| self.pieces.get(*next).is_some_and(|piece| piece.link == Link::Glued);
        let last = (at + 1..self.pieces.len()).take_while(glued).last()?;
        let length: usize = (at..=last).map(|at| self.width(at)).sum();
        let before = at.checked_sub(1).and_then(|before| self.word(before));
        let is_named = before.is_some_and(|before| words::contains(&["BIC", "SWIFT"], before));
        let is_bank = is_named || word.get(4..6).is_some_and(words::is_country);
        ((length == 8 || length == 11) && is_bank).then_some((at, last))
    }
}

/// ISO 7064 MOD 97-10 as an IBAN and a structured creditor reference have it: the first four symbols go to the end, letters count from 10.
pub(crate) fn is_mod97(symbols: &[char]) -> bool {
    let (head, tail) = symbols.split_at_checked(4).unwrap_or_default();
    let rest = tail.iter().chain(head).try_fold(0_u32, |rest, c| {
        let value = c.to_digit(36)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    });
    rest == Some(1)
}

/// A creditor identifier: its business code (symbols 5 to 7) is not checked. German ones have 18 symbols.
fn is_creditor_id(symbols: &[char]) -> bool {
    let without_code: Vec<char> = symbols.iter().take(4).chain(symbols.iter().skip(7)).copied().collect();
    symbols.len() == 18 && is_mod97(&without_code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Buffers;
    use proptest::prelude::*;

    fn marks(text: &str) -> Vec<Noise> {
        let mut marks = Vec::new();
        mark(&Reading::plain(text, Buffers::default()), &mut marks);
        marks
    }

    /// The text with `x` for every marked character, `i` for every introduced one.
    fn shown(text: &str) -> String {
        let marks = marks(text);
        let sign = |(at, c): (usize, char)| match marks.get(at) {
            Some(Noise::Other) => 'x',
            Some(Noise::Introduced) => 'i',
            _ => c,
        };
        text.char_indices().map(sign).collect::<String>().replace('\n', "¶")
    }

    #[track_caller]
    fn check(table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (text, wanted) = line.split_once(" => ").unwrap();
            assert_eq!(shown(&text.trim_end().replace('¶', "\n")), wanted.trim_start(), "{line}");
        }
    }

    #[test]
    fn shapes() {
        check(
            "
            vom 07.11.2023 an             => vom xxxxxxxxxx an
            7.11.23                       => xxxxxxx
            15.11.                        => xxxxx.
            15. 11. 2023                  => xxxxxxxxxxxx
            2023-11-07                    => xxxxxxxxxx
            07.11.20¶23                   => xxxxxxxxxxx
            07.11.20.23                   => 07.11.20.23
            5.0100.123456.3               => 5.0100.123456.3
            5-01-00.12345                 => 5-01-00.12345
            07/11202-3                    => 07/11202-3
            48,50 und 1.234,56            => xxxxx und xxxxxxxx
            EUR 48.50, 48 EUR, 7 €        => EUR xxxxx, xx EUR, x €
            50,10,01,23,45,63             => 50,10,01,23,45,63
            501001234563 EUR 48,00        => 501001234563 EUR xxxxx
            59581 Warstein                => xxxxx Warstein
            P 23456 Warstein              => P 23456 Warstein
            Pl23456 Warstein              => Pl23456 Warstein
            D59581 Warstein               => Dxxxxx Warstein
            23456 Hundesteuer             => 23456 Hundesteuer
            Abgaben 2023-4 4. Rate Q4     => Abgaben xxxxxx x. Rate Qx
            07/2062-3 aber 2049-3         => 07/2062-3 aber xxxxxx
            Kita 11/2023                  => Kita xxxxxxx
            07083838/2025-4 0708383/2026  => 07083838/xxxxxx 0708383/xxxx
            0708383-8/2025-4              => 0708383-8/xxxxxx
            07083838-4. Rate 5-07083838-25 => 07083838-x. Rate 5-07083838-25
            12/34/07/2023-4 1.234567.2023 => 12/34/07/2023-4 1.234567.2023
            Tel. 02902 12345 5.0100       => Tel. xxxxxxxxxxx 5.0100
            Tel 029 02¶12 345             => Tel xxxxxxxxxxxxx
            Rechnung Nr. 4711 0815-12 a   => Rechnung Nr. iiiiiiiiiiii a
            Kd-Nr 12345678 501001234563   => Kd-Nr iiiiiiii 501001234563
            DE98ZZZ09999999999 07         => DExxxxxxxxxxxxxxxx 07
            DE82 4165 0001 0000 0000 23 7 => DExxxxxxxxxxxxxxxxxxxxxxxxx 7
            DE8241650001000¶0000023       => DExxxxxxxxxxxxxxxxxxxxx
            DE83 4165 0001 0000 0000 23   => DE83 4165 0001 0000 0000 23
            IBAN DE83 4165 0001 0000 0000 => IBAN DExxxxxxxxxxxxxxxxxxxxxx
            DE83416500010000000023        => DExxxxxxxxxxxxxxxxxxxx
            KontoDE83416500010000000023   => KontoDExxxxxxxxxxxxxxxxxxxx
            KZEN501001234563              => KZEN501001234563
            BIC WELADED1WRN               => BIC xxxxxxxxxxx
            DE82-4165-0001-0000-0000-23   => DExxxxxxxxxxxxxxxxxxxxxxxxx
            iban: de82 4165 0001 ¶0000 0000 23 => iban: dexxxxxxxxxxxxxxxxxxxxxxxxxx
            Az 123/456/7890/123/456/7     => Az xxxxxxxxxxxxxxxxxxxxxx
            StNr 123/4567/8901 a          => StNr xxxxxxxxxxxxx a
            012/345/67890/1               => 012/345/67890/1
            vom 15.11.2023 8 8.12345.629 G => vom xxxxxxxxxx 8 8.12345.629 G
            BLZ 41650001 Kto 1234567      => BLZ iiiiiiii Kto iiiiiii
            ",
        );
    }

    proptest! {
        #[test]
        fn a_mark_for_every_byte(text in any::<String>()) {
            prop_assert_eq!(marks(&text).len(), text.len());
        }
    }
}
