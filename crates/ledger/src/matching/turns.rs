//! Decides payments in their order, and as much as possible of it beforehand, on several threads.
//!
//! A decision looks at what was read of its payment, and at what can still be paid of the Kassenzeichen considered: nothing
//! else changes while the payments are gone through. So each is first decided as if it were the only one, which needs no
//! order. Then they are gone through one after the other: where nothing was paid since of any Kassenzeichen considered, that
//! decision is the one that would be made now; else it is made again.
//!
//! Invariant: the drafts are those of deciding one payment after the other.

use crate::books::{AccountId, Books};
use crate::candidates::Scales;
use crate::decide::{Decision, Draft, decide};
use crate::holds::Suspicion;
use crate::payment::Payment;
use crate::reading::{Considered, Reader, Reading, Setting};
use crate::settle::Rooms;

/// A payment that was read and decided.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) reading: Reading,
    pub(super) draft: Draft,
    /// Whether it was read narrowly: some who could not speak against what is quoted were not looked for.
    is_narrow: bool,
    /// Whom it concerns, once everything is placed and if it is a case.
    pub(super) suspicion: Option<Box<Suspicion>>,
}

impl Turn {
    /// Decides a payment that was read.
    pub(super) fn new(scales: &Scales<'_>, payment: &Payment, considered: Considered) -> Turn {
        let is_narrow = considered.is_narrow;
        let (reading, draft) = decide(scales, payment, considered);
        Turn { reading, draft, is_narrow, suspicion: None }
    }

    /// Decides again. What was decided before anything was placed has its candidates as they were read.
    fn again(self, scales: &Scales<'_>, payment: &Payment) -> Turn {
        let Turn { reading, draft, is_narrow, .. } = self;
        Turn::new(scales, payment, Considered { reading, candidates: draft.candidates, is_narrow })
    }

    /// Whether it is a case although nobody else was looked for: what is too much could be anybody's whom the payer
    /// could have meant besides.
    fn is_narrow_case(&self) -> bool {
        self.is_narrow && self.draft.decision == Decision::Case
    }

    /// Whether something was placed since under a Kassenzeichen that was considered.
    fn is_outdated(&self, changed: &Changed) -> bool {
        self.draft.candidates.iter().any(|candidate| changed.is(candidate.account))
    }
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

/// So many payments' items are asked for at once.
const TOGETHER: usize = 16;

/// Goes through the payments in their order, each decided as if it were the only one; what is placed is taken out of
/// `rooms`.
pub(super) fn take_turns(setting: Setting<'_>, payments: &[Payment], turns: &mut [Option<Turn>], rooms: &mut Rooms) {
    let Setting { books, weights, .. } = setting;
    let mut changed = Changed(vec![0; books.len() / 64 + 1]);
    let mut reader = Reader::new(setting);
    let mut accounts = Vec::new();
    for (payments, turns) in payments.chunks(TOGETHER).zip(turns.chunks_mut(TOGETHER)) {
        ask_for_items(books, rooms, turns, &changed, &mut accounts);
        for (payment, place) in payments.iter().zip(turns) {
            let Some(mut turn) = place.take() else { continue };
            if turn.is_narrow_case() || turn.is_outdated(&changed) {
                let scales = Scales { books, rooms, weights };
                turn = turn.again(&scales, payment);
                if turn.is_narrow_case() {
                    reader.read_wholly(payment, |considered| turn = Turn::new(&scales, payment, considered));
                }
            }
            turn.draft.parts.iter().for_each(|part| rooms.take(books, *part));
            // what is placed is placed under what was chosen
            let chosen = turn.draft.chosen.iter().filter(|_| !turn.draft.parts.is_empty());
            chosen.for_each(|account| changed.mark(*account));
            *place = Some(turn);
        }
    }
}

/// Asks for what will be paid from, and for everything that is to be decided again.
fn ask_for_items(
    books: &Books,
    rooms: &Rooms,
    turns: &[Option<Turn>],
    changed: &Changed,
    accounts: &mut Vec<AccountId>,
) {
    accounts.clear();
    for turn in turns.iter().flatten() {
        accounts.extend(&turn.draft.chosen);
        if turn.is_outdated(changed) {
            accounts.extend(turn.draft.candidates.iter().map(|candidate| candidate.account));
        }
    }
    books.ask_for_items(rooms, accounts);
}
