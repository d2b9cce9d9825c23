//! Compares verdicts with the truth of a town and counts.
//!
//! Must not know how payments were drawn. Invariant: every payment is counted exactly once, in the group and manner of
//! its truth.

use std::collections::{BTreeMap, HashMap, HashSet};

use ledger::books::Books;
use ledger::decide::{Decision, Draft};
use ledger::matching::Verdict;

use crate::payments::Drawn;
use crate::town::{Instalment, Town};
use crate::truth::{Kind, Truth};
use crate::wish::Meant;

/// Counts of payments by their outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub all: u64,
    /// Handled correctly without a person: posted correctly; or, for other money and what was taken back, left alone.
    pub right: u64,
    /// Posted correctly as far as anything is due; the rest is for a person.
    pub rest: u64,
    /// Posted where it does not belong.
    pub wrong: u64,
    /// Left for a person to decide.
    pub case: u64,
    /// Taken for other money.
    pub other: u64,
    /// References that owe and are not debited because of such payments.
    pub held: u64,
}

/// The table in which a payment is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// For open items, and a careful clerk could find them or at least hold them.
    Knowable,
    /// For open items, and nobody could know.
    Unknowable,
    /// Not for open items.
    Other,
    /// Taken back by the bank.
    TakenBack,
}

impl Group {
    /// The group of a truth.
    pub fn of(truth: &Truth) -> Group {
        match truth.kind {
            Kind::Levy if truth.knowable => Group::Knowable,
            Kind::Levy => Group::Unknowable,
            Kind::Other => Group::Other,
            Kind::TakenBack => Group::TakenBack,
        }
    }
}

/// Something that a person should look at: a payment that was posted wrongly, or a reference debited beyond what is
/// owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The town.
    pub seed: u64,
    /// Whether nobody could have known.
    pub unknowable: bool,
    /// The manner, and the ground of the verdict.
    pub cause: String,
    /// What happened, and the evidence.
    pub lines: Vec<String>,
}

/// Classes of how sure a verdict was: lower bounds in millionths.
pub const SURENESS: [u32; 6] = [999_990, 999_000, 990_000, 900_000, 500_000, 0];

/// All counts.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// Payments by group and manner.
    pub manners: BTreeMap<(Group, &'static str), Counts>,
    /// References in all towns.
    pub references: u64,
    /// References with a usable mandate that really owe.
    pub collectable: u64,
    /// How many of these are not debited, or not wholly.
    pub held: u64,
    /// What the collectable references owe, in cents.
    pub collectable_cents: i64,
    /// How much of it is not debited.
    pub held_cents: i64,
    /// References that a run would debit beyond what is owed, although a clerk could know.
    pub double: u64,
    /// By how much in all.
    pub double_cents: i64,
    /// References concerned by a payment whose purpose nobody could know.
    pub unknowable: u64,
    /// How many of these are debited beyond what is owed: the residual risk.
    pub residual: u64,
    /// References debited beyond what is owed because of money that nobody was shown: no case of it is marked as
    /// holding too little.
    pub unseen: u64,
    /// Cases that the releaser is shown, for their holds are said to fall short.
    pub risks: u64,
    /// By sureness: the number of verdicts, and how many have the right first proposal.
    pub sureness: [(u64, u64); SURENESS.len()],
    /// Payments that were posted wrongly.
    pub wrong: Vec<Flaw>,
    /// References that were debited beyond what is owed.
    pub doubles: Vec<Flaw>,
    /// Every payment of the manner that was asked for, whatever its outcome.
    pub shown: Vec<Flaw>,
}

impl Score {
    /// All payments of a group.
    pub fn group(&self, group: Group) -> Counts {
        let rows = self.manners.iter().filter(|((of, _), _)| *of == group);
        rows.fold(Counts::default(), |sum, (_, counts)| sum.plus(counts))
    }

    /// All payments.
    pub fn payments(&self) -> u64 {
        self.manners.values().map(|counts| counts.all).sum()
    }

    /// Payments that were posted wrongly although a clerk could have known.
    pub fn wrongly(&self) -> u64 {
        let groups = [Group::Knowable, Group::Other, Group::TakenBack];
        groups.into_iter().map(|group| self.group(group).wrong).sum()
    }

    /// Adds the counts of another town.
    pub fn add(&mut self, other: Score) {
        for (key, counts) in other.manners {
            let sum = self.manners.entry(key).or_default();
            *sum = sum.plus(&counts);
        }
        self.references += other.references;
        self.collectable += other.collectable;
        self.held += other.held;
        self.collectable_cents += other.collectable_cents;
        self.held_cents += other.held_cents;
        self.double += other.double;
        self.double_cents += other.double_cents;
        self.unknowable += other.unknowable;
        self.residual += other.residual;
        self.unseen += other.unseen;
        self.risks += other.risks;
        for ((all, right), (more, more_right)) in self.sureness.iter_mut().zip(other.sureness) {
            *all += more;
            *right += more_right;
        }
        self.wrong.extend(other.wrong);
        self.doubles.extend(other.doubles);
        self.shown.extend(other.shown);
    }
}

impl Counts {
    fn plus(self, other: &Counts) -> Counts {
        Counts {
            all: self.all + other.all,
            right: self.right + other.right,
            rest: self.rest + other.rest,
            wrong: self.wrong + other.wrong,
            case: self.case + other.case,
            other: self.other + other.other,
            held: self.held + other.held,
        }
    }
}

/// The outcome of one payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Handled correctly.
    Right,
    /// Posted correctly as far as anything is due.
    Rest,
    /// Posted where it does not belong.
    Wrong,
    /// Left for a person to decide.
    Case,
    /// Taken for other money.
    Other,
}

/// Compares one verdict with the truth; `owners` are the debts of all items.
pub fn outcome(town: &Town, owners: &[usize], truth: &Truth, draft: &Draft) -> Outcome {
    let mut placed: HashMap<usize, i64> = HashMap::new();
    for part in &draft.parts {
        if let Some(owner) = owners.get(part.item) {
            *placed.entry(*owner).or_insert(0) += part.amount.get();
        }
    }
    let is_of = |meant: &&Meant, debt: usize| town.debt(meant.reference, meant.instalment) == debt;
    let meant =
        |debt: usize| -> i64 { truth.meant.iter().filter(|meant| is_of(meant, debt)).map(|meant| meant.cents).sum() };
    let is_levy = truth.kind == Kind::Levy;
    if placed.iter().any(|(debt, cents)| !is_levy || *cents > meant(*debt)) {
        return Outcome::Wrong;
    }
    match (draft.decision, truth.kind) {
        (Decision::Other, Kind::Other) | (Decision::Returned, Kind::TakenBack) => Outcome::Right,
        (Decision::Auto, _) if !placed.is_empty() => Outcome::Right,
        (Decision::Case, _) if !placed.is_empty() => Outcome::Rest,
        (Decision::Case | Decision::Auto, _) => Outcome::Case,
        _ => Outcome::Other,
    }
}

/// A town with the matcher's verdicts.
pub struct Played<'a> {
    /// The town.
    pub town: &'a Town,
    /// Its books.
    pub books: &'a Books,
    /// The debt that each item of the books belongs to.
    pub owners: &'a [usize],
    /// Its payments.
    pub drawn: &'a [Drawn],
    /// Their verdicts.
    pub verdicts: &'a [Verdict],
}

impl Played<'_> {
    /// Counts, and keeps payments of the manner `show`.
    pub fn score(&self, show: Option<&str>) -> Score {
        let mut score = Score { references: self.town.references.len() as u64, ..Score::default() };
        for (drawn, verdict) in self.drawn.iter().zip(self.verdicts) {
            let outcome = outcome(self.town, self.owners, &drawn.truth, &verdict.draft);
            score.count(drawn, verdict, outcome);
            score.risks += u64::from(is_shown(verdict));
            let flaw = || Flaw {
                seed: self.town.seed,
                unknowable: Group::of(&drawn.truth) == Group::Unknowable,
                cause: cause(drawn, verdict),
                lines: self.describe(drawn, verdict),
            };
            if outcome == Outcome::Wrong {
                score.wrong.push(flaw());
            }
            if show == Some(drawn.truth.manner) {
                score.shown.push(flaw());
            }
        }
        self.debit(&mut score);
        score
    }

    /// Compares what a run at the end would collect for each debt with what is owed.
    fn debit(&self, score: &mut Score) {
        let paid = self.paid();
        let (open, holders) = (self.open(), self.holders());
        let shown = self.shown();
        let unknowable: HashSet<usize> = self
            .drawn
            .iter()
            .filter(|drawn| drawn.truth.kind == Kind::Levy)
            .flat_map(|drawn| drawn.truth.meant.iter().map(|meant| (&drawn.truth, meant)))
            .filter(|(truth, meant)| truth.is_dark(meant.reference))
            .map(|(_, meant)| self.town.debt(meant.reference, meant.instalment))
            .collect();
        score.unknowable = unknowable.len() as u64;
        for (place, reference) in self.town.references.iter().enumerate() {
            for debt in self.town.debts(place) {
                if !debt.mandate.is_some_and(|mandate| mandate.active) {
                    continue;
                }
                let due = || reference.due().filter(|(at, _)| debt.places.contains(at));
                let items: Vec<usize> = due().map(|(at, _)| reference.first_item + at).collect();
                let all: i64 = due().map(|(_, instalment)| instalment.open()).sum();
                let owed = (all - paid.get(&debt.id).copied().unwrap_or(0)).max(0);
                let free = items.iter().filter(|item| !holders.contains_key(item));
                let taken: i64 = free.filter_map(|item| open.get(*item)).sum();
                let holder = items.iter().find_map(|item| holders.get(item)).and_then(|at| self.drawn.get(*at));
                score.owes(owed, taken, holder);
                if taken > owed {
                    let unseen = taken - owed > shown.get(&debt.id).copied().unwrap_or(0);
                    score.unseen += u64::from(unseen);
                    score.debited_beyond(self, debt.id, taken - owed, (unknowable.contains(&debt.id), unseen));
                }
            }
        }
    }

    /// What came in for each debt by payments that the releaser is shown as residual risk, or that nobody could tell
    /// from another's payment.
    fn shown(&self) -> HashMap<usize, i64> {
        let mut shown = HashMap::new();
        for (drawn, verdict) in self.drawn.iter().zip(self.verdicts) {
            if is_shown(verdict) || drawn.truth.disguised {
                for meant in &drawn.truth.meant {
                    *shown.entry(self.town.debt(meant.reference, meant.instalment)).or_insert(0) += meant.cents;
                }
            }
        }
        shown
    }

    /// What really came in for the due instalments of each debt.
    fn paid(&self) -> HashMap<usize, i64> {
        let mut paid = HashMap::new();
        let kept = self.drawn.iter().filter(|drawn| drawn.truth.kind == Kind::Levy);
        for meant in kept.flat_map(|drawn| &drawn.truth.meant) {
            let instalment = self
                .town
                .references
                .get(meant.reference)
                .and_then(|reference| reference.instalments.get(meant.instalment));
            if instalment.is_some_and(|instalment| instalment.is_due()) {
                *paid.entry(self.town.debt(meant.reference, meant.instalment)).or_insert(0) += meant.cents;
            }
        }
        paid
    }

    /// What the books show as open for each item.
    fn open(&self) -> Vec<i64> {
        let instalments = self.town.references.iter().flat_map(|reference| &reference.instalments);
        let mut open: Vec<i64> = instalments.map(Instalment::open).collect();
        for part in self.verdicts.iter().flat_map(|verdict| &verdict.draft.parts) {
            if let Some(open) = open.get_mut(part.item) {
                *open -= part.amount.get();
            }
        }
        open
    }

    /// The index of the first payment that holds each held item.
    fn holders(&self) -> HashMap<usize, usize> {
        let mut holders = HashMap::new();
        for (place, verdict) in self.verdicts.iter().enumerate() {
            verdict.holds.iter().for_each(|hold| {
                holders.entry(hold.item).or_insert(place);
            });
        }
        holders
    }

    /// A payment and its verdict in words.
    pub fn describe(&self, drawn: &Drawn, verdict: &Verdict) -> Vec<String> {
        let name =
            |place: usize| self.town.references.get(place).map_or("", |reference| reference.kassenzeichen.as_str());
        let payment = &drawn.payment;
        let account = payment.iban.map(|iban| iban.as_str().to_owned()).unwrap_or_default();
        let meant: Vec<String> =
            drawn.truth.meant.iter().map(|meant| format!("{} {}", name(meant.reference), meant.cents)).collect();
        let fields = [
            ("E2E", &payment.end_to_end),
            ("RF", &payment.structured),
            ("MREF", &payment.mandate),
            ("+", &payment.additional),
        ];
        let fields = fields.iter().filter_map(|(field, text)| Some(format!(" {field} {:?}", text.as_ref()?)));
        let fields: String = fields.filter(|text| !text.contains("NOTPROVIDED")).collect();
        let payer = payment.counterparty.as_deref().unwrap_or_default();
        let draft = &verdict.draft;
        let mut lines = vec![
            format!(
                "{}: payment {} of {} cents by {payer:?} {account}: {:?}{fields}",
                drawn.truth.manner,
                payment.id,
                payment.amount.get(),
                payment.remittance
            ),
            format!("  meant {}; got {}, {}", meant.join(", "), draft.decision.word(), draft.ground.text()),
        ];
        let because = draft.because(self.books);
        lines.extend((!because.is_empty()).then(|| format!("  because {because}")));
        let chosen: Vec<usize> = draft.chosen.iter().map(|account| *account as usize).collect();
        for candidate in draft.candidates.iter().take(4) {
            let place = candidate.account as usize;
            let mark = if chosen.contains(&place) { "posted" } else { "rival" };
            let why: Vec<String> =
                candidate.witnesses().iter().map(|witness| format!("{} ({})", witness.text, witness.weight)).collect();
            lines.push(format!("  {mark} {} at {}: {}", name(place), candidate.score, why.join("; ")));
        }
        let held = verdict.holds.iter().filter_map(|hold| self.owners.get(hold.item));
        let mut held: Vec<&str> = held.map(|owner| name(self.town.reference_of(*owner))).collect();
        held.dedup();
        if draft.decision == Decision::Case {
            let all = if verdict.hold_complete { "" } else { ", and says that this may be too little" };
            let held = if held.is_empty() { "nothing".to_owned() } else { held.join(", ") };
            lines.push(format!("  holds {held}{all}"));
        }
        lines
    }
}

/// Whether the releaser is shown it as a residual risk.
fn is_shown(verdict: &Verdict) -> bool {
    verdict.draft.decision == Decision::Case && !verdict.hold_complete
}

/// The table and row in which a truth is counted. What was taken back is one row, however it was written.
fn key(truth: &Truth) -> (Group, &'static str) {
    match Group::of(truth) {
        Group::TakenBack => (Group::TakenBack, "in any manner"),
        group => (group, truth.manner),
    }
}

/// The class of a flaw.
fn cause(drawn: &Drawn, verdict: &Verdict) -> String {
    format!("{}: {}, {}", drawn.truth.manner, verdict.draft.decision.word(), verdict.draft.ground.text())
}

impl Score {
    /// Counts what a debtor really owes, what a run takes of it, and who holds the rest.
    fn owes(&mut self, owed: i64, taken: i64, holder: Option<&Drawn>) {
        if owed > 0 {
            self.collectable += 1;
            self.collectable_cents += owed;
        }
        if taken < owed {
            self.held += 1;
            self.held_cents += owed - taken;
            if let Some(drawn) = holder {
                self.manners.entry(key(&drawn.truth)).or_default().held += 1;
            }
        }
    }

    fn count(&mut self, drawn: &Drawn, verdict: &Verdict, outcome: Outcome) {
        let counts = self.manners.entry(key(&drawn.truth)).or_default();
        counts.all += 1;
        match outcome {
            Outcome::Right => counts.right += 1,
            Outcome::Rest => counts.rest += 1,
            Outcome::Wrong => counts.wrong += 1,
            Outcome::Case => counts.case += 1,
            Outcome::Other => counts.other += 1,
        }
        let draft = &verdict.draft;
        let Some(confidence) = draft.confidence else { return };
        let first = draft.candidates.first().map(|candidate| candidate.account);
        let mut proposed = draft.chosen.iter().copied().chain(first.filter(|_| draft.chosen.is_empty())).peekable();
        let meant = |account: u32| drawn.truth.meant.iter().any(|meant| meant.reference == account as usize);
        let right = proposed.peek().is_some() && proposed.all(meant);
        let class = SURENESS.iter().position(|least| confidence >= *least);
        if let Some((all, found)) = class.and_then(|class| self.sureness.get_mut(class)) {
            *all += 1;
            *found += u64::from(right);
        }
    }

    fn debited_beyond(&mut self, played: &Played<'_>, debt: usize, cents: i64, (unknowable, unseen): (bool, bool)) {
        if unknowable {
            self.residual += 1;
        } else {
            self.double += 1;
            self.double_cents += cents;
        }
        let place = played.town.reference_of(debt);
        let reference = played.town.references.get(place).map_or("", |reference| reference.kassenzeichen.as_str());
        let nobody = if unseen { ", and nobody was shown it" } else { "" };
        let mut lines = vec![format!("{reference} would be debited {cents} cents beyond what is owed{nobody}")];
        let pairs = || played.drawn.iter().zip(played.verdicts);
        let is_it = |meant: &Meant| played.town.debt(meant.reference, meant.instalment) == debt;
        let concerns = |drawn: &Drawn| drawn.truth.meant.iter().any(is_it);
        let is_amiss = |drawn: &Drawn, verdict: &Verdict| {
            !matches!(outcome(played.town, played.owners, &drawn.truth, &verdict.draft), Outcome::Right | Outcome::Rest)
        };
        let mut causes: Vec<(&Drawn, &Verdict)> =
            pairs().filter(|(drawn, verdict)| concerns(drawn) && is_amiss(drawn, verdict)).collect();
        if causes.is_empty() {
            // each of them was posted correctly by itself, but not all of them together
            causes = pairs().filter(|(drawn, _)| concerns(drawn)).collect();
        }
        causes.iter().for_each(|(drawn, verdict)| lines.extend(played.describe(drawn, verdict)));
        let mut causes: Vec<String> = causes.iter().map(|(drawn, verdict)| cause(drawn, verdict)).collect();
        causes.extend(unseen.then(|| "nobody was shown it".to_owned()));
        self.doubles.push(Flaw { seed: played.town.seed, unknowable, cause: causes.join("; "), lines });
    }
}
