//! Debits of ours that the bank still carries out, or that debtors may still ask back: what happens to them happens to whoever
//! keeps the books by then.
//!
//! Invariant: a debit that came back, was rejected, or is of a run that never went out is none of them.

use jiff::ToSpan;
use jiff::civil::Date;
use sepa::Cents;
use serde_json::{Value, json};
use store::{DebitRow, RunRow};

use crate::base::config::Files;
use crate::base::shown::{allocation, eur};
use crate::books::situation::{Situation, of_first};
use crate::runs::handed::{Out, out};
use crate::runs::life::refundable_until;
use crate::{Kasse, Result};

/// For so long after the collection a debtor may object that he never agreed to it (§ 676b (2) BGB).
const UNAUTHORISED_MONTHS: i64 = 13;

/// An object per debit that is underway, or collected and still refundable without a reason.
///
/// # Errors
/// What the database says.
pub async fn living(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    Ok(rows(kasse, &situation))
}

/// The same of books that were loaded.
pub(crate) fn rows(kasse: &Kasse, situation: &Situation) -> Vec<Value> {
    let of_run = |out: &Out<'_>| -> Vec<Value> {
        let debits = out.batches.iter().flat_map(|(batch, debits)| debits.iter().map(move |debit| (batch, debit)));
        let lives = debits.filter(|(_, (debit, _))| is_living(situation, out.run, debit, kasse.today));
        lives.map(|(batch, debit)| shown(kasse, situation, (out, batch), *debit)).collect()
    };
    out(kasse, situation).iter().filter(|out| !out.is_void).flat_map(of_run).collect()
}

fn is_living(situation: &Situation, run: &RunRow, debit: &DebitRow, today: Date) -> bool {
    let life = situation.life_of(debit.id);
    !life.has_ended() && (life.is_underway() || today <= refundable_until(run))
}

fn shown(
    kasse: &Kasse,
    situation: &Situation,
    (out, batch): (&Out<'_>, &str),
    (debit, amount): (&DebitRow, Cents),
) -> Value {
    let message = match kasse.config.bank.files {
        Files::One => &out.message,
        Files::PerPmtinf => batch,
    };
    let claimed = situation.claimed().range(of_first(debit.id)).filter(|(_, amount)| **amount > 0);
    let items = claimed.filter_map(|((_, item), amount)| Some(allocation(situation.items.by_id(*item)?, *amount)));
    json!({
        "run": out.run.name,
        "message": message,
        "batch": batch,
        "end_to_end_id": debit.end_to_end_id,
        "mandate": situation.mandate_rows.get(&debit.mandate).map(|row| row.said.reference.as_str()),
        "kassenzeichen": debit.kassenzeichen,
        "amount": eur(amount.get()),
        "due": out.run.due.to_string(),
        "state": situation.life_of(debit.id).word(),
        "refundable_until": refundable_until(out.run).to_string(),
        "unauthorised_until": out.run.due.saturating_add(UNAUTHORISED_MONTHS.months()).to_string(),
        "items": items.collect::<Vec<Value>>(),
    })
}
