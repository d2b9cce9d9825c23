//! Fees that are items of their own, and what whole instalments come to together with them.
//!
//! Knows no payment. Invariant: where an account has no fee, nothing here is asked and nothing changes.

use sepa::Cents;

use super::Books;
use super::item::{AccountId, Class, Item};
use super::sums::sums;

impl Books {
    /// Whether fees are items under a Kassenzeichen. They come last among its items.
    pub(crate) fn has_fees(&self, account: AccountId) -> bool {
        let last = self.items_of.get(account).last().and_then(|place| self.items.get(*place as usize));
        last.is_some_and(Item::is_fee)
    }
}

/// What whole instalments come to, each with the costs on it, or with all fees; in rising order.
///
/// `parts` says what of each item counts. What is not in it, as a principal that is paid, counts nothing: then its fees
/// stand alone.
pub(crate) fn sums_with_fees<'a>(parts: impl Iterator<Item = (&'a Item, Cents)>) -> Vec<Cents> {
    let parts: Vec<(&Item, Cents)> = parts.collect();
    let mut all: Vec<Cents> = [Class::Costs, Class::Surcharge]
        .into_iter()
        .flat_map(|up_to| sums(&together(parts.iter().copied().filter(|(item, _)| item.class <= up_to))))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The parts of each instalment in one.
fn together<'a>(parts: impl Iterator<Item = (&'a Item, Cents)>) -> Vec<Cents> {
    let mut instalments: Vec<(u32, Cents)> = Vec::new();
    for (item, part) in parts {
        match instalments.iter_mut().find(|(posten, _)| *posten == item.posten) {
            Some((_, sum)) => *sum = sum.checked_add(part).unwrap_or(*sum),
            None => instalments.push((item.posten, part)),
        }
    }
    instalments.into_iter().map(|(_, sum)| sum).collect()
}
