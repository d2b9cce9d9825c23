//! What the books say: receivables, payments, runs, and what the finance system must take back.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use ledger::plan::Reason;
use serde_json::{Value, json};
use store::{BookingRow, ItemRow, PostingRow, Tx};

use crate::base::fee_items;
use crate::base::shown;
use crate::base::shown::eur;
use crate::base::window::Window;
use crate::books::situation::{Situation, of_first};
use crate::matching::evidence::{Evidence, share};
use crate::orders::collect::left_out_reasons;
use crate::runs::life::{self, told};
use crate::runs::takings::takings;
use crate::treasury::fees::Fees;
use crate::{Error, Kasse, Result};

/// An object per item.
///
/// # Errors
/// What the database says.
pub async fn receivables(kasse: &Kasse) -> Result<Vec<Value>> {
    Ok(receivables_page(kasse, Window::ALL).await?.0)
}

/// The same for a part of them, and how many there are.
///
/// # Errors
/// What the database says.
pub async fn receivables_page(kasse: &Kasse, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let (held, reasons) = (situation.held(), left_out_reasons(kasse, &situation));
    let (by_hand, covered) = (situation.hand_held(), crate::books::credit_notes::covered(&situation));
    let (mandates, reopened) = (situation.plan_mandates(), reopened(&situation));
    let fees = Fees::load(kasse, &mut tx, &situation, mandates).await?;
    let row = |item: &ItemRow| {
        let judged = fees.of(item);
        let state = situation.states.get(&item.id).copied().unwrap_or_default();
        let open = state.amount - state.transferred - state.in_collection - state.collected;
        let holds: Vec<Value> = held
            .get(&item.id)
            .into_iter()
            .flatten()
            .map(|(case, reason)| shown::case_hold(*case, reason))
            .chain(by_hand.get(&item.id).into_iter().flatten().map(|hold| crate::cases::hand_holds::shown(hold)))
            .collect();
        json!({
            "kassenzeichen": item.kassenzeichen,
            "posten": item.posten,
            "kind": fee_items::kind(item),
            "due": item.said.due.to_string(),
            "amount": eur(state.amount),
            "transferred": eur(state.transferred),
            "collected": eur(state.collected),
            "in_collection": eur(state.in_collection),
            "open": eur(open),
            "state": state_word(&state, open, reopened.contains(&item.id)),
            "fees_not_arisen": eur(judged.not_arisen()),
            "fees_waived": eur(judged.waived()),
            "holds": holds,
            "left_out": reasons.get(&item.id).map(|reason: &Reason| reason.word()),
            "credit": eur(covered.get(&item.id).copied().unwrap_or(0)),
        })
    };
    Ok(window.of(situation.items.iter(), row))
}

/// Items of which a debit was rejected or came back.
fn reopened(situation: &Situation) -> HashSet<i64> {
    let ended = situation.claims.iter().filter(|claim| situation.life_of(claim.debit).has_ended());
    ended.map(|claim| claim.item).collect()
}

fn state_word(state: &store::StateRow, open: i64, is_reopened: bool) -> &'static str {
    if open == 0 && state.in_collection == 0 && state.collected == 0 {
        "paid"
    } else if state.in_collection > 0 {
        "in_collection"
    } else if open == 0 {
        "collected"
    } else if is_reopened {
        "reopened"
    } else if state.transferred > 0 {
        "partly_paid"
    } else {
        "open"
    }
}

/// An object per credit booking.
///
/// # Errors
/// What the database says.
pub async fn payments(kasse: &Kasse) -> Result<Vec<Value>> {
    Ok(payments_page(kasse, Window::ALL).await?.0)
}

/// The same for a part of them, and how many there are.
///
/// # Errors
/// What the database says.
pub async fn payments_page(kasse: &Kasse, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let placed = situation.placed();
    let (bookings, count) = window.cut(situation.bookings.iter().filter(|booking| booking.amount > 0));
    let evidence = evidence_of(&mut tx, &situation, &bookings).await?;
    let row = |booking: &BookingRow| {
        let verdict = situation.verdicts.get(&booking.id);
        let evidence = verdict.and_then(|verdict| evidence.get(&verdict.id)).map(|text| Evidence::parse(text));
        let allocations: Vec<Value> = placed
            .range(of_first(booking.id))
            .filter_map(|((_, item), amount)| Some(shown::allocation(situation.items.by_id(*item)?, *amount)))
            .collect();
        let millionths = verdict.and_then(|verdict| verdict.said.confidence);
        let holds: Vec<Value> = verdict
            .map_or(&[][..], |verdict| situation.holds.of(verdict.id))
            .iter()
            .filter_map(|hold| Some(shown::hold(situation.items.by_id(hold.item)?, &hold.reason)))
            .collect();
        let more = json!({
            "decision": verdict.map_or("pending", |verdict| verdict.said.decision.as_str()),
            "confidence": millionths.map(share),
            "pair": verdict.and_then(|verdict| situation.bookings.by_id(verdict.said.pair?)).map(|pair| pair.reference.as_str()),
            "went_back": eur(booking.amount - situation.came_in(booking)),
            "allocations": allocations,
            "case": situation.cases.get(&booking.id).filter(|_| verdict.is_some_and(|verdict| verdict.said.decision == "case")),
            "holds": holds,
            "evidence": evidence.map(|evidence| evidence.list()).unwrap_or_default(),
        });
        shown::with(shown::booking(booking), more)
    };
    Ok((bookings.into_iter().map(row).collect(), count))
}

/// An object per outgoing booking: what it is, and the booking that it pairs with.
///
/// # Errors
/// What the database says.
pub async fn debits(kasse: &Kasse) -> Result<Vec<Value>> {
    Ok(debits_page(kasse, Window::ALL).await?.0)
}

/// The same for a part of them, and how many there are.
///
/// # Errors
/// What the database says.
pub async fn debits_page(kasse: &Kasse, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let (bookings, count) = window.cut(situation.bookings.iter().filter(|booking| booking.amount < 0));
    let evidence = evidence_of(&mut tx, &situation, &bookings).await?;
    let row = |booking: &BookingRow| {
        let verdict = situation.verdicts.get(&booking.id);
        let evidence = verdict.and_then(|verdict| evidence.get(&verdict.id)).map(|text| Evidence::parse(text));
        let pair = verdict.and_then(|verdict| situation.bookings.by_id(verdict.said.pair?));
        let more = json!({
            "decision": verdict.map_or("pending", |verdict| verdict.said.decision.as_str()),
            "pair": pair.map(shown::booking),
            "case": situation.cases.get(&booking.id).filter(|_| verdict.is_some_and(|verdict| verdict.said.decision == "case")),
            "evidence": evidence.map(|evidence| evidence.list()).unwrap_or_default(),
        });
        shown::with(shown::booking(booking), more)
    };
    Ok((bookings.into_iter().map(row).collect(), count))
}

/// What spoke for and against in the newest verdicts on some bookings, by the verdicts' ids.
async fn evidence_of(tx: &mut Tx, situation: &Situation, bookings: &[&BookingRow]) -> Result<HashMap<i64, String>> {
    let verdicts = bookings.iter().filter_map(|booking| Some(situation.verdicts.get(&booking.id)?.id));
    Ok(store::evidence_of(tx, &verdicts.collect()).await?)
}

/// An object per run.
///
/// # Errors
/// What the database says.
pub async fn runs(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let stages = situation.stages();
    let told = told(&situation);
    let rows = situation.runs.iter().map(|run| {
        let takings = takings(&situation, run.id);
        let amount: i64 = takings.iter().map(|taking| taking.amount).sum();
        let releasers: Vec<&str> = situation
            .events
            .iter()
            .filter(|event| {
                event.run == run.id && matches!(event.kind, store::EventKind::Signed | store::EventKind::Released)
            })
            .map(|event| event.actor.as_str())
            .collect();
        json!({
            "run": run.name, "due": run.due.to_string(), "state": stages.get(&run.id).map_or("", |stage| stage.word()),
            "debits": takings.len(), "amount": eur(amount), "planner": run.planner, "releasers": releasers,
            "bank": life::of_run(&situation, run, &told),
        })
    });
    Ok(rows.collect())
}

/// A row per allocation and counter-entry: what the finance system must post. `lfd_nr` never changes, so that a second
/// export of the same days is recognised.
///
/// # Errors
/// What the database says.
pub async fn postings(kasse: &Kasse, since: Option<Date>) -> Result<Vec<Value>> {
    Ok(postings_page(kasse, since, Window::ALL).await?.0)
}

/// The same for a part of them, and how many there are.
///
/// # Errors
/// What the database says.
pub async fn postings_page(kasse: &Kasse, since: Option<Date>, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let since = since.unwrap_or(Date::ZERO);
    let count = store::posting_count(&mut tx, since).await?;
    let rows = store::postings(&mut tx, since, window.most, window.after).await?;
    // a batch whose details were told later is no money any more, but what was posted of it and taken back is told
    let batches = batches(&mut tx, &situation, &rows).await?;
    let rows = rows.iter().map(|row| {
        let id = row.part.booking;
        let booking = situation.bookings.by_id(id).or_else(|| batches.get(&id));
        let (Some(booking), Some(item)) = (booking, situation.items.by_id(row.part.item)) else {
            return Err(Error::Internal(format!("posting {} is of no booking or no item", row.id)));
        };
        Ok(json!({
            "lfd_nr": row.id,
            "gebucht_am": row.decided_on.to_string(),
            "buchungstag": booking.booked.to_string(),
            "konto": booking.account,
            "referenz": booking.reference,
            "kassenzeichen": item.kassenzeichen,
            "posten": item.posten,
            "art": fee_items::kind(item),
            "faellig": item.said.due.to_string(),
            "betrag": eur(row.part.amount),
            "storno": row.part.amount < 0,
            "zuordnung": row.decision,
            "regeln": row.rules,
            "zahler": booking.counterparty,
            "zahler_iban": booking.counterparty_iban,
            "verwendungszweck": booking.remittance,
        }))
    });
    Ok((rows.collect::<Result<_>>()?, count))
}

/// The bookings of postings that are no money any more, by id.
async fn batches(tx: &mut Tx, situation: &Situation, rows: &[PostingRow]) -> Result<HashMap<i64, BookingRow>> {
    if rows.iter().all(|row| situation.bookings.by_id(row.part.booking).is_some()) {
        return Ok(HashMap::new());
    }
    Ok(store::bookings(tx).await?.into_iter().map(|row| (row.id, row)).collect())
}
