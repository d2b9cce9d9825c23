//! The ways on where statements are missing: what a person can do about it, and what he would type.
//!
//! Must not know how anything is done. Invariant: whatever keeps an account from being complete has a way on.

use jiff::civil::Date;
use sepa::{Cents, target_day_after, target_day_before};

use crate::chain::{Chain, Gap, Missing};

/// A way on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Statements that are not here yet, of any day.
    Import,
    /// Those of some days, the first and the last.
    Fetch(Date, Date),
    /// Statements of two days, which do not meet though no bank day lies between: one of them is not whole.
    Anew(Date, Date),
    /// A statement that does not fit; the new one takes its place.
    Instead(Date),
    /// A page of a statement.
    Page(Date),
    /// A person confirms the balance on which the account begins.
    ConfirmOpening(String, Date, Cents),
    /// A person confirms that the account still stood there on the day.
    ConfirmQuiet(String, Date, Cents),
}

impl std::fmt::Display for Way {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Way::Import => write!(out, "fetch the account's statements from the bank and import them"),
            Way::Fetch(first, last) if first == last => {
                write!(out, "fetch the statement of {first} from the bank and import it")
            }
            Way::Fetch(first, last) => {
                write!(out, "fetch the statements of {first} to {last} from the bank and import them")
            }
            Way::Anew(one, other) if one == other => {
                write!(out, "have the bank issue the statements of {one} anew and import them")
            }
            Way::Anew(one, other) => {
                write!(out, "have the bank issue the statements of {one} and {other} anew and import them")
            }
            Way::Instead(day) => write!(
                out,
                "have the bank issue the statement of {day} anew and import it: it takes the place of this one"
            ),
            Way::Page(day) => {
                write!(out, "import the file with that page, or have the bank issue the statement of {day} anew")
            }
            Way::ConfirmOpening(account, day, balance) => write!(
                out,
                "if the account begins there: `einmal statements confirm-opening {account} --day {day} --balance {balance} --as USER`"
            ),
            Way::ConfirmQuiet(account, day, balance) => write!(
                out,
                "if nothing was booked since: `einmal statements confirm-quiet {account} --day {day} --balance {balance} --as USER`"
            ),
        }
    }
}

impl Chain {
    /// The ways on, in the order of what is missing; each once.
    pub fn ways(&self, needed: Date) -> Vec<Way> {
        let mut ways: Vec<Way> = Vec::new();
        for way in self.missing(needed).iter().flat_map(|missing| self.ways_of(missing, needed)) {
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        ways
    }

    fn ways_of(&self, missing: &Missing, needed: Date) -> Vec<Way> {
        let account = || self.account.clone();
        match missing {
            Missing::Everything => vec![Way::Import],
            Missing::Between(Gap { page: Some(day), .. }) => vec![Way::Page(*day)],
            Missing::Between(gap) => {
                let (first, last) = (target_day_after(gap.after), target_day_before(gap.before));
                vec![if first <= last { Way::Fetch(first, last) } else { Way::Anew(gap.after, gap.before) }]
            }
            Missing::PagesBefore(day, balance) => {
                vec![Way::Page(*day), Way::ConfirmOpening(account(), *day, *balance)]
            }
            Missing::PagesAfter(day, balance) => vec![Way::Page(*day), Way::ConfirmQuiet(account(), *day, *balance)],
            Missing::Unproven(day) => vec![Way::Instead(*day)],
            Missing::After { last, needed: day } => {
                let mut ways = vec![Way::Fetch(target_day_after(*last), *day)];
                // within a statement nothing is quiet
                let doubtful = self.unproven.iter().any(|day| day > last);
                let stands = self.ranges.last().filter(|range| !range.ends_within && !doubtful);
                ways.extend(stands.map(|range| Way::ConfirmQuiet(account(), needed, range.closing)));
                ways
            }
        }
    }
}
