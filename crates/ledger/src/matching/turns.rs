//! Decides payments in their order, and as much as possible of it beforehand, on several threads.
//!
//! A decision looks at what was read of its payment, and at what can still be paid of the Kassenzeichen considered: nothing
//! else changes while the payments are gone through. So each is first decided as if it were the only one, which needs no
//! order. Then they are gone through one after the other: where nothing was paid since of any Kassenzeichen considered, that
//! decision is the one that would be made now; else it is made again.
//!
//! Invariant: the drafts are those of deciding one payment after the other.

use crate::books::AccountId;
use crate::candidates::Scales;
use crate::decide::{Decision, Draft, decide};
use crate::payment::Payment;
use crate::reading::{Considered, Reader, Reading, Setting};
use crate::settle::Rooms;

use super::parallel::in_parallel;

/// A payment on its way to its draft.
#[derive(Debug)]
pub(super) enum Turn {
    /// It is not to be decided.
    None,
    /// It was read.
    Read(Considered),
    /// It was decided, on a narrow reading or not.
    Decided { reading: Reading, draft: Draft, is_narrow: bool },
}

/// The Kassenzeichen of which something was placed, one bit each.
struct Changed(Vec<u64>);

impl Changed {
    fn mark(&mut self, account: AccountId) {
        if let Some(bits) = self.0.get_mut(account as usize / 64) {
            *bits |= 1 << (account % 64);
        }
    }

    fn is(&self, account: AccountId) -> bool {
        self.0.get(account as usize / 64).is_some_and(|bits| bits >> (account % 64) & 1 == 1)
    }
}

impl Turn {
    fn decide(self, scales: &Scales<'_>, payment: &Payment) -> Turn {
        let considered = match self {
            Turn::None => return Turn::None,
            Turn::Read(considered) => considered,
            // the candidates are as they were read: without anything placed since, deciding changes none
            Turn::Decided { reading, draft, is_narrow } => {
                Considered { reading, candidates: draft.candidates, is_narrow }
            }
        };
        let is_narrow = considered.is_narrow;
        let (reading, draft) = decide(scales, payment, considered);
        Turn::Decided { reading, draft, is_narrow }
    }

    /// Whether it is a case although nobody else was looked for: what is too much could be anybody's whom the payer
    /// could have meant besides.
    fn is_narrow_case(&self) -> bool {
        matches!(self, Turn::Decided { draft, is_narrow: true, .. } if draft.decision == Decision::Case)
    }

    /// Whether something was placed since under a Kassenzeichen that was considered.
    fn is_outdated(&self, changed: &Changed) -> bool {
        match self {
            Turn::None => false,
            Turn::Read(_) => true,
            Turn::Decided { draft, .. } => draft.candidates.iter().any(|candidate| changed.is(candidate.account)),
        }
    }
}

/// Decides everything that was read; what is placed is taken out of `rooms`.
pub(super) fn decide_all(
    setting: Setting<'_>,
    payments: &[Payment],
    turns: &mut [Turn],
    threads: usize,
    rooms: &mut Rooms,
) {
    let Setting { books, weights, .. } = setting;
    let alone = Scales { books, rooms: setting.rooms, weights };
    in_parallel(
        payments,
        turns,
        threads,
        || (),
        |(), payments, turns| {
            for (payment, turn) in payments.iter().zip(turns) {
                *turn = std::mem::replace(turn, Turn::None).decide(&alone, payment);
            }
        },
    );
    let mut changed = Changed(vec![0; books.len() / 64 + 1]);
    let mut reader = Reader::new(setting);
    for (payment, turn) in payments.iter().zip(turns) {
        if turn.is_narrow_case() || turn.is_outdated(&changed) {
            let scales = Scales { books, rooms, weights };
            *turn = std::mem::replace(turn, Turn::None).decide(&scales, payment);
            if turn.is_narrow_case() {
                reader.read_wholly(payment, |considered| *turn = Turn::Read(considered).decide(&scales, payment));
            }
        }
        let Turn::Decided { draft, .. } = turn else { continue };
        for part in &draft.parts {
            rooms.take(books, *part);
        }
        // what is placed is placed under what was chosen
        draft.chosen.iter().filter(|_| !draft.parts.is_empty()).for_each(|account| changed.mark(*account));
    }
}
