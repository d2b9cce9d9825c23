//! Results on stdout: a list of objects as a table, as JSON or as CSV. Everything else goes to stderr.

use std::io::{self, Write as _};
use std::process::ExitCode;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::Value;

use crate::format_cli::Format;
use crate::speech::{label, say, shown};

/// Prints why something was not done; the text is already in the reader's language.
pub(crate) fn failed(said: &str) -> ExitCode {
    refused(said);
    ExitCode::from(1)
}

/// Prints a note beside the result.
pub(crate) fn note(text: &str) {
    told(&say(text));
}

/// Prints what was refused; the text is already in the reader's language.
pub(crate) fn refused(said: &str) {
    told(&format!("{}: {said}", say("error")));
}

/// Prints a warning about a file, whose name is not translated.
pub(crate) fn warning(file: &str, remark: &str) {
    told(&format!("{}: {file}: {}", say("warning"), say(remark)));
}

/// Prints a line that is already in the reader's language.
pub(crate) fn told(said: &str) {
    // nothing can be done if stderr is gone
    let _ = writeln!(io::stderr().lock(), "{said}");
}

/// Prints a line of the result.
pub(crate) fn line(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Prints a list of objects; a table shows only `columns`, in their order.
pub(crate) fn list(format: Format, rows: &[Value], columns: &[&str]) -> io::Result<()> {
    match format {
        Format::Json => json(&Value::Array(rows.to_vec())),
        Format::Csv => csv(rows),
        Format::Table => table(rows, columns),
    }
}

/// Prints one JSON value, indented.
pub(crate) fn json(value: &Value) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    out.flush()
}

/// The least width of the column with field names.
const NAMES: usize = 18;

/// Prints one object: as JSON, or as lines of `name  value` with tables below for the lists in it.
pub(crate) fn object(format: Format, value: &Value, lists: &[(&str, &[&str])]) -> io::Result<()> {
    if format == Format::Json {
        return json(value);
    }
    // for people only, names are translated and values formatted
    let is_read = format == Format::Table;
    let called = |name: &str| if is_read { label(name) } else { name.to_owned() };
    let fields = value.as_object().into_iter().flatten();
    let fields: Vec<(&String, &Value)> =
        fields.filter(|(name, _)| !lists.iter().any(|(list, _)| list == name)).collect();
    let width = fields.iter().map(|(name, _)| called(name).chars().count()).fold(NAMES, usize::max);
    for (name, field) in fields {
        let mut text =
            cell(if is_read { name } else { PLAIN }, field).lines().map(str::to_owned).collect::<Vec<_>>().into_iter();
        line(&format!("{:<width$} {}", called(name), text.next().unwrap_or_default()))?;
        text.try_for_each(|more| line(&format!("{:<width$} {more}", "")))?;
    }
    for (name, columns) in lists {
        let rows = value.get(*name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if !rows.is_empty() {
            line(&format!("\n{}", called(name)))?;
            list(format, rows, columns)?;
        }
    }
    Ok(())
}

/// Columns with figures, aligned right.
const RIGHT: [&str; 17] = [
    "amount",
    "amount_here",
    "amount_there",
    "open",
    "open_here",
    "open_there",
    "transferred",
    "collected",
    "in_collection",
    "closing",
    "opening",
    "debits",
    "case",
    "months",
    "would_be_saeumniszuschlag",
    "would_be_mahngebuehr",
    "to_cancel",
];

fn table(rows: &[Value], columns: &[&str]) -> io::Result<()> {
    if rows.is_empty() {
        note("nothing");
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(|column| label(column).to_uppercase().replace('_', " ")));
    for row in rows {
        table.add_row(
            columns.iter().map(|column| row.get(*column).map(|value| cell(column, value)).unwrap_or_default()),
        );
    }
    for (place, column) in columns.iter().enumerate() {
        if RIGHT.contains(column)
            && let Some(column) = table.column_mut(place)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    line(&table.trim_fmt())
}

/// The name of a cell whose value is not formatted.
const PLAIN: &str = "";

/// A value formatted for a cell of this name.
fn cell(name: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => shown(name, text),
        Value::Array(values) => values.iter().map(|value| cell(name, value)).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields
            .iter()
            .map(|(own, value)| cell(if name == PLAIN { PLAIN } else { own }, value))
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        Value::Bool(is_so) => {
            let word = if *is_so { "yes" } else { "no" };
            if name == PLAIN { word.to_owned() } else { say(word) }
        }
        Value::Number(number) => number.to_string(),
    }
}

fn csv(rows: &[Value]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(&kasse::csv(rows))?;
    out.flush()
}

/// Prints what the reasons mean for which items were left out, each once.
pub(crate) fn meanings(run: &Value) -> std::io::Result<()> {
    let left_out = run.get("left_out").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let words: std::collections::BTreeSet<&str> =
        left_out.iter().filter_map(|out| out.get("reason").and_then(Value::as_str)).collect();
    if !words.is_empty() {
        line(&format!("\n{}", say("left out means")))?;
    }
    let known = kasse::Reason::ALL.into_iter().filter(|reason| words.contains(reason.word()));
    known.into_iter().try_for_each(|reason| line(&format!("  {:<12} {}", say(reason.word()), say(reason.meaning()))))
}
