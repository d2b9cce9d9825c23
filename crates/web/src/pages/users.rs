//! People: who is registered, with which rights, and who is logged in.
//!
//! Invariants: only administrators get here, and each change is recorded in their name; a refusal changes nothing and
//! keeps what was typed, except passwords.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use kasse::people::{self, Given};
use kasse::rights::{Role, Roles};
use serde::Deserialize;

use crate::access::{Administering, As};
use crate::app::App;
use crate::deeds::Mark;
use crate::error::Failed;
use crate::page::{Answer, Page, done, page_with};
use crate::view::{Fields, read, time};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/users", get(show))
        .route("/users/add", post(add))
        .route("/users/set", post(set))
        .route("/users/password", post(set_password))
        .route("/users/token-end", post(end_token))
        .route("/users/session-end", post(end_session))
}

#[derive(Template)]
#[template(path = "users.html")]
struct Users {
    p: Page,
    users: Vec<User>,
    sessions: Vec<Session>,
    roles: Vec<&'static str>,
    wrong: Option<String>,
    /// The name that was typed for a new person and refused.
    name: String,
    chosen: Vec<String>,
}

#[derive(Deserialize)]
struct User {
    name: String,
    roles: Vec<String>,
    active: bool,
    has_password: bool,
    must_set_password: bool,
    tokens: Vec<Token>,
}

/// A token as the list shows it.
#[derive(Deserialize)]
pub(crate) struct Token {
    pub(crate) token: i64,
    pub(crate) label: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) until: Option<String>,
    pub(crate) given_by: String,
}

/// A log-in.
pub(crate) struct Session {
    pub(crate) staff: String,
    pub(crate) digest: String,
    pub(crate) began: String,
    pub(crate) seen: String,
    pub(crate) agent: String,
    /// Whether the page was requested with this log-in.
    pub(crate) is_own: bool,
}

/// The log-ins of one person or of everybody.
pub(crate) async fn sessions<R>(user: &As<R>, of: Option<&str>) -> Result<Vec<Session>, Failed> {
    let own = user.secret().map(kasse::people::Secret::digest);
    let rows = people::sessions(&user.kasse(), of, user.moment().seconds).await?;
    let shown = rows.into_iter().map(|row| Session {
        is_own: own.as_ref() == Some(&row.digest),
        staff: row.staff,
        digest: row.digest,
        began: time(row.began),
        seen: time(row.seen),
        agent: row.agent,
    });
    Ok(shown.collect())
}

async fn shown(
    user: &As<Administering>,
    headers: &HeaderMap,
    status: StatusCode,
    wrong: Option<String>,
    sent: &Fields,
) -> Answer {
    let users = people::users(&user.kasse()).await?;
    let template = Users {
        p: Page::of(user, headers, "/users", "People"),
        users: read(users.into())?,
        sessions: sessions(user, None).await?,
        roles: Role::ALL.into_iter().map(Role::word).collect(),
        wrong,
        name: sent.one("name").to_owned(),
        // the ticks of another form on this page do not belong to a new person
        chosen: if sent.one("name").is_empty() { Vec::new() } else { sent.all("role") },
    };
    page_with(status, &template)
}

async fn show(user: As<Administering>, headers: HeaderMap) -> Answer {
    shown(&user, &headers, StatusCode::OK, None, &Fields::default()).await
}

/// The message for what takes two.
const WAITS: &str =
    "What moves money or rights waits: another administrator or the treasurer confirms it under »Second person«.";

/// Redirects to the list after success; a refusal is shown beside what was typed.
async fn ended(
    user: &As<Administering>,
    headers: &HeaderMap,
    sent: &Fields,
    outcome: kasse::Result<Given>,
    said: &str,
) -> Answer {
    match outcome {
        Ok(Given::InForce) => Ok(done("/users", said)),
        Ok(Given::Waits(_)) => Ok(done("/users", WAITS)),
        Err(kasse::Error::Repeated { same: true, .. }) => Ok(done("/users", "That was done already.")),
        Err(kasse::Error::Refused(why)) => {
            shown(user, headers, StatusCode::UNPROCESSABLE_ENTITY, Some(why), sent).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The roles that were ticked.
fn roles(sent: &Fields) -> kasse::Result<Roles> {
    let roles = sent.all("role").iter().filter_map(|word| Role::parse(word)).collect();
    Roles::new(roles).map_err(kasse::Error::Refused)
}

async fn add(user: As<Administering>, headers: HeaderMap, sent: Fields) -> Answer {
    let name = people::name_written(sent.one("name"));
    let mark = Mark::of_form(&user, sent.one("once"), &format!("add a person\n{}", sent.said(&["password"])))?;
    let outcome = match roles(&sent) {
        Ok(roles) => user.add_user(mark, &name, &roles, sent.typed("password")).await,
        Err(why) => Err(why),
    };
    ended(&user, &headers, &sent, outcome, "The person is registered. The password is good for setting an own one.")
        .await
}

async fn set(user: As<Administering>, headers: HeaderMap, sent: Fields) -> Answer {
    let mark = Mark::of_form(&user, sent.one("once"), &format!("set a person\n{}", sent.said(&[])))?;
    let outcome = match roles(&sent) {
        Ok(roles) => user.set_user(mark, sent.one("who"), &roles, sent.one("active") == "yes").await,
        Err(why) => Err(why),
    };
    ended(&user, &headers, &sent, outcome, "The roles are changed; the person's log-ins have ended.").await
}

async fn set_password(user: As<Administering>, headers: HeaderMap, sent: Fields) -> Answer {
    let mark = Mark::of_form(&user, sent.one("once"), &format!("set a password\n{}", sent.said(&["password"])))?;
    let outcome = user.set_password(mark, sent.one("who"), sent.typed("password")).await;
    ended(
        &user,
        &headers,
        &sent,
        outcome,
        "The password is changed, and good for setting an own one; the person's log-ins and tokens have ended.",
    )
    .await
}

async fn end_token(user: As<Administering>, headers: HeaderMap, sent: Fields) -> Answer {
    let mark = Mark::of_form(&user, sent.one("once"), &format!("take back a token\n{}", sent.said(&[])))?;
    let outcome = user.end_token(mark, sent.one("token").parse().unwrap_or(0)).await.map(|()| Given::InForce);
    ended(&user, &headers, &sent, outcome, "The token is taken back.").await
}

async fn end_session(user: As<Administering>, sent: Fields) -> Answer {
    user.end_session(sent.one("session")).await?;
    Ok(done("/users", "The log-in has ended.").into_response())
}
