//! The content of a status report (pain.002), as plain data.
//!
//! It knows no XML. Invariant: nothing is corrected; what a bank left out is `None`, and what it wrote oddly is kept
//! beside the value that it has not.

use jiff::civil::Date;
use sepa::Cents;

use super::word::Status;

/// What a bank says of one file that it was sent (`CstmrPmtStsRpt`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatusReport {
    /// `GrpHdr/MsgId`: the bank's name for this report.
    pub message_id: Option<String>,
    /// `GrpHdr/CreDtTm`, as it is written.
    pub created: Option<String>,
    /// `OrgnlGrpInfAndSts/OrgnlMsgId`: the `MsgId` of the file that it is about.
    pub original_message_id: Option<String>,
    /// `OrgnlGrpInfAndSts/OrgnlMsgNmId`: the kind of that file, such as `pain.008.001.08`, in whatever spelling.
    pub original_message_name: Option<String>,
    /// What is said of the whole file (`OrgnlGrpInfAndSts`).
    pub overall: Overall,
    /// The batches of which it says something (`OrgnlPmtInfAndSts`).
    pub payments: Vec<StatusPayment>,
    /// Transactions outside of any batch (`TxInfAndSts`), as old versions have them.
    pub loose: Vec<StatusTransaction>,
}

impl StatusReport {
    /// Whether it is the customer protocol of EBICS (HAC), which tells of the transport of orders (`OrgnlMsgNmId` is
    /// `EBICS`).
    #[must_use]
    pub fn is_ebics_protocol(&self) -> bool {
        self.original_message_name.as_deref() == Some("EBICS")
    }
}

/// What is said of a file or a batch as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overall {
    /// `OrgnlNbOfTxs`: how many transactions it had.
    pub count: Option<Written<u64>>,
    /// `OrgnlCtrlSum`: the sum of their amounts.
    pub sum: Option<Written<Cents>>,
    /// `GrpSts` or `PmtInfSts`; holds for everything below that says nothing else.
    pub status: Option<Status>,
    /// `StsRsnInf`: why.
    pub reasons: Vec<StatusReason>,
    /// `NbOfTxsPerSts`: how many transactions have which status.
    pub per_status: Vec<PerStatus>,
}

/// What is said of a batch (`OrgnlPmtInfAndSts`); of an EBICS order in its customer protocol.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatusPayment {
    /// `OrgnlPmtInfId`: the batch; the action, such as `FILE_UPLOAD`, in the customer protocol.
    pub id: Option<String>,
    /// What is said of the whole batch.
    pub overall: Overall,
    /// The transactions of which it says something.
    pub transactions: Vec<StatusTransaction>,
}

/// What is said of one transaction (`TxInfAndSts`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatusTransaction {
    /// `StsId`: the bank's name for this line.
    pub id: Option<String>,
    /// `OrgnlInstrId`: what the sender called the instruction.
    pub instruction: Option<String>,
    /// `OrgnlEndToEndId`: what the sender called the payment.
    pub end_to_end: Option<String>,
    /// `TxSts`.
    pub status: Option<Status>,
    /// `StsRsnInf`: why.
    pub reasons: Vec<StatusReason>,
    /// `ChrgsInf/Amt`: what the bank wants for it.
    pub charges: Vec<StatusAmount>,
    /// `OrgnlTxRef/Amt/InstdAmt`, else `OrgnlTxRef/IntrBkSttlmAmt`: the amount that was sent.
    pub amount: Option<StatusAmount>,
    /// `OrgnlTxRef/MndtRltdInf/MndtId`: the mandate.
    pub mandate: Option<String>,
    /// `OrgnlTxRef/ReqdColltnDt`, else `OrgnlTxRef/ReqdExctnDt`: the day that the sender asked for.
    pub requested: Option<Written<Date>>,
}

/// A reason (`StsRsnInf`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatusReason {
    /// `Rsn/Cd`: a code of ISO 20022 (`ExternalStatusReason1Code`).
    pub code: Option<String>,
    /// `Rsn/Prtry`: a code of the bank's own.
    pub proprietary: Option<String>,
    /// `AddtlInf`: the bank's words, line by line.
    pub additional: Vec<String>,
    /// `Orgtr/Nm`: who gives the reason.
    pub originator: Option<String>,
    /// `Orgtr/Id`: who gives the reason, by its identifiers.
    pub originator_ids: Vec<Identifier>,
}

/// An identifier of a party.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Identifier {
    /// `Othr/SchmeNm/Cd` or `Othr/SchmeNm/Prtry`; `BIC` for `AnyBIC` and `BICOrBEI`.
    pub scheme: Option<String>,
    /// `Othr/Id`, `AnyBIC` or `BICOrBEI`.
    pub id: Option<String>,
}

/// How many transactions have a status (`NbOfTxsPerSts`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PerStatus {
    /// `DtldSts`.
    pub status: Option<Status>,
    /// `DtldNbOfTxs`.
    pub count: Option<Written<u64>>,
    /// `DtldCtrlSum`.
    pub sum: Option<Written<Cents>>,
}

/// A value and the word that stands for it in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written<T> {
    /// The value; `None` if the word is none, such as an amount with a third decimal.
    pub value: Option<T>,
    /// The word.
    pub text: String,
}

/// An amount of whatever currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusAmount {
    /// How much, in hundredths of the currency; `None` if it is none.
    pub cents: Option<Cents>,
    /// How much, as it is written.
    pub text: String,
    /// `Ccy`.
    pub currency: Option<String>,
}
