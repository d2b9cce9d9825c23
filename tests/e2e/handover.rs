//! The handover: two people end our collecting, planned debits are released, only returns are taken from then on.

use serde_json::{Value, json};

use crate::after_file::{AFTER, Handed, WHOLE};
use crate::collect::announced;
use crate::people::kz;
use crate::town::Town;

const HANDOVER: &str = "handover --as-of 2024-03-11 --reason 'Altsystem läuft' --as anna --with bernd";

/// The reasons for which a plan leaves items out, each once.
fn reasons(plan: &Value) -> Vec<String> {
    let rows = plan["left_out"].as_array().unwrap().iter();
    let mut reasons: Vec<String> = rows.map(|row| row["reason"].as_str().unwrap().to_owned()).collect();
    reasons.sort();
    reasons.dedup();
    reasons
}

#[test]
fn planned_debits_are_released_and_nothing_is_planned_any_more() {
    let town = announced();
    town.run("collect release L1 --as bernd --acknowledge-open-cases").ok();
    let done = town.json(HANDOVER);
    assert_eq!(done["released"], json!([{"run": "L1", "debits": 3, "amount": "365.30"}]), "{done:#}");
    assert_eq!((&done["items"], &done["living"]), (&json!(11), &json!([])));
    // the signature fell with what it was for
    town.run("collect export L1 --out bank").refused("the run is planned, only a released run is exported");
    let plan = town.json("collect plan --due 2024-03-28 --as clara");
    assert_eq!((&plan["run"], reasons(&plan)), (&Value::Null, vec!["handed_over".to_owned()]), "{plan:#}");
    let show = town.json("collect show L1");
    assert!(show.to_string().contains("it was handed over"), "{show:#}");
    let told = town.json("remind --out post --as anna");
    assert_eq!(told["letters"], 0, "{told:#}");
    town.run("verify").ok();
    let open = town.json("export handed");
    assert_eq!(open.as_array().unwrap().len(), 10, "all but what is paid: {open:#}");
}

#[test]
fn a_debit_at_the_bank_lives_on_and_what_comes_back_is_for_the_other_system() {
    let handed = Handed::new();
    let town = &handed.town;
    let done = town.json(HANDOVER);
    assert_eq!((done["living"].as_array().unwrap().len(), &done["released"]), (3, &json!([])), "{done:#}");
    let first = town.json("export handed --since 0 --as anna");
    let of = |rows: &Value, who: &str| -> Value {
        let mut own =
            rows.as_array().unwrap().iter().filter(|row| row["kassenzeichen"] == kz(who) && row["posten"] == "2023-4");
        own.next().cloned().unwrap_or_default()
    };
    let before = of(&first, "vogt");
    assert_eq!((&before["in_collection"], &before["open"]), (&json!("77.10"), &json!("0.00")), "{before:#}");
    handed.statement(&format!(
        "{WHOLE}\n2024-03-28 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04"
    ));
    let next = town.json(&format!("--today {AFTER} export handed --since 1 --as anna"));
    let back = of(&next, "vogt");
    assert_eq!(
        (&back["change"], &back["came_back"], &back["reason"], &back["open"]),
        (&json!("changed"), &json!("2024-03-28"), &json!("AM04"), &json!("77.10")),
        "{back:#}"
    );
    assert_eq!(of(&next, "mueller")["change"], "ended", "{next:#}");
    // even if somebody says that it may be tried again
    let hold = town.on(AFTER, &format!("hold lift '{}/2023-4' --reason nochmal --as anna", kz("vogt")));
    hold.ok();
    let plan = town.json("--today 2024-04-02 collect plan --due 2024-04-19 --as anna");
    assert_eq!((&plan["run"], reasons(&plan)), (&Value::Null, vec!["handed_over".to_owned()]), "{plan:#}");
    handed.proved();
}

#[test]
fn a_levy_can_be_handed_over_alone_and_taken_back() {
    let town = Town::lindental();
    let levy = town.one("report receivables", &[("kassenzeichen", kz("vogt"))])["kind"].as_str().unwrap().to_owned();
    let one = format!("handover --as-of 2024-03-11 --levy '{levy}' --reason 'zuerst diese' --as anna --with bernd");
    let done = town.json(&one);
    let items = done["items"].as_u64().unwrap();
    assert!((1..11).contains(&items), "{done:#}");
    town.run(&one).refused("every one of these items was handed over before");
    let rest = town.json(HANDOVER);
    assert_eq!(rest["items"].as_u64().unwrap() + items, 11);
    let list = town.json("handover --list");
    assert_eq!((list[0]["levy"].as_str(), list[1]["levy"].as_str()), (Some(levy.as_str()), None), "{list:#}");
    town.run("handover --withdraw 2 --reason Irrtum --as anna --with bernd").ok();
    town.run("handover --withdraw 2 --reason Irrtum --as anna --with bernd")
        .refused("handover 2 was taken back before");
    town.run("handover --withdraw 9 --reason Irrtum --as anna --with bernd").refused("there is no handover 9");
    let plan = town.json("collect plan --due 2024-03-27 --as anna");
    assert!(plan["run"] == "L1" && reasons(&plan).contains(&"handed_over".to_owned()), "{plan:#}");
    town.run("verify").ok();
}

#[test]
fn one_person_no_reason_and_a_day_to_come_hand_nothing_over() {
    let town = Town::lindental();
    let counts = town.books().counts();
    let says = |rest: &str, why: &str| {
        town.run(&format!("handover {rest}")).refused(why);
    };
    says("--as-of 2024-03-11 --reason x --as anna --with ' Anna '", "two people answer for this");
    says("--as-of 2024-03-11 --reason ' ' --as anna --with bernd", "a correction needs a reason");
    says(
        "--as-of 2024-03-12 --reason x --as anna --with bernd",
        "the day of the handover, 2024-03-12, is after 2024-03-11: name a day that has come",
    );
    says(
        "--as-of 2024-03-11 --levy Kurtaxe --reason x --as anna --with bernd",
        "the books have no item of the levy \"Kurtaxe\"",
    );
    assert_eq!(town.run("handover --reason x --as anna --with bernd").code, 2);
    assert_eq!(town.books().counts(), counts);
}

#[test]
fn open_and_unclear_money_stands_under_its_budget_year() {
    let town = Town::lindental();
    let years = town.json("handover --year-end 2024");
    let of = |row: &Value| {
        ["budget_year", "open_items", "open", "unclear_credits", "unclear"].map(|key| row[key].to_string()).join(" ")
    };
    let rows: Vec<String> = years.as_array().unwrap().iter().map(of).collect();
    assert_eq!(rows, ["2023 2 \"177.10\" 0 \"0.00\"", "2024 8 \"2455.70\" 1 \"655.70\""], "{years:#}");
    let before = town.json("handover --year-end 2023");
    assert_eq!(before.as_array().unwrap().len(), 1);
    town.run(HANDOVER).ok();
    let after = town.json("handover --year-end 2024");
    assert_eq!(
        (&after[0]["handed_over"], &after[1]["handed_over"]),
        (&json!("177.10"), &json!("2455.70")),
        "{after:#}"
    );
    town.run("handover --year-end 2025").refused("the budget year 2025 has not begun");
}
