//! What a debit file tells of its town: its references and numbers, whom it debits, in which houses.
//!
//! It decides nothing. Invariant: what is asked of it is answered by the file alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use camt::Booking;
use kassenzeichen::{Directory, Found, Scheme, built_like, canonical};
use ledger::names::{fold, words};
use sepa::{Cents, Iban, MandateId};
use sepa_xml::{ForeignDebit, ForeignFile};

use super::owed::{AllOwed, Owed};
use super::slips::Slips;

/// A credit under no number.
pub(super) struct Bare {
    pub(super) payer: String,
    pub(super) iban: Option<Iban>,
    pub(super) amount: Cents,
    pub(super) text: String,
}

/// The file's references, by which others are told from them.
pub(super) struct Known<'f> {
    pub(super) schemes: Vec<Scheme>,
    pub(super) directory: Directory,
    /// Reference in canonical form -> its debits.
    pub(super) debits: HashMap<String, Vec<(&'f ForeignDebit, &'f Owed)>>,
    /// Of each scheme the numbers that are given out, rising, and how far apart they mostly lie.
    given: Vec<(Vec<u64>, u64)>,
    /// Its references in canonical form, rising, and these by a slip.
    numbers: Vec<String>,
    slips: Slips,
    /// Every debit, in the order of the file.
    pub(super) all: Vec<(&'f ForeignDebit, &'f Owed)>,
    /// The mandates that the file debits by, as they are compared.
    mandates: HashSet<String>,
    /// The accounts that the file debits.
    pub(super) accounts: HashSet<Iban>,
    houses: Houses,
    /// The levy that most debits are of.
    pub(super) kind: String,
}

/// A number is one of those that are given out where the next known one is not further away than so many usual
/// distances.
const FAR: u64 = 20;

impl<'f> Known<'f> {
    pub(super) fn new(file: &'f ForeignFile, owed: &'f AllOwed) -> Known<'f> {
        let schemes: Vec<Scheme> = owed.schemes.iter().map(|learned| learned.scheme.clone()).collect();
        let mut debits: HashMap<String, Vec<(&ForeignDebit, &Owed)>> = HashMap::new();
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for (debit, own) in file.debits().zip(&owed.debits) {
            *kinds.entry(own.kind.as_str()).or_insert(0) += 1;
            for reference in std::iter::once(&own.kassenzeichen).chain(&own.others) {
                debits.entry(canonical(reference)).or_default().push((debit, own));
            }
        }
        let references = || owed.debits.iter().flat_map(|own| std::iter::once(&own.kassenzeichen).chain(&own.others));
        let given = schemes.iter().map(|scheme| given(scheme, references().map(String::as_str))).collect();
        let kind = kinds.into_iter().max_by_key(|(_, count)| *count).map_or("", |(kind, _)| kind).to_owned();
        let directory = directory(&schemes, references().map(String::as_str));
        let accounts = file.debits().map(|debit| debit.iban).collect();
        let mandates = file.debits().map(|debit| MandateId::key(&debit.mandate)).collect();
        let all = file.debits().zip(&owed.debits).collect();
        let mut numbers: Vec<String> = debits.keys().cloned().collect();
        numbers.sort_unstable();
        let slips = Slips::of(numbers.iter().map(String::as_str));
        Known {
            schemes,
            directory,
            debits,
            given,
            numbers,
            slips,
            all,
            mandates,
            accounts,
            houses: Houses::new(owed),
            kind,
        }
    }

    /// Whether the file debits by a mandate.
    pub(super) fn has_mandate(&self, mandate: &str) -> bool {
        self.mandates.contains(&MandateId::key(mandate))
    }

    /// What one instalment of each of these references comes to.
    pub(super) fn instalments(&self, references: &[String]) -> Option<Cents> {
        let mut own: Vec<&String> = references.iter().collect();
        own.sort();
        own.dedup();
        let first = |reference: &&String| Some(self.debits.get(*reference)?.first()?.1.parts.first()?.amount);
        Cents::sum(own.iter().map(first).collect::<Option<Vec<Cents>>>()?)
    }

    /// Numbers that are none of the file's and of which a text has the ends alone, behind this one: `/4321`, `302.7`.
    pub(super) fn ends(&self, base: &str, text: &str) -> Vec<String> {
        self.all_ends(base, text, |whole| !self.debits.contains_key(whole) && self.is_checked(whole))
    }

    /// The file's numbers of which a text has the ends alone, behind whichever whole number, in canonical form.
    pub(super) fn own_ends(&self, text: &str) -> Vec<String> {
        let bases = built_like(&self.schemes, text).into_iter().filter(|base| self.is_whole(base));
        let ends = |base: String| self.all_ends(&canonical(&base), text, |whole| self.debits.contains_key(whole));
        bases.flat_map(ends).map(|end| canonical(&end)).collect()
    }

    /// The file's numbers that damaged ones in a text are a slip away from, in canonical form.
    pub(super) fn slips_in(&self, text: &str) -> impl Iterator<Item = &str> {
        let damaged = built_like(&self.schemes, text).into_iter().filter(|number| !self.is_whole(number));
        damaged.filter_map(|number| self.numbers.get(self.slips.near(&canonical(&number))?).map(String::as_str))
    }

    /// Numbers of which a text has the ends alone, behind this one, if they are meant in their canonical form.
    fn all_ends(&self, base: &str, text: &str, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
        let Some(scheme) = self.schemes.iter().find(|scheme| scheme.check_reference(base).is_ok()) else {
            return Vec::new();
        };
        let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit() || c == '.') && word.len() > 2;
        let end = |word: &str| {
            let digits: String = word.chars().filter(char::is_ascii_digit).collect();
            let begin = base.get(..base.len().checked_sub(digits.len())?)?;
            let whole = format!("{begin}{digits}");
            let is_other = digits.len() < 8 && whole != base && is_meant(&whole);
            scheme.printed(&whole).filter(|_| is_other)
        };
        let (mut found, mut is_behind) = (Vec::new(), false);
        for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '+' | '&')) {
            let parts: Vec<&str> = word.split('/').collect();
            let begins =
                (1..=parts.len()).find(|count| canonical(&parts.get(..*count).unwrap_or_default().concat()) == base);
            let rest = parts.get(begins.unwrap_or(0)..).unwrap_or_default();
            is_behind |= begins.is_some();
            let is_link = matches!(
                word.to_lowercase().as_str(),
                "" | "u" | "u." | "und" | "bis" | "-" | "einschl." | "einschließlich" | "sowie"
            );
            if is_behind && rest.iter().all(|part| is_number(part)) {
                found.extend(rest.iter().filter_map(|part| end(part)));
            } else if !is_link {
                is_behind = false;
            }
        }
        found
    }

    /// Whether a number fits a scheme, check digit and all.
    pub(super) fn is_whole(&self, reference: &str) -> bool {
        self.schemes.iter().any(|scheme| scheme.check_reference(reference).is_ok())
    }

    /// Whether a damaged number is a slip of one of the file's.
    pub(super) fn is_slip(&self, reference: &str) -> bool {
        !self.is_whole(reference) && self.slips.near(&canonical(reference)).is_some()
    }

    /// Whether a number that is none of the file's may be a slip in one of these: it has no check digit that would
    /// tell.
    pub(super) fn may_be_slip(&self, reference: &str) -> bool {
        let key = canonical(reference);
        !self.debits.contains_key(&key) && !self.is_checked(reference) && self.slips.near(&key).is_some()
    }

    /// Whether the check digit of a number tells that it is right.
    pub(super) fn is_checked(&self, reference: &str) -> bool {
        let fits = |scheme: &&Scheme| scheme.check().len() > 0 && scheme.check_reference(reference).is_ok();
        self.schemes.iter().any(|scheme| fits(&scheme))
    }

    /// Whether a number lies among those that are given out; one that no scheme can read may.
    pub(super) fn is_given_out(&self, reference: &str) -> bool {
        let of_scheme =
            self.schemes.iter().zip(&self.given).find(|(scheme, _)| scheme.check_reference(reference).is_ok());
        let Some((scheme, (numbers, gap))) = of_scheme else { return true };
        let Some(number) = scheme.number(reference) else { return true };
        let at = numbers.partition_point(|known| *known < number);
        let near = numbers.get(at.saturating_sub(1)..).unwrap_or_default().iter().take(2);
        near.map(|known| known.abs_diff(number)).min().is_none_or(|least| least <= gap.saturating_mul(FAR))
    }

    /// What beside a slip speaks for one of the file's references: the payer's account, or his name and the amount; or
    /// one of these alone.
    pub(super) fn spoken_for(&self, found: &Found, booking: &Booking, amount: Cents) -> Voice {
        let iban = booking.counterparty_iban.as_deref().and_then(|iban| Iban::parse(iban).ok());
        let names = [&booking.counterparty, &booking.ultimate_debtor];
        let payer: Vec<String> = names.into_iter().flatten().flat_map(|name| words(name)).collect();
        let debits = self.debits.get(&canonical(self.directory.printed(found.reference)));
        let of = |(debit, own): &(&ForeignDebit, &Owed)| voice(debit, own, &payer, iban, amount);
        debits.into_iter().flatten().map(of).max().unwrap_or(Voice::None)
    }
}

/// How much speaks for a debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Voice {
    /// Nothing.
    None,
    /// The amount or the payer's name.
    Weak,
    /// Both, or the payer's account.
    Strong,
}

/// Finds references.
pub(super) fn directory<'r>(schemes: &[Scheme], references: impl Iterator<Item = &'r str>) -> Directory {
    Directory::new(schemes, references.collect::<HashSet<&str>>())
}

/// The numbers of a scheme that are given out, rising, and the distance that most of them have at most.
fn given<'r>(scheme: &Scheme, references: impl Iterator<Item = &'r str>) -> (Vec<u64>, u64) {
    let fitting = references.filter(|reference| scheme.check_reference(reference).is_ok());
    let mut numbers: Vec<u64> = fitting.filter_map(|reference| scheme.number(reference)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut gaps: Vec<u64> = numbers.iter().zip(numbers.iter().skip(1)).map(|(one, next)| next - one).collect();
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(u64::MAX);
    (numbers, usual)
}

impl Known<'_> {
    /// A house that a text names in one of the file's streets, and in which nobody is debited for whom the payer or the
    /// amount speaks.
    pub(super) fn another_house(&self, credit: &Bare) -> Option<String> {
        let text = credit.text.replace('\n', " ");
        let all: Vec<&str> = text.split_whitespace().collect();
        let mut found = None;
        for at in 1..all.len() {
            for count in 1..=3.min(at) {
                let named = all.get(at - count..=at).unwrap_or_default().join(" ");
                let Some((street, number)) = house(&named) else { continue };
                let Some(numbers) = self.houses.streets.get(&street) else { continue };
                let mut there = numbers.get(&number).into_iter().flatten().filter_map(|place| self.all.get(*place));
                if there.any(|(debit, own)| {
                    voice(debit, own, &words(&credit.payer), credit.iban, credit.amount) > Voice::None
                }) {
                    return None;
                }
                found = Some(named);
            }
        }
        found
    }
}

/// How much the payer and the amount speak for a debit.
fn voice(debit: &ForeignDebit, own: &Owed, payer: &[String], iban: Option<Iban>, amount: Cents) -> Voice {
    let mut sum = Cents::ZERO;
    let mut sums = own.parts.iter().map(|part| {
        sum = sum.checked_add(part.amount).unwrap_or(sum);
        [sum, part.amount]
    });
    let mut names = std::iter::once(&debit.debtor).chain(&debit.ultimate_debtor);
    let (by_amount, by_name) = (sums.any(|sums| sums.contains(&amount)), names.any(|name| is_akin(name, payer)));
    match Some(debit.iban) == iban || by_amount && by_name {
        true => Voice::Strong,
        false if by_amount || by_name => Voice::Weak,
        false => Voice::None,
    }
}

/// Whether a payer may be one of a name: he has its family name, or of his own name nothing but what is in it (»Volker
/// u«).
fn is_akin(name: &str, payer: &[String]) -> bool {
    let ordered = fold(name);
    let family = ordered.split(|c: char| !c.is_alphanumeric()).rfind(|word| word.len() > 1);
    let known = words(name);
    let is_part =
        !payer.is_empty() && payer.iter().all(|word| known.iter().any(|known| known.starts_with(word.as_str())));
    is_part || family.is_some_and(|family| payer.iter().any(|word| word == family))
}

/// The houses of the file's debtors.
struct Houses {
    /// Street, folded -> house number -> the places of the debits there.
    streets: HashMap<String, HashMap<String, Vec<usize>>>,
}

/// Of so many debits one may be without an address: else nothing follows from a house that is none of theirs.
const ADDRESSED: usize = 10;

impl Houses {
    fn new(owed: &AllOwed) -> Houses {
        let mut streets: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        let addressed = owed.debits.iter().filter(|own| own.address.is_some()).count();
        if (owed.debits.len() - addressed) * ADDRESSED <= owed.debits.len() {
            for (place, own) in owed.debits.iter().enumerate() {
                if let Some((street, number)) = own.address.as_deref().and_then(house) {
                    streets.entry(street).or_default().entry(number).or_default().push(place);
                }
            }
        }
        Houses { streets }
    }
}

/// Street and number of an address, folded.
fn house(address: &str) -> Option<(String, String)> {
    let folded = fold(address.split(',').next().unwrap_or_default());
    let at = folded.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 0)?;
    let (street, number) = folded.split_at_checked(at)?;
    let street: String = street.chars().filter(|c| c.is_alphabetic()).collect();
    let street =
        street.strip_suffix("asse").filter(|short| short.ends_with("str")).map_or(street.clone(), str::to_owned);
    let number: String = number.chars().filter(|c| c.is_alphanumeric()).collect();
    (!street.is_empty() && number.len() <= 5).then_some((street, number))
}
