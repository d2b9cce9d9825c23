//! `cargo xtask bench match`: finding references, compared with bare loops, in the same run.
//!
//! Knows no crate of the product: it starts `crates/kassenzeichen/bench`.
//! Invariant: sides that must find the same have the same count and checksum, or the command fails.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::words::Words;
use crate::workspace::{Workspace, say};

/// A method of finding references, and the side that it is compared with.
struct Side {
    name: &'static str,
    shown: &'static str,
    anchor: &'static str,
    /// Whether it must find what its anchor finds.
    is_same: bool,
    runs: Vec<Run>,
}

/// The result of one process.
struct Run {
    /// `HITS CHECKSUM`.
    found: String,
    /// The time for finding alone, without reading files and building the index.
    time: Duration,
    /// The heap memory of the index for each open item.
    bytes: u64,
}

struct Stage<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    files: PathBuf,
    python: String,
}

/// Reads the words of the command and measures.
///
/// # Errors
/// If a side fails, or finds something else than it must.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let items = words.value("--items")?.unwrap_or(1_000_000_u64);
    let payments = words.value("--payments")?.unwrap_or(1_000_000_u64);
    let texts = words.value("--texts")?.unwrap_or(100_000_u64);
    let runs = words.value("--runs")?.unwrap_or(5_usize);
    words.finish()?;
    ensure!(runs > 0, "--runs 0 measures nothing");
    let stage = Stage::new(workspace, items, payments)?;
    let side = |name, shown, anchor, is_same| Side { name, shown, anchor, is_same, runs: Vec::new() };
    let mut sides = vec![
        side("bare", "exact: bare loop, HashMap<u64, u32>", "bare", true),
        side("exact", "exact: kassenzeichen", "bare", true),
        side("bare-near", "near, no exact hit: enumeration, HashMap<u64, u32>", "bare-near", true),
        side("near", "near, no exact hit: kassenzeichen, everything it finds", "bare-near", false),
        side("find", "all texts: kassenzeichen, everything it finds", "bare", false),
    ];
    match workspace.run(Command::new(&stage.python).arg("--version")) {
        Ok(_) => sides.push(side("python", "exact: Python re and dict", "bare", true)),
        Err(_) => say("python: left out, no python3 was found")?,
    }
    for _ in 0..runs {
        for side in &mut sides {
            let run = stage.run(side.name).with_context(|| side.name.to_owned())?;
            side.runs.push(run);
        }
    }
    compare(&sides)?;
    say(table(items, payments, &sides)?)?;
    let manners = workspace.run(Command::new(&stage.program).args(["manners", &texts.to_string()]))?;
    say(manners.trim_end())
}

impl<'a> Stage<'a> {
    fn new(workspace: &'a Workspace, items: u64, payments: u64) -> Result<Self> {
        let target = workspace.target.join("kassenzeichen-bench");
        let manifest = workspace.root.join("crates/kassenzeichen/bench/Cargo.toml");
        let line = format!("build --release --manifest-path {} --target-dir {}", manifest.display(), target.display());
        workspace.cargo(&line)?;
        let files = target.join(format!("files-{items}-{payments}"));
        fs::create_dir_all(&files).with_context(|| format!("cannot create {}", files.display()))?;
        let program = target.join("release/kassenzeichen-bench");
        let counts = [items.to_string(), payments.to_string()];
        workspace.run(Command::new(&program).arg("generate").args(counts).arg(&files))?;
        let python = std::env::var("EINMAL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        Ok(Self { workspace, program, files, python })
    }

    fn run(&self, side: &str) -> Result<Run> {
        let mut command = match side {
            "python" => {
                let mut command = Command::new(&self.python);
                command.arg(self.workspace.root.join("crates/kassenzeichen/bench/re_side.py"));
                command
            }
            _ => {
                let mut command = Command::new(&self.program);
                command.arg(side);
                command
            }
        };
        let printed = self.workspace.run(command.arg(&self.files))?;
        let [hits, checksum, micros, bytes] = printed.split_whitespace().collect::<Vec<_>>()[..] else {
            bail!("the side printed {printed:?}");
        };
        let time = Duration::from_micros(micros.parse()?);
        Ok(Run { found: format!("{hits} {checksum}"), time, bytes: bytes.parse()? })
    }
}

impl Side {
    fn median(&self) -> Duration {
        let mut times: Vec<Duration> = self.runs.iter().map(|run| run.time).collect();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    fn found(&self) -> &str {
        self.runs.first().map_or("", |run| run.found.as_str())
    }
}

/// Checks that every side finds the same in all its runs, and what its anchor finds if it must.
fn compare(sides: &[Side]) -> Result<()> {
    for side in sides {
        let anchor = sides.iter().find(|other| other.name == side.anchor).map_or("", Side::found);
        let wanted = if side.is_same { anchor } else { side.found() };
        if let Some(other) = side.runs.iter().find(|run| run.found != wanted) {
            bail!("{} finds {}, {} finds {wanted}", side.name, other.found, side.anchor);
        }
    }
    Ok(())
}

fn table(items: u64, payments: u64, sides: &[Side]) -> Result<String> {
    let mut out = format!("\n{items} open items, {payments} payments\n\n");
    out.push_str("| side | median s | x its anchor | hits | checksum | bytes an item |\n|---|---|---|---|---|---|\n");
    for side in sides {
        let anchor = sides.iter().find(|other| other.name == side.anchor).map(Side::median).unwrap_or_default();
        let (hits, checksum) = side.found().split_once(' ').unwrap_or_default();
        let bytes = side.runs.first().map_or(0, |run| run.bytes);
        let bytes = if bytes == 0 { "-".to_owned() } else { bytes.to_string() };
        let (median, ratio) = (side.median(), ratio(side.median(), anchor));
        let (seconds, millis) = (median.as_secs(), median.subsec_millis());
        writeln!(out, "| {} | {seconds}.{millis:03} | {ratio} | {hits} | {checksum} | {bytes} |", side.shown)?;
    }
    Ok(out)
}

#[expect(clippy::float_arithmetic, reason = "a ratio of two times, for people to read")]
fn ratio(time: Duration, other: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() / other.as_secs_f64())
}
