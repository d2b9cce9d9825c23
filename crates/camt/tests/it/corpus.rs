//! Real files, compared with an independent extraction of them; `EINMAL_CORPUS` names their folder, if there is one.

use std::ops::ControlFlow;
use std::path::Path;

use camt::{Booking, Limits, Part, Sign};
use serde_json::Value;

#[test]
fn real_files() {
    let Some(folder) = std::env::var_os("EINMAL_CORPUS") else {
        println!("NOT RUN: EINMAL_CORPUS does not name a folder of real files");
        return;
    };
    let folder = Path::new(&folder);
    let truth = std::fs::read(folder.join("truth.json")).unwrap();
    let truth: serde_json::Map<String, Value> = serde_json::from_slice(&truth).unwrap();
    let mut differences = Vec::new();
    for (path, want) in truth.iter().filter(|(_, want)| want["well_formed"] == true) {
        let bookings = read(&folder.join(path));
        let documents = want["documents"].as_array().unwrap().iter();
        let statements = documents.flat_map(|document| document["statements"].as_array().unwrap());
        let wanted: Vec<&Value> = statements.flat_map(|statement| statement["bookings"].as_array().unwrap()).collect();
        if bookings.len() != wanted.len() {
            differences.push(format!("{path}: {} bookings, not {}", bookings.len(), wanted.len()));
        }
        for (index, (want, got)) in wanted.iter().zip(&bookings).enumerate() {
            let fields = compare(want, got).into_iter();
            differences.extend(fields.map(|field| format!("{path}, booking {index}: {field}")));
        }
    }
    assert!(truth.len() > 100, "{} files only", truth.len());
    assert_eq!(differences, Vec::<String>::new());
}

/// The bookings of a file; none if it holds no statement.
fn read(path: &Path) -> Vec<Booking> {
    let mut bookings = Vec::new();
    let done = camt::read_path(path, &Limits::default(), &mut |_, part| {
        if let Part::Booking(booking) = part {
            bookings.push(*booking);
        }
        ControlFlow::Continue(())
    });
    if let Err(error) = done {
        assert!(error.to_string().contains("holds no statement"), "{error}");
    }
    bookings
}

/// The names of the fields that differ, where the extraction is sure.
fn compare(want: &Value, got: &Booking) -> Vec<&'static str> {
    let squash = |text: &str| text.split_whitespace().collect::<String>();
    let text = |field: &str, got: Option<&str>| match want[field].as_str() {
        Some(want) => got.is_some_and(|got| squash(want) == squash(got)),
        None => true,
    };
    let sign = got.sign.map(|sign| if sign == Sign::Credit { "CRDT" } else { "DBIT" });
    let certain = want["counterparty_certain"] == true;
    let checks = [
        ("amount", want["amount_cents"].as_i64().is_none_or(|want| got.amount.map(sepa::Cents::get) == Some(want))),
        ("sign", text("sign", sign)),
        ("reversal", want["reversal"].as_bool().unwrap_or_default() == got.reversal),
        ("status", text("status", got.status.as_ref().map(camt::Status::as_str))),
        ("end_to_end_id", text("end_to_end_id", got.end_to_end_id.as_deref())),
        ("mandate_id", text("mandate_id", got.mandate_id.as_deref())),
        ("structured_reference", text("structured_reference", got.structured_reference.as_deref())),
        ("return_reason", text("return_reason", got.return_reason.as_deref())),
        ("remittance", text("remittance_concat", Some(&got.remittance))),
        ("bank_code", text("btc_domain", got.bank_code.as_deref())),
        ("proprietary_code", text("btc_proprietary", got.proprietary_code.as_deref())),
        ("batch", want["batch"] != true || got.batch),
        (
            "additional",
            want["additional_tx_info"].as_str().is_none_or(|want| {
                got.additional.as_deref().is_some_and(|text| squash(text).starts_with(&squash(want)))
            }),
        ),
        ("counterparty", !certain || text("counterparty_name", got.counterparty.as_deref())),
        ("counterparty_iban", !certain || text("counterparty_iban", got.counterparty_iban.as_deref())),
    ];
    checks.into_iter().filter(|(_, agrees)| !agrees).map(|(field, _)| field).collect()
}
