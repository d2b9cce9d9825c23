//! Direct-debit runs: the list, planning, and the page of a run with what can be done with it.
//!
//! Must not know when which step is allowed: `kasse` decides, this page only offers. Invariant: a person signs what
//! this page showed; if it has changed meanwhile, the person is asked again.

mod act;
pub(crate) mod address;
pub(crate) mod papers;
mod show;
mod steps;
mod views;

use askama::Template;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use jiff::civil::Date;
use kasse::PlanOutcome;
use kasse::rights::Right;
use serde_json::Value;

use crate::access::{As, Looking, Planning};
use crate::app::App;
use crate::deeds::Mark;
use crate::error::Failed;
use crate::outcome::refused;
use crate::page::{Answer, Page, done, not_done, page_with};
use crate::pages::runs::address::href;
use crate::pages::runs::views::{Proposal, RunRow};
use crate::view::read;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/runs", get(list).post(plan))
        .route("/runs/{name}", get(show::show))
        .route("/runs/{name}/release", post(act::release))
        .route("/runs/{name}/sent", post(act::sent))
        .route("/runs/{name}/void", post(act::void))
        .route("/runs/{name}/cancel", post(act::cancel))
}

/// Addresses for the papers of large runs, which take longer than a page may.
pub(crate) fn patient_routes() -> Router<App> {
    Router::new()
        .route("/runs/{name}/notices", post(papers::notices))
        .route("/runs/{name}/announced", post(act::announced))
        .route("/runs/{name}/export", post(papers::export))
        .route("/runs/{name}/recall", post(papers::recall))
        .layer(DefaultBodyLimit::max(crate::sizes::FORM))
}

#[derive(Template)]
#[template(path = "runs.html")]
struct Runs {
    p: Page,
    may_plan: bool,
    rows: Vec<RunRow>,
    more: usize,
    proposal: Proposal,
    asked: Asked,
    wrong: Wrong,
}

/// The form as it was sent, as texts, so that it can be shown again.
#[derive(Clone, Debug, Default)]
struct Asked {
    due: String,
    limit: String,
    kinds: Vec<String>,
}

/// The errors, field by field.
#[derive(Clone, Debug, Default)]
struct Wrong {
    due: Option<String>,
    limit: Option<String>,
    all: Option<String>,
}

impl Runs {
    fn has(&self, levy: &str) -> bool {
        self.asked.kinds.iter().any(|kind| kind == levy)
    }
}

/// The most runs that are shown; older ones are counted.
const SHOWN: usize = 100;

async fn runs_page<R>(user: &As<R>, headers: &HeaderMap, asked: Asked, wrong: Wrong) -> Result<Runs, Failed> {
    let kasse = user.kasse();
    let mut rows: Vec<RunRow> = read(Value::Array(kasse::runs(&kasse).await?))?;
    rows.reverse();
    let more = rows.len().saturating_sub(SHOWN);
    rows.truncate(SHOWN);
    let p = Page::of(user, headers, "/runs", "Direct debits");
    let proposal = read(kasse::plan_proposal(&kasse).await?)?;
    Ok(Runs { p, may_plan: user.may(Right::Plan), rows, more, proposal, asked, wrong })
}

async fn list(user: As<Looking>, headers: HeaderMap) -> Answer {
    let mut shown = runs_page(&user, &headers, Asked::default(), Wrong::default()).await?;
    shown.asked.due.clone_from(&shown.proposal.due);
    page_with(StatusCode::OK, &shown)
}

/// The values of the form, if all of them can be read.
fn parsed(asked: &Asked) -> Result<(Date, Option<usize>), Wrong> {
    let due = asked.due.trim().parse::<Date>();
    let limit = match asked.limit.trim() {
        "" => Ok(None),
        text => text.parse::<usize>().ok().filter(|limit| *limit > 0).map(Some).ok_or(()),
    };
    match (due, limit) {
        (Ok(due), Ok(limit)) => Ok((due, limit)),
        (due, limit) => Err(Wrong {
            due: due.is_err().then(|| "This is no date.".to_owned()),
            limit: limit.is_err().then(|| "This is no number above zero.".to_owned()),
            all: None,
        }),
    }
}

async fn plan(user: As<Planning>, headers: HeaderMap, Form(sent): Form<Vec<(String, String)>>) -> Answer {
    let field = |name: &str| sent.iter().find(|(key, _)| key == name).map(|(_, text)| text.clone()).unwrap_or_default();
    let kinds: Vec<String> = sent.iter().filter(|(key, _)| key == "kind").map(|(_, text)| text.clone()).collect();
    let asked = Asked { due: field("due"), limit: field("limit"), kinds };
    let (due, limit) = match parsed(&asked) {
        Ok(parsed) => parsed,
        Err(wrong) => return again(&user, &headers, asked, wrong).await,
    };
    let request = format!("plan {due} {limit:?} {:?}", asked.kinds);
    let mark = Mark::of_form(&user, &field("once"), &request)?;
    match user.plan(mark, due, asked.kinds.clone(), limit).await {
        Ok(outcome) => Ok(planned(&outcome)),
        Err(kasse::Error::Refused(why)) => {
            again(&user, &headers, asked, Wrong { all: Some(why), ..Wrong::default() }).await
        }
        Err(error) => refused(error, "/runs"),
    }
}

async fn again(user: &As<Planning>, headers: &HeaderMap, asked: Asked, wrong: Wrong) -> Answer {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &runs_page(user, headers, asked, wrong).await?)
}

fn planned(outcome: &PlanOutcome) -> Response {
    let text = |name: &str| outcome.plan.get(name).and_then(Value::as_str);
    let out = outcome.plan.get("left_out").and_then(Value::as_array).map_or(0, Vec::len);
    let Some(run) = text("run") else {
        return not_done("/runs", &format!("No run was planned: nothing can be debited, {out} items are left out."));
    };
    let count = outcome.plan.get("debits").and_then(Value::as_u64).unwrap_or(0);
    let first = format!("Run {run} is planned: {count} debits, {} EUR.", text("amount").unwrap_or_default());
    let said: Vec<&str> = [first.as_str()].into_iter().chain(outcome.remarks.iter().map(String::as_str)).collect();
    done(&href(run), &said.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_file_stays_one_part_of_the_address() {
        for (name, path) in [("L12", "/runs/L12"), ("L1-AB", "/runs/L1-AB"), ("a/../b?c", "/runs/a%2F..%2Fb%3Fc")] {
            assert_eq!(href(name), path);
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let asked = |due: &str, limit: &str| Asked { due: due.to_owned(), limit: limit.to_owned(), kinds: Vec::new() };
        assert_eq!(parsed(&asked("2024-03-27", " 10 ")).unwrap(), ("2024-03-27".parse().unwrap(), Some(10)));
        assert_eq!(parsed(&asked("2024-03-27", "")).unwrap().1, None);
        for limit in ["0", "-1", "ten"] {
            let wrong = parsed(&asked("31.02.2024", limit)).unwrap_err();
            assert!(wrong.due.is_some() && wrong.limit.is_some(), "{limit}");
        }
    }
}
