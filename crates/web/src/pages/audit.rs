//! For auditors: the journal, its proof, inquiries, documents, exports.
//!
//! Invariants: nothing here writes; search terms travel in the body of a form, never in an address; an export gives the
//! same bytes as the command line.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use kasse::EntriesAsked;
use serde::Deserialize;
use serde_json::Value;

use crate::access::{As, Auditing};
use crate::app::App;
use crate::error::Failed;
use crate::page::{Answer, Page, page};
use crate::view::{Fields, Paging, read};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/audit", get(show).post(look))
        .route("/audit/entries/{number}", get(entry))
        .route("/audit/inquiries", get(inquiries))
        .route("/audit/documents", get(documents))
}

/// Addresses that read all books.
pub(crate) fn patient_routes() -> Router<App> {
    Router::new()
        .route("/audit/verify", post(verify))
        .route("/audit/export/{file}", get(export))
        .layer(DefaultBodyLimit::max(crate::sizes::FORM))
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Journal {
    p: Page,
    rows: Vec<Row>,
    paging: Paging,
    actors: Vec<String>,
    actions: Vec<String>,
    sent: Sought,
    head: Option<Head>,
    wrong: Option<String>,
}

/// The search terms, as they were typed.
#[derive(Default)]
struct Sought {
    actor: String,
    action: String,
    subject: String,
    from: String,
    until: String,
}

#[derive(Deserialize)]
struct Row {
    entry: i64,
    at: String,
    day: String,
    by: String,
    action: String,
    subject: String,
    reason: String,
}

#[derive(Deserialize)]
struct Head {
    entry: i64,
    at: String,
    hash: String,
}

async fn show(user: As<Auditing>, headers: HeaderMap) -> Answer {
    look(user, headers, Fields::default()).await
}

async fn look(user: As<Auditing>, headers: HeaderMap, sent: Fields) -> Answer {
    let typed = |name: &str| sent.one(name).to_owned();
    let sought = Sought {
        actor: typed("actor"),
        action: typed("action"),
        subject: typed("subject"),
        from: typed("from"),
        until: typed("until"),
    };
    let day = |text: &str| text.parse().ok();
    let is_bad = |text: &str| !text.is_empty() && text.parse::<jiff::civil::Date>().is_err();
    let bad = [&sought.from, &sought.until].into_iter().find(|text| is_bad(text));
    let wrong = bad.map(|text| format!("{text:?} is no day."));
    let asked = EntriesAsked {
        actor: sought.actor.clone(),
        action: sought.action.clone(),
        subject: sought.subject.clone(),
        from: day(&sought.from),
        until: day(&sought.until),
    };
    let kasse = user.kasse();
    let number = Paging::asked(sent.one("page"));
    let (rows, count) = kasse::journal_page(&kasse, &asked, Paging::window(number)).await?;
    let (actors, actions) = kasse::actors_and_actions(&kasse).await?;
    page(&Journal {
        p: Page::of(&user, &headers, "/audit", "Audit"),
        rows: read(rows.into())?,
        paging: Paging::of(number, count),
        actors,
        actions,
        sent: sought,
        head: read(kasse::journal_head(&kasse).await?)?,
        wrong,
    })
}

/// The part of a list that the address asks for.
#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "audit_entry.html")]
struct Entry {
    p: Page,
    entry: Whole,
    facts: Vec<Fact>,
    paging: Paging,
}

#[derive(Deserialize)]
struct Whole {
    entry: i64,
    at: String,
    day: String,
    by: String,
    action: String,
    subject: String,
    reason: String,
    rows: i64,
    facts: Vec<Added>,
    previous: String,
    hash: String,
}

#[derive(Deserialize)]
struct Added {
    table: String,
    row: i64,
    before: Option<serde_json::Map<String, Value>>,
    after: serde_json::Map<String, Value>,
}

/// An added row, column by column: name, before, after, and whether they differ.
struct Fact {
    table: String,
    row: i64,
    has_before: bool,
    columns: Vec<(String, String, String, bool)>,
}

fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn fact(added: &Added) -> Fact {
    let columns = added.after.iter().map(|(name, after)| {
        let before = added.before.as_ref().and_then(|row| row.get(name));
        let (before, after) = (plain(before), plain(Some(after)));
        let differs = added.before.is_some() && before != after;
        (name.clone(), before, after, differs)
    });
    let columns = columns.collect();
    Fact { table: added.table.clone(), row: added.row, has_before: added.before.is_some(), columns }
}

async fn entry(user: As<Auditing>, headers: HeaderMap, Path(number): Path<i64>, Query(part): Query<Part>) -> Answer {
    let entry: Whole = read(kasse::journal_entry(&user.kasse(), number).await?)?;
    let number = Paging::asked(&part.page);
    let window = Paging::window(number);
    let usize = |rows: i64| usize::try_from(rows).unwrap_or(usize::MAX);
    let facts = entry.facts.iter().skip(usize(window.after)).take(usize(window.most)).map(fact).collect();
    let shown = i64::try_from(entry.facts.len()).unwrap_or(i64::MAX);
    let p = Page::of(&user, &headers, "/audit", "Journal entry");
    page(&Entry { p, facts, paging: Paging::of(number, shown), entry })
}

#[derive(Template)]
#[template(path = "audit_verify.html")]
struct Verified {
    p: Page,
    breaks: Vec<String>,
    more: usize,
    checked: String,
    head: Option<Head>,
}

/// The most failed proofs that a page names.
const BREAKS: usize = 100;

async fn verify(user: As<Auditing>, headers: HeaderMap) -> Answer {
    let kasse = user.kasse();
    let _turn = user.app().whole_books().await;
    let head = read(kasse::journal_head(&kasse).await?)?;
    let mut breaks = kasse::verify(&kasse).await?;
    let more = breaks.len().saturating_sub(BREAKS);
    breaks.truncate(BREAKS);
    let p = Page::of(&user, &headers, "/audit", "Proof of the books");
    page(&Verified { p, breaks, more, checked: user.moment().now.clone(), head })
}

#[derive(Template)]
#[template(path = "audit_inquiries.html")]
struct Inquiries {
    p: Page,
    rows: Vec<Inquiry>,
    paging: Paging,
}

#[derive(Deserialize)]
struct Inquiry {
    entry: i64,
    day: String,
    by: String,
    kassenzeichen: String,
    features: Vec<String>,
}

async fn inquiries(user: As<Auditing>, headers: HeaderMap, Query(part): Query<Part>) -> Answer {
    let number = Paging::asked(&part.page);
    let (rows, count) = kasse::inquiries(&user.kasse(), Paging::window(number)).await?;
    let p = Page::of(&user, &headers, "/audit", "Who asked about whom");
    page(&Inquiries { p, rows: read(rows.into())?, paging: Paging::of(number, count) })
}

#[derive(Template)]
#[template(path = "audit_documents.html")]
struct Documents {
    p: Page,
    runs: Vec<Run>,
    files: Vec<File>,
    paging: Paging,
}

#[derive(Deserialize)]
struct Run {
    run: String,
    due: String,
    planner: String,
    written: Vec<Written>,
    notices: Vec<Notices>,
}

#[derive(Deserialize)]
struct Written {
    event: String,
    day: String,
    by: String,
    sha256: Option<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
struct Notices {
    sent: String,
    manner: String,
    notices: usize,
    amount: String,
}

#[derive(Deserialize)]
struct File {
    file: String,
    kind: String,
    sha256: String,
    day: String,
    by: String,
}

async fn documents(user: As<Auditing>, headers: HeaderMap, Query(part): Query<Part>) -> Answer {
    let kasse = user.kasse();
    let number = Paging::asked(&part.page);
    let (files, count) = kasse::source_files(&kasse, Paging::window(number)).await?;
    let runs = kasse::run_documents(&kasse).await?;
    let p = Page::of(&user, &headers, "/audit", "Documents");
    page(&Documents { p, runs: read(runs.into())?, files: read(files.into())?, paging: Paging::of(number, count) })
}

async fn export(user: As<Auditing>, Path(file): Path<String>) -> Answer {
    let kasse = user.kasse();
    let _turn = user.app().whole_books().await;
    let rows = match file.as_str() {
        "receivables.csv" => kasse::receivables(&kasse).await?,
        "payments.csv" => kasse::payments(&kasse).await?,
        "postings.csv" => kasse::postings(&kasse, None).await?,
        "living.csv" => kasse::living(&kasse).await?,
        "holds.csv" => kasse::holds(&kasse).await?,
        "blocks.csv" => kasse::blocks(&kasse).await?,
        "clearing.csv" => kasse::clearing(&kasse).await?,
        "returns.csv" => kasse::returns(&kasse).await?,
        "mandates.csv" => kasse::mandates(&kasse).await?,
        "handed.csv" => kasse::handed(&kasse).await?,
        "journal.csv" => kasse::journal(&kasse).await?,
        _ => return Err(Failed::Unknown("There is no such export.".to_owned())),
    };
    let mut response = kasse::csv(&rows).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    Ok(response)
}
