//! What people decide: cases, their queue and their story, and holds by hand.
//!
//! Here belongs the work of a clerk on a payment in doubt. Direct debits do not: that is `orders`.

pub(crate) mod case_story;
pub(crate) mod case_work;
pub(crate) mod desk;
pub(crate) mod explain;
pub(crate) mod hand_holds;
pub(crate) mod queue;
pub(crate) mod resolve;
