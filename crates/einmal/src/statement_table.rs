//! `report statements` as a table of 80 columns: a row for each complete range, each gap and each statement that proves
//! nothing.
//!
//! Knows only the report's JSON.

use serde_json::{Value, json};

use crate::speech::say;

/// The columns of the table.
pub(crate) const COLUMNS: &[&str] = &["account", "what", "from", "to", "balance", "remark"];

/// The rows of all accounts.
pub(crate) fn rows(accounts: &[Value]) -> Vec<Value> {
    accounts.iter().flat_map(account).collect()
}

fn account(account: &Value) -> Vec<Value> {
    let mut rows: Vec<Value> = Vec::new();
    let list = |name: &str| account.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let (ranges, gaps) = (list("ranges"), list("gaps"));
    for (place, range) in ranges.iter().enumerate() {
        let opening = if place == 0 { opening(account) } else { String::new() };
        let count = text(range, "statements");
        let remark = match count.as_str() {
            "1" => say("1 statement"),
            _ => say(&format!("{count} statements")),
        };
        let remark = format!("{remark}{opening}");
        rows.push(row(say("complete"), range, ["from", "to"], ["opening", "closing"], remark));
        let remark = say("statements are missing: the two balances do not meet");
        let gap = gaps.get(place);
        rows.extend(gap.map(|gap| row(say("gap"), gap, ["after", "before"], ["closing", "opening"], remark)));
    }
    for statement in list("unproven") {
        let remark = format!("{}: {}", text(&statement, "statement"), say(&text(&statement, "finding")));
        rows.push(row(say("unproven"), &statement, ["from", "to"], ["opening", "closing"], remark));
    }
    rows.extend(still_to_come(account, ranges.last()));
    rows.extend(words(account, "ways_on").map(|way| json!({"what": say("to go on"), "remark": say(&way)})));
    rows.extend(words(account, "skipped_numbers").map(|skip| json!({"what": say("number"), "remark": say(&skip)})));
    if let Some(fields) = rows.first_mut().and_then(Value::as_object_mut) {
        fields.insert("account".to_owned(), json!(text(account, "account")));
    }
    rows
}

/// The texts in a list.
fn words(account: &Value, name: &str) -> impl Iterator<Item = String> {
    let list = account.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    list.into_iter().filter_map(|text| text.as_str().map(str::to_owned))
}

fn row(what: String, source: &Value, days: [&str; 2], balances: [&str; 2], remark: String) -> Value {
    let [from, to] = days.map(|name| text(source, name));
    let [before, behind] = balances.map(|name| text(source, name));
    json!({"what": what, "from": from, "to": to, "balance": format!("{before}\n{behind}"), "remark": remark})
}

/// The days after the last complete range.
fn still_to_come(account: &Value, last: Option<&Value>) -> Option<Value> {
    let needed = text(account, "needed");
    let last = last.map(|range| text(range, "to"));
    let behind = last.as_ref().is_none_or(|last| *last < needed);
    let remark = if last.is_some() { say("statements are missing") } else { say("no statement has been imported") };
    behind.then(|| json!({"what": say("missing"), "from": last, "to": needed, "remark": remark}))
}

fn opening(account: &Value) -> String {
    let confirmations = account.get("confirmations").and_then(Value::as_array).cloned().unwrap_or_default();
    let by = confirmations.iter().rfind(|said| text(said, "what") == "opening").map(|said| text(said, "by"));
    match by.filter(|_| account.get("opening_confirmed") == Some(&Value::Bool(true))) {
        Some(by) => say(&format!("; first balance confirmed by {by}")),
        None => say("; first balance not confirmed"),
    }
}

fn text(row: &Value, name: &str) -> String {
    match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => "?".to_owned(),
        Some(other) => other.to_string(),
    }
}
