//! Where a file goes once it was read: into the archive, or to those that failed, by day.
//!
//! Must not know what a file holds. Invariants: a file is filed only as the bytes that were read, after the commit that made them
//! part of the books; nothing that lies in the archive is replaced; one that cannot be filed stays where the next night finds it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Serialize;

use crate::base::aside::{aside, write_aside};
use crate::intake::prepared::digest;
use crate::intake::report::{Fate, FileReport, NewPayments};
use crate::night::inbox::{Taken, look, name_of};
use crate::{Error, Result};

/// What became of a file in the night; nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NightFile {
    /// Its name.
    pub file: String,
    /// What it is: `statements`, `open items`, `mandates`, `status report` …; empty where nothing was read.
    pub kind: String,
    /// `taken`, `known`, `not_read`, `failed`, or `stays` for the next night.
    pub fate: &'static str,
    /// Items, mandates or bookings that are new.
    pub added: usize,
    /// Those that were known.
    pub known: usize,
    /// Remarks that a person should read; with `einmal import` of the file they are told again.
    pub warnings: usize,
    /// What became of the credits that are new.
    pub payments: Option<NewPayments>,
}

impl NightFile {
    /// Every fate.
    pub const FATES: [&str; 5] = ["taken", "known", "not_read", "failed", "stays"];
}

/// Where files go.
pub(super) struct Shelves<'a> {
    pub(super) inbox: &'a Path,
    pub(super) archive: &'a Path,
    pub(super) failed: &'a Path,
    pub(super) day: Date,
    /// Says a text in the reader's language.
    pub(super) say: fn(&str) -> String,
}

/// Where one file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goes {
    /// Into the archive, under this word.
    Archive(&'static str),
    /// To those that failed.
    Failed,
    /// Nowhere: another night may take it.
    Stays,
}

fn goes(report: &FileReport) -> Goes {
    match report.fate {
        _ if !report.refused_members.is_empty() => Goes::Failed,
        Fate::Taken => Goes::Archive("taken"),
        Fate::Known => Goes::Archive("known"),
        Fate::Company => Goes::Archive("not_read"),
        Fate::Passed | Fate::Refused => Goes::Failed,
        Fate::Undone => Goes::Stays,
    }
}

impl Shelves<'_> {
    /// Files what was read, and says what became of it.
    pub(super) async fn file(&self, report: &FileReport, taken: &Taken) -> Result<NightFile> {
        let mut told = NightFile {
            file: report.file.clone(),
            kind: report.kind.clone(),
            fate: "stays",
            added: report.added,
            known: report.known,
            warnings: report.warnings.len(),
            payments: report.payments,
        };
        let Some(path) = report.path.as_deref() else { return Ok(told) };
        match goes(report) {
            Goes::Stays => {}
            Goes::Archive(word) => {
                let now = digest(path).await?;
                if report.sha256.as_ref().is_none_or(|read| *read == now) {
                    self.put(self.archive, path, &now).await?;
                    told.fate = word;
                }
            }
            // whoever was still writing it goes on where he began
            Goes::Failed if taken.files.get(path).copied() != look(path) => self.give_back(path)?,
            Goes::Failed => {
                let why = self.why(report);
                let now = digest(path).await.unwrap_or_default();
                let place = self.put(self.failed, path, &now).await?;
                let mut beside = place.into_os_string();
                beside.push(".why.txt");
                write_aside(Path::new(&beside), why.as_bytes())?;
                told.fate = "failed";
            }
        }
        Ok(told)
    }

    /// Why a file failed, for whoever finds it.
    fn why(&self, report: &FileReport) -> String {
        let refused = report.error.iter().chain(&report.refused_members).map(|why| why.said(|text| (self.say)(text)));
        let passed = report.skipped.iter().map(|why| format!("{}: {}", report.file, (self.say)(why)));
        refused.chain(passed).map(|line| format!("{line}\n")).collect()
    }

    /// Puts a file that was taken back into the inbox.
    fn give_back(&self, path: &Path) -> Result<()> {
        let to = free(self.inbox, &name_of(path));
        std::fs::rename(path, &to).map_err(|error| Error::io(path, error))
    }

    /// Moves a file onto a shelf, under the day; says where it lies now.
    async fn put(&self, shelf: &Path, path: &Path, sha256: &str) -> Result<PathBuf> {
        let folder = shelf.join(self.day.to_string());
        std::fs::create_dir_all(&folder).map_err(|error| Error::io(&folder, error))?;
        let same = folder.join(name_of(path));
        // a night that was killed between copying it and removing it
        if look(&same).is_some() && digest(&same).await? == *sha256 {
            remove(path)?;
            return Ok(same);
        }
        let to = free(&folder, &name_of(path));
        match std::fs::rename(path, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::CrossesDevices => {
                let mut copy = aside(&to, &[])?;
                let mut file = std::fs::File::open(path).map_err(|error| Error::io(path, error))?;
                let copied = std::io::copy(&mut file, &mut copy).and_then(|_| copy.as_file().sync_all());
                copied.map_err(|error| Error::io(&to, error))?;
                copy.persist_noclobber(&to).map_err(|error| Error::io(&to, error.error))?;
                remove(path)?;
            }
            Err(error) => return Err(Error::io(&to, error)),
        }
        sync(&folder);
        if let Some(place) = path.parent() {
            // the folder for this one file
            let _ = std::fs::remove_dir(place);
        }
        Ok(to)
    }
}

fn remove(path: &Path) -> Result<()> {
    std::fs::remove_file(path).map_err(|error| Error::io(path, error))?;
    if let Some(place) = path.parent() {
        let _ = std::fs::remove_dir(place);
    }
    Ok(())
}

/// Lets a folder's entries reach the disk; where the system cannot do that, nothing is lost but time.
pub(super) fn sync(folder: &Path) {
    let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
}

/// A name in a folder that nothing has: the file's own, else with a number before its ending.
fn free(folder: &Path, name: &str) -> PathBuf {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let numbered = (2..).map(|number: u32| format!("{stem}-{number}{ending}"));
    let mut paths = std::iter::once(name.to_owned()).chain(numbered).map(|name| folder.join(name));
    paths.find(|path| std::fs::symlink_metadata(path).is_err()).unwrap_or_else(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_lies_there_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let name = |wanted: &str| name_of(&free(folder.path(), wanted));
        assert_eq!(name("a.xml"), "a.xml");
        std::fs::write(folder.path().join("a.xml"), "x").unwrap();
        assert_eq!(name("a.xml"), "a-2.xml");
        std::fs::create_dir(folder.path().join("a-2.xml")).unwrap();
        assert_eq!(name("a.xml"), "a-3.xml");
        std::fs::write(folder.path().join("C53"), "x").unwrap();
        assert_eq!((name("C53").as_str(), name(".x").as_str()), ("C53-2", ".x"));
    }

    #[test]
    fn only_what_the_file_itself_is_makes_it_fail() {
        let of = |fate| goes(&FileReport { fate, ..FileReport::default() });
        assert_eq!(of(Fate::Taken), Goes::Archive("taken"));
        assert_eq!(of(Fate::Known), Goes::Archive("known"));
        assert_eq!(of(Fate::Company), Goes::Archive("not_read"));
        assert_eq!((of(Fate::Passed), of(Fate::Refused), of(Fate::Undone)), (Goes::Failed, Goes::Failed, Goes::Stays));
        let partly = FileReport { refused_members: vec![crate::Refused::default()], ..FileReport::default() };
        assert_eq!(goes(&partly), Goes::Failed);
    }
}
