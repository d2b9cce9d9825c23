//! `einmal import`: files and folders into the books, each file in one transaction.
//!
//! Invariant: a file that is refused leaves nothing behind and does not keep the others out; a file that was read before
//! changes nothing, whatever it is called.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use sepa::Cents;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::Kept;

use crate::corrections::check_as_of;
use crate::error::Refused;
use crate::foreign::{self, Foreign};
use crate::import_outcome::NewPayments;
use crate::lists::{self, ListKind};
use crate::rights::Right;
use crate::{Error, Kasse, Result, adopt, aliases, archive, list_holds, mandates, open_items, statement_files};

/// Who is told how far an import is.
pub trait Progress: Send + Sync {
    /// A file begins: its place, how many there are, its name.
    fn file(&self, place: usize, of: usize, name: &str);
    /// So many bookings of it are read.
    fn advance(&self, bookings: usize);
}

/// What a caller may say.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Who imports; none is the nightly job.
    pub who: Option<String>,
    /// The last bank day that the system which made an open-items list had posted.
    pub as_of: Option<Date>,
    /// Whether an amount that fell by just what was posted here is meant all the same.
    pub amounts_are_assessed: bool,
    /// Whether lists of open items are partial: what one leaves out is not held. Said of a list that was read before, it ends
    /// what that holds.
    pub partial: bool,
}

/// What became of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its name.
    pub file: String,
    /// `open items`, `mandates`, `old references`, `statements`, or empty where it was refused or skipped.
    pub kind: String,
    /// Items, mandates or bookings that are new.
    pub added: usize,
    /// Items or mandates of which something new is said.
    pub changed: usize,
    /// Items, mandates or bookings that were known.
    pub known: usize,
    /// Statements that are new.
    pub statements: usize,
    /// Statements that were known.
    pub known_statements: usize,
    /// What became of the credits that are new; none before they are matched ([`crate::tell_payments`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payments: Option<NewPayments>,
    /// The statements that are new.
    #[serde(skip)]
    pub(crate) new_statements: Vec<i64>,
    /// The items that a list names.
    #[serde(skip)]
    pub(crate) named: HashSet<i64>,
    /// What it tells again, and what that equals.
    pub repeats: Vec<Repeat>,
    /// Open items of a list's levies that the list does not name.
    pub vanished: Vec<Vanished>,
    /// Why nothing of it was read: known already, hidden, or of unknown content.
    pub skipped: Option<String>,
    /// Remarks that refuse nothing.
    pub warnings: Vec<String>,
    /// Why it was refused.
    pub error: Option<Refused>,
    /// Members of a container that were refused, and why; the others were read.
    pub refused_members: Vec<Refused>,
}

impl FileReport {
    pub(crate) fn new(file: &str, kind: &str) -> FileReport {
        FileReport { file: file.to_owned(), kind: kind.to_owned(), ..FileReport::default() }
    }
}

/// An open item that a later list does not name any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vanished {
    /// The cash reference.
    pub kassenzeichen: String,
    /// The instalment.
    pub posten: String,
    /// What is open of it, in EUR.
    pub open: String,
}

/// A statement or a booking that is known already: skipped, and pointed at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// Where it stands in the file.
    pub line: u64,
    /// The statement, or the one that the booking stands in.
    pub statement: String,
    /// How many bookings are skipped with it.
    pub bookings: usize,
    /// The day of the booking; none where a whole statement is known.
    #[serde(serialize_with = "text")]
    pub booked: Option<Date>,
    /// Its amount, negative where our account was debited.
    #[serde(serialize_with = "text")]
    pub amount: Option<Cents>,
    /// The statements that hold the same, or the booking that it is.
    pub equals: Vec<String>,
}

/// A day or an amount as the contract writes it.
fn text<T: std::fmt::Display, S: serde::Serializer>(value: &Option<T>, to: S) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// A report per file, in the order in which they were read.
    pub files: Vec<FileReport>,
}

impl Imported {
    /// How many files were refused, wholly or in part.
    pub fn refused(&self) -> usize {
        self.files.iter().filter(|file| file.error.is_some() || !file.refused_members.is_empty()).count()
    }
}

/// A file that is being imported.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    /// Its name as people know it: the file's, without folders.
    pub(crate) name: &'a str,
    pub(crate) sha256: String,
    pub(crate) as_of: Option<Date>,
    pub(crate) amounts_are_assessed: bool,
    pub(crate) partial: bool,
    /// The items that each list before it in the same command names: several files may be one list.
    pub(crate) earlier: &'a [HashSet<i64>],
    /// Who imports.
    pub(crate) who: &'a str,
    /// The file's row, where members of it were refused when it was read before.
    pub(crate) known: Option<i64>,
    /// Where its bytes will be kept.
    pub(crate) kept: Option<Kept>,
}

impl Source<'_> {
    pub(crate) fn error(&self, why: &str) -> Error {
        Error::file(self.name, why)
    }

    /// All of it, where it has at most so many bytes.
    fn bytes(&self, most: u64) -> Result<Vec<u8>> {
        let size = std::fs::metadata(self.path).map_err(|error| Error::io(self.path, error))?.len();
        if size > most {
            return Err(self.error(&format!("it is larger than {most} bytes")));
        }
        std::fs::read(self.path).map_err(|error| Error::io(self.path, error))
    }
}

/// A path that was found, and whether a person named it.
struct Candidate {
    path: PathBuf,
    named: bool,
}

/// Imports files and folders, in the order of the paths; `match` decides later, so it does not matter which that is.
///
/// # Errors
/// What the database says, and [`Error::Refused`] for an `--as-of` to come; refused files are in the report.
pub async fn import(
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
        match walk(path, true, &mut candidates) {
            Ok(0) => imported.files.push(refused(path, "holds no file that can be read")),
            Ok(_) => {}
            Err(error) => imported.files.push(refused(path, &error.to_string())),
        }
    }
    let count = candidates.len();
    let mut earlier: Vec<HashSet<i64>> = Vec::new();
    for (place, candidate) in candidates.iter().enumerate() {
        progress.file(place, count, &name_of(&candidate.path));
        let report = match import_file(kasse, candidate, options, &earlier, progress).await {
            Ok(report) => report,
            Err(Error::Store(error @ (store::Error::Driver(_) | store::Error::Busy))) => return Err(error.into()),
            Err(error) => {
                let (name, path) = (name_of(&candidate.path), candidate.path.display().to_string());
                let refused = Refused::from(error);
                // where it lies is not said: an upload lies in a folder that nobody knows
                let file = match refused.file.strip_prefix(&path) {
                    Some(member) => format!("{name}{member}"),
                    None => refused.file,
                };
                FileReport { error: Some(Refused { file, why: refused.why }), ..FileReport::new(&name, "") }
            }
        };
        if !report.named.is_empty() {
            earlier.push(report.named.clone());
        }
        imported.files.push(report);
    }
    Ok(imported)
}

fn refused(path: &Path, why: &str) -> FileReport {
    let file = path.display().to_string();
    FileReport { error: Some(Refused { file: file.clone(), why: why.to_owned() }), ..FileReport::new(&file, "") }
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Collects the files under a path in the order of their names; hidden ones only where they were named.
fn walk(path: &Path, named: bool, found: &mut Vec<Candidate>) -> std::io::Result<usize> {
    if !std::fs::metadata(path)?.is_dir() {
        found.push(Candidate { path: path.to_owned(), named });
        return Ok(1);
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    let mut count = 0;
    for entry in entries {
        count += walk(&entry, false, found)?;
    }
    Ok(count)
}

/// What a file is, by its content.
enum Kind {
    Statements,
    List,
    /// Our own pain.008.
    Payments,
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
        return Ok(skipped(&name, "hidden"));
    }
    let kind = sniff(kasse, &candidate.path)?;
    match kind {
        Kind::Foreign(foreign) if foreign.is_company() && !candidate.named => {
            return Ok(skipped(&name, foreign.in_short()));
        }
        Kind::Foreign(foreign) => return Err(Error::file(name, foreign.why())),
        Kind::Unknown if candidate.named => {
            return Err(Error::file(
                name,
                "is neither a statement nor a list of open items, mandates or old references",
            ));
        }
        Kind::Unknown => return Ok(skipped(&name, "unknown content")),
        Kind::Statements | Kind::List | Kind::Payments => {}
    }
    let sha256 = digest(&candidate.path)?;
    let ImportOptions { as_of, amounts_are_assessed, partial, .. } = *options;
    let who = options.who.as_deref().unwrap_or(kasse.operator());
    let mut tx = kasse.write(Right::Import, who, "import", "").await?;
    let known = match store::file_known(&mut tx, &sha256).await? {
        // members that were refused may be of an account that is ours by now
        Some((file, refused)) if refused > 0 => Some(file),
        Some((file, _)) => {
            let mut report = skipped(&name, "imported before");
            let freed = if partial { list_holds::was_partial(&mut tx, kasse, file, who).await? } else { 0 };
            if freed > 0 {
                report.warnings.push(format!("{freed} items that it left out are held no more: the list was partial"));
                tx.commit(&name).await?;
            }
            return Ok(report);
        }
        None => None,
    };
    let (path, kept) = (candidate.path.as_path(), kasse.config.archive.kept());
    let source = Source { path, name: &name, sha256, as_of, amounts_are_assessed, partial, earlier, who, known, kept };
    let report = match kind {
        Kind::Statements => statement_files::import(&mut tx, kasse, &source, progress).await?,
        Kind::Payments => adopt::import(&mut tx, kasse, &source, &source.bytes(LARGEST_PAYMENTS)?).await?,
        Kind::List | Kind::Foreign(_) | Kind::Unknown => {
            let bytes = std::fs::read(source.path).map_err(|error| Error::io(source.path, error))?;
            let list = lists::read(&bytes, &kasse.config.headers, kasse.today).map_err(|why| source.error(&why))?;
            match list.kind {
                ListKind::OpenItems => open_items::import(&mut tx, kasse, &source, &list).await?,
                ListKind::Mandates => mandates::import(&mut tx, kasse, &source, &list).await?,
                ListKind::Aliases => aliases::import(&mut tx, &source, &list).await?,
            }
        }
    };
    if tx.has_added_to("source_file") {
        archive::keep_file(&mut tx, &kasse.config.archive, source.path, &source.sha256).await?;
    }
    tx.commit(&name).await?;
    tracing::info!(file = name, kind = report.kind, added = report.added, known = report.known, "imported");
    Ok(report)
}

fn skipped(name: &str, why: &str) -> FileReport {
    FileReport { skipped: Some(why.to_owned()), ..FileReport::new(name, "") }
}

/// More than a file of a million debits has.
const LARGEST_PAYMENTS: u64 = 2 << 30;

/// Enough of a file to tell what it is.
const PREFIX: usize = 4_096;

/// Bytes at the end of a file, where a ZIP has its directory.
const END: i64 = 4_096;

fn sniff(kasse: &Kasse, path: &Path) -> Result<Kind> {
    let (prefix, end) = ends(path).map_err(|error| Error::io(path, error))?;
    let headers = &kasse.config.headers;
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    let is = |name: &str| ending.as_deref().is_some_and(|ending| ending == name);
    Ok(if let Some(foreign) = foreign::recognise(path, &prefix, &end, headers) {
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

fn digest(path: &Path) -> Result<String> {
    use std::io::Read as _;
    let mut file = std::fs::File::open(path).map_err(|error| Error::io(path, error))?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut block).map_err(|error| Error::io(path, error))?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(block.get(..count).unwrap_or_default());
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
