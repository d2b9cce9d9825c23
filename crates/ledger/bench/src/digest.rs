//! A digest of everything that verdicts say.
//!
//! Knows no rule. Keeps the invariant that it is a function of the verdicts alone, on every machine: whatever a clerk could
//! be shown of one of them (decision, ground, confidence, parts, rest, holds, each candidate with each of its witnesses
//! and what is written) changes it, however the program keeps it. Wording is not in it: words are made when they are read.

use kassenzeichen::Spelling;
use ledger::candidates::Candidate;
use ledger::matching::Verdict;

/// Takes numbers in, one after the other.
struct Digest(u64);

impl Digest {
    fn add(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = (mixed ^ (mixed >> 29)).rotate_left(17);
    }

    fn signed(&mut self, number: i64) {
        self.add(number as u64);
    }

    fn text(&mut self, text: &str) {
        self.add(text.len() as u64);
        text.bytes().for_each(|byte| self.add(u64::from(byte)));
    }

    fn candidate(&mut self, candidate: &Candidate) {
        self.add(u64::from(candidate.account));
        self.signed(i64::from(candidate.score));
        self.add(match candidate.spelling {
            None => 0,
            Some(Spelling::Exact) => 1,
            Some(Spelling::LostZeros) => 2,
            Some(Spelling::LookAlike) => 3,
            Some(Spelling::Partial) => 4,
            Some(Spelling::Near(slip)) => 5 + slip as u64,
        });
        let flags = [
            candidate.own_iban,
            candidate.of_collector,
            candidate.address,
            candidate.kind_named,
            candidate.is_neighbour,
        ];
        flags.iter().for_each(|flag| self.add(u64::from(*flag)));
        self.add(candidate.name as u64 * 64 + candidate.mention as u64 * 8 + candidate.fit as u64);
        if let Some(written) = &candidate.written {
            self.text(&written.text);
            self.add(written.field as u64 * 2 + u64::from(written.is_alias));
        }
        self.add(candidate.named.len() as u64);
        candidate.named.iter().for_each(|item| self.add(u64::from(*item)));
        for mark in candidate.marks.as_slice() {
            self.add(mark.key as u64);
            self.signed(i64::from(mark.weight()));
            self.add(u64::from(mark.alike));
        }
    }
}

/// The digest of verdicts in their order.
pub fn of(verdicts: &[Verdict]) -> u64 {
    let mut digest = Digest(verdicts.len() as u64);
    for verdict in verdicts {
        let draft = &verdict.draft;
        digest.signed(verdict.payment);
        digest.text(draft.decision.word());
        digest.add(draft.ground as u64);
        digest.add(draft.confidence.map_or(u64::MAX, u64::from));
        digest.signed(draft.rest.get());
        digest.add(draft.parts.len() as u64);
        for part in &draft.parts {
            digest.add(part.item as u64);
            digest.signed(part.amount.get());
        }
        digest.add(draft.chosen.len() as u64);
        draft.chosen.iter().for_each(|account| digest.add(u64::from(*account)));
        digest.add(verdict.holds.len() as u64 * 2 + u64::from(verdict.hold_complete));
        for hold in &verdict.holds {
            digest.add(hold.item as u64);
            digest.add(hold.reason as u64);
        }
        digest.add(draft.candidates.len() as u64);
        draft.candidates.iter().for_each(|candidate| digest.candidate(candidate));
    }
    digest.0
}
