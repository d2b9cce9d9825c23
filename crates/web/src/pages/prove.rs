//! The own password once more, before what moves money or rights.
//!
//! A browser that was left open, or a cookie that was stolen, must not be enough. Must not know what is asked for; the list
//! of addresses is the only thing that does. Invariants: whoever has a log-in and typed no password for a while gets to none
//! of these addresses, and nothing is changed; a program with a token is asked for none.

use askama::Template;
use axum::extract::{FromRequestParts as _, MatchedPath, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use kasse::{AccessKind, people};
use serde::Deserialize;

use crate::access::{Anyone, As, Peer};
use crate::app::App;
use crate::error::Failed;
use crate::page::{Answer, Page, not_done, page, page_with};
use crate::pages::login::{as_parameter, target};

/// The forms and orders that move money or rights.
const GUARDED: [&str; 24] = [
    "/runs/{name}/release",
    "/runs/{name}/export",
    "/runs/{name}/void",
    "/refunds/account",
    "/refunds/{name}/release",
    "/refunds/{name}/export",
    "/refunds/{name}/void",
    "/import/account",
    "/users/add",
    "/users/set",
    "/users/password",
    "/me/token",
    "/me/factor",
    "/me/factor-end",
    "/api/runs/{run}/release",
    "/api/runs/{run}/export",
    "/api/runs/{run}/void",
    "/api/refund-accounts",
    "/api/refunds/{run}/release",
    "/api/refunds/{run}/export",
    "/api/refunds/{run}/void",
    "/api/changed-accounts",
    "/api/users",
    "/api/users/{name}/password",
];

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/prove", get(show).post(prove))
}

/// Sends a person who has typed no password for a while to the page that asks for it.
pub(crate) async fn first(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if request.method() == Method::GET || !GUARDED.contains(&route) {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let (mut parts, body) = request.into_parts();
    let user = As::<Anyone>::from_request_parts(&mut parts, &app).await;
    match user {
        Ok(user) if !user.is_fresh() && path.starts_with("/api/") => {
            Failed::Kasse(kasse::Error::Forbidden(AGAIN.to_owned())).into_response()
        }
        Ok(user) if !user.is_fresh() => {
            let page = path.rsplit_once('/').map_or("/", |(page, _)| page);
            not_done(&format!("/prove{}", as_parameter(page)), AGAIN)
        }
        _ => next.run(Request::from_parts(parts, body)).await,
    }
}

/// What a person is told.
const AGAIN: &str = "For this type your own password once more, then send the form again. Nothing was changed.";

#[derive(Template)]
#[template(path = "prove.html")]
struct Prove {
    p: Page,
    to: String,
    wrong: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
struct Sent {
    password: String,
    #[serde(default)]
    to: String,
}

async fn show(user: As<Anyone>, headers: HeaderMap, Query(asked): Query<Asked>) -> Answer {
    page(&Prove { p: Page::of(&user, &headers, "", "Your password once more"), to: asked.to, wrong: None })
}

async fn prove(user: As<Anyone>, headers: HeaderMap, Peer(address): Peer, Form(sent): Form<Sent>) -> Answer {
    let (throttle, seconds) = (user.app().throttle(), user.moment().seconds);
    throttle.take(user.name(), address, seconds).map_err(Failed::Wait)?;
    match people::by_password(&user.kasse(), user.name(), &sent.password).await {
        Ok(_) => throttle.right(user.name(), address, seconds),
        Err(kasse::Error::Refused(_)) => {
            user.kasse().record(AccessKind::Failed, user.name(), "own password", &user.way());
            let p = Page::of(&user, &headers, "", "Your password once more");
            let wrong = Some("The present password is wrong.".to_owned());
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &Prove { p, to: sent.to, wrong });
        }
        Err(other) => return Err(other.into()),
    }
    if let Some(secret) = user.secret() {
        people::proved_again(&user.kasse(), secret, seconds);
    }
    Ok(Redirect::to(target(&sent.to)).into_response())
}
