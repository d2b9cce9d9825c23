//! The front desk: has the transfer arrived, is it posted, what will be debited.
//!
//! Invariants: nothing about a Kassenzeichen is shown before two features of the caller were ticked and the inquiry is
//! in the journal; no address reveals whom it is about.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use kasse::Error;
use serde::Deserialize;

use crate::access::{As, Asking};
use crate::app::App;
use crate::deeds::Mark;
use crate::page::{Answer, Page, not_done, page, page_with};
use crate::view::{Fields, read};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/desk", get(show))
        .route("/desk/search", post(search))
        .route("/desk/compare", post(compare))
        .route("/desk/answer", post(answer))
}

/// The most Kassenzeichen that a search shows.
const MOST: usize = 20;

#[derive(Template)]
#[template(path = "desk.html")]
struct Desk {
    p: Page,
    text: String,
    wrong: Option<String>,
    found: Option<Vec<Found>>,
}

#[derive(Deserialize)]
struct Found {
    kassenzeichen: String,
    debtor: Option<String>,
    kind: Option<String>,
}

impl Desk {
    fn new(user: &As<Asking>, headers: &HeaderMap) -> Desk {
        Desk { p: Page::of(user, headers, "/desk", "Front desk"), text: String::new(), wrong: None, found: None }
    }
}

async fn show(user: As<Asking>, headers: HeaderMap) -> Answer {
    page(&Desk::new(&user, &headers))
}

async fn search(user: As<Asking>, headers: HeaderMap, sent: Fields) -> Answer {
    let text = sent.one("text").to_owned();
    let desk = Desk { text: text.clone(), ..Desk::new(&user, &headers) };
    if text.chars().count() < 3 {
        let wrong = Some("Type at least three characters of what the caller says.".to_owned());
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &Desk { wrong, ..desk });
    }
    let (rows, count) = kasse::find_names(&user.kasse(), &text, MOST).await?;
    if count > MOST {
        let wrong = Some(format!("{count} Kassenzeichen fit: search more precisely, for example by Kassenzeichen."));
        return page(&Desk { wrong, ..desk });
    }
    page(&Desk { found: Some(read(rows.into())?), ..desk })
}

/// What the books have for a feature, to compare with what the caller says.
struct Feature {
    name: &'static str,
    label: &'static str,
    values: Vec<String>,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "desk_compare.html")]
struct Compare {
    p: Page,
    once: String,
    kassenzeichen: String,
    features: Vec<Feature>,
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct Known {
    kassenzeichen: String,
    name: Vec<String>,
    address: Vec<String>,
    iban: Vec<String>,
    mandate: Vec<String>,
    amount: Vec<String>,
}

async fn compare(user: As<Asking>, headers: HeaderMap, sent: Fields) -> Answer {
    page(&comparison(&user, &headers, &sent, None).await?)
}

async fn comparison(
    user: &As<Asking>,
    headers: &HeaderMap,
    sent: &Fields,
    wrong: Option<String>,
) -> Result<Compare, crate::error::Failed> {
    let p = Page::of(user, headers, "/desk", "Who is calling?");
    let known: Known = read(kasse::features(&user.kasse(), sent.one("kassenzeichen")).await?)?;
    let ticked = sent.all("feature");
    let amounts = known.amount.iter().map(|amount| p.eur(amount)).collect();
    let all = [
        ("kassenzeichen", "Kassenzeichen", vec![known.kassenzeichen.clone()]),
        ("name", "Name", known.name),
        ("address", "Address", known.address),
        ("iban", "Last four of the IBAN", known.iban),
        ("mandate", "Mandate", known.mandate),
        ("amount", "Amount", amounts),
    ];
    let features = all.into_iter().filter(|(_, _, values)| !values.is_empty());
    let features = features.map(|(name, label, values)| {
        let ticked = ticked.iter().any(|own| own == name);
        Feature { name, label, values, ticked }
    });
    let features = features.collect();
    Ok(Compare { once: p.once(), p, kassenzeichen: known.kassenzeichen, features, wrong })
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
    let kassenzeichen = sent.one("kassenzeichen").to_owned();
    let features = sent.all("feature");
    // a reload on another day is another inquiry
    let request = format!("ask about {kassenzeichen} by {} on {}", features.join(" "), user.moment().today);
    let mark = Mark::of_form(&user, sent.one("once"), &request)?;
    match user.ask(mark, &kassenzeichen, &features).await {
        // a reload shows an answer again that is in the journal already
        Ok(_) | Err(Error::Repeated { same: true, .. }) => {}
        Err(Error::Repeated { same: false, .. }) => {
            return Ok(not_done("/desk", "This answer is of an earlier day: ask again."));
        }
        Err(Error::Refused(why)) => {
            let shown = comparison(&user, &headers, &sent, Some(why)).await?;
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
        }
        Err(other) => return Err(other.into()),
    }
    let kasse = user.kasse();
    let story = read(kasse::story(&kasse, &kassenzeichen).await?)?;
    let letters = kasse.config.letters;
    let p = Page::of(&user, &headers, "/desk", "Answer");
    page(&Told { p, story, address: letters.address, contact: letters.contact })
}
