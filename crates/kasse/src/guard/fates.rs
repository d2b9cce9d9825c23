//! What the rules say of each debit: kept, paid, paid in part, held.
//!
//! It decides nothing: what is placed, held and open is read from books that the rules have just been asked about.
//! Invariant: a debit is kept only where nothing was placed on any of its items and nothing holds one of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::decide::Ground;
use ledger::names::words;
use ledger::plan::OpenItem;
use ledger::returns::{Undone, is_told_by};
use sepa::Cents;
use sepa_xml::{ForeignDebit, ForeignFile};
use store::{BookingRow, ItemRow};

use super::known::Known;
use super::other_money::OtherMoney;
use super::owed::{AllOwed, Owed};
use super::own::Own;
use super::relief::{self, Named, Sender, fits, is_let_go, is_near};
use crate::Kasse;
use crate::books::situation::Situation;
use crate::matching::evidence::Evidence;
use crate::matching::pairs::{is_anothers, returned_booking};
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
    /// What holds the debit, in the rules' word: `payer_account`, `name_and_amount` …; nothing in the residual risk.
    pub(crate) hold: String,
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
    /// All that was paid was placed by a damaged number, and is no instalment of it: it may be another's, who is not
    /// debited.
    pub(crate) is_guessed: bool,
}

impl Outcome {
    /// Whether all that was paid may have gone back to the payer: then it was not paid, as far as anybody knows.
    pub(crate) fn may_be_given_back(&self) -> bool {
        let gone = self.doubts.iter().map(|doubt| doubt.payment.amount).filter(|amount| *amount < Cents::ZERO);
        let gone = Cents::sum(gone).unwrap_or(Cents::ZERO);
        gone < Cents::ZERO && self.paid.checked_add(gone).is_none_or(|left| left <= Cents::ZERO)
    }
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
        let of_debit: Vec<Option<&ItemRow>> = of_debit.collect();
        let is_guessed = seen.is_guessed(own, &of_debit);
        Outcome { is_guessed, ..seen.outcome(of_debit.into_iter()) }
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
            for (case, hold) in self.situation.held().get(&item.id).into_iter().flatten() {
                doubts.extend(self.by_case.get(case).map(|booking| (*case, (*booking, hold.as_str()))));
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
        let doubt = |(case, (booking, hold))| self.doubt(case, booking, hold);
        outcome.doubts = doubts.into_iter().filter_map(doubt).collect();
        outcome
    }

    /// Whether whatever was placed on these items was placed by a damaged number though it is no instalment of them.
    fn is_guessed(&self, own: &Owed, items: &[Option<&ItemRow>]) -> bool {
        let placed = items.iter().flatten().filter_map(|item| self.placed.get(&item.id)).flatten();
        let bookings: BTreeSet<i64> = placed.map(|(booking, _)| *booking).collect();
        let is_guess = |booking: &i64| {
            let row = self.situation.bookings.by_id(*booking);
            row.is_some_and(|row| !fits(own, Cents::new(row.amount)) && !quotes(row, own))
        };
        // what pays for others too tells by its sum
        let is_alone = |booking: &i64| {
            let of_others = self.situation.parts_of(*booking).into_keys();
            of_others.into_iter().all(|item| items.iter().flatten().any(|own| own.id == item))
        };
        !bookings.is_empty() && bookings.iter().all(|booking| is_guess(booking) && is_alone(booking))
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

    fn doubt(&self, case: i64, booking: i64, hold: &str) -> Option<Doubt> {
        let whole = self.situation.bookings.by_id(booking)?.amount;
        let why = self.situation.verdicts.get(&booking).map(Evidence::of).unwrap_or_default();
        let (payment, why) = (self.proof(booking, whole)?, why.headline().to_owned());
        Some(Doubt { case, payment, why, hold: hold.to_owned() })
    }
}

/// Whether a booking has a debit's number, whole, in any field.
fn quotes(row: &BookingRow, own: &Owed) -> bool {
    let fields = [
        Some(row.remittance.as_str()),
        row.structured_reference.as_deref(),
        row.structured_text.as_deref(),
        row.end_to_end_id.as_deref(),
        row.mandate_reference.as_deref(),
        row.instruction_id.as_deref(),
        row.additional.as_deref(),
        row.counterparty.as_deref(),
    ];
    let mut texts =
        fields.into_iter().flatten().chain(row.further_references.iter().map(String::as_str)).map(canonical);
    let numbers: Vec<String> =
        std::iter::once(&own.kassenzeichen).chain(&own.others).map(|own| canonical(own)).collect();
    texts.any(|text| numbers.iter().any(|number| text.contains(number.as_str())))
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
pub(super) fn residual(situation: &Situation, known: &Known<'_>) -> Vec<Doubt> {
    let seen = Seen { situation, placed: HashMap::new(), open: HashMap::new(), by_case: by_case(situation) };
    let row = |(case, _): (i64, i64)| seen.doubt(case, *seen.by_case.get(&case)?, "");
    let mut rows: Vec<Doubt> = situation.residual_cases().filter_map(row).collect();
    rows.extend(perhaps_slips(&seen, known));
    rows.extend(gone_by_likeness(&seen));
    sort(&mut rows);
    rows
}

/// The largest first.
fn sort(residual: &mut [Doubt]) {
    residual.sort_by_key(|row| (std::cmp::Reverse(row.payment.amount), row.case, row.payment.booking));
}

/// Payments that were placed under a number of which nothing but themselves tells, and which may be a slip in one of
/// the file's: without a check digit nobody can know.
fn perhaps_slips(seen: &Seen<'_>, known: &Known<'_>) -> Vec<Doubt> {
    let items: HashMap<i64, &ItemRow> = seen.situation.items.iter().map(|item| (item.id, item)).collect();
    let mut by_number: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for (booking, item) in seen.situation.placed().keys() {
        if let Some(item) = items.get(item).filter(|item| known.may_be_slip(&item.kassenzeichen)) {
            by_number.entry(&item.kassenzeichen).or_default().insert(*booking);
        }
    }
    // who quotes a number twice means it
    let once = by_number.into_iter().filter(|(_, bookings)| bookings.len() == 1);
    let doubt = |(number, bookings): (&str, BTreeSet<i64>)| {
        let booking = *bookings.first()?;
        let payment = seen.proof(booking, seen.situation.bookings.by_id(booking)?.amount)?;
        let why = format!("{number} is quoted, which may be a slip in a number of the file: it has no check digit");
        Some(Doubt { case: 0, payment, why, hold: String::new() })
    };
    once.filter_map(doubt).collect()
}

/// Credits that count as gone back because a return has their account and amount, and that it does not name: it may have been
/// another transfer's, and then this one paid.
fn gone_by_likeness(seen: &Seen<'_>) -> Vec<Doubt> {
    let doubt = |(&credit, undone): (&i64, &Undone)| {
        let row = seen.situation.bookings.by_id(credit).filter(|row| row.amount == undone.amount.get())?;
        let mut returns = undone.by.iter().filter_map(|debit| seen.situation.bookings.by_id(*debit));
        let back = returns.find(|back| {
            let [back, row] = [*back, row].map(|row| returned_booking(seen.situation, row));
            !is_told_by(&back, &row)
        })?;
        let payment = seen.proof(credit, row.amount)?;
        let why = format!(
            "{} of {} is taken for its return by account and amount alone: if it was another transfer's, this one paid",
            back.reference, back.booked
        );
        Some(Doubt { case: 0, payment, why, hold: String::new() })
    };
    seen.situation.pairs().credits.iter().filter_map(doubt).collect()
}

/// What the doubtful payments tell, by their cases.
pub(super) fn senders(kasse: &Kasse, situation: &Situation, known: &Known<'_>) -> HashMap<i64, Sender> {
    let sender = |(booking, case): (&i64, &i64)| {
        let row = situation.bookings.by_id(*booking)?;
        let ground = situation.verdicts.get(booking).map(Evidence::of).unwrap_or_default().ground;
        let mandate = row.mandate_reference.as_deref().filter(|_| ground == Ground::ForeignCollection.text());
        let is_anothers =
            is_anothers(kasse, situation, row) || mandate.is_some_and(|mandate| !known.has_mandate(mandate));
        Some((*case, Sender::of(row, is_anothers, known)))
    };
    situation.cases.iter().filter_map(sender).collect()
}

/// Lets go of debits that a doubt need not hold (see [`super::relief`]); what holds nobody any more is residual risk.
pub(super) fn let_go(
    outcomes: &mut [Outcome],
    residual: &mut Vec<Doubt>,
    senders: &HashMap<i64, Sender>,
    debits: &[(&ForeignDebit, &Owed)],
    money: &OtherMoney,
) {
    let mut seen: HashMap<i64, Vec<(usize, String, relief::Seen)>> = HashMap::new();
    for (place, (outcome, (debit, own))) in outcomes.iter().zip(debits).enumerate() {
        for doubt in &outcome.doubts {
            let of_case = senders.get(&doubt.case).map(|sender| (place, doubt.hold.clone(), sender.seen(debit, own)));
            seen.entry(doubt.case).or_default().extend(of_case);
        }
    }
    let (mut holding, mut free) = (HashSet::new(), BTreeMap::new());
    for (place, (outcome, (debit, _))) in outcomes.iter_mut().zip(debits).enumerate() {
        let goes = |doubt: &Doubt| {
            let (sender, all) = (senders.get(&doubt.case)?, seen.get(&doubt.case)?);
            let (.., own) = all.iter().find(|(other, ..)| *other == place)?;
            let others = all.iter().filter(|(other, ..)| *other != place);
            let others: Vec<(&str, relief::Seen)> = others.map(|(_, hold, seen)| (hold.as_str(), *seen)).collect();
            let named = Named { seen: *own, debtor: &debit.debtor };
            Some(is_let_go(sender, &doubt.hold, &named, &others, money))
        };
        let (gone, kept): (Vec<Doubt>, Vec<Doubt>) =
            std::mem::take(&mut outcome.doubts).into_iter().partition(|doubt| goes(doubt).unwrap_or(false));
        holding.extend(kept.iter().map(|doubt| doubt.case));
        free.extend(gone.into_iter().map(|doubt| (doubt.case, Doubt { hold: String::new(), ..doubt })));
        outcome.doubts = kept;
    }
    holding.extend(residual.iter().map(|doubt| doubt.case));
    residual.extend(free.into_values().filter(|doubt| !holding.contains(&doubt.case)));
    sort(residual);
}

/// Adds to debits the doubtful payments that tell of them in ways that the rules do not read, or read with less than
/// the file knows:
/// * a payment of the residual risk whose text names the debtor: who pays »und für meine Mutter Erna Schulz« may have
///   paid her debit, whatever its sum leaves for her;
/// * one whose text has the end of the number behind another one, even an end that could be a year:
///   »5.0100.225200.2/2036«;
/// * any whose number is a slip away and whose amount is nearly an instalment: the file tells no better what these are.
pub(super) fn hold_told(
    outcomes: &mut [Outcome],
    residual: &[Doubt],
    all: &HashMap<i64, Doubt>,
    file: &ForeignFile,
    known: &Known<'_>,
) {
    let mut by_number: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, (_, own)) in known.all.iter().enumerate() {
        by_number.entry(canonical(&own.kassenzeichen)).or_default().push(place);
    }
    let mut told: Vec<(usize, &Doubt, &str)> = Vec::new();
    named(residual, file, &mut |place, doubt| told.push((place, doubt, "named")));
    for doubt in residual {
        let ends = known.own_ends(&doubt.payment.text).into_iter();
        let places = ends.filter_map(|end| by_number.get(&end)).flatten();
        told.extend(places.map(|place| (*place, doubt, "quoted")));
    }
    let mut cases: Vec<&Doubt> = all.values().collect();
    cases.sort_by_key(|doubt| doubt.case);
    for doubt in cases {
        let places = known.slips_in(&doubt.payment.text).filter_map(|number| by_number.get(number)).flatten();
        let fitting = places.filter(|place| {
            known.all.get(**place).is_some_and(|(debit, own)| is_near(own, debit.amount, doubt.payment.amount))
        });
        told.extend(fitting.map(|place| (*place, doubt, "near_reference")));
    }
    for (place, doubt, hold) in told {
        let own = outcomes.get_mut(place).filter(|own| own.doubts.iter().all(|known| known.case != doubt.case));
        own.into_iter().for_each(|own| own.doubts.push(Doubt { hold: hold.to_owned(), ..doubt.clone() }));
    }
}

/// Whom texts name in full, who does not pay himself. A bank breaks lines within words.
fn named<'d>(doubts: &'d [Doubt], file: &ForeignFile, found: &mut impl FnMut(usize, &'d Doubt)) {
    let mut by_family: HashMap<String, Vec<(usize, Vec<String>)>> = HashMap::new();
    for (place, debit) in file.debits().enumerate() {
        let own = words(&debit.debtor);
        if own.len() > 1 {
            own.iter().for_each(|word| by_family.entry(word.clone()).or_default().push((place, own.clone())));
        }
    }
    for doubt in doubts {
        let text = &doubt.payment.text;
        let payer = words(&doubt.payment.payer);
        let texts = [words(text), words(&text.replace('\n', ""))];
        let named: BTreeSet<usize> = texts
            .iter()
            .flat_map(|written| {
                written.iter().filter_map(|word| by_family.get(word)).flatten().map(move |of| (written, of))
            })
            .filter(|(written, (_, own))| *own != payer && own.iter().all(|word| written.contains(word)))
            .map(|(_, (place, _))| *place)
            .collect();
        named.into_iter().for_each(|place| found(place, doubt));
    }
}

/// Every doubtful credit, by its case.
pub(super) fn cases(situation: &Situation) -> HashMap<i64, Doubt> {
    let seen = Seen { situation, placed: HashMap::new(), open: HashMap::new(), by_case: by_case(situation) };
    let doubt = |(booking, case): (&i64, &i64)| seen.doubt(*case, *booking, "").map(|doubt| (*case, doubt));
    situation.cases.iter().filter_map(doubt).filter(|(_, doubt)| doubt.payment.amount > Cents::ZERO).collect()
}
