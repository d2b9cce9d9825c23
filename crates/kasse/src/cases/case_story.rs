//! The story of a case: what was decided of it and by whom; and what a person decided last, so that he can take it back.
//!
//! Only reads and shapes. Invariant: a last decision that is told is one that still stands.

use serde_json::{Value, json};
use store::{ToldVerdict, Tx};

use crate::base::shown::with;
use crate::cases::explain::told;
use crate::{Kasse, Result};

/// Every verdict that a case has had, oldest first: who, when, what and why.
///
/// # Errors
/// What the database says.
pub async fn case_story(kasse: &Kasse, number: i64) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    Ok(store::case_story(&mut tx, number).await?.iter().map(shown).collect())
}

fn shown(one: &ToldVerdict) -> Value {
    let more = json!({
        "version": one.verdict.id,
        "by_person": one.verdict.said.by_person,
        "wait_until": one.verdict.said.wait_until.map(|day| day.to_string()),
        "entry": one.entry,
        "actor": one.actor,
        "taken_back": !one.verdict.said.by_person && one.action == RESOLVE,
    });
    with(told(&one.verdict), more)
}

/// The journal's word for a person's decision of a case.
const RESOLVE: &str = "resolve";

/// The last decision of a person on this business day that still stands, with its case; nothing where there is none.
///
/// # Errors
/// What the database says.
pub async fn last_decision(kasse: &Kasse, who: &str) -> Result<Option<Value>> {
    let mut tx = kasse.db.read().await?;
    for (entry, subject) in store::latest_subjects(&mut tx, who, kasse.today, RESOLVE).await? {
        if let Some((case, newest)) = newest_of(&mut tx, &subject).await?
            && newest.entry == entry
            && newest.verdict.said.by_person
        {
            return Ok(Some(with(json!({"case": case}), shown(&newest))));
        }
    }
    Ok(None)
}

async fn newest_of(tx: &mut Tx, subject: &str) -> Result<Option<(i64, ToldVerdict)>> {
    let Some(case) = subject.strip_prefix("case ").and_then(|number| number.parse().ok()) else { return Ok(None) };
    Ok(store::case_story(tx, case).await?.pop().map(|newest| (case, newest)))
}
