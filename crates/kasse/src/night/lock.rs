//! One nightly job at a time for each of its folders.
//!
//! Knows no books. Invariant: the lock ends with the process, however that ends.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The file in a folder that is locked as long as a night goes on.
pub(super) const LOCK: &str = ".einmal.lock";

/// Nobody else works on these folders while this lives.
#[derive(Debug)]
pub struct Alone {
    _locks: Vec<File>,
}

/// Locks folders; nothing where another nightly job is at work on one of them.
///
/// # Errors
/// [`Error::Io`] for a folder that is not there or in which nothing can be written.
pub fn alone(folders: &[&Path]) -> Result<Option<Alone>> {
    let real = |folder: &&Path| folder.canonicalize().map_err(|error| Error::io(folder, error));
    // in the same order whoever asks, and none twice
    let folders: BTreeSet<PathBuf> = folders.iter().map(real).collect::<Result<_>>()?;
    let mut locks = Vec::new();
    for folder in folders {
        let path = folder.join(LOCK);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| Error::io(&path, error))?;
        match file.try_lock() {
            Ok(()) => locks.push(file),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(Error::io(&path, error)),
        }
    }
    Ok(Some(Alone { _locks: locks }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_the_same_folder_twice_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::create_dir(&one).unwrap();
        std::fs::create_dir(&other).unwrap();
        let first = alone(&[&one, &folder.path().join("a/../a")]).unwrap().unwrap();
        assert!(alone(&[&other, &one]).unwrap().is_none());
        assert!(alone(&[&other]).unwrap().is_some());
        drop(first);
        assert!(alone(&[&other, &one]).unwrap().is_some());
        assert!(matches!(alone(&[&folder.path().join("none")]), Err(Error::Io { .. })));
    }
}
