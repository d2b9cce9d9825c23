//! Parts as text, one line each, so that tests can be tables.

use std::fmt::Write as _;

use camt::{Booking, Entry, Finding, Limits, Part, ReadError, StatementEnd, StatementHead, StatementReader};

/// All parts of an input.
pub(crate) fn parts(input: &[u8]) -> Result<Vec<Part>, ReadError> {
    let mut reader = StatementReader::new(input, &Limits::default());
    std::iter::from_fn(|| reader.next_part().transpose()).collect()
}

/// All parts of an input as lines.
pub(crate) fn show(input: &[u8]) -> String {
    show_parts(parts(input))
}

/// Parts as lines.
pub(crate) fn show_parts(parts: Result<Vec<Part>, ReadError>) -> String {
    match parts {
        Ok(parts) => parts.iter().map(part).collect(),
        Err(error) => format!("{error}\n"),
    }
}

fn part(part: &Part) -> String {
    let (line, findings) = match part {
        Part::StatementStart(found) => (head(found), &found.findings),
        Part::Booking(found) => (booking(found), &found.findings),
        Part::EntryEnd(found) => (entry(found), &found.findings),
        Part::StatementEnd(found) => (end(found), &found.findings),
    };
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    findings.iter().fold(line + "\n", |text, finding: &Finding| text + "  ! " + &finding.to_string() + "\n")
}

/// Names of the values that are there.
fn fields<const N: usize>(fields: [(&str, Option<String>); N]) -> String {
    fields.iter().fold(String::new(), |mut text, (name, value)| {
        if let Some(value) = value {
            let _ = write!(text, " {name}={}", value.replace('\n', "\\n"));
        }
        text
    })
}

fn some<T: ToString>(value: &Option<T>) -> Option<String> {
    value.as_ref().map(T::to_string)
}

fn head(head: &StatementHead) -> String {
    let balances = [head.opening, head.closing].map(|balance| balance.map(|b| (b.amount.to_string(), b.date)));
    let [opening, closing] =
        balances.map(|b| b.map(|(amount, date)| amount + &date.map_or(String::new(), |d| format!("@{d}"))));
    fields([
        ("STATEMENT", Some(head.message.clone())),
        ("id", some(&head.id)),
        ("account", some(&head.account)),
        ("currency", some(&head.currency)),
        ("sequence", some(&head.sequence)),
        ("from", some(&head.from)),
        ("to", some(&head.to)),
        ("created", some(&head.created)),
        ("page", some(&head.page)),
        ("last", some(&head.last_page)),
        ("copy", some(&head.copy)),
        ("opening", opening),
        ("closing", closing),
    ])
}

fn booking(booking: &Booking) -> String {
    fields([
        ("booking", Some(format!("{}.{}", booking.entry, booking.detail))),
        ("amount", some(&booking.signed())),
        ("currency", some(&booking.currency)),
        ("reversal", booking.reversal.then(|| "yes".to_owned())),
        ("status", booking.status.as_ref().map(|status| status.as_str().to_owned())),
        ("booked", some(&booking.booked)),
        ("valued", some(&booking.valued)),
        ("ref", some(&booking.bank_reference)),
        ("entry_ref", some(&booking.entry_reference)),
        ("name", some(&booking.entry_name)),
        ("e2e", some(&booking.end_to_end_id)),
        ("instruction", some(&booking.instruction_id)),
        ("mandate", some(&booking.mandate_id)),
        ("creditor_id", some(&booking.creditor_id)),
        ("payment", some(&booking.payment_information_id)),
        ("from", some(&booking.counterparty)),
        ("iban", some(&booking.counterparty_iban)),
        ("bank", some(&booking.counterparty_bank)),
        ("ultimate_debtor", some(&booking.ultimate_debtor)),
        ("ultimate_creditor", some(&booking.ultimate_creditor)),
        ("text", Some(booking.remittance.clone()).filter(|text| !text.is_empty())),
        ("structured", some(&booking.structured_reference)),
        ("further", Some(booking.further_references.join(" ")).filter(|text| !text.is_empty())),
        ("structured_text", some(&booking.structured_text)),
        ("returned", some(&booking.return_reason)),
        ("return_text", some(&booking.return_text)),
        ("code", some(&booking.bank_code)),
        ("gvc", some(&booking.proprietary_code)),
        ("additional", some(&booking.additional)),
        ("original", booking.original_amount.as_ref().map(|money| money.amount.to_string())),
        ("charges", some(&booking.charges)),
        ("batch", booking.batch.then(|| "yes".to_owned())),
    ])
}

fn entry(entry: &Entry) -> String {
    fields([
        ("entry", Some(entry.index.to_string())),
        ("amount", some(&entry.amount)),
        ("details", Some(entry.details.to_string())),
        ("sum", some(&entry.details_sum)),
        ("announced", some(&entry.announced)),
    ])
}

fn end(end: &StatementEnd) -> String {
    fields([
        ("END", Some(String::new())),
        ("entries", Some(end.entries.to_string())),
        ("movement", some(&end.movement)),
        ("opening", end.opening.map(|balance| balance.amount.to_string())),
        ("closing", end.closing.map(|balance| balance.amount.to_string())),
    ])
}
