//! What is said of a payment in the end.

use crate::decide::Draft;
use crate::holds::Hold;

/// A payment's verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The payment's id.
    pub payment: i64,
    /// What was decided, and why.
    pub draft: Draft,
    /// What it keeps out of direct debit.
    pub holds: Vec<Hold>,
    /// Whether every item that it could concern is held.
    pub hold_complete: bool,
}
