//! The treasurer's overview: what waits for a person, what came in and became of it, what the next run will bring.
//!
//! Writes nothing and decides nothing: what may be debited is the plan's own answer. Invariant: each cent of a credit is
//! counted once, and so is each cent of an item.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use ledger::gate::{Stage, earliest_collection};
use sepa::target_day_on_or_after;
use serde_json::{Value, json};
use store::{BookingRow, EventKind, VerdictRow};

use crate::base::shown::eur;
use crate::books::accounts;
use crate::books::situation::Situation;
use crate::orders::collect::{open_items, terms};
use crate::runs::takings::takings;
use crate::treasury::close_day::placed_by_booking;
use crate::vault::instance;
use crate::{Kasse, Result};

/// Months that the pictures show.
const MONTHS: usize = 12;

/// Days after the next collection day on which what falls due is foreseen: a quarter.
const AHEAD: i32 = 92;

/// All figures of the overview, of one moment.
///
/// # Errors
/// What the database says.
pub async fn overview(kasse: &Kasse) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let chains = kasse.chains(&mut tx).await?;
    let needed = sepa::target_day_before(kasse.today);
    let incomplete = chains.iter().filter(|chain| !chain.missing(needed).is_empty()).count();
    drop(tx);
    Ok(json!({
        "pending": situation.pending(),
        "cases": cases(kasse, &situation),
        "runs": runs(&situation),
        "accounts": chains.len(),
        "accounts_incomplete": incomplete,
        "accounts_to_confirm": accounts::waiting(&situation).len(),
        "locked": instance::taken_over(kasse).await?.get("locked") == Some(&Value::Bool(true)),
        "received": received(&situation),
        "owed": owed(&situation),
        "ahead": ahead(kasse, &situation)?,
    }))
}

/// The ages of cases, in days: from, and until where there is an end.
const AGES: [(i32, Option<i32>); 4] = [(0, Some(7)), (8, Some(30)), (31, Some(90)), (91, None)];

fn cases(kasse: &Kasse, situation: &Situation) -> Value {
    let placed = placed_by_booking(situation);
    let open: Vec<(&BookingRow, &VerdictRow)> = situation
        .bookings
        .iter()
        .filter_map(|row| {
            Some((row, situation.verdicts.get(&row.id).filter(|verdict| verdict.said.decision == "case")?))
        })
        .collect();
    let age = |row: &BookingRow| row.booked.until(kasse.today).map_or(0, |span| span.get_days());
    let rest = |row: &BookingRow| situation.came_in(row) - placed.get(&row.id).copied().unwrap_or(0);
    let ages = AGES.iter().map(|(from, until)| {
        let within = |row: &&BookingRow| age(row) >= *from && until.is_none_or(|until| age(row) <= until);
        let own: Vec<&BookingRow> = open.iter().map(|(row, _)| *row).filter(within).collect();
        let amount: i64 = own.iter().map(|row| rest(row)).sum();
        json!({"from": from, "until": until, "cases": own.len(), "amount": eur(amount)})
    });
    let again = open.iter().filter(|(_, verdict)| verdict.said.wait_until.is_some_and(|day| day <= kasse.today));
    json!({
        "open": open.len(),
        "amount": eur(open.iter().map(|(row, _)| rest(row)).sum()),
        "oldest_days": open.iter().map(|(row, _)| age(row)).max(),
        "to_look_at_again": again.count(),
        "ages": ages.collect::<Vec<_>>(),
    })
}

/// The runs that wait for somebody, by their collection day: everything that lives and has not gone to the bank.
fn runs(situation: &Situation) -> Vec<Value> {
    let stages = situation.stages();
    let waits = |event: &store::EventRow| event.kind == EventKind::Sent;
    let mut rows: Vec<_> = situation
        .runs
        .iter()
        .filter(|run| stages.get(&run.id).is_some_and(|stage| stage.is_living() && *stage != Stage::Settled))
        .filter(|run| !situation.events.iter().any(|event| event.run == run.id && waits(event)))
        .collect();
    rows.sort_by_key(|run| run.due);
    let shown = rows.into_iter().map(|run| {
        let announced = situation.events.iter().any(|event| event.run == run.id && event.kind == EventKind::Announced);
        let amount: i64 = takings(situation, run.id).iter().map(|taking| taking.amount).sum();
        json!({
            "run": run.name, "due": run.due.to_string(), "planner": run.planner, "announced": announced,
            "state": stages.get(&run.id).map_or("", |stage| stage.word()), "amount": eur(amount),
        })
    });
    shown.collect()
}

/// Year and month of a day.
type Month = (i16, i8);

fn month(day: Date) -> Month {
    (day.year(), day.month())
}

fn written((year, month): &Month) -> String {
    format!("{year}-{month:02}")
}

/// What came in, by month of booking: posted, in doubt, and neither (other money, what went back, own settlements).
fn received(situation: &Situation) -> Vec<Value> {
    let placed = placed_by_booking(situation);
    let mut months: BTreeMap<Month, [i64; 3]> = BTreeMap::new();
    for row in situation.bookings.iter().filter(|row| row.amount > 0) {
        let posted = placed.get(&row.id).copied().unwrap_or(0);
        let decision = situation.verdicts.get(&row.id).map(|verdict| verdict.said.decision.as_str());
        let in_doubt = if decision.is_none_or(|word| word == "case") { situation.came_in(row) - posted } else { 0 };
        let sums = months.entry(month(row.booked)).or_default();
        add(sums, [posted, in_doubt, row.amount - posted - in_doubt]);
    }
    last(&months).map(|(month, [posted, in_doubt, other])| {
        json!({"month": written(month), "received": eur(posted + in_doubt + other), "posted": eur(*posted), "in_doubt": eur(*in_doubt), "other": eur(*other)})
    }).collect()
}

fn add<const N: usize>(sums: &mut [i64; N], more: [i64; N]) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

fn last<T>(months: &BTreeMap<Month, T>) -> impl Iterator<Item = (&Month, &T)> {
    months.iter().skip(months.len().saturating_sub(MONTHS))
}

/// What was to be paid, by month of the due day: transferred, collected, in collection, held by a doubt or a person, open.
fn owed(situation: &Situation) -> Vec<Value> {
    let (held, by_hand) = (situation.held(), situation.hand_held());
    let mut months: BTreeMap<Month, [i64; 5]> = BTreeMap::new();
    for item in situation.items.iter() {
        let state = situation.states.get(&item.id).copied().unwrap_or_default();
        let open = situation.open_of(item.id);
        let is_held = held.contains_key(&item.id) || by_hand.contains_key(&item.id);
        let (held, open) = if is_held { (open, 0) } else { (0, open) };
        let sums = months.entry(month(item.said.due)).or_default();
        add(sums, [state.transferred, state.collected, state.in_collection, held, open]);
    }
    last(&months)
        .map(|(month, [transferred, collected, in_collection, held, open])| {
            json!({
                "month": written(month), "transferred": eur(*transferred), "collected": eur(*collected),
                "in_collection": eur(*in_collection), "held": eur(*held), "open": eur(*open),
            })
        })
        .collect()
}

/// What may be collected on the next day for which a notice would still be in time, and on the days after it.
fn ahead(kasse: &Kasse, situation: &Situation) -> Result<Vec<Value>> {
    let too_far = |_| crate::Error::Internal(format!("no day follows {}", kasse.today));
    let noticed = kasse.today.checked_add(kasse.config.prenotification_days.days()).map_err(too_far)?;
    let first = target_day_on_or_after(noticed.max(earliest_collection(kasse.today, kasse.config.bank.days_before)));
    let until = first.checked_add(AHEAD.days()).map_err(too_far)?;
    let items = open_items(&kasse.config, situation);
    let plan = ledger::plan::plan(&items, situation.plan_mandates(), &terms(kasse, situation, until));
    let mut days: BTreeMap<Date, (usize, i64)> = BTreeMap::new();
    for (item, amount) in plan.debits.iter().flat_map(|debit| &debit.claims) {
        let from = situation.items.by_id(*item).map_or(first, |row| situation.collectable_from(row));
        let (count, sum) = days.entry(target_day_on_or_after(from.max(first))).or_default();
        *count += 1;
        *sum += amount.get();
    }
    let shown =
        days.into_iter().map(|(day, (items, sum))| json!({"day": day.to_string(), "items": items, "amount": eur(sum)}));
    Ok(shown.collect())
}
