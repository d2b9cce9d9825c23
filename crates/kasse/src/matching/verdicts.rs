//! `einmal match`: decides, as of the business date, every booking that no person has decided.
//!
//! Invariant: a booking whose outcome is the same as before gets no new verdict; one that changed gets counter-entries
//! for what it had placed, then its new parts. Run twice, it changes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use store::{AllocationRow, HoldRow, NewVerdict, WriteTx};

use crate::base::rights::Right;
use crate::books::situation::Situation;
use crate::matching::books;
use crate::matching::debits;
use crate::matching::evidence::{Evidence, Outcome, evidence};
use crate::matching::explained::Explained;
use crate::matching::{life, refunds};
use crate::{Kasse, Result};

/// What `match` did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// Credits in the books.
    pub credits: usize,
    /// Credits whose outcome is new or another than before.
    pub changed: usize,
    /// Wholly placed without a person.
    pub auto: usize,
    /// Placed by people.
    pub clerk: usize,
    /// For people to decide.
    pub case: usize,
    /// Other money.
    pub other: usize,
    /// Taken back by the bank.
    pub returned: usize,
    /// The bank's credits for runs of ours.
    pub settlement: usize,
    /// Moved between accounts of the town.
    pub transfer: usize,
    /// Outgoing bookings in the books.
    pub outgoing: usize,
    /// Of these, those that a person must look at.
    pub outgoing_case: usize,
    /// What went out, was told now, and is more than a payment, a fee or a move: a line each.
    #[serde(skip)]
    pub told: Vec<String>,
}

/// Decides every booking and open case that no person has decided.
///
/// # Errors
/// What the database says; nothing is stored then.
pub async fn match_all(kasse: &Kasse) -> Result<Matched> {
    let mut tx = kasse.write(Right::Import, "batch", "match", "").await?;
    let matched = match_in(&mut tx, kasse).await?;
    tx.commit(&format!("{} verdicts", matched.changed)).await?;
    tracing::info!(credits = matched.credits, changed = matched.changed, cases = matched.case, "matched");
    Ok(matched)
}

/// Decides within a transaction that may hold other changes too.
pub(crate) async fn match_in(tx: &mut WriteTx, kasse: &Kasse) -> Result<Matched> {
    let mut situation = kasse.situation(tx).await?;
    // what came back opens its items: what was transferred for them meanwhile may find its place at once
    if life::record(tx, kasse, &situation).await? {
        situation = kasse.situation(tx).await?;
    }
    if refunds::record(tx, &situation).await? {
        situation = kasse.situation(tx).await?;
    }
    let before = Before::new(&situation);
    // why a credit is placed is written once: where nothing changes nobody asks for it again
    let outcomes = decide_all(kasse, &situation, None, |outcome| outcome.decision == "case" || !before.is(outcome));
    let mut matched = Matched::default();
    let is_credit = |booking: i64| situation.bookings.by_id(booking).is_some_and(|row| row.amount > 0);
    outcomes.iter().filter(|outcome| is_credit(outcome.booking)).for_each(|outcome| matched.count(outcome.decision));
    let of_debits = |outcome: &&Outcome| outcome.decision == "case" && !is_credit(outcome.booking);
    matched.outgoing_case = outcomes.iter().filter(of_debits).count();
    matched.outgoing = situation.bookings.iter().filter(|booking| booking.amount < 0).count();
    let decided: HashSet<i64> = outcomes.iter().map(|outcome| outcome.booking).collect();
    let credits = situation.bookings.iter().filter(|booking| booking.amount > 0);
    matched.credits = credits.clone().count();
    let by_person = credits.filter(|booking| !decided.contains(&booking.id));
    by_person
        .filter_map(|row| situation.verdicts.get(&row.id))
        .for_each(|verdict| matched.count(&verdict.said.decision));
    matched.told = told(&situation, &before, &outcomes);
    matched.changed = write(tx, kasse, &before, outcomes).await?;
    let after = kasse.situation(tx).await?;
    refunds::fall(tx, kasse, &after).await?;
    if !tx.is_empty() {
        crate::books::recount::recount(tx, kasse).await?;
    }
    Ok(matched)
}

/// What is new of outgoing bookings, and is more than a payment, a fee or a move.
fn told(situation: &Situation, before: &Before<'_>, outcomes: &[Outcome]) -> Vec<String> {
    let is_news = |outcome: &&Outcome| !matches!(outcome.decision, "other" | "fee" | "transfer") && !before.is(outcome);
    let line = |outcome: &Outcome| {
        let row = situation.bookings.by_id(outcome.booking).filter(|row| row.amount < 0)?;
        let (day, amount, reference) = (row.booked, sepa::Cents::new(-row.amount), &row.reference);
        let why = Evidence::parse(&outcome.evidence);
        Some(format!("{amount} EUR went out on {day} ({reference}): {}", why.headline()))
    };
    outcomes.iter().filter(is_news).filter_map(line).collect()
}

/// What the rules say now of every booking that no person has decided, and of the credit `also` whoever has; why, of those of
/// which `is_asked` wants to know.
pub(crate) fn decide_all(
    kasse: &Kasse,
    situation: &Situation,
    also: Option<i64>,
    is_asked: impl Fn(&Outcome) -> bool,
) -> Vec<Outcome> {
    let rules_books = kasse.books_once(situation);
    let (payments, explained) = books::payments(kasse, situation);
    let mut decided = books::decided(situation, &rules_books, &payments);
    also.iter().for_each(|booking| drop(decided.remove(booking)));
    refunds::owed_again(situation).iter().for_each(|booking| drop(decided.remove(booking)));
    let findings: HashMap<i64, &str> =
        payments.iter().filter_map(|payment| Some((payment.id, payment.finding.as_deref()?))).collect();
    let verdicts = ledger::matching::match_all(&rules_books, &payments, &decided);
    let mut outcomes: Vec<Outcome> = verdicts
        .iter()
        .map(|verdict| {
            let mut outcome = Outcome::new(&rules_books, verdict);
            outcome.pair = pair_of_credit(situation, &explained, &outcome);
            if is_asked(&outcome) {
                outcome.evidence = evidence(&rules_books, verdict, findings.get(&verdict.payment).copied());
            }
            outcome
        })
        .collect();
    let outgoing = debits::outcomes(kasse, situation, &rules_books, &explained, &outcomes);
    outcomes.extend(life::differing(situation, &explained.lives));
    outcomes.extend(outgoing);
    outcomes
}

/// The booking that a credit pairs with: the debit that took it back, the other side of a move.
fn pair_of_credit(situation: &Situation, explained: &Explained, outcome: &Outcome) -> Option<i64> {
    match outcome.decision {
        "transfer" => explained.moved.get(&outcome.booking).copied().flatten(),
        "returned" => situation.pairs().credits.get(&outcome.booking)?.by.first().copied(),
        _ => None,
    }
}

impl Matched {
    fn count(&mut self, decision: &str) {
        let counter = match decision {
            "auto" => &mut self.auto,
            "clerk" => &mut self.clerk,
            "case" => &mut self.case,
            "returned" => &mut self.returned,
            "settlement" => &mut self.settlement,
            "transfer" => &mut self.transfer,
            _ => &mut self.other,
        };
        *counter += 1;
    }
}

async fn write(tx: &mut WriteTx, kasse: &Kasse, before: &Before<'_>, outcomes: Vec<Outcome>) -> Result<usize> {
    let situation = before.situation;
    let outcomes: Vec<Outcome> = outcomes.into_iter().filter(|outcome| !before.is(outcome)).collect();
    let rows: Vec<NewVerdict> = outcomes
        .iter()
        .map(|outcome| NewVerdict {
            booking: outcome.booking,
            decision: outcome.decision.to_owned(),
            by_person: false,
            rules: ledger::RULES.to_owned(),
            decided_on: kasse.today,
            confidence: outcome.confidence,
            hold_complete: outcome.hold_complete,
            wait_until: None,
            evidence: Some(outcome.evidence.clone()),
            pair: outcome.pair,
        })
        .collect();
    let gone = no_longer_money(situation);
    let withdrawn = gone.iter().map(|booking| withdrawal(kasse, situation, *booking));
    let rows: Vec<NewVerdict> = rows.into_iter().chain(withdrawn).collect();
    let first = tx.add_verdicts(&rows).await?;
    let (mut parts, mut holds, mut cases) = (Vec::new(), Vec::new(), Vec::new());
    for (id, outcome) in (first..).zip(&outcomes) {
        parts.extend(difference(id, outcome.booking, before.parts(outcome.booking), &outcome.parts));
        holds.extend(outcome.holds.iter().map(|(item, reason)| HoldRow {
            verdict: id,
            item: *item,
            reason: (*reason).to_owned(),
        }));
        if outcome.decision == "case" && !situation.cases.contains_key(&outcome.booking) {
            cases.push(outcome.booking);
        }
    }
    let after_outcomes = first + i64::try_from(outcomes.len()).unwrap_or(0);
    for (id, booking) in (after_outcomes..).zip(gone) {
        parts.extend(difference(id, booking, before.parts(booking), &BTreeMap::new()));
    }
    // counter-entries first: what one booking leaves, another may take
    parts.sort_by_key(|part: &AllocationRow| part.amount > 0);
    tx.add_allocations(&parts).await?;
    tx.add_holds(&holds).await?;
    tx.add_cases(&cases).await?;
    Ok(rows.len())
}

/// Bookings that were decided, and for which the details of an advice stand now.
fn no_longer_money(situation: &Situation) -> Vec<i64> {
    let money: HashSet<i64> = situation.bookings.iter().map(|booking| booking.id).collect();
    let decided = situation.verdicts.values().filter(|verdict| verdict.said.decision != "other");
    let mut gone: Vec<i64> = decided.map(|verdict| verdict.said.booking).filter(|id| !money.contains(id)).collect();
    gone.sort_unstable();
    gone
}

/// The verdict on a batch whose details have been told, or on what a report told and the statement tells by now.
fn withdrawal(kasse: &Kasse, situation: &Situation, booking: i64) -> NewVerdict {
    let ground =
        if situation.reported.contains(&booking) { "the statement tells of it" } else { "its details stand for it" };
    let evidence = Evidence { ground: ground.to_owned(), ..Evidence::default() };
    NewVerdict {
        booking,
        decision: "other".to_owned(),
        by_person: false,
        rules: ledger::RULES.to_owned(),
        decided_on: kasse.today,
        confidence: None,
        hold_complete: true,
        wait_until: None,
        evidence: serde_json::to_string(&evidence).ok(),
        pair: None,
    }
}

/// The entries that lead from what is placed to what shall be.
pub(crate) fn difference(
    verdict: i64,
    booking: i64,
    before: Option<&BTreeMap<i64, i64>>,
    after: &BTreeMap<i64, i64>,
) -> Vec<AllocationRow> {
    let mut change: BTreeMap<i64, i64> = after.clone();
    for (item, amount) in before.into_iter().flatten() {
        *change.entry(*item).or_insert(0) -= amount;
    }
    change.retain(|_, amount| *amount != 0);
    change.into_iter().map(|(item, amount)| AllocationRow { verdict, booking, item, amount }).collect()
}

/// What is stored of each booking.
struct Before<'a> {
    situation: &'a Situation,
    parts: HashMap<i64, BTreeMap<i64, i64>>,
}

impl<'a> Before<'a> {
    fn new(situation: &'a Situation) -> Before<'a> {
        let mut parts: HashMap<i64, BTreeMap<i64, i64>> = HashMap::new();
        for (&(booking, item), &amount) in situation.placed() {
            parts.entry(booking).or_default().insert(item, amount);
        }
        Before { situation, parts }
    }

    fn parts(&self, booking: i64) -> Option<&BTreeMap<i64, i64>> {
        self.parts.get(&booking)
    }

    fn is(&self, outcome: &Outcome) -> bool {
        let Some(verdict) = self.situation.verdicts.get(&outcome.booking) else { return false };
        let nothing = BTreeMap::new();
        let holds = self.situation.holds.of(verdict.id).iter().map(|hold| (hold.item, hold.reason.as_str()));
        let same_holds = holds.collect::<BTreeMap<i64, &str>>() == outcome.holds;
        // what a person reads of a case is kept up to date; of the others, why they were first decided so
        let same_reasons = outcome.decision != "case" || verdict.said.evidence.as_ref() == Some(&outcome.evidence);
        verdict.said.decision == outcome.decision
            && !verdict.said.by_person
            && same_reasons
            && verdict.said.hold_complete == outcome.hold_complete
            && verdict.said.pair == outcome.pair
            && self.parts(outcome.booking).unwrap_or(&nothing) == &outcome.parts
            && same_holds
    }
}
