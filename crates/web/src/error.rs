//! Errors. A person is told what happened, what was not changed and what to do; a program gets
//! `application/problem+json` (RFC 9457).
//!
//! Invariant: no answer contains details that belong in the log only.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use kasse::rights::Right;
use serde_json::{Value, json};

/// Why a request was not carried out.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Nobody was proven: the log-in has ended, or the token is not valid.
    Unproven,
    /// This person's password was set by another: an own one comes first.
    OwnPassword(String),
    /// This person lacks this right.
    Forbidden(String, Right),
    /// This person's role demands a second factor, and there is none yet.
    Factor,
    /// There is no such page or thing.
    Unknown(String),
    /// The request cannot be understood; the text names each field.
    Unreadable(String),
    /// Too many tries; how many seconds to wait.
    Wait(i64),
    /// The request is too large.
    TooLarge(String),
    /// A use case refused.
    Kasse(kasse::Error),
    /// An error that only a bug can cause.
    Internal(String),
}

impl From<kasse::Error> for Failed {
    fn from(error: kasse::Error) -> Self {
        match error {
            kasse::Error::Unknown(why) => Failed::Unknown(why),
            other => Failed::Kasse(other),
        }
    }
}

impl From<askama::Error> for Failed {
    fn from(error: askama::Error) -> Self {
        Failed::Internal(error.to_string())
    }
}

/// The content of an error answer. It travels with the response, so that the outer layer can render it as a page or for
/// a program.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The kind of problem, as a stable word for programs.
    pub(crate) kind: &'static str,
    /// What happened, in English.
    pub(crate) detail: String,
    /// Further members of the JSON.
    pub(crate) more: Value,
}

/// The kind of problem of a person who has to set an own password.
pub(crate) const OWN_PASSWORD: &str = "own-password";

/// The request took too long: the answer was given up, but the work may have been done.
const LONG: &str =
    "The answer took too long. Look whether it was done before you do it again; the same form sent again does it once.";

impl Problem {
    /// Whether it is certain that nothing was changed.
    pub(crate) fn is_without_effect(&self) -> bool {
        self.status != StatusCode::INTERNAL_SERVER_ERROR && self.detail != LONG
    }

    fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Problem {
        Problem { status, kind, detail: detail.into(), more: json!({}) }
    }

    /// The problem for an error status that a layer below the handlers gave without a text: an unknown method, an
    /// unreadable form.
    pub(crate) fn of_status(response: &Response) -> Option<Problem> {
        let (kind, detail) = match response.status() {
            StatusCode::FORBIDDEN => ("foreign", "This came from another site: nothing was done."),
            StatusCode::METHOD_NOT_ALLOWED => ("method", "This cannot be done here."),
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("unreadable", "What was sent cannot be read.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "What was sent is too large."),
            StatusCode::SERVICE_UNAVAILABLE => ("busy", LONG),
            _ => return None,
        };
        // a page that already explains the error is left unchanged
        let is_page =
            response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        (!is_page).then(|| Problem::new(response.status(), kind, detail))
    }

    /// The JSON of RFC 9457.
    pub(crate) fn json(&self) -> Response {
        let mut body = json!({
            "type": format!("/api/problems/{}", self.kind),
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), self.more.as_object()) {
            body.extend(more.clone());
        }
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

impl Failed {
    /// The problem for an error.
    pub(crate) fn problem(self) -> Problem {
        match self {
            Failed::Unproven => Problem::new(StatusCode::UNAUTHORIZED, "unproven", "You are not logged in."),
            Failed::OwnPassword(who) => {
                let detail = format!("The password of {who} was set by another person: set an own one first.");
                Problem::new(StatusCode::FORBIDDEN, OWN_PASSWORD, detail)
            }
            Failed::Forbidden(who, right) => {
                let detail = format!("{who} may not do this: it needs the right »{}«", right.name());
                Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
            }
            Failed::Factor => Problem::new(
                StatusCode::FORBIDDEN,
                "factor",
                "Your role demands a second factor: set it up in your account first.",
            ),
            Failed::Unknown(why) => Problem::new(StatusCode::NOT_FOUND, "unknown", why),
            Failed::Unreadable(why) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", why),
            Failed::Wait(seconds) => {
                let detail = format!("Too many wrong tries: wait {seconds} seconds.");
                Problem {
                    more: json!({"wait": seconds}),
                    ..Problem::new(StatusCode::TOO_MANY_REQUESTS, "wait", detail)
                }
            }
            Failed::TooLarge(why) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", why),
            Failed::Kasse(error) => of_kasse(&error),
            Failed::Internal(why) => internal(&why),
        }
    }
}

fn internal(why: &str) -> Problem {
    tracing::error!("internal error: {why}");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "An internal error. Look whether it was done before you do it again; the log says more.",
    )
}

fn of_kasse(error: &kasse::Error) -> Problem {
    use kasse::Error;
    let said = error.to_string();
    match error {
        Error::Unknown(_) => Problem::new(StatusCode::NOT_FOUND, "unknown", said),
        Error::Refused(_) | Error::Config(_) | Error::File(_) => Problem::new(StatusCode::CONFLICT, "refused", said),
        Error::Changed(_) => Problem::new(StatusCode::CONFLICT, "changed", said),
        Error::Forbidden(_) => Problem::new(StatusCode::FORBIDDEN, "forbidden", said),
        Error::Repeated { journal, same: true } => {
            Problem { more: json!({"journal": journal}), ..Problem::new(StatusCode::CONFLICT, "repeated", said) }
        }
        Error::Repeated { .. } => {
            let said = "The same key was used for another order: nothing was done.";
            Problem::new(StatusCode::CONFLICT, "key-used", said)
        }
        Error::Store(kasse::StoreError::Busy) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", said),
        Error::Store(kasse::StoreError::Control(_)) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", said)
        }
        Error::Store(kasse::StoreError::Refused(_) | kasse::StoreError::Retired(_) | kasse::StoreError::Backup(_)) => {
            Problem::new(StatusCode::CONFLICT, "refused", said)
        }
        Error::Io { .. } | Error::Pain(_) | Error::Store(_) | Error::Internal(_) => internal(&said),
    }
}

/// The answer, with word to a program after how many seconds to ask again.
pub(crate) fn retry_after(mut response: Response, seconds: i64) -> Response {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let wait = if let Failed::Wait(seconds) = self { Some(seconds) } else { None };
        let problem = self.problem();
        let mut response = problem.json();
        if let Some(seconds) = wait {
            response = retry_after(response, seconds);
        }
        // the layer around all pages renders it as a page if a browser asked
        response.extensions_mut().insert(problem);
        response
    }
}
