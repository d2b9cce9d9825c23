//! The reader's language: German, or English where he asks for it.

use axum::http::HeaderMap;
pub(crate) use lang::Lang;

use crate::access::cookie;

/// As his browser keeps it.
pub(crate) fn lang_of(headers: &HeaderMap) -> Lang {
    match cookie(headers, "einmal_lang") {
        Some("en") => Lang::En,
        _ => Lang::De,
    }
}
