//! Lists as municipal systems write them, read as text.
//!
//! Here belongs how CSV is read: encodings, headers, cells, days, amounts. What a row means for the books does not: that is
//! `intake`. Uses no other room.

mod damage;
mod days;
mod encoding;
mod headers;
mod kind;
mod limits;
mod list;
mod notes;
mod records;

pub use headers::Headers;
pub(crate) use kind::ListKind;
pub use limits::ListLimits;
pub(crate) use list::{List, Row, is_wide_text, looks_like_list, read, references};
