//! How a booking was decided, replayed, and how well the program's proposals stand.

use serde_json::Value;

use crate::bank::Statement;
use crate::town::Town;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value:#}"))
}

#[test]
fn a_posted_booking_is_explained_and_replays_to_the_same() {
    let town = Town::lindental();
    let explained = town.json("explain R-FISCHER");
    let booking = &explained[0];
    assert_eq!(booking["verdicts"].as_array().unwrap().len(), 1, "{booking:#}");
    let replay = &booking["replay"];
    assert_eq!((text(replay, "decision"), &replay["same_as_stored"]), ("auto", &Value::Bool(true)), "{replay:#}");
    assert_eq!(replay["rules"], booking["verdicts"][0]["rules"]);
    assert_eq!(text(&replay["allocations"][0], "kassenzeichen"), "5.0100.895164.9");
    let witnesses = replay["candidates"][0]["witnesses"].as_array().unwrap();
    assert!(witnesses.iter().any(|witness| witness["witness"] == "reference"), "{replay:#}");
    let table = town.run("explain R-FISCHER").ok().out;
    assert!(table.contains("With the rules and books of now: the same"), "{table}");
    assert!(table.contains("1. 5.0100.895164.9  (placed here)"), "{table}");
}

#[test]
fn a_case_that_a_person_decided_shows_both_and_what_the_rules_would_say() {
    let town = Town::lindental();
    town.run("resolve 1 --allocate 5.0100.673942.6/2024-1=655.70 --as dora").ok();
    let explained = town.json("explain R-QUANDT");
    let verdicts: Vec<(&str, &str)> = explained[0]["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|verdict| (text(verdict, "by"), text(verdict, "decision")))
        .collect();
    assert_eq!(verdicts, [("the rules", "case"), ("a person", "clerk")]);
    let replay = &explained[0]["replay"];
    assert_eq!((text(replay, "decision"), &replay["same_as_stored"]), ("case", &Value::Null), "{replay:#}");
    assert_eq!(town.json("explain R-QUANDT"), explained, "a replay changes nothing");
}

#[test]
fn an_unknown_reference_is_refused_and_what_went_out_is_told_too() {
    let town = Town::lindental();
    town.run("explain R-NICHTS").refused("no booking has the reference \"R-NICHTS\"");
    let replay = &town.json("explain R-STROM")[0]["replay"];
    assert_eq!((text(replay, "decision"), text(replay, "reason")), ("other", "a payment of the town"));
}

/// `VERDICTS STOOD` of a group of the report.
fn group(town: &Town, name: &str) -> (i64, i64) {
    let row = town.one("report matching", &[("group", name)]);
    (row["verdicts"].as_i64().unwrap(), row["stood"].as_i64().unwrap())
}

#[test]
fn proposals_are_counted_by_what_became_of_them() {
    const PEOPLE: &str = "first proposal was the person's choice";
    let town = Town::lindental();
    assert_eq!(group(&town, PEOPLE), (0, 0));
    assert_eq!(group(&town, "confidence 99.9 % and more"), (1, 1), "Fischer's");
    // the amount is Brandt's: a person agrees, takes it back, and gives it to König
    town.run("resolve 1 --allocate 5.0100.673942.6/2024-1=655.70 --as dora").ok();
    assert_eq!(group(&town, PEOPLE), (1, 1));
    town.run("resolve 1 --undo --as dora").ok();
    assert_eq!(group(&town, PEOPLE), (0, 0), "what was taken back is no judgement");
    town.run("resolve 1 --allocate 5.0100.567821.1/2024-1=500.00 --as dora").ok();
    assert_eq!(group(&town, PEOPLE), (1, 0));
    // who now waits has not made up his mind
    town.run("resolve 1 --wait 2024-03-25 --as dora").ok();
    assert_eq!(group(&town, PEOPLE), (0, 0));
}

#[test]
fn what_the_bank_takes_back_says_nothing_of_the_proposal() {
    let town = Town::lindental();
    town.run("resolve 1 --return --as dora").ok();
    assert_eq!(group(&town, "first proposal was the person's choice"), (0, 0), "a person said so");
    // the bank takes Fischer's transfer back
    let statement = "
        202 2024-03-08 2024-03-08 1851.70
        2024-03-08 -166.00 fischer | Kassenzeichen 5.0100.895164.9 | ref=R-BACK reversal code=PMNT/RCDT/RRTN";
    town.write("zurueck.xml", Statement::new(statement).xml());
    town.run("import zurueck.xml").ok();
    town.run("match").ok();
    let decisions: Vec<Value> = town.json("explain R-FISCHER")[0]["verdicts"].as_array().unwrap().clone();
    assert_eq!(decisions.last().unwrap()["decision"], "returned", "{decisions:#?}");
    assert_eq!(group(&town, "confidence 99.9 % and more"), (0, 0));
}
