//! The nightly job: how long it waits, and from when on people are told of something.
//!
//! Knows no folder of it: those are said with the command. Invariant: what counts days or copies counts at least one.

use std::path::PathBuf;

use serde::Deserialize;

/// How the nightly job works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// A file in the inbox is whole once its size and time have stood still for so many seconds.
    pub still_seconds: u16,
    /// So many seconds are waited, in all, for files that are being written.
    pub wait_seconds: u16,
    /// Days after which an open case is told of as too old.
    pub case_days: i32,
    /// Bank days after the collection by which a run should be settled.
    pub settle_days: u8,
    /// Bank days after a file was put into the outbox by which its order number should be known.
    pub sent_days: u8,
    /// Hundredths of a run's debits that may come back before people are told.
    pub returns_percent: u8,
    /// MiB that must be free where files are kept.
    pub free_mib: u64,
    /// Whether the books are proved each night in which they changed.
    pub verify: bool,
    /// Where a backup is made after each night, and how many are kept; none where others make them.
    pub backup: Option<Backups>,
}

/// Backups of the nightly job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    /// The folder.
    pub folder: PathBuf,
    /// How many are kept.
    pub keep: u16,
    /// Days between two tries to restore the newest one; none is 0.
    pub try_days: u16,
    /// Hours after which the newest one is told of as too old.
    pub old_hours: u16,
}

/// `[batch]` in einmal.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BatchTable {
    still_seconds: u16,
    wait_seconds: u16,
    case_days: u16,
    settle_days: u8,
    sent_days: u8,
    returns_percent: u8,
    free_mib: u64,
    verify: bool,
    backup_folder: Option<PathBuf>,
    backup_keep: u16,
    backup_try_days: u16,
    backup_old_hours: u16,
}

impl Default for BatchTable {
    fn default() -> Self {
        BatchTable {
            still_seconds: 5,
            wait_seconds: 60,
            case_days: 30,
            settle_days: 5,
            sent_days: 1,
            returns_percent: 5,
            free_mib: 1_024,
            verify: true,
            backup_folder: None,
            backup_keep: 14,
            backup_try_days: 7,
            backup_old_hours: 48,
        }
    }
}

impl BatchTable {
    /// The setting, or what is wrong with it.
    pub(super) fn read(self) -> std::result::Result<Batch, String> {
        if self.case_days == 0 || self.settle_days == 0 || self.backup_keep == 0 || self.backup_old_hours == 0 {
            return Err("batch: case_days, settle_days, backup_keep and backup_old_hours are at least 1".to_owned());
        }
        if self.returns_percent > 100 {
            return Err("batch.returns_percent: is at most 100".to_owned());
        }
        let (keep, try_days, old_hours) = (self.backup_keep, self.backup_try_days, self.backup_old_hours);
        let backup = match self.backup_folder {
            Some(folder) if folder.as_os_str().is_empty() => return Err("batch.backup_folder: is empty".to_owned()),
            folder => folder.map(|folder| Backups { folder, keep, try_days, old_hours }),
        };
        Ok(Batch {
            still_seconds: self.still_seconds,
            wait_seconds: self.wait_seconds,
            case_days: i32::from(self.case_days),
            settle_days: self.settle_days,
            sent_days: self.sent_days,
            returns_percent: self.returns_percent,
            free_mib: self.free_mib,
            verify: self.verify,
            backup,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_counts_at_least_one() {
        let read = |text: &str| toml::from_str::<BatchTable>(text).unwrap().read();
        let plain = read("").unwrap();
        assert_eq!((plain.still_seconds, plain.case_days, plain.backup), (5, 30, None));
        let kept = read("backup_folder = \"sicherung\"\nbackup_keep = 3").unwrap().backup.unwrap();
        assert_eq!((kept.folder, kept.keep, kept.try_days), (PathBuf::from("sicherung"), 3, 7));
        assert!(read("case_days = 0").is_err() && read("backup_keep = 0").is_err());
        assert_eq!(read("returns_percent = 101"), Err("batch.returns_percent: is at most 100".to_owned()));
        assert_eq!(read("backup_folder = \"\""), Err("batch.backup_folder: is empty".to_owned()));
    }
}
