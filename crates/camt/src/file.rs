//! Opens files on disk: plain files, ZIPs, ZIPs in ZIPs.
//!
//! Knows what a file looks like, not what it means. Invariants: members come in the order of their names; nothing is
//! unpacked beyond the limits; a ZIP needs no more memory than its directory.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::parallel::read_xml;
use crate::{FileError, FileErrorKind, Limits, Mt940Reader, Part, ReadError, ReadErrorKind};

/// Bytes that are read at once.
const BLOCK: usize = 64 << 10;
/// How many first bytes are enough to recognise a file.
const PREFIX: usize = 512;
/// The ratio limit does not apply to this many unpacked bytes: a short text of blanks is no ZIP bomb.
const RATIO_FREE: u64 = 1 << 20;
/// How many bytes of a ZIP inside a ZIP stay in memory before it goes to a temporary file.
const SPOOL: usize = 8 << 20;

/// What a file looks like by its first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A ZIP container, as EBICS delivers statements.
    Zip,
    /// XML in any encoding.
    Xml,
    /// MT940 or MT942.
    Mt940,
}

/// Recognises a file by its first bytes (512 are enough); `None` if it is nothing that can hold a statement.
#[must_use]
pub fn looks_like(prefix: &[u8]) -> Option<FileKind> {
    match prefix {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => return Some(FileKind::Zip),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..] => return Some(FileKind::Xml),
        _ => {}
    }
    let text = prefix.strip_prefix(b"\xef\xbb\xbf").unwrap_or(prefix).trim_ascii_start();
    if text.starts_with(b"<") {
        return Some(FileKind::Xml);
    }
    let mut lines = text.split(|byte| matches!(byte, b'\n' | b'\r' | b'@' | 1));
    let mt940 = text.starts_with(b"{1:F") || lines.any(|line| line.starts_with(b":20:"));
    mt940.then_some(FileKind::Mt940)
}

/// A file, or a member of a ZIP, perhaps inside of another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DocumentName {
    /// The file on disk.
    pub file: PathBuf,
    /// From the outermost ZIP inwards; empty for a plain file.
    pub members: Vec<String>,
}

impl DocumentName {
    /// The name of a plain file.
    #[must_use]
    pub fn new(file: &Path) -> Self {
        Self { file: file.to_owned(), members: Vec::new() }
    }

    fn member(&self, name: &str) -> Self {
        let mut members = self.members.clone();
        members.push(name.to_owned());
        Self { file: self.file.clone(), members }
    }

    fn error(&self, kind: impl Into<FileErrorKind>) -> FileError {
        FileError { document: self.clone(), kind: kind.into() }
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file.display())?;
        self.members.iter().try_for_each(|member| write!(out, "/{member}"))
    }
}

/// What [`each_document`] calls for every document. The kind is never [`FileKind::Zip`]: the members of a ZIP come one
/// by one.
pub type Visit<'a> =
    dyn FnMut(&DocumentName, FileKind, &mut dyn BufRead) -> Result<ControlFlow<()>, FileErrorKind> + 'a;

/// Passes every part of every statement in a file to `sink`, with the document that it is from; a break ends the
/// reading.
///
/// Returns the members of a ZIP that were left out, in the order of their names: hidden ones, those that do not look
/// like a statement, and other messages (a pain.002 beside the statements).
///
/// # Errors
/// Those of [`each_document`] and [`StatementReader::next_part`](crate::StatementReader::next_part), and if no member
/// of a ZIP holds a statement. If there is an error, the parts that were passed before must be thrown away.
pub fn read_path(
    path: &Path,
    limits: &Limits,
    sink: &mut dyn FnMut(&DocumentName, Part) -> ControlFlow<()>,
) -> Result<Vec<DocumentName>, FileError> {
    let mut read = 0_usize;
    let mut others: Vec<(DocumentName, String)> = Vec::new();
    let left_out = each_document(path, limits, &mut |name, kind, input| {
        let flow = match read_document(kind, input, limits, &mut |part| sink(name, part)) {
            Err(ReadError { kind: ReadErrorKind::NoStatement(found), .. }) if !name.members.is_empty() => {
                others.push((name.clone(), found));
                return Ok(ControlFlow::Continue(()));
            }
            flow => flow?,
        };
        read = read.saturating_add(1);
        Ok(flow)
    })?;
    others.extend(left_out.into_iter().map(|name| (name, String::new())));
    others.sort();
    if read == 0 {
        return Err(DocumentName::new(path).error(FileErrorKind::NoStatement(named(&others))));
    }
    Ok(others.into_iter().map(|(name, _)| name).collect())
}

/// Passes every part of a document to `sink`; a break ends the reading.
fn read_document(
    kind: FileKind,
    input: &mut dyn BufRead,
    limits: &Limits,
    sink: &mut dyn FnMut(Part) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, ReadError> {
    if kind != FileKind::Mt940 {
        return read_xml(input, limits, sink);
    }
    let mut reader = Mt940Reader::new(input, limits);
    while let Some(part) = reader.next_part()? {
        if sink(part).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// How many members a message names one by one.
const NAMED: usize = 10;

/// `a.xml (Document/CstmrPmtStsRpt), b.txt`; of many members only the first ones.
fn named(members: &[(DocumentName, String)]) -> String {
    let name = |(name, found): &(DocumentName, String)| {
        let found = if found.is_empty() { String::new() } else { format!(" ({found})") };
        format!("{}{found}", name.members.join("/"))
    };
    let names: Vec<String> = members.iter().take(NAMED).map(name).collect();
    match members.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Opens a file and every document in it, whatever they are about; members of ZIPs in the order of their names.
///
/// Returns the members that were left out, because they are hidden or do not look like anything that is read.
///
/// # Errors
/// If the file cannot be read, does not look like anything that is read, is no readable ZIP, or exceeds a limit; and
/// every error of `visit`.
pub fn each_document(path: &Path, limits: &Limits, visit: &mut Visit<'_>) -> Result<Vec<DocumentName>, FileError> {
    let name = DocumentName::new(path);
    let mut file = File::open(path).map_err(|error| name.error(error))?;
    let prefix = read_prefix(&mut file).map_err(|error| name.error(error))?;
    file.rewind().map_err(|error| name.error(error))?;
    let budget = Budget { limits, members: 0, unpacked: 0, stop: None };
    let mut walk = Walk { visit, budget, left_out: Vec::new() };
    match looks_like(prefix.get_ref()) {
        Some(FileKind::Zip) => drop(walk.zip(&name, BufReader::new(file), 0)?),
        Some(kind) => drop(
            (walk.visit)(&name, kind, &mut BufReader::with_capacity(BLOCK, file)).map_err(|kind| name.error(kind))?,
        ),
        None => return Err(name.error(FileErrorKind::Unknown)),
    }
    Ok(walk.left_out)
}

/// State while walking through a ZIP.
struct Walk<'a, 'v> {
    visit: &'a mut Visit<'v>,
    budget: Budget<'a>,
    left_out: Vec<DocumentName>,
}

/// How much of the limits is used up.
struct Budget<'a> {
    limits: &'a Limits,
    members: usize,
    unpacked: u64,
    /// Why a member could not be read further. It is kept here because the reader above sees an `io::Error` only.
    stop: Option<FileErrorKind>,
}

/// The result of opening a member.
enum Opened {
    Visited(ControlFlow<()>),
    LeftOut,
    Zip(tempfile::SpooledTempFile),
}

impl Walk<'_, '_> {
    fn zip(
        &mut self,
        name: &DocumentName,
        input: impl Read + Seek,
        depth: usize,
    ) -> Result<ControlFlow<()>, FileError> {
        let mut archive = ZipArchive::new(input).map_err(|error| name.error(error))?;
        self.budget.members = self.budget.members.saturating_add(archive.len());
        if self.budget.members > self.budget.limits.zip_members {
            return Err(name.error(FileErrorKind::Members(self.budget.limits.zip_members)));
        }
        let mut members = Vec::with_capacity(archive.len());
        for index in 0..archive.len() {
            let member = archive.name_for_index(index).transpose().map_err(|error| name.error(error))?;
            members.extend(member.filter(|member| !member.ends_with('/')).map(|member| (member.into_owned(), index)));
        }
        members.sort();
        if members.is_empty() {
            return Err(name.error(FileErrorKind::EmptyZip));
        }
        for (member, index) in members {
            let member = name.member(&member);
            let packed = archive.by_index(index).map_err(|error| member.error(error))?;
            let opened = self.open(&member, packed, depth);
            let flow = match opened.map_err(|kind| member.error(self.budget.stop.take().unwrap_or(kind)))? {
                Opened::Visited(flow) => flow,
                Opened::Zip(inner) => self.zip(&member, inner, depth.saturating_add(1))?,
                Opened::LeftOut => {
                    self.left_out.push(member);
                    ControlFlow::Continue(())
                }
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn open<R: Read>(
        &mut self,
        name: &DocumentName,
        packed: zip::read::ZipFile<'_, R>,
        depth: usize,
    ) -> Result<Opened, FileErrorKind> {
        if is_hidden(name) {
            return Ok(Opened::LeftOut);
        }
        let left = packed.compressed_size().saturating_mul(self.budget.limits.ratio).max(RATIO_FREE);
        let nesting = self.budget.limits.zip_nesting;
        let mut input = Metered { input: packed, left, budget: &mut self.budget };
        let prefix = read_prefix(&mut input)?;
        let kind = looks_like(prefix.get_ref());
        let mut input = BufReader::with_capacity(BLOCK, prefix.chain(input));
        match kind {
            Some(FileKind::Zip) if depth >= nesting => Err(FileErrorKind::Nesting(nesting)),
            Some(FileKind::Zip) => {
                let mut inner = tempfile::spooled_tempfile(SPOOL);
                io::copy(&mut input, &mut inner)?;
                inner.rewind()?;
                Ok(Opened::Zip(inner))
            }
            Some(kind) => (self.visit)(name, kind, &mut input).map(Opened::Visited),
            None => Ok(Opened::LeftOut),
        }
    }
}

/// Whether a member is something that file managers leave behind in ZIPs.
fn is_hidden(name: &DocumentName) -> bool {
    let member = name.members.last().map(String::as_str).unwrap_or_default();
    member.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

/// The first bytes of an input; fewer only at its end.
fn read_prefix(input: &mut impl Read) -> io::Result<io::Cursor<Vec<u8>>> {
    let mut prefix = Vec::with_capacity(PREFIX);
    input.take(PREFIX as u64).read_to_end(&mut prefix)?;
    Ok(io::Cursor::new(prefix))
}

/// A member that stops as soon as a limit is exceeded.
struct Metered<'a, 'b, R> {
    input: R,
    /// How many bytes the ratio limit still allows.
    left: u64,
    budget: &'a mut Budget<'b>,
}

impl<R: Read> Read for Metered<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(out)?;
        let limits = self.budget.limits;
        self.budget.unpacked = self.budget.unpacked.saturating_add(read as u64);
        let stop = match self.left.checked_sub(read as u64) {
            None => Some(FileErrorKind::Ratio(limits.ratio)),
            Some(_) if self.budget.unpacked > limits.unpacked_bytes => {
                Some(FileErrorKind::Unpacked(limits.unpacked_bytes))
            }
            Some(left) => {
                self.left = left;
                None
            }
        };
        if stop.is_some() {
            self.budget.stop = stop;
            return Err(io::Error::other("stopped"));
        }
        Ok(read)
    }
}
