//! Deferrals: what was put off is not collected before the announced day, and debits catch up as gently as was said.

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::books::Books;
use crate::people::{items, kz, mandates};
use crate::town::{SETTINGS, Town};

const DEFER: &str = "deferral add --announced 2023-12-01 --text 'Einzug erst im April' --as dora";

/// What a plan takes and what it leaves of a person: posten and reason.
fn planned(town: &Town, due: &str, who: &str) -> (Vec<String>, Vec<(String, String)>) {
    let plan = town.json(&format!("collect plan --due {due} --as anna"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let left = plan["left_out"].as_array().unwrap().iter().filter(|row| row["kassenzeichen"] == kz(who));
    let left = left.map(|row| (text(&row["posten"]), text(&row["reason"]))).collect();
    let Some(run) = plan["run"].as_str() else { return (Vec::new(), left) };
    let shown = town.json(&format!("collect show {run}"));
    let debits = shown["debits"].as_array().unwrap().iter().filter(|debit| debit["kassenzeichen"] == kz(who));
    let taken = debits.flat_map(|debit| debit["items"].as_array().unwrap().iter().map(|item| text(&item["posten"])));
    (taken.collect(), left)
}

/// Müller owes three instalments, two of them due in the outage; Vogt owes another levy.
fn town() -> Town {
    let town = Town::new();
    let list = "mueller 2023-4 2023-11-15 100.00
        mueller 2024-1 2024-02-15 100.00
        mueller 2024-2 2024-05-15 100.00
        vogt 2023-4 2023-11-15 77.10";
    town.write("posten.csv", items(list));
    town.write("mandate.csv", mandates("mueller\nvogt"));
    town.run("import posten.csv mandate.csv").ok();
    town
}

fn reasons(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(posten, reason)| ((*posten).to_owned(), (*reason).to_owned())).collect()
}

#[test]
fn nothing_is_collected_before_the_announced_day() {
    let town = town();
    town.run(&format!("{DEFER} --new-due 2024-04-15 --kind Grundbesitzabgaben"))
        .ok()
        .says("deferral 1 to 2024-04-15 was recorded by dora");
    town.run("collect plan --due 2024-04-12 --kind Hundesteuer --as anna").ok().says(
        "note: deferral 1: nothing of Grundbesitzabgaben that was due from 2023-10-30 to 2024-03-31 is collected before 2024-04-15",
    );
    town.run("collect cancel L1 --as anna").ok();
    let (taken, left) = planned(&town, "2024-04-12", "mueller");
    let not_due = [("2023-4", "not_due"), ("2024-1", "not_due"), ("2024-2", "not_due")];
    assert_eq!((taken, left), (vec![], reasons(&not_due)));
    let run = town.json("collect show L2");
    assert_eq!(run["debits"][0]["kassenzeichen"], kz("vogt"), "another levy is not put off");
    let (taken, left) = planned(&town, "2024-04-15", "mueller");
    assert_eq!((taken, left), (vec!["2023-4".to_owned(), "2024-1".to_owned()], reasons(&[("2024-2", "not_due")])));
    town.run("verify").ok();
}

#[test]
fn the_phone_is_told_from_which_day_on_debits_come() {
    let town = town();
    let answer = |town: &Town| town.json(&format!("find {}", kz("mueller")))[0]["answer"].as_str().unwrap().to_owned();
    let none = "No transfer has been placed under this Kassenzeichen. 200.00 EUR are due and open;";
    assert_eq!(answer(&town), format!("{none} no debit is planned yet."));
    town.run(&format!("{DEFER} --new-due 2024-04-15")).ok();
    assert_eq!(answer(&town), format!("{none} nothing of it is debited before 2024-04-15."));
}

#[test]
fn what_is_due_on_a_saturday_waits_for_the_next_working_day_even_where_a_bank_day_comes_first() {
    let town = Town::new();
    town.write("posten.csv", items("mueller 2027-2 2027-05-15 100.00"));
    town.write("mandate.csv", mandates("mueller letzte_nutzung=2027-02-15"));
    town.on("2027-05-03", "import posten.csv mandate.csv").ok();
    let planned = |due: &str| {
        let done = town.on("2027-05-03", &format!("--format json collect plan --due {due} --as anna")).ok();
        let plan: Value = serde_json::from_str(&done.out).unwrap();
        (plan["debits"].clone(), plan["left_out"][0]["reason"].clone())
    };
    assert_eq!(planned("2027-05-17"), (json!(0), json!("not_due")), "Whit Monday: banks settle, nothing is due");
    assert_eq!(planned("2027-05-18"), (json!(1), Value::Null));
    town.run("verify").ok();
}

#[test]
fn verify_finds_a_debit_that_comes_too_early() {
    let town = Town::lindental();
    town.run("collect plan --due 2024-03-27 --as anna").ok();
    town.run(&format!("{DEFER} --new-due 2024-03-27 --kind Hundesteuer")).ok();
    assert_eq!(town.json("collect show L1")["debits"].as_array().unwrap().len(), 3);
    Books::of(&town).execute("UPDATE deferral SET new_due = '2024-04-15'").unwrap();
    let found = town.run("verify");
    assert_eq!(found.code, 1);
    let early = found.err.lines().filter(|line| line.ends_with("is in run 1 though it is not due then"));
    assert_eq!(early.count(), 1, "{found:#?}");
}

#[test]
fn a_planned_debit_that_comes_too_early_falls_at_once() {
    let town = Town::lindental();
    town.run("collect plan --due 2024-03-27 --as anna").ok();
    town.run("collect notify L1 --out post --sent 2024-03-11 --as anna").ok();
    town.run("collect release L1 --as bernd").ok();
    town.run(&format!("{DEFER} --new-due 2024-04-15 --kind Grundbesitzabgaben")).ok();
    let run = town.json("collect show L1");
    assert_eq!((&run["amount"], &run["state"]), (&json!("77.10"), &json!("planned")), "{run:#}");
    assert_eq!(
        town.one("report receivables", &[("posten", "2023-4"), ("kind", "Hundesteuer")])["state"],
        "in_collection"
    );
    town.run("verify").ok();
    town.run("deferral end 1 --reason 'Einzug doch im März' --as dora --with emil").ok();
    assert_eq!(town.json("collect show L1")["amount"], "77.10", "nothing is put into a run");
    assert_eq!(planned(&town, "2024-03-28", "neumann").0, ["2024-1"]);
    town.run("verify").ok();
}

#[test]
fn debits_catch_up_as_gently_as_was_announced() {
    let town = town();
    town.run(&format!("{DEFER} --new-due 2024-04-15 --instalments 1 --days-between 21")).ok();
    let (taken, left) = planned(&town, "2024-04-15", "mueller");
    assert_eq!((taken, left), (vec!["2023-4".to_owned()], reasons(&[("2024-1", "too_soon"), ("2024-2", "not_due")])));
    let (taken, left) = planned(&town, "2024-05-03", "mueller");
    let terms = "note: deferral 1: at most 1 instalments of one Kassenzeichen in a run, at least 21 days between two debits of one account";
    town.run("collect plan --due 2024-05-03 --as anna").ok().says(terms);
    let in_run = ("2023-4", "in_run");
    assert_eq!((taken, left), (vec![], reasons(&[in_run, ("2024-1", "too_soon"), ("2024-2", "not_due")])));
    let (taken, left) = planned(&town, "2024-05-06", "mueller");
    assert_eq!((taken, left), (vec!["2024-1".to_owned()], reasons(&[in_run, ("2024-2", "not_due")])));
    town.write("einmal.toml", format!("{SETTINGS}\n[collect]\nmin_days_between = 60\n"));
    town.run("collect cancel L2 --as anna").ok();
    let (_, left) = planned(&town, "2024-05-06", "mueller");
    assert_eq!(left[1], ("2024-1".to_owned(), "too_soon".to_owned()), "the stricter of both");
    town.run("verify").ok();
}

#[test]
fn matching_and_fees_go_by_the_day_as_written() {
    let check = |deferred: bool| {
        let town = town();
        if deferred {
            town.run(&format!("{DEFER} --new-due 2024-04-15")).ok();
        }
        let paid =
            format!("201 2023-10-27 2024-03-08 0.00\n2024-03-01 +200.00 mueller | KZ {} | ref=R-1", kz("mueller"));
        town.write("auszug.xml", Statement::new(&paid).xml());
        town.run("import auszug.xml").ok();
        town.run("match").ok();
        (town.json("report payments"), town.json("report fees"))
    };
    let (payments, fees) = check(true);
    assert_eq!((&payments[0]["decision"], &fees[0]["state"]), (&json!("auto"), &json!("not_arisen")));
    assert_eq!((payments, fees), check(false));
}

#[test]
fn deferrals_are_listed_with_what_was_announced_and_what_ended_them() {
    let town = town();
    town.run(&format!("{DEFER} --new-due 2024-04-13 --kind Hundesteuer Grundbesitzabgaben --instalments 2")).ok();
    town.run(&format!("{DEFER} --new-due 2024-05-01 --due-from 2024-01-01 --due-until 2024-03-01")).ok();
    town.run("deferral end 2 --reason Irrtum --as emil --with dora").ok();
    let list = town.json("deferral list");
    let first = &list[0];
    assert_eq!(first["kinds"], json!(["Grundbesitzabgaben", "Hundesteuer"]));
    let days = ["due_from", "due_until", "new_due", "first_collection", "announced"];
    let shown = days.map(|name| first[name].as_str().unwrap());
    assert_eq!(shown, ["2023-10-30", "2024-03-31", "2024-04-13", "2024-04-15", "2023-12-01"]);
    assert_eq!((&first["text"], &first["by"]), (&json!("Einzug erst im April"), &json!("dora")));
    assert_eq!((&first["instalments"], &first["ended"]), (&json!(2), &Value::Null));
    assert_eq!((&list[1]["ended"], &list[1]["ended_by"]), (&json!("Irrtum"), &json!(["emil", "dora"])));
    let table = town.run("deferral list").ok().out;
    assert!(table.contains("Hundesteuer") && table.contains("Irrtum"), "{table}");
}

#[test]
fn a_deferral_that_cannot_be_meant_is_refused() {
    let town = town();
    let refused = |more: &str, why: &str| town.run(&format!("{DEFER} {more}")).refused(why);
    refused("--new-due 2023-10-30", "2023-10-30 is not after 2023-10-30: such a deferral would put nothing off");
    let why = "2023-12-31 is before 2024-01-01: such a deferral would put nothing off";
    refused("--new-due 2024-04-15 --due-from 2024-01-01 --due-until 2023-12-31", why);
    refused("--new-due 2024-04-15 --kind Wasser", "nothing is owed for the levy \"Wasser\"");
    let blank = DEFER.replace("Einzug erst im April", "  ");
    town.run(&format!("{blank} --new-due 2024-04-15")).refused("a deferral needs the words in which it was announced");
    assert_eq!(town.run(&format!("{DEFER} --new-due 2024-04-15 --instalments 0")).code, 2);
    town.run("deferral end 1 --reason Irrtum --as dora --with emil").refused("there is no deferral 1");
    town.run(&format!("{DEFER} --new-due 2024-04-15")).ok();
    town.run("deferral end 1 --reason Irrtum --as dora --with dora").refused("two people answer for this");
    town.run("deferral end 1 --reason ' ' --as dora --with emil").refused("ending a deferral needs a reason");
    town.run("deferral end 1 --reason Irrtum --as dora --with emil").ok();
    town.run("deferral end 1 --reason Irrtum --as dora --with emil")
        .refused("deferral 1 was ended already, by dora and emil");
    town.write("einmal.toml", SETTINGS.replace("[outage]\nfrom  = 2023-10-30\nuntil = 2024-03-31\n", ""));
    let why = "the settings name no outage: say which due days are put off, --due-from and --due-until";
    refused("--new-due 2024-04-15", why);
    for sql in [
        "UPDATE deferral SET new_due = due_from",
        "UPDATE deferral SET due_until = '2023-01-01'",
        "UPDATE deferral SET instalments = 0",
        "UPDATE deferral_end SET second = actor",
    ] {
        let refused = Books::of(&town).execute(sql).expect_err(sql);
        assert!(refused.contains("CHECK constraint failed"), "{sql}: {refused}");
    }
}
