//! `eval`: plays many simulated towns through the matcher and prints the results.
//!
//! Must not know rules; it hands out seeds to threads and prints tables. Invariant: the figures do not depend on the
//! number of threads, and the exit code is 1 if a limit is broken.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result, ensure};
use clap::{Args, Parser};
use eval::payments::draw_town;
use eval::play;
use eval::profile::{PROFILES, profile};
use eval::report::{self, Section};
use eval::score::{Played, Score};
use eval::weights::Weighing;

/// Measures the matcher over drawn towns, and estimates its weights from them.
#[derive(Parser)]
enum Command {
    /// Plays towns and prints what came of it; exit code 1 where a limit is broken.
    Run(Wanted),
    /// Estimates the weights of the witnesses; its towns are never those of `run` with seeds below 1,000,000.
    Weights(Training),
}

#[derive(Args)]
struct Wanted {
    /// Payments in all, divided among the profiles.
    #[arg(long, default_value_t = 1_000_000)]
    payments: usize,
    /// Payments of a town.
    #[arg(long, default_value_t = 5_000)]
    town: usize,
    /// The first town's seed; the others follow.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which kinds of towns; all where none is named.
    #[arg(long, value_delimiter = ',')]
    profiles: Vec<String>,
    /// Towns played at once.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// At most so many of each kind of flaw are shown for a profile.
    #[arg(long, default_value_t = 200)]
    flaws: usize,
    /// Shows payments of this manner, at most `flaws` of each outcome.
    #[arg(long)]
    show: Option<String>,
    /// Puts the tables into this page, in place of the last result.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// A table for each manner.
    #[arg(long)]
    manners: bool,
}

#[derive(Args)]
struct Training {
    /// Payments in all, divided among the profiles.
    #[arg(long, default_value_t = 200_000)]
    payments: usize,
    /// Payments of a town.
    #[arg(long, default_value_t = 5_000)]
    town: usize,
    /// Towns played at once.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// The data file to compare with.
    #[arg(long)]
    file: Option<PathBuf>,
    /// Puts the estimates into the data file.
    #[arg(long, requires = "file")]
    write: bool,
}

/// The first seed of the training towns.
const TRAINING: u64 = 1_000_000;

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Run(wanted) => run(&wanted),
        Command::Weights(training) => weigh(&training),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // nothing can be done if even the error stream is gone
            let _ = writeln!(io::stderr(), "eval: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Plays all towns and prints the results; returns whether every limit holds.
fn run(wanted: &Wanted) -> Result<bool> {
    let chosen = chosen(&wanted.profiles)?;
    let towns = wanted.payments.div_ceil(chosen.len() * wanted.town.max(1)).max(1);
    ensure!(wanted.seed.saturating_add(towns as u64) <= TRAINING, "seeds from {TRAINING} on are for training");
    let mut scores = Vec::new();
    for profile in &chosen {
        let mut all = Score::default();
        let played = in_parallel(wanted.threads, towns, |town| {
            let (town, drawn) = draw_town(wanted.seed + town as u64, *profile, wanted.town)?;
            let books = play::books(&town);
            let verdicts = play::verdicts(&books, &drawn);
            let played =
                Played { town: &town, books: &books, owners: &town.owners(), drawn: &drawn, verdicts: &verdicts };
            Some(played.score(wanted.show.as_deref()))
        })?;
        played.into_iter().for_each(|score| all.add(score));
        scores.push(all);
    }
    let sections: Vec<Section<'_>> = chosen
        .iter()
        .zip(&scores)
        .filter_map(|(profile, score)| Some(Section { profile: PROFILES.get(*profile)?, towns: towns as u64, score }))
        .collect();
    let mut out = io::stdout().lock();
    writeln!(out, "rules {}, seeds {} to {}\n", ledger::RULES, wanted.seed, wanted.seed + towns as u64 - 1)?;
    for section in &sections {
        if wanted.manners {
            write!(out, "{}", report::manners(section))?;
        }
        writeln!(out, "{}", report::flaws(section, wanted.flaws).trim_end())?;
    }
    writeln!(out, "{}", report::overview(&sections))?;
    writeln!(out, "{}", report::residual(&sections))?;
    writeln!(out, "{}", report::calibration(&sections))?;
    if let Some(path) = &wanted.keep {
        let page = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let page = report::keep(&page, &kept(wanted, towns, &sections));
        let page = page.with_context(|| format!("{} has no place for the result", path.display()))?;
        fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let broken: Vec<String> = sections.iter().flat_map(Section::broken).collect();
    match broken.as_slice() {
        [] => writeln!(out, "every limit holds")?,
        lines => writeln!(out, "broken: {}", lines.join("; "))?,
    }
    Ok(broken.is_empty())
}

/// The text of a run that a page keeps.
fn kept(wanted: &Wanted, towns: usize, sections: &[Section<'_>]) -> String {
    let last = wanted.seed + towns as u64 - 1;
    let mut parts = vec![
        format!("Rules {}, seeds {} to {last}, towns of {} payments.", ledger::RULES, wanted.seed, wanted.town),
        report::overview(sections),
        "What nobody could know:".to_owned(),
        report::residual(sections),
        "How sure the verdicts were:".to_owned(),
        report::calibration(sections),
    ];
    parts.extend(sections.iter().map(report::manners));
    let causes: String = sections.iter().map(|section| report::flaws(section, 0)).collect();
    parts.push(format!("### Everything posted wrongly or debited beyond, by cause\n\n```\n{}\n```", causes.trim_end()));
    parts.join("\n\n").replace("\n\n\n", "\n\n")
}

/// Counts witnesses in training towns of every kind and prints the estimated weights.
fn weigh(training: &Training) -> Result<bool> {
    let towns = training.payments.div_ceil(tame().count() * training.town.max(1)).max(1);
    let mut all = Weighing::default();
    for profile in tame() {
        let counted = in_parallel(training.threads, towns, |town| {
            let (town, drawn) = draw_town(TRAINING + town as u64, profile, training.town)?;
            let books = play::books(&town);
            let mut weighing = Weighing::default();
            weighing.add(&town, &drawn, &play::verdicts(&books, &drawn));
            Some(weighing)
        })?;
        counted.iter().for_each(|weighing| all.merge(weighing));
    }
    let file = match &training.file {
        Some(path) => fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => String::new(),
    };
    writeln!(io::stdout().lock(), "{}", all.table(&file))?;
    if let Some(path) = training.file.as_ref().filter(|_| training.write) {
        fs::write(path, all.rewrite(&file)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(true)
}

fn chosen(names: &[String]) -> Result<Vec<usize>> {
    if names.is_empty() {
        return Ok((0..PROFILES.len()).collect());
    }
    let known: Vec<&str> = PROFILES.iter().map(|profile| profile.name).collect();
    names
        .iter()
        .map(|name| profile(name).with_context(|| format!("no profile {name}; there are {}", known.join(", "))))
        .collect()
}

/// Profiles without stories: weights are learnt from ordinary transfers.
fn tame() -> impl Iterator<Item = usize> {
    PROFILES.iter().enumerate().filter(|(_, profile)| profile.wild == 0).map(|(place, _)| place)
}

/// Does some work for each town on several threads; the results are in the order of the towns.
fn in_parallel<T: Send>(threads: usize, towns: usize, work: impl Fn(usize) -> Option<T> + Sync) -> Result<Vec<T>> {
    let (next, (send, receive)) = (AtomicUsize::new(0), mpsc::channel());
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let town = next.fetch_add(1, Ordering::Relaxed);
                    if town >= towns || send.send((town, work(town))).is_err() {
                        return;
                    }
                }
            });
        }
    });
    drop(send);
    let mut done: Vec<(usize, Option<T>)> = receive.into_iter().collect();
    done.sort_by_key(|(town, _)| *town);
    ensure!(done.len() == towns, "only {} of {towns} towns were played", done.len());
    done.into_iter().map(|(town, done)| done.with_context(|| format!("town {town} cannot be drawn"))).collect()
}
