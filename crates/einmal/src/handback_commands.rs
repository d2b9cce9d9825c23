//! `einmal export`, `einmal handover` and `einmal compare`: what the finance system takes over again.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use kasse::{HandbackKind, Kasse, Layout, Next, TwoSay};
use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::format_cli::Format;
use crate::handback_cli::{Export, ExportSaid, HandoverSaid};
use crate::output::{self, note};
use crate::typed::Since;

/// Files for another program: CSV unless JSON is asked for, or what a profile says.
pub(crate) async fn export(kasse: &Kasse, format: Format, said: ExportSaid) -> Result<(), Failure> {
    let kind = kind(said.export, said.profile.is_some());
    if said.list {
        return Ok(output::list(format, &kasse::exports(kasse, kind).await?, &["number", "kind", "day", "by"])?);
    }
    let format = if format == Format::Json { Format::Json } else { Format::Csv };
    if said.profile.is_some() && said.export != Export::Postings {
        return Err(Failure::Said("--profile belongs to export postings".to_owned()));
    }
    // what cannot be meant is refused before a number is given
    let layout = said.profile.as_deref().map(Layout::of).transpose()?;
    if layout.as_ref().is_some_and(|layout| !layout.is_text() && said.out.is_none()) {
        return Err(Failure::Said("a workbook is no text: name its file with --out".to_owned()));
    }
    let number = match said.since {
        Some(Since::Number(since)) => match kasse::export_after(kasse, kind, since, said.who.as_deref()).await? {
            Next::Number(number) => Some(number),
            Next::Nothing => {
                note(&format!("nothing has changed since export {since}"));
                return Ok(());
            }
        },
        Some(Since::Day(_)) if said.export != Export::Postings || layout.is_some() => {
            return Err(Failure::Said(
                "--since takes a day of export postings without a profile alone: say the number of the last export"
                    .to_owned(),
            ));
        }
        Some(Since::Day(_)) | None => None,
    };
    match (layout, number) {
        (Some(layout), number) => profiled(kasse, &layout, number, said.out.as_deref()).await?,
        (None, Some(number)) => output::list(format, &kasse::exported(kasse, kind, number).await?, &[])?,
        (None, None) => output::list(format, &rows(kasse, said.export, said.since).await?, &[])?,
    }
    number.iter().for_each(|number| note(&format!("export {number}: go on with --since {number}")));
    Ok(())
}

fn kind(export: Export, by_profile: bool) -> HandbackKind {
    match export {
        Export::Postings if by_profile => HandbackKind::Lines,
        Export::Postings => HandbackKind::Postings,
        Export::Blocks => HandbackKind::Blocks,
        Export::Living => HandbackKind::Living,
        Export::Holds => HandbackKind::Holds,
        Export::Mandates => HandbackKind::Mandates,
        Export::Handed => HandbackKind::Handed,
    }
}

/// All as it is today.
async fn rows(kasse: &Kasse, export: Export, since: Option<Since>) -> Result<Vec<Value>, Failure> {
    let since: Option<Date> = since.and_then(|since| if let Since::Day(day) = since { Some(day) } else { None });
    Ok(match export {
        Export::Postings => kasse::postings(kasse, since).await?,
        Export::Blocks => kasse::blocks(kasse).await?,
        Export::Living => kasse::living(kasse).await?,
        Export::Holds => kasse::holds(kasse).await?,
        Export::Mandates => kasse::mandates(kasse).await?,
        Export::Handed => kasse::handed(kasse).await?,
    })
}

async fn profiled(kasse: &Kasse, layout: &Layout, number: Option<i64>, out: Option<&Path>) -> Result<(), Failure> {
    let file = kasse::posted_file(kasse, layout, number).await?;
    file.remarks.iter().for_each(|remark| note(&format!("warning: {remark}")));
    let Some(bytes) = file.bytes else {
        note("there is nothing to tell: nothing was written");
        return Ok(());
    };
    match out {
        Some(path) => {
            kasse::write_aside(path, &bytes)?;
            note(&format!("{} was written", path.display()));
        }
        None => {
            let mut out = std::io::stdout().lock();
            out.write_all(&bytes)?;
            out.flush()?;
        }
    }
    Ok(())
}

/// Of a handover, what a person reads of each debit that still lives.
const LIVING_COLUMNS: &[&str] =
    &["run", "end_to_end_id", "kassenzeichen", "amount", "due", "state", "refundable_until"];

pub(crate) async fn handover(kasse: &Kasse, format: Format, said: HandoverSaid) -> Result<(), Failure> {
    if let Some(year) = said.year_end {
        let columns =
            ["budget_year", "open_items", "open", "handed_over", "in_collection", "unclear_credits", "unclear"];
        return Ok(output::list(format, &kasse::year_end(kasse, year).await?, &columns)?);
    }
    let (Some(who), Some(with), Some(reason)) = (said.who, said.with, said.reason) else {
        let columns = ["handover", "as_of", "levy", "items", "by", "with", "reason", "taken_back_by"];
        return Ok(output::list(format, &kasse::handovers(kasse).await?, &columns)?);
    };
    let two = TwoSay { who, with, reason };
    if let Some(number) = said.withdraw {
        kasse::handover_withdraw(kasse, number, &two).await?;
        note(&format!("handover {number} was taken back: its items are collected here again"));
        return Ok(());
    }
    let Some(as_of) = said.as_of else { return Ok(()) };
    let done = kasse::handover(kasse, as_of, said.levy.as_deref(), &two).await?;
    let lists: [(&str, &[&str]); 2] = [("released", &["run", "debits", "amount"]), ("living", LIVING_COLUMNS)];
    output::object(format, &done.value, &lists)?;
    note(&format!("handover {}: from now on no debit of ours takes these items", done.number));
    Ok(())
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
