//! The candidates for a payment, as a clerk reads them: who it is, the evidence for and against, what is owed there.
//!
//! Knows only the JSON of a verdict's candidates. Invariant: the points shown for a candidate add up to its total.

use serde_json::Value;

use crate::fields::{hundredths, list, number_of, text, unsigned};
use crate::layout::hanging;
use crate::speech::{day, money, say};

/// All candidates, and an explanation of the points.
pub(crate) fn candidates(verdict: &Value) -> Vec<String> {
    let all = list(verdict, "candidates");
    if all.is_empty() {
        return Vec::new();
    }
    let mut page = vec![String::new(), say("Whom it could be meant for, the likeliest first")];
    let parts = list(verdict, "allocations");
    for (place, candidate) in all.iter().enumerate() {
        let twin = all.iter().take(place).position(|other| witnesses(other) == witnesses(candidate));
        let is_paid = parts.iter().any(|part| text(part, "kassenzeichen") == text(candidate, "kassenzeichen"));
        let is_brief = is_far(candidate) && (place > 1 || !parts.is_empty());
        page.extend(head(place + 1, candidate, is_paid));
        page.extend(body(candidate, twin.map(|place| place + 1), is_brief));
    }
    match number_of(verdict, "more_candidates") {
        0 => {}
        more => page.push(say(&format!("and {more} more, which fit less"))),
    }
    page.push(String::new());
    page.extend(hanging(
        "",
        &say(
            "Points say how much a thing speaks for a Kassenzeichen: 2.30 points make it ten times as likely, 6.90 a \
             thousand times; what is below zero speaks against it as much.",
        ),
    ));
    page
}

fn witnesses(candidate: &Value) -> &[Value] {
    list(candidate, "witnesses")
}

/// Whether there is hardly any evidence for a candidate; then its name is enough.
fn is_far(candidate: &Value) -> bool {
    let quotes = |one: &Value| text(one, "witness") == "reference" && hundredths(one, "weight") > 0;
    hundredths(candidate, "score") < 0
        && candidate.get("chosen") != Some(&Value::Bool(true))
        && !witnesses(candidate).iter().any(quotes)
}

/// The Kassenzeichen and the debtor.
fn head(number: usize, candidate: &Value, is_paid: bool) -> Vec<String> {
    let who: Vec<&str> =
        ["debtor", "address"].map(|part| text(candidate, part)).into_iter().filter(|part| !part.is_empty()).collect();
    let placed = if is_paid { format!("  {}", say("(placed here)")) } else { String::new() };
    let head = format!("{number}. {}{placed}  ", text(candidate, "kassenzeichen"));
    std::iter::once(String::new()).chain(hanging(&head, &who.join(", "))).collect()
}

/// The evidence; `twin` is the number of an earlier candidate with exactly the same.
fn body(candidate: &Value, twin: Option<usize>, is_brief: bool) -> Vec<String> {
    let mut page = match twin {
        Some(twin) => vec![format!("   {}", say(&format!("the same speaks for and against it as for {twin}.")))],
        None if is_brief => vec![in_all(candidate)],
        None => points(candidate),
    };
    if twin.is_none() && !text(candidate, "lost").is_empty() {
        page.extend(hanging(&format!("   {} ", say("comes behind:")), &say(text(candidate, "lost"))));
    }
    if !is_brief {
        page.extend(owed(candidate));
    }
    page
}

/// Points with their sign.
fn points_of(object: &Value, name: &str) -> String {
    let points = hundredths(object, name);
    let sign = if points < 0 { '-' } else { '+' };
    format!("{sign}{}", money(&unsigned(points)))
}

fn in_all(candidate: &Value) -> String {
    format!("   {:<20} {:>7}  {}", say("in all"), points_of(candidate, "score"), say("points"))
}

/// The evidence for and against, the heaviest first, and the total.
fn points(candidate: &Value) -> Vec<String> {
    let mut page = Vec::new();
    let mut all: Vec<&Value> = witnesses(candidate).iter().collect();
    let weight = |witness: &Value| hundredths(witness, "weight");
    all.sort_by_key(|witness| -weight(witness).abs());
    for (title, is_for) in [(say("for"), true), (say("against"), false)] {
        let own = all.iter().filter(|witness| (weight(witness) >= 0) == is_for);
        for (place, witness) in own.enumerate() {
            let title = if place == 0 { title.as_str() } else { "" };
            let (strength, weight) = (say(text(witness, "strength")), points_of(witness, "weight"));
            let lead = format!("   {title:<8} {strength:<11} {weight:>7}  ");
            page.extend(hanging(&lead, &say(text(witness, "text"))));
        }
    }
    let start = points_of(candidate, "start");
    page.extend(hanging(
        &format!("   {:<20} {start:>7}  ", say("to begin with")),
        &say("it could be any Kassenzeichen of the town"),
    ));
    page.push(in_all(candidate));
    page
}

/// The items of a candidate, each with its due day, its amount and what is open.
fn owed(candidate: &Value) -> Vec<String> {
    let mut page = Vec::new();
    let mut kind = "";
    for item in list(candidate, "items") {
        let levy = text(item, "kind");
        if page.is_empty() || levy != kind {
            page.extend(hanging(&format!("   {:<8} ", say("items")), levy));
        }
        kind = levy;
        let when = say(if is_due(item) { "due" } else { "not before" });
        let (open, amount) = (text(item, "open"), text(item, "amount"));
        let open = match open {
            "0.00" => say("nothing open"),
            open if open == amount => say("all open"),
            open => say(&format!("{open} EUR open")),
        };
        let collecting = match text(item, "in_collection") {
            "" | "0.00" => String::new(),
            cents => say(&format!(", {cents} EUR in a direct-debit run")),
        };
        let (when, amount) = (format!("{when} {}", day(text(item, "due"))), money(amount));
        let lead = format!("{:<11} {:<8} {when:<21} {amount:>12} EUR  ", "", text(item, "posten"));
        page.extend(hanging(&lead, &format!("{open}{collecting}")));
    }
    page
}

/// Whether an item is due today.
pub(crate) fn is_due(item: &Value) -> bool {
    item.get("is_due") == Some(&Value::Bool(true))
}
