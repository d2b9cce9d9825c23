//! Whether there are books where a database is named.
//!
//! Invariant: asking makes none.

use std::path::Path;

use crate::failure::Failure;

/// Refuses books that are not there: opening a file makes it.
pub(crate) fn books_at(db: &str) -> Result<(), Failure> {
    match db.strip_prefix("sqlite://").map(Path::new) {
        Some(path) if !path.exists() => Err(Failure::Said(format!("there is no database at {}", path.display()))),
        _ => Ok(()),
    }
}
