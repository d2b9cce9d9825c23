//! What a person can type about what the finance system takes over again.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::typed::{Since, person};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Export {
    /// Every allocation and counter-entry; with --profile every line of the bank, split by what was decided
    Postings,
    /// Items that are not to be dunned, and the fees on them that are to be cancelled
    Blocks,
    /// Debits that the bank still carries out, or that debtors may still ask back
    Living,
    /// Items that are held back from collection, and why
    Holds,
    /// Mandates: new, changed, revoked, when each was last used, and which amendments the banks were told
    Mandates,
    /// Items that were handed over and are still open, in collection, or came back
    Handed,
}

#[derive(Debug, Args)]
pub(crate) struct ExportSaid {
    /// Which export
    #[arg(value_enum)]
    pub(crate) export: Export,
    /// What came after the export of this number (0 before the first), each thing once, under the next number; of postings also a day: what was decided on it or later
    #[arg(long, value_name = "NUMBER|DATE", allow_hyphen_values = true)]
    pub(crate) since: Option<Since>,
    /// Who exports, where a number is given that no export has yet
    #[arg(long = "as", value_name = "USER", value_parser = person, requires = "since")]
    pub(crate) who: Option<String>,
    /// How postings are written: camt053, camt053-single, csv, jsonl, xlsx, or a file of your own that ends with .toml
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) profile: Option<String>,
    /// The file that is written [default: the terminal]
    #[arg(long, value_name = "FILE", requires = "profile")]
    pub(crate) out: Option<PathBuf>,
    /// Only show the numbers that were given
    #[arg(long, conflicts_with_all = ["since", "who", "out"])]
    pub(crate) list: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HandoverSaid {
    /// The day from which the finance system collects; all that the books hold is handed over
    #[arg(long, value_name = "DATE", required_unless_present_any = ["list", "withdraw", "year_end"])]
    pub(crate) as_of: Option<Date>,
    /// Only the items of this levy
    #[arg(long, value_name = "LEVY", requires = "as_of", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) levy: Option<String>,
    /// Take the handover of this number back: its items are collected here again
    #[arg(long, value_name = "N", conflicts_with = "as_of")]
    pub(crate) withdraw: Option<i64>,
    /// Why
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["list", "year_end"], value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: Option<String>,
    /// Who hands over
    #[arg(long = "as", value_name = "USER", value_parser = person, required_unless_present_any = ["list", "year_end"])]
    pub(crate) who: Option<String>,
    /// And with whom
    #[arg(long = "with", value_name = "OTHER", value_parser = person, required_unless_present_any = ["list", "year_end"])]
    pub(crate) with: Option<String>,
    /// Only show the handovers
    #[arg(long, conflicts_with_all = ["as_of", "withdraw", "reason", "who", "with", "year_end"])]
    pub(crate) list: bool,
    /// Only show what is open and unclear of each budget year up to this one
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["as_of", "withdraw", "reason", "who", "with"])]
    pub(crate) year_end: Option<i16>,
}
