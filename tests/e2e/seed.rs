//! A beginning from nothing but another system's last debit file: mandates, patterns, unconfirmed items, and how lists correct them.

use serde_json::{Value, json};

use crate::books::Books;
use crate::guard::old_system;
use crate::people::{items, kz};
use crate::town::{SETTINGS, Town};

/// What the old system collected last, on 15 March; of Müller two instalments at once.
const DEBITS: &str = "
    mueller 200.00 Abgaben IV/2023 I/2024
    schulz 211.30 Abgaben I/2024
    koenig 544.60 Abgaben I/2024
    neumann 88.20 Abgaben I/2024
    fischer 166.00 Abgaben I/2024
    vogt 77.10 Hundesteuer 2024";

const LATER: &str = "2024-04-02";

fn town() -> Town {
    let town = Town::new();
    town.write("alt.xml", old_system(DEBITS));
    town
}

fn seeded() -> Town {
    let town = town();
    town.on(LATER, "import alt.xml --as anna").ok();
    town.on(LATER, "seed quarter --due 2024-05-15 --as anna").ok();
    town
}

fn receivables(town: &Town) -> Vec<Value> {
    town.json(&format!("--today {LATER} report receivables")).as_array().unwrap().clone()
}

fn of(rows: &[Value], who: &str) -> Vec<(String, String)> {
    let own = rows.iter().filter(|row| row["kassenzeichen"] == kz(who));
    own.map(|row| (row["due"].as_str().unwrap().to_owned(), row["amount"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn a_debit_file_gives_mandates_and_patterns_and_no_debt() {
    let town = town();
    let said = town.json(&format!("--today {LATER} import alt.xml --as anna"));
    assert_eq!((&said[0]["added"], &said[0]["kind"]), (&json!(6), &json!("debits of another system")));
    assert!(said[0]["warnings"][0].as_str().unwrap().starts_with("6 instalments recur by it"), "{said:#}");
    assert_eq!(receivables(&town), Vec::<Value>::new());
    let again = town.json(&format!("--today {LATER} import alt.xml --as anna"));
    assert_eq!(again[0]["skipped"], "imported before");
    let made = town.json(&format!("--today {LATER} seed quarter --due 2024-05-15 --as anna"));
    // one instalment of Müller, although the file collected two
    assert_eq!((&made["items"], &made["amount"], &made["known"]), (&json!(6), &json!("1187.20"), &json!(0)));
    let rows = receivables(&town);
    assert_eq!(of(&rows, "mueller"), [("2024-05-15".to_owned(), "100.00".to_owned())]);
    let twice = town.json(&format!("--today {LATER} seed quarter --due 2024-05-17 --from alt.xml --as anna"));
    assert_eq!((&twice["items"], &twice["known"]), (&json!(0), &json!(6)));
    town.on(LATER, "verify").ok();
}

#[test]
fn what_nobody_confirmed_is_collected_only_where_the_settings_allow_it() {
    let town = seeded();
    let statement = crate::bank::Statement::new("201 2024-03-01 2024-05-14 0.00");
    town.write("auszug.xml", statement.xml());
    let day = "2024-05-15";
    town.on(day, "import auszug.xml").ok();
    let plan = "collect plan --due 2024-05-31 --as anna";
    let said = town.json(&format!("--today {day} {plan}"));
    assert_eq!((&said["run"], &said["debits"]), (&Value::Null, &json!(0)));
    let reasons: Vec<&Value> = said["left_out"].as_array().unwrap().iter().map(|out| &out["reason"]).collect();
    assert_eq!(reasons, vec![&json!("unconfirmed"); 6]);
    let mueller = town.one(&format!("--today {day} report receivables"), &[("kassenzeichen", kz("mueller"))]);
    assert_eq!(mueller["left_out"], "unconfirmed");
    // nobody is reminded of what nobody knows that he owes
    let done = town.on(day, "remind --out post --as anna").ok();
    assert!(
        !town.path().join("post").exists() || std::fs::read_dir(town.path().join("post")).unwrap().count() <= 1,
        "{done:#?}"
    );
    town.write("einmal.toml", format!("{SETTINGS}\n[collect]\nunconfirmed = true\n"));
    let said = town.json(&format!("--today {day} {plan}"));
    assert_eq!((&said["debits"], &said["amount"]), (&json!(6), &json!("1187.20")));
    town.on(day, "verify").ok();
}

#[test]
fn a_later_list_corrects_and_confirms_and_makes_no_second_debt() {
    let town = seeded();
    // another amount, another name of the instalment; and what was seeded already under its own name
    let list = items(
        "mueller 2024-2 2024-05-15 112.50
         schulz  2024-2 2024-05-15 211.30
         koenig  2024/2 2024-05-15 10.00
         neumann 2024-3 2024-08-15 88.20
         fischer 2024-2 2024-05-15 120.00
         fischer 2024-2S 2024-05-15 46.00",
    );
    town.write("posten.csv", list);
    town.on(LATER, "import posten.csv --as anna").ok();
    let rows = receivables(&town);
    let day = |text: &str| text == "2024-05-15";
    assert!(of(&rows, "mueller") == [("2024-05-15".to_owned(), "112.50".to_owned())], "{rows:#?}");
    assert_eq!(of(&rows, "schulz").len(), 1);
    assert_eq!(of(&rows, "koenig"), [("2024-05-15".to_owned(), "10.00".to_owned())]);
    assert_eq!(of(&rows, "neumann").iter().filter(|(due, _)| day(due)).count(), 1);
    assert_eq!(of(&rows, "neumann").len(), 2);
    // what was collected in one sum is told apart by the list
    let apart = ["120.00", "46.00"].map(|amount| ("2024-05-15".to_owned(), amount.to_owned()));
    assert_eq!(of(&rows, "fischer"), apart);
    let mueller = town.one("--today 2024-05-15 report receivables", &[("kassenzeichen", kz("mueller"))]);
    assert_ne!(mueller["left_out"], "unconfirmed");
    // the same list again, and the quarter again, change nothing
    let before = Books::of(&town).counts();
    town.on(LATER, "import posten.csv --as anna").ok();
    let again = town.json(&format!("--today {LATER} seed quarter --due 2024-05-15 --as anna"));
    assert_eq!((&again["items"], &again["known"]), (&json!(0), &json!(6)));
    assert_eq!(Books::of(&town).counts(), before);
    town.on(LATER, "verify").ok();
}

#[test]
fn the_list_may_come_first_and_what_it_knows_of_a_mandate_stays() {
    let town = town();
    town.write("posten.csv", items("mueller 2024-2 2024-05-15 112.50\nschulz 2024-2 2024-05-15 211.30"));
    town.write("mandate.csv", crate::people::mandates("mueller status=widerrufen\nschulz"));
    town.on(LATER, "import posten.csv mandate.csv --as anna").ok();
    let changed = old_system(DEBITS).replace(crate::people::of("schulz").iban, "DE41416500010007444444");
    town.write("alt.xml", changed);
    let made = town.json(&format!("--today {LATER} seed quarter --due 2024-05-15 --from alt.xml --as anna"));
    assert_eq!((&made["items"], &made["known"]), (&json!(4), &json!(2)));
    let said = town.on("2024-05-15", "--format json collect plan --due 2024-05-31 --as anna").ok();
    let said: Value = serde_json::from_str(&said.out).unwrap();
    let out = |who: &str| {
        let out = said["left_out"].as_array().unwrap().iter().find(|out| out["kassenzeichen"] == kz(who));
        out.map(|out| out["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(out("mueller").as_deref(), Some("revoked"));
    assert_eq!(said["debits"], 1, "Schulz alone, by the account of the list: {said:#}");
    town.on(LATER, "verify").ok();
}

#[test]
fn what_is_not_understood_as_a_whole_or_is_another_creditors_leaves_nothing() {
    let town = town();
    town.on(LATER, "report receivables").ok();
    let before = Books::of(&town).counts();
    for (wrong, right, why) in [
        ("<CtrlSum>1287.21</CtrlSum>", "<CtrlSum>1287.20</CtrlSum>", "CtrlSum says 1287.21"),
        (">OLD-schulz<", ">OLD-koenig<", "the end-to-end id"),
        ("Ccy=\"USD\">544.60", "Ccy=\"EUR\">544.60", "line 6"),
        ("<Cd>B2B</Cd>", "<Cd>CORE</Cd>", "B2B"),
        ("DE09ZZZ00000000001", "DE98ZZZ09999999999", "is none of the settings"),
        ("</DrctDbtTxInf", "</DrctDbtTxInf>", "line"),
    ] {
        town.write("falsch.xml", old_system(DEBITS).replacen(right, wrong, 1));
        let done = town.on(LATER, "import falsch.xml --as anna");
        assert_eq!(done.code, 1, "{why}: {done:#?}");
        assert!(done.err.contains("falsch.xml") && done.err.contains(why), "{why}: {done:#?}");
        assert_eq!(Books::of(&town).counts(), before, "{why}");
    }
    town.on(LATER, "seed quarter --due 2024-05-15 --as anna").refused_with("no pattern of instalments is known");
    town.on(LATER, "import alt.xml --as anna").ok();
    town.on(LATER, "seed quarter --due 2024-05-15 --kind Pacht --as anna").refused_with("no pattern is of \"Pacht\"");
}

#[test]
fn a_file_of_ours_seeds_nothing() {
    let town = Town::lindental();
    for line in [crate::collect::PLAN, crate::collect::NOTIFY, crate::collect::RELEASE, crate::collect::EXPORT] {
        town.run(line).ok();
    }
    town.write("eigen.xml", crate::collect::pain(&town));
    let before = Books::of(&town).counts();
    town.run("import eigen.xml").ok();
    assert_eq!(Books::of(&town).counts(), before);
    town.run("seed quarter --due 2024-05-15 --from eigen.xml --as anna").refused_with("a run of ours");
}
