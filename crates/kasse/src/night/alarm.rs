//! What people must be told of though nothing asks for it: decided by figures alone.
//!
//! Pure. Invariant: nothing in it is about a person; a figure at its limit is no alarm, beyond it is one.

use jiff::civil::Date;
use sepa::target_day_after;
use serde::Serialize;

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// The statements of an account do not reach the last bank day, or have a gap.
    Statements,
    /// A case is open for too long.
    CaseOld,
    /// A run is not settled though it should be.
    NotSettled,
    /// The order number of a file in the outbox is not known.
    NotSent,
    /// Many debits of a run came back.
    Returns,
    /// A debit at the bank takes more than is owed by now.
    Crossed,
    /// The file of a void run lay in the outbox.
    Withdrawn,
    /// The newest backup is old, there is none, or it could not be restored.
    Backup,
    /// Little room is left on a disk.
    Disk,
    /// The books were restored or copied and are locked.
    Locked,
    /// A standing order was not carried out.
    Order,
}

impl AlarmKind {
    /// Every kind.
    pub const ALL: [AlarmKind; 11] = [
        AlarmKind::Statements,
        AlarmKind::CaseOld,
        AlarmKind::NotSettled,
        AlarmKind::NotSent,
        AlarmKind::Returns,
        AlarmKind::Crossed,
        AlarmKind::Withdrawn,
        AlarmKind::Backup,
        AlarmKind::Disk,
        AlarmKind::Locked,
        AlarmKind::Order,
    ];

    /// The word by which programs know it.
    pub fn word(self) -> &'static str {
        match self {
            AlarmKind::Statements => "statements",
            AlarmKind::CaseOld => "case_old",
            AlarmKind::NotSettled => "not_settled",
            AlarmKind::NotSent => "not_sent",
            AlarmKind::Returns => "returns",
            AlarmKind::Crossed => "crossed",
            AlarmKind::Withdrawn => "withdrawn",
            AlarmKind::Backup => "backup",
            AlarmKind::Disk => "disk",
            AlarmKind::Locked => "locked",
            AlarmKind::Order => "order",
        }
    }
}

/// What people must be told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// What it is about.
    pub kind: AlarmKind,
    /// In one sentence, with what to do.
    pub text: String,
}

impl Alarm {
    pub(super) fn new(kind: AlarmKind, text: String) -> Alarm {
        Alarm { kind, text }
    }
}

/// The bank day so many after a day.
pub(super) fn bank_days_after(day: Date, count: u8) -> Date {
    (0..count).fold(day, |day, _| target_day_after(day))
}

/// A case that is open for too long, of all open ones: `oldest` is the age of the oldest one, in days.
pub(super) fn case_old(old: usize, oldest: Option<i32>, limit: i32) -> Option<Alarm> {
    let oldest = oldest.filter(|days| *days > limit)?;
    Some(Alarm::new(
        AlarmKind::CaseOld,
        format!(
            "{old} cases are open for more than {limit} days, the oldest for {oldest}: decide them (`einmal cases`)"
        ),
    ))
}

/// Debits of a run that came back, of all that it collected.
pub(super) fn returns(run: &str, came_back: usize, all: usize, percent: u8) -> Option<Alarm> {
    let is_many = came_back.saturating_mul(100) > all.saturating_mul(usize::from(percent));
    (came_back > 1 && is_many).then(|| {
        Alarm::new(
            AlarmKind::Returns,
            format!("of {all} debits of run {run}, {came_back} came back: look for a common reason (`einmal collect show {run}`)"),
        )
    })
}

/// A run whose debits are not settled though so many bank days have passed since the collection.
pub(super) fn not_settled(run: &str, due: Date, today: Date, days: u8) -> Option<Alarm> {
    (today > bank_days_after(due, days)).then(|| {
        Alarm::new(
            AlarmKind::NotSettled,
            format!(
                "run {run} was due on {due} and the bank has not said of all its debits what became of them: ask it"
            ),
        )
    })
}

/// A file that lies in the outbox, or was taken from it, and of which no order number is known.
pub(super) fn not_sent(run: &str, put_on: Date, today: Date, days: u8) -> Option<Alarm> {
    (today > bank_days_after(put_on, days)).then(|| {
        Alarm::new(
            AlarmKind::NotSent,
            format!("the file of run {run} was put into the outbox on {put_on} and nothing proves that the bank has it: ask whoever hands it in, then record the order number (`einmal collect sent {run}`)"),
        )
    })
}

/// Room that is left, in MiB.
pub(super) fn disk(folder: &str, free: u64, least: u64) -> Option<Alarm> {
    (free < least).then(|| {
        Alarm::new(AlarmKind::Disk, format!("only {free} MiB are left in {folder:?}, {least} should be: make room"))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_limit_is_no_alarm_and_beyond_it_is_one() {
        assert!(case_old(1, Some(30), 30).is_none() && case_old(0, None, 30).is_none());
        assert!(case_old(2, Some(31), 30).is_some());
        assert!(returns("L1", 5, 100, 5).is_none() && returns("L1", 6, 100, 5).is_some());
        // one alone is no rate
        assert!(returns("L1", 1, 1, 5).is_none());
        let friday = date(2024, 3, 22);
        // five bank days on: Monday to Thursday, and Tuesday after Easter
        assert_eq!(bank_days_after(friday, 5), date(2024, 4, 2));
        assert!(not_settled("L1", friday, date(2024, 4, 2), 5).is_none());
        assert!(not_settled("L1", friday, date(2024, 4, 3), 5).is_some());
        assert!(not_sent("L1", friday, date(2024, 3, 25), 1).is_none());
        assert!(not_sent("L1", friday, date(2024, 3, 26), 1).is_some());
        assert!(disk("a", 10, 10).is_none() && disk("a", 9, 10).is_some());
    }

    #[test]
    fn words_are_what_json_says() {
        for kind in AlarmKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }
}
