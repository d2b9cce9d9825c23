//! The queue of open cases, page by page: what a person filters, in which order, and what lies before and behind a case.
//!
//! Decides nothing. Invariants: count, sums and reasons are of everything that the filter lets through, whatever the page
//! shows; the order is total, so that a person who goes on to the next case meets each once.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use ledger::decide::Ground;
use ledger::names::fold;
use sepa::Cents;
use serde::Deserialize;
use serde_json::Value;
use store::{BookingRow, VerdictRow};

use crate::books::situation::Situation;
use crate::cases::case_work::CaseWork;
use crate::cases::resolve::{WAITS, open_cases, shown};
use crate::{Kasse, Result};

/// Which cases a person wants to see; nothing said lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// The class of their reason, as [`QueuePage::reasons`] names it.
    pub reason: Option<String>,
    /// Payments of at least so much.
    pub least: Option<Cents>,
    /// Payments of at most so much.
    pub most: Option<Cents>,
    /// Booked at least so many days ago.
    pub least_age: Option<i32>,
    /// Whose they are.
    pub owner: Option<QueueOwner>,
    /// What the payer's name or the text contains, however its letters are written.
    pub text: Option<String>,
    /// Whether those are left out with which somebody waits until a later day.
    pub without_waiting: bool,
    /// In which order.
    pub order: QueueOrder,
}

/// Whose a case is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueOwner {
    /// This person's.
    Of(String),
    /// Nobody's.
    Nobody,
}

/// The order of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueOrder {
    /// Oldest first; of one day the largest.
    #[default]
    Oldest,
    /// Largest first; of one amount the oldest.
    Largest,
}

/// Which part of the queue is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueAsk {
    /// The page, from 1.
    pub page: usize,
    /// Cases on a page.
    pub size: usize,
    /// The case whose neighbours are asked for; it may be decided by now.
    pub beside: Option<i64>,
}

/// A page of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuePage {
    /// How many cases the filter lets through.
    pub count: usize,
    /// The sum of their payments.
    pub sum: Cents,
    /// What of it nobody has placed.
    pub open: Cents,
    /// The classes of reasons with how many cases each has, whichever reason the filter names; most first.
    pub reasons: Vec<(String, usize)>,
    /// The cases of the page, as [`crate::cases()`] gives them.
    pub rows: Vec<Value>,
    /// How many the filter left out only because somebody waits with them.
    pub waiting: usize,
    /// The place of the case that was named, from 1; nothing where the filter does not let it through.
    pub place: Option<usize>,
    /// The number of the case before the one that was named.
    pub previous: Option<i64>,
    /// The number of the case behind it.
    pub next: Option<i64>,
}

/// A page of the open cases.
///
/// # Errors
/// What the database says.
pub async fn queue(kasse: &Kasse, filter: &QueueFilter, ask: &QueueAsk) -> Result<QueuePage> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let work = CaseWork::load(&mut tx).await?;
    let sieve = Sieve::new(kasse, &situation, &work, filter);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let mut open: Vec<(Key, (i64, &BookingRow, &VerdictRow))> = Vec::new();
    let mut waiting = 0;
    for case in open_cases(&situation).filter(|case| sieve.lets_through(case)) {
        if filter.without_waiting && case.2.said.wait_until.is_some_and(|day| day > kasse.today) {
            waiting += 1;
            continue;
        }
        let class = class(&situation, case.1.id);
        *reasons.entry(class).or_default() += 1;
        if filter.reason.as_deref().is_none_or(|wanted| wanted == class) {
            open.push((Key::new(filter.order, case.0, case.1), case));
        }
    }
    open.sort_unstable_by_key(|(key, _)| *key);
    let sum = |of: &dyn Fn(&BookingRow) -> i64| Cents::new(open.iter().map(|(_, (_, booking, _))| of(booking)).sum());
    let placed = |booking: &BookingRow| situation.allocations.sum(booking.id);
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().map(|(class, n)| (class.to_owned(), n)).collect();
    reasons.sort_by_key(|(_, count)| Reverse(*count));
    let (previous, next) = neighbours(&situation, filter.order, &open, ask.beside);
    let page = open.iter().skip(ask.page.saturating_sub(1).saturating_mul(ask.size)).take(ask.size);
    Ok(QueuePage {
        count: open.len(),
        sum: sum(&|booking| booking.amount),
        open: sum(&|booking| situation.came_in(booking) - placed(booking)),
        reasons,
        rows: page.map(|(_, case)| shown(kasse, &situation, &work, *case)).collect(),
        waiting,
        place: ask.beside.and_then(|number| open.iter().position(|(_, case)| case.0 == number)).map(|place| place + 1),
        previous,
        next,
    })
}

/// Where a case stands in the queue; no two are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Oldest(Date, Reverse<i64>, i64),
    Largest(Reverse<i64>, Date, i64),
}

impl Key {
    fn new(order: QueueOrder, number: i64, booking: &BookingRow) -> Key {
        let (day, amount) = (booking.booked, Reverse(booking.amount));
        match order {
            QueueOrder::Oldest => Key::Oldest(day, amount, number),
            QueueOrder::Largest => Key::Largest(amount, day, number),
        }
    }
}

/// The cases before and behind a case, or behind where it stood before it was decided.
fn neighbours<T>(
    situation: &Situation,
    order: QueueOrder,
    open: &[(Key, (i64, T, &VerdictRow))],
    beside: Option<i64>,
) -> (Option<i64>, Option<i64>) {
    let own = beside.and_then(|number| {
        let booking = situation.booking_of_case(number)?;
        Some(Key::new(order, number, booking))
    });
    let Some(own) = own else { return (None, None) };
    let number = |(_, (number, ..)): &(Key, (i64, T, &VerdictRow))| *number;
    let before = open.partition_point(|(key, _)| *key < own);
    let behind = open.partition_point(|(key, _)| *key <= own);
    (before.checked_sub(1).and_then(|place| open.get(place)).map(number), open.get(behind).map(number))
}

/// What the filter asks, apart from the reason.
struct Sieve<'a> {
    filter: &'a QueueFilter,
    situation: &'a Situation,
    work: &'a CaseWork,
    /// The last day on which a case can have been booked.
    until: Option<Date>,
    text: Option<String>,
}

impl<'a> Sieve<'a> {
    fn new(kasse: &Kasse, situation: &'a Situation, work: &'a CaseWork, filter: &'a QueueFilter) -> Sieve<'a> {
        let days = |age: i32| jiff::Span::new().try_days(age).ok();
        let until = filter.least_age.map(|age| days(age).map_or(Date::MIN, |age| kasse.today.saturating_sub(age)));
        let text = filter.text.as_deref().map(|text| fold(text.trim())).filter(|text| !text.is_empty());
        Sieve { filter, situation, work, until, text }
    }

    fn lets_through(&self, (number, booking, _): &(i64, &BookingRow, &VerdictRow)) -> bool {
        let amount = Cents::new(booking.amount);
        let owner = self.work.owner(*number);
        self.filter.least.is_none_or(|least| amount >= least)
            && self.filter.most.is_none_or(|most| amount <= most)
            && self.until.is_none_or(|until| booking.booked <= until)
            && match &self.filter.owner {
                None => true,
                Some(QueueOwner::Nobody) => owner.is_none(),
                Some(QueueOwner::Of(person)) => owner == Some(person.as_str()),
            }
            && self.text.as_deref().is_none_or(|text| self.told(booking).contains(text))
    }

    /// The payer's name and the text, folded.
    fn told(&self, booking: &BookingRow) -> &'a str {
        let name = booking.counterparty.as_deref().unwrap_or_default();
        self.situation.verdicts.told(booking.id, || fold(&format!("{name}\n{}", booking.remittance)))
    }
}

/// The class of a case's reason: without what differs from case to case.
fn class(situation: &Situation, booking: i64) -> &str {
    /// The beginning of what is stored of a verdict.
    #[derive(Deserialize)]
    struct Stored {
        ground: String,
    }
    situation.verdicts.class(booking, |verdict| {
        let stored: Option<Stored> = verdict.said.evidence.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let ground = stored.map(|stored| stored.ground).unwrap_or_default();
        let classes = [Ground::Finding.text(), WAITS];
        classes.into_iter().find(|class| ground.starts_with(class)).map_or(ground.clone(), str::to_owned)
    })
}
