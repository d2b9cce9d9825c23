//! Rows below zero, and those of which more was paid than is assessed: credits of their Kassenzeichen.
//!
//! Invariant: no item is below zero, and none has more paid than is assessed; what is beyond is a credit, or told.

use std::collections::HashMap;

use kassenzeichen::canonical;
use store::CreditNoteRow;

use super::{Listed, told};
use crate::import::FileReport;
use crate::situation::Situation;

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
        let credit = (row.said.paid_before - row.said.amount).max(0);
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
