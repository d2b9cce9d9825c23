//! The content of a file of SEPA direct debits (CORE), as plain data.
//!
//! It knows no XML. Names and remittance texts are as people write them; the writer rewrites them in the characters and
//! lengths of SEPA.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use sepa::{Cents, CreditorId, EndToEndId, Iban, MandateId};

/// One message to one bank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirectDebitFile {
    /// `GrpHdr/MsgId`: the bank refuses one that it has seen before, so it must never be reused.
    pub message_id: String,
    /// `GrpHdr/CreDtTm` in the time of the treasury; written to the second.
    pub created: DateTime,
    /// The offset of that time from UTC. Without it the time is written without an offset, which one bank has refused.
    pub offset: Option<Offset>,
    /// `GrpHdr/InitgPty/Nm`: who sends the message.
    pub initiator: String,
    /// The batches: one for each creditor, account, date and sequence.
    pub batches: Vec<DebitBatch>,
}

/// Debits that the bank books as one sum (`PmtInf`): of one creditor, for one account, on one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DebitBatch {
    /// `PmtInfId`: comes back in the statement with the sum.
    pub id: String,
    /// Whether the mandates may be used again.
    pub sequence: Sequence,
    /// `ReqdColltnDt`: the collection day, a TARGET day.
    pub due: Date,
    /// `Cdtr/Nm`: the creditor's name as the debtor sees it.
    pub creditor: String,
    /// `CdtrAcct`: where the money goes.
    pub account: Iban,
    /// `CdtrSchmeId`: the identifier that the mandates name.
    pub creditor_id: CreditorId,
    /// The single debits.
    pub debits: Vec<DirectDebit>,
}

/// One debit (`DrctDbtTxInf`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirectDebit {
    /// `PmtId/EndToEndId`: names the debit in returns; unique for ever.
    pub end_to_end: EndToEndId,
    /// `InstdAmt`, in euro cents: 0.01 to 999,999,999.99 EUR.
    pub amount: Cents,
    /// `MndtId`: the mandate that allows the debit.
    pub mandate: MandateId,
    /// `DtOfSgntr`: when the mandate was signed.
    pub signed: Date,
    /// What of the mandate has changed since it was given.
    pub amendment: Amendment,
    /// `Dbtr/Nm`: the holder of the account.
    pub debtor: String,
    /// `DbtrAcct`: the account; inside the EEA, since the file carries no address.
    pub iban: Iban,
    /// `RmtInf/Ustrd`: what the debtor reads on his statement.
    pub remittance: String,
}

/// What has changed in a mandate since it was given (`AmdmntInfDtls`), until a debit that says so has settled. What did
/// not change is not named (EPC130-08).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Amendment {
    /// `OrgnlMndtId`: the reference it had before.
    pub mandate: Option<MandateId>,
    /// `OrgnlCdtrSchmeId`: the creditor identifier before.
    pub creditor_id: Option<CreditorId>,
    /// `OrgnlDbtrAcct` with the code `SMNDA`: the debtor has another account now, at whatever bank.
    pub account: bool,
}

impl Amendment {
    /// Whether nothing has changed.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Amendment::default()
    }
}

/// The place of a debit in the life of its mandate (`SeqTp`). Since November 2016 a first debit is sent as a recurring
/// one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Sequence {
    /// `RCUR`: the mandate may be used again.
    Rcur,
    /// `OOFF`: the mandate was given for this debit alone.
    Ooff,
}

impl Sequence {
    /// The code of `SequenceType3Code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Sequence::Rcur => "RCUR",
            Sequence::Ooff => "OOFF",
        }
    }
}

/// The totals of a file or a batch (`NbOfTxs`, `CtrlSum`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Totals {
    /// Number of payments.
    pub count: usize,
    /// Sum of their amounts.
    pub sum: Cents,
}
