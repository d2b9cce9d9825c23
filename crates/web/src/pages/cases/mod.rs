//! The queue of cases and the page of a case, for a reviewer.
//!
//! `filter` is what the reviewer asks for, `queue` the result, `views` the JSON of a case as types; `marked`, `offers`
//! and `held` prepare it for the page; `acts` handles the forms. Decides nothing. Invariants: the address of a page
//! contains only the number of its case, so no address reveals a person; every form names the version of the case that
//! was shown.

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
