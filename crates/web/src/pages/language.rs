//! The reader's choice of a language.

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::{HeaderValue, REFERER, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/language/{tag}", post(choose))
}

/// Stores the choice for a year, and redirects to the page where it was made.
async fn choose(Path(tag): Path<String>, headers: HeaderMap) -> Response {
    let tag = if tag == "en" { "en" } else { "de" };
    let mut response = Redirect::to(&came_from(&headers)).into_response();
    let cookie = format!("einmal_lang={tag}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The path of the previous page; never another host.
fn came_from(headers: &HeaderMap) -> String {
    let before =
        headers.get(REFERER).and_then(|line| line.to_str().ok()).and_then(|line| line.parse::<axum::http::Uri>().ok());
    before
        .map(|uri| uri.path().to_owned())
        .filter(|path| path.starts_with('/') && !path.starts_with("//"))
        .unwrap_or_else(|| "/".to_owned())
}
