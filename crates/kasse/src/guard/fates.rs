//! What the rules say of each debit: kept, paid, paid in part, held.
//!
//! It decides nothing: what is placed, held and open is read from books that the rules have just been asked about. Invariant: a
//! debit is kept only where nothing was placed on any of its items and nothing holds one of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::names::words;
use ledger::plan::OpenItem;
use sepa::Cents;
use sepa_xml::ForeignFile;
use store::{BookingRow, ItemRow};

use super::owed::{AllOwed, Owed};
use super::own::Own;
use crate::Kasse;
use crate::books::situation::Situation;
use crate::matching::evidence::Evidence;
use crate::orders::collect::open_items;

/// A payment that was placed on a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// The booking, in the books of the check.
    pub(crate) booking: i64,
    /// The day it was booked.
    pub(crate) booked: Date,
    /// The payer's name.
    pub(crate) payer: String,
    /// The bank's reference.
    pub(crate) reference: String,
    /// What of it belongs to the debit.
    pub(crate) amount: Cents,
    /// What the payer wrote.
    pub(crate) text: String,
}

/// A doubtful payment that could concern a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// The number of the case, among those of this check.
    pub(crate) case: i64,
    /// The payment: the whole of it.
    pub(crate) payment: Proof,
    /// Why it is in doubt.
    pub(crate) why: String,
}

/// What becomes of a debit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// What was paid of it.
    pub(crate) paid: Cents,
    /// By which payments.
    pub(crate) proofs: Vec<Proof>,
    /// What could concern it besides.
    pub(crate) doubts: Vec<Doubt>,
    /// What else keeps it out, in words.
    pub(crate) reasons: BTreeSet<String>,
    /// What our own books say of it, where they were asked.
    pub(crate) own: Own,
}

/// What the books say of each debit, in the order of the file.
pub(super) fn outcomes(kasse: &Kasse, situation: &Situation, owed: &AllOwed) -> Vec<Outcome> {
    let items: HashMap<(String, &str), &ItemRow> =
        situation.items.iter().map(|item| ((canonical(&item.kassenzeichen), item.posten.as_str()), item)).collect();
    let mut placed: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for (&(booking, item), &cents) in situation.placed() {
        placed.entry(item).or_default().push((booking, cents));
    }
    let open: HashMap<i64, OpenItem> =
        open_items(&kasse.config, situation).into_iter().map(|item| (item.id, item)).collect();
    let seen = Seen { situation, placed, open, by_case: by_case(situation) };
    let one = |own: &Owed| {
        let key = canonical(&own.kassenzeichen);
        let of_debit = own.parts.iter().map(|part| items.get(&(key.clone(), part.posten.as_str())).copied());
        seen.outcome(of_debit)
    };
    owed.debits.iter().map(one).collect()
}

struct Seen<'a> {
    situation: &'a Situation,
    /// Item -> bookings and cents.
    placed: HashMap<i64, Vec<(i64, i64)>>,
    open: HashMap<i64, OpenItem>,
    /// Case -> booking.
    by_case: HashMap<i64, i64>,
}

fn by_case(situation: &Situation) -> HashMap<i64, i64> {
    situation.cases.iter().map(|(booking, case)| (*case, *booking)).collect()
}

impl Seen<'_> {
    fn outcome<'i>(&self, items: impl Iterator<Item = Option<&'i ItemRow>>) -> Outcome {
        let mut outcome = Outcome::default();
        let (mut paid, mut by_booking, mut doubts) = (0_i64, BTreeMap::new(), BTreeMap::new());
        for item in items {
            let Some(item) = item else {
                outcome.reasons.insert("it could not be held against the statements".to_owned());
                continue;
            };
            let transferred = self.situation.states.get(&item.id).map_or(0, |state| state.transferred);
            paid += transferred;
            for (booking, cents) in self.placed.get(&item.id).into_iter().flatten() {
                *by_booking.entry(*booking).or_insert(0_i64) += cents;
            }
            for (case, _) in self.situation.held().get(&item.id).into_iter().flatten() {
                doubts.extend(self.by_case.get(case).map(|booking| (*case, *booking)));
            }
            match self.open.get(&item.id) {
                Some(open) => outcome.reasons.extend(other_reasons(open).map(str::to_owned)),
                None if transferred < item.said.amount => {
                    outcome.reasons.insert("nothing of it is open any more".to_owned());
                }
                None => {}
            }
        }
        outcome.paid = Cents::new(paid);
        let proofs = by_booking.into_iter().filter_map(|(booking, cents)| self.proof(booking, cents));
        outcome.proofs = proofs.collect();
        outcome.doubts = doubts.into_iter().filter_map(|(case, booking)| self.doubt(case, booking)).collect();
        outcome
    }

    fn proof(&self, booking: i64, cents: i64) -> Option<Proof> {
        let row: &BookingRow = self.situation.bookings.by_id(booking)?;
        Some(Proof {
            booking,
            booked: row.booked,
            payer: row.counterparty.clone().unwrap_or_default(),
            reference: row.reference.clone(),
            amount: Cents::new(cents),
            text: row.remittance.clone(),
        })
    }

    fn doubt(&self, case: i64, booking: i64) -> Option<Doubt> {
        let whole = self.situation.bookings.by_id(booking)?.amount;
        let why = self.situation.verdicts.get(&booking).map(Evidence::of).unwrap_or_default();
        Some(Doubt { case, payment: self.proof(booking, whole)?, why: why.headline().to_owned() })
    }
}

/// What keeps an item out of direct debit besides a case.
fn other_reasons(item: &OpenItem) -> impl Iterator<Item = &'static str> {
    let all = [
        (item.hand_held.is_some(), "what came back to the payer could concern it"),
        (item.list_held, "a list left it out"),
        (item.covered > Cents::ZERO, "a credit covers it"),
    ];
    all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, why)| why)
}

/// Payments that are in doubt and of which nothing could be held: anybody's debit may be paid by one.
pub(super) fn residual(situation: &Situation) -> Vec<Doubt> {
    let seen = Seen { situation, placed: HashMap::new(), open: HashMap::new(), by_case: by_case(situation) };
    let row = |(case, _): (i64, i64)| seen.doubt(case, *seen.by_case.get(&case)?);
    let mut rows: Vec<Doubt> = situation.residual_cases().filter_map(row).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.payment.amount), row.case));
    rows
}

/// Adds to each debit the payments whose text names its debtor, and which could not be held against anybody: who pays »und für
/// meine Mutter Erna Schulz« may have paid her debit, whatever its sum leaves for her.
pub(super) fn hold_named(outcomes: &mut [Outcome], residual: &[Doubt], file: &ForeignFile) {
    let mut by_family: HashMap<String, Vec<(usize, Vec<String>)>> = HashMap::new();
    for (place, debit) in file.debits().enumerate() {
        let own = words(&debit.debtor);
        if own.len() > 1 {
            own.iter().for_each(|word| by_family.entry(word.clone()).or_default().push((place, own.clone())));
        }
    }
    for doubt in residual {
        let (written, payer) = (words(&doubt.payment.text), words(&doubt.payment.payer));
        let named: BTreeSet<usize> = written
            .iter()
            .filter_map(|word| by_family.get(word))
            .flatten()
            .filter(|(_, own)| *own != payer && own.iter().all(|word| written.contains(word)))
            .map(|(place, _)| *place)
            .collect();
        for place in named {
            let known = outcomes.get_mut(place).filter(|own| own.doubts.iter().all(|known| known.case != doubt.case));
            known.into_iter().for_each(|own| own.doubts.push(doubt.clone()));
        }
    }
}
