//! What the debits of a run take.
//!
//! Must not know why. Invariant: a run takes what its claims say now, and what its debits take beside them at the bank.

use std::collections::BTreeMap;

use store::{ClaimRow, DebitRow, RunRow, Tx};

use crate::books::situation::{Situation, of_first};
use crate::{Error, Result};

/// A run that must exist.
pub(crate) async fn run_of(tx: &mut Tx, name: &str) -> Result<RunRow> {
    store::run_by_name(tx, name).await?.ok_or_else(|| Error::Unknown(format!("there is no run {name:?}")))
}

/// What one debit takes now.
#[derive(Clone, Debug)]
pub(crate) struct Taking {
    pub(crate) debit: DebitRow,
    /// What it takes of which item, cents above zero: its claims, and what it takes beside them at the bank.
    pub(crate) items: BTreeMap<i64, i64>,
    /// What it takes in all, cents; above the sum of its items where some of it is for none.
    pub(crate) amount: i64,
}

/// What the debits of a run take now; those that fell to nothing are no part of it.
pub(crate) fn takings(situation: &Situation, run: i64) -> Vec<Taking> {
    let (claimed, absorbed) = (situation.claimed(), situation.absorbed());
    let own = situation.debits.iter().filter(|debit| debit.run == run);
    own.filter_map(|debit| {
        let mut items: BTreeMap<i64, i64> =
            claimed.range(of_first(debit.id)).map(|((_, item), amount)| (*item, *amount)).collect();
        let amount = items.values().sum::<i64>() + absorbed.beside(debit.id);
        absorbed.of_debit(debit.id).for_each(|(item, part)| *items.entry(item).or_insert(0) += part);
        (amount > 0).then(|| Taking { debit: debit.clone(), items, amount })
    })
    .collect()
}

/// What takes back all that a run still claims.
pub(crate) fn freeing(situation: &Situation, run: i64) -> Vec<ClaimRow> {
    let (claimed, runs) = (situation.claimed(), situation.run_of_debit());
    let own = claimed.iter().filter(|((debit, _), _)| runs.get(debit) == Some(&run));
    own.map(|(&(debit, item), amount)| ClaimRow { id: 0, debit, item, amount: -amount, cause: "cancelled".to_owned() })
        .collect()
}
