//! A run's life after its plan: notices that hold good, a file that went to the bank, and one that never did.

use serde_json::{Value, json};

use crate::bank::{ACCOUNT, Statement};
use crate::collect::{EXPORT, NOTIFY, PLAN, RELEASE, announced, pain, texts};
use crate::people::{items, kz, mandates};
use crate::town::{SETTINGS, Town};

const SENT: &str = "collect sent L1 --order 4711 --as clara";
const VOID: &str = "collect void L1 --as anna --with bernd --reason 'Bank: Datei abgelehnt, Auftrag 4711'";
const BY_STATEMENTS: &str = "collect void L1 --as anna --with bernd --reason 'nie uebertragen' --by-statements";

fn exported() -> Town {
    let town = announced();
    town.run(RELEASE).ok();
    town.run(EXPORT).ok();
    town
}

fn events(town: &Town) -> Vec<Value> {
    let show = town.json("collect show L1");
    show["events"].as_array().unwrap().iter().map(|event| event["event"].clone()).collect()
}

/// Statements of the days after the plan, complete up to the last one, with these entries.
fn statements(town: &Town, last: &str, entries: &str) {
    let statement =
        Statement::new(&format!("202 2024-03-11 {last} 1851.70\n{last} -1.00 Stadtwerke | Strom\n{entries}"));
    town.write("neu.xml", statement.xml());
    town.on("2024-04-02", "import neu.xml").ok();
}

#[test]
fn an_exported_run_is_sent_once_and_keeps_its_items() {
    let town = announced();
    town.run(SENT).refused("the run is planned, only an exported run is sent");
    town.run(RELEASE).ok();
    town.run(SENT).refused("the run is released, only an exported run is sent");
    town.run(EXPORT).ok();
    let file = town.only("bank", ".xml");
    town.run(SENT).ok().says("run L1 went to the bank under 4711");
    town.run(SENT).refused("the run is sent, only an exported run is sent");
    town.run("collect cancel L1 --as anna").refused("the run is sent, only one before its export is cancelled");
    let mueller = town.one("report receivables", &[("kassenzeichen", kz("mueller")), ("posten", "2023-4")]);
    assert_eq!((&mueller["state"], &mueller["in_collection"]), (&json!("in_collection"), &json!("100.00")));
    assert_eq!(town.json(PLAN)["run"], Value::Null, "what is at the bank is claimed by no other run");
    town.run(EXPORT).ok();
    assert_eq!(town.only("bank", ".xml"), file, "a second copy has the same bytes");
    let show = town.json("collect show L1");
    assert_eq!(show["state"], "sent");
    assert_eq!(events(&town), ["announced", "released", "exported", "sent", "exported_again"]);
    assert_eq!((&show["events"][3]["by"], &show["events"][3]["note"]), (&json!("clara"), &json!("4711")));
    town.run("verify").ok();
}

#[test]
fn two_people_say_that_a_file_was_never_carried_out() {
    for sent in [false, true] {
        let town = exported();
        if sent {
            town.run(SENT).ok();
        }
        town.run(&VOID.replace("bernd", "anna")).refused("run L1 is not void: two different people must say it");
        let done = town.run(VOID).ok();
        done.says("run L1 is void, say anna and bernd: its items are free; never hand its file in");
        town.run("verify").ok();
        let show = town.json("collect show L1");
        let last = show["events"].as_array().unwrap().last().unwrap();
        assert_eq!((&show["state"], &show["debits"], &last["with"]), (&json!("void"), &json!([]), &json!("bernd")));
        assert_eq!(last["note"], "refused by the bank: Bank: Datei abgelehnt, Auftrag 4711");
        town.run(EXPORT).refused("the run is void, only a released run is exported");
        town.run(VOID).refused("run L1 is not void: the run is void, only a run whose file was written can be void");
        let again = town.json(PLAN);
        assert_eq!((&again["run"], &again["debits"], &again["amount"]), (&json!("L2"), &json!(3), &json!("365.30")));
        town.run("verify").ok();
    }
}

#[test]
fn a_run_whose_file_was_not_written_is_cancelled_not_void() {
    let town = announced();
    let why = "only a run whose file was written can be void";
    town.run(VOID).refused(&format!("run L1 is not void: the run is planned, {why}"));
    town.run(RELEASE).ok();
    town.run(VOID).refused(&format!("run L1 is not void: the run is released, {why}"));
}

#[test]
fn statements_prove_that_nothing_came_once_they_reach_beyond_the_collection() {
    let town = exported();
    let early =
        "only statements that reach 2024-03-28 prove that nothing came: wait for them, or for the bank's refusal";
    town.run(BY_STATEMENTS).refused(&format!("run L1 is not void: {early}"));
    let missing = format!("account {ACCOUNT}: statements are missing after 2024-03-08, they must reach 2024-04-02");
    town.on("2024-04-03", BY_STATEMENTS).refused(&format!("run L1 is not void: {missing}"));
    statements(&town, "2024-04-02", "");
    town.on("2024-04-03", BY_STATEMENTS).ok();
    let note = town.json("collect show L1")["events"].as_array().unwrap().last().unwrap()["note"].clone();
    assert_eq!(note, "complete statements without the credit: nie uebertragen");
    town.run("verify").ok();
}

#[test]
fn a_booking_of_the_run_forbids_to_call_it_void() {
    for (amount, entry) in [
        ("365.30", "+365.30 - | SAMMLERGUTSCHRIFT | code=PMNT/IDDT/ESDD"),
        ("277.10", "+277.10 - | SAMMLERGUTSCHRIFT | code=PMNT/IDDT/ESDD"),
        ("1.00", "+1.00 - | Lastschrift BATCH"),
        ("-77.10", "-77.10 vogt | RUECKLASTSCHRIFT DEBIT"),
    ] {
        let town = exported();
        let (batch, debit) = (&texts(&pain(&town), "PmtInfId")[0], &texts(&pain(&town), "EndToEndId")[1]);
        let entry = entry.replace("BATCH", batch).replace("DEBIT", debit);
        statements(&town, "2024-03-28", &format!("2024-03-28 {entry}"));
        for line in [VOID, BY_STATEMENTS] {
            town.on("2024-04-02", line).refused(&format!("run L1 is not void: account {ACCOUNT}: {amount} EUR were booked on 2024-03-28, which can be of this run: the bank may have carried it out, ask there"));
        }
        assert_eq!(town.json("collect show L1")["state"], "exported", "{entry}");
    }
}

#[test]
fn a_transfer_of_the_same_amount_forbids_nothing() {
    let town = Town::lindental();
    for line in ["collect plan --due 2024-03-27 --kind Hundesteuer --as anna", NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    statements(&town, "2024-03-28", "2024-03-28 +77.10 vogt | Hundesteuer 07/12345-6");
    town.on("2024-04-02", BY_STATEMENTS).ok();
}

#[test]
fn the_notice_of_a_run_that_was_given_up_holds_good_on_the_next_bank_day() {
    let town = announced();
    town.run("collect cancel L1 --as anna").ok();
    town.run("collect plan --due 2024-03-28 --as anna").ok();
    town.run("collect release L2 --as bernd").ok().says("run L2: 1 of 1 signatures, released");
    town.run("collect cancel L2 --as anna").ok();
    town.run("collect plan --due 2024-04-02 --as anna").ok();
    let why = "run L3 is not released: 3 debits were announced for another day, such as 2024-03-27: announce them anew";
    town.run("collect release L3 --as bernd").refused(why);
    town.run("collect notify L3 --out post --sent 2024-03-11 --as anna").ok();
    town.run("collect release L3 --as bernd").ok();
}

#[test]
fn a_notice_of_other_items_or_of_less_is_none() {
    let town = announced();
    town.run("collect cancel L1 --as anna").ok();
    town.write("mehr.csv", items("vogt 2023-4 2023-11-15 90.00"));
    town.write("neu.csv", items("neumann 2024-0 2024-02-15 5.00"));
    town.run("import mehr.csv neu.csv").ok();
    town.run(PLAN).ok();
    let why = "run L2 is not released: 1 debits were not announced: `einmal collect notify --sent DATE`; 1 debits were announced for less than they take: announce them anew";
    town.run("collect release L2 --as bernd").refused(why);
}

#[test]
fn a_release_says_what_fell_since_the_notice() {
    let town = announced();
    town.write("weniger.csv", items("mueller 2023-4 2023-11-15 60.00\nvogt 2023-4 2023-11-15 0.00"));
    town.run("import weniger.csv").ok();
    let done = town.run(RELEASE).ok();
    let done = done.says("fell since the notice: 5.0100.118204.4 takes 160.00 EUR, 200.00 were announced");
    done.says("fell since the notice: 07/12345-6 takes 0.00 EUR, 77.10 were announced");
}

#[test]
fn a_bank_takes_a_file_neither_too_early_nor_too_late() {
    let town = announced();
    town.write("einmal.toml", SETTINGS.replace("days_ahead = 16", "days_ahead = 14"));
    town.run(RELEASE).ok();
    town.run(EXPORT).refused("run L1 was released on 2024-03-11 and is not exported: the bank does not take the file yet: export it on 2024-03-13 or later");
    town.write(
        "neu.xml",
        Statement::new("202 2024-03-11 2024-03-12 1851.70\n2024-03-12 -1.00 Stadtwerke | Strom").xml(),
    );
    town.on("2024-03-13", "import neu.xml").ok();
    town.on("2024-03-13", EXPORT).ok();
    let town = Town::lindental();
    town.write("einmal.toml", SETTINGS.replace("days_ahead = 16", "days_ahead = 16\ndays_before = 2"));
    town.run("collect plan --due 2024-03-12 --as anna")
        .refused("2024-03-12 is less than 2 bank days away (bank.days_before); the earliest day is 2024-03-13");
}

#[test]
fn nobody_is_debited_before_a_holiday_of_the_land_has_passed() {
    let town = Town::new();
    town.write("posten.csv", items("mueller 2027-2 2027-05-15 100.00"));
    town.write("mandate.csv", mandates("mueller letzte_nutzung=2026-08-17"));
    town.on("2027-05-10", "import posten.csv mandate.csv").ok();
    // Whit Monday: the banks are open, the town hall is not
    let monday = town.on("2027-05-10", "--format json collect plan --due 2027-05-17 --as anna").ok();
    assert!(monday.out.contains("not_due"), "{monday:?}");
    let tuesday = town.on("2027-05-10", "--format json collect plan --due 2027-05-18 --as anna").ok();
    assert!(tuesday.out.contains("\"debits\": 1"), "{tuesday:?}");
}

/// A list of mandates with every column, from rows below the header.
fn full_list(rows: &str) -> String {
    let header = "mandat;kassenzeichen;inhaber;iban;bic;unterschrieben;status;letzte_nutzung;art;einmalig;alte_iban;alte_mandatsreferenz;glaeubiger_id;alte_glaeubiger_id";
    format!("{header}\n{rows}\n")
}

/// Lindental's Müller alone with this mandate, up to the payment file.
fn exported_with(mandate: &str) -> String {
    let town = Town::lindental();
    town.write("voll.csv", full_list(mandate));
    town.run("import voll.csv").ok();
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    town.run("verify").ok();
    pain(&town)
}

#[test]
fn what_has_changed_of_a_mandate_is_told_to_the_bank_and_nothing_else() {
    const OWN: &str = "M-MUELLER;5.0100.118204.4;Erika Müller;DE81416500010007111111;;2019-05-02;aktiv;2023-08-15;;";
    let account = "<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>";
    let creditor = "<OrgnlCdtrSchmeId><Id><PrvtId><Othr><Id>DE09ZZZ00000000001</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></OrgnlCdtrSchmeId>";
    for (columns, expected) in [
        (";;;;", None),
        (";DE22416500010007333333;;;", Some(account.to_owned())),
        (";DE81416500010007111111;;;", None),
        (";;ALT-17;;", Some("<OrgnlMndtId>ALT-17</OrgnlMndtId>".to_owned())),
        (";;M-MUELLER;;", None),
        (";;;DE98ZZZ09999999999;DE09ZZZ00000000001", Some(creditor.to_owned())),
        (";;;DE98ABC09999999999;DE98ABC09999999999", None),
        (
            ";DE22416500010007333333;ALT-17;;DE09ZZZ00000000001",
            Some(format!("<OrgnlMndtId>ALT-17</OrgnlMndtId>{creditor}{account}")),
        ),
    ] {
        let xml = exported_with(&format!("{OWN}{columns}"));
        let told = expected.map(|inner| format!("<AmdmntInd>true</AmdmntInd><AmdmntInfDtls>{inner}</AmdmntInfDtls>"));
        match told {
            Some(told) => assert!(xml.contains(&told), "{columns}: {xml}"),
            None => assert!(!xml.contains("Amdmnt"), "{columns}: {xml}"),
        }
    }
    let town = Town::lindental();
    town.write("voll.csv", full_list(&format!("{OWN};;ALT/Ä;;")));
    assert_eq!(town.run("import voll.csv").code, 1, "what no bank can have known is no reference");
}

#[test]
fn a_mandate_for_one_debit_makes_one() {
    let town = exported();
    town.run(SENT).ok();
    town.write("mehr.csv", items("neumann 2024-0 2024-02-15 5.00"));
    town.run("import mehr.csv").ok();
    let reason = |posten: &str| {
        let plan = town.json("collect plan --due 2024-03-28 --as anna");
        let out = plan["left_out"].as_array().unwrap().iter().find(|out| out["posten"] == posten).unwrap().clone();
        out["reason"].clone()
    };
    assert_eq!(reason("2024-0"), "lapsed");
    // only a void gives it back
    town.run(VOID).ok();
    let plan = town.json(PLAN);
    let left_out = plan["left_out"].as_array().unwrap();
    assert!(left_out.iter().all(|out| out["kassenzeichen"] != kz("neumann")), "{plan:#}");
    town.write("gebraucht.csv", mandates("vogt einmalig=ja letzte_nutzung=2023-11-15"));
    town.run("import gebraucht.csv").ok();
    let vogt = town.one("report receivables", &[("kassenzeichen", kz("vogt"))]);
    assert_eq!(vogt["left_out"], "lapsed", "used before");
}

#[test]
fn a_mandate_of_unknown_use_is_counted_or_held() {
    let town = Town::lindental();
    let note =
        "note: 1 debits stand on mandates of which nobody knows when they were last used (collect.unknown_last_use)";
    town.write("vogt.csv", mandates("vogt letzte_nutzung="));
    town.write("neumann.csv", mandates("neumann"));
    town.run("import vogt.csv neumann.csv").ok();
    town.run(PLAN).ok().says(note);
    town.run("collect cancel L1 --as anna").ok();
    town.write("einmal.toml", format!("{SETTINGS}\n[collect]\nunknown_last_use = \"hold\"\n"));
    let plan = town.json(PLAN);
    let out = plan["left_out"].as_array().unwrap().iter().find(|out| out["kassenzeichen"] == kz("vogt")).unwrap();
    assert_eq!(out["reason"], "lapsed");
}

#[test]
fn our_own_collection_counts_as_use() {
    let town = Town::lindental();
    town.write("alt.csv", mandates("vogt letzte_nutzung=2021-05-03"));
    town.run("import alt.csv").ok();
    for line in [PLAN, NOTIFY, RELEASE, EXPORT, SENT] {
        town.run(line).ok();
    }
    town.write("neu.csv", items("vogt 2024-2 2024-05-15 77.10"));
    town.run("import neu.csv").ok();
    let plan = |due: &str| {
        let done = town.on("2024-06-03", &format!("--format json collect plan --due {due} --as anna")).ok();
        serde_json::from_str::<Value>(&done.out).unwrap()
    };
    assert_eq!(plan("2024-06-05")["debits"], 2, "36 months run from 27 March");
}

#[test]
fn a_levy_of_another_creditor_is_collected_under_his_name() {
    let town = Town::lindental();
    let creditor = format!(
        "[[creditor]]\nname = \"Tierheim Lindental\"\ncreditor_id = \"DE09ZZZ00000000001\"\naccount = \"{ACCOUNT}\"\nkinds = [\"Hundesteuer\"]\n"
    );
    town.write("einmal.toml", format!("{SETTINGS}\n{creditor}"));
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    town.run("verify").ok();
    let xml = pain(&town);
    let batches: Vec<&str> = xml.split("<PmtInf>").skip(1).collect();
    assert_eq!(batches.len(), 3, "{xml}");
    for (batch, creditor, id, sum) in [
        (batches[0], "Stadtkasse Lindental", "DE98ZZZ09999999999", "88.20"),
        (batches[1], "Stadtkasse Lindental", "DE98ZZZ09999999999", "200.00"),
        (batches[2], "Tierheim Lindental", "DE09ZZZ00000000001", "77.10"),
    ] {
        assert!(batch.contains(&format!("<Cdtr><Nm>{creditor}</Nm></Cdtr>")), "{batch}");
        assert!(batch.contains(&format!("<Othr><Id>{id}</Id><SchmeNm>")), "{batch}");
        assert_eq!(texts(batch, "CtrlSum"), [sum]);
    }
    let notices = String::from_utf8(town.only("post", ".csv")).unwrap();
    let vogt = notices.lines().find(|line| line.starts_with(kz("vogt"))).unwrap();
    assert!(vogt.contains("DE09ZZZ00000000001"), "{vogt}");
}

#[test]
fn a_bank_may_ask_for_a_file_of_each_batch() {
    let town = Town::lindental();
    town.write("einmal.toml", SETTINGS.replace("[bank]\n", "[bank]\nfiles = \"per_pmtinf\"\n"));
    for line in [PLAN, NOTIFY, RELEASE] {
        town.run(line).ok();
    }
    let files = town.json(EXPORT);
    let sums: Vec<&str> = files.as_array().unwrap().iter().map(|file| file["amount"].as_str().unwrap()).collect();
    assert_eq!(sums, ["88.20", "277.10"]);
    let mut messages = Vec::new();
    for file in files.as_array().unwrap() {
        let xml = std::fs::read_to_string(town.path().join(file["file"].as_str().unwrap())).unwrap();
        assert_eq!(xml.matches("<PmtInf>").count(), 1);
        let sheet = std::fs::read_to_string(town.path().join(file["control_sheet"].as_str().unwrap())).unwrap();
        assert!(sheet.contains(file["sha256"].as_str().unwrap()), "{sheet}");
        messages.extend(texts(&xml, "MsgId"));
    }
    messages.dedup();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert_eq!(town.json(EXPORT), files, "the same at every export");
    town.run("collect sent L1 --order A1 --as anna").ok();
    town.run("verify").ok();
    // one file or several: what was released is fixed, and so is how it reaches the bank
    town.write("einmal.toml", SETTINGS);
    town.run(EXPORT).refused_with("what would be written is not what bernd released");
}

#[test]
fn a_mandate_that_was_given_to_another_creditor_debits_nothing() {
    let town = Town::lindental();
    let vogt = "M-VOGT;07/12345-6;Sieglinde Vogt;DE39416500010007999999;;2019-05-02;aktiv;2023-08-15;;;";
    let reason = |creditor: &str| {
        town.write("mandat.csv", full_list(&format!("{vogt};;{creditor};")));
        town.run("import mandat.csv").ok();
        town.one("report receivables", &[("kassenzeichen", kz("vogt"))])["left_out"].clone()
    };
    assert_eq!(reason("DE98ABC09999999999"), Value::Null);
    assert_eq!(reason("DE09ZZZ00000000001"), "no_mandate");
}

#[test]
fn who_changed_what_a_run_takes_is_not_its_only_releaser() {
    let why = "run L1 is not released: who changed an item, a mandate or a case of the run may not be its only releaser: another person must sign";
    let lifted = format!("hold lift {}/2023-4 --reason erledigt --as", kz("mueller"));
    let changes: [(&str, &[&str]); 5] = [
        ("an item", &["import weniger.csv --as bernd"]),
        ("a mandate", &["import mandat.csv --as bernd"]),
        ("a case that held an item", &["resolve 1 --other Spende --as bernd"]),
        ("a case that paid an item", &["resolve 1 --allocate 5.0100.118204.4/2023-4=40.00 --as bernd"]),
        (
            "a hold",
            &[
                &format!("hold add {}/2023-4 --reason Stundung --as dora", kz("mueller")),
                &format!("{lifted} bernd"),
                &format!("{lifted} emil"),
            ],
        ),
    ];
    for (what, lines) in changes {
        let town = Town::lindental();
        town.write("weniger.csv", items("mueller 2023-4 2023-11-15 60.00"));
        town.write("mandat.csv", mandates("mueller letzte_nutzung=2023-05-15"));
        lines.iter().for_each(|line| drop(town.run(line).ok()));
        town.run(PLAN).ok();
        town.run(NOTIFY).ok();
        town.run(RELEASE).refused(why);
        assert_eq!(events(&town), ["announced"], "{what}");
        town.run("collect release L1 --as clara").ok();
    }
    let town = Town::lindental();
    town.write("einmal.toml", format!("{SETTINGS}\n[control]\nsign_debits = 2\n"));
    town.run("resolve 1 --other Spende --as bernd").ok();
    town.run(PLAN).ok();
    town.run(NOTIFY).ok();
    town.run(RELEASE).ok().says("run L1: 1 of 2 signatures, not released yet");
    town.run("collect release L1 --as clara").ok().says("run L1: 2 of 2 signatures, released");
}

#[test]
fn the_first_import_is_no_change() {
    let town = Town::new();
    town.write("posten.csv", items("mueller 2023-4 2023-11-15 100.00"));
    town.write("mandate.csv", mandates("mueller"));
    town.write(
        "auszug.xml",
        Statement::new("201 2023-10-27 2024-03-08 1000.00\n2024-02-21 -20.00 Stadtwerke | Strom").xml(),
    );
    town.run("import posten.csv mandate.csv auszug.xml --as bernd").ok();
    town.run(PLAN).ok();
    town.run(NOTIFY).ok();
    town.run(RELEASE).ok();
}

#[test]
fn a_changed_account_takes_effect_when_another_person_has_confirmed_it() {
    let (old, new) = ("DE81416500010007111111", "DE22416500010007333333");
    let town = Town::lindental();
    let list = |iban: &str, name: &str| {
        town.write(name, mandates("mueller").replace(old, iban));
        town.run(&format!("import {name} --as bernd")).ok();
    };
    let left_out = || {
        town.one("report receivables", &[("kassenzeichen", kz("mueller")), ("posten", "2023-4")])["left_out"].clone()
    };
    list(new, "umzug.csv");
    assert_eq!(left_out(), "no_mandate");
    town.run(PLAN)
        .ok()
        .says("note: 1 mandates are not used: nobody has confirmed their changed account (`einmal mandates list`)");
    town.run("collect cancel L1 --as anna").ok();
    let waiting = town.one("mandates list", &[("mandate", "M-MUELLER")]);
    assert_eq!((&waiting["before"], &waiting["now"]), (&json!("DE81 **** 1111"), &json!("DE22 **** 3333")));
    let confirm = |iban: &str, who: &str| town.run(&format!("mandates confirm M-MUELLER --iban {iban} --as {who}"));
    confirm(old, "clara").refused("mandate M-MUELLER: the list has another account than DE81 **** 1111");
    confirm(new, "bernd").refused("mandate M-MUELLER: bernd imported the change, another person must confirm it");
    confirm(new, "clara").ok().says("mandate M-MUELLER: the changed account was confirmed by clara");
    confirm(new, "dora").refused("no changed account of a mandate \"M-MUELLER\" waits to be confirmed");
    assert_eq!(left_out(), Value::Null);
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(&line.replace("L1", "L2").replace("bernd", "emil")).ok();
    }
    let xml = pain(&town);
    assert!(xml.contains(new) && !xml.contains(old) && xml.matches("SMNDA").count() == 1, "{xml}");
    town.run("verify").ok();
    // back again is a change too, and what is exported stays as it was
    list(old, "zurueck.csv");
    assert_eq!(town.json("mandates list")[0]["now"], "DE81 **** 1111");
    town.run("collect export L2 --out bank").ok();
    assert_eq!(pain(&town), xml);
}

#[test]
fn a_change_that_was_taken_back_before_anybody_confirmed_it_was_none() {
    let town = Town::lindental();
    for (name, iban) in [("umzug.csv", "DE22416500010007333333"), ("zurueck.csv", "DE81416500010007111111")] {
        town.write(name, mandates("mueller").replace("DE81416500010007111111", iban).replace("Erika", name));
        town.run(&format!("import {name}")).ok();
    }
    assert_eq!(town.json("mandates list"), json!([]));
    for line in [PLAN, NOTIFY, RELEASE, EXPORT] {
        town.run(line).ok();
    }
    assert!(!pain(&town).contains("SMNDA"));
}
