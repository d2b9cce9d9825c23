//! What a statement is, whatever format it comes in and however it is cut: its balances, and day and amount of each booking.
//!
//! Texts differ between camt and MT940, ids between versions; days, amounts and balances do not. Invariant: a day of a
//! statement is called known only if exactly its bookings are stored and the balance on which it begins is the stored one.

use std::collections::{BTreeMap, BTreeSet};

use camt::{Balance, Booking, Part, StatementHead, Status};
use jiff::civil::Date;
use sepa::Cents;
use sha2::{Digest, Sha256};
use store::{Booked, StatementRow, Tx};

use crate::Result;
use crate::import::hex;

/// A statement's shape, gathered part by part.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    opening: Option<Cents>,
    closing: Option<Cents>,
    closed_on: Option<Date>,
    /// The closing balance's day, where the statement says it before its bookings.
    closes_on: Option<Date>,
    booked: Vec<(Date, i64)>,
    /// Whether a booking has no day or no amount that can be read: its import is refused, whatever else is known.
    unreadable: bool,
}

/// Where a statement lies among those that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Everything in it is stored, in these statements.
    Known(Vec<i64>),
    /// It may overlap what is stored: these days of it are known.
    Open(BTreeSet<Date>),
}

impl Shape {
    /// A statement's that begins like this.
    pub(crate) fn of(head: &StatementHead) -> Shape {
        Shape { closes_on: closing_day(head), ..Shape::default() }
    }

    /// Takes in a part of the statement.
    pub(crate) fn take(&mut self, part: &Part) {
        match part {
            Part::Booking(booking) if matches!(booking.status, None | Some(Status::Booked)) => {
                match day_of(booking, self.closes_on).zip(booking.signed()) {
                    Some((day, amount)) => self.booked.push((day, amount.get())),
                    None => self.unreadable = true,
                }
            }
            Part::StatementEnd(end) => {
                let amount = |balance: Option<Balance>| balance.map(|balance| balance.amount);
                (self.opening, self.closing) = (amount(end.opening), amount(end.closing));
                self.closed_on = end.closing.and_then(|balance| balance.date);
                self.booked.sort_unstable();
            }
            _ => {}
        }
    }

    /// What it is called: `camt.053.001.08 no. 201 of 2024-03-06 to 2024-03-08`.
    pub(crate) fn title(&self, head: &StatementHead) -> String {
        let number = head.sequence.filter(|number| *number != 0).map(|number| format!(" no. {number}"));
        let booked = self.booked.first().zip(self.booked.last()).map(|(first, last)| (first.0, last.0));
        let closed = self.closed_on.or(head.to).or(head.created).map(|day| (day, day));
        let days = booked.or(closed).map(|(first, last)| match first == last {
            true => format!(" of {first}"),
            false => format!(" of {first} to {last}"),
        });
        format!("{}{}{}", head.message, number.unwrap_or_default(), days.unwrap_or_default())
    }

    /// How many bookings it has.
    pub(crate) fn bookings(&self) -> usize {
        self.booked.len()
    }

    /// The same for every rendering of the same statement.
    pub(crate) fn identity(&self, account: &str, advice: bool) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{account}|{advice}|{:?}|{:?}|", self.opening, self.closing));
        if self.booked.is_empty() {
            hash.update(format!("{:?}", self.closed_on));
        }
        for (day, cents) in &self.booked {
            hash.update(format!("{day}={cents};"));
        }
        hex(&hash.finalize())
    }

    /// Where it lies among the stored statements of its account.
    pub(crate) async fn place(
        &self,
        tx: &mut Tx,
        account: &str,
        advice: bool,
        statements: &[StatementRow],
    ) -> Result<Place> {
        if self.unreadable {
            return Ok(Place::Open(BTreeSet::new()));
        }
        if let Some(same) = store::statement_of(tx, &self.identity(account, advice)).await? {
            return Ok(Place::Known(vec![same]));
        }
        let (Some((first, _)), Some((last, _)), false) = (self.booked.first(), self.booked.last(), advice) else {
            return Ok(Place::Open(BTreeSet::new()));
        };
        let near: Vec<&StatementRow> = statements.iter().filter(|row| row.account == account).collect();
        let stored = store::booked(tx, account, *first, *last).await?;
        let known = self.known_days(&stored);
        Ok(if known.len() == self.days().len() && !self.mends(&near) {
            let mut same: Vec<i64> =
                stored.iter().filter(|row| known.contains(&row.day)).map(|row| row.statement).collect();
            same.sort_unstable();
            same.dedup();
            Place::Known(same)
        } else {
            Place::Open(known)
        })
    }

    /// Its opening balance in cents, if its entries lead from there to the closing one.
    pub(crate) fn opening_that_fits(&self) -> Option<i64> {
        let moved = Cents::sum(self.booked.iter().map(|(_, cents)| Cents::new(*cents)))?;
        let (opening, closing) = (self.opening?, self.closing?);
        (opening.checked_add(moved) == Some(closing)).then_some(opening.get())
    }

    /// Whether it proves days of which a stored statement proves nothing.
    fn mends(&self, near: &[&StatementRow]) -> bool {
        let days = self.days();
        let covers = |row: &&&StatementRow| days.iter().any(|day| (row.days.0..=row.days.1).contains(day));
        let doubtful = || near.iter().filter(covers).any(|row| row.unexplained() != Some(0));
        self.opening_that_fits().is_some() && doubtful()
    }

    /// The days on which it has bookings.
    fn days(&self) -> BTreeSet<Date> {
        self.booked.iter().map(|(day, _)| *day).collect()
    }

    /// The days of which exactly its bookings are stored, one after the other from the same balance on.
    fn known_days(&self, stored: &[Booked]) -> BTreeSet<Date> {
        let Some(mut balance) = self.opening.map(Cents::get) else { return BTreeSet::new() };
        let mut known = BTreeSet::new();
        for day in self.booked.chunk_by(|one, next| one.0 == next.0) {
            let on = day.first().map_or(Date::ZERO, |(on, _)| *on);
            let stored: Vec<&Booked> = stored.iter().filter(|row| row.day == on).collect();
            let mut amounts: Vec<i64> = stored.iter().map(|row| row.amount).collect();
            amounts.sort_unstable();
            if amounts.iter().eq(day.iter().map(|(_, cents)| cents)) && begins_on(&stored, balance) {
                known.insert(on);
            }
            balance = day.iter().fold(balance, |sum, (_, cents)| sum.saturating_add(*cents));
        }
        known
    }
}

/// The day of the closing balance that stands before the bookings.
pub(crate) fn closing_day(head: &StatementHead) -> Option<Date> {
    head.closing.and_then(|balance| balance.date)
}

/// The day a booking is of: the one it says, else the one its statement closes on.
pub(crate) fn day_of(booking: &Booking, closes_on: Option<Date>) -> Option<Date> {
    booking.booked.or(booking.valued).or(closes_on)
}

/// Whether stored bookings follow one another without a break, and the first one of them follows on this balance.
fn begins_on(stored: &[&Booked], balance: i64) -> bool {
    let mut ends: BTreeMap<i64, i64> = BTreeMap::new();
    for row in stored {
        let Some(before) = row.balance_before else { return false };
        *ends.entry(before).or_default() += 1;
        *ends.entry(before.saturating_add(row.amount)).or_default() -= 1;
    }
    ends.retain(|_, count| *count != 0);
    match ends.iter().find(|(_, count)| **count > 0) {
        Some((begin, 1)) => ends.len() == 2 && *begin == balance,
        Some(_) => false,
        // it ends where it began
        None => stored.iter().any(|row| row.balance_before == Some(balance)),
    }
}
