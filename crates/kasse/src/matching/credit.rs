//! Money that people placed and that is owed no more: a later list assessed less.
//!
//! What the rules placed, the next `match` decides anew; what a person placed, only this touches. Invariant: no item keeps
//! more of a person's placing than is assessed; the rest of the payment is a case again, the payer's until somebody decides.

use std::collections::BTreeMap;

use jiff::civil::Date;
use store::{HoldRow, NewVerdict, VerdictRow, WriteTx};

use crate::books::situation::Situation;
use crate::matching::evidence::Evidence;
use crate::matching::verdicts::difference;
use crate::{Kasse, Result};

/// Takes back from items what people placed beyond the newest assessment, the latest payment first; says how many cases
/// are open again.
pub(crate) async fn free(tx: &mut WriteTx, kasse: &Kasse) -> Result<usize> {
    let situation = kasse.situation(tx).await?;
    let touched = too_much(&situation);
    for (booking, after) in &touched {
        let Some(verdict) = situation.verdicts.get(booking) else { continue };
        let id = tx.add_verdicts(&[open_again(verdict, kasse.today)]).await?;
        tx.add_allocations(&difference(id, *booking, Some(&situation.parts_of(*booking)), after)).await?;
        let held = situation.holds.of(verdict.id).iter();
        tx.add_holds(&held.map(|hold| HoldRow { verdict: id, ..hold.clone() }).collect::<Vec<_>>()).await?;
    }
    Ok(touched.len())
}

/// Booking -> what stays placed of it: item -> cents.
fn too_much(situation: &Situation) -> BTreeMap<i64, BTreeMap<i64, i64>> {
    let placed = situation.placed();
    let mut paid: BTreeMap<i64, i64> = BTreeMap::new();
    placed.iter().for_each(|((_, item), cents)| *paid.entry(*item).or_default() += cents);
    let owed: BTreeMap<i64, i64> =
        situation.items.iter().map(|item| (item.id, item.said.amount - item.said.paid_before)).collect();
    let mut over: BTreeMap<i64, i64> = paid
        .into_iter()
        .filter_map(|(item, cents)| Some((item, cents - owed.get(&item)?)).filter(|(_, over)| *over > 0))
        .collect();
    let mut touched: BTreeMap<i64, BTreeMap<i64, i64>> = BTreeMap::new();
    for ((booking, item), cents) in placed.iter().rev() {
        let by_person = situation.verdicts.get(booking).is_some_and(|verdict| verdict.said.by_person);
        let Some(over) = over.get_mut(item).filter(|over| by_person && **over > 0) else { continue };
        let less = (*over).min(*cents);
        *over -= less;
        let after = touched.entry(*booking).or_insert_with(|| situation.parts_of(*booking));
        after.insert(*item, cents - less);
    }
    touched.values_mut().for_each(|after| after.retain(|_, cents| *cents != 0));
    touched
}

/// The person's verdict, its rest undecided again.
fn open_again(verdict: &VerdictRow, today: Date) -> NewVerdict {
    let mut evidence = Evidence::of(verdict);
    evidence.ground = "less is owed now than a person had placed of it".to_owned();
    NewVerdict {
        decision: "case".to_owned(),
        decided_on: today,
        wait_until: None,
        evidence: serde_json::to_string(&evidence).ok(),
        ..verdict.said.clone()
    }
}
