//! The nightly job: how long it waits, and from when on people are told of something.
//!
//! Knows no folder of it: those are said with the command. Invariant: what counts days or copies counts at least one.

use std::path::PathBuf;

use jiff::civil::Weekday;
use ledger::standing::Schedule;
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
    /// What the nightly job plans by itself, once two people have put it in force.
    pub orders: Vec<StandingOrder>,
}

/// A standing order: runs that the nightly job plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingOrder {
    /// Its name.
    pub name: String,
    /// The levies; all where none is named.
    pub kinds: Vec<String>,
    /// Its days.
    pub schedule: Schedule,
    /// Days between planning and posting the notices.
    pub post_days: u16,
    /// At most so many debits.
    pub limit: Option<usize>,
    /// The folder into which the notices are put for the print shop; none where people write them.
    pub notices: Option<PathBuf>,
}

impl StandingOrder {
    /// Its terms, word for word: what one person makes and another puts in force.
    pub fn terms(&self) -> String {
        let days = match &self.schedule {
            Schedule::Weekly(weekday) => format!("weekday={weekday:?}"),
            Schedule::Monthly(days) => format!("days={days:?}"),
        };
        let kinds = self.kinds.join(", ");
        let limit = self.limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
        let notices = self.notices.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default();
        format!("kinds={kinds}; {days}; post_days={}; limit={limit}; notices={notices}", self.post_days)
    }
}

/// `[[batch.order]]` in einmal.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderTable {
    name: String,
    #[serde(default)]
    kinds: Vec<String>,
    weekday: Option<String>,
    days: Option<Vec<i8>>,
    #[serde(default = "three")]
    post_days: u16,
    limit: Option<usize>,
    notices: Option<PathBuf>,
}

fn three() -> u16 {
    3
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl OrderTable {
    fn read(self) -> std::result::Result<StandingOrder, String> {
        let name = self.name;
        if name.trim().is_empty() {
            return Err("batch.order: name is empty".to_owned());
        }
        let schedule = match (self.weekday, self.days) {
            (Some(word), None) => {
                let found = WEEKDAYS.iter().find(|(own, _)| *own == word).map(|(_, weekday)| *weekday);
                Schedule::Weekly(found.ok_or_else(|| format!("batch.order {name:?}: {word:?} is no weekday (monday)"))?)
            }
            (None, Some(days)) if !days.is_empty() && days.iter().all(|day| (1..=31).contains(day)) => {
                Schedule::Monthly(days)
            }
            _ => return Err(format!("batch.order {name:?}: say either weekday or days, each from 1 to 31")),
        };
        let (kinds, post_days, limit, notices) = (self.kinds, self.post_days, self.limit, self.notices);
        Ok(StandingOrder { name, kinds, schedule, post_days, limit, notices })
    }
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
    order: Vec<OrderTable>,
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
            order: Vec::new(),
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
        let orders: Vec<StandingOrder> =
            self.order.into_iter().map(OrderTable::read).collect::<std::result::Result<_, _>>()?;
        let names: std::collections::HashSet<&str> = orders.iter().map(|order| order.name.as_str()).collect();
        if names.len() < orders.len() {
            return Err("batch.order: two of one name".to_owned());
        }
        Ok(Batch {
            orders,
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
        let order = "[[order]]\nname = \"Steuern\"\nkinds = [\"A\"]\ndays = [1, 15]\n";
        let read_order = read(order).unwrap().orders.remove(0);
        assert_eq!(read_order.terms(), "kinds=A; days=[1, 15]; post_days=3; limit=none; notices=");
        assert_eq!(read(&format!("{order}{order}")), Err("batch.order: two of one name".to_owned()));
        for wrong in ["weekday = \"montag\"", "days = []", "days = [32]", "weekday = \"monday\"\ndays = [1]", ""] {
            assert!(read(&format!("[[order]]\nname = \"x\"\n{wrong}")).is_err(), "{wrong}");
        }
        assert!(read("case_days = 0").is_err() && read("backup_keep = 0").is_err());
        assert_eq!(read("returns_percent = 101"), Err("batch.returns_percent: is at most 100".to_owned()));
        assert_eq!(read("backup_folder = \"\""), Err("batch.backup_folder: is empty".to_owned()));
    }
}
