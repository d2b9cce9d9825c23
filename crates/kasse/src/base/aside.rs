//! Files that appear whole or not at all.
//!
//! Knows nothing of what is written. Invariant: nobody ever sees half of a file.

use std::io::Write as _;
use std::path::Path;

use crate::{Error, Result};

/// Writes a file beside its place and then moves it there, so that nobody ever sees half of it.
///
/// # Errors
/// What the file system says.
pub fn write_aside(path: &Path, bytes: &[u8]) -> Result<()> {
    aside(path, bytes)?.persist(path).map_err(|error| Error::io(path, error.error))?;
    Ok(())
}

/// Writes a file so that nobody ever sees half of it; one of that name is replaced.
///
/// # Errors
/// [`Error::Io`] where it cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    write_aside(path, bytes)
}

/// Writes a file beside its place: it is gone with what is returned, unless that is moved there.
pub(crate) fn aside(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(|error| Error::io(folder, error))?;
    aside.write_all(bytes).map_err(|error| Error::io(path, error))?;
    aside.as_file().sync_all().map_err(|error| Error::io(path, error))?;
    Ok(aside)
}
