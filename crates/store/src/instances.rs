//! Events of the books as a whole: restored, copied, unlocked, retired.
//!
//! Invariant: retired books, which go on in another database, are never written again (`WriteTx` asks here first).

use crate::engine::Tx;
use crate::facts::INSTANCE_EVENT;
use crate::{Error, Result, Sql, WriteTx};

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

    fn parse(word: &str) -> Result<InstanceKind> {
        let of_word = Self::ALL.iter().find(|(_, own)| *own == word).map(|(kind, _)| *kind);
        let why = || format!("{word:?} never happens to books");
        of_word.ok_or_else(|| Error::Inconsistent { column: "kind".to_owned(), why: why() })
    }
}

/// One event of the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceRow {
    /// The journal entry of the event.
    pub journal: i64,
    /// The kind of event.
    pub kind: InstanceKind,
    /// The code that identifiers for the bank contain from here on.
    pub code: Option<String>,
    /// Who did it.
    pub actor: String,
    /// The second person.
    pub second: Option<String>,
    /// From where or to where, or what was vouched for.
    pub note: String,
}

const INSTANCE_EVENTS: Sql =
    Sql::same("SELECT journal, kind, code, actor, second, note FROM instance_event ORDER BY id");
const LAST: Sql = Sql::same("SELECT kind, note FROM instance_event ORDER BY id DESC LIMIT 1");

/// All events, oldest first.
pub async fn instance_events(tx: &mut Tx) -> Result<Vec<InstanceRow>> {
    tx.rows(INSTANCE_EVENTS, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(InstanceRow {
                journal: row.int("journal")?,
                kind: InstanceKind::parse(&row.text("kind")?)?,
                code: row.opt_text("code")?,
                actor: row.text("actor")?,
                second: row.opt_text("second")?,
                note: row.text("note")?,
            })
        })
        .collect()
}

/// Refuses to write to retired books.
pub(crate) async fn refuse_retired(tx: &mut Tx) -> Result<()> {
    let Some(last) = tx.row(LAST, &[]).await? else { return Ok(()) };
    match InstanceKind::parse(&last.text("kind")?)? {
        InstanceKind::Retired => Err(Error::Retired(last.text("note")?)),
        _ => Ok(()),
    }
}

impl WriteTx {
    /// Stores an event of the books, by the person who acts in this transaction.
    pub async fn add_instance_event(
        &mut self,
        kind: InstanceKind,
        code: Option<&str>,
        second: Option<&str>,
        note: &str,
    ) -> Result<()> {
        let actor = self.act().actor.clone();
        let row = vec![kind.word().into(), code.into(), actor.into(), second.into(), note.into()];
        self.add(&INSTANCE_EVENT, &[row]).await.map(drop)
    }
}
