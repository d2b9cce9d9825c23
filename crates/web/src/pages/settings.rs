//! The town's settings, as they are read from einmal.toml: shown, never changed here.

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use kasse::{Config, Creditor, Files};
use sepa::Iban;

use crate::access::{Administering, As};
use crate::app::App;
use crate::page::{Answer, Page, page};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/settings", get(show))
}

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    p: Page,
    config: Config,
    creditors: Vec<Claiming>,
    accounts: Vec<String>,
    outage: Option<(String, String)>,
    schemes: Vec<[String; 3]>,
    several_files: bool,
    least: String,
}

/// A creditor with its levies and its account.
struct Claiming {
    name: String,
    creditor_id: String,
    account: String,
    kinds: Vec<String>,
}

fn claiming(creditor: &Creditor) -> Claiming {
    Claiming {
        name: creditor.name.clone(),
        creditor_id: creditor.creditor_id.to_string(),
        account: creditor.account.paper(),
        kinds: creditor.kinds.clone(),
    }
}

async fn show(user: As<Administering>, headers: HeaderMap) -> Answer {
    let config = user.kasse().config;
    let schemes = config.schemes.iter();
    let shown = Settings {
        p: Page::of(&user, &headers, "/settings", "Settings"),
        creditors: config.creditors().map(claiming).collect(),
        accounts: config.accounts.iter().map(Iban::paper).collect(),
        outage: config.outage.map(|(from, until)| (from.to_string(), until.to_string())),
        schemes: schemes.map(|own| [own.name().to_owned(), own.mask().to_owned(), own.check().to_string()]).collect(),
        several_files: config.bank.files == Files::PerPmtinf,
        least: config.least_amount.to_string(),
        config,
    };
    page(&shown)
}
