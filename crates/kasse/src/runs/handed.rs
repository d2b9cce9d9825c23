//! What the bank was given of a run whose file was written.
//!
//! Invariant: it is what the file says, made again as it was when it was released.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use ledger::gate::Stage;
use ledger::void::Handed;
use sepa::Cents;
use sepa_xml::Sequence;
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
    /// Whether two people have said that it was never carried out.
    pub(crate) is_void: bool,
    /// Batch ids, each with its debits and what they take.
    pub(crate) batches: Vec<(String, Vec<(&'s DebitRow, Cents)>)>,
}

/// The debits of the runs whose files may have gone to the bank, and of those that are void. One whose file cannot be made again is one batch without ids.
pub(crate) fn out<'s>(kasse: &Kasse, situation: &'s Situation) -> Vec<Out<'s>> {
    let stages = situation.stages();
    let is_known = |run: &&RunRow| stages.get(&run.id).is_some_and(|stage| is_out(*stage) || *stage == Stage::Void);
    situation.runs.iter().filter(is_known).map(|run| out_of(kasse, situation, run)).collect()
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
    if situation.stages().get(&run.id) == Some(&Stage::Void) {
        return void_out(situation, run, written);
    }
    let file = release.and_then(|release| payment_file::file(kasse, situation, run, &release.at).ok());
    let Some(file) = file else {
        let all = takings(situation, run.id).into_iter();
        let all = all.filter_map(|one| Some((*own.get(one.debit.end_to_end_id.as_str())?, Cents::new(one.amount))));
        return Out {
            run,
            message: String::new(),
            written,
            is_void: false,
            batches: vec![(String::new(), all.collect())],
        };
    };
    let batches = file.batches.into_iter().map(|batch| {
        let debits = batch.debits.iter().filter_map(|debit| {
            let id = debit.end_to_end.to_string();
            Some((*own.get(id.as_str())?, debit.amount))
        });
        (batch.id.clone(), debits.collect())
    });
    Out { run, message: file.message_id, written, is_void: false, batches: batches.collect() }
}

/// A run that is void: it takes nothing any more, and whatever names it contradicts the two who said so.
fn void_out<'s>(situation: &'s Situation, run: &'s RunRow, written: Date) -> Out<'s> {
    let message = payment_file::message_id(situation, run);
    let taken = |debit: &DebitRow| {
        let own = situation.claims.iter().filter(|claim| claim.debit == debit.id && claim.cause != "cancelled");
        Cents::new(own.map(|claim| claim.amount).sum())
    };
    let own = situation.debits.iter().filter(|debit| debit.run == run.id);
    let debits = own.map(|debit| (debit, taken(debit))).filter(|(_, amount)| amount.is_positive()).collect();
    let [first, second] = [Sequence::Rcur, Sequence::Ooff].map(|one| payment_file::batch_id(&message, one, 0));
    Out { run, message, written, is_void: true, batches: vec![(first, debits), (second, Vec::new())] }
}
