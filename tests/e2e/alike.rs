//! Statements that look alike and are two, and one that looks like two.
//!
//! Invariant under test: money is counted once, and each payment is; whatever the order, the format and the bank's habit.

use serde_json::Value;

use crate::bank::Statement;
use crate::people;
use crate::town::Town;

/// A town that owes 160.00 each.
fn town() -> Town {
    let town = Town::new();
    let items = "
        mueller 2024-1 2024-02-15 160.00
        schulz  2024-1 2024-02-15 160.00
        weber   2024-1 2024-02-15 322.40";
    town.write("posten.csv", people::items(items));
    town.write("mandate.csv", people::mandates("\n    mueller\n    schulz\n    weber"));
    town.run("import posten.csv mandate.csv").ok();
    town
}

fn missing(town: &Town) -> Vec<String> {
    let account = &town.json("report statements")[0];
    account["missing"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Imports files one after the other, and says `REFERENCE AMOUNT DECISION` of every credit.
fn payments(town: &Town, files: &[(&str, String)]) -> Vec<String> {
    for (name, content) in files {
        town.write(name, content);
        town.run(&format!("import {name}")).ok();
    }
    town.run("match").ok();
    town.run("verify").ok();
    let payments = town.json("report payments");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let row = |row: &Value| format!("{} {} {}", text(row, "reference"), text(row, "amount"), text(row, "decision"));
    let mut rows: Vec<String> = payments.as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

fn xml(table: &str) -> String {
    Statement::new(table).xml()
}

const MUELLER: &str = "mueller | Kassenzeichen 5.0100.118204.4";
const SCHULZ: &str = "schulz | KZ 5.0100.230517.2";

#[test]
fn two_statements_of_a_pooled_day_are_two() {
    let half = |number: u8, who: &str, refs: [&str; 2]| {
        xml(&format!(
            "
            {number} 2024-03-08 2024-03-08 0.00
            2024-03-08 +160.00 {who} | ref={}
            2024-03-08 -160.00 Stadt Lindental | Cash Pooling | ref={}",
            refs[0], refs[1]
        ))
    };
    let (first, second) = (half(47, MUELLER, ["R-1", "R-2"]), half(48, SCHULZ, ["R-3", "R-4"]));
    // without references the payer's account tells them apart
    let town = town();
    let bare = [&first, &second].map(|text| {
        text.lines().filter(|line| !line.contains("AcctSvcrRef")).map(|line| format!("{line}\n")).collect::<String>()
    });
    assert_eq!(payments(&town, &[("1.xml", bare[0].clone()), ("2.xml", bare[1].clone())]).len(), 2);
    assert_eq!(missing(&town), Vec::<String>::new());
    for order in [[&first, &second], [&second, &first]] {
        let town = crate::alike::town();
        let [one, other] = order;
        let again = one.replace("2024-03-09T06:00:00", "2024-03-10T06:00:00");
        let files = [("1.xml", one.clone()), ("2.xml", other.clone()), ("3.xml", again)];
        assert_eq!(payments(&town, &files), ["R-1 160.00 auto", "R-3 160.00 auto"]);
        assert_eq!(missing(&town), Vec::<String>::new());
    }
}

#[test]
fn there_and_back_and_there_again_are_three() {
    let statement = |number: u8, opening: &str, line: &str| {
        xml(&format!("\n {number} 2024-03-08 2024-03-08 {opening}\n 2024-03-08 {line}"))
    };
    let files = |refs: [&str; 3]| {
        [
            ("1.xml", statement(47, "1000.00", &format!("+160.00 {MUELLER} | {}", refs[0]))),
            ("2.xml", statement(48, "1160.00", &format!("-160.00 Stadt Lindental | Umbuchung | {}", refs[1]))),
            ("3.xml", statement(49, "1000.00", &format!("+160.00 {SCHULZ} | {}", refs[2]))),
        ]
    };
    // each under a reference of its own, and all under one that says nothing
    let town = town();
    assert_eq!(payments(&town, &files(["ref=R-1", "ref=R-2", "ref=R-3"])), ["R-1 160.00 auto", "R-3 160.00 auto"]);
    assert_eq!(missing(&town), Vec::<String>::new());
    for refs in [["ref=0000000000"; 3], ["ref=1"; 3], ["", "", ""]] {
        let town = crate::alike::town();
        assert_eq!(payments(&town, &files(refs)).len(), 2, "{refs:?}");
        assert_eq!(missing(&town), Vec::<String>::new(), "{refs:?}");
    }
    // one citizen twice, without references: the numbers tell
    let twice = |number: u8, opening: &str, line: &str| (format!("{number}.xml"), statement(number, opening, line));
    let again = [
        twice(47, "1000.00", &format!("+160.00 {MUELLER} |")),
        twice(48, "1160.00", "-160.00 Stadt Lindental | Umbuchung |"),
        twice(49, "1000.00", &format!("+160.00 {MUELLER} |")),
    ];
    let town = crate::alike::town();
    let again: Vec<(&str, String)> = again.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    assert_eq!(payments(&town, &again).len(), 2);
}

#[test]
fn a_reference_that_the_bank_writes_on_other_bookings_too_is_none() {
    let town = town();
    let first = xml(&format!(
        "
        49 2024-03-07 2024-03-08 1000.00
        2024-03-07 +12.00 Anna Amsel | Kita | ref=SAMMLER-0815
        2024-03-08 +160.00 {MUELLER} | ref=SAMMLER-0815"
    ));
    let second = xml(&format!("\n 50 2024-03-08 2024-03-08 1172.00\n 2024-03-08 +160.00 {MUELLER} | ref=SAMMLER-0815"));
    assert_eq!(payments(&town, &[("1.xml", first), ("2.xml", second)]).len(), 3);
    assert_eq!(missing(&town), Vec::<String>::new());
}

#[test]
fn mt940_with_one_reference_on_everything_tells_two_payments() {
    let town = town();
    let statement = |number: u8, balances: [&str; 2], text: &str, iban: &str| {
        format!(
            ":20:STARTUMS\n:25:41650001/23\n:28C:{number}/1\n:60F:C240307EUR{}\n:61:2403080308CR160,00NTRFNONREF//0000000000\n\
             :86:166?00GUTSCHRIFT?20{text}?31{iban}?32Zahler\n:62F:C240308EUR{}\n-\n",
            balances[0], balances[1]
        )
    };
    let files = [
        ("1.sta", statement(49, ["1000,00", "1160,00"], "5.0100.118204.4", "DE25999200200000017401")),
        ("2.sta", statement(50, ["1160,00", "1320,00"], "5.0100.230517.2", "DE41999200200000011002")),
    ];
    assert_eq!(payments(&town, &files).len(), 2);
    assert_eq!(missing(&town), Vec::<String>::new());
}

/// The day as camt with the details of its batch, and as MT940 with the batch in one line.
fn batch_day(reference: &str) -> (String, String) {
    let camt = xml(&format!(
        "
        49 2024-03-08 2024-03-08 1000.00
        2024-03-08 +320.00 batch ref=B-1
        +160.00 {MUELLER} | ref=D-1
        +160.00 {SCHULZ} | ref=D-2
        2024-03-08 +15.00 Anna Amsel | Kita Beitrag Maerz | ref=K-1"
    ));
    let old = format!(
        ":20:STARTUMS\n:25:41650001/23\n:28C:49/1\n:60F:C240307EUR1000,00\n:61:2403080308CR320,00NTRFNONREF{reference}\n\
         :86:194?00SAMMELGUTSCHRIFT?20SAMMLER ANZAHL 2\n:61:2403080308CR15,00NTRFNONREF//K-1\n\
         :86:166?00GUTSCHRIFT?20Kita Beitrag Maerz?32Anna Amsel\n:62F:C240308EUR1335,00\n-\n"
    );
    (camt, old)
}

#[test]
fn a_day_with_details_and_in_one_line_counts_once_whichever_comes_first() {
    for reference in ["//B-1", ""] {
        let (camt, old) = batch_day(reference);
        let both = [("a.xml", camt.clone()), ("b.sta", old.clone())];
        let turned = [
            ("b.sta", old),
            ("a.xml", camt.clone()),
            ("c.xml", camt.replace("2024-03-09T06:00:00", "2024-03-10T06:00:00")),
        ];
        for files in [&both[..], &turned[..]] {
            let town = town();
            let expected = ["D-1 160.00 auto", "D-2 160.00 auto", "K-1 15.00 other"];
            assert_eq!(payments(&town, files), expected, "{reference} {:?}", files.first().map(|file| file.0));
            assert_eq!(missing(&town), Vec::<String>::new());
            assert_eq!(payments(&town, files).len(), 3, "nothing moves by being asked again");
        }
    }
}

#[test]
fn what_was_decided_of_a_batch_gives_way_to_its_details() {
    let town = town();
    let (camt, old) = batch_day("//B-1");
    let old = old.replace("SAMMLER ANZAHL 2", "KZ 5.0100.118204.4 und andere");
    assert_eq!(payments(&town, &[("b.sta", old)]), ["B-1 320.00 case", "K-1 15.00 other"]);
    let case = town.one("cases", &[("reference", "B-1")])["case"].as_i64().unwrap();
    town.run(&format!("resolve {case} --other 'Verwahrung' --as dora")).ok();
    assert_eq!(payments(&town, &[("a.xml", camt)]), ["D-1 160.00 auto", "D-2 160.00 auto", "K-1 15.00 other"]);
}
