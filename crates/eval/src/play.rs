//! A town played through the matcher: lists into books, credits into verdicts.
//!
//! Must not know the truth: it passes to the matcher only what the lists and the bank say. Invariant: an item's index
//! in the books is its index in the town.

use std::collections::HashMap;

use ledger::books::{Books, Class, ListedItem, ListedMandate};
use ledger::matching::{Verdict, match_all};
use ledger::payment::Payment;
use sepa::Cents;

use crate::payments::Drawn;
use crate::town::{TODAY, Town};

/// Builds the books of a town.
pub fn books(town: &Town) -> Books {
    let mut items = Vec::new();
    let mut mandates = Vec::new();
    // in every second town, the list names the mandate of each item
    let mandates_named = town.seed.is_multiple_of(2);
    for (place, reference) in town.references.iter().enumerate() {
        for (at, instalment) in reference.instalments.iter().enumerate() {
            let Some(debtor) = town.who_owes(place, at) else { continue };
            items.push(ListedItem {
                id: i64::try_from(items.len()).unwrap_or(i64::MAX),
                kassenzeichen: reference.kassenzeichen.clone(),
                posten: instalment.posten.to_owned(),
                kind: town.levy(place).to_owned(),
                due: instalment.due,
                amount: Cents::new(instalment.amount),
                paid_before: Cents::new(instalment.paid_before),
                claimed: Cents::ZERO,
                debtor: debtor.name(),
                address: Some(format!("{}, {}", debtor.street, debtor.place)),
                mandate: mandates_named.then(|| mandate_of(town, place, at)).flatten(),
                class: Class::Principal,
            });
        }
        for debt in town.debts(place) {
            let who = town.who_owes(place, debt.places.start);
            let Some((mandate, holder)) = debt.mandate.zip(who) else { continue };
            let kassenzeichen = reference.kassenzeichen.clone();
            mandates.push(ListedMandate {
                reference: mandate.id.clone(),
                kassenzeichen,
                old_reference: None,
                holder: holder.name(),
                iban: mandate.iban,
            });
        }
    }
    let schemes: Vec<_> = town.series.iter().map(|series| series.scheme.clone()).collect();
    Books::new(&schemes, items, &mandates, TODAY)
}

fn mandate_of(town: &Town, place: usize, instalment: usize) -> Option<String> {
    let debt = town.debts(place).into_iter().find(|debt| debt.places.contains(&instalment))?;
    debt.mandate.map(|mandate| mandate.id.clone())
}

/// The matcher's verdicts, in the order of the payments.
pub fn verdicts(books: &Books, drawn: &[Drawn]) -> Vec<Verdict> {
    let payments: Vec<Payment> = drawn.iter().map(|drawn| drawn.payment.clone()).collect();
    match_all(books, &payments, &HashMap::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::draw_town;

    #[test]
    fn places_in_the_books_are_those_of_the_town() {
        let (town, drawn) = draw_town(5, 3, 600).unwrap();
        let books = books(&town);
        for (place, reference) in (0..).zip(&town.references) {
            assert_eq!(books.account(place).unwrap().kassenzeichen, reference.kassenzeichen);
            assert_eq!(books.items_of(place).next().map(|(item, _)| item), Some(reference.first_item));
        }
        assert_eq!(books.items.len(), town.owners().len());
        assert_eq!(verdicts(&books, &drawn).len(), drawn.len());
    }
}
