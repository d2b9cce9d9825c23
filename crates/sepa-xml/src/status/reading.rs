//! Puts the elements of a report together, as they end.
//!
//! It knows no syntax of XML. Invariants: elements that are not listed here change nothing; an element that says one
//! thing is never overwritten by another of its name.

use std::str::FromStr;

use jiff::civil::Date;

use super::error::Fault;
use super::report::{
    Identifier, Overall, PerStatus, StatusAmount, StatusPayment, StatusReason, StatusReport, StatusTransaction, Written,
};
use super::word::Status;

/// What has been read so far: the report and the innermost parts that are not complete.
#[derive(Default)]
pub(super) struct Reading {
    report: StatusReport,
    payment: StatusPayment,
    transaction: StatusTransaction,
    /// `OrgnlTxRef/IntrBkSttlmAmt`, which counts if there is no `InstdAmt`.
    settled: Option<StatusAmount>,
    /// `OrgnlTxRef/ReqdExctnDt`, which counts if there is no `ReqdColltnDt`.
    execution: Option<Written<Date>>,
    reasons: Reasons,
    per_status: PerStatus,
}

/// A reason that is not complete, and its identifier that is not.
#[derive(Default)]
struct Reasons {
    reason: StatusReason,
    identifier: Identifier,
}

impl Reading {
    /// An element of the report has ended. `path` leads to it, `text` is empty if it had elements itself.
    pub(super) fn end(&mut self, path: &[&str], text: &str, currency: Option<String>) -> Result<(), Fault> {
        match path {
            ["GrpHdr", "MsgId"] => once(&mut self.report.message_id, word(text)),
            ["GrpHdr", "CreDtTm"] => once(&mut self.report.created, word(text)),
            ["OrgnlGrpInfAndSts", "OrgnlMsgId"] => once(&mut self.report.original_message_id, word(text)),
            ["OrgnlGrpInfAndSts", "OrgnlMsgNmId"] => once(&mut self.report.original_message_name, word(text)),
            ["OrgnlGrpInfAndSts", rest @ ..] => {
                overall(&mut self.report.overall, &mut self.reasons, &mut self.per_status, rest, text)
            }
            ["OrgnlPmtInfAndSts"] => {
                self.report.payments.push(std::mem::take(&mut self.payment));
                Ok(())
            }
            ["OrgnlPmtInfAndSts", "OrgnlPmtInfId"] => once(&mut self.payment.id, word(text)),
            ["OrgnlPmtInfAndSts", "TxInfAndSts"] => {
                let transaction = self.complete();
                self.payment.transactions.push(transaction);
                Ok(())
            }
            ["TxInfAndSts"] => {
                let transaction = self.complete();
                self.report.loose.push(transaction);
                Ok(())
            }
            ["OrgnlPmtInfAndSts", "TxInfAndSts", rest @ ..] | ["TxInfAndSts", rest @ ..] => {
                self.transaction(rest, text, currency)
            }
            ["OrgnlPmtInfAndSts", rest @ ..] => {
                overall(&mut self.payment.overall, &mut self.reasons, &mut self.per_status, rest, text)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn finish(self) -> StatusReport {
        self.report
    }

    /// The transaction that has ended.
    fn complete(&mut self) -> StatusTransaction {
        let mut transaction = std::mem::take(&mut self.transaction);
        let (settled, execution) = (self.settled.take(), self.execution.take());
        transaction.amount = transaction.amount.or(settled);
        transaction.requested = transaction.requested.or(execution);
        transaction
    }

    fn transaction(&mut self, path: &[&str], text: &str, currency: Option<String>) -> Result<(), Fault> {
        let transaction = &mut self.transaction;
        match path {
            ["StsId"] => once(&mut transaction.id, word(text)),
            ["OrgnlInstrId"] => once(&mut transaction.instruction, word(text)),
            ["OrgnlEndToEndId"] => once(&mut transaction.end_to_end, word(text)),
            ["TxSts"] => once(&mut transaction.status, status(text)),
            ["StsRsnInf", rest @ ..] => self.reasons.end(&mut transaction.reasons, rest, text),
            ["ChrgsInf", "Amt"] => {
                transaction.charges.extend(amount(text, currency));
                Ok(())
            }
            ["OrgnlTxRef", "Amt", "InstdAmt"] => once(&mut transaction.amount, amount(text, currency)),
            ["OrgnlTxRef", "IntrBkSttlmAmt"] => once(&mut self.settled, amount(text, currency)),
            ["OrgnlTxRef", "MndtRltdInf", "MndtId"] | ["OrgnlTxRef", "MndtRltdInf", "DrctDbtMndt", "MndtId"] => {
                once(&mut transaction.mandate, word(text))
            }
            ["OrgnlTxRef", "ReqdColltnDt"] => once(&mut transaction.requested, written(text, date)),
            ["OrgnlTxRef", "ReqdExctnDt"] | ["OrgnlTxRef", "ReqdExctnDt", "Dt" | "DtTm"] => {
                once(&mut self.execution, written(text, date))
            }
            _ => Ok(()),
        }
    }
}

/// An element of a group or a batch.
fn overall(
    overall: &mut Overall,
    reasons: &mut Reasons,
    per_status: &mut PerStatus,
    path: &[&str],
    text: &str,
) -> Result<(), Fault> {
    match path {
        ["OrgnlNbOfTxs"] => once(&mut overall.count, written(text, number)),
        ["OrgnlCtrlSum"] => once(&mut overall.sum, written(text, number)),
        ["GrpSts" | "PmtInfSts"] => once(&mut overall.status, status(text)),
        ["StsRsnInf", rest @ ..] => reasons.end(&mut overall.reasons, rest, text),
        ["NbOfTxsPerSts"] => {
            overall.per_status.push(std::mem::take(per_status));
            Ok(())
        }
        ["NbOfTxsPerSts", "DtldSts"] => once(&mut per_status.status, status(text)),
        ["NbOfTxsPerSts", "DtldNbOfTxs"] => once(&mut per_status.count, written(text, number)),
        ["NbOfTxsPerSts", "DtldCtrlSum"] => once(&mut per_status.sum, written(text, number)),
        _ => Ok(()),
    }
}

impl Reasons {
    /// An element of a reason, which is added to `complete` when it ends.
    fn end(&mut self, complete: &mut Vec<StatusReason>, path: &[&str], text: &str) -> Result<(), Fault> {
        let reason = &mut self.reason;
        match path {
            [] => complete.push(std::mem::take(reason)),
            ["Rsn", "Cd"] => once(&mut reason.code, word(text))?,
            ["Rsn", "Prtry"] => once(&mut reason.proprietary, word(text))?,
            ["AddtlInf"] => reason.additional.extend(word(text)),
            ["Orgtr", "Nm"] => once(&mut reason.originator, word(text))?,
            ["Orgtr", "Id", _, "AnyBIC" | "BICOrBEI" | "BEI"] => {
                reason.originator_ids.push(Identifier { scheme: Some("BIC".to_owned()), id: word(text) });
            }
            ["Orgtr", "Id", _, "Othr"] => reason.originator_ids.push(std::mem::take(&mut self.identifier)),
            ["Orgtr", "Id", _, "Othr", "Id"] => once(&mut self.identifier.id, word(text))?,
            ["Orgtr", "Id", _, "Othr", "SchmeNm", "Cd" | "Prtry"] => once(&mut self.identifier.scheme, word(text))?,
            _ => {}
        }
        Ok(())
    }
}

/// Sets what is not set; the same again changes nothing, another value is an error.
fn once<T: PartialEq>(slot: &mut Option<T>, value: Option<T>) -> Result<(), Fault> {
    match (slot.as_ref(), value) {
        (_, None) => Ok(()),
        (Some(before), Some(value)) if *before != value => Err(Fault::Twice),
        (_, value) => {
            *slot = value;
            Ok(())
        }
    }
}

fn word(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn status(text: &str) -> Option<Status> {
    (!text.is_empty()).then(|| Status::of(text))
}

fn written<T>(text: &str, value: fn(&str) -> Option<T>) -> Option<Written<T>> {
    word(text).map(|text| Written { value: value(&text), text })
}

fn number<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// The day of a date, or of a date with a time.
fn date(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn amount(text: &str, currency: Option<String>) -> Option<StatusAmount> {
    word(text).map(|text| StatusAmount { cents: number(&text), text, currency })
}
