//! Files as they were received and sent: compressed parts, stored under the digest of the whole file.
//!
//! Must not know what a file contains. Invariant: the parts of a file are stored once, in the transaction of the fact
//! that names their digest, and never changed. They have no seal; the digest proves them.

use crate::bulk::{self, Target};
use crate::engine::{Stored, Tx};
use crate::facts::WRITTEN_FILE;
use crate::{Result, Sql, Value, WriteTx};

/// Where the bytes of a file are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the database.
    Database,
    /// In a folder beside the database.
    Folder,
}

impl Kept {
    /// The word that the database stores.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kept::Database => "database",
            Kept::Folder => "folder",
        }
    }

    /// The variant for a stored word.
    fn read(word: &str) -> Option<Kept> {
        [Kept::Database, Kept::Folder].into_iter().find(|kept| kept.word() == word)
    }
}

/// A file whose bytes are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// Its name when it was received or written.
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Where its bytes are.
    pub kept: Kept,
}

pub(crate) fn archive_target() -> Target<'static> {
    let columns = vec![("sha256", Stored::Text), ("part", Stored::Int), ("content", Stored::Text)];
    Target { table: "archive", columns, conflict: "" }
}

const HAS: Sql = Sql::same("SELECT part FROM archive WHERE sha256 = $1 AND part = 0");
const PART: Sql = Sql::same("SELECT content FROM archive WHERE sha256 = $1 AND part = $2");
const PARTS: Sql = Sql::same(
    "SELECT sha256, COUNT(*) AS parts, MIN(part) AS first, MAX(part) AS last FROM archive GROUP BY sha256 ORDER BY sha256",
);
const KEPT: Sql = Sql::same(
    "SELECT name, sha256, kept FROM source_file WHERE kept IS NOT NULL
     UNION SELECT name, sha256, kept FROM written_file WHERE kept IS NOT NULL ORDER BY sha256, name",
);
const KEPT_AS: Sql = Sql::same(
    "SELECT name, sha256, kept FROM source_file WHERE kept IS NOT NULL AND sha256 = $1
     UNION SELECT name, sha256, kept FROM written_file WHERE kept IS NOT NULL AND sha256 = $1 ORDER BY name",
);
const IS_WRITTEN: Sql = Sql::same("SELECT name FROM written_file WHERE run = $1 AND name = $2 AND sha256 = $3");

/// Whether the archive has a file.
pub async fn is_archived(tx: &mut Tx, sha256: &str) -> Result<bool> {
    Ok(tx.row(HAS, &[sha256.into()]).await?.is_some())
}

/// One part of a file, counted from 0; `None` after the last.
pub async fn archived_part(tx: &mut Tx, sha256: &str, part: i64) -> Result<Option<String>> {
    tx.row(PART, &[sha256.into(), part.into()]).await?.map(|row| row.text("content")).transpose()
}

/// Every file that the archive holds, whether a fact refers to it or not: its digest, and whether its parts are
/// numbered from 0 without a gap.
pub async fn archived(tx: &mut Tx) -> Result<Vec<(String, bool)>> {
    let row = |row: &crate::Row| {
        let whole = row.int("first")? == 0 && row.int("last")? == row.int("parts")? - 1;
        Ok((row.text("sha256")?, whole))
    };
    tx.rows(PARTS, &[]).await?.iter().map(row).collect()
}

/// Every file whose bytes are kept, received and written ones.
pub async fn kept_files(tx: &mut Tx) -> Result<Vec<KeptFile>> {
    tx.rows(KEPT, &[]).await?.iter().map(kept_file).collect()
}

/// The file with this digest, if its bytes are kept.
pub async fn kept_file_of(tx: &mut Tx, sha256: &str) -> Result<Option<KeptFile>> {
    tx.row(KEPT_AS, &[sha256.into()]).await?.as_ref().map(kept_file).transpose()
}

fn kept_file(row: &crate::Row) -> Result<KeptFile> {
    let word = row.text("kept")?;
    let kept = Kept::read(&word)
        .ok_or_else(|| crate::Error::Inconsistent { column: "kept".to_owned(), why: format!("{word:?} is unknown") })?;
    Ok(KeptFile { name: row.text("name")?, sha256: row.text("sha256")?, kept })
}

impl WriteTx {
    /// Stores a part of a file.
    pub async fn add_archived_part(&mut self, sha256: &str, part: i64, content: &str) -> Result<()> {
        let row: Vec<Value<'_>> = vec![sha256.into(), part.into(), content.into()];
        bulk::store(self, &archive_target(), &[row]).await
    }

    /// Stores the fact that a payment file was written; true if this was not known yet.
    pub async fn add_written_file(&mut self, run: i64, name: &str, sha256: &str, kept: Option<Kept>) -> Result<bool> {
        if self.row(IS_WRITTEN, &[run.into(), name.into(), sha256.into()]).await?.is_some() {
            return Ok(false);
        }
        let row: Vec<Value<'_>> = vec![run.into(), name.into(), sha256.into(), kept.map(Kept::word).into()];
        self.add(&WRITTEN_FILE, &[row]).await?;
        Ok(true)
    }
}
