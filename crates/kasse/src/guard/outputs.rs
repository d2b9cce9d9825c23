//! The files that a check writes: all of them or none, readable by nobody else.
//!
//! Must not know what is in them. Invariants: no file is put over another; where one cannot be moved to its place, those that
//! were are taken away again.

use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::base::aside::aside;
use crate::{Error, Result};

/// Files that are to be written.
#[derive(Debug, Default)]
pub(super) struct Outputs(Vec<(PathBuf, NamedTempFile)>);

impl Outputs {
    /// Writes one aside.
    pub(super) fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<()> {
        refuse_known(path)?;
        let file = aside(path, bytes)?;
        self.0.push((path.to_owned(), file));
        Ok(())
    }

    /// Moves all to their places.
    pub(super) fn place(self) -> Result<()> {
        let mut placed: Vec<PathBuf> = Vec::new();
        for (path, file) in self.0 {
            if let Err(error) = file.persist_noclobber(&path) {
                placed.iter().for_each(|done| drop(std::fs::remove_file(done)));
                return Err(Error::io(&path, error.error));
            }
            placed.push(path);
        }
        Ok(())
    }
}

/// A file that stands there may be the one that went to the bank.
pub(super) fn refuse_known(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Ok(_) => Err(Error::Refused(format!(
            "{} is there already and is not written over: take another name, or move it away",
            path.display()
        ))),
        Err(_) => Ok(()),
    }
}

/// The same name with a word before its ending: `CLEAN.held.xml`.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    path.with_extension(ending)
}
