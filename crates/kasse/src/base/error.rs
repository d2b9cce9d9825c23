//! What a use case can refuse, in words for the person who asked for it.

use std::fmt;

/// The outcome of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a use case was not done; nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings cannot be read.
    #[error(transparent)]
    Config(Refused),
    /// A file was refused; the message names file, line and field.
    #[error(transparent)]
    File(Refused),
    /// There is no such thing.
    #[error("{0}")]
    Unknown(String),
    /// The rules forbid it; the message says what to do.
    #[error("{0}")]
    Refused(String),
    /// The person's roles do not give him the right.
    #[error("{0}")]
    Forbidden(String),
    /// The same order was carried out before; nothing was done again.
    #[error("this was done already (journal entry {journal}): nothing was done again")]
    Repeated {
        /// The entry that did it.
        journal: i64,
        /// Whether the same was asked for; otherwise the order's mark was used for another.
        same: bool,
    },
    /// Something changed between looking and acting.
    #[error("{0}")]
    Changed(String),
    /// A file could not be written or read.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The payment file could not be made.
    #[error("the payment file cannot be written: {0}")]
    Pain(#[from] sepa_xml::WriteError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What only a bug can cause.
    #[error("internal error: {0}")]
    Internal(String),
}

/// Why a file was refused. Its name is not ours: who says this in another language leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// The file as it is called, with the member of a container; empty where the reason is none of the file's.
    pub file: String,
    /// The reason, a text of ours.
    pub why: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.file.is_empty() { "" } else { ": " };
        write!(out, "{}{colon}{}", self.file, self.why)
    }
}

impl serde::Serialize for Refused {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Refused {
    /// In a person's words: `say` is asked for those of the reason.
    pub fn said(&self, say: impl Fn(&str) -> String) -> String {
        Refused { file: self.file.clone(), why: say(&self.why) }.to_string()
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        match error {
            Error::File(refused) | Error::Config(refused) => refused,
            Error::Io { path, source } => Refused { file: path, why: source.to_string() },
            other => Refused { file: String::new(), why: other.to_string() },
        }
    }
}

impl From<camt::FileError> for Error {
    fn from(error: camt::FileError) -> Error {
        Error::file(error.document, error.kind)
    }
}

impl Error {
    /// A file that is refused.
    pub(crate) fn file(file: impl fmt::Display, why: impl fmt::Display) -> Error {
        Error::File(Refused { file: file.to_string(), why: why.to_string() })
    }

    /// Settings that are refused.
    pub(crate) fn settings(file: &std::path::Path, why: String) -> Error {
        Error::Config(Refused { file: file.display().to_string(), why })
    }

    /// In a person's words: `say` is asked for ours, a name stays as it is.
    pub fn said(&self, say: impl Fn(&str) -> String) -> String {
        match self {
            Error::File(refused) | Error::Config(refused) => refused.said(say),
            Error::Io { path, source } => format!("{path}: {}", say(&source.to_string())),
            other => say(&other.to_string()),
        }
    }

    /// A failure of a file on disk.
    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> Error {
        Error::Io { path: path.display().to_string(), source }
    }
}
