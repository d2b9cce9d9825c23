//! Walks folders, always in the same order.
//!
//! Knows nothing of what the files hold.
//! Invariant: files come in the order of their names, whatever the file system's order is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Every file below a folder, sorted.
///
/// # Errors
/// If a folder cannot be read.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            let list = if entry.file_type()?.is_dir() { &mut waiting } else { &mut found };
            list.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
