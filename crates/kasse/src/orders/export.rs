//! The files that go to the bank: pain.008 and its control sheet.
//!
//! Invariant: the bytes of a payment file are a function of the run as it was released; an export writes exactly what
//! was released, aside first and then in its place, or nothing.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use ledger::gate::{Refusal, Stage};
use sepa::Cents;
use sha2::{Digest, Sha256};
use store::{EventKind, EventRow, EventSaid, RunRow, Tx, WriteTx};

use crate::base::aside::write_aside;
use crate::base::rights::Right;
use crate::base::shown::hex;
use crate::books::situation::Situation;
use crate::orders::cautions::Cautions;
use crate::orders::control_sheet::{File, control_sheet};
use crate::orders::release::refuse_export;
use crate::orders::run_cautions::of_run;
use crate::runs::payment_file::{Stamp, Written, digest, files};
use crate::runs::takings::run_of;
use crate::vault::archive;
use crate::vault::instance;
use crate::{Error, Kasse, Result};

/// What an export wrote.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The files for the bank, each with its control sheet: one, or one for each batch (`bank.files`).
    pub files: Vec<ExportedFile>,
    /// The earliest day on which they should leave the house, where letters have promised to look for transfers until
    /// then; none once that day has come.
    pub hold_until: Option<Date>,
}

/// A file for the bank.
#[derive(Clone, Debug)]
pub struct ExportedFile {
    /// The payment file.
    pub file: PathBuf,
    /// The control sheet as text.
    pub sheet: PathBuf,
    /// The same as PDF.
    pub sheet_pdf: PathBuf,
    /// The payment file's digest, hexadecimal.
    pub sha256: String,
    /// How many debits.
    pub debits: usize,
    /// Their sum.
    pub amount: Cents,
}

/// Writes the payment files of a released run and their control sheets; the same bytes every time. All proofs are asked again.
/// `early` says why it is written before the day until which letters promise to look for transfers; whoever is registered says it,
/// by page, API or command line.
///
/// # Errors
/// [`Error::Refused`] for a run that was not released, whose proofs do not stand now, or whose bytes cannot be made again.
pub async fn export_run(kasse: &Kasse, name: &str, folder: &Path, early: Option<&str>) -> Result<Exported> {
    let reason = early.map(str::trim).unwrap_or_default();
    let by = (kasse.operator(), reason);
    let Prepared { tx, papers, hold_until, digest, .. } = prepare(kasse, name, by, folder, base_name).await?;
    // The state first: a file that lies about unknown to the books could be sent while its claims still yield to money.
    // If writing fails now, a second export writes the same bytes.
    tx.commit(&format!("run {name}")).await?;
    for Paper { told, bytes, pdf, text, .. } in &papers {
        write_aside(&told.file, bytes)?;
        write_aside(&told.sheet, text.as_bytes())?;
        write_aside(&told.sheet_pdf, pdf)?;
    }
    tracing::info!(run = name, files = papers.len(), sha256 = digest, "exported");
    Ok(Exported { files: papers.into_iter().map(|paper| paper.told).collect(), hold_until })
}

/// A payment file with its control sheet, to be written.
pub(crate) struct Paper {
    pub(crate) told: ExportedFile,
    pub(crate) message_id: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) pdf: Vec<u8>,
    pub(crate) text: String,
}

/// An export that is not committed: with the transaction that says so, all that it will write.
pub(crate) struct Prepared {
    pub(crate) tx: WriteTx,
    pub(crate) run: RunRow,
    /// Where the run stood before.
    pub(crate) stage: Stage,
    pub(crate) papers: Vec<Paper>,
    pub(crate) hold_until: Option<Date>,
    pub(crate) digest: String,
}

/// Asks all proofs and makes what an export writes, in the name of `who`, for the reason why it is early; `base` says what the
/// files are called.
///
/// # Errors
/// Those of [`export_run`].
pub(crate) async fn prepare(
    kasse: &Kasse,
    name: &str,
    (who, reason): (&str, &str),
    folder: &Path,
    base: fn(&RunRow, &Written) -> String,
) -> Result<Prepared> {
    let mut tx = kasse.write(Right::Export, who, "collect export", reason).await?;
    instance::refuse_locked(&mut tx).await?;
    let run = run_of(&mut tx, name).await?;
    let situation = kasse.situation(&mut tx).await?;
    let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
    let release =
        situation.events.iter().rfind(|event| event.run == run.id && event.kind == EventKind::Released).cloned();
    let Some(release) = release.filter(|_| matches!(stage, Stage::Released | Stage::Exported | Stage::Sent)) else {
        return Err(Error::Refused(not_released(&situation, &run, stage)));
    };
    let (files, digest) = released_files(kasse, &situation, &run, &release)?;
    let refused = refuse_export(kasse, &mut tx, &situation, &run).await?;
    if !refused.is_empty() {
        let lines: Vec<String> = refused.iter().map(Refusal::to_string).collect();
        let (day, why) = (release.day, lines.join("; "));
        return Err(Error::Refused(format!("run {name} was released on {day} and is not exported: {why}")));
    }
    if stage == Stage::Released && reason.is_empty() {
        refuse_early(kasse, &mut tx, &run).await?;
    }
    let kind = if stage == Stage::Released { EventKind::Exported } else { EventKind::ExportedAgain };
    let note = Some(reason).filter(|reason| !reason.is_empty());
    tx.add_event(run.id, kind, EventSaid { sha256: Some(&digest), note, ..EventSaid::default() }).await?;
    let not_before = crate::orders::notices::promised(&mut tx, &run).await?.map(sepa::target_day_after);
    let papers = papers(kasse, &mut tx, &situation, (&run, not_before), files, (folder, base)).await?;
    for paper in &papers {
        let name = paper.told.file.file_name().unwrap_or_default().to_string_lossy();
        if tx.add_written_file(run.id, &name, &paper.told.sha256, kasse.config.archive.kept()).await? {
            archive::keep_bytes(&mut tx, &kasse.config.archive, &paper.bytes, &paper.told.sha256).await?;
        }
    }
    let hold_until = not_before.filter(|day| kasse.today < *day);
    Ok(Prepared { tx, run, stage, papers, hold_until, digest })
}

/// Each file with its control sheet.
async fn papers(
    kasse: &Kasse,
    tx: &mut WriteTx,
    situation: &Situation,
    (run, not_before): (&RunRow, Option<Date>),
    files: Vec<Written>,
    (folder, base): (&Path, fn(&RunRow, &Written) -> String),
) -> Result<Vec<Paper>> {
    let cautions = cautions(kasse, tx, situation, run).await?;
    let accounts = kasse.watched(tx).await?;
    let exported = first_export(situation, run).unwrap_or((kasse.today, &kasse.now));
    let proofs = &store::run_proofs(tx, run.id).await?;
    let (released_in, hash) = &released_in(tx, run).await?;
    let paper = |file: Written| {
        let told = named(folder, &base(run, &file), &file);
        let told_file = File {
            path: &told.file,
            sha256: &told.sha256,
            written: &file,
            exported,
            proofs,
            not_before,
            cautions: &cautions,
            accounts: &accounts,
            released_in: (*released_in, hash),
        };
        let (pdf, text) = control_sheet(kasse, situation, run, &told_file)?;
        Ok(Paper { told, message_id: file.data.message_id, bytes: file.bytes, pdf, text })
    };
    files.into_iter().map(paper).collect()
}

/// Refuses a first export before the day until which letters promise to look for transfers, where nobody says why; where nobody
/// is registered, it is only said.
async fn refuse_early(kasse: &Kasse, tx: &mut Tx, run: &RunRow) -> Result<()> {
    match not_before(tx, run, kasse.today).await? {
        Some(day) if store::has_staff(tx).await? => Err(Error::Refused(format!(
            "by the letters transfers still count: the file is written on {day} or later, or with the reason why earlier (`einmal collect export --early`)"
        ))),
        _ => Ok(()),
    }
}

/// Why a run without a release that stands is not exported.
fn not_released(situation: &Situation, run: &RunRow, stage: Stage) -> String {
    let taken_over = situation.events.iter().any(|event| event.run == run.id && event.kind == EventKind::TakenOver);
    match taken_over {
        true => "the run was taken over from its payment file: that file is all there is".to_owned(),
        false => format!("the run is {}, only a released run is exported", stage.word()),
    }
}

/// The day until which a run's file stays here because its letters promise to look for transfers, if it is yet to come.
pub(crate) async fn not_before(tx: &mut Tx, run: &RunRow, today: Date) -> Result<Option<Date>> {
    let day = crate::orders::notices::promised(tx, run).await?.map(sepa::target_day_after);
    Ok(day.filter(|day| today < *day))
}

/// The same of a released run, whose first export is yet to come.
///
/// # Errors
/// [`Error::Unknown`] for a run that is none.
pub async fn held_back(kasse: &Kasse, name: &str) -> Result<Option<Date>> {
    let mut tx = kasse.db.read().await?;
    let run = run_of(&mut tx, name).await?;
    let situation = kasse.situation(&mut tx).await?;
    match situation.stages().get(&run.id) {
        Some(Stage::Released) => not_before(&mut tx, &run, kasse.today).await,
        _ => Ok(None),
    }
}

/// What an exported file is called, without its ending.
fn base_name(run: &RunRow, file: &Written) -> String {
    format!("pain008_{}_{}_{}", file.data.message_id, run.due, run.name)
}

/// Where a file and its sheets go, and what it is.
fn named(folder: &Path, base: &str, file: &Written) -> ExportedFile {
    ExportedFile {
        file: folder.join(format!("{base}.xml")),
        sheet: folder.join(format!("{base}.txt")),
        sheet_pdf: folder.join(format!("{base}.pdf")),
        sha256: hex(&Sha256::digest(&file.bytes)),
        debits: file.totals.count,
        amount: file.totals.sum,
    }
}

/// What the sheet says is to be known.
async fn cautions(kasse: &Kasse, tx: &mut WriteTx, situation: &Situation, run: &RunRow) -> Result<Cautions> {
    let more = of_run(kasse, tx, situation, run, None).await?;
    Ok(Cautions::load(kasse, tx, situation).await?.and(more))
}

/// The journal's entry in which a run was last released, and its hash.
pub(crate) async fn released_in(tx: &mut Tx, run: &RunRow) -> Result<(i64, String)> {
    let entry = store::released_in(tx, run.id).await?;
    Ok((entry, store::entry(tx, entry).await?.map(|entry| entry.hash).unwrap_or_default()))
}

/// When what was last released was first written: the sheet says it, and says the same at every later export.
pub(crate) fn first_export<'a>(situation: &'a Situation, run: &RunRow) -> Option<(Date, &'a str)> {
    let own = || situation.events.iter().filter(|event| event.run == run.id);
    let released = own().map(|event| event.kind).enumerate().filter(|(_, kind)| *kind == EventKind::Released).last();
    let mut since = own().skip(released.map_or(0, |(place, _)| place));
    since.find(|event| event.kind == EventKind::Exported).map(|event| (event.day, event.at.as_str()))
}

/// The files of a run as they were released, and their digest. Until November 2026 they bore no offset of the clock.
fn released_files(
    kasse: &Kasse,
    situation: &Situation,
    run: &RunRow,
    release: &EventRow,
) -> Result<(Vec<Written>, String)> {
    for stamp in [Stamp::WithOffset, Stamp::Bare] {
        let files = files(kasse, situation, run, &release.at, stamp)?;
        let digest = digest(&files);
        if release.sha256.as_deref() == Some(digest.as_str()) {
            return Ok((files, digest));
        }
    }
    Err(Error::Refused(format!(
        "run {}: what would be written is not what {} released; the settings or the program have changed since: cancel the run and plan anew",
        run.name, release.actor
    )))
}
