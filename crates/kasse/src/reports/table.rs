//! Reports as CSV: the same bytes for the command line and for the pages.
//!
//! Must not know what a report says. Invariants: the first object names the columns, in their order; no cell is a formula
//! to a spreadsheet.

use serde_json::Value;

use crate::base::cells::harmless;

/// A list of objects as CSV: `;` between, UTF-8, a header line; what is nested stands as JSON.
pub fn csv(rows: &[Value]) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let names: Vec<&String> =
        rows.first().and_then(Value::as_object).into_iter().flat_map(|fields| fields.keys()).collect();
    let lines = rows.iter().map(|row| {
        names.iter().map(|name| row.get(name.as_str()).map(plain).unwrap_or_default()).collect::<Vec<String>>()
    });
    // a Vec takes whatever is written, and every line has as many fields as the first
    let _ = out.write_record(&names);
    for line in lines {
        let _ = out.write_record(line);
    }
    out.into_inner().unwrap_or_default()
}

/// A value as a spreadsheet reads it: nested ones as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text).into_owned(),
        Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_values_stand_as_json() {
        let rows = [json!({"a": "x;y", "b": [1, 2], "c": null}), json!({"b": true, "a": "z"})];
        assert_eq!(String::from_utf8(csv(&rows)).unwrap(), "a;b;c\n\"x;y\";[1,2];\nz;true;\n");
        assert_eq!(String::from_utf8(csv(&[])).unwrap(), "\"\"\n");
    }
}
