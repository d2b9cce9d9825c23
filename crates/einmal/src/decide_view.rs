//! What an open case holds, and how to decide it: complete commands, ready to be typed.
//!
//! Knows only the JSON of `kasse::case` and the syntax of `resolve`. Invariant: `resolve` accepts every proposal that
//! is printed.

use serde_json::Value;

use crate::candidate_view::is_due;
use crate::fields::{hundredths, hundredths_of, item, list, number, text, unsigned};
use crate::layout::{WIDTH, hanging};
use crate::speech::say;

/// How many Kassenzeichen are shown for each reason.
const SHOWN_HELD: usize = 6;

/// The items that the case holds, why, until when, and who can free them.
pub(crate) fn held(case: &Value) -> Vec<String> {
    let holds = list(case, "holds");
    let complete = case.get("hold_complete") != Some(&Value::Bool(false));
    if holds.is_empty() && complete {
        return Vec::new();
    }
    let mut page = vec![String::new(), say("Not debited until this case is decided")];
    if holds.is_empty() {
        page.push(format!("  {}", say("nothing")));
    }
    for reason in REASONS {
        let own: Vec<&Value> = holds.iter().filter(|hold| text(hold, "reason") == reason.0).collect();
        if !own.is_empty() {
            page.push(format!("  {}", say(reason.1)));
            page.extend(held_for(&own, list(case, "candidates")));
        }
    }
    if !holds.is_empty() {
        page.push(format!("  {}", say("Whoever decides the case frees them; `hold lift` does not.")));
    }
    if !complete {
        let risk = say("Others could be meant too, and are not held: who releases a run must acknowledge this case.");
        page.extend(hanging("  ", &risk));
    }
    page
}

/// A line for each Kassenzeichen that is held for one reason, the likelier first.
fn held_for(holds: &[&Value], candidates: &[Value]) -> Vec<String> {
    let mut names: Vec<&str> = holds.iter().map(|hold| text(hold, "kassenzeichen")).collect();
    let place = |name: &str| candidates.iter().position(|one| text(one, "kassenzeichen") == name).unwrap_or(usize::MAX);
    names.sort_by_key(|name| (place(name), *name));
    names.dedup();
    let line = |name: &&str| {
        let own = holds.iter().filter(|hold| text(hold, "kassenzeichen") == *name);
        let items: Vec<&str> = own.map(|hold| text(hold, "posten")).collect();
        hanging(&format!("    {name:<20} "), &items.join(", "))
    };
    let mut page: Vec<String> = names.iter().take(SHOWN_HELD).flat_map(line).collect();
    if names.len() > SHOWN_HELD {
        let more = names.len() - SHOWN_HELD;
        page.push(format!("    {}", say(&format!("and {more} more Kassenzeichen: `--format json` lists them"))));
    }
    page
}

/// The stored reasons and their words, the strongest first.
const REASONS: [(&str, &str); 8] = [
    ("quoted", "their Kassenzeichen is quoted:"),
    ("mandate_named", "the reference of their mandate is named:"),
    ("near_reference", "their Kassenzeichen is a slip away from what is quoted:"),
    ("payer_account", "the payer's account stands for them:"),
    ("name_and_amount", "name or address, and the amount, fit:"),
    ("named", "name or address points to them:"),
    ("amount_alone", "just this amount is owed there:"),
    ("taken_back", "what paid it may have gone back:"),
];

/// How to decide the case: the best proposals as commands.
pub(crate) fn next(case: &Value) -> Vec<String> {
    // `--seen` makes the command fail if the case has changed since this was printed
    let resolve =
        format!("  einmal resolve {} --seen {} --as {}", number(case, "case"), number(case, "version"), say("YOU"));
    if text(case, "decision") != "case" {
        let title = say("To take the decision back, type this with your name for YOU");
        return vec![String::new(), title, format!("{resolve} --undo")];
    }
    let mut page = vec![String::new(), say("To decide it, type one of these with your name for YOU")];
    if text(case, "amount").starts_with('-') {
        page.extend(ways(&resolve, &OUTGOING));
        return page;
    }
    let quoted = quoted(case);
    let is_joint = quoted.len() > 1;
    let proposed = proposed(case, &quoted);
    if proposed.is_empty() && !is_joint {
        page.extend(allocate(&resolve, &[format!("KASSENZEICHEN/POSTEN={}", say("AMOUNT").to_uppercase())]));
    }
    for candidate in proposed {
        page.extend(allocate(&resolve, &parts(candidate)));
        page.extend(remark(case, candidate));
    }
    if is_joint {
        page.extend(allocate(&resolve, &open_items(case, &quoted)));
        page.extend(hanging("    ", &say(&format!("with amounts that make at most {} EUR", text(case, "open")))));
    }
    page.extend(ways(&resolve, &INCOMING));
    page
}

/// The other ways to decide a credit, and what they mean.
const INCOMING: [(&str, &str); 4] = [
    ("--other \"{why}\"", "other money"),
    ("--refund", "back to the payer"),
    ("--return", "bank takes it"),
    ("--wait {DATE}", "later, stays held"),
];

/// The ways to decide an outgoing booking.
const OUTGOING: [(&str, &str); 4] = [
    ("--return", "it took a credit back"),
    ("--refund", "it is a refund"),
    ("--other \"{why}\"", "something else"),
    ("--wait {DATE}", "later, stays held"),
];

/// The commands, each with a shell comment, so that the whole line can be typed.
fn ways(resolve: &str, ways: &[(&str, &str)]) -> Vec<String> {
    let (why, date) = (say("why"), say("DATE").to_uppercase());
    let line = |(how, meaning): &(&str, &str)| {
        let how = how.replace("{why}", &why).replace("{DATE}", &date);
        format!("{resolve} {how:<13} # {}", say(meaning))
    };
    ways.iter().map(line).collect()
}

/// For how many candidates the command is shown.
const SHOWN_NEXT: usize = 3;

/// The candidates for which a command is shown: those with more evidence for than against of which the payment covers
/// whole items; and, unless several Kassenzeichen are quoted, the quoted one and the first one with more evidence for
/// than against. If there are none: the first of which the payment covers whole items.
fn proposed<'a>(case: &'a Value, quoted: &[&str]) -> Vec<&'a Value> {
    let is_joint = quoted.len() > 1;
    let able = || list(case, "candidates").iter().filter(|candidate| !list(candidate, "allocate").is_empty());
    let likely = able().enumerate().filter(|(place, candidate)| {
        let is_quoted = quoted.contains(&text(candidate, "kassenzeichen"));
        let is_likely = hundredths(candidate, "score") > 0;
        !is_joint && (is_quoted || is_likely && *place == 0) || is_likely && is_whole(case, candidate)
    });
    let likely: Vec<&Value> = likely.map(|(_, candidate)| candidate).take(SHOWN_NEXT).collect();
    if likely.is_empty() { able().find(|candidate| is_whole(case, candidate)).into_iter().collect() } else { likely }
}

/// What posting the money to a candidate would give: `KZ/POSTEN=AMOUNT`.
fn parts(candidate: &Value) -> Vec<String> {
    list(candidate, "allocate").iter().map(|part| format!("{}={}", item(part), text(part, "amount"))).collect()
}

/// Item and hundredths of each part.
fn divided(candidate: &Value) -> Vec<(&Value, i64)> {
    let items = list(candidate, "items");
    let part = |part: &Value| {
        let own = items.iter().find(|item| text(item, "posten") == text(part, "posten"))?;
        Some((own, hundredths_of(text(part, "amount"))))
    };
    list(candidate, "allocate").iter().filter_map(part).collect()
}

/// Whether the payment covers everything that is open of each item it would go to, with nothing left over.
fn is_whole(case: &Value, candidate: &Value) -> bool {
    let parts = divided(candidate);
    let sum: i64 = parts.iter().map(|(_, cents)| cents).sum();
    sum == hundredths_of(text(case, "open"))
        && parts.iter().all(|(item, cents)| hundredths_of(text(item, "open")) == *cents)
}

/// What a clerk should know about a proposal: it pays ahead, or leaves a rest.
fn remark(case: &Value, candidate: &Value) -> Vec<String> {
    let parts = divided(candidate);
    let ahead: Vec<&str> =
        parts.iter().filter(|(item, _)| !is_due(item)).map(|(item, _)| text(item, "posten")).collect();
    let left = hundredths_of(text(case, "open")) - parts.iter().map(|(_, cents)| cents).sum::<i64>();
    let mut page = Vec::new();
    if !ahead.is_empty() {
        page.extend(hanging("    ", &say(&format!("pays ahead: {} is not yet due", ahead.join(", ")))));
    }
    if left > 0 {
        page.push(format!("    {}", say(&format!("leaves {} EUR of it in this case", unsigned(left)))));
    }
    page
}

/// The Kassenzeichen that the texts quote exactly.
fn quoted(case: &Value) -> Vec<&str> {
    let clean = list(case, "found").iter().filter(|mark| matches!(text(mark, "spelling"), "clean" | "old"));
    let mut names: Vec<&str> = clean.flat_map(|mark| list(mark, "kassenzeichen")).filter_map(Value::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The open items under these Kassenzeichen, with a placeholder for the amount: what is due, else what comes next.
fn open_items(case: &Value, quoted: &[&str]) -> Vec<String> {
    let own = list(case, "candidates").iter().filter(|candidate| quoted.contains(&text(candidate, "kassenzeichen")));
    own.flat_map(|candidate| {
        let open = || list(candidate, "items").iter().filter(|item| text(item, "open") != "0.00");
        let mut items: Vec<&Value> = open().filter(|item| is_due(item)).collect();
        if items.is_empty() {
            items.extend(open().next());
        }
        let name = text(candidate, "kassenzeichen");
        items.into_iter().map(move |item| format!("{name}/{}={}", text(item, "posten"), say("AMOUNT").to_uppercase()))
    })
    .collect()
}

/// The command that posts money: on one line if it fits, else one line per item; quoted where a shell would split it.
fn allocate(resolve: &str, parts: &[String]) -> Vec<String> {
    let quote = |part: &String| {
        let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
        if part.chars().all(is_plain) { part.clone() } else { format!("'{}'", part.replace('\'', r"'\''")) }
    };
    let parts: Vec<String> = parts.iter().map(quote).collect();
    let command = format!("{resolve} --allocate");
    let whole = format!("{command} {}", parts.join(" "));
    if whole.chars().count() <= WIDTH {
        return vec![whole];
    }
    let last = parts.len().saturating_sub(1);
    let end = |place: usize| if place == last { "" } else { " \\" };
    let parts = parts.iter().enumerate().map(|(place, part)| format!("    {part}{}", end(place)));
    std::iter::once(format!("{command} \\")).chain(parts).collect()
}
