//! Where the promise is broken: each check is one sentence about the truth and what the program believes.
//!
//! Invariant: a check compares sums under a whole Kassenzeichen; which instalment of it is filled first is the program's to say.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::days::bank_day_before;
use crate::file::{self, PaymentFile};
use crate::{Books, Debit, Oracle, Payment};

/// The truth's name of the n-th transfer of a day and amount, from 1, to which the bank gives no reference.
pub fn nameless(day: Date, cents: i64, n: usize) -> String {
    format!("~{day}/{cents}/{n}")
}

impl Oracle {
    /// What was assessed under a Kassenzeichen, and of that what is due by a day.
    fn owed(&self, kassenzeichen: &str, by: Date) -> (i64, i64) {
        let items = self.accounts.get(kassenzeichen).into_iter().flat_map(|account| account.items.values());
        items.fold((0, 0), |(all, due), (day, assessed, before)| {
            let rest = assessed - before;
            (all + rest, due + if *day <= by { rest } else { 0 })
        })
    }

    /// What was really paid under a Kassenzeichen by transfers up to a day that somebody could know.
    fn paid(&self, kassenzeichen: &str, until: Date) -> i64 {
        let stands = |reference: &str| self.taken_back.get(reference).is_none_or(|day| *day > until);
        let known = self
            .transfers
            .iter()
            .filter(|(reference, transfer)| transfer.knowable && transfer.day <= until && stands(reference));
        known
            .flat_map(|(_, transfer)| &transfer.parts)
            .filter(|(own, _)| own == kassenzeichen)
            .map(|(_, cents)| cents)
            .sum()
    }

    fn debited(&self, kassenzeichen: &str) -> i64 {
        self.debits.iter().filter(|debit| debit.kassenzeichen == kassenzeichen).map(|debit| debit.cents).sum()
    }

    /// A release was given on a day: all the bank has booked up to the last bank day before must have been imported.
    pub fn released(&self, run: &str, day: Date) -> Vec<String> {
        let until = bank_day_before(day);
        let blind = self
            .bookings
            .iter()
            .find(|(reference, (booked, _))| *booked <= until && !self.delivered.contains(*reference));
        blind
            .map(|(reference, (booked, _))| {
                format!("{run} was released on {day} although {reference} of {booked} was never imported")
            })
            .into_iter()
            .collect()
    }

    /// A payment file leaves the house on a day.
    pub fn exported(&mut self, text: &str, day: Date) -> Vec<String> {
        let Some(file) = file::read(text) else { return vec!["a payment file cannot be read".to_owned()] };
        if let Some(known) = self.files.get(&file.message) {
            let same = known == text;
            return if same { Vec::new() } else { vec![format!("{} went out with other bytes", file.message)] };
        }
        let mut broken = self.sums(&file);
        self.files.insert(file.message.clone(), text.to_owned());
        let due: Date = file.due.parse().unwrap_or(day);
        for transaction in &file.transactions {
            if !self.ids.insert(transaction.end_to_end_id.clone()) {
                broken.push(format!("the end-to-end id {} is used twice", transaction.end_to_end_id));
            }
            let known = self.accounts.keys().find(|own| transaction.text.contains(own.as_str())).cloned();
            let Some(kassenzeichen) = known else {
                broken.push(format!("no Kassenzeichen of the town in {:?}", transaction.text));
                continue;
            };
            broken.extend(self.debit(&kassenzeichen, transaction.cents, due, day));
            self.debits.push(Debit { kassenzeichen, cents: transaction.cents, message: file.message.clone() });
        }
        broken
    }

    fn sums(&self, file: &PaymentFile) -> Vec<String> {
        let sum: i64 = file.transactions.iter().map(|transaction| transaction.cents).sum();
        let fits = sum == file.sum && file.transactions.len() == file.count;
        let why = format!(
            "{}: {} debits of {sum}, its header says {} of {}",
            file.message,
            file.transactions.len(),
            file.count,
            file.sum
        );
        if fits { Vec::new() } else { vec![why] }
    }

    /// One debit: nobody may be asked for more than he owes, or while somebody said no.
    fn debit(&self, kassenzeichen: &str, cents: i64, due: Date, day: Date) -> Vec<String> {
        let mut broken = Vec::new();
        let (all, by_due) = self.owed(kassenzeichen, due);
        // what came on the last bank day was in the statements before the release; what came later crosses the debit
        let (paid, debited) = (self.paid(kassenzeichen, bank_day_before(day)), self.debited(kassenzeichen));
        if cents + debited + paid > all {
            broken.push(format!(
                "{kassenzeichen} is collected twice: debit {cents}, debited {debited}, paid {paid}, owed {all}"
            ));
        }
        if cents + debited > by_due {
            broken
                .push(format!("{kassenzeichen} pays more than is due: debit {cents}, debited {debited}, due {by_due}"));
        }
        let account = self.accounts.get(kassenzeichen);
        if account.is_some_and(|account| account.held) {
            broken.push(format!("{kassenzeichen} is debited though a person holds it"));
        }
        if account.is_some_and(|account| account.revoked) {
            broken.push(format!("{kassenzeichen} is debited though its mandate was revoked"));
        }
        broken
    }

    /// A file of ours was proved never to have gone: its debits never were.
    pub fn voided(&mut self, message: &str) {
        self.debits.retain(|debit| debit.message != message);
    }

    /// Whether what the program believes fits the truth, at any moment.
    pub fn check(&self, books: &Books) -> Vec<String> {
        let mut broken = Vec::new();
        for item in &books.items {
            if item.transferred + item.collected + item.in_collection > item.amount {
                broken.push(format!("{}/{} is claimed beyond its amount: {item:?}", item.kassenzeichen, item.posten));
            }
        }
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        for payment in self.named(books) {
            broken.extend(self.payment(&payment));
            *told.entry(payment.reference).or_default() += 1;
        }
        let credits =
            self.delivered.iter().filter(|reference| self.bookings.get(*reference).is_some_and(|row| row.1 > 0));
        for reference in credits {
            match told.get(reference) {
                Some(1) => {}
                None => broken.push(format!("{reference} was imported and is lost")),
                Some(count) => broken.push(format!("{reference} counts {count} times")),
            }
        }
        broken.extend(self.collections(books));
        broken
    }

    /// The payments under the truth's references. Those to which the bank gave none are told by day and amount: they are
    /// drawn so that all of a day and amount are meant alike.
    fn named(&self, books: &Books) -> Vec<Payment> {
        let mut counts: BTreeMap<(Date, i64), usize> = BTreeMap::new();
        // twins that were imported come first: of two of them only the second may have been handed over so far
        let told = |day: Date, cents: i64, n: usize| {
            let prefix = nameless(day, cents, 0);
            let own = prefix.trim_end_matches('0');
            let known = self.delivered.iter().filter(|reference| reference.starts_with(own));
            known.clone().nth(n - 1).cloned().unwrap_or_else(|| nameless(day, cents, n))
        };
        let rename = |payment: &Payment| {
            if self.transfers.contains_key(&payment.reference) {
                return payment.clone();
            }
            let count = counts.entry((payment.day, payment.cents)).or_default();
            *count += 1;
            Payment { reference: told(payment.day, payment.cents, *count), ..payment.clone() }
        };
        books.payments.iter().map(rename).collect()
    }

    /// Debits at the bank stay in collection.
    fn collections(&self, books: &Books) -> Vec<String> {
        let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
        books.items.iter().for_each(|item| {
            *taken.entry(&item.kassenzeichen).or_default() += item.in_collection + item.collected;
        });
        let lost = self.accounts.keys().filter_map(|own| {
            let (debited, known) = (self.debited(own), taken.get(own.as_str()).copied().unwrap_or(0));
            (debited > known).then(|| format!("{own}: {debited} is at the bank, the books know {known}"))
        });
        lost.collect()
    }

    fn payment(&self, payment: &Payment) -> Vec<String> {
        let Payment { reference, cents, decision, placed, .. } = payment;
        let Some(transfer) = self.transfers.get(reference) else { return vec![format!("{reference} never came")] };
        let mut broken = Vec::new();
        if *cents != transfer.cents || !self.delivered.contains(reference) {
            broken.push(format!("{reference} is {cents} in the books, {} at the bank", transfer.cents));
        }
        if placed.iter().map(|(_, cents)| cents).sum::<i64>() > *cents {
            broken.push(format!("{reference}: more is placed than came in: {placed:?}"));
        }
        // a person may err in the simulation as well; what the program places alone must be meant so
        if decision == "auto" || decision == "case" {
            for (own, cents) in placed {
                let meant: i64 = transfer.parts.iter().filter(|(kz, _)| kz == own).map(|(_, cents)| cents).sum();
                if *cents > meant {
                    broken.push(format!("{reference}: {cents} posted to {own}, meant were {:?}", transfer.parts));
                }
            }
        }
        broken
    }

    /// When everything was delivered, decided by the truth and nothing is planned any more: what each paid is placed, as far as
    /// there is room beside his debits.
    pub fn converged(&self, books: &Books, last: Date) -> Vec<String> {
        let mut broken = Vec::new();
        for payment in &self.named(books) {
            let back = self.is_taken_back(&payment.reference);
            if back && !payment.placed.is_empty() && !self.twin_stands_for(&payment.reference, books) {
                broken.push(format!("{} was taken back and still pays {:?}", payment.reference, payment.placed));
            }
            if matches!(payment.decision.as_str(), "case" | "pending") && !back {
                broken.push(format!("{} is still undecided: {}", payment.reference, payment.decision));
            }
        }
        let mut transferred: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for item in &books.items {
            let known = transferred.entry(&item.kassenzeichen).or_default();
            *known = (known.0 + item.transferred, known.1 + item.in_collection);
        }
        for (own, account) in &self.accounts {
            let before: i64 = account.items.values().map(|(_, _, before)| before).sum();
            let (known, in_collection) = transferred.get(own.as_str()).copied().unwrap_or_default();
            let all = self.owed(own, last).0;
            let room = (all - self.debited(own)).max(0);
            let paid = self.paid_by_anybody(own);
            let given_back = self.given_back.get(own).copied().unwrap_or(0);
            let (least, most) = ((paid - given_back).min(room), paid.min(room));
            if !(least..=most).contains(&(known - before)) {
                broken.push(format!("{own}: {} are placed, {least} to {most} should be (owed {all})", known - before));
            }
            if in_collection != self.debited(own) {
                broken.push(format!("{own}: {in_collection} in collection, {} at the bank", self.debited(own)));
            }
        }
        broken
    }

    /// Of two transfers of one amount for one thing, the books may take the other for the one that the bank took back.
    pub fn twin_stands_for(&self, reference: &str, books: &Books) -> bool {
        let Some(meant) = self.transfers.get(reference) else { return false };
        self.named(books).iter().any(|other| {
            let own = self.transfers.get(&other.reference);
            let same = own.is_some_and(|own| (own.cents, &own.parts) == (meant.cents, &meant.parts));
            same && !self.is_taken_back(&other.reference) && other.decision == "returned"
        })
    }

    /// What was really paid under a Kassenzeichen, by whomever.
    fn paid_by_anybody(&self, kassenzeichen: &str) -> i64 {
        let stands = self.transfers.iter().filter(|(reference, _)| !self.is_taken_back(reference));
        let parts = stands.flat_map(|(_, transfer)| &transfer.parts);
        parts.filter(|(own, _)| own == kassenzeichen).map(|(_, cents)| cents).sum()
    }
}
