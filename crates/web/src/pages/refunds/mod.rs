//! Money that goes back: the list of refunds, planning, and the page of a run of refunds with what can be done with it.
//!
//! Must not know when which step is allowed: `kasse` decides, this page only offers.

mod act;
mod views;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Form, Router};
use kasse::RefundPlan;
use kasse::rights::Right;
use serde::Deserialize;
use serde_json::Value;

use crate::access::{As, Looking, Planning};
use crate::app::App;
use crate::deeds::Mark;
use crate::error::Failed;
use crate::outcome::refused;
use crate::page::{Answer, Page, done, not_done, page, page_with};
use crate::pages::refunds::views::{Refunds, Run, href};
use crate::view::read;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/refunds", get(list).post(plan))
        .route("/refunds/account", post(act::account))
        .route("/refunds/{name}", get(show))
        .route("/refunds/{name}/release", post(act::release))
        .route("/refunds/{name}/sent", post(act::sent))
        .route("/refunds/{name}/void", post(act::void))
        .route("/refunds/{name}/cancel", post(act::cancel))
}

/// Addresses that write papers.
pub(crate) fn patient_routes() -> Router<App> {
    Router::new().route("/refunds/{name}/export", post(act::export)).layer(DefaultBodyLimit::max(crate::sizes::FORM))
}

#[derive(Template)]
#[template(path = "refunds.html")]
struct Listed {
    p: Page,
    all: Refunds,
    may_plan: bool,
    may_decide: bool,
    /// The form as it was sent, so that it can be shown again.
    asked: Asked,
    /// What is wrong with it.
    wrong: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    once: String,
    #[serde(default)]
    on: String,
    #[serde(default)]
    file_number: String,
    #[serde(default)]
    early: String,
}

async fn listed<R>(user: &As<R>, headers: &HeaderMap, asked: Asked, wrong: Option<String>) -> Result<Listed, Failed> {
    let all: Refunds = read(kasse::refund_list(&user.kasse()).await?)?;
    let p = Page::of(user, headers, "/refunds", "Refunds");
    Ok(Listed { p, all, may_plan: user.may(Right::Plan), may_decide: user.may(Right::Decide), asked, wrong })
}

async fn list(user: As<Looking>, headers: HeaderMap) -> Answer {
    let next = sepa::target_day_after(user.moment().today);
    let asked = Asked { on: next.to_string(), ..Asked::default() };
    page(&listed(&user, &headers, asked, None).await?)
}

async fn plan(user: As<Planning>, headers: HeaderMap, Form(sent): Form<Asked>) -> Answer {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let Ok(on) = sent.on.trim().parse() else {
        let wrong = Some("This is no date.".to_owned());
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &listed(&user, &headers, sent, wrong).await?);
    };
    let asked = RefundPlan {
        on,
        planner: user.name().to_owned(),
        cases: Vec::new(),
        file_number: filled(&sent.file_number),
        early: filled(&sent.early),
    };
    let mark = Mark::of_form(&user, &sent.once, &format!("plan refunds {asked:?}"))?;
    match user.plan_refunds(mark, &asked).await {
        Ok(planned) => match planned.get("run").and_then(Value::as_str) {
            Some(run) => Ok(done(&href(run), &format!("Run {run} is planned."))),
            None => Ok(not_done("/refunds", "No run was planned: nothing can go back now.")),
        },
        Err(kasse::Error::Refused(why)) => {
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &listed(&user, &headers, sent, Some(why)).await?)
        }
        Err(error) => refused(error, "/refunds"),
    }
}

#[derive(Template)]
#[template(path = "refund.html")]
struct Shown {
    p: Page,
    run: Run,
    /// What forbids the reader to release it now.
    forbidden: Vec<String>,
    may_plan: bool,
    may_release: bool,
    may_export: bool,
}

async fn show(user: As<Looking>, headers: HeaderMap, Path(name): Path<String>) -> Answer {
    let kasse = user.kasse();
    let run: Run = read(kasse::show_refunds(&kasse, &name).await?)?;
    let forbidden = match run.is("planned") {
        true => kasse::refunds_forbidden(&kasse, &name, user.name()).await?,
        false => Vec::new(),
    };
    let p = Page::of(&user, &headers, "/refunds", &format!("Run {}", run.run));
    let [may_plan, may_release, may_export] = [Right::Plan, Right::Release, Right::Export].map(|right| user.may(right));
    page(&Shown { p, run, forbidden, may_plan, may_release, may_export })
}
