//! A row of a list of open items, as it is read.

use store::NewAssessment;

/// A row of the list.
pub(crate) struct Listed {
    pub(crate) line: u64,
    pub(crate) kassenzeichen: String,
    pub(crate) posten: String,
    pub(crate) said: NewAssessment,
}
