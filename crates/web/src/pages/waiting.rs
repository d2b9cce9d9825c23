//! What an administrator gave and a second person has to confirm: rights, passwords.
//!
//! Invariant: nothing is decided here; who may confirm what is for `kasse::people`, which refuses who asked and who is given.

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use kasse::people;
use serde::Deserialize;

use crate::access::{Appointing, As};
use crate::app::App;
use crate::deeds::Mark;
use crate::outcome::after;
use crate::page::{Answer, Page, page};
use crate::view::{Fields, read};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/waiting", get(show))
        .route("/waiting/confirm", post(confirm))
        .route("/waiting/withdraw", post(withdraw))
}

/// The page.
const HERE: &str = "/waiting";

#[derive(Template)]
#[template(path = "waiting.html")]
struct Waiting {
    p: Page,
    rows: Vec<Row>,
}

/// What waits.
#[derive(Deserialize)]
struct Row {
    request: i64,
    name: String,
    /// `roles` or `password`.
    what: String,
    roles: Option<Vec<String>>,
    asked_by: String,
}

impl Row {
    /// Whether this person neither asked for it nor is given it.
    fn confirmable_by(&self, who: &Option<String>) -> bool {
        who.as_ref().is_some_and(|who| *who != self.asked_by && *who != self.name)
    }

    fn roles(&self) -> &[String] {
        self.roles.as_deref().unwrap_or_default()
    }
}

async fn show(user: As<Appointing>, headers: HeaderMap) -> Answer {
    let rows = read(people::waiting(&user.kasse()).await?.into())?;
    page(&Waiting { p: Page::of(&user, &headers, HERE, "Second person"), rows })
}

async fn confirm(user: As<Appointing>, sent: Fields) -> Answer {
    let mark = Mark::of_form(&user, sent.one("once"), &format!("confirm\n{}", sent.said(&[])))?;
    let number = sent.one("request").parse().unwrap_or(0);
    after(user.confirm_request(mark, number).await, HERE, |name| format!("What {name} was given is in force."))
}

async fn withdraw(user: As<Appointing>, sent: Fields) -> Answer {
    let mark = Mark::of_form(&user, sent.one("once"), &format!("withdraw\n{}", sent.said(&[])))?;
    let number = sent.one("request").parse().unwrap_or(0);
    after(user.withdraw_request(mark, number).await, HERE, |name| format!("What {name} was to be given is withdrawn."))
}
