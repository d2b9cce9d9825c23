//! Books that last as long as one check: settings and lists made from the file, statements taken as always.
//!
//! It decides nothing. Invariants: they lie in a folder that only we can look into and that is gone with them; what the
//! statements say is read by the same import as into any books, and one refused file refuses the whole.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use kassenzeichen::canonical;
use sepa::{Iban, MandateId};
use sepa_xml::ForeignFile;

use crate::base::scratch::Scratch;
use crate::guard::owed::AllOwed;
use crate::guard::own_books::OwnBooks;
use crate::guard::statements::Surveyed;
use crate::guard::strangers::Stranger;
use crate::intake::import::{ImportOptions, import};
use crate::intake::report::Progress;
use crate::{Config, Error, Kasse, Result};

/// The mandate of a debit that does not say when it was signed: SEPA direct debits began then.
const UNSIGNED: &str = "2009-11-02";

/// Books for a moment. The folder goes last.
pub(super) struct ScratchBooks {
    /// The treasury.
    pub(super) kasse: Kasse,
    /// What the imports remarked.
    pub(super) remarks: Vec<String>,
    _folder: Scratch,
}

impl ScratchBooks {
    /// Closes the books; their folder is removed.
    pub(super) async fn end(self) {
        self.kasse.end().await;
    }
}

/// Makes books of what a file says is owed and what statements tell; it collects `levies` besides those that its texts name.
pub(super) async fn make(
    file: &ForeignFile,
    owed: &AllOwed,
    (strangers, levies): (&[Stranger], Vec<String>),
    surveyed: &Surveyed,
    own: Option<&mut OwnBooks<'_>>,
    (today, now): (Date, &str),
    progress: &dyn Progress,
) -> Result<ScratchBooks> {
    let mut config = settings(file, owed, surveyed, own.as_deref(), today)?;
    config.levies = levies;
    let folder = Scratch::new().map_err(|error| Error::io(&std::env::temp_dir(), error))?;
    let lists = lists(folder.path(), file, owed, strangers, today)?;
    let url = format!("sqlite://{}", folder.path().join("books.db").display());
    let kasse = Kasse::open(config, &url, today, now.to_owned()).await?.staying();
    let options = ImportOptions { as_of: own.as_deref().and_then(OwnBooks::as_of), ..ImportOptions::default() };
    let mut remarks = Vec::new();
    if let Some(own) = own {
        own.bring_in(&kasse).await?;
    }
    for (paths, progress) in [(&lists, &Silent as &dyn Progress), (&surveyed.files, progress)] {
        let imported = import(&kasse, paths, &options, progress).await?;
        for report in &imported.files {
            if let Some(why) = report.error.iter().chain(&report.refused_members).next() {
                return Err(Error::File(why.clone()));
            }
            if paths.as_slice() == surveyed.files.as_slice() {
                remarks.extend(report.warnings.iter().map(|remark| format!("{}: {remark}", report.file)));
            }
        }
    }
    Ok(ScratchBooks { kasse, remarks, _folder: folder })
}

/// Nobody is told how the lists come in.
struct Silent;

impl Progress for Silent {
    fn file(&self, _: usize, _: usize, _: &str) {}
    fn advance(&self, _: usize) {}
}

fn settings(
    file: &ForeignFile,
    owed: &AllOwed,
    surveyed: &Surveyed,
    books: Option<&OwnBooks<'_>>,
    today: Date,
) -> Result<Config> {
    let batch = file.batches.first().ok_or_else(|| Error::Internal("a file without a batch".to_owned()))?;
    let own: BTreeSet<Iban> = file.batches.iter().map(|batch| batch.account).collect();
    let watched = books.into_iter().flat_map(|books| &books.accounts);
    let accounts: BTreeSet<&Iban> = own.iter().chain(&surveyed.accounts).chain(watched).collect();
    let mut kasse = toml::Table::new();
    let named = batch.creditor.as_deref().or(file.initiator.as_deref()).map(sepa::transliterate);
    let name = named.filter(|name| !name.is_empty()).unwrap_or_else(|| "Kasse".to_owned());
    let creditor = file.creditor_id().map(ToString::to_string).unwrap_or_default();
    kasse.insert("name".to_owned(), name.into());
    kasse.insert("creditor_id".to_owned(), creditor.into());
    kasse.insert("collect_to".to_owned(), batch.account.to_string().into());
    let accounts: Vec<toml::Value> = accounts.into_iter().map(|iban| iban.to_string().into()).collect();
    kasse.insert("accounts".to_owned(), accounts.into());
    let mut archive = toml::Table::new();
    archive.insert("keep".to_owned(), "off".into());
    let mut all = toml::Table::new();
    all.insert("kasse".to_owned(), kasse.into());
    all.insert("archive".to_owned(), archive.into());
    let text = toml::to_string(&all).map_err(|error| Error::Internal(error.to_string()))?;
    let mut config = Config::parse(&text).map_err(Error::Refused)?;
    let first = surveyed.first.into_iter().chain(books.and_then(OwnBooks::first)).min();
    config.outage = first.filter(|first| *first <= today).map(|first| (first, today));
    // who is not debited stands in no debit file: an amount that many owe tells less here than in a town's own books
    config.wide_percent = 0;
    config.schemes = owed.schemes.iter().map(|learned| learned.scheme.clone()).collect();
    Ok(config)
}

/// Writes the lists that the file stands for.
fn lists(
    folder: &Path,
    file: &ForeignFile,
    owed: &AllOwed,
    strangers: &[Stranger],
    today: Date,
) -> Result<Vec<PathBuf>> {
    const ITEMS: [&str; 8] =
        ["kassenzeichen", "posten", "art", "faellig", "betrag", "schuldner", "anschrift", "mandat"];
    const MANDATES: [&str; 7] = ["mandat", "kassenzeichen", "inhaber", "iban", "bic", "unterschrieben", "status"];
    const ALIASES: [&str; 2] = ["altes_kassenzeichen", "kassenzeichen"];
    let (mut items, mut mandates, mut aliases) = (Vec::new(), Vec::new(), Vec::new());
    let known: HashSet<String> = owed.debits.iter().map(|own| canonical(&own.kassenzeichen)).collect();
    let (mut given, mut renamed) = (HashSet::new(), HashSet::new());
    for (debit, own) in file.debits().zip(&owed.debits) {
        let debtor = debit.ultimate_debtor.as_ref().unwrap_or(&debit.debtor);
        for part in &own.parts {
            items.push([
                own.kassenzeichen.clone(),
                part.posten.clone(),
                own.kind.clone(),
                part.due.to_string(),
                part.amount.to_string(),
                debtor.clone(),
                own.address.clone().unwrap_or_default(),
                debit.mandate.clone(),
            ]);
        }
        if given.insert((MandateId::key(&debit.mandate), canonical(&own.kassenzeichen))) {
            let signed = debit.signed.map_or_else(|| UNSIGNED.to_owned(), |day| day.min(today).to_string());
            mandates.push([
                debit.mandate.clone(),
                own.kassenzeichen.clone(),
                debit.debtor.clone(),
                debit.iban.to_string(),
                String::new(),
                signed,
                "aktiv".to_owned(),
            ]);
        }
        for other in own.others.iter().filter(|other| !known.contains(&canonical(other))) {
            if renamed.insert(canonical(other)) {
                aliases.push([other.clone(), own.kassenzeichen.clone()]);
            }
        }
    }
    items.extend(strangers.iter().flat_map(|stranger| stranger.rows(today)));
    let more = strangers.iter().flat_map(Stranger::aliases);
    aliases.extend(more.filter(|[old, _]| !known.contains(&canonical(old)) && renamed.insert(canonical(old))));
    let mut written =
        vec![write(folder, "items.csv", &ITEMS, &items)?, write(folder, "mandates.csv", &MANDATES, &mandates)?];
    if !aliases.is_empty() {
        written.push(write(folder, "aliases.csv", &ALIASES, &aliases)?);
    }
    Ok(written)
}

fn write<const N: usize>(folder: &Path, name: &str, header: &[&str; N], rows: &[[String; N]]) -> Result<PathBuf> {
    let path = folder.join(name);
    let failed = |error: csv::Error| Error::Internal(error.to_string());
    let mut out = csv::WriterBuilder::new().delimiter(b';').from_path(&path).map_err(failed)?;
    out.write_record(header).map_err(failed)?;
    for row in rows {
        // a list has a row on a line
        out.write_record(row.iter().map(|cell| cell.replace(['\r', '\n', '\0'], " "))).map_err(failed)?;
    }
    out.flush().map_err(|error| Error::io(&path, error))?;
    Ok(path)
}
