//! `einmal guard`: from what was typed to a check and its result. It needs neither settings nor a database; where both are, it asks
//! the books too.

use std::process::ExitCode;

use clap::CommandFactory as _;
use jiff::civil::Date;
use kasse::{Config, GuardOptions, Guarded, Kasse, Partial};
use serde_json::Value;

use crate::books_file::books_at;
use crate::cli::Cli;
use crate::clock::{now, today_here};
use crate::failure::{Failure, Outcome};
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
    let own = if said.without_books { None } else { own_books(cli, today).await? };
    let guarded = kasse::guard(&said.file, &options, own.as_ref(), (today, &now()), &bar).await;
    bar.done();
    if let Some(own) = own {
        own.end().await;
    }
    let guarded = guarded?;
    print(cli.format, &guarded)?;
    Ok(ExitCode::from(if guarded.is_clean { 0 } else { REMOVED }))
}

/// The town's own books, where they are; those that somebody names must be there.
async fn own_books(cli: &Cli, today: Date) -> Result<Option<Kasse>, Failure> {
    let is_default = |id: &str, typed: &str| {
        let command = Cli::command();
        let own = command.get_arguments().find(|own| own.get_id() == id);
        own.is_some_and(|own| own.get_default_values().iter().any(|default| *default == *typed))
    };
    let are_named = !is_default("db", &cli.db) || !is_default("config", &cli.config.to_string_lossy());
    match books_at(&cli.db) {
        Err(_) if !are_named => return Ok(None),
        Err(why) => return Err(why),
        Ok(()) if !cli.config.exists() && !are_named => return Ok(None),
        Ok(()) => {}
    }
    let kasse = Kasse::open(Config::read(&cli.config)?, &cli.db, today, now()).await?;
    note(&format!("the books of {:?} are asked as well", kasse.config.name));
    Ok(Some(kasse))
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
