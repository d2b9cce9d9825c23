//! The queue in its working order, and the neighbours of a case in it.
//!
//! Asks `kasse` and prepares the result. Invariant: the list and the next case follow the same filter.

use kasse::{Kasse, QueueAsk, QueueFilter, QueueOrder, QueueOwner};
use sepa::Cents;

use super::filter::{Filter, Whose};
use super::views::Row;
use crate::error::Failed;
use crate::view::read;

/// Cases on a page of the list.
const PAGE: usize = 50;

/// A page of the filtered queue.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) count: usize,
    /// The open amount of all of them.
    pub(super) open: Cents,
    /// All classes of reason, whatever the filter is, with the number of cases in each.
    pub(super) reasons: Vec<(String, usize)>,
    /// How many cases are left out because somebody postponed them.
    pub(super) waiting: usize,
    pub(super) rows: Vec<Row>,
    /// The page number, from 1.
    pub(super) page: usize,
}

/// The position of a case in the queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Neighbours {
    pub(super) previous: Option<i64>,
    pub(super) next: Option<i64>,
    /// Its position from 1; `None` if the filter excludes it.
    pub(super) place: Option<usize>,
    pub(super) count: usize,
}

impl Queue {
    /// The page that a filter names; the last one if there are fewer.
    pub(super) async fn of(kasse: &Kasse, filter: &Filter, who: &str) -> Result<Queue, Failed> {
        let wanted = asked(filter, who);
        let ask = |page| QueueAsk { page, size: PAGE, beside: None };
        let (mut page, mut told) = (filter.page, kasse::queue(kasse, &wanted, &ask(filter.page)).await?);
        let last = told.count.div_ceil(PAGE).max(1);
        if page > last {
            page = last;
            told = kasse::queue(kasse, &wanted, &ask(page)).await?;
        }
        let rows: Result<Vec<Row>, Failed> = told.rows.into_iter().map(read).collect();
        let (count, open, reasons, waiting) = (told.count, told.open, told.reasons, told.waiting);
        Ok(Queue { count, open, reasons, waiting, rows: rows?, page })
    }

    /// Pages of the list.
    pub(super) fn pages(&self) -> usize {
        self.count.div_ceil(PAGE).max(1)
    }
}

/// The cases before and after a case, whether the filter includes it or not.
pub(super) async fn around(kasse: &Kasse, filter: &Filter, who: &str, number: i64) -> Result<Neighbours, Failed> {
    let ask = QueueAsk { page: 1, size: 0, beside: Some(number) };
    let told = kasse::queue(kasse, &asked(filter, who), &ask).await?;
    Ok(Neighbours { previous: told.previous, next: told.next, place: told.place, count: told.count })
}

fn asked(filter: &Filter, who: &str) -> QueueFilter {
    QueueFilter {
        reason: filter.reason.clone(),
        least: filter.from,
        most: filter.to,
        least_age: filter.days,
        owner: match filter.whose {
            Whose::All => None,
            Whose::Mine => Some(QueueOwner::Of(who.to_owned())),
            Whose::Nobody => Some(QueueOwner::Nobody),
        },
        text: None,
        without_waiting: !filter.waiting,
        order: if filter.largest { QueueOrder::Largest } else { QueueOrder::Oldest },
    }
}
