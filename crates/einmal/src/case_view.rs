//! A case, and how a booking was decided, as a clerk reads them on a terminal of 80 columns.
//!
//! Knows only the JSON of `kasse::case` and `kasse::explain`, and how the next command is typed. Invariant: every field
//! that the rules looked at is shown, as the bank sent it, and every candidate with what speaks for and against it.

use std::io;

use serde_json::Value;

use crate::cli::Format;
use crate::layout::{Underline, WIDTH, hanging, underlined};
use crate::output;

/// One case: why it is one, what the bank sent, each candidate, what is held, and how it is decided.
pub(crate) fn case(format: Format, case: &Value) -> io::Result<()> {
    if format != Format::Table {
        return output::object(format, case, &[("candidates", &[]), ("holds", &[]), ("allocations", &[])]);
    }
    let (number, amount) = (number(case, "case"), text(case, "amount"));
    let age = match number_of(case, "age_days") {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let state = match (text(case, "decision"), text(case, "open")) {
        ("case", "0.00") => "open".to_owned(),
        ("case", open) if open == amount => "not placed".to_owned(),
        ("case", open) => format!("{open} EUR of it not placed"),
        _ => "decided".to_owned(),
    };
    let mut page = vec![format!("Case {number}: {amount} EUR of {}, {age} old, {state}", text(case, "booked"))];
    page.extend(hanging("", &sentence(case)));
    if let Some(day) = case.get("wait_until").and_then(Value::as_str) {
        page.extend(hanging("", &format!("Somebody waits until {day}; until it is decided all stays held.")));
    }
    page.extend(bank(case));
    page.extend(placed(case));
    page.extend(candidates(case));
    page.extend(held(case));
    page.extend(next(case));
    print(&page)
}

/// Bookings with all verdicts they have had, and what the rules say now.
pub(crate) fn explained(format: Format, bookings: &[Value]) -> io::Result<()> {
    if format != Format::Table {
        return output::list(format, bookings, &[]);
    }
    for booking in bookings {
        let mut page = vec![format!("{} EUR of {}", text(booking, "amount"), text(booking, "booked"))];
        if let Some(case) = booking.get("case").and_then(Value::as_i64) {
            page.push(format!("It is case {case}: `einmal case {case}` shows how to decide it."));
        }
        page.extend(bank(booking));
        page.push(String::new());
        page.push("What was decided".to_owned());
        for verdict in list(booking, "verdicts") {
            let rules = match text(verdict, "by") {
                "the rules" => format!("the rules {}", text(verdict, "rules")),
                by => by.to_owned(),
            };
            let said = format!("by {rules}: {}{}", meaning(verdict), sureness(verdict));
            page.extend(hanging(&format!("  {}  ", text(verdict, "decided")), &said));
            page.extend(hanging("              ", &sentence(verdict)));
        }
        page.push(String::new());
        match booking.get("replay").filter(|replay| !replay.is_null()) {
            Some(replay) => page.extend(replayed(replay, list(booking, "verdicts").last())),
            None => page.push("No rule decides it: it is no credit.".to_owned()),
        }
        print(&page)?;
    }
    Ok(())
}

/// What the rules say now; the sentence only where it is another than before.
fn replayed(replay: &Value, newest: Option<&Value>) -> Vec<String> {
    let same = replay.get("same_as_stored").and_then(Value::as_bool);
    let said = format!("{}{}", meaning(replay), sureness(replay));
    let mut page = match same {
        Some(true) => vec!["With the rules and books of now: the same".to_owned()],
        _ => hanging("With the rules and books of now: ", &said),
    };
    if newest.is_none_or(|newest| sentence(newest) != sentence(replay)) {
        page.extend(hanging("  ", &sentence(replay)));
    }
    page.extend(placed(replay));
    page.extend(candidates(replay));
    page.extend(held(replay));
    page
}

/// A decision in words.
fn meaning(verdict: &Value) -> &str {
    match text(verdict, "decision") {
        "auto" => "posted without a person",
        "case" => "a person must decide",
        "clerk" => "placed",
        "other" => "other money, left alone",
        "returned" => "taken back by the bank",
        "settlement" => "the bank's credit for direct debits",
        other => other,
    }
}

/// How sure a verdict is, in per cent, rounded down; of a case, how likely its first proposal is.
fn sureness(verdict: &Value) -> String {
    let share = verdict.get("confidence").filter(|share| !share.is_null()).map(Value::to_string).unwrap_or_default();
    let Some(decimals) = share.strip_prefix("0.") else { return String::new() };
    let digits: String = decimals.chars().chain("0000".chars()).take(4).collect();
    let (whole, part) = digits.split_at(2);
    let whole = whole.strip_prefix('0').unwrap_or(whole);
    match text(verdict, "decision") {
        "case" => format!(" (the likeliest at {whole}.{part} %, 99.90 % is asked for)"),
        _ => format!(", {whole}.{part} % sure"),
    }
}

/// The sentence that names Kassenzeichen and amounts, else the class of it.
fn sentence(verdict: &Value) -> String {
    let said = match text(verdict, "because") {
        "" => text(verdict, "reason"),
        because => because,
    };
    let mut letters = said.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// What the bank sent, each text as it is, with what was recognised in it underlined.
fn bank(booking: &Value) -> Vec<String> {
    let mut page = vec![String::new(), "What the bank sent".to_owned()];
    let plain =
        [("payer", "counterparty"), ("from", "counterparty_iban"), ("to", "account"), ("bank ref.", "reference")];
    let texts = [
        ("text", "remittance"),
        ("end-to-end", "end_to_end_id"),
        ("structured", "structured_reference"),
        ("mandate", "mandate_reference"),
        ("bank adds", "additional"),
    ];
    for (name, field) in plain.into_iter().chain(texts) {
        let value = text(booking, field);
        if !value.is_empty() && value != "NOTPROVIDED" {
            page.extend(underlined(&format!("  {name:<11}"), value, &marks(booking, field)));
        }
    }
    page
}

/// What was recognised in one of the texts.
fn marks(booking: &Value, field: &str) -> Vec<Underline> {
    let own = list(booking, "found").iter().filter(|mark| text(mark, "field") == field);
    let place =
        |mark: &Value, name: &str| mark.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
    own.filter_map(|mark| {
        let names: Vec<&str> = list(mark, "kassenzeichen").iter().filter_map(Value::as_str).collect();
        let label = match text(mark, "spelling") {
            "near" => format!("nearly {}", few(&names)),
            "part" => format!("a part of {}", few(&names)),
            "unknown" => "in no list".to_owned(),
            _ => few(&names),
        };
        Some(Underline { from: place(mark, "from")?, to: place(mark, "to")?, label })
    })
    .collect()
}

/// »A or B or 3 more«.
fn few(names: &[&str]) -> String {
    const MOST: usize = 3;
    let mut few: Vec<String> = names.iter().take(MOST).map(|name| (*name).to_owned()).collect();
    if names.len() > MOST {
        few.push(format!("{} more", names.len() - MOST));
    }
    few.join(" or ")
}

/// What is placed already.
fn placed(verdict: &Value) -> Vec<String> {
    let parts = list(verdict, "allocations");
    if parts.is_empty() {
        return Vec::new();
    }
    let line = |part: &Value| format!("  {:<32}{:>12} EUR", item(part), text(part, "amount"));
    [String::new(), "Placed".to_owned()].into_iter().chain(parts.iter().map(line)).collect()
}

fn candidates(verdict: &Value) -> Vec<String> {
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
    let who = [text(candidate, "debtor"), text(candidate, "address")].map(|part| part.replace(['\r', '\n'], ", "));
    let who: Vec<String> = who.into_iter().filter(|part| !part.is_empty()).collect();
    let chosen = if chosen { "  (placed here)" } else { "" };
    let head = format!("{number}. {}{chosen}  ", text(candidate, "kassenzeichen"));
    let mut page = vec![String::new()];
    page.extend(hanging(&head, &who.join(", ")));
    match twin {
        Some(twin) => page.push(format!("   the same speaks for and against it as for {twin}.")),
        None => {
            page.extend(points(candidate));
            if !text(candidate, "lost").is_empty() {
                page.extend(hanging("   comes behind: ", text(candidate, "lost")));
            }
        }
    }
    for item in list(candidate, "items") {
        page.extend(hanging("   owes ", &owed(item)));
    }
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

/// An item of a candidate: what is open of it, and since when it is due.
fn owed(item: &Value) -> String {
    let (open, amount) = (text(item, "open"), text(item, "amount"));
    let when = match item.get("is_due") {
        Some(Value::Bool(false)) => "not due before",
        _ => "due",
    };
    let open = match open {
        "0.00" => "nothing of".to_owned(),
        open if open == amount => "all of".to_owned(),
        open => format!("{open} EUR of"),
    };
    let collecting = match text(item, "in_collection") {
        "" | "0.00" => String::new(),
        cents => format!(", {cents} EUR in a direct-debit run"),
    };
    let (posten, kind, due) = (text(item, "posten"), text(item, "kind"), text(item, "due"));
    format!("{open} {amount} EUR: {posten} {kind}, {when} {due}{collecting}")
}

/// At most so many lines of held items are shown.
const SHOWN_HOLDS: usize = 12;

/// What is held because of it, why, until when, and who frees it.
fn held(case: &Value) -> Vec<String> {
    let holds = list(case, "holds");
    let complete = case.get("hold_complete") != Some(&Value::Bool(false));
    if holds.is_empty() && complete {
        return Vec::new();
    }
    let mut page = vec![String::new(), "Not debited until this case is decided".to_owned()];
    if holds.is_empty() {
        page.push("  nothing".to_owned());
    }
    for hold in holds.iter().take(SHOWN_HOLDS) {
        page.extend(hanging(&format!("  {:<28} ", item(hold)), why_held(text(hold, "reason"))));
    }
    if holds.len() > SHOWN_HOLDS {
        page.push(format!("  and {} more: `--format json` lists them", holds.len() - SHOWN_HOLDS));
    }
    if !holds.is_empty() {
        page.push("  Whoever decides the case frees them; `hold lift` does not.".to_owned());
    }
    if !complete {
        let risk = "Others could be meant too, and are not held: who releases a run must acknowledge this case.";
        page.extend(hanging("  ", risk));
    }
    page
}

/// A stored reason in words.
fn why_held(reason: &str) -> &str {
    match reason {
        "quoted" => "its Kassenzeichen is quoted",
        "near_reference" => "its Kassenzeichen is a slip away from what is quoted",
        "payer_account" => "the payer's account stands for it",
        "name_and_amount" => "name or address, and the amount, fit",
        "amount_alone" => "it is of this amount, and few are",
        other => other,
    }
}

/// How the case is decided: the best proposals, ready to be typed.
fn next(case: &Value) -> Vec<String> {
    let number = number(case, "case");
    let mut page = vec![String::new(), "To decide it, type one of these with your name for YOU".to_owned()];
    if text(case, "decision") != "case" {
        page.push(format!("  einmal resolve {number} --undo --as YOU"));
        return page;
    }
    let amount = hundredths_of(text(case, "open"));
    let quoted = quoted(case);
    if quoted.len() > 1 {
        page.extend(allocate(&number, &open_items(case, &quoted)));
        page.extend(hanging("    ", &format!("with amounts that make at most {} EUR", text(case, "open"))));
    } else {
        for candidate in proposed(case) {
            let parts = list(candidate, "allocate").iter().filter_map(Value::as_str);
            let parts: Vec<String> = parts.map(str::to_owned).collect();
            page.extend(allocate(&number, &parts));
            let cents = parts.iter().filter_map(|part| part.rsplit_once('=')).map(|(_, cents)| hundredths_of(cents));
            let placed: i64 = cents.sum();
            if placed < amount {
                page.push(format!("    leaves {} EUR of it in this case", unsigned(amount - placed)));
            }
        }
    }
    page.push(format!("  einmal resolve {number} --as YOU --other \"why\"    other money of the town"));
    page.push(format!("  einmal resolve {number} --as YOU --refund         back to the payer"));
    page.push(format!("  einmal resolve {number} --as YOU --return         the bank takes it back"));
    page.push(format!("  einmal resolve {number} --as YOU --wait DATE      later; all stays held"));
    page
}

/// For so many candidates the command is shown.
const SHOWN_NEXT: usize = 3;

/// The candidates for which the command is shown: the first that can take money, and others that more speaks for than
/// against.
fn proposed(case: &Value) -> impl Iterator<Item = &Value> {
    let able = list(case, "candidates").iter().filter(|candidate| !list(candidate, "allocate").is_empty());
    let likely = able.enumerate().filter(|(place, candidate)| *place == 0 || hundredths(candidate, "score") > 0);
    likely.map(|(_, candidate)| candidate).take(SHOWN_NEXT)
}

/// The Kassenzeichen that stand in the texts as they are.
fn quoted(case: &Value) -> Vec<&str> {
    let clean = list(case, "found").iter().filter(|mark| text(mark, "spelling") == "clean");
    let mut names: Vec<&str> = clean.flat_map(|mark| list(mark, "kassenzeichen")).filter_map(Value::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What is open under these Kassenzeichen, each with a place for its amount.
fn open_items(case: &Value, quoted: &[&str]) -> Vec<String> {
    let own = list(case, "candidates").iter().filter(|candidate| quoted.contains(&text(candidate, "kassenzeichen")));
    own.flat_map(|candidate| {
        let due = list(candidate, "items").iter().filter(|item| item.get("is_due") == Some(&Value::Bool(true)));
        let open = due.filter(|item| text(item, "open") != "0.00");
        open.map(|item| format!("{}/{}=AMOUNT", text(candidate, "kassenzeichen"), text(item, "posten")))
    })
    .collect()
}

/// The command that places money: on one line where it fits, else an item a line; quoted where a shell would split it.
fn allocate(number: &str, parts: &[String]) -> Vec<String> {
    let quote = |part: &String| {
        let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
        if part.chars().all(is_plain) { part.clone() } else { format!("'{}'", part.replace('\'', r"'\''")) }
    };
    let parts: Vec<String> = parts.iter().map(quote).collect();
    let command = format!("  einmal resolve {number} --as YOU --allocate");
    let whole = format!("{command} {}", parts.join(" "));
    if whole.chars().count() <= WIDTH {
        return vec![whole];
    }
    let last = parts.len().saturating_sub(1);
    let end = |place: usize| if place == last { "" } else { " \\" };
    let parts = parts.iter().enumerate().map(|(place, part)| format!("    {part}{}", end(place)));
    std::iter::once(format!("{command} \\")).chain(parts).collect()
}

/// `KASSENZEICHEN/POSTEN`.
fn item(object: &Value) -> String {
    format!("{}/{}", text(object, "kassenzeichen"), text(object, "posten"))
}

fn print(page: &[String]) -> io::Result<()> {
    page.iter().try_for_each(|line| output::line(line))
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number_of(object: &Value, name: &str) -> i64 {
    object.get(name).and_then(Value::as_i64).unwrap_or_default()
}

fn number(object: &Value, name: &str) -> String {
    number_of(object, name).to_string()
}

fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A JSON number with at most two decimals, as hundredths.
fn hundredths(object: &Value, name: &str) -> i64 {
    object.get(name).map(|number| hundredths_of(&number.to_string())).unwrap_or_default()
}

/// A decimal number with at most two decimals, as hundredths; what is none is nothing.
fn hundredths_of(number: &str) -> i64 {
    let (sign, digits) = number.strip_prefix('-').map_or((1, number), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: String = part.chars().chain("00".chars()).take(2).collect();
    let whole: i64 = whole.parse().unwrap_or_default();
    sign * (whole * 100 + part.parse::<i64>().unwrap_or_default())
}

/// Hundredths with their sign.
fn signed(hundredths: i64) -> String {
    format!("{}{}", if hundredths < 0 { '-' } else { '+' }, unsigned(hundredths))
}

fn unsigned(hundredths: i64) -> String {
    let hundredths = hundredths.unsigned_abs();
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
