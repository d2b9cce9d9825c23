//! `einmal fees …` and `einmal report fees`: from what was typed to the use case and its result.
//!
//! Knows no rule of law.

use kasse::{Kasse, WaiveOptions};

use crate::cli::{CounterEntry, Fees, Waive};
use crate::failure::Failure;
use crate::format_cli::Format;
use crate::output::{self, note};

const REPORT_COLUMNS: &[&str] = &[
    "kassenzeichen",
    "posten",
    "due",
    "paid_on",
    "months",
    "would_be_saeumniszuschlag",
    "would_be_mahngebuehr",
    "to_cancel",
    "payable",
    "state",
    "why",
];

const DECISION_COLUMNS: &[&str] = &[
    "decision",
    "date",
    "authority",
    "file_number",
    "scope",
    "kind",
    "kassenzeichen",
    "posten",
    "due_from",
    "due_until",
    "by",
    "withdrawn",
];

/// Runs a command about decisions to waive fees.
pub(crate) async fn run(kasse: &Kasse, format: Format, fees: Fees) -> Result<(), Failure> {
    match fees {
        Fees::Waive(waive) => {
            let (who, with) = (waive.who.clone(), waive.with.clone());
            let number = kasse::fees_waive(kasse, &options(waive)).await?;
            note(&format!("decision {number} was recorded by {who} and {with}"));
        }
        Fees::List => output::list(format, &kasse::fees_list(kasse).await?, DECISION_COLUMNS)?,
        Fees::Withdraw(CounterEntry { number, reason, who, with }) => {
            kasse::fees_withdraw(kasse, number, &reason, &who, &with).await?;
            note(&format!("decision {number} was withdrawn by {who} and {with}"));
        }
    }
    Ok(())
}

fn options(waive: Waive) -> WaiveOptions {
    let Waive { date, authority, file_number, scope, ground, due_from, due_until, who, with } = waive;
    WaiveOptions { decided: date, authority, file_number, scope, ground, due_from, due_until, who, with }
}

/// The report of late fees, with the total for each state.
pub(crate) async fn report(kasse: &Kasse, format: Format) -> Result<(), Failure> {
    let report = kasse::fees_report(kasse).await?;
    output::list(format, &report.items, REPORT_COLUMNS)?;
    report.sums.iter().for_each(|line| note(line));
    Ok(())
}
