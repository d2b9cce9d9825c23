//! `cargo xtask test`: everything that must hold before a change is done, the cheapest step first.
//!
//! Knows nothing of how a step does its work.
//! Invariant: a step that did not run is named as such and never counts as passed.

use std::env;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anyhow::{Result, bail, ensure};

use crate::api;
use crate::browser;
use crate::cases::{self, Cases};
use crate::crash;
use crate::judge::{Bench, Figures, Town, VARIABLE};
use crate::postgres::{self, Server};
use crate::sample;
use crate::sim;
use crate::tidy;
use crate::words::Words;
use crate::workspace::{Workspace, say};

/// The variable that names the folder of real statement files.
const CORPUS: &str = "EINMAL_CORPUS";

/// How a step ended that did not fail, with lines for the reader.
enum Outcome {
    Passed(Vec<String>),
    NotRun(String),
}

struct Step {
    name: &'static str,
    run: fn(&Workspace) -> Result<Outcome>,
}

const STEPS: &[Step] = &[
    Step { name: "tidy", run: tidy_rules },
    Step { name: "fmt", run: fmt },
    Step { name: "sample", run: redrawn_sample },
    Step { name: "clippy", run: clippy },
    Step { name: "test", run: tests },
    Step { name: "postgres", run: on_postgres },
    Step { name: "browser", run: in_a_browser },
    Step { name: "api", run: asked_by_programs },
    Step { name: "sim", run: simulated },
    Step { name: "crash", run: crashed },
    Step { name: "doc", run: doc },
    Step { name: "deny", run: deny },
    Step { name: "judge", run: judge },
    Step { name: "cases", run: told },
];

/// Runs the steps; stops at the first that fails.
pub(crate) fn command(workspace: &Workspace, mut words: Words) -> Result<()> {
    let (only, skip) = (words.values("--only")?, words.values("--skip")?);
    words.finish()?;
    if let Some(name) = only.iter().chain(&skip).find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step {name}; the steps are {}", names.join(", "));
    }
    let wanted = |name: &str| (only.is_empty() || only.iter().any(|o| o == name)) && !skip.iter().any(|s| s == name);
    let mut installing = Some(install_ahead(workspace, wanted));
    let mut passed = 0;
    for step in STEPS.iter().filter(|step| wanted(step.name)) {
        let start = Instant::now();
        if !OF_CARGO_ALONE.contains(&step.name) {
            // what could not be installed is told by the step that needs it
            let _ = installing.take().map(JoinHandle::join);
        }
        let outcome = (step.run)(workspace);
        let seconds = start.elapsed().as_secs();
        match outcome {
            Ok(Outcome::Passed(notes)) => {
                passed += 1;
                say(format!("{:<7} ok {seconds:>5} s", step.name))?;
                for note in notes {
                    say(format!("        {note}"))?;
                }
            }
            Ok(Outcome::NotRun(why)) => say(format!("{:<7} not run: {why}", step.name))?,
            Err(error) => {
                say(format!("{:<7} FAILED {seconds} s", step.name))?;
                return Err(error.context(format!("{passed} passed, 1 failed: {}", step.name)));
            }
        }
    }
    say(format!("{passed} passed, 0 failed"))
}

/// The steps that need nothing but cargo.
const OF_CARGO_ALONE: [&str; 4] = ["tidy", "fmt", "sample", "clippy"];

/// Installs what the wanted steps need while the first of them run: this waits for the network, they wait for the processor.
fn install_ahead(workspace: &Workspace, wanted: impl Fn(&str) -> bool) -> JoinHandle<()> {
    let needs = [
        (wanted("test") || wanted("postgres"), postgres::install_missing as fn(&Workspace) -> Result<()>),
        (wanted("browser"), browser::install_missing),
        (wanted("api"), api::install_missing),
    ];
    let workspace = workspace.clone();
    thread::spawn(move || {
        for (_, install) in needs.into_iter().filter(|(is_wanted, _)| *is_wanted) {
            // the step tries again and says why it cannot be
            let _ = install(&workspace);
        }
    })
}

fn passed(note: impl Into<String>) -> Result<Outcome> {
    Ok(Outcome::Passed(vec![note.into()]))
}

fn tidy_rules(workspace: &Workspace) -> Result<Outcome> {
    let files = tidy::check(&workspace.root)?;
    sim::check_patches(workspace)?;
    passed(format!("{files} source files"))
}

fn fmt(workspace: &Workspace) -> Result<Outcome> {
    workspace.cargo("fmt --all --check")?;
    Ok(Outcome::Passed(Vec::new()))
}

fn redrawn_sample(workspace: &Workspace) -> Result<Outcome> {
    let files = sample::draw(sample::SEED)?;
    sample::compare(&workspace.root.join("samples/warstein"), &files)?;
    passed(format!("{} files are as drawn", files.len()))
}

fn clippy(workspace: &Workspace) -> Result<Outcome> {
    workspace.cargo("clippy --workspace --all-targets --locked --quiet -- -D warnings")?;
    Ok(Outcome::Passed(Vec::new()))
}

fn tests(workspace: &Workspace) -> Result<Outcome> {
    let server = Server::start(workspace)?;
    let output =
        workspace.cargo_with("test --workspace --locked --no-fail-fast", &[(postgres::VARIABLE, &server.url())])?;
    let mut notes = vec![counts(&output)];
    if env::var_os(CORPUS).is_none() {
        notes.push(format!("not run: what reads real statement files ({CORPUS} is unset)"));
    }
    Ok(Outcome::Passed(notes))
}

/// Modules of end-to-end tests for which it makes no difference where the books are: they try how files, lists and words are
/// read and said, or books in a scratch file.
const OF_NO_ENGINE: [&str; 12] = [
    "bad_input::",
    "contract::",
    "demo::",
    "explain::",
    "formats::",
    "guard::",
    "guard_doubts::",
    "lang::",
    "paper::",
    "paper_reminders::",
    "readers::",
    "schemes::",
];

/// The end-to-end tests once more, with the books on a server.
fn on_postgres(workspace: &Workspace) -> Result<Outcome> {
    let server = Server::start(workspace)?;
    let url = server.url();
    let variables = [(postgres::VARIABLE, url.as_str()), postgres::ENGINE];
    let skipped: String = OF_NO_ENGINE.iter().map(|module| format!(" --skip {module}")).collect();
    let command = format!("test --workspace --locked --no-fail-fast --test e2e --{skipped}");
    let output = workspace.cargo_with(&command, &variables)?;
    let left_out =
        format!("not run once more, for it makes no difference where the books are: {}", OF_NO_ENGINE.join(", "));
    Ok(Outcome::Passed(vec![counts(&output), left_out.replace("::", "")]))
}

fn in_a_browser(workspace: &Workspace) -> Result<Outcome> {
    passed(browser::all(workspace)?)
}

/// Requests per address: a spot check.
const DRAWN_REQUESTS: u32 = 20;

fn asked_by_programs(workspace: &Workspace) -> Result<Outcome> {
    passed(api::play(workspace, DRAWN_REQUESTS, 1)?)
}

/// Adds up the lines `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn counts(output: &str) -> String {
    let sum = |word: &str| -> u64 {
        let results = output.lines().filter_map(|line| line.strip_prefix("test result: ok. "));
        results
            .flat_map(|line| line.split("; "))
            .filter_map(|part| part.strip_suffix(word)?.trim().parse::<u64>().ok())
            .sum()
    };
    format!("{} tests, {} ignored", sum("passed"), sum("ignored"))
}

/// The seeds that are played each time; `cargo xtask sim` plays thousands.
const SEEDS: &str = "1..36";
/// The same on PostgreSQL.
const SEEDS_ON_A_SERVER: &str = "37..48";

fn simulated(workspace: &Workspace) -> Result<Outcome> {
    let server = Server::start(workspace)?;
    let file = sim::few(workspace, SEEDS, None)?;
    Ok(Outcome::Passed(vec![file, format!("PostgreSQL: {}", sim::few(workspace, SEEDS_ON_A_SERVER, Some(&server))?)]))
}

/// How many kills on each database; `cargo xtask crash` does hundreds.
const KILLS: usize = 15;

fn crashed(workspace: &Workspace) -> Result<Outcome> {
    let binary = workspace.tested("einmal")?;
    let on_file = crash::play(workspace, binary.clone(), None, KILLS, 1)?;
    let on_server = crash::play(workspace, binary, Some(Server::start(workspace)?), KILLS, 2)?;
    Ok(Outcome::Passed(vec![on_file, on_server]))
}

fn doc(workspace: &Workspace) -> Result<Outcome> {
    workspace.cargo_with(
        "doc --workspace --no-deps --document-private-items --locked --quiet",
        &[("RUSTDOCFLAGS", "-Dwarnings")],
    )?;
    Ok(Outcome::Passed(Vec::new()))
}

fn deny(workspace: &Workspace) -> Result<Outcome> {
    if workspace.cargo("deny --version").is_err() {
        return Ok(Outcome::NotRun("cargo-deny is not installed; `cargo install --locked cargo-deny`".to_owned()));
    }
    workspace.cargo("deny --locked --log-level error check bans licenses sources")?;
    Ok(Outcome::Passed(Vec::new()))
}

/// Profile and limits (least share posted, greatest share withheld) of the towns that must pass.
const BOUNDS: &[(&str, [&str; 4])] = &[
    ("standard", ["--posted", ".97", "--withheld", ".05"]),
    ("clean", ["--posted", ".99", "--withheld", ".01"]),
    // small towns differ: the shares of the large ones are in docs/matching.md
    ("wild", ["--posted", ".93", "--withheld", ".08"]),
];
const JUDGED_SEEDS: [u64; 2] = [1, 2];
const JUDGED_ACCOUNTS: u32 = 2000;
/// The seed whose towns are played on PostgreSQL too.
const ON_BOTH: u64 = 1;

fn judge(workspace: &Workspace) -> Result<Outcome> {
    // slower than the release build, but it is built already
    let Some(bench) = Bench::prepare(workspace, || workspace.tested("einmal"))? else {
        return Ok(Outcome::NotRun(format!("drawn towns ({VARIABLE} is unset)")));
    };
    let server = Server::start(workspace)?;
    let mut notes = vec![format!("{:<12} {}", "town", Figures::heading())];
    for seed in JUDGED_SEEDS {
        for (profile, bounds) in BOUNDS {
            let figures = bench.play(&Town { profile, seed, accounts: JUDGED_ACCOUNTS }, bounds)?;
            notes.push(format!("{:<12} {}", format!("{profile} {seed}"), figures.row()));
            if !figures.holds() {
                bail!("{}\n{}", notes.join("\n"), figures.verdict);
            }
            if seed == ON_BOTH {
                let url = server.database(workspace, profile)?;
                let bounds: Vec<&str> = bounds.iter().copied().chain(["--db", &url]).collect();
                let other = bench.play(&Town { profile, seed, accounts: JUDGED_ACCOUNTS }, &bounds)?;
                ensure!(
                    other == figures,
                    "{profile} {seed} on PostgreSQL: {} instead of {}",
                    other.row(),
                    figures.row()
                );
                notes.push(format!("{:<12} the same on PostgreSQL", format!("{profile} {seed}")));
            }
        }
        // The city is too hard for any program by design: its figures are printed and decide nothing.
        let city = bench
            .play(&Town { profile: "city", seed, accounts: JUDGED_ACCOUNTS }, &["--posted", "0", "--withheld", "1"])?;
        notes.push(format!("{:<12} {}  informs only: {}", format!("city {seed}"), city.row(), city.verdict));
    }
    notes.extend(guarded(&bench, JUDGED_SEEDS[0])?);
    Ok(Outcome::Passed(notes))
}

/// The profiles in which another system's debit file is guarded, and the share of debits that may be held there although
/// nothing was paid of them.
const GUARDED: [(&str, &str); 3] = [("standard", ".01"), ("clean", ".01"), ("harsh", ".03")];

fn guarded(bench: &Bench<'_>, seed: u64) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    for (profile, held) in GUARDED {
        let said = bench.guard(&Town { profile, seed, accounts: JUDGED_ACCOUNTS }, held)?;
        notes.extend(said.map(|said| format!("{:<12} guarded: {said}", format!("{profile} {seed}"))));
    }
    Ok(notes)
}

/// The cases from outside the repository, on both databases.
fn told(workspace: &Workspace) -> Result<Outcome> {
    let Some(cases) = Cases::prepare(workspace, || workspace.tested("einmal"))? else {
        return Ok(Outcome::NotRun(format!("cases told from outside ({} is unset)", cases::VARIABLE)));
    };
    let server = Server::start(workspace)?;
    let mut notes = Vec::new();
    for (engine, server) in [("SQLite", None), ("PostgreSQL", Some(&server))] {
        let played = cases.play("*", server)?;
        ensure!(played.holds(), "{engine}: {}", played.text());
        notes.push(format!("{engine}: {}", played.text()));
    }
    Ok(Outcome::Passed(notes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let output = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\n\
                      test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured\n";
        assert_eq!(counts(output), "15 tests, 1 ignored");
    }

    #[test]
    fn an_unknown_step_is_refused() {
        let workspace = Workspace::find().unwrap();
        let words = |line: &str| Words::new(line.split(' ').map(str::to_owned));
        for line in ["--only nothing", "--skip nothing"] {
            assert!(command(&workspace, words(line)).unwrap_err().to_string().starts_with("there is no step nothing"));
        }
    }
}
