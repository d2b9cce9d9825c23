//! Statements in pages, and the numbers that tell of one that is missing.
//!
//! Invariant under test: a day in pages is complete with all of them, in whatever order and files they come, and with no
//! fewer.

use serde_json::Value;

use crate::bank::{Layout, Statement};
use crate::people;
use crate::town::Town;

/// A town that owes three items, with the statement of the day before.
fn town() -> Town {
    let town = Town::new();
    let items = "
        mueller 2023-4 2023-11-15 100.00
        schulz  2024-1 2024-02-15 211.30
        weber   2024-1 2024-02-15 322.40";
    town.write("posten.csv", people::items(items));
    town.write("mandate.csv", people::mandates("\n    mueller\n    schulz\n    weber"));
    town.write("before.xml", Statement::new("200 2024-03-07 2024-03-07 1000.00").xml());
    town.run("import posten.csv mandate.csv before.xml").ok();
    town
}

/// The three pages of 8 March.
fn pages(version: &str) -> [String; 3] {
    let page = |table: &str, number: u8, [opening, closing]: [&str; 2]| {
        let xml = Statement::new(table).render(version, Layout::Lines);
        as_page(&xml, number, number == 3)
            .replace(">OPBD<", &format!(">{opening}<"))
            .replace(">CLBD<", &format!(">{closing}<"))
    };
    [
        page(
            "
            201 2024-03-08 2024-03-08 1000.00
            2024-03-08 +100.00 mueller | Kassenzeichen 5.0100.118204.4 | ref=R-1",
            1,
            ["OPBD", "ITBD"],
        ),
        page(
            "
            201 2024-03-08 2024-03-08 1100.00
            2024-03-08 +211.30 schulz | KZ 5.0100.230517.2 | ref=R-2
            2024-03-08 -11.30 Stadtwerke Lindental | Strom Rathaus | ref=R-3",
            2,
            ["ITBD", "ITBD"],
        ),
        page(
            "
            201 2024-03-08 2024-03-08 1300.00
            2024-03-08 +322.40 weber | KZ 5.0100.342608.4 | ref=R-4",
            3,
            ["ITBD", "CLBD"],
        ),
    ]
}

/// A statement with the number of a page, and with word of whether it is the last one.
fn as_page(xml: &str, number: u8, is_last: bool) -> String {
    let pages = format!("<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{is_last}</LastPgInd></StmtPgntn><ElctrncSeqNb>");
    xml.replace("<ElctrncSeqNb>", &pages)
}

fn missing(town: &Town) -> Vec<String> {
    let account = &town.json("report statements")[0];
    account["missing"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn posted(town: &Town) -> usize {
    town.run("match").ok();
    town.run("verify").ok();
    let payments = town.json("report payments");
    payments.as_array().unwrap().iter().filter(|row| row["decision"] == "auto").count()
}

#[test]
fn a_day_in_pages_is_complete_in_any_order_and_in_whatever_files() {
    for (version, order) in [("08", [0, 1, 2]), ("02", [2, 0, 1]), ("08", [1, 2, 0])] {
        let town = town();
        let pages = pages(version);
        for place in order {
            assert!(!missing(&town).is_empty(), "{order:?}");
            town.write(&format!("{place}.xml"), &pages[place]);
            town.run(&format!("import {place}.xml")).ok();
        }
        assert_eq!(missing(&town), Vec::<String>::new(), "{order:?}");
        assert_eq!(posted(&town), 3, "{order:?}");
    }
}

#[test]
fn a_page_of_which_all_is_known_is_a_page_all_the_same() {
    let town = town();
    let [first, second] = [
        "201 2024-03-07 2024-03-07 1000.00
         2024-03-07 +100.00 mueller | Kassenzeichen 5.0100.118204.4 | ref=R-1",
        "202 2024-03-08 2024-03-08 1100.00
         2024-03-08 +211.30 schulz | KZ 5.0100.230517.2 | ref=R-2",
    ]
    .map(|table| Statement::new(table).render("08", Layout::Lines));
    town.write("statement.xml", &first);
    // the bank gives the same out again, together with the next day, on two pages
    town.write("1.xml", as_page(&first, 1, false).replace(">CLBD<", ">ITBD<"));
    town.write("2.xml", as_page(&second, 2, true).replace(">OPBD<", ">ITBD<"));
    for file in ["statement.xml", "1.xml", "2.xml", "1.xml", "statement.xml"] {
        town.run(&format!("import {file}")).ok();
    }
    assert_eq!(missing(&town), Vec::<String>::new());
    assert_eq!(posted(&town), 2);
}

#[test]
fn a_page_that_is_not_there_is_named() {
    let town = town();
    let [first, second, third] = pages("08");
    town.write("1.xml", first);
    town.run("import 1.xml").ok();
    assert_eq!(missing(&town), ["the next page of the statement of 2024-03-08 is missing (it goes on from 1100.00)"]);
    town.write("3.xml", third);
    town.run("import 3.xml").ok();
    let between = "a page of the statement of 2024-03-08 is missing (between the balances 1100.00 and 1300.00)";
    assert_eq!(missing(&town), [between]);
    town.write("2.xml", second);
    town.run("import 2.xml").ok();
    assert_eq!(missing(&town), Vec::<String>::new());
}

#[test]
fn who_confirms_that_the_day_ended_there_needs_no_further_page() {
    let town = town();
    town.write("1.xml", &pages("08")[0]);
    town.run("import 1.xml").ok();
    let said = "statements confirm-quiet DE82416500010000000023 --day 2024-03-08 --balance 1100.00 --as dora";
    town.run(said).ok();
    assert_eq!(missing(&town), Vec::<String>::new());
    town.run("verify").ok();
}

#[test]
fn pages_that_name_the_balances_of_the_whole_are_a_statement_together() {
    let town = town();
    let whole = ["OPBD\">1000.00", "CLBD\">1622.40"];
    for (name, page) in ["1.xml", "2.xml", "3.xml"].iter().zip(pages("08")) {
        let (head, entries) = page.split_once("<Bal>").unwrap();
        let entries = entries.split_once("<Ntry>").unwrap().1;
        let balance = |code: &str| {
            let (code, amount) = code.split_once("\">").unwrap();
            format!(
                "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt>\
                 <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2024-03-08</Dt></Dt></Bal>"
            )
        };
        town.write(name, format!("{head}{}{}<Ntry>{entries}", balance(whole[0]), balance(whole[1])));
        town.run(&format!("import {name}")).ok();
    }
    assert_eq!(missing(&town), Vec::<String>::new());
    assert_eq!(posted(&town), 3);
}

#[test]
fn a_page_says_that_it_is_one() {
    let town = Town::new();
    town.write("2.xml", &pages("08")[1]);
    let shown = town.json("inspect 2.xml");
    assert_eq!((&shown[0]["opening"], &shown[0]["closing"]), (&Value::from("1100.00"), &Value::from("1300.00")));
    assert_eq!(shown[0]["findings"].as_array().map(Vec::len), Some(0), "{shown:#}");
}

#[test]
fn a_number_that_no_statement_has_is_named_to_who_plans_and_releases() {
    let town = town();
    // the pooled account ends each day where it began: number 201 is missing, and no balance shows it
    let swept = "
        202 2024-03-08 2024-03-08 1000.00
        2024-03-08 +100.00 mueller | Kassenzeichen 5.0100.118204.4 | ref=R-1
        2024-03-08 -100.00 Stadt Lindental | Cash Pooling | ref=R-2";
    town.write("swept.xml", Statement::new(swept).xml());
    town.run("import swept.xml").ok();
    town.run("match").ok();
    let said = "the bank's statement number 201, between 2024-03-07 and 2024-03-08, is not here";
    assert_eq!(missing(&town), Vec::<String>::new(), "a number proves nothing");
    let plan = town.run("collect plan --due 2024-03-27 --as anna").ok();
    assert!(plan.err.contains(said), "{plan:#?}");
    town.run("collect notify L1 --out post --sent 2024-03-11 --as anna").ok();
    let released = town.run("collect release L1 --as bernd").ok();
    assert!(released.err.contains(said), "{released:#?}");
    let german = town.run("--lang de collect list").ok();
    assert_eq!(german.code, 0);
    town.write("201.xml", Statement::new("201 2024-03-07 2024-03-07 1000.00").xml());
    town.run("import 201.xml").ok();
    let plan = town.run("collect plan --due 2024-03-27 --as anna").ok();
    assert!(!plan.err.contains("statement number"), "{plan:#?}");
}
