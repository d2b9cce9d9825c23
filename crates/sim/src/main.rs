//! Draws towns, banks, citizens, clerks and faults from seeds, drives the real use cases through real files and a real
//! database, and asks an oracle, which shares no code with them, whether the promise was kept.
//!
//! Must not know a rule of the treasury: the oracle decides what is right. Invariant: a seed gives the same game on
//! every machine, except for the random keys of personal values and the order in which two processes reach the
//! database.

mod acts;
mod bank;
mod citizens;
mod engine;
mod faults;
mod play;
mod probe;
mod staff;
mod statement;
mod swarm;
mod town;
mod view;
mod violence;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser;

use crate::engine::Engine;
use crate::play::{Ground, Played};

/// Tries to break the promise.
#[derive(Debug, Parser)]
struct Args {
    /// The seeds, first and last
    #[arg(long, value_name = "A..B", default_value = "1..100", value_parser = seeds)]
    seeds: RangeInclusive<u64>,
    /// Tell what happens
    #[arg(long)]
    story: bool,
    /// Count what people did, and how often it was refused or there was nothing to do
    #[arg(long)]
    tally: bool,
    /// Stop at the first seed that breaks the promise
    #[arg(long)]
    first: bool,
    /// How many seeds are played at once
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// The program itself, to be killed from outside and to find the disk full; without it that is left out
    #[arg(long, value_name = "PATH")]
    bin: Option<std::path::PathBuf>,
    /// Where the games are kept while they are played [default: in memory where there is such a folder]
    #[arg(long, value_name = "DIR")]
    folder: Option<std::path::PathBuf>,
    /// A PostgreSQL server for the books: its URL, with {} in the place of the database [default: a file]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Let happen what is rare too in every game, not in every second one alone
    #[arg(long)]
    wild: bool,
    /// Leave each game's settings, database and files there
    #[arg(long)]
    keep: bool,
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let wrong = || format!("{text:?} is no range like 1..100");
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    Ok(first.parse().map_err(|_| wrong())?..=last.parse().map_err(|_| wrong())?)
}

/// Bytes of a worker's stack: a game awaits a whole command in one thread, and without optimization its states are large.
const STACK: usize = 16 << 20;

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let began = Instant::now();
    if let Some(server) = &args.server {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(engine::prepare(server))?;
    }
    let (next, failed) = (AtomicU64::new(*args.seeds.start()), AtomicUsize::new(0));
    let acts = Mutex::new(BTreeMap::new());
    let totals = [const { AtomicUsize::new(0) }; 3];
    std::thread::scope(|scope| -> Result<()> {
        let workers: Vec<_> = (0..args.threads.max(1))
            .map(|place| {
                let (args, next, failed, totals, acts) = (&args, &next, &failed, &totals, &acts);
                let thread = std::thread::Builder::new().stack_size(STACK);
                thread.spawn_scoped(scope, move || {
                    stay(place);
                    work(args, next, failed, totals, acts)
                })
            })
            .collect::<std::io::Result<_>>()?;
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| anyhow::bail!("a game panicked")))
    })?;
    if args.tally {
        let acts = acts.into_inner().unwrap_or_default();
        let line = |(act, [done, refused, idle]): (&String, &[usize; 3])| {
            say(&format!("{act:<14} {done:>7} done {refused:>7} refused {idle:>7} idle"));
        };
        acts.iter().for_each(line);
    }
    let failed = failed.into_inner();
    let [transfers, exports, kills] = totals.map(AtomicUsize::into_inner);
    let played = (next.into_inner().min(args.seeds.end() + 1)).saturating_sub(*args.seeds.start());
    say(&format!(
        "{played} seeds in {:.1?}: {transfers} transfers, {exports} files, {kills} kills; {failed} broke the promise",
        began.elapsed()
    ));
    Ok(ExitCode::from(u8::from(failed > 0)))
}

/// Pins this thread, and with it the threads of its databases, to one processor. A request and its answer change
/// threads thousands of times per game, which is slow between two processors.
fn stay(place: usize) {
    #[cfg(target_os = "linux")]
    {
        let allowed = rustix::thread::sched_getaffinity(None).unwrap_or_default();
        let all: Vec<usize> = (0..rustix::thread::CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).collect();
        let mut own = rustix::thread::CpuSet::new();
        all.get(place % all.len().max(1)).into_iter().for_each(|cpu| own.set(*cpu));
        // without it the game is only slower
        let _ = rustix::thread::sched_setaffinity(None, &own);
    }
    let _ = place;
}

/// A progress line is printed every this many seeds.
const PROGRESS: u64 = 500;

/// For each act: how often it was done, was refused, or had nothing to do.
type Tally = Mutex<BTreeMap<String, [usize; 3]>>;

/// Plays seeds until there is none left.
fn work(args: &Args, next: &AtomicU64, failed: &AtomicUsize, totals: &[AtomicUsize; 3], acts: &Tally) -> Result<()> {
    let run_time = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed > *args.seeds.end() || args.first && failed.load(Ordering::Relaxed) > 0 {
            return Ok(());
        }
        let folder = ground(args)?;
        if args.keep {
            say(&format!("seed {seed} is kept in {}", folder.path().display()));
        }
        let played = run_time.block_on(game(args, seed, folder.path())).with_context(|| format!("seed {seed}"));
        let played = played.unwrap_or_else(|error| Played {
            broken: vec![format!("the game could not go on: {error:#}")],
            ..Played::default()
        });
        for (total, count) in totals.iter().zip([played.transfers, played.exports, played.kills]) {
            total.fetch_add(count, Ordering::Relaxed);
        }
        if let Ok(mut acts) = acts.lock() {
            for (act, counts) in &played.acts {
                let tally = acts.entry(act.clone()).or_default();
                tally.iter_mut().zip(counts).for_each(|(all, own)| *all += own);
            }
        }
        report(args, seed, &played, failed);
        if seed.is_multiple_of(PROGRESS) {
            say(&format!("at seed {seed}"));
        }
        if args.keep {
            let _ = folder.keep();
        }
    }
}

async fn game(args: &Args, seed: u64, folder: &Path) -> Result<Played> {
    let engine = Engine::begin(folder, args.server.as_deref(), seed).await?;
    let ground = Ground { folder, engine, binary: args.bin.as_deref(), is_wild: args.wild || seed.is_multiple_of(2) };
    let played = play::play(seed, ground).await;
    match &args.server {
        Some(server) if !args.keep => engine::end(server, seed).await?,
        _ => {}
    }
    played
}

/// Folders in memory: only processes are killed here, not machines, so nothing has to reach a disk.
const MEMORY: &str = "/dev/shm";

fn ground(args: &Args) -> Result<tempfile::TempDir> {
    let memory = || Some(Path::new(MEMORY)).filter(|folder| folder.is_dir()).map(tempfile::tempdir_in);
    let in_memory = match &args.folder {
        Some(folder) => Some(tempfile::tempdir_in(folder)),
        None => memory().filter(std::result::Result::is_ok),
    };
    Ok(in_memory.unwrap_or_else(tempfile::tempdir)?)
}

fn report(args: &Args, seed: u64, played: &Played, failed: &AtomicUsize) {
    if args.story {
        played.story.iter().for_each(|line| say(line));
    }
    if !played.broken.is_empty() {
        failed.fetch_add(1, Ordering::Relaxed);
        say(&format!("seed {seed} breaks the promise; again: cargo xtask sim --seeds {seed}..{seed} --story"));
        played.broken.iter().take(5).for_each(|why| say(&format!("  {why}")));
    }
}

fn say(text: &str) {
    // nothing can be done if stdout is gone
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
