//! The nightly job beside files: standing orders, the customer protocol of EBICS, backups, and what is wrong with an installation.
//!
//! Knows the outside only. Invariant under test: a night releases nothing, whatever it plans; what it plans, it plans once.

use std::fs;

use serde_json::Value;

use crate::batch::{BATCH, ended, files, folders, in_outbox, released, settings, summary, with_folders};
use crate::staff::Staffed;
use crate::town::Town;

const ORDER: &str = "still_seconds = 0\n[[batch.order]]\nname = \"Abgaben\"\ndays = [11]\npost_days = 1\nlimit = 2\nnotices = \"druck\"\n";

/// The kinds of the alarms of the last night.
fn alarms(town: &Town) -> Vec<String> {
    let told = summary(town)["alarms"].clone();
    told.as_array().unwrap().iter().map(|alarm| alarm["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_standing_order_of_two_plans_once_and_releases_nothing() {
    let staffed = Staffed::new(&[("anna", "planner"), ("bernd", "releaser"), ("berta", "planner releaser")]);
    let town = &staffed.town;
    town.write("einmal.toml", settings(ORDER));
    folders(town, &["inbox", "archive", "outbox", "druck"]);
    staffed.run("bernd", "order make Abgaben").refused_with("it needs the right");
    staffed.run("berta", "order make Abgaben").ok();
    staffed.run("berta", "order confirm Abgaben").refused_with("two people answer for this");
    staffed.run("anna", "order confirm Abgaben").refused_with("it needs the right");
    // made by one alone it plans nothing, and neither does what was changed since
    ended(town.run(BATCH), 3);
    assert_eq!(town.json("report runs"), serde_json::json!([]));
    town.write("einmal.toml", settings(&ORDER.replace("limit = 2", "limit = 20")));
    staffed.run("bernd", "order confirm Abgaben").refused_with("have changed since it was made");
    town.write("einmal.toml", settings(ORDER));
    staffed.run("bernd", "order confirm Abgaben").ok();
    assert_eq!(town.json("order list")[0]["state"], "in force");
    let db = town.books();
    let forged = "INSERT INTO standing_order_answer (id, journal, seal, standing_order, answer, day, actor, maker)
                  VALUES (9, 1, 0, 1, 'confirmed', '2024-03-11', 'berta', 'berta')";
    assert!(db.execute(forged).is_err());
    for day in ["2024-03-11", "2024-03-11", "2024-03-12"] {
        ended(town.on(day, BATCH), 3);
    }
    let runs = town.json("report runs");
    assert_eq!(
        (runs.as_array().unwrap().len(), &runs[0]["planner"], &runs[0]["debits"]),
        (1, &"berta".into(), &2.into())
    );
    assert_eq!((&runs[0]["state"], &runs[0]["due"]), (&"planned".into(), &"2024-03-26".into()));
    let printed = files(town, "druck");
    assert_eq!(printed, ["L1/ankuendigungen_L1_2024-03-26.csv", "L1/ankuendigungen_L1_2024-03-26.pdf"]);
    // the print shop takes them, and they do not come back
    fs::remove_dir_all(town.path().join("druck/L1")).unwrap();
    ended(town.on("2024-03-13", BATCH), 3);
    assert_eq!(files(town, "druck"), Vec::<String>::new());
    staffed
        .run("berta", "--today 2024-03-13 collect release L1 --acknowledge-open-cases")
        .refused_with("who planned the run");
    // one of the two may do it no more: nothing is planned in that name
    let set = "--password-stdin --today 2024-03-13 user set berta --role desk --as chef";
    town.told(set, crate::staff::PASSWORD).ok();
    ended(town.on("2024-04-11", BATCH), 3);
    assert!(alarms(town).contains(&"order".to_owned()), "{:#}", summary(town));
    assert_eq!(town.json("report runs").as_array().unwrap().len(), 1);
    let doctor = town.on("2024-04-12", "--format json doctor");
    assert_eq!(doctor.code, 3);
    assert!(doctor.out.contains("\"orders\""), "{}", doctor.out);
    town.run("verify").ok();
}

/// A customer protocol that tells of these steps: action, order, reason, text.
fn protocol(steps: &[(&str, &str, &str, &str)]) -> String {
    let step = |(action, order, code, text): &(&str, &str, &str, &str)| {
        let id =
            |scheme: &str, id: &str| format!("<Othr><Id>{id}</Id><SchmeNm><Prtry>{scheme}</Prtry></SchmeNm></Othr>");
        format!(
            "<OrgnlPmtInfAndSts><OrgnlPmtInfId>{action}</OrgnlPmtInfId><StsRsnInf><Orgtr><Id><OrgId>{}{}</OrgId></Id></Orgtr>\
             <Rsn><Cd>{code}</Cd></Rsn><AddtlInf>{text}</AddtlInf></StsRsnInf></OrgnlPmtInfAndSts>",
            id("OrderID", order),
            id("TimeStamp", "2024-03-11T06:00:00Z")
        )
    };
    let steps: String = steps.iter().map(step).collect();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.03\"><CstmrPmtStsRpt><GrpHdr><MsgId>HAC-1</MsgId>\
         <CreDtTm>2024-03-11T07:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>EBICS</OrgnlMsgId>\
         <OrgnlMsgNmId>EBICS</OrgnlMsgNmId></OrgnlGrpInfAndSts>{steps}</CstmrPmtStsRpt></Document>"
    )
}

#[test]
fn the_customer_protocol_answers_for_what_was_handed_in() {
    let town = released();
    ended(town.run(BATCH), 3);
    let name = in_outbox(&town).unwrap();
    let message = name.strip_prefix("CDD_").unwrap().strip_suffix(".xml").unwrap();
    let state = |town: &Town| town.json("collect show L1")["state"].clone();
    // another file's order, a refused one, and one that did not arrive
    let foreign = format!("Datei-ID: {message}0");
    town.write(
        "inbox/hac1.xml",
        protocol(&[
            ("FILE_UPLOAD", "N001", "TS01", &foreign),
            ("FILE_UPLOAD", "N002", "TS02", message),
            ("FILE_UPLOAD", "N003", "TS01", message),
            ("ORDER_HAC_FINAL_NEG", "N003", "DS0H", ""),
        ]),
    );
    let done = ended(town.run(BATCH), 3);
    assert!(done.err.contains("the bank refused order N003"), "{done:#?}");
    assert_eq!(state(&town), "exported");
    let text = format!("Auftrag angenommen. Datei-ID : {message}");
    town.write(
        "inbox/hac2.xml",
        protocol(&[("FILE_UPLOAD", "N004", "TS01", ""), ("ORDER_HAC_FINAL_POS", "N004", "", &text)]),
    );
    ended(town.run(BATCH), 3);
    assert_eq!(state(&town), "sent");
    let events = town.json("collect show L1")["events"].clone();
    let sent = events.as_array().unwrap().iter().find(|event| event["event"] == "sent").unwrap();
    assert_eq!((&sent["note"], &sent["by"]), (&"N004, 2024-03-11T06:00:00Z (EBICS protocol)".into(), &"batch".into()));
    // told again it changes nothing
    town.write("inbox/hac3.xml", protocol(&[("ORDER_HAC_FINAL_POS", "N005", "", &text)]));
    ended(town.run(BATCH), 3);
    assert_eq!(town.json("collect show L1")["events"], events);
    assert_eq!(files(&town, "archive").len(), 3, "{:?}", files(&town, "archive"));
    town.run("verify").ok();
}

#[test]
fn backups_are_made_kept_and_tried() {
    let more = "still_seconds = 0\nbackup_folder = \"sicherung\"\nbackup_keep = 2\n";
    let town = with_folders(Town::lindental(), more);
    town.write("sicherung/fremd.einmal", "x");
    for day in ["2024-03-11", "2024-03-11", "2024-03-12", "2024-03-13"] {
        ended(town.on(day, BATCH), 3);
        let told = summary(&town);
        assert_eq!(told["failed"], serde_json::json!([]), "{told:#}");
    }
    assert_eq!(files(&town, "sicherung"), ["einmal-2024-03-12.einmal", "einmal-2024-03-13.einmal", "fremd.einmal"]);
    let tried = town.books().number("SELECT COUNT(*) FROM night WHERE summary LIKE '%\"tried\":true%'");
    assert_eq!(tried, 1);
    // where people are registered it takes a token
    town.told("--password-stdin --today 2024-03-13 user add chef --role administrator", "langes-kennwort").ok();
    ended(town.on("2024-03-14", BATCH), 3);
    assert!(alarms(&town).contains(&"backup".to_owned()), "{:#}", summary(&town));
    assert_eq!(files(&town, "sicherung").len(), 3);
}

#[test]
fn the_doctor_names_what_is_wrong_with_its_remedy() {
    let town = released();
    ended(town.run(BATCH), 3);
    let doctor = |line: &str| -> (i32, Vec<String>) {
        let done = town.run(&format!("--format json doctor {line}"));
        let found: Value = serde_json::from_str(&done.out).unwrap();
        let rows = found.as_array().unwrap();
        assert!(rows.iter().all(|row| row["remedy"].as_str().is_some_and(|text| !text.is_empty())), "{found:#}");
        (done.code, rows.iter().map(|row| row["about"].as_str().unwrap().to_owned()).collect())
    };
    let (code, found) = doctor("--inbox inbox --outbox outbox");
    // the business day of a test is none of the clock's
    assert_eq!((code, found), (3, ["clock", "settings", "backup"].map(str::to_owned).to_vec()));
    town.write("inbox/.einmal/000001/x.xml", "x");
    town.write("outbox/.einmal/CDD_X/CDD_X.xml", "x");
    town.write("zert.pem", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    let (_, found) = doctor("--inbox inbox --outbox outbox --tls-certificate zert.pem");
    assert_eq!(found, ["clock", "settings", "backup", "inbox", "outbox", "certificate"]);
    let (_, found) = doctor("--inbox weg");
    assert_eq!(found, ["clock", "settings", "backup", "inbox"]);
    let late = town.on("2024-03-20", "--format json doctor");
    assert!(late.out.contains("\"statements\"") && late.out.contains("\"night\""), "{}", late.out);
}
