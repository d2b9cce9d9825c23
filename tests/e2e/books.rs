//! A town's database as an auditor opens it: plain SQL beside the program.
//!
//! Knows tables and columns by asking the database for them; nothing of what they mean. Invariant: it works on the file
//! while no program has it open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

use crate::town::Town;

/// The database file of a town.
pub(crate) struct Books {
    path: PathBuf,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its table.
    pub(crate) table: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether it holds whole numbers.
    pub(crate) is_number: bool,
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

impl Books {
    /// The database of a town.
    pub(crate) fn of(town: &Town) -> Books {
        Books::at(&town.path().join("einmal.db"))
    }

    /// A database file.
    pub(crate) fn at(path: &Path) -> Books {
        Books { path: path.to_owned() }
    }

    async fn open(&self) -> sqlx::Result<SqliteConnection> {
        SqliteConnectOptions::new().filename(&self.path).foreign_keys(true).connect().await
    }

    /// Does some SQL and says what the database thinks of it.
    pub(crate) fn execute(&self, sql: &str) -> Result<(), String> {
        wait(async {
            let mut connection = self.open().await.unwrap();
            let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
            connection.close().await.unwrap();
            done.map(drop).map_err(|error| error.to_string())
        })
    }

    fn rows(&self, sql: &str) -> Vec<SqliteRow> {
        wait(async {
            let mut connection = self.open().await.unwrap();
            let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            rows
        })
    }

    /// The one number that a query finds.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.rows(sql)[0].get(0)
    }

    /// The tables of the program, without those of the engine and of the migrations.
    pub(crate) fn tables(&self) -> Vec<String> {
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY name";
        self.rows(sql).iter().map(|row| row.get(0)).collect()
    }

    /// Every column of every table.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let of = |table: String| {
            let rows = self.rows(&format!("SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid"));
            rows.into_iter().map(move |row| Column {
                table: table.clone(),
                name: row.get(0),
                is_number: row.get::<String, _>(1) == "INTEGER",
            })
        };
        self.tables().into_iter().flat_map(of).collect()
    }

    /// How many rows each table has.
    pub(crate) fn counts(&self) -> BTreeMap<String, i64> {
        self.tables()
            .into_iter()
            .map(|table| {
                let count = self.number(&format!("SELECT COUNT(*) FROM {table}"));
                (table, count)
            })
            .collect()
    }
}
