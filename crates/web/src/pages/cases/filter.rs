//! The filter of the queue, which the address of the page contains.
//!
//! Invariants: what was typed is kept, even if it cannot be read; a filter that is written into an address is read back
//! unchanged.

use std::fmt::Write as _;

use sepa::Cents;
use serde::Deserialize;

/// The fields as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) reason: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) days: String,
    pub(super) whose: String,
    pub(super) order: String,
    pub(super) waiting: String,
    pub(super) page: String,
}

/// Whose cases are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Whose {
    /// Everybody's.
    #[default]
    All,
    /// One's own.
    Mine,
    /// Nobody's.
    Nobody,
}

/// The filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// The class of reason.
    pub(super) reason: Option<String>,
    /// The least amount.
    pub(super) from: Option<Cents>,
    /// The greatest amount.
    pub(super) to: Option<Cents>,
    /// The least age in days.
    pub(super) days: Option<i32>,
    pub(super) whose: Whose,
    /// Whether the largest come first instead of the oldest.
    pub(super) largest: bool,
    /// Whether cases are included that somebody postponed to a later day.
    pub(super) waiting: bool,
    /// The page of the list, from 1.
    pub(super) page: usize,
}

/// A field that cannot be read, and why.
pub(super) type Wrong = (&'static str, &'static str);

impl Asked {
    /// The filter, and the fields that cannot be read, which are ignored.
    pub(super) fn read(&self) -> (Filter, Vec<Wrong>) {
        let mut wrong = Vec::new();
        let mut amount = |field: &'static str, text: &str| {
            let read = Cents::parse_local(text).ok().filter(|cents| !cents.is_negative());
            if read.is_none() && !text.trim().is_empty() {
                wrong.push((field, "This is no amount: write it as in 1.234,56."));
            }
            read
        };
        let (from, to) = (amount("from", &self.from), amount("to", &self.to));
        let days = self.days.trim().parse().ok().filter(|days| *days >= 0);
        if days.is_none() && !self.days.trim().is_empty() {
            wrong.push(("days", "This is no number of days."));
        }
        let filter = Filter {
            reason: Some(self.reason.clone()).filter(|reason| !reason.is_empty()),
            from,
            to,
            days,
            whose: match self.whose.as_str() {
                "mine" => Whose::Mine,
                "nobody" => Whose::Nobody,
                _ => Whose::All,
            },
            largest: self.order == "largest",
            waiting: self.waiting == "too",
            page: self.page.parse().unwrap_or(1).max(1),
        };
        (filter, wrong)
    }
}

impl Filter {
    /// The query string of an address: empty, or `?` and everything that differs from the whole queue; without the page
    /// number.
    pub(super) fn query(&self) -> String {
        let cents = |cents: Cents| cents.to_string();
        let pairs = [
            ("reason", self.reason.clone()),
            ("from", self.from.map(cents)),
            ("to", self.to.map(cents)),
            ("days", self.days.map(|days| days.to_string())),
            ("whose", self.whose.word().map(str::to_owned)),
            ("order", self.largest.then(|| "largest".to_owned())),
            ("waiting", self.waiting.then(|| "too".to_owned())),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(&value?))));
        joined(pairs.collect())
    }

    /// The same with a page number.
    pub(super) fn query_of_page(&self, page: usize) -> String {
        let query = self.query();
        match query.as_str() {
            "" => format!("?page={page}"),
            query => format!("{query}&page={page}"),
        }
    }
}

fn joined(pairs: Vec<String>) -> String {
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

impl Whose {
    fn word(self) -> Option<&'static str> {
        match self {
            Whose::All => None,
            Whose::Mine => Some("mine"),
            Whose::Nobody => Some("nobody"),
        }
    }
}

/// A value encoded for an address (RFC 3986).
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::Query;
    use axum::http::Uri;

    fn read(query: &str) -> (Filter, Vec<Wrong>) {
        let uri: Uri = format!("/cases{query}").parse().unwrap();
        Query::<Asked>::try_from_uri(&uri).unwrap().0.read()
    }

    #[test]
    fn a_filter_comes_back_as_it_went() {
        for query in [
            "",
            "?reason=more%20came%20in%20than%20is%20due%20%26%20%22x%22%20%C3%A4",
            "?from=10.00&to=1234.56&days=30&whose=mine&order=largest&waiting=too",
            "?whose=nobody",
        ] {
            let (filter, wrong) = read(query);
            assert_eq!((filter.query().as_str(), wrong.len()), (query, 0));
            assert_eq!(read(&filter.query_of_page(3)).0, Filter { page: 3, ..filter });
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_all_at_once() {
        let (filter, wrong) = read("?from=abc&to=-5&days=x&whose=anna&page=0");
        assert_eq!(filter, Filter { page: 1, ..Filter::default() });
        assert_eq!(wrong.iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["from", "to", "days"]);
    }
}
