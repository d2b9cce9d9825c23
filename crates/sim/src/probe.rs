//! Checks that the database itself keeps the promise: plain SQL that tries to break it must be refused.
//!
//! Invariant: nothing that is tried stays in the books.

use anyhow::Result;

use crate::engine::Engine;

/// Statements that must be refused, each with what it would break.
const ATTEMPTS: [(&str, &str); 2] = [
    ("an item is claimed beyond its amount", "UPDATE item_state SET transferred = amount + 1"),
    ("an item is collected beyond its amount", "UPDATE item_state SET collected = amount + 1 - transferred"),
];

/// Tries all of them; returns what the database accepted.
pub(crate) async fn attempts(engine: &Engine) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (what, sql) in ATTEMPTS {
        if engine.lets_through(sql).await? {
            broken.push(format!("the database lets through that {what}"));
        }
    }
    Ok(broken)
}
