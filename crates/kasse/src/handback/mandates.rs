//! Mandates as the finance system needs them again: which there are, which were revoked, when each was last used, and which of
//! their changes a debit of ours has told the payer's bank.
//!
//! Invariant: an amendment counts as told once a debit by the amended mandate was credited; until then each debit must carry it
//! (EPC SDD Core rulebook, AT-24 and following).

use std::collections::HashMap;

use jiff::civil::Date;
use sepa::MandateId;
use serde_json::{Value, json};
use store::{LifeKind, MandateRow, NewMandate};

use crate::base::shown::with;
use crate::books::situation::Situation;
use crate::{Kasse, Result};

/// An object per mandate and Kassenzeichen, with holder and account.
///
/// # Errors
/// What the database says.
pub async fn mandates(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    Ok(rows(&situation).into_iter().map(|row| named(&situation, row)).collect())
}

/// The same without names and accounts; `row` leads to them.
pub(crate) fn rows(situation: &Situation) -> Vec<Value> {
    let used: HashMap<i64, &ledger::plan::Mandate> =
        situation.plan_mandates().iter().map(|mandate| (mandate.id, mandate)).collect();
    let (credited, histories) = (credited(situation), histories(situation));
    let mut rows: Vec<&MandateRow> = situation.mandates.iter().collect();
    let name = |row: &MandateRow| (row.said.reference.clone(), row.said.kassenzeichen.clone());
    rows.sort_by_cached_key(|row| name(row));
    rows.into_iter()
        .map(|row| {
            let said = &row.said;
            let plan = used.get(&row.id);
            let last_used = plan.map_or(said.last_used, |plan| plan.last_used);
            let day = |day: Option<Date>| day.map(|day| day.to_string());
            let history = histories.get(&MandateId::key(&said.reference)).map_or(&[][..], Vec::as_slice);
            let is_amended = amends(said, row.id, history);
            let alike = history.iter().filter(|other| tells_alike(&other.said, said));
            let told = alike.filter_map(|other| credited.get(&other.id).copied()).min().filter(|_| is_amended);
            json!({
                "mandate": said.reference,
                "kassenzeichen": situation.items.printed_as(&said.kassenzeichen),
                "status": said.status,
                "scheme": said.scheme,
                "one_off": said.one_off,
                "signed": said.signed.to_string(),
                "last_used": day(last_used),
                "in_run": plan.is_some_and(|plan| plan.in_run),
                "waits_for_confirmation": plan.is_some_and(|plan| plan.unconfirmed_account),
                "creditor_id": said.creditor_id,
                "old_mandate": said.old_reference,
                "old_creditor_id": said.old_creditor_id,
                "amended": is_amended,
                "amendment_told": day(told),
                "row": row.id,
            })
        })
        .collect()
}

/// By mandate, every row that ever said something of it.
fn histories(situation: &Situation) -> HashMap<String, Vec<&MandateRow>> {
    let mut own: HashMap<String, Vec<&MandateRow>> = HashMap::new();
    for row in situation.mandate_rows.values() {
        own.entry(MandateId::key(&row.said.reference)).or_default().push(row);
    }
    own
}

/// Whether debits by a mandate must tell the bank that it was another one, another creditor's or another account's.
fn amends(said: &NewMandate, id: i64, history: &[&MandateRow]) -> bool {
    said.old_reference.as_ref().is_some_and(|old| *old != said.reference)
        || said.old_creditor_id.is_some()
        || said.old_iban.as_ref().is_some_and(|old| *old != said.iban)
        || history.iter().any(|other| other.id < id && other.said.iban != said.iban)
}

/// Whether a debit by one row told the bank what a debit by the other one would.
fn tells_alike(one: &NewMandate, other: &NewMandate) -> bool {
    one.iban == other.iban && one.old_reference == other.old_reference && one.old_creditor_id == other.old_creditor_id
}

/// Mandate row -> the day on which the first debit by it was credited that did not come back.
fn credited(situation: &Situation) -> HashMap<i64, Date> {
    let days = situation.life.iter().filter(|row| row.kind == LifeKind::Settled);
    let days: HashMap<i64, Date> = days.map(|row| (row.debit, row.day)).collect();
    let mut credited: HashMap<i64, Date> = HashMap::new();
    for debit in situation.debits.iter().filter(|debit| !situation.life_of(debit.id).has_ended()) {
        if let Some(day) = days.get(&debit.id) {
            let own = credited.entry(debit.mandate).or_insert(*day);
            *own = (*own).min(*day);
        }
    }
    credited
}

/// A row with the holder and the account in place of `row`.
pub(crate) fn named(situation: &Situation, mut row: Value) -> Value {
    let id = row.get("row").and_then(Value::as_i64).unwrap_or(0);
    if let Some(fields) = row.as_object_mut() {
        fields.shift_remove("row");
    }
    let said = situation.mandate_rows.get(&id).map(|row| &row.said);
    let more = json!({
        "holder": said.map(|said| said.holder.as_str()),
        "iban": said.map(|said| said.iban.as_str()),
        "old_iban": said.and_then(|said| said.old_iban.as_deref()),
    });
    with(row, more)
}
