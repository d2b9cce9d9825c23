//! Statements for finance systems: what is written, and what is refused before a byte is.

use jiff::civil::{date, datetime};
use sepa::{Cents, Iban};
use sepa_xml::{
    AccountStatement, BatchIds, StatementEntry, StatementError, StatementFile, StatementPart, write_camt053,
};

fn part(number: &str, cents: i64) -> StatementPart {
    StatementPart {
        own_reference: number.to_owned(),
        amount: Cents::new(cents),
        bank_reference: Some("BANK-1".to_owned()),
        instruction_id: Some("AUFTRAG".to_owned()),
        end_to_end_id: Some("E2E".to_owned()),
        mandate: Some("M-1".to_owned()),
        party: Some("Jörg Groß & Söhne <GmbH>".to_owned()),
        party_iban: Some(Iban::parse("DE02120300000000202051").unwrap()),
        ultimate_debtor: Some("Erika Groß".to_owned()),
        structured: vec!["RF18539007547034".to_owned()],
        decided: Some("5.0100.118204.4 2024-1".to_owned()),
        remittance: format!("Zeile 1\n{}", "ä".repeat(150)),
        return_reason: Some("AM04".to_owned()),
        additional: Some("Zusatz".to_owned()),
    }
}

fn entry(reference: &str, parts: Vec<StatementPart>) -> StatementEntry {
    StatementEntry {
        reference: reference.to_owned(),
        amount: Cents::sum(parts.iter().map(|part| part.amount)).unwrap(),
        reversal: reference.ends_with("-S"),
        booked: date(2024, 3, 1),
        valued: Some(date(2024, 3, 4)),
        bank_reference: Some("N".repeat(40)),
        code: Some("PMNT/RCDT/ESCT".to_owned()),
        proprietary_code: Some("NTRF+166".to_owned()),
        batch: BatchIds { message: Some("MSG".to_owned()), payment: Some("PMT".to_owned()) },
        note: Some("Storno".to_owned()),
        parts,
    }
}

/// A file with everything in it.
pub(crate) fn statement_file() -> StatementFile {
    let plain = StatementPart { own_reference: "X-3.1".to_owned(), amount: Cents::new(5), ..StatementPart::default() };
    let bare = StatementEntry {
        code: Some("ZU/LANGER/CODE".to_owned()),
        proprietary_code: None,
        batch: BatchIds::default(),
        note: None,
        ..entry("X-3", vec![plain])
    };
    let entries = vec![
        entry("X-1-S", vec![part("X-1.1", -1_205)]),
        entry("X-2", vec![part("X-2.1", 1_000), part("X-2.2", 205)]),
        bare,
    ];
    StatementFile {
        message_id: "EINMAL-ABC234-U1".to_owned(),
        created: datetime(2024, 3, 11, 9, 0, 0, 0),
        offset: Some(jiff::tz::offset(1)),
        statements: vec![AccountStatement {
            id: "ABC234-U1-1".to_owned(),
            account: Iban::parse("DE89370400440532013000").unwrap(),
            day: date(2024, 3, 1),
            opening: Cents::new(-500),
            closing: Cents::new(-495),
            entries,
            note: Some("Berichtigung".to_owned()),
        }],
    }
}

#[test]
fn the_decided_stands_in_front_of_the_text() {
    let xml = String::from_utf8(write_camt053(&statement_file()).unwrap()).unwrap();
    assert!(xml.contains("<Ustrd>5.0100.118204.4 2024-1 Zeile 1</Ustrd><Ustrd>äää"), "{xml}");
    assert!(xml.contains("Jörg Groß &amp; Söhne &lt;GmbH&gt;"));
    assert!(xml.contains("<Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>"), "an overdrawn balance: {xml}");
    assert!(xml.contains("<BkTxCd></BkTxCd>"), "a code that is none is left out");
    assert_eq!(xml.as_bytes(), write_camt053(&statement_file()).unwrap());
}

#[test]
fn what_does_not_add_up_or_is_named_alike_is_refused() {
    let refused = |change: &dyn Fn(&mut StatementFile)| {
        let mut file = statement_file();
        change(&mut file);
        write_camt053(&file).unwrap_err()
    };
    assert!(matches!(refused(&|file| file.statements.clear()), StatementError::Empty));
    assert!(matches!(refused(&|file| file.statements[0].closing = Cents::new(0)), StatementError::Balance(_)));
    let wrong = refused(&|file| file.statements[0].entries[1].amount = Cents::new(1));
    assert!(matches!(wrong, StatementError::Parts(id) if id == "X-2"));
    let twice = refused(&|file| file.statements[0].entries[1].parts[1].own_reference = "X-2.1".to_owned());
    assert!(matches!(twice, StatementError::Id(id) if id == "X-2.1"));
    assert!(matches!(refused(&|file| file.message_id = "x".repeat(36)), StatementError::Id(_)));
}
