//! Kassenzeichen under which several debtors owe: a house was sold, and each owes what fell due in his time.
//!
//! § 225 AO orders the debts of one debtor, not those of two. Invariant: every item of such a Kassenzeichen is owed by just
//! one of its owners; where nothing tells who pays, nobody's items are paid.

use sepa::Cents;

use super::Books;
use super::item::{AccountId, Owner, Whose};
use super::keys::iban_key;
use crate::payment::Payment;
use crate::reading::{Payer, Told};
use crate::tokens::Token;

impl Books {
    /// The debtors under a Kassenzeichen, where there are several.
    pub(crate) fn owners_of(&self, account: AccountId) -> &[Owner] {
        if self.owners.is_empty() { &[] } else { self.owners.get(&account).map_or(&[], Vec::as_slice) }
    }

    /// Every way to say whose debts under a Kassenzeichen may be meant: one where there is one debtor.
    pub(crate) fn all_whose(&self, account: AccountId) -> impl Iterator<Item = Whose> + use<> {
        let count = u32::try_from(self.owners_of(account).len()).unwrap_or(0);
        let only = (count == 0).then_some(Whose::Only);
        only.into_iter().chain((0..count).map(Whose::One))
    }

    /// Whether an item under a Kassenzeichen is among those debts.
    pub(crate) fn is_owed_by(&self, account: AccountId, whose: Whose, item: usize) -> bool {
        let Whose::One(owner) = whose else { return true };
        let owner = self.owners_of(account).get(owner as usize);
        owner.is_some_and(|owner| owner.items.iter().any(|own| *own as usize == item))
    }

    /// Whose debts a payment is for: whose instalment it names, else whose account or name the payer has, else whose name
    /// stands in the text; account and name of two different ones tell nothing. Where all have one name it is one person's,
    /// unless an account pays no more than what names its mandate, and something else has been due for longer.
    pub(crate) fn whose(
        &self,
        account: AccountId,
        named: &[u32],
        payment: &Payment,
        payer: &Payer<'_>,
        told: &Told,
    ) -> Whose {
        let owners = self.owners_of(account);
        if owners.is_empty() {
            return Whose::Only;
        }
        let only = |is_meant: &dyn Fn(&Owner) -> bool| {
            let mut meant = (0..).zip(owners).filter(|(_, owner)| is_meant(owner)).map(|(place, _)| place);
            (meant.next(), meant.next())
        };
        let key = payment.iban.as_ref().map(iban_key);
        let by_item = only(&|owner| named.iter().any(|item| owner.items.contains(item)));
        let by_account = only(&|owner| key.is_some_and(|key| owner.ibans.contains(&key)));
        let by_name = only(&|owner| self.has_name(owner, |token| payer.known.binary_search(&token).is_ok()));
        let are_alike = owners.iter().all(|owner| owner.are_alike);
        let due = |place: u32| {
            let items = owners.get(place as usize).into_iter().flat_map(|owner| &owner.items);
            items.filter_map(|item| self.items.get(*item as usize)).filter(|item| self.is_due(item))
        };
        let has_room = |place| Cents::sum(due(place).map(|item| item.amount)).is_some_and(|due| due >= payment.amount);
        let since = |place| due(place).map(|item| item.due).min();
        let is_later = |place| (0..).zip(owners).any(|(other, _)| since(other) < since(place));
        let by_text = only(&|owner| self.has_name(owner, |token| told.has_word(token)));
        match (by_item, by_account, by_name, by_text) {
            ((Some(one), None), ..) => Whose::One(one),
            (_, (Some(one), None), ..) if are_alike && has_room(one) && is_later(one) => Whose::Unclear,
            _ if are_alike => Whose::Only,
            (_, (Some(one), None), (Some(other), None), _) if one != other => Whose::Unclear,
            (_, (Some(one), None), ..) | (_, _, (Some(one), None), _) => Whose::One(one),
            (_, (None, _), (None, _), (Some(one), None)) => Whose::One(one),
            _ => Whose::Unclear,
        }
    }

    /// Whether the family name and a given name of his are there.
    fn has_name(&self, owner: &Owner, is_there: impl Fn(Token) -> bool) -> bool {
        let names = owner.names.iter().filter_map(|name| self.names.get(*name).split_last());
        names.into_iter().any(|(family, tokens)| {
            let there = tokens.iter().filter(|token| is_there(**token)).count();
            there >= 2 && is_there(*family)
        })
    }
}
