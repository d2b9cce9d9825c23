//! Intraday reports: what a camt.052 tells before the statement does.
//!
//! Invariant under test: it holds what it could concern, is never posted, proves nothing, and is gone with the statement.

use serde_json::Value;

use crate::bank::Statement;
use crate::people;
use crate::town::Town;

/// A town with the statement up to the last bank day, which is complete.
fn town() -> Town {
    let town = Town::new();
    let items = "
        mueller 2024-1 2024-02-15 100.00
        schulz  2024-1 2024-02-15 211.30
        weber   2024-1 2024-02-15 322.40";
    town.write("posten.csv", people::items(items));
    town.write("mandate.csv", people::mandates("\n    mueller\n    schulz\n    weber"));
    town.write("before.xml", Statement::new("200 2024-03-08 2024-03-08 1000.00").xml());
    town.run("import posten.csv mandate.csv before.xml").ok();
    town
}

/// What the bank booked today.
const TODAY: &str = "
    201 2024-03-11 2024-03-11 1000.00
    2024-03-11 +100.00 mueller | Kassenzeichen 5.0100.118204.4 | ref=R-1
    2024-03-11 +25.00 Hildegard Ober | Kita Beitrag Regenbogen | ref=R-2
    2024-03-11 +322.40 weber | KZ 5.0100.342608.4 | ref=R-3 status=PDNG
    2024-03-11 -20.00 Stadtwerke Lindental | Strom Rathaus | ref=R-4";

/// A statement as the report that precedes it.
fn report(table: &str) -> String {
    let xml = Statement::new(table).xml();
    let xml = xml.replace("camt.053.001.08", "camt.052.001.08").replace("BkToCstmrStmt", "BkToCstmrAcctRpt");
    xml.replace("<Stmt>", "<Rpt>").replace("</Stmt>", "</Rpt>")
}

fn import(town: &Town, name: &str, content: String) -> String {
    town.write(name, content);
    let done = town.run(&format!("import {name}")).ok();
    town.run("match").ok();
    town.run("verify").ok();
    done.err
}

fn decisions(town: &Town) -> Vec<String> {
    let payments = town.json("report payments");
    let row = |row: &Value| {
        let told = if row["provisional"] == true { " provisional" } else { "" };
        format!("{} {}{told}", row["reference"].as_str().unwrap(), row["decision"].as_str().unwrap())
    };
    let mut decisions: Vec<String> = payments.as_array().unwrap().iter().map(row).collect();
    decisions.sort();
    decisions
}

fn left_out(town: &Town) -> Vec<String> {
    let receivables = town.json("report receivables");
    let held = receivables.as_array().unwrap().iter().filter(|row| row["left_out"] == "held");
    held.map(|row| row["kassenzeichen"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_report_holds_and_posts_nothing_until_the_statement_comes() {
    let town = town();
    let said = import(&town, "heute.xml", report(TODAY));
    assert!(said.contains("its bookings hold what they could concern until the statement comes"), "{said}");
    assert!(said.contains("1 bookings that are not final were left out"), "{said}");
    assert_eq!(decisions(&town), ["R-1 case provisional", "R-2 other provisional"]);
    assert_eq!(left_out(&town), ["5.0100.118204.4"]);
    let receivable = town.one("report receivables", &[("kassenzeichen", "5.0100.118204.4")]);
    assert_eq!(receivable["transferred"], "0.00");
    assert_eq!(town.json("report statements")[0]["to"], "2024-03-08", "it proves nothing");
    // the day as it ended, in the statement
    import(&town, "auszug.xml", Statement::new(&TODAY.replace(" status=PDNG", "")).xml());
    assert_eq!(decisions(&town), ["R-1 auto", "R-2 other", "R-3 auto"]);
    assert_eq!(left_out(&town), Vec::<String>::new());
    assert_eq!(town.json("cases"), Value::Array(Vec::new()));
    let receivable = town.one("report receivables", &[("kassenzeichen", "5.0100.118204.4")]);
    assert_eq!(receivable["transferred"], "100.00", "counted once");
}

#[test]
fn reports_of_one_day_and_statements_count_once_in_any_order() {
    let morning = TODAY.lines().take(3).collect::<Vec<_>>().join("\n");
    let statement = Statement::new(&TODAY.replace(" status=PDNG", "")).xml();
    let files = [("m.xml", report(&morning)), ("a.xml", report(TODAY)), ("s.xml", statement)];
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let town = town();
        for place in order {
            import(&town, files[place].0, files[place].1.clone());
        }
        assert_eq!(decisions(&town), ["R-1 auto", "R-2 other", "R-3 auto"], "{order:?}");
    }
    let town = town();
    import(&town, "m.xml", report(&morning));
    import(&town, "a.xml", report(TODAY));
    assert_eq!(decisions(&town), ["R-1 case provisional", "R-2 other provisional"]);
    assert_eq!(town.run("import a.xml").ok().err.matches("imported before").count(), 0);
}

#[test]
fn a_person_waits_for_the_statement() {
    let town = town();
    import(&town, "heute.xml", report(TODAY));
    let case = town.one("cases", &[("reference", "R-1")]);
    assert!(case["reason"].as_str().unwrap().contains("an intraday report tells of it"), "{case:#}");
    let number = case["case"].as_i64().unwrap();
    let refused = town.run(&format!("resolve {number} --allocate 5.0100.118204.4/2024-1=100.00 --as dora"));
    refused.refused_with("wait for the statement");
    town.run(&format!("resolve {number} --wait 2024-03-25 --as dora")).ok();
    import(&town, "auszug.xml", Statement::new(&TODAY.replace(" status=PDNG", "")).xml());
    assert_eq!(decisions(&town), ["R-1 auto", "R-2 other", "R-3 auto"]);
}

#[test]
fn a_report_of_another_account_is_left_out() {
    let town = town();
    let said = import(&town, "fremd.xml", report(TODAY).replace("DE82416500010000000023", "DE67416500010000000099"));
    assert!(said.contains("is of no account of ours in EUR and was left out"), "{said}");
    assert_eq!(decisions(&town), Vec::<String>::new());
}
