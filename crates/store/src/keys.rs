//! Queries about rows with certain keys: some keys at a time, and on SQLite what is found crosses as one text.
//!
//! Must not know what the rows mean. Invariant: each key is asked for once, whatever the number of keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use sqlx::{Column as _, Executor as _, Row as _, SqlSafeStr as _, Statement as _};

use crate::engine::bound_to_sqlite;
use crate::error::unreadable;
use crate::packed::{Packed, packing_all};
use crate::{Result, Row, Sql, Tx, Value};

/// How many keys are asked for at once.
const KEYS: usize = 500;

/// A statement about rows with certain keys, the same text for both engines. It says `IN ($1)`; where there are more keys,
/// as many placeholders stand there. Never built from data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SqlOfKeys(&'static str);

impl SqlOfKeys {
    /// A statement that both engines understand.
    pub(crate) const fn same(text: &'static str) -> Self {
        SqlOfKeys(text)
    }
}

impl Tx {
    /// Of the rows that [`Tx::paged`] takes those whose number is one of these, in the order of their numbers.
    pub async fn numbered<T>(
        &mut self,
        sql: Sql,
        numbers: &BTreeSet<i64>,
        read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let text = sql.text().replace("> $1", "IN ($1)").replace("LIMIT $2", "");
        self.asked(&text, numbers.iter().copied(), read).await
    }

    /// What `read` makes of each row that a query finds for these keys, some keys at a time. A key that is named twice may
    /// give its rows twice.
    pub(crate) async fn of_keys<'v, T>(
        &mut self,
        sql: SqlOfKeys,
        keys: impl IntoIterator<Item = impl Into<Value<'v>>>,
        read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.asked(sql.0, keys, read).await
    }

    async fn asked<'v, T>(
        &mut self,
        text: &str,
        keys: impl IntoIterator<Item = impl Into<Value<'v>>>,
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        let keys: Vec<Value<'v>> = keys.into_iter().map(Into::into).collect();
        let mut all = Vec::new();
        for keys in keys.chunks(KEYS) {
            let mut see = |row: &Row| {
                all.push(read(row)?);
                Ok(())
            };
            match self {
                Tx::Sqlite(_) => self.at_once(text, keys, &mut see).await?,
                Tx::Postgres(_) => {
                    let places: Vec<String> = (1..=keys.len()).map(|place| format!("${place}")).collect();
                    self.each(&text.replace("$1", &places.join(", ")), keys, &mut see).await?;
                }
            }
        }
        Ok(all)
    }

    /// Shows `see` the rows that a query on SQLite finds for these keys; they cross as one text. The places have no names:
    /// SQLite looks for each name among all.
    async fn at_once(
        &mut self,
        text: &str,
        keys: &[Value<'_>],
        see: &mut impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let Tx::Sqlite(tx) = self else { return Ok(()) };
        let text = text.replace("$1", &vec!["?"; keys.len()].join(", "));
        let statement = (&mut **tx).prepare(sqlx::AssertSqlSafe(text.clone()).into_sql_str()).await?;
        let names: Arc<[String]> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let packed = sqlx::AssertSqlSafe(packing_all(&text, &names));
        let row = bound_to_sqlite(packed, keys)?.persistent(false).fetch_one(&mut **tx).await?;
        let lines: &[u8] = row.try_get_unchecked(0).map_err(|error| unreadable("rows", &error))?;
        let rows = Packed::rows(&names, &String::from_utf8_lossy(lines))?;
        rows.into_iter().try_for_each(|row| see(&Row::Packed(row)))
    }
}
