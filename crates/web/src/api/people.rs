//! People, their tokens and log-ins.

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{delete, get, post, put};
use kasse::people::{self, Given};
use kasse::rights::{Role, Roles};
use serde_json::json;

use super::answer::{Answered, Body, Path, answer, done, list as all, mark};
use super::shapes::{NewPassword, NewUser, Problems, UserNow};
use crate::access::{Administering, Anyone, Appointing, As};
use crate::app::App;
use crate::error::Failed;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/users", get(list).post(add))
        .route("/api/users/{name}", put(set))
        .route("/api/users/{name}/password", post(password))
        .route("/api/users/waiting", get(waiting))
        .route("/api/users/waiting/{request}", post(confirm).delete(withdraw))
        .route("/api/tokens/{token}", delete(end_token))
        .route("/api/sessions", get(sessions))
        .route("/api/sessions/{digest}", delete(end_session))
        .route("/api/me", get(me))
}

/// The person that the token or log-in belongs to
#[utoipa::path(get, path = "/api/me", tag = "people", responses((status = 200, description = "Name, roles and rights", body = Object), Problems))]
pub(super) async fn me(user: As<Anyone>) -> Answered {
    let roles: Vec<&str> = user.who().roles().iter().map(Role::word).collect();
    let rights = kasse::rights::Right::ALL.into_iter().filter(|right| user.may(*right)).map(|right| right.word());
    answer(&json!({"name": user.name(), "roles": roles, "rights": rights.collect::<Vec<_>>()}))
}

/// Everybody who is registered
#[utoipa::path(get, path = "/api/users", tag = "people", responses((status = 200, description = "An object per person", body = [Object]), Problems))]
pub(super) async fn list(user: As<Administering>) -> Answered {
    all(people::users(&user.kasse()).await?)
}

fn roles(words: &[String]) -> Result<Roles, Failed> {
    let role = |word: &String| Role::parse(word).ok_or_else(|| Failed::Unreadable(format!("roles: {word:?} is none")));
    let roles = words.iter().map(role).collect::<Result<Vec<_>, _>>()?;
    Roles::new(roles).map_err(Failed::Unreadable)
}

/// What was given: nothing more to say where it is in force, the number under which it waits where a second person must
/// confirm.
fn given(given: Given) -> Answered {
    match given {
        Given::InForce => done(),
        Given::Waits(number) => Ok((StatusCode::ACCEPTED, answer(&json!({"request": number}))?).into_response()),
    }
}

/// What an administrator gave and no second person has confirmed
#[utoipa::path(get, path = "/api/users/waiting", tag = "people", responses((status = 200, description = "An object for each", body = [Object]), Problems))]
pub(super) async fn waiting(user: As<Appointing>) -> Answered {
    all(people::waiting(&user.kasse()).await?)
}

/// Confirms, as a second person, what an administrator gave; not by a token
#[utoipa::path(post, path = "/api/users/waiting/{request}", tag = "people", params(("request" = i64, Path, description = "Its number"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), responses((status = 204, description = "Done"), Problems))]
pub(super) async fn confirm(user: As<Appointing>, headers: HeaderMap, Path(request): Path<i64>) -> Answered {
    let mark = mark(&user, &headers, &format!("confirm {request}"), &())?;
    user.confirm_request(mark, request).await?;
    done()
}

/// Withdraws what no second person has confirmed; not by a token
#[utoipa::path(delete, path = "/api/users/waiting/{request}", tag = "people", params(("request" = i64, Path, description = "Its number"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), responses((status = 204, description = "Done"), Problems))]
pub(super) async fn withdraw(user: As<Appointing>, headers: HeaderMap, Path(request): Path<i64>) -> Answered {
    let mark = mark(&user, &headers, &format!("withdraw {request}"), &())?;
    user.withdraw_request(mark, request).await?;
    done()
}

/// Registers a person; what moves money or rights waits for a second
#[utoipa::path(post, path = "/api/users", tag = "people", params(("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = NewUser, responses((status = 204, description = "It is in force"), (status = 202, description = "It waits for a second person, under this number", body = Object), Problems))]
pub(super) async fn add(user: As<Administering>, headers: HeaderMap, Body(said): Body<NewUser>) -> Answered {
    let mark = mark(&user, &headers, "user", &said)?;
    given(user.add_user(mark, &people::name_written(&said.name), &roles(&said.roles)?, &said.password).await?)
}

/// Gives a person other roles, or takes away all rights; what moves money or rights waits for a second
#[utoipa::path(put, path = "/api/users/{name}", tag = "people", params(("name" = String, Path, description = "His name"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = UserNow, responses((status = 204, description = "It is in force"), (status = 202, description = "It waits for a second person, under this number", body = Object), Problems))]
pub(super) async fn set(
    user: As<Administering>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Body(said): Body<UserNow>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("user {name}"), &said)?;
    given(user.set_user(mark, &name, &roles(&said.roles)?, said.active).await?)
}

/// Sets another person's password, good for setting an own one; for who moves money or rights it waits for a second
#[utoipa::path(post, path = "/api/users/{name}/password", tag = "people", params(("name" = String, Path, description = "His name"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), request_body = NewPassword, responses((status = 204, description = "It is in force"), (status = 202, description = "It waits for a second person, under this number", body = Object), Problems))]
pub(super) async fn password(
    user: As<Administering>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Body(said): Body<NewPassword>,
) -> Answered {
    let mark = mark(&user, &headers, &format!("password {name}"), &said)?;
    given(user.set_password(mark, &name, &said.password).await?)
}

/// Revokes a token
#[utoipa::path(delete, path = "/api/tokens/{token}", tag = "people", params(("token" = i64, Path, description = "Its number"), ("Idempotency-Key" = Option<String>, Header, description = "The same key does it once", min_length = 1, max_length = 200)), responses((status = 204, description = "Done"), Problems))]
pub(super) async fn end_token(user: As<Administering>, headers: HeaderMap, Path(token): Path<i64>) -> Answered {
    let mark = mark(&user, &headers, &format!("token {token}"), &())?;
    user.end_token(mark, token).await?;
    done()
}

/// Every log-in
#[utoipa::path(get, path = "/api/sessions", tag = "people", responses((status = 200, description = "An object per log-in", body = [Object]), Problems))]
pub(super) async fn sessions(user: As<Administering>) -> Answered {
    let rows = people::sessions(&user.kasse(), None, user.moment().seconds).await?;
    let shown = |row: &kasse::SessionRow| json!({"digest": row.digest, "name": row.staff, "began": row.began, "seen": row.seen, "agent": row.agent});
    all(rows.iter().map(shown).collect())
}

/// Ends somebody's log-in
#[utoipa::path(delete, path = "/api/sessions/{digest}", tag = "people", params(("digest" = String, Path, description = "What tells it from others")), responses((status = 204, description = "Done"), Problems))]
pub(super) async fn end_session(user: As<Administering>, Path(digest): Path<String>) -> Answered {
    user.end_session(&digest).await?;
    done()
}
