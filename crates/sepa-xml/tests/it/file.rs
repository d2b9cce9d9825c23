//! The content of the file, byte for byte.

use std::path::Path;

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use sepa::Cents;
use sepa_xml::{DirectDebit, DirectDebitFile, Sequence, Totals, write_pain008};

use crate::{batch, debit, file};

/// With `UPDATE_EXPECT=1` the golden file is written anew, so that a person can review the difference.
#[test]
fn the_golden_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/two_batches.xml");
    let mut written = Vec::new();
    let totals = write_pain008(&file(), &mut written).unwrap();
    assert_eq!(totals, Totals { count: 3, sum: Cents::new(1_321_272) });
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), expected);
}

/// The texts of all elements with this name.
fn texts(xml: &[u8], name: &str) -> Vec<String> {
    let mut reader = Reader::from_reader(xml);
    let mut found = Vec::new();
    let mut inside = false;
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(start) => {
                inside = start.name().as_ref() == name;
                if inside {
                    found.push(String::new());
                }
            }
            Event::Text(text) if inside => found.last_mut().unwrap().push_str(text.as_ref()),
            Event::GeneralRef(reference) if inside => {
                let reference: &str = reference.as_ref();
                assert_eq!(reference, "apos", "no other character of the set needs escaping");
                found.last_mut().unwrap().push('\'');
            }
            Event::End(_) => inside = false,
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn files() -> impl Strategy<Value = DirectDebitFile> {
    let debits = proptest::collection::vec((1_i64..=99_999_999_999, "x\\PC{0,200}", "y\\PC{0,200}"), 1..20);
    debits.prop_map(|rows| {
        let debits = rows.into_iter().enumerate().map(|(number, (cents, debtor, remittance))| DirectDebit {
            debtor,
            remittance,
            ..debit(&format!("E{number}"), cents, "DE02120300000000202051")
        });
        DirectDebitFile { batches: vec![batch("B1", Sequence::Rcur, debits.collect())], ..file() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_people_write_the_file_is_well_formed_and_sums_up(file in files()) {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let totals = write_pain008(&file, &mut first).unwrap();
        write_pain008(&file, &mut second).unwrap();
        prop_assert_eq!(&first, &second);

        let amounts: Vec<Cents> = texts(&first, "InstdAmt").iter().map(|text| text.parse().unwrap()).collect();
        prop_assert_eq!(amounts.len(), totals.count);
        prop_assert_eq!(Cents::sum(amounts), Some(totals.sum));
        prop_assert_eq!(texts(&first, "CtrlSum"), vec![totals.sum.to_string(); 2]);
        prop_assert_eq!(texts(&first, "NbOfTxs"), vec![totals.count.to_string(); 2]);

        let is_short = |name: &str, most: usize| texts(&first, name).iter().all(|text| (1..=most).contains(&text.len()));
        prop_assert!(is_short("Nm", 70) && is_short("Ustrd", 140));
        let text = String::from_utf8(first).unwrap();
        prop_assert!(text.is_ascii() && !text.contains(['\n', '\r', '\t']) && !text.contains("> "));
    }
}
