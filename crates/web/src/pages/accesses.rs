//! For auditors: who logged in, who tried, and who looked at whose data.
//!
//! Invariant: nothing here writes, and reading it is no reading of citizens.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::routing::get;
use kasse::AccessAsked;
use serde::Deserialize;

use crate::access::{As, Auditing};
use crate::app::App;
use crate::page::{Answer, Page, page};
use crate::view::{Paging, read};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/audit/accesses", get(show))
}

#[derive(Template)]
#[template(path = "audit_accesses.html")]
struct Accesses {
    p: Page,
    rows: Vec<Row>,
    paging: Paging,
}

#[derive(Deserialize)]
struct Row {
    at: String,
    person: String,
    kind: String,
    what: String,
    way: String,
    address: String,
}

#[derive(Debug, Default, Deserialize)]
struct Part {
    #[serde(default)]
    page: String,
}

async fn show(user: As<Auditing>, headers: HeaderMap, Query(part): Query<Part>) -> Answer {
    let number = Paging::asked(&part.page);
    let (rows, count) = kasse::accesses(&user.kasse(), &AccessAsked::default(), Paging::window(number)).await?;
    let p = Page::of(&user, &headers, "/audit", "Who saw, who tried");
    page(&Accesses { p, rows: read(rows.into())?, paging: Paging::of(number, count) })
}
