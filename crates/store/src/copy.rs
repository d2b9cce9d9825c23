//! All rows of a database, read in a form that is the same on both engines, and written to another database: backup,
//! restore, move.
//!
//! Knows tables, not their meaning. Invariant: what was copied is read back from the new database and compared; nothing
//! is committed if it differs.

use sha2::{Digest, Sha256};

use crate::archive::archive_target;
use crate::bulk::{self, Target};
use crate::engine::{Db, Stored, Turn, Tx};
use crate::facts::{FACTS, absorb, hex};
use crate::items::state_target;
use crate::journal::{Act, WriteTx};
use crate::retired::mark;
use crate::runs::reservation_target;
use crate::{Error, Result, Value};

/// The content of one table as a digest. The rows are read in the order of their keys, so it is the same on both
/// engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDigest {
    /// The table.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over every value of every row, also over values that may be erased one day; hexadecimal.
    pub digest: String,
}

/// A table, and how it is read page by page.
struct Pages {
    target: Target<'static>,
    /// How many of the first columns are the key: they order the rows and are unique.
    keys: usize,
    /// How many rows are in memory at once.
    rows: i64,
}

/// How many rows are in memory at once.
const PAGE: i64 = 5_000;
/// The same for the archive, where each row holds a part of a file.
const PAGE_OF_FILES: i64 = 32;

/// Every table, ordered so that each refers only to tables before it.
fn tables() -> Vec<Pages> {
    let journal = |table, columns: &[(&'static str, Stored)], keys| Pages {
        target: Target { table, columns: columns.to_vec(), conflict: "" },
        keys,
        rows: PAGE,
    };
    let text = |name| (name, Stored::Text);
    let mut tables = vec![
        journal(
            "journal",
            &[
                ("seq", Stored::Int),
                text("at"),
                ("business_day", Stored::Day),
                text("actor"),
                text("action"),
                text("subject"),
                text("reason"),
                text("previous"),
                text("hash"),
            ],
            1,
        ),
        journal(
            "journal_facts",
            &[("journal", Stored::Int), text("table_name"), ("row_count", Stored::Int), text("digest")],
            2,
        ),
    ];
    tables.extend(FACTS.iter().map(|table| Pages { target: table.target(), keys: 1, rows: PAGE }));
    tables.push(Pages { target: Target { conflict: "", ..state_target() }, keys: 1, rows: PAGE });
    tables.push(Pages { target: Target { conflict: "", ..reservation_target() }, keys: 2, rows: PAGE });
    tables.push(Pages { target: archive_target(), keys: 2, rows: PAGE_OF_FILES });
    // log-ins (`web_session`) are not copied: people log in again
    tables.push(journal("credential", &[text("staff"), text("hash")], 1));
    tables.push(journal("credential_asked", &[("staff_request", Stored::Int), text("hash")], 1));
    tables.push(journal(
        "access_log",
        &[("id", Stored::Int), text("at"), text("person"), text("kind"), text("what"), text("way"), text("address")],
        1,
    ));
    tables.push(journal("second_factor", &[text("staff"), text("secret"), ("step", Stored::Int)], 1));
    tables.push(journal("recovery_code", &[text("digest"), text("staff")], 1));
    tables.push(journal("done_once", &[text("digest"), ("journal", Stored::Int), text("request")], 1));
    tables
}

impl Pages {
    /// The rows after a key, at most one page.
    async fn behind(&self, tx: &mut Tx, last: &[Value<'static>]) -> Result<Vec<Vec<Value<'static>>>> {
        let names: Vec<&str> = self.target.columns.iter().map(|(name, _)| *name).collect();
        let keys = names.get(..self.keys).unwrap_or_default().join(", ");
        let places: Vec<String> = (1..=last.len()).map(|place| format!("${place}")).collect();
        let behind = if last.is_empty() { String::new() } else { format!("WHERE ({keys}) > ({})", places.join(", ")) };
        let text = format!(
            "SELECT {} FROM {} {behind} ORDER BY {keys} LIMIT {}",
            names.join(", "),
            self.target.table,
            self.rows
        );
        let read = |row: &crate::Row| {
            self.target.columns.iter().map(|(name, stored)| row.value(name, *stored)).collect::<Result<Vec<_>>>()
        };
        tx.rows_of(text, last).await?.iter().map(read).collect()
    }

    /// Computes the table's digest, and copies the rows to another database if one is given.
    async fn tell(&self, from: &mut Tx, mut to: Option<&mut Tx>) -> Result<TableDigest> {
        let (mut hash, mut rows, mut last) = (Sha256::new(), 0, Vec::new());
        loop {
            let page = self.behind(from, &last).await?;
            let Some(end) = page.last() else { break };
            last = end.iter().take(self.keys).cloned().collect();
            rows += page.len() as u64;
            page.iter().flatten().for_each(|value| absorb(&mut hash, value));
            if let Some(to) = to.as_deref_mut() {
                bulk::store(to, &self.target, &page).await?;
            }
        }
        Ok(TableDigest { table: self.target.table, rows, digest: hex(&hash.finalize()) })
    }
}

/// The digest of every table.
pub async fn canonical(tx: &mut Tx) -> Result<Vec<TableDigest>> {
    let mut told = Vec::new();
    for table in tables() {
        told.push(table.tell(tx, None).await?);
    }
    Ok(told)
}

/// Whether the database holds no books at all.
pub async fn is_empty(tx: &mut Tx) -> Result<bool> {
    for table in tables() {
        let text = format!("SELECT CAST(1 AS BIGINT) AS one FROM {} LIMIT 1", table.target.table);
        if !tx.rows_of(text, &[]).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Books that were copied into a new database and compared, but not committed yet.
#[derive(Debug)]
pub struct Copy {
    tx: Tx,
    turn: Turn,
    /// The digest of each table that was copied.
    pub tables: Vec<TableDigest>,
}

impl Copy {
    /// Copies all rows into an empty database and reads them back.
    ///
    /// # Errors
    /// [`Error::NotEmpty`] where there are books already, [`Error::Unlike`] where a table reads differently after
    /// copying.
    pub async fn make(from: &mut Tx, to: &Db) -> Result<Copy> {
        let (mut tx, turn) = to.begin_alone().await?;
        if !is_empty(&mut tx).await? {
            return Err(Error::NotEmpty);
        }
        let mut told = Vec::new();
        for table in tables() {
            told.push(table.tell(from, Some(&mut tx)).await?);
        }
        let again = canonical(&mut tx).await?;
        match told.iter().zip(&again).find(|(one, other)| one != other) {
            Some((table, _)) => Err(Error::Unlike(table.table)),
            None => Ok(Copy { tx, turn, tables: told }),
        }
    }

    /// Commits the copy unchanged, marked as a backup of this moment.
    pub async fn keep(mut self, at: &str) -> Result<Vec<TableDigest>> {
        mark(&mut self.tx, at).await?;
        self.tx.commit().await?;
        Ok(self.tables)
    }

    /// Continues as a write transaction of `act` on the copy; both are committed together.
    pub async fn write(self, act: Act) -> Result<WriteTx> {
        WriteTx::begin(self.tx, self.turn, act).await
    }
}
