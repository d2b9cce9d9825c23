//! The seam: the only place that knows which database is underneath.
//!
//! Three kinds of value cross it: whole numbers (cents, ids, flags), text, and days. A statement is one text for
//! every engine ([`Sql`]), with `$1 … $n` as placeholders.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row as _, Sqlite, SqlitePool, Transaction};

use crate::journal::{Act, WriteTx};
use crate::{Error, Result};

/// A statement, the same text for every engine. Never built from data.
#[derive(Clone, Copy, Debug)]
pub struct Sql(&'static str);

impl Sql {
    /// A statement that all engines understand.
    pub const fn same(text: &'static str) -> Self {
        Sql(text)
    }
}

/// A value on its way into a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A whole number: cents, an id, a flag.
    Int(Option<i64>),
    /// A text.
    Text(Option<Cow<'a, str>>),
    /// A day.
    Day(Option<Date>),
}

impl Value<'_> {
    /// Whether it is NULL.
    pub fn is_missing(&self) -> bool {
        matches!(self, Value::Int(None) | Value::Text(None) | Value::Day(None))
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(Some(value))
    }
}
impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Value::Int(value)
    }
}
impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Int(Some(i64::from(value)))
    }
}
impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::Text(Some(Cow::Borrowed(value)))
    }
}
impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Value::Text(Some(Cow::Borrowed(value)))
    }
}
impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Value::Text(Some(Cow::Owned(value)))
    }
}
impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Value::Text(value.map(Cow::Borrowed))
    }
}
impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(value: &'a Option<String>) -> Self {
        Value::Text(value.as_deref().map(Cow::Borrowed))
    }
}
impl From<Date> for Value<'_> {
    fn from(value: Date) -> Self {
        Value::Day(Some(value))
    }
}
impl From<Option<Date>> for Value<'_> {
    fn from(value: Option<Date>) -> Self {
        Value::Day(value)
    }
}

/// A row that came back.
#[derive(Debug)]
pub struct Row(SqliteRow);

impl Row {
    fn get<'r, T>(&'r self, column: &str) -> Result<T>
    where
        T: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
    {
        self.0
            .try_get(column)
            .map_err(|error| Error::Inconsistent { column: column.to_owned(), why: error.to_string() })
    }

    /// A number that is never missing.
    pub fn int(&self, column: &str) -> Result<i64> {
        self.get(column)
    }

    /// A number that may be missing.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        self.get(column)
    }

    /// A flag, stored as 0 or 1.
    pub fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A text that is never missing.
    pub fn text(&self, column: &str) -> Result<String> {
        self.get(column)
    }

    /// A text that may be missing.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>> {
        self.get(column)
    }

    /// A day that may be missing.
    pub fn opt_day(&self, column: &str) -> Result<Option<Date>> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| {
            text.parse()
                .map_err(|error: jiff::Error| Error::Inconsistent { column: column.to_owned(), why: error.to_string() })
        })
        .transpose()
    }

    /// A day that is never missing.
    pub fn day(&self, column: &str) -> Result<Date> {
        self.opt_day(column)?
            .ok_or_else(|| Error::Inconsistent { column: column.to_owned(), why: "a day is missing".to_owned() })
    }
}

/// A database of one treasury, brought up to the newest migration.
#[derive(Clone, Debug)]
pub struct Db {
    pool: SqlitePool,
}

impl Db {
    /// Opens `sqlite://PATH`, made at first use.
    ///
    /// # Errors
    /// [`Error::Url`] for another URL, [`Error::Newer`] for a database of a newer program.
    pub async fn open(url: &str) -> Result<Db> {
        let path =
            url.strip_prefix("sqlite://").filter(|path| !path.is_empty()).ok_or_else(|| Error::Url(url.to_owned()))?;
        let options = SqliteConnectOptions::new()
            .filename(Path::new(path))
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(30))
            .pragma("cache_size", "-65536");
        let mut tries = 0;
        loop {
            match open_once(options.clone()).await {
                Ok(pool) => return Ok(Db { pool }),
                // another process is making the same new database at this moment: see what it made
                Err(Error::Migrate(_) | Error::Busy | Error::Driver(_)) if tries < OPENINGS => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Begins reading: one unchanging view until it is dropped.
    pub async fn read(&self) -> Result<ReadTx> {
        Ok(ReadTx(Tx { inner: self.pool.begin().await? }))
    }

    /// Begins writing as `act` says. Only one writes at a time; dropping it leaves nothing behind.
    pub async fn write(&self, act: Act) -> Result<WriteTx> {
        let inner = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        WriteTx::begin(Tx { inner }, act).await
    }

    /// Closes all connections; SQLite then folds its write-ahead log into the file.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

/// How often opening is tried again.
const OPENINGS: u32 = 10;

async fn open_once(options: SqliteConnectOptions) -> Result<SqlitePool> {
    let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
    sqlx::migrate!("../../migrations/sqlite").run(&pool).await?;
    Ok(pool)
}

/// A transaction that only reads.
#[derive(Debug)]
pub struct ReadTx(Tx);

impl std::ops::Deref for ReadTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.0
    }
}
impl std::ops::DerefMut for ReadTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.0
    }
}

/// What reading and writing share.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Sqlite>,
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

fn bound<'q>(text: impl sqlx::SqlSafeStr, values: &[Value<'_>]) -> Query<'q> {
    values.iter().fold(sqlx::query(text), |query, value| match value {
        Value::Int(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_deref().map(str::to_owned)),
        Value::Day(day) => query.bind(day.map(|day| day.to_string())),
    })
}

impl Tx {
    /// Every row of a query.
    pub async fn rows(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Vec<Row>> {
        let rows = bound(sql.0, values).fetch_all(&mut *self.inner).await?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// The one row of a query, if there is one.
    pub async fn row(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Option<Row>> {
        Ok(bound(sql.0, values).fetch_optional(&mut *self.inner).await?.map(Row))
    }

    /// Changes rows and says how many.
    pub(crate) async fn execute(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<u64> {
        Ok(bound(sql.0, values).execute(&mut *self.inner).await?.rows_affected())
    }

    /// The rows of a text that [`crate::facts`] put together from table and column names of its own.
    pub(crate) async fn rows_of(&mut self, text: String, values: &[Value<'_>]) -> Result<Vec<Row>> {
        let rows = bound(sqlx::AssertSqlSafe(text), values).fetch_all(&mut *self.inner).await?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// Runs a text that [`crate::facts`] put together from table and column names of its own.
    pub(crate) async fn execute_text(&mut self, text: String, values: &[Value<'_>]) -> Result<u64> {
        Ok(bound(sqlx::AssertSqlSafe(text), values).execute(&mut *self.inner).await?.rows_affected())
    }

    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
}
