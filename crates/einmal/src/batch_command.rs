//! `einmal batch`: from what was typed to a night and its exit code.
//!
//! Must not know what a night does. Invariant: the exit code says what a scheduler needs: 0 nothing to do for people, 3 people are
//! needed, 1 something failed and nothing is half-done, 4 another night is at work.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use kasse::{AlarmKind, Alone, Kasse, Night, NightAsked, NightFile, NightOutcome};

use crate::batch_cli::{Batch, Order};
use crate::failure::{Failure, Outcome};
use crate::format_cli::Format;
use crate::output::{self, note};
use crate::progress::Bar;
use crate::speech::say;

/// People are needed.
const PEOPLE: u8 = 3;

/// Another night is at work.
const BUSY: u8 = 4;

fn asked(said: &Batch) -> NightAsked {
    let failed = said.failed.clone().unwrap_or_else(|| said.archive.join("failed"));
    NightAsked {
        inbox: said.inbox.clone(),
        archive: said.archive.clone(),
        failed,
        outbox: said.outbox.clone(),
        say,
        free_mib,
    }
}

/// Locks the folders; with an exit code where another night is at work.
pub(crate) fn alone(said: &Batch) -> Result<Result<Alone, ExitCode>, Failure> {
    Ok(match asked(said).alone()? {
        Some(alone) => Ok(alone),
        None => {
            note("another night is at work on one of these folders: nothing was done");
            Err(ExitCode::from(BUSY))
        }
    })
}

/// Does a night, with its folders locked.
pub(crate) async fn run(kasse: &Kasse, format: Format, said: &Batch) -> Outcome {
    let began = Instant::now();
    let bar = Bar::new();
    let night = kasse::night(kasse, &asked(said), &bar).await;
    bar.done();
    let night = night?;
    match format {
        Format::Json => output::json(&serde_json::to_value(&night).unwrap_or_default())?,
        Format::Table | Format::Csv => night.lines().iter().try_for_each(|line| output::line(&say(line)))?,
    }
    if let Some(file) = &said.summary {
        let text = serde_json::to_string_pretty(&night).unwrap_or_default();
        kasse::write_whole(file, format!("{text}\n").as_bytes())?;
    }
    if let Some(file) = &said.metrics {
        kasse::write_whole(file, metrics(&night, began.elapsed().as_millis()).as_bytes())?;
    }
    Ok(ExitCode::from(match night.outcome {
        NightOutcome::Nothing => 0,
        NightOutcome::People => PEOPLE,
        NightOutcome::Failed => 1,
    }))
}

/// Makes, confirms, ends or lists standing orders.
pub(crate) async fn order(kasse: &Kasse, format: Format, order: Order) -> Result<(), Failure> {
    match order {
        Order::Make(said) => {
            kasse::order_make(kasse, &said.name, &said.who).await?;
            note(&format!("{} has made the standing order {:?}: another person puts it in force", said.who, said.name));
        }
        Order::Confirm(said) => {
            kasse::order_confirm(kasse, &said.name, &said.who).await?;
            note(&format!("the standing order {:?} is in force, says {}", said.name, said.who));
        }
        Order::End(said) => {
            kasse::order_end(kasse, &said.name, &said.who).await?;
            note(&format!("the standing order {:?} is ended, says {}", said.name, said.who));
        }
        Order::List => {
            let columns = ["order", "state", "terms", "made_by", "confirmed_by", "last_day"];
            output::list(format, &kasse::order_list(kasse).await?, &columns)?;
        }
    }
    Ok(())
}

/// Figures of a night as Prometheus reads them; nothing in them is about a person.
fn metrics(night: &Night, millis: u128) -> String {
    let of = |fate: &str| night.files.iter().filter(|file| file.fate == fate).count();
    let began = night.began.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
    let is = |outcome: NightOutcome| u8::from(night.outcome == outcome);
    let (whole, rest) = (millis / 1_000, millis % 1_000);
    let mut lines = vec![
        "# HELP einmal_batch_began_seconds When the last night began.".to_owned(),
        "# TYPE einmal_batch_began_seconds gauge".to_owned(),
        format!("einmal_batch_began_seconds {began}"),
        "# HELP einmal_batch_duration_seconds How long it took.".to_owned(),
        "# TYPE einmal_batch_duration_seconds gauge".to_owned(),
        format!("einmal_batch_duration_seconds {whole}.{rest:03}"),
        "# HELP einmal_batch_outcome How it ended.".to_owned(),
        "# TYPE einmal_batch_outcome gauge".to_owned(),
    ];
    let outcomes = [NightOutcome::Nothing, NightOutcome::People, NightOutcome::Failed];
    lines.extend(outcomes.map(|one| format!("einmal_batch_outcome{{outcome=\"{}\"}} {}", one.word(), is(one))));
    lines.push("# HELP einmal_batch_files Files of it, by what became of them.".to_owned());
    lines.push("# TYPE einmal_batch_files gauge".to_owned());
    lines.extend(NightFile::FATES.map(|fate| format!("einmal_batch_files{{fate=\"{fate}\"}} {}", of(fate))));
    lines.push("# HELP einmal_cases Open cases, by what they are.".to_owned());
    lines.push("# TYPE einmal_cases gauge".to_owned());
    let cases = [("open", night.cases.open), ("new", night.cases.new), ("to_decide", night.cases.to_decide)];
    lines.extend(cases.map(|(word, count)| format!("einmal_cases{{which=\"{word}\"}} {count}")));
    lines.push("# HELP einmal_runs_waiting Runs that wait for a person.".to_owned());
    lines.push("# TYPE einmal_runs_waiting gauge".to_owned());
    lines.push(format!("einmal_runs_waiting {}", night.runs.iter().filter(|run| run.person).count()));
    lines.push("# HELP einmal_alarms What people must be told of, by kind.".to_owned());
    lines.push("# TYPE einmal_alarms gauge".to_owned());
    lines.extend(AlarmKind::ALL.map(|kind| {
        let count = night.alarms.iter().filter(|alarm| alarm.kind == kind).count();
        format!("einmal_alarms{{kind=\"{}\"}} {count}", kind.word())
    }));
    lines.join("\n") + "\n"
}

/// MiB that are free for us where a folder lies.
#[cfg(unix)]
pub(crate) fn free_mib(folder: &Path) -> Option<u64> {
    let told = rustix::fs::statvfs(folder).ok()?;
    Some(told.f_bavail.saturating_mul(told.f_frsize) >> 20)
}

#[cfg(not(unix))]
pub(crate) fn free_mib(_: &Path) -> Option<u64> {
    None
}
