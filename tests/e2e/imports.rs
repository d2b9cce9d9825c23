//! Importing: known things change nothing, whatever they are called and in whatever order they come.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::bank::{ACCOUNT, Layout, Statement};
use crate::books::Books;
use crate::people::{items, kz, mandates};
use crate::town::Town;

const ITEMS: &str = "
    mueller 2023-4 2023-11-15 100.00
    mueller 2024-1 2024-02-15 100.00
    weber   2024-1 2024-02-15 322.40
    brandt  2024-1 2024-02-15 655.70";
const FEBRUARY: &str = "
    31 2024-02-01 2024-02-29 1000.00
    2024-02-15 +100.00 mueller | KZ 5.0100.118204.4
    2024-02-15 +100.00 mueller | KZ 5.0100.118204.4
    2024-02-20 +322.40 weber | Kassenzeichen 5.0100.342608.4 | ref=R-WEBER";
const MARCH: &str = "
    32 2024-03-01 2024-03-08 1522.40
    2024-03-04 +10.00 Xaver Quandt | Kita Beitrag
    2024-03-05 +655.70 brandt | KZ 5.0100.673942.6";

fn lists() -> Town {
    let town = Town::new();
    town.write("posten.csv", items(ITEMS));
    town.write("mandate.csv", mandates("mueller\nweber\nbrandt"));
    town
}

/// What a treasury sees, and how much is stored.
fn seen(town: &Town) -> (Value, Value, Value) {
    (town.json("report receivables"), town.json("report payments"), town.json("report statements"))
}

/// Bookings among the payments, by decision.
fn decisions(town: &Town) -> Vec<String> {
    let payments = town.json("report payments");
    payments.as_array().unwrap().iter().map(|row| row["decision"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn importing_twice_changes_nothing() {
    let town = lists();
    town.write("feb.xml", Statement::new(FEBRUARY).xml());
    town.run("import posten.csv mandate.csv feb.xml").ok();
    town.run("match").ok();
    let (before, stored) = (seen(&town), Books::of(&town).counts());
    let again = town.json("import posten.csv mandate.csv feb.xml");
    for file in again.as_array().unwrap() {
        assert_eq!((&file["skipped"], &file["added"]), (&json!("imported before"), &json!(0)), "{file}");
    }
    town.run("match").ok();
    assert_eq!((seen(&town), Books::of(&town).counts()), (before, stored));
    town.run("verify").ok();
}

#[test]
fn a_statement_laid_out_anew_under_another_name_changes_nothing() {
    let town = lists();
    town.write("feb.xml", Statement::new(FEBRUARY).xml());
    town.run("import posten.csv mandate.csv feb.xml").ok();
    town.run("match").ok();
    let (before, stored) = (seen(&town), Books::of(&town).counts());
    let statement = Statement::new(FEBRUARY);
    let renewed = [
        ("anders.xml", statement.render("08", Layout::Dense)),
        ("alt.xml", statement.render("02", Layout::Lines)),
        ("alt-dicht.dat", statement.render("02", Layout::Dense)),
    ];
    for (name, text) in renewed {
        town.write(name, text);
        let report = town.json(&format!("import {name}"));
        assert_eq!(
            (&report[0]["added"], &report[0]["known"], &report[0]["known_statements"]),
            (&0.into(), &3.into(), &1.into()),
            "{report}"
        );
        town.run("match").ok();
    }
    assert_eq!((seen(&town), Books::of(&town).counts()), (before, stored));
    town.run("verify").ok();
}

#[test]
fn two_equal_payments_on_one_day_are_two_and_overlapping_downloads_count_once() {
    let town = lists();
    town.write("feb.xml", Statement::new(FEBRUARY).xml());
    let overlap = "
        33 2024-02-15 2024-02-16 1000.00
        2024-02-15 +100.00 mueller | KZ 5.0100.118204.4
        2024-02-15 +100.00 mueller | KZ 5.0100.118204.4";
    town.write("teil.xml", Statement::new(overlap).xml());
    for order in ["feb.xml teil.xml", "teil.xml feb.xml"] {
        let town = lists();
        for name in ["feb.xml", "teil.xml"] {
            let text = if name == "feb.xml" { Statement::new(FEBRUARY) } else { Statement::new(overlap) };
            town.write(name, text.xml());
        }
        town.run(&format!("import posten.csv mandate.csv {order}")).ok();
        town.run("match").ok();
        assert_eq!(decisions(&town), ["auto", "auto", "auto"], "{order}");
        let mueller = town.json("report receivables");
        let paid: Vec<&Value> = mueller.as_array().unwrap().iter().map(|item| &item["transferred"]).collect();
        assert_eq!(paid, ["100.00", "100.00", "322.40", "0.00"], "{order}");
        town.run("verify").ok();
    }
}

#[test]
fn files_in_any_order_give_the_same_reports() {
    let orders = [
        "posten.csv mandate.csv feb.xml mar.xml",
        "mar.xml feb.xml mandate.csv posten.csv",
        "feb.xml posten.csv mar.xml mandate.csv",
    ];
    let seen_in = |order: &str, one_by_one: bool| {
        let town = lists();
        town.write("feb.xml", Statement::new(FEBRUARY).xml());
        town.write("mar.xml", Statement::new(MARCH).xml());
        if one_by_one {
            for name in order.split(' ') {
                town.run(&format!("import {name}")).ok();
                town.run("match").ok();
            }
        } else {
            town.run(&format!("import {order}")).ok();
            town.run("match").ok();
        }
        town.run("verify").ok();
        let sorted = |report: &str, key: &[&str]| {
            let mut rows = town.json(report).as_array().unwrap().clone();
            rows.sort_by_key(|row| key.iter().map(|name| row[*name].to_string()).collect::<String>());
            rows
        };
        (
            sorted("report receivables", &["kassenzeichen", "posten"]),
            sorted("report payments", &["reference"]),
            town.json("report statements"),
        )
    };
    // What `match` wrote down of a payment is of the day on which it last decided it otherwise, and the number of a
    // case says when it was opened: with a `match` after each file, what became of the money is the same.
    let money = |(items, mut payments, statements): (Vec<Value>, Vec<Value>, Value)| {
        for row in payments.iter_mut().map(|row| row.as_object_mut().unwrap()) {
            ["case", "confidence", "evidence"].iter().for_each(|name| drop(row.remove(*name).unwrap()));
        }
        (items, payments, statements)
    };
    let first = seen_in(orders[0], false);
    for order in orders {
        assert_eq!(seen_in(order, false), first, "{order}");
        assert_eq!(money(seen_in(order, true)), money(first.clone()), "{order}, one by one");
    }
}

#[test]
fn lists_are_read_in_every_spelling() {
    let plain = items(ITEMS).replace("Erika Müller", "Jürgen Groß-Möhring");
    let german =
        plain.replace("2023-11-15", "15.11.2023").replace("2024-02-15", "15.02.24").replace("100.00", "100,00");
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(&german);
    let comma = plain.replace(", 59000", " 59000").replace(';', ",");
    let spellings: [(&str, Vec<u8>); 5] = [
        ("ISO dates, UTF-8", plain.clone().into()),
        ("UTF-8 with BOM", format!("\u{feff}{german}").into()),
        ("Windows-1252", windows.into_owned()),
        ("commas", comma.into()),
        ("tabs", plain.replace(';', "\t").into()),
    ];
    let mut all = Vec::new();
    for (name, list) in spellings {
        let town = Town::new();
        town.write("posten.csv", list);
        town.run("import posten.csv").ok();
        let found = town.json("find 'Groß-Möhring'");
        assert_eq!(found[0]["kassenzeichen"], kz("mueller"), "{name}: {found}");
        all.push((name, town.json("report receivables")));
    }
    assert_eq!(all[0].1[0]["due"], "2023-11-15");
    for (name, report) in &all {
        assert_eq!(report, &all[0].1, "{name}");
    }
}

#[test]
fn an_unknown_column_is_a_warning() {
    let town = Town::new();
    let list = items("mueller 2023-4 2023-11-15 100.00").replace("saeumniszuschlag\n", "saeumniszuschlag;farbe\n");
    town.write("posten.csv", list.trim_end().to_owned() + ";blau\n");
    town.run("import posten.csv").ok().says("warning: posten.csv: the column \"farbe\" is not known and was ignored");
}

#[test]
fn a_batch_entry_is_split_into_its_details() {
    let town = lists();
    let batch = "
        31 2024-02-01 2024-02-29 1000.00
        2024-02-15 +422.40 batch ref=R-BATCH
          +100.00 mueller | KZ 5.0100.118204.4 | ref=R-1
          +322.40 weber | KZ 5.0100.342608.4 | ref=R-2";
    town.write("batch.xml", Statement::new(batch).xml());
    town.run("import posten.csv batch.xml").ok();
    town.run("match").ok();
    let paid = |reference: &str| {
        town.one("report payments", &[("reference", reference), ("decision", "auto")])["allocations"][0].clone()
    };
    assert_eq!(paid("R-1")["kassenzeichen"], kz("mueller"));
    assert_eq!(paid("R-2")["amount"], "322.40");
    assert_eq!(town.json("report payments").as_array().unwrap().len(), 2);
}

#[test]
fn details_that_do_not_sum_to_their_entry_are_a_case() {
    let town = lists();
    let batch = "
        31 2024-02-01 2024-02-29 1000.00
        2024-02-15 +500.00 batch ref=R-BATCH
          +100.00 mueller | KZ 5.0100.118204.4 | ref=R-1
          +322.40 weber | KZ 5.0100.342608.4 | ref=R-2";
    town.write("batch.xml", Statement::new(batch).xml());
    let done = town.run("import posten.csv batch.xml").ok();
    let warned = done.err.lines().any(|line| {
        line.starts_with("warning: batch.xml: ") && line.contains("the details sum to 422.40, the entry is 500.00")
    });
    assert!(warned, "{done:?}");
    town.run("match").ok();
    let mut cases: Vec<String> =
        town.json("cases").as_array().unwrap().iter().map(|case| case["reason"].to_string()).collect();
    cases.dedup();
    let why =
        "the statement does not fit together here: line 47, Stmt/Ntry: the details sum to 422.40, the entry is 500.00";
    assert_eq!(cases, [format!("{why:?}")]);
    assert_eq!(decisions(&town), ["case", "case"]);
}

/// A ZIP with these members.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_foreign_account_in_a_container_refuses_its_member_and_no_other() {
    let town = lists();
    let (february, march) = (Statement::new(FEBRUARY).xml(), Statement::new(MARCH).xml());
    let (own, other) = ("DE82416500010000000023", "DE67416500010000000099");
    let foreign = march.replace(own, other);
    town.write("C53.zip", zip(&[("fremd.xml", foreign.as_bytes()), ("feb.xml", february.as_bytes())]));
    town.write("nur.zip", zip(&[("fremd.xml", foreign.as_bytes())]));
    let done = town.run("import posten.csv C53.zip");
    assert_eq!(done.code, 1, "{done:#?}");
    assert!(done.err.contains("error: C53.zip/fremd.xml: line"), "{done:#?}");
    assert_eq!(town.json("report payments").as_array().unwrap().len(), 3);
    town.run("import nur.zip").refused_with("is not in kasse.accounts");
    // once the account is ours the same file brings what was left
    let settings = crate::town::SETTINGS.replace(&format!("[\"{own}\"]"), &format!("[\"{own}\", \"{other}\"]"));
    town.write("einmal.toml", settings);
    town.run("import C53.zip").ok();
    let accounts = town.json("report statements");
    assert!(accounts.as_array().unwrap().iter().all(|account| account["to"] != Value::Null), "{accounts:#}");
    town.run("verify").ok();
}

#[test]
fn a_container_of_statements_counts_once_however_it_is_packed() {
    let town = lists();
    let (february, march) = (Statement::new(FEBRUARY).xml(), Statement::new(MARCH).xml());
    let inner = zip(&[("maerz.xml", march.as_bytes())]);
    town.write("C53.zip", zip(&[("feb.xml", february.as_bytes()), ("maerz.zip", &inner)]));
    town.run("import posten.csv mandate.csv C53.zip").ok();
    town.run("match").ok();
    let (before, stored) = (seen(&town), Books::of(&town).counts());
    assert_eq!(decisions(&town), ["auto", "auto", "auto", "other", "auto"]);
    town.write("anders.zip", zip(&[("1.xml", march.as_bytes()), ("2.xml", february.as_bytes())]));
    town.write("feb.xml", &february);
    town.run("import anders.zip feb.xml").ok();
    town.run("match").ok();
    assert_eq!((seen(&town), Books::of(&town).counts()), (before, stored));
}

#[test]
fn first_uses_at_once_make_one_database() {
    let town = lists();
    let start = |_: i32| {
        let mut command = town.command("import posten.csv");
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for import in [1, 2, 3, 4].map(start) {
        let output = import.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(Books::of(&town).number("SELECT COUNT(*) FROM item"), 4);
    town.run("verify").ok();
}

#[test]
fn imports_at_once_store_everything_once() {
    let town = lists();
    town.run("report runs").ok();
    town.write("feb.xml", Statement::new(FEBRUARY).xml());
    town.write("mar.xml", Statement::new(MARCH).render("02", Layout::Dense));
    let start = |order: &str| {
        let mut command = town.command(&format!("import {order}"));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let (lists_first, statements_first) =
        ("posten.csv mandate.csv feb.xml mar.xml", "mar.xml feb.xml mandate.csv posten.csv");
    for mut import in [lists_first, statements_first, lists_first, statements_first].map(start) {
        assert!(import.wait().unwrap().success());
    }
    let alone = lists();
    alone.write("feb.xml", Statement::new(FEBRUARY).xml());
    alone.write("mar.xml", Statement::new(MARCH).render("02", Layout::Dense));
    alone.run(&format!("import {lists_first}")).ok();
    assert_eq!(Books::of(&town).counts(), Books::of(&alone).counts());
    town.run("verify").ok();
}

#[test]
fn a_booking_that_is_not_final_is_left_out() {
    let town = lists();
    let pending = "
        31 2024-02-01 2024-02-29 1000.00
        2024-02-15 +100.00 mueller | KZ 5.0100.118204.4 | status=PDNG
        2024-02-16 +322.40 weber | KZ 5.0100.342608.4 | ref=R-WEBER";
    town.write("feb.xml", Statement::new(pending).xml());
    let done = town.run("import feb.xml").ok();
    assert!(done.err.contains("a booking with status PDNG is not final and was left out"), "{done:?}");
    assert_eq!(town.one("report payments", &[])["reference"], "R-WEBER");
}

#[test]
fn a_gap_between_statements_is_named() {
    let town = lists();
    town.write("feb.xml", Statement::new(FEBRUARY).xml());
    town.write("mar.xml", Statement::new(&MARCH.replace("1522.40", "1500.00")).xml());
    town.run("import feb.xml mar.xml").ok();
    let report = town.json("report statements");
    assert_eq!((&report[0]["account"], &report[0]["complete"]), (&ACCOUNT.into(), &false.into()));
    let gap = &report[0]["gaps"][0];
    assert_eq!(
        (&gap["after"], &gap["closing"], &gap["opening"]),
        (&"2024-02-29".into(), &"1522.40".into(), &"1500.00".into())
    );
}

#[test]
fn a_later_list_never_takes_back_what_was_posted() {
    let town = Town::lindental();
    let fischer = [("kassenzeichen", crate::people::kz("fischer")), ("posten", "2024-1")];
    assert_eq!(town.one("report receivables", &fischer)["transferred"], "166.00");
    town.write("spaeter.csv", crate::people::items("mueller 2024-2 2024-05-15 120.00"));
    let done = town.run("import spaeter.csv --as-of 2024-03-08").ok();
    assert!(done.err.contains("--as-of belongs to the first list of open items and was ignored"), "{done:?}");
    town.run("match").ok();
    assert_eq!(town.one("report receivables", &fischer)["transferred"], "166.00");
    town.run("verify").ok();
}

#[test]
fn what_a_later_list_leaves_out_is_named_and_stays_owed() {
    let town = Town::lindental();
    town.write("spaeter.csv", crate::people::items("mueller 2023-4 2023-11-15 100.00"));
    let report = town.json("import spaeter.csv");
    let vanished: Vec<&str> =
        report[0]["vanished"].as_array().unwrap().iter().map(|item| item["kassenzeichen"].as_str().unwrap()).collect();
    let others = town.json("report receivables");
    let others: Vec<&str> = others
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["kind"] == "Grundbesitzabgaben" && item["open"] != "0.00")
        .filter(|item| {
            (&item["kassenzeichen"], &item["posten"]) != (&crate::people::kz("mueller").into(), &"2023-4".into())
        })
        .map(|item| item["kassenzeichen"].as_str().unwrap())
        .collect();
    assert!(!others.is_empty());
    assert_eq!(vanished, others);
    let warning = report[0]["warnings"][0].as_str().unwrap();
    assert!(warning.contains(&format!("{} open items of its levies are not in this list", others.len())), "{warning}");
}

#[test]
fn an_amount_that_fell_by_what_was_posted_is_refused_as_the_rest() {
    let town = Town::lindental();
    let fischer = [("kassenzeichen", crate::people::kz("fischer")), ("posten", "2024-1")];
    let before = town.one("report receivables", &fischer);
    assert_eq!((&before["amount"], &before["transferred"]), (&"166.00".into(), &"166.00".into()));
    let list = |amount: &str| crate::people::items(&format!("fischer 2024-1 2024-02-15 {amount}"));
    town.write("rest.csv", list("0.00"));
    town.run("import rest.csv")
        .refused_with("line 2, betrag: 0.00 is 166.00 less the 166.00 that were posted here for");
    assert_eq!(town.one("report receivables", &fischer), before);
    // where a person says so it is a reduction all the same, and the money is no longer owed
    town.run("import rest.csv --amounts-are-assessed").ok();
    town.run("match").ok();
    town.run("verify").ok();
    assert_eq!(town.one("report receivables", &fischer)["transferred"], "0.00");
    let other = Town::lindental();
    other.write("weniger.csv", list("150.00"));
    other.run("import weniger.csv").ok();
    other.run("match").ok();
    other.run("verify").ok();
    assert_eq!(other.one("report receivables", &fischer)["transferred"], "150.00");
}

#[test]
fn what_a_case_had_placed_beyond_a_lowered_item_goes_back_into_it_when_a_person_decides() {
    let town = Town::new();
    let list = |first: &str| {
        let rest = "mueller 2024-1 2024-02-15 100.00\nmueller 2024-3 2024-08-15 100.00";
        crate::people::items(&format!("mueller 2023-4 2023-11-15 {first}\n{rest}"))
    };
    let kz = crate::people::kz("mueller");
    let head = "1 2024-03-08 2024-03-08 1000.00\n2024-03-08";
    town.write("a.xml", Statement::new(&format!("{head} +250.00 Erika Müller | {kz} | ref=R-1")).xml());
    town.write("posten.csv", list("100.00"));
    town.run("import posten.csv a.xml").ok();
    town.run("match").ok();
    assert_eq!(town.json("case 1")["open"], "50.00");
    town.write("weniger.csv", list("60.00"));
    town.run("import weniger.csv").ok();
    town.run(&format!("resolve 1 --allocate {kz}/2024-3=50.00 --as dora")).ok();
    let case = town.json("case 1");
    assert_eq!((&case["decision"], &case["open"]), (&"case".into(), &"40.00".into()), "{case:#}");
    let item = town.one("report receivables", &[("kassenzeichen", kz), ("posten", "2023-4")]);
    assert_eq!((&item["amount"], &item["transferred"]), (&"60.00".into(), &"60.00".into()));
    town.run("verify").ok();
}

#[test]
fn money_that_a_person_placed_and_that_is_owed_no_more_is_a_case_again() {
    let town = Town::lindental();
    let brandt = [("kassenzeichen", crate::people::kz("brandt")), ("posten", "2024-1")];
    town.run(&format!("resolve 1 --allocate {}/2024-1=655.70 --as dora", crate::people::kz("brandt"))).ok();
    town.write("weniger.csv", crate::people::items("brandt 2024-1 2024-02-15 500.00"));
    let done = town.run("import weniger.csv").ok();
    done.says("warning: weniger.csv: 1 cases are open again: less is owed now than people had placed of them");
    for _ in 0..2 {
        let case = town.json("case 1");
        assert_eq!((&case["decision"], &case["open"]), (&"case".into(), &"155.70".into()), "{case:#}");
        let item = town.one("report receivables", &brandt);
        assert_eq!((&item["amount"], &item["transferred"]), (&"500.00".into(), &"500.00".into()));
        town.run("verify").ok();
        town.run("match").ok();
    }
    town.run("resolve 1 --refund --as dora").ok();
    assert_eq!(town.one("report payments", &[("reference", "R-QUANDT")])["decision"], "clerk");
}
