//! Files of transfers: their bytes, and what is refused before there are any.

use std::path::Path;

use jiff::civil::{Date, date, datetime};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use sepa::{Cents, EndToEndId, Iban};
use sepa_xml::{CreditTransfer, CreditTransferFile, TransferBatch, write_pain001};

fn transfer(end_to_end: &str, cents: i64, iban: &str) -> CreditTransfer {
    CreditTransfer {
        end_to_end: EndToEndId::parse(end_to_end).unwrap(),
        amount: Cents::new(cents),
        creditor: "Jörg Groß & Söhne".to_owned(),
        iban: Iban::parse(iban).unwrap(),
        remittance: "Erstattung <KZ> 01.4711.8 Grundbesitzabgaben".to_owned(),
    }
}

fn batch(id: &str, execution: Date, transfers: Vec<CreditTransfer>) -> TransferBatch {
    TransferBatch {
        id: id.to_owned(),
        execution,
        debtor: "Stadt Würmlingen, Stadtkasse".to_owned(),
        account: Iban::parse("DE89370400440532013000").unwrap(),
        transfers,
    }
}

pub(crate) fn file() -> CreditTransferFile {
    let longest = CreditTransfer {
        creditor: format!("Łukasz Şahin-Ñuñez {}", "ä".repeat(80)),
        remittance: "ß".repeat(141),
        ..transfer("A1-2", 5, "NO9386011117947")
    };
    let first = vec![transfer("A1-1", 31_247, "DE02120300000000202051"), longest];
    let second = vec![transfer("A1-3", 99_999_999_999, "FR1420041010050500013M02606")];
    CreditTransferFile {
        message_id: "EINMAL-2024-01-17-2".to_owned(),
        created: datetime(2024, 1, 17, 9, 30, 5, 999_000_000),
        offset: Some(jiff::tz::offset(1)),
        initiator: "Stadt Würmlingen".to_owned(),
        batches: vec![batch("A1-A", date(2024, 1, 19), first), batch("A1-B", date(2024, 1, 22), second)],
    }
}

/// With `UPDATE_EXPECT=1` the golden file is written anew, so that a person can review the difference.
#[test]
fn the_golden_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/two_transfer_batches.xml");
    let written = write_pain001(&file()).unwrap();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), expected);
}

/// Makes one thing in a good file wrong and expects this message.
#[track_caller]
fn refused(spoil: impl FnOnce(&mut CreditTransferFile), expected: &str) {
    let mut file = file();
    spoil(&mut file);
    assert_eq!(write_pain001(&file).expect_err(expected).to_string(), expected);
}

fn first(file: &mut CreditTransferFile) -> &mut CreditTransfer {
    &mut file.batches[0].transfers[0]
}

#[test]
fn what_a_bank_would_refuse() {
    refused(|file| file.batches.clear(), "the file has no batch");
    refused(|file| file.batches[1].transfers.clear(), "batch \"A1-B\" has no transfer");
    for wrong in ["", "Mü", "/1", "1//2", "12345678901234567890123456789012345678"] {
        refused(|file| file.message_id = wrong.to_owned(), "the message id is not accepted by banks");
        refused(|file| file.batches[1].id = wrong.to_owned(), "a batch id is not accepted by banks");
    }
    refused(|file| file.batches[1].id = "A1-A".to_owned(), "two batches are called \"A1-A\"");
    refused(
        |file| file.batches[1].transfers[0].end_to_end = "A1-2".parse().unwrap(),
        "two transfers are called \"A1-2\"",
    );
    for (cents, written) in [(0, "0.00"), (-1, "-0.01"), (100_000_000_000, "1000000000.00")] {
        refused(
            |file| first(file).amount = Cents::new(cents),
            &format!("transfer \"A1-1\" of {written} EUR is not between 0.01 and 999999999.99 EUR"),
        );
    }
    refused(
        |file| file.batches[0].execution = date(2024, 3, 29),
        "batch \"A1-A\" is due on 2024-03-29, when banks are closed; the next open day is 2024-04-02",
    );
    refused(
        |file| first(file).iban = Iban::parse("CH9300762011623852957").unwrap(),
        "transfer \"A1-1\" needs the debtor's address: account CH93 **** 2957 is outside the EEA",
    );
}

#[test]
fn texts_without_a_character_of_the_set() {
    let none = |element: &str, of: &str, text: &str| {
        format!("{element} of \"{of}\" has no character that banks accept: \"{text}\"")
    };
    refused(|file| first(file).creditor = "漢字".to_owned(), &none("Cdtr/Nm", "A1-1", "漢字"));
    refused(|file| first(file).remittance = " ".to_owned(), &none("RmtInf/Ustrd", "A1-1", " "));
    refused(|file| file.batches[0].debtor.clear(), &none("Dbtr/Nm", "A1-A", ""));
    refused(|file| file.initiator.clear(), &none("InitgPty/Nm", "EINMAL-2024-01-17-2", ""));
}

/// The texts of all elements with this name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let begin = format!("<{name}");
    let parts = xml.split(begin.as_str()).skip(1);
    parts.map(|part| part.split_once('>').unwrap().1.split('<').next().unwrap().to_owned()).collect()
}

fn is_well_formed(xml: &str) -> bool {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_people_write_the_file_is_well_formed_and_sums_up(
        rows in proptest::collection::vec((1_i64..=99_999_999_999, "x\\PC{0,200}", "y\\PC{0,200}"), 1..20)
    ) {
        let transfers = rows.into_iter().enumerate().map(|(number, (cents, creditor, remittance))| CreditTransfer {
            creditor,
            remittance,
            ..transfer(&format!("E{number}"), cents, "DE02120300000000202051")
        });
        let file = CreditTransferFile { batches: vec![batch("B1", date(2024, 1, 19), transfers.collect())], ..file() };
        let written = write_pain001(&file).unwrap();
        prop_assert_eq!(&written, &write_pain001(&file).unwrap());
        let text = String::from_utf8(written).unwrap();
        prop_assert!(is_well_formed(&text));
        prop_assert!(text.is_ascii() && !text.contains(['\n', '\r', '\t']) && !text.contains("> "));

        let amounts: Vec<Cents> = texts(&text, "InstdAmt").iter().map(|amount| amount.parse().unwrap()).collect();
        prop_assert_eq!(texts(&text, "NbOfTxs"), vec![amounts.len().to_string(); 2]);
        prop_assert_eq!(texts(&text, "CtrlSum"), vec![Cents::sum(amounts).unwrap().to_string(); 2]);
    }
}
