//! Money that goes back.

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use kasse::{RefundAccount, RefundPlan, Scratch, VoidGround};
use sepa::Iban;
use serde_json::json;

use super::answer::{Answered, Body, Path, answer, done, mark};
use super::runs::second;
use super::shapes::{PlanRefunds, Problems, RefundTo, ReleaseRefunds, Sent, Void};
use crate::access::{As, Deciding, Exporting, Looking, Peer, Planning, Releasing};
use crate::app::App;
use crate::download::zipped;
use crate::error::Failed;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/refunds", get(list).post(plan))
        .route("/api/refund-accounts", post(account))
        .route("/api/refunds/{run}", get(show))
        .route("/api/refunds/{run}/release", post(release))
        .route("/api/refunds/{run}/export", post(export))
        .route("/api/refunds/{run}/sent", post(sent))
        .route("/api/refunds/{run}/cancel", post(cancel))
        .route("/api/refunds/{run}/void", post(void))
}

/// What is to go back, what is on its way, what has been paid; and the runs of refunds
#[utoipa::path(get, path = "/api/refunds", tag = "refunds", responses((status = 200, description = "Number and sum of what is open, an object per refund and per run", body = Object), Problems))]
pub(super) async fn list(user: As<Looking>) -> Answered {
    answer(&kasse::refund_list(&user.kasse()).await?)
}

/// Plans a run of what people have decided to give back; `run` is null if nothing can go back now
#[utoipa::path(post, path = "/api/refunds", tag = "refunds", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = PlanRefunds, responses((status = 200, description = "What is in, what is left out and why", body = Object), Problems))]
pub(super) async fn plan(user: As<Planning>, headers: HeaderMap, Body(said): Body<PlanRefunds>) -> Answered {
    let mark = mark(&user, &headers, "plan refunds", &said)?;
    let asked = RefundPlan {
        on: said.on.date("on")?,
        planner: user.name().to_owned(),
        cases: said.cases,
        file_number: said.file_number,
        early: said.early,
    };
    answer(&user.plan_refunds(mark, &asked).await?)
}

/// One run: its transfers and what became of each
#[utoipa::path(get, path = "/api/refunds/{run}", tag = "refunds", params(("run" = String, Path, description = "The run")), responses((status = 200, description = "The run", body = Object), Problems))]
pub(super) async fn show(user: As<Looking>, Path(run): Path<String>) -> Answered {
    answer(&kasse::show_refunds(&user.kasse(), &run).await?)
}

/// Releases a run of refunds as another person than its planner
#[utoipa::path(post, path = "/api/refunds/{run}/release", tag = "refunds", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = ReleaseRefunds, responses((status = 200, description = "How many have signed of how many", body = Object), Problems))]
pub(super) async fn release(
    user: As<Releasing>,
    headers: HeaderMap,
    Path(run): Path<String>,
    Body(said): Body<ReleaseRefunds>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("release refunds {run}"), &said)?;
    let released = user.release_refunds(mark, &run, said.early.as_deref()).await?;
    answer(&json!({"given": released.given, "needed": released.needed}))
}

/// Writes the file of a released run: pain.001 and control sheet, as a ZIP; each further one is recorded as a second copy
#[utoipa::path(post, path = "/api/refunds/{run}/export", tag = "refunds", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), responses((status = 200, description = "The files", content_type = "application/zip", body = Vec<u8>), Problems))]
pub(super) async fn export(user: As<Exporting>, headers: HeaderMap, Path(run): Path<String>) -> Answered {
    let mark = mark(&user, &headers, &format!("export refunds {run}"), &())?;
    let folder = Scratch::new().map_err(|why| Failed::Internal(why.to_string()))?;
    let written = user.export_refunds(mark, &run, folder.path()).await?;
    zipped(&format!("{run}.zip"), &[written.file, written.sheet, written.sheet_pdf])
}

/// Records that an exported file of refunds was sent to the bank
#[utoipa::path(post, path = "/api/refunds/{run}/sent", tag = "refunds", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Sent, responses((status = 204, description = "Done"), Problems))]
pub(super) async fn sent(
    user: As<Planning>,
    headers: HeaderMap,
    Path(run): Path<String>,
    Body(said): Body<Sent>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("sent refunds {run}"), &said)?;
    user.refunds_sent(mark, &run, &said.order).await?;
    done()
}

/// Gives a run of refunds up before its export
#[utoipa::path(post, path = "/api/refunds/{run}/cancel", tag = "refunds", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), responses((status = 204, description = "Done"), Problems))]
pub(super) async fn cancel(user: As<Planning>, headers: HeaderMap, Path(run): Path<String>) -> Answered {
    let mark = mark(&user, &headers, &format!("cancel refunds {run}"), &())?;
    user.cancel_refunds(mark, &run).await?;
    done()
}

/// Declares, by two people, that a written file of refunds was never carried out
#[utoipa::path(post, path = "/api/refunds/{run}/void", tag = "refunds", params(("run" = String, Path, description = "The run"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Void, responses((status = 204, description = "Done"), Problems))]
pub(super) async fn void(
    user: As<Releasing>,
    peer: Peer,
    headers: HeaderMap,
    Path(run): Path<String>,
    Body(said): Body<Void>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("void refunds {run}"), &said)?;
    let with = second(&user, peer, &said.with).await?;
    let ground = match (said.by_statements, said.never_left) {
        (false, false) => VoidGround::Refused,
        (true, false) => VoidGround::Statements,
        (false, true) => VoidGround::NeverLeft,
        _ => return Err(Failed::Unreadable("never_left: by_statements is said too".to_owned())),
    };
    user.void_refunds(mark, &run, with, &said.reason, ground).await?;
    done()
}

/// Says, by two people, to which other account the credit of a case goes back
#[utoipa::path(post, path = "/api/refund-accounts", tag = "refunds", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = RefundTo, responses((status = 204, description = "Done"), Problems))]
pub(super) async fn account(
    user: As<Deciding>,
    peer: Peer,
    headers: HeaderMap,
    Body(said): Body<RefundTo>,
) -> Answered {
    let mark = mark(&user, &headers, "refund account", &said)?;
    let iban = Iban::parse(&said.iban).map_err(|why| Failed::Unreadable(format!("iban: {why}")))?;
    let with = second(&user, peer, &said.with).await?;
    let account = RefundAccount {
        case: said.case,
        name: said.name,
        iban,
        who: user.name().to_owned(),
        with: with.name().to_owned(),
        reason: said.reason,
    };
    user.refund_to(mark, &account, with).await?;
    done()
}
