//! What stands over the single acts: what a releaser took upon himself, what two people corrected, what changed in the settings.
//!
//! Knows rows, not when they count. Invariant: a correction is a newer row, never another value in an older one.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{ACCOUNT_END, ACKNOWLEDGED, AS_OF_CORRECTION, DAY_CORRECTION, SETTING_CHANGE};
use crate::{Result, Row, Sql, Value, WriteTx};

/// Something that two people answer for, with their reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countersigned<T> {
    /// What.
    pub what: T,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// And with whom.
    pub second: String,
}

impl<T> Countersigned<T> {
    fn read(row: &Row, what: T) -> Result<Countersigned<T>> {
        Ok(Countersigned { what, reason: row.text("reason")?, actor: row.text("actor")?, second: row.text("second")? })
    }
}

/// A key of the settings that says something else than when it was last remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// The key, with its table: `collect.least_amount`.
    pub name: String,
    /// What it said before; nothing where it is new.
    pub before: Option<String>,
    /// What it says now; nothing where it is gone.
    pub after: Option<String>,
}

impl WriteTx {
    /// Remembers which cases without a complete hold a releaser took upon himself, with the cents in doubt of each.
    pub async fn add_acknowledged(&mut self, run: i64, cases: &[(i64, i64)]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> =
            cases.iter().map(|(case, amount)| vec![run.into(), (*case).into(), (*amount).into()]).collect();
        self.add(&ACKNOWLEDGED, &rows).await.map(drop)
    }

    /// Remembers another last bank day that the old system had posted.
    pub async fn add_as_of_correction(&mut self, said: &Countersigned<Option<Date>>) -> Result<()> {
        let row = vec![said.what.into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        self.add(&AS_OF_CORRECTION, &[row]).await.map(drop)
    }

    /// Remembers that an account's statements are asked for no more.
    pub async fn add_account_end(&mut self, said: &Countersigned<String>) -> Result<()> {
        let row = vec![(&said.what).into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        self.add(&ACCOUNT_END, &[row]).await.map(drop)
    }

    /// Remembers that the books go on at an earlier business day.
    pub async fn add_day_correction(&mut self, said: &Countersigned<Date>) -> Result<()> {
        let row = vec![said.what.into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        self.add(&DAY_CORRECTION, &[row]).await.map(drop)
    }

    /// What changed in the settings since the last entry: stored with this one, if it is written.
    pub fn note_settings(&mut self, changes: Vec<SettingChange>) {
        self.settings = changes;
    }

    pub(crate) async fn add_settings(&mut self) -> Result<()> {
        let changes = std::mem::take(&mut self.settings);
        let rows: Vec<Vec<Value<'_>>> =
            changes.iter().map(|row| vec![(&row.name).into(), (&row.before).into(), (&row.after).into()]).collect();
        self.add(&SETTING_CHANGE, &rows).await.map(drop)
    }
}

const ACKNOWLEDGED_BY_RELEASE: Sql = Sql::same(
    "SELECT case_file, amount FROM acknowledged
      WHERE run = $1 AND journal = (SELECT MAX(journal) FROM run_event WHERE run = $1 AND kind = 'released')
      ORDER BY case_file",
);

/// What the newest release of a run acknowledged: each case with the cents that were in doubt.
pub async fn acknowledged(tx: &mut Tx, run: i64) -> Result<Vec<(i64, i64)>> {
    let rows = tx.rows(ACKNOWLEDGED_BY_RELEASE, &[run.into()]).await?;
    rows.iter().map(|row| Ok((row.int("case_file")?, row.int("amount")?))).collect()
}

const AS_OF_FIRST: Sql = Sql::same("SELECT as_of FROM source_file WHERE kind = 'open_items' ORDER BY id LIMIT 1");
const AS_OF_CORRECTIONS: Sql = Sql::same("SELECT as_of, reason, actor, second FROM as_of_correction ORDER BY id");

/// The last bank day that the system which made the first open-items list had posted, as two people have corrected it.
pub async fn as_of(tx: &mut Tx) -> Result<Option<Date>> {
    if let Some(corrected) = as_of_corrections(tx).await?.pop() {
        return Ok(corrected.what);
    }
    Ok(match tx.row(AS_OF_FIRST, &[]).await? {
        Some(row) => row.opt_day("as_of")?,
        None => None,
    })
}

/// Each correction of that day, oldest first.
pub async fn as_of_corrections(tx: &mut Tx) -> Result<Vec<Countersigned<Option<Date>>>> {
    let rows = tx.rows(AS_OF_CORRECTIONS, &[]).await?;
    rows.iter().map(|row| Countersigned::read(row, row.opt_day("as_of")?)).collect()
}

const ACCOUNT_ENDS: Sql = Sql::same("SELECT account, reason, actor, second FROM account_end ORDER BY id");

/// The accounts whose statements are asked for no more, oldest first.
pub async fn account_ends(tx: &mut Tx) -> Result<Vec<Countersigned<String>>> {
    let rows = tx.rows(ACCOUNT_ENDS, &[]).await?;
    rows.iter().map(|row| Countersigned::read(row, row.text("account")?)).collect()
}

const DAY_CORRECTIONS: Sql = Sql::same("SELECT day, reason, actor, second FROM day_correction ORDER BY id");

/// Each time that two people let the books go on at an earlier day.
pub async fn day_corrections(tx: &mut Tx) -> Result<Vec<Countersigned<Date>>> {
    let rows = tx.rows(DAY_CORRECTIONS, &[]).await?;
    rows.iter().map(|row| Countersigned::read(row, row.day("day")?)).collect()
}

const WATCHED_SINCE: Sql =
    Sql::same("SELECT DISTINCT account FROM statement WHERE kind = 'statement' AND last_day >= $1 ORDER BY account");

/// The accounts of which there is a statement that ends on this day or later.
pub async fn watched_since(tx: &mut Tx, day: Date) -> Result<Vec<String>> {
    let rows = tx.rows(WATCHED_SINCE, &[day.into()]).await?;
    rows.iter().map(|row| row.text("account")).collect()
}

const SETTINGS_KNOWN: Sql = Sql::same(
    "SELECT name, after_value FROM setting_change WHERE id IN (SELECT MAX(id) FROM setting_change GROUP BY name)
      ORDER BY name",
);

/// What the settings said when the last entry was written: each key that stood there, with its value.
pub async fn settings_known(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    let rows = tx.rows(SETTINGS_KNOWN, &[]).await?;
    let known: Vec<(String, Option<String>)> =
        rows.iter().map(|row| Ok((row.text("name")?, row.opt_text("after_value")?))).collect::<Result<_>>()?;
    Ok(known.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}
