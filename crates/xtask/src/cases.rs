//! Cases from outside the repository: folders with the files of a town, what happens in it, and the expected outcome.
//!
//! Knows nothing of the program but its path; a Python file in the folder that `EINMAL_CASES` names plays the cases.
//! Invariant: a case that fails is named, and the count printed at the end is the player's own.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::postgres::Server;
use crate::words::Words;
use crate::workspace::{Workspace, say};

/// The variable that names the folder of the cases.
pub(crate) const VARIABLE: &str = "EINMAL_CASES";

/// The program that plays them.
const PLAYER: &str = "cases.py";

/// Where the cases are, and the program that they are played with.
pub(crate) struct Cases<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    binary: PathBuf,
}

/// What the player printed: the count at the end, and a line for each case that fails.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Played {
    held: u64,
    all: u64,
    /// One line for each case that fails.
    failed: Vec<String>,
}

impl<'a> Cases<'a> {
    /// The cases that the environment names, with the binary that `build` makes; `None` if it names none.
    ///
    /// # Errors
    /// If the player or python3 is missing, or the binary does not build.
    pub(crate) fn prepare(workspace: &'a Workspace, build: impl FnOnce() -> Result<PathBuf>) -> Result<Option<Self>> {
        let Some(folder) = env::var_os(VARIABLE).map(PathBuf::from) else { return Ok(None) };
        if !folder.join(PLAYER).is_file() {
            bail!("{VARIABLE} names {}, which has no {PLAYER}", folder.display());
        }
        workspace.run(Command::new("python3").arg("--version")).context("cases need python3, which is missing")?;
        Ok(Some(Self { workspace, folder, binary: build()? }))
    }

    /// Plays the cases whose names match `only`, on SQLite or on a server.
    ///
    /// # Errors
    /// If the player cannot be run or prints no count.
    pub(crate) fn play(&self, only: &str, server: Option<&Server>) -> Result<Played> {
        let mut player = Command::new("python3");
        player.arg("-B").arg(self.folder.join(PLAYER)).arg("--bin").arg(&self.binary).args(["--only", only]);
        if let Some(server) = server {
            player.args(["--db", &server.url_in_a_word("postgres")]).env("PATH", server.path()?);
        }
        // the exit code does not tell a failed case from a failed player; the last line does
        let said = player.current_dir(&self.workspace.root).output().context("the cases cannot be played")?;
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        played(&text).with_context(|| format!("the player ended with {}:\n{}", said.status, text.trim_end()))
    }
}

impl Played {
    /// Whether every case passes.
    pub(crate) fn holds(&self) -> bool {
        self.held == self.all && self.failed.is_empty()
    }

    /// The count in words, then the cases that fail.
    pub(crate) fn text(&self) -> String {
        let count = format!("{} of {} hold", self.held, self.all);
        std::iter::once(&count).chain(&self.failed).map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// Reads `NAME: what is wrong` and, last, `N of M hold`.
fn played(text: &str) -> Result<Played> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let (last, failed) = lines.split_last().context("the player printed nothing")?;
    let count = last.strip_suffix(" hold").and_then(|count| count.split_once(" of "));
    let (held, all) = count.with_context(|| format!("the player's last line is no count: {last:?}"))?;
    let number = |text: &str| text.parse().with_context(|| format!("{text:?} is not a number"));
    let failed = failed.iter().map(|line| (*line).to_owned()).collect();
    let played = Played { held: number(held)?, all: number(all)?, failed };
    if played.all == 0 || played.held > played.all {
        bail!("the player's count is none: {last:?}");
    }
    Ok(played)
}

/// `cargo xtask cases`: the cases that fail, then the count.
///
/// # Errors
/// If a case fails, or the cases cannot be played.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let only = words.value::<String>("--only")?.unwrap_or_else(|| "*".to_owned());
    let binary = words.value::<PathBuf>("--bin")?;
    let on_server = words.switch("--postgres");
    words.finish()?;
    let build = || binary.map_or_else(|| workspace.tested("einmal"), |path| Ok(path.canonicalize()?));
    let Some(cases) = Cases::prepare(workspace, build)? else {
        bail!("{VARIABLE} is unset: it names the folder of {PLAYER} and the cases")
    };
    let server = on_server.then(|| Server::start(workspace)).transpose()?;
    let played = cases.play(&only, server.as_ref())?;
    if !played.holds() {
        bail!("{}", played.text());
    }
    say(played.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_and_the_others_name() {
        let said = "a-payer: expected exit 0, came 1\nb-list: nothing debited\n84 of 86 hold\n";
        let read = played(said).unwrap();
        assert!(!read.holds());
        assert_eq!(read.text(), "84 of 86 hold\na-payer: expected exit 0, came 1\nb-list: nothing debited");
        assert!(played("86 of 86 hold\n").unwrap().holds());
        // an unknown line means that something went wrong, even if the count is full
        assert!(!played("strange\n86 of 86 hold\n").unwrap().holds());
    }

    #[test]
    fn what_is_no_count_is_an_error() {
        for said in ["", "Traceback: no such file", "0 of 0 hold", "9 of 8 hold", "some of 3 hold"] {
            assert!(played(said).is_err(), "{said}");
        }
    }
}
