//! Whether a file that was written may be said never to have been carried out.
//!
//! Its debits claim their items until then: a file that lies at the bank after all would debit twice. So two people
//! say it, on the bank's refusal or on statements that reach beyond the collection date; and whatever came in or went
//! back for the file forbids it. Invariant: no word of a person outweighs a booking.

use std::collections::HashSet;

use jiff::civil::Date;
use sepa::{Cents, target_day_after};

use crate::chain::{Chain, Missing};
use crate::gate::Stage;
use crate::person::is_same;

/// What the bank was to carry out.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The collection date.
    pub due: Date,
    /// The day on which the file was first written.
    pub written: Date,
    /// What the file and each of its batches (`PmtInf`) sum to.
    pub sums: Vec<Cents>,
    /// `MsgId`, `PmtInfId` and `EndToEndId`: whatever names it comes of it.
    pub ids: HashSet<String>,
}

impl Handed {
    /// Whether a text names the file, one of its batches or one of its debits.
    pub fn is_named_in(&self, text: &str) -> bool {
        names(text, &self.ids)
    }
}

/// What a booking is by its codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Debits that the account's owner collected.
    Collected,
    /// Certainly something else: a transfer, cash, interest …
    Other,
    /// The codes do not say.
    Unknown,
}

/// A booking of an own account.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// The account.
    pub account: &'a str,
    /// The day.
    pub booked: Date,
    /// Signed.
    pub amount: Cents,
    /// By its codes.
    pub kind: Kind,
    /// What names the file or debit it comes of, as far as the bank gives it: `PmtInfId`, `EndToEndId`.
    pub references: Vec<&'a str>,
    /// Its texts.
    pub text: String,
}

impl Line<'_> {
    /// Whether it can come of the file: it names it, or is a sum of it, or debits whose file nothing tells.
    fn comes_of(&self, handed: &Handed) -> bool {
        let named = self.references.iter().any(|reference| handed.ids.contains(*reference));
        if named || names(&self.text, &handed.ids) {
            return true;
        }
        if !self.amount.is_positive() || self.booked < handed.written {
            return false;
        }
        match self.kind {
            Kind::Other => false,
            Kind::Unknown => handed.sums.contains(&self.amount),
            // the bank may credit less than was handed in: rejected debits are missing from the sum
            Kind::Collected => {
                let most = handed.sums.iter().max().copied().unwrap_or(Cents::ZERO);
                let foreign = !self.references.is_empty();
                handed.sums.contains(&self.amount) || (!foreign && self.booked >= handed.due && self.amount <= most)
            }
        }
    }
}

/// Whether a text names one of the ids, whatever blanks the bank put into it; not where a longer number goes on.
fn names(text: &str, ids: &HashSet<String>) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    ids.iter().any(|id| {
        text.match_indices(id.as_str()).any(|(at, _)| text.get(at + id.len()..).is_some_and(|rest| !goes_on(rest)))
    })
}

/// What proves that a file was never carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidGround {
    /// The bank refused it.
    Refused,
    /// Complete statements that reach beyond the collection date show no credit of it.
    Statements,
    /// It never left the house: both vouch for that.
    NeverLeft,
}

impl VoidGround {
    /// How the event says it.
    pub fn said(self) -> &'static str {
        match self {
            VoidGround::Refused => "refused by the bank",
            VoidGround::Statements => "complete statements without the credit",
            VoidGround::NeverLeft => "never left the house",
        }
    }
}

/// All that is looked at.
#[derive(Clone, Debug)]
pub struct Void<'a> {
    /// Where the run stands.
    pub stage: Stage,
    /// The two who say it.
    pub people: (&'a str, &'a str),
    /// What proves it.
    pub ground: VoidGround,
    /// What was handed in.
    pub handed: &'a Handed,
    /// Every booking that is money.
    pub lines: &'a [Line<'a>],
    /// The accounts' chains.
    pub chains: &'a [Chain],
    /// The last bank day before today.
    pub needed: Date,
}

/// Why it may not be said, in the order in which a person can do something about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoidRefusal {
    /// Its file was not written, or it is dead already.
    Stage(Stage),
    /// Two people must say it.
    SamePerson,
    /// It is recorded as sent: then it has left the house.
    Left,
    /// Something came in, or went back, that can be of this file.
    Booked(Date, Cents, String),
    /// The statements end before they could show the credit; the day that they must reach.
    TooSoon(Date),
    /// An account's statements are not complete.
    Statements(String, Missing),
}

impl std::fmt::Display for VoidRefusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            VoidRefusal::Stage(stage) => {
                write!(out, "the run is {}, only a run whose file was written can be void", stage.word())
            }
            VoidRefusal::SamePerson => write!(out, "two different people must say it"),
            VoidRefusal::Left => {
                write!(out, "it is recorded as sent: only the bank's refusal or complete statements prove more")
            }
            VoidRefusal::Booked(day, amount, account) => write!(
                out,
                "account {account}: {amount} EUR were booked on {day}, which can be of this run: the bank may have carried it out, ask there"
            ),
            VoidRefusal::TooSoon(day) => write!(
                out,
                "only statements that reach {day} prove that nothing came: wait for them, or for the bank's refusal"
            ),
            VoidRefusal::Statements(account, missing) => write!(out, "account {account}: {missing}"),
        }
    }
}

/// Everything that forbids it; none, and the run is void.
pub fn refusals(void: &Void<'_>) -> Vec<VoidRefusal> {
    if !matches!(void.stage, Stage::Exported | Stage::Sent) {
        return vec![VoidRefusal::Stage(void.stage)];
    }
    let mut refusals = Vec::new();
    if is_same(void.people.0, void.people.1) {
        refusals.push(VoidRefusal::SamePerson);
    }
    if void.ground == VoidGround::NeverLeft && void.stage == Stage::Sent {
        refusals.push(VoidRefusal::Left);
    }
    let of_the_file = void.lines.iter().filter(|line| line.comes_of(void.handed));
    refusals.extend(of_the_file.map(|line| VoidRefusal::Booked(line.booked, line.amount, line.account.to_owned())));
    if void.ground == VoidGround::Statements {
        let day = target_day_after(void.handed.due);
        if void.needed < day {
            refusals.push(VoidRefusal::TooSoon(day));
        }
        for chain in void.chains {
            let missing = chain.missing(void.needed).into_iter();
            refusals.extend(missing.map(|missing| VoidRefusal::Statements(chain.account.clone(), missing)));
        }
    }
    refusals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Page, Statement, chains};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn handed() -> Handed {
        Handed {
            due: day("2024-03-27"),
            written: day("2024-03-20"),
            sums: vec![Cents::new(30_000), Cents::new(20_000), Cents::new(10_000)],
            ids: ["EINMAL-A2-L1", "EINMAL-A2-L1-RCUR", "A2-L1-000001"].map(str::to_owned).into(),
        }
    }

    fn line(day_of: &str, cents: i64, kind: Kind) -> Line<'static> {
        Line {
            account: "A",
            booked: day(day_of),
            amount: Cents::new(cents),
            kind,
            references: Vec::new(),
            text: String::new(),
        }
    }

    #[track_caller]
    fn check(line: &Line<'_>, expected: bool) {
        assert_eq!(line.comes_of(&handed()), expected, "{line:?}");
    }

    #[test]
    fn what_can_be_of_a_file() {
        let of = |references: Vec<&'static str>, text: &str| Line {
            references,
            text: text.to_owned(),
            ..line("2024-03-28", 4_711, Kind::Other)
        };
        check(&of(vec!["EINMAL-A2-L1-RCUR"], ""), true);
        check(&of(vec!["EINMAL-A2-L2"], ""), false);
        check(&of(vec!["A2-L1-000001"], ""), true);
        check(&Line { amount: Cents::new(-500), ..of(vec!["A2-L1-000001"], "") }, true);
        check(&of(vec![], "SAMMLER EINMAL-A2 -L1 VOM 27.03."), true);
        check(&of(vec![], "SAMMLER EINMAL-A2-L12"), false);
        check(&of(vec![], "SAMMLER"), false);
        for (day, cents, kind, expected) in [
            ("2024-03-27", 30_000, Kind::Unknown, true),
            ("2024-03-27", 20_000, Kind::Unknown, true),
            ("2024-03-27", 20_001, Kind::Unknown, false),
            ("2024-03-19", 30_000, Kind::Unknown, false),
            ("2024-03-27", 30_000, Kind::Other, false),
            ("2024-03-26", 30_000, Kind::Collected, true),
            ("2024-03-27", 29_000, Kind::Collected, true),
            ("2024-03-26", 29_000, Kind::Collected, false),
            ("2024-03-27", 30_001, Kind::Collected, false),
            ("2024-03-27", -30_000, Kind::Collected, false),
        ] {
            check(&line(day, cents, kind), expected);
        }
        let foreign = Line { references: vec!["KITA-03"], ..line("2024-03-27", 29_000, Kind::Collected) };
        check(&foreign, false);
        check(&Line { amount: Cents::new(30_000), ..foreign }, true);
    }

    #[track_caller]
    fn refused(change: impl Fn(&mut Void<'_>), expected: &[&str]) {
        let statement = Statement {
            id: 1,
            account: "A".to_owned(),
            name: None,
            sequence: None,
            legal: None,
            swift: false,
            days: (day("2024-03-08"), day("2024-03-28")),
            opening: Some(Cents::ZERO),
            closing: Some(Cents::ZERO),
            movement: Cents::ZERO,
            bookings: Vec::new(),
            page: Page::default(),
        };
        let (chains, handed) = (chains(&["A".to_owned()], &[statement], &[]), handed());
        let mut void = Void {
            stage: Stage::Sent,
            people: ("anna", "bernd"),
            ground: VoidGround::Statements,
            handed: &handed,
            lines: &[],
            chains: &chains,
            needed: day("2024-03-28"),
        };
        change(&mut void);
        let said: Vec<String> = refusals(&void).iter().map(VoidRefusal::to_string).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn each_refusal_has_its_remedy() {
        refused(|_| {}, &[]);
        refused(|void| void.stage = Stage::Exported, &[]);
        for stage in [Stage::Planned, Stage::Released, Stage::Cancelled, Stage::Void] {
            let why = format!("the run is {}, only a run whose file was written can be void", stage.word());
            refused(|void| void.stage = stage, &[&why]);
        }
        refused(|void| void.people.1 = " Anna", &["two different people must say it"]);
        refused(|void| (void.stage, void.ground) = (Stage::Exported, VoidGround::NeverLeft), &[]);
        let left = "it is recorded as sent: only the bank's refusal or complete statements prove more";
        refused(|void| void.ground = VoidGround::NeverLeft, &[left]);
        let early =
            "only statements that reach 2024-03-28 prove that nothing came: wait for them, or for the bank's refusal";
        refused(|void| void.needed = day("2024-03-27"), &[early]);
        refused(
            |void| void.needed = day("2024-04-02"),
            &["account A: statements are missing after 2024-03-28, they must reach 2024-04-02"],
        );
        refused(|void| (void.ground, void.needed) = (VoidGround::Refused, day("2024-03-20")), &[]);
    }

    #[test]
    fn no_word_outweighs_a_booking() {
        let lines = [line("2024-03-27", 30_000, Kind::Collected), line("2024-03-27", 5, Kind::Other)];
        let why = "account A: 300.00 EUR were booked on 2024-03-27, which can be of this run: the bank may have carried it out, ask there";
        for ground in [VoidGround::Statements, VoidGround::Refused] {
            let (handed, chains) = (handed(), Vec::new());
            let void = Void {
                stage: Stage::Sent,
                people: ("anna", "bernd"),
                ground,
                handed: &handed,
                lines: &lines,
                chains: &chains,
                needed: day("2024-03-28"),
            };
            assert_eq!(refusals(&void).iter().map(VoidRefusal::to_string).collect::<Vec<_>>(), [why]);
        }
    }
}
