//! `einmal seed`: from what was typed to a beginning from another system's last debit file.

use kasse::{Kasse, Quarter};

use crate::failure::Failure;
use crate::format_cli::Format;
use crate::output::{self, note};
use crate::seed_cli::Seed;

pub(crate) async fn run(kasse: &Kasse, format: Format, seed: Seed) -> Result<(), Failure> {
    let Seed::Quarter { due, from, kind, who } = seed;
    let told = kasse::seed_quarter(kasse, &Quarter { due, kinds: kind, from, who }).await?;
    output::object(format, &told, &[])?;
    if told.get("collected").and_then(serde_json::Value::as_bool) == Some(false) {
        note(
            "these items are not collected before a list of open items confirms them, unless the settings allow it (collect.unconfirmed)",
        );
    }
    Ok(())
}
