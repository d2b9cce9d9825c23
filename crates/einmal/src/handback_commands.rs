//! `einmal export` and `einmal compare`: what the finance system takes over again.

use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use kasse::Kasse;
use serde_json::Value;

use crate::cli::Export;
use crate::failure::{Failure, Outcome};
use crate::format_cli::Format;
use crate::output;

/// Files for another program: CSV unless JSON is asked for.
pub(crate) async fn export(kasse: &Kasse, format: Format, export: Export, since: Option<Date>) -> Result<(), Failure> {
    let format = if format == Format::Json { Format::Json } else { Format::Csv };
    if since.is_some() && !matches!(export, Export::Postings) {
        return Err(Failure::Said(
            "--since belongs to export postings: the other exports say what is so today".to_owned(),
        ));
    }
    let rows = match export {
        Export::Postings => kasse::postings(kasse, since).await?,
        Export::Blocks => kasse::blocks(kasse).await?,
        Export::Living => kasse::living(kasse).await?,
        Export::Holds => kasse::holds(kasse).await?,
    };
    Ok(output::list(format, &rows, &[])?)
}

/// The exit code where a list and the books differ.
const DIFFERS: u8 = 3;

/// What of a comparison a person reads: each item on which the two differ.
const COMPARED_COLUMNS: [&str; 9] = [
    "line",
    "kassenzeichen",
    "posten",
    "state",
    "amount_there",
    "amount_here",
    "open_there",
    "open_here",
    "in_collection",
];

pub(crate) async fn compare(kasse: &Kasse, format: Format, list: &Path) -> Outcome {
    let compared = kasse::compare(kasse, list).await?;
    let rows = || compared.value.get("rows").and_then(Value::as_array).into_iter().flatten();
    match format {
        Format::Json => output::json(&compared.value)?,
        Format::Csv => output::list(format, &rows().cloned().collect::<Vec<_>>(), &[])?,
        Format::Table => {
            let differing: Value = rows().filter(|row| row["state"] != "agrees").cloned().collect();
            let mut said = compared.value.clone();
            said.as_object_mut()
                .into_iter()
                .for_each(|fields| drop(fields.insert("rows".to_owned(), differing.clone())));
            output::object(format, &said, &[("rows", &COMPARED_COLUMNS)])?;
        }
    }
    Ok(if compared.agrees { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) })
}
