//! Money that goes back to its payers, from the proposal to the statement that shows it.
//!
//! Here belongs what people do with refunds and what forbids it. What goes back does not: a person says that of a case
//! (`cases`), and what bookings tell of refunds is told by `matching`.

pub(crate) mod after;
pub(crate) mod export;
pub(crate) mod plan;
pub(crate) mod proposals;
pub(crate) mod release;
pub(crate) mod runs;
pub(crate) mod sheet;
