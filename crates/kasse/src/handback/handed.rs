//! What is still to do on items that were handed over: what is open of them, what our debits still do to them, what came back.
//!
//! Invariant: an item of which nothing is open and no debit lives is none of them.

use std::collections::HashMap;

use serde_json::{Value, json};
use store::{HandoverRow, ItemRow, LifeKind, LifeRow, Tx};

use crate::base::fee_items;
use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::{Kasse, Result};

/// An object per item that was handed over and is open, in collection, or owed again because its debit came back.
///
/// # Errors
/// What the database says.
pub async fn handed(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    rows(&mut tx, &situation).await
}

/// The same in a transaction.
pub(crate) async fn rows(tx: &mut Tx, situation: &Situation) -> Result<Vec<Value>> {
    let handovers: HashMap<i64, HandoverRow> =
        store::handovers(tx).await?.into_iter().map(|row| (row.id, row)).collect();
    let back = came_back(situation);
    let row = |item: &ItemRow| {
        let number = situation.handed_over.get(&item.id)?;
        let state = situation.states.get(&item.id).copied().unwrap_or_default();
        let open = situation.open_of(item.id);
        if open <= 0 && state.in_collection == 0 {
            return None;
        }
        let ended = back.get(&item.id);
        Some(json!({
            "kassenzeichen": item.kassenzeichen,
            "posten": item.posten,
            "kind": fee_items::kind(item),
            "due": item.said.due.to_string(),
            "handover": number,
            "as_of": handovers.get(number).map(|row| row.said.what.0.to_string()),
            "open": eur(open),
            "in_collection": eur(state.in_collection),
            "came_back": ended.map(|row| row.day.to_string()),
            "reason": ended.and_then(|row| row.reason.as_deref()),
        }))
    };
    Ok(situation.items.iter().filter_map(row).collect())
}

/// Item -> the newest word that a debit of it came back or was rejected.
fn came_back(situation: &Situation) -> HashMap<i64, &LifeRow> {
    let ends = situation.life.iter().filter(|row| row.kind != LifeKind::Settled);
    let ends: HashMap<i64, &LifeRow> = ends.map(|row| (row.debit, row)).collect();
    let mut back = HashMap::new();
    for (debit, item) in situation.claimed().keys() {
        if let Some(row) = ends.get(debit).filter(|_| situation.handed_over.contains_key(item)) {
            back.insert(*item, *row);
        }
    }
    back
}
