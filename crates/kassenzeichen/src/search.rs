//! The search for references in one text: exact windows first, repairs where those left something over.
//!
//! Must not know amounts, names or items. Every candidate is looked up in the directory's exact map; nothing
//! scans the references. Invariants: what is found exactly takes its place, so that nothing weaker is
//! reported there; the number of look-ups is bounded by the text's length and by a limit on
//! repairs.

mod exact;
mod quick;
mod repairs;

use std::ops::Range;

use crate::directory::{Directory, RefId};
use crate::fold;
use crate::message::{Field, Findings, Found, Spelling, Unknown};
use crate::noise::{self, Noise};
use crate::reading::{Buffers, Link, Piece, Reading};
use crate::repair::LEAST_DIGITS;
use crate::window::Window;
use crate::words;
use quick::Answer;

/// How far a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// What stands there letter for letter.
    Exact,
    /// Repairs too, where that left something over.
    Repairs,
}

/// The room that searches take, kept from one text to the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    marks: Vec<Noise>,
    /// Bytes that belong to an exact finding.
    taken: Vec<bool>,
    found: Vec<Found>,
    unknown: Vec<Unknown>,
    buffers: [Buffers; 2],
    hits: Vec<exact::Hit>,
    runs: Vec<quick::Run>,
    /// Where structured creditor references (ISO 11649) stand.
    creditor_references: Vec<Range<usize>>,
}

/// The search through one text.
pub(crate) struct Search<'d, 't, 's> {
    directory: &'d Directory,
    field: Field,
    text: &'t str,
    scratch: &'s mut Scratch,
    is_marked: bool,
    probes: usize,
}

impl<'d, 't, 's> Search<'d, 't, 's> {
    pub(crate) fn new(directory: &'d Directory, field: Field, text: &'t str, scratch: &'s mut Scratch) -> Self {
        Search { directory, field, text, scratch, is_marked: false, probes: 0 }
    }

    /// Adds what the text holds to the findings; returns the number of look-ups.
    pub(crate) fn run(mut self, depth: Depth, findings: &mut Findings) -> usize {
        if !has_digits(self.text) {
            return 0;
        }
        // Behind a payment slip's number stands a digit that only the whole search knows of.
        let is_slip = matches!(self.field, Field::Structured | Field::Further);
        let mut answer = || quick::answer(self.directory.keys(), self.text, &mut self.scratch.runs);
        match if is_slip { None } else { answer() } {
            Some(Answer::Nothing) if depth == Depth::Exact => 1,
            Some(Answer::One { bytes, id, is_all }) if depth == Depth::Exact || is_all => {
                self.report(bytes, id, Spelling::Exact);
                self.settle(findings);
                1
            }
            _ => self.run_whole(depth, findings),
        }
    }

    fn run_whole(mut self, depth: Depth, findings: &mut Findings) -> usize {
        self.scratch.taken.clear();
        self.scratch.taken.resize(self.text.len(), false);
        let [plain, other] = &mut self.scratch.buffers;
        let (plain, mut other) = (std::mem::take(plain), std::mem::take(other));
        let mut reading = Reading::plain(self.text, plain);
        if self.directory.keys().has_texts() {
            reading.split_words(|letters| self.directory.keys().has_letters(letters), words::is_reference);
        }
        reading.split_dates(|symbols| self.directory.by_symbols(symbols).is_some());
        self.scratch.creditor_references.clear();
        reading.creditor_references(&mut self.scratch.creditor_references);
        self.exact(&reading, Spelling::Exact);
        let is_free = !matches!(self.field, Field::Counterparty | Field::Instruction);
        if depth == Depth::Repairs && is_free && self.has_rest(&reading) {
            self.mark(&reading);
            self.repair(&reading);
            self.inside_longer_runs(&reading);
            if self.may_look_alike(&reading) {
                let reading = Reading::look_alike(self.text, std::mem::take(&mut other));
                if reading.has_look_alikes() {
                    self.exact(&reading, Spelling::LookAlike);
                    self.look_alike_zeros(&reading);
                }
                other = reading.into_buffers();
            }
        }
        self.scratch.buffers = [reading.into_buffers(), other];
        self.settle(findings);
        self.probes
    }

    fn may_look_alike(&self, reading: &Reading<'t>) -> bool {
        let is_rest = |piece: &Piece| piece.is_digits() && !self.is_taken(&piece.bytes);
        reading.pieces.iter().enumerate().any(|(at, piece)| is_rest(piece) && reading.may_look_alike(at))
    }

    /// Marks what is something else than a reference, once for each text.
    fn mark(&mut self, reading: &Reading<'t>) {
        if !self.is_marked {
            noise::mark(reading, &mut self.scratch.marks);
            self.is_marked = true;
        }
    }

    /// Are there digits that no exact finding took, and that could be repaired?
    fn has_rest(&mut self, reading: &Reading<'t>) -> bool {
        let is_found = self.scratch.taken.contains(&true);
        let mut first = 0;
        while first < reading.pieces.len() {
            let is_next = |at: &usize| {
                reading.pieces.get(*at).is_some_and(|piece| {
                    piece.is_digits() && !self.is_taken(&piece.bytes) && (*at == first || piece.link != Link::Far)
                })
            };
            let end = (first..reading.pieces.len()).take_while(is_next).last();
            if let Some(last) = end {
                let stretch = Window { reading, first, last };
                let is_harmless = (is_found && self.is_tiny(&stretch)) || self.is_other(&stretch);
                if !is_harmless {
                    return true;
                }
            }
            first = end.unwrap_or(first) + 1;
        }
        false
    }

    /// One or two digits, or a number of up to four, that no letters touch: beside a reference, nothing to repair.
    fn is_tiny(&self, stretch: &Window<'_, 't>) -> bool {
        let is_word = |at: Option<usize>| {
            at.and_then(|at| stretch.reading.pieces.get(at)).is_some_and(|piece| !piece.is_digits())
        };
        let before = stretch.first.checked_sub(1);
        let is_led = is_word(before) && before.is_some_and(|before| self.is_known(stretch.reading, before));
        let is_glued = |at: usize| stretch.reading.pieces.get(at).is_some_and(|piece| piece.link == Link::Glued);
        let is_touched = (is_word(before) && is_glued(stretch.first))
            || (is_word(Some(stretch.last + 1)) && is_glued(stretch.last + 1));
        is_tiny(stretch.digits(), stretch.pieces().len()) && !is_led && !is_touched
    }

    /// Few digits that are something else (`2023-4`).
    fn is_other(&mut self, stretch: &Window<'_, 't>) -> bool {
        if stretch.digits() >= LEAST_DIGITS {
            return false;
        }
        let is_period = noise::is_period(stretch.reading, stretch.first, stretch.last);
        if !is_period {
            self.mark(stretch.reading);
        }
        stretch.pieces().iter().enumerate().all(|(offset, piece)| {
            let at = stretch.first + offset;
            let before = at.checked_sub(1).and_then(|before| stretch.reading.pieces.get(before));
            let is_led = before.is_some_and(|before| {
                piece.link == Link::Glued
                    && !before.is_digits()
                    && !words::is_period(stretch.reading.symbols_of(before))
            });
            !is_led && (is_period || self.scratch.marks.get(piece.bytes.start) == Some(&Noise::Other))
        })
    }

    /// Could this piece be in a reference: a number, or letters of a known one, whole or cut by a line's end?
    fn is_known(&self, reading: &Reading<'t>, at: usize) -> bool {
        let keys = self.directory.keys();
        let is_cut = |next: usize| {
            let is_line = reading.pieces.get(next).is_some_and(|piece| piece.link == Link::Line && !piece.is_digits());
            let is_word =
                next.checked_sub(1).and_then(|at| reading.pieces.get(at)).is_some_and(|piece| !piece.is_digits());
            is_line && is_word && keys.has_letters(reading.symbols(next - 1, next))
        };
        reading.pieces.get(at).is_some_and(|piece| {
            piece.is_digits() || keys.has_letters(reading.symbols_of(piece)) || is_cut(at) || is_cut(at + 1)
        })
    }

    fn is_taken(&self, bytes: &Range<usize>) -> bool {
        self.scratch.taken.get(bytes.clone()).unwrap_or_default().contains(&true)
    }

    /// What a structured creditor reference (ISO 11649) whose check digits are wrong holds is only a part of it: one of
    /// its digits is another one's.
    fn confirmed(&self, span: &Range<usize>, id: RefId, spelling: Spelling) -> Spelling {
        let is_right = |whole: &Range<usize>| {
            let before = self.text.get(whole.start..span.start).unwrap_or_default();
            let all = self.text.get(whole.clone()).unwrap_or_default();
            [[before, self.directory.form(id)], [all, ""]].iter().any(|parts| {
                let symbols = parts.iter().flat_map(|part| part.chars()).flat_map(fold::symbols);
                noise::is_mod97(&symbols.collect::<Vec<char>>())
            })
        };
        let mut around = self.scratch.creditor_references.iter().filter(|whole| overlaps(whole, span));
        if around.all(is_right) { spelling } else { spelling.max(Spelling::Partial) }
    }

    fn report(&mut self, span: Range<usize>, id: RefId, spelling: Spelling) {
        let spelling = self.confirmed(&span, id, spelling);
        let written = self.text.get(span.clone()).unwrap_or_default();
        for id in self.directory.keys().with_twins(id) {
            let (reference, is_alias) = self.directory.resolved(id);
            let (span, written) = (span.clone(), written.to_owned());
            self.scratch.found.push(Found { reference, spelling, field: self.field, span, written, is_alias });
        }
    }

    /// Each reference once at a place, with its best spelling; what lies inside a longer reading, and
    /// nobody's references where one is read, are dropped.
    fn settle(&mut self, findings: &mut Findings) {
        let Scratch { found, unknown, .. } = self.scratch;
        if found.len() > 1 {
            keep_best(found);
        }
        if !unknown.is_empty() {
            let is_whole = |found: &&Found| found.spelling <= Spelling::LookAlike;
            unknown.retain(|unknown| !found.iter().filter(is_whole).any(|found| overlaps(&found.span, &unknown.span)));
            unknown.sort_by_key(|unknown| (unknown.span.start, unknown.span.end));
        }
        findings.found.append(found);
        findings.unknown.append(unknown);
    }
}

/// Are so few digits in so many pieces too few for a reference?
fn is_tiny(digits: usize, pieces: usize) -> bool {
    digits <= 2 || (pieces == 1 && digits <= 4)
}

/// Are there digits at all, of any script?
fn has_digits(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
        || (!text.is_ascii() && text.chars().any(|c| fold::digit(c).is_some()))
}

/// Keeps each reference once at a place, with its best spelling, and nothing inside a longer reading; in the order
/// of the text.
fn keep_best(found: &mut Vec<Found>) {
    found.sort_by_key(|found| (found.reference, found.spelling, found.span.len(), found.span.start, found.is_alias));
    let mut held: Vec<(RefId, Range<usize>)> = Vec::new();
    found.retain(|found| {
        let same = held.iter().rev().take_while(|(reference, _)| *reference == found.reference);
        let is_new = !same.into_iter().any(|(_, span)| overlaps(span, &found.span));
        if is_new {
            held.push((found.reference, found.span.clone()));
        }
        is_new
    });
    let is_whole = |found: &&Found| found.spelling <= Spelling::LookAlike;
    let whole: Vec<Range<usize>> = found.iter().filter(is_whole).map(|found| found.span.clone()).collect();
    found.retain(|found| !whole.iter().any(|whole| *whole != found.span && contains(whole, &found.span)));
    found.sort_by_key(|found| (found.span.start, found.span.end, found.spelling, found.reference));
}

fn contains(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start <= other.start && other.end <= one.end
}

fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckMethod, Scheme};
    use proptest::prelude::*;
    use proptest::sample::select;
    use repairs::REPAIR_PROBES;

    fn directory() -> Directory {
        let scheme = |mask, check| Scheme::new("x", mask, check).unwrap();
        let schemes = [
            scheme("5.0100.######.C", CheckMethod::Luhn),
            scheme("07/#####-C", CheckMethod::Iso7064Mod11_10),
            scheme("P######", CheckMethod::None),
            scheme("##.######.##", CheckMethod::None),
        ];
        let references: Vec<String> = (0..2_000).map(|number| format!("P{number:06}")).collect();
        let others = ["5.0100.123456.3", "07/11202-2", "12.345678.90"];
        Directory::new(&schemes, references.iter().map(String::as_str).chain(others))
    }

    /// Texts in which the short way is taken, and texts in which it nearly is.
    fn texts() -> impl Strategy<Value = String> {
        let signs = [" ", ".", "-", "/", ",", "\n", " \n", "", ": ", "         ", "€ ", "×", "_"];
        let words = [
            "Abgaben",
            "Tel.",
            "Müller",
            "4. Rate",
            "EUR",
            "IBAN DE82",
            "P",
            "RF18",
            "Rückruf",
            "15.11.2023",
            "x",
            "2023-4",
            "5.1.",
            "3-11-15",
            " 2023 B ",
            " 5 ",
        ];
        let pieces = prop_oneof![
            2 => "[0-9]{1,7}",
            3 => select(vec!["5.0100.123456.3", "501001234563", "5010 0123 4563", "07/11202-2", "123456789012345678"])
                .prop_map(str::to_owned),
            1 => (1_usize..12, select(signs.to_vec())).prop_map(|(at, sign)| {
                let (head, tail) = "501001234563".split_at(at);
                format!("{head}{sign}{tail}")
            }),
            4 => select(signs.to_vec()).prop_map(str::to_owned),
            3 => select(words.to_vec()).prop_map(str::to_owned),
        ];
        prop::collection::vec(pieces, 1..7).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn the_short_way_leads_where_the_whole_search_does(text in texts(), has_letters in any::<bool>()) {
            let directory = if has_letters { directory() } else { digits_only() };
            for depth in [Depth::Exact, Depth::Repairs] {
                let mut scratch = Scratch::default();
                let (mut short, mut whole) = (Findings::default(), Findings::default());
                Search::new(&directory, Field::Remittance, &text, &mut scratch).run(depth, &mut short);
                Search::new(&directory, Field::Remittance, &text, &mut scratch).run_whole(depth, &mut whole);
                prop_assert_eq!(short, whole, "{:?}", text);
            }
        }
    }

    #[test]
    fn the_short_way_is_taken() {
        let directory = digits_only();
        for text in [
            "Abgaben 5.0100.123456.3 Müller",
            "5010 0123 4563 4. Rate 2023",
            "501001234563",
            "501001234563.7 2023-4",
            "vom 15.11.2023",
        ] {
            assert!(quick::answer(directory.keys(), text, &mut Vec::new()).is_some(), "{text}");
        }
        for (text, wanted) in [
            ("Grundsteuer B 4. Rate 2023 5.0100.123456.3 Hauptstr. 5", true),
            ("501001234563 2023-4 Müller", true),
            ("501001234563 12345 Müller", false),
            ("501001234563 2023-41 Müller", false),
            ("501001234563 4te Rate", false),
        ] {
            let answer = quick::answer(directory.keys(), text, &mut Vec::new());
            assert!(matches!(answer, Some(Answer::One { is_all, .. }) if is_all == wanted), "{text}");
        }
    }

    fn digits_only() -> Directory {
        let schemes = [Scheme::new("x", "5.0100.######.C", CheckMethod::Luhn).unwrap()];
        Directory::new(&schemes, ["5.0100.123456.3", "07/11202-2", "123456789012345678"])
    }

    #[test]
    fn look_ups_are_bounded() {
        let directory = directory();
        for unit in ["1", "1 ", "12 ", "123456 ", "5.0100.123459.3 ", "O1", "P1", "1.", "1\n", "P12346 ", "07/11203-2,"]
        {
            let text = unit.repeat(10_000 / unit.len());
            let mut findings = Findings::default();
            let probes = Search::new(&directory, Field::Remittance, &text, &mut Scratch::default())
                .run(Depth::Repairs, &mut findings);
            assert!(probes <= REPAIR_PROBES + 8 * text.len(), "{unit:?}: {probes}");
        }
    }

    #[test]
    fn clean_text_needs_few_look_ups() {
        let directory = directory();
        let text = "Kassenzeichen 5.0100.123456.3 Grundbesitzabgaben";
        let probes = Search::new(&directory, Field::Remittance, text, &mut Scratch::default())
            .run(Depth::Repairs, &mut Findings::default());
        assert!(probes <= 8, "{probes}");
    }
}
