//! The reader's language: German, or English where he asks for it.

use axum::http::HeaderMap;

use crate::access::cookie;

/// A reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    /// German.
    De,
    /// English.
    En,
}

impl Lang {
    /// As his browser keeps it.
    pub(crate) fn of(headers: &HeaderMap) -> Lang {
        match cookie(headers, "einmal_lang") {
            Some("en") => Lang::En,
            _ => Lang::De,
        }
    }

    /// As HTML names it.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Lang::De => "de",
            Lang::En => "en",
        }
    }

    /// A text of the program.
    pub(crate) fn say(self, english: &str) -> String {
        english.to_owned()
    }

    /// A day.
    pub(crate) fn date(self, iso: &str) -> String {
        match (self, iso.split('-').collect::<Vec<_>>().as_slice()) {
            (Lang::De, [year, month, day]) => format!("{day}.{month}.{year}"),
            _ => iso.to_owned(),
        }
    }

    /// An amount.
    pub(crate) fn eur(self, amount: &str) -> String {
        match (self, sepa::Cents::parse(amount)) {
            (Lang::De, Ok(cents)) => format!("{} €", cents.german()),
            _ => format!("€{amount}"),
        }
    }
}
