//! What a person can type about a beginning from another system's last debit file.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;

use crate::typed::person;

#[derive(Debug, Subcommand)]
pub(crate) enum Seed {
    /// Make the instalments of a due day from patterns: unconfirmed, until a list of open items says that they are owed
    Quarter {
        /// The day on which they are due
        #[arg(long, value_name = "DATE")]
        due: Date,
        /// Only from this debit file of the old system; it is imported where it was not before
        #[arg(long, value_name = "RUN.xml")]
        from: Option<PathBuf>,
        /// Only these levies, as the file calls them
        #[arg(long, value_name = "KIND", num_args = 1..)]
        kind: Vec<String>,
        /// Who asks [default: the nightly job]
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: Option<String>,
    },
}
