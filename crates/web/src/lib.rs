//! The pages and the JSON API: from a request to a use case and back.
//!
//! Knows no SQL and takes no decision. Where to read: `routes` says which addresses there are and who may ask for them,
//! `access` who asks, `deeds` what he does; `pages` are what he sees, `api` is the same for programs.
//! Invariants: no request is sent to another host, no page needs a script, and what moves money is done once.

mod access;
mod api;
mod app;
mod assets;
mod chart;
mod clock;
mod deeds;
mod download;
mod error;
mod jobs;
mod metrics;
mod outcome;
mod page;
mod pages;
mod routes;
mod say;
mod serve;
mod throttle;
mod upload;
mod view;

pub use app::{App, Reached};
pub use clock::{Clock, Moment};
pub use routes::router;
pub use serve::{Listen, serve};
