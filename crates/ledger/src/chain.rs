//! Whether all money has been seen: the chain of balances of each account.
//!
//! Invariant: a range is unbroken only where each closing balance is the next opening one, or statements overlap and all
//! their bookings, each counted once, lead from the first balance to the last; so a twin that was lost or a booking counted
//! twice breaks it. Numbers and dates only order what has arrived; banks reuse and skip them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sepa::Cents;

/// A statement, as far as completeness looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Our account.
    pub account: String,
    /// The bank's number of it.
    pub sequence: Option<i64>,
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
}

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
    accounts
        .iter()
        .map(|account| {
            let all = statements.iter().chain(&quiet);
            let mut own: Vec<&Statement> = all.filter(|statement| statement.account == *account).collect();
            own.sort_by_key(|statement| (statement.days.1, statement.days.0, statement.sequence));
            let mut chain = chain(account, own);
            let first = chain.ranges.first();
            chain.opening_confirmed = confirmed.iter().any(|said| {
                let begins = first.is_some_and(|range| said.balance == range.opening && said.day <= range.first);
                said.opening && said.account == *account && begins
            });
            chain
        })
        .collect()
}

/// A day without movement proves what a statement without entries would.
fn quiet_statement(said: &Confirmation) -> Statement {
    Statement {
        account: said.account.clone(),
        sequence: None,
        days: (said.day, said.day),
        opening: Some(said.balance),
        closing: Some(said.balance),
        movement: Cents::ZERO,
        bookings: Vec::new(),
    }
}

fn chain(account: &str, statements: Vec<&Statement>) -> Chain {
    let mut spans: Vec<Span> = Vec::new();
    let mut unproven: Vec<(Date, Date)> = Vec::new();
    let mut proven: Vec<(Date, Date)> = Vec::new();
    for statement in statements {
        match Span::new(statement) {
            Some(span) => {
                proven.push(statement.days);
                take_in(&mut spans, span);
            }
            None => unproven.push(statement.days),
        }
    }
    unproven.retain(|days| !is_covered(*days, &proven));
    let mut spans = without_circles(spans);
    spans.sort_by_key(|span| (span.days.1, span.days.0));
    let gap = |pair: &[Span]| match pair {
        [one, next] => {
            Some(Gap { after: one.days.1, closing: one.closing, before: next.days.0, opening: next.opening })
        }
        _ => None,
    };
    Chain {
        account: account.to_owned(),
        gaps: spans.windows(2).filter_map(gap).collect(),
        ranges: spans.iter().map(Span::range).collect(),
        unproven: unproven.into_iter().map(|days| days.1).collect(),
        opening_confirmed: false,
    }
}

/// Adds a span to those it overlaps or continues; all that it joins become one.
fn take_in(spans: &mut Vec<Span>, mut span: Span) {
    while let Some(place) = place_of(spans, &span) {
        let other = spans.remove(place);
        let Some((opening, closing)) = other.joined(&span) else { break };
        span = other.merged(span, opening, closing);
    }
    let place = spans.iter().rposition(|other| other.days.1 <= span.days.1).map_or(0, |place| place + 1);
    spans.insert(place, span);
}

/// Two pieces that nothing told how to join are one all the same: the account ends where it began.
fn without_circles(spans: Vec<Span>) -> Vec<Span> {
    spans.into_iter().fold(Vec::new(), |mut whole, span| {
        match whole.iter().rposition(|other: &Span| other.circles(&span)) {
            Some(place) => {
                let other = whole.remove(place);
                let (opening, closing) = (other.opening, span.closing);
                whole.insert(place, other.merged(span, opening, closing));
            }
            None => whole.push(span),
        }
        whole
    })
}

/// Where a span is that another one joins: one of the days before first, for of a day's pieces each could be the first; and
/// none that it runs in a circle with, until it is known where that begins.
fn place_of(spans: &[Span], span: &Span) -> Option<usize> {
    let joins = |other: &Span| !other.circles(span) && other.joined(span).is_some();
    // statements come in the order of their days: most continue the last one
    let ends_before = spans.iter().rposition(|other| other.days.1 < span.days.0 && joins(other));
    ends_before.or_else(|| spans.iter().rposition(joins))
}

/// Days of which every booking is known: the balances at both ends, and what leads from the one to the other.
#[derive(Clone, Debug)]
struct Span {
    days: (Date, Date),
    opening: Cents,
    closing: Cents,
    statements: usize,
    bookings: BTreeMap<(Date, i64), Cents>,
}

impl Span {
    /// A statement that proves something: it has both balances, and its entries lead from one to the other.
    fn new(statement: &Statement) -> Option<Span> {
        let (opening, closing) = (statement.opening?, statement.closing?);
        (opening.checked_add(statement.movement) == Some(closing)).then(|| Span {
            days: statement.days,
            opening,
            closing,
            statements: 1,
            bookings: statement.bookings.iter().map(|line| ((line.day, line.id), line.amount)).collect(),
        })
    }

    fn range(&self) -> Range {
        Range {
            first: self.days.0,
            last: self.days.1,
            opening: self.opening,
            closing: self.closing,
            statements: self.statements,
        }
    }

    /// Whether each of two pieces of a day ends on the balance on which the other one begins, and money moved between.
    fn circles(&self, other: &Span) -> bool {
        let meet = self.closing == other.opening && other.closing == self.opening && self.opening != self.closing;
        let apart = || !self.bookings.keys().any(|line| other.bookings.contains_key(line));
        meet && self.days.1 == other.days.1 && apart()
    }

    /// The balances at both ends of the two together, if they belong together: they share bookings, and all bookings of
    /// both lead from one opening balance to one closing balance; or the one ends on the balance on which the other begins.
    fn joined(&self, other: &Span) -> Option<(Cents, Cents)> {
        let (few, many) = if self.bookings.len() < other.bookings.len() { (self, other) } else { (other, self) };
        if few.bookings.keys().any(|line| many.bookings.contains_key(line)) {
            let added =
                Cents::sum(few.bookings.iter().filter(|(line, _)| !many.bookings.contains_key(line)).map(|(_, c)| *c))?;
            let moved = Cents::sum(many.bookings.values().copied())?.checked_add(added)?;
            let ends = [(many, many), (self, other), (other, self), (few, few)];
            let leads = |(begin, end): &(&Span, &Span)| {
                let inner = if std::ptr::eq(*begin, self) { other } else { self };
                begin.opening.checked_add(moved) == Some(end.closing) && begin.passes(inner)
            };
            return ends.iter().find(|ends| leads(ends)).map(|(begin, end)| (begin.opening, end.closing));
        }
        if few.bookings.is_empty() && few.opening == few.closing && many.stands_at(few.days, few.closing) {
            return Some((many.opening, many.closing));
        }
        if self.closing == other.opening && self.days.1 <= other.days.1 {
            return Some((self.opening, other.closing));
        }
        (other.closing == self.opening && other.days.1 <= self.days.1).then_some((other.opening, self.closing))
    }

    /// Whether the balance on which an overlapping span begins is one that this span passes on that day: behind all that
    /// came before the day, and some of the day's bookings that the other one does not tell.
    fn passes(&self, inner: &Span) -> bool {
        let Some(((day, _), _)) = inner.bookings.first_key_value() else { return false };
        let before = Cents::sum(self.bookings.range(..(*day, i64::MIN)).map(|(_, cents)| *cents));
        let start = before.and_then(|moved| self.opening.checked_add(moved));
        let Some(distance) = start.and_then(|start| inner.opening.checked_sub(start)) else { return false };
        let of_day = self.bookings.range((*day, i64::MIN)..=(*day, i64::MAX));
        let untold = of_day.filter(|(line, _)| !inner.bookings.contains_key(line)).map(|(_, cents)| cents.get());
        is_sum_of_some(distance.get(), untold)
    }

    /// Whether the account had this balance throughout these days within the span, or just before or behind a day's bookings.
    fn stands_at(&self, (first, last): (Date, Date), balance: Cents) -> bool {
        let within = self.days.0 <= first && last <= self.days.1;
        let until = |is_before: &dyn Fn(Date) -> bool| {
            let moved = Cents::sum(self.bookings.iter().filter(|(line, _)| is_before(line.0)).map(|(_, cents)| *cents));
            moved.and_then(|moved| self.opening.checked_add(moved))
        };
        within && [until(&|day| day < first), until(&|day| day <= last)].contains(&Some(balance))
    }

    fn merged(mut self, other: Span, opening: Cents, closing: Cents) -> Span {
        let adds = other.bookings.keys().any(|line| !self.bookings.contains_key(line)) || other.bookings.is_empty();
        self.days = (self.days.0.min(other.days.0), self.days.1.max(other.days.1));
        (self.opening, self.closing) = (opening, closing);
        self.statements += if adds { other.statements } else { 0 };
        self.bookings.extend(other.bookings);
        self
    }
}

/// Whether statements that prove something speak of every one of these days: issued anew, they stand for the other one.
fn is_covered((first, last): (Date, Date), proven: &[(Date, Date)]) -> bool {
    let mut day = first;
    while let Some(until) = proven.iter().filter(|days| days.0 <= day && day <= days.1).map(|days| days.1).max() {
        match until.tomorrow() {
            Ok(next) if until < last => day = next,
            _ => return true,
        }
    }
    false
}

/// Whether some of these amounts sum to one; where they are too many to try, they may.
fn is_sum_of_some(wanted: i64, amounts: impl Iterator<Item = i64>) -> bool {
    const MOST_SUMS: usize = 4_096;
    let mut sums = BTreeSet::from([0_i64]);
    for amount in amounts {
        let more: Vec<i64> = sums.iter().map(|sum| sum.saturating_add(amount)).collect();
        sums.extend(more);
        if sums.len() > MOST_SUMS {
            return true;
        }
    }
    sums.contains(&wanted)
}

impl Chain {
    /// Everything that keeps the account from being complete up to `needed`, oldest first.
    pub fn missing(&self, needed: Date) -> Vec<Missing> {
        let mut missing: Vec<Missing> = self.unproven.iter().map(|day| Missing::Unproven(*day)).collect();
        missing.extend(self.gaps.iter().cloned().map(Missing::Between));
        match self.ranges.last() {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `FIRST LAST OPENING CLOSING [MOVEMENT [ID@DAY=AMOUNT,…]]`
    fn statement(line: &str) -> Statement {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let cents = |place: usize| Cents::parse(cells[place]).unwrap();
        let movement = cells.get(4).map_or_else(|| cents(3).checked_sub(cents(2)).unwrap(), |_| cents(4));
        Statement {
            account: "A".to_owned(),
            sequence: None,
            days: (cells[0].parse().unwrap(), cells[1].parse().unwrap()),
            opening: Some(cents(2)),
            closing: Some(cents(3)),
            movement,
            bookings: cells
                .get(5)
                .into_iter()
                .flat_map(|list| list.split(','))
                .map(|line| {
                    let (id, amount) = line.split_once('=').unwrap();
                    let (id, day) = id.split_once('@').unwrap();
                    let day = format!("2024-03-{day}").parse().unwrap();
                    Line { id: id.parse().unwrap(), day, amount: Cents::parse(amount).unwrap() }
                })
                .collect(),
        }
    }

    #[track_caller]
    fn check(lines: &[&str], needed: &str, expected: &[&str]) {
        let forward: Vec<Statement> = lines.iter().map(|line| statement(line)).collect();
        let backward: Vec<Statement> = forward.iter().rev().cloned().collect();
        for statements in [forward, backward] {
            let chains = chains(&["A".to_owned()], &statements, &[]);
            let missing: Vec<String> =
                chains[0].missing(needed.parse().unwrap()).iter().map(Missing::to_string).collect();
            assert_eq!(missing, expected, "{lines:?}");
        }
    }

    #[test]
    fn balances_that_meet_are_complete_in_any_order() {
        check(&["2024-03-07 2024-03-07 100 150", "2024-03-08 2024-03-08 150 90"], "2024-03-08", &[]);
        check(&["2024-03-07 2024-03-07 100 150", "2024-03-07 2024-03-07 150 90"], "2024-03-07", &[]);
        check(&["2024-03-07 2024-03-07 100 100", "2024-03-08 2024-03-08 100 100"], "2024-03-08", &[]);
    }

    #[test]
    fn a_day_in_pieces_may_end_on_the_balance_on_which_it_began() {
        let (before, behind) = ("2024-03-06 2024-03-06 80 100", "2024-03-08 2024-03-08 100 130");
        let (up, down) = ("2024-03-07 2024-03-07 100 150", "2024-03-07 2024-03-07 150 100");
        check(&[before, down, up, behind], "2024-03-08", &[]);
        check(&[before, down, up], "2024-03-07", &[]);
        check(&[down, up, behind], "2024-03-08", &[]);
        check(&[down, up], "2024-03-07", &[]);
        let pieces = ["120 100", "100 150", "150 120"].map(|balances| format!("2024-03-07 2024-03-07 {balances}"));
        check(&[before, &pieces[0], &pieces[1], &pieces[2], behind], "2024-03-08", &[]);
    }

    #[test]
    fn an_overlapping_statement_breaks_nothing() {
        let (early, late) = ("2024-03-07 2024-03-07 100 150 50 1@07=50", "2024-03-08 2024-03-08 150 90 -60 2@08=-60");
        check(&[early, late, "2024-03-07 2024-03-08 100 90 -10 1@07=50,2@08=-60"], "2024-03-08", &[]);
        // cut within a day, on either side
        let (begin, end) =
            ("2024-03-07 2024-03-08 100 120 20 1@07=50,2@08=-30", "2024-03-08 2024-03-08 150 130 -20 2@08=-30,3@08=10");
        check(&[begin, end], "2024-03-08", &[]);
        check(&[end, "2024-03-08 2024-03-08 120 130 10 3@08=10"], "2024-03-08", &[]);
    }

    #[test]
    fn a_twin_that_was_lost_breaks_the_chain() {
        // the second statement tells a booking of 50 of its own, taken for the first one's
        check(
            &["2024-03-07 2024-03-07 100 150 50 1@07=50", "2024-03-08 2024-03-08 170 230 60 1@07=50,3@08=10"],
            "2024-03-08",
            &[
                "statements are missing between 2024-03-07 (closing balance 150.00) and 2024-03-08 (opening balance 170.00)",
            ],
        );
    }

    #[test]
    fn a_statement_issued_anew_stands_for_the_one_that_did_not_fit() {
        let unfit = "2024-03-07 2024-03-08 150 90 10";
        let said = "the statement of 2024-03-08 does not fit together: its entries do not lead from opening to closing balance";
        check(&["2024-03-07 2024-03-07 150 160", "2024-03-08 2024-03-08 160 90", unfit], "2024-03-08", &[]);
        check(&["2024-03-06 2024-03-06 100 150", "2024-03-08 2024-03-08 150 90", unfit], "2024-03-08", &[said]);
        check(&["2024-03-07 2024-03-08 150 90", unfit], "2024-03-08", &[]);
    }

    #[test]
    fn a_person_confirms_the_first_balance_and_quiet_days() {
        let said = |opening, day: &str, balance: i64| Confirmation {
            account: "A".to_owned(),
            opening,
            day: day.parse().unwrap(),
            balance: Cents::new(balance),
        };
        let statements = [statement("2024-03-07 2024-03-07 100 150")];
        let needed = "2024-03-08".parse().unwrap();
        for (confirmed, is_confirmed, is_complete) in [
            (vec![], false, false),
            (vec![said(true, "2024-03-06", 10_000)], true, false),
            (vec![said(true, "2024-03-06", 9_999)], false, false),
            (vec![said(false, "2024-03-08", 15_000)], false, true),
            (vec![said(false, "2024-03-08", 14_000)], false, false),
        ] {
            let chains = chains(&["A".to_owned()], &statements, &confirmed);
            assert_eq!(chains[0].opening_confirmed, is_confirmed, "{confirmed:?}");
            assert_eq!(chains[0].missing(needed).is_empty(), is_complete, "{confirmed:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        check(&[], "2024-03-08", &["no statement has been imported"]);
        check(
            &["2024-03-06 2024-03-06 100 150", "2024-03-08 2024-03-08 160 90"],
            "2024-03-08",
            &[
                "statements are missing between 2024-03-06 (closing balance 150.00) and 2024-03-08 (opening balance 160.00)",
            ],
        );
        check(
            &["2024-03-06 2024-03-06 100 150"],
            "2024-03-08",
            &["statements are missing after 2024-03-06, they must reach 2024-03-08"],
        );
        check(
            &["2024-03-08 2024-03-08 100 150 49"],
            "2024-03-08",
            &[
                "the statement of 2024-03-08 does not fit together: its entries do not lead from opening to closing balance",
                "no statement has been imported",
            ],
        );
    }
}
