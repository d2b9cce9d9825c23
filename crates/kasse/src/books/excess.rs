//! Debits at the bank that take more than is owed now: what was assessed has fallen since, or restored books had less free.
//!
//! Invariant: derived from what debits take and the newest assessments alone; a debit that has not left the house is never here,
//! for it was lowered.

use std::collections::HashMap;

use serde_json::{Value, json};
use store::{DebitRow, ItemRow, RunRow};

use crate::base::shown::eur;
use crate::books::situation::Situation;

/// What one debit takes of one item beyond what is owed.
pub(crate) struct Excess<'a> {
    run: &'a RunRow,
    debit: &'a DebitRow,
    item: &'a ItemRow,
    claimed: i64,
    owed: i64,
}

/// Every debit that takes too much, by run, debit and item.
pub(crate) fn excess(situation: &Situation) -> Vec<Excess<'_>> {
    let stages = situation.stages();
    let is_gone = |run: &i64| stages.get(run).is_some_and(|stage| stage.is_living() && !stage.yields_to_money());
    let runs: HashMap<i64, &RunRow> = situation.runs.iter().map(|run| (run.id, run)).collect();
    let lives = |debit: &&DebitRow| !situation.life_of(debit.id).has_ended();
    let gone = situation.debits.iter().filter(|debit| is_gone(&debit.run)).filter(lives);
    let debits: HashMap<i64, &DebitRow> = gone.map(|debit| (debit.id, debit)).collect();
    if debits.is_empty() {
        return Vec::new();
    }
    let claims = situation.claimed();
    let mut taken = claims.clone();
    for row in situation.absorbed().excess() {
        *taken.entry((row.debit, row.item)).or_insert(0) += row.amount;
    }
    taken
        .into_iter()
        .filter_map(|((debit, item), claimed)| {
            let (debit, item) = (*debits.get(&debit)?, situation.items.by_id(item)?);
            let run = *runs.get(&debit.run)?;
            let state = situation.states.get(&item.id)?;
            let claim = claims.get(&(debit.id, item.id)).copied().unwrap_or(0);
            // what this debit itself brought in is no reason for it to take less
            let own = if situation.life_of(debit.id).is_collected() { claim } else { 0 };
            let owed = (item.said.amount - state.transferred - (state.collected - own)).clamp(0, claim);
            (claimed > owed).then_some(Excess { run, debit, item, claimed, owed })
        })
        .collect()
}

impl Excess<'_> {
    /// Whether it is of this run.
    pub(crate) fn is_of(&self, run: i64) -> bool {
        self.run.id == run
    }

    /// The debit.
    pub(crate) fn debit_id(&self) -> i64 {
        self.debit.id
    }

    /// As `collect show` lists it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "kassenzeichen": self.item.kassenzeichen, "posten": self.item.posten, "end_to_end_id": self.debit.end_to_end_id,
            "claimed": eur(self.claimed), "owed": eur(self.owed), "excess": eur(self.claimed - self.owed),
        })
    }
}

impl std::fmt::Display for Excess<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Excess { run, item, claimed, owed, .. } = self;
        write!(
            f,
            "the debit of {}/{} in run {} takes {} EUR, owed are {} EUR now: recall it before {}, or refund {} EUR after",
            item.kassenzeichen,
            item.posten,
            run.name,
            eur(*claimed),
            eur(*owed),
            run.due,
            eur(claimed - owed)
        )
    }
}
