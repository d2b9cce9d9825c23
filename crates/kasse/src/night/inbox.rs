//! What lies in the inbox, and taking it: each whole file is renamed into a folder of ours within the inbox, numbered in the order
//! in which the files were last changed.
//!
//! Must not know what a file holds. Invariants: no link is followed and nothing is opened that is no file; once a file was taken,
//! whoever writes another one of its name into the inbox changes nothing of it; what a killed night has taken lies where the next
//! one finds it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::intake::found::{self, Found};
use crate::night::lock::LOCK;
use crate::night::still::{Look, Watched, is_being_written};
use crate::{Error, Result};

/// The folder within the inbox, and within the outbox, that is ours.
pub(super) const OWN: &str = ".einmal";

/// How long to wait for files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// A file is whole once it has stood still for so long.
    pub(super) still: Duration,
    /// So long is waited for files that are being written, in all.
    pub(super) most: Duration,
}

/// What was left where it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Its name.
    pub file: String,
    /// Why.
    pub why: String,
    /// Whether a person should look: what is hidden or still being written needs nobody.
    pub person: bool,
}

impl Left {
    /// What nobody will ever take.
    fn odd(file: &str, why: &str) -> Left {
        Left { file: file.to_owned(), why: why.to_owned(), person: true }
    }

    /// What another night takes, or is none of ours.
    fn later(file: &str, why: &str) -> Left {
        Left { person: false, ..Left::odd(file, why) }
    }
}

/// The files that were taken, each with what was seen of it then, and what was left.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) files: BTreeMap<PathBuf, Look>,
    pub(super) left: Vec<Left>,
}

/// What can be seen of a file without opening it; nothing where it is none, or gone.
pub(super) fn look(path: &Path) -> Option<Look> {
    let told = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let modified = told.modified().ok().and_then(|time| Timestamp::try_from(time).ok()).unwrap_or(Timestamp::MIN);
    Some(Look { size: told.len(), modified })
}

/// Takes every file of the inbox that is whole, and says what a night that was killed had taken already.
///
/// # Errors
/// [`Error::Io`] where the inbox cannot be read, or nothing be moved in it.
pub(super) async fn take(inbox: &Path, patience: Patience, now: Timestamp) -> Result<Taken> {
    let (seen, mut left) = seen(inbox, now)?;
    let (whole, growing) = wait(seen, patience).await;
    left.extend(growing.iter().map(|path| Left::later(&name_of(path), "is still being written")));
    let own = inbox.join(OWN);
    std::fs::create_dir_all(&own).map_err(|error| Error::io(&own, error))?;
    let mut number = numbers(&own)?.into_iter().max().unwrap_or(0);
    for (path, _) in whole {
        number += 1;
        let place = own.join(format!("{number:06}"));
        std::fs::create_dir(&place).map_err(|error| Error::io(&place, error))?;
        let to = place.join(path.file_name().unwrap_or_default());
        match std::fs::rename(&path, &to) {
            Ok(()) => {}
            // whoever put it there has taken it back
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(&path, error)),
        }
    }
    let (files, odd) = taken(&own)?;
    left.extend(odd);
    Ok(Taken { files, left })
}

/// What lies in the inbox and may be taken, and what may not.
fn seen(inbox: &Path, now: Timestamp) -> Result<(BTreeMap<PathBuf, Watched>, Vec<Left>)> {
    let (mut seen, mut left) = (BTreeMap::new(), Vec::new());
    for found in found::files(inbox).map_err(|error| Error::io(inbox, error))? {
        let path = match found {
            Found::File { path, .. } => path,
            Found::Skipped { name, .. } if name.starts_with(OWN) => continue,
            Found::Skipped { name, why } => {
                left.push(Left::odd(&name, why));
                continue;
            }
        };
        let within = path.strip_prefix(inbox).unwrap_or(&path);
        let mut parts = within.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        let name = name_of(&path);
        let hidden = parts.find(|part| part.starts_with('.'));
        match (hidden, look(&path)) {
            (Some(part), _) if part == OWN || part == LOCK => {}
            (Some(_), _) => left.push(Left::later(&name, "hidden")),
            (None, None) => left.push(Left::odd(&name, "is a link")),
            (None, Some(_)) if is_being_written(&name) => {
                left.push(Left::later(&name, "is still being written, as its name says"));
            }
            (None, Some(look)) => drop(seen.insert(path, Watched::new(look, now))),
        }
    }
    Ok((seen, left))
}

/// The time between two looks.
const STEP: Duration = Duration::from_millis(200);

/// Waits until files stand still: those that do, the one that was changed first at the beginning, and those that still grow.
async fn wait(mut seen: BTreeMap<PathBuf, Watched>, patience: Patience) -> (Vec<(PathBuf, Timestamp)>, Vec<PathBuf>) {
    let mut waited = Duration::ZERO;
    while waited < patience.most && seen.values().any(|file| !file.is_whole(patience.still)) {
        tokio::time::sleep(STEP).await;
        waited += STEP;
        seen.retain(|path, file| match look(path) {
            Some(look) => {
                file.again(look, STEP);
                true
            }
            None => false,
        });
    }
    let (mut whole, mut growing) = (Vec::new(), Vec::new());
    for (path, file) in seen {
        match file.is_whole(patience.still).then(|| look(&path)).flatten() {
            Some(look) => whole.push((path, look.modified)),
            None => growing.push(path),
        }
    }
    whole.sort_by(|one, other| (one.1, &one.0).cmp(&(other.1, &other.0)));
    (whole, growing)
}

/// The numbers of the folders for files that were taken.
fn numbers(own: &Path) -> Result<Vec<u32>> {
    let failed = |error| Error::io(own, error);
    let entries = std::fs::read_dir(own).map_err(failed)?.collect::<std::io::Result<Vec<_>>>().map_err(failed)?;
    Ok(entries.iter().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// All that was taken and is not filed yet; folders in which nothing lies are removed.
fn taken(own: &Path) -> Result<(BTreeMap<PathBuf, Look>, Vec<Left>)> {
    let (mut files, mut odd) = (BTreeMap::new(), Vec::new());
    for number in numbers(own)? {
        let place = own.join(format!("{number:06}"));
        if std::fs::remove_dir(&place).is_ok() {
            continue;
        }
        let failed = |error| Error::io(&place, error);
        for entry in std::fs::read_dir(&place).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            match look(&path) {
                Some(look) => drop(files.insert(path, look)),
                None => odd.push(Left::odd(&name_of(&path), "is no file")),
            }
        }
    }
    Ok((files, odd))
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
