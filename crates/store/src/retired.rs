//! What happens to books as a whole, and whether they are retired.
//!
//! Invariant: retired books, which go on in another database, are never written again (`Db::write` asks here first).

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
}

impl InstanceKind {
    const ALL: [(InstanceKind, &'static str); 4] = [
        (InstanceKind::Restored, "restored"),
        (InstanceKind::Copied, "copied"),
        (InstanceKind::Unlocked, "unlocked"),
        (InstanceKind::Retired, "retired"),
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

/// Refuses to write to retired books.
pub(crate) async fn refuse_retired(tx: &mut Tx) -> Result<()> {
    let Some(last) = tx.row(LAST, &[]).await? else { return Ok(()) };
    match InstanceKind::parse(&last.text("kind")?)? {
        InstanceKind::Retired => Err(Error::Retired(last.text("note")?)),
        _ => Ok(()),
    }
}
