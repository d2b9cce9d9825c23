//! The sample of the demo, into books.

use std::path::{Path, PathBuf};

use kasse::{ImportOptions, Imported, Kasse, Matched, Progress};

use crate::failure::Failure;

/// A progress observer that shows nothing.
pub(crate) struct Silent;

impl Progress for Silent {
    fn file(&self, _: usize, _: usize, _: &str) {}
    fn advance(&self, _: usize) {}
}

/// Imports the sample that lies in a folder, and matches it.
pub(crate) async fn bring_in(kasse: &Kasse, out: &Path) -> Result<(Imported, Matched), Failure> {
    let inputs: Vec<PathBuf> =
        ["offene-posten.csv", "mandate.csv", "kontoauszuege"].map(|name| out.join(name)).to_vec();
    let imported = kasse::import(kasse, &inputs, &ImportOptions::default(), &Silent).await?;
    if let Some(why) = imported.files.iter().find_map(|file| file.error.clone()) {
        return Err(kasse::Error::File(why).into());
    }
    let matched = kasse::match_all(kasse).await?;
    Ok((imported, matched))
}
