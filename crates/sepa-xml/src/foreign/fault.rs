//! What is wrong with a file of another system, in words that a clerk can take to whoever made it.
//!
//! Invariant: each fault names its line; no more than fifty are told, and how many more there are.

use std::fmt;

use crate::source::NoText;

/// So many faults are told one by one.
const TOLD: usize = 50;

/// One fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignFault {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong, with what to do where that is not plain.
    pub what: String,
}

impl fmt::Display for ForeignFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.what)
    }
}

/// Why a file is not used. Nothing of it is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ForeignError {
    /// It is another message, or no XML at all.
    #[error("it is no direct-debit file (pain.008): it has no CstmrDrctDbtInitn")]
    NoDebits,
    /// It declares an encoding that is not read here.
    #[error("the encoding {0} is not supported; write the file as UTF-8")]
    Encoding(String),
    /// Its bytes are not those of its encoding.
    #[error("byte {byte}: it is not {encoding}; the file is damaged or declares a wrong encoding: fetch it again")]
    Bytes {
        /// The first wrong byte, from 0.
        byte: u64,
        /// The encoding that was declared or assumed.
        encoding: &'static str,
    },
    /// It is damaged; what comes behind that place was not read.
    #[error("line {}: {}; the file is damaged: fetch it again", .0.line, .0.what)]
    Broken(ForeignFault),
    /// It has a document type declaration, which no system writes that makes payment files.
    #[error("line {0}: a DOCTYPE is never processed; find out where the file comes from")]
    Doctype(u64),
    /// It can be read, and is wrong.
    #[error("{}", told(.0, *.1))]
    Faults(Vec<ForeignFault>, usize),
}

fn told(faults: &[ForeignFault], more: usize) -> String {
    let mut lines: Vec<String> = faults.iter().map(ForeignFault::to_string).collect();
    if more > 0 {
        lines.push(format!("{more} more lines are faulty"));
    }
    lines.join("\n")
}

impl From<NoText> for ForeignError {
    fn from(why: NoText) -> ForeignError {
        match why {
            NoText::Encoding(label) => ForeignError::Encoding(label),
            NoText::Bytes(byte, encoding) => ForeignError::Bytes { byte, encoding },
        }
    }
}

/// Faults as they are found.
#[derive(Clone, Default, Debug)]
pub(super) struct Faults {
    first: Vec<ForeignFault>,
    more: usize,
}

impl Faults {
    pub(super) fn add(&mut self, line: u64, what: impl fmt::Display) {
        if self.first.len() < TOLD {
            self.first.push(ForeignFault { line, what: what.to_string() });
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Nothing, where nothing is wrong.
    pub(super) fn none(mut self) -> Result<(), ForeignError> {
        if self.first.is_empty() {
            return Ok(());
        }
        self.first.sort_by_key(|fault| fault.line);
        Err(ForeignError::Faults(self.first, self.more))
    }
}
