//! What a bank would refuse is refused before a byte is written.

use jiff::civil::date;
use sepa::{Cents, Iban};
use sepa_xml::{DirectDebit, DirectDebitFile, write_pain008};

use crate::file;

/// Makes one thing in a good file wrong and expects this message.
#[track_caller]
fn check(spoil: impl FnOnce(&mut DirectDebitFile), expected: &str) {
    let mut file = file();
    spoil(&mut file);
    let mut written = Vec::new();
    let error = write_pain008(&file, &mut written).expect_err(expected);
    assert_eq!(error.to_string(), expected);
    assert!(written.is_empty(), "nothing may be written: {expected}");
}

fn first_debit(file: &mut DirectDebitFile) -> &mut DirectDebit {
    &mut file.batches[0].debits[0]
}

#[test]
fn nothing_to_write() {
    check(|file| file.batches.clear(), "the file has no batch");
    check(|file| file.batches[1].debits.clear(), "batch \"R1-OOFF\" has no debit");
}

#[test]
fn ids() {
    let too_long = "1".repeat(36);
    check(|file| file.message_id = too_long.clone(), "the message id is not accepted by banks");
    check(|file| file.message_id = "Mü".to_owned(), "the message id is not accepted by banks");
    check(|file| file.message_id.clear(), "the message id is not accepted by banks");
    check(|file| file.batches[1].id = too_long.clone(), "a batch id is not accepted by banks");
    check(|file| file.batches[1].id = "/1".to_owned(), "a batch id is not accepted by banks");
    check(|file| file.batches[1].id = "R1-RCUR".to_owned(), "two batches are called \"R1-RCUR\"");
    check(|file| file.batches[1].debits[0].end_to_end = "R1-2".parse().unwrap(), "two debits are called \"R1-2\"");
}

#[test]
fn amounts() {
    for (cents, written) in [(0, "0.00"), (-1, "-0.01"), (100_000_000_000, "1000000000.00")] {
        check(
            |file| first_debit(file).amount = Cents::new(cents),
            &format!("debit \"R1-1\" of {written} EUR is not between 0.01 and 999999999.99 EUR"),
        );
    }
    let mut largest = file();
    first_debit(&mut largest).amount = Cents::new(99_999_999_999);
    assert!(write_pain008(&largest, &mut Vec::new()).is_ok());
}

#[test]
fn amendments_that_change_nothing() {
    check(
        |file| first_debit(file).amendment.mandate = Some(first_debit(file).mandate.clone()),
        "debit \"R1-1\": OrgnlMndtId is \"M-R1-1'a\" as before, which is no amendment",
    );
    // the business code does not belong to the creditor's identity
    check(
        |file| first_debit(file).amendment.creditor_id = Some("DE98ABC09999999999".parse().unwrap()),
        "debit \"R1-1\": OrgnlCdtrSchmeId is \"DE98ABC09999999999\" as before, which is no amendment",
    );
}

#[test]
fn closed_days() {
    check(
        |file| file.batches[0].due = date(2024, 3, 29),
        "batch \"R1-RCUR\" is due on 2024-03-29, when banks are closed; the next open day is 2024-04-02",
    );
}

#[test]
fn texts_without_a_character_of_the_set() {
    check(
        |file| first_debit(file).debtor = "漢字".to_owned(),
        "Dbtr/Nm of \"R1-1\" has no character that banks accept: \"漢字\"",
    );
    check(
        |file| first_debit(file).remittance = " ".to_owned(),
        "RmtInf/Ustrd of \"R1-1\" has no character that banks accept: \" \"",
    );
    check(|file| file.batches[0].creditor.clear(), "Cdtr/Nm of \"R1-RCUR\" has no character that banks accept: \"\"");
    check(
        |file| file.initiator.clear(),
        "InitgPty/Nm of \"EINMAL-2024-01-17-1\" has no character that banks accept: \"\"",
    );
}

#[test]
fn accounts_whose_bank_wants_an_address() {
    check(
        |file| first_debit(file).iban = Iban::parse("CH9300762011623852957").unwrap(),
        "debit \"R1-1\" needs the debtor's address: account CH93 **** 2957 is outside the EEA",
    );
}

#[test]
fn a_failing_device_is_told() {
    let mut too_small = [0_u8; 100];
    let error = write_pain008(&file(), &mut too_small.as_mut_slice()).expect_err("no room");
    assert_eq!(error.to_string(), "the file cannot be written");
}
