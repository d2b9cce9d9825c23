//! Between the pages and the use cases: reading forms, and converting JSON for templates.
//!
//! Must not know what the fields mean. Invariant: a field that a page needs and a use case does not return is an error,
//! never an empty place.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::{Form, RequestExt as _};
use kasse::AccessKind;
use kasse::rights::{Right, Role};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Failed;

/// Converts the JSON of a use case into a type for a template.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Failed> {
    serde_json::from_value(value).map_err(|why| Failed::Internal(format!("a view does not fit: {why}")))
}

/// All fields of a form, in order; a field that is ticked several times occurs several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The text of a field, without blanks around it; empty if it was not sent.
    pub(crate) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.trim())
    }

    /// The text of a field exactly as it was typed.
    pub(crate) fn typed(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// All values that were ticked under a name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.clone()).collect()
    }

    /// All fields except the mark and these, as a text that identifies the request.
    pub(crate) fn said(&self, without: &[&str]) -> String {
        let told = self.0.iter().filter(|(name, _)| name != "once" && !without.contains(&name.as_str()));
        told.map(|(name, value)| format!("{name}={value}\n")).collect()
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed> {
        let form = request.extract::<Form<Vec<(String, String)>>, _>().await;
        form.map(|Form(fields)| Fields(fields)).map_err(|why| match why.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failed::TooLarge("The form is too large. Nothing was changed.".to_owned()),
            _ => Failed::Unreadable("What was sent cannot be read.".to_owned()),
        })
    }
}

/// Whether a word was ticked, or is in a list.
pub(crate) fn has(list: &[String], word: &str) -> bool {
    list.iter().any(|own| own == word)
}

/// The name of a role for people.
pub(crate) fn role(word: &str) -> &'static str {
    Role::parse(word).map_or("No role", Role::title)
}

/// The name of a right for people.
pub(crate) fn right(word: &str) -> &'static str {
    Right::parse(word).map_or("No right", Right::name)
}

/// What was done, of a row of the access log.
pub(crate) fn access(word: &str) -> &'static str {
    match AccessKind::ALL.into_iter().find(|kind| kind.word() == word) {
        Some(AccessKind::LoggedIn) => "logged in",
        Some(AccessKind::Failed) => "wrong password",
        Some(AccessKind::LoggedOut) => "logged out",
        Some(AccessKind::Refused) => "right refused",
        Some(AccessKind::Exported) => "taken out as a file",
        Some(AccessKind::Read) => "given to a program or shown as a list",
        Some(AccessKind::Looked) => "looked at a citizen",
        Some(AccessKind::Limit) => "looked at many citizens",
        None => "unknown",
    }
}

/// By which way somebody came.
pub(crate) fn way(word: &str) -> &'static str {
    match word {
        "api" => "by a program",
        "command" => "on the command line",
        _ => "by a page",
    }
}

/// The current page of a long list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paging {
    /// The page number, from 1.
    pub(crate) page: i64,
    /// The number of pages.
    pub(crate) pages: i64,
    /// The number of rows.
    pub(crate) rows: i64,
}

/// Rows on a page.
pub(crate) const ROWS: i64 = 50;

impl Paging {
    /// The page number that the address asks for, from 1.
    pub(crate) fn asked(page: &str) -> i64 {
        page.parse::<i64>().unwrap_or(1).clamp(1, 1_000_000)
    }

    /// The rows of the page.
    pub(crate) fn window(page: i64) -> kasse::Window {
        kasse::Window { most: ROWS, after: (page - 1) * ROWS }
    }

    /// The page of a list with this many rows.
    pub(crate) fn of(page: i64, rows: i64) -> Paging {
        Paging { page, pages: ((rows + ROWS - 1) / ROWS).max(1), rows }
    }
}

/// A moment that is written as RFC 3339 for people; what is none stays as it is.
pub(crate) fn moment(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |moment: jiff::Timestamp| time(moment.as_second()))
}

/// A moment for people, in the town's time zone.
pub(crate) fn time(seconds: i64) -> String {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap_or(jiff::tz::TimeZone::UTC);
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    moment.to_zoned(zone).strftime("%d.%m.%Y %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_the_towns_time() {
        assert_eq!(moment("2026-11-30T09:35:48Z"), "30.11.2026 10:35");
        assert_eq!(moment("2026-07-01T22:30:00Z"), "02.07.2026 00:30");
        assert_eq!(moment("some time"), "some time");
    }

    #[test]
    fn pages_are_counted_from_one() {
        assert_eq!(Paging::of(1, 0).pages, 1);
        assert_eq!(Paging::of(1, ROWS).pages, 1);
        assert_eq!(Paging::of(1, ROWS + 1).pages, 2);
        assert_eq!(Paging::asked("-3"), 1);
        assert_eq!(Paging::asked("x"), 1);
        assert_eq!(Paging::window(2).after, ROWS);
    }

    #[test]
    fn a_moment_is_said_in_the_towns_time() {
        assert_eq!(time(0), "01.01.1970 01:00");
    }
}
