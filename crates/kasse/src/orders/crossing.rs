//! What a written file would take if it were written now: money that came in since lowers it no more, and says so here.
//!
//! Must not know who asks. Invariant: what is not counted here would stay in the file if it yielded to money still.

use std::collections::{HashMap, HashSet};

use store::RunRow;

use crate::Kasse;
use crate::books::situation::Situation;
use crate::matching::evidence::Outcome;
use crate::matching::verdicts::decide_all;

/// How many debits of a run whose file was written take more than they would, were it written now.
pub(crate) fn crossed(kasse: &Kasse, situation: &Situation, run: &RunRow) -> usize {
    crossed_debits(kasse, situation, run).len()
}

/// Which these are.
pub(crate) fn crossed_debits(kasse: &Kasse, situation: &Situation, run: &RunRow) -> HashSet<i64> {
    let yielding = situation.as_if_planned(run.id);
    let outcomes = decide_all(kasse, &yielding, None, |_| false);
    let money = Money::new(situation, &outcomes);
    let runs = situation.run_of_debit();
    let own = situation
        .claimed()
        .iter()
        .filter(|((debit, _), _)| runs.get(debit) == Some(&run.id) && situation.life_of(*debit).is_underway());
    let crossed = own.filter(|((_, item), claim)| money.room(situation, *item) < **claim);
    crossed.map(|((debit, _), _)| *debit).collect()
}

/// What came in and would be placed, and what would be in doubt.
struct Money {
    /// Item -> cents.
    placed: HashMap<i64, i64>,
    held: HashSet<i64>,
}

impl Money {
    fn new(situation: &Situation, outcomes: &[Outcome]) -> Money {
        let by_rules: HashSet<i64> = outcomes.iter().map(|outcome| outcome.booking).collect();
        let mut placed: HashMap<i64, i64> = HashMap::new();
        let parts = outcomes.iter().flat_map(|outcome| &outcome.parts).map(|(item, cents)| (*item, *cents));
        let by_people = situation.placed().iter().filter(|((booking, _), _)| !by_rules.contains(booking));
        for (item, cents) in parts.chain(by_people.map(|((_, item), cents)| (*item, *cents))) {
            *placed.entry(item).or_insert(0) += cents;
        }
        let in_doubt = outcomes.iter().filter(|outcome| outcome.decision == "case");
        let doubts_of_people = situation.cases.keys().filter(|booking| !by_rules.contains(booking));
        let verdicts = doubts_of_people.filter_map(|booking| situation.verdicts.get(booking));
        let held = in_doubt.flat_map(|outcome| outcome.holds.keys().copied());
        let held = held.chain(verdicts.flat_map(|verdict| situation.holds.of(verdict.id)).map(|hold| hold.item));
        Money { placed, held: held.collect() }
    }

    /// What a debit could take of an item, cents.
    fn room(&self, situation: &Situation, item: i64) -> i64 {
        let Some(row) = situation.items.by_id(item).filter(|_| !self.held.contains(&item)) else { return 0 };
        let collected = situation.states.get(&item).map_or(0, |state| state.collected);
        row.said.amount - row.said.paid_before - self.placed.get(&item).copied().unwrap_or(0) - collected
    }
}
