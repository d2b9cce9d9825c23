//! The same money in many renderings: versions, MT940, other cuts, advices beside statements.
//!
//! Invariant under test: whatever arrives, in whatever order and how often, each booking counts once and no twin is lost.

use serde_json::Value;

use crate::bank::{Layout, Statement};
use crate::town::Town;

const DAYS: &str = "
    201 2024-03-06 2024-03-08 1000.00
    2024-03-06 +10.00 Anna Amsel | Abgaben | ref=R-1
    2024-03-07 +20.00 Bert Bussard | Abgaben | ref=R-2
    2024-03-07 -5.00 Stadtwerke | Strom | ref=R-3
    2024-03-08 +20.00 Bert Bussard | Abgaben | ref=R-4";

const OLD_FORMAT: &str = ":20:STARTUMS\r
:25:41650001/23\r
:28C:201/1\r
:60F:C240306EUR1000,00\r
:61:2403060306C10,00NTRFNONREF\r
:86:166?00GUTSCHRIFT?20SVWZ+Abgaben?32Anna Amsel\r
:61:2403070307C20,00NTRFNONREF\r
:86:166?00GUTSCHRIFT?20SVWZ+Abgaben?32Bert Bussard\r
:61:2403070307D5,00NTRFNONREF\r
:86:116?00UEBERWEISUNG?20SVWZ+Strom?32Stadtwerke\r
:61:2403080308C20,00NTRFNONREF\r
:86:166?00GUTSCHRIFT?20SVWZ+Abgaben?32Bert Bussard\r
:62F:C240308EUR1045,00\r
-\r
";

/// The credits' amounts by day.
fn credits(town: &Town) -> Vec<String> {
    let payments = town.json("report payments");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let mut credits: Vec<String> = payments
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}", text(row, "booked"), text(row, "amount")))
        .collect();
    credits.sort();
    credits
}

/// Every order of some files, each imported by a call of its own.
fn orders(files: &[(&str, String)]) -> Vec<Vec<(String, String)>> {
    let Some((last, others)) = files.split_last() else { return vec![Vec::new()] };
    orders(others)
        .into_iter()
        .flat_map(|order| {
            (0..=order.len()).map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, (last.0.to_owned(), last.1.clone()));
                longer
            })
        })
        .collect()
}

#[track_caller]
fn check(files: &[(&str, String)], expected: &[&str]) {
    for order in orders(files) {
        let town = Town::new();
        for (name, content) in &order {
            town.write(name, content);
            town.run(&format!("import {name}")).ok();
        }
        let names: Vec<&String> = order.iter().map(|(name, _)| name).collect();
        assert_eq!(credits(&town), expected, "{names:?}");
        let account = &town.json("report statements")[0];
        assert_eq!(account["complete"], Value::Bool(true), "{names:?}: {account}");
        town.run("verify").ok();
    }
}

const CREDITS: [&str; 3] = ["2024-03-06 10.00", "2024-03-07 20.00", "2024-03-08 20.00"];

#[test]
fn versions_and_mt940_of_the_same_days_count_once() {
    let statement = Statement::new(DAYS);
    check(
        &[
            ("a.xml", statement.render("02", Layout::Lines)),
            ("b.xml", statement.render("08", Layout::Dense)),
            ("c.sta", OLD_FORMAT.to_owned()),
        ],
        &CREDITS,
    );
}

#[test]
fn a_zero_byte_in_an_mt940_is_a_blank() {
    let text = OLD_FORMAT.replacen("Abgaben", "Abgaben\0", 1);
    assert!(text.contains('\0'), "{text}");
    check(&[("c.sta", text)], &CREDITS);
}

#[test]
fn other_cuts_of_the_same_days_count_once() {
    let first = Statement::new("301 2024-03-06 2024-03-06 1000.00\n2024-03-06 +10.00 Anna Amsel | Abgaben | ref=R-1");
    let rest = Statement::new(
        "302 2024-03-07 2024-03-08 1010.00\n2024-03-07 +20.00 Bert Bussard | Abgaben | ref=R-2\n2024-03-07 -5.00 Stadtwerke | Strom | ref=R-3\n2024-03-08 +20.00 Bert Bussard | Abgaben | ref=R-4",
    );
    check(&[("a.xml", first.xml()), ("b.xml", rest.xml()), ("c.sta", OLD_FORMAT.to_owned())], &CREDITS);
}

#[test]
fn twins_in_two_statements_of_one_day_are_two() {
    let twin = |number: u32, opening: &str| {
        let head = format!("{number} 2024-03-08 2024-03-08 {opening}");
        Statement::new(&format!("{head}\n2024-03-08 +20.00 Bert Bussard | Abgaben | ref=NONREF")).xml()
    };
    let files = [("a.xml", twin(1, "1000.00")), ("b.xml", twin(2, "1020.00")), ("c.xml", twin(2, "1020.00"))];
    check(&files, &["2024-03-08 20.00", "2024-03-08 20.00"]);
}

/// A camt.054 that tells what the batch of a statement consists of.
fn advice() -> String {
    let details = Statement::new(
        "1 2024-03-08 2024-03-08 1000.00\n2024-03-08 +50.00 batch | ref=BATCH-1\n+30.00 Anna Amsel | Abgaben | ref=D-1\n+20.00 Bert Bussard | Abgaben | ref=D-2",
    );
    details
        .xml()
        .replace("camt.053.001", "camt.054.001")
        .replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
        .replace("<Stmt>", "<Ntfctn>")
        .replace("</Stmt>", "</Ntfctn>")
}

#[test]
fn an_advice_and_its_statement_count_once() {
    let batch = Statement::new("1 2024-03-08 2024-03-08 1000.00\n2024-03-08 +50.00 - | Sammler | ref=BATCH-1").xml();
    check(&[("a.xml", batch), ("b.xml", advice()), ("c.xml", advice())], &["2024-03-08 20.00", "2024-03-08 30.00"]);
}

#[test]
fn what_was_posted_of_a_batch_is_taken_back_in_the_export_too() {
    let town = Town::new();
    town.write("posten.csv", crate::people::items("mueller 2023-4 2023-11-15 100.00"));
    let batch =
        Statement::new("1 2024-03-08 2024-03-08 1000.00\n2024-03-08 +50.00 - | 5.0100.118204.4 | ref=BATCH-1").xml();
    town.write("a.xml", batch);
    town.run("import posten.csv a.xml").ok();
    town.run("match").ok();
    let before = town.json("export postings");
    town.write("b.xml", advice());
    town.run("import b.xml").ok();
    town.run("match").ok();
    let after = town.json("export postings");
    let (before, after) = (before.as_array().unwrap(), after.as_array().unwrap());
    assert_eq!(after[..before.len()], before[..], "what was exported once is exported again");
    let taken_back: Vec<_> = after[before.len()..].iter().map(|row| (&row["referenz"], &row["betrag"])).collect();
    assert!(taken_back.contains(&(&"BATCH-1".into(), &"-50.00".into())), "{taken_back:?}");
}

#[test]
fn an_advice_alone_is_no_money() {
    let town = Town::new();
    town.write("advice.xml", advice());
    town.run("import advice.xml").ok();
    assert_eq!(credits(&town), Vec::<String>::new());
}
