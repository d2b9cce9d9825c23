//! Whether all money has been seen: the chain of balances of each account.
//!
//! Invariant: a range is unbroken only where each closing balance is the next opening one, or statements overlap and all
//! their bookings, each counted once, lead from the first balance to the last; so a twin that was lost or a booking counted
//! twice breaks it. A balance within a statement (`ITBD`, `:62M:`) is followed by its next page and by nothing else. Numbers
//! and dates only order what has arrived; banks reuse and skip them.

mod span;
mod statement;

use std::borrow::Cow;

use jiff::civil::Date;
use sepa::Cents;

use self::span::{Span, take_in, without_circles};
pub use self::statement::{Line, Page, Range, Statement};
use crate::skips::{Skip, skips};

/// Two balances that do not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last day before it.
    pub after: Date,
    /// The balance on that day.
    pub closing: Cents,
    /// The first day behind it.
    pub before: Date,
    /// The balance on which that day begins.
    pub opening: Cents,
    /// The day of the statement of which a page is missing, where it is one.
    pub page: Option<Date>,
}

/// What is known of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Our account.
    pub account: String,
    /// The complete ranges, oldest first.
    pub ranges: Vec<Range>,
    /// What lies between them.
    pub gaps: Vec<Gap>,
    /// Days of statements that prove nothing: without balances, or whose entries do not lead from one to the other.
    pub unproven: Vec<Date>,
    /// Whether a person has confirmed the balance with which the first range begins.
    pub opening_confirmed: bool,
    /// Numbers of statements that are not here: for a person to look at, they prove nothing.
    pub skips: Vec<Skip>,
}

/// What a person has confirmed of an account's balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Our account.
    pub account: String,
    /// Whether it is the first balance, and not that nothing moved until the day.
    pub opening: bool,
    /// The day.
    pub day: Date,
    /// The balance.
    pub balance: Cents,
}

/// Why an account is not complete up to a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No statement at all.
    Everything,
    /// Something between two statements.
    Between(Gap),
    /// The pages of a statement before the first that is there.
    PagesBefore(Date, Cents),
    /// The pages of a statement behind the last that is there.
    PagesAfter(Date, Cents),
    /// A statement that does not fit together.
    Unproven(Date),
    /// Everything after a day.
    After {
        /// The last day that is there.
        last: Date,
        /// The day it must reach.
        needed: Date,
    },
}

/// The chains of some accounts, in their order.
pub fn chains(accounts: &[String], statements: &[Statement], confirmed: &[Confirmation]) -> Vec<Chain> {
    let quiet: Vec<Statement> = confirmed.iter().filter(|said| !said.opening).map(quiet_statement).collect();
    let statements = in_one_piece(statements);
    accounts
        .iter()
        .map(|account| {
            let all = statements.iter().chain(&quiet);
            let mut own: Vec<&Statement> = all.filter(|statement| statement.account == *account).collect();
            own.sort_by_key(|one| (one.days.1, one.days.0, one.sequence, one.page.number));
            let numbered: Vec<&Statement> = own.iter().filter(|one| one.id != CONFIRMED).copied().collect();
            let mut chain = Chain { skips: skips(&numbered), ..chain(account, own) };
            let first = chain.ranges.first();
            chain.opening_confirmed = confirmed.iter().any(|said| {
                let begins = first.is_some_and(|range| said.balance == range.opening && said.day <= range.first);
                said.opening && said.account == *account && begins
            });
            chain
        })
        .collect()
}

/// Statements, those in pages as a whole; in most towns none is.
fn in_one_piece(statements: &[Statement]) -> Cow<'_, [Statement]> {
    match statements.iter().all(Statement::fits) {
        true => Cow::Borrowed(statements),
        false => Cow::Owned(crate::pages::joined(statements)),
    }
}

/// A day without movement proves what a statement without entries would, and that what ends on its balance goes no further.
fn quiet_statement(said: &Confirmation) -> Statement {
    Statement {
        id: CONFIRMED,
        account: said.account.clone(),
        name: None,
        sequence: None,
        legal: None,
        swift: false,
        days: (said.day, said.day),
        opening: Some(said.balance),
        closing: Some(said.balance),
        movement: Cents::ZERO,
        bookings: Vec::new(),
        page: Page { number: Some(LATER_PAGE), ..Page::default() },
    }
}

/// The id of what is no statement but a person's word.
const CONFIRMED: i64 = 0;

/// Any page but the first.
const LATER_PAGE: i64 = 2;

fn chain(account: &str, statements: Vec<&Statement>) -> Chain {
    let mut spans: Vec<Span> = Vec::new();
    let (proven, unproven): (Vec<&Statement>, Vec<&Statement>) = statements.into_iter().partition(|one| one.fits());
    proven.iter().filter_map(|statement| Span::new(statement)).for_each(|span| take_in(&mut spans, span));
    let mut spans = without_circles(spans);
    spans.sort_by_key(|span| (span.days.1, span.days.0));
    let ranges: Vec<Range> = spans.iter().map(Span::range).collect();
    let last = ranges.last();
    let doubtful = unproven.iter().filter(|one| goes_on(one, last, &proven) || !is_covered(one.days, &proven));
    Chain {
        account: account.to_owned(),
        gaps: ranges.windows(2).filter_map(gap).collect(),
        unproven: doubtful.map(|one| one.days.1).collect(),
        opening_confirmed: false,
        skips: Vec::new(),
        ranges,
    }
}

/// What lies between two ranges.
fn gap(pair: &[Range]) -> Option<Gap> {
    let [one, next] = pair else { return None };
    let page = one.ends_within.then_some(one.last).or(next.begins_within.then_some(next.first));
    Some(Gap { after: one.last, closing: one.closing, before: next.first, opening: next.opening, page })
}

/// Whether a statement that does not fit begins where all that is proven ends: then it stands for more than was proven, and
/// none of those was issued in its place.
fn goes_on(unproven: &Statement, last: Option<&Range>, proven: &[&Statement]) -> bool {
    let behind = last.is_some_and(|range| unproven.days.1 >= range.last && unproven.opening == Some(range.closing));
    let anew = |one: &&Statement| one.days.1 == unproven.days.1 && one.opening == unproven.opening;
    behind && !proven.iter().any(anew)
}

/// Whether statements that prove something speak of every one of these days: issued anew, they stand for the other one.
fn is_covered((first, last): (Date, Date), proven: &[&Statement]) -> bool {
    let mut day = first;
    let covers = |one: &&Statement, day: Date| one.days.0 <= day && day <= one.days.1;
    while let Some(until) = proven.iter().filter(|one| covers(one, day)).map(|one| one.days.1).max() {
        match until.tomorrow() {
            Ok(next) if until < last => day = next,
            _ => return true,
        }
    }
    false
}

impl Chain {
    /// Everything that keeps the account from being complete up to `needed`, oldest first.
    pub fn missing(&self, needed: Date) -> Vec<Missing> {
        let mut missing: Vec<Missing> = self.unproven.iter().map(|day| Missing::Unproven(*day)).collect();
        let first = self.ranges.first().filter(|range| range.begins_within && !self.opening_confirmed);
        missing.extend(first.map(|range| Missing::PagesBefore(range.first, range.opening)));
        missing.extend(self.gaps.iter().cloned().map(Missing::Between));
        let last = self.ranges.last();
        let open = last.filter(|range| range.ends_within && range.last <= needed);
        missing.extend(open.map(|range| Missing::PagesAfter(range.last, range.closing)));
        match last {
            None => missing.push(Missing::Everything),
            Some(range) if range.last < needed => missing.push(Missing::After { last: range.last, needed }),
            Some(_) => {}
        }
        missing
    }
}

impl std::fmt::Display for Missing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Missing::Everything => write!(out, "no statement has been imported"),
            Missing::Between(Gap { page: Some(day), closing, opening, .. }) => write!(
                out,
                "a page of the statement of {day} is missing (between the balances {closing} and {opening})"
            ),
            Missing::PagesBefore(day, balance) => {
                write!(out, "the first page of the statement of {day} is missing (it ends on {balance})")
            }
            Missing::PagesAfter(day, balance) => {
                write!(out, "the next page of the statement of {day} is missing (it goes on from {balance})")
            }
            Missing::Between(gap) => write!(
                out,
                "statements are missing between {} (closing balance {}) and {} (opening balance {})",
                gap.after, gap.closing, gap.before, gap.opening
            ),
            Missing::Unproven(day) => {
                write!(
                    out,
                    "the statement of {day} does not fit together: its entries do not lead from opening to closing balance"
                )
            }
            Missing::After { last, needed } => {
                write!(out, "statements are missing after {last}, they must reach {needed}")
            }
        }
    }
}
