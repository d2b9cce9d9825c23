//! What the finance system needs to take over again: debits that still live, items that are held or not to be dunned, and how
//! its own list of open items stands to ours.
//!
//! Here belongs what only reads and is made for another program. What changes anything does not belong here; no other room
//! uses this one.

pub(crate) mod blocks;
pub(crate) mod compare;
pub(crate) mod holds;
pub(crate) mod living;
