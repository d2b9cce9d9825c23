//! The project's own tasks: `cargo xtask COMMAND`.
//!
//! Knows no crate of the workspace: it runs them as a developer would.
//! Invariant: exit code 0 means that everything that was asked for was done, or was named as not run.

mod api;
mod arrows;
mod bench;
mod bench_desk;
mod bench_match;
mod bench_town;
mod bench_verdicts;
mod browser;
mod cases;
mod circles;
mod crash;
mod debian;
mod eval;
mod files;
mod judge;
mod mentions;
mod postgres;
mod sample;
mod sim;
mod steps;
mod tidy;
mod words;
mod workspace;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::words::Words;
use crate::workspace::{Workspace, say};

const USAGE: &str = "cargo xtask COMMAND

  test   [--only STEP…] [--skip STEP…]       everything that must hold before a change is done
  sample [--check] [--seed N] [--out DIR]    draws samples/warstein anew, or holds it against the drawing
  judge  [--profile P] [--seeds 1..10] [--accounts N]
                                             plays drawn towns; EINMAL_JUDGE names the folder of world.py and judge.py
  cases  [--only 'GLOB,…'] [--bin PATH] [--postgres]
                                             plays cases told from outside; EINMAL_CASES names the folder of cases.py
  bench camt [--entries N] [--runs N] [--large]
                                             the statement reader against others; EINMAL_PYTHON names a python3 with lxml
  bench match [--items N] [--payments N] [--texts N] [--runs N]
                                             finding references against bare loops, and by the manner of writing them
  eval   [--payments 1000000] [--seed 1] [--profiles clean,city] [--manners] [--flaws N] [--show MANNER]
         [--keep] [--bin PATH [--judge-seeds 1..3] [--accounts 5000]]
                                             measures the matcher over drawn towns; with --bin also the judge's towns
  weights [--payments 200000] [--write]      estimates the weights of the matcher's witnesses from drawn towns
  bench verdicts [--items N] [--payments N] [--runs N]
                                             full verdicts over a drawn city, and the memory of the books
  bench desk [--items 100000] [--bookings N] [--cases N] [--runs N] [--postgres]
                                             the queue, a case, a decision, a search: in a process that stays
  bench town [--items 150000] [--bookings 60000] [--postgres]
                                             every command over a whole town: seconds and peak memory, beside a bare program
  sim    [--seeds 1..1000] [--story] [--tally] [--first] [--threads N] [--folder DIR] [--keep] [--wild] [--postgres]
                                             drawn towns with faults against the real program, and an oracle
  sim --mutants [--only NAME…]               whether it bites: each patch in crates/sim/mutants must be caught
  crash  [--kills 500] [--seed 1] [--postgres]
                                             the program killed at random moments from import to export
  api    [--examples 100] [--seed 1]         drawn requests against the API's own description
  browser [--postgres] [--headed] [--only NAME] [--screenshots DIR]
                                             journeys through the pages in Chromium; pictures of every page at two sizes
  postgres COMMAND…                          runs a command that finds a throw-away server by EINMAL_TEST_POSTGRES
  tidy                                       the rules that no lint checks";

fn main() -> ExitCode {
    match run(Words::new(std::env::args().skip(1))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // nothing can be done if even the error stream is gone
            let _ = writeln!(io::stderr(), "xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut words: Words) -> Result<()> {
    let workspace = Workspace::find()?;
    match words.first().as_deref() {
        Some("test") => steps::command(&workspace, words),
        Some("sample") => draw_sample(&workspace, words),
        Some("judge") => judge::command(&workspace, words),
        Some("cases") => cases::command(&workspace, words),
        Some("bench") => match words.first().as_deref() {
            Some("match") => bench_match::command(&workspace, words),
            Some("camt") => bench::command(&workspace, words),
            Some("verdicts") => bench_verdicts::command(&workspace, words),
            Some("desk") => bench_desk::command(&workspace, words),
            Some("town") => bench_town::command(&workspace, words),
            _ => bail!("bench camt, match, verdicts, desk or town\n{USAGE}"),
        },
        Some("sim") => sim::command(&workspace, words),
        Some("crash") => crash::command(&workspace, words),
        Some("api") => api::command(&workspace, words),
        Some("browser") => browser::command(&workspace, words),
        Some("postgres") => postgres::command(&workspace, words),
        Some("eval") => eval::command(&workspace, words),
        Some("weights") => eval::weights(&workspace, words),
        Some("tidy") => {
            words.finish()?;
            say(format!("{} source files are tidy", tidy::check(&workspace.root)?))
        }
        Some("help" | "--help" | "-h") => say(USAGE),
        Some(other) => bail!("unknown command {other}\n{USAGE}"),
        None => bail!("no command\n{USAGE}"),
    }
}

fn draw_sample(workspace: &Workspace, mut words: Words) -> Result<()> {
    let check = words.switch("--check");
    let seed = words.value("--seed")?.unwrap_or(sample::SEED);
    let folder = words.value::<PathBuf>("--out")?.unwrap_or_else(|| workspace.root.join("samples/warstein"));
    words.finish()?;
    let files = sample::draw(seed)?;
    if check {
        sample::compare(&folder, &files)?;
        return say(format!("{} files in {} are as drawn", files.len(), folder.display()));
    }
    sample::write(&folder, &files)?;
    let bytes: usize = files.values().map(Vec::len).sum();
    say(format!("{} files, {} kB, in {}", files.len(), bytes / 1000, folder.display()))
}
