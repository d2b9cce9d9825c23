//! What the bank was given of a run whose file was written.
//!
//! Invariant: it is what the file says, made again as it was when it was released.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use ledger::void::Handed;
use sepa::Cents;
use store::{DebitRow, EventKind, EventRow, RunRow};

use crate::books::situation::Situation;
use crate::runs::life::is_out;
use crate::runs::payment_file;
use crate::runs::takings::takings;
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

/// The debits of a run whose file may have gone to the bank, as the file says.
pub(crate) struct Out<'s> {
    pub(crate) run: &'s RunRow,
    pub(crate) message: String,
    pub(crate) written: Date,
    /// Batch ids, each with its debits and what they take.
    pub(crate) batches: Vec<(String, Vec<(&'s DebitRow, Cents)>)>,
}

/// The debits of the runs whose files may have gone to the bank. One whose file cannot be made again is one batch without ids.
pub(crate) fn out<'s>(kasse: &Kasse, situation: &'s Situation) -> Vec<Out<'s>> {
    let stages = situation.stages();
    let is_out = |run: &&RunRow| stages.get(&run.id).is_some_and(|stage| is_out(*stage));
    situation.runs.iter().filter(is_out).map(|run| out_of(kasse, situation, run)).collect()
}

fn out_of<'s>(kasse: &Kasse, situation: &'s Situation, run: &'s RunRow) -> Out<'s> {
    let release = last(situation, run.id, EventKind::Released).or(last(situation, run.id, EventKind::TakenOver));
    let exported = situation.events.iter().find(|event| event.run == run.id && event.kind == EventKind::Exported);
    let written = exported.map_or(run.due, |event| event.day);
    let own: HashMap<&str, &DebitRow> = situation
        .debits
        .iter()
        .filter(|debit| debit.run == run.id)
        .map(|debit| (debit.end_to_end_id.as_str(), debit))
        .collect();
    let file = release.and_then(|release| payment_file::file(kasse, situation, run, &release.at).ok());
    let Some(file) = file else {
        let all = takings(situation, run.id).into_iter();
        let all = all.filter_map(|one| Some((*own.get(one.debit.end_to_end_id.as_str())?, Cents::new(one.amount))));
        return Out { run, message: String::new(), written, batches: vec![(String::new(), all.collect())] };
    };
    let batches = file.batches.into_iter().map(|batch| {
        let debits = batch.debits.iter().filter_map(|debit| {
            let id = debit.end_to_end.to_string();
            Some((*own.get(id.as_str())?, debit.amount))
        });
        (batch.id.clone(), debits.collect())
    });
    Out { run, message: file.message_id, written, batches: batches.collect() }
}
