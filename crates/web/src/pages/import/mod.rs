//! Importing files: the page, the upload, the job that reads them, and changed accounts that wait for a second person.
//!
//! Invariant: nothing of an upload is read before it is complete. Files are read by the same use case as on the command
//! line; a file that was read before changes nothing, so a form that is sent twice does nothing twice.

mod job;

use askama::Template;
use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::access::{As, Importing};
use crate::api::files;
use crate::app::App;
use crate::deeds::{Mark, Of};
use crate::error::Failed;
use crate::outcome::after;
use crate::page::{Answer, Page, page, page_with};
use crate::sent::{NO_FILE, Sent};
use crate::upload::MOST;
use crate::view::read;
use kasse::AccountConfirmed;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/import", get(show))
        .route("/import/account", post(confirm_account))
        .route("/jobs/{number}", get(job::show))
}

/// Addresses for uploads, which take longer than a page may and are larger than a form.
pub(crate) fn patient_routes() -> Router<App> {
    Router::new()
        .route("/import/files", post(bring))
        .route("/import/match", post(match_all))
        .layer(DefaultBodyLimit::max(MOST))
}

#[derive(Template)]
#[template(path = "import.html")]
struct Import {
    p: Page,
    wrong: Option<String>,
    waiting: Vec<Changed>,
}

impl Import {
    fn most_bytes(&self) -> usize {
        MOST
    }

    fn most_mebibytes(&self) -> usize {
        MOST / (1024 * 1024)
    }
}

/// A changed account of a mandate that nobody has confirmed.
#[derive(Debug, Deserialize)]
struct Changed {
    mandate: String,
    kassenzeichen: String,
    holder: String,
    before: Option<String>,
    now: String,
    imported_by: Option<String>,
}

async fn import_page(user: &As<Importing>, headers: &HeaderMap, wrong: Option<String>) -> Result<Import, Failed> {
    let waiting = read(Value::Array(kasse::unconfirmed_accounts(&user.kasse()).await?))?;
    Ok(Import { p: Page::of(user, headers, "/import", "Import"), wrong, waiting })
}

async fn show(user: As<Importing>, headers: HeaderMap) -> Answer {
    page(&import_page(&user, &headers, None).await?)
}

/// Receives a complete upload, then begins a job that reads it.
async fn bring(user: As<Importing>, headers: HeaderMap, multipart: Result<Multipart, MultipartRejection>) -> Answer {
    let sent = Sent::receive(multipart).await;
    let sent = sent.and_then(|sent| Ok((Of { as_of: as_of(&sent)?, partial: sent.is_ticked("partial") }, sent)));
    match sent {
        Ok((of, sent)) => {
            let job = files::begin(user, sent.upload, of);
            Ok(Redirect::to(&format!("/jobs/{}", job.number)).into_response())
        }
        Err(failed @ (Failed::TooLarge(_) | Failed::Unreadable(_))) => {
            let problem = failed.problem();
            page_with(problem.status, &import_page(&user, &headers, Some(problem.detail)).await?)
        }
        Err(other) => Err(other),
    }
}

/// The day that was stated, if there is something to read.
fn as_of(sent: &Sent) -> Result<Option<Date>, Failed> {
    if sent.upload.paths().is_empty() {
        return Err(Failed::Unreadable(NO_FILE.to_owned()));
    }
    let no_date = "The last bank day that the old system had posted is no date. Nothing was imported: choose the files once more.";
    match sent.field("as_of") {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Failed::Unreadable(no_date.to_owned())),
    }
}

#[derive(Deserialize)]
struct Marked {
    once: String,
}

/// Matches what an import left undecided, for example because it was interrupted.
async fn match_all(user: As<Importing>, Form(sent): Form<Marked>) -> Answer {
    // matching again without changes writes nothing; the mark only keeps out forms of other sites
    Mark::of_form(&user, &sent.once, "match")?;
    after(user.match_all().await, "/import", |matched| {
        format!(
            "{} credits looked at: {} posted, {} cases.",
            matched.credits,
            matched.auto + matched.clerk,
            matched.case
        )
    })
}

#[derive(Deserialize)]
struct Confirmed {
    once: String,
    mandate: String,
    iban: String,
}

async fn confirm_account(user: As<Importing>, Form(sent): Form<Confirmed>) -> Answer {
    let mark = Mark::of_form(&user, &sent.once, &format!("account {} {}", sent.mandate, sent.iban))?;
    after(user.confirm_account(mark, &sent.mandate, &sent.iban).await, "/import", |confirmed| match confirmed {
        AccountConfirmed::InEffect => "The changed account is confirmed.".to_owned(),
        AccountConfirmed::FirstOfTwo => {
            "Signed: nobody in person imported the change, so another person must confirm it too.".to_owned()
        }
    })
}
