//! What one journal entry added, row by row, each with the older row that it replaces: before and after, for auditors.
//!
//! Knows for each table by which columns a newer row replaces an older one; does not know what they mean.

use serde_json::{Map, Value as Json};

use crate::bulk;
use crate::engine::Tx;
use crate::facts::{FACTS, FactTable, Kind, PERSONAL};
use crate::{Result, Row, Sql, Value};

/// A row that a journal entry added.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryFact {
    /// The table.
    pub table: &'static str,
    /// The row's id.
    pub id: i64,
    /// Its columns by name.
    pub after: Map<String, Json>,
    /// The columns of the older row that it replaces.
    pub before: Option<Map<String, Json>>,
}

/// The columns by which a newer row of a table replaces an older one.
const CORRECTS: [(&str, &[&str]); 5] = [
    ("assessment", &["item"]),
    ("mandate", &["reference", "kassenzeichen"]),
    ("verdict", &["booking"]),
    ("alias", &["old"]),
    ("confirmation", &["account", "kind"]),
];

/// The rows that a journal entry added, table by table: at most `most` of each table, and how many there are in all.
pub async fn entry_facts(tx: &mut Tx, journal: i64, most: i64) -> Result<(Vec<EntryFact>, i64)> {
    let (mut facts, mut count) = (Vec::new(), 0);
    for table in FACTS {
        let text = format!("SELECT COUNT(*) AS n FROM {} WHERE journal = $1", table.name);
        count += tx.rows_of(text, &[journal.into()]).await?.first().map_or(Ok(0), |row| row.int("n"))?;
        let text = format!("{} WHERE journal = $1 ORDER BY id LIMIT $2", select(table));
        for row in tx.rows_of(text, &[journal.into(), most.into()]).await? {
            let id = row.int("id")?;
            let before = corrected(tx, table, id, &row).await?;
            facts.push(EntryFact { table: table.name, id, after: columns(table, &row)?, before });
        }
    }
    Ok((facts, count))
}

/// Columns that refer to things which people know by a name instead of an id.
pub const NAMED: [&str; 5] = ["item", "booking", "debit", "run", "refund"];

const ITEM_NAMES: Sql =
    Sql::same("SELECT id, kassenzeichen || '/' || posten AS name FROM item WHERE id >= $1 AND id <= $2");
const BOOKING_NAMES: Sql = Sql::same("SELECT id, reference AS name FROM booking WHERE id >= $1 AND id <= $2");
const DEBIT_NAMES: Sql = Sql::same("SELECT id, end_to_end_id AS name FROM debit WHERE id >= $1 AND id <= $2");
const REFUND_NAMES: Sql = Sql::same("SELECT id, end_to_end_id AS name FROM refund WHERE id >= $1 AND id <= $2");
const RUN_NAMES: Sql = Sql::same("SELECT id, name FROM run WHERE id >= $1 AND id <= $2");

/// The names of the things with ids from `first` to `last` that a column of [`NAMED`] refers to.
pub async fn names(tx: &mut Tx, column: &str, first: i64, last: i64) -> Result<Vec<(i64, String)>> {
    let sql = match column {
        "item" => ITEM_NAMES,
        "booking" => BOOKING_NAMES,
        "debit" => DEBIT_NAMES,
        "refund" => REFUND_NAMES,
        _ => RUN_NAMES,
    };
    let rows = tx.rows(sql, &[first.into(), last.into()]).await?;
    rows.iter().map(|row| Ok((row.int("id")?, row.text("name")?))).collect()
}

fn select(table: &FactTable) -> String {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    format!("SELECT id, {} FROM {}", names.join(", "), table.name)
}

/// The older row that this one replaces.
async fn corrected(tx: &mut Tx, table: &FactTable, id: i64, row: &Row) -> Result<Option<Map<String, Json>>> {
    let Some((_, keys)) = CORRECTS.iter().find(|(name, _)| *name == table.name) else { return Ok(None) };
    let mut values: Vec<Value<'_>> = vec![id.into()];
    let mut same = String::new();
    for (place, key) in (2..).zip(*keys) {
        same.push_str(&format!(" AND {key} = ${place}"));
        values.push(match table.columns.iter().find(|(name, _)| name == key) {
            Some((_, Kind::Int)) => row.int(key)?.into(),
            _ => row.text(key)?.into(),
        });
    }
    let text = format!("{} WHERE id < $1{same} ORDER BY id DESC LIMIT 1", select(table));
    match tx.rows_of(text, &values).await?.first() {
        Some(row) => Ok(Some(columns(table, row)?)),
        None => Ok(None),
    }
}

/// The columns of a row as JSON. The random key of personal values is left out.
fn columns(table: &FactTable, row: &Row) -> Result<Map<String, Json>> {
    let shown = table.columns.iter().filter(|(name, _)| table.name != PERSONAL.name || *name != "key");
    shown.map(|(name, kind)| Ok(((*name).to_owned(), bulk::json(&row.value(name, kind.stored())?)))).collect()
}
