//! `cargo xtask bench camt`: the statement reader compared with others, in the same run.
//!
//! Knows no reader: each side is a process of `crates/camt/bench`, or Python with lxml.
//! Invariant: a ratio is printed only if both sides found the same count, sum and texts.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::words::Words;
use crate::workspace::{Workspace, say};

/// The side that all others are compared with.
const ANCHOR: &str = "events";

/// A reader of one kind of file, run in turn with the others.
struct Side {
    name: &'static str,
    shown: &'static str,
    runs: Vec<Run>,
}

/// The result of one process.
struct Run {
    wall: Duration,
    /// `COUNT CENTS HASH`.
    found: String,
    /// Peak memory in KiB.
    peak: u64,
}

/// What is needed to start a side.
struct Stage<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    files: PathBuf,
    python: Option<String>,
}

/// Reads the words of the command and measures.
///
/// # Errors
/// If a side fails or finds something else than the others.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let entries = words.value("--entries")?.unwrap_or(100_000_u64);
    let runs = words.value("--runs")?.unwrap_or(5_usize);
    let large = words.switch("--large");
    words.finish()?;
    ensure!(runs > 0, "--runs 0 measures nothing");
    let stage = Stage::new(workspace)?;
    for layout in ["pretty", "compact"] {
        let file = stage.generate(layout, entries)?;
        let mut sides = vec![
            Side::new(ANCHOR, "quick-xml, bare loop of events, 64 KiB BufReader"),
            Side::new("camt1", "camt, one thread"),
            Side::new("camt2", "camt, two threads"),
            Side::new("peer", "crate sepa 0.9"),
        ];
        match stage.python {
            Some(_) => sides.push(Side::new("lxml", "lxml iterparse, seven fields")),
            None => say("lxml: left out, no python3 with lxml was found")?,
        }
        stage.measure(&mut sides, &file, runs)?;
        say(table(layout, entries, &file, &sides)?)?;
    }
    let file = stage.generate("mt940", entries)?;
    let mut sides = [Side::new("camt1", "camt, MT940")];
    stage.measure(&mut sides, &file, runs)?;
    say(table("mt940", entries, &file, &sides)?)?;
    let sizes: &[u64] = if large { &[1_000, 1_000_000] } else { &[1_000] };
    sizes.iter().try_for_each(|entries| stage.memory(*entries))
}

impl<'a> Stage<'a> {
    fn new(workspace: &'a Workspace) -> Result<Self> {
        let target = workspace.target.join("camt-bench");
        let manifest = workspace.root.join("crates/camt/bench/Cargo.toml");
        let line = format!("build --release --manifest-path {} --target-dir {}", manifest.display(), target.display());
        workspace.cargo(&line)?;
        let files = target.join("files");
        fs::create_dir_all(&files).with_context(|| format!("cannot create {}", files.display()))?;
        let python = std::env::var("EINMAL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let found = workspace.run(Command::new(&python).args(["-c", "import lxml"])).is_ok();
        Ok(Self { workspace, program: target.join("release/camt-bench"), files, python: found.then_some(python) })
    }

    fn generate(&self, layout: &str, entries: u64) -> Result<PathBuf> {
        let file = self.files.join(format!("{layout}-{entries}"));
        self.workspace.run(Command::new(&self.program).args(["generate", layout, &entries.to_string()]).arg(&file))?;
        Ok(file)
    }

    /// Runs the sides in turn, so that other load on the machine affects all of them.
    fn measure(&self, sides: &mut [Side], file: &Path, runs: usize) -> Result<()> {
        for _ in 0..runs {
            for side in sides.iter_mut() {
                let run = self.run(side.name, file).with_context(|| format!("{} {}", side.name, file.display()))?;
                side.runs.push(run);
            }
        }
        let mut found = sides.iter().filter(|side| side.name != ANCHOR).flat_map(|side| &side.runs);
        let first = found.next().map(|run| run.found.clone()).unwrap_or_default();
        if let Some(other) = found.find(|run| run.found != first) {
            bail!("the sides differ: {first} and {}", other.found);
        }
        Ok(())
    }

    fn run(&self, side: &str, file: &Path) -> Result<Run> {
        let mut command = match (side, &self.python) {
            ("lxml", Some(python)) => {
                let mut command = Command::new(python);
                command.arg(self.workspace.root.join("crates/camt/bench/lxml_side.py"));
                command
            }
            _ => {
                let mut command = Command::new(&self.program);
                command.arg(side);
                command
            }
        };
        let start = Instant::now();
        let printed = self.workspace.run(command.arg(file))?;
        let wall = start.elapsed();
        let (found, peak) = printed.trim().rsplit_once(' ').context("the side printed nothing")?;
        Ok(Run { wall, found: found.to_owned(), peak: peak.parse()? })
    }

    /// The peak memory for a file of another size.
    fn memory(&self, entries: u64) -> Result<()> {
        let file = self.generate("compact", entries)?;
        let mut sides = [Side::new("camt1", "one"), Side::new("camt2", "two")];
        self.measure(&mut sides, &file, 1)?;
        fs::remove_file(&file)?;
        let peaks = sides.map(|side| format!("{} thread(s) {:.1} MiB", side.shown, mebibytes(side.peak())));
        say(format!("peak memory, {entries} entries: {}", peaks.join(", ")))
    }
}

impl Side {
    fn new(name: &'static str, shown: &'static str) -> Self {
        Self { name, shown, runs: Vec::new() }
    }

    fn median(&self) -> Duration {
        let mut walls: Vec<Duration> = self.runs.iter().map(|run| run.wall).collect();
        walls.sort();
        walls.get(walls.len() / 2).copied().unwrap_or_default()
    }

    fn peak(&self) -> u64 {
        self.runs.iter().map(|run| run.peak).max().unwrap_or_default()
    }
}

/// The sides as a table, each compared with the first and with our reader on one thread.
fn table(layout: &str, entries: u64, file: &Path, sides: &[Side]) -> Result<String> {
    let size = fs::metadata(file)?.len();
    let mut out =
        format!("\n{layout}, {entries} entries, {} MB, {} bytes each\n\n", size / 1_000_000, size / entries.max(1));
    out.push_str("| side | median s | x the bare loop | x camt | entries/s | peak MiB |\n|---|---|---|---|---|---|\n");
    let of = |name: &str| sides.iter().find(|side| side.name == name).map(Side::median);
    for side in sides {
        let median = side.median();
        let against = |other: Option<Duration>| other.map_or("-".to_owned(), |other| ratio(median, other));
        let each = u128::from(entries).saturating_mul(1_000_000).checked_div(median.as_micros()).unwrap_or_default();
        writeln!(
            out,
            "| {} | {}.{:03} | {} | {} | {each} | {:.1} |",
            side.shown,
            median.as_secs(),
            median.subsec_millis(),
            against(of(ANCHOR)),
            against(of("camt1")),
            mebibytes(side.peak()),
        )?;
    }
    Ok(out)
}

#[expect(clippy::float_arithmetic, reason = "a ratio of two times, for people to read")]
fn ratio(time: Duration, other: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() / other.as_secs_f64())
}

#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "a size for people to read")]
fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}
