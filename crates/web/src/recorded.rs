//! Which answers are recorded: readings of personal data by programs, files that leave the house, refused rights.
//!
//! Must not know what a page shows. Invariant: what is recorded is the address without what was typed into it.

use axum::http::{Method, StatusCode};
use kasse::AccessKind;

use crate::access::{Anyone, As};
use crate::error::Problem;

/// Addresses of the API without personal data of citizens.
const PLAIN: [&str; 11] = [
    "/api/me",
    "/api/users",
    "/api/sessions",
    "/api/matching",
    "/api/statements",
    "/api/journal/head",
    "/api/openapi.json",
    "/api/jobs/{number}",
    "/api/verify",
    "/api/residual",
    "/api/accesses",
];

/// Addresses that answer a form or an order with files.
const FILES: [&str; 11] = [
    "/guard/{number}/{file}",
    "/audit/export/{file}",
    "/runs/{name}/notices",
    "/runs/{name}/export",
    "/runs/{name}/recall",
    "/api/runs/{run}/recall",
    "/api/runs/{run}/announcement",
    "/api/runs/{run}/export",
    "/refunds/{name}/export",
    "/api/refunds/{run}/export",
    "/api/postings",
];

/// What an answer is to the access log; nothing where it tells nobody anything.
fn kind(method: &Method, route: &str, status: StatusCode) -> Option<AccessKind> {
    let is_read = *method == Method::GET || route == "/api/find";
    match () {
        () if !status.is_success() => None,
        () if FILES.contains(&route) => Some(AccessKind::Exported),
        () if route.starts_with("/api/") && is_read && !PLAIN.contains(&route) => Some(AccessKind::Read),
        () => None,
    }
}

/// Records what an answer told, or that it was refused.
pub(crate) fn record(user: &As<Anyone>, method: &Method, route: &str, path: &str, answer: Answer<'_>) {
    let kind = match answer {
        Answer::Problem(problem) => (problem.status == StatusCode::FORBIDDEN).then_some(AccessKind::Refused),
        Answer::Given(status) => kind(method, route, status),
    };
    if let Some(kind) = kind {
        user.kasse().record(kind, user.name(), &format!("{method} {path}"), &user.way());
    }
}

/// An answer as far as it matters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer<'a> {
    /// Something was refused or failed.
    Problem(&'a Problem),
    /// It was given.
    Given(StatusCode),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_and_files_are_recorded() {
        let kind = |method: &Method, route: &str| kind(method, route, StatusCode::OK);
        assert_eq!(kind(&Method::GET, "/api/cases"), Some(AccessKind::Read));
        assert_eq!(kind(&Method::POST, "/api/find"), Some(AccessKind::Read));
        assert_eq!(kind(&Method::POST, "/api/holds"), None);
        assert_eq!(kind(&Method::GET, "/api/me"), None);
        assert_eq!(kind(&Method::POST, "/runs/{name}/export"), Some(AccessKind::Exported));
        assert_eq!(kind(&Method::GET, "/cases"), None);
        assert_eq!(super::kind(&Method::GET, "/api/cases", StatusCode::NOT_FOUND), None);
    }
}
