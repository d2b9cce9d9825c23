//! Decides payments in their order, and as much as possible of it beforehand, on several threads.
//!
//! A decision looks at what was read of its payment, and at what can still be paid of the Kassenzeichen considered: nothing
//! else changes while the payments are gone through. So each is first decided as if it were the only one, which needs no
//! order. Then they are gone through one after the other: where nothing was paid since of any Kassenzeichen considered, that
//! decision is the one that would be made now; else it is made again.
//!
//! Invariant: the drafts are those of deciding one payment after the other.

use sepa::Cents;

use crate::books::{AccountId, Books};
use crate::candidates::{Candidate, Fit, Scales};
use crate::decide::{Chosen, Decision, Draft, decide};
use crate::holds::Suspicion;
use crate::payment::Payment;
use crate::reading::{Considered, Quoted, Reader, Reading, Setting};
use crate::settle::{Reach, Rooms, settle};

use super::verdict::Verdict;

/// A payment that was read and decided.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) reading: Reading,
    pub(super) draft: Draft,
    /// Whether it was read narrowly: some who could not speak against what is quoted were not looked for.
    is_narrow: bool,
    /// Whether it will probably be a case although nobody else was looked for.
    pub(super) is_foreseen: bool,
    /// What is read of it if everybody is looked for, where that was foreseen.
    whole: Option<Box<Considered>>,
    /// The Kassenzeichen that it was surely meant for, where that is news.
    pub(super) taught: Chosen,
    /// Whom it concerns, once everything is placed and if it is a case.
    pub(super) suspicion: Option<Box<Suspicion>>,
}

impl Turn {
    /// Decides a payment that was read.
    pub(super) fn new(scales: &Scales<'_>, payment: &Payment, considered: Considered) -> Turn {
        let is_narrow = considered.is_narrow;
        let (reading, draft) = decide(scales, payment, considered);
        Turn { reading, draft, is_narrow, is_foreseen: false, whole: None, taught: Chosen::new(), suspicion: None }
    }

    /// Decides again. What was decided before anything was placed has its candidates as they were read.
    fn again(self, scales: &Scales<'_>, payment: &Payment) -> Turn {
        Turn::new(scales, payment, self.considered())
    }

    /// What was read of it.
    pub(super) fn considered(self) -> Considered {
        let Turn { reading, draft, is_narrow, .. } = self;
        Considered { reading, candidates: draft.candidates, is_narrow }
    }

    /// The verdict, which holds nothing yet.
    pub(super) fn verdict(self, payment: i64) -> Verdict {
        Verdict { payment, draft: self.draft, holds: Vec::new(), hold_complete: true }
    }

    /// Whether it is a case although nobody else was looked for: what is too much could be anybody's whom the payer
    /// could have meant besides.
    fn is_narrow_case(&self) -> bool {
        self.is_narrow && self.draft.decision == Decision::Case
    }

    /// Takes what it places, alone or, where that is gone, instead, out of what is left. Whether all of it could be placed.
    fn rehearse(&self, books: &Books, left: &mut Rooms, amount: Cents) -> bool {
        let Draft { parts, chosen, candidates, .. } = &self.draft;
        let is_left = parts.iter().all(|part| left.of(part.item) >= part.amount);
        let quoted = candidates.iter().find(|candidate| chosen.contains(&candidate.account));
        match quoted.filter(|_| self.is_narrow && !is_left) {
            None => {
                parts.iter().for_each(|part| left.take(books, *part));
                true
            }
            Some(quoted) => {
                let (parts, rest) =
                    settle(books, left, quoted.account, quoted.whose, amount, &quoted.named, Reach::Due);
                parts.iter().for_each(|part| left.take(books, *part));
                rest.is_zero()
            }
        }
    }

    /// Whether something was placed since that could change the draft. That is what the draft was placed under, or could be
    /// where several are quoted; of everyone else, what is paid changes only whether an amount fits that did not.
    fn is_outdated(&self, changed: &Changed) -> bool {
        let Draft { candidates, chosen, .. } = &self.draft;
        let are_several = matches!(self.reading.quoted, Quoted::Places(_)) || self.reading.means_more();
        let depends = |one: &Candidate| one.fit != Fit::Due || are_several || chosen.contains(&one.account);
        candidates.iter().any(|candidate| changed.is(candidate.account) && depends(candidate))
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

/// What would be left of the items, if each payment were decided as if it were the only one.
pub(super) struct Rehearsal<'b> {
    books: &'b Books,
    left: Rooms,
    /// Room that is used again.
    accounts: Vec<AccountId>,
}

impl<'b> Rehearsal<'b> {
    pub(super) fn new(setting: Setting<'b>) -> Rehearsal<'b> {
        Rehearsal { books: setting.books, left: setting.rooms.clone(), accounts: Vec::new() }
    }

    /// Foresees what will probably turn out a case in its turn: what is quoted was paid before. It knows nothing but what
    /// is placed, so it may be wrong: then the payment is read in its turn, or was in vain.
    pub(super) fn foresee(&mut self, payments: &[Payment], turns: &mut [Option<Turn>]) {
        for (payments, turns) in payments.chunks(TOGETHER).zip(turns.chunks_mut(TOGETHER)) {
            self.accounts.clear();
            self.accounts.extend(turns.iter().flatten().flat_map(|turn| &turn.draft.chosen));
            self.books.ask_for_items(|place| self.left.of(place), &self.accounts);
            for (payment, turn) in payments.iter().zip(turns) {
                let Some(turn) = turn else { continue };
                turn.is_foreseen = !turn.rehearse(self.books, &mut self.left, payment.amount);
            }
        }
    }
}

/// Reads wholly what was foreseen to need it.
pub(super) fn read_foreseen(
    reader: &mut Reader<'_>,
    payments: &[Payment],
    turns: &mut [Option<Turn>],
    foreseen: &[bool],
) {
    let wanted = payments.iter().zip(turns).zip(foreseen).filter(|(_, foreseen)| **foreseen);
    let (payments, turns): (Vec<&Payment>, Vec<&mut Turn>) =
        wanted.filter_map(|((payment, turn), _)| Some((payment, turn.as_mut()?))).unzip();
    let mut turns = turns.into_iter();
    reader.read_wholly(&payments, |considered| {
        if let Some(turn) = turns.next() {
            turn.whole = Some(Box::new(considered));
        }
    });
}

/// Goes through the payments in their order, each decided as if it were the only one.
pub(super) struct Taking<'b> {
    setting: Setting<'b>,
    /// What can still be paid of each item.
    pub(super) rooms: Rooms,
    changed: Changed,
    reader: Reader<'b>,
    /// Room that is used again.
    accounts: Vec<AccountId>,
}

impl<'b> Taking<'b> {
    pub(super) fn new(setting: Setting<'b>) -> Taking<'b> {
        let changed = Changed(vec![0; setting.books.len() / 64 + 1]);
        let reader = Reader::new(setting);
        Taking { setting, rooms: setting.rooms.clone(), changed, reader, accounts: Vec::new() }
    }

    /// Takes the next payments; what is placed is taken out of what can still be paid.
    pub(super) fn take(&mut self, payments: &[Payment], turns: &mut [Option<Turn>]) {
        for (payments, turns) in payments.chunks(TOGETHER).zip(turns.chunks_mut(TOGETHER)) {
            self.ask_for_items(turns);
            for (payment, place) in payments.iter().zip(turns) {
                let is_old = |turn: &mut Turn| turn.is_narrow_case() || turn.is_outdated(&self.changed);
                if let Some(turn) = place.take_if(is_old) {
                    *place = Some(self.decided_again(turn, payment));
                }
                let Some(turn) = place else { continue };
                let books = self.setting.books;
                turn.draft.parts.iter().for_each(|part| self.rooms.take(books, *part));
                // what is placed is placed under what was chosen
                let chosen = turn.draft.chosen.iter().filter(|_| !turn.draft.parts.is_empty());
                chosen.for_each(|account| self.changed.mark(*account));
            }
        }
    }

    /// Decides a payment in its turn; where it is a case although nobody else was looked for, everybody is.
    fn decided_again(&mut self, mut turn: Turn, payment: &Payment) -> Turn {
        let Setting { books, weights, .. } = self.setting;
        let scales = Scales { books, rooms: &self.rooms, weights };
        let whole = turn.whole.take();
        turn = turn.again(&scales, payment);
        match whole {
            _ if !turn.is_narrow_case() => {}
            Some(considered) => turn = Turn::new(&scales, payment, *considered),
            None => self.reader.read_wholly(&[payment], |considered| turn = Turn::new(&scales, payment, considered)),
        }
        turn
    }

    /// Asks for what will be paid from, and for everything that is to be decided again.
    fn ask_for_items(&mut self, turns: &[Option<Turn>]) {
        self.accounts.clear();
        for turn in turns.iter().flatten() {
            self.accounts.extend(&turn.draft.chosen);
            if turn.is_outdated(&self.changed) {
                self.accounts.extend(turn.draft.candidates.iter().map(|candidate| candidate.account));
            }
        }
        self.setting.books.ask_for_items(|place| self.rooms.of(place), &self.accounts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;
    use crate::tests::threads::{crowd, payments};
    use crate::weights::Weights;

    /// One payment after the other, nothing beforehand.
    fn plainly(setting: Setting<'_>, payments: &[Payment]) -> Vec<Draft> {
        let (mut rooms, mut reader) = (setting.rooms.clone(), Reader::new(setting));
        let mut drafts = Vec::new();
        for payment in payments {
            let scales = Scales { books: setting.books, rooms: &rooms, weights: setting.weights };
            let mut turn = None;
            reader.read_all(&[payment], |considered| turn = Some(Turn::new(&scales, payment, considered)));
            if turn.as_ref().unwrap().is_narrow_case() {
                reader.read_wholly(&[payment], |considered| turn = Some(Turn::new(&scales, payment, considered)));
            }
            let draft = turn.unwrap().draft;
            draft.parts.iter().for_each(|part| rooms.take(setting.books, *part));
            drafts.push(draft);
        }
        drafts
    }

    #[test]
    fn what_is_decided_beforehand_is_what_would_be_decided_in_turn() {
        let (books, payments, history) = (crowd(), payments(), History::default());
        // the second half again: everything that it quotes is paid
        let payments = [payments.as_slice(), &payments[90..]].concat();
        let start = Rooms::new(&books);
        let setting = Setting { books: &books, rooms: &start, weights: &Weights::SHIPPED, history: &history };
        let expected = plainly(setting, &payments);
        let scales = Scales { books: &books, rooms: &start, weights: setting.weights };
        let read = || {
            let (mut turns, mut reader) = (Vec::new(), Reader::new(setting));
            let all: Vec<&Payment> = payments.iter().collect();
            reader.read_all(&all, |considered| {
                turns.push(Some(Turn::new(&scales, &payments[turns.len()], considered)));
            });
            turns
        };
        for is_foreseen in [false, true] {
            let mut turns = read();
            if is_foreseen {
                Rehearsal::new(setting).foresee(&payments, &mut turns);
                let foreseen: Vec<bool> = turns.iter().flatten().map(|turn| turn.is_foreseen).collect();
                read_foreseen(&mut Reader::new(setting), &payments, &mut turns, &foreseen);
                assert!(turns.iter().flatten().any(|turn| turn.whole.is_some()));
            }
            Taking::new(setting).take(&payments, &mut turns);
            let drafts: Vec<Draft> = turns.into_iter().flatten().map(|turn| turn.draft).collect();
            assert_eq!(drafts, expected);
        }
    }
}
