//! `einmal backup`, `restore`, `copy`, `unlock`: from what was typed to the use case and its result.
//!
//! Knows nothing of databases except their URLs.

use std::path::Path;

use kasse::{Kasse, Operator, without_password};

use crate::cli::Unlock;
use crate::failure::Failure;
use crate::format_cli::Format;
use crate::output::{self, note};

/// Prints what must be done before the books can be used.
fn note_next() {
    note(
        "next: import every payment file written since then; then two people say `einmal unlock --files N --as A --with B`",
    );
}

/// Writes a backup.
pub(crate) async fn backup(kasse: &Kasse, format: Format, file: &Path) -> Result<(), Failure> {
    output::object(format, &kasse::backup(kasse, file).await?, &[])?;
    note(&format!("all books were written into {}", file.display()));
    Ok(())
}

/// Restores a backup.
pub(crate) async fn restore(format: Format, file: &Path, url: &str, operator: &Operator) -> Result<(), Failure> {
    output::object(format, &kasse::restore(file, url, operator).await?, &[])?;
    note(&format!("the books of {} are in {}, and locked", file.display(), without_password(url)));
    note_next();
    Ok(())
}

/// Moves books.
pub(crate) async fn copy(format: Format, from: &str, to: &str, operator: &Operator) -> Result<(), Failure> {
    output::object(format, &kasse::copy(from, to, operator).await?, &[])?;
    let [from, to] = [from, to].map(without_password);
    note(&format!("the books go on in {to}, locked; {from} is never written again"));
    note_next();
    Ok(())
}

/// Unlocks restored books, or lists the payment files that were imported since.
pub(crate) async fn unlock(kasse: &Kasse, format: Format, said: Unlock) -> Result<(), Failure> {
    let Unlock { files: Some(files), who: Some(who), with: Some(with), .. } = said else {
        output::object(format, &kasse::taken_over(kasse).await?, &[("files", &["file", "sha256"])])?;
        return Ok(());
    };
    kasse::unlock(kasse, files, &who, &with).await?;
    note(&format!(
        "{who} and {with} vouch for {files} payment files: runs can be planned, released and exported again"
    ));
    Ok(())
}
