//! `cargo xtask bench town`: every command over the books of a whole town, each a process of its own.
//!
//! Knows no crate of the product: it starts `einmal`, the example that draws a town's files, and a bare program that stores
//! the same rows without any rule (`crates/store/bench`). Seconds and peak memory stand beside each other in one run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::postgres::Server;
use crate::words::Words;
use crate::workspace::{Workspace, say};

/// The business date of the drawn town, and the day of its run.
const TODAY: &str = "2024-03-11";
const DUE: &str = "2024-03-25";

/// What is measured: a name, the words after the program's own, and the step of the bare program beside it.
const STEPS: [(&str, &str, Option<&str>); 14] = [
    ("import of lists", "import FOLDER/items.csv FOLDER/mandates.csv", Some("lists")),
    ("import of a statement", "import FOLDER/statement.xml", Some("statements")),
    ("match", "match", Some("match")),
    ("match again", "match", None),
    ("collect plan", "collect plan --due DUE --as anna", None),
    ("collect notify", "collect notify L1 --out FOLDER/out --as anna --sent TODAY", None),
    ("collect release", "collect release L1 --as bernd --acknowledge-open-cases", None),
    ("collect export", "collect export L1 --out FOLDER/out --early bench", None),
    ("find KASSENZEICHEN", "find KASSENZEICHEN", None),
    ("case 1", "case 1", None),
    ("cases", "cases", None),
    ("resolve 1", "resolve 1 --other bench --as anna", None),
    ("collect show", "collect show L1", None),
    ("verify", "verify", None),
];

/// A process's time and memory.
struct Cost {
    seconds: Duration,
    /// Kilobytes at its peak, where the system tells.
    peak: Option<u64>,
}

/// Reads the words of the command and measures.
///
/// # Errors
/// If something cannot be built, or a command fails.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let items = words.value::<u64>("--items")?.unwrap_or(150_000);
    let bookings = words.value::<u64>("--bookings")?.unwrap_or(60_000);
    let server = words.switch("--postgres").then(|| Server::start(workspace)).transpose()?;
    words.finish()?;
    let stage = Stage::new(workspace, items, bookings)?;
    let database = match &server {
        Some(server) => server.database(workspace, "town")?,
        None => format!("sqlite://{}", stage.folder.path().join("einmal.db").display()),
    };
    say(format!("{items} items, {bookings} bookings, {}", if server.is_some() { "PostgreSQL" } else { "SQLite" }))?;
    say("command                  seconds   peak MiB   bare s")?;
    for (name, line, bare) in STEPS {
        let own = stage.einmal(&database, line)?;
        let bare = bare.map(|step| stage.bare(step)).transpose()?;
        let bare = bare.map_or(String::new(), |cost| format!("{:8.2}", cost.seconds.as_secs_f64()));
        let peak = own.peak.map_or_else(|| "?".to_owned(), |kilobytes| (kilobytes / 1024).to_string());
        say(format!("{name:22} {:9.2} {peak:>10} {bare}", own.seconds.as_secs_f64()))?;
    }
    Ok(())
}

/// The programs and the files of a town.
struct Stage {
    program: PathBuf,
    bare: PathBuf,
    folder: tempfile::TempDir,
    /// The first Kassenzeichen of the list.
    kassenzeichen: String,
}

impl Stage {
    fn new(workspace: &Workspace, items: u64, bookings: u64) -> Result<Stage> {
        workspace.cargo("build --profile sim --locked --quiet --package einmal")?;
        workspace.cargo("build --profile sim --locked --quiet --package kasse --example town")?;
        let target = workspace.target.join("store-bench");
        let manifest = workspace.root.join("crates/store/bench/Cargo.toml");
        let line = format!("build --release --manifest-path {} --target-dir {}", manifest.display(), target.display());
        workspace.cargo(&line)?;
        let folder = tempfile::tempdir().context("a folder for the town")?;
        let built = workspace.target.join("sim");
        let mut draw = Command::new(built.join("examples/town"));
        draw.arg(folder.path()).args([items.to_string(), bookings.to_string()]);
        workspace.run(&mut draw)?;
        let items = fs::read_to_string(folder.path().join("items.csv")).context("the list")?;
        let first = items.lines().nth(1).and_then(|line| line.split(';').next()).context("an item")?.to_owned();
        let bare = target.join("release/store-bench");
        Ok(Stage { program: built.join("einmal"), bare, folder, kassenzeichen: first })
    }

    fn einmal(&self, database: &str, line: &str) -> Result<Cost> {
        let folder = self.folder.path();
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(folder.join("einmal.toml")).args(["--db", database, "--today", TODAY]);
        let shown = folder.display().to_string();
        let (own, days) = (&self.kassenzeichen, |word: &str| word.replace("DUE", DUE).replace("TODAY", TODAY));
        let word = |word: &str| days(word).replace("FOLDER", &shown).replace("KASSENZEICHEN", own);
        // 3: there are cases for people
        cost(command.args(line.split(' ').map(word)), &[0, 3]).with_context(|| line.to_owned())
    }

    fn bare(&self, step: &str) -> Result<Cost> {
        let database = self.folder.path().join("bare.db");
        cost(Command::new(&self.bare).arg(self.folder.path()).arg(database).arg(step), &[0])
    }
}

/// Runs a command to its end and looks at its memory meanwhile.
fn cost(command: &mut Command, expected: &[i32]) -> Result<Cost> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("cannot be started")?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = None;
    let ended = loop {
        peak = peak_of(&status).or(peak);
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let seconds = start.elapsed();
    ensure!(ended.code().is_some_and(|code| expected.contains(&code)), "ended with {ended}");
    Ok(Cost { seconds, peak })
}

/// The most memory that a process has had so far, kilobytes.
fn peak_of(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
