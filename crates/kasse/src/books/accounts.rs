//! Which account of a mandate stands, where lists have named several.
//!
//! Invariant: the account of a mandate's first row is in effect until a person has confirmed another one.

use std::collections::{HashMap, HashSet};

use store::MandateRow;

use crate::books::situation::Situation;

/// The account that stands, by mandate: the last that was in effect.
pub(crate) fn standing(situation: &Situation) -> HashMap<&str, &str> {
    let newest = in_effect(situation).into_iter().filter_map(|(reference, rows)| Some((reference, *rows.last()?)));
    newest.map(|(reference, row)| (reference, row.said.iban.as_str())).collect()
}

/// The rows of each mandate whose account was in effect, the oldest first: the first one, and what was confirmed.
pub(crate) fn in_effect(situation: &Situation) -> HashMap<&str, Vec<&MandateRow>> {
    let mut rows: Vec<&MandateRow> = situation.mandate_rows.values().collect();
    rows.sort_by_key(|row| row.id);
    let mut history: HashMap<&str, Vec<&MandateRow>> = HashMap::new();
    for row in rows {
        let known = history.entry(&row.said.reference).or_default();
        if known.is_empty() || situation.confirmed_accounts.contains(&row.id) {
            known.push(row);
        }
    }
    history
}

/// The newest rows of mandates with another account than the one that stands.
pub(crate) fn unconfirmed(situation: &Situation) -> HashSet<i64> {
    let standing = standing(situation);
    let other = |row: &&MandateRow| standing.get(row.said.reference.as_str()) != Some(&row.said.iban.as_str());
    situation.mandates.iter().filter(other).map(|row| row.id).collect()
}
