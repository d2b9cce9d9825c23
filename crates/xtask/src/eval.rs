//! `cargo xtask eval` and `cargo xtask weights`: the quality of matching in towns that `crates/eval` draws, and in the
//! judge's towns.
//!
//! Knows neither rules nor towns: it starts the programs, passes their options on and reads their exit codes.
//! Invariant: a part that did not run is named as such, and a limit that is broken in any part is an error.

use std::env;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::judge::{Bench, Figures, Town, VARIABLE};
use crate::words::{Words, seeds};
use crate::workspace::{self, Workspace, say};

/// The weights' data file, seen from the workspace's folder.
const WEIGHTS: &str = "crates/ledger/data/weights.csv";

/// The page that keeps the last result.
const PAGE: &str = "docs/matching.md";

/// Options with a value, passed on unchanged.
const VALUES: [&str; 7] = ["--payments", "--town", "--seed", "--profiles", "--threads", "--flaws", "--show"];

/// The limits for the program in the judge's towns of one profile. Shares are in ten-thousandths.
struct Asked {
    profile: &'static str,
    /// The most references debited beyond what is owed, over all seeds; the same limit for transfers posted wrongly.
    flaws: u64,
    /// The least mean share posted.
    posted: u64,
    /// The greatest mean share withheld.
    withheld: u64,
}

const ASKED: [Asked; 5] = [
    Asked { profile: "clean", flaws: 0, posted: 9_990, withheld: 20 },
    Asked { profile: "standard", flaws: 0, posted: 9_950, withheld: 100 },
    Asked { profile: "harsh", flaws: 0, posted: 9_900, withheld: 120 },
    Asked { profile: "city", flaws: 2, posted: 9_650, withheld: 500 },
    Asked { profile: "wild", flaws: 0, posted: 9_500, withheld: 600 },
];

/// Runs the evaluation, then the judge's towns if a binary is given.
///
/// # Errors
/// If a limit is broken, or a part cannot be run.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let binary: Option<PathBuf> = words.value("--bin")?;
    let range = seeds(&words.value::<String>("--judge-seeds")?.unwrap_or_else(|| "1..3".to_owned()))?;
    let accounts = words.value("--accounts")?.unwrap_or(5_000);
    let mut handed_on = vec!["run".to_owned()];
    handed_on.extend(values(&mut words)?);
    if words.switch("--manners") {
        handed_on.push("--manners".to_owned());
    }
    if words.switch("--keep") {
        handed_on.extend(["--keep".to_owned(), workspace.root.join(PAGE).display().to_string()]);
    }
    words.finish()?;
    let drawn = play(workspace, &handed_on);
    let judged = match (env::var_os(VARIABLE).map(PathBuf::from), binary) {
        (None, _) => say(format!("the judge's towns: not run, {VARIABLE} is not set")),
        (_, None) => say("the judge's towns: not run, --bin names no binary"),
        (Some(folder), Some(binary)) => {
            ensure!(binary.is_file(), "--bin {} is no file", binary.display());
            judge(&Bench::with(workspace, folder, binary)?, range, accounts)
        }
    };
    drawn.and(judged)
}

/// Estimates the weights.
///
/// # Errors
/// If the program cannot be run.
pub(crate) fn weights(workspace: &Workspace, mut words: Words) -> Result<()> {
    let mut handed_on = vec!["weights".to_owned()];
    handed_on.extend(values(&mut words)?);
    let file = workspace.root.join(WEIGHTS);
    let write = words.switch("--write");
    words.finish()?;
    if file.is_file() {
        handed_on.extend(["--file".to_owned(), file.display().to_string()]);
        handed_on.extend(write.then(|| "--write".to_owned()));
    } else {
        ensure!(!write, "there is no {WEIGHTS} to write the estimates into");
        say(format!("there is no {WEIGHTS}: estimates only"))?;
    }
    play(workspace, &handed_on)
}

fn values(words: &mut Words) -> Result<Vec<String>> {
    let mut handed_on = Vec::new();
    for name in VALUES {
        if let Some(value) = words.value::<String>(name)? {
            handed_on.extend([name.to_owned(), value]);
        }
    }
    Ok(handed_on)
}

/// Runs `crates/eval`, passing its output through.
fn play(workspace: &Workspace, words: &[String]) -> Result<()> {
    let mut command = workspace::cargo();
    command.args(["run", "--quiet", "--release", "--locked", "--package", "eval", "--"]).args(words);
    let status = command.current_dir(&workspace.root).status().context("cannot run cargo")?;
    ensure!(status.success(), "the evaluation ended with {status}");
    Ok(())
}

/// Plays the judge's towns of every profile.
fn judge(bench: &Bench<'_>, range: RangeInclusive<u64>, accounts: u32) -> Result<()> {
    let mut short = Vec::new();
    say(format!("{:<9} {:>6} {}", "judge", "seed", Figures::heading()))?;
    for Asked { profile, flaws, posted, withheld } in ASKED {
        let mut towns = Vec::new();
        for seed in range.clone() {
            // the shares are limited in the mean over all seeds, the flaws in the sum
            let bounds = ["--posted", "0", "--withheld", "1", "--tolerate", &flaws.to_string()];
            let figures = bench.play(&Town { profile, seed, accounts }, &bounds)?;
            say(format!("{profile:<9} {seed:>6} {} {}", figures.row(), figures.verdict))?;
            towns.push(figures);
        }
        let sum = |figure: fn(&Figures) -> u64| towns.iter().map(figure).sum::<u64>();
        let count = u64::try_from(towns.len()).unwrap_or(0).max(1);
        let kept = sum(|f| f.doubled) <= flaws
            && sum(|f| f.unnamed) == 0
            && sum(|f| f.unseen) == 0
            && sum(|f| f.wrong) <= flaws
            && sum(|f| f.posted) >= posted * count
            && sum(|f| f.withheld) <= withheld * count
            && towns.iter().all(Figures::holds);
        if !kept {
            short.push(profile);
        }
    }
    if !short.is_empty() {
        bail!("the judge's towns fall short: {}", short.join(", "));
    }
    say("the judge's towns: every limit holds")
}
