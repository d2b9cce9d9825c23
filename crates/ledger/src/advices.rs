//! Batch bookings that an advice resolves (camt.054 beside camt.053).
//!
//! Invariant: money is counted once: either the statement's one booking of a batch, or the details that an advice tells
//! of it, never both; and details without such a booking are no money at all.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use sepa::Cents;

/// A booking, as far as resolving looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// Our account.
    pub account: String,
    /// Its entry.
    pub entry: i64,
    /// How many details its entry has.
    pub details: i64,
    /// Below zero where our account was debited.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// References of its entry: the bank's, and the batch's.
    pub references: Vec<String>,
    /// Whether an advice told of it.
    pub advised: bool,
}

/// The bookings that are no money of their own: batches that were resolved, and details that resolve nothing.
pub fn not_money(lines: &[Line]) -> HashSet<i64> {
    let mut groups: BTreeMap<i64, Vec<&Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.advised) {
        groups.entry(line.entry).or_default().push(line);
    }
    let mut whole: HashMap<(&str, Date, Cents), Vec<&Line>> = HashMap::new();
    for line in lines.iter().filter(|line| !line.advised && line.details <= 1) {
        whole.entry((&line.account, line.booked, line.amount)).or_default().push(line);
    }
    let mut left_out: HashSet<i64> = HashSet::new();
    for group in groups.values() {
        match resolved(group, &whole, &left_out) {
            Some(batch) => drop(left_out.insert(batch)),
            None => left_out.extend(group.iter().map(|line| line.id)),
        }
    }
    left_out
}

/// The statement's booking that consists of these details: same account, day and sum, and a reference in common, else
/// the only one there is.
fn resolved(group: &[&Line], whole: &HashMap<(&str, Date, Cents), Vec<&Line>>, taken: &HashSet<i64>) -> Option<i64> {
    let first = group.first().filter(|_| group.len() > 1)?;
    let sum = Cents::sum(group.iter().map(|line| line.amount))?;
    let free = whole.get(&(first.account.as_str(), first.booked, sum))?.iter().filter(|line| !taken.contains(&line.id));
    let free: Vec<&&Line> = free.collect();
    let named = free.iter().find(|line| line.references.iter().any(|reference| first.references.contains(reference)));
    match (named, free.as_slice()) {
        (Some(line), _) | (None, [line]) => Some(line.id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ID ENTRY DETAILS AMOUNT REFERENCE [advised]`
    fn line(text: &str) -> Line {
        let cells: Vec<&str> = text.split_whitespace().collect();
        Line {
            id: cells[0].parse().unwrap(),
            account: "A".to_owned(),
            entry: cells[1].parse().unwrap(),
            details: cells[2].parse().unwrap(),
            amount: Cents::parse(cells[3]).unwrap(),
            booked: "2024-03-08".parse().unwrap(),
            references: vec![cells[4].to_owned()],
            advised: cells.get(5).is_some(),
        }
    }

    #[track_caller]
    fn check(lines: &[&str], expected: &[i64]) {
        let forward: Vec<Line> = lines.iter().map(|text| line(text)).collect();
        let backward: Vec<Line> = forward.iter().rev().cloned().collect();
        for lines in [forward, backward] {
            let mut left_out: Vec<i64> = not_money(&lines).into_iter().collect();
            left_out.sort_unstable();
            assert_eq!(left_out, expected, "{lines:?}");
        }
    }

    #[test]
    fn a_batch_counts_once() {
        let details = ["2 20 2 60 B1 advised", "3 20 2 40 B1 advised"];
        check(&["1 10 0 100 B1", details[0], details[1]], &[1]);
        check(&["1 10 0 100 other", details[0], details[1]], &[1]);
        check(&["1 10 0 90 B1", details[0], details[1]], &[2, 3]);
        check(&details, &[2, 3]);
        check(&["1 10 2 60 B1", "4 10 2 40 B1", details[0], details[1]], &[2, 3]);
    }

    #[test]
    fn of_two_equal_batches_the_named_one_is_resolved() {
        let details = ["2 20 2 60 B1 advised", "3 20 2 40 B1 advised"];
        check(&["1 10 0 100 B0", "5 11 0 100 B1", details[0], details[1]], &[5]);
        check(&["1 10 0 100 B0", "5 11 0 100 B2", details[0], details[1]], &[2, 3]);
    }
}
