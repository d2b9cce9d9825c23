//! What a report says, one statement after the other, each with the status that holds.
//!
//! Invariants: of two statements about the same, the one of the lower level holds; a word that only says that the
//! transactions differ (`PART`) is never handed down to one of them.

use super::report::{Overall, StatusPayment, StatusReason, StatusReport, StatusTransaction};
use super::word::Status;

/// One statement of the bank.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StatusStatement<'a> {
    /// What it is about.
    pub level: StatusLevel<'a>,
    /// The status: its own, else that of the level above; `None` if the bank only gave reasons.
    pub status: Option<&'a Status>,
    /// The reasons: its own, else those of the level that the status is from.
    pub reasons: &'a [StatusReason],
    /// What else is said of a transaction.
    pub transaction: Option<&'a StatusTransaction>,
}

/// What a statement is about; it holds for everything below of which there is no other statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatusLevel<'a> {
    /// The whole file.
    Group,
    /// The batch with this `PmtInfId`; `None` if the bank did not name it.
    Payment(Option<&'a str>),
    /// A single transaction.
    Transaction {
        /// The batch that it belongs to, if the bank names one.
        payment: Option<&'a str>,
        /// Its `EndToEndId`.
        end_to_end: Option<&'a str>,
    },
}

/// A status with its reasons.
#[derive(Clone, Copy, Default)]
struct Said<'a> {
    status: Option<&'a Status>,
    reasons: &'a [StatusReason],
}

impl<'a> Said<'a> {
    fn of(overall: &'a Overall) -> Self {
        Self { status: overall.status.as_ref(), reasons: &overall.reasons }
    }

    fn is_nothing(self) -> bool {
        self.status.is_none() && self.reasons.is_empty()
    }

    /// What holds where this is said below `above`.
    fn below(self, above: Self) -> Self {
        if self.status.is_some() {
            return self;
        }
        let status = above.status.filter(|status| status.holds_for_each());
        let own = status.is_none() || !self.reasons.is_empty();
        Self { status, reasons: if own { self.reasons } else { above.reasons } }
    }

    fn at(self, level: StatusLevel<'a>) -> StatusStatement<'a> {
        StatusStatement { level, status: self.status, reasons: self.reasons, transaction: None }
    }
}

impl StatusReport {
    /// All statements in the order of the file: the group and the batches where the bank says something of them as a
    /// whole, and every transaction that it lists and of which a status or a reason is known.
    pub fn statements(&self) -> impl Iterator<Item = StatusStatement<'_>> {
        let group = Said::of(&self.overall);
        let whole = (!group.is_nothing()).then(|| group.at(StatusLevel::Group));
        let payments = self.payments.iter().flat_map(move |payment| of_payment(payment, group));
        let loose = self.loose.iter().filter_map(move |transaction| of_transaction(transaction, None, group));
        whole.into_iter().chain(payments).chain(loose)
    }
}

fn of_payment<'a>(payment: &'a StatusPayment, group: Said<'a>) -> impl Iterator<Item = StatusStatement<'a>> {
    let (own, id) = (Said::of(&payment.overall), payment.id.as_deref());
    let said = own.below(group);
    let whole = (!own.is_nothing()).then(|| said.at(StatusLevel::Payment(id)));
    let single = payment.transactions.iter().filter_map(move |transaction| of_transaction(transaction, id, said));
    whole.into_iter().chain(single)
}

fn of_transaction<'a>(
    transaction: &'a StatusTransaction,
    payment: Option<&'a str>,
    above: Said<'a>,
) -> Option<StatusStatement<'a>> {
    let own = Said { status: transaction.status.as_ref(), reasons: &transaction.reasons };
    let said = own.below(above);
    let level = StatusLevel::Transaction { payment, end_to_end: transaction.end_to_end.as_deref() };
    (!said.is_nothing()).then(|| StatusStatement { transaction: Some(transaction), ..said.at(level) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(code: &str) -> Vec<StatusReason> {
        let reason = StatusReason { code: Some(code.to_owned()), ..StatusReason::default() };
        if code.is_empty() { Vec::new() } else { vec![reason] }
    }

    /// A status and a reason, such as `RJCT AC01`; `-` where there is none.
    fn said(text: &str) -> (Option<Status>, Vec<StatusReason>) {
        let (status, reason) = text.split_once(' ').unwrap_or((text, ""));
        ((status != "-").then(|| Status::of(status)), reasons(reason))
    }

    fn overall(text: &str) -> Overall {
        let (status, reasons) = said(text);
        Overall { status, reasons, ..Overall::default() }
    }

    fn transaction(text: &str) -> StatusTransaction {
        let (status, reasons) = said(text);
        StatusTransaction { status, reasons, end_to_end: Some("E".to_owned()), ..StatusTransaction::default() }
    }

    fn shown(statement: StatusStatement<'_>) -> String {
        let level = match statement.level {
            StatusLevel::Group => "group".to_owned(),
            StatusLevel::Payment(id) => id.unwrap_or("?").to_owned(),
            StatusLevel::Transaction { payment, end_to_end } => {
                format!("{}/{}", payment.unwrap_or("?"), end_to_end.unwrap_or("?"))
            }
        };
        let codes = statement.reasons.iter().filter_map(|reason| reason.code.as_deref()).collect::<String>();
        format!("{level} {} {codes}", statement.status.map_or("-", Status::as_str)).trim_end().to_owned()
    }

    #[test]
    fn the_lowest_status_holds() {
        // group; batch; transaction in it; transaction outside; what is said
        for (group, batch, inner, loose, expected) in [
            ("RJCT AM05", "-", "-", "-", "group RJCT AM05, P/E RJCT AM05, ?/E RJCT AM05"),
            ("ACTC", "RJCT FF01", "-", "-", "group ACTC, P RJCT FF01, P/E RJCT FF01, ?/E ACTC"),
            ("PART", "PART", "RJCT AC01", "-", "group PART, P PART, P/E RJCT AC01"),
            ("PART", "ACCP", "RJCT AC01", "-", "group PART, P ACCP, P/E RJCT AC01"),
            ("RJCT AM05", "-", "- AC04", "-", "group RJCT AM05, P/E RJCT AC04, ?/E RJCT AM05"),
            ("RJCT AM05", "- FF01", "ACSC", "-", "group RJCT AM05, P RJCT FF01, P/E ACSC, ?/E RJCT AM05"),
            ("-", "-", "RJCT MD07", "RJCT AC01", "P/E RJCT MD07, ?/E RJCT AC01"),
            ("-", "-", "- AC04", "-", "P/E - AC04"),
            ("PART XX", "-", "-", "-", "group PART XX"),
            ("- NARR", "-", "-", "-", "group - NARR"),
            ("RVCM", "-", "RVNM", "-", "group RVCM, P/E RVNM"),
            ("-", "-", "-", "-", ""),
        ] {
            let report = StatusReport {
                overall: overall(group),
                payments: vec![StatusPayment {
                    id: Some("P".to_owned()),
                    overall: overall(batch),
                    transactions: vec![transaction(inner)],
                }],
                loose: vec![transaction(loose)],
                ..StatusReport::default()
            };
            let found: Vec<String> = report.statements().map(shown).collect();
            assert_eq!(found.join(", "), expected, "of {group}; {batch}; {inner}; {loose}");
        }
    }
}
