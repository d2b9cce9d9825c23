//! What is told and proven of all the books: reports, overview, calendar, journal, audit, verify.
//!
//! Here belongs what only reads. What changes anything does not belong here; no other room uses this one.

pub(crate) mod audit;
pub(crate) mod calendar;
pub(crate) mod clearing;
pub(crate) mod completeness;
pub(crate) mod journal;
pub(crate) mod overview;
pub(crate) mod owed_and_paid;
pub(crate) mod returns;
pub(crate) mod table;
pub(crate) mod verify;
pub(crate) mod verify_refunds;
