//! The papers of a run: its notices, and its payment files with their control sheets, as one ZIP.
//!
//! Invariant: a payment file is only handed out by an export that the books record; no copy stays on this machine.

use axum::Form;
use axum::extract::Path;
use axum::http::HeaderMap;
use kasse::{NoticeManner, RecallAsked, Scratch};
use serde::Deserialize;

use crate::access::{As, Exporting, Planning};
use crate::deeds::Mark;
use crate::download::{exported_files, zipped};
use crate::error::Failed;
use crate::outcome::refused;
use crate::page::{Answer, not_done};
use crate::pages::runs::address::href;
use crate::say::lang_of;

/// A temporary folder, removed with its last user.
pub(crate) fn scratch() -> Result<Scratch, Failed> {
    Scratch::new().map_err(|why| Failed::Internal(format!("a scratch folder: {why}")))
}

#[derive(Deserialize)]
pub(super) struct Asked {
    once: String,
    /// Ticked if the person knows that the letters promise to wait.
    early: Option<String>,
}

/// The letters and their list as of today, and what the person who posts them must know.
pub(super) async fn notices(
    user: As<Planning>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Form(sent): Form<Asked>,
) -> Answer {
    let mark = Mark::of_form(&user, &sent.once, &format!("notices {name}"))?;
    let folder = scratch()?;
    let notified = match user.notify(mark, &name, folder.path(), &NoticeManner::Written).await {
        Ok(notified) => notified,
        Err(error) => return refused(error, &href(&name)),
    };
    let mut files: Vec<_> = std::iter::once(notified.list).chain(notified.letters).collect();
    let lang = lang_of(&headers);
    let remarks: String = notified.remarks.iter().map(|remark| lang.say(remark) + "\r\n").collect();
    if !remarks.is_empty() {
        let path = folder.path().join("hinweise.txt");
        std::fs::write(&path, remarks).map_err(|why| Failed::Internal(format!("the remarks: {why}")))?;
        files.push(path);
    }
    zipped(&format!("{name}-ankuendigungen.zip"), &files)
}

#[derive(Deserialize)]
pub(super) struct Recall {
    once: String,
    reason: String,
    /// End-to-end ids, or nothing: whatever takes too much.
    #[serde(default)]
    debits: String,
    /// Ticked if the debits were credited already.
    reversal: Option<String>,
}

/// The order to the bank to give debits up or back, on paper.
pub(super) async fn recall(user: As<Planning>, Path(name): Path<String>, Form(sent): Form<Recall>) -> Answer {
    let debits: Vec<String> = sent.debits.split([' ', ',', ';', '\n']).map(str::trim).map(str::to_owned).collect();
    let asked = RecallAsked {
        run: name.clone(),
        debits: debits.into_iter().filter(|id| !id.is_empty()).collect(),
        reversal: sent.reversal.is_some(),
        reason: sent.reason,
        who: user.name().to_owned(),
    };
    let mark = Mark::of_form(&user, &sent.once, &format!("recall {asked:?}"))?;
    let folder = scratch()?;
    match user.recall(mark, &asked, folder.path()).await {
        Ok(printed) => zipped(&format!("{name}-rueckruf.zip"), &[printed.sheet_pdf, printed.sheet]),
        Err(error) => refused(error, &href(&name)),
    }
}

/// The payment files with their control sheets; each request is recorded.
pub(super) async fn export(
    user: As<Exporting>,
    headers: HeaderMap,
    Path(name): Path<String>,
    Form(sent): Form<Asked>,
) -> Answer {
    let mark = Mark::of_form(&user, &sent.once, &format!("export {name}"))?;
    if let Some(day) = kasse::held_back(&user.kasse(), &name).await?.filter(|_| sent.early.is_none()) {
        let said = format!(
            "The letters promise to look for transfers until the day before: download the file on {day} or later."
        );
        return Ok(not_done(&href(&name), &said));
    }
    let folder = scratch()?;
    // a ticked box means that the person knows; nobody asks for the reason
    let early = sent.early.is_some().then_some("known on the page");
    let exported = match user.export(mark, &name, folder.path(), early).await {
        Ok(exported) => exported,
        Err(error) => return refused(error, &href(&name)),
    };
    zipped(&format!("{name}.zip"), &exported_files(exported, folder.path(), lang_of(&headers))?)
}
