//! A case, and how a booking was decided, for a clerk at a terminal of 80 columns.
//!
//! Knows only the JSON of `kasse::case` and `kasse::explain`. Invariant: every field that the rules used is shown as
//! the bank sent it, and no line is longer than the terminal is wide.

use std::io;

use serde_json::Value;

use crate::candidate_view::candidates;
use crate::decide_view::{held, next};
use crate::fields::{item, list, number, number_of, text};
use crate::format_cli::Format;
use crate::layout::{Underline, hanging, underlined};
use crate::output;
use crate::speech::{day, money, say};

/// One case: why it is one, what the bank sent, the candidates, what is held, and how to decide it.
pub(crate) fn case(format: Format, case: &Value) -> io::Result<()> {
    if format != Format::Table {
        return output::object(
            format,
            case,
            &[("candidates", &[]), ("holds", &[]), ("allocations", &[]), ("found", &[]), ("comments", &[])],
        );
    }
    let (number, amount) = (number(case, "case"), text(case, "amount"));
    let state = match (text(case, "decision"), text(case, "open")) {
        ("case", "0.00") => say("open"),
        ("case", open) if open == amount => say("not placed"),
        ("case", open) => say(&format!("{open} EUR of it not placed")),
        _ => say("decided"),
    };
    let (booked, age) = (day(text(case, "booked")), age(case));
    let mut page = vec![say(&format!("Case {number}: {} EUR of {booked}, {age} old, {state}", money(amount)))];
    page.extend(hanging("", &sentence(case)));
    if let Some(day) = case.get("wait_until").and_then(Value::as_str) {
        page.extend(hanging("", &say(&format!("Somebody waits until {day}; until it is decided all stays held."))));
    }
    if let Some(owner) = case.get("owner").and_then(Value::as_str) {
        page.extend(hanging("", &say(&format!("It is {owner}'s case."))));
    }
    page.extend(comments(case));
    page.extend(bank(case, list(case, "candidates")));
    page.extend(placed(case));
    page.extend(candidates(case));
    page.extend(held(case));
    page.extend(next(case));
    print(&page)
}

/// The open cases: for each a line that identifies it, and why it is a case.
pub(crate) fn cases(format: Format, cases: &[Value]) -> io::Result<()> {
    if format != Format::Table {
        return output::list(format, cases, &[]);
    }
    if cases.is_empty() {
        output::note("nothing");
    }
    for case in cases {
        let (amount, open) = (text(case, "amount"), text(case, "open"));
        let open = if open == amount { String::new() } else { say(&format!(" ({open} EUR open)")) };
        let (amount, booked) = (money(amount), day(text(case, "booked")));
        let payer = text(case, "counterparty").replace(char::is_control, " ");
        let lead = format!("{:>5}  {booked}  {}, {amount} EUR{open}  ", number(case, "case"), age(case));
        print(&hanging(&lead, &payer))?;
        print(&hanging("       ", &sentence(case)))?;
        if let Some(owner) = case.get("owner").and_then(Value::as_str) {
            print(&hanging("       ", &say(&format!("It is {owner}'s case."))))?;
        }
        if let Some(day) = case.get("wait_until").and_then(Value::as_str) {
            output::line(&format!("       {}", say(&format!("Somebody waits until {day}."))))?;
        }
    }
    Ok(())
}

/// The credits: for each a line that identifies it, and where it was posted or why a person must decide.
pub(crate) fn payments(payments: &[Value]) -> io::Result<()> {
    if payments.is_empty() {
        output::note("nothing");
    }
    for payment in payments {
        let payer = text(payment, "counterparty").replace(char::is_control, " ");
        let what = match payment.get("case").and_then(Value::as_i64) {
            Some(case) => say(&format!("case {case}")),
            None => say(text(payment, "decision")),
        };
        let (day, amount) = (day(text(payment, "booked")), money(text(payment, "amount")));
        let lead = format!("{:<18}  {day} {amount:>12} EUR  {what:<9}  ", text(payment, "reference"));
        print(&hanging(&lead, &payer))?;
        for part in list(payment, "allocations") {
            output::line(&format!("{:>18}  {:<32} {:>10} EUR", "", item(part), money(text(part, "amount"))))?;
        }
        if let Some(why) = list(payment, "evidence").first().filter(|_| text(payment, "decision") == "case") {
            print(&hanging(&format!("{:>18}  ", ""), &say(text(why, "text"))))?;
        }
    }
    Ok(())
}

fn age(case: &Value) -> String {
    match number_of(case, "age_days") {
        1 => say("1 day"),
        days => say(&format!("{days} days")),
    }
}

/// Bookings with every verdict that they had, and what the rules say now.
pub(crate) fn explained(format: Format, bookings: &[Value]) -> io::Result<()> {
    if format != Format::Table {
        return output::list(format, bookings, &[]);
    }
    for booking in bookings {
        let mut page = vec![say(&format!("{} EUR of {}", text(booking, "amount"), text(booking, "booked")))];
        if let Some(case) = booking.get("case").and_then(Value::as_i64) {
            page.push(say(&format!("It is case {case}: `einmal case {case}` shows how to decide it.")));
        }
        let replayed_candidates = booking.get("replay").map(|replay| list(replay, "candidates")).unwrap_or_default();
        page.extend(bank(booking, replayed_candidates));
        page.push(String::new());
        page.push(say("What was decided"));
        for verdict in list(booking, "verdicts") {
            let rules = match text(verdict, "by") {
                "the rules" => say(&format!("the rules {}", text(verdict, "rules"))),
                by => say(by),
            };
            let said = say(&format!("by {rules}: {}{}", meaning(verdict), sureness(verdict)));
            page.extend(hanging(&format!("  {}  ", day(text(verdict, "decided"))), &said));
            page.extend(hanging("              ", &sentence(verdict)));
        }
        page.push(String::new());
        match booking.get("replay").filter(|replay| !replay.is_null()) {
            Some(replay) => page.extend(replayed(replay, list(booking, "verdicts").last())),
            None => page.push(say("No rule decides it: it is no credit.")),
        }
        print(&page)?;
    }
    Ok(())
}

/// What the rules say now; the sentence only if it differs from the stored one.
fn replayed(replay: &Value, newest: Option<&Value>) -> Vec<String> {
    let same = replay.get("same_as_stored").and_then(Value::as_bool);
    let said = format!("{}{}", meaning(replay), sureness(replay));
    let mut page = match same {
        Some(true) => vec![say("With the rules and books of now: the same")],
        _ => hanging(&format!("{} ", say("With the rules and books of now:")), &said),
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
fn meaning(verdict: &Value) -> String {
    say(match text(verdict, "decision") {
        "auto" => "posted without a person",
        "case" => "a person must decide",
        "clerk" => "placed",
        "other" => "other money, left alone",
        "returned" => "taken back by the bank",
        "settlement" => "the bank's credit for direct debits of ours",
        "transfer" => "moved between accounts of the town",
        "refund" => "given back to its payer",
        "debit_return" => "a direct debit that came back",
        "fee" => "the bank's own: fees or interest",
        other => other,
    })
}

/// How sure a verdict is, in per cent, rounded down; for a case, how likely its first proposal is.
fn sureness(verdict: &Value) -> String {
    let share = verdict.get("confidence").filter(|share| !share.is_null()).map(Value::to_string).unwrap_or_default();
    let Some(decimals) = share.strip_prefix("0.") else { return String::new() };
    let digits: String = decimals.chars().chain("0000".chars()).take(4).collect();
    let (whole, part) = digits.split_at(2);
    let whole = whole.strip_prefix('0').unwrap_or(whole);
    let share = money(&format!("{whole}.{part}"));
    match text(verdict, "decision") {
        "case" => say(&format!(" (the likeliest at {share} %, 99.90 % is asked for)")),
        _ => say(&format!(", {share} % sure")),
    }
}

/// The sentence that names Kassenzeichen and amounts, else the class of the reason.
fn sentence(verdict: &Value) -> String {
    let said = match text(verdict, "because") {
        "" => text(verdict, "reason"),
        because => because,
    };
    let said = say(said);
    let mut letters = said.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// The comments on a case, oldest first.
fn comments(case: &Value) -> Vec<String> {
    let all = list(case, "comments");
    if all.is_empty() {
        return Vec::new();
    }
    let said = |one: &Value| hanging(&format!("  {}  {}: ", day(text(one, "day")), text(one, "by")), text(one, "text"));
    [String::new(), say("What people said")].into_iter().chain(all.iter().flat_map(said)).collect()
}

/// What the bank sent, each text unchanged, with the recognised references underlined.
fn bank(booking: &Value, candidates: &[Value]) -> Vec<String> {
    let mut page = vec![String::new(), say("What the bank sent")];
    let plain =
        [("payer", "counterparty"), ("from", "counterparty_iban"), ("to", "account"), ("bank ref.", "reference")];
    let texts = [
        ("text", "remittance"),
        ("end-to-end", "end_to_end_id"),
        ("structured", "structured_reference"),
        ("mandate", "mandate_reference"),
        ("bank adds", "additional"),
        ("more text", "structured_text"),
        ("more refs", "further_references"),
        ("order id", "instruction_id"),
        ("on behalf", "ultimate_debtor"),
    ];
    let none = say("(none)");
    for (name, field) in plain.into_iter().chain(texts) {
        let value = match text(booking, field) {
            "" if field == "remittance" => &none,
            value => value,
        };
        let name = say(name);
        if !value.is_empty() && value != "NOTPROVIDED" {
            page.extend(underlined(&format!("  {name:<11}"), value, &marks(booking, field, candidates)));
        }
    }
    page
}

/// The recognised references in a text; if a number may mean several Kassenzeichen, the likelier first.
fn marks(booking: &Value, field: &str, candidates: &[Value]) -> Vec<Underline> {
    let rank = |name: &str| candidates.iter().position(|one| text(one, "kassenzeichen") == name).unwrap_or(usize::MAX);
    let own = list(booking, "found").iter().filter(|mark| text(mark, "field") == field);
    let place =
        |mark: &Value, name: &str| mark.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
    own.filter_map(|mark| {
        let mut names: Vec<&str> = list(mark, "kassenzeichen").iter().filter_map(Value::as_str).collect();
        names.sort_by_key(|name| rank(name));
        let label = match text(mark, "spelling") {
            "near" => format!("{} {}", say("nearly"), few(&names)),
            "part" => format!("{} {}", say("a part of"), few(&names)),
            "old" => format!("{} {}", say("an old reference of"), few(&names)),
            "unknown" => say("in no list"),
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
        few.push(say(&format!("{} more", names.len() - MOST)));
    }
    few.join(&format!(" {} ", say("or")))
}

/// What is posted already.
fn placed(verdict: &Value) -> Vec<String> {
    let parts = list(verdict, "allocations");
    if parts.is_empty() {
        return Vec::new();
    }
    let line = |part: &Value| format!("  {:<32}{:>12} EUR", item(part), money(text(part, "amount")));
    [String::new(), say("Placed")].into_iter().chain(parts.iter().map(line)).collect()
}

fn print(page: &[String]) -> io::Result<()> {
    page.iter().try_for_each(|line| output::line(line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn of_what_a_number_could_be_the_likeliest_is_named_first() {
        let found = |names: &[&str], spelling: &str| json!({"field": "remittance", "from": 3, "to": 7, "kassenzeichen": names, "spelling": spelling});
        let candidates = [json!({"kassenzeichen": "D"}), json!({"kassenzeichen": "B"})];
        for (names, spelling, expected) in [
            (&["A", "B", "C", "D", "E"][..], "near", "nearly D or B or A or 2 more"),
            (&["B"], "part", "a part of B"),
            (&["B"], "old", "an old reference of B"),
            (&["B"], "clean", "B"),
            (&[], "unknown", "in no list"),
        ] {
            let booking = json!({"remittance": "KZ 1234", "found": [found(names, spelling)]});
            let marks = marks(&booking, "remittance", &candidates);
            assert_eq!((marks[0].from, marks[0].to, marks[0].label.as_str()), (3, 7, expected));
        }
    }

    #[test]
    fn sureness_is_rounded_down_and_a_case_has_none_of_its_own() {
        for (decision, share, expected) in [
            ("auto", json!(0.999999), ", 99.99 % sure"),
            ("auto", json!(0.05), ", 5.00 % sure"),
            ("case", json!(0.9375), " (the likeliest at 93.75 %, 99.90 % is asked for)"),
            ("other", Value::Null, ""),
        ] {
            assert_eq!(sureness(&json!({"decision": decision, "confidence": share})), expected);
        }
    }
}
