//! The customer protocol of EBICS (HAC): it proves that a payment file was handed over, under which order number and when.
//!
//! It is no status of a run: what the bank makes of the debits it does not say. Invariants: it says `sent` of a run whose file was
//! written and of no other, once, and only where every file of the run was handed over; a refused order changes nothing and is told.

use ledger::gate::Stage;
use sepa_xml::{EbicsOrder, StatusReport};
use store::{EventKind, EventSaid, FileKind, OutboxRow, WriteTx};

use crate::base::config::Files;
use crate::books::situation::Situation;
use crate::intake::report::{FileReport, Source};
use crate::intake::status_reports::{Asked, asked};
use crate::runs::handed::last;
use crate::{Kasse, Result};

/// Records which payment files of ours a protocol proves to have been handed over.
///
/// # Errors
/// What the database says.
pub(crate) async fn import(
    tx: &mut WriteTx,
    kasse: &Kasse,
    source: &Source<'_>,
    report: &StatusReport,
) -> Result<FileReport> {
    let situation = kasse.situation(tx).await?;
    let (orders, out) = (report.ebics_orders(), store::outbox_files(tx).await?);
    tx.add_file(&source.file(FileKind::Status)).await?;
    let mut told = FileReport::new(source.name, "EBICS protocol");
    for run in asked(kasse, &situation) {
        let proof = Proof { kasse, situation: &situation, run: &run, out: &out, orders: &orders };
        let (handed, missing) = proof.handed_over();
        let name = run.name;
        for order in proof.refused() {
            told.warnings.push(format!(
                "the bank refused order {}, under which the file of run {name} was handed in: look why, then let two people say that it is void",
                order.number
            ));
        }
        if handed.is_empty() {
            continue;
        }
        if proof.stage() != Stage::Exported {
            told.known += 1;
        } else if missing > 0 {
            told.warnings.push(format!(
                "of the files of run {name}, {missing} are not in this protocol: record the order numbers with `einmal collect sent` once all were handed over"
            ));
        } else {
            let said = handed.iter().map(|order| number(order)).collect::<Vec<_>>().join(", ");
            let note = format!("{said} (EBICS protocol)");
            let digest = last(&situation, run.run, EventKind::Released).and_then(|event| event.sha256.clone());
            let event = EventSaid { sha256: digest.as_deref(), note: Some(&note), ..EventSaid::default() };
            tx.add_event(run.run, EventKind::Sent, event).await?;
            told.added += 1;
        }
    }
    Ok(told)
}

/// An order's number, and when it was handed over.
fn number(order: &EbicsOrder<'_>) -> String {
    match order.at {
        Some(at) => format!("{}, {at}", order.number),
        None => order.number.to_owned(),
    }
}

/// What a protocol says of one run.
struct Proof<'a> {
    kasse: &'a Kasse,
    situation: &'a Situation,
    run: &'a Asked<'a>,
    out: &'a [OutboxRow],
    orders: &'a [EbicsOrder<'a>],
}

impl<'a> Proof<'a> {
    fn stage(&self) -> Stage {
        let debits = self.situation.stages().get(&self.run.run).copied();
        let is_refund = self.situation.refund_runs.iter().any(|row| row.run.id == self.run.run);
        debits.filter(|_| !is_refund).unwrap_or_else(|| self.situation.refund_stage(self.run.run))
    }

    /// By what each file of the run may be named: its message id; where it is one file alone, also its batches and its digest.
    fn files(&self) -> Vec<Vec<String>> {
        let batches = self.run.batches.iter().map(|(id, _)| id.clone()).filter(|id| !id.is_empty());
        let is_alone = self.kasse.config.bank.files == Files::One || self.run.batches.len() == 1;
        if !is_alone {
            return batches.map(|id| vec![id]).collect();
        }
        let released = last(self.situation, self.run.run, EventKind::Released).and_then(|event| event.sha256.clone());
        let put = self.out.iter().filter(|row| row.run == self.run.run).map(|row| row.sha256.clone());
        vec![std::iter::once(self.run.message.clone()).chain(batches).chain(released).chain(put).collect()]
    }

    /// The orders under which its files were handed over, and how many files were not.
    fn handed_over(&self) -> (Vec<&'a EbicsOrder<'a>>, usize) {
        let files = self.files();
        let by = |names: &Vec<String>| {
            let mut handed = self.orders.iter().filter(|order| order.was_handed_over());
            handed.find(|order| names.iter().any(|name| order.names(name)))
        };
        let found: Vec<_> = files.iter().filter_map(by).collect();
        let missing = files.len() - found.len();
        (found, missing)
    }

    /// The orders that were refused and name one of its files, or under which it was sent.
    fn refused(&self) -> Vec<&'a EbicsOrder<'a>> {
        let names = self.files().concat();
        let sent = last(self.situation, self.run.run, EventKind::Sent).and_then(|event| event.note.as_deref());
        let is_its = |order: &&EbicsOrder<'_>| {
            let under = sent.and_then(|note| note.split([',', ' ']).next()).is_some_and(|own| own == order.number);
            under || names.iter().any(|name| order.names(name))
        };
        self.orders.iter().filter(|order| order.taken == Some(false)).filter(is_its).collect()
    }
}
