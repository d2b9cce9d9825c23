//! Which items of our own books a debit of another system's file collects.
//!
//! Pure: it knows neither files nor books. Invariant: where more than one choice is possible and it matters which, the answer is
//! [`Meant::AnyOf`], never a guess.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use sepa::Cents;

/// An item of ours under the debit's Kassenzeichen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OwnItem {
    pub(super) id: i64,
    pub(super) due: Date,
    pub(super) amount: Cents,
    /// Whether anything of it was paid, is in collection or was collected, or is in doubt.
    pub(super) is_touched: bool,
}

/// What a debit collects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// Nothing that our books know.
    Nothing,
    /// These items.
    These(Vec<i64>),
    /// One or several of these, and nothing tells which.
    AnyOf(Vec<i64>),
}

/// A collection date that lies so many days from an item's due day may be that item's: weekends, and what Easter moves.
const NEAR: i32 = 10;

/// What a debit of this amount on this day means. `named` are the names of the instalments that its text has: `2023-4`,
/// `2023-11`, `2023-11-15`.
pub(super) fn meant<'n>(
    amount: Cents,
    named: impl Iterator<Item = &'n str>,
    collected_on: Date,
    items: &[OwnItem],
) -> Meant {
    let mut items = items.to_vec();
    items.sort_by_key(|item| (item.due, item.id));
    let spans: Vec<(Date, Date)> = named.filter_map(span).collect();
    if spans.is_empty() {
        let due = |item: &&OwnItem| days_between(item.due, collected_on) >= -NEAR;
        let due: Vec<OwnItem> = items.iter().filter(due).copied().collect();
        return by_amount(amount, collected_on, &due);
    }
    let is_named = |item: &&OwnItem| spans.iter().any(|(from, to)| (*from..=*to).contains(&item.due));
    let of_spans: Vec<OwnItem> = items.iter().filter(is_named).copied().collect();
    if of_spans.is_empty() {
        return Meant::Nothing;
    }
    if sum(&of_spans) == Some(amount) || of_spans.len() == 1 {
        return Meant::These(ids(&of_spans));
    }
    by_amount(amount, collected_on, &of_spans)
}

/// By the amount alone: one item, or several that follow each other.
fn by_amount(amount: Cents, collected_on: Date, items: &[OwnItem]) -> Meant {
    if items.is_empty() {
        return Meant::Nothing;
    }
    let windows = windows(amount, items);
    let touched = |window: &&[OwnItem]| window.iter().any(|item| item.is_touched);
    let first = windows.iter().find(|window| touched(window)).or(windows.first());
    let one = |window: &[OwnItem]| Meant::These(ids(window));
    let near = windows
        .iter()
        .filter(|window| window.last().is_some_and(|last| days_between(last.due, collected_on).abs() <= NEAR));
    let near: Vec<&&[OwnItem]> = near.collect();
    let is_same =
        windows.iter().all(|window| window.iter().all(|item| item.is_touched)) || !windows.iter().any(touched);
    match (first, near.as_slice()) {
        (Some(window), _) if windows.len() == 1 || is_same && windows.iter().all(|other| other.len() == 1) => {
            one(window)
        }
        (Some(_), [only]) => one(only),
        (Some(_), _) => {
            let all: BTreeSet<i64> = windows.iter().flat_map(|window| ids(window)).collect();
            Meant::AnyOf(all.into_iter().collect())
        }
        (None, _) => Meant::AnyOf(ids(items)),
    }
}

/// Items that follow each other and come to an amount.
fn windows(amount: Cents, items: &[OwnItem]) -> Vec<&[OwnItem]> {
    let mut found = Vec::new();
    for from in 0..items.len() {
        let mut sum = Cents::ZERO;
        for to in from..items.len() {
            let Some(more) = items.get(to).and_then(|item| sum.checked_add(item.amount)) else { break };
            sum = more;
            if sum == amount {
                found.extend(items.get(from..=to));
            }
            if sum >= amount {
                break;
            }
        }
    }
    found
}

fn sum(items: &[OwnItem]) -> Option<Cents> {
    Cents::sum(items.iter().map(|item| item.amount))
}

fn ids(items: &[OwnItem]) -> Vec<i64> {
    items.iter().map(|item| item.id).collect()
}

/// From one day to another; more than a century counts as one.
fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days().clamp(-36_500, 36_500)
}

/// The days that the name of an instalment stands for: a quarter, a month, or a day with those around it.
fn span(name: &str) -> Option<(Date, Date)> {
    let name = name.split(' ').next().unwrap_or_default();
    if let Ok(day) = name.parse::<Date>() {
        return Some((day.saturating_sub(NEAR.days()), day.saturating_add(NEAR.days())));
    }
    let (year, part) = name.split_once('-')?;
    let (year, number) = (year.parse::<i16>().ok()?, part.parse::<i8>().ok()?);
    let (first, months) = if part.len() == 2 { (number, 1) } else { (number.checked_mul(3)?.checked_sub(2)?, 3) };
    let from = Date::new(year, first, 1).ok()?;
    Some((from, from.checked_add(months.months()).ok()?.yesterday().ok()?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Quarters of a year at 100 euros; those in `touched` are paid.
    fn quarters(touched: &[i64]) -> Vec<OwnItem> {
        let quarter = |id: i64| OwnItem {
            id,
            due: date(2024, i8::try_from(id).unwrap() * 3 - 1, 15),
            amount: Cents::new(10_000),
            is_touched: touched.contains(&id),
        };
        (1..=4).map(quarter).collect()
    }

    #[track_caller]
    fn check(amount: i64, named: &[&str], day: Date, touched: &[i64], expected: &Meant) {
        assert_eq!(&meant(Cents::new(amount), named.iter().copied(), day, &quarters(touched)), expected);
    }

    #[test]
    fn an_instalment_that_the_text_names_is_meant() {
        let late = date(2024, 12, 2);
        check(10_000, &["2024-2"], late, &[1], &Meant::These(vec![2]));
        check(20_000, &["2024-1", "2024-2"], late, &[1], &Meant::These(vec![1, 2]));
        check(10_000, &["2024-05"], late, &[2], &Meant::These(vec![2]));
        check(10_000, &["2024-05-15 (2)"], late, &[2], &Meant::These(vec![2]));
        check(10_000, &["2025-1"], late, &[1, 2, 3, 4], &Meant::Nothing);
        // another amount than that of the one that is named: it is that one all the same
        check(9_000, &["2024-3"], late, &[3], &Meant::These(vec![3]));
    }

    #[test]
    fn without_a_name_the_amount_decides_where_it_can() {
        check(10_000, &["1"], date(2024, 2, 15), &[], &Meant::These(vec![1]));
        check(20_000, &[], date(2024, 5, 15), &[1], &Meant::These(vec![1, 2]));
        // the one that is due about then
        check(10_000, &[], date(2024, 5, 17), &[1], &Meant::These(vec![2]));
        // which of two it is matters, and nothing tells
        check(10_000, &[], date(2024, 7, 1), &[1], &Meant::AnyOf(vec![1, 2]));
        // all that it can be is paid, or nothing of it
        check(10_000, &[], date(2024, 7, 1), &[1, 2], &Meant::These(vec![1]));
        check(10_000, &[], date(2024, 7, 1), &[], &Meant::These(vec![1]));
        check(12_345, &[], date(2024, 7, 1), &[], &Meant::AnyOf(vec![1, 2]));
        check(10_000, &[], date(2024, 1, 2), &[1], &Meant::Nothing);
    }

    #[test]
    fn days_that_are_none_name_nothing() {
        assert_eq!(span("1"), None);
        assert_eq!(span("2024-13"), None);
        assert_eq!(span("2024-4"), Some((date(2024, 10, 1), date(2024, 12, 31))));
        assert_eq!(span("9999-4"), None);
    }
}
