//! Today: what must be done, and where things stand.
//!
//! Invariant: people who may not see the books are redirected to their own place; tasks are shown to those who may do
//! them.

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use kasse::rights::Right;
use sepa::Cents;
use serde::Deserialize;

use crate::access::{Anyone, As, lacks_factor};
use crate::app::App;
use crate::chart::{Chart, stacked};
use crate::error::Failed;
use crate::page::{Answer, Page, page};
use crate::view::read;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

#[derive(Deserialize)]
struct Figures {
    pending: usize,
    cases: Cases,
    runs: Vec<Run>,
    accounts: usize,
    accounts_incomplete: usize,
    accounts_to_confirm: usize,
    locked: bool,
    received: Vec<Received>,
    owed: Vec<Owed>,
    ahead: Vec<Ahead>,
}

#[derive(Deserialize)]
struct Cases {
    open: usize,
    amount: String,
    oldest_days: Option<i64>,
    to_look_at_again: usize,
    ages: Vec<Age>,
}

#[derive(Deserialize)]
struct Age {
    from: i64,
    until: Option<i64>,
    cases: usize,
    amount: String,
}

#[derive(Deserialize)]
struct Run {
    run: String,
    due: String,
    planner: String,
    announced: bool,
    state: String,
    amount: String,
}

impl Run {
    fn href(&self) -> String {
        super::runs::address::href(&self.run)
    }
}

#[derive(Deserialize)]
struct Received {
    month: String,
    received: String,
    posted: String,
    in_doubt: String,
    other: String,
}

#[derive(Deserialize)]
struct Owed {
    month: String,
    transferred: String,
    collected: String,
    in_collection: String,
    held: String,
    open: String,
}

#[derive(Deserialize)]
struct Ahead {
    day: String,
    items: usize,
    amount: String,
}

/// Somebody who looked at more citizens than is usual.
#[derive(Deserialize)]
struct Many {
    person: String,
    what: String,
    at: String,
}

/// A task that waits for somebody.
struct Task {
    text: String,
    href: String,
    /// Whether nothing can go on without it.
    urgent: bool,
    /// Whether this reader may do it.
    own: bool,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    p: Page,
    tasks: Vec<Task>,
    of_others: Vec<Task>,
    figures: Figures,
    received: Chart,
    owed: Chart,
    ahead: Chart,
    is_empty: bool,
}

/// The first page for a person who may not see the books.
fn first_place(user: &As<Anyone>) -> &'static str {
    if user.may(Right::Ask) {
        "/desk"
    } else if user.may(Right::Administer) {
        "/users"
    } else {
        "/me"
    }
}

async fn show(user: As<Anyone>, headers: HeaderMap) -> Answer {
    if lacks_factor(user.app(), user.moment(), user.who()).await? {
        return Err(Failed::Factor);
    }
    if !user.may(Right::Look) {
        return Ok(Redirect::to(first_place(&user)).into_response());
    }
    let figures: Figures = read(kasse::overview(&user.kasse()).await?)?;
    let received = figures.received.iter().map(|row| (&row.month, vec![&row.posted, &row.in_doubt, &row.other]));
    let owed = figures
        .owed
        .iter()
        .map(|row| (&row.month, vec![&row.transferred, &row.collected, &row.in_collection, &row.held, &row.open]));
    let ahead = figures.ahead.iter().map(|row| (&row.day, vec![&row.amount]));
    let mut all = tasks(&user, &figures);
    if user.may(Right::Vouch) {
        let many: Vec<Many> = read(kasse::looked_at_many(&user.kasse()).await?.into())?;
        all.extend(many.into_iter().map(|many| Task {
            text: format!("{} looked at many citizens: {} ({})", many.person, many.what, many.at),
            href: "/audit/accesses".to_owned(),
            urgent: true,
            own: true,
        }));
        all.sort_by_key(|task| !task.urgent);
    }
    let (tasks, of_others) = all.into_iter().partition(|task| task.own);
    page(&Overview {
        p: Page::of(&user, &headers, "/", "Today"),
        tasks,
        of_others,
        received: chart(received),
        owed: chart(owed),
        ahead: chart(ahead),
        is_empty: figures.received.is_empty() && figures.owed.is_empty(),
        figures,
    })
}

fn chart<'a>(columns: impl Iterator<Item = (&'a String, Vec<&'a String>)>) -> Chart {
    let cents = |text: &&String| Cents::parse(text).unwrap_or(Cents::ZERO);
    let columns: Vec<_> = columns.map(|(name, parts)| (short(name), parts.iter().map(cents).collect())).collect();
    stacked(&columns)
}

/// A month or a day, short enough for the label of a column: `10/23`, `25.03.`.
fn short(iso: &str) -> String {
    match iso.split('-').collect::<Vec<_>>().as_slice() {
        [year, month] => format!("{month}/{}", year.get(2..).unwrap_or_default()),
        [_, month, day] => format!("{day}.{month}."),
        _ => iso.to_owned(),
    }
}

/// The tasks, the most urgent first.
fn tasks(user: &As<Anyone>, figures: &Figures) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut add = |right: Right, urgent: bool, text: String, href: &str| {
        // the treasurer also sees what waits for others
        if user.may(right) || user.may(Right::Vouch) {
            tasks.push(Task { text, href: href.to_owned(), urgent, own: user.may(right) });
        }
    };
    if figures.locked {
        add(
            Right::Vouch,
            true,
            "The books were restored and are locked: two people have to vouch.".to_owned(),
            "/runs",
        );
    }
    if figures.pending > 0 {
        add(Right::Import, true, format!("{} credits are not matched yet", figures.pending), "/import");
    }
    if figures.accounts_incomplete > 0 {
        let text = format!("{} of {} accounts miss statements", figures.accounts_incomplete, figures.accounts);
        add(Right::Import, true, text, "/statements");
    }
    if figures.accounts_to_confirm > 0 {
        let text = format!("{} changed accounts of mandates wait for a second person", figures.accounts_to_confirm);
        add(Right::Import, false, text, "/import");
    }
    if figures.cases.open > 0 {
        let days = figures.cases.oldest_days.unwrap_or(0);
        let text = format!("{} cases are open, the oldest for {days} days", figures.cases.open);
        add(Right::Decide, days > 30, text, "/cases");
    }
    if figures.cases.to_look_at_again > 0 {
        let text = format!("{} cases are to be looked at again today", figures.cases.to_look_at_again);
        add(Right::Decide, true, text, "/cases");
    }
    for run in &figures.runs {
        let (right, text) = match (run.state.as_str(), run.announced) {
            ("planned", false) => (Right::Plan, format!("Run {} is to be announced", run.run)),
            ("planned", true) if run.planner == user.name() => continue,
            ("planned", true) => (Right::Release, format!("Run {} waits for its release", run.run)),
            ("released", _) => (Right::Export, format!("The file of run {} is to be written", run.run)),
            _ => (Right::Plan, format!("The file of run {} is to be sent to the bank", run.run)),
        };
        add(right, false, text, &run.href());
    }
    if figures.runs.is_empty() && !figures.ahead.is_empty() {
        add(Right::Plan, false, "A run can be planned".to_owned(), "/runs");
    }
    tasks.sort_by_key(|task| !task.urgent);
    tasks
}
