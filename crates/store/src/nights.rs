//! What the nightly job leaves in the books beside files and verdicts: which payment files it put into the outbox, and the
//! nights that it has closed.
//!
//! Invariant: a file is put out once for a run, under one name.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{NIGHT, OUTBOX_FILE};
use crate::{Result, Row, Sql, Value, WriteTx};

/// A payment file that was put into the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// The journal's entry that says so.
    pub journal: i64,
    /// The run, of direct debits or of refunds.
    pub run: i64,
    /// The file's name in the outbox.
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// A night that was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NightRow {
    /// The journal's entry that closed it.
    pub journal: i64,
    /// The wall clock, UTC, RFC 3339.
    pub at: String,
    /// The business day.
    pub day: Date,
    /// How it ended: `nothing` (to do for people), `people` (are needed), `failed`.
    pub outcome: String,
    /// Its summary, JSON without personal data.
    pub summary: String,
}

impl WriteTx {
    /// Remembers that a payment file is put into the outbox.
    pub async fn add_outbox_file(&mut self, run: i64, name: &str, sha256: &str) -> Result<()> {
        let row: Vec<Value<'_>> = vec![run.into(), name.into(), sha256.into()];
        self.add(&OUTBOX_FILE, &[row]).await.map(drop)
    }

    /// Closes a night.
    pub async fn add_night(&mut self, outcome: &str, summary: &str) -> Result<()> {
        let day = self.act().day;
        let row: Vec<Value<'_>> = vec![day.into(), outcome.into(), summary.into()];
        self.add(&NIGHT, &[row]).await.map(drop)
    }
}

const OUTBOX_FILES: Sql = Sql::same("SELECT journal, run, name, sha256 FROM outbox_file ORDER BY id");
const NIGHTS: Sql = Sql::same(
    "SELECT night.journal, journal.at, night.day, night.outcome, night.summary
       FROM night JOIN journal ON journal.seq = night.journal ORDER BY night.id DESC LIMIT $1",
);
const NEW_CASES: Sql = Sql::same("SELECT COUNT(*) AS count FROM case_file WHERE journal > $1");

/// Every file that was put into the outbox, in that order.
pub async fn outbox_files(tx: &mut Tx) -> Result<Vec<OutboxRow>> {
    let read = |row: &Row| {
        Ok(OutboxRow {
            journal: row.int("journal")?,
            run: row.int("run")?,
            name: row.text("name")?,
            sha256: row.text("sha256")?,
        })
    };
    tx.rows(OUTBOX_FILES, &[]).await?.iter().map(read).collect()
}

/// The nights that were closed last, the newest first.
pub async fn nights(tx: &mut Tx, most: i64) -> Result<Vec<NightRow>> {
    let read = |row: &Row| {
        Ok(NightRow {
            journal: row.int("journal")?,
            at: row.text("at")?,
            day: row.day("day")?,
            outcome: row.text("outcome")?,
            summary: row.text("summary")?,
        })
    };
    tx.rows(NIGHTS, &[most.into()]).await?.iter().map(read).collect()
}

/// How many cases have been opened since an entry of the journal.
pub async fn cases_since(tx: &mut Tx, journal: i64) -> Result<i64> {
    tx.row(NEW_CASES, &[journal.into()]).await?.map_or(Ok(0), |row| row.int("count"))
}
