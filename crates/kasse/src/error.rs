//! What a use case can refuse, in words for the person who asked for it.

/// The outcome of a use case.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a use case was not done; nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings cannot be read.
    #[error("{0}")]
    Config(String),
    /// A file was refused; the message names file, line and field.
    #[error("{0}")]
    File(String),
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

impl Error {
    /// A failure of a file on disk.
    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> Error {
        Error::Io { path: path.display().to_string(), source }
    }
}
