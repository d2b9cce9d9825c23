//! Turns bank statement files into bookings: see the README below.
//!
//! The crate must not know what a booking is good for: no books, no configuration, no clock. Invariant: an amount is
//! exact or absent. Whatever cannot be read is a [`Finding`], whatever is not well-formed is a [`ReadError`], and
//! nothing is guessed.
//!
#![doc = include_str!("../README.md")]

mod blocks;
mod class;
mod common;
mod date;
mod detail;
mod entry;
mod error;
mod file;
mod finding;
mod leaf;
mod limits;
mod mt940;
mod nest;
mod parallel;
mod parser;
mod part;
mod place;
mod reader;
mod short;
mod statement;
mod xml;

pub use class::Class;
pub use error::{FileError, FileErrorKind, ReadError, ReadErrorKind};
pub use file::{DocumentName, FileKind, Visit, each_document, looks_like, read_path};
pub use finding::{EntryPlace, Finding, FindingKind};
pub use limits::Limits;
pub use mt940::Mt940Reader;
pub use part::{Balance, Booking, Entry, MessageKind, Money, Part, Sign, StatementEnd, StatementHead, Status};
pub use reader::StatementReader;
