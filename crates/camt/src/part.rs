//! The parts of a statement file, in which a reader hands it out.
//!
//! Knows nothing of XML or MT940. Invariants: a value is either what the file says, or absent with a finding, never a
//! guess; amounts of bookings are positive, their direction is the [`Sign`].

use std::fmt;

use jiff::civil::Date;
use sepa::Cents;

use crate::Finding;
use crate::nest::{Position, Shift};

/// One part of a statement file. They come in this order: for each statement its start; for each entry its bookings and
/// its end; then the statement's end.
#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    /// A statement begins. What the file says after the first entry is only in the [`StatementEnd`].
    StatementStart(Box<StatementHead>),
    /// A detail of an entry, or the entry itself if it has none.
    Booking(Box<Booking>),
    /// All bookings of an entry have been given.
    EntryEnd(Entry),
    /// All entries of the statement have been given.
    StatementEnd(StatementEnd),
}

impl Part {
    /// Moves a booking or the end of an entry that was read separately to its real place.
    pub(crate) fn shift(&mut self, entries: u32, shift: Shift) {
        let (index, line, findings) = match self {
            Self::Booking(booking) => (&mut booking.entry, &mut booking.line, &mut booking.findings),
            Self::EntryEnd(entry) => (&mut entry.index, &mut entry.line, &mut entry.findings),
            Self::StatementStart(_) | Self::StatementEnd(_) => return,
        };
        *index = index.saturating_add(entries);
        *line = shift.apply(Position { line: *line, before: 0 }).line;
        findings.iter_mut().for_each(|finding| finding.shift(shift));
    }
}

/// The kind of a message, which decides what its entries mean for the balance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MessageKind {
    /// camt.052, intraday report: provisional.
    Report052,
    /// camt.053, end-of-day statement.
    Statement053,
    /// camt.054, notification: details of entries that a statement reports as well.
    Notification054,
    /// MT940, end-of-day statement.
    Mt940,
    /// MT942, intraday report: provisional.
    Mt942,
}

impl fmt::Display for MessageKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Report052 => "camt.052",
            Self::Statement053 => "camt.053",
            Self::Notification054 => "camt.054",
            Self::Mt940 => "mt940",
            Self::Mt942 => "mt942",
        })
    }
}

/// The head of a statement.
#[derive(Clone, PartialEq, Debug)]
pub struct StatementHead {
    /// Message and version, `camt.053.001.08`; without a version (`camt.053`) if the file names none.
    pub message: String,
    /// Kind of the message, by its root element, not by its namespace.
    pub kind: MessageKind,
    /// `GrpHdr/MsgId`. If this message holds the details of a batch, the statement names it by this id.
    pub message_id: Option<String>,
    /// `Id` of the statement. Banks reuse it, so it identifies nothing alone.
    pub id: Option<String>,
    /// `Acct/Id/IBAN` in capitals without blanks, else `Acct/Id/Othr/Id`.
    pub account: Option<String>,
    /// `Acct/Ccy`, else the currency of the first balance.
    pub currency: Option<String>,
    /// `ElctrncSeqNb`; 0 and none both mean unknown.
    pub sequence: Option<u64>,
    /// `LglSeqNb`; 0 and none both mean unknown.
    pub legal_sequence: Option<u64>,
    /// First day, `FrToDt`.
    pub from: Option<Date>,
    /// Last day, `FrToDt`.
    pub to: Option<Date>,
    /// Day of `CreDtTm` of the statement, else of the message.
    pub created: Option<Date>,
    /// Number of this page, `StmtPgntn` or `MsgPgntn`.
    pub page: Option<u64>,
    /// Whether this page is the last one.
    pub last_page: Option<bool>,
    /// Whether page and last page are those of the statement (`StmtPgntn`, `:28C:`), not of the message.
    pub paged: bool,
    /// `CpyDplctInd`: COPY, CODU or DUPL.
    pub copy: Option<String>,
    /// First OPBD, else first PRCD, else of a page its first ITBD.
    pub opening: Option<Balance>,
    /// First CLBD, else of a page its last ITBD.
    pub closing: Option<Balance>,
    /// What could not be read so far.
    pub findings: Vec<Finding>,
    /// Line where the statement begins.
    pub line: u64,
}

impl StatementHead {
    /// A head with nothing but its kind and line.
    pub(crate) fn new(kind: MessageKind, line: u64) -> Self {
        Self {
            message: kind.to_string(),
            kind,
            message_id: None,
            id: None,
            account: None,
            currency: None,
            sequence: None,
            legal_sequence: None,
            from: None,
            to: None,
            created: None,
            page: None,
            last_page: None,
            paged: false,
            copy: None,
            opening: None,
            closing: None,
            findings: Vec::new(),
            line,
        }
    }
}

/// A booked balance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Balance {
    /// Cents, negative where DBIT.
    pub amount: Cents,
    /// Day of the balance.
    pub date: Option<Date>,
    /// Whether it is an interim balance of a statement in pages (ITBD, `:60M:`, `:62M:`): another page begins or ends
    /// with it.
    pub interim: bool,
}

/// Direction of a booking as booked (`CdtDbtInd`). A reversal indicator does not change it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sign {
    /// Money came in.
    Credit,
    /// Money went out.
    Debit,
}

impl Sign {
    /// The amount with this direction: negative for a debit.
    #[must_use]
    pub fn apply(self, amount: Cents) -> Option<Cents> {
        match self {
            Self::Credit => Some(amount),
            Self::Debit => amount.checked_neg(),
        }
    }
}

/// Status of an entry (`Sts`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// BOOK.
    Booked,
    /// PDNG.
    Pending,
    /// INFO.
    Information,
    /// FUTR.
    Future,
    /// Any other code, or a proprietary one.
    Other(String),
}

impl Status {
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "BOOK" => Self::Booked,
            "PDNG" => Self::Pending,
            "INFO" => Self::Information,
            "FUTR" => Self::Future,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The code as in the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Booked => "BOOK",
            Self::Pending => "PDNG",
            Self::Information => "INFO",
            Self::Future => "FUTR",
            Self::Other(text) => text,
        }
    }
}

/// An amount in the currency that the file names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Money {
    /// Hundredths of the currency, not negative.
    pub amount: Cents,
    /// ISO 4217 code; none where the file has none.
    pub currency: Option<String>,
}

/// One transaction: a `TxDtls`, or an entry without any.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Booking {
    /// Cents in the entry's currency, not negative; `None` where the file does not give it in a readable form.
    pub amount: Option<Cents>,
    /// Currency of the entry.
    pub currency: Option<String>,
    /// Direction: the detail's, else the entry's.
    pub sign: Option<Sign>,
    /// `RvslInd`.
    pub reversal: bool,
    /// Status of the entry.
    pub status: Option<Status>,
    /// `BookgDt`, in Europe/Berlin.
    pub booked: Option<Date>,
    /// `ValDt`, in Europe/Berlin.
    pub valued: Option<Date>,
    /// `TxDtls/Refs/AcctSvcrRef`, else the entry's if it has at most one detail; `None` for NONREF.
    pub bank_reference: Option<String>,
    /// `Ntry/AcctSvcrRef`; `None` for NONREF.
    pub entry_reference: Option<String>,
    /// `Ntry/NtryRef`.
    pub entry_name: Option<String>,
    /// `EndToEndId` as written, also NOTPROVIDED.
    pub end_to_end_id: Option<String>,
    /// `InstrId`: the name that the payer's program gives the order.
    pub instruction_id: Option<String>,
    /// `MndtId`.
    pub mandate_id: Option<String>,
    /// Identification of the creditor; in direct debits the creditor identifier.
    pub creditor_id: Option<String>,
    /// `Refs/MsgId`, else `Btch/MsgId`: the message that caused it, or that holds its details.
    pub message_id: Option<String>,
    /// `Refs/PmtInfId`, else `Btch/PmtInfId`: joins a batch with the payment file that caused it.
    pub payment_information_id: Option<String>,
    /// Name of the other party.
    pub counterparty: Option<String>,
    /// IBAN of the other party without blanks, else its account number.
    pub counterparty_iban: Option<String>,
    /// BIC or bank code of the other party, in MT940 only.
    pub counterparty_bank: Option<String>,
    /// Name of the party on whose behalf the debtor pays.
    pub ultimate_debtor: Option<String>,
    /// Name of the party on whose behalf the creditor is paid.
    pub ultimate_creditor: Option<String>,
    /// All `Ustrd`, joined by `\n`; empty if none.
    pub remittance: String,
    /// First `Strd/CdtrRefInf/Ref`.
    pub structured_reference: Option<String>,
    /// The other references in the remittance, in order: every further `Strd/CdtrRefInf/Ref`, and document numbers,
    /// `Strd/RfrdDocInf/Nb`.
    pub further_references: Vec<String>,
    /// `Strd/AddtlRmtInf`, joined by `\n`.
    pub structured_text: Option<String>,
    /// `RtrInf/Rsn`, code or proprietary.
    pub return_reason: Option<String>,
    /// `RtrInf/AddtlInf`, joined by `\n`.
    pub return_text: Option<String>,
    /// `PMNT/RCDT/ESCT`: the detail's bank transaction code, else the entry's.
    pub bank_code: Option<String>,
    /// `BkTxCd/Prtry/Cd`: the detail's, else the entry's (`NTRF+166+9310`).
    pub proprietary_code: Option<String>,
    /// `Purp`.
    pub purpose: Option<String>,
    /// `AddtlTxInf`; with at most one detail also `AddtlNtryInf`, on a line of its own.
    pub additional: Option<String>,
    /// `AmtDtls/InstdAmt`: in a return the amount without fees.
    pub original_amount: Option<Money>,
    /// Charges in the currency of the entry: the total, else the sum of the records.
    pub charges: Option<Cents>,
    /// Whether the entry has more than one detail or a `Btch` with more than one transaction.
    pub batch: bool,
    /// How many transactions the bank says the batch has (`Btch/NbOfTxs`).
    pub batch_count: Option<u64>,
    /// Index of the entry in the statement, from 0.
    pub entry: u32,
    /// Index of the detail in the entry, from 0.
    pub detail: u32,
    /// Line where the detail or entry begins.
    pub line: u64,
    /// What could not be read of it. Findings about its entry are in the [`Entry`].
    pub findings: Vec<Finding>,
}

impl Booking {
    /// The amount as booked, negative for a debit; `None` if amount or direction is unknown.
    #[must_use]
    pub fn signed(&self) -> Option<Cents> {
        self.sign?.apply(self.amount?)
    }
}

/// An entry as a whole. It is the entry, not its details, that changes the balance.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Index in the statement, from 0.
    pub index: u32,
    /// Signed amount as booked.
    pub amount: Option<Cents>,
    /// Currency of the amount.
    pub currency: Option<String>,
    /// Status.
    pub status: Option<Status>,
    /// Number of details; 0 if the entry itself was the booking.
    pub details: u32,
    /// Signed sum of the details, if there are any and all are known.
    pub details_sum: Option<Cents>,
    /// `RvslInd`.
    pub reversal: bool,
    /// Number of transactions by `Btch/NbOfTxs`; for several batches in one entry, their sum.
    pub announced: Option<u64>,
    /// Line where the entry begins.
    pub line: u64,
    /// What does not add up.
    pub findings: Vec<Finding>,
}

/// What is known at the end of a statement.
#[derive(Clone, PartialEq, Debug)]
pub struct StatementEnd {
    /// As in the head, but also if it came after the entries. If a page names several, the one that its entries agree
    /// with.
    pub opening: Option<Balance>,
    /// The closing balance, likewise.
    pub closing: Option<Balance>,
    /// Number of entries.
    pub entries: u32,
    /// Signed sum of the entries that are BOOK or have no status; `None` if one of them is unknown.
    pub movement: Option<Cents>,
    /// What does not add up, and what could not be read after the head was handed out.
    pub findings: Vec<Finding>,
}
