//! `einmal inspect`: what statement files hold, in the contract's JSON, without database and settings.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use camt::{Booking, DocumentName, Finding, Limits, Part, Sign, StatementEnd, StatementHead};
use serde_json::{Value, json};

/// The statements of some files in their order, and what was refused.
pub(crate) fn inspect(files: &[PathBuf], limits: &Limits) -> (Vec<Value>, Vec<String>) {
    let (mut statements, mut refused) = (Vec::new(), Vec::new());
    for file in files {
        let before = statements.len();
        if let Err(why) = inspect_file(file, limits, &mut statements) {
            // what came before the error belongs to a refused file
            statements.truncate(before);
            refused.push(why);
        }
    }
    (statements, refused)
}

fn inspect_file(file: &Path, limits: &Limits, statements: &mut Vec<Value>) -> Result<(), String> {
    let read = camt::read_path(file, limits, &mut |name, part| {
        add(statements, name, part);
        ControlFlow::Continue(())
    });
    read.map(drop).map_err(|error| error.to_string())
}

fn add(statements: &mut Vec<Value>, name: &DocumentName, part: Part) {
    if let Part::StatementStart(head) = &part {
        statements.push(statement(name, head));
        return;
    }
    let Some(statement) = statements.last_mut() else { return };
    match part {
        Part::Booking(done) => {
            push(statement, "bookings", [booking(&done)]);
            push(statement, "findings", texts(&done.findings));
        }
        Part::EntryEnd(entry) => push(statement, "findings", texts(&entry.findings)),
        Part::StatementEnd(end) => finish(statement, &end),
        Part::StatementStart(_) => {}
    }
}

fn push(object: &mut Value, key: &str, values: impl IntoIterator<Item = Value>) {
    if let Some(array) = object.get_mut(key).and_then(Value::as_array_mut) {
        array.extend(values);
    }
}

fn statement(name: &DocumentName, head: &StatementHead) -> Value {
    json!({
        "file": name.to_string(), "message": head.message, "id": head.id, "account": head.account,
        "currency": head.currency, "sequence": head.sequence, "from": text(head.from), "to": text(head.to),
        "opening": Value::Null, "closing": Value::Null, "bookings": [],
        "findings": texts(&head.findings).collect::<Vec<_>>(),
    })
}

fn finish(statement: &mut Value, end: &StatementEnd) {
    for (key, balance) in [("opening", end.opening), ("closing", end.closing)] {
        if let Some(slot) = statement.get_mut(key) {
            *slot = text(balance.map(|balance| balance.amount));
        }
    }
    push(statement, "findings", texts(&end.findings));
}

fn booking(booking: &Booking) -> Value {
    let sign = booking.sign.map(|sign| match sign {
        Sign::Credit => "credit",
        Sign::Debit => "debit",
    });
    json!({
        "amount": text(booking.amount), "currency": booking.currency, "sign": sign, "reversal": booking.reversal,
        "status": booking.status.as_ref().map(camt::Status::as_str),
        "booked": text(booking.booked), "valued": text(booking.valued),
        "bank_reference": booking.bank_reference, "end_to_end_id": booking.end_to_end_id,
        "mandate_id": booking.mandate_id, "counterparty": booking.counterparty,
        "counterparty_iban": booking.counterparty_iban, "remittance": booking.remittance,
        "structured_reference": booking.structured_reference, "return_reason": booking.return_reason,
        "bank_code": booking.bank_code, "proprietary_code": booking.proprietary_code, "batch": booking.batch,
        "class": booking.class().to_string(), "gvc": booking.gvc(), "primanota": booking.primanota(),
        "return_text": booking.return_text, "creditor_id": booking.creditor_id, "purpose": booking.purpose,
        "ultimate_debtor": booking.ultimate_debtor, "ultimate_creditor": booking.ultimate_creditor,
        "entry_reference": booking.entry_reference, "entry_name": booking.entry_name,
        "batch_reference": booking.payment_information_id, "additional": booking.additional,
        "charges": text(booking.charges),
        "original_amount": text(booking.original_amount.as_ref().map(|money| money.amount)),
        "original_currency": booking.original_amount.as_ref().and_then(|money| money.currency.clone()),
    })
}

fn text(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, |value| Value::String(value.to_string()))
}

fn texts(findings: &[Finding]) -> impl Iterator<Item = Value> {
    findings.iter().map(|finding| Value::String(finding.to_string()))
}

/// A line per statement, for the table.
pub(crate) fn summary(statements: &[Value]) -> Vec<Value> {
    statements
        .iter()
        .map(|statement| {
            let count = |name: &str| statement.get(name).and_then(Value::as_array).map_or(0, Vec::len);
            let mut row = statement.clone();
            if let Some(fields) = row.as_object_mut() {
                fields.insert("bookings".to_owned(), json!(count("bookings")));
            }
            row
        })
        .collect()
}
