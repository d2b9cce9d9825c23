//! Direct-debit files (pain.008) of other systems: reading one of whatever version, and writing it again without some of its
//! debits.
//!
//! It knows neither items nor payments: which debits stay is said to it. Invariants: a file that is not understood as a whole
//! is refused with every fault and its line; what stays is the bytes that were there, in their order.

mod bank;
mod fault;
mod file;
mod read;
mod reading;
mod rewrite;

pub use bank::{BankObjection, Objection, bank_objections};
pub use fault::{ForeignError, ForeignFault};
pub use file::{ForeignBatch, ForeignDebit, ForeignFile, Marked, Span};
pub use read::{is_pain008, read_foreign_pain008};
pub use rewrite::{Fate, NewIds, Rewrite, Rewritten, rewrite};
