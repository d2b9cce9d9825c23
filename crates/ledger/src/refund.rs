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
    /// The account that pays.
    pub account: &'a str,
    /// Whether two people have said that its file was never carried out: then nothing of it is paid.
    pub is_void: bool,
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
    /// The account on which it was booked.
    pub account: &'a str,
    /// `EndToEndId`, where it is given.
    pub end_to_end: Option<&'a str>,
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
    /// It concerns a run of refunds, and is not what that has yet to pay; the refunds that it names.
    Differs(i64, Vec<i64>),
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

    /// By its end-to-end id, or the ids that it names in words where it has none of another.
    fn by_name(&mut self, line: &Line<'_>) -> Option<Told> {
        let own = |id: &str| self.refunds.iter().find(|refund| refund.end_to_end.eq_ignore_ascii_case(id));
        let named: Vec<&Refund<'_>> = match line.end_to_end {
            Some(id) => own(id).into_iter().collect(),
            None => {
                let words: HashSet<String> = line
                    .text
                    .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                    .chain(line.references.iter().copied())
                    .map(str::to_ascii_uppercase)
                    .collect();
                self.refunds.iter().filter(|refund| words.contains(&refund.end_to_end.to_ascii_uppercase())).collect()
            }
        };
        let first = *named.first()?;
        let batch = self.batch(first)?;
        let ids = || named.iter().map(|refund| refund.id);
        let sum = Cents::sum(named.iter().map(|refund| refund.amount))?;
        if line.amount.is_positive() {
            // a payer may quote what he was told: only what comes back by its codes, or by the id itself, is ours
            if !line.comes_back && line.end_to_end.is_none() {
                return None;
            }
            let fits = named.len() == 1 && line.amount <= first.amount && !batch.is_void && self.back.insert(first.id);
            return Some(if fits { Told::CameBack(first.id) } else { Told::Differs(batch.run, ids().collect()) });
        }
        let is_open = named.iter().all(|refund| !self.spent.contains(&refund.id)) && !batch.is_void;
        if !is_open || Some(sum) != Cents::ZERO.checked_sub(line.amount) {
            let open = named.iter().filter(|refund| !self.spent.contains(&refund.id)).map(|refund| refund.id);
            return Some(Told::Differs(batch.run, open.collect()));
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
        let first = self.batches.iter().find(|batch| names(batch.id) || names(batch.message))?;
        if line.amount.is_positive() {
            return line.comes_back.then(|| Told::Differs(first.run, Vec::new()));
        }
        let by_id = self.batches.iter().any(|batch| names(batch.id));
        let is_meant = |batch: &Batch<'_>| match by_id {
            true => names(batch.id),
            false => names(batch.message) && batch.account == line.account,
        };
        let own: Vec<&Refund<'_>> = self
            .refunds
            .iter()
            .filter(|refund| !self.spent.contains(&refund.id))
            .filter(|refund| self.batch(refund).is_some_and(|batch| is_meant(batch) && !batch.is_void))
            .collect();
        let paid = self.sum_of(&own, line);
        Some(paid.map_or(Told::Differs(first.run, Vec::new()), |ids| self.pays(ids.into_iter())))
    }

    /// By account and amount, from the day of the file on: the first that is not paid. What has an id of another order pays none,
    /// and what comes back by its codes brings back one that was paid.
    fn by_account(&mut self, line: &Line<'_>) -> Option<Told> {
        let iban = line.iban.filter(|_| line.end_to_end.is_none())?;
        let is_back = line.amount.is_positive();
        if is_back != line.comes_back {
            return None;
        }
        let wanted = if is_back { line.amount } else { Cents::ZERO.checked_sub(line.amount)? };
        let fits = |refund: &&Refund<'_>| {
            let is_open = !refund.rejected && !self.spent.contains(&refund.id);
            let was_paid = self.spent.contains(&refund.id) && !self.back.contains(&refund.id);
            refund.iban == iban
                && refund.amount == wanted
                && (if is_back { was_paid } else { is_open })
                && self.batch(refund).is_some_and(|batch| {
                    batch.written <= line.booked && batch.account == line.account && !batch.is_void
                })
        };
        let id = self.refunds.iter().find(fits)?.id;
        if is_back {
            self.back.insert(id);
            return Some(Told::CameBack(id));
        }
        Some(self.pays(std::iter::once(id)))
    }

    /// A bare sum that is just one batch: from the day of the file until a week after its execution.
    fn by_sum(&mut self, line: &Line<'_>) -> Option<Told> {
        if line.amount.is_positive() || !line.is_bare || line.comes_back {
            return None;
        }
        let mut found: BTreeSet<Vec<i64>> = BTreeSet::new();
        for (place, batch) in self.batches.iter().enumerate() {
            let last = last_booking(batch.execution);
            let is_its_day = (batch.written..=last).contains(&line.booked);
            if !is_its_day || batch.is_void || batch.account != line.account {
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

/// The last day on which a bank books what it was to carry out on a day.
pub fn last_booking(execution: Date) -> Date {
    execution.saturating_add(BOOKED_WITHIN.days())
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
            account: "DE9",
            is_void: false,
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
            account: "DE9",
            end_to_end: None,
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
        let named = |cents| Line { end_to_end: Some("ab-e1-000002"), ..line(9, cents) };
        assert_eq!(one(named(-2500), false), Some(Told::Paid(vec![2])));
        assert_eq!(one(named(-2400), false), Some(Told::Differs(1, vec![2])), "another amount pays nothing");
        assert_eq!(one(named(2500), false), Some(Told::CameBack(2)));
        assert_eq!(
            one(named(2600), false),
            Some(Told::Differs(1, vec![2])),
            "more than went out is no refund that comes back"
        );
        let both = Line { text: "AB-E1-000001, AB-E1-000002".to_owned(), ..line(9, -3500) };
        assert_eq!(one(both, false), Some(Told::Paid(vec![1, 2])));
    }

    #[test]
    fn a_batch_pays_all_that_was_not_rejected() {
        let sum = |cents| Line { references: vec!["EINMAL-AB-E1-1"], ..line(9, cents) };
        assert_eq!(one(sum(-3500), false), Some(Told::Paid(vec![1, 2])));
        assert_eq!(one(sum(-2500), true), Some(Told::Paid(vec![2])));
        assert_eq!(one(sum(-3500), true), Some(Told::Paid(vec![1, 2])), "carried out all the same");
        assert_eq!(one(sum(-2500), false), Some(Told::Differs(1, vec![])), "nobody said that one was rejected");
        assert_eq!(one(sum(3500), false), None, "what comes in names no batch that was paid");
    }

    #[test]
    fn a_bare_sum_pays_on_its_day_alone() {
        let bare = |booked| Line { is_bare: true, booked, ..line(9, -3500) };
        assert_eq!(one(bare(date(2024, 3, 5)), false), Some(Told::Paid(vec![1, 2])));
        assert_eq!(one(bare(date(2024, 3, 3)), false), None, "before the file was written");
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
    fn the_id_decides_before_words_and_a_payer_may_quote_ours() {
        let ours = "Rueckzahlung AB-E1-000001".to_owned();
        let other = Line { end_to_end: Some("AB-E2-000001"), text: ours.clone(), iban: Some("DE7"), ..line(9, -1000) };
        assert_eq!(one(other, false), None, "the order of another run");
        let payer = Line { text: ours.clone(), ..line(9, 800) };
        assert_eq!(one(payer, false), None, "a payer who quotes it");
        let back = Line { text: ours, comes_back: true, ..line(9, 1000) };
        assert_eq!(one(back, false), Some(Told::CameBack(1)));
        let another = Line { iban: Some("DE1"), end_to_end: Some("RE-4711"), ..line(9, -1000) };
        assert_eq!(one(another, false), None, "another payment to the same account");
    }

    #[test]
    fn what_comes_back_without_an_id_is_known_by_account_and_amount() {
        let mut paid = refund(1, "AB-E1-000001", 1000, "DE1");
        paid.paid = Some(8);
        let back = Line { iban: Some("DE1"), comes_back: true, ..line(9, 1000) };
        assert_eq!(told(&[batch()], &[paid], &[back]).remove(&9), Some(Told::CameBack(1)));
    }

    #[test]
    fn of_a_void_file_nothing_is_paid() {
        let void = Batch { is_void: true, ..batch() };
        let named = Line { end_to_end: Some("AB-E1-000001"), ..line(9, -1000) };
        let told = told(&[void], &[refund(1, "AB-E1-000001", 1000, "DE1")], &[named]);
        assert_eq!(told.get(&9), Some(&Told::Differs(1, vec![1])));
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
