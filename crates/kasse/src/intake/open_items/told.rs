//! What an import of open items tells besides what it stores.
//!
//! Invariant: each remark says how many things it is about, and names the first of them.

use std::collections::{BTreeMap, BTreeSet};

use kassenzeichen::{Scheme, canonical};
use ledger::names::words;
use store::ItemRow;

use super::listed::Listed;
use crate::base::shown::eur;
use crate::books::situation::Situation;

/// Things that a remark names one by one.
const NAMED: usize = 20;
/// The same of those with long names.
const FEW: usize = 5;

/// »A, B and C«, or »A, B and 3 more«.
fn some(all: &[String], most: usize) -> String {
    let mut first: Vec<&str> = all.iter().take(most).map(String::as_str).collect();
    let more = all.len().saturating_sub(most);
    let last = if more > 0 { format!("{more} more") } else { first.pop().unwrap_or_default().to_owned() };
    let (first, and) = (first.join(", "), "and");
    if first.is_empty() { last } else { format!("{first} {and} {last}") }
}

fn items(all: &[(&ItemRow, i64)]) -> String {
    let named =
        |(item, open): &(&ItemRow, i64)| format!("{}/{} over {} EUR", item.kassenzeichen, item.posten, eur(*open));
    some(&all.iter().map(named).collect::<Vec<_>>(), NAMED)
}

/// What a list leaves out of a levy that it otherwise repeats.
pub(super) fn left_out(all: &[(&ItemRow, i64)]) -> Option<String> {
    (!all.is_empty()).then(|| {
        format!(
            "{} open items are not in this list, which repeats most of their levy: {}; they are held until somebody says that \
             the list was partial (`einmal import --partial`) or that one is still owed (`einmal hold lift`)",
            all.len(),
            items(all)
        )
    })
}

/// What a list leaves out that is no full one.
pub(super) fn stays_owed(all: &[(&ItemRow, i64)], repeats: bool) -> Option<String> {
    let (count, named) = (all.len(), items(all));
    let told = match repeats {
        true => format!(
            "{count} open items of its levies are not in this list and stay owed: {named}; the list repeats too few of them to be \
             a full one and is taken as partial; where one was settled elsewhere, hold it with `einmal hold add`"
        ),
        false => format!(
            "{count} open items of its levies are not in this list and stay owed: {named}; where one was settled elsewhere, hold \
             it with `einmal hold add`"
        ),
    };
    (!all.is_empty()).then_some(told)
}

/// One that is known under another name.
pub(super) fn known_as(row: &Listed, name: &str) -> String {
    format!("{}/{} (line {}) is known as {name}", row.kassenzeichen, row.posten, row.line)
}

/// Instalments that are known under other names.
pub(super) fn renamed(names: &[String]) -> Option<String> {
    (!names.is_empty())
        .then(|| format!("{} instalments are known under another name: {}", names.len(), some(names, FEW)))
}

/// Kassenzeichen that fit no numbering scheme.
pub(super) fn numbers(listed: &[Listed], schemes: &[Scheme]) -> Option<String> {
    let fits = |row: &&Listed| schemes.iter().any(|scheme| scheme.canonical(&row.kassenzeichen).is_ok());
    if schemes.is_empty() {
        return None;
    }
    let misfits: BTreeMap<String, String> = listed
        .iter()
        .filter(|row| !fits(row))
        .map(|row| (canonical(&row.kassenzeichen), format!("{} (line {})", row.kassenzeichen, row.line)))
        .collect();
    let named: Vec<String> = misfits.into_values().collect();
    (!named.is_empty()).then(|| {
        format!("{} Kassenzeichen fit no numbering scheme of the settings: {}", named.len(), some(&named, FEW))
    })
}

/// Kassenzeichen of the list under which several debtors stand.
pub(super) fn debtors(listed: &[Listed], situation: &Situation) -> Option<String> {
    let mut names: BTreeMap<String, (&str, BTreeSet<&str>)> = BTreeMap::new();
    for row in listed {
        let fresh = || (row.kassenzeichen.as_str(), BTreeSet::new());
        names.entry(canonical(&row.kassenzeichen)).or_insert_with(fresh).1.insert(row.said.debtor.as_str());
    }
    for (kassenzeichen, (_, own)) in &mut names {
        own.extend(situation.items.of_canonical(kassenzeichen).map(|item| item.said.debtor.as_str()));
    }
    let several: Vec<String> = names
        .into_values()
        .filter(|(_, names)| names.len() > 1 && are_several(names))
        .map(|(printed, names)| format!("{printed} ({} names)", names.len()))
        .collect();
    (!several.is_empty())
        .then(|| format!("several debtors stand under {} Kassenzeichen: {}", several.len(), some(&several, FEW)))
}

/// Whether some two of these names are of different people: neither has all the words of the other.
fn are_several(names: &BTreeSet<&str>) -> bool {
    let words: Vec<BTreeSet<String>> = names.iter().map(|name| words(name).into_iter().collect()).collect();
    let differ = |one: &BTreeSet<String>, other: &BTreeSet<String>| !one.is_subset(other) && !other.is_subset(one);
    words.iter().enumerate().any(|(place, one)| words.iter().skip(place + 1).any(|other| differ(one, other)))
}

/// Items that were paid in part before the list was made, where nothing says until when the old system had posted.
pub(super) fn undated(new: &[Listed]) -> Option<String> {
    let count = new.iter().filter(|row| row.said.paid_before > 0).count();
    (count > 0).then(|| {
        format!(
            "{count} items were paid in part before the list was made (gezahlt), and nothing says up to which bank day: a \
             transfer that can be this very money becomes a case; say it with the first list (`einmal import --as-of DATE`)"
        )
    })
}

/// One item of which more was paid than is known here.
pub(super) fn paid(row: &Listed, more: i64) -> String {
    format!("{}/{} over {} EUR (line {})", row.kassenzeichen, row.posten, eur(more), row.line)
}

/// Items of which more was paid than is known here, beside what was posted here.
pub(super) fn paid_elsewhere(all: &[String]) -> Option<String> {
    (!all.is_empty()).then(|| {
        format!(
            "of {} items the list says that more was paid than was posted here; whether some of it is the same money cannot be \
             seen, so the rest of them is held until somebody says that it is still owed (`einmal hold lift`): {}",
            all.len(),
            some(all, FEW)
        )
    })
}

/// One credit.
pub(super) fn credit(row: &Listed, cents: i64) -> String {
    format!("{}/{} over {} EUR (line {})", row.kassenzeichen, row.posten, eur(cents), row.line)
}

/// Rows that are credits.
pub(super) fn credits(all: &[String]) -> Option<String> {
    (!all.is_empty()).then(|| {
        format!(
            "{} rows are a credit of their Kassenzeichen and lower what is collected there: {}",
            all.len(),
            some(all, NAMED)
        )
    })
}
