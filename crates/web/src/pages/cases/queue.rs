//! The queue in the order in which it is worked through, and a case's neighbours there.
//!
//! Only filters, sorts and counts what `kasse` tells of the open cases. Invariant: the order is total, so whoever always goes
//! on to the next case sees each once.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kasse::Kasse;
use sepa::Cents;

use super::filter::{Filter, Whose};
use super::views::Row;
use crate::error::Failed;
use crate::view::read;

/// Cases on a page of the list.
const PAGE: usize = 50;

/// The part of the queue that was asked for.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// All that the filter lets through, in order.
    rows: Vec<Row>,
    /// The classes of reason, without the filter's own, with how many cases each has.
    pub(super) reasons: Vec<(String, usize)>,
    /// Cases that are left out because somebody waits with them.
    pub(super) waiting: usize,
}

/// A case's place in the queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Neighbours {
    pub(super) previous: Option<i64>,
    pub(super) next: Option<i64>,
    /// Its place from 1; nothing where it is not in the part that was asked for.
    pub(super) place: Option<usize>,
    pub(super) count: usize,
}

/// What a case is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Oldest(String, Reverse<Cents>, i64),
    Largest(Reverse<Cents>, String, i64),
}

fn key(filter: &Filter, booked: &str, amount: Cents, number: i64) -> Key {
    match filter.largest {
        true => Key::Largest(Reverse(amount), booked.to_owned(), number),
        false => Key::Oldest(booked.to_owned(), Reverse(amount), number),
    }
}

impl Queue {
    /// The open cases that a filter lets through.
    pub(super) async fn of(kasse: &Kasse, filter: &Filter, who: &str) -> Result<Queue, Failed> {
        let rows: Result<Vec<Row>, Failed> = kasse::cases(kasse).await?.into_iter().map(read).collect();
        Ok(Queue::new(rows?, filter, who, &kasse.today.to_string()))
    }

    fn new(rows: Vec<Row>, filter: &Filter, who: &str, today: &str) -> Queue {
        let mut queue = Queue::default();
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows.into_iter().filter(|row| lets_through(filter, row, who)) {
            if !filter.waiting && row.wait_until.as_deref().is_some_and(|day| day > today) {
                queue.waiting += 1;
                continue;
            }
            let reason = row.class().to_owned();
            let is_meant = filter.reason.as_ref().is_none_or(|wanted| *wanted == reason);
            *reasons.entry(reason).or_default() += 1;
            queue.rows.extend(Some(row).filter(|_| is_meant));
        }
        queue.rows.sort_by_cached_key(|row| key(filter, &row.booked, row.cents(), row.case));
        queue.reasons = reasons.into_iter().collect();
        queue.reasons.sort_by_key(|(_, count)| Reverse(*count));
        queue
    }

    /// How many.
    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// What is open of them together.
    pub(super) fn sum(&self) -> Cents {
        Cents::sum(self.rows.iter().map(Row::open_cents)).unwrap_or(Cents::ZERO)
    }

    /// Where work begins.
    pub(super) fn first(&self) -> Option<i64> {
        self.rows.first().map(|row| row.case)
    }

    /// Pages of the list.
    pub(super) fn pages(&self) -> usize {
        self.rows.len().div_ceil(PAGE).max(1)
    }

    /// The cases of a page; the last one's where there are not so many.
    pub(super) fn page(&self, page: usize) -> &[Row] {
        self.rows.chunks(PAGE).nth(page.min(self.pages()) - 1).unwrap_or_default()
    }

    /// What comes before and behind a case, whether it is in this part of the queue or not.
    pub(super) fn around(&self, filter: &Filter, booked: &str, amount: Cents, number: i64) -> Neighbours {
        let own = key(filter, booked, amount, number);
        let of = |row: &Row| key(filter, &row.booked, row.cents(), row.case);
        let before = self.rows.partition_point(|row| of(row) < own);
        let is_in = self.rows.get(before).is_some_and(|row| row.case == number);
        let number_at = |place: usize| self.rows.get(place).map(|row| row.case);
        Neighbours {
            previous: before.checked_sub(1).and_then(number_at),
            next: number_at(before + usize::from(is_in)),
            place: is_in.then_some(before + 1),
            count: self.rows.len(),
        }
    }
}

fn lets_through(filter: &Filter, row: &Row, who: &str) -> bool {
    let cents = row.cents();
    filter.from.is_none_or(|from| cents >= from)
        && filter.to.is_none_or(|to| cents <= to)
        && filter.days.is_none_or(|days| row.age_days >= days)
        && match filter.whose {
            Whose::All => true,
            Whose::Mine => row.owner.as_deref() == Some(who),
            Whose::Nobody => row.owner.is_none(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(number: i64, booked: &str, amount: &str, reason: &str, owner: Option<&str>, wait: Option<&str>) -> Row {
        let row = json!({
            "case": number, "booked": booked, "amount": amount, "open": amount, "counterparty": null,
            "remittance": "", "reason": reason, "because": "", "owner": owner, "wait_until": wait, "age_days": 100 - number,
            "hold_complete": true,
        });
        read(row).unwrap()
    }

    fn rows() -> Vec<Row> {
        vec![
            row(1, "2024-02-01", "10.00", "the statement: 5.00 EUR", Some("anna"), None),
            row(2, "2024-01-05", "20.00", "near", None, None),
            row(3, "2024-01-05", "100.00", "a person waits until 2024-03-01", None, Some("2024-03-01")),
            row(4, "2024-01-05", "20.00", "a person waits until 2024-04-01", Some("bernd"), Some("2024-04-01")),
        ]
    }

    fn numbers(filter: &Filter) -> Vec<i64> {
        Queue::new(rows(), filter, "anna", "2024-03-11").rows.iter().map(|row| row.case).collect()
    }

    #[test]
    fn the_queue_is_what_was_asked_for_in_its_order() {
        let all = Filter { waiting: true, ..Filter::default() };
        let cents = |text: &str| Some(Cents::parse(text).unwrap());
        for (filter, expected) in [
            (Filter::default(), vec![3, 2, 1]),
            (all.clone(), vec![3, 2, 4, 1]),
            (Filter { largest: true, ..all.clone() }, vec![3, 2, 4, 1]),
            (Filter { largest: true, to: cents("99.00"), ..all.clone() }, vec![2, 4, 1]),
            (Filter { from: cents("20.00"), ..all.clone() }, vec![3, 2, 4]),
            (Filter { reason: Some("near".to_owned()), ..all.clone() }, vec![2]),
            (Filter { reason: Some("the statement".to_owned()), ..all.clone() }, vec![1]),
            (Filter { reason: Some("a person waits with it".to_owned()), ..all.clone() }, vec![3, 4]),
            (Filter { whose: Whose::Mine, ..all.clone() }, vec![1]),
            (Filter { whose: Whose::Nobody, ..all.clone() }, vec![3, 2]),
            (Filter { days: Some(98), ..all }, vec![2, 1]),
        ] {
            assert_eq!(numbers(&filter), expected, "{filter:?}");
        }
    }

    #[test]
    fn counts_tell_of_what_a_reason_leaves_out_and_who_waits() {
        let filter = Filter { reason: Some("near".to_owned()), ..Filter::default() };
        let queue = Queue::new(rows(), &filter, "anna", "2024-03-11");
        assert_eq!((queue.count(), queue.sum().to_string().as_str(), queue.waiting), (1, "20.00", 1));
        assert_eq!(queue.reasons.iter().map(|(_, count)| count).sum::<usize>(), 3);
    }

    #[test]
    fn a_case_has_neighbours_also_when_it_is_no_longer_in_the_queue() {
        let filter = Filter::default();
        let queue = Queue::new(rows(), &filter, "anna", "2024-03-11");
        let around = |row: &Row| queue.around(&filter, &row.booked, row.cents(), row.case);
        let found: Vec<_> = rows().iter().map(around).map(|at| (at.previous, at.next, at.place)).collect();
        assert_eq!(
            found,
            [(Some(2), None, Some(3)), (Some(3), Some(1), Some(2)), (None, Some(2), Some(1)), (Some(2), Some(1), None)]
        );
    }

    #[test]
    fn a_page_beyond_the_last_is_the_last() {
        let many: Vec<Row> = (1..=51).map(|number| row(number, "2024-01-01", "1.00", "near", None, None)).collect();
        let queue = Queue::new(many, &Filter::default(), "anna", "2024-03-11");
        assert_eq!((queue.pages(), queue.page(1).len(), queue.page(2).len(), queue.page(9).len()), (2, 50, 1, 1));
        assert_eq!(Queue::default().page(1).len(), 0);
    }
}
