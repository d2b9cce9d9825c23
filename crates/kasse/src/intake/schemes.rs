//! `einmal schemes check`: real references held against the numbering schemes of the settings.
//!
//! Reads a file, no database. Invariant: every line with a reference has one row in the answer, in the order of the file.

use std::path::Path;

use kassenzeichen::{Outcome, Scheme, check_list};
use serde_json::{Value, json};

use crate::{Config, Error, Result, lists};

/// What came of a list of references.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemesChecked {
    /// An object per reference that fits no scheme: line, reference, nearest scheme, reason.
    pub misfits: Vec<Value>,
    /// An object per scheme: how many references fit it, and what its misfits have in common.
    pub schemes: Vec<Value>,
}

/// Holds the references of a file against the schemes: one per line, or the column `kassenzeichen` of a CSV.
///
/// # Errors
/// [`Error::File`] where the file cannot be read or holds no reference.
pub fn check_schemes(config: &Config, path: &Path) -> Result<SchemesChecked> {
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, error))?;
    let references = lists::references(&bytes, &config.headers);
    if references.is_empty() {
        return Err(Error::file(path.display(), "holds no reference"));
    }
    let report = check_list(&config.schemes, references.iter().map(|(_, reference)| reference.as_str()));
    let name = |place: &usize| config.schemes.get(*place).map(Scheme::name);
    let misfits = references.iter().zip(&report.outcomes).filter_map(|((line, reference), outcome)| {
        let (scheme, why) = match outcome {
            Outcome::Fits(_) => return None,
            Outcome::FitsNone { scheme, misfit } => (name(scheme), misfit.to_string()),
            Outcome::NoScheme => (None, "the settings have no [[scheme]]".to_owned()),
        };
        Some(json!({"line": line, "reference": reference, "nearest_scheme": scheme, "reason": why}))
    });
    let misfits: Vec<Value> = misfits.collect();
    let schemes = config.schemes.iter().enumerate().map(|(place, scheme)| {
        let fitting = report.outcomes.iter().filter(|outcome| **outcome == Outcome::Fits(place)).count();
        let hints: Vec<String> =
            report.hints.iter().filter(|(of, _)| *of == place).map(|(_, hint)| hint.to_string()).collect();
        json!({"scheme": scheme.name(), "mask": scheme.mask(), "check": scheme.check().to_string(), "fitting": fitting, "hints": hints})
    });
    Ok(SchemesChecked { misfits, schemes: schemes.collect() })
}
