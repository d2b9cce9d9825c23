//! Real status reports, compared with an independent extraction of them; `EINMAL_CORPUS` names their folder, if there
//! is one.

use std::path::Path;

use sepa_xml::{
    Overall, Status, StatusAmount, StatusReason, StatusReport, StatusTransaction, looks_like_pain002,
    read_status_report,
};
use serde_json::{Value, json};

#[test]
fn real_status_reports() {
    let Some(folder) = std::env::var_os("EINMAL_CORPUS") else {
        println!("NOT RUN: EINMAL_CORPUS does not name a folder of real files");
        return;
    };
    let folder = Path::new(&folder);
    let truth = std::fs::read(folder.join("truth_pain002.json")).unwrap();
    let truth: serde_json::Map<String, Value> = serde_json::from_slice(&truth).unwrap();
    let mut differences = Vec::new();
    for (path, want) in &truth {
        let bytes = std::fs::read(folder.join(path)).unwrap();
        assert!(looks_like_pain002(&bytes[..bytes.len().min(4096)]), "{path}");
        match read_status_report(&bytes) {
            Ok(report) => {
                let (want, got) = (without_names(&want["documents"][0]), shown(&report));
                let fields = got.as_object().unwrap().iter().filter(|(field, got)| want[field.as_str()] != **got);
                differences.extend(fields.map(|(field, got)| format!("{path}: {field} {got}, not {}", want[field])));
            }
            Err(error) => differences.push(format!("{path}: {error}")),
        }
        assert_eq!(want["documents"].as_array().unwrap().len(), 1, "{path}");
    }
    assert!(truth.len() >= 25, "{} files only", truth.len());
    assert_eq!(differences, Vec::<String>::new());
    assert_eq!(files_without_truth(folder, &truth), Vec::<String>::new());
}

/// The sample files that the extraction does not know.
fn files_without_truth(folder: &Path, truth: &serde_json::Map<String, Value>) -> Vec<String> {
    let files = std::fs::read_dir(folder.join("samples/pain002")).unwrap();
    let paths = files.map(|file| format!("samples/pain002/{}", file.unwrap().file_name().to_string_lossy()));
    paths.filter(|path| !truth.contains_key(path)).collect()
}

/// The extraction without the names and accounts of parties, which are not read.
fn without_names(want: &Value) -> Value {
    let mut want = want.clone();
    for payment in want["payments"].as_array_mut().unwrap() {
        for transaction in payment["transactions"].as_array_mut().unwrap() {
            let is_party = |field: &str| field.ends_with("_name") || field.ends_with("_iban");
            transaction.as_object_mut().unwrap().retain(|field, _| !is_party(field));
        }
    }
    want
}

/// A report in the form of the extraction.
fn shown(report: &StatusReport) -> Value {
    let payments = report.payments.iter().map(|payment| {
        json!({
            "original_pmt_inf_id": payment.id,
            "status": word(payment.overall.status.as_ref()),
            "reasons": reasons(&payment.overall.reasons),
            "transactions": transactions(&payment.transactions),
        })
    });
    json!({
        "msg_id": report.message_id,
        "original_msg_id": report.original_message_id,
        "original_msg_name": report.original_message_name,
        "group_status": word(report.overall.status.as_ref()),
        "group_reasons": reasons(&report.overall.reasons),
        "nb_per_status": per_status(&report.overall),
        "payments": payments.collect::<Vec<_>>(),
        "loose_transactions": transactions(&report.loose),
    })
}

fn word(status: Option<&Status>) -> Option<&str> {
    status.map(Status::as_str)
}

fn reasons(reasons: &[StatusReason]) -> Value {
    let reasons = reasons.iter().map(|reason| {
        json!({
            "code": reason.code,
            "proprietary": reason.proprietary,
            "additional": reason.additional,
            "originator": reason.originator,
        })
    });
    reasons.collect()
}

fn per_status(overall: &Overall) -> Value {
    let rows = overall.per_status.iter();
    rows.map(|row| json!([word(row.status.as_ref()), row.count.as_ref().map(|count| &count.text)])).collect()
}

fn amount(amount: &StatusAmount) -> Value {
    json!({ "amount_text": amount.text, "currency": amount.currency, "cents": amount.cents.map(sepa::Cents::get) })
}

fn transactions(transactions: &[StatusTransaction]) -> Value {
    let transactions = transactions.iter().map(|transaction| {
        json!({
            "status_id": transaction.id,
            "original_instr_id": transaction.instruction,
            "original_end_to_end_id": transaction.end_to_end,
            "status": word(transaction.status.as_ref()),
            "reasons": reasons(&transaction.reasons),
            "amount": transaction.amount.as_ref().map(amount),
            "mandate_id": transaction.mandate,
        })
    });
    transactions.collect()
}
