//! Money that goes back to its payer: which booking pays a refund of ours, which brings one back, and from when on the
//! transfer that crossed a direct debit may be given back.
//!
//! Pure. Invariants: of a refund one booking pays it and one brings it back at most; a sum that is not what was handed in
//! pays nothing and is said.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;
use sepa::{Cents, target_day_after};

/// What was handed to the bank in one batch (`PmtInf`).
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The run.
    pub run: i64,
    /// `MsgId`.
    pub message: &'a str,
    /// `PmtInfId`.
    pub id: &'a str,
    /// The day on which the file was written.
    pub written: Date,
    /// `ReqdExctnDt`.
    pub execution: Date,
}

/// One refund whose file may have gone to the bank.
#[derive(Clone, Copy, Debug)]
pub struct Refund<'a> {
    /// Its id.
    pub id: i64,
    /// The place of its batch.
    pub batch: usize,
    /// `EndToEndId`.
    pub end_to_end: &'a str,
    /// How much goes back.
    pub amount: Cents,
    /// To which account.
    pub iban: &'a str,
    /// Whether the bank said that it did not carry it out.
    pub rejected: bool,
    /// The booking that is known to have paid it.
    pub paid: Option<i64>,
    /// The booking that is known to have brought it back.
    pub came_back: Option<i64>,
}

/// A booking, as far as refunds look at it.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// Its id.
    pub id: i64,
    /// Below zero for what went out.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// What names orders and files.
    pub references: Vec<&'a str>,
    /// All that it says in words.
    pub text: String,
    /// The other party's account.
    pub iban: Option<&'a str>,
    /// Whether it names nobody and nothing: a sum.
    pub is_bare: bool,
    /// Whether its codes or words say that something comes back.
    pub comes_back: bool,
}

/// What a booking tells of refunds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It pays these.
    Paid(Vec<i64>),
    /// It brings this one back.
    CameBack(i64),
    /// It concerns a run of refunds, and its amount is not what that has yet to pay.
    Differs(i64),
}

/// A bank books a batch on the day of its execution, or within a week after it.
const BOOKED_WITHIN: i64 = 7;

/// What each booking tells of refunds; each refund is paid once and comes back once.
pub fn told(batches: &[Batch<'_>], refunds: &[Refund<'_>], lines: &[Line<'_>]) -> HashMap<i64, Told> {
    let mut telling = Telling { batches, refunds, spent: HashSet::new(), back: HashSet::new() };
    let mut told = HashMap::new();
    // what is known stays, whatever is read later
    for refund in refunds {
        if let Some(booking) = refund.paid {
            telling.spent.insert(refund.id);
            if let Told::Paid(all) = told.entry(booking).or_insert_with(|| Told::Paid(Vec::new())) {
                all.push(refund.id);
            }
        }
        if let Some(booking) = refund.came_back {
            telling.back.insert(refund.id);
            told.insert(booking, Told::CameBack(refund.id));
        }
    }
    // the surest first: a name, then a batch, then the account, then the sum alone
    let ways: [fn(&mut Telling<'_, '_>, &Line<'_>) -> Option<Told>; 4] = [
        |all, line| all.by_name(line),
        |all, line| all.by_batch(line),
        |all, line| all.by_account(line),
        |all, line| all.by_sum(line),
    ];
    for way in ways {
        for line in lines {
            if told.contains_key(&line.id) {
                continue;
            }
            if let Some(one) = way(&mut telling, line) {
                told.insert(line.id, one);
            }
        }
    }
    told
}

struct Telling<'r, 'a> {
    batches: &'r [Batch<'a>],
    refunds: &'r [Refund<'a>],
    /// Refunds that a booking pays.
    spent: HashSet<i64>,
    /// Refunds that a booking brings back.
    back: HashSet<i64>,
}

impl<'r, 'a> Telling<'r, 'a> {
    fn batch(&self, refund: &Refund<'_>) -> Option<&'r Batch<'a>> {
        self.batches.get(refund.batch)
    }

    /// By the end-to-end ids that it names.
    fn by_name(&mut self, line: &Line<'_>) -> Option<Told> {
        let words: HashSet<&str> = line
            .text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .chain(line.references.iter().copied())
            .collect();
        let named: Vec<&Refund<'_>> = self.refunds.iter().filter(|refund| words.contains(refund.end_to_end)).collect();
        let first = *named.first()?;
        let run = self.batch(first)?.run;
        let sum = Cents::sum(named.iter().map(|refund| refund.amount))?;
        if line.amount.is_positive() {
            let fits = named.len() == 1 && line.amount <= first.amount && self.back.insert(first.id);
            return Some(if fits { Told::CameBack(first.id) } else { Told::Differs(run) });
        }
        let is_open = named.iter().all(|refund| !self.spent.contains(&refund.id));
        if !is_open || Some(sum) != Cents::ZERO.checked_sub(line.amount) {
            return Some(Told::Differs(run));
        }
        Some(self.pays(named.iter().map(|refund| refund.id)))
    }

    /// By the batch or file that it names: all of it that is not paid, or all that the bank did not reject.
    fn by_batch(&mut self, line: &Line<'_>) -> Option<Told> {
        let names = |id: &str| {
            !id.is_empty()
                && (line.references.iter().any(|own| own.eq_ignore_ascii_case(id))
                    || line.text.split_whitespace().any(|word| word.eq_ignore_ascii_case(id)))
        };
        let is_named = |batch: &&Batch<'_>| names(batch.id) || names(batch.message);
        let first = self.batches.iter().find(is_named).filter(|_| !line.amount.is_positive())?;
        let by_id = self.batches.iter().any(|batch| names(batch.id));
        let own: Vec<&Refund<'_>> = self
            .refunds
            .iter()
            .filter(|refund| !self.spent.contains(&refund.id))
            .filter(|refund| {
                self.batch(refund).is_some_and(|batch| if by_id { names(batch.id) } else { names(batch.message) })
            })
            .collect();
        Some(self.sum_of(&own, line).map_or(Told::Differs(first.run), |ids| self.pays(ids.into_iter())))
    }

    /// By account and amount, from the day of the file on: the first that is not paid.
    fn by_account(&mut self, line: &Line<'_>) -> Option<Told> {
        let iban = line.iban.filter(|_| !line.amount.is_positive() && !line.comes_back)?;
        let fits = |refund: &&Refund<'_>| {
            refund.iban == iban
                && Cents::ZERO.checked_sub(refund.amount) == Some(line.amount)
                && !refund.rejected
                && !self.spent.contains(&refund.id)
                && self.batch(refund).is_some_and(|batch| batch.written <= line.booked)
        };
        let id = self.refunds.iter().find(fits)?.id;
        Some(self.pays(std::iter::once(id)))
    }

    /// A bare sum on its day that is just one batch.
    fn by_sum(&mut self, line: &Line<'_>) -> Option<Told> {
        if line.amount.is_positive() || !line.is_bare || line.comes_back {
            return None;
        }
        let mut found: BTreeSet<Vec<i64>> = BTreeSet::new();
        for (place, batch) in self.batches.iter().enumerate() {
            let last = batch.execution.saturating_add(BOOKED_WITHIN.days());
            if !(batch.execution..=last).contains(&line.booked) {
                continue;
            }
            let own: Vec<&Refund<'_>> = self.refunds.iter().filter(|refund| refund.batch == place).collect();
            let is_whole = own.iter().all(|refund| !self.spent.contains(&refund.id));
            found.extend(is_whole.then(|| self.sum_of(&own, line)).flatten());
        }
        match found.len() {
            1 => found.pop_first().map(|ids| self.pays(ids.into_iter())),
            _ => None,
        }
    }

    /// The refunds that an amount pays: all of them, or all that the bank did not reject.
    fn sum_of(&self, own: &[&Refund<'_>], line: &Line<'_>) -> Option<Vec<i64>> {
        let wanted = Cents::ZERO.checked_sub(line.amount)?;
        let kept: Vec<&&Refund<'_>> = own.iter().filter(|refund| !refund.rejected).collect();
        let all: Vec<&&Refund<'_>> = own.iter().collect();
        let is_sum = |some: &&Vec<&&Refund<'_>>| {
            !some.is_empty() && Cents::sum(some.iter().map(|refund| refund.amount)) == Some(wanted)
        };
        let fitting = [&kept, &all].into_iter().find(is_sum)?;
        Some(fitting.iter().map(|refund| refund.id).collect())
    }

    fn pays(&mut self, ids: impl Iterator<Item = i64>) -> Told {
        let ids: Vec<i64> = ids.collect();
        self.spent.extend(&ids);
        Told::Paid(ids)
    }
}

/// Banks of debtors give a direct debit back until the fifth TARGET day after the collection (EPC SDD Core rulebook
/// 4.3.3); on the next one the transfer that crossed it may go back.
const RETURNED_WITHIN: u8 = 5;

/// The first day on which the transfer that crossed a direct debit may be given back: until the day before, the debit can come
/// back by itself, and the transfer would pay what is owed again.
pub fn back_from(collected: Date) -> Date {
    (0..=RETURNED_WITHIN).fold(collected, |day, _| target_day_after(day))
}

/// The last day on which the bank of a debtor can be asked to give a direct debit up or back (EPC SDD Core rulebook 4.3.1: recall
/// until the collection, reversal until the fifth TARGET day after).
pub fn last_recall(collected: Date) -> Date {
    (0..RETURNED_WITHIN).fold(collected, |day, _| target_day_after(day))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn batch<'a>() -> Batch<'a> {
        Batch {
            run: 1,
            message: "EINMAL-AB-E1",
            id: "EINMAL-AB-E1-1",
            written: date(2024, 3, 4),
            execution: date(2024, 3, 5),
        }
    }

    fn refund<'a>(id: i64, end_to_end: &'a str, cents: i64, iban: &'a str) -> Refund<'a> {
        let amount = Cents::new(cents);
        Refund { id, batch: 0, end_to_end, amount, iban, rejected: false, paid: None, came_back: None }
    }

    fn line<'a>(id: i64, cents: i64) -> Line<'a> {
        Line {
            id,
            amount: Cents::new(cents),
            booked: date(2024, 3, 5),
            references: Vec::new(),
            text: String::new(),
            iban: None,
            is_bare: false,
            comes_back: false,
        }
    }

    /// Two refunds of one run, and what one booking tells of them.
    fn one(line: Line<'_>, rejected: bool) -> Option<Told> {
        let mut refunds = [refund(1, "AB-E1-000001", 1000, "DE1"), refund(2, "AB-E1-000002", 2500, "DE2")];
        refunds[0].rejected = rejected;
        told(&[batch()], &refunds, &[line]).remove(&9)
    }

    #[test]
    fn a_booking_pays_what_it_names() {
        let named = |cents| Line { references: vec!["AB-E1-000002"], ..line(9, cents) };
        assert_eq!(one(named(-2500), false), Some(Told::Paid(vec![2])));
        assert_eq!(one(named(-2400), false), Some(Told::Differs(1)), "another amount pays nothing");
        assert_eq!(one(named(2500), false), Some(Told::CameBack(2)));
        assert_eq!(one(named(2600), false), Some(Told::Differs(1)), "more than went out is no refund that comes back");
        let both = Line { text: "AB-E1-000001, AB-E1-000002".to_owned(), ..line(9, -3500) };
        assert_eq!(one(both, false), Some(Told::Paid(vec![1, 2])));
    }

    #[test]
    fn a_batch_pays_all_that_was_not_rejected() {
        let sum = |cents| Line { references: vec!["EINMAL-AB-E1-1"], ..line(9, cents) };
        assert_eq!(one(sum(-3500), false), Some(Told::Paid(vec![1, 2])));
        assert_eq!(one(sum(-2500), true), Some(Told::Paid(vec![2])));
        assert_eq!(one(sum(-3500), true), Some(Told::Paid(vec![1, 2])), "carried out all the same");
        assert_eq!(one(sum(-2500), false), Some(Told::Differs(1)), "nobody said that one was rejected");
        assert_eq!(one(sum(3500), false), None, "what comes in names no batch that was paid");
    }

    #[test]
    fn a_bare_sum_pays_on_its_day_alone() {
        let bare = |booked| Line { is_bare: true, booked, ..line(9, -3500) };
        assert_eq!(one(bare(date(2024, 3, 5)), false), Some(Told::Paid(vec![1, 2])));
        assert_eq!(one(bare(date(2024, 3, 4)), false), None, "before its day");
        assert_eq!(one(bare(date(2024, 3, 13)), false), None, "long after it");
    }

    #[test]
    fn an_account_and_its_amount_pay_one() {
        let to = |booked| Line { iban: Some("DE1"), booked, ..line(9, -1000) };
        assert_eq!(one(to(date(2024, 3, 6)), false), Some(Told::Paid(vec![1])));
        assert_eq!(one(to(date(2024, 3, 3)), false), None, "before the file was written");
        assert_eq!(one(to(date(2024, 3, 6)), true), None, "what the bank rejected is paid by no likeness");
    }

    #[test]
    fn each_is_paid_once_and_what_is_known_stays() {
        let mut first = refund(1, "AB-E1-000001", 1000, "DE1");
        let alike = refund(2, "AB-E1-000002", 1000, "DE1");
        let to = |id| Line { iban: Some("DE1"), ..line(id, -1000) };
        let two = told(&[batch()], &[first, alike], &[to(8), to(9), to(10)]);
        assert_eq!((two.get(&8), two.get(&9)), (Some(&Told::Paid(vec![1])), Some(&Told::Paid(vec![2]))));
        assert_eq!(two.get(&10), None);
        first.paid = Some(9);
        let known = told(&[batch()], &[first, alike], &[to(8), to(9)]);
        assert_eq!((known.get(&9), known.get(&8)), (Some(&Told::Paid(vec![1])), Some(&Told::Paid(vec![2]))));
    }

    #[test]
    fn a_crossing_transfer_waits_six_bank_days() {
        // a Wednesday: Thursday, Friday, Monday, Tuesday, Wednesday, Thursday
        assert_eq!(back_from(date(2024, 2, 14)), date(2024, 2, 22));
        assert_eq!(last_recall(date(2024, 2, 14)), date(2024, 2, 21));
        // over Good Friday and Easter Monday, which are no TARGET days
        assert_eq!(back_from(date(2024, 3, 27)), date(2024, 4, 8));
    }
}
