//! Reports and the journal.

use axum::Router;
use axum::routing::get;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{Answered, Path, Query, Slice, answer, list};
use super::shapes::{Day, Problems, day};
use crate::access::{As, Auditing, Looking};
use crate::app::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/payments", get(payments))
        .route("/api/receivables", get(receivables))
        .route("/api/statements", get(statements))
        .route("/api/postings", get(postings))
        .route("/api/matching", get(matching))
        .route("/api/accesses", get(accesses))
        .route("/api/journal", get(journal))
        .route("/api/journal/head", get(journal_head))
        .route("/api/journal/{entry}", get(journal_entry))
}

/// Every credit, how it was decided and why
#[utoipa::path(get, path = "/api/payments", tag = "books", params(Slice), responses(
    (status = 200, description = "An object per credit booking", body = [Object]), Problems))]
pub(super) async fn payments(user: As<Looking>, Query(slice): Query<Slice>) -> Answered {
    Slice::answer(kasse::payments_page(&user.kasse(), slice.window()?).await?)
}

/// Every item: what is owed, paid, in collection and held
#[utoipa::path(get, path = "/api/receivables", tag = "books", params(Slice), responses(
    (status = 200, description = "An object per item", body = [Object]), Problems))]
pub(super) async fn receivables(user: As<Looking>, Query(slice): Query<Slice>) -> Answered {
    Slice::answer(kasse::receivables_page(&user.kasse(), slice.window()?).await?)
}

/// How far each account's statements are complete
#[utoipa::path(get, path = "/api/statements", tag = "books", responses(
    (status = 200, description = "An object per account", body = [Object]), Problems))]
pub(super) async fn statements(user: As<Looking>) -> Answered {
    list(kasse::statements(&user.kasse()).await?)
}

/// The first day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// Only what was decided on this day or later.
    since: Option<Day>,
    /// How many rows to skip.
    #[serde(default)]
    #[param(minimum = 0, maximum = 1000000000)]
    offset: usize,
    /// The most rows in this answer.
    #[serde(default = "super::answer::usual")]
    #[param(minimum = 1, maximum = 10000)]
    limit: usize,
}

/// What the finance system must take over: allocations and counter-entries
#[utoipa::path(get, path = "/api/postings", tag = "books", params(Since), responses(
    (status = 200, description = "An object per posting", body = [Object]), Problems))]
pub(super) async fn postings(user: As<Looking>, Query(asked): Query<Since>) -> Answered {
    let since = day(asked.since.as_ref(), "since")?;
    let slice = Slice { offset: asked.offset, limit: asked.limit };
    Slice::answer(kasse::postings_page(&user.kasse(), since, slice.window()?).await?)
}

/// How often the program's proposals were what people chose
#[utoipa::path(get, path = "/api/matching", tag = "books", responses(
    (status = 200, description = "An object per group of verdicts", body = [Object]), Problems))]
pub(super) async fn matching(user: As<Looking>) -> Answered {
    answer(&kasse::matching_report(&user.kasse()).await?)
}

/// Who logged in, who tried, and who looked at whose data
#[utoipa::path(get, path = "/api/accesses", tag = "books", params(Slice), responses(
    (status = 200, description = "An object per access, newest first", body = [Object]), Problems))]
pub(super) async fn accesses(user: As<Auditing>, Query(slice): Query<Slice>) -> Answered {
    Slice::answer(kasse::accesses(&user.kasse(), &kasse::AccessAsked::default(), slice.window()?).await?)
}

/// The journal: every change, who did it and why
#[utoipa::path(get, path = "/api/journal", tag = "books", params(Slice), responses(
    (status = 200, description = "An object per entry, oldest first", body = [Object]), Problems))]
pub(super) async fn journal(user: As<Auditing>, Query(slice): Query<Slice>) -> Answered {
    Slice::answer(kasse::journal_part(&user.kasse(), slice.window()?).await?)
}

/// The last entry's number and hash
#[utoipa::path(get, path = "/api/journal/head", tag = "books", responses(
    (status = 200, description = "Number and hash", body = Object), Problems))]
pub(super) async fn journal_head(user: As<Auditing>) -> Answered {
    answer(&kasse::journal_head(&user.kasse()).await?)
}

/// One entry of the journal, row by row: before and after
#[utoipa::path(get, path = "/api/journal/{entry}", tag = "books", params(("entry" = i64, Path, description = "Its number")), responses(
    (status = 200, description = "The entry", body = Object), Problems))]
pub(super) async fn journal_entry(user: As<Auditing>, Path(entry): Path<i64>) -> Answered {
    answer(&kasse::journal_entry(&user.kasse(), entry).await?)
}

/// Verifies the books: every invariant, and the hash chain of the journal
#[utoipa::path(get, path = "/api/verify", tag = "books", responses(
    (status = 200, description = "Whether they are proved, and every break", body = Object), Problems))]
pub(super) async fn verify(user: As<Auditing>) -> Answered {
    let _turn = user.app().whole_books().await;
    let breaks = kasse::verify(&user.kasse()).await?;
    answer(&serde_json::json!({"proved": breaks.is_empty(), "breaks": breaks}))
}
