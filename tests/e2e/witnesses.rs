//! What names whom money is for beside payer and text, and what MT940 says in its own ways.
//!
//! Invariant under test: what the bank sent is read, stored and heeded, wherever in its message it stands.

use std::fmt::Write as _;

use serde_json::Value;

use crate::people::{self, kz};
use crate::town::Town;

const ACCOUNT: &str = "DE82416500010000000023";
const ITEMS: &str = "
    mueller 2024-1 2024-02-15 100.00
    schulz  2024-1 2024-02-15 100.00
    weber   2024-1 2024-02-15 100.00
    lange   2024-1 2024-02-15 100.00
    koenig  2024-1 2024-02-15 100.00";
const MANDATES: &str = "
    mueller
    schulz
    weber
    lange
    koenig";

fn town() -> Town {
    let town = Town::new();
    town.write("posten.csv", people::items(ITEMS).replace("M-WEBER", "WEB-2019-000042"));
    town.write("mandate.csv", people::mandates(MANDATES).replace("M-WEBER", "WEB-2019-000042"));
    town.run("import posten.csv mandate.csv").ok();
    town
}

/// A statement of 2024-03-08 with one credit of so many euros, whose detail says this; its closing balance is of `closed`.
fn camt(number: u32, opening: u32, euros: u32, detail: &str, closed: &str) -> String {
    let balance = |kind: &str, amount: u32, day: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}.00</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt>{day}</Dt></Bal>"
        )
    };
    let opens = balance("OPBD", opening, "<Dt>2024-03-08</Dt>");
    let closes = balance("CLBD", opening + euros, closed);
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>M{number}</MsgId>\
         <CreDtTm>2024-03-08T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>\
         <Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>{opens}{closes}\
         <Ntry><Amt Ccy=\"EUR\">{euros}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>2024-03-08</Dt></BookgDt><ValDt><Dt>2024-03-08</Dt></ValDt><AcctSvcrRef>R-{number}</AcctSvcrRef>\
         <BkTxCd><Prtry><Cd>NTRF+166</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>{detail}</TxDtls></NtryDtls></Ntry>\
         </Stmt></BkToCstmrStmt></Document>"
    )
}

/// A detail of a payer whom nobody knows.
fn detail(references: &str, parties: &str, remittance: &str) -> String {
    format!(
        "<Refs>{references}<EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Unbekannt GmbH</Nm></Pty></Dbtr>\
         {parties}</RltdPties><RmtInf>{remittance}</RmtInf>"
    )
}

/// `decision KZ…` of a payment, and what a case of it holds.
fn verdict(town: &Town, reference: &str) -> String {
    let payments = town.json("report payments");
    let row = payments.as_array().unwrap().iter().find(|row| row["reference"] == reference).unwrap();
    let mut verdict = row["decision"].as_str().unwrap().to_owned();
    let add = |verdict: &mut String, rows: &Value| {
        for row in rows.as_array().unwrap() {
            write!(verdict, " {}", row["kassenzeichen"].as_str().unwrap()).unwrap();
        }
    };
    add(&mut verdict, &row["allocations"]);
    for case in town.json("cases").as_array().unwrap().iter().filter(|case| case["reference"] == reference) {
        write!(verdict, " holds").unwrap();
        add(&mut verdict, &case["holds"]);
    }
    verdict
}

#[test]
fn whatever_names_whom_money_is_for_is_heeded() {
    let references = |texts: &[&str]| -> String {
        texts.iter().map(|text| format!("<Strd><CdtrRefInf><Ref>{text}</Ref></CdtrRefInf></Strd>")).collect()
    };
    let behalf = "<UltmtDbtr><Pty><Nm>LANGE, FRIEDHELM</Nm></Pty></UltmtDbtr>";
    let document = |number: &str| format!("<Strd><RfrdDocInf><Nb>{number}</Nb></RfrdDocInf></Strd>");
    let plain = kz("schulz").replace('.', "");
    let table = [
        (100, detail(&format!("<InstrId>{plain}</InstrId>"), "", ""), format!("auto {}", kz("schulz"))),
        (100, detail("", "", &document(kz("mueller"))), format!("auto {}", kz("mueller"))),
        (
            200,
            detail("", "", &references(&[kz("mueller"), kz("koenig")])),
            format!("auto {} {}", kz("mueller"), kz("koenig")),
        ),
        (
            100,
            detail("", "", &format!("<Strd><AddtlRmtInf>Abgaben {}</AddtlRmtInf></Strd>", kz("lange"))),
            format!("auto {}", kz("lange")),
        ),
        (100, detail("", behalf, "<Ustrd>Abgaben</Ustrd>"), format!("case holds {}", kz("lange"))),
        (
            100,
            detail("", "", "<Ustrd>EREF+NOTPROVIDED MREF+WEB-2019-000042 CRED+DE98ZZZ09999999999</Ustrd>"),
            format!("case holds {}", kz("weber")),
        ),
        (100, detail("", "", "<Ustrd>Mandat web2019000042</Ustrd>"), format!("case holds {}", kz("weber"))),
        (
            100,
            detail("<MndtId>web-2019-000042</MndtId>", "", "<Ustrd>Abgaben</Ustrd>"),
            format!("case holds {}", kz("weber")),
        ),
    ];
    for (euros, detail, expected) in table {
        let town = town();
        town.write("auszug.xml", camt(1, 1_000, euros, &detail, "<Dt>2024-03-08</Dt>"));
        town.run("import auszug.xml").ok();
        town.run("match").ok();
        assert_eq!(verdict(&town, "R-1"), expected, "{detail}");
        town.run("verify").ok();
    }
}

#[test]
fn what_the_bank_sent_is_shown_beside_a_case() {
    let town = town();
    let remittance = "<Ustrd>Rechnung</Ustrd><Strd><CdtrRefInf><Ref>A</Ref></CdtrRefInf></Strd>\
                      <Strd><CdtrRefInf><Ref>5.0100.118204.9</Ref></CdtrRefInf><AddtlRmtInf>KZ 5.0100.118204.9</AddtlRmtInf></Strd>";
    let behalf = "<UltmtDbtr><Pty><Nm>Karla Kunde</Nm></Pty></UltmtDbtr>";
    let said = detail("<InstrId>AUFTRAG-7</InstrId>", behalf, remittance);
    town.write("auszug.xml", camt(1, 1_000, 41, &said, "<Dt>2024-03-08</Dt>"));
    town.run("import auszug.xml").ok();
    town.run("match").ok();
    let case = town.json("case 1");
    for (field, expected) in [
        ("remittance", "Rechnung"),
        ("structured_reference", "A"),
        ("further_references", "5.0100.118204.9"),
        ("structured_text", "KZ 5.0100.118204.9"),
        ("instruction_id", "AUFTRAG-7"),
        ("ultimate_debtor", "Karla Kunde"),
    ] {
        assert_eq!(case[field], expected, "{case:#}");
    }
    let marks = case["found"].as_array().unwrap();
    for field in ["further_references", "structured_text"] {
        let mark = marks.iter().find(|mark| mark["field"] == field).unwrap_or_else(|| panic!("{field}: {case:#}"));
        let (text, from) = (case[field].as_str().unwrap(), mark["from"].as_u64().unwrap());
        let to = mark["to"].as_u64().unwrap();
        let marked = text.get(usize::try_from(from).unwrap()..usize::try_from(to).unwrap());
        assert_eq!(marked, mark["written"].as_str(), "{mark:#}");
    }
}

#[test]
fn a_balance_of_the_last_second_is_of_the_day_that_it_closes() {
    let said = detail("", "", "<Ustrd>Spende</Ustrd>");
    let days = |town: &Town| {
        let account = &town.json("report statements")[0];
        account["missing"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (closed, expected) in [
        ("<DtTm>2024-03-07T23:59:59Z</DtTm>", "2024-03-08"),
        ("<DtTm>2024-03-07T24:00:00Z</DtTm>", "2024-03-08"),
        ("<DtTm>2024-03-08T23:59:59.999Z</DtTm>", ""),
    ] {
        let xml = camt(1, 1_000, 41, &said, closed);
        let xml = if expected.is_empty() { xml } else { xml.replace("2024-03-08</Dt>", "2024-03-07</Dt>") };
        let town = Town::new();
        town.write("auszug.xml", xml);
        town.run("import auszug.xml").ok();
        let missing = days(&town).join("; ");
        assert_eq!(missing.contains(expected) && !missing.is_empty(), !expected.is_empty(), "{closed}: {missing}");
    }
}

/// An MT940 of the account as the bank names it, with one credit of 100.00 and what follows its line.
fn mt940(named: &str, line: &str, below: &str) -> String {
    format!(
        ":20:STARTUMS\r\n:25:{named}\r\n:28C:1/1\r\n:60F:C240307EUR1000,00\r\n:61:2403080308{line}\r\n{below}\r\n\
         :62F:C240308EUR1100,00\r\n-\r\n"
    )
}

/// Account, line and text as only some banks write them.
fn ways_of_some() -> Vec<(&'static str, &'static str, String)> {
    let usual = "CR100,00NTRFNONREF//R-1";
    let text = |info: &str| {
        let info = info.replace("KZ", &format!("KZ {}", kz("koenig"))).replace("OWN", ACCOUNT);
        format!(":86:{}", info.replace("HIS", "DE02120300000000202051"))
    };
    let plain = || text("166?20KZ?32Unbekannt");
    let of_owner: &'static str = Box::leak(format!("CR100,00NTRF{}//R-1", kz("koenig")).into_boxed_str());
    vec![
        ("0000000023", usual, plain()),
        ("WELADED1XXX/23", usual, plain()),
        ("41650001/23", usual, text("166 ?00GUTSCHRIFT?20KZ?32Unbekannt")),
        ("41650001/23", usual, text("?00GUTSCHRIFT?20KZ?32Unbekannt")),
        ("41650001/23", usual, text("166/EREF/E-1/ORDP//NAME/Unbekannt/IBAN/HIS/REMI/KZ")),
        ("41650001/23", usual, text("/BENM//NAME/Stadt/IBAN/OWN//ORDP//NAME/Unbekannt/IBAN/HIS//REMI/KZ")),
        ("41650001/23", usual, text("/ORDP/Unbekannt//BENM//NAME/Stadt/IBAN/OWN//REMI/KZ")),
        ("41650001/23", usual, text("/NAME/Unbekannt/REMI/KZ/IBAN/OWN")),
        ("41650001/23", usual, text("166?20SVWZ+KZ?21IBAN+OWN?32Unbekannt")),
        ("41650001/23", of_owner, text("166?20Grundsteuer?32Unbekannt")),
        ("41650001/23", usual, text("166?20KREF+KZ?21SVWZ+Grundsteuer?32Unbekannt").replace("+KZ ", "+")),
    ]
}

#[test]
fn a_value_date_behind_the_statement_is_no_day_of_booking() {
    let town = town();
    let statement = mt940("41650001/23", "CR100,00NTRFNONREF//R-1", &format!(":86:166?20KZ {}", kz("koenig")));
    town.write("auszug.sta", statement.replace("2403080308", "240312"));
    town.run("import auszug.sta").ok();
    town.run("match").ok();
    assert_eq!(verdict(&town, "R-1"), format!("auto {}", kz("koenig")));
    assert_eq!(town.one("report payments", &[("reference", "R-1")])["booked"], "2024-03-08");
    town.run("verify").ok();
}

#[test]
fn beside_an_own_account_a_name_that_is_not_ours_is_looked_at() {
    let parties = |name: &str| {
        format!(
            "<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{ACCOUNT}</IBAN></Id></DbtrAcct></RltdPties>\
             <RmtInf><Ustrd>KZ {}</Ustrd></RmtInf>",
            kz("lange")
        )
    };
    for (name, expected) in
        [("Karla Kunde", format!("case holds {}", kz("lange"))), ("Stadtkasse", "transfer".to_owned())]
    {
        let town = town();
        town.write("auszug.xml", camt(1, 1_000, 100, &parties(name), "<Dt>2024-03-08</Dt>"));
        town.run("import auszug.xml").ok();
        town.run("match").ok();
        assert_eq!(verdict(&town, "R-1"), expected, "{name}");
    }
}

#[test]
fn mt940_is_read_in_the_ways_of_many_banks() {
    let usual = "CR100,00NTRFNONREF//R-1";
    let quoted = format!(":86:166?00GUTSCHRIFT?20KZ {}?32Unbekannt", kz("koenig"));
    let posted = format!("auto {}", kz("koenig"));
    let text = |info: &str| format!(":86:{}", info.replace("KZ", &format!("KZ {}", kz("koenig"))));
    let table = [
        ("41650001/23EUR", usual, quoted.clone()),
        ("00000000/DE82416500010000000023", usual, quoted.clone()),
        ("DE82416500010000000023EUR", usual, quoted.clone()),
        ("41650001/23", "C\r\nR100,00NTRFNONREF//R-1", quoted.clone()),
        ("41650001/23", "CR 100,00NTRFNONREF//R-1", quoted.clone()),
        ("41650001/23", "CR100,00NONREF//R-1", quoted.clone()),
        ("41650001/23", usual, quoted.replace(":86:", ":86: ")),
        ("41650001/23", usual, quoted.replace(":86:", ":25:")),
        ("41650001/23", usual, quoted.replace("?20", "?20EREF+NOTPROVIDED?21")),
        ("41650001/23", usual, format!("KZ {}\r\n:86:166?20Grundsteuer?32Unbekannt", kz("koenig"))),
        ("41650001/23", usual, text("166?20SVWZ+Erstattung?21IBAN: DE02120300000000202051?22KZ?31DE99?32Unbekannt")),
        ("41650001/23", usual, text("166?20UEBERTRAG?21KZ?22END-TO-END-REF.:?23RE-7?24Ref. 1?32Unbekannt?70intern")),
    ];
    for (named, line, below) in table.into_iter().chain(ways_of_some()) {
        let town = town();
        town.write("auszug.sta", mt940(named, line, &below));
        town.run("import auszug.sta").ok();
        town.run("match").ok();
        assert_eq!(verdict(&town, "R-1"), posted, "{named} {line} {below}");
    }
    // whose bookings are these?
    let town = town();
    town.write("auszug.sta", mt940("41650001/23\r\n:25:41650001/24", usual, &quoted));
    town.run("import auszug.sta")
        .refused("auszug.sta: line 3, :25: \"41650001/24\" is a second account in one statement");
}
