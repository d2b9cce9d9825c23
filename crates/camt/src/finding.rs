//! Findings: parts of a statement that cannot be read or do not add up.
//!
//! Knows nothing of the consequences: `inspect` shows findings, the import refuses the file or makes cases of them.
//! Invariant: the rejected text is never lost.

use std::fmt;

use sepa::{AmountError, Cents};

use crate::nest::{Position, Shift};

/// One remark about a place in a statement file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Line of the input, from 1.
    pub line: u64,
    /// Column of the element, in characters from 1; `None` where the finding is about more than one element.
    pub column: Option<u64>,
    /// Element path from the statement on (`Stmt/Ntry/Amt`), or the field of MT940 (`:61`).
    pub path: String,
    /// What is wrong there.
    pub kind: FindingKind,
}

impl Finding {
    /// A finding about an element or field as a whole.
    pub(crate) fn new(line: u64, path: impl Into<String>, kind: FindingKind) -> Self {
        Self { line, column: None, path: path.into(), kind }
    }

    /// Moves the finding to its real place.
    pub(crate) fn shift(&mut self, shift: Shift) {
        let before = self.column.unwrap_or_default().saturating_sub(1);
        let position = shift.apply(Position { line: self.line, before });
        self.line = position.line;
        self.column = self.column.map(|_| position.before.saturating_add(1));
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}, {}: {}", At { line: self.line, column: self.column }, self.path, self.kind)
    }
}

/// A line, and its column if the line is too long to search by eye: files without line ends are common.
pub(crate) struct At {
    pub(crate) line: u64,
    pub(crate) column: Option<u64>,
}

/// Lines of at most this many characters are shown without a column.
const SHORT: u64 = 200;

impl fmt::Display for At {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}", self.line)?;
        match self.column.filter(|column| *column > SHORT) {
            Some(column) => write!(out, ", column {column}"),
            None => Ok(()),
        }
    }
}

/// An entry of a statement, for naming it in findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EntryPlace {
    /// Index in the statement, from 0.
    pub index: u32,
    /// Line where the entry begins.
    pub line: u64,
}

/// How many entries a message names one by one.
const NAMED: usize = 10;

/// `entry 4 (line 120), entry 9 (line 262)`, counted from 1; of many entries only the first ones.
fn named(entries: &[EntryPlace]) -> String {
    let name = |entry: &EntryPlace| format!("entry {} (line {})", entry.index.saturating_add(1), entry.line);
    let names: Vec<String> = entries.iter().take(NAMED).map(name).collect();
    match entries.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FindingKind {
    /// A mandatory element is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Not an amount: not a decimal number with at most two significant decimals.
    #[error("{0}")]
    Amount(AmountError),
    /// A negative amount: in ISO 20022 only CdtDbtInd gives the direction.
    #[error("the amount {0} is negative")]
    Negative(Cents),
    /// The entry has several details, and the file does not give the amount of this one.
    #[error("the file does not say the amount of this detail in the currency of its entry")]
    AmountUnknown,
    /// Neither a date nor a date and time.
    #[error("{0:?} is not a date")]
    Date(String),
    /// Neither CRDT nor DBIT.
    #[error("{0:?} is neither CRDT nor DBIT")]
    Sign(String),
    /// Neither true nor false.
    #[error("{0:?} is neither true nor false")]
    Flag(String),
    /// A statement line or balance of MT940 in a wrong form.
    #[error("{0:?} cannot be read")]
    Line(String),
    /// A second `:25:` of MT940 that names another account than the first one.
    #[error("{0:?} is a second account in one statement")]
    SecondAccount(String),
    /// The text in an MT940 statement line where the transaction type code should be.
    #[error("{0:?} is no type of transaction (N, S or F and three characters)")]
    TypeCode(String),
    /// An MT940 field that must not follow a booking.
    #[error("the field :{0}: has no place behind a booking, and was taken for its text")]
    Misplaced(String),
    /// Not a whole number.
    #[error("{0:?} is not a whole number")]
    Number(String),
    /// The details of an entry do not add up to its amount, signs respected.
    #[error("the details sum to {details}, the entry is {entry}")]
    DetailsDoNotSum {
        /// Signed amount of the entry.
        entry: Cents,
        /// Signed sum of its details.
        details: Cents,
    },
    /// The closing balance is not the opening one plus the booked entries.
    #[error("the closing balance {closing} is not the opening one {opening} and the entries of {movement}")]
    BalanceDoesNotFit {
        /// Signed opening balance.
        opening: Cents,
        /// Signed closing balance.
        closing: Cents,
        /// Signed sum of the booked entries.
        movement: Cents,
    },
    /// The closing balance would be right if the reversal indicator turned the direction of these entries. Banks write
    /// the direction as booked and add the indicator; if a file does otherwise, these entries cannot be trusted.
    #[error("the closing balance fits only if the reversal indicator turns the direction of {}", named(.0))]
    ReversalsTurned(Vec<EntryPlace>),
    /// An entry announces another number of transactions than it has details. A batch whose details come in another
    /// message has one detail or none, and no such finding.
    #[error("the batch says {announced} transactions, the entry has {details} details")]
    BatchCount {
        /// The number in `Btch/NbOfTxs`.
        announced: u64,
        /// Number of details.
        details: u32,
    },
    /// A statement without entries, whose balances do not prove that there were none.
    #[error("the statement has no entries, and its balances do not say that nothing was booked")]
    NoEntries,
    /// An MT940 message without the closing balance that ends it: entries before the end may be missing too.
    #[error("the message ends without its closing balance: it is cut off, bookings may be missing")]
    CutOff,
    /// An entry in another currency than its account: it cannot be part of the balance.
    #[error("the currency {entry} is not the account's, {account}")]
    CurrencyDiffers {
        /// Currency of the entry.
        entry: String,
        /// Currency of the account.
        account: String,
    },
    /// A sum that does not fit into 64 bits of cents.
    #[error("the sum is too large")]
    TooLarge,
}

impl FindingKind {
    /// Whether the finding is only a note about an unusual form: everything was read, and no booking is doubtful
    /// because of it.
    #[must_use]
    pub fn is_note(&self) -> bool {
        matches!(self, Self::TypeCode(_) | Self::Misplaced(_))
    }
}
