//! The books as a thing that is kept: which database they are, the files that belong to them, backup, copy, restore.
//!
//! Here belongs what is done to the books as a whole. What they hold does not belong here.

pub(crate) mod archive;
pub(crate) mod instance;
pub(crate) mod operations;
