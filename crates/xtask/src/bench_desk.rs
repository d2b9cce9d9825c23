//! `cargo xtask bench desk`: how long a clerk waits, in a process that keeps running and in one that remembers nothing.
//!
//! Knows no crate of the product: it starts the example `desk` of `crates/kasse`.
//! Invariant: the measured books are verified afterwards; if that fails, the command fails.

use anyhow::{Context, Result, ensure};

use crate::postgres::Server;
use crate::words::Words;
use crate::workspace::{self, Workspace};

/// Options with a value, passed on unchanged.
const VALUES: [&str; 4] = ["--items", "--bookings", "--cases", "--runs"];

/// Reads the words of the command and measures.
///
/// # Errors
/// If the example cannot be built, or a step of it fails.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let mut options = Vec::new();
    for name in VALUES {
        if let Some(value) = words.value::<String>(name)? {
            options.extend([name.to_owned(), value]);
        }
    }
    let server = words.switch("--postgres").then(|| Server::start(workspace)).transpose()?;
    words.finish()?;
    if let Some(server) = &server {
        options.extend(["--db".to_owned(), server.database(workspace, "desk")?]);
    }
    let mut command = workspace::cargo();
    command.args(["run", "--quiet", "--profile", "sim", "--locked", "--package", "kasse", "--example", "desk", "--"]);
    let status = command.args(options).current_dir(&workspace.root).status().context("cannot run cargo")?;
    ensure!(status.success(), "the bench ended with {status}");
    Ok(())
}
