//! Which account of a mandate stands, where lists have named several.
//!
//! Invariant: whatever debits another account than before for a Kassenzeichen, by the same mandate or another one, waits until
//! a person has confirmed it; the account of a mandate's first row is in effect until then.

use std::collections::{HashMap, HashSet};

use kassenzeichen::canonical;
use store::MandateRow;

use crate::books::situation::{REVOKED, Situation};

/// The rows of each mandate whose account was in effect, the oldest first: the first one, and what was confirmed.
pub(crate) fn in_effect(situation: &Situation) -> HashMap<&str, Vec<&MandateRow>> {
    let mut rows: Vec<&MandateRow> = situation.mandate_rows.values().collect();
    rows.sort_by_key(|row| row.id);
    let mut history: HashMap<&str, Vec<&MandateRow>> = HashMap::new();
    for row in rows {
        let known = history.entry(&row.said.reference).or_default();
        if known.is_empty() || situation.confirmed_accounts.contains(&row.id) {
            known.push(row);
        }
    }
    history
}

/// The newest rows of mandates that debit another account than before and that nobody has confirmed, each with the account
/// before: that of the same mandate, or that of the same Kassenzeichen, by whatever mandate.
pub(crate) fn waiting(situation: &Situation) -> HashMap<i64, &str> {
    let mut rows: Vec<&MandateRow> = situation.mandate_rows.values().collect();
    rows.sort_by_key(|row| row.id);
    // a confirmation holds for whatever the same list says of the mandate under other Kassenzeichen too
    let said = |row: &MandateRow| (row.said.reference.clone(), row.said.iban.clone(), row.source_file);
    let confirmed = situation.confirmed_accounts.iter().filter_map(|row| situation.mandate_rows.get(row));
    let confirmed: HashSet<_> = confirmed.map(said).collect();
    let mut by_mandate: HashMap<&str, &str> = HashMap::new();
    let mut by_number: HashMap<String, Accounts<'_>> = HashMap::new();
    let mut waiting = HashMap::new();
    for row in rows {
        let (iban, is_active) = (row.said.iban.as_str(), row.said.status != REVOKED);
        let number =
            by_number.entry(canonical(&row.said.kassenzeichen)).or_insert_with(|| Accounts::new(row.source_file));
        if confirmed.contains(&said(row)) {
            by_mandate.insert(&row.said.reference, iban);
            number.replace(iban);
            continue;
        }
        let of_mandate = by_mandate.get(row.said.reference.as_str()).copied().filter(|before| *before != iban);
        let of_number = number.before(row).filter(|_| is_active);
        match of_mandate.or(of_number) {
            Some(before) => drop(waiting.insert(row.id, before)),
            None => {
                by_mandate.entry(&row.said.reference).or_insert(iban);
                number.add(iban, is_active);
            }
        }
    }
    let newest: HashSet<i64> = situation.mandates.iter().map(|row| row.id).collect();
    waiting.retain(|row, _| newest.contains(row));
    waiting
}

/// The accounts by which a Kassenzeichen is debited: those of the first list that had a mandate for it, then what was confirmed.
struct Accounts<'a> {
    first_list: i64,
    active: Vec<&'a str>,
    revoked: Vec<&'a str>,
}

impl<'a> Accounts<'a> {
    fn new(first_list: i64) -> Accounts<'a> {
        Accounts { first_list, active: Vec::new(), revoked: Vec::new() }
    }

    fn add(&mut self, iban: &'a str, is_active: bool) {
        if is_active { self.active.push(iban) } else { self.revoked.push(iban) }
    }

    fn replace(&mut self, iban: &'a str) {
        (self.active, self.revoked) = (vec![iban], Vec::new());
    }

    /// The account before, where a row of a later list has another one.
    fn before(&self, row: &MandateRow) -> Option<&'a str> {
        let known = if self.active.is_empty() { &self.revoked } else { &self.active };
        let is_other = row.source_file != self.first_list && !known.contains(&row.said.iban.as_str());
        known.last().copied().filter(|_| is_other)
    }
}
