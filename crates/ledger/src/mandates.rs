//! References of mandates, as people copy them out of the text of an earlier direct debit.
//!
//! Knows no weights. Invariants: a reference is found whatever its capitals and signs (`GBA-2011-004512`, `gba2011004512`);
//! one that is also a Kassenzeichen names no mandate: who quotes it quotes that.

use std::collections::HashSet;

use crate::books::AccountId;
use crate::hash;
use crate::index::Index;
use crate::names::fold;

/// A reference has at most so many letters and digits (EPC, AT-01: 35 characters).
const LONGEST: usize = 35;
/// Without a word that says what it is, one has at least so many; with digits alone more.
const LEAST: usize = 8;
const LEAST_DIGITS: usize = 10;
/// With such a word it has at least so many.
const LEAST_LED: usize = 3;
/// People write a reference in at most so many pieces.
const PIECES: usize = 6;

/// Words before a reference, folded; longer ones first, for some are glued to it.
const LEADS: [&str; 9] = [
    "mandatsreferenz",
    "mandatreferenz",
    "mandatsnummer",
    "mandatsref",
    "mandatsnr",
    "mandats",
    "mandat",
    "mandate",
    "mref",
];
/// Words that may stand between that word and the reference.
const BETWEEN: [&str; 6] = ["nr", "no", "ref", "referenz", "nummer", "id"];

/// The references of all mandates.
#[derive(Debug, Default)]
pub(crate) struct Mandates {
    by_reference: Index,
    /// Bit n: some reference has n letters and digits.
    lengths: u64,
    /// Bit n: some reference begins with the n-th of the letters and digits.
    beginnings: u64,
}

impl Mandates {
    /// An index of references, each with an account that its mandate serves; `known` are the Kassenzeichen.
    pub(crate) fn new<'a>(references: &[(String, AccountId)], known: impl Iterator<Item = &'a str>) -> Mandates {
        let mut mandates = Mandates::default();
        if references.is_empty() {
            return mandates;
        }
        let known: HashSet<String> = known.map(plain).collect();
        let mut pairs = Vec::with_capacity(references.len());
        for (reference, account) in references {
            let reference = plain(reference);
            if !(LEAST_LED..=LONGEST).contains(&reference.len()) || holds_known(&reference, &known) {
                continue;
            }
            mandates.lengths |= 1 << reference.len();
            mandates.beginnings |= reference.bytes().next().map_or(0, bit);
            pairs.push((hash::of(reference.as_bytes()), *account));
        }
        mandates.by_reference = Index::new(pairs);
        mandates
    }

    /// Adds the accounts whose mandates a folded text names; `squashed` is room that is used again.
    pub(crate) fn named(&self, folded: &str, squashed: &mut String, accounts: &mut Vec<AccountId>) {
        if self.lengths == 0 {
            return;
        }
        let mut pieces = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
        // how many pieces the word before them still leads
        let mut lead = 0_u8;
        while let Some(piece) = pieces.next() {
            let glued = LEADS.iter().find_map(|word| piece.strip_prefix(word));
            let rest = glued.filter(|rest| !rest.is_empty()).map(|rest| (rest, true));
            for (first, is_led) in [Some((piece, lead > 0)), rest].into_iter().flatten() {
                self.begin(first, pieces.clone(), is_led, squashed, accounts);
            }
            lead = match lead {
                _ if glued == Some("") => 2,
                1.. if BETWEEN.contains(&piece) => lead,
                _ => lead.saturating_sub(1),
            };
        }
    }

    /// Looks up what begins with a piece, and goes on with the next ones.
    fn begin<'t>(
        &self,
        first: &'t str,
        others: impl Iterator<Item = &'t str>,
        is_led: bool,
        squashed: &mut String,
        accounts: &mut Vec<AccountId>,
    ) {
        if first.bytes().next().is_none_or(|byte| self.beginnings & bit(byte) == 0) {
            return;
        }
        squashed.clear();
        for piece in std::iter::once(first).chain(others).take(PIECES) {
            squashed.push_str(piece);
            if squashed.len() > LONGEST {
                return;
            }
            if self.lengths & 1 << squashed.len() != 0 && is_telling(squashed, is_led) {
                accounts.extend(self.by_reference.get(hash::of(squashed.as_bytes())));
            }
        }
    }
}

/// Whether a run of letters and digits is seldom something else.
fn is_telling(reference: &str, is_led: bool) -> bool {
    let digits = reference.bytes().filter(u8::is_ascii_digit).count();
    let least = if is_led {
        LEAST_LED
    } else if digits == reference.len() {
        LEAST_DIGITS
    } else {
        LEAST
    };
    digits > 0 && reference.len() >= least
}

/// The letters and digits of a reference, folded as texts are.
fn plain(reference: &str) -> String {
    fold(reference).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Whether a reference is a Kassenzeichen, perhaps with a number behind it: many towns call their mandates so.
fn holds_known(reference: &str, known: &HashSet<String>) -> bool {
    let ends = reference.len().saturating_sub(BEHIND)..=reference.len();
    ends.into_iter().filter_map(|end| reference.get(..end)).any(|start| known.contains(start))
}

/// Letters and digits behind a Kassenzeichen in the reference of its mandate: `5.0100.123456.3-01`.
const BEHIND: usize = 6;

fn bit(byte: u8) -> u64 {
    let place = match byte {
        b'0'..=b'9' => byte - b'0',
        _ => byte.wrapping_sub(b'a').wrapping_add(10),
    };
    1_u64.checked_shl(u32::from(place)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mandates_are_named_as_people_do() {
        let references =
            [("GBA-2011-004512", 1), ("MREF-2015-000777", 2), ("M-77", 3), ("5.0100.123456.3-01", 4), ("20150777", 5)];
        let references: Vec<(String, AccountId)> =
            references.into_iter().map(|(reference, account)| (reference.to_owned(), account)).collect();
        let mandates = Mandates::new(&references, ["5.0100.123456.3"].into_iter());
        for (text, expected) in [
            ("Abgaben Mandat gba2011004512", vec![1]),
            ("GBA-2011-004512 Grundsteuer", vec![1]),
            ("EREF+NOTPROVIDED MREF+MREF-2015-000777 CRED+DE98", vec![2]),
            ("MREF-2015-00\n0777", vec![2]),
            ("mandatgba 2011 004512", vec![1]),
            ("Mandatsref. Nr. M-77", vec![3]),
            ("Haus M-77", vec![]),
            ("5.0100.123456.3-01", vec![]),
            ("Mandat 20150777", vec![5]),
            ("vom 20150777", vec![]),
            ("GBA-2011-004513", vec![]),
            ("Mandat", vec![]),
            ("", vec![]),
        ] {
            let mut accounts = Vec::new();
            mandates.named(&fold(text), &mut String::new(), &mut accounts);
            assert_eq!(accounts, expected, "{text}");
        }
    }
}
