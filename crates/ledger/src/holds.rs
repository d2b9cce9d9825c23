//! What a doubt keeps out of direct debit.
//!
//! Invariant: under each Kassenzeichen that a doubtful payment could concern, as much is held as the payment could
//! pay there, in the order in which it would pay it, alone and on top of what other doubts hold; and an item is held as a
//! whole.

use sepa::Cents;

use crate::books::{AccountId, Books, Item, is_sum, sums_with_fees};
use crate::candidates::{AMOUNT_ALONE, Candidate, Fit};
use crate::decide::{Decision, Draft, Ground, speaks_of_levy};
use crate::names::Agreement;
use crate::payment::Payment;
use crate::reading::Reading;
use crate::settle::{Part, Reach, Rooms, named_items, settle};
use crate::words::Kinds;

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
            HoldReason::AmountAlone => "amount_alone",
        }
    }
}

/// What all doubts so far hold, and how much of each item they could pay.
#[derive(Clone, Debug)]
pub struct Held {
    free: Rooms,
}

/// Neighbours of a damaged reference that nothing else speaks for: at most so many are held.
const MOST_NEIGHBOURS: usize = 12;

/// Whom an unknown payer's money could be meant for, where many owe its amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    /// Every Kassenzeichen under which open instalments make the amount.
    pub accounts: Vec<AccountId>,
    /// What holding them would keep back.
    pub cents: Cents,
}

/// More Kassenzeichen than this are never held for one payment of which only the amount is known.
const MOST_WIDE: usize = 250;

/// Of all that is due, so many hundredths may be held for payers of whom only the amount is known: a bound on what
/// strangers can keep a town from collecting.
pub const WIDE_PERCENT: i64 = 2;

/// Whom a doubt concerns, before anything is held for it: what can be said of it without the other doubts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    suspects: Vec<(AccountId, HoldReason)>,
    complete: bool,
    /// Everyone whom an unknown payer could mean.
    pub wide: Option<Wide>,
}

impl Suspicion {
    /// Whom a draft concerns; `open` is what is open after everything that was placed. `None` where it is no case.
    pub fn of(books: &Books, open: &Rooms, payment: &Payment, reading: &Reading, draft: &Draft) -> Option<Suspicion> {
        if draft.decision != Decision::Case {
            return None;
        }
        let (suspects, complete) = suspects(books, open, payment, reading, draft);
        Some(Suspicion { suspects, complete, wide: wide(books, open, payment, reading, draft) })
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

/// Everything that an unknown payer could mean, if he is unknown and many owe what he paid.
fn wide(books: &Books, open: &Rooms, payment: &Payment, reading: &Reading, draft: &Draft) -> Option<Wide> {
    let of_amount = books.by_amount(payment.amount);
    let is_doubt = draft.decision == Decision::Case && draft.ground != Ground::MoreThanDue;
    let unknown = is_doubt && reading.words.other.is_none() && !draft.candidates.iter().any(Candidate::is_clean);
    if !unknown || !(AMOUNT_ALONE + 1..=MOST_WIDE).contains(&of_amount.len()) || is_explained(books, open, draft) {
        return None;
    }
    books.ask_for_items(open, of_amount);
    let kinds: Kinds = reading.words.kinds;
    let of_kind = |id: AccountId| kinds.is_empty() || books.kinds_of(id).meet(kinds);
    let owes = |id: AccountId| open.owes(books, id, payment.amount);
    let accounts: Vec<AccountId> = of_amount.iter().copied().filter(|id| of_kind(*id) && owes(*id)).collect();
    let cents = Cents::sum(accounts.iter().map(|_| payment.amount))?;
    Some(Wide { accounts, cents })
}

/// Whether the payer, or a repaired reference, tells of somebody who has not paid as much yet: by his name, exactly
/// this amount. What debits claim counts as not paid, so that the answer does not change when a run goes out.
fn is_explained(books: &Books, open: &Rooms, draft: &Draft) -> bool {
    draft.candidates.iter().filter(|candidate| candidate.support() > 0 || candidate.is_repaired()).any(|candidate| {
        let unpaid = open.unpaid(books, candidate.account);
        let enough = Cents::sum(unpaid.iter().copied()).is_some_and(|sum| sum >= draft.rest);
        let exactly = || open.owes(books, candidate.account, draft.rest);
        enough && (candidate.own_iban || candidate.is_repaired() || exactly())
    })
}

/// The Kassenzeichen that a doubtful payment could concern (design, "What a doubt holds").
fn suspects(
    books: &Books,
    open: &Rooms,
    payment: &Payment,
    reading: &Reading,
    draft: &Draft,
) -> (Vec<(AccountId, HoldReason)>, bool) {
    let mut suspects: Vec<(AccountId, HoldReason)> = Vec::new();
    let levy = reading.words.empty || speaks_of_levy(reading, &draft.candidates);
    let overpaid = draft.ground == Ground::MoreThanDue;
    let fits = |candidate: &Candidate| {
        if overpaid { owes(books, candidate.account, draft.rest) } else { candidate.fit != Fit::None }
    };
    for candidate in &draft.candidates {
        // the family's name, the payer's or in the text, tells something with the amount only
        let of_family = candidate.name.min(candidate.mention) == Agreement::Family;
        let by_payer = candidate.support() > 0 || of_family && fits(candidate);
        let reason = if candidate.is_clean() {
            HoldReason::Quoted
        } else if candidate.is_repaired() && (by_payer || fits(candidate)) {
            HoldReason::NearReference
        } else if candidate.own_iban && (levy && !overpaid || fits(candidate)) {
            HoldReason::PayerAccount
        } else if by_payer && fits(candidate) {
            HoldReason::NameAndAmount
        } else {
            continue;
        };
        suspects.push((candidate.account, reason));
    }
    if overpaid {
        return (suspects, true);
    }
    let quoted = suspects.iter().any(|(_, reason)| *reason == HoldReason::Quoted);
    let mut complete = quoted || is_explained(books, open, draft) && !suspects.is_empty();
    let more = neighbours_of_quoted(draft);
    complete &= more.len() <= MOST_NEIGHBOURS;
    suspects.extend(more.into_iter().take(MOST_NEIGHBOURS).map(|account| (account, HoldReason::NearReference)));
    if suspects.is_empty() {
        let near: Vec<AccountId> = draft
            .candidates
            .iter()
            .filter(|candidate| candidate.is_repaired())
            .map(|candidate| candidate.account)
            .collect();
        complete = !near.is_empty() && near.len() <= MOST_NEIGHBOURS;
        suspects.extend(near.into_iter().take(MOST_NEIGHBOURS).map(|account| (account, HoldReason::NearReference)));
    }
    let of_amount = books.by_amount(payment.amount);
    let none_quoted = !draft.candidates.iter().any(Candidate::is_clean);
    if of_amount.len() <= AMOUNT_ALONE && (none_quoted || draft.candidates.iter().any(is_strange)) {
        complete |= !of_amount.is_empty();
        for account in of_amount {
            if !suspects.iter().any(|(known, _)| known == account) {
                suspects.push((*account, HoldReason::AmountAlone));
            }
        }
    }
    (suspects, complete)
}

/// A Kassenzeichen that a stranger quotes, with an amount that does not fit there.
fn is_strange(candidate: &Candidate) -> bool {
    candidate.is_clean() && candidate.support() == 0 && candidate.fit == Fit::None
}

/// A stranger's quotation without check digit, whose amount does not fit: whom else he could mean, those whom amount or
/// name speak for, else all a slip away.
fn neighbours_of_quoted(draft: &Draft) -> Vec<AccountId> {
    if !draft.candidates.iter().any(is_strange) {
        return Vec::new();
    }
    let near = || draft.candidates.iter().filter(|candidate| candidate.is_neighbour);
    let spoken_for = |candidate: &&Candidate| candidate.fit != Fit::None || candidate.name < Agreement::None;
    let some: Vec<AccountId> = near().filter(spoken_for).map(|candidate| candidate.account).collect();
    if some.is_empty() { near().map(|candidate| candidate.account).collect() } else { some }
}

/// Whether instalments of the Kassenzeichen, due or not, make exactly this amount, as assessed or as listed open, without
/// their fees or with them.
fn owes(books: &Books, account: AccountId, amount: Cents) -> bool {
    let all = || books.items_of(account).map(|(_, item)| item);
    let items = || all().filter(|item| !item.is_fee());
    let assessed: Vec<Cents> = items().map(|item| item.amount).collect();
    let open: Vec<Cents> = items().map(Item::listed_open).collect();
    let with_fees = || sums_with_fees(all().map(|item| (item, item.listed_open())));
    is_sum(&assessed, amount) || is_sum(&open, amount) || books.has_fees(account) && with_fees().contains(&amount)
}
