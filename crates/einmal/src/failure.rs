//! How a command ends.
//!
//! Knows no command. Invariant: why one failed is said in the reader's language.

use std::process::ExitCode;

use crate::speech::{refusal, say};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A use case refused.
    #[error(transparent)]
    Kasse(#[from] kasse::Error),
    /// Something could not be read or written.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// Stdout was closed.
    #[error("cannot print: {0}")]
    Print(#[from] std::io::Error),
    /// Anything else, in words.
    #[error("{0}")]
    Said(String),
}

impl Failure {
    /// The message in the reader's language; names of files and people are left unchanged.
    pub(crate) fn said(&self) -> String {
        match self {
            Failure::Kasse(kasse::Error::File(refused) | kasse::Error::Config(refused)) => refusal(refused),
            Failure::Kasse(error) => error.said(say),
            Failure::File(path, error) => format!("{path}: {}", say(&error.to_string())),
            Failure::Print(_) | Failure::Said(_) => say(&self.to_string()),
        }
    }
}

/// The result of a command: its exit code.
pub(crate) type Outcome = Result<ExitCode, Failure>;
