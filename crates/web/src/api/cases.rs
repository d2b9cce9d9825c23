//! Cases, what people decide about them, holds by hand.

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use kasse::{CaseNote, Resolution};
use serde_json::json;

use super::answer::{Answered, Body, Path, Query, Slice, answer, list as all, mark};
use super::shapes::{Decision, Hold, Lift, Note, Part, Problems, day};
use crate::access::{As, Deciding, Looking};
use crate::app::App;
use crate::error::Failed;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/cases", get(list))
        .route("/api/cases/{number}", get(show))
        .route("/api/cases/{number}/decision", post(resolve))
        .route("/api/cases/{number}/notes", post(note))
        .route("/api/holds", get(holds).post(hold))
        .route("/api/holds/lift", post(lift))
}

/// The open cases, by number
#[utoipa::path(get, path = "/api/cases", tag = "cases", params(Slice), responses((status = 200, description = "An object per case", body = [Object]), Problems))]
pub(super) async fn list(user: As<Looking>, Query(slice): Query<Slice>) -> Answered {
    Slice::answer(kasse::cases_page(&user.kasse(), slice.window()?).await?)
}

/// One case with its candidates, their evidence, and what placing the money with each would do
#[utoipa::path(get, path = "/api/cases/{number}", tag = "cases", params(("number" = i64, Path, description = "The case's number")), responses((status = 200, description = "The case", body = Object), Problems))]
pub(super) async fn show(user: As<Looking>, Path(number): Path<i64>) -> Answered {
    answer(&kasse::case(&user.kasse(), number).await?)
}

/// Decides a case, or undoes the last decision
#[utoipa::path(post, path = "/api/cases/{number}/decision", tag = "cases", params(("number" = i64, Path, description = "The case's number"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Decision, responses((status = 200, description = "Done; whose the case is, where it is somebody else's", body = Object), Problems))]
pub(super) async fn resolve(
    user: As<Deciding>,
    headers: HeaderMap,
    Path(number): Path<i64>,
    Body(said): Body<Decision>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("case {number}"), &said)?;
    let (resolution, seen) = resolution(&said)?;
    let owner = user.resolve(mark, number, &resolution, seen).await?;
    answer(&json!({"owner": owner}))
}

fn resolution(said: &Decision) -> Result<(Resolution, Option<i64>), Failed> {
    Ok(match said {
        Decision::Allocate { parts, seen } if parts.is_empty() => {
            let _ = seen;
            return Err(Failed::Unreadable("parts: at least one".to_owned()));
        }
        Decision::Allocate { parts, seen } => {
            let part =
                |part: &Part| Ok((format!("{}/{}", part.kassenzeichen, part.posten), part.amount.cents("amount")?));
            (Resolution::Allocate(parts.iter().map(part).collect::<Result<_, Failed>>()?), *seen)
        }
        Decision::Other { why, seen } => (Resolution::Other(why.clone()), *seen),
        Decision::Refund { seen } => (Resolution::Refund, *seen),
        Decision::Wait { until, seen } => (Resolution::Wait(until.date("until")?), *seen),
        Decision::Return { of: Some(of), seen } => (Resolution::ReturnOf(of.clone()), *seen),
        Decision::Return { of: None, seen } => (Resolution::Return, *seen),
        Decision::Undo { seen } => (Resolution::Undo, *seen),
    })
}

/// Comments on a case, or changes its owner
#[utoipa::path(post, path = "/api/cases/{number}/notes", tag = "cases", params(("number" = i64, Path, description = "The case's number"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Note, responses((status = 200, description = "Done; whose the case was before", body = Object), Problems))]
pub(super) async fn note(
    user: As<Deciding>,
    headers: HeaderMap,
    Path(number): Path<i64>,
    Body(said): Body<Note>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("note {number}"), &said)?;
    let note = match said {
        Note::Owner { name } => CaseNote::Owner(name),
        Note::Free {} => CaseNote::Free,
        Note::Comment { text } => CaseNote::Comment(text),
    };
    answer(&json!({"owner_before": user.note(mark, number, &note).await?}))
}

/// The holds by hand that have not been lifted
#[utoipa::path(get, path = "/api/holds", tag = "cases", responses((status = 200, description = "An object per hold", body = [Object]), Problems))]
pub(super) async fn holds(user: As<Looking>) -> Answered {
    all(kasse::hold_list(&user.kasse()).await?)
}

/// Holds a Kassenzeichen, or one of its items, by hand
#[utoipa::path(post, path = "/api/holds", tag = "cases", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Hold, responses((status = 200, description = "Held; files that were written before", body = Object), Problems))]
pub(super) async fn hold(user: As<Deciding>, headers: HeaderMap, Body(said): Body<Hold>) -> Answered {
    let mark = mark(&user, &headers, "hold", &said)?;
    let until = day(said.until.as_ref(), "until")?;
    answer(&json!({"too_late": user.hold(mark, &said.what, &said.reason, until).await?}))
}

/// Signs for lifting a hold; the hold ends when two people have signed
#[utoipa::path(post, path = "/api/holds/lift", tag = "cases", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Lift, responses((status = 200, description = "Whether it has fallen, and how many have signed", body = Object), Problems))]
pub(super) async fn lift(user: As<Deciding>, headers: HeaderMap, Body(said): Body<Lift>) -> Answered {
    let mark = mark(&user, &headers, "lift", &said)?;
    let shown = match user.lift(mark, &said.what, &said.reason).await? {
        kasse::Lifted::Signed(count) => json!({"lifted": false, "signed": count}),
        kasse::Lifted::Lifted => json!({"lifted": true}),
    };
    answer(&shown)
}
