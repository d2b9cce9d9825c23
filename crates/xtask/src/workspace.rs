//! Where the workspace is, and running programs in it.
//!
//! Knows nothing of the steps.
//! Invariant: if a program fails, the error has its whole output; if it succeeds, the caller gets the output.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The checkout that this program was built from.
#[derive(Clone)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("the workspace has no folder")?.to_owned();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root, target })
    }

    /// Runs cargo and returns what it printed.
    pub(crate) fn cargo(&self, line: &str) -> Result<String> {
        self.cargo_with(line, &[])
    }

    /// The same with environment variables set.
    pub(crate) fn cargo_with(&self, line: &str, variables: &[(&str, &str)]) -> Result<String> {
        let mut command = cargo();
        command.args(line.split_whitespace()).envs(variables.iter().copied());
        self.run(&mut command).with_context(|| format!("cargo {line}"))
    }

    /// Builds our programs as the tests do, and returns the path of one of them.
    ///
    /// # Errors
    /// If they cannot be built.
    pub(crate) fn tested(&self, program: &str) -> Result<PathBuf> {
        // the whole workspace, because a single package enables fewer features of its dependencies, which would be
        // rebuilt
        self.cargo("build --workspace --bin einmal --bin sim --locked --quiet")?;
        Ok(self.target.join("debug").join(program))
    }

    /// Runs a program in the workspace's folder and returns what it printed.
    ///
    /// # Errors
    /// If it cannot be started or does not succeed; the error has its output.
    pub(crate) fn run(&self, command: &mut Command) -> Result<String> {
        let done = command
            .current_dir(&self.root)
            .output()
            .with_context(|| format!("cannot run {:?}", command.get_program()))?;
        let mut text = String::from_utf8_lossy(&done.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&done.stderr));
        if !done.status.success() {
            bail!("{}\n{}", done.status, text.trim_end());
        }
        Ok(text)
    }
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// A command without the variables that cargo set for this program. Build scripts that watch these variables (ring's,
/// and with it every crate above) would otherwise be rerun at each change between `cargo xtask` and plain `cargo`.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    for (name, _) in env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|told| name.to_string_lossy().starts_with(told)) {
            command.env_remove(name);
        }
    }
    command
}

/// Prints one line.
pub(crate) fn say(line: impl Display) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
