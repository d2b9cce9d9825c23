//! Bank statement files to bookings, streaming.
//!
//! camt.052, camt.053 and camt.054 of every version and MT940, plain or in ZIP, become [`Part`]s one after the other; memory stays
//! constant however long a file is. The crate must not know what a booking is good for: no books, no configuration, no
//! clock. It keeps the invariant that an amount is exact or absent: whatever cannot be read is a [`Finding`], whatever is
//! not well-formed is a [`ReadError`], and nothing is guessed.
//!
//! ```
//! use camt::{Limits, Part, StatementReader};
//!
//! let input = "<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy='EUR'>115.04</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry></Stmt>\
//!              </BkToCstmrStmt></Document>";
//! let mut reader = StatementReader::new(input.as_bytes(), &Limits::default());
//! let mut amounts = Vec::new();
//! while let Some(part) = reader.next_part()? {
//!     if let Part::Booking(booking) = part {
//!         amounts.extend(booking.signed());
//!     }
//! }
//! assert_eq!(amounts, [sepa::Cents::new(115_04)]);
//! # Ok::<(), camt::ReadError>(())
//! ```

mod common;
mod date;
mod decoded;
mod detail;
mod entry;
mod error;
mod file;
mod finding;
mod leaf;
mod limits;
mod mt940;
mod part;
mod place;
mod reader;
mod statement;
mod xml;

pub use error::{FileError, FileErrorKind, ReadError, ReadErrorKind};
pub use file::{DocumentName, FileKind, Visit, each_document, looks_like, read_path};
pub use finding::{Finding, FindingKind};
pub use limits::Limits;
pub use mt940::Mt940Reader;
pub use part::{Balance, Booking, Entry, MessageKind, Money, Part, Sign, StatementEnd, StatementHead, Status};
pub use reader::StatementReader;
