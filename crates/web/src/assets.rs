//! The style sheet and the script: part of the binary, served under a name that changes with their content.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

const STYLE: &str = include_str!("../assets/einmal.css");
const SCRIPT: &str = include_str!("../assets/einmal.js");
const ICON: &str = include_str!("../assets/einmal.svg");

/// Serves a file of the pages.
pub(crate) async fn show(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "einmal.css" => ("text/css; charset=utf-8", STYLE),
        "einmal.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "einmal.svg" => ("image/svg+xml", ICON),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300")], text).into_response()
}
