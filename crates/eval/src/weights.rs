//! Estimates how much each witness says, from labelled payments.
//!
//! For every witness: how often it is seen for the Kassenzeichen that is meant, and how often for one that is not, over
//! all pairs of a payment and a Kassenzeichen (Fellegi and Sunter 1969). The hard rules have no weight and are no part
//! of it. Must not know how verdicts come about. Invariant: half a case is added to every count, so that what was seen
//! never, or always, does not weigh without bound.

use std::collections::HashMap;

use kassenzeichen::{Slip, Spelling};
use ledger::books::{AccountId, Books};
use ledger::candidates::{Candidate, Fit};
use ledger::evidence::{self, ln_hundredths};
use ledger::matching::Verdict;
use ledger::names::Agreement;
use ledger::payment::Payment;
use ledger::words::{self, Words};

use crate::payments::Drawn;
use crate::town::{Town, sums};
use crate::truth::Kind;

/// How often a witness was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// For the Kassenzeichen that is meant.
    pub meant: u64,
    /// For others.
    pub other: u64,
}

/// A witness's name in the data file, and what the file holds of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// `reference.exact`.
    pub name: &'static str,
    /// Whether the file holds its share among what is meant, in per cent, because how rare it is comes from the books.
    pub is_share: bool,
}

const fn ratio(name: &'static str) -> Key {
    Key { name, is_share: false }
}

const fn share(name: &'static str) -> Key {
    Key { name, is_share: true }
}

/// Every witness.
pub const KEYS: [Key; 25] = [
    ratio("reference.exact"),
    ratio("reference.look_alike"),
    ratio("reference.lost_zeros"),
    ratio("reference.partial"),
    ratio("reference.near.swapped"),
    ratio("reference.near.lost"),
    ratio("reference.near.added"),
    ratio("reference.near.changed"),
    ratio("reference.other"),
    share("iban.mandate.share"),
    share("iban.history.share"),
    ratio("iban.foreign"),
    ratio("iban.unknown"),
    share("name.same.share"),
    share("name.close.share"),
    share("name.family.share"),
    ratio("name.other"),
    share("text.name.share"),
    share("text.family.share"),
    share("address.share"),
    share("amount.due.share"),
    ratio("amount.later"),
    ratio("amount.other"),
    ratio("words.levy"),
    ratio("words.other_levy"),
];

/// Counts over many towns.
#[derive(Clone, Debug, Default)]
pub struct Weighing {
    seen: HashMap<&'static str, Seen>,
    /// Pairs of a payment and what it means.
    meant: u64,
    /// Pairs of a payment and what it does not mean.
    others: u64,
}

impl Weighing {
    /// Adds a town.
    pub fn add(&mut self, town: &Town, books: &Books, drawn: &[Drawn], verdicts: &[Verdict]) {
        let later = later_sums(town);
        for (drawn, verdict) in drawn.iter().zip(verdicts) {
            let meant = match (drawn.truth.kind, drawn.truth.meant.as_slice()) {
                (Kind::TakenBack, _) => continue,
                (Kind::Other, _) => None,
                (Kind::Levy, [first, rest @ ..]) if rest.iter().all(|other| other.reference == first.reference) => {
                    AccountId::try_from(first.reference).ok()
                }
                // a joint payment means several: none of its pairs is like those of one
                _ => continue,
            };
            Pairs { weighing: self, books, payment: &drawn.payment, meant, later: &later }
                .count(&verdict.draft.candidates);
        }
    }

    /// Adds what others counted.
    pub fn merge(&mut self, other: &Weighing) {
        for (name, seen) in &other.seen {
            let sum = self.seen.entry(name).or_default();
            sum.meant += seen.meant;
            sum.other += seen.other;
        }
        self.meant += other.meant;
        self.others += other.others;
    }

    /// How often a witness was seen.
    pub fn seen(&self, key: Key) -> Seen {
        self.seen.get(key.name).copied().unwrap_or_default()
    }

    /// What the data file holds of a witness: hundredths of a nat, or per cent.
    pub fn estimate(&self, key: Key) -> i32 {
        let seen = self.seen(key);
        let percent = || i32::try_from((seen.meant * 200 + 100) / (2 * self.meant + 2)).unwrap_or(100);
        if key.is_share { percent().clamp(1, 99) } else { log_ratio(seen, self.meant, self.others) }
    }

    /// One line for each witness: what was counted, what it comes to, and what is in use.
    pub fn table(&self) -> String {
        let mut lines = vec![
            "| witness | seen for what is meant | for what is not | estimated | in use |".to_owned(),
            "|---|---|---|---|---|".to_owned(),
        ];
        for key in KEYS {
            let seen = self.seen(key);
            let of = format!("{} of {} | {} of {}", seen.meant, self.meant, seen.other, self.others);
            let used = in_use(key.name).map_or_else(|| "-".to_owned(), |used| used.to_string());
            let unit = if key.is_share { " %" } else { "" };
            lines.push(format!("| {} | {of} | {}{unit} | {used}{unit} |", key.name, self.estimate(key)));
        }
        lines.join("\n")
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

/// `ln` of how much oftener a thing is seen for what is meant, in hundredths; half a case is added everywhere.
fn log_ratio(seen: Seen, meant: u64, others: u64) -> i32 {
    ln_hundredths(2 * seen.meant + 1) + ln_hundredths(2 * others + 2)
        - ln_hundredths(2 * meant + 2)
        - ln_hundredths(2 * seen.other + 1)
}

/// How many Kassenzeichen make an amount only with what is not yet due.
fn later_sums(town: &Town) -> HashMap<i64, u64> {
    let mut later: HashMap<i64, u64> = HashMap::new();
    for reference in &town.references {
        let all: Vec<i64> = reference.instalments.iter().map(|instalment| instalment.amount).collect();
        let due: Vec<i64> = reference
            .instalments
            .iter()
            .filter(|instalment| instalment.is_due())
            .map(|instalment| instalment.amount)
            .collect();
        let due = sums(&due);
        sums(&all).into_iter().filter(|sum| due.binary_search(sum).is_err()).for_each(|sum| {
            *later.entry(sum).or_insert(0) += 1;
        });
    }
    later
}

/// All pairs of one payment.
struct Pairs<'a> {
    weighing: &'a mut Weighing,
    books: &'a Books,
    payment: &'a Payment,
    meant: Option<AccountId>,
    later: &'a HashMap<i64, u64>,
}

impl Pairs<'_> {
    fn count(mut self, candidates: &[Candidate]) {
        let others = (self.books.accounts.len() as u64).saturating_sub(u64::from(self.meant.is_some()));
        self.weighing.meant += u64::from(self.meant.is_some());
        self.weighing.others += others;
        self.reference(candidates, others);
        self.iban(candidates, others);
        self.names(candidates, others);
        self.amount(candidates, others);
        self.words(others);
    }

    fn of_meant<'c>(&self, candidates: &'c [Candidate]) -> Option<&'c Candidate> {
        candidates.iter().find(|candidate| Some(candidate.account) == self.meant)
    }

    fn each(&mut self, candidates: &[Candidate], name: impl Fn(&Candidate) -> Option<&'static str>) -> u64 {
        let mut unlike = 0;
        for candidate in candidates {
            let is_meant = Some(candidate.account) == self.meant;
            if let Some(name) = name(candidate) {
                self.weighing.see(name, is_meant, 1);
                unlike += u64::from(!is_meant);
            }
        }
        unlike
    }

    fn reference(&mut self, candidates: &[Candidate], others: u64) {
        let unlike = self.each(candidates, |candidate| candidate.spelling.map(reference_key));
        let quoted =
            candidates.iter().any(|candidate| candidate.spelling.is_some_and(|spelling| spelling < Spelling::Partial));
        if quoted {
            self.weighing.see("reference.other", false, others - unlike);
            let is_meant = self.of_meant(candidates).is_some_and(|candidate| candidate.spelling.is_some());
            self.weighing.see("reference.other", true, u64::from(self.meant.is_some() && !is_meant));
        }
    }

    fn iban(&mut self, candidates: &[Candidate], others: u64) {
        let Some(iban) = self.payment.iban else { return };
        let mandated = self.books.by_iban(&iban);
        let unlike = self.each(candidates, |candidate| {
            let name = if mandated.contains(&candidate.account) { "iban.mandate.share" } else { "iban.history.share" };
            candidate.own_iban.then_some(name)
        });
        let name = if mandated.is_empty() { "iban.unknown" } else { "iban.foreign" };
        let counts = |account: &ledger::books::Account| !mandated.is_empty() || !account.ibans.is_empty();
        let share = self.books.accounts.iter().filter(|account| counts(account)).count() as u64;
        self.weighing.see(name, false, share.min(others).saturating_sub(unlike));
        if let Some(meant) = self.meant {
            let own = self.of_meant(candidates).is_some_and(|candidate| candidate.own_iban);
            let is_counted = self.books.account(meant).is_some_and(counts);
            self.weighing.see(name, true, u64::from(!own && is_counted));
        }
    }

    fn names(&mut self, candidates: &[Candidate], others: u64) {
        let unlike = self.each(candidates, |candidate| match candidate.name {
            Agreement::Same => Some("name.same.share"),
            Agreement::Close => Some("name.close.share"),
            Agreement::Family => Some("name.family.share"),
            Agreement::None => None,
        });
        self.each(candidates, |candidate| match candidate.mention {
            Agreement::Same => Some("text.name.share"),
            // what repeats the payer's own name says nothing new
            Agreement::Family if candidate.name > Agreement::Close => Some("text.family.share"),
            _ => None,
        });
        self.each(candidates, |candidate| candidate.address.then_some("address.share"));
        if !self.payment.name().is_empty() {
            self.weighing.see("name.other", false, others - unlike);
            let alike = self.of_meant(candidates).is_some_and(|candidate| candidate.name < Agreement::None);
            self.weighing.see("name.other", true, u64::from(self.meant.is_some() && !alike));
        }
    }

    fn amount(&mut self, candidates: &[Candidate], others: u64) {
        let amount = self.payment.amount;
        let meant = self.of_meant(candidates).map_or(Fit::None, |candidate| candidate.fit);
        let is_meant = u64::from(self.meant.is_some());
        let due = self.books.by_amount(amount);
        let own = u64::from(self.meant.is_some_and(|meant| due.contains(&meant)));
        let (due, later) = (due.len() as u64 - own, self.later.get(&amount.get()).copied().unwrap_or(0));
        let later = later.saturating_sub(u64::from(meant == Fit::Later));
        self.weighing.see("amount.due.share", false, due);
        self.weighing.see("amount.later", false, later);
        self.weighing.see("amount.other", false, others.saturating_sub(due + later));
        let name = match meant {
            Fit::Due => "amount.due.share",
            Fit::Later => "amount.later",
            Fit::None => "amount.other",
        };
        self.weighing.see(name, true, is_meant);
    }

    fn words(&mut self, others: u64) {
        let Words { kinds, .. } = words::read(&self.payment.remittance, &self.books.kinds);
        if kinds.is_empty() {
            return;
        }
        let of_kind = |account: AccountId| self.books.items_of(account).any(|(_, item)| kinds.contains(&item.kind));
        let all = (0..self.books.accounts.len()).filter_map(|place| AccountId::try_from(place).ok());
        let named = all.filter(|account| Some(*account) != self.meant && of_kind(*account)).count() as u64;
        let meant = self.meant.map(of_kind);
        self.weighing.see("words.levy", false, named);
        self.weighing.see("words.other_levy", false, others - named);
        match meant {
            Some(true) => self.weighing.see("words.levy", true, 1),
            Some(false) => self.weighing.see("words.other_levy", true, 1),
            None => {}
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

/// What the matcher uses now, as far as it is one number.
fn in_use(name: &str) -> Option<i32> {
    let spelling = [
        Spelling::Exact,
        Spelling::LookAlike,
        Spelling::LostZeros,
        Spelling::Partial,
        Spelling::Near(Slip::Swapped),
        Spelling::Near(Slip::Lost),
        Spelling::Near(Slip::Added),
        Spelling::Near(Slip::Changed),
    ];
    if let Some(spelling) = spelling.into_iter().find(|spelling| reference_key(*spelling) == name) {
        return Some(evidence::reference_weight(spelling));
    }
    Some(match name {
        "reference.other" => evidence::OTHER_REFERENCE,
        "iban.foreign" => evidence::FOREIGN_IBAN,
        "iban.unknown" => evidence::UNKNOWN_IBAN,
        "name.other" => evidence::OTHER_NAME,
        "amount.later" => evidence::LATER_AMOUNT,
        "amount.other" => evidence::OTHER_AMOUNT,
        "words.levy" => evidence::KIND_NAMED,
        "words.other_levy" => evidence::OTHER_KIND,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::draw_town;
    use crate::play;

    #[test]
    fn a_ratio_is_bounded_and_signed() {
        for (meant, other, sign) in [(90, 1, 1), (50, 500, 0), (1, 900, -1), (0, 0, 0), (100, 0, 1), (0, 1_000, -1)] {
            let ratio = log_ratio(Seen { meant, other }, 100, 1_000);
            assert!(ratio.abs() < 1_000 && (ratio / 240).signum() == sign, "{meant} {other}: {ratio}");
        }
    }

    #[test]
    fn each_pair_shows_one_of_the_amounts_and_what_speaks_for_it_weighs_more() {
        let mut weighing = Weighing::default();
        for seed in 0..2 {
            let (town, drawn) = draw_town(seed, 2, 1_500).unwrap();
            let books = play::books(&town);
            weighing.add(&town, &books, &drawn, &play::verdicts(&books, &drawn));
        }
        let of = |name| weighing.seen(ratio(name));
        let (due, later, none) = (of("amount.due.share"), of("amount.later"), of("amount.other"));
        assert_eq!(due.meant + later.meant + none.meant, weighing.meant);
        assert_eq!(due.other + later.other + none.other, weighing.others);
        let estimate = |name| weighing.estimate(ratio(name));
        assert!(estimate("reference.exact") > 500 && estimate("reference.near.changed") > 500);
        assert!(estimate("reference.other") < 0 && estimate("name.other") < 0);
        assert!(estimate("amount.other") < 0 && estimate("iban.foreign") < 0);
        let mut twice = weighing.clone();
        twice.merge(&weighing);
        assert_eq!(twice.seen(ratio("name.other")).meant, 2 * of("name.other").meant);
    }
}
