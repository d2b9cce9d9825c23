//! What a run was planned to take and takes no more: money, a doubt or a change came since.
//!
//! Invariant: derived from the claims alone; why, is said of the books as they are now.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};
use store::ItemRow;

use crate::base::shown::eur;
use crate::books::situation::Situation;

/// Each item of which a run takes less than was planned, and why.
pub(crate) fn fallen(situation: &Situation, run: i64) -> Vec<Value> {
    let of_run: HashSet<i64> = situation.debits.iter().filter(|debit| debit.run == run).map(|debit| debit.id).collect();
    let mut planned: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for claim in situation.claims.iter().filter(|claim| of_run.contains(&claim.debit)) {
        let (first, now) = planned.entry(claim.item).or_default();
        *first += claim.amount.max(0);
        *now += if matches!(claim.cause.as_str(), "planned" | "lowered") { claim.amount } else { 0 };
    }
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let why = Why::new(situation);
    planned
        .into_iter()
        .filter(|(_, (first, now))| now < first)
        .filter_map(|(id, (first, now))| {
            let item = *items.get(&id)?;
            Some(json!({
                "kassenzeichen": item.kassenzeichen, "posten": item.posten, "planned": eur(first), "now": eur(now),
                "why": why.of(item),
            }))
        })
        .collect()
}

struct Why<'a> {
    situation: &'a Situation,
    held: &'a HashMap<i64, Vec<(i64, String)>>,
    by_hand: HashMap<i64, Vec<&'a crate::books::situation::HandHold>>,
}

impl<'a> Why<'a> {
    fn new(situation: &'a Situation) -> Why<'a> {
        Why { situation, held: situation.held(), by_hand: situation.hand_held() }
    }

    fn of(&self, item: &ItemRow) -> String {
        let transferred =
            self.situation.states.get(&item.id).map_or(0, |state| state.transferred) - item.said.paid_before;
        if self.situation.handed_over.contains_key(&item.id) {
            "it was handed over: the finance system collects it".to_owned()
        } else if let Some((case, _)) = self.held.get(&item.id).and_then(|cases| cases.first()) {
            format!("case {case} could concern it")
        } else if self.by_hand.contains_key(&item.id) {
            "a person holds it".to_owned()
        } else if transferred > 0 {
            format!("{} EUR came by transfer", eur(transferred))
        } else {
            "less is assessed, it is due later, its mandate has changed, or a doubt held it for a time".to_owned()
        }
    }
}
