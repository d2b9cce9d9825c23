//! Storing many rows with one SQL statement. Besides `engine`, this is the only place that knows which database is
//! used.
//!
//! SQLite gets the rows as one JSON array, PostgreSQL as one array per column. Invariant: both store the same.

use jiff::civil::Date;
use serde_json::Value as Json;

use crate::engine::{Stored, Tx};
use crate::{Result, Value};

/// How many rows one SQL statement stores.
pub(crate) const BATCH: usize = 2_000;

/// The table that rows are stored in, and how.
#[derive(Debug)]
pub(crate) struct Target<'t> {
    /// The table's name.
    pub(crate) table: &'t str,
    /// Its columns, in the order of the rows' values.
    pub(crate) columns: Vec<(&'t str, Stored)>,
    /// What happens if a row with the same key exists: `ON CONFLICT …`, or empty.
    pub(crate) conflict: &'t str,
}

impl Target<'_> {
    /// The text of the SQL statement; `source` is the part that supplies the values.
    fn text(&self, source: &str) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        format!("INSERT INTO {} ({}) SELECT {source} {}", self.table, names.join(", "), self.conflict)
    }

    fn text_for_sqlite(&self) -> String {
        let picks: Vec<String> = (0..self.columns.len()).map(|place| format!("value->>{place}")).collect();
        self.text(&format!("{} FROM jsonb_each($1) WHERE true", picks.join(", ")))
    }

    fn text_for_postgres(&self) -> String {
        let arrays = self.columns.iter().zip(1..).map(|((_, stored), place)| match stored {
            Stored::Int => format!("${place}::bigint[]"),
            Stored::Text => format!("${place}::text[]"),
            Stored::Day => format!("${place}::date[]"),
        });
        self.text(&format!("* FROM unnest({})", arrays.collect::<Vec<_>>().join(", ")))
    }
}

/// Stores rows, in batches of one SQL statement each.
pub(crate) async fn store(tx: &mut Tx, target: &Target<'_>, rows: &[Vec<Value<'_>>]) -> Result<()> {
    for batch in rows.chunks(BATCH) {
        match tx {
            Tx::Sqlite(tx) => {
                let lines: Vec<Json> = batch.iter().map(|row| row.iter().map(json).collect()).collect();
                let text = sqlx::AssertSqlSafe(target.text_for_sqlite());
                sqlx::query(text).bind(Json::Array(lines).to_string()).execute(&mut **tx).await?;
            }
            Tx::Postgres(tx) => {
                let mut query = sqlx::query(sqlx::AssertSqlSafe(target.text_for_postgres()));
                for (place, (_, stored)) in target.columns.iter().enumerate() {
                    let values = batch.iter().map(|row| row.get(place));
                    query = match stored {
                        Stored::Int => query.bind(values.map(int).collect::<Vec<Option<i64>>>()),
                        Stored::Text => query.bind(values.map(text).collect::<Vec<Option<String>>>()),
                        Stored::Day => query.bind(values.map(day).collect::<Vec<Option<jiff_sqlx::Date>>>()),
                    };
                }
                query.execute(&mut **tx).await?;
            }
        }
    }
    Ok(())
}

/// The value as JSON.
pub(crate) fn json(value: &Value<'_>) -> Json {
    match value {
        Value::Int(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_deref()),
        Value::Day(day) => Json::from(day.map(|day| day.to_string())),
    }
}

fn int(value: Option<&Value<'_>>) -> Option<i64> {
    if let Some(Value::Int(number)) = value { *number } else { None }
}

fn text(value: Option<&Value<'_>>) -> Option<String> {
    if let Some(Value::Text(text)) = value { text.as_deref().map(str::to_owned) } else { None }
}

fn day(value: Option<&Value<'_>>) -> Option<jiff_sqlx::Date> {
    let day: Option<Date> = if let Some(Value::Day(day)) = value { *day } else { None };
    day.map(jiff_sqlx::ToSqlx::to_sqlx)
}
