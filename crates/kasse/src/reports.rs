//! What the books say: receivables, payments, runs, and what the finance system must take back.

use std::collections::HashMap;

use jiff::civil::Date;
use ledger::plan::Reason;
use serde_json::{Value, json};
use store::ItemRow;

use crate::cases::eur;
use crate::collect::{left_out_reasons, takings};
use crate::fee_items;
use crate::fees::Fees;
use crate::matching::{Evidence, share};
use crate::shown;
use crate::situation::of_first;
use crate::{Kasse, Result};

/// An object per item.
///
/// # Errors
/// What the database says.
pub async fn receivables(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let (held, reasons) = (situation.held(), left_out_reasons(kasse, &situation));
    let by_hand = situation.hand_held();
    let mandates = situation.plan_mandates();
    let fees = Fees::load(kasse, &mut tx, &situation, &mandates).await?;
    let rows = situation.items.iter().map(|item| {
        let judged = fees.of(item);
        let state = situation.states.get(&item.id).copied().unwrap_or_default();
        let open = state.amount - state.transferred - state.in_collection - state.collected;
        let holds: Vec<Value> = held
            .get(&item.id)
            .into_iter()
            .flatten()
            .map(|(case, reason)| json!({"case": case, "reason": reason, "may_be_lifted_by": format!("who decides case {case}")}))
            .chain(by_hand.get(&item.id).into_iter().flatten().map(|hold| crate::hand_holds::shown(hold)))
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
            "state": state_word(&state, open),
            "fees_not_arisen": eur(judged.not_arisen()),
            "fees_waived": eur(judged.waived()),
            "holds": holds,
            "left_out": reasons.get(&item.id).map(|reason: &Reason| reason.word()),
        })
    });
    Ok(rows.collect())
}

fn state_word(state: &store::StateRow, open: i64) -> &'static str {
    if open == 0 && state.in_collection == 0 && state.collected == 0 {
        "paid"
    } else if state.in_collection > 0 {
        "in_collection"
    } else if open == 0 {
        "collected"
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
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let placed = situation.placed();
    let rows = situation.bookings.iter().filter(|booking| booking.amount > 0).map(|booking| {
        let verdict = situation.verdicts.get(&booking.id);
        let evidence = verdict.map(|verdict| Evidence::parse(&verdict.said.evidence)).unwrap_or_default();
        let allocations: Vec<Value> = placed
            .range(of_first(booking.id))
            .filter_map(|((_, item), amount)| Some(shown::allocation(items.get(item)?, *amount)))
            .collect();
        let millionths = verdict.and_then(|verdict| verdict.said.confidence);
        let holds: Vec<Value> = verdict
            .map_or(&[][..], |verdict| situation.holds.of(verdict.id))
            .iter()
            .filter_map(|hold| Some(shown::hold(items.get(&hold.item)?, &hold.reason)))
            .collect();
        let more = json!({
            "decision": verdict.map_or("pending", |verdict| verdict.said.decision.as_str()),
            "confidence": millionths.map(share),
            "allocations": allocations,
            "case": situation.cases.get(&booking.id).filter(|_| verdict.is_some_and(|verdict| verdict.said.decision == "case")),
            "holds": holds,
            "evidence": verdict.map(|_| evidence.list()).unwrap_or_default(),
        });
        shown::with(shown::booking(booking), more)
    });
    Ok(rows.collect())
}

/// An object per run.
///
/// # Errors
/// What the database says.
pub async fn runs(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let stages = situation.stages();
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
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let bookings: HashMap<i64, &store::BookingRow> = situation.bookings.iter().map(|row| (row.id, row)).collect();
    let rows = store::postings(&mut tx, since.unwrap_or(Date::ZERO)).await?;
    let rows = rows.iter().filter_map(|row| {
        let (booking, item) = (bookings.get(&row.part.booking)?, items.get(&row.part.item)?);
        Some(json!({
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
    Ok(rows.collect())
}
