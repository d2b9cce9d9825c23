//! Whether the database itself keeps the promise: plain SQL tries to break it, and must be refused.
//!
//! Invariant: nothing of what is tried stays.

use anyhow::Result;

use crate::engine::Engine;

/// What must be refused, each with what it would break.
const ATTEMPTS: [(&str, &str); 2] = [
    ("an item is claimed beyond its amount", "UPDATE item_state SET transferred = amount + 1"),
    ("an item is collected beyond its amount", "UPDATE item_state SET collected = amount + 1 - transferred"),
];

/// Tries all of it; says what the database let through.
pub(crate) async fn attempts(engine: &Engine) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (what, sql) in ATTEMPTS {
        if engine.lets_through(sql).await? {
            broken.push(format!("the database lets through that {what}"));
        }
    }
    Ok(broken)
}
