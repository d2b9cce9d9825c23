//! The gate and the calendar: proofs that are asked again before each file, days that only run forward, people who are two,
//! settings that somebody changes.

use serde_json::{Value, json};

use crate::bank::{ACCOUNT, Statement};
use crate::collect::{EXPORT, NOTIFY, PLAN, RELEASE, announced, pain, texts};
use crate::people::{items, kz, mandates};
use crate::town::{SETTINGS, Town};

/// A second account of the town.
const SECOND: &str = "DE49416615040000004711";

fn bring(town: &Town, day: &str, statement: &str) {
    town.write(&format!("{day}.xml"), Statement::new(statement).xml());
    town.on(day, &format!("import {day}.xml")).ok();
    town.on(day, "match").ok();
}

fn released() -> Town {
    let town = announced();
    town.run(RELEASE).ok();
    town
}

#[test]
fn a_gap_that_comes_to_light_after_the_release_forbids_the_file_on_the_same_day() {
    let town = released();
    let late = "203 2024-03-11 2024-03-11 1900.00\n2024-03-11 -1.00 Stadtwerke | Strom";
    bring(&town, "2024-03-11", late);
    let why =
        "statements are missing between 2024-03-08 (closing balance 1851.70) and 2024-03-11 (opening balance 1900.00)";
    town.run(EXPORT)
        .refused(&format!("run L1 was released on 2024-03-11 and is not exported: account {ACCOUNT}: {why}"));
    town.write(
        "mitte.xml",
        Statement::new("202 2024-03-09 2024-03-10 1851.70\n2024-03-10 +48.30 Hildegard Ober | Kita Beitrag").xml(),
    );
    town.run("import mitte.xml").ok();
    town.run("match").ok();
    town.run(EXPORT).ok();
    town.run("verify").ok();
}

#[test]
fn a_risk_that_nobody_has_acknowledged_forbids_the_file_until_the_run_is_released_anew() {
    let town = released();
    let stranger =
        "202 2024-03-11 2024-03-11 1851.70\n2024-03-11 +19.99 Xaver Quandt DE67416500010000000099 | Grundbesitzabgaben";
    bring(&town, "2024-03-11", stranger);
    let new = "1 open cases over 19.99 EUR have no complete hold and were not there when the run was released: decide them, or release it anew";
    town.run(EXPORT).refused(&format!("run L1 was released on 2024-03-11 and is not exported: {new}"));
    town.run("collect release L1 --as anna --acknowledge-open-cases").refused_with("who planned the run may not");
    let asked =
        "1 open cases over 19.99 EUR have no complete hold: decide them or release with --acknowledge-open-cases";
    town.run(RELEASE).refused(&format!("run L1 is not released: {asked}"));
    town.run(&format!("{RELEASE} --acknowledge-open-cases")).ok().says("run L1: 1 of 1 signatures, released");
    town.run(RELEASE).refused("run L1 is not released: the run is released, only a planned run is released");
    town.run(EXPORT).ok();
    let events: Vec<Value> = town.json("collect show L1")["events"].as_array().unwrap().clone();
    let words: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(words, ["announced", "released", "voided", "released", "exported"]);
    // what was acknowledged once is no new risk
    town.run(EXPORT).ok();
    town.run("verify").ok();
}

#[test]
fn a_file_that_lies_in_the_house_is_withdrawn_when_money_comes() {
    let town = released();
    let exported = town.run(EXPORT).ok();
    exported.says("note: by the letters transfers still count: hold the file back until 2024-03-25");
    let sheet = String::from_utf8(town.only("bank", ".txt")).unwrap();
    assert!(sheet.contains("Bei der Bank nicht vor") && sheet.contains("25.03.2024"), "{sheet}");
    let ids = texts(&pain(&town), "EndToEndId");
    bring(&town, "2024-03-11", "202 2024-03-11 2024-03-11 1851.70\n2024-03-11 +77.10 vogt | Hundesteuer 07/12345-6");
    let why = "money came in for 1 debits since the file was written: if it never left the house, let two people say so (`einmal collect void --never-left`) and plan anew without them";
    town.run(EXPORT).refused(&format!("run L1 was released on 2024-03-11 and is not exported: {why}"));
    let void = "collect void L1 --as anna --reason 'lag im Tresor, vernichtet' --never-left";
    town.run(&format!("{void} --with ' Anna'")).refused("run L1 is not void: two different people must say it");
    town.run(&format!("{void} --with bernd")).ok();
    let show = town.json("collect show L1");
    let last = show["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["note"], "never left the house: lag im Tresor, vernichtet");
    // her money has found its place without another match
    assert_eq!(town.one("report receivables", &[("kassenzeichen", kz("vogt"))])["state"], "paid");
    assert_eq!(town.json(PLAN)["amount"], "288.20");
    for line in [NOTIFY, RELEASE, EXPORT] {
        town.run(&line.replace("L1", "L2").replace("bank", "neu")).ok();
    }
    let xml = String::from_utf8(town.only("neu", ".xml")).unwrap();
    assert!(!xml.contains("07/12345-6"), "{xml}");
    assert!(texts(&xml, "EndToEndId").iter().all(|id| !ids.contains(id)), "the ids of the void file are dead");
    town.run("verify").ok();
}

#[test]
fn what_went_to_the_bank_has_left_the_house() {
    let town = released();
    town.run(EXPORT).ok();
    town.run("collect sent L1 --order 4711 --as clara").ok();
    let why = "it is recorded as sent: only the bank's refusal or complete statements prove more";
    town.run("collect void L1 --as anna --with bernd --reason x --never-left")
        .refused(&format!("run L1 is not void: {why}"));
}

#[test]
fn a_file_that_is_written_early_says_why() {
    let town = released();
    town.run(&format!("{EXPORT} --early 'Urlaub der Kassenleitung'")).ok();
    let show = town.json("collect show L1");
    assert_eq!(show["events"].as_array().unwrap().last().unwrap()["note"], "Urlaub der Kassenleitung");
}

#[test]
fn a_person_is_one_however_the_name_is_written() {
    let town = announced();
    for other in ["Anna", "ANNA", "'an na'", "' anna '"] {
        town.run(&format!("collect release L1 --as {other}"))
            .refused("run L1 is not released: who planned the run may not release it: another person must");
    }
    town.run(RELEASE).ok();
    town.run("close-day 2024-03-08 --as dora --with Dora").refused("two people close a day");
    town.run("hold add 07/12345-6 --reason Insolvenz --as dora").ok();
    town.run("hold lift 07/12345-6 --reason Ende --as dora").ok();
    town.run("hold lift 07/12345-6 --reason Ende --as DORA")
        .refused("DORA has signed for \"07/12345-6\" already: another person must");
}

#[test]
fn nothing_is_written_before_the_newest_entry() {
    let town = Town::lindental();
    town.on("2024-03-20", "hold add 07/12345-6 --reason Insolvenz --as dora").ok();
    let why = "the newest entry of these books is of 2024-03-20: as of 2024-03-11 they can only be looked at; where 2024-03-20 was a mistake, two people correct it (`einmal journal correct-day`)";
    for line in [PLAN, "match", "hold lift 07/12345-6 --reason x --as dora"] {
        town.run(line).refused(why);
    }
    let looked = town.run("report runs").ok();
    looked.says("note: the newest entry of these books is of 2024-03-20: as of 2024-03-11 they can only be looked at");
    assert!(!town.on("2024-03-20", "report runs").ok().err.contains("looked at"));
    town.run("journal correct-day --reason 'falsch getippt' --as dora --with Dora")
        .refused("two people answer for this");
    town.run("journal correct-day --reason 'falsch getippt' --as dora --with emil").ok();
    town.run("journal correct-day --reason 'falsch getippt' --as dora --with emil")
        .refused("no entry is of a day after 2024-03-11");
    town.run(PLAN).ok();
    town.run("verify").ok();
}

#[test]
fn nothing_comes_from_a_day_to_come() {
    let town = Town::lindental();
    let told = "no statement comes from the future; ask the bank, or import it on that day";
    let far = Statement::new("202 2034-03-11 2034-03-11 1851.70\n2034-03-11 +77.10 vogt | Hundesteuer 07/12345-6");
    town.write("fern.xml", far.xml());
    town.run("import fern.xml").refused_with(told);
    let quiet = Statement::new("202 2024-03-12 2024-03-12 1851.70");
    town.write("morgen.xml", quiet.xml());
    town.run("import morgen.xml").refused_with(told);
    town.on("2024-03-12", "import morgen.xml").ok();
    town.run("import posten.csv --as-of 2024-12-31").refused(
        "the last bank day of the old system, 2024-12-31, is after 2024-03-11: no system has posted a day to come",
    );
    town.on("2024-03-12", "collect plan --due 2024-04-02 --as anna").ok();
    let why = "2024-03-11 is before 2024-03-12, the day of the plan: a notice that names what run L1 takes cannot have been posted then";
    town.on("2024-03-12", "collect notify L1 --out post --sent 2024-03-11 --as anna").refused(why);
    town.on("2024-03-12", "collect notify L1 --out post --sent 2024-03-12 --as anna").ok();
}

#[test]
fn two_people_correct_the_day_of_the_old_system() {
    let town = Town::new();
    town.write("posten.csv", items("fischer 2024-1 2024-02-15 166.00\nvogt 2023-4 2023-11-15 77.10"));
    town.write("mandate.csv", mandates("fischer\nvogt"));
    let paid = "201 2023-10-27 2024-03-08 1000.00\n2024-02-15 +166.00 fischer | Kassenzeichen 5.0100.895164.9";
    town.write("auszug.xml", Statement::new(paid).xml());
    town.run("import posten.csv --as-of 2024-02-29").ok();
    town.run("import mandate.csv auszug.xml").ok();
    town.run("match").ok();
    let note = "note: bookings up to 2024-02-29 count as posted by the old system; two people can correct that: `einmal statements as-of`";
    town.run(PLAN).ok().says(note);
    town.run(NOTIFY).ok();
    let state = || town.one("report receivables", &[("kassenzeichen", kz("fischer"))])["state"].clone();
    assert_eq!(state(), "in_collection");
    let correct = "statements as-of --reason 'Stand war Januar' --as dora";
    town.run(&format!("{correct} 2024-01-31 --with dora")).refused("two people answer for this");
    town.run(&format!("{correct} 2024-12-31 --with emil")).refused(
        "the last bank day of the old system, 2024-12-31, is after 2024-03-11: no system has posted a day to come",
    );
    town.run(&format!("{correct} 2024-01-31 --with emil")).ok();
    assert_eq!(state(), "paid", "what the old system did not post is placed at once, and leaves the run");
    town.run(&format!("{correct} 2024-01-31 --with emil")).refused("that is the day that is known already");
    let done = town.run(RELEASE).ok();
    done.says("note: bookings up to 2024-01-31 count as posted by the old system; two people can correct that: `einmal statements as-of`");
    town.run(EXPORT).ok();
    let sheet = String::from_utf8(town.only("bank", ".txt")).unwrap();
    assert!(sheet.contains("31.01.2024") && sheet.contains("den Anfangssaldo"), "{sheet}");
    town.run("statements as-of --none --reason 'gab keinen' --as dora --with emil").ok();
    assert_eq!(town.json("statements as-of")["as_of"], Value::Null);
    assert_eq!(town.json("statements as-of")["corrections"].as_array().unwrap().len(), 2);
    town.run("verify").ok();
}

#[test]
fn an_account_that_left_the_settings_is_asked_for_until_two_people_end_it() {
    let both = SETTINGS.replace(&format!("[\"{ACCOUNT}\"]"), &format!("[\"{ACCOUNT}\", \"{SECOND}\"]"));
    let town = Town::lindental();
    town.write("einmal.toml", &both);
    let other = Statement::new("7 2024-03-04 2024-03-06 500.00\n2024-03-06 -1.00 Stadtwerke | Strom");
    town.write("zweites.xml", other.xml().replace(ACCOUNT, SECOND));
    town.run("import zweites.xml").ok();
    town.run(PLAN).ok();
    town.run(NOTIFY).ok();
    let missing = format!("account {SECOND}: statements are missing after 2024-03-06, they must reach 2024-03-08");
    town.run(RELEASE).refused_with(&format!("run L1 is not released: {missing}"));
    let end = format!("statements end-account {SECOND} --reason 'Konto ist aufgelöst' --as dora");
    town.run(&format!("{end} --with emil"))
        .refused(&format!("account {SECOND}: kasse.accounts still names it: take it out there first"));
    town.write("einmal.toml", SETTINGS);
    town.run(RELEASE).refused_with(&format!("run L1 is not released: {missing}"));
    let left = format!(
        "note: account {SECOND}: the settings name it no more, its statements are asked for all the same: put it back into kasse.accounts, or let two people end it (`einmal statements end-account`)"
    );
    town.run("collect plan --due 2024-03-28 --as clara").ok().says(&left);
    town.run(&format!("{end} --with Dora")).refused("two people answer for this");
    town.run(&format!("{end} --with emil")).ok();
    town.run(&format!("{end} --with emil")).refused(&format!("account {SECOND}: nobody asks for its statements"));
    town.run(RELEASE).ok();
    town.run("verify").ok();
}

#[test]
fn what_changed_in_the_settings_stands_in_the_next_entry() {
    let town = Town::lindental();
    let changes = |town: &Town| {
        town.run("hold add 07/12345-6 --reason Insolvenz --until 2024-03-31 --as dora").ok();
        let last = town.json("journal head")["entry"].as_i64().unwrap();
        let entry = town.json(&format!("journal show {last}"));
        let own = entry["facts"].as_array().unwrap().iter().filter(|fact| fact["table"] == "setting_change");
        own.map(|fact| fact["after"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(changes(&town), Vec::<Value>::new());
    town.write("einmal.toml", format!("{SETTINGS}\n[collect]\nleast_amount = \"5.00\"\n"));
    let [change] = changes(&town).try_into().unwrap();
    assert_eq!(
        (&change["name"], &change["before_value"], &change["after_value"]),
        (&json!("collect.least_amount"), &Value::Null, &json!("5.00"))
    );
    town.write("einmal.toml", SETTINGS);
    let [change] = changes(&town).try_into().unwrap();
    assert_eq!((&change["before_value"], &change["after_value"]), (&json!("5.00"), &Value::Null));
    town.run("verify").ok();
}

#[test]
fn a_levy_that_no_item_has_is_named_and_what_is_beyond_the_limit_too() {
    let town = Town::lindental();
    town.run("collect plan --due 2024-03-27 --as anna --kind Hundsteuer")
        .refused("no item is of the levy \"Hundsteuer\"; there are: Grundbesitzabgaben, Hundesteuer");
    assert_eq!(town.json("collect plan --due 2024-03-27 --as anna --kind hundeSTEUERN")["amount"], "77.10");
    let plan = town.json("collect plan --due 2024-03-27 --as anna --limit 1");
    let over: Vec<&Value> =
        plan["left_out"].as_array().unwrap().iter().filter(|out| out["reason"] == "over_limit").collect();
    assert_eq!((over.len(), &over[0]["kassenzeichen"]), (1, &json!(kz("neumann"))));
}

#[test]
fn a_first_balance_and_settings_of_the_example_are_said_at_plan_release_and_on_the_sheet() {
    let town = announced();
    let given = format!(
        "note: account {ACCOUNT}: the first balance, 1000.00 before 2024-02-15, is taken as given, after the outage had begun; nobody has confirmed it"
    );
    let example = format!(
        "note: the settings are still the example's: the creditor identifier DE98ZZZ09999999999; the account {ACCOUNT}"
    );
    town.run(RELEASE).ok().says(&given).says(&example);
    town.run(EXPORT).ok();
    let sheet = String::from_utf8(town.only("bank", ".txt")).unwrap();
    for text in
        ["nach dem Beginn des Ausfalls", "den Anfangssaldo 1.000,00 EUR hat niemand bestätigt", "mitgelieferten Muster"]
    {
        assert!(sheet.contains(text), "{text} is not in {sheet}");
    }
    let town = announced();
    town.run(&format!("statements confirm-opening {ACCOUNT} --day 2023-10-27 --balance 1000.00 --as dora")).ok();
    town.run(RELEASE).ok().says(&format!(
        "note: account {ACCOUNT}: its statements begin on 2024-02-15, after the outage had begun: what came before was not seen"
    ));
}

#[test]
fn a_file_bears_the_offset_of_its_clock() {
    let town = released();
    town.run(EXPORT).ok();
    let made = &texts(&pain(&town), "CreDtTm")[0];
    assert!(made.ends_with("+01:00") || made.ends_with("+02:00"), "{made}");
}

#[test]
fn a_reminder_names_the_account_of_its_creditor_and_is_worth_its_postage() {
    let town = Town::lindental();
    let more = format!(
        "[[creditor]]\nname = \"Tierheim Lindental\"\ncreditor_id = \"DE09ZZZ00000000001\"\naccount = \"{SECOND}\"\nkinds = [\"Hundesteuer\"]\n[account_holder]\n{SECOND} = \"Gemeinde Lindental\"\n[collect]\nleast_amount = \"5.00\"\n"
    );
    let both = SETTINGS.replace(&format!("[\"{ACCOUNT}\"]"), &format!("[\"{ACCOUNT}\", \"{SECOND}\"]"));
    town.write("einmal.toml", format!("{both}\n{more}"));
    let other = Statement::new("7 2024-03-04 2024-03-08 500.00\n2024-03-08 -1.00 Stadtwerke | Strom");
    town.write("zweites.xml", other.xml().replace(ACCOUNT, SECOND));
    town.write("mehr.csv", items("vogt 2024-1 2024-02-15 12.00 mandat=\nneumann 2023-9 2023-11-15 4.99 mandat="));
    town.write("ohne.csv", mandates("vogt status=widerrufen\nneumann status=widerrufen"));
    town.run("import zweites.xml mehr.csv ohne.csv").ok();
    town.run("match").ok();
    let told = town.json("remind --out post --as anna");
    let list = String::from_utf8(town.only("post", ".csv")).unwrap();
    let row = |who: &str| list.lines().find(|line| line.starts_with(kz(who))).unwrap_or_default().to_owned();
    assert!(row("vogt").ends_with(&format!("Gemeinde Lindental;{SECOND}")), "{list}");
    assert!(row("lange").ends_with(&format!("Stadtkasse Lindental;{ACCOUNT}")), "{list}");
    let skipped = told["skipped"].as_array().unwrap();
    assert!(skipped.iter().all(|item| item["reason"] != "too_small"), "{told:#}");
    let wrong = format!("{SETTINGS}\n[account_holder]\n{SECOND} = \"Gemeinde\"\n");
    town.write("einmal.toml", wrong);
    town.run("report runs").refused_with(&format!("account_holder: the account {SECOND} is not in kasse.accounts"));
}

#[test]
fn a_debit_that_left_the_house_changes_nothing_that_was_decided_before() {
    let town = Town::lindental();
    let payer = "Xaver Quandt DE67416500010000000099";
    let paid = format!(
        "202 2024-03-09 2024-03-10 1851.70\n2024-03-10 +88.00 {payer} | KZ 5.0100.784053.8\n2024-03-10 +300.00 {payer} | Hundesteuer 07/12345-6"
    );
    bring(&town, "2024-03-11", &paid);
    town.run(PLAN).ok();
    town.run(NOTIFY).ok();
    town.run(&format!("{RELEASE} --acknowledge-open-cases")).ok();
    town.run(EXPORT).ok();
    let before = (town.json("report payments"), town.json("report receivables"));
    town.run("match").ok();
    assert_eq!((town.json("report payments"), town.json("report receivables")), before);
    assert!(pain(&town).contains("<InstdAmt Ccy=\"EUR\">0.20</InstdAmt>"));
}
