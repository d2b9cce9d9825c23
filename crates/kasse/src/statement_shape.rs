//! What a statement is, whatever format it comes in and however it is cut: its balances, and day and amount of each booking.
//!
//! Texts differ between camt and MT940, ids between versions; days, amounts and balances do not. Invariant: a day of a
//! statement is called known only if exactly its bookings are stored and the balance on which it begins is the stored one.

use std::collections::BTreeSet;

use camt::{Balance, Part, Status};
use jiff::civil::Date;
use sepa::Cents;
use sha2::{Digest, Sha256};
use store::{StatementRow, Tx};

use crate::Result;
use crate::import::hex;

/// A statement's shape, gathered part by part.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    opening: Option<Cents>,
    closing: Option<Cents>,
    closed_on: Option<Date>,
    booked: Vec<(Date, i64)>,
}

/// Where a statement lies among those that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Everything in it is stored.
    Known,
    /// Its balances join those of stored statements: nothing in it is stored.
    Beside,
    /// It may overlap what is stored: these days of it are known.
    Open(BTreeSet<Date>),
}

/// The part of a statement that is new: what its days before and behind that are known leave of its balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewPart {
    /// Cents that its leading known days move.
    pub(crate) before: i64,
    /// Cents that its trailing known days move.
    pub(crate) behind: i64,
    /// First and last day of its new bookings.
    pub(crate) days: (Date, Date),
}

impl Shape {
    /// Takes in a part of the statement.
    pub(crate) fn take(&mut self, part: &Part) {
        match part {
            Part::Booking(booking) if matches!(booking.status, None | Some(Status::Booked)) => {
                if let (Some(day), Some(amount)) = (booking.booked.or(booking.valued), booking.signed()) {
                    self.booked.push((day, amount.get()));
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
        if store::has_identity(tx, &self.identity(account, advice)).await? {
            return Ok(Place::Known);
        }
        let (Some((first, _)), Some((last, _)), false) = (self.booked.first(), self.booked.last(), advice) else {
            return Ok(Place::Open(BTreeSet::new()));
        };
        let near: Vec<&StatementRow> = statements.iter().filter(|row| row.account == account).collect();
        let known = self.known_days(tx, account, &near).await?;
        Ok(if known.len() == self.days().len() {
            Place::Known
        } else if known.is_empty() && self.joins(&near, *first, *last) {
            Place::Beside
        } else {
            Place::Open(known)
        })
    }

    /// The days on which it has bookings.
    fn days(&self) -> BTreeSet<Date> {
        self.booked.iter().map(|(day, _)| *day).collect()
    }

    /// The days of which exactly its bookings are stored, and that begin on the same balance there.
    async fn known_days(&self, tx: &mut Tx, account: &str, near: &[&StatementRow]) -> Result<BTreeSet<Date>> {
        let mut known = BTreeSet::new();
        let (Some(opening), Some((first, _)), Some((last, _))) =
            (self.opening, self.booked.first(), self.booked.last())
        else {
            return Ok(known);
        };
        if store::booked_amounts(tx, account, *first, *last).await?.is_empty() {
            return Ok(known);
        }
        let start = near.iter().map(|row| row.days.0).filter(|day| day <= first).max().unwrap_or(*first);
        let mut stored = store::booked_amounts(tx, account, start, *last).await?;
        stored.sort_unstable();
        let of = |list: &[(Date, i64)], day: Date| -> Vec<i64> {
            list.iter().filter(|(booked, _)| *booked == day).map(|(_, cents)| *cents).collect()
        };
        let moved = |list: &[(Date, i64)], from: Date, until: Date| -> i64 {
            list.iter().filter(|(day, _)| (from..until).contains(day)).map(|(_, cents)| cents).sum()
        };
        for day in self.days() {
            let begins = opening.get() + moved(&self.booked, *first, day);
            let start = near.iter().filter(|row| row.days.0 <= day).map(|row| row.days.0).max();
            let fits = near
                .iter()
                .filter(|row| Some(row.days.0) == start)
                .any(|row| row.opening.map(|balance| balance + moved(&stored, row.days.0, day)) == Some(begins));
            if fits && of(&stored, day) == of(&self.booked, day) {
                known.insert(day);
            }
        }
        Ok(known)
    }

    /// What is new of it where some of its days are known.
    pub(crate) fn new_part(&self, known: &BTreeSet<Date>) -> Option<NewPart> {
        let is_known = |(day, _): &&(Date, i64)| known.contains(day);
        let sum = |cents: i64, (_, more): &(Date, i64)| cents + more;
        let first = self.booked.iter().find(|booking| !is_known(booking))?;
        let last = self.booked.iter().rfind(|booking| !is_known(booking))?;
        Some(NewPart {
            before: self.booked.iter().take_while(is_known).fold(0, sum),
            behind: self.booked.iter().rev().take_while(is_known).fold(0, sum),
            days: (first.0, last.0),
        })
    }

    /// Whether it begins where a stored statement ends, or ends where one begins, and none covers its beginning.
    fn joins(&self, near: &[&StatementRow], first: Date, last: Date) -> bool {
        let (opening, closing) = (self.opening.map(Cents::get), self.closing.map(Cents::get));
        let begins_alike = near.iter().any(|row| row.opening == opening && row.days.0 <= first && first <= row.days.1);
        let after = near.iter().any(|row| row.closing == opening && row.closing.is_some() && row.days.1 <= first);
        let ahead = near.iter().any(|row| row.opening == closing && row.opening.is_some() && last <= row.days.0);
        !begins_alike && (after || ahead)
    }
}
