//! What a caller of a check may say.
//!
//! It decides nothing. Invariant: what nobody says holds more back, never less.

use std::path::PathBuf;

use jiff::civil::Date;

/// What becomes of a debit of which a part was paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Partial {
    /// It is left out.
    #[default]
    Out,
    /// It is lowered by what was paid.
    Reduce,
}

/// What a caller may say.
#[derive(Clone, Debug, Default)]
pub struct GuardOptions {
    /// Statement files and folders.
    pub statements: Vec<PathBuf>,
    /// Where the file without what was paid is written; its sheet and the file of what is held stand beside it.
    pub out: Option<PathBuf>,
    /// Where each debit is told of: CSV, JSON or PDF, by the ending.
    pub report: Option<PathBuf>,
    /// What becomes of a debit of which a part was paid.
    pub partial: Partial,
    /// Whether the ids stay: the original provably never left the house.
    pub keep_ids: bool,
    /// The collection date of what is held.
    pub due: Option<Date>,
    /// Whether pain.008.001.08 is written.
    pub as_08: bool,
    /// Whether the original may be at the bank already: then a list of what to recall is written, and no file.
    pub already_sent: bool,
}
