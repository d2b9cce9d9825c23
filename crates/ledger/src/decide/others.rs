//! Whether a payment means others beside those whom it quotes.
//!
//! Knows no hold. Invariant: who is quoted, or owes with him, is never another one.

use std::cmp::Ordering;

use sepa::Cents;

use crate::books::AccountId;
use crate::candidates::{Candidate, Fit, Scales};
use crate::names::{Agreement, fold, is_title, words_of};
use crate::tokens::Token;

use super::Deciding;

impl Deciding<'_> {
    /// Whether an amount that is not one instalment for each that is quoted is meant for others too: the text says so or
    /// tells of somebody else who owes; or it is more, and the text may be cut off or has another number in it.
    pub(super) fn means_others(&self, quoted: &[AccountId]) -> bool {
        if self.reading.goes_on {
            return true;
        }
        let against_least = self.against_least(quoted);
        let of_quoted = || self.candidates.iter().filter(|one| quoted.contains(&one.account));
        let mut others = self.candidates.iter().filter(|one| !quoted.contains(&one.account));
        let mut tells_of_another = || {
            others.any(|other| self.is_told_besides(other, quoted))
                || quoted.iter().any(|account| self.names_relative(*account))
        };
        match against_least {
            Ordering::Equal => false,
            // a part of an instalment, or all of an earlier one that was paid meanwhile and another's beside it
            Ordering::Less => tells_of_another(),
            Ordering::Greater => {
                let is_open = || match quoted {
                    [_] => of_quoted().all(|one| one.fit == Fit::None),
                    _ => !self.is_one_of_each(quoted),
                };
                let is_strange = || of_quoted().all(|one| one.support() == 0);
                let may_go_on = self.reading.may_go_on || self.reading.lacks_blank && is_strange();
                may_go_on && is_open() || self.reading.has_other_number || tells_of_another()
            }
        }
    }

    /// Whether the payment tells of another one than those that are quoted: by the address of another house, his name, his
    /// mandate's reference, as the one on whose behalf it is paid, or as its payer.
    fn is_told_besides(&self, other: &Candidate, quoted: &[AccountId]) -> bool {
        let books = self.scales.books;
        let of_quoted = || self.candidates.iter().filter(|one| quoted.contains(&one.account));
        if other.address && of_quoted().all(|one| !one.address) {
            return true;
        }
        if quoted.iter().any(|account| books.same_debtor(*account, other.account)) {
            return false;
        }
        let own: Vec<Token> =
            quoted.iter().flat_map(|account| books.names_of(*account)).flat_map(|name| name.tokens).copied().collect();
        let has_their_name =
            || books.names_of(other.account).any(|name| name.tokens.iter().all(|token| own.contains(token)));
        // who names the debtor beside his number pays for him, whatever he owes himself
        let is_payer = other.own_iban && !other.of_collector && of_quoted().all(|one| one.mention > Agreement::Same);
        let is_behalf = self.payment.beside.ultimate_debtor.is_some() && other.name == Agreement::Same;
        let is_named = other.mention == Agreement::Same || other.mandate_named;
        (is_payer || is_behalf || is_named) && !has_their_name()
    }

    /// Whether somebody of this given and this family name owes, who is not the debtor.
    fn is_known_relative(&self, account: AccountId, given: &str, family: Token) -> bool {
        let books = self.scales.books;
        books.tokens.find(given).is_some_and(|given| {
            let known = books.by_pair(given.min(family), given.max(family));
            known.iter().any(|other| !books.same_debtor(account, *other))
        })
    }

    /// Whether the text names a relative of the debtor: »und Erna Altmann«, »u. E. Altmann«, »und Erna«, where Erna Altmann is
    /// known; not himself.
    fn names_relative(&self, account: AccountId) -> bool {
        let books = self.scales.books;
        let text = fold(&self.payment.remittance).replace(['+', '&'], " und ");
        let words: Vec<&str> = words_of(&text).collect();
        let word = |token: &Token| books.tokens.text(*token);
        books.names_of(account).any(|name| {
            let own: Vec<&str> = name.tokens.iter().map(word).collect();
            let is_own = |given: &str| own.iter().any(|own| own.starts_with(given));
            words.windows(3).any(|window| match window {
                ["und" | "u", given, family] => *family == word(&name.family) && !is_own(given) && !is_title(given),
                _ => false,
            }) || words.windows(2).any(|window| match window {
                ["und" | "u", given] => !is_own(given) && self.is_known_relative(account, given, name.family),
                _ => false,
            })
        })
    }

    /// Whether the amount is just the oldest instalment of each that is due, or the newest of each: then a list that may be
    /// cut off is hardly so.
    fn is_one_of_each(&self, accounts: &[AccountId]) -> bool {
        let Scales { books, rooms, .. } = self.scales;
        let unpaid: Vec<Vec<Cents>> = accounts.iter().map(|account| rooms.unpaid(books, *account)).collect();
        let ends: [Option<Vec<Cents>>; 2] = [
            unpaid.iter().map(|cents| cents.first().copied()).collect(),
            unpaid.iter().map(|cents| cents.last().copied()).collect(),
        ];
        ends.into_iter().flatten().any(|ends| Cents::sum(ends) == Some(self.payment.amount))
    }

    /// The amount beside the least instalment of each together.
    fn against_least(&self, accounts: &[AccountId]) -> Ordering {
        let Scales { books, rooms, .. } = self.scales;
        let least = accounts.iter().filter_map(|account| rooms.unpaid(books, *account).into_iter().min());
        Cents::sum(least).map_or(Ordering::Greater, |least| self.payment.amount.cmp(&least))
    }
}
