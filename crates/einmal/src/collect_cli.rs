//! What a person can type about a run of direct debits.

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::NonEmptyStringValueParser;
use jiff::civil::Date;

use crate::typed::person;

#[derive(Debug, Subcommand)]
pub(crate) enum Collect {
    /// Plan a run of what is due by a day
    Plan {
        /// The collection date
        #[arg(long, value_name = "DATE")]
        due: Date,
        /// Who plans
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// Only this levy; may be repeated
        #[arg(long, value_name = "KIND", num_args = 1..)]
        kind: Vec<String>,
        /// At most so many debits: a pilot run
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// One run: what is in, what is out and why
    Show {
        /// The run
        run: String,
    },
    /// All runs
    List,
    /// Write the notices of a planned run, and record how debtors were told
    Notify {
        /// The run
        run: String,
        /// Where the notices are put
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Who announces
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// The day they were posted
        #[arg(long, value_name = "DATE", conflicts_with = "notice_by")]
        sent: Option<Date>,
        /// Another form told them, such as the Bescheid
        #[arg(long, value_name = "TEXT")]
        notice_by: Option<String>,
    },
    /// Release a run as another person than its planner
    Release {
        /// The run
        run: String,
        /// Who releases
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// Accept the cases that could concern items which are not held
        #[arg(long)]
        acknowledge_open_cases: bool,
    },
    /// Write the pain.008 of a released run and its control sheet; all proofs are asked again
    Export {
        /// The run
        run: String,
        /// Where the files are put
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Why it is written before the day until which the letters promise to look for transfers
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        early: Option<String>,
    },
    /// Record that an exported file went to the bank
    Sent {
        /// The run
        run: String,
        /// The bank's order number
        #[arg(long, value_name = "NO", value_parser = NonEmptyStringValueParser::new())]
        order: String,
        /// Who sent it
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
    /// Say, two people together, that a written file was never carried out: its items are free again
    Void {
        /// The run
        run: String,
        /// Who says it
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// And with whom
        #[arg(long = "with", value_name = "OTHER", value_parser = person)]
        with: String,
        /// The bank's refusal, with its number; with --by-statements or --never-left why the file never went
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        reason: String,
        /// The bank has refused nothing: statements that reach beyond the collection date prove that no credit came
        #[arg(long, conflicts_with = "never_left")]
        by_statements: bool,
        /// The file lies here and was given to nobody: both vouch for that, and destroy it
        #[arg(long)]
        never_left: bool,
    },
    /// Print an order to the bank to give debits up that it has not credited yet; a wish, that changes nothing by itself
    Recall(Recall),
    /// Print an order to the bank to give debits back to their payers that it has credited
    Reverse(Recall),
    /// Give up a run before its export
    Cancel {
        /// The run
        run: String,
        /// Who cancels
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
}

/// Which debits the bank is asked to give up, or back.
#[derive(Debug, clap::Args)]
pub(crate) struct Recall {
    /// The run
    pub(crate) run: String,
    /// A debit, by its end-to-end id; may be repeated. Without it: whatever money has crossed, or takes more than is owed
    #[arg(long, value_name = "ID", num_args = 1..)]
    pub(crate) debit: Vec<String>,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: String,
    /// Where the order is put
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Who asks
    #[arg(long = "as", value_name = "USER", value_parser = person)]
    pub(crate) who: String,
}
