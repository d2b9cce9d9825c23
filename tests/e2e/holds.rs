//! Holds by hand: at once into effect, lifted by two people.

use serde_json::Value;

use crate::collect;
use crate::town::Town;

/// What a plan for 27 March leaves out of a Kassenzeichen, and why.
fn reason(town: &Town, kassenzeichen: &str) -> Option<String> {
    let rows = town.json("report receivables");
    let row = rows.as_array().unwrap().iter().find(|row| row["kassenzeichen"] == kassenzeichen).unwrap();
    row["left_out"].as_str().map(str::to_owned)
}

const NEUMANN: &str = "5.0100.784053.8";

#[test]
fn a_hold_takes_a_debit_out_at_once_and_two_people_lift_it() {
    let town = Town::lindental();
    town.run("collect plan --due 2024-03-27 --as anna").ok();
    assert_eq!(reason(&town, NEUMANN).as_deref(), Some("in_run"));
    town.run(&format!("hold add {NEUMANN}/2024-1 --reason Widerspruch --as dora")).ok();
    assert_eq!(reason(&town, NEUMANN).as_deref(), Some("hand_hold"));
    let run = town.json("collect show L1");
    let debits = run["debits"].as_array().unwrap();
    assert!(debits.iter().all(|debit| debit["kassenzeichen"] != NEUMANN), "{run:#}");
    town.run("verify").ok();
    let held = town.one("report receivables", &[("kassenzeichen", NEUMANN)]);
    assert_eq!((&held["holds"][0]["case"], &held["holds"][0]["reason"]), (&Value::Null, &Value::from("Widerspruch")));
    assert_eq!(held["holds"][0]["may_be_lifted_by"], "two people");

    let lift = format!("hold lift {NEUMANN}/2024-1 --reason erledigt --as");
    town.run(&format!("{lift} dora")).ok().says(&format!("{NEUMANN}/2024-1: 1 of 2 have signed, it is still held"));
    assert_eq!(reason(&town, NEUMANN).as_deref(), Some("hand_hold"));
    town.run(&format!("{lift} dora"))
        .refused(&format!("dora has signed for \"{NEUMANN}/2024-1\" already: another person must"));
    town.run(&format!("{lift} emil")).ok().says(&format!("{NEUMANN}/2024-1 is no longer held by hand"));
    assert_eq!(reason(&town, NEUMANN), None);
    town.run(&format!("{lift} anna")).refused(&format!("nobody holds \"{NEUMANN}/2024-1\" by hand"));
    town.run("verify").ok();
}

#[test]
fn a_hold_that_comes_after_the_file_says_so() {
    let town = collect::announced();
    town.run("collect release L1 --as bernd --acknowledge-open-cases").ok();
    town.run("collect export L1 --out bank").ok();
    let done = town.run(&format!("hold add {NEUMANN} --reason Widerspruch --as dora")).ok();
    let run = town.json("collect show L1");
    let debit = run["debits"].as_array().unwrap().iter().find(|debit| debit["kassenzeichen"] == NEUMANN).unwrap();
    done.says(&format!(
        "warning: the file of run L1 was written with {} EUR of it: the hold comes too late for that debit",
        debit["amount"].as_str().unwrap()
    ));
}

#[test]
fn a_hold_with_an_end_holds_until_that_day() {
    let town = Town::lindental();
    town.run(&format!("hold add {NEUMANN} --reason Stundung --until 2024-03-27 --as dora")).ok();
    let left_out = |due: &str| {
        let plan = town.json(&format!("collect plan --due {due} --as anna"));
        let rows = plan["left_out"].as_array().unwrap().clone();
        let found = rows.iter().find(|row| row["kassenzeichen"] == NEUMANN).map(|row| row["reason"].clone());
        town.run(&format!("collect cancel {} --as anna", plan["run"].as_str().unwrap())).ok();
        found
    };
    assert_eq!(left_out("2024-03-27"), Some("hand_hold".into()));
    assert_eq!(left_out("2024-03-28"), None);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let town = Town::lindental();
    town.run("hold add 4711 --reason Stundung --as dora").refused("nothing is owed under \"4711\"");
    town.run(&format!("hold add {NEUMANN} --reason Stundung --until 2024-03-10 --as dora"))
        .refused("2024-03-10 is before 2024-03-11: such a hold would hold nothing");
    assert_eq!(town.run(&format!("hold add {NEUMANN} --reason '' --as dora")).code, 2);
    let table = town.run("hold list").ok();
    assert!(table.err.contains("nothing"), "{table:#?}");
}
