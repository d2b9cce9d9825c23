//! What the handlers for programs share: what they are asked with, and how they answer.
//!
//! Invariant: what cannot be read is a problem (`application/problem+json`), in whatever part of a request it stands.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kasse::Window;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::access::As;
use crate::deeds::Mark;
use crate::error::Failed;

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
    pub(super) offset: usize,
    /// The most rows in this answer.
    #[serde(default = "usual")]
    #[param(minimum = 1, maximum = 10000)]
    pub(super) limit: usize,
}

pub(super) fn usual() -> usize {
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
