//! The same for programs as the pages are for people: JSON under `/api`, with a token or a log-in.
//!
//! Invariants: an address does what its page does, with the same use case and the same right; amounts are texts with
//! two decimals, days are ISO dates; errors are `application/problem+json`. The description is generated from these
//! handlers, so it cannot differ from them.

mod cases;
mod desk;
pub(crate) mod files;
mod people;
mod read;
mod runs;
mod shapes;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kasse::Window;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{Modify, OpenApi};

use crate::access::As;
use crate::app::App;
use crate::deeds::Mark;
use crate::error::Failed;

pub(crate) use files::uploads;

/// All addresses for programs, except the one for large files.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/openapi.json", get(description))
        .merge(read::routes())
        .merge(cases::routes())
        .merge(desk::routes())
        .merge(people::routes())
        .route("/api/jobs/{number}", get(files::job))
}

/// Addresses that take longer with large books: matching, verifying, and writing the papers of a run.
pub(crate) fn patient_routes() -> Router<App> {
    runs::routes()
        .route("/api/match", post(files::match_all))
        .route("/api/verify", get(read::verify))
        .layer(DefaultBodyLimit::max(crate::routes::FORM))
}

/// What a program may ask, described (OpenAPI 3.1).
#[derive(OpenApi)]
#[openapi(
    info(
        title = "einmal",
        description = "SEPA reconciliation for a municipal treasury: the API of one Kasse. Amounts are texts with two decimals in EUR, \
                       days are ISO dates. Whatever changes something takes an `Idempotency-Key`: the same key does it once.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    paths(
        read::payments, read::receivables, read::statements, read::postings, read::matching, read::journal,
        read::journal_entry, read::journal_head, read::verify,
        cases::list, cases::show, cases::resolve, cases::note, cases::holds, cases::hold, cases::lift,
        runs::list, runs::plan, runs::show, runs::residual, runs::announce, runs::release, runs::export, runs::sent,
        runs::cancel, runs::void,
        desk::find, desk::ask, desk::confirm, desk::close_day, desk::unconfirmed_accounts, desk::confirm_account,
        people::list, people::add, people::set, people::password, people::end_token, people::sessions, people::end_session,
        people::me,
        files::import, files::match_all, files::job,
    ),
    modifiers(&Secured),
    security(("token" = [])),
    tags(
        (name = "books", description = "What the books say"),
        (name = "cases", description = "Credits that a person must decide"),
        (name = "runs", description = "Direct-debit runs"),
        (name = "desk", description = "The front desk, and what people vouch for"),
        (name = "people", description = "Who works with the program"),
        (name = "files", description = "Statements and lists in")
    )
)]
struct Description;

/// The security scheme: a token in the header `Authorization`.
struct Secured;

impl Modify for Secured {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        // each variant of a request body refuses unknown fields too
        for schema in components.schemas.values_mut() {
            if let RefOr::T(Schema::OneOf(forms)) = schema {
                forms.items.iter_mut().for_each(closed);
            }
        }
    }
}

fn closed(form: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(form)) = form
        && !form.properties.is_empty()
    {
        form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}

async fn description() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

/// The result of a handler.
pub(crate) type Answered = Result<Response, Failed>;

/// A value as an answer.
pub(crate) fn answer(value: &impl Serialize) -> Answered {
    let value = serde_json::to_value(value).map_err(|why| Failed::Internal(why.to_string()))?;
    Ok(Json(value).into_response())
}

/// The answer if everything was done and there is nothing to return.
pub(crate) fn done() -> Answered {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The most rows in one answer.
const MOST: usize = 10_000;

/// The largest offset; no list is longer.
const FARTHEST: usize = 1_000_000_000;

/// Which rows of a long list to return.
#[derive(Clone, Copy, Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Slice {
    /// How many rows to skip.
    #[serde(default)]
    #[param(minimum = 0, maximum = 1000000000)]
    offset: usize,
    /// The most rows in this answer.
    #[serde(default = "usual")]
    #[param(minimum = 1, maximum = 10000)]
    limit: usize,
}

fn usual() -> usize {
    1_000
}

impl Slice {
    /// The window of rows that is asked for.
    pub(crate) fn window(self) -> Result<Window, Failed> {
        if self.limit == 0 || self.limit > MOST {
            return Err(Failed::Unreadable(format!("limit: 1 to {MOST}")));
        }
        if self.offset > FARTHEST {
            return Err(Failed::Unreadable(format!("offset: at most {FARTHEST}")));
        }
        let number = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        Ok(Window { most: number(self.limit), after: number(self.offset) })
    }

    /// The requested rows of a list that is never long.
    pub(crate) fn of(self, rows: Vec<Value>) -> Answered {
        self.window()?;
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        Slice::answer((rows.into_iter().skip(self.offset).take(self.limit).collect(), total))
    }

    /// A part of a list, with the number of all rows in `X-Total-Count`.
    pub(crate) fn answer((rows, total): (Vec<Value>, i64)) -> Answered {
        Ok(([("x-total-count", total.to_string())], Json(rows)).into_response())
    }
}

/// A JSON body; if it cannot be read, the answer is a problem.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Body(body)),
            Err(JsonRejection::BytesRejection(why)) if why.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Failed::TooLarge(why.body_text()))
            }
            Err(why) => Err(Failed::Unreadable(why.body_text())),
        }
    }
}

/// Parameters in the path; if one cannot be read, the thing does not exist.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(path)| Path(path))
            .map_err(|why: PathRejection| Failed::Unreadable(why.body_text()))
    }
}

/// Parameters in the query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(query)| Query(query))
            .map_err(|why: QueryRejection| Failed::Unreadable(why.body_text()))
    }
}

/// The mark of a program's request: its `Idempotency-Key`, and what it asks for.
pub(crate) fn mark<R>(
    user: &As<R>,
    headers: &HeaderMap,
    what: &str,
    body: &impl std::fmt::Debug,
) -> Result<Mark, Failed> {
    let key = match headers.get("idempotency-key").map(|key| key.to_str()) {
        None => None,
        Some(Ok(key)) if (1..=200).contains(&key.len()) => Some(key),
        Some(_) => return Err(Failed::Unreadable("Idempotency-Key: 1 to 200 characters".to_owned())),
    };
    Ok(Mark::of_key(user, key, &format!("{what} {body:?}")))
}

/// A list that is never longer than one answer.
pub(crate) fn list(rows: Vec<Value>) -> Answered {
    answer(&json!(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_described() {
        let api = serde_json::to_value(Description::openapi()).unwrap();
        assert_eq!(api["openapi"], "3.1.0");
        let paths = api["paths"].as_object().unwrap();
        assert!(paths.len() >= 30, "{}", paths.len());
        for (path, methods) in paths {
            for (method, said) in methods.as_object().unwrap() {
                assert!(said["responses"]["401"].is_object(), "{method} {path} can be asked by anybody");
                assert!(said["summary"].is_string(), "{method} {path} says nothing of itself");
            }
        }
    }
}
