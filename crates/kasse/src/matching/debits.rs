//! Outgoing bookings on their way to a verdict.
//!
//! Turns rows into the words of `ledger::outgoing`, after the credits were decided. Invariant: the verdict of an outgoing
//! booking changes none of a credit's: what it is proven to take back is known before (`pairs`).

use std::collections::{BTreeMap, HashMap, HashSet};

use kassenzeichen::{Message, Spelling, canonical};
use ledger::books::Books;
use ledger::holds::HoldReason;
use ledger::life::TakenBack;
use ledger::outgoing::{CameIn, Gave, Judged, Outgoing, Spent, Why, judge};
use ledger::refund::Told;
use ledger::returns::Says;
use sepa::Cents;
use store::BookingRow;

use crate::Kasse;
use crate::books::situation::Situation;
use crate::matching::evidence::{Evidence, Outcome};
use crate::matching::explained::Explained;
use crate::matching::pairs::{is_anothers, is_collected, said_of, text_of};
use crate::matching::refunds::goes_back;

/// The verdicts on all outgoing bookings that no person has decided; `credits` are those of the rules on what came in.
pub(crate) fn outcomes(
    kasse: &Kasse,
    situation: &Situation,
    books: &Books,
    explained: &Explained,
    credits: &[Outcome],
) -> Vec<Outcome> {
    let by_person = |row: &BookingRow| situation.verdicts.get(&row.id).is_some_and(|verdict| verdict.said.by_person);
    let rows: Vec<&BookingRow> = situation.bookings.iter().filter(|row| row.amount < 0 && !by_person(row)).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let decided: HashMap<i64, &Outcome> = credits.iter().map(|outcome| (outcome.booking, outcome)).collect();
    let spending = Spending { kasse, situation, books, explained };
    let spent: Vec<Spent> = rows.iter().map(|row| spending.spent(row)).collect();
    let ibans: HashSet<&str> = spent.iter().filter_map(|row| row.iban.as_deref()).collect();
    let nameless: HashSet<i64> = spent.iter().filter(|row| !row.names_somebody).map(|row| row.amount.get()).collect();
    let about = |row: &&BookingRow| {
        row.amount > 0
            && (nameless.contains(&row.amount)
                || row.counterparty_iban.as_deref().is_some_and(|iban| ibans.contains(iban))
                || situation.pairs().credits.contains_key(&row.id))
    };
    let came_in: Vec<CameIn> =
        situation.bookings.iter().filter(about).map(|row| came_in(situation, &decided, row)).collect();
    let judged = judge(&spent, &situation.pairs().debits, &came_in);
    judged.iter().map(|judged| spending.outcome(judged, &decided)).collect()
}

/// A credit as it was decided now, or by a person.
fn came_in(situation: &Situation, decided: &HashMap<i64, &Outcome>, row: &BookingRow) -> CameIn {
    let now = decided.get(&row.id);
    let stored = situation.verdicts.get(&row.id).map(|verdict| verdict.said.decision.as_str());
    let decision = now.map(|outcome| outcome.decision).or(stored).unwrap_or("case");
    let placed = now.map_or_else(|| situation.allocations.sum(row.id), |outcome| outcome.parts.values().sum());
    CameIn {
        id: row.id,
        amount: Cents::new(row.amount),
        placed: Cents::new(placed),
        booked: row.booked,
        iban: row.counterparty_iban.clone(),
        is_case: decision == "case",
        is_payment: matches!(decision, "auto" | "clerk" | "case" | "other") && !is_collected(row),
        posted_before: situation.is_posted_before(row),
        goes_back: situation.verdicts.get(&row.id).is_some_and(goes_back),
        refunded: situation.refund_gone(row.id).is_some(),
    }
}

struct Spending<'a> {
    kasse: &'a Kasse,
    situation: &'a Situation,
    books: &'a Books,
    explained: &'a Explained,
}

impl Spending<'_> {
    fn spent(&self, row: &BookingRow) -> Spent {
        let says = said_of(self.situation, row);
        let moved = self.explained.moved.get(&row.id).copied();
        let of_the_bank = matches!(row.class.as_str(), "fee" | "interest");
        Spent {
            id: row.id,
            amount: Cents::new(-row.amount),
            booked: row.booked,
            iban: row.counterparty_iban.clone(),
            names_somebody: row.counterparty.is_some() || row.counterparty_iban.is_some(),
            text: text_of(row),
            says,
            of_the_bank,
            own: self.explained.lives.judged(row.id),
            refund: self.gave(row.id),
            of_another: is_anothers(self.kasse, self.situation, row),
            quotes: says == Says::Nothing && moved.is_none() && !of_the_bank && !self.quoted(row).is_empty(),
            moved,
            before_as_of: self.situation.is_posted_before(row),
        }
    }

    /// What an outgoing booking does to refunds of ours.
    fn gave(&self, booking: i64) -> Option<Gave> {
        match self.explained.refunds.get(&booking)? {
            Told::Paid(refunds) => {
                let credit =
                    |id: &i64| self.situation.refunds.iter().find(|refund| refund.id == *id).map(|one| one.booking);
                Some(Gave::Paid(if let [only] = refunds.as_slice() { credit(only) } else { None }))
            }
            Told::CameBack(_) | Told::Differs(..) => Some(Gave::Differs),
        }
    }

    /// The Kassenzeichen that an outgoing booking names: written out, or by their mandate.
    fn quoted(&self, row: &BookingRow) -> Vec<String> {
        let message = Message {
            remittance: &row.remittance,
            structured: row.structured_reference.as_deref(),
            additional: row.additional.as_deref(),
            ..Message::default()
        };
        let found = self.books.directory.find(&message).found.into_iter();
        let clean = found.filter(|found| found.spelling == Spelling::Exact);
        let named = clean.filter_map(|found| Some(self.books.account(found.reference)?.kassenzeichen.to_owned()));
        let mandate = row.mandate_reference.as_deref().map(canonical);
        let mandated = mandate.iter().flat_map(|reference| self.situation.mandates.of_canonical(reference));
        let mandated = mandated.map(|row| self.situation.items.printed_as(&row.said.kassenzeichen));
        let mut quoted: Vec<String> = named.chain(mandated).collect();
        quoted.sort_unstable();
        quoted.dedup();
        quoted
    }

    fn outcome(&self, judged: &Judged, decided: &HashMap<i64, &Outcome>) -> Outcome {
        let is_case = judged.outgoing == Outgoing::Case;
        let mut holds: BTreeMap<i64, &'static str> = BTreeMap::new();
        for credit in judged.about.iter().filter(|_| is_case) {
            let items: Vec<i64> = match decided.get(credit) {
                Some(outcome) => outcome.parts.keys().chain(outcome.holds.keys()).copied().collect(),
                None => {
                    let verdict = self.situation.verdicts.get(credit).map_or(0, |verdict| verdict.id);
                    let held = self.situation.holds.of(verdict).iter().map(|hold| hold.item);
                    self.situation.parts_of(*credit).into_keys().chain(held).collect()
                }
            };
            holds.extend(items.into_iter().map(|item| (item, HoldReason::TakenBack.word())));
        }
        let doubted = self.explained.lives.in_doubt(self.situation, judged.id);
        let claims = self.situation.claims.iter().filter(|claim| is_case && doubted.contains(&claim.debit));
        holds.extend(claims.map(|claim| (claim.item, HoldReason::TakenBack.word())));
        let because = match (is_case, judged.why) {
            (true, _) => self.because(judged, &holds),
            (false, Why::OwnDebit) => self.came_back(judged.id),
            (false, _) => String::new(),
        };
        let evidence = Evidence { ground: judged.why.text().to_owned(), because, ..Evidence::default() };
        Outcome {
            booking: judged.id,
            decision: judged.outgoing.word(),
            confidence: None,
            // what went out can be debited from nobody: only a wrong pair could, and none is made in doubt
            hold_complete: true,
            parts: BTreeMap::new(),
            holds,
            pair: judged.pair,
            evidence: serde_json::to_string(&evidence).unwrap_or_default(),
        }
    }

    /// What came back of our debits, and what the banks took beside it.
    fn came_back(&self, booking: i64) -> String {
        let Some(TakenBack::Of { debits, charges }) = self.explained.lives.back.get(&booking) else {
            return String::new();
        };
        let row = self.situation.bookings.by_id(booking);
        let whole = row.and_then(|row| Cents::new(-row.amount).checked_sub(*charges)).unwrap_or(Cents::ZERO);
        let own = self.situation.debits.iter().filter(|debit| debits.contains(&debit.id));
        let names: Vec<String> = own.map(|debit| debit.kassenzeichen.clone()).collect();
        let names = ledger::because::enumerate(&names, "and");
        match charges.is_zero() {
            true => format!("{whole} EUR that we had debited for {names} came back"),
            false => format!("{whole} EUR that we had debited for {names} came back, and {charges} EUR of charges"),
        }
    }

    /// One sentence that names amount and Kassenzeichen; empty where none is known.
    fn because(&self, judged: &Judged, holds: &BTreeMap<i64, &'static str>) -> String {
        let Some(row) = self.situation.bookings.by_id(judged.id) else { return String::new() };
        let held = holds.keys().filter_map(|item| self.situation.items.by_id(*item));
        let mut names: Vec<String> = held.map(|item| item.kassenzeichen.clone()).collect();
        names.extend(self.quoted(row));
        let about = judged.about.iter().filter_map(|credit| self.situation.bookings.by_id(*credit));
        names.extend(about.flat_map(|credit| self.quoted(credit)));
        names.sort_unstable();
        names.dedup();
        let amount = Cents::new(-row.amount);
        let names = ledger::because::enumerate(&names, "and");
        match judged.why {
            _ if names.is_empty() => String::new(),
            Why::RefundOfPosted => {
                format!("{amount} EUR that stand posted to {names} look like given back to their payer")
            }
            Why::PostedBefore => format!(
                "the bank took back {amount} EUR that the old system had posted: {names} owes that again, correct it in the next list"
            ),
            _ => format!("{amount} EUR went out that may belong to {names}: what they had paid may be owed again"),
        }
    }
}
