//! Checks what leaves the house: payment files and letters, each compared with what is really owed and what debtors
//! were told.
//!
//! Invariant: who is debited for which instalment is read from the file itself, as the debtor reads it on the bank
//! statement.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::books::alike;
use crate::days::{bank_day_after, bank_day_before};
use crate::file::{self, PaymentFile, Transaction};
use crate::{Account, Debit, Notice, Oracle, Owed};

impl Oracle {
    /// A release was given on a day. `shown` are the references of open cases that the releaser was told may hold too
    /// little; empty if nothing had to be acknowledged. Checks also that a person explained every sum of foreign direct
    /// debits.
    pub fn released(&mut self, run: &str, day: Date, shown: &[String]) -> Vec<String> {
        self.shown.insert(run.to_owned(), shown.iter().cloned().collect());
        let strange = self.strange.iter().filter(|reference| self.delivered.contains(*reference));
        let strange =
            strange.map(|reference| format!("{run} was released on {day}, and nobody said whose {reference} was"));
        let mut broken: Vec<String> = strange.collect();
        broken.extend(self.blind(&format!("{run} was released"), day));
        broken
    }

    /// Checks that everything the bank booked up to the last bank day before was imported. Only bookings that sum to
    /// zero between two statements are forgiven, because no balance can show them.
    fn blind(&self, what: &str, day: Date) -> Option<String> {
        let until = bank_day_before(day);
        let mut days: BTreeMap<Date, (Vec<&str>, i64, bool)> = BTreeMap::new();
        for (reference, (booked, cents)) in self.bookings.iter().filter(|(_, (booked, _))| *booked <= until) {
            let (missing, sum, seen) = days.entry(*booked).or_default();
            if self.delivered.contains(reference) {
                *seen = true;
            } else {
                missing.push(reference);
                *sum += cents;
            }
        }
        let (mut unseen, mut rest): (Option<(&str, Date)>, i64) = (None, 0);
        for (booked, (missing, sum, seen)) in &days {
            unseen = unseen.or(missing.first().map(|reference| (*reference, *booked)));
            rest += sum;
            if *seen && rest == 0 {
                unseen = None;
            }
        }
        // a statement without bookings may have followed; the balances cannot show that either
        if rest == 0 {
            unseen = None;
        }
        let why = |(reference, booked)| format!("{what} on {day} although {reference} of {booked} was never imported");
        unseen.map(why)
    }

    /// A payment file leaves the house on a day. The proofs that its release needed must still stand.
    pub fn exported(&mut self, text: &str, day: Date) -> Vec<String> {
        let Some(file) = file::read(text) else { return vec!["a payment file cannot be read".to_owned()] };
        if let Some(known) = self.files.get(&file.message) {
            let same = known == text;
            return if same { Vec::new() } else { vec![format!("{} went out with other bytes", file.message)] };
        }
        let mut broken = self.sums(&file);
        broken.extend(self.blind(&format!("{} was written", file.message), day));
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
            broken.extend(self.asks_too_much(&kassenzeichen, transaction.cents, due, day));
            broken.extend(self.asks_unseen(&kassenzeichen, transaction.cents, &file.message, day));
            broken.extend(self.has_no_right(&kassenzeichen, transaction, due));
            let buyer = self.accounts.get(&kassenzeichen).and_then(|account| account.buyer.as_ref());
            let from_buyer = buyer.is_some_and(|buyer| buyer.iban == transaction.iban);
            broken.extend(self.asks_the_wrong_one(&kassenzeichen, transaction.cents, from_buyer, day));
            broken.extend(self.asks_again(&kassenzeichen, transaction, due));
            let (cents, message) = (transaction.cents, file.message.clone());
            let account = self.accounts.get(&kassenzeichen);
            let items = account.into_iter().flat_map(|account| named(account, &transaction.text));
            let items = items.map(|(posten, _)| posten.clone()).collect();
            let end_to_end = transaction.end_to_end_id.clone();
            let (has_ended, is_agreed) = (false, false);
            self.debits.push(Debit {
                kassenzeichen,
                cents,
                from_buyer,
                message,
                end_to_end,
                items,
                has_ended,
                is_agreed,
            });
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

    /// Nobody may be asked for more than is owed beside what was paid and debited.
    fn asks_too_much(&self, kassenzeichen: &str, cents: i64, due: Date, day: Date) -> Vec<String> {
        let mut broken = Vec::new();
        let (all, by_due) = self.owed(kassenzeichen, due);
        let lowered = self.accounts.get(kassenzeichen).map_or(0, Account::lowered);
        // what came on the last bank day was in the statements before the release; what came later crosses the debit
        let given_back = self.given_back_of(kassenzeichen);
        let paid = (self.paid(kassenzeichen, bank_day_before(day)) - given_back).max(0);
        let debited = self.debited(kassenzeichen);
        if cents + debited + paid > all + lowered {
            broken.push(format!(
                "{kassenzeichen} is collected twice: debit {cents}, debited {debited}, paid {paid}, owed {all}"
            ));
        }
        if cents + debited > by_due + lowered {
            broken
                .push(format!("{kassenzeichen} pays more than is due: debit {cents}, debited {debited}, due {by_due}"));
        }
        broken
    }

    /// What came back is not debited again before a person has agreed.
    fn asks_again(&self, kassenzeichen: &str, transaction: &Transaction, due: Date) -> Option<String> {
        let account = self.accounts.get(kassenzeichen)?;
        let asked: Vec<&String> = named(account, &transaction.text).map(|(posten, _)| posten).collect();
        let waits = |debit: &&Debit| {
            let is_own = debit.kassenzeichen == kassenzeichen && debit.has_ended && !debit.is_agreed;
            is_own && debit.items.iter().any(|posten| asked.contains(&posten))
        };
        let debit = self.debits.iter().find(waits)?;
        let id = &debit.end_to_end;
        Some(format!("{kassenzeichen} is debited again on {due}, and nobody has agreed since {id} came back"))
    }

    /// The releaser must have been shown the transfers whose purpose nobody could know.
    fn asks_unseen(&self, kassenzeichen: &str, cents: i64, message: &str, day: Date) -> Option<String> {
        let run = self.shown.iter().find(|(run, _)| message.ends_with(&format!("-{run}")));
        let is_shown = |reference: &str| {
            run.is_some_and(|(_, shown)| shown.contains(reference) || shown.contains(alike(reference)))
        };
        let lowered = self.accounts.get(kassenzeichen).map_or(0, Account::lowered);
        let given_back = self.given_back_of(kassenzeichen);
        let paid = self.paid_where(kassenzeichen, bank_day_before(day), |reference, transfer| {
            transfer.is_known(kassenzeichen) || !is_shown(reference)
        });
        let (all, _) = self.owed(kassenzeichen, day);
        let (paid, debited) = ((paid - given_back).max(0), self.debited(kassenzeichen));
        (cents + debited + paid > all + lowered).then(|| {
            format!(
                "{kassenzeichen} is collected twice, and nobody was shown it: debit {cents}, debited {debited}, \
                 paid {paid}, owed {all}"
            )
        })
    }

    /// If two debtors owe under one Kassenzeichen, each may only be asked for their own items.
    fn asks_the_wrong_one(&self, kassenzeichen: &str, cents: i64, buyer: bool, day: Date) -> Option<String> {
        let is_own = |posten: &str| self.is_the_buyers(kassenzeichen, posten) == Some(buyer);
        self.accounts.get(kassenzeichen)?.buyer.as_ref()?;
        let (all, _) = self.owed_of(kassenzeichen, day, is_own);
        let paid = self.paid_where(kassenzeichen, bank_day_before(day), |_, transfer| {
            transfer.by_buyer == buyer && transfer.is_known(kassenzeichen)
        });
        // who got it back because there was no room for it owes what has become free since
        let paid = (paid - self.given_back_to(kassenzeichen, buyer)).max(0);
        let debited = self.debited_from(kassenzeichen, buyer);
        let who = if buyer { "buyer" } else { "seller" };
        (cents + debited + paid > all).then(|| {
            format!("{kassenzeichen}: the {who} is debited {cents}, debited {debited}, paid {paid}, owed {all}")
        })
    }

    /// A debit needs a mandate, the mandate's account and a notice in time; and no person may hold it.
    fn has_no_right(&self, kassenzeichen: &str, transaction: &Transaction, due: Date) -> Vec<String> {
        let Some(account) = self.accounts.get(kassenzeichen) else { return Vec::new() };
        let mut broken = Vec::new();
        let mut forbid = |is_so: bool, why: &str| {
            if is_so {
                broken.push(format!("{kassenzeichen} is debited on {due} though {why}"));
            }
        };
        forbid(account.revoked, "its mandate was revoked");
        let is_the_buyers = account.buyer.as_ref().is_some_and(|buyer| buyer.iban == transaction.iban);
        forbid(transaction.iban != account.iban && !is_the_buyers, "its mandate names another account");
        let told = |notice: &Notice| {
            let days = notice.sent.until(due).map_or(0, |span| i64::from(span.get_days()));
            // if the bank collects one bank day later, no new notice is needed
            let on_time = notice.due == due || bank_day_after(notice.due) == due;
            let is_it = notice.kassenzeichen == kassenzeichen && on_time;
            is_it && notice.cents >= transaction.cents && days >= self.notice_days
        };
        forbid(!self.notices.iter().any(told), "that was not announced in time");
        let taken: Vec<(&String, &Owed)> = named(account, &transaction.text).collect();
        forbid(taken.is_empty(), "the text names no instalment");
        forbid(account.is_held(None, due), "a person holds it");
        for (posten, item) in taken {
            forbid(account.is_held(Some(posten), due), "a person holds an instalment of it");
            forbid(item.due > due, "an instalment of it is not due");
            forbid(self.is_deferred(item, due), "an instalment of it is put off");
        }
        broken
    }

    fn is_deferred(&self, item: &Owed, on: Date) -> bool {
        self.deferrals
            .values()
            .any(|deferral| (deferral.from..=deferral.until).contains(&item.due) && deferral.new_due.max(item.due) > on)
    }

    /// It was proved that a payment file never went to the bank: its debits do not count.
    pub fn voided(&mut self, message: &str) {
        self.debits.retain(|debit| debit.message != message);
    }

    /// Debtors were told on a day which debits come when: the list of the notices.
    pub fn announced(&mut self, list: &str, sent: Date) -> Vec<String> {
        let mut broken = Vec::new();
        for row in file::list(list) {
            let (cents, due) = (row.cents("betrag"), row.day("einzug_am"));
            match (row.text("kassenzeichen"), cents, due) {
                (Some(own), Some(cents), Some(due)) => {
                    self.notices.push(Notice { kassenzeichen: own.to_owned(), cents, due, sent });
                }
                _ => broken.push("a row of the notices cannot be read".to_owned()),
            }
        }
        broken
    }

    /// Debtors were asked on a day to transfer: the list of the reminders.
    pub fn reminded(&self, list: &str, day: Date) -> Vec<String> {
        let mut broken = Vec::new();
        for row in file::list(list) {
            let (Some(own), Some(cents)) = (row.text("kassenzeichen"), row.cents("betrag")) else {
                broken.push("a row of the reminders cannot be read".to_owned());
                continue;
            };
            let too_much = self.asks_too_much(own, cents, day, day);
            broken.extend(too_much.into_iter().map(|why| format!("a reminder: {why}")));
            let Some(account) = self.accounts.get(own) else {
                broken.push(format!("{own} is reminded and owes nothing"));
                continue;
            };
            for posten in row.text("posten").into_iter().flat_map(str::split_whitespace) {
                let posten = &by_year(posten);
                let Some(item) = account.items.get(posten) else {
                    broken.push(format!("{own} is reminded of {posten:?}, which he does not owe"));
                    continue;
                };
                if account.is_held(None, day) || account.is_held(Some(posten), day) {
                    broken.push(format!("{own} is reminded of {posten} on {day} though a person holds it"));
                }
                if self.is_deferred(item, day) {
                    broken.push(format!("{own} is reminded of {posten} on {day} though it is put off"));
                }
            }
        }
        broken
    }

    /// A day was closed by two people: opening balance, credits, debits, closing balance.
    pub fn closed(&self, day: Date, figures: [i64; 4]) -> Vec<String> {
        let before: i64 = self.bookings.values().filter(|(booked, _)| *booked < day).map(|(_, cents)| cents).sum();
        let own = || self.bookings.values().filter(|(booked, _)| *booked == day).map(|(_, cents)| *cents);
        let (incoming, outgoing): (i64, i64) = (own().filter(|c| *c > 0).sum(), -own().filter(|c| *c < 0).sum::<i64>());
        let opening = self.opening + before;
        let truth = [opening, incoming, outgoing, opening + incoming - outgoing];
        if figures == truth {
            Vec::new()
        } else {
            vec![format!("{day} was closed with {figures:?}, the bank has {truth:?}")]
        }
    }

    /// The account's balance at the end of a day, and whether all bookings up to then were imported.
    pub fn balance(&self, day: Date) -> (i64, bool) {
        let until = || self.bookings.iter().filter(|(_, (booked, _))| *booked <= day);
        let moved: i64 = until().map(|(_, (_, cents))| cents).sum();
        (self.opening + moved, until().all(|(reference, _)| self.delivered.contains(reference)))
    }
}

impl Account {
    /// Whether a person holds all of the Kassenzeichen, or one instalment, on a day.
    fn is_held(&self, posten: Option<&str>, on: Date) -> bool {
        let stands = |until: Option<Date>| until.is_none_or(|until| on <= until);
        self.holds.iter().any(|hold| hold.posten.as_deref() == posten && stands(hold.until))
    }
}

/// The oracle's name of an instalment, `2023-4`, for any spelling in a list: `2023/4`, `04/2023`, `2023-04`.
pub(crate) fn by_year(posten: &str) -> String {
    let parts: Vec<&str> = posten.split(['-', '/']).collect();
    let number = |text: &str| text.trim_start_matches('0').to_owned();
    match parts[..] {
        [one, other] if one.len() == 4 => format!("{one}-{}", number(other)),
        [one, other] if other.len() == 4 => format!("{other}-{}", number(one)),
        _ => posten.to_owned(),
    }
}

/// The instalments that a debit's text names by their due days.
fn named<'a>(account: &'a Account, text: &str) -> impl Iterator<Item = (&'a String, &'a Owed)> {
    let is_named = |item: &Owed| text.contains(&item.due.strftime("%d.%m.%y").to_string());
    account.items.iter().filter(move |(_, item)| is_named(item))
}
