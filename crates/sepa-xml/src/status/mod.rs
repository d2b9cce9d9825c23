//! What a bank says of a file that was sent to it: pain.002 of every version, among them the customer protocol of
//! EBICS (HAC).
//!
//! It knows neither runs nor claims and decides nothing: it says what the bank wrote, and of what. Invariants: a word
//! that is not understood is kept as it is written and taken neither for an acceptance nor for a rejection; what is
//! read is complete, since a file that is cut off is an error.

mod error;
mod protocol;
mod read;
mod reading;
mod report;
mod walk;
mod word;

pub use error::{StatusError, StatusPlace};
pub use protocol::EbicsOrder;
pub use read::{looks_like_pain002, read_status_report};
pub use report::{
    Identifier, Overall, PerStatus, StatusAmount, StatusPayment, StatusReason, StatusReport, StatusTransaction, Written,
};
pub use walk::{StatusLevel, StatusStatement};
pub use word::{Acceptance, PayeeCheck, Status, Waiting};
