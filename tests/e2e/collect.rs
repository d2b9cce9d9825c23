//! Direct-debit runs: what is in and what is out, who may release, what is written.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::bank::Statement;
use crate::books::Books;
use crate::people::{items, kz, mandates};
use crate::town::{Done, SETTINGS, Town};

pub(crate) const PLAN: &str = "collect plan --due 2024-03-27 --as anna";
pub(crate) const NOTIFY: &str = "collect notify L1 --out post --sent 2024-03-11 --as anna";
pub(crate) const RELEASE: &str = "collect release L1 --as bernd";
pub(crate) const EXPORT: &str = "collect export L1 --out bank";

/// Lindental with a run over 365.30, announced.
pub(crate) fn announced() -> Town {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run(NOTIFY).ok();
    town
}

/// The texts of an element, in order.
pub(crate) fn texts(xml: &str, element: &str) -> Vec<String> {
    let open = format!("<{element}>");
    xml.split(&open).skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// The payment file of the town's one export.
pub(crate) fn pain(town: &Town) -> String {
    String::from_utf8(town.only("bank", ".xml")).unwrap()
}

/// The run is refused with a message that has this among its reasons, and nothing is stored.
#[track_caller]
fn not_released(town: &Town, done: impl Fn(&Town) -> Done, why: &str) {
    let before = Books::of(town).counts();
    let done = done(town);
    assert_eq!(done.code, 1, "{done:?}");
    let reasons = done.err.trim().strip_prefix("error: run L1 is not released: ").unwrap_or_else(|| panic!("{done:?}"));
    assert!(reasons.split("; ").any(|reason| reason == why), "{why:?} is not in {reasons:?}");
    assert_eq!(Books::of(town).counts(), before);
}

#[test]
fn a_plan_says_what_is_in_and_why_the_rest_is_not() {
    let town = Town::lindental();
    let plan = town.json(PLAN);
    let out = |who: &str, posten: &str, amount: &str, reason: &str, case: Option<i64>| json!({"kassenzeichen": kz(who), "posten": posten, "amount": amount, "reason": reason, "case": case});
    let expected = json!({"run": "L1", "due": "2024-03-27", "debits": 3, "amount": "365.30", "left_out": [
        out("mueller", "2024-2", "100.00", "not_due", None),
        out("schulz", "2024-1", "211.30", "revoked", None),
        out("weber", "2024-1", "322.40", "b2b", None),
        out("lange", "2024-1", "433.50", "no_mandate", None),
        out("koenig", "2024-1", "544.60", "lapsed", None),
        out("brandt", "2024-1", "655.70", "held", Some(1)),
    ]});
    assert_eq!(plan, expected);
    let show = town.json("collect show L1");
    assert_eq!(
        (&show["left_out"], &show["state"], &show["planner"]),
        (&expected["left_out"], &json!("planned"), &json!("anna"))
    );
    let debits: Vec<(&Value, &Value)> =
        show["debits"].as_array().unwrap().iter().map(|debit| (&debit["kassenzeichen"], &debit["amount"])).collect();
    let (vogt, mueller, neumann) = (json!(kz("vogt")), json!(kz("mueller")), json!(kz("neumann")));
    assert_eq!(debits, [(&vogt, &json!("77.10")), (&mueller, &json!("200.00")), (&neumann, &json!("88.20"))]);
    let of_mueller = &show["debits"][1]["items"];
    assert_eq!(
        of_mueller,
        &json!([{"posten": "2023-4", "amount": "100.00"}, {"posten": "2024-1", "amount": "100.00"}])
    );
    town.run("verify").ok();
}

#[test]
fn a_second_run_claims_nothing_again() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    let again = town.json("collect plan --due 2024-03-28 --as clara");
    assert_eq!((&again["run"], &again["debits"], &again["amount"]), (&Value::Null, &json!(0), &json!("0.00")));
    let out = again["left_out"].as_array().unwrap();
    let in_run: Vec<&Value> = out.iter().filter(|out| out["reason"] == "in_run").map(|out| &out["amount"]).collect();
    assert_eq!(in_run, ["77.10", "100.00", "100.00", "88.20"]);
    town.run("collect plan --due 2024-03-28 --as clara").ok().says("there is nothing to collect: no run was made");
    assert_eq!(town.json("collect list").as_array().unwrap().len(), 1);
    let mueller = town.one("report receivables", &[("kassenzeichen", kz("mueller")), ("posten", "2023-4")]);
    assert_eq!(
        (&mueller["state"], &mueller["in_collection"], &mueller["open"]),
        (&json!("in_collection"), &json!("100.00"), &json!("0.00"))
    );
}

#[test]
fn a_run_may_be_of_one_levy_or_a_few_debits() {
    let town = Town::lindental();
    let plan = town.json("collect plan --due 2024-03-27 --as anna --kind Hundesteuer");
    assert_eq!((&plan["amount"], &plan["left_out"]), (&json!("77.10"), &json!([])));
    let plan = town.json("collect plan --due 2024-03-27 --as anna --limit 1");
    assert_eq!((&plan["run"], &plan["debits"], &plan["amount"]), (&json!("L2"), &json!(1), &json!("200.00")));
    town.run("verify").ok();
}

#[test]
fn small_rests_and_accounts_debited_lately_are_left() {
    let town = Town::lindental();
    let reason = |town: &Town, who: &str| {
        town.one("report receivables", &[("kassenzeichen", kz(who)), ("due", "2024-02-15")])["left_out"].clone()
    };
    town.write("einmal.toml", format!("{SETTINGS}\n[collect]\nleast_amount = \"88.21\"\nmin_days_between = 30\n"));
    assert_eq!(town.json(PLAN)["amount"], "200.00");
    assert_eq!(reason(&town, "neumann"), "too_small");
    let list = items("mueller 2024-3 2024-03-01 100.00");
    town.write("neu.csv", list);
    town.run("import neu.csv").ok();
    let soon = town.json("collect plan --due 2024-04-02 --as anna");
    let new = soon["left_out"].as_array().unwrap().iter().find(|out| out["posten"] == "2024-3").unwrap();
    assert_eq!(new["reason"], "too_soon");
    assert_eq!(town.json("collect plan --due 2024-04-26 --as anna")["amount"], "100.00");
    town.run("verify").ok();
}

#[test]
fn one_mandate_for_two_kassenzeichen_makes_two_debits() {
    let town = Town::new();
    town.write(
        "posten.csv",
        items("mueller 2023-4 2023-11-15 100.00\nweber 2024-1 2024-02-15 322.40 mandat=M-MUELLER"),
    );
    let shared = mandates("mueller\nweber")
        .replace("M-WEBER", "M-MUELLER")
        .replace("DE22416500010007333333", "DE81416500010007111111");
    town.write("mandate.csv", shared);
    town.run("import posten.csv mandate.csv").ok();
    town.run(PLAN).ok();
    let show = town.json("collect show L1");
    let debits: Vec<(&Value, &Value)> =
        show["debits"].as_array().unwrap().iter().map(|debit| (&debit["mandate"], &debit["amount"])).collect();
    let mandate = json!("M-MUELLER");
    assert_eq!(debits, [(&mandate, &json!("100.00")), (&mandate, &json!("322.40"))]);
}

#[test]
fn planners_at_once_claim_nothing_twice() {
    let town = Town::lindental();
    let plan = |who: &str| {
        let mut command = town.command(&format!("collect plan --due 2024-03-27 --as {who}"));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    for mut plan in ["anna", "bernd", "clara", "dora"].map(plan) {
        assert!(plan.wait().unwrap().success());
    }
    let runs = town.json("collect list");
    assert_eq!((runs.as_array().unwrap().len(), &runs[0]["amount"]), (1, &json!("365.30")));
    town.run("verify").ok();
}

#[test]
fn a_collection_date_must_be_a_bank_day_to_come() {
    let town = Town::lindental();
    for (due, why) in [
        ("2024-03-30", "2024-03-30 is no TARGET business day; the next one is 2024-04-02"),
        ("2024-03-16", "2024-03-16 is no TARGET business day; the next one is 2024-03-18"),
        ("2024-05-01", "2024-05-01 is no TARGET business day; the next one is 2024-05-02"),
        ("2024-03-11", "2024-03-11 is not after 2024-03-11; the earliest day is 2024-03-12"),
        ("2024-02-15", "2024-02-15 is not after 2024-03-11; the earliest day is 2024-03-12"),
    ] {
        town.run(&format!("collect plan --due {due} --as anna")).refused(why);
    }
    assert_eq!(town.json("collect list"), json!([]));
}

#[test]
fn who_plans_does_not_release() {
    let town = announced();
    let why = "who planned the run may not release it: another person must";
    not_released(&town, |town| town.run("collect release L1 --as anna --acknowledge-open-cases"), why);
    town.run(RELEASE).ok().says("run L1: 1 of 1 signatures, released");
    not_released(
        &town,
        |town| town.run("collect release L1 --as clara"),
        "the run is released, only a planned run is released",
    );
}

#[test]
fn two_people_sign_where_two_must() {
    let town = announced();
    town.write("einmal.toml", format!("{SETTINGS}\n[control]\nsign_debits = 2\n"));
    town.run(RELEASE).ok().says("run L1: 1 of 2 signatures, not released yet");
    not_released(&town, |town| town.run(RELEASE), "this person has signed already: another one must");
    town.run(EXPORT).refused("the run is planned, only a released run is exported");
    town.run("collect release L1 --as clara").ok().says("run L1: 2 of 2 signatures, released");
    assert_eq!(town.json("report runs")[0]["releasers"], json!(["bernd", "clara"]));
    town.run("verify").ok();
}

#[test]
fn a_release_needs_complete_statements() {
    let town = announced();
    let why = "account DE82416500010000000023: statements are missing after 2024-03-08, they must reach 2024-03-12";
    not_released(&town, |town| town.on("2024-03-13", RELEASE), why);
    let town = Town::new();
    town.write("posten.csv", items("mueller 2023-4 2023-11-15 100.00"));
    town.write("mandate.csv", mandates("mueller"));
    town.run("import posten.csv mandate.csv").ok();
    let planned = town.run(PLAN).ok();
    planned.says("forbids the release: account DE82416500010000000023: no statement has been imported");
    town.run(NOTIFY).ok();
    not_released(&town, |town| town.run(RELEASE), "account DE82416500010000000023: no statement has been imported");
    let (first, last) = ("201 2023-10-27 2024-02-29 1000.00", "203 2024-03-04 2024-03-08 1200.00");
    town.write("a.xml", Statement::new(&format!("{first}\n2024-02-28 -5.00 Stadtwerke | Strom")).xml());
    town.write("b.xml", Statement::new(&format!("{last}\n2024-03-04 -6.00 Stadtwerke | Strom")).xml());
    town.run("import a.xml b.xml").ok();
    let why = "account DE82416500010000000023: statements are missing between 2024-02-29 (closing balance 995.00) and 2024-03-04 (opening balance 1200.00)";
    not_released(&town, |town| town.run(RELEASE), why);
    let middle = "202 2024-03-01 2024-03-01 995.00\n2024-03-01 +205.00 Hildegard Ober | Kita Beitrag";
    town.write("c.xml", Statement::new(middle).xml());
    town.run("import c.xml").ok();
    not_released(&town, |town| town.run(RELEASE), "1 credits have not been decided: run `einmal match`");
    town.run("match").ok();
    town.run(RELEASE).ok();
}

#[test]
fn an_account_without_movement_is_confirmed_by_a_person() {
    let town = announced();
    let confirm = |balance: &str| {
        let account = "DE82416500010000000023";
        let line = format!("statements confirm-quiet {account} --day 2024-03-12 --balance {balance} --as dora");
        town.on("2024-03-13", &line)
    };
    confirm("1851.71").refused("account DE82416500010000000023: the balance of the statements is 1851.70, not 1851.71");
    confirm("1851.70").ok();
    town.on("2024-03-13", RELEASE).ok();
    town.run("verify").ok();
}

#[test]
fn the_first_balance_is_taken_as_given_and_shown_until_it_is_confirmed() {
    let town = Town::lindental();
    let note = "note: account DE82416500010000000023: the first balance, 1000.00 before 2024-02-15, is taken as given, after the outage had begun; nobody has confirmed it";
    town.run(PLAN).ok().says(note);
    town.run(NOTIFY).ok();
    town.write("einmal.toml", format!("{SETTINGS}\n[control]\nconfirmed_opening = true\n"));
    let why =
        "account DE82416500010000000023: nobody has confirmed the first balance: `einmal statements confirm-opening`";
    not_released(&town, |town| town.run(RELEASE), why);
    assert_eq!(town.json("report statements")[0]["opening_confirmed"], false);
    town.run("statements confirm-opening DE82416500010000000023 --day 2023-10-27 --balance 1000.00 --as dora").ok();
    assert_eq!(town.json("report statements")[0]["opening_confirmed"], true);
    town.run(RELEASE).ok();
}

#[test]
fn an_entry_that_does_not_fit_its_balances_forbids_the_release() {
    let town = announced();
    let wrong = Statement::new("202 2024-03-11 2024-03-11 1851.70\n2024-03-11 -7.00 Stadtwerke | Strom").xml();
    town.write("falsch.xml", wrong.replace(">7.00<", ">7.50<"));
    town.run("import falsch.xml").ok();
    let why = "account DE82416500010000000023: the statement of 2024-03-11 does not fit together: its entries do not lead from opening to closing balance";
    not_released(&town, |town| town.run(RELEASE), why);
}

#[test]
fn a_debit_must_be_announced_in_time() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    let why = "3 debits were not announced: `einmal collect notify --sent DATE`";
    not_released(&town, |town| town.run(RELEASE), why);
    let written = town.run("collect notify L1 --out post --as anna").ok();
    written.says("not recorded as sent: say --sent DATE once they are posted");
    not_released(&town, |town| town.run(RELEASE), why);
    town.on("2024-03-14", "collect notify L1 --out post --sent 2024-03-14 --as anna").refused("posted on 2024-03-14, the notices would come 13 days before 2024-03-27; 14 are required (collect.prenotification_days): plan the run for a later day");
    town.run("collect notify L1 --out post --sent 2024-03-12 --as anna")
        .refused("2024-03-12 is after 2024-03-11: say --sent once they are posted");
    town.run(NOTIFY).ok();
    town.write("einmal.toml", format!("{SETTINGS}\n[collect]\nprenotification_days = 17\n"));
    let why = "3 debits were announced too late: plan for 2024-03-28 or later";
    not_released(&town, |town| town.run(RELEASE), why);
    town.write("einmal.toml", SETTINGS);
    town.run(RELEASE).ok();
}

#[test]
fn a_bescheid_that_names_the_date_is_a_notice() {
    let town = Town::lindental();
    town.run(PLAN).ok();
    town.run("collect notify L1 --out post --notice-by 'Bescheid vom 05.01.2024' --as anna").ok();
    town.run(RELEASE).ok();
}

#[test]
fn the_notices_say_what_is_taken_when_and_why() {
    let town = announced();
    let list = String::from_utf8(town.only("post", ".csv")).unwrap();
    let row = list.lines().find(|line| line.starts_with(kz("mueller"))).unwrap();
    assert_eq!(
        row.split(';').collect::<Vec<_>>(),
        [
            "5.0100.118204.4",
            "Erika Müller",
            "Müllerweg 7, 59000 Lindental",
            "Erika Müller",
            "DE81 **** 1111",
            "M-MUELLER",
            "DE98ZZZ09999999999",
            "200,00",
            "27.03.2024",
            "KZ 5.0100.118204.4 Grundbesitzabgaben Nachholung Faelligkeit 15.11.23 u. 15.02.24",
        ]
    );
    assert_eq!(list.lines().count(), 4);
}

#[test]
fn cases_that_cannot_be_held_are_acknowledged() {
    let town = Town::lindental();
    let unclear = "202 2024-03-08 2024-03-08 1851.70\n2024-03-08 +12.34 - | Grundsteuer | ref=R-UNCLEAR";
    town.write("unklar.xml", Statement::new(unclear).xml());
    town.run("import unklar.xml").ok();
    town.run("match").ok();
    let case = town.one("cases", &[("reference", "R-UNCLEAR")]);
    assert_eq!((&case["holds"], &case["hold_complete"]), (&json!([]), &json!(false)));
    let why = "1 open cases over 12.34 EUR have no complete hold: decide them or release with --acknowledge-open-cases";
    town.run(PLAN).ok().says(&format!("forbids the release: {why}"));
    town.run(NOTIFY).ok();
    not_released(&town, |town| town.run(RELEASE), why);
    town.run(&format!("{RELEASE} --acknowledge-open-cases")).ok();
}

#[test]
fn the_payment_file_has_principal_only_one_debit_per_mandate_and_the_agreed_text() {
    let town = announced();
    town.run(EXPORT).refused("the run is planned, only a released run is exported");
    town.run(RELEASE).ok();
    let exported = town.json(EXPORT);
    assert_eq!((&exported["debits"], &exported["amount"]), (&json!(3), &json!("365.30")));
    let xml = pain(&town);
    assert_eq!(
        texts(&xml, "Ustrd"),
        [
            "KZ 5.0100.784053.8 Grundbesitzabgaben Nachholung Faelligkeit 15.02.24",
            "KZ 07/12345-6 Hundesteuer Nachholung Faelligkeit 15.11.23",
            "KZ 5.0100.118204.4 Grundbesitzabgaben Nachholung Faelligkeit 15.11.23 u. 15.02.24",
        ]
    );
    assert_eq!(texts(&xml, "CtrlSum"), ["365.30", "88.20", "277.10"], "no fee, and sums of their own per batch");
    assert_eq!(texts(&xml, "SeqTp"), ["OOFF", "RCUR"]);
    assert_eq!(texts(&xml, "MndtId"), ["M-NEUMANN", "M-VOGT", "M-MUELLER"]);
    assert_eq!(texts(&xml, "ReqdColltnDt"), ["2024-03-27", "2024-03-27"]);
    assert_eq!(texts(&xml, "IBAN").iter().filter(|iban| *iban == "DE81416500010007111111").count(), 1);
    assert!(xml.contains("<InstdAmt Ccy=\"EUR\">200.00</InstdAmt>"), "{xml}");
    let mut ids = texts(&xml, "EndToEndId");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let mueller = town.one("report receivables", &[("kassenzeichen", kz("mueller")), ("posten", "2023-4")]);
    assert_eq!(mueller["fees_not_arisen"], "6.50");
}

#[test]
fn exporting_twice_writes_the_same_bytes() {
    let town = announced();
    town.run(RELEASE).ok();
    let first = town.json(EXPORT);
    let (file, sheet) = (town.only("bank", ".xml"), String::from_utf8(town.only("bank", ".txt")).unwrap());
    let digest = first["sha256"].as_str().unwrap();
    assert!(sheet.contains(digest) && sheet.contains("365,30 EUR") && sheet.contains("bernd"), "{sheet}");
    assert_eq!(town.json(EXPORT), first);
    assert_eq!(town.only("bank", ".xml"), file);
    let again = "collect export L1 --out nochmal";
    town.on("2024-03-20", again).refused_with("statements are missing after 2024-03-08, they must reach 2024-03-19");
    let quiet = "statements confirm-quiet DE82416500010000000023 --day 2024-03-19 --balance 1851.70 --as dora";
    town.on("2024-03-20", quiet).ok();
    town.on("2024-03-20", again).ok();
    assert_eq!(town.only("nochmal", ".xml"), file, "on a later day too");
    town.on("2024-03-20", "collect cancel L1 --as anna")
        .refused("the run is exported, only one before its export is cancelled");
    town.run("verify").ok();
}

#[test]
fn an_export_on_a_later_bank_day_proves_again() {
    let town = announced();
    town.run(RELEASE).ok();
    let why = "run L1 was released on 2024-03-11 and is not exported: account DE82416500010000000023: statements are missing after 2024-03-08, they must reach 2024-03-12";
    town.on("2024-03-13", EXPORT).refused(why);
    assert!(!town.path().join("bank").exists());
    town.run(EXPORT).ok();
}

#[test]
fn a_file_that_would_differ_from_what_was_released_is_not_written() {
    let town = announced();
    town.run(RELEASE).ok();
    town.write("einmal.toml", SETTINGS.replace("Stadtkasse Lindental", "Stadtkasse Neustadt"));
    town.run(EXPORT).refused("run L1: what would be written is not what bernd released; the settings or the program have changed since: cancel the run and plan anew");
}

#[test]
fn a_cancelled_run_frees_its_items() {
    let town = announced();
    town.run(RELEASE).ok();
    town.run("collect cancel L1 --as anna").ok().says("run L1 was cancelled");
    let free = town.json(PLAN);
    assert_eq!((&free["run"], &free["debits"], &free["amount"]), (&json!("L2"), &json!(3), &json!("365.30")));
    town.run("collect cancel L1 --as anna").refused("the run is cancelled, only one before its export is cancelled");
    town.run(RELEASE).refused("run L1 is not released: the run is cancelled, only a planned run is released");
    town.run("collect show L9").refused("there is no run \"L9\"");
    town.run("verify").ok();
}
