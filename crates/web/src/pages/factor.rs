//! The second factor of one's own account.
//!
//! Invariants: a secret and recovery codes are shown once, on the page that answers the form; a second factor counts only
//! once a right code was typed.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use kasse::factor;

use crate::access::{Anyone, As};
use crate::app::App;
use crate::deeds::Mark;
use crate::page::{Answer, Page, done, page, page_with};
use crate::view::Fields;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/me/factor", get(show).post(set)).route("/me/factor-end", post(end))
}

#[derive(Template)]
#[template(path = "factor.html")]
struct Factor {
    p: Page,
    has: bool,
    demanded: bool,
    secret: String,
    /// The new recovery codes, to be shown this once.
    codes: Vec<String>,
    wrong: Option<String>,
}

impl Factor {
    async fn of(user: &As<Anyone>, headers: &HeaderMap, secret: &str) -> Result<Factor, crate::error::Failed> {
        let has = factor::has_factor(&user.kasse(), user.name()).await?;
        let demanded = factor::is_demanded(&user.kasse(), user.who().roles());
        let p = Page::of(user, headers, "/me", "Second factor");
        let secret = if factor::is_secret(secret) { secret.to_owned() } else { factor::new_secret() };
        Ok(Factor { p, has, demanded, secret, codes: Vec::new(), wrong: None })
    }

    /// The secret in groups of four, as it is typed off.
    fn grouped(&self) -> String {
        let letters: Vec<char> = self.secret.chars().collect();
        letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}

async fn show(user: As<Anyone>, headers: HeaderMap) -> Answer {
    page(&Factor::of(&user, &headers, "").await?)
}

async fn set(user: As<Anyone>, headers: HeaderMap, sent: Fields) -> Answer {
    let secret = sent.one("secret").to_owned();
    let mark = Mark::of_form(&user, sent.one("once"), "set my second factor")?;
    match user.set_own_factor(mark, &secret, sent.one("code")).await {
        Ok(codes) => {
            let shown = Factor::of(&user, &headers, &secret).await?;
            page(&Factor { codes, ..shown })
        }
        Err(kasse::Error::Repeated { same: true, .. }) => Ok(done("/me/factor", "That was done already.")),
        Err(kasse::Error::Refused(why)) => {
            let shown = Factor::of(&user, &headers, &secret).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &Factor { wrong: Some(why), ..shown })
        }
        Err(other) => Err(other.into()),
    }
}

async fn end(user: As<Anyone>, sent: Fields) -> Answer {
    let mark = Mark::of_form(&user, sent.one("once"), "end my second factor")?;
    match user.end_own_factor(mark).await {
        Ok(()) | Err(kasse::Error::Repeated { same: true, .. }) => {
            Ok(done("/login", "The second factor is taken away. Log in again."))
        }
        Err(other) => Err(other.into()),
    }
}
