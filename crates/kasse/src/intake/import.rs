//! `einmal import`: files and folders into the books, each file in one transaction.
//!
//! Invariant: a file that is refused leaves nothing behind and does not keep the others out; a file that was read before
//! changes nothing, whatever it is called.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use store::WriteTx;

use crate::base::day::check_as_of;
use crate::base::error::Refused;
use crate::base::rights::Right;
use crate::intake::adopt;
use crate::intake::aliases;
use crate::intake::confirmed::standing;
use crate::intake::ebics_protocol;
use crate::intake::foreign::{self, Foreign};
use crate::intake::found::{self, Found};
use crate::intake::list_holds;
use crate::intake::mandates;
use crate::intake::open_items;
use crate::intake::prepared::{self, Content, Limits};
use crate::intake::report::{Fate, FileReport, Imported, Progress, Source};
use crate::intake::statement_files;
use crate::intake::status_reports;
use crate::lists::{self, ListKind};
use crate::vault::archive;
use crate::{Error, Kasse, Result};

/// What a caller may say.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Who imports; none is the nightly job.
    pub who: Option<String>,
    /// Who confirms a payment file of our own with him: restored books take such files, and two people with the right to release
    /// answer for each.
    pub with: Option<String>,
    /// The last bank day that the system which made an open-items list had posted.
    pub as_of: Option<Date>,
    /// Whether an amount that fell by just what was posted here is meant all the same.
    pub amounts_are_assessed: bool,
    /// Whether lists of open items are partial: what one leaves out is not held. Said of a list that was read before, it ends
    /// what that holds.
    pub partial: bool,
    /// Whether the files came by the web: from there less is taken.
    pub by_web: bool,
    /// Whether nobody is there who answers for them: a payment file of our own is then refused, for it makes a run.
    pub unattended: bool,
}

/// A file that was found, and whether a person named it.
struct Candidate {
    path: PathBuf,
    named: bool,
}

/// Imports files and folders, in the order of the paths; `match` decides later, so it does not matter which that is.
///
/// # Errors
/// What the database says, and [`Error::Refused`] for an `--as-of` to come; refused files are in the report.
pub(crate) async fn import(
    kasse: &Kasse,
    paths: &[PathBuf],
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<Imported> {
    if let Some(day) = options.as_of {
        check_as_of(day, kasse.today)?;
    }
    let mut imported = Imported::default();
    let mut candidates = Vec::new();
    for path in paths {
        let before = (candidates.len(), imported.files.len());
        match found::files(path) {
            Ok(all) => {
                for one in all {
                    match one {
                        Found::File { path, named } => candidates.push(Candidate { path, named }),
                        Found::Skipped { name, why } => imported.files.push(skipped(&name, why, Fate::Passed)),
                    }
                }
                if before == (candidates.len(), imported.files.len()) {
                    imported.files.push(refused(path, options, "holds no file that can be read"));
                }
            }
            Err(error) => imported.files.push(refused(path, options, &error.to_string())),
        }
    }
    let count = candidates.len();
    let mut earlier: Vec<HashSet<i64>> = Vec::new();
    for (place, candidate) in candidates.iter().enumerate() {
        progress.file(place, count, &name_of(&candidate.path));
        let mut report = match import_file(kasse, candidate, options, &earlier, progress).await {
            Ok(report) => report,
            Err(Error::Store(error @ (store::Error::Driver(_) | store::Error::Busy))) => return Err(error.into()),
            Err(error) => {
                let (name, path) = (name_of(&candidate.path), candidate.path.display().to_string());
                let fate = fate_of(&error, &path);
                let refused = Refused::from(error);
                // where it lies is not said: an upload lies in a folder that nobody knows
                let file = match refused.file.strip_prefix(&path) {
                    Some(member) => format!("{name}{member}"),
                    None if options.by_web && Path::new(&refused.file).is_absolute() => {
                        tracing::error!("{}: {}", refused.file, refused.why);
                        name.clone()
                    }
                    None => refused.file,
                };
                FileReport { error: Some(Refused { file, why: refused.why }), fate, ..FileReport::new(&name, "") }
            }
        };
        report.path = Some(candidate.path.clone());
        if !report.named.is_empty() {
            earlier.push(report.named.clone());
        }
        imported.files.push(report);
    }
    Ok(imported)
}

/// Whether it is the file that was refused, or something else keeps it out.
fn fate_of(error: &Error, path: &str) -> Fate {
    match error {
        Error::File(_) => Fate::Refused,
        Error::Io { path: own, .. } if own == path => Fate::Refused,
        _ => Fate::Undone,
    }
}

/// A path that holds nothing to read; where the files came by the web, it says nothing of this machine.
fn refused(path: &Path, options: &ImportOptions, why: &str) -> FileReport {
    let file = if options.by_web { name_of(path) } else { path.display().to_string() };
    FileReport { error: Some(Refused { file: file.clone(), why: why.to_owned() }), ..FileReport::new(&file, "") }
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// What a file is, by its content.
#[derive(Clone, Copy)]
enum Kind {
    Statements,
    List,
    /// Our own pain.008.
    Payments,
    /// The bank's answer to one (pain.002).
    Status,
    /// What people hold for one of these.
    Foreign(Foreign),
    Unknown,
}

async fn import_file(
    kasse: &Kasse,
    candidate: &Candidate,
    options: &ImportOptions,
    earlier: &[HashSet<i64>],
    progress: &dyn Progress,
) -> Result<FileReport> {
    let name = name_of(&candidate.path);
    if name.starts_with('.') && !candidate.named {
        return Ok(skipped(&name, "hidden", Fate::Passed));
    }
    let kind = sniff(kasse, &candidate.path)?;
    match kind {
        Kind::Foreign(foreign) if foreign.is_company() && !candidate.named => {
            return Ok(skipped(&name, foreign.in_short(), Fate::Company));
        }
        Kind::Foreign(foreign) => return Err(Error::file(name, foreign.why())),
        Kind::Unknown if candidate.named => {
            return Err(Error::file(
                name,
                "is neither a statement nor a list of open items, mandates or old references",
            ));
        }
        Kind::Unknown => return Ok(skipped(&name, "unknown content", Fate::Passed)),
        Kind::Payments if options.unattended => {
            return Err(Error::file(
                name,
                "is a payment file: it says what was to be collected, and the nightly job takes none; a person imports it with `einmal import`",
            ));
        }
        Kind::Statements | Kind::List | Kind::Payments | Kind::Status => {}
    }
    let limits = Limits::of(kasse, options.by_web);
    let work = import_content(kasse, candidate, &name, &kind, options, earlier, progress, &limits);
    let late = |_| {
        let seconds = limits.seconds;
        Error::file(
            &name,
            format!("reading and storing it takes longer than {seconds} seconds: nothing of it was imported"),
        )
    };
    tokio::time::timeout(Duration::from_secs(limits.seconds), Box::pin(work)).await.map_err(late)?
}

#[expect(clippy::too_many_arguments, reason = "one call, cut off from its caller for the time limit alone")]
async fn import_content(
    kasse: &Kasse,
    candidate: &Candidate,
    name: &str,
    kind: &Kind,
    options: &ImportOptions,
    earlier: &[HashSet<i64>],
    progress: &dyn Progress,
    limits: &Limits,
) -> Result<FileReport> {
    let path = candidate.path.as_path();
    let sha256 = prepared::digest(path).await?;
    let was_read = |known: Option<(i64, i64)>| known.is_some_and(|(_, refused)| refused == 0);
    let known = store::file_known(&mut *kasse.db.read().await?, &sha256).await?;
    // all that takes long happens before the books are locked
    let content = match (was_read(known), kind) {
        (true, _) => Content::Known,
        (false, Kind::Statements) => prepared::statements(path, kasse, limits).await?,
        (false, Kind::Payments) => prepared::payments(path, name).await?,
        (false, Kind::Status) => prepared::status(path, name).await?,
        (false, _) => prepared::list(path, name, kasse).await?,
    };
    let ImportOptions { as_of, amounts_are_assessed, partial, .. } = *options;
    let who = options.who.as_deref().unwrap_or(kasse.operator());
    let mut tx = kasse.write(right_for(*kind, name, options)?, who, "import", "").await?;
    let known = match store::file_known(&mut tx, &sha256).await? {
        // members that were refused may be of an account that is ours by now
        Some((file, refused)) if refused > 0 => Some(file),
        Some((file, _)) => {
            let mut report = skipped(name, "imported before", Fate::Known);
            report.sha256 = Some(sha256);
            let freed = if partial { list_holds::was_partial(&mut tx, kasse, file, who).await? } else { 0 };
            if freed > 0 {
                report.warnings.push(format!("{freed} items that it left out are held no more: the list was partial"));
                tx.commit(name).await?;
            }
            return Ok(report);
        }
        None => None,
    };
    let (with, kept) = (options.with.as_deref(), kasse.config.archive.kept());
    let source = Source { path, name, sha256, as_of, amounts_are_assessed, partial, earlier, who, with, known, kept };
    let mut report = store_content(&mut tx, kasse, content, &source, progress).await?;
    // it was opened more than once: what is stored and what is kept must be of the same bytes
    if prepared::digest(path).await? != source.sha256 {
        return Err(Error::file(name, "it was changed while it was read: import it once it is whole"));
    }
    if tx.has_added_to("source_file") {
        archive::keep_file(&mut tx, &kasse.config.archive, source.path, &source.sha256).await?;
    }
    tx.commit(name).await?;
    tracing::info!(file = name, kind = report.kind, added = report.added, known = report.known, "imported");
    report.sha256 = Some(source.sha256);
    Ok(report)
}

/// What whoever imports needs: two who answer for a payment file of our own both may release.
fn right_for(kind: Kind, name: &str, options: &ImportOptions) -> Result<Right> {
    match (kind, &options.with) {
        (_, None) => Ok(Right::Import),
        (Kind::Payments, Some(_)) => Ok(Right::Release),
        (_, Some(_)) => Err(Error::file(name, "is no payment file of our own: it takes no second person")),
    }
}

/// Stores what a file says that is not known yet.
async fn store_content(
    tx: &mut WriteTx,
    kasse: &Kasse,
    content: Content,
    source: &Source<'_>,
    progress: &dyn Progress,
) -> Result<FileReport> {
    match content {
        Content::Statements(read, answers) => {
            let standing = standing(tx, kasse).await?;
            let mut report = statement_files::import(tx, kasse, source, *read, progress).await?;
            // what a person imports once more for the members that were refused has brought its answers before
            if source.known.is_none() && !answers.is_empty() {
                status_reports::import_members(tx, kasse, source, answers, &mut report).await?;
            }
            if let Some(standing) = standing.filter(|_| !tx.is_empty()) {
                standing.check(tx, kasse, source).await?;
            }
            Ok(report)
        }
        Content::Answers(answers) => status_reports::import_all(tx, kasse, source, answers).await,
        Content::Payments(bytes) => adopt::import(tx, kasse, source, &bytes).await,
        Content::Status(report) if report.is_ebics_protocol() => {
            ebics_protocol::import(tx, kasse, source, &report).await
        }
        Content::Status(report) => status_reports::import(tx, kasse, source, &report).await,
        Content::List(list) => match list.kind {
            ListKind::OpenItems => open_items::import(tx, kasse, source, &list).await,
            ListKind::Mandates => mandates::import(tx, kasse, source, &list).await,
            ListKind::Aliases => aliases::import(tx, source, &list).await,
        },
        Content::Known => Err(Error::Changed("the file was being imported by somebody else".to_owned())),
    }
}

fn skipped(name: &str, why: &str, fate: Fate) -> FileReport {
    FileReport { skipped: Some(why.to_owned()), fate, ..FileReport::new(name, "") }
}

/// Enough of a file to tell what it is.
const PREFIX: usize = 4_096;

/// Bytes at the end of a file, where a ZIP has its directory.
const END: i64 = 4_096;

fn sniff(kasse: &Kasse, path: &Path) -> Result<Kind> {
    let (prefix, end) = ends(path).map_err(|error| Error::io(path, error))?;
    let headers = &kasse.config.headers;
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    let is = |name: &str| ending.as_deref().is_some_and(|ending| ending == name);
    Ok(if sepa_xml::looks_like_pain002(&prefix) {
        Kind::Status
    } else if let Some(foreign) = foreign::recognise(path, &prefix, &end, headers) {
        Kind::Foreign(foreign)
    } else if sepa_xml::looks_like_pain008(&prefix) {
        Kind::Payments
    } else if lists::looks_like_list(&prefix, &kasse.config.headers) || is("csv") && lists::is_wide_text(&prefix) {
        Kind::List
    } else if camt::looks_like(&prefix).is_some() || is("zip") || is("xml") {
        Kind::Statements
    } else if is("csv") {
        Kind::List
    } else {
        Kind::Unknown
    })
}

/// The first bytes of a file, and its last ones.
fn ends(path: &Path) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = std::fs::File::open(path)?;
    let (mut prefix, mut end) = (Vec::with_capacity(PREFIX), Vec::new());
    file.by_ref().take(PREFIX as u64).read_to_end(&mut prefix)?;
    if prefix.len() == PREFIX {
        // what is shorter than that begins where it begins
        file.seek(SeekFrom::End(-END))?;
        file.take(END.unsigned_abs()).read_to_end(&mut end)?;
    }
    Ok((prefix, end))
}

/// Why a file is none that einmal reads and what to bring instead, told by its content; nothing where it may be one.
///
/// # Errors
/// Where it cannot be read.
pub fn foreign(path: &Path) -> Result<Option<String>> {
    let (prefix, end) = ends(path).map_err(|error| Error::io(path, error))?;
    let own = lists::Headers::default();
    Ok(foreign::recognise(path, &prefix, &end, &own).map(Foreign::why))
}
