//! `journal show` as a table: a row for each column that an entry set or changed.
//!
//! Knows only the entry's JSON.

use std::io;

use serde_json::{Value, json};

use crate::format_cli::Format;
use crate::output;

/// One entry of the journal.
pub(crate) fn entry(format: Format, entry: &Value) -> io::Result<()> {
    if format != Format::Table {
        return output::object(format, entry, &[("facts", &[])]);
    }
    let mut shown = entry.clone();
    let facts = entry.get("facts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let changes: Vec<Value> = facts.iter().flat_map(changes).collect();
    shown.as_object_mut().into_iter().for_each(|fields| drop(fields.insert("facts".to_owned(), json!(changes))));
    output::object(format, &shown, &[("facts", &["table", "row", "column", "before", "after"])])
}

/// The columns that a database row set or changed; table and row are named in the first line only.
fn changes(fact: &Value) -> Vec<Value> {
    let before = |column: &str| fact.get("before").and_then(|row| row.get(column)).cloned().unwrap_or_default();
    let after = fact.get("after").and_then(Value::as_object).into_iter().flatten();
    let changed = after.filter(|(column, value)| **value != before(column));
    let heads = std::iter::once((json!(fact.get("table")), json!(fact.get("row"))));
    heads
        .chain(std::iter::repeat((Value::Null, Value::Null)))
        .zip(changed)
        .map(|((table, row), (column, after))| {
            json!({"table": table, "row": row, "column": column, "before": before(column), "after": after})
        })
        .collect()
}
