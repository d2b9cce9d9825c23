//! How amounts, days and digests are written, and how bookings, and what is placed of them or held because of them, are
//! shown as JSON; the same in every report.
//!
//! Must not know what the books mean by it. Invariant: the names are the contract's: they may be added to, never changed.

use jiff::civil::Date;
use sepa::Cents;
use serde_json::{Value, json};
use store::{BookingRow, ItemRow};

/// An amount of cents as the contract writes it.
pub(crate) fn eur(cents: i64) -> String {
    Cents::new(cents).to_string()
}

/// A day as people read it.
pub(crate) fn german(day: Date) -> String {
    day.strftime("%d.%m.%Y").to_string()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The fields of both objects, those of `base` first; `more` wins where both have one.
pub(crate) fn with(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}

/// A booking as the bank told it: what identifies it, who paid, and the text that payers write in.
pub(crate) fn booking(row: &BookingRow) -> Value {
    json!({
        "reference": row.reference,
        "account": row.account,
        "booked": row.booked.to_string(),
        "amount": eur(row.amount),
        "counterparty": row.counterparty,
        "counterparty_iban": row.counterparty_iban,
        "remittance": row.remittance,
        "provisional": row.provisional,
    })
}

/// The other texts of a booking in which a reference may stand.
pub(crate) fn other_texts(row: &BookingRow) -> Value {
    json!({
        "end_to_end_id": row.end_to_end_id,
        "structured_reference": row.structured_reference,
        "mandate_reference": row.mandate_reference,
        "additional": row.additional,
        "structured_text": row.structured_text,
        "further_references": row.further_references.join("\n"),
        "instruction_id": row.instruction_id,
        "ultimate_debtor": row.ultimate_debtor,
        "charges": row.charges.map(eur),
        "original_amount": row.original_amount.map(eur),
        "original_currency": row.original_currency,
        "return_reason": row.return_reason,
    })
}

/// A part of a booking that is placed.
pub(crate) fn allocation(item: &ItemRow, cents: i64) -> Value {
    json!({"kassenzeichen": item.kassenzeichen, "posten": item.posten, "amount": eur(cents)})
}

/// What an open case holds, and who may end that.
pub(crate) fn case_hold(case: i64, reason: &str) -> Value {
    json!({"case": case, "reason": reason, "may_be_lifted_by": format!("who decides case {case}")})
}

/// An item that a case keeps out of direct debit, and why, as the word that is stored.
pub(crate) fn hold(item: &ItemRow, reason: &str) -> Value {
    json!({"kassenzeichen": item.kassenzeichen, "posten": item.posten, "reason": reason})
}
