//! What the finance system needs to take over again: the bank's lines with what was decided, mandates, debits that still live,
//! items that are held or not to be dunned, each in numbered exports; the handover itself; and how its own list of open items
//! stands to ours.
//!
//! Here belongs what is made for another program, and what ends our own collecting for it. No other room uses this one.

pub(crate) mod blocks;
mod camt053;
pub(crate) mod compare;
mod delta;
mod frames;
pub(crate) mod handed;
pub(crate) mod handover;
pub(crate) mod holds;
mod lines;
pub(crate) mod living;
pub(crate) mod mandates;
pub(crate) mod numbered;
pub(crate) mod posted_lines;
pub(crate) mod profiles;
mod stored_day;
mod workbook;
pub(crate) mod year_end;
