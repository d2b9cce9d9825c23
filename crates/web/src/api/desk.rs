//! The front desk, and what people vouch for.

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use kasse::Confirm;

use super::answer::{Answered, Body, answer, done, list, mark};
use super::runs::second;
use super::shapes::{Account, Close, Confirmation, Confirmed, Inquiry, Known, Problems};
use crate::access::{As, Asking, Importing, Looking, Peer, Vouching};
use crate::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/find", post(find))
        .route("/api/inquiries", post(ask))
        .route("/api/confirmations", post(confirm))
        .route("/api/closed-days", post(close_day))
        .route("/api/changed-accounts", get(unconfirmed_accounts).post(confirm_account))
}

/// Finds by Kassenzeichen, name, end of an IBAN, mandate or amount
#[utoipa::path(post, path = "/api/find", tag = "desk", request_body = Known, responses((status = 200, description = "An object per Kassenzeichen", body = [Object]), Problems))]
pub(super) async fn find(user: As<Looking>, Body(known): Body<Known>) -> Answered {
    list(kasse::find(&user.kasse(), &known.text).await?)
}

/// Answers a caller about a Kassenzeichen; who asked about whom is recorded (§ 30 AO)
#[utoipa::path(post, path = "/api/inquiries", tag = "desk", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Inquiry, responses((status = 200, description = "The answer", body = Object), Problems))]
pub(super) async fn ask(user: As<Asking>, headers: HeaderMap, Body(said): Body<Inquiry>) -> Answered {
    let mark = mark(&user, &headers, "ask", &said)?;
    answer(&user.ask(mark, &said.kassenzeichen, &said.features).await?)
}

/// Vouches for a balance
#[utoipa::path(post, path = "/api/confirmations", tag = "desk", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Confirmation, responses((status = 204, description = "Done"), Problems))]
pub(super) async fn confirm(user: As<Vouching>, headers: HeaderMap, Body(said): Body<Confirmation>) -> Answered {
    let mark = mark(&user, &headers, "confirm", &said)?;
    let what = match said.what {
        Confirmed::Opening => Confirm::Opening,
        Confirmed::Quiet => Confirm::Quiet,
    };
    user.confirm(mark, &said.account, what, said.day.date("day")?, said.balance.cents("balance")?).await?;
    done()
}

/// Closes a day with another person
#[utoipa::path(post, path = "/api/closed-days", tag = "desk", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Close, responses((status = 200, description = "An object per account", body = [Object]), Problems))]
pub(super) async fn close_day(user: As<Vouching>, peer: Peer, headers: HeaderMap, Body(said): Body<Close>) -> Answered {
    let mark = mark(&user, &headers, "close-day", &said)?;
    let with = second(&user, peer, &said.with).await?;
    list(user.close_day(mark, said.day.date("day")?, with).await?)
}

/// Changed accounts of mandates that nobody has confirmed
#[utoipa::path(get, path = "/api/changed-accounts", tag = "desk", responses((status = 200, description = "An object per mandate", body = [Object]), Problems))]
pub(super) async fn unconfirmed_accounts(user: As<Looking>) -> Answered {
    list(kasse::unconfirmed_accounts(&user.kasse()).await?)
}

/// Confirms a mandate's changed account, as another person than the one who imported it
#[utoipa::path(post, path = "/api/changed-accounts", tag = "desk", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = Account, responses((status = 204, description = "Done"), Problems))]
pub(super) async fn confirm_account(user: As<Importing>, headers: HeaderMap, Body(said): Body<Account>) -> Answered {
    let mark = mark(&user, &headers, "account", &said)?;
    user.confirm_account(mark, &said.mandate, &said.iban).await?;
    done()
}
