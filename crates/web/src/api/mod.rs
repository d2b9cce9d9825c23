//! The same for programs as the pages are for people: JSON under `/api`, with a token or a log-in.
//!
//! Invariants: an address does what its page does, with the same use case and the same right; amounts are texts with
//! two decimals, days are ISO dates; errors are `application/problem+json`. The description is generated from these
//! handlers, so it cannot differ from them.

mod answer;
mod cases;
mod desk;
pub(crate) mod files;
mod people;
mod read;
mod refunds;
mod runs;
mod shapes;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{Modify, OpenApi};

use crate::app::App;
use crate::error::Failed;

pub(crate) use files::uploads;

/// All addresses for programs, except the one for large files.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/api/openapi.json", get(description))
        .merge(read::routes())
        .merge(cases::routes())
        .merge(desk::routes())
        .merge(people::routes())
        .route("/api/jobs/{number}", get(files::job))
}

/// Addresses that take longer with large books: matching, verifying, and writing the papers of a run.
pub(crate) fn patient_routes() -> Router<App> {
    runs::routes()
        .merge(refunds::routes())
        .route("/api/match", post(files::match_all))
        .route("/api/verify", get(read::verify))
        .layer(DefaultBodyLimit::max(crate::sizes::FORM))
}

/// What a program may ask, described (OpenAPI 3.1).
#[derive(OpenApi)]
#[openapi(
    info(
        title = "einmal",
        description = "SEPA reconciliation for a municipal treasury: the API of one Kasse. Amounts are texts with two decimals in EUR, \
                       days are ISO dates. Whatever changes something takes an `Idempotency-Key`: the same key does it once.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2")
    ),
    paths(
        read::payments, read::receivables, read::statements, read::postings, read::matching, read::accesses, read::journal,
        read::journal_entry, read::journal_head, read::verify,
        cases::list, cases::show, cases::resolve, cases::note, cases::holds, cases::hold, cases::lift,
        runs::list, runs::plan, runs::show, runs::residual, runs::announce, runs::release, runs::export, runs::sent,
        runs::recall, runs::cancel, runs::void,
        refunds::list, refunds::plan, refunds::show, refunds::release, refunds::export, refunds::sent, refunds::cancel,
        refunds::void, refunds::account,
        desk::find, desk::ask, desk::confirm, desk::close_day, desk::unconfirmed_accounts, desk::confirm_account,
        people::list, people::waiting, people::confirm, people::withdraw, people::add, people::set, people::password, people::end_token, people::sessions, people::end_session,
        people::me,
        files::import, files::match_all, files::job,
    ),
    modifiers(&Secured),
    security(("token" = [])),
    tags(
        (name = "books", description = "What the books say"),
        (name = "cases", description = "Credits that a person must decide"),
        (name = "runs", description = "Direct-debit runs"),
        (name = "refunds", description = "Money that goes back to its payers"),
        (name = "desk", description = "The front desk, and what people vouch for"),
        (name = "people", description = "Who works with the program"),
        (name = "files", description = "Statements and lists in")
    )
)]
struct Description;

/// The security scheme: a token in the header `Authorization`.
struct Secured;

impl Modify for Secured {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        // each variant of a request body refuses unknown fields too
        for schema in components.schemas.values_mut() {
            if let RefOr::T(Schema::OneOf(forms)) = schema {
                forms.items.iter_mut().for_each(closed);
            }
        }
    }
}

fn closed(form: &mut RefOr<Schema>) {
    if let RefOr::T(Schema::Object(form)) = form
        && !form.properties.is_empty()
    {
        form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
}

async fn description(State(app): State<App>) -> Response {
    match app.web().api_description {
        true => Json(Description::openapi()).into_response(),
        false => Failed::Unknown("There is no such page.".to_owned()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_described() {
        let api = serde_json::to_value(Description::openapi()).unwrap();
        assert_eq!(api["openapi"], "3.1.0");
        let paths = api["paths"].as_object().unwrap();
        assert!(paths.len() >= 30, "{}", paths.len());
        for (path, methods) in paths {
            for (method, said) in methods.as_object().unwrap() {
                assert!(said["responses"]["401"].is_object(), "{method} {path} can be asked by anybody");
                assert!(said["summary"].is_string(), "{method} {path} says nothing of itself");
            }
        }
    }
}
