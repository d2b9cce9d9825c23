//! `einmal archive`: files as they were received and sent.
//!
//! Only the commands; `kasse` decides what is kept and how it is proven.

use kasse::Kasse;

use crate::cli::Archive;
use crate::failure::Failure;
use crate::format_cli::Format;
use crate::output::{self, note};

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
