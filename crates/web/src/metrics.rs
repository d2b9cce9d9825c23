//! Metrics for operators (Prometheus): requests and their durations. Never a name, an amount or a Kassenzeichen.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::app::App;

/// The labels of a request; the route is its pattern, never the path itself.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

/// The labels of a duration.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

/// The figures.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
}

/// Bucket limits, from a page out of memory to an import.
const SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    pub(crate) fn new() -> Metrics {
        let mut registry = Registry::with_prefix("einmal");
        let requests = Family::default();
        let seconds: Family<Route, Histogram, fn() -> Histogram> = Family::new_with_constructor(histogram);
        registry.register("http_requests", "Requests that were answered", requests.clone());
        registry.register("http_request_seconds", "How long an answer took, in seconds", seconds.clone());
        Metrics { registry, requests, seconds }
    }
}

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
    let mut text = String::new();
    match encode(&mut text, &app.metrics().registry) {
        Ok(()) => {
            let kind = [(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
            (kind, text).into_response()
        }
        Err(_) => axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
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
