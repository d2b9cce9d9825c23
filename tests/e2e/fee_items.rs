//! Fees for due days before the outage: items of their own that a transfer pays after the principal, and no debit ever.

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::books::Books;
use crate::people::{items, kz, mandates};
use crate::town::{SETTINGS, Town};

/// What Müller owes: an instalment of the summer with two fees, one of the outage with a fee, one that is not due yet.
const LIST: &str = "
    mueller 2023-3 2023-08-15 100.00 mahngebuehr=6.00 saeumniszuschlag=2.50
    mueller 2023-4 2023-11-15 120.00 mahngebuehr=7.00
    mueller 2024-2 2024-05-15 130.00
    schulz  2024-1 2024-02-15 211.30";

/// A town with that list and these transfers by Müller, `AMOUNT TEXT`, decided.
fn town(transfers: &[&str]) -> Town {
    let town = Town::new();
    town.write("posten.csv", items(LIST));
    town.write("mandate.csv", mandates("mueller\nschulz"));
    let lines: String = (1..)
        .zip(transfers)
        .map(|(number, transfer)| {
            let (amount, text) = transfer.split_once(' ').unwrap_or((transfer, ""));
            format!("\n2024-02-{:02} +{amount} mueller | {} {text} | ref=R-{number}", 10 + number, kz("mueller"))
        })
        .collect();
    town.write("auszug.xml", Statement::new(&format!("201 2023-10-27 2024-03-08 1000.00{lines}")).xml());
    town.run("import posten.csv mandate.csv auszug.xml").ok();
    town.run("match").ok();
    town.run("verify").ok();
    town
}

/// `POSTEN=AMOUNT …` of what was placed of a payment, and how it was decided.
fn placed(town: &Town, reference: &str) -> String {
    let payment = town.one("report payments", &[("reference", reference)]);
    let parts = payment["allocations"].as_array().unwrap().iter();
    let mut parts: Vec<String> = parts
        .map(|part| format!(" {}={}", part["posten"].as_str().unwrap(), part["amount"].as_str().unwrap()))
        .collect();
    parts.sort();
    format!("{}{}", payment["decision"].as_str().unwrap(), parts.concat())
}

/// What an item says of itself.
fn item(town: &Town, posten: &str) -> Value {
    town.one("report receivables", &[("kassenzeichen", kz("mueller")), ("posten", posten)])
}

#[test]
fn a_list_makes_them_only_for_what_was_due_before_the_outage() {
    let check = |settings: &str, list: &str, expected: &[&str]| {
        let town = Town::new();
        town.write("einmal.toml", settings);
        town.write("posten.csv", items(list));
        town.run("import posten.csv").ok();
        let report = town.json("report receivables");
        let postens: Vec<&str> = report.as_array().unwrap().iter().map(|row| row["posten"].as_str().unwrap()).collect();
        assert_eq!(postens, expected, "{list}");
    };
    let fees = ["2023-3", "2023-3+Mahngebühr", "2023-3+Säumniszuschlag"];
    check(SETTINGS, "mueller 2023-3 2023-08-15 100.00 mahngebuehr=6.00 saeumniszuschlag=2.50", &fees);
    check(SETTINGS, "mueller 2023-3 2023-10-27 100.00 saeumniszuschlag=2.50", &[fees[0], fees[2]]);
    // a Saturday: really due on the Monday on which the outage began
    check(SETTINGS, "mueller 2023-3 2023-10-28 100.00 mahngebuehr=6.00", &fees[..1]);
    check(SETTINGS, "mueller 2023-3 2023-11-15 100.00 mahngebuehr=6.00", &fees[..1]);
    check(SETTINGS, "mueller 2023-3 2024-04-15 100.00 mahngebuehr=6.00", &fees[..1]);
    let no_outage = SETTINGS.replace("[outage]\nfrom  = 2023-10-30\nuntil = 2024-03-31\n", "");
    check(&no_outage, "mueller 2023-3 2023-08-15 100.00 mahngebuehr=6.00", &fees[..1]);
}

#[test]
fn a_transfer_pays_them_after_all_principal_that_is_due() {
    let both = "2023-3=100.00 2023-4=120.00";
    for (transfers, expected) in [
        (&["100.00"][..], "auto 2023-3=100.00".to_owned()),
        (&["220.00"], format!("auto {both}")),
        (&["100.00", "128.50"], "auto 2023-3+Mahngebühr=6.00 2023-3+Säumniszuschlag=2.50 2023-4=120.00".to_owned()),
        (&["220.00", "6.00 Mahngebühr"], "auto 2023-3+Mahngebühr=6.00".to_owned()),
        (&["220.00", "7.00"], "auto 2023-3+Mahngebühr=6.00 2023-3+Säumniszuschlag=1.00".to_owned()),
        (&["240.00"], "case 2023-3+Mahngebühr=6.00 2023-3+Säumniszuschlag=2.50 2023-3=100.00 2023-4=120.00".to_owned()),
        (&["220.00", "130.00"], "case".to_owned()),
    ] {
        let town = town(transfers);
        assert_eq!(placed(&town, &format!("R-{}", transfers.len())), expected, "{transfers:?}");
    }
}

#[test]
fn the_reports_show_them_and_no_plan_sees_them() {
    let town = town(&["220.00", "3.00"]);
    let fee = item(&town, "2023-3+Mahngebühr");
    let shown = ["kind", "due", "amount", "transferred", "open", "state", "fees_not_arisen", "fees_waived"]
        .map(|name| fee[name].as_str().unwrap());
    assert_eq!(shown, ["Mahngebühr", "2023-08-15", "6.00", "3.00", "3.00", "partly_paid", "0.00", "0.00"]);
    assert_eq!((&fee["left_out"], &fee["holds"]), (&Value::Null, &json!([])));
    let fees = town.one("report fees", &[("kassenzeichen", kz("mueller")), ("posten", "2023-3")]);
    let payable = json!([
        {"posten": "2023-3+Mahngebühr", "amount": "6.00", "paid": "3.00", "open": "3.00"},
        {"posten": "2023-3+Säumniszuschlag", "amount": "2.50", "paid": "0.00", "open": "2.50"},
    ]);
    assert_eq!((&fees["payable"], &fees["why"]), (&payable, &json!("outside_outage")));
    let of_outage = town.one("report fees", &[("kassenzeichen", kz("mueller")), ("posten", "2023-4")]);
    assert_eq!((&of_outage["payable"], &of_outage["to_cancel"]), (&json!([]), &json!("7.00")));
    let found = &town.json(&format!("find {}", kz("mueller")))[0];
    assert_eq!(found["open_fees"], "5.50");
    assert_eq!(
        found["answer"],
        "2 transfers have been placed under this Kassenzeichen. Nothing that is due is open, and nothing will be debited \
         for it. 5.50 EUR of fees are open; they are never debited."
    );
    let posted = town.json("export postings");
    let last = posted.as_array().unwrap().last().unwrap();
    assert_eq!([&last["posten"], &last["art"], &last["betrag"]], ["2023-3+Mahngebühr", "Mahngebühr", "3.00"]);
}

#[test]
fn a_run_takes_principal_and_never_a_fee() {
    let town = town(&[]);
    let plan = town.json("collect plan --due 2024-03-27 --as anna");
    assert_eq!([&plan["debits"], &plan["amount"]], [&json!(2), &json!("431.30")], "{plan:#}");
    let left_out: Vec<&str> =
        plan["left_out"].as_array().unwrap().iter().map(|out| out["posten"].as_str().unwrap()).collect();
    assert_eq!(left_out, ["2024-2"]);
    assert_eq!(item(&town, "2023-3+Mahngebühr")["in_collection"], "0.00");
    town.run("collect notify L1 --out post --sent 2024-03-11 --as anna").ok();
    town.run("collect release L1 --as bernd").ok();
    town.run("collect export L1 --out bank").ok();
    let file = String::from_utf8(town.only("bank", ".xml")).unwrap();
    assert!(file.contains("220.00") && !file.contains("226.00") && !file.contains("228.50"), "{file}");
    town.run("verify").ok();
    // the debit has gone out: what comes now pays the fees, and the rest is a case
    town.write(
        "spaet.xml",
        Statement::new(&format!(
            "202 2024-03-11 2024-03-11 1000.00\n2024-03-11 +8.50 mueller | {} | ref=R-S",
            kz("mueller")
        ))
        .xml(),
    );
    town.on("2024-03-12", "import spaet.xml").ok();
    town.on("2024-03-12", "match").ok();
    assert_eq!(placed(&town, "R-S"), "auto 2023-3+Mahngebühr=6.00 2023-3+Säumniszuschlag=2.50");
    town.run("verify").ok();
}

#[test]
fn the_database_itself_claims_no_fee_and_keeps_what_an_item_is() {
    let town = town(&[]);
    town.run("collect plan --due 2024-03-27 --as anna").ok();
    let books = Books::of(&town);
    let fee = "(SELECT item FROM assessment WHERE fee = 'mahngebuehr')";
    for (sql, why) in [
        (
            format!("INSERT INTO claim SELECT id + 100, journal, seal, debit, {fee}, 600, cause FROM claim LIMIT 1"),
            "a fee is never collected",
        ),
        (
            format!(
                "INSERT INTO assessment SELECT id + 100, journal, seal, source_file, {fee}, kind, due, amount, paid_before, 0, 0, NULL, debtor, NULL, NULL FROM assessment LIMIT 1"
            ),
            "a fee stays a fee, and principal stays principal",
        ),
        ("UPDATE assessment SET fee = 'Porto'".to_owned(), "CHECK constraint failed"),
    ] {
        let refused = books.execute(&sql).expect_err(&sql);
        assert!(refused.contains(why), "{sql}: {refused}");
    }
    let claim =
        format!("INSERT INTO claim SELECT id + 100, journal, seal, debit, {fee}, 600, cause FROM claim LIMIT 1");
    books.execute(&format!("{} {claim}", books.unseen())).unwrap();
    let item = books.number(&format!("SELECT {fee}"));
    let done = town.run("verify");
    assert!(done.code == 1 && done.err.contains(&format!("item {item} is in run 1 though it is a fee")), "{done:#?}");
}

#[test]
fn a_case_proposes_them_by_name_after_the_principal() {
    let town = town(&[]);
    let list = "202 2024-03-08 2024-03-08 1000.00\n2024-03-08 +228.50 Fremde Person | Abgaben | ref=R-F";
    town.write("fremd.xml", Statement::new(list).xml());
    town.run("import fremd.xml").ok();
    town.run("match").ok();
    let case = town.json("case 1");
    let held = case["holds"].as_array().unwrap().iter();
    let held: Vec<&str> = held.map(|hold| hold["posten"].as_str().unwrap()).collect();
    assert_eq!(held, ["2023-3", "2023-4", "2024-2"], "as if there were no fees");
    let candidate = &case["candidates"][0];
    let proposed: Vec<String> = candidate["allocate"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| format!("{}={}", part["posten"].as_str().unwrap(), part["amount"].as_str().unwrap()))
        .collect();
    let expected = ["2023-3=100.00", "2023-4=120.00", "2023-3+Mahngebühr=6.00", "2023-3+Säumniszuschlag=2.50"];
    assert_eq!(proposed, expected, "{case:#}");
    let kinds: Vec<&str> =
        candidate["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..3], ["Grundbesitzabgaben", "Mahngebühr", "Säumniszuschlag"]);
    let parts: String = proposed.iter().map(|part| format!(" --allocate {}/{part}", kz("mueller"))).collect();
    town.run(&format!("resolve 1{parts} --as dora")).ok();
    assert_eq!(item(&town, "2023-3+Säumniszuschlag")["state"], "paid");
    town.run("verify").ok();
}

#[test]
fn nobody_waives_a_fee_on_its_own() {
    let why = "\"5.0100.118204.4/2023-3+Mahngebühr\" is a fee: waive it for what it is on, 5.0100.118204.4/2023-3";
    town(&[])
        .run(&format!(
            "fees waive --date 2024-03-01 --authority Rat --file-number 1 --ground Härte --scope {}/2023-3+Mahngebühr --as dora --with emil",
            kz("mueller")
        ))
        .refused(why);
}

#[test]
fn a_later_list_corrects_them() {
    let town = town(&["228.50"]);
    let import = |name: &str, change: (&str, &str)| {
        town.write(name, items(&LIST.replace(change.0, change.1)));
        town.run(&format!("import {name}"))
    };
    let state = |posten: &str| {
        let fee = item(&town, posten);
        ["amount", "transferred", "open"].map(|name| fee[name].as_str().unwrap().to_owned())
    };
    assert_eq!(
        placed(&town, "R-1"),
        "auto 2023-3+Mahngebühr=6.00 2023-3+Säumniszuschlag=2.50 2023-3=100.00 2023-4=120.00"
    );
    import("mehr.csv", ("saeumniszuschlag=2.50", "saeumniszuschlag=4.00")).ok();
    assert_eq!(state("2023-3+Säumniszuschlag"), ["4.00", "2.50", "1.50"]);
    import("rest.csv", ("saeumniszuschlag=2.50", "saeumniszuschlag=1.50")).refused_with(
        "saeumniszuschlag: 1.50 is 4.00 less the 2.50 that were posted here for 5.0100.118204.4/2023-3+Säumniszuschlag",
    );
    import("weniger.csv", ("mahngebuehr=6.00 saeumniszuschlag=2.50", "saeumniszuschlag=2.50")).ok();
    town.run("match").ok();
    assert_eq!(state("2023-3+Mahngebühr"), ["0.00", "0.00", "0.00"]);
    assert_eq!(placed(&town, "R-1"), "case 2023-3+Säumniszuschlag=2.50 2023-3=100.00 2023-4=120.00");
    town.run("verify").ok();
    // it comes again
    import("wieder.csv", ("211.30", "211.40")).ok();
    town.run("match").ok();
    assert_eq!(state("2023-3+Mahngebühr"), ["6.00", "6.00", "0.00"]);
    // due within the outage after all
    import("spaeter.csv", ("2023-08-15", "2023-11-02")).ok();
    assert_eq!(item(&town, "2023-3+Mahngebühr")["due"], "2023-11-02");
    town.run("match").ok();
    assert_eq!([state("2023-3+Mahngebühr")[0].as_str(), state("2023-3+Säumniszuschlag")[0].as_str()], ["0.00", "0.00"]);
    town.run("verify").ok();
}

#[test]
fn a_list_without_the_instalment_leaves_its_fee_and_names_it_once() {
    let town = town(&[]);
    town.write("kurz.csv", items("mueller 2023-4 2023-11-15 120.00 mahngebuehr=7.00"));
    let report = town.json("import kurz.csv");
    let gone: Vec<&str> =
        report[0]["vanished"].as_array().unwrap().iter().map(|row| row["posten"].as_str().unwrap()).collect();
    assert_eq!(gone, ["2023-3", "2024-2", "2024-1"]);
    assert_eq!(item(&town, "2023-3+Mahngebühr")["open"], "6.00");
    town.write("falsch.csv", items("mueller 2023-3+Mahngebühr 2023-08-15 6.00"));
    town.run("import falsch.csv").refused_with("is how the fee on an instalment is called");
}

#[test]
fn a_person_places_money_on_them_and_a_lower_fee_opens_the_case_again() {
    let town = town(&["240.00"]);
    let fee = "5.0100.118204.4/2023-3+Mahngebühr";
    town.run(&format!("resolve 1 --allocate {fee}=7.00 --as dora"))
        .refused("5.0100.118204.4/2023-3+Mahngebühr takes at most 6.00, not 13.00");
    town.run("resolve 1 --other Spende --as dora").ok();
    town.run("verify").ok();
    town.write("weniger.csv", items(&LIST.replace("mahngebuehr=6.00", "mahngebuehr=1.00")));
    let done = town.run("import weniger.csv").ok();
    assert!(done.err.contains("1 cases are open again: less is owed now than people had placed of them"), "{done:#?}");
    assert_eq!(
        placed(&town, "R-1"),
        "case 2023-3+Mahngebühr=1.00 2023-3+Säumniszuschlag=2.50 2023-3=100.00 2023-4=120.00"
    );
    town.run("verify").ok();
}
