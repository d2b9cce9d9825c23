//! Corrections by two people on the page of statements: the day of the old system, and accounts that are needed no
//! longer.
//!
//! Invariant: both people prove who they are in one form, and the reason is stored in the books.

use axum::routing::post;
use axum::{Form, Router};
use jiff::civil::Date;
use serde::Deserialize;

use crate::access::{As, Peer, Vouching};
use crate::app::App;
use crate::deeds::Mark;
use crate::outcome::{after, second};
use crate::page::{Answer, not_done};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/statements/as-of", post(as_of)).route("/statements/end-account", post(end_account))
}

/// The page with both forms.
const HERE: &str = "/statements";

#[derive(Deserialize)]
struct Corrected {
    once: String,
    /// Empty: the old system had posted nothing.
    day: String,
    reason: String,
    second: String,
    password: String,
}

async fn as_of(user: As<Vouching>, peer: Peer, Form(sent): Form<Corrected>) -> Answer {
    let day = match sent.day.trim() {
        "" => None,
        text => match text.parse::<Date>() {
            Ok(day) => Some(day),
            Err(_) => return Ok(not_done(HERE, "This is no date.")),
        },
    };
    let with = match second(&user, peer, &sent.second, &sent.password).await? {
        Ok(with) => with,
        Err(why) => return Ok(not_done(HERE, &why)),
    };
    let request = format!("as-of {day:?} {} {}", with.name(), sent.reason);
    let mark = Mark::of_form(&user, &sent.once, &request)?;
    after(user.correct_as_of(mark, day, &sent.reason, with).await, HERE, |()| match day {
        Some(day) => format!("bookings up to {day} count as posted by the old system now"),
        None => "no booking counts as posted by the old system now".to_owned(),
    })
}

#[derive(Deserialize)]
struct Ended {
    once: String,
    account: String,
    reason: String,
    second: String,
    password: String,
}

async fn end_account(user: As<Vouching>, peer: Peer, Form(sent): Form<Ended>) -> Answer {
    let with = match second(&user, peer, &sent.second, &sent.password).await? {
        Ok(with) => with,
        Err(why) => return Ok(not_done(HERE, &why)),
    };
    let account = sent.account.trim();
    let request = format!("end-account {account} {} {}", with.name(), sent.reason);
    let mark = Mark::of_form(&user, &sent.once, &request)?;
    after(user.end_account(mark, account, &sent.reason, with).await, HERE, |()| {
        format!("account {account}: its statements are asked for no longer")
    })
}
