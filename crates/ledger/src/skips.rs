//! Numbers of statements that the bank skipped, or that never came: `ElctrncSeqNb`, `LglSeqNb`, `:28C:`.
//!
//! They explain and prove nothing: banks begin anew each January, number accounts together, or leave numbers out. So they are
//! named to a person and refuse nothing (`crate::chain` proves by balances). Invariant: where a bank does not count one after
//! the other, nothing is said.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::chain::Statement;

/// Numbers that no statement has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The first of them.
    pub first: i64,
    /// The last of them.
    pub last: i64,
    /// The last day of the statement before.
    pub after: Date,
    /// The first day of the statement behind.
    pub before: Date,
}

impl std::fmt::Display for Skip {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Skip { first, last, after, before } = self;
        match first == last {
            true => write!(
                out,
                "the bank's statement number {first}, between {after} and {before}, is not here; balances do not tell whether it moved money there and back"
            ),
            false => write!(
                out,
                "the bank's statement numbers {first} to {last}, between {after} and {before}, are not here; balances do not tell whether they moved money there and back"
            ),
        }
    }
}

/// Where a number was given: the days of the statement.
type Numbered = BTreeMap<i64, (Date, Date)>;

/// The numbers that are missing among the statements of one account, by day.
pub(crate) fn skips(statements: &[&Statement]) -> Vec<Skip> {
    let mut found = Vec::new();
    for swift in [false, true] {
        let own = || statements.iter().filter(move |one| one.swift == swift);
        let mut one_way: Vec<Skip> = of(own().filter_map(|one| Some((one.sequence?, one.days))));
        one_way.extend(of(own().filter_map(|one| Some((one.legal?, one.days)))));
        // told in another format, or by a statement that bears no number
        let told = |skip: &Skip| {
            let between = |one: &&&Statement| one.days.1 > skip.after && one.days.0 < skip.before;
            statements.iter().filter(between).any(|one| one.swift != swift || one.sequence.or(one.legal).is_none())
        };
        found.extend(one_way.into_iter().filter(|skip| !told(skip)));
    }
    found.sort_by_key(|skip| (skip.after, skip.before, skip.first, skip.last));
    found.dedup();
    found
}

/// The same of one kind of numbers.
fn of(numbers: impl Iterator<Item = (i64, (Date, Date))>) -> Vec<Skip> {
    let mut years: BTreeMap<i16, Numbered> = BTreeMap::new();
    for (number, days) in numbers.filter(|(number, _)| *number > 0) {
        let known = years.entry(days.1.year()).or_default().entry(number).or_insert(days);
        *known = (known.0.min(days.0), known.1.max(days.1));
    }
    let mut steps: Vec<((i64, Date), (i64, Date))> = Vec::new();
    let mut last: Option<(i64, Date)> = None;
    for of_year in years.values() {
        for (number, (first, end)) in of_year {
            // they begin anew with the year, or go on
            let before = last.filter(|(before, _)| before < number);
            steps.extend(before.map(|before| (before, (*number, *first))));
            last = Some((*number, *end));
        }
        // what comes behind goes on from the newest, whatever its number is
        last = of_year.iter().map(|(number, (_, end))| (*number, *end)).max_by_key(|(number, end)| (*end, *number));
    }
    let skipping: Vec<Skip> = steps
        .iter()
        .filter(|((one, end), (next, begin))| next - one > 1 && end <= begin)
        .map(|((one, end), (next, begin))| Skip { first: one + 1, last: next - 1, after: *end, before: *begin })
        .collect();
    // who leaves out every other number does not count statements
    if steps.len() >= COUNTED && skipping.len() * 2 > steps.len() { Vec::new() } else { skipping }
}

/// From so many steps on a bank shows whether it counts one after the other.
const COUNTED: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::chains::numbered;

    /// `DAY NUMBER [LEGAL] [mt940]`, and the numbers that are missing.
    #[track_caller]
    fn check(rows: &str, expected: &[&str]) {
        let statements: Vec<Statement> = rows.split(", ").map(numbered).collect();
        let own: Vec<&Statement> = statements.iter().collect();
        let backward: Vec<&Statement> = statements.iter().rev().collect();
        for own in [own, backward] {
            let found: Vec<String> = skips(&own)
                .iter()
                .map(|skip| format!("{}-{} {} {}", skip.first, skip.last, skip.after, skip.before))
                .collect();
            assert_eq!(found, expected, "{rows}");
        }
    }

    #[test]
    fn a_number_that_no_statement_has_is_named() {
        check("2024-03-05 41, 2024-03-06 42, 2024-03-07 43", &[]);
        check("2024-03-05 41, 2024-03-06 42, 2024-03-08 44", &["43-43 2024-03-06 2024-03-08"]);
        check("2024-03-05 41, 2024-03-08 44", &["42-43 2024-03-05 2024-03-08"]);
        // two a day, and pages of one
        check("2024-03-05 41, 2024-03-05 42, 2024-03-05 42, 2024-03-06 43", &[]);
        check("2024-03-05 41, 2024-03-05 43", &["42-42 2024-03-05 2024-03-05"]);
        // the legal number is another one
        check("2024-03-05 41 7, 2024-03-06 42 7, 2024-03-07 43 9", &["8-8 2024-03-06 2024-03-07"]);
    }

    #[test]
    fn where_a_bank_counts_otherwise_nothing_is_said() {
        // none, zero, and a new year
        check("2024-03-05 0, 2024-03-06 -, 2024-03-07 5", &[]);
        check("2023-12-29 251, 2024-01-02 1, 2024-01-03 2", &[]);
        check("2023-12-29 251, 2024-01-02 252, 2024-01-03 254", &["253-253 2024-01-02 2024-01-03"]);
        // ten by ten, or with other accounts
        check("2024-03-04 10, 2024-03-05 20, 2024-03-06 30, 2024-03-07 40, 2024-03-08 50", &[]);
        // told in the other format
        check("2024-03-05 41, 2024-03-06 7 mt940, 2024-03-07 43", &[]);
        check("2024-03-05 41, 2024-03-06 -, 2024-03-07 43", &[]);
    }
}
