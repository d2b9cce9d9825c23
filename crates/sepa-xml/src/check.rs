//! Checks, before anything is written, that a bank can process the file.
//!
//! It knows the rules of pain.008 and pain.001 (ISO 20022, DK Anlage 3, EPC130-08, EPC132-08) but no XML, nothing about the validity of
//! mandates and nothing about who owes what. Invariant: after a successful check, writing can only fail because of the
//! device.

use std::collections::HashSet;
use std::{fmt, io};

use jiff::civil::Date;
use sepa::{Cents, CreditorId, Iban, IdError, check_reference, is_target_day, target_day_after, transliterate};

use crate::{CreditTransferFile, DirectDebit, DirectDebitFile, Totals};

/// The largest amount of a SEPA direct debit or credit transfer, 999,999,999.99 EUR (EPC130-08, EPC132-08).
const AMOUNT_MAX: Cents = Cents::new(99_999_999_999);
/// The largest control sum: 18 digits in all (`CtrlSum`, `DecimalNumber`).
const SUM_MAX: Cents = Cents::new(999_999_999_999_999_999);

/// What a file consists of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaymentKind {
    /// Direct debits (pain.008).
    Debit,
    /// Credit transfers (pain.001).
    Transfer,
}

impl fmt::Display for PaymentKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            PaymentKind::Debit => "debit",
            PaymentKind::Transfer => "transfer",
        })
    }
}

/// Why no file was written. Except for [`WriteError::Io`], no byte has been written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The message has no batch.
    #[error("the file has no batch")]
    NoBatch,
    /// A batch has no payment.
    #[error("batch \"{batch}\" has no {kind}")]
    NoPayment {
        /// What is missing.
        kind: PaymentKind,
        /// The batch.
        batch: String,
    },
    /// `MsgId` has characters or a length that a bank does not accept.
    #[error("the message id is not accepted by banks")]
    MessageId(#[source] IdError),
    /// `PmtInfId` has characters or a length that a bank does not accept.
    #[error("a batch id is not accepted by banks")]
    BatchId(#[source] IdError),
    /// Two batches have the same `PmtInfId`.
    #[error("two batches are called \"{0}\"")]
    DuplicateBatchId(String),
    /// Two payments have the same `EndToEndId`.
    #[error("two {kind}s are called \"{end_to_end}\"")]
    DuplicateEndToEndId {
        /// What they are.
        kind: PaymentKind,
        /// Their name.
        end_to_end: String,
    },
    /// An amount is not positive or above 999,999,999.99 EUR.
    #[error("{kind} \"{end_to_end}\" of {amount} EUR is not between 0.01 and {AMOUNT_MAX} EUR")]
    Amount {
        /// What it is.
        kind: PaymentKind,
        /// The payment.
        end_to_end: String,
        /// Its amount.
        amount: Cents,
    },
    /// The amounts sum to more than 18 digits.
    #[error("the sum of the {0}s has more than 18 digits")]
    Sum(PaymentKind),
    /// TARGET is closed on the due or execution date; the bank would move it to another day.
    #[error("batch \"{batch}\" is due on {due}, when banks are closed; the next open day is {next}")]
    ClosedDay {
        /// The batch.
        batch: String,
        /// Its due or execution date.
        due: Date,
        /// The first TARGET day after it.
        next: Date,
    },
    /// A mandatory text is empty after rewriting it in the SEPA character set.
    #[error("{element} of \"{of}\" has no character that banks accept: \"{text}\"")]
    NoText {
        /// The element of ISO 20022.
        element: &'static str,
        /// The identifier of the message, batch or payment.
        of: String,
        /// What was given.
        text: String,
    },
    /// The other bank is outside the EEA; the debtor's address would be required (EPC016-06, EPC125-05).
    #[error("{kind} \"{end_to_end}\" needs the debtor's address: account {iban} is outside the EEA")]
    OutsideEea {
        /// What it is.
        kind: PaymentKind,
        /// The payment.
        end_to_end: String,
        /// The account, masked.
        iban: String,
    },
    /// An amendment names a value that did not change (EPC130-08 forbids it).
    #[error("debit \"{end_to_end}\": {element} is \"{value}\" as before, which is no amendment")]
    NoAmendment {
        /// The debit.
        end_to_end: String,
        /// The element of ISO 20022.
        element: &'static str,
        /// The value, old and new the same.
        value: String,
    },
    /// The device failed.
    #[error("the file cannot be written")]
    Io(#[from] io::Error),
}

/// The totals for the header and for each batch; the batches in the order of the file.
pub(crate) struct Checked {
    pub(crate) file: Totals,
    pub(crate) batches: Vec<Totals>,
}

/// A batch without its payments.
struct Batch<'a> {
    id: &'a str,
    due: Date,
    /// The element and the text of the name of whoever sends the file.
    owner: (&'static str, &'a str),
}

/// A payment, of whatever kind.
struct Payment<'a> {
    end_to_end: &'a str,
    amount: Cents,
    iban: &'a Iban,
    /// The element and the text of the name at the other end.
    party: (&'static str, &'a str),
    remittance: &'a str,
}

/// Checks a whole file of direct debits.
pub(crate) fn check_debits(file: &DirectDebitFile) -> Result<Checked, WriteError> {
    let batches = file.batches.iter().map(|batch| {
        let payments = batch.debits.iter().map(|debit| Payment {
            end_to_end: debit.end_to_end.as_str(),
            amount: debit.amount,
            iban: &debit.iban,
            party: ("Dbtr/Nm", &debit.debtor),
            remittance: &debit.remittance,
        });
        (Batch { id: &batch.id, due: batch.due, owner: ("Cdtr/Nm", &batch.creditor) }, payments)
    });
    let checked = check(PaymentKind::Debit, &file.message_id, &file.initiator, batches)?;
    for batch in &file.batches {
        batch.debits.iter().try_for_each(|debit| check_amendment(debit, &batch.creditor_id))?;
    }
    Ok(checked)
}

/// Checks a whole file of credit transfers.
pub(crate) fn check_transfers(file: &CreditTransferFile) -> Result<Checked, WriteError> {
    let batches = file.batches.iter().map(|batch| {
        let payments = batch.transfers.iter().map(|transfer| Payment {
            end_to_end: transfer.end_to_end.as_str(),
            amount: transfer.amount,
            iban: &transfer.iban,
            party: ("Cdtr/Nm", &transfer.creditor),
            remittance: &transfer.remittance,
        });
        (Batch { id: &batch.id, due: batch.execution, owner: ("Dbtr/Nm", &batch.debtor) }, payments)
    });
    check(PaymentKind::Transfer, &file.message_id, &file.initiator, batches)
}

/// What holds for every kind of payment.
fn check<'a, P: Iterator<Item = Payment<'a>>>(
    kind: PaymentKind,
    message_id: &'a str,
    initiator: &str,
    content: impl Iterator<Item = (Batch<'a>, P)>,
) -> Result<Checked, WriteError> {
    check_reference(message_id).map_err(WriteError::MessageId)?;
    check_text("InitgPty/Nm", message_id, initiator)?;
    let (mut batch_ids, mut payment_ids) = (HashSet::new(), HashSet::new());
    let mut batches = Vec::new();
    for (batch, payments) in content {
        check_batch(&batch)?;
        if !batch_ids.insert(batch.id) {
            return Err(WriteError::DuplicateBatchId(batch.id.to_owned()));
        }
        let mut totals = Totals { count: 0, sum: Cents::ZERO };
        for payment in payments {
            check_payment(kind, &payment)?;
            if !payment_ids.insert(payment.end_to_end) {
                return Err(WriteError::DuplicateEndToEndId { kind, end_to_end: payment.end_to_end.to_owned() });
            }
            totals = Totals { count: totals.count.saturating_add(1), sum: sum(kind, [totals.sum, payment.amount])? };
        }
        if totals.count == 0 {
            return Err(WriteError::NoPayment { kind, batch: batch.id.to_owned() });
        }
        batches.push(totals);
    }
    if batches.is_empty() {
        return Err(WriteError::NoBatch);
    }
    let sum = sum(kind, batches.iter().map(|totals| totals.sum))?;
    Ok(Checked { file: Totals { count: payment_ids.len(), sum }, batches })
}

fn check_batch(batch: &Batch<'_>) -> Result<(), WriteError> {
    check_reference(batch.id).map_err(WriteError::BatchId)?;
    check_text(batch.owner.0, batch.id, batch.owner.1)?;
    if !is_target_day(batch.due) {
        let next = target_day_after(batch.due);
        return Err(WriteError::ClosedDay { batch: batch.id.to_owned(), due: batch.due, next });
    }
    Ok(())
}

fn check_payment(kind: PaymentKind, payment: &Payment<'_>) -> Result<(), WriteError> {
    let end_to_end = payment.end_to_end;
    if !payment.amount.is_positive() || payment.amount > AMOUNT_MAX {
        return Err(WriteError::Amount { kind, end_to_end: end_to_end.to_owned(), amount: payment.amount });
    }
    if !payment.iban.in_eea_sdd() {
        return Err(WriteError::OutsideEea { kind, end_to_end: end_to_end.to_owned(), iban: payment.iban.masked() });
    }
    check_text(payment.party.0, end_to_end, payment.party.1)?;
    check_text("RmtInf/Ustrd", end_to_end, payment.remittance)
}

fn check_amendment(debit: &DirectDebit, creditor_id: &CreditorId) -> Result<(), WriteError> {
    let same = |element: &'static str, value: &str| WriteError::NoAmendment {
        end_to_end: debit.end_to_end.to_string(),
        element,
        value: value.to_owned(),
    };
    if debit.amendment.mandate.as_ref() == Some(&debit.mandate) {
        return Err(same("OrgnlMndtId", debit.mandate.as_str()));
    }
    match debit.amendment.creditor_id.as_ref().filter(|before| before.is_same_creditor(creditor_id)) {
        Some(before) => Err(same("OrgnlCdtrSchmeId", before.as_str())),
        None => Ok(()),
    }
}

fn check_text(element: &'static str, of: &str, text: &str) -> Result<(), WriteError> {
    if transliterate(text).is_empty() {
        return Err(WriteError::NoText { element, of: of.to_owned(), text: text.to_owned() });
    }
    Ok(())
}

fn sum(kind: PaymentKind, amounts: impl IntoIterator<Item = Cents>) -> Result<Cents, WriteError> {
    Cents::sum(amounts).filter(|sum| *sum <= SUM_MAX).ok_or(WriteError::Sum(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_sum_has_at_most_18_digits() {
        for (amounts, expected) in
            [([SUM_MAX.get(), 0], Some(SUM_MAX)), ([SUM_MAX.get(), 1], None), ([i64::MAX, 1], None)]
        {
            assert_eq!(sum(PaymentKind::Debit, amounts.map(Cents::new)).ok(), expected, "of {amounts:?}");
        }
    }
}
