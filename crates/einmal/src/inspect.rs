//! `einmal inspect`: the content of statement files as JSON, without database and settings.
//!
//! Invariant: each file is read completely before anything of it is printed, so that a refused file prints nothing; the
//! memory does not grow with the number of bookings.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use camt::{Booking, DocumentName, Finding, Limits, Part, Sign, StatementEnd, StatementHead};
use serde_json::{Value, json};

/// The content of some files with their bookings only counted, and what was refused.
#[derive(Debug, Default)]
pub(crate) struct Inspected {
    /// An object for each statement, in the order of the files, without bookings.
    pub(crate) statements: Vec<Value>,
    /// Which files were refused, and why.
    pub(crate) refused: Vec<kasse::Refused>,
    /// The files that were not refused.
    files: Vec<PathBuf>,
}

/// Reads files without printing.
pub(crate) fn inspect(files: &[PathBuf], limits: &Limits) -> Inspected {
    let mut inspected = Inspected::default();
    for file in files {
        let before = inspected.statements.len();
        match survey(file, limits, &mut inspected.statements) {
            Ok(()) => inspected.files.push(file.clone()),
            Err(why) => {
                // what was read before the error belongs to a refused file
                inspected.statements.truncate(before);
                inspected.refused.push(why);
            }
        }
    }
    inspected
}

fn survey(file: &Path, limits: &Limits, statements: &mut Vec<Value>) -> Result<(), kasse::Refused> {
    if let Some(why) = kasse::foreign(file)? {
        return Err(kasse::Refused { file: file.display().to_string(), why });
    }
    let mut count = 0_u64;
    let read = camt::read_path(file, limits, &mut |name, part| {
        match part {
            Part::StatementStart(head) => {
                statements.push(statement(name, &head));
                count = 0;
            }
            Part::Booking(done) => {
                count += 1;
                extend(statements, &done.findings);
            }
            Part::EntryEnd(entry) => extend(statements, &entry.findings),
            Part::StatementEnd(end) => finish(statements, &end, count),
        }
        ControlFlow::Continue(())
    });
    read.map(drop).map_err(|error| kasse::Error::from(error).into())
}

fn extend(statements: &mut [Value], findings: &[Finding]) {
    let list = statements.last_mut().and_then(|statement| statement.get_mut("findings")).and_then(Value::as_array_mut);
    list.into_iter().for_each(|list| list.extend(texts(findings)));
}

fn finish(statements: &mut [Value], end: &StatementEnd, count: u64) {
    extend(statements, &end.findings);
    let Some(fields) = statements.last_mut().and_then(Value::as_object_mut) else { return };
    for (key, balance) in [("opening", end.opening), ("closing", end.closing)] {
        fields.insert(key.to_owned(), text(balance.map(|balance| balance.amount)));
    }
    fields.insert("bookings".to_owned(), json!(count));
}

/// Prints the statements with one line for each booking, reading the files a second time.
pub(crate) fn print(inspected: &Inspected, limits: &Limits, out: &mut dyn Write) -> io::Result<()> {
    let mut statements = inspected.statements.iter();
    let mut separator = "";
    write!(out, "[")?;
    for file in &inspected.files {
        let mut failed = Ok(());
        let read = camt::read_path(file, limits, &mut |_, part| {
            failed = match part {
                Part::StatementStart(_) => {
                    let begun = begin(statements.next(), separator, out);
                    separator = "";
                    begun
                }
                Part::Booking(done) => {
                    let written = write!(out, "{separator}\n  {}", booking(&done));
                    separator = ",";
                    written
                }
                Part::EntryEnd(_) => Ok(()),
                Part::StatementEnd(_) => {
                    separator = ",";
                    write!(out, "\n]}}")
                }
            };
            if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        failed?;
        read.map_err(|error| io::Error::other(error.to_string()))?;
    }
    writeln!(out, "\n]")
}

/// Prints the fields of a statement up to its bookings.
fn begin(statement: Option<&Value>, separator: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{separator}\n{{")?;
    let fields = statement.and_then(Value::as_object).into_iter().flatten();
    for (name, value) in fields.filter(|(name, _)| *name != "bookings") {
        write!(out, "{}: {value}, ", json!(name))?;
    }
    write!(out, "\"bookings\": [")
}

fn statement(name: &DocumentName, head: &StatementHead) -> Value {
    json!({
        "file": name.to_string(), "message": head.message, "id": head.id, "account": head.account,
        "currency": head.currency, "sequence": head.sequence, "from": text(head.from), "to": text(head.to),
        "opening": Value::Null, "closing": Value::Null, "bookings": 0,
        "findings": texts(&head.findings).collect::<Vec<_>>(),
    })
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
        "counterparty_bank": booking.counterparty_bank, "instruction_id": booking.instruction_id,
        "further_references": booking.further_references, "structured_text": booking.structured_text,
        "ultimate_debtor": booking.ultimate_debtor, "ultimate_creditor": booking.ultimate_creditor,
        "entry_reference": booking.entry_reference, "entry_name": booking.entry_name,
        "batch_reference": booking.payment_information_id, "batch_count": booking.batch_count, "additional": booking.additional,
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
