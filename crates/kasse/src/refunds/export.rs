//! The file of refunds that goes to the bank: pain.001 and its control sheet.
//!
//! Invariant: an export writes exactly the bytes that were released, aside first and then in their place, or nothing.

use std::path::{Path, PathBuf};

use ledger::gate::Stage;
use sepa::Cents;
use store::{EventKind, EventSaid};

use crate::base::aside::write_aside;
use crate::base::rights::Right;
use crate::books::situation::Situation;
use crate::matching::verdicts::match_in;
use crate::orders::cautions::Cautions;
use crate::orders::export::{first_export, released_in};
use crate::refunds::release::forbidden;
use crate::refunds::runs::run_of;
use crate::refunds::sheet::{RefundSheet, refund_sheet};
use crate::runs::refund_file;
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
    let mut tx = kasse.write(Right::Export, kasse.operator(), "refund export", "").await?;
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
        // the reason for an early refund was given with the release
        let mut refused = forbidden(kasse, &mut tx, &situation, &row, None, true).await?;
        let (given, needed) = (signers(&situation, row.run.id), kasse.config.sign_payouts);
        if given < needed {
            refused.push(format!(
                "{given} people have signed, {needed} must (`control.sign_payouts`): cancel the run and plan anew"
            ));
        }
        if !refused.is_empty() {
            let (day, why) = (release.day, refused.join("; "));
            return Err(Error::Refused(format!("run {name} was released on {day} and is not exported: {why}")));
        }
    }
    let again = stage != Stage::Released;
    let kind = if again { EventKind::ExportedAgain } else { EventKind::Exported };
    tx.add_event(row.run.id, kind, EventSaid { sha256: Some(&file.sha256), ..EventSaid::default() }).await?;
    let base = format!("pain001_{}_{}_{}", file.data.message_id, row.run.due, row.run.name);
    let exported = RefundsExported {
        file: folder.join(format!("{base}.xml")),
        sheet: folder.join(format!("{base}.txt")),
        sheet_pdf: folder.join(format!("{base}.pdf")),
        sha256: file.sha256.clone(),
        transfers: file.count(),
        amount: file.sum(),
    };
    let (entry, hash) = released_in(&mut tx, &row.run).await?;
    let told = RefundSheet {
        file_name: &format!("{base}.xml"),
        written: &file,
        exported: first_export(&situation, &row.run).unwrap_or((kasse.today, &kasse.now)),
        proofs: &store::run_proofs(&mut tx, row.run.id).await?,
        released_in: (entry, &hash),
        accounts: &kasse.watched(&mut tx).await?,
        cautions: &Cautions::load(kasse, &mut tx, &situation).await?,
    };
    let (pdf, text) = refund_sheet(kasse, &situation, &row, &told)?;
    if tx.add_written_file(row.run.id, &format!("{base}.xml"), &file.sha256, kasse.config.archive.kept()).await? {
        archive::keep_bytes(&mut tx, &kasse.config.archive, &file.bytes, &file.sha256).await?;
    }
    // the state first: a file that lies about unknown to the books could be sent while its refunds still fall
    tx.commit(&format!("run {name}")).await?;
    write_aside(&exported.file, &file.bytes)?;
    write_aside(&exported.sheet, text.as_bytes())?;
    write_aside(&exported.sheet_pdf, &pdf)?;
    tracing::info!(run = name, sha256 = exported.sha256, "refunds exported");
    Ok(exported)
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
