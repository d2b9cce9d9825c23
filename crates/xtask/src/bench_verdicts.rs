//! `cargo xtask bench verdicts`: full verdicts for a simulated city, and the memory of its books.
//!
//! Knows no crate of the product: it starts `crates/ledger/bench`.
//! Invariant: one thread and two give the same verdicts, or the command fails.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::words::Words;
use crate::workspace::{Workspace, say};

/// Large pages, as in `deploy/systemd/einmal-batch.service`.
const LARGE_PAGES: &str = "glibc.malloc.hugetlb=1";

/// Reads the words of the command and measures.
///
/// # Errors
/// If the benchmark fails, or one thread decides otherwise than two.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let items = words.value("--items")?.unwrap_or(1_000_000_u64);
    let payments = words.value("--payments")?.unwrap_or(1_000_000_u64);
    let runs = words.value("--runs")?.unwrap_or(3_u64);
    words.finish()?;
    let target = workspace.target.join("ledger-bench");
    let manifest = workspace.root.join("crates/ledger/bench/Cargo.toml");
    let line = format!("build --release --manifest-path {} --target-dir {}", manifest.display(), target.display());
    workspace.cargo(&line)?;
    let run = |each: u64, threads: u64| -> Result<String> {
        let mut command = Command::new(target.join("release/ledger-bench"));
        command.env("GLIBC_TUNABLES", LARGE_PAGES);
        for (name, value) in
            [("--items", items), ("--each", each), ("--payments", payments), ("--threads", threads), ("--runs", runs)]
        {
            command.arg(name).arg(value.to_string());
        }
        workspace.run(&mut command)
    };
    let mut decided = Vec::new();
    for (each, threads) in [(2, 1), (2, 2), (1, 2)] {
        let printed = run(each, threads)?;
        say(format!("\n{each} items under a Kassenzeichen, {threads} threads\n{}", printed.trim_end()))?;
        let checksum =
            printed.lines().find(|line| line.contains("checksum")).context("the bench printed no checksum")?;
        decided.push((each, checksum.to_owned()));
    }
    let alike = decided.iter().all(|(each, line)| decided.iter().all(|(other, same)| each != other || line == same));
    ensure!(alike, "one thread and two decide differently");
    Ok(())
}
