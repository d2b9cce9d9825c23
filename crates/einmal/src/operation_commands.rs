//! `einmal backup`, `restore`, `copy`, `revive`, `unlock`: from what was typed to the use case and its result.
//!
//! Knows nothing of databases except their URLs.

use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use kasse::{Kasse, Source, without_password};

use crate::cli::{Cli, Command, Unlock};
use crate::failure::{Failure, Outcome};
use crate::format_cli::Format;
use crate::output::{self, note};
use crate::people_commands;

/// Prints what must be done before the books can be used.
fn note_next() {
    note(
        "next: import every payment file written since then; then two people say `einmal unlock --files N --as A --with B`",
    );
}

/// Writes a backup.
pub(crate) async fn backup(kasse: &Kasse, format: Format, file: &Path, who: Option<&str>) -> Result<(), Failure> {
    output::object(format, &kasse::backup(kasse, file, who).await?, &[])?;
    note(&format!("all books were written into {}", file.display()));
    Ok(())
}

/// Restores, moves, takes a move back: people prove themselves against the books that this is done to.
pub(crate) async fn of_whole_books(cli: &Cli, named: &[String], today: Date, now: &str) -> Outcome {
    let signed = async |source: Source| -> Result<Source, Failure> {
        let kasse = people_commands::proven(source.kasse().clone(), named, cli.password_stdin).await?;
        Ok(source.signed(kasse))
    };
    match &cli.command {
        Command::Restore { file, who } => {
            let source = signed(Source::of_backup(file, today, now).await?).await?;
            output::object(cli.format, &kasse::restore(&source, &cli.db, who.as_deref()).await?, &[])?;
            note(&format!("the books of {} are in {}, and locked", file.display(), without_password(&cli.db)));
            note_next();
        }
        Command::Copy { from, to, who } => {
            let source = signed(Source::of(from, today, now).await?).await?;
            output::object(cli.format, &kasse::copy(&source, from, to, who.as_deref()).await?, &[])?;
            let [from, to] = [from, to].map(|url| without_password(url));
            note(&format!("the books go on in {to}, locked; {from} is never written again"));
            note_next();
        }
        Command::Revive { from, to, who, with } => {
            let source = signed(Source::of(from, today, now).await?).await?;
            kasse::revive(&source, from, to, who, with).await?;
            let [from, to] = [from, to].map(|url| without_password(url));
            note(&format!("the books go on in {from}, say {who} and {with}; what is in {to} is never written again"));
        }
        _ => {}
    }
    Ok(ExitCode::SUCCESS)
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
