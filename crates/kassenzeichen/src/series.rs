//! References that a text means without writing them out: »5.0100.000301.9, 302.7, 303.5«, »5.0100.000301.9 bis 303.5«;
//! and whether it means more than it names.
//!
//! Must not know how whole references are found. Invariant: only known references are meant, never one that is written out.

use std::ops::Range;

use crate::directory::{Directory, RefId};
use crate::lines::{Joined, WIDTHS};
use crate::message::{Field, Found, Spelling};

mod more;
#[cfg(test)]
mod tests;

use more::{counts_more, says_more};

/// What a text means beside the references that it writes out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Series {
    /// Each once, in the order of the text.
    pub meant: Vec<Meant>,
    /// The text shows that more are meant than it names: its list is cut off or says »u.a.«, an end leads nowhere, a range
    /// holds too many.
    pub goes_on: bool,
    /// The list ends just where a form of a usual width does: it may have been cut off there.
    pub may_go_on: bool,
    /// The text ends with its only reference, a blank short of such a form: that of a stranger may have been cut off there.
    pub lacks_blank: bool,
}

/// A known reference that is meant by its last digits or as part of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The reference.
    pub reference: RefId,
    /// What stands there for it.
    pub written: String,
}

/// The longest text of a SEPA transfer (`Ustrd`, Max140Text).
const LONGEST: usize = 140;
/// A word of so many letters may be the beginning of a reference, where the text ends.
const LONGEST_BEGINNING: usize = 5;
/// A range of more references than this is not told one by one.
const MOST_IN_RANGE: usize = 64;
/// Fewer digits than this are no end of a reference, where they stand alone.
const SHORTEST_END: usize = 3;

impl Series {
    /// Reads a text in which whole references were found, or beside which one stands in another field.
    pub(crate) fn read(&mut self, directory: &Directory, text: &str, found: &[Found]) {
        self.meant.clear();
        (self.goes_on, self.may_go_on, self.lacks_blank) = (false, false, false);
        let is_whole = |found: &&Found| found.field == Field::Remittance && found.spelling <= Spelling::LookAlike;
        let length = text.chars().filter(|c| *c != '\n').count();
        // a blank at the end is lost
        let is_wide = |width: &usize| *width == length || *width == length + 1;
        let is_full = is_wide(&LONGEST);
        let is_as_long_as_a_form = is_full || WIDTHS.iter().any(is_wide) && !text.contains('\n');
        let lacks_blank = is_as_long_as_a_form && !WIDTHS.contains(&length);
        let Some(first) = found.iter().find(is_whole) else {
            // the first of a list may be cut off itself
            self.may_go_on = is_as_long_as_a_form && text.ends_with(|c: char| c.is_ascii_digit());
            let elsewhere = found.iter().find(|found| found.spelling <= Spelling::LookAlike);
            self.goes_on =
                says_more(text) || elsewhere.is_some_and(|whole| has_end_of(directory, whole.reference, text));
            return;
        };
        let is_alone =
            first.span.end == text.len() && found.iter().filter(is_whole).all(|found| found.span == first.span);
        // nothing follows the only reference: most texts
        if is_alone && !is_as_long_as_a_form {
            self.goes_on = text.get(..first.span.start).is_some_and(|before| counts_more(before, 1));
            return;
        }
        let wholes: Vec<(Range<usize>, RefId)> =
            found.iter().filter(is_whole).map(|found| (found.span.clone(), found.reference)).collect();
        let form = Form { is_full, is_as_long_as_a_form, lacks_blank, is_alone };
        let joined = Joined::new(text);
        let says_more = self.read_lines(directory, &joined, &wholes, form);
        if joined.is_cut() && !is_alone {
            let mut apart = Series::default();
            let apart_says = apart.read_lines(directory, &Joined::apart(text), &wholes, form);
            if apart.meant.len() > self.meant.len() {
                *self = apart;
            }
            self.goes_on |= says_more || apart_says;
        }
    }

    /// The same with the lines put together in one way. Whether the words say that more are meant.
    fn read_lines(
        &mut self,
        directory: &Directory,
        joined: &Joined<'_>,
        wholes: &[(Range<usize>, RefId)],
        form: Form,
    ) -> bool {
        let mut places: Vec<(Range<usize>, RefId)> =
            wholes.iter().map(|(span, reference)| (joined.range(span), *reference)).collect();
        places.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        places.dedup_by(|next, before| next.0.start < before.0.end);
        let (is_list, may_be_cut) = (places.len() > 1, form.is_as_long_as_a_form);
        let mut reading =
            Reader { directory, text: &joined.text, series: self, is_list, may_be_cut, read_to: 0, digits: 0 };
        if form.is_alone {
            reading.read_to = joined.text.len();
        } else {
            for (at, (span, reference)) in places.iter().enumerate() {
                let next = places.get(at + 1);
                let until = next.map_or(joined.text.len(), |(next, _)| next.start);
                reading.behind(*reference, span.clone(), until, next.map(|(_, next)| *next));
            }
        }
        let rest = joined.text.get(reading.read_to..).unwrap_or_default();
        self.meant.retain(|meant| !places.iter().any(|(_, whole)| *whole == meant.reference));
        let named = places.len() + self.meant.len();
        let is_at_end = rest.chars().all(|c| !c.is_alphabetic());
        let says_more = says_more(rest);
        self.goes_on |= says_more || counts_more(&joined.text, named) || named > 1 && is_at_end && form.is_full;
        // the beginning of the next one may stand there
        let may_go_on = form.is_as_long_as_a_form && (may_be_beginning(rest) || named > 1 && form.is_full);
        self.lacks_blank = may_go_on && named == 1 && form.lacks_blank;
        self.may_go_on = may_go_on && !self.lacks_blank;
        says_more
    }
}

/// How long a text is.
#[derive(Clone, Copy)]
struct Form {
    /// As long as a transfer lets it be.
    is_full: bool,
    /// As long as that, or as another usual form.
    is_as_long_as_a_form: bool,
    /// It is a character short of such a form.
    lacks_blank: bool,
    /// Nothing stands behind the only reference.
    is_alone: bool,
}

/// Whether what follows the last reference is nothing, or one word that may be the beginning of another one: »u. KP«,
/// »; 4400/02«, »1180 2«.
fn may_be_beginning(rest: &str) -> bool {
    let words = rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '+' | '&'));
    let is_between = |word: &&str| matches!(word.trim_matches(['.', ':']), "" | "u" | "und" | "/" | "-" | "KZ" | "kz");
    let mut words = words.filter(|word| !is_between(word));
    let is_beginning = |word: &str| word.len() <= LONGEST_BEGINNING || word.contains(|c: char| c.is_ascii_digit());
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    words.next().is_none_or(|word| is_beginning(word) && (!is_number(word) || words.clone().all(is_number)))
        && words.all(is_number)
}

/// Whether a text has what is by its form the end of another known reference like this one, which stands elsewhere.
fn has_end_of(directory: &Directory, whole: RefId, text: &str) -> bool {
    let printed = directory.printed(whole);
    let written: Vec<usize> = groups(printed).collect();
    let starts = text.char_indices().filter(|(at, c)| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        c.is_ascii_digit() && before.is_none_or(|before| !before.is_alphanumeric() && before != '.')
    });
    starts.filter_map(|(at, _)| text.get(at..)).any(|text| {
        let token = token(text, printed);
        let own: Vec<usize> = groups(token).collect();
        let digits: String = token.chars().filter(char::is_ascii_digit).collect();
        own.len() > 1 && is_end_of(&written, &own) && directory.with_end(whole, &digits).is_some()
    })
}

struct Reader<'a> {
    directory: &'a Directory,
    text: &'a str,
    series: &'a mut Series,
    is_list: bool,
    /// The text may have been cut off at its end.
    may_be_cut: bool,
    /// Where what was read as references ends.
    read_to: usize,
    /// How many digits the last end has that stands there without any sign within; none where there was none.
    digits: usize,
}

/// What stands between two numbers of a series.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Blanks alone, or words that lead from one number to the next.
    Loose,
    /// A comma, a stroke, »und«.
    Listing,
    /// »bis«, a dash, or dots.
    Range,
    /// Words and a comma: names may stand between the ends of numbers.
    Words,
    /// Something else: the series ends.
    Other,
}

impl Reader<'_> {
    /// Reads what follows a whole reference, up to the next one or the end of the text.
    fn behind(&mut self, whole: RefId, span: Range<usize>, until: usize, next: Option<RefId>) {
        let written = self.text.get(span.clone()).unwrap_or_default();
        // a line's end stands in the middle of it
        let is_broken = written.contains(char::is_whitespace);
        let groups: Vec<usize> = groups(if is_broken { self.directory.printed(whole) } else { written }).collect();
        let (mut last, mut at) = (whole, span.end);
        loop {
            self.read_to = at;
            let rest = self.text.get(at..until).unwrap_or_default();
            let start = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let (gap, behind) = rest.split_at_checked(start).unwrap_or((rest, ""));
            let gap = gap_of(self.without_letters(gap, whole));
            if behind.is_empty() {
                if let (Gap::Range, Some(next)) = (gap, next) {
                    self.range(last, next);
                }
                return;
            }
            if gap == Gap::Other {
                return;
            }
            let ends = |token: &str| {
                let after = behind.get(token.len()..).unwrap_or_default();
                next.is_none() && after.chars().all(|c| !c.is_alphanumeric())
            };
            let all = self.token(behind, whole);
            let (token, end) = self.best_end(whole, &groups, behind, gap);
            // »4400/202539/3/4400/2«: rather the beginning of the next one than the end of 4400/204400/2
            let is_end = matches!(end, End::Known(_)) && token == all && !self.may_be_cut;
            if ends(all) && !is_end && self.is_beginning(whole, all, gap) {
                self.series.goes_on = true;
                return;
            }
            match end {
                End::Known(reference) => {
                    if gap == Gap::Range {
                        self.range(last, reference);
                    } else {
                        self.mean(reference, token);
                    }
                    last = reference;
                    self.digits = if token.bytes().all(|c| c.is_ascii_digit()) { token.len() } else { 0 };
                }
                End::Unknown => self.series.goes_on = true,
                End::None => return,
            }
            self.is_list = true;
            at += start + token.len();
        }
    }

    /// What stands before a number, without the letters with which references like this one begin.
    fn without_letters<'g>(&self, gap: &'g str, whole: RefId) -> &'g str {
        let letters: String = self.directory.printed(whole).chars().take_while(|c| c.is_alphabetic()).collect();
        let before = gap.len().checked_sub(letters.len()).filter(|_| !letters.is_empty());
        match before.and_then(|at| gap.split_at_checked(at)) {
            Some((gap, end)) if end.eq_ignore_ascii_case(&letters) => gap,
            _ => gap,
        }
    }

    fn mean(&mut self, reference: RefId, written: &str) {
        if !self.series.meant.iter().any(|meant| meant.reference == reference) {
            self.series.meant.push(Meant { reference, written: written.to_owned() });
        }
    }

    fn range(&mut self, first: RefId, last: RefId) {
        let written = format!("{} bis {}", self.directory.printed(first), self.directory.printed(last));
        match self.directory.between(first, last, MOST_IN_RANGE) {
            Some(between) => between.into_iter().for_each(|reference| self.mean(reference, &written)),
            None => self.series.goes_on = true,
        }
        self.mean(last, &written);
    }

    /// The number that a text begins with, and what it is. Where references like this one are written with strokes, a
    /// stroke may also part the ends of two: the longest piece that is known counts.
    fn best_end<'t>(&self, whole: RefId, written: &[usize], text: &'t str, gap: Gap) -> (&'t str, End) {
        let token = self.token(text, whole);
        let strokes = token.rmatch_indices(['/', ' ']).filter_map(|(at, _)| token.get(..at));
        let read = |token: &'t str| {
            let after = text.get(token.len()..).unwrap_or_default();
            (token, self.end_of(whole, written, token, after, gap))
        };
        let mut ends = std::iter::once(token).chain(strokes).map(read);
        let is_known = |(_, end): &(&str, End)| matches!(end, End::Known(_));
        ends.clone()
            .find(is_known)
            .or_else(|| ends.find(|(_, end)| !matches!(end, End::None)))
            .unwrap_or((token, End::None))
    }

    /// The number that a text begins with, with the strokes and blanks that references like this one have.
    fn token<'t>(&self, text: &'t str, whole: RefId) -> &'t str {
        token(text, self.directory.printed(whole))
    }

    /// What a number behind a reference that was written in such groups of digits is.
    fn end_of(&self, whole: RefId, written: &[usize], token: &str, after: &str, gap: Gap) -> End {
        let own: Vec<usize> = groups(token).collect();
        let digits: String = token.chars().filter(char::is_ascii_digit).collect();
        let is_shaped = own.len() > 1 && is_end_of(written, &own);
        let is_amount =
            after.strip_prefix(',').is_some_and(|cents| cents.chars().take_while(char::is_ascii_digit).count() == 2);
        let is_year = is_like_year(&digits) && !(gap == Gap::Listing && self.lists_ends(whole, &digits, after));
        let is_bare = own.len() == 1
            && digits.len() >= SHORTEST_END
            && (!is_year
                || self.is_list && gap == Gap::Listing
                || gap == Gap::Range && self.ends_range(whole, &digits))
            && !matches!(gap, Gap::Loose | Gap::Words)
            && !is_amount
            && !after.starts_with(|c: char| c.is_alphabetic());
        // »P203624/25/26«: as likely a year
        let is_short = own.len() == 1 && digits.len() == 2 && gap == Gap::Listing && !is_amount;
        if is_short && self.directory.with_end(whole, &digits).is_some() {
            return End::Unknown;
        }
        if !is_shaped && !is_bare {
            return End::None;
        }
        match self.directory.with_end(whole, &digits) {
            Some(reference) => End::Known(reference),
            None if is_shaped && !matches!(gap, Gap::Loose | Gap::Words) => End::Unknown,
            // »7.178998 u. 999 u. 000«: as long as the one before it, or of the next thousand
            None if is_bare
                && gap == Gap::Listing
                && !is_year
                && (digits.len() == self.digits || digits.starts_with('0'))
                && !is_money(after) =>
            {
                End::Unknown
            }
            None => End::None,
        }
    }

    /// Whether digits that could be a year begin a list of ends: »/2036/2069«, each the end of a known reference.
    fn lists_ends(&self, whole: RefId, digits: &str, after: &str) -> bool {
        let start = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let Some((gap, behind)) = after.split_at_checked(start) else { return false };
        let next = self.token(behind, whole);
        let is_end = |end: &str| self.directory.with_end(whole, end).is_some();
        gap_of(gap) == Gap::Listing && next.len() == digits.len() && is_end(digits) && is_end(next)
    }

    /// Whether digits that could be a year are the end of a known reference behind this one.
    fn ends_range(&self, whole: RefId, digits: &str) -> bool {
        let last = self.directory.with_end(whole, digits);
        last.is_some_and(|last| self.directory.between(whole, last, MOST_IN_RANGE).is_some())
    }

    /// Whether a number at the end of the text begins like another reference of this one's form.
    fn is_beginning(&self, whole: RefId, token: &str, gap: Gap) -> bool {
        let own: String = token.chars().filter(char::is_ascii_digit).collect();
        let printed = self.directory.printed(whole);
        let digits: String = printed.chars().filter(char::is_ascii_digit).collect();
        let alike = own.bytes().zip(digits.bytes()).take_while(|(one, other)| one == other).count();
        // »07/9«: the first group is whole
        let has_first_group = groups(token).count() > 1 && groups(token).next().is_some_and(|first| alike >= first);
        let is_alike =
            alike == own.len() || alike >= 3 || has_first_group && groups(token).next() == groups(printed).next();
        own.len() < digits.len() && is_alike && gap != Gap::Other
    }
}

/// Whether what follows a number says that it is money.
fn is_money(after: &str) -> bool {
    let after = after.trim_start_matches([' ', ',', '-']).to_lowercase();
    ["eur", "€"].iter().any(|currency| after.starts_with(currency))
}

/// Whether digits may tell the year of a levy.
fn is_like_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// What a number behind a reference is.
enum End {
    /// The end of a known reference.
    Known(RefId),
    /// The end of a reference by its form, and of none that is known.
    Unknown,
    /// No end of a reference.
    None,
}

/// A run of digits with single signs inside, as references are written; with strokes among them or not.
fn token<'t>(text: &'t str, written: &str) -> &'t str {
    let mut end = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let goes_on = match c {
            '0'..='9' => true,
            '.' | '-' | '/' | ' ' if !matches!(c, '/' | ' ') || written.contains(c) => {
                characters.peek().is_some_and(|(_, next)| next.is_ascii_digit())
            }
            _ => false,
        };
        if !goes_on {
            break;
        }
        end = at + c.len_utf8();
    }
    text.get(..end).unwrap_or_default()
}

/// How many digits stand together, group by group.
fn groups(text: &str) -> impl Iterator<Item = usize> {
    text.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|count| *count > 0)
}

/// Whether groups of digits are laid out like the end of a written reference: the first one may be cut at its left.
fn is_end_of(written: &[usize], own: &[usize]) -> bool {
    let Some(skipped) = written.len().checked_sub(own.len()) else { return false };
    let end = written.get(skipped..).unwrap_or_default();
    let same = own.iter().zip(end).skip(1).all(|(own, written)| own == written);
    let first = own.first().zip(end.first()).is_some_and(|(own, written)| own <= written);
    skipped > 0 && same && first || skipped == 0 && same && own.first() < end.first()
}

fn gap_of(gap: &str) -> Gap {
    let lower = gap.to_lowercase();
    let signs = |c: char| matches!(c, ',' | ';' | '/' | '+' | '&' | '|');
    let (mut kind, mut has_dots) = (Gap::Loose, false);
    for word in lower.split(|c: char| c.is_whitespace() || signs(c)).filter(|word| !word.is_empty()) {
        let bare = word.trim_matches(['.', ':', '(', ')', '…']);
        has_dots |= bare.is_empty() && (word.contains("..") || word.contains('…'));
        match bare {
            "bis" | "-" | "–" | "—" => kind = Gap::Range,
            "und" | "u" | "sowie" | "plus" => kind = if kind == Gap::Range { kind } else { Gap::Listing },
            "" | "kz" | "kassenzeichen" | "nr" | "zu" | "einschl" | "einschließlich" | "einschliesslich" | "incl"
            | "inkl" | "endnr" | "endnummer" | "endnummern" | "endziffer" | "endziffern" => {}
            _ if bare.chars().all(|c| c == 'x') => {}
            _ if lower.contains([',', ';', '+']) && !lower.contains(|c: char| c.is_ascii_digit()) => return Gap::Words,
            _ => return Gap::Other,
        }
    }
    match kind {
        Gap::Loose if lower.contains(signs) => Gap::Listing,
        Gap::Loose if has_dots => Gap::Range,
        kind => kind,
    }
}
