//! Whom a payment could be meant for, as a clerk reads it: who it is, what speaks for and against, what is owed there.
//!
//! Knows only the JSON of a verdict's candidates. Invariant: the points shown of one add up to what is shown for it in all.

use serde_json::Value;

use crate::fields::{hundredths, list, number_of, signed, text};
use crate::layout::hanging;

/// Everyone considered, and what the points mean.
pub(crate) fn candidates(verdict: &Value) -> Vec<String> {
    let all = list(verdict, "candidates");
    if all.is_empty() {
        return Vec::new();
    }
    let mut page = vec![String::new(), "Whom it could be meant for, the likeliest first".to_owned()];
    for (place, candidate) in all.iter().enumerate() {
        let twin = all.iter().take(place).position(|other| witnesses(other) == witnesses(candidate));
        page.extend(one_candidate(place + 1, candidate, twin.map(|place| place + 1)));
    }
    match number_of(verdict, "more_candidates") {
        0 => {}
        more => page.push(format!("and {more} more, which fit less")),
    }
    page.push(String::new());
    page.extend(hanging(
        "",
        "Points say how much a thing speaks for a Kassenzeichen: 2.30 points make it ten times as likely, 6.90 a \
         thousand times; what is below zero speaks against it as much.",
    ));
    page
}

fn witnesses(candidate: &Value) -> &[Value] {
    list(candidate, "witnesses")
}

/// One candidate; `twin` is the number of an earlier one of which all the same is said.
fn one_candidate(number: usize, candidate: &Value, twin: Option<usize>) -> Vec<String> {
    let chosen = candidate.get("chosen") == Some(&Value::Bool(true));
    let is_quoted =
        witnesses(candidate).iter().any(|one| text(one, "witness") == "reference" && hundredths(one, "weight") > 0);
    // of those that hardly anything speaks for, who they are is enough
    let is_far = number > 2 && !chosen && !is_quoted && hundredths(candidate, "score") < 0;
    let who = [text(candidate, "debtor"), text(candidate, "address")].map(|part| part.replace(['\r', '\n'], ", "));
    let who: Vec<String> = who.into_iter().filter(|part| !part.is_empty()).collect();
    let chosen = if chosen { "  (placed here)" } else { "" };
    let head = format!("{number}. {}{chosen}  ", text(candidate, "kassenzeichen"));
    let mut page = vec![String::new()];
    page.extend(hanging(&head, &who.join(", ")));
    match twin {
        Some(twin) => page.push(format!("   the same speaks for and against it as for {twin}.")),
        None if is_far => {
            page.push(format!("{:<23} {:>7}  points", "   in all", signed(hundredths(candidate, "score"))))
        }
        None => page.extend(points(candidate)),
    }
    if twin.is_none() && !text(candidate, "lost").is_empty() {
        page.extend(hanging("   comes behind: ", text(candidate, "lost")));
    }
    if is_far {
        return page;
    }
    page.extend(owed(candidate));
    page
}

/// What speaks for and against one, the heaviest first, and what it comes to.
fn points(candidate: &Value) -> Vec<String> {
    let mut page = Vec::new();
    let mut all: Vec<&Value> = witnesses(candidate).iter().collect();
    let weight = |witness: &Value| hundredths(witness, "weight");
    all.sort_by_key(|witness| -weight(witness).abs());
    for (title, is_for) in [("   for", true), ("   against", false)] {
        let own = all.iter().filter(|witness| (weight(witness) >= 0) == is_for);
        for (place, witness) in own.enumerate() {
            let title = if place == 0 { title } else { "" };
            let lead = format!("{title:<11} {:<11} {:>7}  ", text(witness, "strength"), signed(weight(witness)));
            page.extend(hanging(&lead, text(witness, "text")));
        }
    }
    let start = signed(hundredths(candidate, "start"));
    page.extend(hanging(
        &format!("{:<23} {start:>7}  ", "   to begin with"),
        "it could be any Kassenzeichen of the town",
    ));
    page.push(format!("{:<23} {:>7}  points", "   in all", signed(hundredths(candidate, "score"))));
    page
}

/// What is owed under a candidate: each item with its due day, its amount and what is open of it.
fn owed(candidate: &Value) -> Vec<String> {
    let mut page = Vec::new();
    let mut kind = "";
    for item in list(candidate, "items") {
        let levy = text(item, "kind");
        if page.is_empty() || levy != kind {
            page.extend(hanging("   owes     ", levy));
        }
        kind = levy;
        let when = if is_due(item) { "due" } else { "not before" };
        let (open, amount) = (text(item, "open"), text(item, "amount"));
        let open = match open {
            "0.00" => "nothing open".to_owned(),
            open if open == amount => "all open".to_owned(),
            open => format!("{open} EUR open"),
        };
        let collecting = match text(item, "in_collection") {
            "" | "0.00" => String::new(),
            cents => format!(", {cents} EUR in a direct-debit run"),
        };
        let when = format!("{when} {}", text(item, "due"));
        let lead = format!("{:<11} {:<8} {when:<21} {amount:>12} EUR  ", "", text(item, "posten"));
        page.extend(hanging(&lead, &format!("{open}{collecting}")));
    }
    page
}

/// Whether an item is due today.
pub(crate) fn is_due(item: &Value) -> bool {
    item.get("is_due") == Some(&Value::Bool(true))
}
