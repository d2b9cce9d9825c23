//! The content of a file of bank statements for the finance system, as plain data.
//!
//! It knows no XML. What the bank said stands as the bank said it; the writer cuts what is longer than the format takes.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use sepa::{Cents, Iban};

/// One message to a finance system.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementFile {
    /// `GrpHdr/MsgId`: never reused, so that a reader knows what it has seen; at most 35 characters.
    pub message_id: String,
    /// `GrpHdr/CreDtTm` in the time of the treasury; written to the second.
    pub created: DateTime,
    /// The offset of that time from UTC.
    pub offset: Option<Offset>,
    /// One statement for each account and day.
    pub statements: Vec<AccountStatement>,
}

/// The entries of one account on one day, between two balances.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountStatement {
    /// `Stmt/Id`: unique for ever; at most 35 characters.
    pub id: String,
    /// The account.
    pub account: Iban,
    /// The day of both balances.
    pub day: Date,
    /// The balance before the first entry; below zero where the account was overdrawn.
    pub opening: Cents,
    /// The balance after the last entry.
    pub closing: Cents,
    /// What was booked.
    pub entries: Vec<StatementEntry>,
    /// `AddtlStmtInf`: what kind of statement this is, for people.
    pub note: Option<String>,
}

/// One line of the statement (`Ntry`), as the bank booked it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementEntry {
    /// `NtryRef`: names the line, unique for ever; at most 35 characters.
    pub reference: String,
    /// Below zero where the account was debited; the sum of its parts.
    pub amount: Cents,
    /// `RvslInd`: whether it takes an earlier line back.
    pub reversal: bool,
    /// The day on which it was booked.
    pub booked: Date,
    /// The day from which it counts for interest.
    pub valued: Option<Date>,
    /// `AcctSvcrRef`: the bank's own reference of the line.
    pub bank_reference: Option<String>,
    /// `BkTxCd/Domn`: such as `PMNT/RCDT/ESCT`.
    pub code: Option<String>,
    /// `BkTxCd/Prtry`: the bank's own code, such as `NTRF+166`.
    pub proprietary_code: Option<String>,
    /// `Btch`: the payment file behind it, where the bank named one.
    pub batch: BatchIds,
    /// `AddtlNtryInf`: for people.
    pub note: Option<String>,
    /// What it consists of.
    pub parts: Vec<StatementPart>,
}

/// By what a bank names the payment file behind a line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BatchIds {
    /// `Btch/MsgId`.
    pub message: Option<String>,
    /// `Btch/PmtInfId`.
    pub payment: Option<String>,
}

/// A part of a line (`TxDtls`) that is posted as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatementPart {
    /// `AcctOwnrTxId`: the treasury's own number of it, unique for ever; at most 35 characters.
    pub own_reference: String,
    /// Below zero where the account was debited.
    pub amount: Cents,
    /// `AcctSvcrRef`: the bank's reference of the transaction.
    pub bank_reference: Option<String>,
    /// `InstrId`: the payer's own name of the order.
    pub instruction_id: Option<String>,
    /// `EndToEndId`.
    pub end_to_end_id: Option<String>,
    /// `MndtId`.
    pub mandate: Option<String>,
    /// The other party: who pays, or who is paid.
    pub party: Option<String>,
    /// Its account.
    pub party_iban: Option<Iban>,
    /// On whose behalf the payer pays.
    pub ultimate_debtor: Option<String>,
    /// `Strd/CdtrRefInf/Ref`: the structured references.
    pub structured: Vec<String>,
    /// What stands in front of the text: Kassenzeichen and Posten; nothing where nobody has decided.
    pub decided: Option<String>,
    /// The remittance text, the bank's lines joined by line breaks.
    pub remittance: String,
    /// `RtrInf/Rsn`: why it came back.
    pub return_reason: Option<String>,
    /// `AddtlTxInf`: what the bank adds on its own.
    pub additional: Option<String>,
}
