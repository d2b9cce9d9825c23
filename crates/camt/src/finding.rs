//! What a statement says that cannot be read or does not fit together.
//!
//! Knows nothing of what follows from it: inspecting shows findings, importing refuses or makes cases of them. Keeps the
//! invariant that the rejected text is never lost.

use std::fmt;

use sepa::{AmountError, Cents};

/// One remark on a place of a statement file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Line of the input, from 1.
    pub line: u64,
    /// Element path from the statement on (`Stmt/Ntry/Amt`), or the field of MT940 (`:61`).
    pub path: String,
    /// What is remarkable there.
    pub kind: FindingKind,
}

impl Finding {
    /// Moves it so many lines further down.
    pub(crate) fn shift(&mut self, lines: u64) {
        self.line = self.line.saturating_add(lines);
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}, {}: {}", self.line, self.path, self.kind)
    }
}

/// What is remarkable.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FindingKind {
    /// A mandatory element is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An amount that is no decimal number with at most two significant decimals.
    #[error("{0}")]
    Amount(AmountError),
    /// An amount below zero: ISO 20022 writes the direction in CdtDbtInd only.
    #[error("the amount {0} is negative")]
    Negative(Cents),
    /// Several details, and the file does not say the amount of this one.
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
    /// A statement line or balance of MT940 that is not of its form.
    #[error("{0:?} cannot be read")]
    Line(String),
    /// Not a whole number.
    #[error("{0:?} is not a whole number")]
    Number(String),
    /// The details of an entry have another sum than the entry, signs respected.
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
