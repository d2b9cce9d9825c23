//! What a person can type about a direct-debit file of another system.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

#[derive(Debug, Args)]
pub(crate) struct Guard {
    /// The direct-debit file (pain.008 of any version), plain or in a ZIP
    pub(crate) file: PathBuf,
    /// Bank statements since the outage began: files and folders; those of our own books need not be named
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) statements: Vec<PathBuf>,
    /// Where the file without what was paid is put; beside it the file of what is held (.held.xml) and the control sheet (.txt, .pdf)
    #[arg(long, value_name = "CLEAN.xml")]
    pub(crate) out: Option<PathBuf>,
    /// Where each debit is told of: .csv, .json or .pdf
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// What becomes of a debit of which a part was paid
    #[arg(long, value_enum, default_value_t = Partial::Out)]
    pub(crate) partial: Partial,
    /// Keep message and payment ids: the original provably never left the house
    #[arg(long)]
    pub(crate) keep_ids: bool,
    /// The collection date of the file of what is held
    #[arg(long, value_name = "DATE")]
    pub(crate) due: Option<Date>,
    /// Write another version of pain.008 than the original's
    #[arg(long, value_enum, value_name = "VERSION")]
    pub(crate) version: Option<Version>,
    /// Ask no books: hold the file against the statements alone, although our own books are here
    #[arg(long)]
    pub(crate) without_books: bool,
    /// The original may be at the bank already: write no file, and into --out a list of what to recall
    #[arg(long, conflicts_with_all = ["keep_ids", "due", "version", "partial"])]
    pub(crate) already_sent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Partial {
    /// It is left out
    Out,
    /// It is lowered by what was paid
    Reduce,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Version {
    /// pain.008.001.08
    #[value(name = "08")]
    V08,
}
