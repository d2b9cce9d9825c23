//! Prints what statement files hold, as the JSON of `einmal inspect`: one array with an object per statement.
//!
//! Usage: `cargo run --example inspect -p camt -- FILE…`; exit code 1 if one of the files is refused.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use camt::{Booking, DocumentName, Finding, Limits, Part, Sign, StatementEnd, StatementHead};
use serde_json::{Value, json};

fn main() -> io::Result<ExitCode> {
    let mut statements = Vec::new();
    let mut refused = false;
    for file in std::env::args_os().skip(1) {
        let read = camt::read_path(Path::new(&file), &Limits::default(), &mut |name, part| {
            add(&mut statements, name, part);
            ControlFlow::Continue(())
        });
        if let Err(error) = read {
            writeln!(io::stderr(), "{error}")?;
            refused = true;
        }
    }
    writeln!(io::stdout(), "{}", Value::Array(statements))?;
    Ok(ExitCode::from(u8::from(refused)))
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
    })
}

fn text(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, |value| Value::String(value.to_string()))
}

fn texts(findings: &[Finding]) -> impl Iterator<Item = Value> {
    findings.iter().map(|finding| Value::String(finding.to_string()))
}
