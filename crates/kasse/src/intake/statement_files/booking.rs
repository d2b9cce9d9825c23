//! One booking: what it must say to be money, and what it is whatever file it came in.
//!
//! Must not know what is stored. Invariant: the identity depends on nothing that changes with the file: not on its name,
//! layout or version, nor on the statement's id.

use camt::{Booking, Finding, FindingKind, Sign};
use jiff::civil::Date;
use sepa::Cents;
use sha2::{Digest, Sha256};
use store::NewBooking;

use super::counts::Counts;
use super::current::{Current, FUTURE};
use crate::base::shown::hex;
use crate::books::likeness::{OWN_REFERENCE, says_something};
use crate::intake::statement_shape::day_of;

/// What a booking must say to be money.
pub(super) struct Fields {
    pub(super) cents: i64,
    pub(super) booked: Date,
}

/// Whether a finding leaves a value unknown that makes a booking money.
pub(super) fn is_unread(finding: &Finding) -> bool {
    matches!(
        finding.kind,
        FindingKind::Amount(_)
            | FindingKind::Negative(_)
            | FindingKind::AmountUnknown
            | FindingKind::Date(_)
            | FindingKind::Sign(_)
            | FindingKind::Flag(_)
            | FindingKind::Line(_)
            | FindingKind::CurrencyDiffers { .. }
    )
}

impl Fields {
    /// Itself, where it was booked by the day.
    pub(super) fn until(self, today: Date, line: u64) -> std::result::Result<Fields, String> {
        match self.booked > today {
            true => Err(format!("line {line}, Stmt/Ntry/BookgDt: {} is after today, {today}: {}", self.booked, FUTURE)),
            false => Ok(self),
        }
    }

    pub(super) fn read(booking: &Booking, current: &Current) -> std::result::Result<Fields, String> {
        if let Some(finding) = booking.findings.iter().find(|finding| is_unread(finding)) {
            return Err(finding.to_string());
        }
        let missing = |field: &str| format!("line {}, Stmt/Ntry/{field}: is missing", booking.line);
        if booking.currency.as_deref().is_some_and(|currency| currency != "EUR") {
            return Err(format!("line {}, Stmt/Ntry/Amt: the currency is not EUR", booking.line));
        }
        let amount = booking.amount.ok_or_else(|| missing("Amt"))?;
        let sign = booking.sign.ok_or_else(|| missing("CdtDbtInd"))?;
        let booked = day_of(booking, current.closes_on).ok_or_else(|| missing("BookgDt"))?;
        let cents = if sign == Sign::Debit { -amount.get() } else { amount.get() };
        Ok(Fields { cents, booked })
    }
}

/// What the booking is, whatever file it came in; twins are the same but for what [`super::known`] adds.
pub(super) fn identity(current: &Current, booking: &Booking, fields: &Fields) -> String {
    let mut hash = Sha256::new();
    let mut take = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    take(&current.account);
    take(current.counts.word());
    take(&fields.booked.to_string());
    take(&fields.cents.to_string());
    match booking.bank_reference.as_deref().filter(|reference| says_something(reference)) {
        Some(reference) => take(reference),
        None => {
            let squashed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let or_none = |text: &Option<String>| squashed(text.as_deref().unwrap_or_default());
            take(&booking.valued.map(|day| day.to_string()).unwrap_or_default());
            take(&squashed(&booking.remittance));
            take(&or_none(&booking.counterparty));
            take(&or_none(&booking.counterparty_iban));
            take(&or_none(&booking.end_to_end_id));
            take(&or_none(&booking.mandate_id));
            take(&or_none(&booking.structured_reference));
            take(&or_none(&booking.entry_reference));
        }
    }
    hex(hash.finalize().get(..16).unwrap_or_default())
}

pub(super) fn stored(
    booking: &Booking,
    fields: &Fields,
    current: &Current,
    identity: String,
    entry: i64,
) -> NewBooking {
    let doubt = booking.findings.iter().find(|finding| !finding.kind.is_note());
    let unknown = doubt.map(ToString::to_string);
    NewBooking {
        entry,
        account: current.account.clone(),
        reference: booking.bank_reference.clone().unwrap_or_else(|| format!("{OWN_REFERENCE}{identity}")),
        identity,
        amount: fields.cents,
        booked: fields.booked,
        valued: booking.valued,
        end_to_end_id: booking.end_to_end_id.clone(),
        mandate_reference: booking.mandate_id.clone(),
        structured_reference: booking.structured_reference.clone(),
        entry_reference: booking.entry_reference.clone(),
        batch_reference: booking.payment_information_id.clone(),
        bank_code: booking.bank_code.clone(),
        proprietary_code: booking.proprietary_code.clone(),
        class: booking.class().to_string(),
        return_reason: booking.return_reason.clone(),
        reversal: booking.reversal,
        finding: unknown,
        counterparty: booking.counterparty.clone(),
        counterparty_iban: booking.counterparty_iban.clone(),
        remittance: booking.remittance.clone(),
        additional: booking.additional.clone(),
        ultimate_debtor: booking.ultimate_debtor.clone(),
        instruction_id: booking.instruction_id.clone(),
        further_references: booking.further_references.iter().map(|reference| one_line(reference)).collect(),
        structured_text: booking.structured_text.clone(),
        balance_before: None,
        message_id: if current.counts != Counts::Money {
            current.head.message_id.clone()
        } else {
            booking.message_id.clone()
        },
        creditor_id: booking.creditor_id.clone(),
        stands_for: None,
        charges: booking.charges.map(Cents::get),
        original_amount: booking.original_amount.as_ref().map(|money| money.amount.get()),
        original_currency: booking.original_amount.as_ref().and_then(|money| money.currency.clone()),
    }
}

/// A reference on one line: several are stored a line each.
fn one_line(reference: &str) -> String {
    reference.split_whitespace().collect::<Vec<_>>().join(" ")
}
