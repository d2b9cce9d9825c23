//! The counters of the items, recomputed from the facts, and what money and doubt take out of planned debits.
//!
//! Invariant: after every use case that adds facts, `item_state` is what this module makes of them; `verify` compares.

use std::collections::HashMap;

use ledger::plan::{Claim, lowered};
use sepa::Cents;
use store::{ClaimRow, EventKind, StateRow, WriteTx, set_state};

use crate::Result;
use crate::situation::Situation;

/// What the counters must be, by item.
pub(crate) fn counters(situation: &Situation) -> HashMap<i64, StateRow> {
    let mut states: HashMap<i64, StateRow> = situation
        .items
        .iter()
        .map(|item| (item.id, StateRow { item: item.id, transferred: item.said.paid_before, ..StateRow::default() }))
        .collect();
    for ((_, item), amount) in situation.placed() {
        if let Some(state) = states.get_mut(&item) {
            state.transferred += amount;
        }
    }
    let (stages, runs) = (situation.stages(), situation.run_of_debit());
    for ((debit, item), amount) in situation.claimed() {
        let run = runs.get(&debit).copied();
        let living = run.and_then(|run| stages.get(&run)).is_some_and(|stage| stage.is_living());
        if let Some(state) = states.get_mut(&item).filter(|_| living) {
            state.in_collection += amount;
            state.run = run;
        }
    }
    for item in &situation.items {
        if let Some(state) = states.get_mut(&item.id) {
            // money that already stands above a reduced assessment, but never above what was once assessed
            let stands = state.transferred + state.in_collection + state.collected;
            state.amount = item.said.amount.max(stands.min(item.highest));
        }
    }
    states
}

/// Lowers planned debits by what has been paid or held since, and stores the counters.
///
/// Loads the facts anew: to be called when a use case has added all of its own.
pub(crate) async fn recount(tx: &mut WriteTx) -> Result<()> {
    let mut situation = Situation::load(tx).await?;
    if lower_claims(tx, &situation).await? {
        situation = Situation::load(tx).await?;
    }
    let states = counters(&situation);
    let mut changed: Vec<StateRow> =
        states.into_values().filter(|state| situation.states.get(&state.item) != Some(state)).collect();
    // what frees room must come before what takes it, item by item: one row per item, so any order holds
    changed.sort_by_key(|state| state.item);
    Ok(set_state(tx, &changed).await?)
}

/// Takes out of runs that have not left the house what is paid or held; a release that this changes falls.
async fn lower_claims(tx: &mut WriteTx, situation: &Situation) -> Result<bool> {
    let (stages, runs, held) = (situation.stages(), situation.run_of_debit(), situation.held());
    let states = counters(situation);
    let assessed: HashMap<i64, i64> = situation.items.iter().map(|item| (item.id, item.said.amount)).collect();
    let yields =
        |debit: &i64| runs.get(debit).and_then(|run| stages.get(run)).is_some_and(|stage| stage.yields_to_money());
    let claims: Vec<Claim> = situation
        .claimed()
        .into_iter()
        .filter(|((debit, _), _)| yields(debit))
        .map(|((debit, item), amount)| Claim { debit, item, amount: Cents::new(amount) })
        .collect();
    let room = |item: i64| {
        let paid = states.get(&item).map_or(0, |state| state.transferred + state.collected);
        let open = assessed.get(&item).copied().unwrap_or(0).saturating_sub(paid);
        Cents::new(if held.contains_key(&item) { 0 } else { open })
    };
    let less = lowered(&claims, room);
    let rows: Vec<ClaimRow> = less
        .iter()
        .map(|claim| ClaimRow {
            debit: claim.debit,
            item: claim.item,
            amount: -claim.amount.get(),
            cause: "lowered".to_owned(),
        })
        .collect();
    tx.add_claims(&rows).await?;
    let mut touched: Vec<i64> = less.iter().filter_map(|claim| runs.get(&claim.debit).copied()).collect();
    touched.sort_unstable();
    touched.dedup();
    for run in touched {
        if stages.get(&run) == Some(&ledger::gate::Stage::Released) {
            tx.add_event(run, EventKind::Voided, None).await?;
        }
    }
    Ok(!less.is_empty())
}
