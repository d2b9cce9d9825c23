//! What is held back from collection, a row for each reason: whoever collects next must know of it.

use serde_json::{Value, json};
use store::ItemRow;

use crate::base::fee_items;
use crate::base::shown::{self, eur};
use crate::books::situation::{HandHold, Situation};
use crate::cases::hand_holds;
use crate::{Kasse, Result};

/// An object per item and what holds it: a case, a list, a debit that came back, or a person.
///
/// # Errors
/// What the database says.
pub async fn holds(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    Ok(rows(&situation))
}

/// The same of books that were loaded.
pub(crate) fn rows(situation: &Situation) -> Vec<Value> {
    let by_hand = situation.hand_held();
    let of_item = |item: &ItemRow| of_item(situation, by_hand.get(&item.id).map_or(&[], Vec::as_slice), item);
    situation.items.iter().flat_map(of_item).collect()
}

fn of_item(situation: &Situation, by_hand: &[&HandHold], item: &ItemRow) -> Vec<Value> {
    let by_case = situation.held().get(&item.id).into_iter().flatten();
    let by_case = by_case.map(|(case, reason)| shown::case_hold(*case, reason));
    by_case.chain(by_hand.iter().map(|hold| hand_holds::shown(hold))).map(|hold| row(situation, item, &hold)).collect()
}

/// All rows have the same fields in the same order.
fn row(situation: &Situation, item: &ItemRow, hold: &Value) -> Value {
    json!({
        "kassenzeichen": item.kassenzeichen,
        "posten": item.posten,
        "kind": fee_items::kind(item),
        "due": item.said.due.to_string(),
        "open": eur(situation.open_of(item.id)),
        "case": hold["case"],
        "reason": hold["reason"],
        "until": hold["until"],
        "by": hold["by"],
        "may_be_lifted_by": hold["may_be_lifted_by"],
    })
}
