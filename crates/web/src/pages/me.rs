//! A person's own account: password, tokens, log-ins.
//!
//! Invariants: a token is shown once, on the page that answers the form; it gives no right that its owner does not
//! have; nobody can end another person's log-in here.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use kasse::rights::{Right, Scopes};
use kasse::{AccessKind, people};
use serde::Deserialize;

use crate::access::{Anyone, As, Peer};
use crate::app::App;
use crate::deeds::Mark;
use crate::error::Failed;
use crate::page::{Answer, Page, done, not_done, page_with};
use crate::pages::users::{Session, Token, sessions};
use crate::view::{Fields, read};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/me", get(show))
        .route("/me/password", post(set_password))
        .route("/me/token", post(add_token))
        .route("/me/token-end", post(end_token))
        .route("/me/session-end", post(end_session))
}

#[derive(Template)]
#[template(path = "me.html")]
struct Me {
    p: Page,
    /// Whether the password was set by another person, so that an own one comes first.
    first: bool,
    roles: Vec<String>,
    tokens: Vec<Token>,
    sessions: Vec<Session>,
    rights: Vec<&'static str>,
    wrong: Option<String>,
    /// A new token, to be shown this once.
    secret: Option<String>,
    label: String,
    until: String,
    chosen: Vec<String>,
}

#[derive(Deserialize)]
struct User {
    name: String,
    tokens: Vec<Token>,
}

/// Further content of the page.
#[derive(Default)]
struct Beside {
    wrong: Option<String>,
    secret: Option<String>,
}

async fn shown(user: &As<Anyone>, headers: &HeaderMap, beside: Beside, sent: &Fields) -> Answer {
    let users: Vec<User> = read(people::users(&user.kasse()).await?.into())?;
    let own = users.into_iter().find(|row| row.name == user.name());
    let status = if beside.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = Me {
        p: Page::of(user, headers, "/me", "My account"),
        first: user.who().must_set_password(),
        roles: user.who().roles().iter().map(|role| role.word().to_owned()).collect(),
        tokens: own.map(|row| row.tokens).unwrap_or_default(),
        sessions: sessions(user, Some(user.name())).await?,
        rights: Right::ALL.into_iter().filter(|right| right.by_token() && user.may(*right)).map(Right::word).collect(),
        wrong: beside.wrong,
        secret: beside.secret,
        label: sent.one("label").to_owned(),
        until: sent.one("until").to_owned(),
        chosen: sent.all("scope"),
    };
    page_with(status, &template)
}

async fn show(user: As<Anyone>, headers: HeaderMap) -> Answer {
    shown(&user, &headers, Beside::default(), &Fields::default()).await
}

async fn refused(user: &As<Anyone>, headers: &HeaderMap, sent: &Fields, why: String) -> Answer {
    shown(user, headers, Beside { wrong: Some(why), secret: None }, sent).await
}

async fn set_password(user: As<Anyone>, headers: HeaderMap, Peer(address): Peer, sent: Fields) -> Answer {
    let request = format!("set my password\n{}", sent.said(&["password", "again", "now"]));
    let mark = Mark::of_form(&user, sent.one("once"), &request)?;
    if sent.typed("password") != sent.typed("again") {
        return refused(&user, &headers, &sent, "The two new passwords differ.".to_owned()).await;
    }
    let (throttle, seconds) = (user.app().throttle(), user.moment().seconds);
    throttle.take(user.name(), address, seconds).map_err(Failed::Wait)?;
    match people::by_password(&user.kasse(), user.name(), sent.typed("now")).await {
        Ok(_) => throttle.right(user.name(), address, seconds),
        Err(kasse::Error::Refused(_)) => {
            user.kasse().record(AccessKind::Failed, user.name(), "own password", &user.way());
            return refused(&user, &headers, &sent, "The present password is wrong.".to_owned()).await;
        }
        Err(other) => return Err(other.into()),
    }
    match user.set_own_password(mark, sent.typed("password")).await {
        Ok(()) | Err(kasse::Error::Repeated { same: true, .. }) => {
            Ok(done("/login", "The password is changed. Log in with the new one."))
        }
        Err(kasse::Error::Refused(why)) => refused(&user, &headers, &sent, why).await,
        Err(other) => Err(other.into()),
    }
}

async fn add_token(user: As<Anyone>, headers: HeaderMap, sent: Fields) -> Answer {
    let mark = Mark::of_form(&user, sent.one("once"), &format!("give me a token\n{}", sent.said(&[])))?;
    let until = match sent.one("until") {
        "" => None,
        day => match day.parse() {
            Ok(day) => Some(day),
            Err(_) => return refused(&user, &headers, &sent, format!("{day:?} is no day.")).await,
        },
    };
    let rights = sent.all("scope").iter().filter_map(|word| Right::parse(word)).collect::<Vec<_>>();
    let scopes = Scopes::new(rights.into_iter().filter(|right| user.may(*right)).collect());
    match user.add_own_token(mark, sent.one("label"), &scopes, until).await {
        Ok(secret) => {
            let beside = Beside { secret: Some(secret.text().to_owned()), wrong: None };
            shown(&user, &headers, beside, &Fields::default()).await
        }
        Err(kasse::Error::Repeated { same: true, .. }) => {
            let said = "That token was given and shown already. If it was not noted, take it back and ask for another.";
            Ok(not_done("/me", said))
        }
        Err(kasse::Error::Refused(why)) => refused(&user, &headers, &sent, why).await,
        Err(other) => Err(other.into()),
    }
}

async fn end_token(user: As<Anyone>, sent: Fields) -> Answer {
    let mark = Mark::of_form(&user, sent.one("once"), &format!("take back my token\n{}", sent.said(&[])))?;
    match user.end_own_token(mark, sent.one("token").parse().unwrap_or(0)).await {
        Ok(()) => Ok(done("/me", "The token is taken back.")),
        Err(kasse::Error::Repeated { same: true, .. }) => Ok(done("/me", "That was done already.")),
        Err(other) => Err(other.into()),
    }
}

async fn end_session(user: As<Anyone>, sent: Fields) -> Answer {
    if user.secret().is_none() {
        // a token must not be able to end the log-in that could revoke it
        return Err(kasse::Error::Forbidden(format!("{} has a token only", user.name())).into());
    }
    match user.end_own_session(sent.one("session")).await? {
        true => Ok(done("/me", "The log-in has ended.")),
        false => Ok(done("/me", "That log-in had ended already.")),
    }
}
