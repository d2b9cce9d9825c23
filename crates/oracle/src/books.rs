//! Checks: each compares one sentence about the truth with what the program believes, and names the difference.
//!
//! Invariant: a check compares sums under a whole Kassenzeichen; which instalment is filled first is for the program to
//! decide.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::handed::by_year;
use crate::{Books, Oracle, Payment, Transfer};

/// The name for a transfer without a bank reference: the n-th (from 1) of this day and amount.
pub fn nameless(day: Date, cents: i64, n: usize) -> String {
    format!("~{day}/{cents}/{n}")
}

/// The common part of the names of transfers without a bank reference that have the same day and amount.
pub fn alike(nameless: &str) -> &str {
    nameless.rsplit_once('/').map_or(nameless, |(alike, _)| alike)
}

impl Oracle {
    /// What was assessed under a Kassenzeichen, and how much of it is due by a day.
    pub(crate) fn owed(&self, kassenzeichen: &str, by: Date) -> (i64, i64) {
        self.owed_of(kassenzeichen, by, |_| true)
    }

    /// The same for some of its items. A credit, which is below zero, lowers what is owed from the beginning.
    pub(crate) fn owed_of(&self, kassenzeichen: &str, by: Date, wanted: impl Fn(&str) -> bool) -> (i64, i64) {
        let items = self.accounts.get(kassenzeichen).into_iter().flat_map(|account| &account.items);
        items.filter(|(posten, _)| wanted(posten)).fold((0, 0), |(all, due), (_, item)| {
            let rest = item.assessed - item.paid_before;
            (all + rest, due + if item.due <= by || rest < 0 { rest } else { 0 })
        })
    }

    /// What was really paid under a Kassenzeichen up to a day, by transfers whose purpose somebody could know.
    pub(crate) fn paid(&self, kassenzeichen: &str, until: Date) -> i64 {
        self.paid_where(kassenzeichen, until, |_, transfer| transfer.is_known(kassenzeichen))
    }

    /// The same for transfers that fulfil a condition, whether or not somebody could know their purpose. Transfers that
    /// the bank reported intraday on a later day count too.
    pub(crate) fn paid_where(&self, kassenzeichen: &str, until: Date, wanted: impl Fn(&str, &Transfer) -> bool) -> i64 {
        let has_come = |reference: &String, day: Date| day <= until || self.told_early.contains(reference);
        let stands = |reference: &String| self.taken_back.get(reference).is_none_or(|day| !has_come(reference, *day));
        let came = self.transfers.iter().filter(|(reference, transfer)| {
            has_come(reference, transfer.day) && stands(reference) && wanted(reference, transfer)
        });
        came.map(|(reference, transfer)| {
            let back = self.part_taken_back.get(reference).map_or(0, |(_, cents)| *cents);
            let own = transfer.parts.iter().filter(|(own, _)| own == kassenzeichen);
            (own.map(|(_, cents)| cents).sum::<i64>() - back).max(0)
        })
        .sum()
    }

    pub(crate) fn debited(&self, kassenzeichen: &str) -> i64 {
        let own = self.debits.iter().filter(|debit| debit.kassenzeichen == kassenzeichen && !debit.has_ended);
        own.map(|debit| debit.cents).sum()
    }

    pub(crate) fn debited_from(&self, kassenzeichen: &str, buyer: bool) -> i64 {
        let own = self
            .debits
            .iter()
            .filter(|debit| debit.kassenzeichen == kassenzeichen && debit.from_buyer == buyer && !debit.has_ended);
        own.map(|debit| debit.cents).sum()
    }

    /// Whether what the program believes agrees with the truth; holds at any moment.
    pub fn check(&self, books: &Books) -> Vec<String> {
        let mut broken = Vec::new();
        for item in &books.items {
            // a credit, which is below zero, has no room for money
            if item.transferred + item.collected + item.in_collection > item.amount.max(0) {
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

    /// The program's payments, under the truth's references. Payments without a bank reference are found by day and
    /// amount: the simulator draws them so that all of one day and amount have the same purpose.
    fn named(&self, books: &Books) -> Vec<Payment> {
        let mut counts: BTreeMap<(Date, i64), usize> = BTreeMap::new();
        // imported twins come first: of two of them only the second may have been delivered so far
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

    /// Checks that debits at the bank stay in collection.
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
        let Some(transfer) = self.transfers.get(reference) else {
            return vec![format!("{reference} never came, and is {decision}")];
        };
        let mut broken = Vec::new();
        let is_early = !self.delivered.contains(reference) && self.told_early.contains(reference);
        if is_early && !placed.is_empty() {
            broken.push(format!("{reference} was told of during the day alone, and is {decision}: {placed:?}"));
        }
        if *cents != transfer.cents || !is_early && !self.delivered.contains(reference) {
            broken.push(format!("{reference} is {cents} in the books, {} at the bank", transfer.cents));
        }
        let gone = self.gone_back.get(reference).copied().unwrap_or(0);
        if placed.iter().map(|part| part.cents).sum::<i64>() + gone > *cents {
            broken.push(format!("{reference}: more is placed than came in, {gone} of it went back: {placed:?}"));
        }
        // in the simulation people may err as well; what the program posts by itself must be what was meant
        if decision == "auto" || decision == "case" {
            let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
            for part in placed {
                *sums.entry(&part.kassenzeichen).or_default() += part.cents;
                if self.is_the_buyers(&part.kassenzeichen, &part.posten).is_some_and(|own| own != transfer.by_buyer) {
                    broken.push(format!("{reference}: posted to {part:?}, which another debtor owes"));
                }
            }
            for (own, cents) in sums {
                let meant: i64 = transfer.parts.iter().filter(|(kz, _)| kz == own).map(|(_, cents)| cents).sum();
                if cents > meant {
                    broken.push(format!("{reference}: {cents} posted to {own}, meant were {:?}", transfer.parts));
                }
            }
        }
        broken
    }

    /// Whether the second debtor owes an item; `None` if there is only one debtor.
    pub fn is_the_buyers(&self, kassenzeichen: &str, posten: &str) -> Option<bool> {
        let buyer = self.accounts.get(kassenzeichen)?.buyer.as_ref()?;
        Some(buyer.items.contains(&by_year(posten)))
    }

    /// Checks the end state, when everything was delivered, decided as it was meant, and nothing is planned any more:
    /// what was paid under each Kassenzeichen is posted, as far as there is room beside its debits.
    pub fn converged(&self, books: &Books, last: Date) -> Vec<String> {
        let mut broken = Vec::new();
        for payment in &self.named(books) {
            let back = self.is_taken_back(&payment.reference);
            if back && !payment.placed.is_empty() && !self.twin_stands_for(&payment.reference, books) {
                broken.push(format!("{} was taken back and still pays {:?}", payment.reference, payment.placed));
            }
            let is_in_part = self.part_taken_back.contains_key(&payment.reference);
            if matches!(payment.decision.as_str(), "case" | "pending") && !back && !is_in_part {
                broken.push(format!("{} is still undecided: {}", payment.reference, payment.decision));
            }
        }
        let mut transferred: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for item in &books.items {
            let known = transferred.entry(&item.kassenzeichen).or_default();
            *known = (known.0 + item.transferred, known.1 + item.in_collection + item.collected);
        }
        for (own, account) in &self.accounts {
            let before: i64 = account.items.values().map(|item| item.paid_before).sum::<i64>() - account.settled;
            let (known, in_collection) = transferred.get(own.as_str()).copied().unwrap_or_default();
            let all = self.owed(own, last).0;
            // what a debit took before its item was assessed lower need not reduce the room of the other items
            let room = (all - self.debited(own)).max(0);
            // nor need a credit, or what a list left out, as long as transfers may still fill it
            let credits: i64 = account.items.values().map(|item| (-item.assessed).max(0)).sum();
            let more = account.lowered() + account.settled + credits;
            let most_room = (all + more - self.debited(own)).max(0);
            let paid = self.paid_by_anybody(own);
            let given_back = self.given_back_of(own);
            // of what the bank took back in part, a person may leave the rest where it was
            let back: i64 = self.part_taken_back_of(own);
            let (least, most) = ((paid - given_back - back).max(0).min(room), paid.min(most_room));
            if !(least..=most).contains(&(known - before)) {
                broken.push(format!("{own}: {} are placed, {least} to {most} should be (owed {all})", known - before));
            }
            if in_collection != self.debited(own) {
                broken.push(format!("{own}: {in_collection} in collection, {} at the bank", self.debited(own)));
            }
        }
        broken
    }

    /// Whether the books may have taken another transfer for the one that the bank took back: one with the same amount
    /// and purpose.
    pub fn twin_stands_for(&self, reference: &str, books: &Books) -> bool {
        let Some(meant) = self.transfers.get(reference) else { return false };
        self.named(books).iter().any(|other| {
            let own = self.transfers.get(&other.reference);
            let same = own.is_some_and(|own| (own.cents, &own.parts) == (meant.cents, &meant.parts));
            same && !self.is_taken_back(&other.reference) && other.decision == "returned"
        })
    }

    fn part_taken_back_of(&self, kassenzeichen: &str) -> i64 {
        let concerns = |transfer: &Transfer| transfer.parts.iter().any(|(own, _)| own == kassenzeichen);
        let parts = self.part_taken_back.iter();
        let own = parts.filter(|(reference, _)| self.transfers.get(*reference).is_some_and(concerns));
        own.map(|(_, (_, cents))| cents).sum()
    }

    /// What was really paid under a Kassenzeichen, by anybody.
    fn paid_by_anybody(&self, kassenzeichen: &str) -> i64 {
        let stands = self.transfers.iter().filter(|(reference, _)| !self.is_taken_back(reference));
        let parts = stands.flat_map(|(_, transfer)| &transfer.parts);
        parts.filter(|(own, _)| own == kassenzeichen).map(|(_, cents)| cents).sum()
    }
}

impl Transfer {
    /// Whether somebody could know that the transfer is for this Kassenzeichen.
    pub(crate) fn is_known(&self, kassenzeichen: &str) -> bool {
        self.knowable && !self.dark.iter().any(|own| own == kassenzeichen)
    }
}
