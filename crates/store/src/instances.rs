//! What became of the books as a whole: restored, copied, unlocked, retired.
//!
//! Invariant: books that go on elsewhere are never written again (`WriteTx` asks here first).

use crate::engine::Tx;
use crate::facts::INSTANCE_EVENT;
use crate::{Error, Result, Sql, WriteTx};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceKind {
    /// They were put back from a backup.
    Restored,
    /// They were copied here from another database.
    Copied,
    /// Two people vouched that every payment file is known here.
    Unlocked,
    /// They go on elsewhere.
    Retired,
}

impl InstanceKind {
    const ALL: [(InstanceKind, &'static str); 4] = [
        (InstanceKind::Restored, "restored"),
        (InstanceKind::Copied, "copied"),
        (InstanceKind::Unlocked, "unlocked"),
        (InstanceKind::Retired, "retired"),
    ];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    fn parse(word: &str) -> Result<InstanceKind> {
        let of_word = Self::ALL.iter().find(|(_, own)| *own == word).map(|(kind, _)| *kind);
        let why = || format!("{word:?} never happens to books");
        of_word.ok_or_else(|| Error::Inconsistent { column: "kind".to_owned(), why: why() })
    }
}

/// One such event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceRow {
    /// The journal entry that says so.
    pub journal: i64,
    /// What happened.
    pub kind: InstanceKind,
    /// The part of ids that is new from here on.
    pub code: Option<String>,
    /// Who did it.
    pub actor: String,
    /// Who vouched with him.
    pub second: Option<String>,
    /// From where, to where, or what was vouched for.
    pub note: String,
}

const INSTANCE_EVENTS: Sql =
    Sql::same("SELECT journal, kind, code, actor, second, note FROM instance_event ORDER BY id");
const LAST: Sql = Sql::same("SELECT kind, note FROM instance_event ORDER BY id DESC LIMIT 1");

/// All of them, oldest first.
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

/// Refuses to write in books that go on elsewhere.
pub(crate) async fn refuse_retired(tx: &mut Tx) -> Result<()> {
    let Some(last) = tx.row(LAST, &[]).await? else { return Ok(()) };
    match InstanceKind::parse(&last.text("kind")?)? {
        InstanceKind::Retired => Err(Error::Retired(last.text("note")?)),
        _ => Ok(()),
    }
}

impl WriteTx {
    /// Remembers what became of the books, by whom this transaction acts.
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
