//! What a person can type about files that are kept.

use std::path::PathBuf;

use clap::Subcommand;

/// Files as they were received and sent.
#[derive(Debug, Subcommand)]
pub(crate) enum Archive {
    /// Every file that is kept, with its digest
    List,
    /// Write one anew, byte for byte
    Get {
        /// SHA-256 of it, hexadecimal, as `list` shows it
        sha256: String,
        /// Where it is put
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}
