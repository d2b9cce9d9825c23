//! Why a status report cannot be read, where, and what to do.
//!
//! Invariant: each message names a place in the file as it was given, not in its decoded text.

use std::fmt;

use crate::markup::Broken;
use crate::source::NoText;

/// More than the depth of any element of the message, in an envelope or not.
pub(super) const DEPTH: usize = 64;

/// Why a file is no status report. If anything is wrong, nothing of the file is used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StatusError {
    /// It is another message, or no XML at all.
    #[error("it is no pain.002: it has no CstmrPmtStsRpt")]
    Foreign,
    /// It declares an encoding that is not read here.
    #[error("the encoding {0} is not supported; ask the bank for UTF-8")]
    Encoding(String),
    /// Its bytes are not those of its encoding.
    #[error("byte {byte}: it is not {encoding}; the file is damaged or declares a wrong encoding: fetch it again")]
    Bytes {
        /// The first wrong byte, from 0.
        byte: u64,
        /// The encoding that was declared or assumed.
        encoding: &'static str,
    },
    /// It is not well-formed.
    #[error("{0}: {1}; the file is damaged: fetch it again")]
    Malformed(StatusPlace, String),
    /// It ends before its last element does.
    #[error("{0}: the file is cut off: fetch it again")]
    CutOff(StatusPlace),
    /// It has a document type declaration, which no bank writes.
    #[error("{0}: a DOCTYPE is never processed; banks write none: find out where the file comes from")]
    Doctype(StatusPlace),
    /// Elements are nested deeper than in any version of the message.
    #[error("{0}: elements are nested deeper than {DEPTH}; banks write no such file: find out where it comes from")]
    TooDeep(StatusPlace),
    /// Another document or report follows.
    #[error("{0}: a second document begins; take each report as a file of its own")]
    Several(StatusPlace),
    /// An element that says one thing is there twice, with different words.
    #[error("{0}: it is given a second time with another word; ask the bank which of the two holds")]
    Twice(StatusPlace),
}

/// A place in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusPlace {
    /// The line, from 1.
    pub line: u64,
    /// The byte of the file, from 0.
    pub byte: u64,
    /// The open elements without prefixes, the outermost first; empty outside of any.
    pub path: String,
}

impl fmt::Display for StatusPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, byte {}", self.line, self.byte)?;
        if self.path.is_empty() { Ok(()) } else { write!(formatter, ", in {}", self.path) }
    }
}

/// What is wrong, before the place is known.
pub(super) enum Fault {
    Foreign,
    Malformed(String),
    CutOff,
    Doctype,
    TooDeep,
    Several,
    Twice,
}

impl Fault {
    /// The error, now that the place is known.
    pub(super) fn at(self, place: StatusPlace) -> StatusError {
        match self {
            Fault::Foreign => StatusError::Foreign,
            Fault::Malformed(why) => StatusError::Malformed(place, why),
            Fault::CutOff => StatusError::CutOff(place),
            Fault::Doctype => StatusError::Doctype(place),
            Fault::TooDeep => StatusError::TooDeep(place),
            Fault::Several => StatusError::Several(place),
            Fault::Twice => StatusError::Twice(place),
        }
    }
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Fault {
        match broken {
            Broken::Malformed(why) => Fault::Malformed(why),
            Broken::CutOff => Fault::CutOff,
            Broken::Doctype => Fault::Doctype,
        }
    }
}

impl From<NoText> for StatusError {
    fn from(why: NoText) -> StatusError {
        match why {
            NoText::Encoding(label) => StatusError::Encoding(label),
            NoText::Bytes(byte, encoding) => StatusError::Bytes { byte, encoding },
        }
    }
}
