//! Facts about control rather than about money: risks that a releaser acknowledged, corrections that two people made,
//! changes of the settings.
//!
//! Only stores and loads; `kasse` decides which row applies. Invariant: a correction is a newer row; an older row is
//! never changed.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{ACCOUNT_END, ACKNOWLEDGED, AS_OF_CORRECTION, DAY_CORRECTION, SETTING_CHANGE};
use crate::journal::SettingChange;
use crate::{Result, Row, Sql, Value, WriteTx};

/// A statement that two people answer for, with their reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countersigned<T> {
    /// What they state.
    pub what: T,
    /// Their reason.
    pub reason: String,
    /// The first person.
    pub actor: String,
    /// The second person.
    pub second: String,
}

impl<T> Countersigned<T> {
    pub(crate) fn read(row: &Row, what: T) -> Result<Countersigned<T>> {
        Ok(Countersigned { what, reason: row.text("reason")?, actor: row.text("actor")?, second: row.text("second")? })
    }
}

impl WriteTx {
    /// Stores which cases without a complete hold a releaser acknowledged, each with its amount in doubt in cents.
    pub async fn add_acknowledged(&mut self, run: i64, cases: &[(i64, i64)]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> =
            cases.iter().map(|(case, amount)| vec![run.into(), (*case).into(), (*amount).into()]).collect();
        self.add(&ACKNOWLEDGED, &rows).await.map(drop)
    }

    /// Stores a correction of the last bank day that the old system had posted.
    pub async fn add_as_of_correction(&mut self, said: &Countersigned<Option<Date>>) -> Result<()> {
        let row = vec![said.what.into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        self.add(&AS_OF_CORRECTION, &[row]).await.map(drop)
    }

    /// Stores that the statements of an account are needed no longer.
    pub async fn add_account_end(&mut self, said: &Countersigned<String>) -> Result<()> {
        let row = vec![(&said.what).into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        self.add(&ACCOUNT_END, &[row]).await.map(drop)
    }

    /// Stores that the books go on at an earlier business day than the newest entry's.
    pub async fn add_day_correction(&mut self, said: &Countersigned<Date>) -> Result<()> {
        let row = vec![said.what.into(), (&said.reason).into(), (&said.actor).into(), (&said.second).into()];
        self.add(&DAY_CORRECTION, &[row]).await.map(drop)
    }

    /// Notes what changed in the settings since the last entry. It is stored with this transaction's entry, if one is
    /// written.
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

/// What the newest release of a run acknowledged: each case with its amount in doubt in cents.
pub async fn acknowledged(tx: &mut Tx, run: i64) -> Result<Vec<(i64, i64)>> {
    let rows = tx.rows(ACKNOWLEDGED_BY_RELEASE, &[run.into()]).await?;
    rows.iter().map(|row| Ok((row.int("case_file")?, row.int("amount")?))).collect()
}

const AS_OF_FIRST: Sql = Sql::same("SELECT as_of FROM source_file WHERE kind = 'open_items' ORDER BY id LIMIT 1");
const AS_OF_CORRECTIONS: Sql = Sql::same("SELECT as_of, reason, actor, second FROM as_of_correction ORDER BY id");

/// The last bank day that the system which made the first open-items list had posted, as two people corrected it last.
pub async fn as_of(tx: &mut Tx) -> Result<Option<Date>> {
    if let Some(corrected) = as_of_corrections(tx).await?.pop() {
        return Ok(corrected.what);
    }
    Ok(match tx.row(AS_OF_FIRST, &[]).await? {
        Some(row) => row.opt_day("as_of")?,
        None => None,
    })
}

/// All corrections of that day, oldest first.
pub async fn as_of_corrections(tx: &mut Tx) -> Result<Vec<Countersigned<Option<Date>>>> {
    let rows = tx.rows(AS_OF_CORRECTIONS, &[]).await?;
    rows.iter().map(|row| Countersigned::read(row, row.opt_day("as_of")?)).collect()
}

const ACCOUNT_ENDS: Sql = Sql::same("SELECT account, reason, actor, second FROM account_end ORDER BY id");

/// The accounts whose statements are needed no longer, oldest first.
pub async fn account_ends(tx: &mut Tx) -> Result<Vec<Countersigned<String>>> {
    let rows = tx.rows(ACCOUNT_ENDS, &[]).await?;
    rows.iter().map(|row| Countersigned::read(row, row.text("account")?)).collect()
}

const DAY_CORRECTIONS: Sql = Sql::same("SELECT day, reason, actor, second FROM day_correction ORDER BY id");

/// Every correction of the business day, oldest first.
pub async fn day_corrections(tx: &mut Tx) -> Result<Vec<Countersigned<Date>>> {
    let rows = tx.rows(DAY_CORRECTIONS, &[]).await?;
    rows.iter().map(|row| Countersigned::read(row, row.day("day")?)).collect()
}

const WATCHED_SINCE: Sql =
    Sql::same("SELECT DISTINCT account FROM statement WHERE kind = 'statement' AND last_day >= $1 ORDER BY account");

/// The accounts that have a statement which ends on this day or later.
pub async fn watched_since(tx: &mut Tx, day: Date) -> Result<Vec<String>> {
    let rows = tx.rows(WATCHED_SINCE, &[day.into()]).await?;
    rows.iter().map(|row| row.text("account")).collect()
}

const SETTINGS_KNOWN: Sql = Sql::same(
    "SELECT name, after_value FROM setting_change WHERE id IN (SELECT MAX(id) FROM setting_change GROUP BY name)
      ORDER BY name",
);

const SETTINGS_BETWEEN: Sql = Sql::same(
    "SELECT name, before_value, after_value FROM setting_change WHERE journal > $1 AND journal <= $2
        AND journal > (SELECT MIN(journal) FROM setting_change) ORDER BY id",
);

/// What changed in the settings after one entry and up to another, the oldest first; the first settings are no change.
pub async fn settings_between(tx: &mut Tx, after: i64, until: i64) -> Result<Vec<SettingChange>> {
    let rows = tx.rows(SETTINGS_BETWEEN, &[after.into(), until.into()]).await?;
    let read = |row: &Row| {
        let (before, after) = (row.opt_text("before_value")?, row.opt_text("after_value")?);
        Ok(SettingChange { name: row.text("name")?, before, after })
    };
    rows.iter().map(read).collect()
}

/// The settings as they were when the last journal entry was written: each key with its value.
pub async fn settings_known(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    let rows = tx.rows(SETTINGS_KNOWN, &[]).await?;
    let known: Vec<(String, Option<String>)> =
        rows.iter().map(|row| Ok((row.text("name")?, row.opt_text("after_value")?))).collect::<Result<_>>()?;
    Ok(known.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}
