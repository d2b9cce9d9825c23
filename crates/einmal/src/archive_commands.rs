//! `einmal archive`: files as they were received and sent.
//!
//! Knows how they are asked for; what is kept and proven is `kasse`'s.

use std::path::PathBuf;

use clap::Subcommand;
use kasse::Kasse;

use crate::cli::Format;
use crate::commands::Failure;
use crate::output::{self, note};

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

pub(crate) async fn run(kasse: &Kasse, format: Format, archive: Archive) -> Result<(), Failure> {
    match archive {
        Archive::List => output::list(format, &kasse::kept_files(kasse).await?, &["file", "sha256", "kept"])?,
        Archive::Get { sha256, out } => {
            let name = kasse::take_out(kasse, &sha256, &out).await?;
            note(&format!("{} is {name} as it was kept", out.display()));
        }
    }
    Ok(())
}
