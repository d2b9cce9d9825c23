//! Metrics for operators (Prometheus): requests and their durations. Never a name, an amount or a Kassenzeichen.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;

use crate::app::App;
use crate::figures::{Answered, Route};

/// The method as a label. Anybody may send any word as a method, and each label would be kept for ever, so unknown ones
/// are grouped.
fn told(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// Counts a request.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = told(request.method()).to_owned();
    let began = tokio::time::Instant::now();
    let response = next.run(request).await;
    let metrics = app.metrics();
    metrics.seconds.get_or_create(&Route { route: route.clone() }).observe(began.elapsed().as_secs_f64());
    metrics.requests.get_or_create(&Answered { method, route, status: response.status().as_u16() }).inc();
    response
}

/// Serves `/metrics`.
pub(crate) async fn show(State(app): State<App>) -> Response {
    if !app.web().metrics {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut text = String::new();
    match encode(&mut text, &app.metrics().registry) {
        Ok(()) => {
            let kind = [(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
            (kind, text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_call_a_method_is_one() {
        assert_eq!(told(&Method::GET), "GET");
        assert_eq!(told(&Method::from_bytes(b"BREW-1").unwrap()), "other");
    }
}
