//! What forbids the release of a run.
//!
//! Invariant: a run without a refusal has its three proofs: all money has been seen, each credit has found its place
//! or is held or acknowledged, and no item is claimed twice (the database's own constraint). The refusals stand in the
//! order in which a person can do something about them.

use jiff::ToSpan;
use jiff::civil::Date;
use sepa::{Cents, target_day_after};

use crate::chain::{Chain, Missing};

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Planned; the notices may have gone out.
    Planned,
    /// Released: the bytes of the file are fixed.
    Released,
    /// The file was written; it may have gone to the bank.
    Exported,
    /// It went to the bank.
    Sent,
    /// It was given up before the export.
    Cancelled,
    /// The file was written, and two people have said that it was never carried out.
    Void,
}

impl Stage {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Planned => "planned",
            Stage::Released => "released",
            Stage::Exported => "exported",
            Stage::Sent => "sent",
            Stage::Cancelled => "cancelled",
            Stage::Void => "void",
        }
    }

    /// Whether its claims are alive.
    pub fn is_living(self) -> bool {
        !matches!(self, Stage::Cancelled | Stage::Void)
    }

    /// Whether money that arrives can still lower its claims.
    pub fn yields_to_money(self) -> bool {
        matches!(self, Stage::Planned | Stage::Released)
    }
}

/// A debit's latest notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// For how much.
    pub amount: Cents,
    /// For which day.
    pub due: Date,
    /// When it was posted.
    pub sent: Date,
}

/// All that a release looks at.
#[derive(Clone, Debug)]
pub struct Release<'a> {
    /// Where the run stands.
    pub stage: Stage,
    /// Its collection date.
    pub due: Date,
    /// Who planned it.
    pub planner: &'a str,
    /// Who signed already.
    pub signed: &'a [String],
    /// Who wants to release it; nobody where only the proofs are asked for.
    pub releaser: Option<&'a str>,
    /// The business date.
    pub today: Date,
    /// Per debit: what it takes, and its latest notice.
    pub debits: &'a [(Cents, Option<Notice>)],
    /// The accounts' chains.
    pub chains: &'a [Chain],
    /// The day up to which they must be complete.
    pub needed: Date,
    /// Whether a person must have confirmed each account's first balance.
    pub confirmed_opening: bool,
    /// Credits that no `match` has seen.
    pub pending: usize,
    /// Cases without a complete hold: how many, and their sum.
    pub residual: (usize, Cents),
    /// Whether those were acknowledged.
    pub acknowledged: bool,
    /// Least days between notice and collection.
    pub notice_days: i32,
}

/// Why a run may not be released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not a planned run any more.
    Stage(Stage),
    /// Nothing is left in it.
    Empty,
    /// Who planned it does not release it (KomHVO NRW § 31 (3)).
    Planner,
    /// Who signed once does not sign again.
    Signed,
    /// The bank cannot meet the collection date any more (D-1); the next that it can.
    TooLate(Date),
    /// An account's statements are not complete.
    Statements(String, Missing),
    /// Nobody has confirmed an account's first balance, and the settings demand it.
    Unconfirmed(String),
    /// Credits that nobody has looked at.
    Pending(usize),
    /// Debits that were not announced.
    NotAnnounced(usize),
    /// Debits that were announced too late, for another day or for less than they take.
    NoticeDoesNotFit(usize, Date),
    /// Cases that could concern items which are not held.
    Residual(usize, Cents),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Stage(stage) => write!(out, "the run is {}, only a planned run is released", stage.word()),
            Refusal::Empty => write!(out, "nothing is left in the run: cancel it"),
            Refusal::Planner => write!(out, "who planned the run may not release it: another person must"),
            Refusal::Signed => write!(out, "this person has signed already: another one must"),
            Refusal::TooLate(next) => {
                write!(out, "the bank cannot meet the collection date any more: plan for {next} or later")
            }
            Refusal::Statements(account, missing) => write!(out, "account {account}: {missing}"),
            Refusal::Unconfirmed(account) => {
                write!(
                    out,
                    "account {account}: nobody has confirmed the first balance: `einmal statements confirm-opening`"
                )
            }
            Refusal::Pending(count) => write!(out, "{count} credits have not been decided: run `einmal match`"),
            Refusal::NotAnnounced(count) => {
                write!(out, "{count} debits were not announced: `einmal collect notify --sent DATE`")
            }
            Refusal::NoticeDoesNotFit(count, earliest) => write!(
                out,
                "{count} debits were announced too late, for another day or for less than they take: as announced, {earliest} is the earliest day"
            ),
            Refusal::Residual(count, sum) => write!(
                out,
                "{count} open cases over {sum} EUR have no complete hold: decide them or release with --acknowledge-open-cases"
            ),
        }
    }
}

/// Everything that forbids the release; none, and it is released.
pub fn refusals(release: &Release<'_>) -> Vec<Refusal> {
    if release.stage != Stage::Planned {
        return vec![Refusal::Stage(release.stage)];
    }
    let mut refusals = Vec::new();
    let mut refuse = |wrong: bool, refusal: Refusal| {
        if wrong {
            refusals.push(refusal);
        }
    };
    refuse(release.debits.is_empty(), Refusal::Empty);
    refuse(release.releaser == Some(release.planner), Refusal::Planner);
    refuse(release.releaser.is_some_and(|who| release.signed.iter().any(|signed| signed == who)), Refusal::Signed);
    let earliest = target_day_after(release.today);
    refuse(release.due < earliest, Refusal::TooLate(earliest));
    for chain in release.chains {
        for missing in chain.missing(release.needed) {
            refuse(true, Refusal::Statements(chain.account.clone(), missing));
        }
        let unconfirmed = release.confirmed_opening && !chain.opening_confirmed;
        refuse(unconfirmed, Refusal::Unconfirmed(chain.account.clone()));
    }
    refuse(release.pending > 0, Refusal::Pending(release.pending));
    let unannounced = release.debits.iter().filter(|(_, notice)| notice.is_none()).count();
    refuse(unannounced > 0, Refusal::NotAnnounced(unannounced));
    let (unfit, day) = unfit_notices(release);
    refuse(unfit > 0, Refusal::NoticeDoesNotFit(unfit, day));
    let (cases, sum) = release.residual;
    refuse(cases > 0 && !release.acknowledged, Refusal::Residual(cases, sum));
    refusals
}

/// How many notices do not allow the debit, and the earliest day that the notice period allows.
fn unfit_notices(release: &Release<'_>) -> (usize, Date) {
    let earliest = |notice: &Notice| notice.sent.saturating_add(release.notice_days.days());
    let notices = || release.debits.iter().filter_map(|(amount, notice)| Some((amount, notice.as_ref()?)));
    let unfit = notices()
        .filter(|(amount, notice)| {
            notice.due != release.due || notice.amount < **amount || earliest(notice) > release.due
        })
        .count();
    let day = notices().map(|(_, notice)| earliest(notice)).max().unwrap_or(release.due);
    (unfit, sepa::target_day_on_or_after(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Statement, chains};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(change: impl Fn(&mut Release<'_>), expected: &[&str]) {
        let statement = Statement {
            account: "A".to_owned(),
            sequence: None,
            days: (day("2024-03-08"), day("2024-03-08")),
            opening: Some(Cents::ZERO),
            closing: Some(Cents::ZERO),
            movement: Cents::ZERO,
            bookings: Vec::new(),
        };
        let chains = chains(&["A".to_owned()], &[statement], &[]);
        let notice = Notice { amount: Cents::new(1000), due: day("2024-03-27"), sent: day("2024-03-11") };
        let debits = [(Cents::new(1000), Some(notice))];
        let mut release = Release {
            stage: Stage::Planned,
            due: day("2024-03-27"),
            planner: "anna",
            signed: &[],
            releaser: Some("bernd"),
            today: day("2024-03-11"),
            debits: &debits,
            chains: &chains,
            needed: day("2024-03-08"),
            confirmed_opening: false,
            pending: 0,
            residual: (0, Cents::ZERO),
            acknowledged: false,
            notice_days: 14,
        };
        change(&mut release);
        let said: Vec<String> = refusals(&release).iter().map(Refusal::to_string).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn each_missing_proof_refuses_with_its_remedy() {
        check(|_| {}, &[]);
        check(|release| release.stage = Stage::Exported, &["the run is exported, only a planned run is released"]);
        check(|release| release.debits = &[], &["nothing is left in the run: cancel it"]);
        check(
            |release| release.releaser = Some("anna"),
            &["who planned the run may not release it: another person must"],
        );
        check(
            |release| release.today = day("2024-03-27"),
            &["the bank cannot meet the collection date any more: plan for 2024-03-28 or later"],
        );
        check(
            |release| release.needed = day("2024-03-11"),
            &["account A: statements are missing after 2024-03-08, they must reach 2024-03-11"],
        );
        check(
            |release| release.confirmed_opening = true,
            &["account A: nobody has confirmed the first balance: `einmal statements confirm-opening`"],
        );
        check(|release| release.pending = 2, &["2 credits have not been decided: run `einmal match`"]);
        check(
            |release| release.notice_days = 17,
            &[
                "1 debits were announced too late, for another day or for less than they take: as announced, 2024-03-28 is the earliest day",
            ],
        );
        check(
            |release| release.residual = (3, Cents::new(4200)),
            &[
                "3 open cases over 42.00 EUR have no complete hold: decide them or release with --acknowledge-open-cases",
            ],
        );
        check(|release| (release.residual, release.acknowledged) = ((3, Cents::new(4200)), true), &[]);
    }

    #[test]
    fn an_unannounced_debit_is_refused() {
        const UNANNOUNCED: [(Cents, Option<Notice>); 1] = [(Cents::new(1), None)];
        check(
            |release| release.debits = &UNANNOUNCED,
            &["1 debits were not announced: `einmal collect notify --sent DATE`"],
        );
    }
}
