//! The pages and the JSON API: from a request to a use case and back.
//!
//! Knows no SQL and decides nothing. Reading order: `routes` has the addresses, `access` who sends a request, `deeds`
//! what people can do; `pages` are for people, `api` is the same for programs. Invariants: no request goes to another
//! host, no page needs a script, and what moves money is done once.

mod access;
mod api;
mod app;
mod assets;
mod certificate;
mod chart;
mod clock;
mod connections;
mod deeds;
mod download;
mod error;
mod figures;
mod hosts;
mod jobs;
mod metrics;
mod outcome;
mod page;
mod pages;
mod recorded;
mod routes;
mod say;
mod sent;
mod serve;
mod sizes;
mod system;
mod throttle;
mod tls;
mod upload;
mod view;

pub use app::{App, Reached};
pub use certificate::certificate_end;
pub use clock::{Clock, Moment};
pub use routes::router;
pub use serve::{Listen, serve};
