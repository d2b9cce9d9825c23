//! What a person can type about a case.

use clap::Args;
use jiff::civil::Date;
use sepa::Cents;

use crate::typed::{allocation, person};

#[derive(Debug, Args)]
pub(crate) struct Case {
    /// Its number
    pub(crate) number: i64,
    /// The case is mine now
    #[arg(long, requires = "who", group = "note")]
    pub(crate) take: bool,
    /// The case is somebody's now
    #[arg(long, value_name = "USER", value_parser = person, requires = "who", group = "note")]
    pub(crate) give: Option<String>,
    /// The case is nobody's again
    #[arg(long, requires = "who", group = "note")]
    pub(crate) free: bool,
    /// Say something of it
    #[arg(long, value_name = "TEXT", requires = "who", group = "note")]
    pub(crate) comment: Option<String>,
    /// Who says so
    #[arg(long = "as", value_name = "USER", value_parser = person, requires = "note")]
    pub(crate) who: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// The case's number
    pub(crate) number: i64,
    #[command(flatten)]
    pub(crate) how: How,
    /// The version of the case that was looked at; refused if somebody has changed it since
    #[arg(long, value_name = "VERSION")]
    pub(crate) seen: Option<i64>,
    /// Who decides
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct How {
    /// The money goes to these items
    #[arg(long, value_name = "KZ/POSTEN=AMOUNT", num_args = 1.., value_parser = allocation)]
    pub(crate) allocate: Vec<(String, Cents)>,
    /// It is other money
    #[arg(long, value_name = "WHY")]
    pub(crate) other: Option<String>,
    /// It goes back to the payer
    #[arg(long)]
    pub(crate) refund: bool,
    /// Look at it again on this day
    #[arg(long, value_name = "DATE")]
    pub(crate) wait: Option<Date>,
    /// The bank has taken it back; of an outgoing booking: it took back the credit with this reference, else the only one that fits
    #[arg(long = "return", value_name = "REFERENCE", num_args = 0..=1, default_missing_value = "")]
    pub(crate) returned: Option<String>,
    /// Take the last decision back
    #[arg(long)]
    pub(crate) undo: bool,
}
