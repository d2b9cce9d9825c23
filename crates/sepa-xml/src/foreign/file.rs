//! A direct-debit file of another system as data, with the places of what a rewrite cuts or changes.
//!
//! It decides nothing. Invariant: a span is one of the decoded text of the file that it was read from, and means nothing in
//! another.

use std::ops::Range;

use jiff::civil::Date;
use sepa::{Cents, CreditorId, Iban};

/// A place in the decoded text: bytes of it in UTF-8.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Span {
    pub(super) fn range(self) -> Range<usize> {
        self.from..self.to
    }
}

/// A value, the line that it stands on, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marked<T> {
    /// The value.
    pub value: T,
    /// The line, from 1.
    pub line: u64,
    pub(super) span: Span,
}

/// A file. Sums and numbers agree with its debits, and no two end-to-end ids are the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignFile {
    /// `pain.008.001.02`; nothing where the file names no version.
    pub version: Option<String>,
    /// `GrpHdr/MsgId`.
    pub message_id: Marked<String>,
    /// `GrpHdr/CreDtTm`, as it is written.
    pub created: Option<Marked<String>>,
    /// `GrpHdr/NbOfTxs`.
    pub count: Option<Marked<u64>>,
    /// `GrpHdr/CtrlSum`.
    pub sum: Option<Marked<Cents>>,
    /// `GrpHdr/InitgPty/Nm`.
    pub initiator: Option<String>,
    /// Its batches (`PmtInf`), each with a debit at least.
    pub batches: Vec<ForeignBatch>,
    /// What another version writes otherwise: element names, codes and the version itself, each with what stands there in
    /// pain.008.001.08.
    pub(super) renamed: Vec<(Span, &'static str)>,
    /// Addresses that name no town or no country.
    pub(super) bare_addresses: Vec<(u64, Span)>,
}

impl ForeignFile {
    /// Every debit, in the order of the file.
    pub fn debits(&self) -> impl Iterator<Item = &ForeignDebit> {
        self.batches.iter().flat_map(|batch| &batch.debits)
    }

    /// The creditor: there is one alone.
    pub fn creditor_id(&self) -> Option<&CreditorId> {
        let own = self.batches.iter().filter_map(|batch| batch.creditor_id.as_ref());
        own.chain(self.debits().filter_map(|debit| debit.creditor_id.as_ref())).next()
    }
}

/// A batch (`PmtInf`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignBatch {
    /// The line on which it begins.
    pub line: u64,
    pub(super) span: Span,
    /// `PmtInfId`.
    pub id: Option<Marked<String>>,
    /// `NbOfTxs`.
    pub count: Option<Marked<u64>>,
    /// `CtrlSum`.
    pub sum: Option<Marked<Cents>>,
    /// `PmtTpInf/SvcLvl/Cd`.
    pub service: Option<String>,
    /// `PmtTpInf/LclInstrm/Cd`.
    pub instrument: Option<String>,
    /// `PmtTpInf/SeqTp`.
    pub sequence: Option<String>,
    /// `ReqdColltnDt`.
    pub due: Marked<Date>,
    /// `Cdtr/Nm`.
    pub creditor: Option<String>,
    /// `CdtrAcct/Id/IBAN`.
    pub account: Iban,
    /// `CdtrSchmeId/Id/PrvtId/Othr/Id`; nothing where its debits name it.
    pub creditor_id: Option<CreditorId>,
    /// `ChrgBr`.
    pub charges: Option<String>,
    /// Its debits.
    pub debits: Vec<ForeignDebit>,
}

/// A debit (`DrctDbtTxInf`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignDebit {
    /// The line on which it begins.
    pub line: u64,
    /// From the blanks before it to its end.
    pub(super) span: Span,
    /// `PmtId/EndToEndId`; nothing where it is `NOTPROVIDED`.
    pub end_to_end: Option<String>,
    /// `InstdAmt`, in euros.
    pub amount: Cents,
    pub(super) amount_span: Span,
    /// `MndtId`.
    pub mandate: String,
    /// `DtOfSgntr`.
    pub signed: Option<Date>,
    /// `AmdmntInd`.
    pub amended: bool,
    /// `SeqTp` of the debit itself.
    pub sequence: Option<String>,
    /// `DrctDbtTx/CdtrSchmeId`, where the debit names it.
    pub creditor_id: Option<CreditorId>,
    /// `Dbtr/Nm`.
    pub debtor: String,
    /// `UltmtDbtr/Nm`.
    pub ultimate_debtor: Option<String>,
    /// `Dbtr/PstlAdr`: street and house number, postal code and town, parted by a comma.
    pub address: Option<String>,
    /// `DbtrAcct/Id/IBAN`.
    pub iban: Iban,
    /// `RmtInf`: each `Ustrd`, and the references of each `Strd`.
    pub remittance: Vec<String>,
}
