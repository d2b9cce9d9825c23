//! What the finance system must not dun, and which late charges and reminder fees it must cancel.
//!
//! Invariant: an item that was deferred, that a debit of ours takes, or that a doubtful payment could concern is not to be
//! dunned.

use std::collections::HashSet;

use sepa::nrw_working_day_on_or_after;
use serde_json::{Value, json};
use store::{ItemRow, Tx};

use crate::base::fee_items;
use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::treasury::fees::Fees;
use crate::{Kasse, Result};

/// An object per item that is not to be dunned, or of which a fee is to be cancelled.
///
/// # Errors
/// What the database says.
pub async fn blocks(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    rows(kasse, &mut tx, &situation).await
}

/// The same in a transaction.
pub(crate) async fn rows(kasse: &Kasse, tx: &mut Tx, situation: &Situation) -> Result<Vec<Value>> {
    let fees = Fees::load(kasse, tx, situation, situation.plan_mandates()).await?;
    let by_hand: HashSet<i64> = situation.hand_held().into_keys().collect();
    let rows = situation.items.iter().filter_map(|item| {
        let reason = reason(situation, item, &by_hand);
        let judged = fees.of(item);
        let to_cancel = judged.not_arisen() + judged.waived();
        (reason.is_some() || to_cancel > 0).then(|| {
            json!({
                "kassenzeichen": item.kassenzeichen,
                "posten": item.posten,
                "kind": fee_items::kind(item),
                "due": item.said.due.to_string(),
                "open": eur(situation.open_of(item.id)),
                "reason": reason,
                "to_cancel": eur(to_cancel),
            })
        })
    });
    Ok(rows.collect())
}

/// Why an item is not to be dunned; nothing where it is paid or may be dunned.
fn reason(situation: &Situation, item: &ItemRow, by_hand: &HashSet<i64>) -> Option<&'static str> {
    let is_open = situation.open_of(item.id) > 0;
    if situation.in_collection(item.id).is_some() {
        Some("in_collection")
    } else if is_open && (situation.held().contains_key(&item.id) || by_hand.contains(&item.id)) {
        Some("held")
    } else if is_open && situation.collectable_from(item) > nrw_working_day_on_or_after(item.said.due) {
        Some("deferred")
    } else {
        None
    }
}
