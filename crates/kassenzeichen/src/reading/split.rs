//! Pieces that are two things written without anything between: a reference and the word or date beside it.
//!
//! Must not know references: it asks whether letters or digits are known. Invariant: splitting loses no symbol and moves
//! none.

use std::ops::Range;

use crate::reading::{Class, Link, Piece, Reading};

/// Numbers up to this length have no date written behind them.
const SHORTEST_BEFORE_DATE: usize = 6;

/// Check digits of a structured creditor reference.
const CHECK: usize = 2;

/// Structured creditor references are printed in groups of so many symbols.
const GROUP: usize = 4;

impl Reading<'_> {
    /// `RF18…` (ISO 11649): the town's own reference begins after the two check digits.
    pub(super) fn split_creditor_references(&mut self) {
        let mut at = 0;
        while at + 1 < self.pieces.len() {
            if let Some(symbol) = self.number_of_creditor_reference(at) {
                self.split_number(at + 1, symbol);
            }
            at += 1;
        }
    }

    /// Where the number behind `RF` goes on after its two check digits.
    fn number_of_creditor_reference(&self, at: usize) -> Option<usize> {
        let number = self.creditor_check(at)?;
        (number.len() > CHECK).then_some(number.symbols.start + CHECK)
    }

    /// The piece that begins with the check digits of an `RF` at this piece.
    fn creditor_check(&self, at: usize) -> Option<&Piece> {
        self.pieces.get(at).filter(|piece| self.symbols_of(piece) == ['R', 'F'])?;
        let is_number = |next: &&Piece| next.class == Class::Digits && next.link == Link::Glued && next.len() >= CHECK;
        self.pieces.get(at + 1).filter(is_number)
    }

    fn split_number(&mut self, at: usize, symbol: usize) {
        let byte = self.byte_of(symbol).start;
        let Some(number) = self.pieces.get_mut(at) else { return };
        let rest = Piece {
            class: Class::Digits,
            link: Link::Glued,
            symbols: symbol..number.symbols.end,
            bytes: byte..number.bytes.end,
        };
        (number.symbols.end, number.bytes.end) = (symbol, byte);
        self.pieces.insert(at + 1, rest);
    }

    /// Adds where structured creditor references (ISO 11649) stand: in one word, or in groups of four, of which the
    /// first may be the whole number.
    pub(crate) fn creditor_references(&self, found: &mut Vec<Range<usize>>) {
        for at in 0..self.pieces.len() {
            if let Some((piece, check)) = self.pieces.get(at).zip(self.creditor_check(at)) {
                let last = self.last_of_creditor_reference(at + 1);
                found.push(piece.bytes.start..self.pieces.get(last).unwrap_or(check).bytes.end);
            }
        }
    }

    fn last_of_creditor_reference(&self, check: usize) -> usize {
        let end_of_word = |first: usize| {
            let hangs = |at: &usize| {
                self.pieces.get(*at).is_some_and(|piece| matches!(piece.link, Link::Glued | Link::Tight | Link::Line))
            };
            (first + 1..self.pieces.len()).take_while(hangs).last().unwrap_or(first)
        };
        let mut last = end_of_word(check);
        let mut is_group = last == check;
        while is_group && last + 1 < self.pieces.len() {
            let end = end_of_word(last + 1);
            let length = self.symbols(last + 1, end).len();
            let is_beside = matches!(self.pieces.get(last + 1), Some(next) if next.link == Link::Loose);
            if !is_beside || (last > check && length > GROUP) {
                break;
            }
            is_group = length == GROUP;
            last = end;
        }
        last
    }

    /// Takes a date off the known number it is written behind, without anything between: `50100123456315.11.2023`.
    /// `is_known` is asked for the digits, and for the letters that hang on them.
    pub(crate) fn split_dates(&mut self, is_known: impl Fn(&[char]) -> bool) {
        let mut at = 0;
        while at < self.pieces.len() {
            if let Some(rest) = self.date_behind_number(at, &is_known) {
                let Some(number) = self.pieces.get_mut(at) else { return };
                (number.symbols.end, number.bytes.end) = (rest.symbols.start, rest.bytes.start);
                self.pieces.insert(at + 1, rest);
                at += 1;
            }
            at += 1;
        }
    }

    fn date_behind_number(&self, at: usize, is_known: &impl Fn(&[char]) -> bool) -> Option<Piece> {
        let is_number = |piece: &&Piece| piece.class == Class::Digits && piece.len() > SHORTEST_BEFORE_DATE;
        let piece = self.pieces.get(at).filter(is_number)?;
        let next = self.pieces.get(at + 1).filter(|next| next.class == Class::Digits && next.link == Link::Tight)?;
        let text = self.text.get(piece.bytes.clone()).filter(|text| text.is_ascii())?;
        let rest = self.text.get(piece.bytes.start..).unwrap_or_default();
        let is_led = |before: &Piece| before.class == Class::Letters && piece.link == Link::Glued;
        let from = at.checked_sub(1).filter(|before| self.pieces.get(*before).is_some_and(is_led)).unwrap_or(at);
        let widths: &[usize] = if self.between(piece, next) == "-" { &[4] } else { &[2, 1] };
        widths.iter().find_map(|width| {
            let head = text.len().checked_sub(*width)?;
            let end = piece.symbols.start + head;
            let known = |from: usize| {
                let start = self.pieces.get(from).map_or(end, |piece| piece.symbols.start);
                is_known(self.symbols.get(start..end).unwrap_or_default())
            };
            let is_date = rest.get(head..).is_some_and(begins_with_date);
            let symbols = end..piece.symbols.end;
            let bytes = piece.bytes.start + head..piece.bytes.end;
            let rest = || Piece { class: Class::Digits, link: Link::Glued, symbols, bytes };
            (is_date && (known(from) || (from < at && known(at)))).then(rest)
        })
    }

    /// Takes the letters that a reference begins with off the word they are written behind: `KZP123456`. The word must
    /// be one for references, or end in a small letter where the reference goes on in capitals.
    pub(crate) fn split_words(&mut self, is_prefix: impl Fn(&[char]) -> bool, is_word: impl Fn(&[char]) -> bool) {
        let mut at = 0;
        while at + 1 < self.pieces.len() {
            if let Some(rest) = self.prefix_behind_word(at, &is_prefix, &is_word) {
                let Some(word) = self.pieces.get_mut(at) else { return };
                (word.symbols.end, word.bytes.end) = (rest.symbols.start, rest.bytes.start);
                self.pieces.insert(at + 1, rest);
                at += 1;
            }
            at += 1;
        }
    }

    fn prefix_behind_word(
        &self,
        at: usize,
        is_prefix: &impl Fn(&[char]) -> bool,
        is_word: &impl Fn(&[char]) -> bool,
    ) -> Option<Piece> {
        let piece = self.pieces.get(at).filter(|piece| piece.class == Class::Letters)?;
        self.pieces.get(at + 1).filter(|next| next.class == Class::Digits && next.link == Link::Glued)?;
        let (symbols, written) = (self.symbols_of(piece), self.text.get(piece.bytes.clone())?);
        // Where one character is one symbol: the places in both are the same.
        if is_prefix(symbols) || written.chars().count() != symbols.len() {
            return None;
        }
        let is_capital = |from: usize| {
            let mut around = written.chars().skip(from - 1);
            around.next().is_some_and(char::is_lowercase) && around.all(char::is_uppercase)
        };
        let from = (1..symbols.len()).find(|from| {
            let (word, prefix) = symbols.split_at_checked(*from).unwrap_or_default();
            is_prefix(prefix) && (is_word(word) || is_capital(*from))
        })?;
        let byte = piece.bytes.start + written.chars().take(from).map(char::len_utf8).sum::<usize>();
        let symbols = piece.symbols.start + from..piece.symbols.end;
        Some(Piece { class: Class::Letters, link: Link::Glued, symbols, bytes: byte..piece.bytes.end })
    }
}

/// Is this `15.11.`, `15.11.2023`, `5.11.23` or `2023-11-15`, and no longer number?
fn begins_with_date(text: &str) -> bool {
    let mut rest = text;
    let mut number = || {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end).unwrap_or_default();
        let mut after = after.chars();
        let sign = after.next();
        rest = after.as_str();
        (digits.len(), digits.parse::<u32>().unwrap_or(0), sign)
    };
    let is_day = |(width, day, _): (usize, u32, Option<char>)| width <= 2 && (1..=31).contains(&day);
    let is_month = |(width, month, _): (usize, u32, Option<char>)| width <= 2 && (1..=12).contains(&month);
    let is_year = |year: u32| (1900..2100).contains(&year);
    let (one, two, three) = (number(), number(), number());
    match (one.2, two.2) {
        (Some('.'), Some('.')) => {
            let is_end = !matches!(three.2, Some('.' | '-' | '/')) || three.0 == 0;
            is_day(one)
                && is_month(two)
                && is_end
                && (three.0 == 0 || three.0 == 2 || (three.0 == 4 && is_year(three.1)))
        }
        (Some('-'), Some('-')) => one.0 == 4 && is_year(one.1) && is_month(two) && is_day(three) && three.0 == 2,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Buffers, tests::shown};

    #[test]
    fn dates_behind_numbers() {
        for (text, wanted) in [
            ("50100123456315.11.2023", "|501001234563~15.11.2023"),
            ("5010012345635.11.23", "|501001234563~5.11.23"),
            ("50100123456315.11. Müller", "|501001234563~15.11 MÜLLER"),
            ("5010012345632023-11-15", "|501001234563~2023.11.15"),
            ("P12345615.11.", "|P~123456~15.11"),
            ("50100123456315.13.2023", "|50100123456315.13.2023"),
            ("50100123456315.11.2023.7", "|50100123456315.11.2023.7"),
            ("50100123456415.11.2023", "|50100123456415.11.2023"),
            ("50100123456315,20", "|50100123456315 20"),
            ("50100123456315.11", "|50100123456315.11"),
        ] {
            let mut reading = Reading::plain(text, Buffers::default());
            reading.split_dates(|symbols| {
                ["501001234563", "P123456"].iter().any(|known| known.chars().eq(symbols.iter().copied()))
            });
            assert_eq!(shown(&reading), wanted, "{text}");
        }
    }
}
