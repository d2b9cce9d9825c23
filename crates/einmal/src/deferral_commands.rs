//! `einmal deferral …`: from what was typed to the use case and its result.
//!
//! Knows no rule of planning.

use kasse::{DeferralOptions, Kasse};

use crate::cli::{CounterEntry, Defer, Deferral};
use crate::failure::Failure;
use crate::format_cli::Format;
use crate::output::{self, note};

const COLUMNS: &[&str] = &[
    "deferral",
    "kinds",
    "due_from",
    "due_until",
    "new_due",
    "instalments",
    "days_between",
    "announced",
    "by",
    "ended",
];

/// Runs a command about deferrals.
pub(crate) async fn run(kasse: &Kasse, format: Format, deferral: Deferral) -> Result<(), Failure> {
    match deferral {
        Deferral::Add(defer) => {
            let (who, new_due) = (defer.who.clone(), defer.new_due);
            let number = kasse::deferral_add(kasse, &options(defer)).await?;
            note(&format!("deferral {number} to {new_due} was recorded by {who}"));
        }
        Deferral::List => output::list(format, &kasse::deferral_list(kasse).await?, COLUMNS)?,
        Deferral::End(CounterEntry { number, reason, who, with }) => {
            kasse::deferral_end(kasse, number, &reason, &who, &with).await?;
            note(&format!("deferral {number} was ended by {who} and {with}"));
        }
    }
    Ok(())
}

fn options(defer: Defer) -> DeferralOptions {
    let Defer { kind, due_from, due_until, new_due, instalments, days_between, announced, text, who } = defer;
    DeferralOptions { kinds: kind, due_from, due_until, new_due, instalments, days_between, announced, text, who }
}
