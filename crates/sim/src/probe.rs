//! Whether the database itself keeps the promise: plain SQL tries to break it, and must be refused.
//!
//! Invariant: nothing of what is tried stays.

use std::path::Path;

use anyhow::Result;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// What must be refused, each with what it would break.
const ATTEMPTS: [(&str, &str); 2] = [
    ("an item is claimed beyond its amount", "UPDATE item_state SET transferred = amount + 1"),
    ("an item is collected beyond its amount", "UPDATE item_state SET collected = amount + 1 - transferred"),
];

/// Tries all of it; says what the database let through.
pub(crate) async fn attempts(folder: &Path) -> Result<Vec<String>> {
    let mut connection =
        SqliteConnectOptions::new().filename(folder.join("einmal.db")).foreign_keys(true).connect().await?;
    let mut broken = Vec::new();
    for (what, sql) in ATTEMPTS {
        let mut tx = connection.begin().await?;
        if sqlx::query(sql).execute(&mut *tx).await.is_ok() {
            broken.push(format!("the database lets through that {what}"));
        }
        tx.rollback().await?;
    }
    connection.close().await?;
    Ok(broken)
}
