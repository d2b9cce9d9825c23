//! What every use case stands on: errors, settings, people and their rights, the treasury at one moment, how things are
//! written.
//!
//! Here belongs what is true whatever the books hold. What looks into items, bookings or runs does not: that is `books`.

pub(crate) mod access;
pub(crate) mod appoint;
pub(crate) mod aside;
pub(crate) mod cells;
pub(crate) mod config;
pub(crate) mod day;
pub(crate) mod error;
pub mod factor;
pub(crate) mod fee_items;
pub(crate) mod kasse;
pub(crate) mod memory;
pub(crate) mod newcomers;
mod password;
pub mod people;
pub(crate) mod proven;
pub(crate) mod proving;
pub mod rights;
pub(crate) mod scratch;
pub(crate) mod settings;
pub(crate) mod shown;
pub(crate) mod tokens;
pub(crate) mod window;
pub(crate) mod write;
