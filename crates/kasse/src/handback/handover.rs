//! `einmal handover`: two people end our collecting of items, because the finance system collects them again.
//!
//! Invariant: from then on no debit of ours takes them: planned ones are released in the same transaction, and what comes back
//! later is owed to the finance system. Debits at the bank live on, and only what the bank says of them is taken.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::levies;
use serde_json::{Value, json};
use store::{HandoverRow, ItemRow};

use crate::base::rights::Right;
use crate::base::shown::eur;
use crate::books::recount::recount;
use crate::books::situation::Situation;
use crate::handback::living;
use crate::intake::corrections::TwoSay;
use crate::{Error, Kasse, Result};

/// What a handover did.
#[derive(Clone, Debug, PartialEq)]
pub struct HandedOver {
    /// Its number.
    pub number: i64,
    /// The figures; what planned debits no longer take, by run; and the debits that still live.
    pub value: Value,
}

/// Ends our collecting of every item that the books hold, or of those of a levy: the finance system collects them from `as_of` on.
///
/// # Errors
/// [`Error::Refused`] for one name, for no reason, for a day to come, and where nothing is left; [`Error::Unknown`] for a levy
/// of which there is no item.
pub async fn handover(kasse: &Kasse, as_of: Date, levy: Option<&str>, said: &TwoSay) -> Result<HandedOver> {
    said.check()?;
    if as_of > kasse.today {
        return Err(Error::Refused(format!(
            "the day of the handover, {as_of}, is after {}: name a day that has come",
            kasse.today
        )));
    }
    let mut tx = kasse.write(Right::Plan, &said.who, "handover", &said.reason).await?;
    kasse.with(&mut tx, Right::Release, &said.with).await?;
    let before = kasse.situation(&mut tx).await?;
    let items = meant(&before, levy)?;
    let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
    let is_open = |item: &&&ItemRow| before.open_of(item.id) > 0;
    let open: Vec<i64> = items.iter().filter(is_open).map(|item| before.open_of(item.id)).collect();
    let number = tx.add_handover(&said.signed((as_of, levy.map(str::to_owned))), &ids).await?;
    recount(&mut tx, kasse).await?;
    let after = kasse.situation(&mut tx).await?;
    let value = json!({
        "handover": number,
        "as_of": as_of.to_string(),
        "levy": levy,
        "items": ids.len(),
        "open_items": open.len(),
        "open": eur(open.iter().fold(0, |sum, open| i64::saturating_add(sum, *open))),
        "released": released(&before, &after),
        "living": living_of(kasse, &after, number),
    });
    tx.commit(&format!("handover {number}")).await?;
    Ok(HandedOver { number, value })
}

/// The items that are not handed over yet.
fn meant<'s>(situation: &'s Situation, levy: Option<&str>) -> Result<Vec<&'s ItemRow>> {
    let key = levy.map(levies::key);
    let own = |item: &&ItemRow| key.as_ref().is_none_or(|key| levies::key(&item.said.kind) == *key);
    if let Some(levy) = levy
        && !situation.items.iter().any(|item| own(&item))
    {
        return Err(Error::Unknown(format!("the books have no item of the levy {levy:?}")));
    }
    let items = situation.items.iter().filter(own).filter(|item| !situation.handed_over.contains_key(&item.id));
    let items: Vec<&ItemRow> = items.collect();
    match items.is_empty() {
        true => Err(Error::Refused("every one of these items was handed over before".to_owned())),
        false => Ok(items),
    }
}

/// What runs that have not left the house take no longer: debits and cents by run.
fn released(before: &Situation, after: &Situation) -> Vec<Value> {
    let mut runs: BTreeMap<i64, (usize, i64)> = BTreeMap::new();
    let mut debits: BTreeMap<i64, i64> = BTreeMap::new();
    for ((debit, item), amount) in before.claimed() {
        let left = after.claimed().get(&(*debit, *item)).copied().unwrap_or(0);
        if left < *amount {
            *debits.entry(*debit).or_default() += amount - left;
        }
    }
    for (debit, amount) in debits {
        if let Some(run) = before.run_of_debit().get(&debit) {
            let own = runs.entry(*run).or_default();
            *own = (own.0 + 1, own.1.saturating_add(amount));
        }
    }
    let names: HashMap<i64, &str> = before.runs.iter().map(|run| (run.id, run.name.as_str())).collect();
    let row = |(run, (debits, amount)): (i64, (usize, i64))| json!({"run": names.get(&run), "debits": debits, "amount": eur(amount)});
    runs.into_iter().map(row).collect()
}

/// The living debits that take of the items of a handover.
fn living_of(kasse: &Kasse, situation: &Situation, number: i64) -> Vec<Value> {
    let handed = |one: &Value| {
        let kassenzeichen = one["kassenzeichen"].as_str()?;
        let posten = one["posten"].as_str()?;
        let mut own = situation.items.of_canonical(&canonical(kassenzeichen));
        let item = own.find(|item| item.posten == posten)?;
        situation.handed_over.get(&item.id).filter(|own| **own == number)
    };
    let is_own = |row: &Value| row["items"].as_array().into_iter().flatten().any(|one| handed(one).is_some());
    living::rows(kasse, situation).into_iter().filter(is_own).collect()
}

/// Takes a handover back: we collect its items again.
///
/// # Errors
/// [`Error::Unknown`] for a handover that is none, [`Error::Refused`] for one name, for no reason, or a second time.
pub async fn handover_withdraw(kasse: &Kasse, number: i64, said: &TwoSay) -> Result<()> {
    said.check()?;
    let mut tx = kasse.write(Right::Plan, &said.who, "handover withdraw", &said.reason).await?;
    kasse.with(&mut tx, Right::Release, &said.with).await?;
    if !store::handovers(&mut tx).await?.iter().any(|row| row.id == number) {
        return Err(Error::Unknown(format!("there is no handover {number}")));
    }
    if store::handover_ends(&mut tx).await?.iter().any(|end| end.what == number) {
        return Err(Error::Refused(format!("handover {number} was taken back before")));
    }
    tx.add_handover_end(&said.signed(number)).await?;
    Ok(tx.commit(&format!("handover {number}")).await?)
}

/// An object per handover, also those that were taken back.
///
/// # Errors
/// What the database says.
pub async fn handovers(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let ends = store::handover_ends(&mut tx).await?;
    let mut items: HashMap<i64, usize> = HashMap::new();
    for (_, number) in store::handed_over(&mut tx).await? {
        *items.entry(number).or_default() += 1;
    }
    let row = |row: &HandoverRow| {
        let (as_of, levy) = &row.said.what;
        let end = ends.iter().find(|end| end.what == row.id);
        json!({
            "handover": row.id, "as_of": as_of.to_string(), "levy": levy,
            "items": items.get(&row.id).copied().unwrap_or(0), "reason": row.said.reason, "by": row.said.actor,
            "with": row.said.second, "taken_back_by": end.map(|end| [end.actor.as_str(), end.second.as_str()]),
        })
    };
    Ok(store::handovers(&mut tx).await?.iter().map(row).collect())
}
