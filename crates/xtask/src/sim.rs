//! `cargo xtask sim`: simulated towns with faults against the real program; `--mutants`: whether the simulator notices
//! bugs.
//!
//! Knows no crate of the product: it builds the simulator and starts it. Invariant: a mutant is a patch on a copy of
//! the source, never a switch in it; a mutant that is not caught is an error.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::postgres::Server;
use crate::words::Words;
use crate::workspace::{self, Workspace, say};

/// Where the patches are.
const MUTANTS: &str = "crates/sim/mutants";

/// A mutant must be caught within these seeds.
const SEEDS: &str = "1..1000";

/// The crates that the oracle must not use.
const FOREIGN: [&str; 8] = ["ledger", "kasse", "kassenzeichen", "store", "camt", "sepa", "sepa-xml", "einmal"];

/// Plays seeds, or tests the mutants.
///
/// # Errors
/// If a seed breaks the promise, a mutant is not caught, or something cannot be built.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    if words.switch("--mutants") {
        let only = words.values("--only")?;
        words.finish()?;
        return mutants(workspace, &only);
    }
    let mut options = Vec::new();
    for name in ["--seeds", "--threads", "--folder"] {
        if let Some(value) = words.value::<String>(name)? {
            options.extend([name.to_owned(), value]);
        }
    }
    for name in ["--story", "--tally", "--first", "--keep", "--wild"] {
        options.extend(words.switch(name).then(|| name.to_owned()));
    }
    let server = words.switch("--postgres").then(|| Server::start(workspace)).transpose()?;
    options.extend(server.iter().flat_map(|server| ["--server".to_owned(), server.url()]));
    words.finish()?;
    workspace.cargo("build --profile sim -p sim -p einmal --locked --quiet")?;
    let folder = workspace.target.join("sim");
    let mut play = Command::new(folder.join("sim"));
    play.arg("--bin").arg(folder.join("einmal")).args(options);
    let status = play.status().context("starting the simulator")?;
    ensure!(status.success(), "the promise was broken");
    Ok(())
}

/// Plays a few seeds with the binaries that the tests have built; returns a summary.
///
/// # Errors
/// If one breaks the promise, or the oracle uses a crate of the product.
pub(crate) fn few(workspace: &Workspace, range: &str, server: Option<&Server>) -> Result<String> {
    check_oracle(workspace)?;
    let mut play = Command::new(workspace.tested("sim")?);
    play.arg("--bin").arg(workspace.tested("einmal")?).args(["--seeds", range]);
    if let Some(server) = server {
        play.args(["--server", &server.url()]);
    }
    let said = workspace.run(&mut play)?;
    Ok(said.lines().last().unwrap_or_default().to_owned())
}

/// Checks that each mutant fits the source.
///
/// # Errors
/// Every patch that does not apply.
pub(crate) fn check_patches(workspace: &Workspace) -> Result<()> {
    let tries =
        patches(&workspace.root.join(MUTANTS))?.into_iter().map(|patch| apply(&patch, &workspace.root, &["--check"]));
    let wrong: Vec<String> = tries.filter_map(Result::err).map(|error| error.to_string()).collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// Checks that the oracle shares no code with the program: it would share its mistakes.
fn check_oracle(workspace: &Workspace) -> Result<()> {
    let tree = workspace.cargo("tree -p oracle --edges normal,build,dev --prefix none --locked")?;
    let known = tree.lines().filter_map(|line| line.split_whitespace().next());
    match known.into_iter().find(|name| FOREIGN.contains(name)) {
        Some(name) => bail!("the oracle depends on {name}"),
        None => Ok(()),
    }
}

fn mutants(workspace: &Workspace, only: &[String]) -> Result<()> {
    let copy = workspace.target.join("mutants/source");
    let mut survived = Vec::new();
    for patch in patches(&workspace.root.join(MUTANTS))? {
        let name = patch.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !only.is_empty() && !only.contains(&name) {
            continue;
        }
        let began = Instant::now();
        mirror(workspace, &copy)?;
        apply(&patch, &copy, &[])?;
        let caught = caught_by(workspace, &copy).with_context(|| format!("mutant {name}"))?;
        say(format!("{name:<32} {} ({} s)", caught.as_deref().unwrap_or("SURVIVED"), began.elapsed().as_secs()))?;
        survived.extend(caught.is_none().then_some(name));
    }
    ensure!(survived.is_empty(), "not caught within the seeds {SEEDS}: {}", survived.join(", "));
    Ok(())
}

fn patches(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut patches: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    patches.retain(|path| path.extension().is_some_and(|ending| ending == "patch"));
    patches.sort();
    ensure!(!patches.is_empty(), "{} holds no patch", folder.display());
    Ok(patches)
}

/// Makes the copy equal to the source. Equal files are left alone, so that cargo does not rebuild them.
fn mirror(workspace: &Workspace, copy: &Path) -> Result<()> {
    let listed = workspace.run(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    for name in listed.lines() {
        let (from, to) = (workspace.root.join(name), copy.join(name));
        let Ok(content) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|known| known == content) {
            continue;
        }
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(&to, content).with_context(|| to.display().to_string())?;
    }
    Ok(())
}

/// Applies a patch to the source in a folder; with `--check`, only tests whether it would fit.
fn apply(patch: &Path, copy: &Path, options: &[&str]) -> Result<()> {
    let done = Command::new("git")
        .args(["apply", "--whitespace=nowarn"])
        .args(options)
        .arg(patch)
        .current_dir(copy)
        // the copy must not count as part of the repository around it
        .env("GIT_CEILING_DIRECTORIES", copy.parent().unwrap_or(copy))
        .output()
        .context("git apply")?;
    ensure!(done.status.success(), "{}: {}", patch.display(), String::from_utf8_lossy(&done.stderr).trim());
    Ok(())
}

/// Builds the copy and plays; returns what the simulator found.
fn caught_by(workspace: &Workspace, copy: &Path) -> Result<Option<String>> {
    let target = workspace.target.join("mutants/target");
    let built = workspace::cargo()
        .args(["build", "--profile", "sim", "-p", "sim", "-p", "einmal", "--locked", "--quiet"])
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", &target)
        .stderr(Stdio::piped())
        .output()
        .context("building the mutant")?;
    ensure!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let played = Command::new(target.join("sim/sim"))
        .args(["--seeds", SEEDS, "--first", "--bin"])
        .arg(target.join("sim/einmal"))
        .output()
        .context("playing the mutant")?;
    let said = String::from_utf8_lossy(&played.stdout);
    let found =
        said.lines().find(|line| line.starts_with("seed ")).zip(said.lines().find(|line| line.starts_with("  ")));
    Ok(found.filter(|_| !played.status.success()).map(|(seed, why)| {
        let seed = seed.split_whitespace().nth(1).unwrap_or_default();
        format!("caught by seed {seed}: {}", why.trim())
    }))
}
