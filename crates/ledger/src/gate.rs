//! What forbids the release of a run.
//!
//! Invariant: a run without a refusal has its three proofs: all money has been seen, each credit has found its place
//! or is held or acknowledged, and no item is claimed twice (the database's own constraint). The refusals stand in the
//! order in which a person can do something about them.

use jiff::ToSpan;
use jiff::civil::Date;
use sepa::{Cents, target_day_after};

use crate::chain::{Chain, Missing};
use crate::person::is_same;

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
    /// Of each of its debits the bank has said what became of it.
    Settled,
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
            Stage::Settled => "settled",
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
    /// How many people must sign.
    pub signatures: usize,
    /// Who has changed an item, a mandate or a case of the run, or lifted a hold from it.
    pub changed_by: &'a [String],
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
    /// Direct debits in one sum that no run of ours explains: how many, their sum, the first one's day.
    pub foreign: Option<(usize, Cents, Date)>,
    /// Least days between notice and collection.
    pub notice_days: i32,
    /// TARGET days that the bank needs between the file and the collection (EPC: one).
    pub lead_days: u8,
}

/// The first day on which a file that is handed in today can be collected.
pub fn earliest_collection(today: Date, lead_days: u8) -> Date {
    (0..lead_days).fold(today, |day, _| target_day_after(day))
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
    /// All who sign have changed what the run takes: somebody else must have looked at it.
    OnlyChangers,
    /// The bank cannot meet the collection date any more (D-1); the next that it can.
    TooLate(Date),
    /// The bank does not take the file yet (EPC: at most 14 days before the collection); the day from which it does.
    /// Of an export alone: a release may be given before.
    TooEarly(Date),
    /// An account's statements are not complete.
    Statements(String, Missing),
    /// Nobody has confirmed an account's first balance, and the settings demand it.
    Unconfirmed(String),
    /// Credits that nobody has looked at.
    Pending(usize),
    /// Debits that were not announced.
    NotAnnounced(usize),
    /// Debits that were announced too late; the earliest day that the notice period allows.
    AnnouncedLate(usize, Date),
    /// Debits that were announced for another day, and the next TARGET day is another one too; one that was.
    AnnouncedForAnotherDay(usize, Date),
    /// Debits that were announced for less than they take.
    AnnouncedForLess(usize),
    /// Cases that could concern items which are not held.
    Residual(usize, Cents),
    /// Credits for direct debits in one sum that no run of ours explains: how many, their sum, the first one's day. Whoever
    /// they were collected from may be debited again, and nobody can say whom: no acknowledgement helps.
    Foreign(usize, Cents, Date),
    /// The same of an export: the releaser has not seen them.
    NewResidual(usize, Cents),
    /// Of an export: debits that lie in the written file although money for them came in since.
    Crossed(usize),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Stage(stage) => write!(out, "the run is {}, only a planned run is released", stage.word()),
            Refusal::Empty => write!(out, "nothing is left in the run: cancel it"),
            Refusal::Planner => write!(out, "who planned the run may not release it: another person must"),
            Refusal::Signed => write!(out, "this person has signed already: another one must"),
            Refusal::OnlyChangers => write!(
                out,
                "who changed an item, a mandate or a case of the run may not be its only releaser: another person must sign"
            ),
            Refusal::TooLate(next) => {
                write!(out, "the bank cannot meet the collection date any more: plan for {next} or later")
            }
            Refusal::TooEarly(first) => {
                write!(out, "the bank does not take the file yet: export it on {first} or later")
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
            Refusal::AnnouncedLate(count, earliest) => {
                write!(out, "{count} debits were announced too late: plan for {earliest} or later")
            }
            Refusal::AnnouncedForAnotherDay(count, day) => {
                write!(out, "{count} debits were announced for another day, such as {day}: announce them anew")
            }
            Refusal::AnnouncedForLess(count) => {
                write!(out, "{count} debits were announced for less than they take: announce them anew")
            }
            Refusal::Foreign(count, sum, day) => write!(
                out,
                "{count} credits for direct debits over {sum} EUR, the first of {day}, are of no run of ours and do not say who paid: find out whose they are and say so (`einmal cases`, `einmal resolve N --other \"whose\"`)"
            ),
            Refusal::NewResidual(count, sum) => write!(
                out,
                "{count} open cases over {sum} EUR have no complete hold and were not there when the run was released: decide them, or release it anew"
            ),
            Refusal::Crossed(count) => write!(
                out,
                "money came in for {count} debits since the file was written: if it never left the house, let two people say so (`einmal collect void --never-left`) and plan anew without them"
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
    refuse(release.releaser.is_some_and(|who| is_same(who, release.planner)), Refusal::Planner);
    refuse(
        release.releaser.is_some_and(|who| release.signed.iter().any(|signed| is_same(signed, who))),
        Refusal::Signed,
    );
    refuse(only_changers(release), Refusal::OnlyChangers);
    let earliest = earliest_collection(release.today, release.lead_days);
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
    unfit_notices(release).into_iter().for_each(|refusal| refuse(true, refusal));
    if let Some((count, sum, day)) = release.foreign {
        refuse(true, Refusal::Foreign(count, sum, day));
    }
    let (cases, sum) = release.residual;
    refuse(cases > 0 && !release.acknowledged, Refusal::Residual(cases, sum));
    refusals
}

/// What an export looks at besides the proofs.
#[derive(Clone, Copy, Debug)]
pub struct Export {
    /// The first day on which the bank takes the file.
    pub taken_from: Date,
    /// Cases without a complete hold that the release did not acknowledge: how many, and their sum.
    pub new_residual: (usize, Cents),
    /// Debits of the written file for which money came in since.
    pub crossed: usize,
}

/// Everything that forbids to write the file of a released run, or to write it once more: all proofs are asked again, with
/// the acknowledgement that the release had. `proofs` asks for them alone, whoever gives it.
pub fn export_refusals(proofs: &Release<'_>, export: Export) -> Vec<Refusal> {
    let mut refused = Vec::new();
    if proofs.today < export.taken_from {
        refused.push(Refusal::TooEarly(export.taken_from));
    }
    let apart = |refusal: &Refusal| !matches!(refusal, Refusal::Empty | Refusal::Residual(..));
    refused.extend(refusals(proofs).into_iter().filter(apart));
    let (cases, sum) = export.new_residual;
    if cases > 0 {
        refused.push(Refusal::NewResidual(cases, sum));
    }
    if export.crossed > 0 {
        refused.push(Refusal::Crossed(export.crossed));
    }
    refused
}

/// Whether this signature completes the release, and all who signed have changed something of it.
fn only_changers(release: &Release<'_>) -> bool {
    let changed = |who: &str| release.changed_by.iter().any(|changer| is_same(changer, who));
    let completes = release.signed.len() + 1 >= release.signatures;
    release.releaser.is_some_and(|who| completes && changed(who)) && release.signed.iter().all(|who| changed(who))
}

/// What of the notices does not allow the debits. A collection on the next TARGET day after the announced one needs no
/// new notice; amounts may fall after it.
fn unfit_notices(release: &Release<'_>) -> Vec<Refusal> {
    let earliest = |notice: &Notice| notice.sent.saturating_add(release.notice_days.days());
    let notices = || release.debits.iter().filter_map(|(amount, notice)| Some((*amount, notice.as_ref()?)));
    let late: Vec<Date> = notices().map(|(_, notice)| earliest(notice)).filter(|day| *day > release.due).collect();
    let fits = |notice: &Notice| release.due == notice.due || release.due == target_day_after(notice.due);
    let other: Vec<Date> = notices().filter(|(_, notice)| !fits(notice)).map(|(_, notice)| notice.due).collect();
    let less = notices().filter(|(amount, notice)| notice.amount < *amount).count();
    let mut unfit = Vec::new();
    let latest = late.iter().max().map(|day| Refusal::AnnouncedLate(late.len(), sepa::target_day_on_or_after(*day)));
    unfit.extend(latest);
    unfit.extend(other.first().map(|day| Refusal::AnnouncedForAnotherDay(other.len(), *day)));
    unfit.extend((less > 0).then_some(Refusal::AnnouncedForLess(less)));
    unfit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Page, Statement, chains};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn release_of_nothing() -> Release<'static> {
        Release {
            stage: Stage::Planned,
            due: day("2024-03-27"),
            planner: "anna",
            signed: &[],
            signatures: 1,
            changed_by: &[],
            releaser: Some("bernd"),
            today: day("2024-03-11"),
            debits: &[],
            chains: &[],
            needed: day("2024-03-08"),
            confirmed_opening: false,
            pending: 0,
            residual: (0, Cents::ZERO),
            acknowledged: false,
            foreign: None,
            notice_days: 14,
            lead_days: 1,
        }
    }

    #[track_caller]
    fn check(change: impl Fn(&mut Release<'_>), expected: &[&str]) {
        let statement = Statement {
            id: 1,
            account: "A".to_owned(),
            name: None,
            sequence: None,
            legal: None,
            swift: false,
            days: (day("2024-03-08"), day("2024-03-08")),
            opening: Some(Cents::ZERO),
            closing: Some(Cents::ZERO),
            movement: Cents::ZERO,
            bookings: Vec::new(),
            page: Page::default(),
        };
        let chains = chains(&["A".to_owned()], &[statement], &[]);
        let notice = Notice { amount: Cents::new(1000), due: day("2024-03-27"), sent: day("2024-03-11") };
        let debits = [(Cents::new(1000), Some(notice))];
        let mut release = Release { debits: &debits, chains: &chains, ..release_of_nothing() };
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
        check(|release| release.notice_days = 17, &["1 debits were announced too late: plan for 2024-03-28 or later"]);
        check(
            |release| release.residual = (3, Cents::new(4200)),
            &[
                "3 open cases over 42.00 EUR have no complete hold: decide them or release with --acknowledge-open-cases",
            ],
        );
        let foreign = "2 credits for direct debits over 197.60 EUR, the first of 2023-11-15, are of no run of ours and do not say who paid: find out whose they are and say so (`einmal cases`, `einmal resolve N --other \"whose\"`)";
        check(
            |release| {
                (release.foreign, release.acknowledged) = (Some((2, Cents::new(19_760), day("2023-11-15"))), true)
            },
            &[foreign],
        );
        check(|release| (release.residual, release.acknowledged) = ((3, Cents::new(4200)), true), &[]);
    }

    #[test]
    fn an_export_asks_for_the_proofs_and_for_what_nobody_has_acknowledged() {
        let proofs = Release { releaser: None, planner: "", ..release_of_nothing() };
        let calm = Export { taken_from: day("2024-03-11"), new_residual: (0, Cents::ZERO), crossed: 0 };
        assert_eq!(export_refusals(&proofs, calm), []);
        let seen = Release { residual: (9, Cents::new(900)), ..proofs.clone() };
        assert_eq!(export_refusals(&seen, calm), [], "what is new of them is told apart");
        for (proofs, export, expected) in [
            (Release { pending: 1, ..proofs.clone() }, calm, Refusal::Pending(1)),
            (
                proofs.clone(),
                Export { new_residual: (1, Cents::new(5)), ..calm },
                Refusal::NewResidual(1, Cents::new(5)),
            ),
            (proofs.clone(), Export { crossed: 2, ..calm }, Refusal::Crossed(2)),
            (proofs.clone(), Export { taken_from: day("2024-03-13"), ..calm }, Refusal::TooEarly(day("2024-03-13"))),
        ] {
            assert_eq!(export_refusals(&proofs, export), [expected]);
        }
    }

    #[test]
    fn who_changed_something_is_not_the_only_one_who_signs() {
        let names = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for (changed, signed, signatures, refused) in [
            ("", "", 1, false),
            ("bernd", "", 1, true),
            ("Bernd ", "", 1, true),
            ("clara", "", 1, false),
            ("bernd", "", 2, false),
            ("bernd", "clara", 2, false),
            ("bernd clara", "clara", 2, true),
            ("clara", "clara", 2, false),
        ] {
            let (changed_by, signed) = (names(changed), names(signed));
            let release = Release { changed_by: &changed_by, signed: &signed, signatures, ..release_of_nothing() };
            assert_eq!(refusals(&release).contains(&Refusal::OnlyChangers), refused, "{release:?}");
        }
    }

    #[test]
    fn a_notice_allows_its_day_the_next_bank_day_and_less() {
        let other = "1 debits were announced for another day, such as";
        let less = "1 debits were announced for less than they take: announce them anew";
        for (announced, cents, due, expected) in [
            ("2024-03-27", 1000, "2024-03-27", vec![]),
            ("2024-03-27", 1001, "2024-03-27", vec![]),
            ("2024-03-27", 999, "2024-03-27", vec![less.to_owned()]),
            ("2024-03-26", 1000, "2024-03-27", vec![]),
            ("2024-03-28", 1000, "2024-04-02", vec![]),
            ("2024-03-25", 1000, "2024-03-27", vec![format!("{other} 2024-03-25: announce them anew")]),
            ("2024-03-28", 999, "2024-03-27", vec![format!("{other} 2024-03-28: announce them anew"), less.to_owned()]),
        ] {
            let notice = Notice { amount: Cents::new(cents), due: day(announced), sent: day("2024-03-11") };
            let debits = [(Cents::new(1000), Some(notice))];
            let said = unfit_notices(&Release { due: day(due), debits: &debits, ..release_of_nothing() });
            assert_eq!(said.iter().map(Refusal::to_string).collect::<Vec<_>>(), expected, "{announced} {cents} {due}");
        }
    }

    #[test]
    fn a_bank_that_needs_longer_collects_later() {
        assert_eq!(earliest_collection(day("2024-03-28"), 1), day("2024-04-02"));
        assert_eq!(earliest_collection(day("2024-03-28"), 2), day("2024-04-03"));
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
