//! Details that came after a booking which a statement told without them: the same day in another format.
//!
//! Invariant: money is counted once: the booking, or the details that stand for it.

use std::collections::{BTreeMap, HashMap, HashSet};

use sepa::Cents;

/// Details that stand for a booking which a statement told without them: (id, amount, for which). Adds to what is no money:
/// that booking, or else, where an advice resolves it already or they are another sum, the details.
pub fn stand_for(told: &[(i64, Cents, Option<i64>)], left_out: &mut HashSet<i64>) {
    let mut groups: BTreeMap<i64, Vec<(i64, Cents)>> = BTreeMap::new();
    for (id, amount, whole) in told {
        whole.iter().for_each(|whole| groups.entry(*whole).or_default().push((*id, *amount)));
    }
    if groups.is_empty() {
        return;
    }
    let amounts: HashMap<i64, Cents> = told.iter().map(|(id, amount, _)| (*id, *amount)).collect();
    for (whole, details) in groups {
        let sum = Cents::sum(details.iter().map(|(_, amount)| *amount));
        if !left_out.contains(&whole) && sum.is_some() && sum == amounts.get(&whole).copied() {
            left_out.insert(whole);
        } else {
            left_out.extend(details.iter().map(|(id, _)| *id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_stand_for_what_a_statement_told_without_them() {
        for (told, before, expected) in [
            ("1 100 -, 2 60 1, 3 40 1", vec![], vec![1]),
            ("1 100 -, 2 60 1, 3 30 1", vec![], vec![2, 3]),
            ("1 100 -, 2 60 1, 3 40 1", vec![1], vec![1, 2, 3]),
            ("1 100 -", vec![], vec![]),
        ] {
            let rows = told.split(", ").map(|row| {
                let cells: Vec<&str> = row.split(' ').collect();
                (cells[0].parse().unwrap(), Cents::parse(cells[1]).unwrap(), cells[2].parse().ok())
            });
            let mut left_out: HashSet<i64> = before.iter().copied().collect();
            stand_for(&rows.collect::<Vec<_>>(), &mut left_out);
            let mut left_out: Vec<i64> = left_out.into_iter().collect();
            left_out.sort_unstable();
            assert_eq!(left_out, expected, "{told} {before:?}");
        }
    }
}
