//! What each day of an account is: proved by its statements, missing, or in doubt; and the balance at its end.
//!
//! Invariant: a day is complete only where the chain that the release gate looks at says so (`ledger::chain`); a balance is
//! shown only where the bookings lead to it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use ledger::chain::{Chain, Gap, Range};
use sepa::{is_target_day, target_day_after, target_day_before};
use serde_json::{Value, json};

use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::{Kasse, Result};

/// What a day of an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is said of it: before the first statement, or not over.
    Outside,
    /// Its statements are there, and they fit.
    Complete,
    /// A statement does not lead from balance to balance.
    Unproven,
    /// Its statement is missing.
    Missing,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Outside => "outside",
            State::Complete => "complete",
            State::Unproven => "unproven",
            State::Missing => "missing",
        }
    }
}

/// An object per account, with an object per day from `from` to `until`.
///
/// # Errors
/// What the database says.
pub async fn calendar(kasse: &Kasse, from: Date, until: Date) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let closed: BTreeSet<Date> = store::day_closes(&mut tx).await?.iter().map(|row| row.day).collect();
    let needed = target_day_before(kasse.today);
    let accounts = kasse.chains(&mut tx).await?;
    Ok(accounts
        .iter()
        .map(|chain| {
            let moved = moved(&situation, chain);
            let day = |day: Date| {
                json!({
                    "day": day.to_string(), "state": state(chain, day, needed).word(), "bank_day": is_target_day(day),
                    "closing": closing(chain, &moved, day).map(eur), "closed": closed.contains(&day),
                })
            };
            let days = std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day <= until);
            json!({"account": chain.account, "days": days.map(day).collect::<Vec<_>>()})
        })
        .collect())
}

fn state(chain: &Chain, day: Date, needed: Date) -> State {
    let Some((first, last)) = chain.ranges.first().zip(chain.ranges.last()) else {
        return if day == needed { State::Missing } else { State::Outside };
    };
    if chain.unproven.contains(&day) {
        State::Unproven
    } else if chain.ranges.iter().any(|range| is_cut(range, day))
        || chain.gaps.iter().any(|gap| is_in(gap, day))
        || (last.last < day && day <= needed)
    {
        State::Missing
    } else if first.first <= day && day <= last.last {
        State::Complete
    } else {
        State::Outside
    }
}

/// Whether a page of the day's statement is missing.
fn is_cut(range: &Range, day: Date) -> bool {
    (range.ends_within && range.last == day) || (range.begins_within && range.first == day)
}

/// Whether what lies between two balances can be of this day: the days between, or, where no bank day is, the later one.
fn is_in(gap: &Gap, day: Date) -> bool {
    let between = gap.after < day && day < gap.before;
    between || (day == gap.before && target_day_after(gap.after) >= gap.before)
}

/// What moved on each day of an account.
fn moved(situation: &Situation, chain: &Chain) -> BTreeMap<Date, i64> {
    let mut moved = BTreeMap::new();
    for row in situation.bookings.iter().filter(|row| row.account == chain.account && !row.provisional) {
        *moved.entry(row.booked).or_insert(0) += row.amount;
    }
    moved
}

/// The balance at the end of a day.
fn closing(chain: &Chain, moved: &BTreeMap<Date, i64>, day: Date) -> Option<i64> {
    let covers = |range: &&Range| range.first <= day && day <= range.last;
    let range = chain.ranges.iter().find(covers)?;
    let up_to = |last: Date| range.opening.get() + moved.range(range.first..=last).map(|(_, cents)| cents).sum::<i64>();
    // a range may begin or end within a day: then the day's bookings are not the range's
    (up_to(range.last) == range.closing.get()).then(|| up_to(day))
}

#[cfg(test)]
mod tests {
    use sepa::Cents;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn range(first: &str, last: &str, opening: i64, closing: i64) -> Range {
        let (opening, closing) = (Cents::new(opening), Cents::new(closing));
        Range {
            first: day(first),
            last: day(last),
            opening,
            closing,
            statements: 1,
            begins_within: false,
            ends_within: false,
        }
    }

    #[track_caller]
    fn check(ranges: &[Range], gaps: &[Gap], asked: &str, expected: State) {
        let chain = Chain {
            account: "A".to_owned(),
            ranges: ranges.to_vec(),
            gaps: gaps.to_vec(),
            unproven: vec![day("2024-03-06")],
            opening_confirmed: false,
            skips: Vec::new(),
        };
        assert_eq!(state(&chain, day(asked), day("2024-03-15")), expected, "{asked}");
    }

    #[test]
    fn a_day_is_what_the_chain_says() {
        let ranges = [range("2024-03-04", "2024-03-07", 0, 5), range("2024-03-12", "2024-03-13", 7, 7)];
        let gap = Gap {
            after: day("2024-03-07"),
            closing: Cents::new(5),
            before: day("2024-03-12"),
            opening: Cents::new(7),
            page: None,
        };
        let gaps = [gap];
        for (asked, expected) in [
            ("2024-03-01", State::Outside),
            ("2024-03-04", State::Complete),
            ("2024-03-06", State::Unproven),
            ("2024-03-07", State::Complete),
            ("2024-03-08", State::Missing),
            ("2024-03-11", State::Missing),
            ("2024-03-12", State::Complete),
            ("2024-03-14", State::Missing),
            ("2024-03-15", State::Missing),
            ("2024-03-16", State::Outside),
        ] {
            check(&ranges, &gaps, asked, expected);
        }
    }

    #[test]
    fn a_gap_between_neighbouring_bank_days_is_shown_on_the_later_one() {
        let ranges = [range("2024-03-04", "2024-03-08", 0, 5), range("2024-03-11", "2024-03-15", 7, 7)];
        let gap = Gap {
            after: day("2024-03-08"),
            closing: Cents::new(5),
            before: day("2024-03-11"),
            opening: Cents::new(7),
            page: None,
        };
        check(&ranges, std::slice::from_ref(&gap), "2024-03-11", State::Missing);
        check(&ranges, &[gap], "2024-03-08", State::Complete);
    }

    #[test]
    fn an_account_without_statements_is_missing_on_the_day_that_is_needed() {
        check(&[], &[], "2024-03-15", State::Missing);
        check(&[], &[], "2024-03-14", State::Outside);
    }

    #[test]
    fn a_balance_is_told_only_where_the_bookings_lead_to_the_last_one() {
        let chain = Chain {
            account: "A".to_owned(),
            ranges: vec![range("2024-03-04", "2024-03-07", 100, 150)],
            gaps: Vec::new(),
            unproven: Vec::new(),
            opening_confirmed: true,
            skips: Vec::new(),
        };
        let moved = BTreeMap::from([(day("2024-03-05"), 70), (day("2024-03-07"), -20)]);
        for (asked, expected) in
            [("2024-03-03", None), ("2024-03-04", Some(100)), ("2024-03-06", Some(170)), ("2024-03-07", Some(150))]
        {
            assert_eq!(closing(&chain, &moved, day(asked)), expected, "{asked}");
        }
        let moved = BTreeMap::from([(day("2024-03-05"), 70)]);
        assert_eq!(closing(&chain, &moved, day("2024-03-06")), None);
    }
}
