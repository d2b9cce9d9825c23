//! A case, and how a booking was decided, as a clerk reads them.
//!
//! Knows only the JSON of `kasse::case` and `kasse::explain`.

use std::io;

use serde_json::Value;

use crate::cli::Format;
use crate::output;

/// One case: its fields, what it holds, then each candidate with what speaks for and against it.
pub(crate) fn case(format: Format, case: &Value) -> io::Result<()> {
    if format != Format::Table {
        return output::object(format, case, &[("candidates", &[]), ("holds", &[]), ("allocations", &[])]);
    }
    decided(case)
}

/// Bookings with all verdicts they have had, and what the rules say now.
pub(crate) fn explained(format: Format, bookings: &[Value]) -> io::Result<()> {
    if format != Format::Table {
        return output::list(format, bookings, &[]);
    }
    for booking in bookings {
        let columns: &[&str] = &["decided", "by", "rules", "decision", "confidence", "reason"];
        output::object(format, &without(booking, "replay"), &[("verdicts", columns)])?;
        match booking.get("replay").filter(|replay| !replay.is_null()) {
            Some(replay) => {
                output::line("\nreplayed with the rules and books of now")?;
                decided(replay)?;
            }
            None => output::line("\nno rule decides it: it is no credit")?,
        }
    }
    Ok(())
}

fn decided(object: &Value) -> io::Result<()> {
    let lists: [(&str, &[&str]); 2] =
        [("allocations", &["kassenzeichen", "posten", "amount"]), ("holds", &["kassenzeichen", "posten", "reason"])];
    output::object(Format::Table, &without(object, "candidates"), &lists)?;
    for candidate in list(object, "candidates") {
        let chosen = if candidate.get("chosen") == Some(&Value::Bool(true)) { ", chosen" } else { "" };
        let text = |name: &str| candidate.get(name).map(Value::to_string).unwrap_or_default().replace('"', "");
        output::line(&format!("\ncandidate {}  score {}{chosen}", text("kassenzeichen"), text("score")))?;
        if !text("lost").is_empty() {
            output::line(&format!("came behind: {}", text("lost")))?;
        }
        output::list(Format::Table, list(candidate, "witnesses"), &["weight", "witness", "text"])?;
        let items = list(candidate, "items");
        if !items.is_empty() {
            output::list(Format::Table, items, &["posten", "due", "amount", "open", "debtor"])?;
        }
    }
    Ok(())
}

fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn without(object: &Value, name: &str) -> Value {
    let mut object = object.clone();
    object.as_object_mut().into_iter().for_each(|fields| drop(fields.shift_remove(name)));
    object
}
