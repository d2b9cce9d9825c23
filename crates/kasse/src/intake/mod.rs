//! What comes into the books from outside: files of every kind, and what people confirm or correct of them.
//!
//! Here belongs reading and storing what others told. What becomes of it does not: `matching` and `cases` decide.

pub(crate) mod accounts;
pub(crate) mod adopt;
pub(crate) mod aliases;
pub(crate) mod confirm;
pub(crate) mod confirmed;
pub(crate) mod corrections;
pub(crate) mod ebics_protocol;
pub(crate) mod foreign;
pub(crate) mod found;
pub(crate) mod import;
pub(crate) mod import_outcome;
pub(crate) mod list_holds;
pub(crate) mod mandates;
pub(crate) mod open_items;
pub(crate) mod prepared;
pub(crate) mod report;
pub(crate) mod schemes;
pub(crate) mod statement_files;
pub(crate) mod statement_shape;
pub(crate) mod status_reports;
