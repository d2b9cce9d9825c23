//! Why a statement file was refused, and where.
//!
//! Knows nothing of what a statement means: a value that cannot be read is a [`Finding`](crate::Finding), not an error.
//! Invariant: every error has a line, and a path wherever an element was open.

use std::fmt;
use std::io;

use crate::finding::At;

/// A file that is not well-formed, exceeds a limit or holds no statement.
#[derive(Debug, thiserror::Error)]
pub struct ReadError {
    /// Line of the input, from 1.
    pub line: u64,
    /// Column, in characters from 1; `None` in MT940 and where the error concerns the whole input.
    pub column: Option<u64>,
    /// The elements that are open there (`Document/BkToCstmrStmt/Stmt/Ntry`), or the field of MT940 (`:61`); empty
    /// outside of all.
    pub path: String,
    /// What is wrong.
    #[source]
    pub kind: ReadErrorKind,
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = shown(&self.path);
        let comma = if path.is_empty() { "" } else { ", " };
        let at = At { line: self.line, column: self.column };
        write!(out, "{at}{comma}{path}: {}", self.kind)
    }
}

/// The part of a path that helps people: from the statement on, without the envelopes around it.
fn shown(path: &str) -> &str {
    ["Stmt", "Rpt", "Ntfctn"].iter().find_map(|name| from_segment(path, name)).unwrap_or(path)
}

/// The rest of `path` from the first segment called `name`.
fn from_segment<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = path;
    loop {
        let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
        if first == name {
            return Some(rest);
        }
        if after.is_empty() {
            return None;
        }
        rest = after;
    }
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum ReadErrorKind {
    /// The input could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Not well-formed XML.
    #[error("not well-formed: {0}")]
    Malformed(String),
    /// The input ends inside of an element.
    #[error("the file ends inside of this element")]
    CutOff,
    /// A document type declaration: it could name entities, files and addresses, and no ISO 20022 message has one.
    #[error("a DOCTYPE is not allowed in a bank message")]
    Doctype,
    /// A reference to an entity that XML does not define itself.
    #[error("the entity &{0}; is not defined")]
    Entity(String),
    /// Bytes that do not exist in the encoding of the file.
    #[error("the bytes are not {encoding}; the file is damaged or declares a wrong encoding")]
    Bytes {
        /// Name of the encoding that the file declares (UTF-8 if none).
        encoding: &'static str,
    },
    /// The declaration and the bytes contradict each other.
    #[error("the file declares {declared} but is written in {actual}")]
    EncodingDiffers {
        /// The label in the XML declaration.
        declared: String,
        /// The encoding that the first bytes, or the first document in the file, really have.
        actual: &'static str,
    },
    /// An encoding that no known bank uses.
    #[error("the encoding {0} is not supported")]
    Encoding(String),
    /// More nested elements than [`Limits::depth`](crate::Limits::depth).
    #[error("elements are nested deeper than the limit of {0}")]
    TooDeep(usize),
    /// A longer text than [`Limits::text`](crate::Limits::text).
    #[error("a text is longer than the limit of {0} bytes")]
    TooLong(usize),
    /// More values in one detail, entry or head than [`Limits::text`](crate::Limits::text) bytes.
    #[error("the values of one element exceed the limit of {0} bytes")]
    TooMuch(usize),
    /// Well-formed, but no statement in it.
    #[error("the file holds no statement{}", found(.0))]
    NoStatement(String),
}

fn found(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" (found {path})") }
}

/// What is wrong with a ZIP, and what to do. Where inside the ZIP the fault is would help nobody.
fn packed(error: &zip::result::ZipError) -> String {
    use zip::result::ZipError;
    let said = match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => return error.to_string(),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            "it is protected by a password: take out what is in it and import that"
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            "it is packed in a way that is not known here: pack it anew as a plain ZIP"
        }
        _ => "it is damaged or was cut off: get it anew",
    };
    said.to_owned()
}

/// A file on disk that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{document}: {kind}")]
pub struct FileError {
    /// The file, or the member of a ZIP.
    pub document: crate::DocumentName,
    /// What is wrong.
    #[source]
    pub kind: FileErrorKind,
}

/// Why a file on disk could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileErrorKind {
    /// The content was refused.
    #[error(transparent)]
    Read(Box<ReadError>),
    /// The file could not be opened or read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Neither XML nor ZIP nor MT940.
    #[error("is neither XML nor ZIP nor MT940")]
    Unknown,
    /// Begins like a ZIP but is none, or is damaged.
    #[error("is not a readable ZIP: {}", packed(.0))]
    Zip(#[from] zip::result::ZipError),
    /// A ZIP without any member that could hold a statement.
    #[error("the ZIP holds no file")]
    EmptyZip,
    /// A ZIP none of whose members holds a statement; names them, and the messages that they are.
    #[error("the ZIP holds no statement, only {0}")]
    NoStatement(String),
    /// More members than [`Limits::zip_members`](crate::Limits::zip_members).
    #[error("the ZIP holds more files than the limit of {0}")]
    Members(usize),
    /// Deeper ZIPs than [`Limits::zip_nesting`](crate::Limits::zip_nesting).
    #[error("ZIPs are nested deeper than the limit of {0}")]
    Nesting(usize),
    /// More bytes than [`Limits::unpacked_bytes`](crate::Limits::unpacked_bytes).
    #[error("the ZIP unpacks to more than the limit of {0} bytes")]
    Unpacked(u64),
    /// More unpacked bytes per packed byte than [`Limits::ratio`](crate::Limits::ratio).
    #[error("the ZIP unpacks to more than the limit of {0} times its size")]
    Ratio(u64),
}

impl From<ReadError> for FileErrorKind {
    fn from(error: ReadError) -> Self {
        Self::Read(Box::new(error))
    }
}
