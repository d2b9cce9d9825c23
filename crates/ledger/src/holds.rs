//! What a doubt keeps out of direct debit.
//!
//! Invariant: under each Kassenzeichen that a doubtful payment could concern, as much is held as the payment could
//! pay there, in the order in which it would pay it, alone and on top of what other doubts hold; and an item is held as a
//! whole.

use crate::books::Books;
use crate::candidates::{Candidate, Fit};
use crate::decide::{Decision, Draft};
use crate::names::Agreement;
use crate::payment::{Foreign, Nature, Payment};
use crate::reading::{Reader, Reading};
use crate::settle::{Part, Reach, Rooms, named_items, settle};

mod suspect;
mod suspects;

use suspect::Suspect;
pub use suspect::{HoldReason, Wide};
use suspects::Doubt;

/// An item that a case keeps out of direct debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The item's place.
    pub item: usize,
    /// Why.
    pub reason: HoldReason,
}

/// What all doubts so far hold, and how much of each item they could pay.
#[derive(Clone, Debug)]
pub struct Held {
    free: Rooms,
}

/// Whom a doubt concerns, before anything is held for it: what can be said of it without the other doubts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    suspects: Vec<Suspect>,
    complete: bool,
    /// Everyone whom an unknown payer could mean.
    pub wide: Option<Wide>,
}

impl Suspicion {
    /// Whom a draft concerns; `reader` reads with what is open after everything that was placed. `None` where it is no case.
    ///
    /// What is not placed is a payment of its own, with this payer and this text: if a part is placed, the rest is read anew,
    /// and so is what would be left of it if what is quoted took its instalments.
    pub fn of(reader: &mut Reader<'_>, payment: &Payment, reading: &Reading, draft: &Draft) -> Option<Suspicion> {
        if draft.decision != Decision::Case {
            return None;
        }
        if let Nature::ForeignCollection(foreign) = payment.nature {
            let (suspects, complete) = collected_from(draft, foreign, payment.untold > 0);
            return Some(Suspicion { suspects, complete, wide: None });
        }
        let setting = reader.setting();
        let whole = Doubt::new(setting, payment, reading, draft, draft.rest, &draft.candidates);
        let (mut suspects, mut doubts) = (Vec::new(), Vec::new());
        for amount in whole.rests() {
            let mut considered = None;
            if amount != payment.amount {
                let rest = Payment { amount, ..payment.clone() };
                reader.read_wholly(&[&rest], |read| considered = Some(read.candidates));
            }
            doubts.push((amount, considered));
        }
        let doubts: Vec<Doubt<'_>> = doubts
            .iter()
            .map(|(amount, read)| {
                let candidates = read.as_deref().unwrap_or(&draft.candidates);
                Doubt::new(setting, payment, reading, draft, *amount, candidates)
            })
            .collect();
        let divided =
            doubts.iter().skip(1).map(|doubt| doubt.divided(draft.rest)).find(|suspects| !suspects.is_empty());
        if let Some(suspects) = divided {
            return Some(Suspicion { suspects, complete: payment.untold == 0, wide: None });
        }
        doubts.iter().for_each(|doubt| doubt.add_suspects(&mut suspects));
        let complete = doubts.first().is_some_and(|doubt| doubt.is_covered(&suspects));
        Some(Suspicion { complete, suspects, wide: whole.wide() })
    }
}

impl Held {
    /// Nothing is held yet; `rooms` is what is open after everything that was placed.
    pub fn new(rooms: Rooms) -> Held {
        Held { free: rooms }
    }

    /// Counts what a person's decision already keeps back.
    pub fn take(&mut self, books: &Books, part: Part) {
        self.free.take(books, part);
    }

    /// The holds of one draft, and whether they are complete.
    pub fn hold(
        &mut self,
        books: &Books,
        open: &Rooms,
        payment: &Payment,
        draft: &Draft,
        suspicion: Suspicion,
    ) -> (Vec<Hold>, bool) {
        let Suspicion { suspects, complete, .. } = suspicion;
        (self.take_all(books, open, payment, draft, suspects), complete)
    }

    /// Holds a wide doubt's Kassenzeichen.
    pub fn hold_wide(
        &mut self,
        books: &Books,
        open: &Rooms,
        payment: &Payment,
        draft: &Draft,
        wide: Wide,
    ) -> Vec<Hold> {
        let suspect = |account| Suspect { account, reason: HoldReason::AmountAlone, amount: draft.rest };
        let suspects = wide.accounts.into_iter().map(suspect).collect();
        self.take_all(books, open, payment, draft, suspects)
    }

    fn take_all(
        &mut self,
        books: &Books,
        open: &Rooms,
        payment: &Payment,
        draft: &Draft,
        suspects: Vec<Suspect>,
    ) -> Vec<Hold> {
        let mut holds: Vec<Hold> = Vec::new();
        for Suspect { account, reason, amount } in suspects {
            let known = draft.candidates.iter().find(|candidate| candidate.account == account);
            let named = match known {
                Some(candidate) => candidate.named.clone(),
                None => named_items(books, account, &payment.remittance),
            };
            // of several debtors, each could be meant
            for whose in books.all_whose(account) {
                let (beside, _) = settle(books, &self.free, account, whose, amount, &named, Reach::All);
                // what others hold too: their doubts may be settled before this one
                let (alone, _) = settle(books, open, account, whose, amount, &named, Reach::All);
                beside.iter().for_each(|part| self.free.take(books, *part));
                for part in beside.into_iter().chain(alone) {
                    if !holds.iter().any(|hold| hold.item == part.item) {
                        holds.push(Hold { item: part.item, reason });
                    }
                }
            }
        }
        holds
    }
}

/// Who can have paid by a direct debit that somebody else, or an earlier system, collected; and whether nobody else can.
/// Where it does not say who paid, or tells but one of several (`is_part`), those whom it names are held all the same.
fn collected_from(draft: &Draft, foreign: Foreign, is_part: bool) -> (Vec<Suspect>, bool) {
    let of_another = foreign == Foreign::AnotherCreditor;
    let reason = |candidate: &Candidate| {
        let fits = candidate.fit != Fit::None;
        let of_family = candidate.name.min(candidate.mention) <= Agreement::Family;
        if candidate.is_clean() {
            Some(HoldReason::Quoted)
        } else if candidate.is_repaired() && (fits || candidate.support() > 0) {
            Some(HoldReason::NearReference)
        } else if foreign == Foreign::Sum && !is_part {
            // of a sum nobody is meant whom it does not name
            None
        } else if candidate.own_iban && (fits || !of_another) {
            Some(HoldReason::PayerAccount)
        } else if fits && (candidate.support() > 0 || of_family) {
            Some(HoldReason::NameAndAmount)
        } else {
            None
        }
    };
    // whoever is named with his number and his amount is meant, whatever else the payer's account and name could pay for
    let is_told = |candidate: &Candidate| candidate.is_clean() && candidate.fit != Fit::None;
    let is_any_told = draft.candidates.iter().any(is_told);
    let of = |candidate: &Candidate| {
        if is_any_told && !is_told(candidate) {
            return None;
        }
        let (account, reason) = (candidate.account, reason(candidate)?);
        Some(Suspect { account, reason, amount: draft.rest })
    };
    let suspects: Vec<Suspect> = draft.candidates.iter().filter_map(of).collect();
    let names_all = |suspect: &Suspect| {
        let own = draft.candidates.iter().find(|candidate| candidate.account == suspect.account);
        own.is_some_and(|candidate| candidate.fit != Fit::None)
    };
    let complete = match foreign {
        _ if is_part => false,
        Foreign::Sum => suspects.iter().any(names_all),
        // a mandate, or a creditor, that is none of ours says that nobody of ours has paid
        Foreign::Mandate | Foreign::AnotherCreditor => true,
        Foreign::Payer => !suspects.is_empty(),
    };
    (suspects, complete)
}
