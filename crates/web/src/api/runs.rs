//! Direct-debit runs.

use axum::Router;
use axum::http::{HeaderMap, HeaderValue};
use axum::routing::{get, post};
use kasse::people::Proven;
use kasse::{Acknowledged, NoticeManner, RecallAsked, Scratch, VoidGround};
use serde_json::json;

use super::answer::{Answered, Body, Path, Query, Slice, answer, done, mark};
use super::shapes::{Announcement, Early, Plan, Problems, Recall, Release, Second, Sent, Void};
use crate::access::{As, Exporting, Looking, Peer, Planning, Releasing};
use crate::app::App;
use crate::download::{exported_files, zipped};
use crate::error::Failed;
use crate::outcome;
use crate::say::lang_of;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/runs", get(list).post(plan))
        .route("/api/runs/{run}", get(show))
        .route("/api/runs/{run}/announcement", post(announce))
        .route("/api/runs/{run}/release", post(release))
        .route("/api/runs/{run}/export", post(export))
        .route("/api/runs/{run}/sent", post(sent))
        .route("/api/runs/{run}/recall", post(recall))
        .route("/api/runs/{run}/cancel", post(cancel))
        .route("/api/runs/{run}/void", post(void))
        .route("/api/residual", get(residual))
}

/// The runs, oldest first
#[utoipa::path(get, path = "/api/runs", tag = "runs", params(Slice), responses((status = 200, description = "An object per run", body = [Object]), Problems))]
pub(super) async fn list(user: As<Looking>, Query(slice): Query<Slice>) -> Answered {
    slice.of(kasse::runs(&user.kasse()).await?)
}

/// Plans a run of what is due by a day; `run` is null if there is nothing to collect
#[utoipa::path(post, path = "/api/runs", tag = "runs", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Plan, responses((status = 200, description = "What is in, what is out and why, what forbids the release", body = Object), Problems))]
pub(super) async fn plan(user: As<Planning>, headers: HeaderMap, Body(said): Body<Plan>) -> Answered {
    let mark = mark(&user, &headers, "plan", &said)?;
    let planned = user.plan(mark, said.due.date("due")?, said.kinds, said.limit).await?;
    let mut shown = planned.plan;
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("forbidden".to_owned(), json!(planned.forbidden));
        shown.insert("remarks".to_owned(), json!(planned.remarks));
    }
    answer(&shown)
}

/// One run: what is in, what is out and why, what happened to it
#[utoipa::path(get, path = "/api/runs/{run}", tag = "runs", params(("run" = String, Path, description = "The run")), responses((status = 200, description = "The run", body = Object), Problems))]
pub(super) async fn show(user: As<Looking>, Path(run): Path<String>) -> Answered {
    answer(&kasse::show(&user.kasse(), &run).await?)
}

/// The residual risk: the number of cases without a complete hold, their sum, and the largest five
#[utoipa::path(get, path = "/api/residual", tag = "runs", responses((status = 200, description = "Number, sum and the largest", body = Object), Problems))]
pub(super) async fn residual(user: As<Looking>) -> Answered {
    answer(&kasse::residual(&user.kasse()).await?)
}

/// A folder for written files, removed when it is dropped.
fn folder() -> Result<Scratch, Failed> {
    Scratch::new().map_err(|why| Failed::Internal(why.to_string()))
}

/// Records how the debtors of a planned run were told, and gives the notices as a ZIP
#[utoipa::path(post, path = "/api/runs/{run}/announcement", tag = "runs", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Announcement, responses((status = 200, description = "The notices", content_type = "application/zip", body = Vec<u8>), Problems))]
pub(super) async fn announce(
    user: As<Planning>,
    headers: HeaderMap,
    Path(run): Path<String>,
    Body(said): Body<Announcement>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("announce {run}"), &said)?;
    let manner = match said {
        Announcement::Posted { on } => NoticeManner::Posted(on.date("on")?),
        Announcement::Otherwise { by } => NoticeManner::Otherwise(by),
    };
    let folder = folder()?;
    let notified = user.notify(mark, &run, folder.path(), &manner).await?;
    zipped(
        &format!("{run}-ankuendigungen.zip"),
        &std::iter::once(notified.list).chain(notified.letters).collect::<Vec<_>>(),
    )
}

/// Releases a run as another person than its planner
#[utoipa::path(post, path = "/api/runs/{run}/release", tag = "runs", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Release, responses((status = 200, description = "How many have signed of how many, and what fell since the notices", body = Object), Problems))]
pub(super) async fn release(
    user: As<Releasing>,
    headers: HeaderMap,
    Path(run): Path<String>,
    Body(said): Body<Release>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("release {run}"), &said)?;
    let cents = said.amount.as_ref().map(|amount| amount.cents("amount")).transpose()?;
    let acknowledged = match (said.cases, cents) {
        (0, _) => Acknowledged::Nothing,
        (cases, Some(cents)) => Acknowledged::Seen(cases, cents.get()),
        (_, None) => return Err(Failed::Unreadable("amount: the sum of the cases that are acknowledged".to_owned())),
    };
    let released = user.release(mark, &run, acknowledged).await?;
    answer(&json!({
        "given": released.given, "needed": released.needed, "fallen": released.fallen, "cautions": released.cautions,
    }))
}

/// Writes the files of a released run: pain.008 and control sheets, as a ZIP; each further one is recorded as a second copy
///
/// All proofs are asked again. Where letters promise to look for transfers until a day to come, the header
/// `einmal-not-before` names the first day on which the file should go to the bank, and `hinweise.txt` says why.
#[utoipa::path(post, path = "/api/runs/{run}/export", tag = "runs", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200), Early), responses((status = 200, description = "The files", content_type = "application/zip", body = Vec<u8>, headers(("einmal-not-before" = Option<String>, description = "The first day on which it should go to the bank, where that is to come"))), Problems))]
pub(super) async fn export(
    user: As<Exporting>,
    headers: HeaderMap,
    Path(run): Path<String>,
    Query(said): Query<Early>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("export {run}"), &())?;
    let folder = folder()?;
    let exported = user.export(mark, &run, folder.path(), said.early.as_deref()).await?;
    let not_before = exported.hold_until;
    let mut response = zipped(&format!("{run}.zip"), &exported_files(exported, folder.path(), lang_of(&headers))?)?;
    if let Some(day) = not_before.and_then(|day| HeaderValue::from_str(&day.to_string()).ok()) {
        response.headers_mut().insert("einmal-not-before", day);
    }
    Ok(response)
}

/// Records that an exported file was sent to the bank
#[utoipa::path(post, path = "/api/runs/{run}/sent", tag = "runs", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Sent, responses((status = 204, description = "Done"), Problems))]
pub(super) async fn sent(
    user: As<Planning>,
    headers: HeaderMap,
    Path(run): Path<String>,
    Body(said): Body<Sent>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("sent {run}"), &said)?;
    user.sent(mark, &run, &said.order).await?;
    done()
}

/// Prints an order to the bank to give debits up that it has not credited, or back that it has; as a ZIP. A wish, that changes nothing by itself
#[utoipa::path(post, path = "/api/runs/{run}/recall", tag = "runs", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Recall, responses((status = 200, description = "The order on paper", content_type = "application/zip", body = Vec<u8>), Problems))]
pub(super) async fn recall(
    user: As<Planning>,
    headers: HeaderMap,
    Path(run): Path<String>,
    Body(said): Body<Recall>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("recall {run}"), &said)?;
    let Recall { debits, reversal, reason } = said;
    let asked = RecallAsked { run: run.clone(), debits, reversal, reason, who: user.name().to_owned() };
    let folder = folder()?;
    let printed = user.recall(mark, &asked, folder.path()).await?;
    zipped(&format!("{run}-rueckruf.zip"), &[printed.sheet_pdf, printed.sheet])
}

/// Gives a run up before its export
#[utoipa::path(post, path = "/api/runs/{run}/cancel", tag = "runs", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), responses((status = 204, description = "Done"), Problems))]
pub(super) async fn cancel(user: As<Planning>, headers: HeaderMap, Path(run): Path<String>) -> Answered {
    let mark = mark(&user, &headers, &format!("cancel {run}"), &())?;
    user.cancel(mark, &run).await?;
    done()
}

/// Declares, by two people, that a written file was never carried out
#[utoipa::path(post, path = "/api/runs/{run}/void", tag = "runs", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Void, responses((status = 204, description = "Done"), Problems))]
pub(super) async fn void(
    user: As<Releasing>,
    peer: Peer,
    headers: HeaderMap,
    Path(run): Path<String>,
    Body(said): Body<Void>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("void {run}"), &said)?;
    let ground = match (said.by_statements, said.never_left) {
        (false, false) => VoidGround::Refused,
        (true, false) => VoidGround::Statements,
        (false, true) => VoidGround::NeverLeft,
        _ => return Err(Failed::Unreadable("never_left: by_statements is said too".to_owned())),
    };
    let with = second(&user, peer, &said.with).await?;
    user.void(mark, &run, with, &said.reason, ground).await?;
    done()
}

/// The second person, where two must answer.
pub(super) async fn second<R>(user: &As<R>, peer: Peer, said: &Second) -> Result<Proven, Failed> {
    let proven = outcome::second(user, peer, &said.name, &said.password).await?;
    proven.map_err(|why| Failed::Kasse(kasse::Error::Refused(why)))
}
