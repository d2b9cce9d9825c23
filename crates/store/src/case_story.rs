//! The history of a case: what was decided and by whom, and what a person decided last.
//!
//! Only reads. Invariant: each verdict comes with the journal entry that added it, so that nobody is named as the
//! author of somebody else's decision.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::verdicts::VerdictRow;
use crate::{Result, Sql};

/// A verdict with the journal entry that added it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldVerdict {
    /// The verdict.
    pub verdict: VerdictRow,
    /// The number of that journal entry.
    pub entry: i64,
    /// Who made it.
    pub actor: String,
    /// The action of the entry, such as `match` or `resolve`.
    pub action: String,
}

const STORY: Sql = Sql::same(
    "SELECT v.id, v.journal, v.booking, v.decision, v.by_person, v.rules, v.decided_on, v.confidence, v.hold_complete,
            v.wait_until, v.evidence, v.pair, j.seq, j.actor, j.action
       FROM case_file c JOIN verdict v ON v.booking = c.booking JOIN journal j ON j.seq = v.journal
      WHERE c.id = $1 ORDER BY v.id",
);

/// Every verdict of a case, oldest first.
pub async fn case_story(tx: &mut Tx, case: i64) -> Result<Vec<ToldVerdict>> {
    tx.rows(STORY, &[case.into()])
        .await?
        .iter()
        .map(|row| {
            Ok(ToldVerdict {
                verdict: VerdictRow::read(row)?,
                entry: row.int("seq")?,
                actor: row.text("actor")?,
                action: row.text("action")?,
            })
        })
        .collect()
}

const LATEST: Sql = Sql::same(
    "SELECT seq, subject FROM journal WHERE actor = $1 AND business_day = $2 AND action = $3 ORDER BY seq DESC LIMIT 20",
);

/// The subjects of a person's last twenty journal entries with this action on this day, newest first: entry number and
/// subject.
pub async fn latest_subjects(tx: &mut Tx, actor: &str, day: Date, action: &str) -> Result<Vec<(i64, String)>> {
    let rows = tx.rows(LATEST, &[actor.into(), day.into(), action.into()]).await?;
    rows.iter().map(|row| Ok((row.int("seq")?, row.text("subject")?))).collect()
}
