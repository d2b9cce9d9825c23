//! Bringing in statements and lists.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, header::LOCATION};
use axum::response::IntoResponse;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;

use super::answer::{Answered, Path, Query, answer};
use super::shapes::{Day, Problems, day};
use crate::access::{Anyone, As, Importing};
use crate::app::App;
use crate::deeds::Of;
use crate::error::Failed;
use crate::jobs::{Ended, Job};
use crate::upload::{MOST, Upload};

/// The address that takes large files.
pub(crate) fn uploads() -> Router<App> {
    Router::new().route("/api/imports", post(import)).layer(DefaultBodyLimit::max(MOST))
}

/// What is said of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    name: String,
    as_of: Option<Day>,
    #[serde(default)]
    partial: bool,
}

/// Takes a file (the body), reads it and matches everything; the work goes on after the answer, which says where it is told of
#[utoipa::path(post, path = "/api/imports", tag = "files", params(("name" = String, Query, description = "The file's name", min_length = 1, max_length = 200), ("as_of" = Option<Day>, Query, description = "The last bank day that the old system had posted, for lists"), ("partial" = Option<bool>, Query, description = "Whether a list of open items is partial: what it leaves out is not held")), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 202, description = "Begun: the job", body = Object), Problems))]
pub(super) async fn import(user: As<Importing>, Query(named): Query<Named>, request: Request) -> Answered {
    let as_of = day(named.as_of.as_ref(), "as_of")?;
    if !(1..=200).contains(&named.name.chars().count()) {
        return Err(Failed::Unreadable("name: 1 to 200 characters".to_owned()));
    }
    let mut upload = Upload::new().await?;
    upload.take(&named.name, request.into_body()).await?;
    upload.received();
    let job = begin(user, upload, Of { as_of, partial: named.partial });
    let place = format!("/api/jobs/{}", job.number);
    Ok((StatusCode::ACCEPTED, [(LOCATION, place.clone())], axum::Json(json!({"job": job.number, "href": place})))
        .into_response())
}

/// Begins to import an upload.
pub(crate) fn begin(user: As<Importing>, upload: Upload, of: Of) -> Arc<Job> {
    let job = user.app().jobs().begin(user.name());
    let told = Arc::clone(&job);
    let work = tokio::spawn(async move {
        let paths: Vec<PathBuf> = upload.paths();
        user.import(&paths, of, told.as_ref()).await
    });
    let told = Arc::clone(&job);
    tokio::spawn(async move {
        told.end(match work.await {
            Ok(Ok((imported, matched))) => Ended::Done(imported, Some(matched)),
            Ok(Err(why)) => Ended::Failed(why.to_string()),
            // a bug; without this the job would seem to run for ever
            Err(why) => Ended::Failed(format!("internal error: {why}")),
        });
    });
    job
}

/// Matches every booking that no person has decided
#[utoipa::path(post, path = "/api/match", tag = "files", responses((status = 200, description = "What it came to", body = Object), Problems))]
pub(super) async fn match_all(user: As<Importing>) -> Answered {
    answer(&user.match_all().await?)
}

/// How far one of your own jobs is, and its result
#[utoipa::path(get, path = "/api/jobs/{number}", tag = "files", params(("number" = u64, Path, description = "Its number")), responses((status = 200, description = "The job", body = Object), Problems))]
pub(super) async fn job(user: As<Anyone>, Path(number): Path<u64>) -> Answered {
    let unknown = || Failed::Unknown(format!("there is no job {number}"));
    let job = user.app().jobs().of(number, user.name()).ok_or_else(unknown)?;
    answer(&job.progress().json())
}
