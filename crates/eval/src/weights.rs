//! Estimates how much each witness says, from labelled payments.
//!
//! For every witness: how often it is seen for the intended Kassenzeichen, and how often for another one, over all
//! pairs of a payment and a Kassenzeichen (Fellegi and Sunter 1969). The hard rules have no weight and are not
//! estimated. Must not know how verdicts are reached. Invariant: half a case is added to every count, so that what was
//! seen never, or always, does not get an unlimited weight.

use std::collections::{BTreeSet, HashMap};

use kassenzeichen::{Slip, Spelling};
use ledger::candidates::{Candidate, Fit};
use ledger::evidence::ln_hundredths;
use ledger::matching::Verdict;
use ledger::names::Agreement;
use ledger::payment::Payment;
use sepa::Iban;

use crate::payments::Drawn;
use crate::town::{Town, sums};
use crate::truth::Kind;

/// The unit of a number in the data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Hundredths of a nat, over pairs.
    Pairs,
    /// Hundredths of a nat, over payments; the matcher itself divides by how many Kassenzeichen a spelling could mean.
    Payments,
    /// Per cent: how often it is seen for the intended Kassenzeichen, compared with any Kassenzeichen. The matcher
    /// takes from its books how many share it.
    Percent,
    /// This many of a million payments that are for open items.
    PerMillion,
}

/// The name of a witness in the data file, and the unit of its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// `reference.exact`.
    pub name: &'static str,
    /// The unit of the number.
    pub unit: Unit,
}

const fn key(name: &'static str, unit: Unit) -> Key {
    Key { name, unit }
}

use Unit::{Pairs, Payments, PerMillion, Percent};

/// The witnesses that labelled payments tell about; other lines of the file are not changed.
pub const KEYS: [Key; 25] = [
    key("reference.exact", Payments),
    key("reference.look_alike", Payments),
    key("reference.lost_zeros", Payments),
    key("reference.partial", Payments),
    key("reference.near.swapped", Payments),
    key("reference.near.lost", Payments),
    key("reference.near.added", Payments),
    key("reference.near.changed", Payments),
    key("reference.other", Pairs),
    key("iban.mandate.share", Percent),
    key("iban.before.program.share", Percent),
    key("iban.other_mandate", Pairs),
    key("iban.unknown", Pairs),
    key("name.same.share", Percent),
    key("name.close.share", Percent),
    key("name.family.share", Percent),
    key("name.other", Pairs),
    key("text.name.share", Percent),
    key("text.family.share", Percent),
    key("address.share", Percent),
    key("amount.due.per_million", PerMillion),
    key("amount.later", Pairs),
    key("amount.other", Pairs),
    key("words.kind", Pairs),
    key("words.other_kind", Pairs),
];

/// How often a witness was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// For the intended Kassenzeichen.
    pub meant: u64,
    /// For other Kassenzeichen.
    pub other: u64,
    /// Payments in which it was seen for other Kassenzeichen only.
    pub astray: u64,
}

/// Counts over many towns.
#[derive(Clone, Debug, Default)]
pub struct Weighing {
    seen: HashMap<&'static str, Seen>,
    /// All payments.
    payments: u64,
    /// Pairs of a payment and an intended Kassenzeichen.
    meant: u64,
    /// Pairs of a payment and another Kassenzeichen.
    others: u64,
}

impl Weighing {
    /// Adds the counts of a town.
    pub fn add(&mut self, town: &Town, drawn: &[Drawn], verdicts: &[Verdict]) {
        let lists = Lists::new(town);
        for (drawn, verdict) in drawn.iter().zip(verdicts) {
            let meant = match (drawn.truth.kind, drawn.truth.meant.as_slice()) {
                (Kind::TakenBack, _) => continue,
                (Kind::Other, _) => None,
                (Kind::Levy, [first, rest @ ..]) if rest.iter().all(|other| other.reference == first.reference) => {
                    Some(first.reference)
                }
                // a joint payment is for several: its pairs are not comparable with those of a single one
                _ => continue,
            };
            let candidates = &verdict.draft.candidates;
            Counting { weighing: self, town, lists: &lists, payment: &drawn.payment, meant, candidates }.count();
        }
    }

    /// Adds the counts of another thread.
    pub fn merge(&mut self, other: &Weighing) {
        for (name, seen) in &other.seen {
            let sum = self.seen.entry(name).or_default();
            sum.meant += seen.meant;
            sum.other += seen.other;
            sum.astray += seen.astray;
        }
        self.payments += other.payments;
        self.meant += other.meant;
        self.others += other.others;
    }

    /// How often a witness was seen.
    pub fn seen(&self, name: &str) -> Seen {
        self.seen.get(name).copied().unwrap_or_default()
    }

    /// The number for the data file.
    pub fn estimate(&self, key: Key) -> i32 {
        let seen = self.seen(key.name);
        match key.unit {
            Pairs => log_ratio((seen.meant, self.meant), (seen.other, self.others)),
            Payments => log_ratio((seen.meant, self.meant), (seen.astray, self.payments)),
            Percent => {
                let (any, of) = (seen.meant + seen.astray, self.payments);
                let percent = (2 * seen.meant + 1) * (2 * of + 2) * 100 / ((2 * self.meant + 2) * (2 * any + 1));
                i32::try_from(percent).unwrap_or(i32::MAX).clamp(1, 99)
            }
            PerMillion => {
                let share = (2 * seen.meant + 1) * 1_000_000 / (2 * self.meant + 2);
                i32::try_from(share).unwrap_or(i32::MAX).clamp(1, 999_999)
            }
        }
    }

    /// A line for each witness: the counts, the estimate, and the number in the data file.
    pub fn table(&self, file: &str) -> String {
        let mut lines = vec![
            "| witness | for what is meant | for what is not | unit | estimated | in use |".to_owned(),
            "|---|---|---|---|---|---|".to_owned(),
        ];
        for key in KEYS {
            let used = file.lines().find_map(|line| line.strip_prefix(key.name)?.strip_prefix(';')?.split(';').next());
            let unit = match key.unit {
                Pairs | Payments => "0.01 nat",
                Percent => "%",
                PerMillion => "per million",
            };
            let counted = self.counted(key).replace("; ", " | ");
            let (name, estimate, used) = (key.name, self.estimate(key), used.unwrap_or("-"));
            lines.push(format!("| {name} | {counted} | {unit} | {estimate} | {used} |"));
        }
        lines.join("\n")
    }

    /// The data file with the estimated numbers; all other cells and lines are unchanged.
    pub fn rewrite(&self, file: &str) -> String {
        let line = |line: &str| -> String {
            let cells: Vec<&str> = line.split(';').collect();
            match (KEYS.iter().find(|key| cells.first() == Some(&key.name)), cells.as_slice()) {
                (Some(key), [name, _, reason, _]) => {
                    let counted = self.counted(*key).replace("; ", " against ");
                    format!("{name};{};{reason};drawn towns: {counted}\n", self.estimate(*key))
                }
                _ => format!("{line}\n"),
            }
        };
        file.lines().map(line).collect()
    }

    fn counted(&self, key: Key) -> String {
        let seen = self.seen(key.name);
        let (other, others) = match key.unit {
            Payments | Percent => (seen.astray, self.payments),
            _ => (seen.other, self.others),
        };
        format!("{} of {}; {other} of {others}", seen.meant, self.meant)
    }

    fn see(&mut self, name: &'static str, is_meant: bool, times: u64) {
        let seen = self.seen.entry(name).or_default();
        if is_meant {
            seen.meant += times;
        } else {
            seen.other += times;
        }
    }
}

/// `ln` of how much more often a thing is seen for the intended Kassenzeichen, in hundredths; half a case is added to
/// each count.
fn log_ratio((meant, of_meant): (u64, u64), (other, of_others): (u64, u64)) -> i32 {
    let ln = |count: u64| ln_hundredths(count);
    ln(2 * meant + 1) + ln(2 * of_others + 2) - ln(2 * of_meant + 2) - ln(2 * other + 1)
}

/// A town's lists, indexed by what payments show.
struct Lists<'t> {
    /// The Kassenzeichen whose mandates name an account.
    mandated: HashMap<Iban, Vec<usize>>,
    /// How many Kassenzeichen have a mandate.
    with_mandate: u64,
    /// How many have this amount as a sum of due instalments, and how many only with instalments that are not due.
    amounts: HashMap<i64, (u64, u64)>,
    /// How many Kassenzeichen each levy has.
    levies: HashMap<&'t str, u64>,
}

impl<'t> Lists<'t> {
    fn new(town: &'t Town) -> Lists<'t> {
        let mut lists =
            Lists { mandated: HashMap::new(), with_mandate: 0, amounts: HashMap::new(), levies: HashMap::new() };
        for (place, reference) in town.references.iter().enumerate() {
            if let Some(mandate) = &reference.mandate {
                lists.mandated.entry(mandate.iban).or_default().push(place);
                lists.with_mandate += 1;
            }
            *lists.levies.entry(town.levy(place)).or_insert(0) += 1;
            let due = sums_of(town, place, true);
            for sum in sums_of(town, place, false) {
                let entry = lists.amounts.entry(sum).or_default();
                if due.binary_search(&sum).is_ok() {
                    entry.0 += 1;
                } else {
                    entry.1 += 1;
                }
            }
        }
        lists
    }
}

fn sums_of(town: &Town, place: usize, due_only: bool) -> Vec<i64> {
    let instalments = town.references.get(place).map_or(&[][..], |reference| reference.instalments.as_slice());
    let wanted = instalments.iter().filter(|instalment| !due_only || instalment.is_due());
    sums(&wanted.map(|instalment| instalment.amount).collect::<Vec<_>>())
}

/// Counts all pairs of one payment.
struct Counting<'a> {
    weighing: &'a mut Weighing,
    town: &'a Town,
    lists: &'a Lists<'a>,
    payment: &'a Payment,
    meant: Option<usize>,
    candidates: &'a [Candidate],
}

impl Counting<'_> {
    fn count(mut self) {
        let others = (self.town.references.len() as u64).saturating_sub(self.is_levy());
        self.weighing.payments += 1;
        self.weighing.meant += self.is_levy();
        self.weighing.others += others;
        self.reference(others);
        self.iban(others);
        self.names(others);
        self.amount(others);
        self.words(others);
    }

    fn is_levy(&self) -> u64 {
        u64::from(self.meant.is_some())
    }

    fn own(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| Some(candidate.account as usize) == self.meant)
    }

    /// Counts what each candidate shows; returns how many other candidates show anything.
    fn each(&mut self, name: impl Fn(&Candidate) -> Option<&'static str>) -> u64 {
        let (mut unlike, mut astray, mut right) = (0, BTreeSet::new(), None);
        for candidate in self.candidates {
            let is_meant = Some(candidate.account as usize) == self.meant;
            let Some(name) = name(candidate) else { continue };
            self.weighing.see(name, is_meant, 1);
            if is_meant {
                right = Some(name);
            } else {
                unlike += 1;
                astray.insert(name);
            }
        }
        for name in astray.into_iter().filter(|name| Some(*name) != right) {
            self.weighing.seen.entry(name).or_default().astray += 1;
        }
        unlike
    }

    fn reference(&mut self, others: u64) {
        let unlike = self.each(|candidate| candidate.spelling.map(reference_key));
        let is_clean = |candidate: &Candidate| candidate.spelling.is_some_and(|spelling| spelling < Spelling::Partial);
        if self.candidates.iter().any(is_clean) {
            let is_quoted = self.own().is_some_and(|candidate| candidate.spelling.is_some());
            self.weighing.see("reference.other", false, others.saturating_sub(unlike));
            self.weighing.see("reference.other", true, self.is_levy() * u64::from(!is_quoted));
        }
    }

    fn iban(&mut self, others: u64) {
        let Some(iban) = self.payment.iban else { return };
        let mandated = self.lists.mandated.get(&iban).map_or(&[][..], Vec::as_slice);
        let unlike = self.each(|candidate| {
            let is_mandates = mandated.contains(&(candidate.account as usize));
            let name = if is_mandates { "iban.mandate.share" } else { "iban.before.program.share" };
            candidate.own_iban.then_some(name)
        });
        // the account of another mandate speaks against everybody, an unknown account only against those with a mandate
        let (name, all) = match mandated {
            [] => ("iban.unknown", self.lists.with_mandate.min(others)),
            _ => ("iban.other_mandate", others),
        };
        self.weighing.see(name, false, all.saturating_sub(unlike));
        let own = self.own().is_some_and(|candidate| candidate.own_iban);
        let reference = self.meant.and_then(|meant| self.town.references.get(meant));
        let is_told = reference.is_some_and(|reference| !mandated.is_empty() || reference.mandate.is_some());
        self.weighing.see(name, true, u64::from(is_told && !own));
    }

    fn names(&mut self, others: u64) {
        let unlike = self.each(|candidate| match candidate.name {
            Agreement::Same => Some("name.same.share"),
            Agreement::Close => Some("name.close.share"),
            Agreement::Family => Some("name.family.share"),
            Agreement::None => None,
        });
        self.each(|candidate| match candidate.mention {
            Agreement::Same => Some("text.name.share"),
            // a text that repeats the payer's own name adds nothing
            Agreement::Family if candidate.name > Agreement::Close => Some("text.family.share"),
            _ => None,
        });
        self.each(|candidate| candidate.address.then_some("address.share"));
        if self.payment.counterparty.is_some() {
            let alike = self.own().is_some_and(|candidate| candidate.name < Agreement::None);
            self.weighing.see("name.other", false, others.saturating_sub(unlike));
            self.weighing.see("name.other", true, self.is_levy() * u64::from(!alike));
        }
    }

    fn amount(&mut self, others: u64) {
        let own = self.own().map_or(Fit::None, |candidate| candidate.fit);
        let amount = self.payment.amount.get();
        let (due, later) = self.lists.amounts.get(&amount).copied().unwrap_or_default();
        let holds =
            |due_only: bool| self.meant.is_some_and(|meant| sums_of(self.town, meant, due_only).contains(&amount));
        let (own_due, own_any) = (holds(true), holds(false));
        let (due, later) = (due - u64::from(own_due), later - u64::from(own_any && !own_due));
        self.weighing.see("amount.due.per_million", false, due);
        self.weighing.see("amount.later", false, later);
        self.weighing.see("amount.other", false, others.saturating_sub(due + later));
        let name = match own {
            Fit::Due => "amount.due.per_million",
            Fit::Later => "amount.later",
            Fit::None => "amount.other",
        };
        self.weighing.see(name, true, self.is_levy());
    }

    fn words(&mut self, others: u64) {
        let text = self.payment.remittance.replace('\n', "").to_lowercase();
        let named = |levy: &str| text.contains(&levy.to_lowercase());
        let own = self.meant.map(|meant| named(self.town.levy(meant)));
        let all: u64 = self.lists.levies.iter().filter(|(levy, _)| named(levy)).map(|(_, count)| *count).sum();
        if all == 0 {
            return;
        }
        let alike = all - u64::from(own == Some(true));
        self.weighing.see("words.kind", false, alike);
        self.weighing.see("words.other_kind", false, others.saturating_sub(alike));
        if let Some(is_own) = own {
            self.weighing.see(if is_own { "words.kind" } else { "words.other_kind" }, true, 1);
        }
    }
}

fn reference_key(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Exact => "reference.exact",
        Spelling::LookAlike => "reference.look_alike",
        Spelling::LostZeros => "reference.lost_zeros",
        Spelling::Partial => "reference.partial",
        Spelling::Near(Slip::Swapped) => "reference.near.swapped",
        Spelling::Near(Slip::Lost) => "reference.near.lost",
        Spelling::Near(Slip::Added) => "reference.near.added",
        Spelling::Near(Slip::Changed) => "reference.near.changed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::draw_town;
    use crate::play;

    fn weighing() -> Weighing {
        let mut weighing = Weighing::default();
        for seed in 0..2 {
            let (town, drawn) = draw_town(seed, 2, 1_500).unwrap();
            let books = play::books(&town);
            weighing.add(&town, &drawn, &play::verdicts(&books, &drawn));
        }
        weighing
    }

    #[test]
    fn a_ratio_is_bounded_and_signed() {
        for (meant, other, sign) in [(90, 1, 1), (50, 500, 0), (1, 900, -1), (0, 0, 0), (100, 0, 1), (0, 1_000, -1)] {
            let ratio = log_ratio((meant, 100), (other, 1_000));
            assert!(ratio.abs() < 1_000 && (ratio / 240).signum() == sign, "{meant} {other}: {ratio}");
        }
    }

    #[test]
    fn each_pair_shows_one_of_the_amounts_and_what_speaks_for_it_weighs_more() {
        let weighing = weighing();
        let of = |name| weighing.seen(name);
        let (due, later, none) = (of("amount.due.per_million"), of("amount.later"), of("amount.other"));
        assert_eq!(due.meant + later.meant + none.meant, weighing.meant);
        assert_eq!(due.other + later.other + none.other, weighing.others);
        let estimate = |name| weighing.estimate(key(name, Pairs));
        assert!(estimate("reference.exact") > 500 && estimate("reference.near.changed") > 500);
        assert!(estimate("reference.other") < 0 && estimate("name.other") < 0);
        assert!(estimate("amount.other") < 0 && estimate("iban.other_mandate") < 0);
        let mut twice = weighing.clone();
        twice.merge(&weighing);
        assert_eq!(twice.seen("name.other").meant, 2 * of("name.other").meant);
    }

    #[test]
    fn only_estimated_numbers_of_the_file_change() {
        let weighing = weighing();
        let file =
            "witness;weight;reason;estimated_from\nname.other;-250;another name;prior\nsomething.else;7;kept;prior\n";
        let written = weighing.rewrite(file);
        let lines: Vec<&str> = written.lines().collect();
        assert_eq!((lines[0], lines[2]), ("witness;weight;reason;estimated_from", "something.else;7;kept;prior"));
        let cells: Vec<&str> = lines[1].split(';').collect();
        assert_eq!((cells[0], cells[2], cells.len()), ("name.other", "another name", 4));
        assert_eq!(cells[1].parse::<i32>().unwrap(), weighing.estimate(key("name.other", Pairs)));
        assert_eq!(weighing.rewrite(&written), written);
    }
}
