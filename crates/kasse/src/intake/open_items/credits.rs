//! Rows below zero, and those of which more was paid than is assessed: credits of their Kassenzeichen.
//!
//! Invariant: no item is below zero, and none has more paid than is assessed; what is beyond is a credit, or told. A credit
//! that a later list calls otherwise counts once.

use std::collections::{HashMap, HashSet};

use kassenzeichen::canonical;
use ledger::levies;
use store::CreditNoteRow;

use super::listed::Listed;
use super::{renamed, told};
use crate::books::situation::Situation;
use crate::intake::report::FileReport;

/// The rows that are items, and the credits of which the list says something new.
pub(super) fn split(
    listed: Vec<Listed>,
    situation: &Situation,
    report: &mut FileReport,
) -> (Vec<Listed>, Vec<CreditNoteRow>) {
    let key = |kassenzeichen: &str, posten: &str| (canonical(kassenzeichen), posten.to_owned());
    let known: HashMap<(String, String), &CreditNoteRow> =
        situation.credit_notes.iter().map(|note| (key(&note.kassenzeichen, &note.posten), note)).collect();
    let (mut rows, mut notes, mut told) = (Vec::with_capacity(listed.len()), Vec::new(), Vec::new());
    for mut row in listed {
        let own = key(&row.kassenzeichen, &row.posten);
        let before = known.get(&own);
        let credit = credit(&row);
        // a fee that was taken back is no credit: nobody is debited for it anyway
        let counts = credit > 0 && row.said.fee.is_none();
        if credit > 0 {
            told.push(told::credit(&row, credit));
        }
        if counts || before.is_some() {
            let amount = if counts { credit } else { 0 };
            if before.is_none_or(|before| before.amount != amount) {
                notes.push(note(&row, amount));
                *(if before.is_some() { &mut report.changed } else { &mut report.added }) += 1;
            } else {
                report.known += 1;
            }
        }
        let is_item = row.said.amount >= 0 || situation.items.of_canonical(&own.0).any(|item| item.posten == own.1);
        row.said.amount = row.said.amount.max(0);
        row.said.paid_before = row.said.paid_before.clamp(0, row.said.amount);
        if is_item {
            rows.push(row);
        }
    }
    report.warnings.extend(told::credits(&told));
    (rows, notes)
}

/// What is to the debtor's credit, cents.
fn credit(row: &Listed) -> i64 {
    (row.said.paid_before - row.said.amount).max(0)
}

/// Gives credits the names by which they are known; says which, and what they were called.
///
/// # Errors
/// With the line, where one could be a known credit or another one of the same day and amount.
pub(super) fn rename(listed: &mut [Listed], situation: &Situation) -> Result<Vec<String>, String> {
    let mut known: HashMap<String, Vec<&CreditNoteRow>> = HashMap::new();
    for note in situation.credit_notes.iter().filter(|note| note.amount > 0) {
        known.entry(canonical(&note.kassenzeichen)).or_default().push(note);
    }
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let named: HashSet<(String, String)> =
        listed.iter().map(|row| (canonical(&row.kassenzeichen), row.posten.clone())).collect();
    for (kassenzeichen, notes) in &mut known {
        notes.retain(|note| !named.contains(&(kassenzeichen.clone(), note.posten.clone())));
    }
    let mut told = Vec::new();
    for row in listed.iter_mut().filter(|row| credit(row) > 0 && row.said.fee.is_none()) {
        let kassenzeichen = canonical(&row.kassenzeichen);
        let is_known = |item: &store::ItemRow| item.posten == row.posten;
        let Some(notes) = known.get_mut(&kassenzeichen) else { continue };
        if situation.items.of_canonical(&kassenzeichen).any(is_known) {
            continue;
        }
        if let Some(place) = notes.iter().position(|note| is_like(row, note)) {
            let note = notes.swap_remove(place);
            told.push(told::known_as(row, &note.posten));
            row.posten.clone_from(&note.posten);
        } else if let Some(note) = notes.iter().find(|note| could_be(row, note)) {
            return Err(renamed::refused(row, &renamed::unclear_of_levy(&note.posten, &note.kind)));
        }
    }
    Ok(told)
}

/// Whether a row says what a known credit is, but for how its name is written.
fn is_like(row: &Listed, note: &CreditNoteRow) -> bool {
    let is_called_so = renamed::key(&row.posten) == renamed::key(&note.posten);
    is_called_so
        && levies::are_akin(&row.said.kind, &note.kind)
        && (row.said.due == note.due || credit(row) == note.amount)
}

/// Whether a row may be a known credit under quite another name, or a second one.
fn could_be(row: &Listed, note: &CreditNoteRow) -> bool {
    levies::are_akin(&row.said.kind, &note.kind) && row.said.due == note.due && credit(row) == note.amount
}

fn note(row: &Listed, amount: i64) -> CreditNoteRow {
    CreditNoteRow {
        kassenzeichen: row.kassenzeichen.clone(),
        posten: row.posten.clone(),
        kind: row.said.kind.clone(),
        due: row.said.due,
        amount,
        debtor: row.said.debtor.clone(),
    }
}
