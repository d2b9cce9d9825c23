//! The search for references in one text: exact windows first, repairs where those left something over.
//!
//! Must not know amounts, names or items. Every candidate is looked up in the directory's exact map; nothing
//! scans the references. Invariants: what is found exactly takes its place, so that nothing weaker is
//! reported there; the number of look-ups is bounded by the text's length and by a limit on
//! repairs.

mod exact;
mod repairs;

use std::collections::HashMap;
use std::ops::Range;

use crate::directory::{Directory, RefId};
use crate::message::{Field, Findings, Found, Spelling, Unknown};
use crate::noise::{self, Noise};
use crate::reading::{Class, Piece, Reading};
use crate::repair::LEAST_DIGITS;

/// The search through one text.
pub(crate) struct Search<'d, 't> {
    directory: &'d Directory,
    field: Field,
    text: &'t str,
    marks: Vec<Noise>,
    /// Bytes that belong to an exact finding.
    taken: Vec<bool>,
    found: Vec<Found>,
    unknown: Vec<Unknown>,
    probes: usize,
}

impl<'d, 't> Search<'d, 't> {
    pub(crate) fn new(directory: &'d Directory, field: Field, text: &'t str) -> Search<'d, 't> {
        let taken = vec![false; text.len()];
        Search { directory, field, text, marks: Vec::new(), taken, found: Vec::new(), unknown: Vec::new(), probes: 0 }
    }

    /// Adds what the text holds to the findings; returns the number of look-ups.
    pub(crate) fn run(mut self, findings: &mut Findings) -> usize {
        let reading = Reading::plain(self.text);
        if !reading.pieces.iter().any(|piece| piece.class == Class::Digits) {
            return 0;
        }
        self.marks = noise::marks(&reading);
        self.exact(&reading, Spelling::Exact);
        if self.field != Field::Counterparty && self.has_rest(&reading) {
            self.repair(&reading);
            self.inside_longer_runs(&reading);
            if let Some(reading) = Reading::look_alike(self.text) {
                self.exact(&reading, Spelling::LookAlike);
                self.look_alike_zeros(&reading);
            }
        }
        self.settle(findings);
        self.probes
    }

    /// Are there digits that no exact finding took? A few that are something else (`2023-4`) do not count:
    /// they could not be repaired.
    fn has_rest(&self, reading: &Reading<'_>) -> bool {
        let is_rest = |piece: &&Piece| piece.class == Class::Digits && !self.is_taken(&piece.bytes);
        let rest = || reading.pieces.iter().filter(is_rest);
        let is_other = |piece: &Piece| self.marks.get(piece.bytes.start) == Some(&Noise::Other);
        rest().map(Piece::len).sum::<usize>() >= LEAST_DIGITS || !rest().all(is_other)
    }

    fn is_taken(&self, bytes: &Range<usize>) -> bool {
        self.taken.get(bytes.clone()).unwrap_or_default().contains(&true)
    }

    fn report(&mut self, span: Range<usize>, id: RefId, spelling: Spelling) {
        let written = self.text.get(span.clone()).unwrap_or_default();
        for reference in self.directory.keys().with_twins(id) {
            let (span, written) = (span.clone(), written.to_owned());
            self.found.push(Found { reference, spelling, field: self.field, span, written });
        }
    }

    /// Each reference once at a place, with its best spelling; what lies inside a longer reading, and
    /// nobody's references where one is read, are dropped.
    fn settle(&mut self, findings: &mut Findings) {
        self.found.sort_by_key(|found| (found.spelling, found.span.len(), found.span.start, found.reference));
        let mut places: HashMap<RefId, Vec<Range<usize>>> = HashMap::new();
        self.found.retain(|found| {
            let held = places.entry(found.reference).or_default();
            let is_new = !held.iter().any(|span| overlaps(span, &found.span));
            if is_new {
                held.push(found.span.clone());
            }
            is_new
        });
        let is_whole = |found: &&Found| found.spelling <= Spelling::LookAlike;
        let read: Vec<Range<usize>> = self.found.iter().filter(is_whole).map(|found| found.span.clone()).collect();
        let is_inside = |span: &Range<usize>| read.iter().any(|whole| whole != span && contains(whole, span));
        self.found.retain(|found| !is_inside(&found.span));
        self.unknown.retain(|unknown| !read.iter().any(|whole| overlaps(whole, &unknown.span)));
        self.found.sort_by_key(|found| (found.span.start, found.span.end, found.spelling, found.reference));
        self.unknown.sort_by_key(|unknown| (unknown.span.start, unknown.span.end));
        findings.found.append(&mut self.found);
        findings.unknown.append(&mut self.unknown);
    }
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

    #[test]
    fn look_ups_are_bounded() {
        let directory = directory();
        for unit in ["1", "1 ", "12 ", "123456 ", "5.0100.123459.3 ", "O1", "P1", "1.", "1\n", "P12346 ", "07/11203-2,"]
        {
            let text = unit.repeat(10_000 / unit.len());
            let mut findings = Findings::default();
            let probes = Search::new(&directory, Field::Remittance, &text).run(&mut findings);
            assert!(probes <= REPAIR_PROBES + 8 * text.len(), "{unit:?}: {probes}");
        }
    }

    #[test]
    fn clean_text_needs_few_look_ups() {
        let directory = directory();
        let text = "Kassenzeichen 5.0100.123456.3 Grundbesitzabgaben";
        let probes = Search::new(&directory, Field::Remittance, text).run(&mut Findings::default());
        assert!(probes <= 8, "{probes}");
    }
}
