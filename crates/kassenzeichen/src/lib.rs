//! Numbering schemes of cash references (Kassenzeichen), their check digits, and finding the references
//! that a Kasse knows in what people write on a transfer.
//!
//! The crate reads text and answers with places in it. It must not know amounts, names, accounts or items:
//! what a finding is worth beside other witnesses is decided elsewhere. It does no I/O, reads no clock and
//! draws nothing at random, so the same references and the same text always give the same findings.
//!
//! ```
//! use kassenzeichen::{CheckMethod, Directory, Message, Scheme, Spelling};
//!
//! let scheme = Scheme::new("Grundbesitzabgaben", "5.0100.######.C", CheckMethod::Luhn)?;
//! let directory = Directory::new(&[scheme], ["5.0100.123456.3"]);
//! let findings = directory.find(&Message { remittance: "KZ 50 10 01 23 45 63", ..Message::default() });
//! let found = findings.found.first().ok_or("nothing found")?;
//! assert_eq!((found.reference, found.spelling), (0, Spelling::Exact));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod directory;
mod finder;
mod fold;
mod keys;
mod learn;
mod lines;
mod list;
mod message;
mod noise;
mod printed;
mod reading;
mod repair;
mod scheme;
mod search;
mod series;
mod window;
mod words;

pub use check::{CheckError, CheckMethod, Direction, Mod11, Rest};
pub use directory::{Directory, RefId};
pub use finder::Finder;
pub use fold::canonical;
pub use learn::{Learned, Lesson, built_like, learn};
pub use lines::without_cuts;
pub use list::{Hint, ListReport, Outcome, check_list};
pub use message::{Field, Findings, Found, Message, Slip, Spelling, Unknown};
pub use scheme::{Misfit, Scheme, SchemeError};
pub use series::{Meant, Series};
