//! The statement that is being read, and what is remembered of it.
//!
//! Must not know what is stored. Invariant: a day or sum that a statement does not name is refused, never guessed.

use std::collections::{HashMap, HashSet};

use camt::{StatementEnd, StatementHead};
use jiff::civil::Date;
use store::{NewStatement, Page};

use super::counts::Counts;
use super::known::Alike;
use crate::intake::statement_shape::{Overlap, Paged};

/// Why nothing of a day to come is stored.
pub(super) const FUTURE: &str = "no statement comes from the future; ask the bank, or import it on that day";

/// The statement that is being read.
pub(super) struct Current {
    pub(super) id: i64,
    pub(super) head: Box<StatementHead>,
    /// What it is called in reports.
    pub(super) title: String,
    pub(super) member: String,
    pub(super) account: String,
    pub(super) entry: OpenEntry,
    /// What its bookings are: details also where it is a day that is known without them.
    pub(super) counts: Counts,
    /// Whether it comes in SWIFT's format.
    pub(super) swift: bool,
    /// What of it is stored already, whatever the texts were.
    pub(super) overlap: Overlap,
    /// What is stored of the days that are.
    pub(super) alike: Alike,
    /// Entries of which only the details are stored, by index, and the bookings for which these stand.
    pub(super) details: HashMap<u32, i64>,
    /// The account's balance before the next booking, where the statement fits together.
    pub(super) balance: Option<i64>,
    /// Stored bookings that one of the statement equals already.
    pub(super) matched: HashSet<i64>,
    pub(super) days: Option<(Date, Date)>,
    /// The day that it closes on.
    pub(super) closes_on: Option<Date>,
    /// Whether nothing of it is stored.
    pub(super) skip: bool,
    /// How many of its bookings are not final and were left out.
    pub(super) left_out: usize,
}

/// The entry that is being read.
#[derive(Default)]
pub(super) struct OpenEntry {
    /// The day of its first booking.
    pub(super) booked: Option<Date>,
    /// How many of its bookings are new.
    pub(super) added: usize,
    /// Why one of them cannot be stored.
    pub(super) refusal: Option<String>,
}

/// A number of a statement as it is stored; one that is larger is none.
fn number(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

/// Where a statement stands among the pages of one.
fn page(head: &StatementHead, opening: Option<camt::Balance>, closing: Option<camt::Balance>) -> Page {
    let (opens_within, closes_within) = Paged::of(head).within(opening, closing);
    Page {
        legal_sequence: head.legal_sequence.and_then(number),
        number: head.page.and_then(number),
        is_last: Paged::of(head).is_last,
        opens_within,
        closes_within,
    }
}

impl Current {
    /// As it is stored.
    pub(super) fn finish(self, end: &StatementEnd, today: Date) -> std::result::Result<NewStatement, String> {
        let (opening, closing) = (end.opening, end.closing);
        let day = |balance: Option<camt::Balance>| balance.and_then(|balance| balance.date);
        let last = day(closing)
            .or(self.head.to)
            .or(self.days.map(|days| days.1))
            .or(self.head.created)
            .ok_or_else(|| format!("line {}, Stmt: names no day", self.head.line))?;
        let first = self.days.map_or(last, |days| days.0).min(self.head.from.unwrap_or(last)).min(last);
        let latest = day(opening).map_or(last, |day| day.max(last));
        if latest > today {
            return Err(format!(
                "line {}, Stmt: it speaks of {latest}, and today is {today}: {FUTURE}",
                self.head.line
            ));
        }
        let movement = end
            .movement
            .ok_or_else(|| format!("line {}, Stmt: the sum of its entries is too large", self.head.line))?;
        let amount = |balance: Option<camt::Balance>| balance.map(|balance| balance.amount.get());
        Ok(NewStatement {
            identity: self.overlap.identity,
            advice: self.counts != Counts::Money,
            provisional: self.counts == Counts::Report,
            member: self.member,
            message: self.head.message.clone(),
            account: self.account,
            statement_id: self.head.id.clone(),
            sequence: self.head.sequence.and_then(number),
            days: (first, last),
            opening: amount(opening),
            closing: amount(closing),
            movement: movement.get(),
            finding: end.findings.first().map(ToString::to_string),
            page: page(&self.head, opening, closing),
        })
    }
}
