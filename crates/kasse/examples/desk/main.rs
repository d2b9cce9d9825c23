//! What people wait for at the desk, a clerk's steps first: each step in one long-running process, warm, against one that remembers nothing.
//!
//! Drives the use cases alone, as the web interface does. Invariant: both sides take the same steps upon cases of the same
//! town in turn, so that whatever else the machine does meets both; a decision that was timed has been committed.

mod town;

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use jiff::civil::{Date, date};
use kasse::{
    CaseNote, Config, EntriesAsked, ImportOptions, Kasse, PlanOptions, Progress, QueueAsk, QueueFilter, Resolution,
    RunWindow, Window,
};
use sepa::Cents;
use serde_json::Value;

use crate::town::Town;

/// The business date.
const TODAY: Date = date(2024, 3, 11);

/// Who works.
const CLERK: &str = "bench";

/// Steps in the order in which they are taken: a clerk's, the front desk's, the treasurer's, the planner's, the auditor's.
const STEPS: [&str; 19] = [
    "page of the queue",
    "page, text searched",
    "list of all cases",
    "one case",
    "allocate",
    "next case",
    "undo",
    "comment",
    "find Kassenzeichen",
    "find name",
    "caller's features",
    "answer at the front desk",
    "overview",
    "calendar of statements",
    "what a plan would take",
    "page of a run",
    "page of the journal",
    "entry of the journal",
    "documents of the runs",
];

/// The first page, and what lies beside a case.
fn first_page(case: i64) -> QueueAsk {
    QueueAsk { page: 1, size: 50, beside: Some(case) }
}

struct Options {
    town: Town,
    runs: usize,
    /// The database; a file of its own in a temporary folder where none is named.
    db: Option<String>,
}

impl Options {
    fn read() -> Result<Options> {
        let mut options = Options { town: Town { items: 100_000, bookings: 30_000, doubtful: 300 }, runs: 7, db: None };
        let mut words = std::env::args().skip(1);
        while let Some(name) = words.next() {
            let value = words.next().with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--items" => options.town.items = value.parse()?,
                "--bookings" => options.town.bookings = value.parse()?,
                "--cases" => options.town.doubtful = value.parse()?,
                "--runs" => options.runs = value.parse()?,
                "--db" => options.db = Some(value),
                _ => bail!("unknown option {name}"),
            }
        }
        Ok(options)
    }
}

/// Nobody watches.
struct Quiet;

impl Progress for Quiet {
    fn file(&self, _: usize, _: usize, _: &str) {}
    fn advance(&self, _: usize) {}
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::read()?;
    let folder = tempfile::tempdir()?;
    let own = format!("sqlite://{}", folder.path().join("einmal.db").display());
    let db = options.db.as_deref().unwrap_or(&own);
    let warm = open(db).await?;
    let counts = fill(&warm, &options.town, folder.path()).await?;
    say(&format!("{} items, {} bookings: {counts}\n", options.town.items, options.town.bookings))?;
    let mut times: Vec<[Vec<Duration>; 2]> = STEPS.iter().map(|_| [Vec::new(), Vec::new()]).collect();
    let mut numbers = open_cases(&warm).await?.into_iter();
    for _ in 0..options.runs {
        let mut next = || numbers.next().context("there are too few cases for so many runs");
        for (side, case, after) in [(0, next()?, next()?), (1, next()?, next()?)] {
            let mut clerk = Clerk { town: &options.town, case, after, proposed: Vec::new() };
            for (step, times) in STEPS.iter().zip(&mut times) {
                let fresh = open(db).await?;
                let kasse = if side == 0 { &fresh } else { &warm };
                let start = Instant::now();
                clerk.take(step, kasse).await?;
                if let Some(side) = times.get_mut(side) {
                    side.push(start.elapsed());
                }
                fresh.db.close().await;
            }
        }
    }
    let breaks = kasse::verify(&warm).await?;
    anyhow::ensure!(breaks.is_empty(), "the books are broken: {breaks:?}");
    say(&table(&times))
}

async fn open(db: &str) -> Result<Kasse> {
    let config = Config::parse(kasse::TEMPLATE).map_err(anyhow::Error::msg)?;
    Ok(Kasse::open(config, db, TODAY, "2024-03-11T08:00:00Z".to_owned()).await?)
}

/// Imports the town, matches it and plans a run, so that claims stand beside the cases.
async fn fill(kasse: &Kasse, town: &Town, folder: &Path) -> Result<String> {
    let files = town.write(folder)?;
    for file in files {
        let imported = kasse::import(kasse, &[file], &ImportOptions::default(), &Quiet).await?;
        let refused = imported.files.iter().find(|file| file.error.is_some());
        anyhow::ensure!(refused.is_none(), "{refused:?}");
    }
    let matched = kasse::match_all(kasse).await?;
    let options = PlanOptions { due: date(2024, 3, 28), planner: CLERK.to_owned(), kinds: Vec::new(), limit: None };
    let planned = kasse::plan(kasse, &options).await?;
    let debits = planned.plan.get("debits").map(Value::to_string).unwrap_or_default();
    Ok(format!("{} posted, {} cases, {debits} debits planned", matched.auto, matched.case))
}

/// The numbers of the cases that can be decided by their first candidate.
async fn open_cases(kasse: &Kasse) -> Result<Vec<i64>> {
    let cases = kasse::cases(kasse).await?;
    Ok(cases.iter().filter_map(|case| case.get("case")?.as_i64()).collect())
}

/// Who works on two cases, and what he was proposed for the first.
struct Clerk<'a> {
    town: &'a Town,
    case: i64,
    after: i64,
    proposed: Vec<(String, Cents)>,
}

impl Clerk<'_> {
    async fn take(&mut self, step: &str, kasse: &Kasse) -> Result<()> {
        let (case, debtor) = (self.case, self.case.unsigned_abs());
        match step {
            "page of the queue" => drop(kasse::queue(kasse, &QueueFilter::default(), &first_page(case)).await?),
            "page, text searched" => {
                let filter = QueueFilter { text: Some("zahlung 1".to_owned()), ..QueueFilter::default() };
                drop(kasse::queue(kasse, &filter, &first_page(case)).await?);
            }
            "list of all cases" => drop(kasse::cases(kasse).await?),
            "one case" => self.proposed = proposal(&kasse::case(kasse, case).await?),
            "next case" => drop(kasse::case(kasse, self.after).await?),
            "undo" => drop(kasse::resolve(kasse, case, &Resolution::Undo, None, CLERK).await?),
            "comment" => drop(kasse::note_case(kasse, case, &CaseNote::Comment("seen".to_owned()), CLERK).await?),
            "find Kassenzeichen" => drop(kasse::find(kasse, &self.town.kassenzeichen(debtor)).await?),
            "find name" => drop(kasse::find(kasse, &self.town.name(debtor)).await?),
            "caller's features" => drop(kasse::features(kasse, &self.town.kassenzeichen(debtor)).await?),
            "answer at the front desk" => drop(kasse::story(kasse, &self.town.kassenzeichen(debtor)).await?),
            "overview" => drop(kasse::overview(kasse).await?),
            "calendar of statements" => drop(kasse::calendar(kasse, date(2024, 2, 12), TODAY).await?),
            "what a plan would take" => drop(kasse::plan_proposal(kasse).await?),
            "page of a run" => drop(run_page(kasse).await?),
            "page of the journal" => {
                drop(kasse::journal_page(kasse, &EntriesAsked::default(), Window { most: 50, after: 0 }).await?);
            }
            // the first entry is the list of items: the largest there is
            "entry of the journal" => drop(kasse::journal_entry(kasse, 1).await?),
            "documents of the runs" => drop(kasse::run_documents(kasse).await?),
            _ => {
                let parts = std::mem::take(&mut self.proposed);
                let decided = if parts.is_empty() { Resolution::Refund } else { Resolution::Allocate(parts) };
                drop(kasse::resolve(kasse, case, &decided, None, CLERK).await?);
            }
        }
        Ok(())
    }
}

/// The first pages of the only run.
async fn run_page(kasse: &Kasse) -> Result<Value> {
    let runs = kasse::runs(kasse).await?;
    let name = runs.first().and_then(|run| run.get("run")?.as_str()).context("there is no run")?;
    let window = RunWindow { count: 50, ..RunWindow::default() };
    Ok(kasse::run_preview(kasse, name, "another", &window).await?)
}

/// What `case` proposes for its first candidate.
fn proposal(case: &Value) -> Vec<(String, Cents)> {
    let parts = case.pointer("/candidates/0/allocate").and_then(Value::as_array);
    let text = |part: &Value, name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
    let part = |part: &Value| {
        let name = format!("{}/{}", text(part, "kassenzeichen")?, text(part, "posten")?);
        Some((name, Cents::parse(&text(part, "amount")?).ok()?))
    };
    parts.into_iter().flatten().filter_map(part).collect()
}

fn table(times: &[[Vec<Duration>; 2]]) -> String {
    let mut out =
        "| step | nothing remembered, median ms | warm, median ms | warm, worst ms |\n|---|---|---|---|\n".to_owned();
    for (step, sides) in STEPS.iter().zip(times) {
        let [fresh, warm] = sides.clone().map(|mut side| {
            side.sort();
            side
        });
        let median = |side: &[Duration]| shown(side.get(side.len() / 2).copied());
        out += &format!("| {step} | {} | {} | {} |\n", median(&fresh), median(&warm), shown(warm.last().copied()));
    }
    out
}

fn shown(time: Option<Duration>) -> String {
    let micros = time.unwrap_or_default().as_micros();
    format!("{}.{}", micros / 1_000, micros % 1_000 / 100)
}

fn say(text: &str) -> Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
