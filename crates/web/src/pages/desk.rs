//! The front desk: has the transfer arrived, is it posted, what will be debited.
//!
//! Invariants: nothing about a Kassenzeichen is shown before two features that the caller said fit and the inquiry is in the
//! journal, not even whose it is; every try is recorded; no address reveals whom it is about.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use kasse::{CallerSaid, Error};
use serde::Deserialize;

use crate::access::{As, Asking};
use crate::app::App;
use crate::deeds::Mark;
use crate::error::Failed;
use crate::page::{Answer, Page, not_done, page, page_with};
use crate::view::{Fields, read};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/desk", get(show)).route("/desk/answer", post(answer))
}

#[derive(Template)]
#[template(path = "desk.html")]
struct Desk {
    p: Page,
    once: String,
    said: CallerSaid,
    wrong: Option<String>,
}

impl Desk {
    fn new(user: &As<Asking>, headers: &HeaderMap, said: CallerSaid, wrong: Option<String>) -> Desk {
        let p = Page::of(user, headers, "/desk", "Front desk");
        Desk { once: p.once(), p, said, wrong }
    }
}

async fn show(user: As<Asking>, headers: HeaderMap) -> Answer {
    page(&Desk::new(&user, &headers, CallerSaid::default(), None))
}

/// What was typed of the caller.
fn said(sent: &Fields) -> CallerSaid {
    let typed = |feature: &str| sent.one(feature).to_owned();
    CallerSaid {
        kassenzeichen: typed("kassenzeichen"),
        name: typed("name"),
        address: typed("address"),
        iban: typed("iban"),
        mandate: typed("mandate"),
        amount: typed("amount"),
    }
}

/// Shows the form again with what was typed, and why there is no answer.
fn unanswered(user: &As<Asking>, headers: &HeaderMap, said: CallerSaid, wrong: &str) -> Answer {
    let shown = Desk::new(user, headers, said, Some(wrong.to_owned()));
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

#[derive(Template)]
#[template(path = "desk_answer.html")]
struct Told {
    p: Page,
    story: Story,
    address: Vec<String>,
    contact: Vec<String>,
}

#[derive(Deserialize)]
struct Story {
    kassenzeichen: String,
    debtor: Option<String>,
    address: Option<String>,
    answer: Vec<String>,
    items: Vec<Item>,
    payments: Vec<Paid>,
    mandates: Vec<Mandate>,
    cases: Vec<Case>,
    debits: Vec<Debit>,
    holds: Vec<Hold>,
    days: Vec<Day>,
}

#[derive(Deserialize)]
struct Item {
    posten: String,
    kind: String,
    due: String,
    amount: String,
    transferred: String,
    in_collection: String,
    collected: String,
    open: String,
}

#[derive(Deserialize)]
struct Paid {
    booked: String,
    placed: String,
    reference: String,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    posten: String,
    amount: String,
}

#[derive(Deserialize)]
struct Mandate {
    mandate: String,
    holder: String,
    iban: String,
    status: String,
    signed: String,
}

#[derive(Deserialize)]
struct Case {
    case: i64,
    holds: Vec<String>,
}

#[derive(Deserialize)]
struct Debit {
    run: String,
    due: String,
    state: String,
    amount: String,
}

#[derive(Deserialize)]
struct Hold {
    reason: String,
    until: Option<String>,
    by: String,
}

#[derive(Deserialize)]
struct Day {
    day: String,
    what: String,
}

async fn answer(user: As<Asking>, headers: HeaderMap, sent: Fields) -> Answer {
    let said = said(&sent);
    let once = sent.one("once");
    if said.told().len() < 2 {
        return unanswered(&user, &headers, said, "an answer needs two features of the caller that fit");
    }
    let found = kasse::who_is_calling(&user.kasse(), &said).await?;
    let what = found.as_ref().map_or("nobody", |caller| caller.kassenzeichen.as_str());
    user.kasse().record_looking(user.name(), what, &user.way()).await?;
    let Some(caller) = found else {
        return unanswered(&user, &headers, said, NOBODY);
    };
    // a reload on another day is another inquiry
    let (kassenzeichen, features) = (caller.kassenzeichen, caller.features);
    let request = format!("ask about {kassenzeichen} by {} on {}", features.join(" "), user.moment().today);
    let mark = Mark::of_form(&user, once, &request)?;
    match user.ask(mark, &kassenzeichen, &features).await {
        // a reload shows an answer again that is in the journal already
        Ok(_) | Err(Error::Repeated { same: true, .. }) => {}
        Err(Error::Repeated { same: false, .. }) => {
            return Ok(not_done("/desk", "This answer is of an earlier day: ask again."));
        }
        Err(Error::Refused(why)) => return unanswered(&user, &headers, said, &why),
        Err(other) => return Err(Failed::from(other)),
    }
    let kasse = user.kasse();
    let story = read(kasse::story(&kasse, &kassenzeichen).await?)?;
    let letters = kasse.config.letters;
    let p = Page::of(&user, &headers, "/desk", "Answer");
    page(&Told { p, story, address: letters.address, contact: letters.contact })
}

/// What is said where no single Kassenzeichen fits two of the features; not which of them fit.
const NOBODY: &str = "No Kassenzeichen fits at least two of these, or several do: ask the caller for one more.";
