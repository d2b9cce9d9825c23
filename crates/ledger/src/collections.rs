//! Credits for direct debits: those for a run of ours, and those that somebody else, or an earlier system, collected.
//!
//! Invariant: a credit is for a run of ours only if it says so (message, payment information or end-to-end id), or if it is
//! the sum of a run, or of a batch of it, on its day; and each such sum comes in once.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use sepa::Cents;

use crate::void::Handed;

/// A credit for direct debits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected<'a> {
    /// Its id.
    pub id: i64,
    /// The day it was booked.
    pub booked: Date,
    /// Cents that came in.
    pub amount: Cents,
    /// Message, payment information and end-to-end id, as far as the bank gives them.
    pub references: Vec<&'a str>,
    /// Its texts.
    pub text: String,
}

/// The shortest cut of an id that still names it: banks cut references at 16 characters (MT940, `:61:`).
const SHORTEST_CUT: usize = 12;

/// For so many days after the collection date a sum still is that run's.
fn late() -> Span {
    7.days()
}

/// The credits that runs of ours explain; `runs` are those whose files may have gone to the bank.
pub fn of_ours(credits: &[Collected<'_>], runs: &[Handed]) -> HashSet<i64> {
    let mut ours = HashSet::new();
    // sums that are still to come in, by run
    let mut due: Vec<Vec<Cents>> = runs.iter().map(|run| run.sums.clone()).collect();
    for credit in credits {
        let Some(place) = runs.iter().position(|run| is_named(credit, run)) else { continue };
        ours.insert(credit.id);
        if let Some(sums) = due.get_mut(place) {
            come_in(sums, credit.amount);
        }
    }
    for credit in credits.iter().filter(|credit| !is_of_any(credit, runs)) {
        let fits = |(run, sums): &(&Handed, &mut Vec<Cents>)| {
            let latest = run.due.saturating_add(late());
            (run.written..=latest).contains(&credit.booked) && sums.contains(&credit.amount)
        };
        if let Some((_, sums)) = runs.iter().zip(&mut due).find(fits) {
            come_in(sums, credit.amount);
            ours.insert(credit.id);
        }
    }
    ours
}

/// One of these sums came in: once.
fn come_in(sums: &mut Vec<Cents>, amount: Cents) {
    if let Some(place) = sums.iter().position(|sum| *sum == amount) {
        sums.remove(place);
    }
}

fn is_of_any(credit: &Collected<'_>, runs: &[Handed]) -> bool {
    runs.iter().any(|run| is_named(credit, run))
}

fn is_named(credit: &Collected<'_>, run: &Handed) -> bool {
    credit.references.iter().any(|reference| is_id_of(reference, run)) || run.is_named_in(&credit.text)
}

/// Whether a reference is one of a run's ids, in whatever case and cut where a bank cuts.
pub fn is_id_of(reference: &str, run: &Handed) -> bool {
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let reference = plain(reference);
    run.ids.iter().map(|id| plain(id)).any(|id| {
        id == reference
            || reference.len() >= SHORTEST_CUT && id.len() > 16 && reference.len() <= 16 && id.starts_with(&reference)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn run(due: &str, sums: &[i64], ids: &[&str]) -> Handed {
        Handed {
            due: day(due),
            written: day(due).saturating_sub(5.days()),
            sums: sums.iter().copied().map(Cents::new).collect(),
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    /// `ID DAY CENTS REFERENCE TEXT…`; `-` for no reference.
    #[track_caller]
    fn check(credits: &[&str], expected: &[i64]) {
        let runs = [
            run("2024-03-27", &[30_000, 20_000, 10_000], &["EINMAL-A2-L1", "EINMAL-A2-L1-RCUR", "A2-L1-000001"]),
            run("2024-04-15", &[30_000], &["EINMAL-A2-L2", "EINMAL-A2-L2-RCUR"]),
        ];
        let credits: Vec<Collected<'_>> = credits
            .iter()
            .map(|text| {
                let cells: Vec<&str> = text.split_whitespace().collect();
                Collected {
                    id: cells[0].parse().unwrap(),
                    booked: day(cells[1]),
                    amount: Cents::new(cells[2].parse().unwrap()),
                    references: cells.get(3).copied().filter(|cell| *cell != "-").into_iter().collect(),
                    text: cells.get(4..).unwrap_or_default().join(" "),
                }
            })
            .collect();
        let mut ours: Vec<i64> = of_ours(&credits, &runs).into_iter().collect();
        ours.sort_unstable();
        assert_eq!(ours, expected, "{credits:?}");
    }

    #[test]
    fn an_id_or_sum_and_day_tell_that_a_run_came_in() {
        check(&["1 2024-03-27 4711 EINMAL-A2-L1-RCUR", "2 2024-03-27 4711 OKFIS-2311"], &[1]);
        check(&["1 2024-03-27 4711 einmal-a2-l1-rcur"], &[1]);
        check(&["1 2024-03-27 4711 EINMAL-A2-L1-RC", "2 2024-03-27 4711 EINMAL"], &[1]);
        check(&["1 2024-03-27 4711 A2-L1-000001"], &[1]);
        check(&["1 2024-03-27 4711 - SAMMLER EINMAL-A2-L1"], &[1]);
        check(&["1 2024-03-28 30000", "2 2024-03-28 29999"], &[1]);
        check(&["1 2024-03-28 20000 -", "2 2024-03-28 10000 BANK-7"], &[1, 2]);
        check(&["1 2024-02-15 30000"], &[]);
        check(&["1 2024-06-15 30000"], &[]);
    }

    #[test]
    fn a_sum_comes_in_once() {
        check(&["1 2024-03-27 30000", "2 2024-03-28 30000"], &[1]);
        check(&["1 2024-03-27 30000", "2 2024-03-28 30000 EINMAL-A2-L1"], &[2]);
        check(&["1 2024-03-27 30000", "2 2024-04-15 30000"], &[1, 2]);
    }
}
