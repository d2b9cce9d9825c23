//! Whether all money has been seen: the chain of balances of each account.
//!
//! Invariant: a range is unbroken only where each closing balance is the next opening one and each statement's own
//! entries lead from the one to the other. Numbers and dates only order what has arrived; banks reuse and skip them.

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
    }
}

/// A statement that proves something: both balances, and entries that lead from one to the other.
struct Link {
    days: (Date, Date),
    opening: Cents,
    closing: Cents,
}

fn link(statement: &Statement) -> Option<Link> {
    let (opening, closing) = (statement.opening?, statement.closing?);
    (opening.checked_add(statement.movement) == Some(closing)).then_some(Link {
        days: statement.days,
        opening,
        closing,
    })
}

fn chain(account: &str, statements: Vec<&Statement>) -> Chain {
    let mut chain = Chain {
        account: account.to_owned(),
        ranges: Vec::new(),
        gaps: Vec::new(),
        unproven: Vec::new(),
        opening_confirmed: false,
    };
    let mut links = Vec::new();
    for statement in statements {
        match link(statement) {
            Some(link) => links.push(link),
            None => chain.unproven.push(statement.days.1),
        }
    }
    let mut seen: Vec<Cents> = Vec::new();
    while let Some(place) = next_link(&chain, &links) {
        let link = links.remove(place);
        let covered = chain.ranges.last().is_some_and(|range| {
            link.opening != range.closing
                && link.days.0 >= range.first
                && link.days.1 <= range.last
                && seen.contains(&link.opening)
                && seen.contains(&link.closing)
        });
        if !covered {
            seen.extend([link.opening, link.closing]);
            append(&mut chain, &link);
        }
    }
    chain
}

/// The link that continues the range on its day, else the first there is.
fn next_link(chain: &Chain, links: &[Link]) -> Option<usize> {
    let first = links.first()?;
    let Some(range) = chain.ranges.last() else {
        // several on the first day: the one that no other one leads to begins
        let leads_to = |link: &Link| {
            links.iter().any(|other| {
                other.days == first.days && other.closing == link.opening && other.opening != other.closing
            })
        };
        let begins = links.iter().position(|link| link.days == first.days && !leads_to(link));
        return Some(begins.unwrap_or(0));
    };
    let same_day = links.iter().take_while(|link| link.days.1 == first.days.1);
    let continuing = same_day.enumerate().find(|(_, link)| link.opening == range.closing).map(|(place, _)| place);
    Some(continuing.unwrap_or(0))
}

fn append(chain: &mut Chain, link: &Link) {
    match chain.ranges.last_mut() {
        Some(range) if range.closing == link.opening => {
            range.last = range.last.max(link.days.1);
            range.closing = link.closing;
            range.statements += 1;
            return;
        }
        Some(range) => chain.gaps.push(Gap {
            after: range.last,
            closing: range.closing,
            before: link.days.0,
            opening: link.opening,
        }),
        None => {}
    }
    chain.ranges.push(Range {
        first: link.days.0,
        last: link.days.1,
        opening: link.opening,
        closing: link.closing,
        statements: 1,
    });
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

    /// `FIRST LAST OPENING CLOSING [MOVEMENT]`
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
    fn an_overlapping_statement_breaks_nothing() {
        check(
            &["2024-03-07 2024-03-07 100 150", "2024-03-08 2024-03-08 150 90", "2024-03-07 2024-03-08 100 90"],
            "2024-03-08",
            &[],
        );
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
