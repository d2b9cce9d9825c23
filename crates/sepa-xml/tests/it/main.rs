//! Tests of payment files in the form that a bank receives, and of what it answers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must fail"
)]

mod corpus;
mod errors;
mod file;
mod foreign;
mod read;
mod schema;
mod statements;
mod status;
mod transfers;

use jiff::civil::{date, datetime};
use sepa::{Cents, CreditorId, EndToEndId, Iban, MandateId};
use sepa_xml::{Amendment, DebitBatch, DirectDebit, DirectDebitFile, Sequence};

fn debit(end_to_end: &str, cents: i64, iban: &str) -> DirectDebit {
    DirectDebit {
        end_to_end: EndToEndId::parse(end_to_end).unwrap(),
        amount: Cents::new(cents),
        mandate: MandateId::parse(&format!("M-{end_to_end}'a")).unwrap(),
        signed: date(2019, 3, 1),
        amendment: Amendment::default(),
        debtor: "Jörg Groß & Söhne".to_owned(),
        iban: Iban::parse(iban).unwrap(),
        remittance: "KZ 01.4711.8 Grundbesitzabgaben Nachholung Fälligkeit 15.11.23".to_owned(),
    }
}

fn batch(id: &str, sequence: Sequence, debits: Vec<DirectDebit>) -> DebitBatch {
    DebitBatch {
        id: id.to_owned(),
        sequence,
        due: date(2024, 1, 19),
        creditor: "Stadt Würmlingen, Stadtkasse".to_owned(),
        account: Iban::parse("DE89370400440532013000").unwrap(),
        creditor_id: CreditorId::parse("DE98ZZZ09999999999").unwrap(),
        debits,
    }
}

fn file() -> DirectDebitFile {
    let recurring = vec![
        debit("R1-1", 31_247, "DE02120300000000202051"),
        DirectDebit {
            amendment: Amendment {
                mandate: Some(MandateId::parse("ALT/17").unwrap()),
                creditor_id: Some(CreditorId::parse("DE09ZZZ00000000001").unwrap()),
                account: true,
            },
            debtor: "Łukasz Şahin-Ñuñez".to_owned(),
            remittance: format!("<1> {} Ende", "ä".repeat(80)),
            ..debit("R1-2", 5, "NO9386011117947")
        },
    ];
    let single = vec![debit("R1-3", 1_290_020, "FR1420041010050500013M02606")];
    DirectDebitFile {
        message_id: "EINMAL-2024-01-17-1".to_owned(),
        created: datetime(2024, 1, 17, 9, 30, 5, 999_000_000),
        offset: Some(jiff::tz::offset(1)),
        initiator: "Stadt Würmlingen".to_owned(),
        batches: vec![batch("R1-RCUR", Sequence::Rcur, recurring), batch("R1-OOFF", Sequence::Ooff, single)],
    }
}
