//! What whoever plans, releases, exports or signs must know, and what forbids nothing by itself: a first balance that nobody
//! confirmed, the day up to which the old system had posted, settings that are still the example's, accounts that left them.
//!
//! Invariant: everything here follows from the books and the settings of one moment, and becomes a sentence only where it is
//! said.

use jiff::civil::Date;
use ledger::chain::Chain;
use ledger::skips::Skip;
use sepa::Cents;
use store::{Moment, SettingChange};

use crate::base::newcomers::Newcomer;
use crate::base::shown::german;
use crate::books::situation::Situation;
use crate::{Kasse, Result};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caution {
    /// Settings that are still the example's, in a sentence.
    Example(String),
    /// A first balance that nobody has confirmed, or that is later than the outage.
    Opening { account: String, first: Date, balance: Cents, is_confirmed: bool, is_late: bool },
    /// Bookings up to this day count as posted by the old system.
    AsOf(Date),
    /// An account that the settings name no more, and that is asked for all the same.
    Left(String),
    /// A number of the bank's that no statement of the account has.
    Number(String, Skip),
    /// How many more such numbers there are.
    MoreNumbers(String, usize),
    /// Somebody who works on the run is new.
    New(Newcomer),
    /// A setting that controls is another than at the last run.
    Setting(SettingChange),
    /// So many of so many debits go to another account than the last one of their Kassenzeichen.
    Accounts(usize, usize),
    /// A run that was taken over from a payment file since the last one: its name, the file, and who confirmed it.
    TakenOver { run: String, file: String, by: String, with: Option<String> },
}

/// How many skipped numbers of an account are named one by one.
const MOST_SKIPS: usize = 5;

/// The bank's numbers that no statement has.
fn numbers(chain: &Chain) -> impl Iterator<Item = Caution> {
    let named = chain.skips.iter().take(MOST_SKIPS).map(|skip| Caution::Number(chain.account.clone(), skip.clone()));
    let more = chain.skips.len().saturating_sub(MOST_SKIPS);
    named.chain((more > 0).then(|| Caution::MoreNumbers(chain.account.clone(), more)))
}

/// All of them, in the order in which they are said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cautions(Vec<Caution>);

impl Cautions {
    pub(crate) async fn load(kasse: &Kasse, tx: &mut impl Moment, situation: &Situation) -> Result<Cautions> {
        let chains = kasse.chains(tx).await?;
        let outage = kasse.config.outage.map(|(from, _)| from);
        let mut all: Vec<Caution> = kasse.config.still_example().map(Caution::Example).into_iter().collect();
        all.extend(chains.iter().filter_map(|chain| opening(chain, outage)));
        all.extend(chains.iter().flat_map(numbers));
        all.extend(situation.as_of.map(Caution::AsOf));
        let is_set = |account: &str| kasse.config.accounts.iter().any(|own| own.as_str() == account);
        let left = chains.iter().filter(|chain| !is_set(&chain.account));
        all.extend(left.map(|chain| Caution::Left(chain.account.clone())));
        Ok(Cautions(all))
    }

    /// These, and what is to be known besides.
    pub(crate) fn and(mut self, more: Vec<Caution>) -> Cautions {
        self.0.extend(more);
        self
    }

    /// In words.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// What of them leaves open whether all the money has been seen, in words.
    pub(crate) fn of_money(&self) -> Vec<String> {
        self.0.iter().filter(|caution| caution.is_of_money()).map(ToString::to_string).collect()
    }

    /// As the control sheet says them.
    pub(crate) fn german(&self) -> Vec<String> {
        self.0.iter().map(Caution::german).collect()
    }
}

/// What is not known of an account's first balance.
fn opening(chain: &Chain, outage: Option<Date>) -> Option<Caution> {
    let range = chain.ranges.first()?;
    let is_late = outage.is_some_and(|from| range.first > from);
    let is_confirmed = chain.opening_confirmed;
    (is_late || !is_confirmed).then(|| Caution::Opening {
        account: chain.account.clone(),
        first: range.first,
        balance: range.opening,
        is_confirmed,
        is_late,
    })
}

impl std::fmt::Display for Caution {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Caution::Example(still) => out.write_str(still),
            Caution::Opening { account, first, is_confirmed: true, .. } => write!(
                out,
                "account {account}: its statements begin on {first}, after the outage had begun: what came before was not seen"
            ),
            Caution::Opening { account, first, balance, is_late, .. } => {
                let late = if *is_late { ", after the outage had begun" } else { "" };
                write!(
                    out,
                    "account {account}: the first balance, {balance} before {first}, is taken as given{late}; nobody has confirmed it"
                )
            }
            Caution::AsOf(day) => write!(
                out,
                "bookings up to {day} count as posted by the old system; two people can correct that: `einmal statements as-of`"
            ),
            Caution::Number(account, skip) => write!(out, "account {account}: {skip}"),
            Caution::MoreNumbers(account, more) => {
                write!(out, "account {account}: {more} more numbers of statements are not here")
            }
            Caution::New(who) => who.fmt(out),
            Caution::Setting(SettingChange { name, before, after }) => {
                let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
                write!(
                    out,
                    "the setting {name:?} has changed since the last run: {:?} before, {:?} now",
                    value(before),
                    value(after)
                )
            }
            Caution::Accounts(changed, all) => {
                write!(
                    out,
                    "{changed} of {all} debits go to another account than the last debit of their Kassenzeichen"
                )
            }
            Caution::TakenOver { run, file, by, with: Some(with) } => {
                write!(out, "run {run} was taken over from the payment file {file:?}, confirmed by {by} and {with}")
            }
            Caution::TakenOver { run, file, by, with: None } => {
                write!(out, "run {run} was taken over from the payment file {file:?}, imported by {by}")
            }
            Caution::Left(account) => write!(
                out,
                "account {account}: the settings name it no more, its statements are asked for all the same: put it back into kasse.accounts, or let two people end it (`einmal statements end-account`)"
            ),
        }
    }
}

impl Caution {
    /// Whether it leaves open that all the money has been seen.
    fn is_of_money(&self) -> bool {
        match self {
            Caution::Opening { .. } | Caution::AsOf(_) | Caution::Left(_) => true,
            Caution::Number(..) | Caution::MoreNumbers(..) => true,
            Caution::Example(_) | Caution::New(_) | Caution::Setting(_) => false,
            Caution::Accounts(..) | Caution::TakenOver { .. } => false,
        }
    }

    fn german(&self) -> String {
        match self {
            Caution::Example(_) => {
                "Name, Gläubiger-ID oder Konto stehen noch so in den Einstellungen wie im mitgelieferten Muster"
                    .to_owned()
            }
            Caution::Opening { account, first, balance, is_confirmed, is_late } => {
                let begin = format!("Konto {account}: Die Kontoauszüge beginnen am {}", german(*first));
                let late = if *is_late { ", nach dem Beginn des Ausfalls" } else { "" };
                let given = format!("; den Anfangssaldo {} EUR hat niemand bestätigt", balance.german());
                format!("{begin}{late}{}", if *is_confirmed { "" } else { &given })
            }
            Caution::AsOf(day) => {
                format!("Buchungen bis zum {} gelten als im alten Verfahren gebucht (--as-of)", german(*day))
            }
            Caution::Number(account, Skip { first, last, after, before }) => {
                let (after, before) = (german(*after), german(*before));
                let numbers = if first == last { format!("{first}") } else { format!("{first} bis {last}") };
                format!(
                    "Konto {account}: Kontoauszug Nr. {numbers} der Bank zwischen {after} und {before} liegt nicht vor"
                )
            }
            Caution::MoreNumbers(account, more) => {
                format!("Konto {account}: {more} weitere Kontoauszugsnummern fehlen")
            }
            Caution::New(who) => who.german(),
            Caution::Setting(SettingChange { name, before, after }) => {
                let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nichts".to_owned());
                let (before, after) = (value(before), value(after));
                format!("Einstellung {name} seit dem letzten Lauf geändert: vorher {before}, jetzt {after}")
            }
            Caution::Accounts(changed, all) => {
                format!(
                    "{changed} von {all} Lastschriften gehen auf ein anderes Konto als die letzte desselben Kassenzeichens"
                )
            }
            Caution::TakenOver { run, file, by, with } => {
                let who = match with {
                    Some(with) => format!("bestätigt von {by} und {with}"),
                    None => format!("eingelesen von {by}"),
                };
                format!("Lauf {run} wurde aus der Zahlungsdatei {file} übernommen, {who}")
            }
            Caution::Left(account) => {
                format!(
                    "Konto {account} steht nicht mehr in den Einstellungen, seine Kontoauszüge wurden trotzdem verlangt"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger::chain::Range;

    use super::*;

    #[test]
    fn a_first_balance_is_said_as_long_as_something_is_not_known_of_it() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let first = Range {
            first: day("2024-01-10"),
            last: day("2024-01-11"),
            opening: Cents::new(500),
            closing: Cents::new(700),
            begins_within: false,
            ends_within: false,
            statements: 1,
        };
        let given = "account A: the first balance, 5.00 before 2024-01-10, is taken as given";
        let begun =
            "account A: its statements begin on 2024-01-10, after the outage had begun: what came before was not seen";
        for (confirmed, outage, expected) in [
            (false, Some("2023-10-30"), format!("{given}, after the outage had begun; nobody has confirmed it")),
            (false, Some("2024-01-10"), format!("{given}; nobody has confirmed it")),
            (false, None, format!("{given}; nobody has confirmed it")),
            (true, Some("2024-01-09"), begun.to_owned()),
            (true, Some("2024-01-10"), String::new()),
            (true, None, String::new()),
        ] {
            let chain = Chain {
                account: "A".to_owned(),
                ranges: vec![first.clone()],
                gaps: Vec::new(),
                unproven: Vec::new(),
                opening_confirmed: confirmed,
                skips: Vec::new(),
            };
            let said = opening(&chain, outage.map(day));
            assert_eq!(said.map(|caution| caution.to_string()).unwrap_or_default(), expected);
        }
    }
}
