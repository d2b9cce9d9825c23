//! A statement, as far as completeness looks at it, and the days that statements prove.

use jiff::civil::Date;
use sepa::Cents;

/// A statement, as far as completeness looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub id: i64,
    /// Our account.
    pub account: String,
    /// The bank's name of it.
    pub name: Option<String>,
    /// The bank's number of it.
    pub sequence: Option<i64>,
    /// The number of the legally valid statement.
    pub legal: Option<i64>,
    /// Whether it came in SWIFT's format (MT940): its numbers are others.
    pub swift: bool,
    /// First and last day it speaks of.
    pub days: (Date, Date),
    /// Its opening balance.
    pub opening: Option<Cents>,
    /// Its closing balance.
    pub closing: Option<Cents>,
    /// The signed sum of its booked entries.
    pub movement: Cents,
    /// What it tells, whether it told of it first or again.
    pub bookings: Vec<Line>,
    /// Where it stands among the pages of a statement.
    pub page: Page,
}

impl Statement {
    /// What its entries leave unexplained between its balances; `None` where a balance is missing.
    pub fn unexplained(&self) -> Option<Cents> {
        self.closing?.checked_sub(self.opening?)?.checked_sub(self.movement)
    }

    /// Whether its entries lead from its one balance to the other.
    pub fn fits(&self) -> bool {
        let led = self.opening.and_then(|opening| opening.checked_add(self.movement));
        led.is_some() && led == self.closing
    }
}

/// Where a statement stands among the pages of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The page's number.
    pub number: Option<i64>,
    /// Whether it is the last one.
    pub is_last: Option<bool>,
    /// Whether a page ends on its opening balance.
    pub opens_within: bool,
    /// Whether a page goes on from its closing balance.
    pub closes_within: bool,
}

/// A booking of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: i64,
    /// The day it was booked.
    pub day: Date,
    /// Below zero where our account was debited.
    pub amount: Cents,
}

/// Days that are complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// The balance before the first day.
    pub opening: Cents,
    /// The balance after the last day.
    pub closing: Cents,
    /// How many statements prove it.
    pub statements: usize,
    /// Whether it begins within a statement: a page is missing before it.
    pub begins_within: bool,
    /// Whether it ends within a statement: a page is missing behind it.
    pub ends_within: bool,
}
