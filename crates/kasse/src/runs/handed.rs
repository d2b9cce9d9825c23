//! What the bank was given of a run whose file was written.
//!
//! Invariant: it is what the file says, made again as it was when it was released.

use std::collections::HashSet;

use jiff::civil::Date;
use ledger::void::Handed;
use sepa::Cents;
use store::{EventKind, EventRow, RunRow};

use crate::books::situation::Situation;
use crate::runs::payment_file;
use crate::{Kasse, Result};

/// The newest event of a kind of a run.
pub(crate) fn last(situation: &Situation, run: i64, kind: EventKind) -> Option<&EventRow> {
    situation.events.iter().rfind(|event| event.run == run && event.kind == kind)
}

/// What the bank was to carry out, and by what it could name it.
pub(crate) fn handed(kasse: &Kasse, situation: &Situation, run: &RunRow, released_at: &str) -> Result<Handed> {
    let file = payment_file::file(kasse, situation, run, released_at)?;
    let mut sums = Vec::new();
    let mut ids: HashSet<String> = HashSet::from([file.message_id.clone()]);
    for batch in &file.batches {
        ids.insert(batch.id.clone());
        ids.extend(batch.debits.iter().map(|debit| debit.end_to_end.to_string()));
        sums.extend(Cents::sum(batch.debits.iter().map(|debit| debit.amount)));
    }
    sums.extend(Cents::sum(sums.clone()));
    let exported = situation.events.iter().find(|event| event.run == run.id && event.kind == EventKind::Exported);
    let written: Date = exported.map_or(run.due, |event| event.day);
    Ok(Handed { due: run.due, written, sums, ids })
}
