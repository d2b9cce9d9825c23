//! Another system's debit file into the books: mandates and patterns of instalments, never a debt by itself.
//!
//! Invariants: nothing is stored unless the whole file was understood; what the books know of a mandate stays as they know it; the
//! same file again changes nothing.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use kassenzeichen::canonical;
use sepa::MandateId;
use sepa_xml::{ForeignDebit, ForeignFile};
use store::{FileKind, NewFile, NewMandate, PatternRow};

use crate::base::error::Refused;
use crate::base::rights::Right;
use crate::books::recount::recount;
use crate::guard::original::{self, Original};
use crate::guard::owed::{AllOwed, owed};
use crate::intake::import::ImportOptions;
use crate::intake::report::{FileReport, Imported, Progress};
use crate::runs::payment_file::MESSAGE;
use crate::vault::archive;
use crate::{Config, Error, Kasse, Result};

/// The mandate of a debit that does not say when it was signed: SEPA direct debits began then.
const UNSIGNED: Date = date(2009, 11, 2);

/// Imports files and folders; a debit file of another system that a person names gives mandates and patterns.
///
/// # Errors
/// Those of an import of lists; refused files are in the report.
pub async fn import(
    kasse: &Kasse,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<Imported> {
    let (seeds, others): (Vec<PathBuf>, Vec<PathBuf>) = paths.iter().cloned().partition(|path| is_seed(path));
    let mut imported = match others.is_empty() && !seeds.is_empty() {
        true => Imported::default(),
        false => crate::intake::import::import(kasse, &others, options, progress).await?,
    };
    let who = options.who.as_deref().unwrap_or(kasse.operator());
    for path in &seeds {
        let name = name_of(path);
        let report = match seed(kasse, path, who).await {
            Ok(seeded) => seeded.report,
            Err(Error::Store(error @ (store::Error::Driver(_) | store::Error::Busy))) => return Err(error.into()),
            // where it lies is not said: an upload lies in a folder that nobody knows
            Err(error) => {
                let refused = Refused::from(error);
                let file = refused.file.replace(&path.display().to_string(), &name);
                FileReport { error: Some(Refused { file, why: refused.why }), ..FileReport::new(&name, "") }
            }
        };
        imported.files.push(report);
    }
    Ok(imported)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whether a file is a debit file, and none of a run of ours.
fn is_seed(path: &Path) -> bool {
    path.is_file()
        && original::is_debit_file(path)
        && original::message_id(path).is_some_and(|id| !id.starts_with(MESSAGE))
}

/// What became of a file.
pub(super) struct Seeded {
    pub(super) report: FileReport,
    /// Its row in the books; of one that was known, the row that it had.
    pub(super) file: i64,
}

/// Stores what a file tells that is not known yet.
pub(super) async fn seed(kasse: &Kasse, path: &Path, who: &str) -> Result<Seeded> {
    let original = original::read(path, &kasse.config.limits)?;
    refuse_other_creditor(&kasse.config, &original)?;
    if original.file.message_id.value.starts_with(MESSAGE) {
        return Err(Error::file(&original.name, "it is the file of a run of ours, and no beginning"));
    }
    let owed = owed(&original.file, kasse.today);
    let mut tx = kasse.write(Right::Import, who, "import", "").await?;
    let mut report = FileReport::new(&name_of(path), "debits of another system");
    if let Some((file, _)) = store::file_known(&mut tx, &original.sha256).await? {
        report.skipped = Some("imported before".to_owned());
        return Ok(Seeded { report, file });
    }
    let known: Vec<NewMandate> = store::mandates(&mut tx).await?.into_iter().map(|row| row.said).collect();
    let mandates = mandates(&original, &owed, &known, kasse.today, &mut report)?;
    let patterns = patterns(&original.file, &owed);
    report.added = mandates.len();
    let count = patterns.len();
    report.warnings.push(format!(
        "{count} instalments recur by it and are no debt yet: `einmal seed quarter --due DATE` makes items of them"
    ));
    let name = name_of(path);
    let kept = kasse.config.archive.kept();
    let row =
        NewFile { name: &name, kind: FileKind::Mandates, sha256: &original.sha256, as_of: None, refused: 0, kept };
    let file = tx.add_file(&row).await?;
    tx.add_mandates(file, &mandates).await?;
    tx.add_patterns(file, &patterns).await?;
    recount(&mut tx, kasse).await?;
    archive::keep_bytes(&mut tx, &kasse.config.archive, &original.bytes, &original.sha256).await?;
    tx.commit(&name).await?;
    Ok(Seeded { report, file })
}

fn refuse_other_creditor(config: &Config, original: &Original) -> Result<()> {
    let other = original.file.creditor_id();
    let other = other.filter(|id| !config.creditors().any(|own| own.creditor_id.is_same_creditor(id)));
    match other {
        Some(other) => {
            let why = format!("the creditor identifier {other} is none of the settings");
            Err(Error::file(&original.name, why))
        }
        None => Ok(()),
    }
}

/// The mandates that the books do not know. Of those that they know nothing is changed: a debit file is older than any list.
fn mandates(
    original: &Original,
    owed: &AllOwed,
    known: &[NewMandate],
    today: Date,
    report: &mut FileReport,
) -> Result<Vec<NewMandate>> {
    let key = |reference: &str, kassenzeichen: &str| (MandateId::key(reference), canonical(kassenzeichen));
    let mut seen: HashSet<(String, String)> =
        known.iter().map(|said| key(&said.reference, &said.kassenzeichen)).collect();
    let accounts: HashMap<String, &str> =
        known.iter().map(|said| (MandateId::key(&said.reference), said.iban.as_str())).collect();
    let file = &original.file;
    let batches = file.batches.iter().flat_map(|batch| std::iter::repeat_n(batch, batch.debits.len()));
    let mut new = Vec::new();
    for ((debit, own), batch) in file.debits().zip(&owed.debits).zip(batches) {
        let iban = debit.iban.to_string();
        if !seen.insert(key(&debit.mandate, &own.kassenzeichen)) {
            report.known += 1;
        } else if accounts.get(&MandateId::key(&debit.mandate)).is_some_and(|account| *account != iban) {
            let what =
                format!("the mandate {} has another account in the books: these stay as they are", debit.mandate);
            report.warnings.push(what);
        } else {
            let line = debit.line;
            let reference = MandateId::parse(&debit.mandate)
                .map_err(|why| Error::file(&original.name, format!("line {line}: MndtId: {why}")))?;
            let sequence = debit.sequence.as_ref().or(batch.sequence.as_ref());
            new.push(NewMandate {
                reference: reference.to_string(),
                kassenzeichen: own.kassenzeichen.clone(),
                status: "aktiv".to_owned(),
                scheme: "CORE".to_owned(),
                one_off: sequence.is_some_and(|word| word == "OOFF"),
                signed: debit.signed.unwrap_or(UNSIGNED).min(today),
                last_used: Some(batch.due.value).filter(|day| *day <= today),
                old_reference: None,
                creditor_id: file.creditor_id().map(ToString::to_string),
                old_creditor_id: None,
                holder: debit.debtor.clone(),
                iban,
                old_iban: None,
            });
        }
    }
    Ok(new)
}

/// What recurs: of each debit one instalment, for it may collect several at once.
fn patterns(file: &ForeignFile, owed: &AllOwed) -> Vec<PatternRow> {
    let days = file.batches.iter().flat_map(|batch| std::iter::repeat_n(batch.due.value, batch.debits.len()));
    let one = |((debit, own), day): ((&ForeignDebit, &crate::guard::owed::Owed), Date)| {
        Some(PatternRow {
            source_file: 0,
            kassenzeichen: own.kassenzeichen.clone(),
            kind: own.kind.clone(),
            amount: own.parts.iter().map(|part| part.amount.get()).max()?,
            mandate_reference: debit.mandate.clone(),
            collected: day,
            debtor: debit.ultimate_debtor.as_ref().unwrap_or(&debit.debtor).clone(),
        })
    };
    file.debits().zip(&owed.debits).zip(days).filter_map(one).collect()
}
