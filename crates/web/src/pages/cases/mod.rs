//! The queue of cases, and the page of one: what a reviewer works through.
//!
//! `filter` is what he asks for, `queue` what answers, `views` the JSON of a case as types, `marked`, `offers` and `held` what
//! the page makes of it, `acts` what he sends back. Decides nothing. Invariants: a page is reached by the number of its case
//! alone, no address tells of a person; what is sent back names the version of the case that was seen.

mod acts;
mod filter;
mod held;
mod list;
mod marked;
mod offers;
mod queue;
mod show;
mod split;
mod views;

use axum::Router;
use axum::routing::get;

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/cases", get(list::show)).route("/cases/{number}", get(show::show).post(acts::act))
}
