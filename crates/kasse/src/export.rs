//! The files that leave the house: pain.008, its control sheet, the notices.
//!
//! Invariant: the bytes of a payment file are a function of the run as it was released; an export writes exactly what
//! was released, aside first and then in its place, or nothing.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::ToSpan as _;
use jiff::civil::Date;
use ledger::gate::{Refusal, Stage};
use sepa::{Cents, Iban};
use sepa_xml::Totals;
use sha2::{Digest, Sha256};
use store::{EventKind, EventSaid, RunRow, Tx};

use crate::collect::{Taking, run_of};
use crate::import::hex;
use crate::payment_file::{message_id, pain};
use crate::remittance::remittance;
use crate::situation::Situation;
use crate::{Error, Kasse, Result};

/// What an export wrote.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The payment file.
    pub file: PathBuf,
    /// The control sheet.
    pub sheet: PathBuf,
    /// Its digest, hexadecimal.
    pub sha256: String,
    /// How many debits.
    pub debits: usize,
    /// Their sum.
    pub amount: Cents,
}

/// Writes the payment file of a released run and its control sheet; the same bytes every time.
///
/// # Errors
/// [`Error::Refused`] for a run that was not released, or whose bytes cannot be made again.
pub async fn export_run(kasse: &Kasse, name: &str, folder: &Path) -> Result<Exported> {
    let mut tx = kasse.db.write(kasse.act("batch", "collect export", "")).await?;
    let run = run_of(&mut tx, name).await?;
    let situation = Situation::load(&mut tx).await?;
    let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
    let release =
        situation.events.iter().rfind(|event| event.run == run.id && event.kind == EventKind::Released).cloned();
    let Some(release) = release.filter(|_| matches!(stage, Stage::Released | Stage::Exported | Stage::Sent)) else {
        return Err(Error::Refused(format!("the run is {}, only a released run is exported", stage.word())));
    };
    let (bytes, totals) = pain(kasse, &mut tx, &situation, &run, &release.at).await?;
    let digest = sha256(&bytes);
    if release.sha256.as_deref() != Some(digest.as_str()) {
        return Err(Error::Refused(format!(
            "run {name}: what would be written is not what {} released; the settings or the program have changed since: cancel the run and plan anew",
            release.actor
        )));
    }
    if stage == Stage::Released {
        prove_again(kasse, &mut tx, &situation, &run, release.day).await?;
    }
    let again = stage != Stage::Released;
    let kind = if again { EventKind::ExportedAgain } else { EventKind::Exported };
    tx.add_event(run.id, kind, EventSaid { sha256: Some(&digest), ..EventSaid::default() }).await?;
    let base = format!("pain008_{}_{}_{}", message_id(&mut tx, &run).await?, run.due, run.name);
    let file = folder.join(format!("{base}.xml"));
    let sheet = folder.join(format!("{base}.txt"));
    let text = control_sheet(kasse, &situation, &run, &file, &digest, &totals);
    // The state first: a file that lies about unknown to the books could be sent while its claims still yield to money.
    // If writing fails now, a second export writes the same bytes.
    tx.commit(&format!("run {name}")).await?;
    write_aside(&file, &bytes)?;
    write_aside(&sheet, text.as_bytes())?;
    tracing::info!(run = name, debits = totals.count, sha256 = digest, "exported");
    Ok(Exported { file, sheet, sha256: digest, debits: totals.count, amount: totals.sum })
}

/// What came in since the release must have been decided; and on a later TARGET day everything is proved again.
async fn prove_again(kasse: &Kasse, tx: &mut Tx, situation: &Situation, run: &RunRow, released: Date) -> Result<()> {
    let later = sepa::target_day_before(kasse.today) > sepa::target_day_before(released);
    let mut refused = crate::release::proofs(kasse, tx, situation, run.due).await?;
    refused.retain(|refusal| later || matches!(refusal, Refusal::Pending(_)));
    let takes_from = run.due.saturating_sub(kasse.config.bank.days_ahead.days());
    if kasse.today < takes_from {
        refused.insert(0, Refusal::TooEarly(takes_from));
    }
    if refused.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = refused.iter().map(ToString::to_string).collect();
    Err(Error::Refused(format!(
        "run {} was released on {released} and is not exported: {}",
        run.name,
        lines.join("; ")
    )))
}

/// The SHA-256 of some bytes, hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Writes a file beside its place and then moves it there, so that nobody ever sees half of it.
fn write_aside(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(|error| Error::io(folder, error))?;
    aside.write_all(bytes).map_err(|error| Error::io(path, error))?;
    aside.as_file().sync_all().map_err(|error| Error::io(path, error))?;
    aside.persist(path).map_err(|error| Error::io(path, error.error))?;
    Ok(())
}

/// What goes to the bank with the file, and what two people sign (Begleitzettel). German: it is for the treasury.
fn control_sheet(
    kasse: &Kasse,
    situation: &Situation,
    run: &RunRow,
    file: &Path,
    digest: &str,
    totals: &Totals,
) -> String {
    let mut lines = vec![
        format!("Begleitzettel Lastschriftlauf {}", run.name),
        String::new(),
        format!("{:<20}{}", "Kasse", kasse.config.name),
        format!("{:<20}{}", "Datei", file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default()),
        format!("{:<20}{digest}", "SHA-256"),
        format!("{:<20}pain.008.001.08, Auftragsart CDD (SEPA-Basislastschrift)", "Format"),
        format!("{:<20}{}", "Fälligkeit", run.due.strftime("%d.%m.%Y")),
        format!("{:<20}{}", "Anzahl", totals.count),
        format!("{:<20}{} EUR", "Summe", totals.sum.german()),
        format!("{:<20}{}", "Gutschrift auf", kasse.config.collect_to.paper()),
        format!("{:<20}{}", "Gläubiger-ID", kasse.config.creditor_id),
        format!("{:<20}{}", "Ersteller", run.planner),
    ];
    let signatures = situation.events.iter().filter(|event| event.run == run.id);
    for event in signatures.filter(|event| matches!(event.kind, EventKind::Signed | EventKind::Released)) {
        lines.push(format!("{:<20}{} am {}", "Freigabe", event.actor, event.day.strftime("%d.%m.%Y")));
    }
    lines.extend([
        "Personen nicht geprüft: die Namen sind so angegeben worden.".to_owned(),
        String::new(),
        "Unterschriften".to_owned(),
        String::new(),
        "______________________________    ______________________________".to_owned(),
        String::new(),
    ]);
    lines.join("\n")
}

/// Writes the notices of a run as CSV: who is told which amount for which day, and by which mandate.
pub(crate) fn write_notices(
    kasse: &Kasse,
    folder: &Path,
    situation: &Situation,
    run: &RunRow,
    takings: &[Taking],
) -> Result<PathBuf> {
    let path = folder.join(format!("ankuendigungen_{}_{}.csv", run.name, run.due));
    let items: HashMap<i64, &store::ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let internal = |error: csv::Error| Error::Internal(error.to_string());
    writer
        .write_record([
            "kassenzeichen",
            "schuldner",
            "anschrift",
            "kontoinhaber",
            "iban",
            "mandat",
            "glaeubiger_id",
            "betrag",
            "einzug_am",
            "verwendungszweck",
        ])
        .map_err(internal)?;
    for taking in takings {
        let claimed: Vec<&&store::ItemRow> = taking.claims.keys().filter_map(|item| items.get(item)).collect();
        let kinds: Vec<&str> = claimed.iter().map(|item| item.said.kind.as_str()).collect();
        let dues: Vec<Date> = claimed.iter().map(|item| item.said.due).collect();
        let debtor = claimed.first().map(|item| &item.said);
        let mandate = situation.mandate_rows.get(&taking.debit.mandate).map(|row| &row.said);
        let iban = mandate.and_then(|said| Iban::parse(&said.iban).ok());
        writer
            .write_record([
                taking.debit.kassenzeichen.as_str(),
                debtor.map_or("", |said| &said.debtor),
                debtor.and_then(|said| said.address.as_deref()).unwrap_or_default(),
                mandate.map_or("", |said| &said.holder),
                &iban.map(|iban| iban.masked()).unwrap_or_default(),
                mandate.map_or("", |said| &said.reference),
                kasse.config.creditor(kinds.first().unwrap_or(&"")).creditor_id.as_str(),
                &Cents::new(taking.amount).german(),
                &run.due.strftime("%d.%m.%Y").to_string(),
                &remittance(&taking.debit.kassenzeichen, &kinds, &dues, run.due),
            ])
            .map_err(internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::Internal(error.to_string()))?;
    write_aside(&path, &bytes)?;
    Ok(path)
}
