//! The seam to the database: with `opening` and `bulk`, the only place that knows whether it is SQLite or PostgreSQL.
//!
//! Three kinds of value cross it: whole numbers (cents, ids, flags), text, and days. An SQL statement is one text for
//! both engines ([`Sql`]), with `$1 … $n` as placeholders. Invariants: one transaction writes at a time, and a writer
//! sees everything that was committed before; a reader sees one view that does not change.

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use jiff::civil::Date;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Column as _, Executor as _, Postgres, Row as _, SqlSafeStr as _, Sqlite, Statement as _, Transaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::unreadable;
use crate::opening::{self, PATIENCE, Pool, Which};
use crate::packed::{Packed, packing, packing_all};
use crate::waiting::Beside;
use crate::{Error, Result};

/// An SQL statement, the same text for both engines. Never built from data.
#[derive(Clone, Copy, Debug)]
pub struct Sql(&'static str);

impl Sql {
    /// A statement that both engines understand.
    pub const fn same(text: &'static str) -> Self {
        Sql(text)
    }

    pub(crate) const fn text(self) -> &'static str {
        self.0
    }
}

/// A value that is bound to a placeholder.
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

/// A row of a result.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From SQLite, one of many.
    Packed(Packed),
    /// From PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// An integer column that is never NULL.
    pub fn int(&self, column: &str) -> Result<i64> {
        self.opt_int(column)?.ok_or_else(|| unreadable(column, &"a number is missing"))
    }

    /// An integer column that may be NULL.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
            Row::Packed(row) => return row.opt_int(column),
        }
        .map_err(|error| unreadable(column, &error))
    }

    /// A flag, stored as 0 or 1.
    pub fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A text column that is never NULL.
    pub fn text(&self, column: &str) -> Result<String> {
        self.opt_text(column)?.ok_or_else(|| unreadable(column, &"a text is missing"))
    }

    /// A text column that may be NULL.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
            Row::Packed(row) => return Ok(row.opt_text(column)?.map(str::to_owned)),
        }
        .map_err(|error| unreadable(column, &error))
    }

    /// A day column that may be NULL.
    pub fn opt_day(&self, column: &str) -> Result<Option<Date>> {
        let parsed = |text: &str| text.parse().map_err(|error: jiff::Error| unreadable(column, &error));
        match self {
            Row::Sqlite(row) => {
                let text: Option<&str> = row.try_get(column).map_err(|error| unreadable(column, &error))?;
                text.map(parsed).transpose()
            }
            Row::Packed(row) => row.opt_text(column)?.map(parsed).transpose(),
            Row::Postgres(row) => {
                let day: Option<jiff_sqlx::Date> = row.try_get(column).map_err(|error| unreadable(column, &error))?;
                Ok(day.map(jiff_sqlx::Date::to_jiff))
            }
        }
    }

    /// A day column that is never NULL.
    pub fn day(&self, column: &str) -> Result<Date> {
        self.opt_day(column)?.ok_or_else(|| unreadable(column, &"a day is missing"))
    }

    /// The value of a column of this kind.
    pub(crate) fn value(&self, column: &str, stored: Stored) -> Result<Value<'static>> {
        Ok(match stored {
            Stored::Int => self.opt_int(column)?.into(),
            Stored::Day => self.opt_day(column)?.into(),
            Stored::Text => Value::Text(self.opt_text(column)?.map(Cow::Owned)),
        })
    }
}

/// The kind of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Int,
    Text,
    Day,
}

/// The database of one treasury, migrated to the newest version.
#[derive(Clone, Debug)]
pub struct Db {
    pool: Pool,
    /// Whose turn it is to write in this process. Those who wait for it hold no connection, so that readers find one.
    turn: Arc<Semaphore>,
    /// Log-ins and accesses that are not written yet.
    beside: Arc<Beside>,
}

/// The turn to write in this process; dropping it passes the turn on.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: OwnedSemaphorePermit,
}

/// Takes the lock that makes this transaction the only writer. The lock is per schema, and each treasury has its own
/// schema, so treasuries in one database do not wait for each other.
const ALONE: &str = "SELECT pg_advisory_xact_lock(hashtextextended(COALESCE(current_schema(), ''), 5206174))";

impl Db {
    /// Opens `sqlite://PATH`, which is created at first use, or `postgres://…`, which must exist.
    ///
    /// # Errors
    /// [`Error::Url`] for any other URL, [`Error::Newer`] and [`Error::Earlier`] for a database that another version of the
    /// program has written.
    pub async fn open(url: &str) -> Result<Db> {
        Db::open_which(url, Which::Own).await
    }

    /// Opens books that are to be put into another database. Those of the build before this one ([`Error::Earlier`]) are left
    /// as they are: their tables have the same columns.
    ///
    /// # Errors
    /// Those of [`Db::open`].
    pub async fn open_source(url: &str) -> Result<Db> {
        Db::open_which(url, Which::Source).await
    }

    async fn open_which(url: &str, which: Which) -> Result<Db> {
        let pool = opening::open(url, which).await?;
        Ok(Db { pool, turn: Arc::new(Semaphore::new(1)), beside: Arc::new(Beside::default()) })
    }

    /// Begins a read transaction: one view that does not change until it is dropped.
    pub async fn read(&self) -> Result<ReadTx> {
        Ok(ReadTx(match &self.pool {
            Pool::Sqlite(pool) => Tx::Sqlite(pool.begin().await?),
            Pool::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        }))
    }

    /// Begins a transaction while no other one writes.
    pub(crate) async fn begin_alone(&self) -> Result<(Tx, Turn)> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turn).acquire_owned()).await;
        let permit = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        self.begin_with(permit).await
    }

    /// What is not written yet of log-ins and accesses.
    pub(crate) fn beside(&self) -> &Beside {
        &self.beside
    }

    /// Begins a transaction that changes nothing of the books. A file has one writer at a time, so it waits for its turn,
    /// however long that takes; a server has not.
    pub(crate) async fn begin_beside(&self) -> Result<(Tx, Option<Turn>)> {
        if let Pool::Postgres(pool) = &self.pool {
            return Ok((Tx::Postgres(pool.begin().await?), None));
        }
        let permit = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| Error::Busy)?;
        self.begin_with(permit).await.map(|(tx, turn)| (tx, Some(turn)))
    }

    async fn begin_with(&self, permit: OwnedSemaphorePermit) -> Result<(Tx, Turn)> {
        let tx = match &self.pool {
            Pool::Sqlite(pool) => Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => {
                let mut inner = pool.begin().await?;
                sqlx::query(ALONE).execute(&mut *inner).await?;
                Tx::Postgres(inner)
            }
        };
        Ok((tx, Turn { _permit: permit }))
    }

    /// Closes all connections; SQLite then folds its write-ahead log into the file.
    pub async fn close(self) {
        match self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// How many rows cross at once.
const PAGE: i64 = 1_000;

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

/// A transaction, for reading or writing.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Refuses a text with a control character, tabs and ends of lines apart: PostgreSQL stores no NUL, and nobody means the
/// others. The one place for whatever is asked or stored; rows of facts pass it too.
pub(crate) fn refuse_control(values: &[Value<'_>]) -> Result<()> {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    let texts = values.iter().filter_map(|value| match value {
        Value::Text(text) => text.as_deref(),
        Value::Int(_) | Value::Day(_) => None,
    });
    match texts.flat_map(str::bytes).find(is_control) {
        Some(byte) => Err(Error::Control(byte.into())),
        None => Ok(()),
    }
}

pub(crate) fn bound_to_sqlite<'q>(
    text: impl sqlx::SqlSafeStr,
    values: &[Value<'_>],
) -> Result<sqlx::query::Query<'q, Sqlite, SqliteArguments>> {
    refuse_control(values)?;
    Ok(values.iter().fold(sqlx::query(text), |query, value| match value {
        Value::Int(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_deref().map(str::to_owned)),
        Value::Day(day) => query.bind(day.map(|day| day.to_string())),
    }))
}

fn bound_to_postgres<'q>(
    text: impl sqlx::SqlSafeStr,
    values: &[Value<'_>],
) -> Result<sqlx::query::Query<'q, Postgres, PgArguments>> {
    refuse_control(values)?;
    Ok(values.iter().fold(sqlx::query(text), |query, value| match value {
        Value::Int(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_deref().map(str::to_owned)),
        Value::Day(day) => query.bind(day.map(jiff_sqlx::ToSqlx::to_sqlx)),
    }))
}

impl Tx {
    /// All rows of a query.
    pub async fn rows(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.fetch(sql.0, values).await
    }

    /// The row of a query that gives at most one.
    pub async fn row(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Option<Row>> {
        Ok(match self {
            Tx::Sqlite(tx) => bound_to_sqlite(sql.0, values)?.fetch_optional(&mut **tx).await?.map(Row::Sqlite),
            Tx::Postgres(tx) => bound_to_postgres(sql.0, values)?.fetch_optional(&mut **tx).await?.map(Row::Postgres),
        })
    }

    /// Executes a change and returns how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<u64> {
        Ok(match self {
            Tx::Sqlite(tx) => bound_to_sqlite(sql.0, values)?.execute(&mut **tx).await?.rows_affected(),
            Tx::Postgres(tx) => bound_to_postgres(sql.0, values)?.execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// What `read` makes of each row of a query that may have very many, in their order. No more than a few rows are held.
    pub async fn many<T>(
        &mut self,
        sql: Sql,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.each(sql.0, values, |row| {
            all.push(read(row)?);
            Ok(())
        })
        .await?;
        Ok(all)
    }

    /// The same of a query whose rows come in the order of the number in their first column: those above `$1`, at most `$2`
    /// of them. A page of them crosses at once.
    pub async fn paged<T>(&mut self, sql: Sql, after: i64, mut read: impl FnMut(&Row) -> Result<T>) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.pages(sql.0, after, |row| {
            all.push(read(row)?);
            Ok(())
        })
        .await?;
        Ok(all)
    }

    /// Shows `see` each row of a query as [`Tx::paged`] takes it; the text is of names of this crate alone.
    pub(crate) async fn pages(
        &mut self,
        text: &str,
        mut after: i64,
        mut see: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let Tx::Sqlite(tx) = self else { return self.each(text, &[after.into(), i64::MAX.into()], see).await };
        let statement = (&mut **tx).prepare(sqlx::AssertSqlSafe(text.to_owned()).into_sql_str()).await?;
        let names: Arc<[String]> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let text = packing_all(text, &names);
        loop {
            let values = [after.into(), PAGE.into()];
            let row = bound_to_sqlite(sqlx::AssertSqlSafe(text.clone()), &values)?.fetch_one(&mut **tx).await?;
            let lines: &[u8] = row.try_get_unchecked(0).map_err(|error| unreadable("rows", &error))?;
            let (rows, last) = Packed::page(&names, &String::from_utf8_lossy(lines), after)?;
            let count = rows.len();
            rows.into_iter().try_for_each(|row| see(&Row::Packed(row)))?;
            match last {
                Some(last) if i64::try_from(count) == Ok(PAGE) => after = last,
                _ => return Ok(()),
            }
        }
    }

    /// The rows of a query whose text was put together from table and column names of this crate.
    pub(crate) async fn rows_of(&mut self, text: String, values: &[Value<'_>]) -> Result<Vec<Row>> {
        self.fetch(sqlx::AssertSqlSafe(text), values).await
    }

    pub(crate) async fn each(
        &mut self,
        text: &str,
        values: &[Value<'_>],
        mut see: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let own = |text: &str| sqlx::AssertSqlSafe(text.to_owned());
        match self {
            Tx::Sqlite(tx) => {
                let statement = (&mut **tx).prepare(own(text).into_sql_str()).await?;
                let names: Arc<[String]> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
                let mut rows = bound_to_sqlite(own(&packing(text, &names)), values)?.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    let line: &[u8] = row.try_get_unchecked(0).map_err(|error| unreadable("a row", &error))?;
                    // what was damaged on the disk is no text any more: it shall be seen, and not fit its seal
                    see(&Row::Packed(Packed::new(&names, &String::from_utf8_lossy(line))?))?;
                }
            }
            Tx::Postgres(tx) => {
                let mut rows = bound_to_postgres(own(text), values)?.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await? {
                    see(&Row::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    async fn fetch(&mut self, text: impl sqlx::SqlSafeStr, values: &[Value<'_>]) -> Result<Vec<Row>> {
        Ok(match self {
            Tx::Sqlite(tx) => {
                bound_to_sqlite(text, values)?.fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Tx::Postgres(tx) => {
                bound_to_postgres(text, values)?.fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
