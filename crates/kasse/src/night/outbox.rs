//! Released runs into the outbox, for the program that hands them in: each payment file once.
//!
//! Must not know who releases. Invariants: what is put out was released and has all its proofs in the transaction that says that
//! it left the house; the books say so before the file can be taken; what was put out is never put out again, whatever became of
//! it; a run that is void is put out no more; what a killed night has left inside is put out only while its proofs stand.

use std::path::Path;

use jiff::ToSpan as _;
use jiff::civil::Date;
use ledger::gate::{Refusal, Stage};
use ledger::leaves::leaves_on;
use serde::Serialize;
use serde_json::json;
use store::{RunRow, WriteTx};

use crate::base::proven::BATCH;
use crate::base::rights::Right;
use crate::books::situation::Situation;
use crate::night::staged::{self, Staged};
use crate::orders::export::{Paper, Prepared, not_before, prepare};
use crate::orders::release::refuse_export;
use crate::refunds::export::{PreparedRefunds, prepare_refunds};
use crate::{Error, Kasse, Result};

/// A payment file that was put into the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PutOut {
    /// The run.
    pub run: String,
    /// The file's name in the outbox.
    pub file: String,
    /// Its digest, hexadecimal.
    pub sha256: String,
    /// How many debits or transfers.
    pub count: usize,
    /// Their sum, EUR.
    pub amount: String,
    /// The day of collection or execution.
    pub due: String,
}

/// What became of the outbox.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) put: Vec<PutOut>,
    /// Runs whose file is still here and whose proofs do not stand now: the run, and why.
    pub(super) kept_back: Vec<(String, String)>,
    /// Files of void runs that still lay in the outbox and were taken out of it.
    pub(super) withdrawn: Vec<String>,
}

/// How a payment file is handed in.
struct Order {
    /// EBICS 2.x.
    order_type: &'static str,
    /// EBICS 3.0: service, option, message (DK, EBICS annex "BTF-Mapping").
    btf: (&'static str, Option<&'static str>, &'static str),
    /// The format's name.
    format: &'static str,
}

const DEBITS: Order = Order { order_type: "CDD", btf: ("SDD", Some("COR"), "pain.008"), format: "pain.008.001.08" };

/// A single transfer is always checked against the payee's name (EU 2024/886); for several that is opted out.
fn transfers(count: usize) -> Order {
    let (order_type, option) = if count == 1 { ("CTV", Some("VOI")) } else { ("CCT", None) };
    Order { order_type, btf: ("SCT", option, "pain.001"), format: "pain.001.001.09" }
}

/// What a client that hands the file in needs beside it.
fn beside(put: &PutOut, order: &Order, message_id: &str) -> Vec<u8> {
    let (service, option, message) = order.btf;
    let value = json!({
        "file": put.file, "message_id": message_id, "run": put.run, "order_type": order.order_type,
        "btf": {"service": service, "option": option, "message": message}, "format": order.format, "sha256": put.sha256,
        "count": put.count, "amount": put.amount, "due": put.due,
    });
    format!("{value:#}\n").into_bytes()
}

/// Finishes what a killed night has begun, and puts out every released run that may leave today.
pub(super) async fn serve(kasse: &Kasse, outbox: &Path) -> Result<Outcome> {
    let mut outcome = finish(kasse, outbox).await?;
    for (name, is_refund) in leaving(kasse).await? {
        let put = match is_refund {
            false => debits(kasse, &name, outbox).await,
            true => refunds(kasse, &name, outbox).await,
        };
        match put {
            Ok(put) => outcome.put.extend(put),
            Err(error @ (Error::Store(_) | Error::Io { .. } | Error::Internal(_))) => return Err(error),
            Err(error) => outcome.kept_back.push((name, error.to_string())),
        }
    }
    let kept_again = finish(kasse, outbox).await?.kept_back;
    outcome.kept_back.extend(kept_again);
    outcome.kept_back.sort();
    outcome.kept_back.dedup();
    Ok(outcome)
}

/// The day on which a released run's file leaves by itself.
pub(super) async fn leaves(kasse: &Kasse, tx: &mut store::Tx, run: &RunRow) -> Result<Date> {
    let promised = not_before(tx, run, kasse.today).await?;
    let taken_from = run.due.saturating_sub(kasse.config.bank.days_ahead.days());
    Ok(leaves_on(kasse.today, promised, taken_from))
}

/// The released runs that may leave today, and whether each gives money back.
async fn leaving(kasse: &Kasse) -> Result<Vec<(String, bool)>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let mut names = Vec::new();
    for run in situation.runs.iter() {
        let is_released = situation.stages().get(&run.id) == Some(&Stage::Released);
        if is_released && leaves(kasse, &mut tx, run).await? == kasse.today {
            names.push((run.name.clone(), false));
        }
    }
    let refunds = situation.refund_runs.iter().map(|row| &row.run);
    let released = refunds.filter(|run| situation.refund_stage(run.id) == Stage::Released);
    if leaves_on(kasse.today, None, kasse.today) == kasse.today {
        names.extend(released.map(|run| (run.name.clone(), true)));
    }
    Ok(names)
}

async fn debits(kasse: &Kasse, name: &str, outbox: &Path) -> Result<Vec<PutOut>> {
    let by = (BATCH, "");
    let base = |_: &RunRow, file: &crate::runs::payment_file::Written| {
        format!("{}_{}", DEBITS.order_type, file.data.message_id)
    };
    let Prepared { mut tx, run, stage, papers, .. } = prepare(kasse, name, by, outbox, base).await?;
    if stage != Stage::Released {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for paper in &papers {
        let Paper { told, message_id, bytes, pdf, text } = paper;
        let (count, amount) = (told.debits, told.amount.to_string());
        let put = put_out(&run, &told.file, &told.sha256, (count, amount));
        let json = beside(&put, &DEBITS, message_id);
        stage_file(&mut tx, outbox, &run, &put, [bytes, &json, text.as_bytes(), pdf]).await?;
        all.push(put);
    }
    tx.commit(&format!("run {name}, into the outbox")).await?;
    Ok(all)
}

async fn refunds(kasse: &Kasse, name: &str, outbox: &Path) -> Result<Vec<PutOut>> {
    let base = |_: &RunRow, file: &crate::runs::refund_file::WrittenRefunds| {
        format!("{}_{}", transfers(file.count()).order_type, file.data.message_id)
    };
    let prepared = prepare_refunds(kasse, name, BATCH, outbox, base).await?;
    let PreparedRefunds { mut tx, run, stage, told, message_id, bytes, pdf, text } = prepared;
    if stage != Stage::Released {
        return Ok(Vec::new());
    }
    let put = put_out(&run, &told.file, &told.sha256, (told.transfers, told.amount.to_string()));
    let json = beside(&put, &transfers(told.transfers), &message_id);
    stage_file(&mut tx, outbox, &run, &put, [&bytes, &json, text.as_bytes(), &pdf]).await?;
    tx.commit(&format!("run {name}, into the outbox")).await?;
    Ok(vec![put])
}

fn put_out(run: &RunRow, file: &Path, sha256: &str, (count, amount): (usize, String)) -> PutOut {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    PutOut { run: run.name.clone(), file: name, sha256: sha256.to_owned(), count, amount, due: run.due.to_string() }
}

/// Writes a payment file and what belongs to it aside, and notes in the transaction that it is put out.
async fn stage_file(
    tx: &mut WriteTx,
    outbox: &Path,
    run: &RunRow,
    put: &PutOut,
    [xml, json, text, pdf]: [&[u8]; 4],
) -> Result<()> {
    let base = base_of(&put.file);
    staged::stage(outbox, &Staged { base, xml, json, text, pdf })?;
    Ok(tx.add_outbox_file(run.id, &put.file, &put.sha256).await?)
}

fn base_of(file: &str) -> &str {
    file.strip_suffix(".xml").unwrap_or(file)
}

/// Puts out what the books say is put out and still waits in the folder of ours; removes what they do not know, and what belongs
/// to a run that is void. Nobody changes a run meanwhile. Money that came since a night was killed keeps its file here.
async fn finish(kasse: &Kasse, outbox: &Path) -> Result<Outcome> {
    let mut tx = kasse.write(Right::Export, BATCH, "batch", "").await?;
    let rows = store::outbox_files(&mut tx).await?;
    let situation = kasse.situation(&mut tx).await?;
    let mut outcome = Outcome::default();
    for row in &rows {
        let base = base_of(&row.name);
        if !stage_of(&situation, row.run).is_living() {
            outcome.withdrawn.extend(staged::withdraw(outbox, base)?.then(|| row.name.clone()));
        } else if staged::is_staged(outbox, base) {
            match speaks_against(kasse, &mut tx, &situation, row.run).await? {
                Some(kept) => outcome.kept_back.push(kept),
                None => staged::put_out(outbox, base)?,
            }
        }
    }
    for base in staged::waiting(outbox)?.iter().filter(|base| !base.ends_with(".void")) {
        let row = rows.iter().find(|row| base_of(&row.name) == base);
        if row.is_none_or(|row| !stage_of(&situation, row.run).is_living()) {
            staged::discard(outbox, base)?;
        }
    }
    Ok(outcome)
}

/// What speaks against putting out the file of a run that was written some time ago: the run, and why. Nothing does for refunds,
/// whose credits wait for them alone.
async fn speaks_against(
    kasse: &Kasse,
    tx: &mut WriteTx,
    situation: &Situation,
    run: i64,
) -> Result<Option<(String, String)>> {
    let Some(run) = situation.runs.iter().find(|row| row.id == run) else { return Ok(None) };
    let refused = refuse_export(kasse, tx, situation, run).await?;
    if refused.is_empty() {
        return Ok(None);
    }
    let lines: Vec<String> = refused.iter().map(Refusal::to_string).collect();
    Ok(Some((run.name.clone(), format!("its file was never put out and stays here: {}", lines.join("; ")))))
}

/// Where a run stands, of debits or of refunds.
fn stage_of(situation: &Situation, run: i64) -> Stage {
    let debits = situation.stages().get(&run).copied();
    let is_refund = || situation.refund_runs.iter().any(|row| row.run.id == run);
    match debits {
        Some(stage) if !is_refund() => stage,
        _ => situation.refund_stage(run),
    }
}
