//! `einmal verify`: proves the books.
//!
//! First that no fact was changed by hand (the store's seals and chain), then that every figure follows from the facts
//! and every invariant of the contract holds. Names each break; none means proved.

use std::collections::{BTreeMap, HashMap};

use ledger::person::is_same;
use store::{Break, ItemRow};

use crate::base::proving;
use crate::books::coverage;
use crate::books::recount::{counters, reservations};
use crate::books::situation::{Situation, chains};
use crate::reports::verify_refunds::check_refunds;
use crate::vault::archive;
use crate::{Kasse, Result};

/// Everything that does not hold, in words that name table and row.
///
/// # Errors
/// What the database says.
pub async fn verify(kasse: &Kasse) -> Result<Vec<String>> {
    let mut tx = kasse.db.read().await?;
    let mut breaks: Vec<Break> = store::verify_chain(&mut tx).await?;
    breaks.extend(proving::breaks(&mut tx).await?.into_iter().map(Break));
    breaks.extend(store::schema_breaks(&mut tx).await?);
    if store::last_entry(&mut tx).await?.is_none() {
        breaks.push(Break("journal: it is empty: these are no books, or all of them is gone".to_owned()));
    }
    breaks.extend(proving::unproven(&mut tx).await?.into_iter().map(Break));
    match archive::breaks(&mut tx, &kasse.config.archive).await {
        Ok(found) => breaks.extend(found.into_iter().map(Break)),
        Err(error) => breaks.push(Break(error.to_string())),
    }
    match Situation::load(&mut tx).await {
        Ok(situation) => {
            check_counters(&situation, &mut breaks);
            check_amounts(&situation, &mut breaks);
            check_runs(&situation, &mut breaks);
            check_events(&situation, &mut breaks);
            check_cases(&situation, &mut breaks);
            check_life(&situation, &mut breaks);
            check_refunds(&situation, &mut breaks);
            match store::reservations(&mut tx).await {
                Ok(stored) => check_reservations(&situation, &stored, &mut breaks),
                Err(error) => breaks.push(Break(format!("reservation: {error}"))),
            }
            let statements = store::statements(&mut tx).await?;
            check_statements(&statements, &mut breaks);
            let chains = chains(&kasse.watched(&mut tx).await?, &mut tx).await?;
            // a process that remembers nothing yet would only load the same once more
            let is_another = kasse.remembers() && !kasse.situation(&mut tx).await?.is_like(&situation);
            if is_another || *kasse.chains(&mut tx).await? != chains {
                add(&mut breaks, "what this process remembers of the books is not what they say".to_owned());
            }
        }
        Err(error) => breaks.push(Break(error.to_string())),
    }
    Ok(breaks.into_iter().map(|found| found.0).collect())
}

fn add(breaks: &mut Vec<Break>, text: String) {
    breaks.push(Break(text));
}

fn name(items: &HashMap<i64, &ItemRow>, item: i64) -> String {
    items.get(&item).map_or_else(|| format!("item {item}"), |row| format!("{}/{}", row.kassenzeichen, row.posten))
}

/// Every case holds as much as is in doubt, wherever it holds anything.
fn check_cases(situation: &Situation, breaks: &mut Vec<Break>) {
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    for hold in coverage::missing(situation) {
        add(breaks, format!("verdict {}: {} is in doubt and not held", hold.verdict, name(&items, hold.item)));
    }
}

/// The stored counters are what the facts make of them.
fn check_counters(situation: &Situation, breaks: &mut Vec<Break>) {
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let expected: BTreeMap<i64, store::StateRow> = counters(situation).into_iter().collect();
    for (item, state) in &expected {
        match situation.states.get(item) {
            Some(stored) if stored == state => {}
            Some(stored) => add(
                breaks,
                format!("item_state {item} ({}): {stored:?} is not what the facts say: {state:?}", name(&items, *item)),
            ),
            None => add(breaks, format!("item_state {item} ({}) is missing", name(&items, *item))),
        }
    }
    for item in situation.states.keys().filter(|item| !expected.contains_key(item)) {
        add(breaks, format!("item_state {item} belongs to no item"));
    }
}

/// No booking is placed beyond its amount, an automatic one to the cent, and nothing is claimed twice.
fn check_amounts(situation: &Situation, breaks: &mut Vec<Break>) {
    let mut placed: HashMap<i64, i64> = HashMap::new();
    for ((booking, _), amount) in situation.placed() {
        *placed.entry(*booking).or_insert(0) += amount;
        if *amount < 0 {
            add(breaks, format!("booking {booking}: less than nothing is placed"));
        }
    }
    for booking in situation.bookings.iter() {
        let sum = placed.get(&booking.id).copied().unwrap_or(0);
        let decision = situation.verdicts.get(&booking.id).map_or("", |verdict| verdict.said.decision.as_str());
        let came_in = if situation.awaits_match(booking) { booking.amount } else { situation.came_in(booking) };
        if sum > came_in.max(0) {
            add(breaks, format!("booking {} ({}): more is placed than came in", booking.id, booking.reference));
        }
        if decision == "auto" && sum != came_in && !situation.awaits_match(booking) {
            add(
                breaks,
                format!("booking {} ({}): is called auto and not wholly placed", booking.id, booking.reference),
            );
        }
        if matches!(decision, "returned" | "settlement" | "") && sum != 0 {
            add(breaks, format!("booking {} ({}): is placed though it must not be", booking.id, booking.reference));
        }
    }
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    for state in situation.states.values() {
        if state.transferred + state.in_collection + state.collected > state.amount {
            add(breaks, format!("item_state {} ({}): more is claimed than owed", state.item, name(&items, state.item)));
        }
    }
}

/// Runs of direct debits and of refunds.
fn runs_of(situation: &Situation) -> impl Iterator<Item = &store::RunRow> {
    situation.runs.iter().chain(situation.refund_runs.iter().map(|row| &row.run))
}

/// No run is released by its planner, no item is in two living runs, nothing held, handed over or not yet due is in a run that can still yield.
fn check_runs(situation: &Situation, breaks: &mut Vec<Break>) {
    for event in situation
        .events
        .iter()
        .filter(|event| matches!(event.kind, store::EventKind::Signed | store::EventKind::Released))
    {
        let planner = runs_of(situation).find(|run| run.id == event.run).map(|run| run.planner.as_str());
        if planner.is_some_and(|planner| is_same(planner, &event.actor)) {
            add(breaks, format!("run {}: was released by {}, who planned it", event.run, event.actor));
        }
    }
    let (stages, runs) = (situation.stages(), situation.run_of_debit());
    let (held, by_hand) = (situation.held(), situation.hand_held());
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let mut living: HashMap<i64, i64> = HashMap::new();
    for (&(debit, item), &amount) in situation.claimed() {
        let Some(run) = runs.get(&debit).copied() else {
            add(breaks, format!("claim of debit {debit} belongs to no run"));
            continue;
        };
        let is_living =
            |stage: &&ledger::gate::Stage| stage.is_living() && amount > 0 && situation.life_of(debit).is_underway();
        let Some(stage) = stages.get(&run).filter(is_living) else { continue };
        if living.insert(item, run).is_some_and(|other| other != run) {
            add(breaks, format!("item {item} is in two living runs"));
        }
        if stage.yields_to_money() && situation.handed_over.contains_key(&item) {
            add(breaks, format!("item {item} is in run {run} though it was handed over"));
        }
        if stage.yields_to_money() && held.contains_key(&item) {
            add(breaks, format!("item {item} is in run {run} though a case holds it"));
        }
        if items.get(&item).is_some_and(|item| item.said.fee.is_some()) {
            add(breaks, format!("item {item} is in run {run} though it is a fee"));
        }
        let due = situation.runs.iter().find(|row| row.id == run).map(|row| row.due);
        let by_hand = by_hand.get(&item).into_iter().flatten().any(|hold| due.is_some_and(|due| due <= hold.until()));
        let early = items.get(&item).is_some_and(|item| due.is_some_and(|due| due < situation.collectable_from(item)));
        if stage.yields_to_money() && early {
            add(breaks, format!("item {item} is in run {run} though it is not due then"));
        }
        if stage.yields_to_money() && by_hand {
            add(breaks, format!("item {item} is in run {run} though a person holds it"));
        }
    }
}

/// What the bank credited is what its debits took, and what it took back too, with the charges.
fn check_life(situation: &Situation, breaks: &mut Vec<Break>) {
    let mut sums: BTreeMap<(i64, bool), i64> = BTreeMap::new();
    for row in situation.life.iter() {
        let sign = if row.kind == store::LifeKind::Returned { -1 } else { 1 };
        row.booking.iter().for_each(|booking| {
            *sums.entry((*booking, sign < 0)).or_insert(0) += sign * (row.amount + row.charges);
        });
    }
    for ((id, _), sum) in sums {
        // a sum for which its details stand by now is no money any more
        if let Some(booking) = situation.bookings.by_id(id).filter(|booking| booking.amount != sum) {
            let reference = &booking.reference;
            add(breaks, format!("booking {id} ({reference}): is not the sum of the direct debits that it is for"));
        }
    }
}

/// Each event names its run's planner and the release that it belongs to: what the database's constraints stand on.
fn check_events(situation: &Situation, breaks: &mut Vec<Break>) {
    let planners: HashMap<i64, &str> = runs_of(situation).map(|run| (run.id, run.planner.as_str())).collect();
    let mut rounds: HashMap<i64, i64> = HashMap::new();
    for event in situation.events.iter() {
        let round = rounds.entry(event.run).or_insert(0);
        if planners.get(&event.run) != Some(&event.planner.as_str()) {
            add(breaks, format!("run_event of run {}: {} is not its planner", event.run, event.planner));
        }
        if event.round != *round {
            add(breaks, format!("run_event of run {}: belongs to release {round}, not {}", event.run, event.round));
        }
        *round += i64::from(event.kind == store::EventKind::Voided);
    }
}

/// The stored reservations are what the claims make of them.
fn check_reservations(situation: &Situation, stored: &[store::ReservationRow], breaks: &mut Vec<Break>) {
    let mut expected = reservations(situation);
    for row in stored {
        match expected.remove(&(row.debit, row.item)) {
            Some(same) if same == *row => {}
            Some(other) => add(breaks, format!("reservation: {row:?} is not what the claims say: {other:?}")),
            None => add(breaks, format!("reservation of debit {} and item {} has no claim", row.debit, row.item)),
        }
    }
    for (debit, item) in expected.keys() {
        add(breaks, format!("reservation of debit {debit} and item {item} is missing"));
    }
}

/// A statement that was called sound leads from its opening to its closing balance.
fn check_statements(statements: &[store::StatementRow], breaks: &mut Vec<Break>) {
    for row in statements.iter().filter(|row| row.finding.is_none()) {
        if let (Some(opening), Some(closing)) = (row.opening, row.closing)
            && opening + row.movement != closing
        {
            add(breaks, format!("statement {}: its entries do not lead from opening to closing balance", row.id));
        }
    }
}
