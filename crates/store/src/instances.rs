//! Events of the books as a whole: restored, copied, unlocked, retired.
//!
//! Invariant: an event is never changed; the newest one says where the books stand.

use crate::engine::Tx;
use crate::facts::INSTANCE_EVENT;
use crate::retired::InstanceKind;
use crate::{Result, Sql, WriteTx};

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
