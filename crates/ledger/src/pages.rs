//! Statements in pages of which no page proves anything alone: each names the balances of the whole, or one of them only.
//!
//! Pages with interim balances (`OPBD` to `ITBD`, `ITBD` to `CLBD`) prove themselves and are joined like statements
//! (`crate::chain`). Invariant: pages become one statement only where all of them are there, each once, and their entries
//! lead from the first balance to the last.

use std::collections::BTreeMap;

use sepa::Cents;

use crate::chain::{Page, Statement};

/// What pages of one statement have in common: account, the bank's name and number of it, and the year, for banks use both again.
type Key<'a> = (&'a str, Option<&'a str>, Option<i64>, i16);

/// The statements that consist of several of these, each as the places of its pages and as a whole.
pub fn wholes(statements: &[Statement]) -> Vec<(Vec<usize>, Statement)> {
    let mut groups: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for (place, page) in statements.iter().enumerate() {
        if page.page.number.is_some() && !page.fits() && (page.name.is_some() || page.sequence.is_some()) {
            let key = (page.account.as_str(), page.name.as_deref(), page.sequence, page.days.1.year());
            groups.entry(key).or_default().push(place);
        }
    }
    groups.into_values().filter_map(|places| whole(statements, places)).collect()
}

/// Pages as one statement, if they are one and it fits.
fn whole(statements: &[Statement], mut places: Vec<usize>) -> Option<(Vec<usize>, Statement)> {
    places.sort_by_key(|place| statements.get(*place).and_then(|page| page.page.number));
    let pages: Vec<&Statement> = places.iter().filter_map(|place| statements.get(*place)).collect();
    let (first, last) = (pages.first()?, pages.last()?);
    let numbered = (1..).zip(&pages).all(|(number, page)| page.page.number == Some(number));
    let ends = pages.iter().all(|page| page.page.is_last.is_none()) || last.page.is_last == Some(true);
    if pages.len() < 2 || !numbered || !ends {
        return None;
    }
    let whole = Statement {
        days: (pages.iter().map(|page| page.days.0).min()?, pages.iter().map(|page| page.days.1).max()?),
        closing: last.closing,
        movement: Cents::sum(pages.iter().map(|page| page.movement))?,
        bookings: pages.iter().flat_map(|page| page.bookings.iter().copied()).collect(),
        page: Page::default(),
        ..Statement::clone(first)
    };
    whole.fits().then_some((places, whole))
}

/// Statements, those in pages as a whole.
pub fn joined(statements: &[Statement]) -> Vec<Statement> {
    let wholes = wholes(statements);
    let paged: Vec<usize> = wholes.iter().flat_map(|(places, _)| places.iter().copied()).collect();
    let alone = statements.iter().enumerate().filter(|(place, _)| !paged.contains(place)).map(|(_, one)| one.clone());
    alone.chain(wholes.iter().map(|(_, whole)| whole.clone())).collect()
}
