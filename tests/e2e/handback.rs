//! What the finance system takes over again: living debits, holds, dunning blocks, and how its list stands to ours.

use serde_json::{Value, json};

use crate::after_file::{Handed, WHOLE};
use crate::people::{self, kz};
use crate::town::Town;

/// What the restored system holds of Lindental: Fischer's transfer is unknown to it, it has cash of Neumann's, Mueller's is
/// assessed anew, Schulz's went, and of Lange's it lists an instalment that is not here.
const RESTORED: &str = "
    vogt    2023-4 2023-11-15 77.10  gezahlt=0.00
    mueller 2023-4 2023-11-15 100.00 mahngebuehr=5.00 saeumniszuschlag=1.50
    mueller 2024-1 2024-02-15 100.00
    mueller 2024-2 2024-05-15 110.00
    weber   2024-1 2024-02-15 322.40
    lange   2024-1 2024-02-15 433.50
    lange   2024-4 2024-11-15 433.50
    koenig  2024-1 2024-02-15 544.60
    brandt  2024-1 2024-02-15 655.70
    neumann 2024-1 2024-02-15 88.20  gezahlt=40.00
    fischer 2024-1 2024-02-15 166.00";

/// `who posten state open there, open here` of each row on which the two differ.
fn differing(compared: &Value) -> Vec<String> {
    let rows = compared["rows"].as_array().unwrap().iter().filter(|row| row["state"] != "agrees");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| {
        let fields = ["kassenzeichen", "posten", "state", "open_there", "open_here"];
        fields.map(|key| text(row, key)).join(" ")
    };
    rows.map(row).collect()
}

#[test]
fn a_restored_list_is_held_against_the_books_and_nothing_is_changed() {
    let town = Town::lindental();
    town.write("wieder.csv", people::items(RESTORED));
    let counts = town.books().counts();
    let done = town.run("--format json compare wieder.csv");
    assert_eq!(done.code, 3, "{done:?}");
    let compared: Value = serde_json::from_str(&done.out).unwrap();
    let expected = [
        format!("{} 2024-2 amount_differs 110.00 100.00", kz("mueller")),
        format!("{} 2024-4 unknown_here 433.50 -", kz("lange")),
        format!("{} 2024-1 paid_there 48.20 88.20", kz("neumann")),
        format!("{} 2024-1 paid_here 166.00 0.00", kz("fischer")),
        format!("{} 2024-1 missing_there - 211.30", kz("schulz")),
    ];
    assert_eq!(differing(&compared), expected);
    let figures = ["agrees", "amount_differs", "paid_there", "paid_here", "unknown_here", "missing_there"];
    assert_eq!(figures.map(|name| compared[name].as_u64().unwrap()), [7, 1, 1, 1, 1, 1], "{compared:#}");
    assert_eq!(town.books().counts(), counts);
    // for people: what agrees is not listed
    let table = town.run("--lang de compare wieder.csv");
    assert!(table.out.contains("hier gezahlt") && !table.out.contains(kz("koenig")), "{}", table.out);
}

#[test]
fn what_we_collect_is_paid_here_and_the_lists_own_agrees_with_it() {
    let town = crate::collect::announced();
    let done = town.run("--format json compare posten.csv");
    assert_eq!(done.code, 3, "{done:?}");
    let compared: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(compared["paid_here"], 5, "{:#?}", differing(&compared));
    let vogt = compared["rows"].as_array().unwrap().iter().find(|row| row["kassenzeichen"] == kz("vogt")).unwrap();
    assert_eq!((&vogt["in_collection"], &vogt["already_there"]), (&json!("77.10"), &json!("0.00")), "{vogt:#}");
    let fresh = Town::new();
    fresh.write("posten.csv", people::items("schulz 2024-1 2024-02-15 211.30"));
    fresh.run("import posten.csv").ok();
    fresh.run("compare posten.csv").ok();
}

#[test]
fn a_list_that_cannot_be_read_is_named_with_its_line() {
    let town = Town::lindental();
    town.write("falsch.csv", people::items("vogt 2023-4 2023-11-15 siebzig"));
    town.run("compare falsch.csv").refused_with("falsch.csv: line 2, betrag:");
    town.run("compare mandate.csv").refused("mandate.csv: is no list of open items");
    town.run("compare gibtsnicht.csv").refused_with("gibtsnicht.csv");
}

#[test]
fn living_debits_are_those_at_the_bank_and_those_that_may_still_come_back() {
    let handed = Handed::new();
    let living = |day: &str| handed.town.json(&format!("--today {day} export living"));
    let rows = living("2024-03-27");
    let first = rows.as_array().unwrap().iter().find(|row| row["end_to_end_id"] == json!(handed.ids[0])).unwrap();
    assert_eq!((&first["state"], &first["kassenzeichen"]), (&json!("submitted"), &json!(kz("vogt"))), "{first:#}");
    assert_eq!(first["items"], json!([{"kassenzeichen": kz("vogt"), "posten": "2023-4", "amount": "77.10"}]));
    assert_eq!((&first["due"], &first["refundable_until"]), (&json!("2024-03-27"), &json!("2024-05-22")));
    assert_eq!(first["unauthorised_until"], "2025-04-27");
    assert_eq!(rows.as_array().unwrap().len(), 3);
    // one comes back, the others stay collected
    handed.statement(&format!(
        "{WHOLE}\n2024-03-28 -77.10 vogt | RETOURE | ref=R-2001 code=PMNT/IDDT/UPDD e2e=E0 return=AM04"
    ));
    let states = |day: &str| -> Vec<String> {
        let rows = living(day);
        rows.as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap().to_owned()).collect()
    };
    let one_less = states("2024-05-22");
    assert_eq!((one_less.len(), one_less.iter().all(|state| state == "settled")), (2, true), "{one_less:?}");
    assert_eq!(states("2024-05-23"), Vec::<String>::new());
}

#[test]
fn holds_and_blocks_name_what_nobody_may_dun_or_collect() {
    let town = Town::lindental();
    town.run("hold add '07/12345-6' --reason 'Widerspruch' --as anna").ok();
    let holds = town.json("export holds");
    let of = |rows: &Value, who: &str| {
        let rows = rows.as_array().unwrap().iter().filter(|row| row["kassenzeichen"] == kz(who));
        rows.map(|row| (row["case"].clone(), row["reason"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(of(&holds, "brandt").len(), 1, "{holds:#}");
    assert_eq!(of(&holds, "brandt")[0].0, json!(1));
    assert_eq!(of(&holds, "vogt"), [(Value::Null, json!("Widerspruch"))]);
    let blocks = town.json("export blocks");
    let reason = |who: &str| of(&blocks, who).into_iter().map(|row| row.1).collect::<Vec<_>>();
    assert_eq!((reason("brandt"), reason("vogt")), (vec![json!("held")], vec![json!("held")]), "{blocks:#}");
    assert_eq!(reason("fischer"), Vec::<Value>::new(), "what is paid is not dunned anyway");
    town.run("export holds --since 2024-01-01")
        .refused("--since takes a day of export postings without a profile alone: say the number of the last export");
    // a file for another program
    assert!(town.run("export holds").ok().out.starts_with("kassenzeichen;posten;kind;due;open;case;"));
}
