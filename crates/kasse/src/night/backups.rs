//! Backups of the nightly job: one a business day, so many kept, and now and then the newest one tried.
//!
//! Must not know how books are copied. Invariants: an old backup is removed only after a newer one was made, and only one that the
//! nightly job has made; a try changes nothing but a scratch folder.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use store::{Copy, Db};

use crate::base::config::Backups;
use crate::base::scratch::Scratch;
use crate::night::inbox::{look, name_of};
use crate::night::summary::{Night, NightBackup};
use crate::reports::verify::verify;
use crate::vault::operations::{Source, backup};
use crate::{Error, Kasse, Result};

const PREFIX: &str = "einmal-";
const ENDING: &str = ".einmal";

/// The backups of the nightly job in a folder, the oldest first.
pub(super) fn made(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let is_ours = |path: &PathBuf| {
        let name = name_of(path);
        let day = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(ENDING));
        day.is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
    };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_ours).collect();
    found.sort();
    found
}

/// How many hours old the newest one is, by the clock on the wall; none where there is none.
pub(super) fn age_hours(folder: &Path, now: Timestamp) -> Option<i64> {
    let newest = made(folder).pop().and_then(|path| look(&path))?;
    Some(now.duration_since(newest.modified).as_hours())
}

/// Makes the backup of this business day unless there is one, tries the newest where it is time, and removes what is too many.
pub(super) async fn make(kasse: &Kasse, wanted: &Backups) -> Result<Option<NightBackup>> {
    let folder = wanted.folder.as_path();
    let file = folder.join(format!("{PREFIX}{}{ENDING}", kasse.today));
    if file.exists() {
        return Ok(None);
    }
    std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
    backup(kasse, &file, None).await?;
    let tried = is_time(kasse, wanted).await?;
    if tried && let Some(found) = attempt(kasse, &file).await?.first() {
        return Err(Error::Refused(format!("the backup {} does not hold: {found}", file.display())));
    }
    let mut all = made(folder);
    let many = all.len().saturating_sub(usize::from(wanted.keep));
    for old in all.drain(..many) {
        std::fs::remove_file(&old).map_err(|error| Error::io(&old, error))?;
    }
    Ok(Some(NightBackup { file: name_of(&file), tried }))
}

/// Whether so many days have passed since a backup was last tried.
async fn is_time(kasse: &Kasse, wanted: &Backups) -> Result<bool> {
    if wanted.try_days == 0 {
        return Ok(false);
    }
    let since = kasse.today.saturating_sub(jiff::Span::new().days(i64::from(wanted.try_days)));
    // one night a day is the rule, and several are possible
    let nights = store::nights(&mut *kasse.db.read().await?, 64 * (1 + i64::from(wanted.try_days))).await?;
    let tried = nights.iter().filter(|night| night.day > since).any(|night| Night::tried(&night.summary));
    Ok(!tried)
}

/// Restores a backup into a scratch database and proves the books there: every break in words.
async fn attempt(kasse: &Kasse, file: &Path) -> Result<Vec<String>> {
    let scratch = Scratch::new().map_err(|error| Error::io(file, error))?;
    let source = Source::of_backup(file, kasse.today, &kasse.now).await?;
    let mut tx = source.kasse().db.read().await?;
    let db = Db::open(&format!("sqlite://{}", scratch.path().join("restored.db").display())).await?;
    Copy::make(&mut tx, &db).await?.keep(&kasse.now).await?;
    let restored = kasse.of(db);
    let breaks = verify(&restored).await?;
    restored.db.close().await;
    Ok(breaks)
}
