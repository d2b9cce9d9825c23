//! Late fees: what they would have come to, what never arose, and what a recorded decision waives.

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::books::Books;
use crate::people::{items, kz, mandates};
use crate::town::{SETTINGS, Town};

const WAIVE: &str = "fees waive --date 2024-03-01 --authority Kämmerer --file-number '20-1/2024' --ground '§ 227 AO' --as dora --with emil";

/// The rows of the report of one person.
fn rows(town: &Town, who: &str) -> Vec<Value> {
    let report = town.json("report fees");
    report.as_array().unwrap().iter().filter(|row| row["kassenzeichen"] == kz(who)).cloned().collect()
}

/// State and reason of a person's first item.
fn state(town: &Town, who: &str) -> (String, String) {
    let row = rows(town, who).remove(0);
    (row["state"].as_str().unwrap().to_owned(), row["why"].as_str().unwrap().to_owned())
}

#[test]
fn each_item_says_what_the_law_would_have_asked_and_why_it_does_not() {
    let town = Town::lindental();
    let law = "mandate valid on the due day, § 224 (2) Nr. 3 AO";
    for (who, charge, reminder, cancel, state, why) in [
        ("mueller", "4.00", "6.00", "6.50", "not_arisen", law),
        ("vogt", "2.00", "6.00", "0.00", "not_arisen", law),
        ("neumann", "0.50", "6.00", "0.00", "not_arisen", law),
        ("weber", "3.00", "8.00", "0.00", "not_arisen", law),
        ("brandt", "6.50", "12.00", "0.00", "not_arisen", law),
        ("schulz", "2.00", "7.00", "0.00", "undecided", "revoked"),
        ("koenig", "5.00", "10.00", "0.00", "undecided", "lapsed"),
        ("lange", "4.00", "9.00", "0.00", "undecided", "no_mandate"),
    ] {
        let row = rows(&town, who).remove(0);
        let found = ["would_be_saeumniszuschlag", "would_be_mahngebuehr", "to_cancel", "state", "why"]
            .map(|name| row[name].as_str());
        assert_eq!(found, [charge, reminder, cancel, state, why].map(Some), "{who}: {row:#}");
    }
    assert!(rows(&town, "fischer").is_empty(), "paid in time: nothing is to be said");
    assert_eq!(rows(&town, "mueller").len(), 2, "what is not due yet has no fee");
    let mueller = &rows(&town, "mueller")[0];
    let days = ["due", "effective_due", "grace_until"].map(|name| mueller[name].as_str().unwrap());
    assert_eq!(days, ["2023-11-15", "2023-11-15", "2023-11-20"]);
    assert_eq!((&mueller["months"], &mueller["demanded_separately"]), (&json!(4), &json!(false)));
}

/// A claim of 312.47 EUR without mandate, and what its report says after these transfers.
#[track_caller]
fn check_paid(transfers: &[(&str, &str)], paid_on: Option<&str>, expected: [&str; 3]) {
    let town = Town::new();
    town.write("posten.csv", items("lange 2023-4 2023-11-15 312.47 mandat="));
    let lines: String = (1..)
        .zip(transfers)
        .map(|(number, (day, amount))| {
            format!("\n{day} +{amount} lange | Kassenzeichen {} | ref=R-{number}", kz("lange"))
        })
        .collect();
    town.write("auszug.xml", Statement::new(&format!("201 2023-10-27 2024-03-08 1000.00{lines}")).xml());
    town.run("import posten.csv auszug.xml").ok();
    town.run("match").ok();
    let row = rows(&town, "lange").pop().unwrap_or_else(|| json!({"paid_on": paid_on}));
    assert_eq!(row["paid_on"].as_str(), paid_on, "{transfers:?}: {row:#}");
    let found = ["months", "would_be_saeumniszuschlag", "would_be_mahngebuehr"].map(|name| match &row[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    assert_eq!(found, expected.map(str::to_owned), "{transfers:?}: {row:#}");
}

#[test]
fn what_was_paid_late_is_charged_to_the_day_it_was_credited() {
    for (transfers, paid_on, expected) in [
        (&[("2023-11-20", "312.47")][..], Some("2023-11-20"), ["null", "null", "null"]),
        (&[("2023-11-21", "312.47")], Some("2023-11-21"), ["1", "3.00", "8.00"]),
        (&[("2023-12-15", "312.47")], Some("2023-12-15"), ["1", "3.00", "8.00"]),
        (&[("2023-12-16", "312.47")], Some("2023-12-16"), ["2", "6.00", "8.00"]),
        (&[("2023-11-17", "200.00"), ("2024-02-05", "112.47")], Some("2024-02-05"), ["3", "3.00", "6.00"]),
        (&[], None, ["4", "12.00", "8.00"]),
    ] {
        check_paid(transfers, paid_on, expected);
    }
}

#[test]
fn what_was_paid_before_the_list_and_what_the_bank_took_back() {
    let town = Town::new();
    let list = "lange 2023-4 2023-11-15 312.47 mandat= gezahlt=212.47\nschulz 2023-4 2023-11-15 100.00 mandat=";
    town.write("posten.csv", items(list));
    let back = "201 2023-10-27 2024-03-08 1000.00
        2023-11-16 +100.00 schulz | Kassenzeichen 5.0100.230517.2 | ref=R-1
        2023-11-20 -100.00 schulz | Kassenzeichen 5.0100.230517.2 | ref=R-1 reversal";
    town.write("auszug.xml", Statement::new(back).xml());
    town.run("import posten.csv auszug.xml").ok();
    town.run("match").ok();
    assert_eq!(town.json("report payments")[0]["decision"], "returned");
    for who in ["lange", "schulz"] {
        let row = &rows(&town, who)[0];
        let found =
            ["open", "would_be_saeumniszuschlag", "would_be_mahngebuehr"].map(|name| row[name].as_str().unwrap());
        assert_eq!(found, ["100.00", "4.00", "6.00"], "{who}: {row:#}");
        assert_eq!(row["paid_on"], Value::Null);
    }
}

#[test]
fn a_month_of_delay_ends_as_the_settings_say() {
    let town = Town::new();
    town.write("posten.csv", items("lange 2023-2 2023-05-10 100.00 mandat="));
    town.run("import posten.csv").ok();
    let months = |settings: &str| {
        town.write("einmal.toml", format!("{SETTINGS}{settings}"));
        let report = town.on("2023-06-12", "--format json report fees").ok();
        serde_json::from_str::<Value>(&report.out).unwrap()[0]["months"].clone()
    };
    assert_eq!(months(""), 1, "10.06.2023 is a Saturday");
    assert_eq!(months("\n[fees]\nmonth_end_shifts = false\nrounding_scope = \"item\"\n"), 2);
}

#[test]
fn a_recorded_decision_waives_what_it_names_until_it_is_withdrawn() {
    let town = Town::lindental();
    let undecided = |reason: &str| ("undecided".to_owned(), reason.to_owned());
    let waived = |number: i64| ("waived".to_owned(), format!("decision {number}"));
    town.run(&format!("{WAIVE} --scope {}/2024-1", kz("schulz"))).ok().says("decision 1 was recorded by dora and emil");
    assert_eq!((state(&town, "schulz"), state(&town, "lange")), (waived(1), undecided("no_mandate")));
    town.run(&format!("{WAIVE} --scope {}", kz("lange"))).ok();
    assert_eq!((state(&town, "lange"), state(&town, "koenig")), (waived(2), undecided("lapsed")));
    town.run(&format!("{WAIVE} --scope kind:Hundesteuer")).ok();
    assert_eq!(state(&town, "koenig"), undecided("lapsed"));
    town.run(&format!("{WAIVE} --scope outage --due-from 2023-11-16")).ok();
    assert_eq!(state(&town, "koenig"), waived(4));
    assert_eq!(state(&town, "mueller").0, "not_arisen", "what never arose is not waived");
    town.run("fees withdraw 4 --reason Ratsbeschluss --as emil --with dora").ok();
    assert_eq!(state(&town, "koenig"), undecided("lapsed"));
    let list = town.json("fees list");
    let shown: Vec<[&Value; 4]> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|row| [&row["scope"], &row["due_from"], &row["due_until"], &row["withdrawn"]])
        .collect();
    let text = |text: &str| Value::from(text);
    let (from, until) = (text("2023-10-30"), text("2024-03-31"));
    assert_eq!(shown[0], [&text("item"), &Value::Null, &Value::Null, &Value::Null]);
    assert_eq!(shown[1], [&text("kassenzeichen"), &from, &until, &Value::Null]);
    assert_eq!(shown[2], [&text("kind"), &from, &until, &Value::Null]);
    assert_eq!(shown[3], [&text("outage"), &text("2023-11-16"), &until, &text("Ratsbeschluss")]);
    assert_eq!((&list[0]["file_number"], &list[0]["by"]), (&text("20-1/2024"), &json!(["dora", "emil"])));
    let journal = town.json("journal export");
    let last = journal.as_array().unwrap().last().unwrap();
    assert_eq!((&last["action"], &last["reason"]), (&text("fees withdraw"), &text("Ratsbeschluss")));
    town.run("verify").ok();
}

#[test]
fn receivables_and_fees_tell_the_same() {
    let town = Town::new();
    let list = "mueller 2023-4 2023-11-15 100.00 mahngebuehr=5.00 saeumniszuschlag=1.50
        schulz 2024-1 2024-02-15 211.30 mahngebuehr=7.00
        lange 2023-3 2023-08-15 100.00 mandat= mahngebuehr=6.00 saeumniszuschlag=3.00";
    town.write("posten.csv", items(list));
    town.write("mandate.csv", mandates("mueller\nschulz status=widerrufen"));
    town.run("import posten.csv mandate.csv").ok();
    let fees = |who: &str| {
        let fees = rows(&town, who).remove(0);
        let key = ["kassenzeichen", "posten"].map(|name| (name, fees[name].as_str().unwrap()));
        let row = town.one("report receivables", &key);
        [row["fees_not_arisen"].clone(), row["fees_waived"].clone(), fees["to_cancel"].clone()]
    };
    assert_eq!(fees("mueller"), ["6.50", "0.00", "6.50"]);
    assert_eq!(fees("schulz"), ["0.00", "0.00", "0.00"]);
    town.run(&format!("{WAIVE} --scope outage")).ok();
    assert_eq!(fees("mueller"), ["6.50", "0.00", "6.50"]);
    assert_eq!(fees("schulz"), ["0.00", "7.00", "7.00"]);
    assert_eq!(fees("lange"), ["0.00", "0.00", "0.00"], "due before the outage");
    let table = town.run("report fees").ok();
    assert!(table.out.contains("no_mandate") && table.out.contains("decision 1"), "{}", table.out);
    let line = "not_arisen: 1 items, would be 10.00 EUR, assessed 6.50 EUR, to cancel 6.50 EUR";
    table.says(line);
    let csv = town.run("--format csv report fees").ok().out;
    assert!(csv.starts_with("kassenzeichen;posten;kind;due;effective_due;grace_until;paid_on;"), "{csv}");
}

#[test]
fn a_decision_that_cannot_be_meant_is_refused() {
    let town = Town::lindental();
    let refused = |change: (&str, &str), scope: &str, why: &str| {
        town.run(&format!("{} --scope {scope}", WAIVE.replace(change.0, change.1))).refused(why);
    };
    refused(("--with emil", "--with dora"), "outage", "two people answer for this");
    refused(("2024-03-01", "2024-03-12"), "outage", "2024-03-12 is after 2024-03-11: record what was decided");
    refused(("§ 227 AO", "  "), "outage", "a decision needs its ground");
    refused(("", ""), "kind:Wasser", "nothing is owed for the levy \"Wasser\"");
    refused(("", ""), "4711", "nothing is owed under \"4711\"");
    let why = "2024-03-31 is before 2024-04-01: such a decision would concern nothing";
    refused(("", ""), "outage --due-from 2024-04-01", why);
    town.run(&format!("{WAIVE} --scope outage")).ok();
    refused(("--as dora --with emil", "--as anna --with bernd"), "outage", "this is decision 1, recorded already");
    town.run("fees withdraw 2 --reason Irrtum --as dora --with emil").refused("there is no decision 2");
    town.run("fees withdraw 1 --reason Irrtum --as dora --with dora").refused("two people answer for this");
    town.run("fees withdraw 1 --reason ' ' --as dora --with emil").refused("withdrawing a decision needs a reason");
    town.run("fees withdraw 1 --reason Irrtum --as dora --with emil").ok();
    town.run("fees withdraw 1 --reason Irrtum --as emil --with anna")
        .refused("decision 1 was withdrawn already, by dora and emil");
    town.run(&format!("{WAIVE} --scope outage")).ok().says("decision 2 was recorded by dora and emil");
    town.write("einmal.toml", SETTINGS.replace("[outage]\nfrom  = 2023-10-30\nuntil = 2024-03-31\n", ""));
    let why = "the settings name no outage: say for which due days, --due-from and --due-until";
    refused(("", ""), "kind:Hundesteuer", why);
}

#[test]
fn the_database_itself_takes_no_decision_of_one_person() {
    let town = Town::lindental();
    town.run(&format!("{WAIVE} --scope outage")).ok();
    town.run("fees withdraw 1 --reason Irrtum --as dora --with emil").ok();
    for sql in [
        "UPDATE fee_waiver SET second = actor",
        "UPDATE fee_waiver SET scope = 'item'",
        "UPDATE fee_waiver SET kind = 'Hundesteuer'",
        "UPDATE fee_waiver SET due_until = NULL",
        "UPDATE fee_waiver SET due_from = '2024-04-01'",
        "UPDATE fee_waiver SET file_number = ''",
        "UPDATE fee_withdrawal SET second = actor",
    ] {
        let refused = Books::of(&town).execute(sql).expect_err(sql);
        assert!(refused.contains("CHECK constraint failed"), "{sql}: {refused}");
    }
}
