//! Importing files: the page, the upload, the job that reads them, and changed accounts that wait for a second person.
//!
//! Invariant: nothing of an upload is read before it is complete. Files are read by the same use case as on the command
//! line; a file that was read before changes nothing, so a form that is sent twice does nothing twice.

mod job;

use askama::Template;
use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::http::{HeaderMap, StatusCode};
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
use crate::upload::{MOST, Upload};
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
    let sent = match multipart {
        Ok(multipart) => receive(multipart).await,
        Err(_) => Err(Failed::Unreadable(BROKEN.to_owned())),
    };
    let sent = sent.and_then(|sent| Ok((Of { as_of: sent.as_of()?, partial: sent.partial }, sent)));
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

const BROKEN: &str = "The upload broke off or cannot be read. Nothing of it was imported: send it again.";

/// The fields of the form.
struct Sent {
    upload: Upload,
    as_of: String,
    /// Whether lists of open items are partial.
    partial: bool,
}

impl Sent {
    /// The day that was stated, if there is something to read.
    fn as_of(&self) -> Result<Option<Date>, Failed> {
        if self.upload.paths().is_empty() {
            return Err(Failed::Unreadable("No file was chosen.".to_owned()));
        }
        let no_date = "The last bank day that the old system had posted is no date. Nothing was imported: choose the files once more.";
        match self.as_of.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Failed::Unreadable(no_date.to_owned())),
        }
    }
}

async fn receive(mut multipart: Multipart) -> Result<Sent, Failed> {
    let mut sent = Sent { upload: Upload::new().await?, as_of: String::new(), partial: false };
    while let Some(mut field) = multipart.next_field().await.map_err(unfit)? {
        let (field_name, file) = (field.name().unwrap_or_default().to_owned(), field.file_name().map(str::to_owned));
        // a file field in which nothing was chosen comes as a file without a name
        let mut incoming = match (field_name.as_str(), file.filter(|name| !name.is_empty())) {
            ("files", Some(name)) => sent.upload.begin(&name)?,
            ("folder", Some(name)) => sent.upload.begin_found(&name)?,
            ("as_of", None) => {
                sent.as_of = short(&mut field).await?;
                continue;
            }
            ("partial", None) => {
                sent.partial = !short(&mut field).await?.is_empty();
                continue;
            }
            _ => continue,
        };
        while let Some(block) = field.chunk().await.map_err(unfit)? {
            incoming.write(&block).await?;
        }
        incoming.end().await?;
    }
    sent.upload.received();
    Ok(sent)
}

/// The most bytes of a field that is no file.
const WORD: usize = 200;

/// The text of a field that is no file; one that is too long counts as unreadable.
async fn short(field: &mut Field<'_>) -> Result<String, Failed> {
    let mut bytes = Vec::new();
    while let Some(block) = field.chunk().await.map_err(unfit)? {
        bytes.extend_from_slice(&block);
        if bytes.len() > WORD {
            return Err(Failed::Unreadable(BROKEN.to_owned()));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unfit(error: MultipartError) -> Failed {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let most = MOST / (1024 * 1024);
            Failed::TooLarge(format!("An upload has at most {most} MiB. Nothing was read."))
        }
        _ => Failed::Unreadable(BROKEN.to_owned()),
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
