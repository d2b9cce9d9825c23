//! The front desk: what a caller is told, and who told him.
//!
//! Invariant: an answer is given only once two features of the caller fit, and then it stands in the journal who asked
//! about whom (§ 30 AO: tax secrecy).

use serde_json::{Value, json};

use crate::base::rights::Right;
use crate::desk::find::find;
use crate::{Error, Kasse, Result};

/// By what a caller is known.
pub const FEATURES: [&str; 6] = ["kassenzeichen", "name", "address", "iban", "mandate", "amount"];

/// How many of them must fit.
pub(crate) const LEAST: usize = 2;

/// The answer for a caller about a Kassenzeichen, with what `find` says of it.
///
/// # Errors
/// [`Error::Refused`] where fewer than two features fit or one is none; [`Error::Unknown`] for a Kassenzeichen that is none.
pub async fn ask(kasse: &Kasse, kassenzeichen: &str, features: &[String], who: &str) -> Result<Value> {
    let mut fitting: Vec<&str> = features.iter().map(String::as_str).collect();
    fitting.sort_unstable();
    fitting.dedup();
    if let Some(unknown) = fitting.iter().find(|feature| !FEATURES.contains(feature)) {
        return Err(Error::Refused(format!("{unknown:?} is no feature of a caller")));
    }
    if fitting.len() < LEAST {
        return Err(Error::Refused("an answer needs two features of the caller that fit".to_owned()));
    }
    let mut tx = kasse.write(Right::Ask, who, "ask", "").await?;
    let known = kasse.situation(&mut tx).await?;
    let unknown = || Error::Unknown(format!("there is no Kassenzeichen {kassenzeichen}"));
    let printed = known.items.printed(&kassenzeichen::canonical(kassenzeichen)).ok_or_else(unknown)?.to_owned();
    tx.add_inquiry(&printed, &fitting.join(" "), kasse.today, who).await?;
    tx.commit("front desk").await?;
    let found = find(kasse, &printed).await?;
    let own = |row: &&Value| row.get("kassenzeichen").and_then(Value::as_str) == Some(printed.as_str());
    Ok(found.iter().find(own).cloned().unwrap_or_else(|| json!({"kassenzeichen": printed})))
}
