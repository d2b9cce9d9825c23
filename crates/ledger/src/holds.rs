//! What a doubt keeps out of direct debit.
//!
//! Invariant: under each Kassenzeichen that a doubtful payment could concern, as much is held as the payment could
//! pay there, in the order in which it would pay it, alone and on top of what other doubts hold; and an item is held as a
//! whole.

use sepa::Cents;

use crate::books::{AccountId, Books};
use crate::decide::{Decision, Draft};
use crate::payment::Payment;
use crate::reading::{Reader, Reading, Setting};
use crate::settle::{Part, Reach, Rooms, named_items, settle};

mod suspects;

use suspects::Doubt;

/// An item that a case keeps out of direct debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The item's place.
    pub item: usize,
    /// Why.
    pub reason: HoldReason,
}

/// Which witness holds an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldReason {
    /// Its Kassenzeichen is quoted.
    Quoted,
    /// Its Kassenzeichen is nearly quoted.
    NearReference,
    /// The payer's account is that of its mandate.
    PayerAccount,
    /// Name or address, and the amount.
    NameAndAmount,
    /// Its debtor's name or its address stands in the text, or few have the payer's name.
    Named,
    /// The amount alone, which few owe.
    AmountAlone,
}

impl HoldReason {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            HoldReason::Quoted => "quoted",
            HoldReason::NearReference => "near_reference",
            HoldReason::PayerAccount => "payer_account",
            HoldReason::NameAndAmount => "name_and_amount",
            HoldReason::Named => "named",
            HoldReason::AmountAlone => "amount_alone",
        }
    }
}

/// What all doubts so far hold, and how much of each item they could pay.
#[derive(Clone, Debug)]
pub struct Held {
    free: Rooms,
}

/// Whom an unknown payer's money could be meant for, where many owe its amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    /// Every Kassenzeichen under which open instalments make the amount.
    pub accounts: Vec<AccountId>,
    /// What holding them would keep back.
    pub cents: Cents,
}

/// Of all that is due, so many hundredths may be held for payers of whom only the amount is known: a bound on what
/// strangers can keep a town from collecting.
pub const WIDE_PERCENT: i64 = 2;

/// Whom a doubt concerns, before anything is held for it: what can be said of it without the other doubts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    suspects: Vec<Suspect>,
    complete: bool,
    /// Everyone whom an unknown payer could mean.
    pub wide: Option<Wide>,
}

/// Somebody whom a doubt concerns, and why.
type Suspect = (AccountId, HoldReason);

impl Suspicion {
    /// Whom a draft concerns; `reader` reads with what is open after everything that was placed. `None` where it is no case.
    ///
    /// What is not placed is a payment of its own, with this payer and this text: if a part is placed, the rest is read anew.
    pub fn of(reader: &mut Reader<'_>, payment: &Payment, reading: &Reading, draft: &Draft) -> Option<Suspicion> {
        if draft.decision != Decision::Case {
            return None;
        }
        let Setting { books, rooms: open, .. } = reader.setting();
        let mut candidates = None;
        if draft.rest != payment.amount {
            let rest = Payment { amount: draft.rest, ..payment.clone() };
            reader.read_wholly(&[&rest], |considered| candidates = Some(considered.candidates));
        }
        let candidates = candidates.as_deref().unwrap_or(&draft.candidates);
        let doubt = Doubt { books, open, payment, reading, draft, candidates };
        let suspects = doubt.suspects();
        Some(Suspicion { complete: doubt.is_covered(&suspects), suspects, wide: doubt.wide() })
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
        let suspects = wide.accounts.into_iter().map(|account| (account, HoldReason::AmountAlone)).collect();
        self.take_all(books, open, payment, draft, suspects)
    }

    fn take_all(
        &mut self,
        books: &Books,
        open: &Rooms,
        payment: &Payment,
        draft: &Draft,
        suspects: Vec<(AccountId, HoldReason)>,
    ) -> Vec<Hold> {
        let mut holds: Vec<Hold> = Vec::new();
        for (account, reason) in suspects {
            let known = draft.candidates.iter().find(|candidate| candidate.account == account);
            let named = match known {
                Some(candidate) => candidate.named.clone(),
                None => named_items(books, account, &payment.remittance),
            };
            let (beside, _) = settle(books, &self.free, account, draft.rest, &named, Reach::All);
            // what others hold too: their doubts may be settled before this one
            let (alone, _) = settle(books, open, account, draft.rest, &named, Reach::All);
            beside.iter().for_each(|part| self.free.take(books, *part));
            for part in beside.into_iter().chain(alone) {
                if !holds.iter().any(|hold| hold.item == part.item) {
                    holds.push(Hold { item: part.item, reason });
                }
            }
        }
        holds
    }
}

