//! `einmal guard`: from what was typed to a check and its result. It needs neither settings nor a database.

use std::process::ExitCode;

use kasse::{GuardOptions, Guarded, Partial};
use serde_json::Value;

use crate::cli::Cli;
use crate::clock::{now, today_here};
use crate::failure::Outcome;
use crate::format_cli::Format;
use crate::guard_cli::{self, Guard};
use crate::output::{self, note};
use crate::progress::Bar;

/// Nothing is to be removed; something is; the file or the statements were refused ([`output::failed`]).
const REMOVED: u8 = 3;

/// The columns of debits that are not kept as they were.
const COLUMNS: [&str; 7] = ["line", "fate", "kassenzeichen", "debtor", "amount", "paid", "why"];

/// Fields that a table leaves out: each debit, and what stands in tables of their own.
const LONG: [&str; 3] = ["debits", "residual", "schemes"];

pub(crate) async fn run(cli: &Cli, said: &Guard) -> Outcome {
    let today = cli.today.map_or_else(today_here, Ok)?;
    let options = GuardOptions {
        statements: said.statements.clone(),
        out: said.out.clone(),
        report: said.report.clone(),
        partial: match said.partial {
            guard_cli::Partial::Out => Partial::Out,
            guard_cli::Partial::Reduce => Partial::Reduce,
        },
        keep_ids: said.keep_ids,
        due: said.due,
        as_08: said.version == Some(guard_cli::Version::V08),
        already_sent: said.already_sent,
    };
    let bar = Bar::new();
    let guarded = kasse::guard(&said.file, &options, (today, &now()), &bar).await;
    bar.done();
    let guarded = guarded?;
    print(cli.format, &guarded)?;
    Ok(ExitCode::from(if guarded.is_clean { 0 } else { REMOVED }))
}

fn print(format: Format, guarded: &Guarded) -> std::io::Result<()> {
    match format {
        Format::Json => output::json(&guarded.value),
        Format::Csv => {
            let rows = guarded.value.get("debits").and_then(Value::as_array);
            output::list(format, rows.map(Vec::as_slice).unwrap_or_default(), &[])
        }
        Format::Table => {
            let mut said = guarded.value.clone();
            let residual = said.get("residual").and_then(Value::as_array).map_or(0, Vec::len);
            said.as_object_mut().into_iter().for_each(|fields| {
                LONG.iter().for_each(|name| drop(fields.remove(*name)));
                fields.insert("residual_risk".to_owned(), residual.into());
                fields.insert("touched".to_owned(), guarded.touched.clone().into());
            });
            output::object(format, &said, &[("touched", &COLUMNS)])?;
            if guarded.is_clean {
                note("nothing is to be removed from the file");
            }
            Ok(())
        }
    }
}

/// `einmal schemes learn`.
pub(crate) fn learn(cli: &Cli, file: &std::path::Path) -> Outcome {
    let today = cli.today.map_or_else(today_here, Ok)?;
    output::list(cli.format, &kasse::learn_schemes(file, today)?, &["mask", "check", "references", "example"])?;
    Ok(ExitCode::SUCCESS)
}
