//! Money and doubt that come while a run is on its way: a claim is reserved against other runs, never against them.

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::collect::{EXPORT, NOTIFY, PLAN, RELEASE, announced, pain, texts};
use crate::people::kz;
use crate::town::Town;

/// The day after which the new statements are complete.
const LATER: &str = "2024-03-13";

/// A statement of the days after the plan with one entry; it follows the one that is there.
fn arrives(town: &Town, entry: &str) {
    let statement = Statement::new(&format!("202 2024-03-11 2024-03-12 1851.70\n{entry}"));
    town.write("neu.xml", statement.xml());
    town.on(LATER, "import neu.xml").ok();
}

fn debits(town: &Town) -> Vec<(String, String)> {
    let show = town.json("collect show L1");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    show["debits"].as_array().unwrap().iter().map(|d| (text(&d["kassenzeichen"]), text(&d["amount"]))).collect()
}

fn events(town: &Town) -> Vec<Value> {
    let show = town.json("collect show L1");
    show["events"].as_array().unwrap().iter().map(|event| event["event"].clone()).collect()
}

#[test]
fn a_transfer_between_plan_and_release_lowers_the_debit() {
    let town = announced();
    arrives(&town, "2024-03-12 +130.00 mueller | KZ 5.0100.118204.4");
    town.on(LATER, "match").ok();
    assert!(debits(&town).contains(&(kz("mueller").to_owned(), "70.00".to_owned())), "{:?}", debits(&town));
    town.run("verify").ok();
    town.on(LATER, RELEASE).ok();
    town.on(LATER, EXPORT).ok();
    let xml = pain(&town);
    assert_eq!(texts(&xml, "CtrlSum")[0], "235.30");
    assert!(xml.contains("<InstdAmt Ccy=\"EUR\">70.00</InstdAmt>"), "{xml}");
    let remittance = "KZ 5.0100.118204.4 Grundbesitzabgaben Nachholung Faelligkeit 15.02.24";
    assert!(texts(&xml, "Ustrd").contains(&remittance.to_owned()), "{xml}");
    town.run("verify").ok();
}

#[test]
fn a_transfer_of_all_takes_the_debit_out() {
    let town = announced();
    arrives(&town, "2024-03-12 +77.10 vogt | Hundesteuer 07/12345-6");
    town.on(LATER, "match").ok();
    assert_eq!(debits(&town).iter().map(|debit| debit.1.as_str()).collect::<Vec<_>>(), ["200.00", "88.20"]);
    let vogt = town.one("report receivables", &[("kassenzeichen", kz("vogt"))]);
    assert_eq!((&vogt["state"], &vogt["in_collection"]), (&json!("paid"), &json!("0.00")));
    town.run("verify").ok();
}

#[test]
fn a_doubt_takes_the_debit_out_and_gives_it_free_later() {
    let town = announced();
    arrives(&town, "2024-03-12 +88.20 Xaver Quandt | Grundbesitzabgaben | ref=R-DOUBT");
    town.on(LATER, "match").ok();
    assert!(debits(&town).iter().all(|debit| debit.0 != kz("neumann")), "{:?}", debits(&town));
    let neumann = town.one("report receivables", &[("kassenzeichen", kz("neumann"))]);
    assert_eq!((&neumann["left_out"], &neumann["in_collection"]), (&json!("held"), &json!("0.00")));
    town.run("verify").ok();
    let case = town.one("cases", &[("reference", "R-DOUBT")])["case"].clone();
    town.on(LATER, &format!("resolve {case} --other Spende --as dora")).ok();
    let plan: Value =
        serde_json::from_str(&town.on(LATER, "--format json collect plan --due 2024-03-28 --as anna").ok().out)
            .unwrap();
    assert_eq!((&plan["debits"], &plan["amount"]), (&json!(1), &json!("88.20")));
    town.run("verify").ok();
}

#[test]
fn a_transfer_after_the_release_voids_it() {
    let town = announced();
    town.run(RELEASE).ok();
    arrives(&town, "2024-03-12 +130.00 mueller | KZ 5.0100.118204.4");
    town.on(LATER, EXPORT).refused(
        "run L1 was released on 2024-03-11 and is not exported: 1 credits have not been decided: run `einmal match`",
    );
    town.on(LATER, "match").ok();
    assert_eq!(events(&town), ["announced", "released", "voided"]);
    town.on(LATER, EXPORT).refused("the run is planned, only a released run is exported");
    town.on(LATER, RELEASE).ok();
    town.on(LATER, EXPORT).ok();
    assert_eq!(texts(&pain(&town), "CtrlSum")[0], "235.30");
    town.run("verify").ok();
}

#[test]
fn a_decision_after_the_release_voids_it() {
    let town = announced();
    town.run(RELEASE).ok();
    town.run("resolve 1 --allocate 5.0100.118204.4/2023-4=100.00 --as dora").ok();
    assert_eq!(events(&town), ["announced", "released", "voided"]);
    town.run(EXPORT).refused("the run is planned, only a released run is exported");
}

#[test]
fn a_credit_that_nobody_has_decided_stops_an_export_on_the_same_day_too() {
    let town = announced();
    town.run(RELEASE).ok();
    let today = Statement::new("202 2024-03-11 2024-03-11 1851.70\n2024-03-11 +100.00 mueller | KZ 5.0100.118204.4");
    town.write("heute.xml", today.xml());
    town.run("import heute.xml").ok();
    let done = town.run(EXPORT);
    assert_eq!(done.code, 1, "an undecided credit is in the books, and 200.00 were taken of Müller: {done:?}");
}

#[test]
fn a_transfer_after_the_export_never_makes_a_second_claim() {
    let town = announced();
    town.run(RELEASE).ok();
    town.run(EXPORT).ok();
    let file = town.only("bank", ".xml");
    arrives(&town, "2024-03-12 +200.00 mueller | KZ 5.0100.118204.4 | ref=R-CROSSING");
    town.on(LATER, "match").ok();
    let payment = town.one("report payments", &[("reference", "R-CROSSING")]);
    assert_eq!((&payment["decision"], &payment["allocations"]), (&json!("case"), &json!([])));
    let mueller = town.one("report receivables", &[("kassenzeichen", kz("mueller")), ("posten", "2023-4")]);
    assert_eq!((&mueller["in_collection"], &mueller["transferred"]), (&json!("100.00"), &json!("0.00")));
    let case = payment["case"].clone();
    town.on(LATER, &format!("resolve {case} --allocate 5.0100.118204.4/2023-4=100.00 --as dora"))
        .refused("5.0100.118204.4/2023-4 takes at most 0.00, not 100.00");
    town.on(LATER, EXPORT).refused_with("money came in for 1 debits since the file was written");
    assert_eq!(town.only("bank", ".xml"), file, "what went out is what went out");
    town.run("verify").ok();
}

#[test]
fn money_that_the_bank_takes_back_makes_its_items_open_again() {
    let town = announced();
    arrives(&town, "2024-03-12 +77.10 vogt | Hundesteuer 07/12345-6 | ref=R-IN");
    town.on(LATER, "match").ok();
    assert_eq!(town.one("report receivables", &[("kassenzeichen", kz("vogt"))])["state"], "paid");
    let back = "203 2024-03-13 2024-03-13 1928.80
        2024-03-13 -77.10 vogt | Hundesteuer 07/12345-6 | ref=R-BACK reversal return=AC04";
    town.write("zurueck.xml", Statement::new(back).xml());
    town.on("2024-03-14", "import zurueck.xml").ok();
    town.on("2024-03-14", "match").ok();
    let payment = town.one("report payments", &[("reference", "R-IN")]);
    assert_eq!((&payment["decision"], &payment["allocations"]), (&json!("returned"), &json!([])));
    let vogt = town.one("report receivables", &[("kassenzeichen", kz("vogt"))]);
    assert_eq!((&vogt["open"], &vogt["in_collection"]), (&json!("77.10"), &json!("0.00")));
    town.run("verify").ok();
    town.on("2024-03-14", RELEASE).ok();
    let again = town.on("2024-03-14", "--format json collect plan --due 2024-04-02 --as anna").ok();
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((&again["debits"], &again["amount"]), (&json!(1), &json!("77.10")));
    town.run("verify").ok();
}

#[test]
fn money_that_the_bank_takes_back_pays_nothing_even_if_a_person_placed_it() {
    let town = Town::lindental();
    town.run("resolve 1 --allocate 5.0100.673942.6/2024-1=655.70 --as dora").ok();
    let back = "-655.70 Xaver Quandt DE67416500010000000099 | Grundbesitzabgaben";
    arrives(&town, &format!("2024-03-12 {back} | ref=R-BACK reversal return=AC04"));
    town.on(LATER, "match").ok();
    let brandt = town.one("report receivables", &[("kassenzeichen", kz("brandt"))]);
    assert_eq!((&brandt["transferred"], &brandt["open"]), (&json!("0.00"), &json!("655.70")));
}

#[test]
fn a_changed_mandate_leaves_a_planned_run() {
    let town = announced();
    town.write("mandate2.csv", crate::people::mandates("mueller status=widerrufen"));
    town.run("import mandate2.csv").ok();
    assert!(debits(&town).iter().all(|debit| debit.0 != kz("mueller")), "{:?}", debits(&town));
    town.run(RELEASE).ok();
    town.run(EXPORT).ok();
    assert_eq!(texts(&pain(&town), "CtrlSum")[0], "165.30");
    town.run("verify").ok();
}

#[test]
fn a_revoked_mandate_is_used_no_more_however_its_list_spells_the_kassenzeichen() {
    let town = announced();
    let revoked = crate::people::mandates("mueller status=widerrufen");
    town.write("mandate2.csv", revoked.replace(kz("mueller"), "501001182044"));
    town.run("import mandate2.csv").ok();
    assert!(debits(&town).iter().all(|debit| debit.0 != kz("mueller")), "{:?}", debits(&town));
    town.run("collect cancel L1 --as anna").ok();
    town.run(PLAN).ok();
    let show = town.json("collect show L2");
    let left_out = show["left_out"].as_array().unwrap();
    let reason = left_out.iter().find(|row| row["kassenzeichen"] == kz("mueller")).map(|row| &row["reason"]);
    assert_eq!(reason, Some(&json!("revoked")), "{show:#}");
    town.write("mandate3.csv", revoked.replace(kz("mueller"), "5 0100 118204 4"));
    let again = town.json("import mandate3.csv");
    let told = again.to_string();
    assert!(
        told.contains("\"changed\":0") && told.contains("\"known\":1"),
        "another spelling says nothing new: {told}"
    );
    town.run("verify").ok();
}

#[test]
fn a_reduced_assessment_lowers_the_debit_and_a_raised_one_does_not_raise_it() {
    let town = announced();
    let list = |amount: &str| crate::people::items(&format!("mueller 2023-4 2023-11-15 {amount}"));
    town.write("weniger.csv", list("60.00"));
    town.run("import weniger.csv").ok();
    assert!(debits(&town).contains(&(kz("mueller").to_owned(), "160.00".to_owned())), "{:?}", debits(&town));
    town.write("mehr.csv", list("180.00"));
    town.run("import mehr.csv").ok();
    assert!(debits(&town).contains(&(kz("mueller").to_owned(), "160.00".to_owned())), "{:?}", debits(&town));
    town.run("verify").ok();
    town.run(RELEASE).ok();
}

#[test]
fn a_reduced_assessment_of_a_debit_at_the_bank_is_named() {
    let town = announced();
    town.run(RELEASE).ok();
    town.run(EXPORT).ok();
    town.write("weniger.csv", crate::people::items("mueller 2023-4 2023-11-15 60.00"));
    let done = town.run("import weniger.csv").ok();
    let said = format!(
        "warning: weniger.csv: the debit of {}/2023-4 in run L1 takes 100.00 EUR, owed are 60.00 EUR now: \
         recall it before 2024-03-27, or refund 40.00 EUR after",
        kz("mueller")
    );
    done.says(&said);
    let run = town.json("collect show L1");
    let excess = run["excess"].as_array().unwrap();
    assert_eq!(excess.len(), 1, "{run:#}");
    assert_eq!((&excess[0]["posten"], &excess[0]["excess"]), (&json!("2023-4"), &json!("40.00")));
    town.run("verify").ok();
}

#[test]
fn a_run_shows_what_it_takes_no_more_and_why() {
    let town = announced();
    arrives(&town, "2024-03-12 +77.10 vogt | Hundesteuer 07/12345-6 | ref=R-IN");
    town.on(LATER, "match").ok();
    town.on(LATER, &format!("hold add {}/2023-4 --reason Widerspruch --as dora", kz("mueller"))).ok();
    let run = town.json("collect show L1");
    let rows: Vec<String> = run["fallen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| ["kassenzeichen", "planned", "now", "why"].map(|name| row[name].as_str().unwrap()).join(" "))
        .collect();
    let mueller = format!("{} 100.00 0.00 a person holds it", kz("mueller"));
    let vogt = format!("{} 77.10 0.00 77.10 EUR came by transfer", kz("vogt"));
    assert!(rows.contains(&mueller) && rows.contains(&vogt) && rows.len() == 2, "{rows:#?}");
    let table = town.run("collect show L1").ok().out;
    assert!(table.contains("held         a case could concern it: decide the case"), "{table}");
}

#[test]
fn what_a_run_takes_is_open_in_no_other_way() {
    let town = Town::lindental();
    for command in [PLAN, NOTIFY, RELEASE, EXPORT] {
        let sums: Vec<String> = {
            town.run(command).ok();
            let items = town.json("report receivables");
            let cents =
                |item: &Value, name: &str| item[name].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
            let over = |item: &&Value| {
                let claimed = cents(item, "transferred") + cents(item, "collected") + cents(item, "in_collection");
                claimed + cents(item, "open") != cents(item, "amount") || cents(item, "open") < 0
            };
            items.as_array().unwrap().iter().filter(over).map(Value::to_string).collect()
        };
        assert_eq!(sums, Vec::<String>::new(), "{command}");
    }
}
