//! `einmal guard`: another system's direct-debit file held against statements, without settings and database.

use std::io::Write as _;

use serde_json::Value;

use crate::bank::Statement;
use crate::people::{Person, lines, of};
use crate::town::Town;

/// The sum of some amounts, `100.00`.
fn sum<'a>(amounts: impl Iterator<Item = &'a str>) -> String {
    let cents: u64 = amounts.map(|amount| amount.replace('.', "").parse::<u64>().unwrap()).sum();
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// What another system would send: a debit for each line `who amount text`.
pub(crate) fn old_system(table: &str) -> String {
    let rows: Vec<Vec<&str>> = lines(table).map(|line| line.splitn(3, ' ').collect()).collect();
    let debits: String = rows.iter().map(|row| debit(of(row[0]), row[1], row[2])).collect();
    let (count, sum) = (rows.len(), sum(rows.iter().map(|row| row[1])));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.08\"><CstmrDrctDbtInitn><GrpHdr><MsgId>OLD-1</MsgId><CreDtTm>2024-03-11T08:00:00</CreDtTm><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum><InitgPty><Nm>Stadtkasse Lindental</Nm></InitgPty></GrpHdr>\n<PmtInf><PmtInfId>OLD-P1</PmtInfId><PmtMtd>DD</PmtMtd><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum><PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf><ReqdColltnDt>2024-03-15</ReqdColltnDt><Cdtr><Nm>Stadtkasse Lindental</Nm></Cdtr><CdtrAcct><Id><IBAN>DE82416500010000000023</IBAN></Id></CdtrAcct><CdtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></CdtrAgt><CdtrSchmeId><Id><PrvtId><Othr><Id>DE98ZZZ09999999999</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>{debits}\n</PmtInf></CstmrDrctDbtInitn></Document>\n"
    )
}

fn debit(person: &Person, amount: &str, text: &str) -> String {
    let Person { key, kassenzeichen, name, iban } = person;
    format!(
        "\n<DrctDbtTxInf><PmtId><EndToEndId>OLD-{key}</EndToEndId></PmtId><InstdAmt Ccy=\"EUR\">{amount}</InstdAmt><DrctDbtTx><MndtRltdInf><MndtId>M-{}</MndtId><DtOfSgntr>2019-05-02</DtOfSgntr></MndtRltdInf></DrctDbtTx><DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt><Dbtr><Nm>{name}</Nm></Dbtr><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct><RmtInf><Ustrd>{kassenzeichen} {text}</Ustrd></RmtInf></DrctDbtTxInf>",
        key.to_uppercase()
    )
}

pub(crate) const DEBITS: &str = "
    mueller 200.00 Abgaben IV/2023 I/2024
    schulz 211.30 Abgaben I/2024
    weber 322.40 Abgaben I/2024
    lange 433.50 Abgaben I/2024
    koenig 544.60 Abgaben I/2024
    brandt 655.70 Abgaben I/2024
    neumann 88.20 Abgaben I/2024
    vogt 77.10 Hundesteuer 2024";

/// One instalment of two; a whole debit; a stranger's sum that somebody owes; other money.
const PAID: &str = "
    201 2023-10-27 2024-03-08 1000.00
    2024-02-15 +100.00 mueller | Kassenzeichen 5.0100.118204.4 | ref=R-MUELLER
    2024-02-16 +211.30 schulz | 5 0100 230517 2 | ref=R-SCHULZ
    2024-02-20 +655.70 Xaver Quandt DE67416500010000000099 | Abgaben | ref=R-QUANDT
    2024-03-08 +50.00 Hildegard Ober | Kita Beitrag Regenbogen | ref=R-KITA";

/// A folder with a file and statements, and neither settings nor a database.
pub(crate) fn town(statement: &str) -> Town {
    let town = Town::empty();
    town.write("alt.xml", old_system(DEBITS));
    town.write("auszug/a.xml", Statement::new(statement).xml());
    town
}

pub(crate) fn text(town: &Town, name: &str) -> String {
    std::fs::read_to_string(town.path().join(name)).unwrap()
}

/// Who is in a file of ours, in its order.
pub(crate) fn ids(xml: &str) -> Vec<&str> {
    xml.split("<EndToEndId>OLD-").skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

pub(crate) fn fates(said: &Value) -> Vec<String> {
    let debits = said["debits"].as_array().unwrap().iter();
    debits.map(|row| format!("{} {}", row["kassenzeichen"].as_str().unwrap(), row["fate"].as_str().unwrap())).collect()
}

#[test]
fn what_was_paid_leaves_the_file_and_what_is_in_doubt_is_held() {
    let town = town(PAID);
    let done = town.run("--format json guard alt.xml --statements auszug --out neu.xml --report bericht.csv");
    assert_eq!(done.code, 3, "{done:#?}");
    let said: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(
        fates(&said),
        [
            "5.0100.118204.4 removed",
            "5.0100.230517.2 removed",
            "5.0100.342608.4 kept",
            "5.0100.451739.4 kept",
            "5.0100.567821.1 kept",
            "5.0100.673942.6 held",
            "5.0100.784053.8 kept",
            "07/12345-6 kept"
        ]
    );
    assert_eq!(said["debits"][0]["paid"], "100.00");
    assert_eq!(said["debits"][0]["payments"][0]["reference"], "R-MUELLER");
    assert!(said["debits"][5]["why"].as_str().unwrap().contains("Xaver Quandt"), "{said:#}");
    let (clean, held) = (text(&town, "neu.xml"), text(&town, "neu.held.xml"));
    assert_eq!(ids(&clean), ["weber", "lange", "koenig", "neumann", "vogt"]);
    assert_eq!(ids(&held), ["brandt"]);
    assert!(clean.contains("<NbOfTxs>5</NbOfTxs><CtrlSum>1465.80</CtrlSum>"), "{clean}");
    for person in ["weber", "vogt"] {
        let amount = if person == "weber" { "322.40" } else { "77.10" };
        let words = if person == "weber" { "Abgaben I/2024" } else { "Hundesteuer 2024" };
        assert!(clean.contains(&debit(of(person), amount, words)), "{clean}");
    }
    let message = |xml: &str| xml.split("<MsgId>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(message(&clean).starts_with("G20240311-") && message(&clean) != message(&held));
    assert!(!clean.contains("OLD-1") && !clean.contains("OLD-P1"));
    let sheet = text(&town, "neu.txt");
    let squeezed = sheet.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "Begleitzettel",
        "Absetzliste",
        said["written"][0]["sha256"].as_str().unwrap(),
        "R-MUELLER",
        "zu klären: 655,70 EUR vom 20.02.2024 von Xaver Quandt",
        "Datum, Unterschrift",
    ] {
        assert!(
            squeezed.contains(expected) || sheet.replace(['\n', ' '], "").contains(expected),
            "{expected}: {sheet}"
        );
    }
    assert!(std::fs::read(town.path().join("neu.pdf")).unwrap().starts_with(b"%PDF"));
    assert_eq!(text(&town, "bericht.csv").lines().count(), 9);
    // nothing else lies about: no database, no settings
    let mut names: Vec<String> = std::fs::read_dir(town.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["alt.xml", "auszug", "bericht.csv", "neu.held.xml", "neu.pdf", "neu.txt", "neu.xml"]);
    validate(&town, &clean);
    // what may be at the bank already is not written over
    town.run("guard alt.xml --statements auszug --out neu.xml").refused_with("neu.xml is there already");
}

/// Judges a file by the schemas that `EINMAL_CORPUS` names.
pub(crate) fn validate(town: &Town, xml: &str) {
    let Some(corpus) = std::env::var_os("EINMAL_CORPUS") else {
        println!("NOT RUN: EINMAL_CORPUS is not set, so that there are no schemas to validate against");
        return;
    };
    let file = town.write("judged.xml", xml);
    let lxml = "import sys; from lxml import etree; etree.XMLSchema(etree.parse(sys.argv[1])).assertValid(etree.parse(sys.argv[2]))";
    for name in ["pain.008.001.08.xsd", "pain.008.001.08__DK-GBIC_5.xsd"] {
        let schema = std::path::Path::new(&corpus).join("schemas").join(name);
        let mut judge = std::process::Command::new("xmllint");
        judge.args(["--noout", "--schema"]).arg(&schema).arg(&file);
        let judged = judge
            .output()
            .or_else(|_| std::process::Command::new("python3").args(["-c", lxml]).arg(&schema).arg(&file).output());
        match judged {
            Ok(judged) if String::from_utf8_lossy(&judged.stderr).contains("No module named") => {
                println!("NOT RUN: neither xmllint nor Python's lxml is installed");
            }
            Ok(judged) => assert!(judged.status.success(), "{name}: {}", String::from_utf8_lossy(&judged.stderr)),
            Err(_) => println!("NOT RUN: neither xmllint nor Python is installed"),
        }
    }
}

#[test]
fn what_a_part_was_paid_of_is_lowered_where_that_is_asked_for() {
    let town = town(PAID);
    let done = town.run("--format json guard alt.xml --statements auszug --out neu.xml --partial reduce --keep-ids");
    assert_eq!(done.code, 3, "{done:#?}");
    let clean = text(&town, "neu.xml");
    assert!(clean.contains(&debit(of("mueller"), "100.00", "Abgaben IV/2023 I/2024")), "{clean}");
    assert!(clean.contains("<MsgId>OLD-1</MsgId><CreDtTm>2024-03-11T08:00:00</CreDtTm>"), "{clean}");
    assert!(clean.contains("<CtrlSum>1565.80</CtrlSum>"), "{clean}");
    // what is held is another file all the same
    assert!(!text(&town, "neu.held.xml").contains("OLD-1<"));
}

#[test]
fn a_file_of_which_nothing_was_paid_stays_and_that_is_said_by_the_exit_code() {
    let town = town("201 2023-10-27 2024-03-08 1000.00\n2024-03-08 +50.00 Hildegard Ober | Kita Beitrag | ref=R-KITA");
    let done = town.run("guard alt.xml --statements auszug/a.xml --out neu.xml").ok();
    assert!(done.err.contains("nothing is to be removed from the file"), "{done:#?}");
    assert!(!town.path().join("neu.held.xml").exists());
    assert_eq!(ids(&text(&town, "neu.xml")).len(), 8);
    // without --out it only says so
    let quiet = town.run("guard alt.xml --statements auszug").ok();
    assert!(quiet.out.contains("8"), "{quiet:#?}");
}

#[test]
fn nothing_is_written_unless_all_the_money_was_seen() {
    let gap = town(PAID);
    let late = Statement::new("203 2024-03-06 2024-03-08 9.00\n2024-03-08 +1.00 Hildegard Ober | Kita | ref=R-1");
    gap.write("auszug/b.xml", late.xml());
    gap.write("auszug/a.xml", Statement::new(&PAID.replace("2024-03-08", "2024-03-01")).xml());
    let done =
        gap.run("guard alt.xml --statements auszug --out neu.xml").refused_with("the statements are not complete");
    assert!(done.err.contains("DE82416500010000000023"), "{done:#?}");
    assert!(!gap.path().join("neu.xml").exists() && !gap.path().join("neu.txt").exists());
    let short = town(&PAID.replace("2024-03-08", "2024-03-04"));
    short.run("guard alt.xml --statements auszug --out neu.xml").refused_with("the statements are not complete");
    // another creditor's file
    let other = town(PAID);
    other.write("alt.xml", old_system(DEBITS).replace("DE82416500010000000023", "DE02120300000000202051"));
    other.run("guard alt.xml --statements auszug").refused_with("is it another creditor's file");
    other.write("leer/x.txt", "x");
    other.run("guard alt.xml --statements leer").refused_with("none of the files that were named is a bank statement");
}

#[test]
fn a_file_that_is_not_understood_as_a_whole_is_refused_with_lines() {
    let town = town(PAID);
    let wrong =
        old_system(DEBITS).replacen("<CtrlSum>2532.80", "<CtrlSum>2532.81", 1).replace(">OLD-vogt<", ">OLD-lange<");
    town.write("alt.xml", wrong);
    let done = town.run("guard alt.xml --statements auszug --out neu.xml");
    assert_eq!(done.code, 1, "{done:#?}");
    for expected in ["line 2: GrpHdr/CtrlSum says 2532.81, the debits come to 2532.80", "line 11: the end-to-end id"] {
        assert!(done.err.contains(expected), "{done:#?}");
    }
    assert!(!town.path().join("neu.xml").exists());
    town.write("alt.xml", old_system(DEBITS));
    town.run("guard alt.xml").refused_with("without statements nothing of what was paid can be seen");
}

#[test]
fn where_the_original_may_be_at_the_bank_a_list_to_recall_is_all_that_is_written() {
    let town = town(PAID);
    let done = town.run("guard alt.xml --statements auszug --already-sent --out rueckruf.csv");
    assert_eq!(done.code, 3, "{done:#?}");
    let list = text(&town, "rueckruf.csv");
    assert_eq!(list.lines().count(), 4, "{list}");
    assert!(list.contains("OLD-1;OLD-P1;OLD-mueller;M-MUELLER;2024-03-15;200.00"), "{list}");
    assert!(!town.path().join("rueckruf.held.xml").exists() && !town.path().join("rueckruf.txt").exists());
}

#[test]
fn a_file_in_a_zip_is_read_and_its_schemes_are_shown() {
    let town = town(PAID);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("CDD/alt.xml", options).unwrap();
    zip.write_all(old_system(DEBITS).as_bytes()).unwrap();
    town.write("alt.zip", zip.finish().unwrap().into_inner());
    let done = town.run("guard alt.zip --statements auszug --out neu.xml --report bericht.pdf");
    assert_eq!(done.code, 3, "{done:#?}");
    assert_eq!(ids(&text(&town, "neu.xml")).len(), 5);
    assert!(std::fs::read(town.path().join("bericht.pdf")).unwrap().starts_with(b"%PDF"));
    let schemes = town.json("schemes learn alt.zip");
    assert_eq!((schemes[0]["mask"].as_str(), schemes[0]["references"].as_u64()), (Some("#.####.######.#"), Some(7)));
}
