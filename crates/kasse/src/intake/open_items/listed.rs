//! A row of a list of open items, as it is read.

use store::NewAssessment;

/// A row of the list.
pub(super) struct Listed {
    pub(super) line: u64,
    pub(super) kassenzeichen: String,
    pub(super) posten: String,
    pub(super) said: NewAssessment,
}
