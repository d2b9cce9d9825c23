//! `cargo xtask crash`: kills the program (SIGKILL) at random moments of each step from import to export, on either
//! database.
//!
//! Uses the program from outside only. Invariants that are checked after each kill: the books can be verified; a step
//! that is one transaction was done completely or not at all; the same command completes it; the reports are then the
//! same as without the kill; and no file is half-written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tempfile::TempDir;

use crate::postgres::Server;
use crate::words::Words;
use crate::workspace::{Workspace, say};

/// The steps that are killed, in this order; each begins where the one before ended.
const STEPS: [Step; 6] = [
    Step { line: "import offene-posten.csv mandate.csv kontoauszuege", whole: false, again: true },
    Step { line: "match", whole: true, again: true },
    Step { line: "collect plan --due 2024-03-25 --as anna", whole: true, again: false },
    Step { line: "collect notify L1 --out briefe --sent 2024-03-11 --as anna", whole: true, again: false },
    Step { line: "collect release L1 --as bernd --acknowledge-open-cases", whole: true, again: false },
    Step { line: "collect export L1 --out bank", whole: true, again: true },
];

/// The reports that are compared.
const REPORTS: [&str; 3] = ["receivables", "payments", "runs"];

struct Step {
    line: &'static str,
    /// Whether the step is one transaction.
    whole: bool,
    /// Whether the command may be given again after it was done.
    again: bool,
}

/// A town in a folder, with a copy of the database from the beginning of each step.
struct Town<'a> {
    workspace: &'a Workspace,
    binary: PathBuf,
    folder: TempDir,
    server: Option<Server>,
}

/// The result of an undisturbed step, and how long it takes.
struct Expected {
    before: Vec<String>,
    after: Vec<String>,
    takes: Duration,
    /// The files of the bank's folder and their bytes.
    files: BTreeMap<String, Vec<u8>>,
}

/// Runs as many kills as were asked for.
///
/// # Errors
/// If one of them damages the books.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let kills = words.value("--kills")?.unwrap_or(500);
    let seed = words.value("--seed")?.unwrap_or(1);
    let postgres = words.switch("--postgres");
    words.finish()?;
    workspace.cargo("build --release --locked --package einmal")?;
    let server = postgres.then(|| Server::start(workspace)).transpose()?;
    say(play(workspace, workspace.target.join("release/einmal"), server, kills, seed)?)
}

/// Kills this many times and reports the result.
///
/// # Errors
/// If a kill damages the books; the error names the step and the moment.
pub(crate) fn play(
    workspace: &Workspace,
    binary: PathBuf,
    server: Option<Server>,
    kills: usize,
    seed: u64,
) -> Result<String> {
    let town = Town { workspace, binary, folder: tempfile::tempdir()?, server };
    town.lay_out()?;
    let steps: Vec<Expected> = (0..STEPS.len()).map(|place| town.expected(place)).collect::<Result<_>>()?;
    let mut random = StdRng::seed_from_u64(seed);
    let (mut undone, mut done) = (0, 0);
    for kill in 0..kills {
        let place = random.random_range(0..STEPS.len());
        let (Some(step), Some(expected)) = (STEPS.get(place), steps.get(place)) else { continue };
        let after = expected.takes * random.random_range(0..110_u32) / 100;
        let was_done = town
            .kill(place, step, expected, after)
            .with_context(|| format!("kill {kill} of seed {seed}: {} after {after:?}", step.line))?;
        if was_done { done += 1 } else { undone += 1 }
    }
    let engine = if town.server.is_some() { "PostgreSQL" } else { "SQLite" };
    Ok(format!(
        "{kills} kills on {engine}: {undone} steps had to be typed again, {done} were done; the books are the same"
    ))
}

impl Town<'_> {
    fn lay_out(&self) -> Result<()> {
        let sample = self.workspace.root.join("samples/warstein");
        let mut copy = Command::new("cp");
        self.workspace.run(copy.arg("-r").arg(sample).arg(self.folder.path().join("town")))?;
        match &self.server {
            Some(server) => server.database(self.workspace, "step_0").map(drop),
            None => Ok(()),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("town")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.db"))
    }

    fn url(&self, name: &str) -> String {
        match &self.server {
            Some(server) => server.url().replace("{}", name),
            None => format!("sqlite://{}", self.file(name).display()),
        }
    }

    /// Replaces one database by a copy of another.
    fn copy(&self, from: &str, to: &str) -> Result<()> {
        if let Some(server) = &self.server {
            return server.replace(self.workspace, from, to);
        }
        for ending in ["db-wal", "db-shm"] {
            let _ = fs::remove_file(self.file(to).with_extension(ending));
        }
        match fs::copy(self.file(from), self.file(to)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let _ = fs::remove_file(self.file(to));
                Ok(())
            }
            done => Ok(done.map(drop)?),
        }
    }

    fn command(&self, name: &str, line: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(self.path()).env("EINMAL_DB", self.url(name)).env("EINMAL_TODAY", "2024-03-11");
        command.env_remove("EINMAL_CONFIG").args(line.split_whitespace());
        command
    }

    fn ok(&self, name: &str, line: &str) -> Result<String> {
        let done = self.command(name, line).output()?;
        ensure!(done.status.success(), "{line}: {}\n{}", done.status, String::from_utf8_lossy(&done.stderr).trim_end());
        Ok(String::from_utf8(done.stdout)?)
    }

    fn reports(&self, name: &str) -> Result<Vec<String>> {
        REPORTS.iter().map(|report| self.ok(name, &format!("--format json report {report}"))).collect()
    }

    fn files(&self) -> Result<BTreeMap<String, Vec<u8>>> {
        let folder = self.path().join("bank");
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // a temporary file that was never renamed is harmless
            if !name.starts_with('.') {
                files.insert(name, fs::read(&path)?);
            }
        }
        Ok(files)
    }

    fn without_files(&self) -> Result<()> {
        for folder in ["bank", "briefe"] {
            match fs::remove_dir_all(self.path().join(folder)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => bail!(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Runs a step undisturbed; its end is the beginning of the next.
    fn expected(&self, place: usize) -> Result<Expected> {
        let (own, next) = (format!("step_{place}"), format!("step_{}", place + 1));
        let Some(step) = STEPS.get(place) else { bail!("no step {place}") };
        self.without_files()?;
        let before = self.reports(&own)?;
        self.copy(&own, &next)?;
        let began = Instant::now();
        self.ok(&next, step.line)?;
        Ok(Expected { before, takes: began.elapsed(), after: self.reports(&next)?, files: self.files()? })
    }

    /// Kills a step after a while; returns whether it was done all the same.
    fn kill(&self, place: usize, step: &Step, expected: &Expected, after: Duration) -> Result<bool> {
        self.without_files()?;
        self.copy(&format!("step_{place}"), "killed")?;
        let mut command = self.command("killed", step.line);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        sleep(after);
        // it may have ended already
        let _ = child.kill();
        child.wait()?;
        self.whole_files(expected)?;
        self.ok("killed", "verify")?;
        let found = self.reports("killed")?;
        let done = found == expected.after;
        ensure!(done || !step.whole || found == expected.before, "half of the step was done");
        if !done || step.again {
            self.ok("killed", step.line)?;
            ensure!(self.reports("killed")? == expected.after, "typed again, it makes other books");
            let files = self.files()?;
            ensure!(files.keys().eq(expected.files.keys()), "typed again, it writes other files");
            self.ok("killed", "verify")?;
        }
        Ok(done)
    }

    /// Checks that every file with its final name is complete.
    fn whole_files(&self, expected: &Expected) -> Result<()> {
        for (name, bytes) in self.files()? {
            // the control sheet in words contains the time of its first export, so only payment files are compared
            let same = !is_payment(&name) || expected.files.get(&name) == Some(&bytes);
            ensure!(same && !bytes.is_empty(), "{name} is half-written");
        }
        Ok(())
    }
}

fn is_payment(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "xml")
}
