//! References that a text means without writing them out: »5.0100.000301.9, 302.7, 303.5«, »5.0100.000301.9 bis 303.5«;
//! and whether it means more than it names.
//!
//! Must not know how whole references are found. Invariant: only known references are meant, never one that is written out.

use std::ops::Range;

use crate::directory::{Directory, RefId};
use crate::message::{Field, Found, Spelling};

/// What a text means beside the references that it writes out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Series {
    /// Each once, in the order of the text.
    pub meant: Vec<Meant>,
    /// The text shows that more are meant than it names: its list is cut off or says »u.a.«, an end leads nowhere, a range
    /// holds too many.
    pub goes_on: bool,
}

/// A known reference that is meant by its last digits or as part of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The reference.
    pub reference: RefId,
    /// What stands there for it.
    pub written: String,
}

/// Banks cut lines at so many characters.
const CUTS: [usize; 4] = [27, 35, 70, 140];
/// The longest text of a SEPA transfer (`Ustrd`, Max140Text).
const LONGEST: usize = 140;
/// A range of more references than this is not told one by one.
const MOST_IN_RANGE: usize = 64;
/// Fewer digits than this are no end of a reference, where they stand alone.
const SHORTEST_END: usize = 3;

impl Series {
    /// Reads a text in which whole references were found.
    pub(crate) fn read(&mut self, directory: &Directory, text: &str, found: &[Found]) {
        self.meant.clear();
        self.goes_on = false;
        let is_whole = |found: &&Found| found.field == Field::Remittance && found.spelling <= Spelling::LookAlike;
        let Some(first) = found.iter().find(is_whole) else { return };
        // nothing follows the only reference: most texts
        if first.span.end == text.len() && found.iter().filter(is_whole).all(|found| found.span == first.span) {
            return;
        }
        let joined = Joined::new(text);
        let mut places: Vec<(Range<usize>, RefId)> =
            found.iter().filter(is_whole).map(|found| (joined.range(&found.span), found.reference)).collect();
        places.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        places.dedup_by(|next, before| next.0.start < before.0.end);
        let mut reading = Reader { directory, text: &joined.text, series: self, is_list: places.len() > 1, read_to: 0 };
        for (at, (span, reference)) in places.iter().enumerate() {
            let next = places.get(at + 1);
            let until = next.map_or(joined.text.len(), |(next, _)| next.start);
            reading.behind(*reference, span.clone(), until, next.map(|(_, next)| *next));
        }
        let rest = joined.text.get(reading.read_to..).unwrap_or_default();
        self.meant.retain(|meant| !places.iter().any(|(_, whole)| *whole == meant.reference));
        let is_list = places.len() > 1 || !self.meant.is_empty();
        let is_cut = is_list && is_of_full_length(text) && rest.chars().all(|c| !c.is_alphabetic());
        self.goes_on |= says_more(rest) || is_cut;
    }
}

/// A text whose lines a bank has cut at a fixed width, put together again; other line ends are blanks.
struct Joined {
    text: String,
    /// Where in the text given line ends were taken out, in bytes.
    taken_out: Vec<usize>,
}

impl Joined {
    fn new(text: &str) -> Joined {
        let width = text.split('\n').next().map_or(0, |line| line.chars().count());
        let (mut joined, mut taken_out, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
        let mut lines = text.split('\n').peekable();
        while let Some(line) = lines.next() {
            joined.push_str(line);
            at += line.len();
            if lines.peek().is_some() {
                if CUTS.contains(&width) && line.chars().count() == width {
                    taken_out.push(at);
                } else {
                    joined.push(' ');
                }
                at += 1;
            }
        }
        Joined { text: joined, taken_out }
    }

    fn range(&self, span: &Range<usize>) -> Range<usize> {
        let moved = |at: usize| at - self.taken_out.iter().filter(|taken| **taken < at).count();
        moved(span.start)..moved(span.end)
    }
}

/// Whether a text, its line ends aside, is as long as a transfer lets it be; a blank at its end is lost.
fn is_of_full_length(text: &str) -> bool {
    let length = text.chars().filter(|c| *c != '\n').count();
    length == LONGEST || length + 1 == LONGEST
}

/// Whether what follows the last reference says that there are more.
fn says_more(rest: &str) -> bool {
    const MORE: [&str; 14] = [
        "u.a",
        "u. a",
        "etc",
        "usw",
        "u.w",
        "und weitere",
        "und andere",
        "u. weitere",
        "u. andere",
        "liste",
        "aufstellung",
        "anlage",
        "avis",
        "und alle",
    ];
    const OTHERS: [&str; 12] = [
        "und fuer",
        "und für",
        "und fur",
        "u. fuer",
        "u. für",
        "u.f.",
        "sowie fuer",
        "sowie für",
        "auch fuer",
        "auch für",
        "und mein",
        "sowie mein",
    ];
    let lower = rest.to_lowercase();
    let has_word = |words: &[&str]| words.iter().any(|word| begins_a_word(&lower, word));
    let end = lower.trim_end_matches([' ', '.']);
    let is_open = !end.is_empty()
        && (end.ends_with([',', '+', '/', '&', ';']) || end == "u" || end.ends_with(" u") || end.ends_with("und"));
    is_open && lower.chars().filter(|c| c.is_alphanumeric()).count() <= 3 || has_word(&MORE) || has_word(&OTHERS)
}

/// Whether `word` stands in the text, beginning where a word begins.
fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        let ends = word.len() > 4 || after.is_none_or(|c| !c.is_alphanumeric());
        before.is_none_or(|c| !c.is_alphanumeric()) && ends
    })
}

struct Reader<'a> {
    directory: &'a Directory,
    text: &'a str,
    series: &'a mut Series,
    is_list: bool,
    /// Where what was read as references ends.
    read_to: usize,
}

/// What stands between two numbers of a series.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Blanks alone, or words that lead from one number to the next.
    Loose,
    /// A comma, a stroke, »und«.
    Listing,
    /// »bis«, or a dash.
    Range,
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
            let token = token(behind);
            let after = behind.get(token.len()..).unwrap_or_default();
            let ends = after.chars().all(|c| !c.is_alphanumeric()) && next.is_none();
            match self.end_of(whole, &groups, token, after, gap) {
                End::Known(reference) => {
                    if gap == Gap::Range {
                        self.range(last, reference);
                    } else {
                        self.mean(reference, token);
                    }
                    last = reference;
                }
                End::Unknown => self.series.goes_on = true,
                End::None => {
                    // the list breaks off in the middle of a number
                    self.series.goes_on |= ends && self.is_beginning(whole, token, gap);
                    return;
                }
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

    /// What a number behind a reference that was written in such groups of digits is.
    fn end_of(&self, whole: RefId, written: &[usize], token: &str, after: &str, gap: Gap) -> End {
        let own: Vec<usize> = groups(token).collect();
        let digits: String = token.chars().filter(char::is_ascii_digit).collect();
        let is_shaped = own.len() > 1 && is_end_of(written, &own);
        let is_amount =
            after.strip_prefix(',').is_some_and(|cents| cents.chars().take_while(char::is_ascii_digit).count() == 2);
        let is_year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
        let is_bare = own.len() == 1
            && digits.len() >= SHORTEST_END
            && (!is_year || self.is_list && gap == Gap::Listing)
            && gap != Gap::Loose
            && !is_amount
            && !after.starts_with(|c: char| c.is_alphabetic());
        if !is_shaped && !is_bare {
            return End::None;
        }
        match self.directory.with_end(whole, &digits) {
            Some(reference) => End::Known(reference),
            None if is_shaped && gap != Gap::Loose => End::Unknown,
            None => End::None,
        }
    }

    /// Whether a number at the end of the text begins like another reference of this one's form.
    fn is_beginning(&self, whole: RefId, token: &str, gap: Gap) -> bool {
        let own: String = token.chars().filter(char::is_ascii_digit).collect();
        let printed = self.directory.printed(whole);
        let digits: String = printed.chars().filter(char::is_ascii_digit).collect();
        let alike = own.bytes().zip(digits.bytes()).take_while(|(one, other)| one == other).count();
        own.len() < digits.len() && (alike == own.len() || alike >= 3) && gap != Gap::Other
    }
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

/// A run of digits with single signs inside, as references are written.
fn token(text: &str) -> &str {
    let mut end = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let goes_on = match c {
            '0'..='9' => true,
            '.' | '-' => characters.peek().is_some_and(|(_, next)| next.is_ascii_digit()),
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
    let mut kind = Gap::Loose;
    for word in lower.split(|c: char| c.is_whitespace() || signs(c)).filter(|word| !word.is_empty()) {
        match word.trim_matches(['.', ':', '(', ')']) {
            "bis" | "-" | "–" | "—" => kind = Gap::Range,
            "und" | "u" | "sowie" | "plus" => kind = if kind == Gap::Range { kind } else { Gap::Listing },
            "" | "kz" | "kassenzeichen" | "nr" | "zu" | "einschl" | "einschließlich" | "einschliesslich" | "incl"
            | "inkl" => {}
            _ => return Gap::Other,
        }
    }
    if kind == Gap::Loose && lower.contains(signs) { Gap::Listing } else { kind }
}

#[cfg(test)]
mod tests {
    use crate::{CheckMethod, Directory, Message, Scheme};

    fn directory() -> Directory {
        let scheme = Scheme::new("a", "5.0100.######.C", CheckMethod::Luhn).unwrap();
        let other = Scheme::new("b", "07/#####-C", CheckMethod::Mod11(crate::Mod11::default())).unwrap();
        let numbers = ["000301.9", "000302.7", "000303.5", "000304.3", "000412.4"];
        let references: Vec<String> = numbers.iter().map(|end| format!("5.0100.{end}")).collect();
        Directory::new(&[scheme, other], references.iter().map(String::as_str))
    }

    #[track_caller]
    fn check(text: &str, meant: &[u32], goes_on: bool) {
        let findings = directory().find(&Message { remittance: text, ..Message::default() });
        let references: Vec<u32> = findings.series.meant.iter().map(|meant| meant.reference).collect();
        assert_eq!((references.as_slice(), findings.series.goes_on), (meant, goes_on), "{text}");
    }

    #[test]
    fn ends_of_references_behind_a_whole_one() {
        for (text, meant) in [
            ("KZ 5.0100.000301.9, 302.7, 303.5", &[1, 2][..]),
            ("5.0100.000301.9/302.7/303.5", &[1, 2]),
            ("5.0100.000301.9 + 02.7 u. 03.5", &[1, 2]),
            ("501000003019/3027/3035", &[1, 2]),
            ("501000003019, 3027 und 4124", &[1, 4]),
            ("Grundbesitzabgaben 5.0100.00030\n1.9, 302.7", &[1]),
            ("5.0100.000301.9", &[]),
            ("5.0100.000301.9 Rate 2023", &[]),
            ("5.0100.000301.9, 15.11.2023", &[]),
            ("5.0100.000301.9, 302,70 EUR", &[]),
            ("5.0100.000301.9 Tel. 302.7", &[]),
            ("5.0100.000301.9 4. Quartal 2023", &[]),
        ] {
            check(text, meant, false);
        }
    }

    #[test]
    fn ranges() {
        for text in [
            "5.0100.000301.9 bis 5.0100.000304.3",
            "KZ 5.0100.000301.9 bis 304.3 Grundbesitzabgaben",
            "501000003019 - 501000003043",
            "5.0100.000301.9 bis einschl. 304.3",
        ] {
            let mut meant = vec![1, 2];
            meant.extend((!text.contains("000304") && !text.contains("3043") || text.contains(" 304.3")).then_some(3));
            check(text, &meant, false);
        }
        check("5.0100.000301.9 und 5.0100.000304.3", &[], false);
    }

    #[test]
    fn a_list_that_goes_on() {
        for (text, goes_on) in [
            ("5.0100.000301.9 u.a.", true),
            ("5.0100.000301.9 und fuer meine Mutter", true),
            ("5.0100.000301.9 laut Liste", true),
            ("5.0100.000301.9, 999.9", true),
            ("5.0100.000301.9, 5.0100.00030", true),
            ("5.0100.000301.9 + 5.0100.000302.7 + 5.010", true),
            ("501000003019 501000003027 50100", true),
            ("5.0100.000301.9; 5.0100.000302.7; 5", true),
            ("5.0100.000301.9,", true),
            ("5.0100.000301.9 Frau Etcher", false),
            ("5.0100.000301.9 Danke", false),
            // as long as a bank lets a text be, and nothing but references
            ("Objekte 5.0100.000301.9 5.0100.000302.7 5.0100.000303.5 5.0100.000304.", true),
        ] {
            check(text, &[], goes_on);
        }
    }
}
