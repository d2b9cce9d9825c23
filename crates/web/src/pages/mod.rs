//! The pages: one module for each place, its handlers beside what they show.

pub(crate) mod audit;
pub(crate) mod cases;
pub(crate) mod desk;
pub(crate) mod language;
pub(crate) mod login;
pub(crate) mod me;
pub(crate) mod overview;
pub(crate) mod settings;
pub(crate) mod users;

pub(crate) mod import;
pub(crate) mod runs;
pub(crate) mod statements;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Failed;

/// Reads what a use case said as what a page shows; a field that is missing is an error, never an empty place.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Failed> {
    serde_json::from_value(value).map_err(|why| Failed::Internal(format!("a view: {why}")))
}
