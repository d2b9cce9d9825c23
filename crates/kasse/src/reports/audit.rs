//! What an auditor reads page by page: the journal as he looks for it, who asked about whom, what was read and written.
//!
//! Invariant: it shows what stands in the books and changes nothing; a page is as long as was asked for, whatever the
//! books hold.

use serde_json::{Value, json};
use store::{EntriesAsked, EventKind, NoticeSum};

use crate::base::shown::eur;
use crate::base::window::Window;
use crate::{Kasse, Result};

/// The entries that are looked for, the newest first, and how many fit.
///
/// # Errors
/// What the database says.
pub async fn journal_page(kasse: &Kasse, asked: &EntriesAsked, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    let (rows, count) = store::entries_asked(&mut tx, asked, window.most, window.after).await?;
    let shown = rows.into_iter().map(|entry| {
        json!({
            "entry": entry.seq, "at": entry.at, "day": entry.day.to_string(), "by": entry.actor, "action": entry.action,
            "subject": entry.subject, "reason": entry.reason, "hash": entry.hash,
        })
    });
    Ok((shown.collect(), count))
}

/// Everybody who has acted, and everything that was done: what can be looked for.
///
/// # Errors
/// What the database says.
pub async fn actors_and_actions(kasse: &Kasse) -> Result<(Vec<String>, Vec<String>)> {
    Ok(store::actors_and_actions(&mut *kasse.db.read().await?).await?)
}

/// Who asked about whom, by which features, the newest first; and how many did.
///
/// # Errors
/// What the database says.
pub async fn inquiries(kasse: &Kasse, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    let (rows, count) = store::inquiries(&mut tx, window.most, window.after).await?;
    let shown = rows.into_iter().map(|row| {
        json!({
            "entry": row.journal, "day": row.day.to_string(), "by": row.actor, "kassenzeichen": row.kassenzeichen,
            "features": row.features.split(' ').collect::<Vec<_>>(),
        })
    });
    Ok((shown.collect(), count))
}

/// The files that were read, the newest first; and how many.
///
/// # Errors
/// What the database says.
pub async fn source_files(kasse: &Kasse, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    let (rows, count) = store::source_files(&mut tx, window.most, window.after).await?;
    let shown = rows.into_iter().map(|row| {
        json!({"file": row.name, "kind": row.kind, "sha256": row.sha256, "day": row.day.to_string(), "by": row.actor})
    });
    Ok((shown.collect(), count))
}

/// Per run, the newest first: what was released and written, with the digests, and what debtors were told.
///
/// # Errors
/// What the database says.
pub async fn run_documents(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let (events, sums) = (store::events(&mut tx, 0).await?, store::notice_sums(&mut tx).await?);
    let mut runs = Vec::new();
    for run in store::runs(&mut tx, 0).await?.into_iter().rev() {
        let written = events.iter().filter(|event| event.run == run.id && event.kind != EventKind::Announced);
        let written = written.map(|event| {
            json!({
                "event": event.kind.word(), "day": event.day.to_string(), "by": event.actor, "sha256": event.sha256,
                "note": event.note,
            })
        });
        let notices = notices(sums.iter().filter(|sum| sum.run == run.id));
        runs.push(json!({
            "run": run.name, "due": run.due.to_string(), "planner": run.planner, "written": written.collect::<Vec<_>>(),
            "notices": notices,
        }));
    }
    Ok(runs)
}

/// The notices of a run by the day they were sent and how: their number and sum.
fn notices<'a>(sums: impl Iterator<Item = &'a NoticeSum>) -> Vec<Value> {
    let shown = |sum: &NoticeSum| json!({"sent": sum.sent.to_string(), "manner": sum.manner, "notices": sum.count, "amount": eur(sum.amount)});
    sums.map(shown).collect()
}
