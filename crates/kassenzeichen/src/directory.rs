//! The references a Kasse knows, and the ways to ask for one.
//!
//! Must not know how texts are searched; it holds the references, their printed forms and the exact map.
//! Invariant: a [`RefId`] is the position of the reference in the list the directory was made of.

use std::collections::BTreeSet;

use crate::fold;
use crate::keys::Keys;
use crate::message::{Field, Findings, Message};
use crate::reading::Reading;
use crate::repair::{self, Written};
use crate::scheme::Scheme;
use crate::search::Search;
use crate::window::Window;

/// A known reference: its position in the list the directory was made of.
pub type RefId = u32;

/// All known references of a Kasse.
///
/// Takes about 25 bytes for an all-digit reference besides its printed form. A reference given twice is found
/// under its first position; different references with the same letters and digits are always found together.
#[derive(Debug)]
pub struct Directory {
    schemes: Vec<Scheme>,
    keys: Keys,
    printed: String,
    /// Where each printed form ends in `printed`.
    ends: Vec<usize>,
}

impl Directory {
    /// A directory of references as printed, in any number of numbering schemes; a reference that fits
    /// none is found as it is written, and one slip away.
    pub fn new<'a>(schemes: &[Scheme], references: impl IntoIterator<Item = &'a str>) -> Directory {
        let references = references.into_iter();
        let mut directory = Directory {
            schemes: schemes.to_vec(),
            keys: Keys::with_capacity(references.size_hint().0),
            printed: String::new(),
            ends: Vec::new(),
        };
        for scheme in schemes {
            directory.keys.know_letters(&scheme.prefix().into_iter().collect::<String>());
        }
        for (reference, id) in references.zip(0..RefId::MAX) {
            let canonical = fold::canonical(reference);
            directory.printed.push_str(reference);
            directory.ends.push(directory.printed.len());
            if !canonical.is_empty() && !directory.is_given(&canonical, reference) {
                directory.keys.insert(&canonical, id);
            }
        }
        directory
    }

    /// How many references were given.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Was no reference given?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The reference as it was given; empty for an id of another directory.
    #[must_use]
    pub fn printed(&self, reference: RefId) -> &str {
        let at = usize::try_from(reference).unwrap_or(usize::MAX);
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.printed.get(start..*end)).unwrap_or_default()
    }

    /// The reference a clerk types: any separators, upper or lower case, zeros lost or added at the
    /// beginning of parts. `None` where it is not known or not the only one.
    #[must_use]
    pub fn by_spelling(&self, text: &str) -> Option<RefId> {
        let reading = Reading::plain(text);
        let last = reading.pieces.len().checked_sub(1)?;
        let symbols = reading.symbols(0, last);
        if let Some(first) = self.keys.by_symbols(symbols) {
            let all: Vec<RefId> = self.keys.with_twins(first).collect();
            let as_typed = all.iter().find(|id| self.printed(**id).eq_ignore_ascii_case(text.trim()));
            return as_typed.or(all.first().filter(|_| all.len() == 1)).copied();
        }
        let window = Window { reading: &reading, first: 0, last };
        let sections = window.sections();
        let mut found = BTreeSet::new();
        self.zeros(window.as_written(&sections), &mut |id| {
            found.insert(id);
        });
        found.first().filter(|_| found.len() == 1).copied()
    }

    /// Everything in a message that is, or could be meant for, a known reference, and references of the
    /// right form that nobody has.
    #[must_use]
    pub fn find(&self, message: &Message<'_>) -> Findings {
        let mut findings = Findings::default();
        let fields = [
            (Field::Remittance, Some(message.remittance)),
            (Field::EndToEnd, message.end_to_end.filter(|id| !id.trim().eq_ignore_ascii_case("NOTPROVIDED"))),
            (Field::Structured, message.structured),
            (Field::Mandate, message.mandate),
            (Field::Counterparty, message.counterparty),
            (Field::Additional, message.additional),
        ];
        for (field, text) in fields {
            if let Some(text) = text {
                Search::new(self, field, text).run(&mut findings);
            }
        }
        findings
    }

    /// Hands on every known reference that lost or won zeros to give what was written.
    pub(crate) fn zeros(&self, written: Written<'_>, visit: &mut impl FnMut(RefId)) -> usize {
        let mut probes = 0;
        let mut probe = |variant: &[char]| {
            probes += 1;
            if let Some(id) = self.keys.by_symbols(variant) {
                self.keys.with_twins(id).for_each(&mut *visit);
            }
        };
        for scheme in &self.schemes {
            repair::zeros(scheme, written, &mut probe);
        }
        repair::zeros_of_bare(written.symbols, &mut probe);
        probes
    }

    pub(crate) fn schemes(&self) -> &[Scheme] {
        &self.schemes
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Was the very same printed form given before?
    fn is_given(&self, canonical: &str, reference: &str) -> bool {
        let symbols: Vec<char> = canonical.chars().collect();
        let holder = self.keys.by_symbols(&symbols);
        holder.is_some_and(|first| self.keys.with_twins(first).any(|id| self.printed(id) == reference))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CheckMethod;

    #[test]
    fn spellings_a_clerk_types() {
        let schemes = [
            Scheme::new("a", "5.0100.######.C", CheckMethod::Luhn).unwrap(),
            Scheme::new("b", "P######", CheckMethod::None).unwrap(),
        ];
        let references = ["5.0100.001234.1", "P000123", "1-23", "12-3", "P000123", "0815-4711", ""];
        let directory = Directory::new(&schemes, references);
        assert_eq!((directory.len(), directory.printed(5), directory.printed(7)), (7, "0815-4711", ""));
        for (text, wanted) in [
            ("5.0100.001234.1", Some(0)),
            (" 50 1000 01234 1 ", Some(0)),
            ("5.100.1234.1", Some(0)),
            ("51001234 1", Some(0)),
            ("p123", Some(1)),
            ("P 000 123", Some(1)),
            ("12-3", Some(3)),
            ("1-23", Some(2)),
            ("123", None),
            ("8154711", Some(5)),
            ("4711", None),
            ("", None),
            ("..", None),
        ] {
            assert_eq!(directory.by_spelling(text), wanted, "{text}");
        }
    }
}
