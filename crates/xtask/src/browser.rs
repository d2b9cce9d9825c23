//! `cargo xtask browser`: journeys through the pages in a real Chromium, against the built program.
//!
//! Knows what the journeys of `tests/browser` need to run, and nothing of what they do. Invariant: the step never
//! passes because they did not run. A missing browser or Node.js is installed where possible; otherwise the step fails
//! and says what to install.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::debian;
use crate::postgres::{self, Server};
use crate::words::Words;
use crate::workspace::{Workspace, program, say};

const NEEDED: &str = "Chromium and Node.js 20 or newer with npm are needed for the tests in a browser: \
                      `apt-get install chromium nodejs npm` (Debian), `dnf install chromium nodejs` (Fedora)";

/// The names of Chromium's program; on macOS and elsewhere the variable below names it.
const CHROMIUM: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// The variable that names another program.
const CHROMIUM_VARIABLE: &str = "EINMAL_CHROMIUM";

/// The oldest Node.js version that the driver supports.
const NODE: u32 = 20;

/// A database that the journeys run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// What the command line asks for.
#[derive(Debug, Default)]
struct Asked {
    headed: bool,
    only: Option<String>,
    screenshots: Option<PathBuf>,
}

/// The command: on one database, with the driver's output on the terminal.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let engine = if words.switch("--postgres") { Engine::Postgres } else { Engine::Sqlite };
    let asked = Asked {
        headed: words.switch("--headed"),
        only: words.value("--only")?,
        screenshots: words.value::<PathBuf>("--screenshots")?.map(std::path::absolute).transpose()?,
    };
    words.finish()?;
    let browser = Browser::prepare(workspace)?;
    let server = (engine == Engine::Postgres).then(|| Server::start(workspace)).transpose()?;
    let status = browser.journeys(&[engine], server.as_ref(), &asked)?.status().context("cannot run node")?;
    if status.success() { Ok(()) } else { bail!("the journeys ended with {status}") }
}

/// The step: every journey on both databases; returns how many passed.
pub(crate) fn all(workspace: &Workspace) -> Result<String> {
    let browser = Browser::prepare(workspace)?;
    let server = Server::start(workspace)?;
    let mut journeys = browser.journeys(&[Engine::Sqlite, Engine::Postgres], Some(&server), &Asked::default())?;
    let said = workspace.run(&mut journeys)?;
    let passed = said.lines().rev().find(|line| line.contains(" passed ")).unwrap_or_default();
    Ok(format!("journeys on both databases: {}", passed.trim()))
}

/// Everything that the journeys need.
struct Browser {
    /// Their folder.
    folder: PathBuf,
    chromium: PathBuf,
    einmal: PathBuf,
}

impl Browser {
    fn prepare(workspace: &Workspace) -> Result<Browser> {
        install_missing(workspace)?;
        let chromium = chromium().context(NEEDED)?;
        Ok(Browser { folder: folder(workspace), chromium, einmal: workspace.tested("einmal")? })
    }

    fn journeys(&self, engines: &[Engine], server: Option<&Server>, asked: &Asked) -> Result<Command> {
        let mut command = program("node");
        command.arg(self.folder.join("node_modules/@playwright/test/cli.js")).arg("test");
        command.arg("--config").arg(self.folder.join("playwright.config.js"));
        for engine in engines {
            command.args(["--project", if *engine == Engine::Sqlite { "sqlite" } else { "postgres" }]);
        }
        if asked.headed {
            command.args(["--headed", "--workers", "1"]);
        }
        if let Some(only) = &asked.only {
            command.args(["--grep", only]);
        }
        if let Some(folder) = &asked.screenshots {
            command.env("EINMAL_SCREENSHOTS", folder);
        }
        if let Some(server) = server {
            command.env(postgres::VARIABLE, server.url()).env("PATH", before_path(server.binaries())?);
        }
        command.env("EINMAL_BIN", &self.einmal).env(CHROMIUM_VARIABLE, &self.chromium);
        Ok(command)
    }
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/browser")
}

/// Installs the browser, Node.js and the driver where they are missing.
///
/// # Errors
/// If one of them cannot be installed.
pub(crate) fn install_missing(workspace: &Workspace) -> Result<()> {
    let has_node = || node_version().is_some_and(|version| version >= NODE) && on_path("npm").is_some();
    let missing: Vec<&str> = [(chromium().is_some(), "chromium"), (has_node(), "nodejs"), (has_node(), "npm")]
        .into_iter()
        .filter_map(|(is_there, package)| (!is_there).then_some(package))
        .collect();
    if !missing.is_empty() {
        debian::install(workspace, &missing, NEEDED)?;
    }
    if !has_node() {
        bail!("{NEEDED}");
    }
    install_driver(workspace, &folder(workspace))
}

/// Installs the browser driver in the locked version, once for each version of the lock file.
fn install_driver(workspace: &Workspace, folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules/.installed-lock");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say("installing what drives the browser: npm ci")?;
    let words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"];
    workspace.run(program("npm").args(words).arg(folder)).context("npm ci")?;
    fs::write(installed, lock).context("node_modules cannot be written")
}

fn chromium() -> Option<PathBuf> {
    let named = env::var_os(CHROMIUM_VARIABLE).map(PathBuf::from);
    named.or_else(|| CHROMIUM.iter().find_map(|name| on_path(name)))
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn before_path(folder: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths([folder.to_owned()].into_iter().chain(env::split_paths(&path)))?)
}

/// Node's major version.
fn node_version() -> Option<u32> {
    let said = Command::new("node").arg("--version").output().ok()?;
    major(&String::from_utf8_lossy(&said.stdout))
}

fn major(said: &str) -> Option<u32> {
    said.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_or_none() {
        for (said, version) in [("v20.20.2\n", Some(20)), ("v9.0.0", Some(9)), ("20.1", None), ("", None)] {
            assert_eq!(major(said), version, "{said:?}");
        }
    }
}
