//! What was written is read back.

use sepa_xml::{DirectDebitFile, looks_like_pain008, read_pain008, write_pain008};

use crate::file;

fn written() -> String {
    let mut bytes = Vec::new();
    write_pain008(&file(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn what_is_read_is_written_to_the_same_bytes() {
    let text = written();
    let read = read_pain008(text.as_bytes()).unwrap();
    let second = |file: DirectDebitFile| file.batches[0].debits[1].clone();
    let (own, first) = (second(file()), second(read.clone()));
    assert_eq!((&first.amendment, &first.mandate, first.amount), (&own.amendment, &own.mandate, own.amount));
    let mut again = Vec::new();
    write_pain008(&read, &mut again).unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), text);
    assert!(looks_like_pain008(&text.as_bytes()[..200]) && !looks_like_pain008(b"<Document xmlns=\"camt.053\">"));
}

#[track_caller]
fn refused(change: impl FnOnce(String) -> String, why: &str) {
    let text = change(written());
    let error = read_pain008(text.as_bytes()).unwrap_err().to_string();
    assert!(error.contains(why), "{error}");
}

#[test]
fn what_was_changed_cut_or_written_elsewhere_is_refused() {
    refused(|text| text.replacen("312.47", "312.48", 1), "CtrlSum is not their sum");
    refused(|text| text.replace("<NbOfTxs>2<", "<NbOfTxs>3<"), "NbOfTxs is not the number of debits");
    refused(|text| text.replacen("<EndToEndId>R1-1</EndToEndId>", "", 1), "PmtId/EndToEndId is missing");
    refused(|text| text.replace("DE02120300000000202051", "DE03120300000000202051"), "R1-1: DbtrAcct/Id/IBAN");
    refused(|text| text.replace("pain.008.001.08", "pain.008.001.02"), "no pain.008.001.08 as written here");
    refused(|text| text.split_at(text.len() - 40).0.to_owned(), "byte");
    refused(|text| text.replace("<GrpHdr>", "<!DOCTYPE a><GrpHdr>"), "as written here");
    refused(|text| text.replace("<GrpHdr>", &"<a>".repeat(40)), "as written here");
    refused(|_| String::new(), "the message: NbOfTxs is missing");
}
