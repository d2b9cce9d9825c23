//! Log-in and log-out.
//!
//! Invariant: each log-in gets a new secret; a wrong name gives the same answer after the same time as a wrong
//! password.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use kasse::{AccessKind, people};
use serde::Deserialize;

use crate::access::{self, Anyone, As, Peer};
use crate::app::App;
use crate::error::{Failed, retry_after};
use crate::page::{Answer, Page, done, not_done, page, page_with, session_cookie};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/login", get(show).post(log_in)).route("/logout", post(log_out))
}

/// The address of the log-in page that leads back to a page afterwards.
pub(crate) fn back_to(path: &str) -> String {
    if path == "/" || !is_ours(path) {
        return "/login".to_owned();
    }
    format!("/login{}", as_parameter(path))
}

/// A page of ours as the parameter that leads back to it.
pub(crate) fn as_parameter(path: &str) -> String {
    format!("?to={}", path.replace('%', "%25").replace('&', "%26").replace('+', "%2B"))
}

/// Whether an address is one of our pages, and no trick that leads elsewhere.
fn is_ours(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.?=&%+".contains(&byte);
    path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain) && path.len() <= 200
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    p: Page,
    name: String,
    to: String,
    wrong: Option<String>,
    nobody: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    to: String,
}

async fn login_page(
    app: &App,
    headers: &HeaderMap,
    name: &str,
    to: &str,
    wrong: Option<String>,
) -> Result<Login, Failed> {
    let moment = app.moment();
    let kasse = app.kasse(&moment);
    let p = Page::public(&kasse.config.name, &moment.today.to_string(), headers, "Log in");
    let nobody = !people::are_proven(&kasse).await?;
    Ok(Login { p, name: name.to_owned(), to: to.to_owned(), wrong, nobody })
}

async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    user: Option<As<Anyone>>,
) -> Answer {
    if user.is_some() {
        return Ok(Redirect::to(target(&asked.to)).into_response());
    }
    page(&login_page(&app, &headers, "", &asked.to, None).await?)
}

/// Where a parameter leads: to a page of ours, and nowhere else.
pub(crate) fn target(to: &str) -> &str {
    if is_ours(to) { to } else { "/" }
}

#[derive(Deserialize)]
struct Sent {
    name: String,
    password: String,
    /// The code of a second factor, from those who have one.
    #[serde(default)]
    code: String,
    #[serde(default)]
    to: String,
}

impl Sent {
    /// Password and code as they are asked for everywhere else.
    fn proof(&self) -> String {
        match self.code.trim() {
            "" => self.password.clone(),
            code => format!("{} {code}", self.password),
        }
    }
}

async fn log_in(State(app): State<App>, headers: HeaderMap, Peer(address): Peer, Form(sent): Form<Sent>) -> Answer {
    let moment = app.moment();
    let name = people::name_written(&sent.name);
    let (kasse, way) = (app.kasse(&moment), access::way(address, false));
    if let Err(seconds) = app.throttle().take(&name, address, moment.seconds) {
        kasse.record_failed(&name, "log-in: too many tries", &way).await?;
        let wrong = format!("Too many wrong tries: wait {seconds} seconds.");
        let shown = login_page(&app, &headers, &name, &sent.to, Some(wrong)).await?;
        return page_with(StatusCode::TOO_MANY_REQUESTS, &shown).map(|page| retry_after(page, seconds));
    }
    let who = match people::by_password(&kasse, &name, &sent.proof()).await {
        Ok(who) => who,
        Err(kasse::Error::Refused(_)) => {
            kasse.record_failed(&name, "log-in", &way).await?;
            let wrong = Some("Name or password is wrong.".to_owned());
            return page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &login_page(&app, &headers, &name, &sent.to, wrong).await?,
            );
        }
        Err(other) => return Err(other.into()),
    };
    app.throttle().right(&name, address, moment.seconds);
    let agent = headers.get(USER_AGENT).and_then(|line| line.to_str().ok()).unwrap_or_default();
    let others = people::sessions(&kasse, Some(who.name()), moment.seconds).await?.len();
    let secret = people::log_in(&kasse, &who, agent, moment.seconds).await?;
    kasse.forget_old_accesses();
    kasse.record(AccessKind::LoggedIn, who.name(), agent, &way);
    let mut response = Redirect::to(target(&sent.to)).into_response();
    if others > 0 {
        let said = format!(
            "{others} other log-ins of yours stand: if you do not know them, end them in your account and change your \
             password."
        );
        response = not_done(target(&sent.to), &said);
    }
    if let Some(cookie) = session_cookie(app.reached(), Some(&secret)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn log_out(user: As<Anyone>) -> Result<Response, Failed> {
    if let Some(secret) = user.secret() {
        people::log_out(&user.kasse(), &secret.digest(), user.moment().seconds);
    }
    user.kasse().record(AccessKind::LoggedOut, user.name(), "", &user.way());
    let mut response = done("/login", "You are logged out.");
    // nothing that a page left in the browser stays there; its cookies end one by one
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    if let Some(cookie) = session_cookie(user.app().reached(), None) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for path in ["https://elsewhere.example", "//elsewhere.example", "/a b", "/\\elsewhere", "javascript:1", ""] {
            assert_eq!(target(path), "/", "{path}");
        }
        assert_eq!(target("/cases/12"), "/cases/12");
        assert_eq!(target("/cases?reason=a%20b&mine=yes"), "/cases?reason=a%20b&mine=yes");
        assert_eq!(back_to("/cases?a=1&b=%20"), "/login?to=/cases?a=1%26b=%2520");
    }
}
