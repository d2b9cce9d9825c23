//! The page of a run: what it takes, what it leaves out and why, the three proofs, and what can be done now.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use kasse::RunWindow;
use kasse::rights::Right;
use serde::Deserialize;

use crate::access::{As, Looking};
use crate::page::{Answer, Page, page};
use crate::pages::runs::steps::{Step, next, steps};
use crate::pages::runs::views::{Foreign, Levy, Run};
use crate::view::read;

/// Rows of a list on one page.
const ROWS: usize = 50;

/// The current pages of the lists.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    #[serde(default)]
    debits: usize,
    #[serde(default)]
    out: usize,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "run.html")]
struct Shown {
    p: Page,
    run: Run,
    place: Place,
    may: May,
    compared: Vec<Compared>,
    lights: [Light; 3],
    steps: Vec<Step>,
    next: Option<String>,
}

/// The rights of the reader.
struct May {
    plan: bool,
    release: bool,
    export: bool,
}

/// A levy in this run and in the one before.
struct Compared {
    levy: String,
    now: Option<Levy>,
    before: Option<Levy>,
}

/// One of the three proofs.
struct Light {
    /// `good`, `warn` or `bad`.
    state: &'static str,
    sign: &'static str,
    word: &'static str,
    name: &'static str,
    said: Vec<String>,
}

impl Shown {
    /// The address of another page of a list.
    fn at(&self, debits: usize, out: usize, reason: &str) -> String {
        // an unknown reason is ignored
        let reason: String =
            reason.chars().filter(|letter| letter.is_ascii_lowercase() || "_0123456789".contains(*letter)).collect();
        format!("{}?debits={debits}&out={out}&reason={reason}", self.run.href())
    }

    fn debits_at(&self, page: usize) -> String {
        self.at(page, self.place.out, &self.place.reason)
    }

    fn out_at(&self, page: usize) -> String {
        self.at(self.place.debits, page, &self.place.reason)
    }

    /// The first page of what was left out for a reason; of everything if it is empty.
    fn for_reason(&self, reason: &str) -> String {
        self.at(self.place.debits, 0, reason)
    }

    fn debit_pages(&self) -> usize {
        pages(self.run.debits)
    }

    fn out_pages(&self) -> usize {
        pages(self.run.shown_left_out.all)
    }
}

fn pages(rows: usize) -> usize {
    rows.div_ceil(ROWS).max(1)
}

pub(super) async fn show(
    user: As<Looking>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(place): Query<Place>,
) -> Answer {
    let window = RunWindow {
        debits: place.debits.saturating_mul(ROWS),
        left_out: place.out.saturating_mul(ROWS),
        reason: Some(place.reason.clone()).filter(|reason| !reason.is_empty()),
        count: ROWS,
    };
    let run: Run = read(kasse::run_preview(&user.kasse(), &name, user.name(), &window).await?)?;
    let p = Page::of(&user, &headers, "/runs", &format!("Run {}", run.run));
    let may = May { plan: user.may(Right::Plan), release: user.may(Right::Release), export: user.may(Right::Export) };
    let (compared, lights) = (compared(&run), lights(&run));
    let (steps, next) = (steps(&run, &p.today), next(&run, &p.today));
    page(&Shown { p, run, place, may, compared, lights, steps, next })
}

/// The levies of both runs, each once.
fn compared(run: &Run) -> Vec<Compared> {
    let before = run.before.as_ref().map(|before| before.levies.as_slice()).unwrap_or_default();
    let mut names: Vec<&String> = run.levies.iter().chain(before).map(|levy| &levy.levy).collect();
    names.sort_unstable();
    names.dedup();
    let of = |levies: &[Levy], name: &str| levies.iter().find(|levy| levy.levy == name).cloned();
    let row = |name: &String| Compared { levy: name.clone(), now: of(&run.levies, name), before: of(before, name) };
    names.into_iter().map(row).collect()
}

fn lights(run: &Run) -> [Light; 3] {
    let proofs = &run.proofs;
    let light = |state, name, said| {
        let (sign, word) = match state {
            "good" => ("✓", "stands"),
            "given" => ("!", "stands but for what is taken as given"),
            "warn" => ("!", "stands but for a risk to acknowledge"),
            _ => ("✗", "does not stand"),
        };
        let state = if state == "given" { "warn" } else { state };
        Light { state, sign, word, name, said }
    };
    let seen = match proofs.missing.as_slice() {
        [] => {
            let mut said = vec![format!("The statements of all accounts are complete up to {}.", proofs.needed)];
            said.extend_from_slice(&proofs.given);
            light(if proofs.given.is_empty() { "good" } else { "given" }, SEEN, said)
        }
        missing => light("bad", SEEN, missing.to_vec()),
    };
    let of_nobody = proofs.foreign.as_ref().map(of_nobody);
    let decided = match (proofs.pending, proofs.residual.cases) {
        (0, _) if of_nobody.is_some() => light("bad", DECIDED, of_nobody.into_iter().collect()),
        (0, 0) => {
            light("good", DECIDED, vec![format!("{} open cases, each holds what it could concern.", proofs.cases)])
        }
        (0, risky) => light(
            "warn",
            DECIDED,
            vec![format!("{} open cases, {risky} of them without a complete hold.", proofs.cases)],
        ),
        (pending, _) => light(
            "bad",
            DECIDED,
            vec![format!("{pending} credits have not been decided yet: decide them on the page »Import«.")],
        ),
    };
    let once = match proofs.twice {
        0 => light(
            "good",
            ONCE,
            vec!["The database lets no item be claimed beyond its amount or by two runs.".to_owned()],
        ),
        twice => light(
            "bad",
            ONCE,
            vec![format!("{twice} items are claimed beyond their amount: let the books be verified.")],
        ),
    };
    [seen, decided, once]
}

/// Foreign direct debits that nobody has explained yet.
fn of_nobody(foreign: &Foreign) -> String {
    let Foreign { credits, amount, first } = foreign;
    format!(
        "{credits} credits for direct debits over {amount} EUR, the first of {first}, are of no run of ours and do not say who paid: say on their cases whose they are."
    )
}

const SEEN: &str = "All the money has been seen";
const DECIDED: &str = "Each credit has found its place, or blocks what it might belong to";
const ONCE: &str = "Each item is claimed at most once";
