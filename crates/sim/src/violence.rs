//! The real program as a process of its own: killed from outside, or with a full disk.
//!
//! Knows how to call the program, not what it does. Invariant: the program never ends by a signal of its own, and if it
//! reports a failure, the next call completes the work.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::civil::Date;
use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::engine::Engine;

/// The program and the town that it works for.
pub(crate) struct Process<'a> {
    pub(crate) binary: &'a Path,
    pub(crate) folder: &'a Path,
    pub(crate) engine: &'a Engine,
    pub(crate) today: Date,
}

impl Process<'_> {
    fn words(&self, words: &[&str], paths: &[PathBuf]) -> Vec<String> {
        let folder = self.folder.display();
        let mut all = vec![
            format!("--config={folder}/einmal.toml"),
            format!("--db={}", self.engine.url()),
            format!("--today={}", self.today),
        ];
        all.extend(words.iter().map(|word| (*word).to_owned()));
        all.extend(paths.iter().map(|path| path.display().to_string()));
        all
    }

    /// Kills it some milliseconds after its start (it lives about ten); returns when.
    pub(crate) fn killed(&self, random: &mut StdRng, words: &[&str], paths: &[PathBuf]) -> Result<String> {
        let after = random.random_range(0..16);
        let mut child = quiet(Command::new(self.binary).args(self.words(words, paths)))
            .spawn()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        std::thread::sleep(Duration::from_millis(after));
        // it may have ended already
        let _ = child.kill();
        child.wait()?;
        Ok(format!("process {words:?} killed after {after} ms"))
    }

    /// Lets no file grow much beyond the database; returns the outcome.
    pub(crate) fn without_room(&self, random: &mut StdRng, words: &[&str], paths: &[PathBuf]) -> Result<String> {
        let size = self.engine.size().unwrap_or_default();
        let blocks = size / 512 + random.random_range(0..200);
        // without a handler the signal would end it before SQLite could report a full disk
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let done = quiet(Command::new("sh").arg("-c").arg(script).arg(self.binary).args(self.words(words, paths)))
            .status()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        let code = done.code().with_context(|| format!("{words:?} ended by a signal where the disk was full"))?;
        anyhow::ensure!(code < 2, "{words:?} ended with {code} where the disk was full");
        Ok(format!("process {words:?} with room for {blocks} blocks ended with {code}"))
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}
