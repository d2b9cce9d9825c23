//! The figures for operators, as they are counted.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The labels of a request; the route is its pattern, never the path itself.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct Answered {
    pub(crate) method: String,
    pub(crate) route: String,
    pub(crate) status: u16,
}

/// The labels of a duration.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct Route {
    pub(crate) route: String,
}

/// The figures.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) registry: Registry,
    pub(crate) requests: Family<Answered, Counter>,
    pub(crate) seconds: Family<Route, Histogram, fn() -> Histogram>,
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
