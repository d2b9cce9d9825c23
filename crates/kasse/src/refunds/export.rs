//! The file of refunds that goes to the bank: pain.001 and its control sheet.
//!
//! Invariant: an export writes exactly the bytes that were released, aside first and then in their place, or nothing.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use ledger::gate::Stage;
use sepa::Cents;
use store::{EventKind, EventSaid, RefundRunRow, RunRow, WriteTx};

use crate::base::aside::write_aside;
use crate::base::rights::Right;
use crate::books::situation::Situation;
use crate::matching::verdicts::match_in;
use crate::orders::cautions::Cautions;
use crate::orders::export::{first_export, released_in};
use crate::refunds::release::forbidden;
use crate::refunds::runs::run_of;
use crate::refunds::sheet::{RefundSheet, refund_sheet};
use crate::runs::refund_file::{self, WrittenRefunds};
use crate::vault::archive;
use crate::vault::instance;
use crate::{Error, Kasse, Result};

/// What an export of refunds wrote.
#[derive(Clone, Debug)]
pub struct RefundsExported {
    /// The payment file.
    pub file: PathBuf,
    /// The control sheet as text.
    pub sheet: PathBuf,
    /// The same as PDF.
    pub sheet_pdf: PathBuf,
    /// The payment file's digest, hexadecimal.
    pub sha256: String,
    /// How many transfers.
    pub transfers: usize,
    /// Their sum.
    pub amount: Cents,
}

/// Writes the payment file of a released run and its control sheet; the same bytes every time. All proofs are asked again.
///
/// # Errors
/// [`Error::Refused`] for a run that was not released, whose proofs do not stand now, or whose bytes cannot be made again.
pub async fn export_refunds(kasse: &Kasse, name: &str, folder: &Path) -> Result<RefundsExported> {
    let prepared = prepare_refunds(kasse, name, kasse.operator(), folder, base_name).await?;
    let PreparedRefunds { tx, told, bytes, pdf, text, .. } = prepared;
    // the state first: a file that lies about unknown to the books could be sent while its refunds still fall
    tx.commit(&format!("run {name}")).await?;
    write_aside(&told.file, &bytes)?;
    write_aside(&told.sheet, text.as_bytes())?;
    write_aside(&told.sheet_pdf, &pdf)?;
    tracing::info!(run = name, sha256 = told.sha256, "refunds exported");
    Ok(told)
}

/// What an exported file is called, without its ending.
fn base_name(run: &RunRow, file: &WrittenRefunds) -> String {
    format!("pain001_{}_{}_{}", file.data.message_id, run.due, run.name)
}

/// An export that is not committed: with the transaction that says so, all that it will write.
pub(crate) struct PreparedRefunds {
    pub(crate) tx: WriteTx,
    pub(crate) run: RunRow,
    /// Where the run stood before.
    pub(crate) stage: Stage,
    pub(crate) told: RefundsExported,
    pub(crate) message_id: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) pdf: Vec<u8>,
    pub(crate) text: String,
}

/// Asks all proofs and makes what an export writes, in the name of `who`; `base` says what the file is called.
///
/// # Errors
/// Those of [`export_refunds`].
pub(crate) async fn prepare_refunds(
    kasse: &Kasse,
    name: &str,
    who: &str,
    folder: &Path,
    base: fn(&RunRow, &WrittenRefunds) -> String,
) -> Result<PreparedRefunds> {
    let mut tx = kasse.write(Right::Export, who, "refund export", "").await?;
    instance::refuse_locked(&mut tx).await?;
    let known = kasse.situation(&mut tx).await?;
    let before = known.refund_stage(run_of(&known, name)?.run.id);
    // what was imported since the last match may have let a refund fall
    match_in(&mut tx, kasse).await?;
    let situation = kasse.situation(&mut tx).await?;
    let row = run_of(&situation, name)?.clone();
    let stage = situation.refund_stage(row.run.id);
    if before == Stage::Released && stage != before {
        let why = "what goes back has changed since its release: run `einmal match`, and let it be released anew";
        return Err(Error::Refused(format!("run {name} is not exported: {why}")));
    }
    let release = situation.events.iter().rfind(|one| one.run == row.run.id && one.kind == EventKind::Released);
    let Some(release) = release.filter(|_| matches!(stage, Stage::Released | Stage::Exported | Stage::Sent)) else {
        return Err(Error::Refused(format!("the run is {}, only a released run is exported", stage.word())));
    };
    let file = refund_file::file(kasse, &situation, &row, &release.at)?;
    if release.sha256.as_deref() != Some(file.sha256.as_str()) {
        return Err(Error::Refused(format!(
            "run {name}: what would be written is not what {} released; the settings or the program have changed since: cancel the run and plan anew",
            release.actor
        )));
    }
    if stage == Stage::Released {
        refuse(kasse, &mut tx, &situation, &row, release.day).await?;
    }
    let kind = if stage == Stage::Released { EventKind::Exported } else { EventKind::ExportedAgain };
    tx.add_event(row.run.id, kind, EventSaid { sha256: Some(&file.sha256), ..EventSaid::default() }).await?;
    let base = base(&row.run, &file);
    let told = RefundsExported {
        file: folder.join(format!("{base}.xml")),
        sheet: folder.join(format!("{base}.txt")),
        sheet_pdf: folder.join(format!("{base}.pdf")),
        sha256: file.sha256.clone(),
        transfers: file.count(),
        amount: file.sum(),
    };
    let (pdf, text) = sheet(kasse, &mut tx, &situation, &row, (&format!("{base}.xml"), &file)).await?;
    if tx.add_written_file(row.run.id, &format!("{base}.xml"), &file.sha256, kasse.config.archive.kept()).await? {
        archive::keep_bytes(&mut tx, &kasse.config.archive, &file.bytes, &file.sha256).await?;
    }
    let message_id = file.data.message_id;
    Ok(PreparedRefunds { tx, run: row.run, stage, told, message_id, bytes: file.bytes, pdf, text })
}

/// Refuses to write a file whose proofs do not stand now.
async fn refuse(
    kasse: &Kasse,
    tx: &mut WriteTx,
    situation: &Situation,
    row: &RefundRunRow,
    released_on: Date,
) -> Result<()> {
    // the reason for an early refund was given with the release
    let mut refused = forbidden(kasse, tx, situation, row, None, true).await?;
    let (given, needed) = (signers(situation, row.run.id), kasse.config.sign_payouts);
    if given < needed {
        refused.push(format!(
            "{given} people have signed, {needed} must (`control.sign_payouts`): cancel the run and plan anew"
        ));
    }
    if refused.is_empty() {
        return Ok(());
    }
    let (name, why) = (&row.run.name, refused.join("; "));
    Err(Error::Refused(format!("run {name} was released on {released_on} and is not exported: {why}")))
}

/// The control sheet of a file, as PDF and as text.
async fn sheet(
    kasse: &Kasse,
    tx: &mut WriteTx,
    situation: &Situation,
    row: &RefundRunRow,
    (file_name, file): (&str, &WrittenRefunds),
) -> Result<(Vec<u8>, String)> {
    let (entry, hash) = released_in(tx, &row.run).await?;
    let told = RefundSheet {
        file_name,
        written: file,
        exported: first_export(situation, &row.run).unwrap_or((kasse.today, &kasse.now)),
        proofs: &store::run_proofs(tx, row.run.id).await?,
        released_in: (entry, &hash),
        accounts: &kasse.watched(tx).await?,
        cautions: &Cautions::load(kasse, tx, situation).await?,
    };
    refund_sheet(kasse, situation, row, &told)
}

/// How many people have signed for what a run gives back now.
fn signers(situation: &Situation, run: i64) -> usize {
    let own = situation.events.iter().filter(|event| event.run == run);
    own.fold(0, |given, event| match event.kind {
        EventKind::Signed | EventKind::Released => given + 1,
        EventKind::Voided => 0,
        _ => given,
    })
}
