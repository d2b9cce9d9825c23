//! Today: what must be done, what is where.

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;

use crate::access::{Anyone, As};
use crate::app::App;
use crate::page::{Answer, Page, page};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    p: Page,
}

async fn show(user: As<Anyone>, headers: HeaderMap) -> Answer {
    page(&Overview { p: Page::of(&user, &headers, "/", "Today") })
}
