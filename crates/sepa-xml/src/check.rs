//! Checks, before anything is written, that a bank can process the file.
//!
//! It knows the rules of pain.008 (ISO 20022, DK Anlage 3, EPC130-08) but no XML, nothing about the validity of
//! mandates and nothing about who owes what. Invariant: after a successful check, writing can only fail because of the
//! device.

use std::collections::HashSet;
use std::io;

use jiff::civil::Date;
use sepa::{Cents, CreditorId, IdError, check_reference, is_target_day, target_day_after, transliterate};

use crate::{DebitBatch, DirectDebit, DirectDebitFile, Totals};

/// The largest amount of a SEPA direct debit, 999,999,999.99 EUR (EPC130-08).
const AMOUNT_MAX: Cents = Cents::new(99_999_999_999);
/// The largest control sum: 18 digits in all (`CtrlSum`, `DecimalNumber`).
const SUM_MAX: Cents = Cents::new(999_999_999_999_999_999);

/// Why no file was written. Except for [`WriteError::Io`], no byte has been written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The message has no batch.
    #[error("the file has no batch")]
    NoBatch,
    /// A batch has no debit.
    #[error("batch \"{0}\" has no debit")]
    NoDebit(String),
    /// `MsgId` has characters or a length that a bank does not accept.
    #[error("the message id is not accepted by banks")]
    MessageId(#[source] IdError),
    /// `PmtInfId` has characters or a length that a bank does not accept.
    #[error("a batch id is not accepted by banks")]
    BatchId(#[source] IdError),
    /// Two batches have the same `PmtInfId`.
    #[error("two batches are called \"{0}\"")]
    DuplicateBatchId(String),
    /// Two debits have the same `EndToEndId`.
    #[error("two debits are called \"{0}\"")]
    DuplicateEndToEndId(String),
    /// An amount is not positive or above 999,999,999.99 EUR.
    #[error("debit \"{end_to_end}\" of {amount} EUR is not between 0.01 and {AMOUNT_MAX} EUR")]
    Amount {
        /// The debit.
        end_to_end: String,
        /// Its amount.
        amount: Cents,
    },
    /// The amounts sum to more than 18 digits.
    #[error("the sum of the debits has more than 18 digits")]
    Sum,
    /// TARGET is closed on the due date; the bank would move it to another day.
    #[error("batch \"{batch}\" is due on {due}, when banks are closed; the next open day is {next}")]
    ClosedDay {
        /// The batch.
        batch: String,
        /// Its due date.
        due: Date,
        /// The first TARGET day after it.
        next: Date,
    },
    /// A mandatory text is empty after rewriting it in the SEPA character set.
    #[error("{element} of \"{of}\" has no character that banks accept: \"{text}\"")]
    NoText {
        /// The element of ISO 20022.
        element: &'static str,
        /// The identifier of the message, batch or debit.
        of: String,
        /// What was given.
        text: String,
    },
    /// The debtor's bank is outside the EEA; an address would be required (EPC016-06).
    #[error("debit \"{end_to_end}\" needs the debtor's address: account {iban} is outside the EEA")]
    OutsideEea {
        /// The debit.
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

/// Checks the whole file.
pub(crate) fn check(file: &DirectDebitFile) -> Result<Checked, WriteError> {
    check_reference(&file.message_id).map_err(WriteError::MessageId)?;
    check_text("InitgPty/Nm", &file.message_id, &file.initiator)?;
    if file.batches.is_empty() {
        return Err(WriteError::NoBatch);
    }
    let mut batch_ids = HashSet::new();
    let mut debit_ids = HashSet::new();
    let mut batches = Vec::with_capacity(file.batches.len());
    for batch in &file.batches {
        check_batch(batch)?;
        if !batch_ids.insert(batch.id.as_str()) {
            return Err(WriteError::DuplicateBatchId(batch.id.clone()));
        }
        for debit in &batch.debits {
            check_debit(debit)?;
            check_amendment(debit, &batch.creditor_id)?;
            if !debit_ids.insert(debit.end_to_end.as_str()) {
                return Err(WriteError::DuplicateEndToEndId(debit.end_to_end.to_string()));
            }
        }
        let sum = sum(batch.debits.iter().map(|debit| debit.amount))?;
        batches.push(Totals { count: batch.debits.len(), sum });
    }
    let sum = sum(batches.iter().map(|totals| totals.sum))?;
    Ok(Checked { file: Totals { count: debit_ids.len(), sum }, batches })
}

fn check_batch(batch: &DebitBatch) -> Result<(), WriteError> {
    check_reference(&batch.id).map_err(WriteError::BatchId)?;
    check_text("Cdtr/Nm", &batch.id, &batch.creditor)?;
    if batch.debits.is_empty() {
        return Err(WriteError::NoDebit(batch.id.clone()));
    }
    if !is_target_day(batch.due) {
        let next = target_day_after(batch.due);
        return Err(WriteError::ClosedDay { batch: batch.id.clone(), due: batch.due, next });
    }
    Ok(())
}

fn check_debit(debit: &DirectDebit) -> Result<(), WriteError> {
    let end_to_end = debit.end_to_end.as_str();
    if !debit.amount.is_positive() || debit.amount > AMOUNT_MAX {
        return Err(WriteError::Amount { end_to_end: end_to_end.to_owned(), amount: debit.amount });
    }
    if !debit.iban.in_eea_sdd() {
        return Err(WriteError::OutsideEea { end_to_end: end_to_end.to_owned(), iban: debit.iban.masked() });
    }
    check_text("Dbtr/Nm", end_to_end, &debit.debtor)?;
    check_text("RmtInf/Ustrd", end_to_end, &debit.remittance)
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

fn sum(amounts: impl Iterator<Item = Cents>) -> Result<Cents, WriteError> {
    Cents::sum(amounts).filter(|sum| *sum <= SUM_MAX).ok_or(WriteError::Sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_sum_has_at_most_18_digits() {
        for (amounts, expected) in
            [([SUM_MAX.get(), 0], Some(SUM_MAX)), ([SUM_MAX.get(), 1], None), ([i64::MAX, 1], None)]
        {
            assert_eq!(sum(amounts.map(Cents::new).into_iter()).ok(), expected, "of {amounts:?}");
        }
    }
}
