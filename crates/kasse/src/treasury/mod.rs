//! What else a treasury does with what is owed: deferrals, fees and their waivers, reminders, closing a day.
//!
//! Here belongs a use case of its own that builds on runs or cases. What is only told does not: that is `reports`.

pub(crate) mod close_day;
pub(crate) mod deferral;
pub(crate) mod fee_waivers;
pub(crate) mod fees;
pub(crate) mod remind;
