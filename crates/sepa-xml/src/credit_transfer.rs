//! The content of a file of SEPA credit transfers, as plain data.
//!
//! It knows no XML. Names and remittance texts are as people write them; the writer rewrites them in the characters and
//! lengths of SEPA.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use sepa::{Cents, EndToEndId, Iban};

/// One message to one bank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreditTransferFile {
    /// `GrpHdr/MsgId`: the bank refuses one that it has seen before, so it must never be reused.
    pub message_id: String,
    /// `GrpHdr/CreDtTm` in the time of the treasury; written to the second.
    pub created: DateTime,
    /// The offset of that time from UTC. Without it the time is written without an offset, which one bank has refused.
    pub offset: Option<Offset>,
    /// `GrpHdr/InitgPty/Nm`: who sends the message.
    pub initiator: String,
    /// The batches: one for each account and date.
    pub batches: Vec<TransferBatch>,
}

/// Transfers that the bank books as one sum (`PmtInf`): from one account, on one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransferBatch {
    /// `PmtInfId`: comes back in the statement with the sum.
    pub id: String,
    /// `ReqdExctnDt/Dt`: the day of execution, a TARGET day.
    pub execution: Date,
    /// `Dbtr/Nm`: the holder of the account, who pays.
    pub debtor: String,
    /// `DbtrAcct`: where the money comes from.
    pub account: Iban,
    /// The single transfers.
    pub transfers: Vec<CreditTransfer>,
}

/// One transfer (`CdtTrfTxInf`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreditTransfer {
    /// `PmtId/EndToEndId`: names the transfer in status reports and returns; unique for ever.
    pub end_to_end: EndToEndId,
    /// `Amt/InstdAmt`, in euro cents: 0.01 to 999,999,999.99 EUR.
    pub amount: Cents,
    /// `Cdtr/Nm`: who is paid, named as the holder of the account, since banks compare the two.
    pub creditor: String,
    /// `CdtrAcct`: where the money goes; inside the EEA, since the file carries no address.
    pub iban: Iban,
    /// `RmtInf/Ustrd`: what the creditor reads on his statement.
    pub remittance: String,
}
