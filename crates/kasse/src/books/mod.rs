//! What the books hold at one moment, and what follows from it by counting alone.
//!
//! Here belongs what is loaded, remembered and recounted: items, bookings, holds, runs, chains of statements. What the rules
//! say of a payment does not: that is `matching`.

pub(crate) mod accounts;
pub(crate) mod coverage;
pub(crate) mod credit_notes;
pub(crate) mod deferrals;
pub(crate) mod excess;
pub(crate) mod likeness;
pub(crate) mod recount;
pub(crate) mod refunds;
pub(crate) mod situation;
