//! What a person can type about money that goes back.

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::NonEmptyStringValueParser;
use jiff::civil::Date;
use sepa::Iban;

use crate::typed::person;

#[derive(Debug, Subcommand)]
pub(crate) enum Refund {
    /// What is to go back, what is on its way, what has been paid
    List,
    /// Plan a run of refunds: of what people have decided with `resolve N --refund`
    Plan {
        /// The day on which the bank is to carry them out
        #[arg(long, value_name = "DATE")]
        on: Date,
        /// Who plans
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// Only the credit of this case; may be repeated
        #[arg(long, value_name = "N", num_args = 1..)]
        case: Vec<i64>,
        /// The order by which the money is paid out, as the town files it
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        file_number: Option<String>,
        /// Why also what crosses a debit that can still come back by itself
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        early: Option<String>,
    },
    /// One run: its transfers and what became of each
    Show {
        /// The run
        run: String,
    },
    /// Release a run of refunds as another person than its planner
    Release {
        /// The run
        run: String,
        /// Who releases
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// Why money may go back although the debit that it crosses can still come back by itself
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        early: Option<String>,
    },
    /// Write the pain.001 of a released run and its control sheet; all proofs are asked again
    Export {
        /// The run
        run: String,
        /// Where the files are put
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
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
    /// Say, two people together, that a written file was never carried out: its refunds can be planned anew
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
        /// The bank has refused nothing: statements that reach a week beyond the execution show no such booking
        #[arg(long, conflicts_with = "never_left")]
        by_statements: bool,
        /// The file lies here and was given to nobody: both vouch for that, and destroy it
        #[arg(long)]
        never_left: bool,
    },
    /// Give up a run before its export
    Cancel {
        /// The run
        run: String,
        /// Who cancels
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
    },
    /// Say, two people together, to which other account the credit of a case goes back
    Account {
        /// The case
        number: i64,
        /// The account
        #[arg(long, value_name = "IBAN", value_parser = iban)]
        iban: Iban,
        /// Its holder, as the bank knows him
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        name: String,
        /// Who says it
        #[arg(long = "as", value_name = "USER", value_parser = person)]
        who: String,
        /// And with whom
        #[arg(long = "with", value_name = "OTHER", value_parser = person)]
        with: String,
        /// Why not to where it came from
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        reason: String,
    },
}

fn iban(text: &str) -> Result<Iban, String> {
    Iban::parse(text).map_err(|why| why.to_string())
}
