//! What happens to books as a whole, and whether they are written at all.
//!
//! Invariant: retired books, which go on in another database, and backups are never written (`Db::write` asks here first).

use crate::engine::Tx;
use crate::{Error, Result, Sql};

/// The kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceKind {
    /// The books were restored from a backup.
    Restored,
    /// The books were copied here from another database.
    Copied,
    /// Two people vouched that every payment file is known here.
    Unlocked,
    /// The books go on in another database.
    Retired,
    /// Two people took that back: the books go on here.
    Revived,
}

impl InstanceKind {
    const ALL: [(InstanceKind, &'static str); 5] = [
        (InstanceKind::Restored, "restored"),
        (InstanceKind::Copied, "copied"),
        (InstanceKind::Unlocked, "unlocked"),
        (InstanceKind::Retired, "retired"),
        (InstanceKind::Revived, "revived"),
    ];

    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    pub(crate) fn parse(word: &str) -> Result<InstanceKind> {
        let of_word = Self::ALL.iter().find(|(_, own)| *own == word).map(|(kind, _)| *kind);
        let why = || format!("{word:?} never happens to books");
        of_word.ok_or_else(|| Error::Inconsistent { column: "kind".to_owned(), why: why() })
    }
}

const LAST: Sql = Sql::same("SELECT kind, note FROM instance_event ORDER BY id DESC LIMIT 1");

const MARK: Sql = Sql::same("SELECT made_at FROM backup_mark LIMIT 1");
const SET_MARK: Sql = Sql::same("INSERT INTO backup_mark (made_at) VALUES ($1)");

/// Says of a copy that it is a backup.
pub(crate) async fn mark(tx: &mut Tx, at: &str) -> Result<()> {
    tx.execute(SET_MARK, &[at.into()]).await.map(drop)
}

/// Refuses to write to a backup.
pub(crate) async fn refuse_backup(tx: &mut Tx) -> Result<()> {
    match tx.row(MARK, &[]).await? {
        Some(row) => Err(Error::Backup(row.text("made_at")?)),
        None => Ok(()),
    }
}

/// Refuses to write to retired books.
pub(crate) async fn refuse_retired(tx: &mut Tx) -> Result<()> {
    let Some(last) = tx.row(LAST, &[]).await? else { return Ok(()) };
    match InstanceKind::parse(&last.text("kind")?)? {
        InstanceKind::Retired => Err(Error::Retired(last.text("note")?)),
        _ => Ok(()),
    }
}
