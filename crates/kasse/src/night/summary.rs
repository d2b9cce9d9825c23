//! The summary of a night: what came in, what became of it, what waits for whom.
//!
//! Invariant: no name, account, reference or text of a citizen is in it, in no form: it is sent by mail and shown to whoever runs
//! the machine.

use serde::Serialize;

use crate::intake::report::NewPayments;
use crate::night::alarm::Alarm;
use crate::night::filing::NightFile;
use crate::night::inbox::Left;
use crate::night::outbox::PutOut;

/// How a night ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing is to do for people.
    Nothing,
    /// People are needed.
    People,
    /// Something failed; nothing is half-done.
    Failed,
}

impl Outcome {
    /// The word that is stored and that programs know.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Nothing => "nothing",
            Outcome::People => "people",
            Outcome::Failed => "failed",
        }
    }
}

/// The open cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NightCases {
    /// All of them.
    pub open: usize,
    /// Those that were opened since the last night.
    pub new: usize,
    /// Those that a person is to look at now: not put off to a later day.
    pub to_decide: usize,
    /// The age of the oldest one, in days.
    pub oldest_days: Option<i32>,
}

/// A run that is not through, and what it waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NightRun {
    /// Its name.
    pub run: String,
    /// `debits` or `refunds`.
    pub kind: &'static str,
    /// The day of collection or execution.
    pub due: String,
    /// Where it stands.
    pub state: &'static str,
    /// Its sum, EUR.
    pub amount: String,
    /// What it waits for, in one sentence.
    pub waits_for: String,
    /// Whether that is a person.
    pub person: bool,
}

/// A run that a standing order has planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NightPlanned {
    /// The order.
    pub order: String,
    /// The run; none where nothing is to be collected.
    pub run: Option<String>,
    /// The day of collection.
    pub due: String,
    /// The folder into which its notices were put; none where people write them.
    pub notices: Option<String>,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NightBackup {
    /// The file's name.
    pub file: String,
    /// Whether the newest one was restored into a scratch database and verified there in this night.
    pub tried: bool,
}

/// A night.
#[derive(Clone, Debug, Serialize)]
pub struct Night {
    /// The treasury.
    pub treasury: String,
    /// The business day.
    pub day: String,
    /// When it began, UTC.
    pub began: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was read, file by file.
    pub files: Vec<NightFile>,
    /// What was left in the inbox.
    pub left: Vec<Left>,
    /// The new credits of all files.
    pub payments: NewPayments,
    /// The open cases.
    pub cases: NightCases,
    /// Payment files that were put into the outbox.
    pub put_out: Vec<PutOut>,
    /// Runs that standing orders have planned.
    pub planned: Vec<NightPlanned>,
    /// The runs that are not through.
    pub runs: Vec<NightRun>,
    /// What people must be told of.
    pub alarms: Vec<Alarm>,
    /// Whether the books are proved; none where nothing has changed since they were.
    pub proved: Option<bool>,
    /// The backup that was made.
    pub backup: Option<NightBackup>,
    /// What failed.
    pub failed: Vec<String>,
}

impl Night {
    /// How it ended, by what it holds.
    pub(super) fn outcome_of(&self) -> Outcome {
        let stays = self.files.iter().any(|file| file.fate == "stays");
        if stays || !self.failed.is_empty() || self.proved == Some(false) {
            return Outcome::Failed;
        }
        let failed = self.files.iter().any(|file| file.fate == "failed" || file.warnings > 0);
        let waits = self.runs.iter().any(|run| run.person);
        let odd = self.left.iter().any(|left| left.person);
        if failed || waits || odd || self.cases.to_decide > 0 || !self.alarms.is_empty() {
            return Outcome::People;
        }
        Outcome::Nothing
    }

    /// Whether it did anything that the books or a folder show.
    pub(super) fn did_something(&self) -> bool {
        !self.files.is_empty() || !self.put_out.is_empty() || !self.planned.is_empty() || self.backup.is_some()
    }

    /// The summary for people, line by line, each a text of ours but for names of files.
    pub fn lines(&self) -> Vec<String> {
        let outcome = match self.outcome {
            Outcome::Nothing => "there is nothing to do",
            Outcome::People => "people are needed",
            Outcome::Failed => "something failed; nothing is half-done",
        };
        let mut lines = vec![format!("{}, night of {}: {outcome}", self.treasury, self.day)];
        lines.extend(self.failed.iter().map(|why| format!("failed: {why}")));
        let of = |fate: &str| self.files.iter().filter(|file| file.fate == fate).count();
        lines.push(format!(
            "{} files: {} taken, {} known already, {} failed, {} left for the next night",
            self.files.len(),
            of("taken"),
            of("known"),
            of("failed"),
            of("stays") + self.left.len()
        ));
        let failed = self.files.iter().filter(|file| file.fate == "failed");
        lines.extend(failed.map(|file| format!("the file {:?} failed: why is written beside it", file.file)));
        let read_again = self.files.iter().filter(|file| file.warnings > 0);
        lines.extend(read_again.map(|file| {
            format!(
                "the file {:?} was read with {} remarks: the journal of the night has them",
                file.file, file.warnings
            )
        }));
        lines.extend(self.left.iter().map(|left| format!("the file {:?} was left: {}", left.file, left.why)));
        let NewPayments { new, placed, in_doubt, other } = self.payments;
        lines.push(format!("{new} new credits: {placed} placed, {in_doubt} in doubt, {other} other money"));
        let NightCases { open, new, to_decide, .. } = self.cases;
        lines.push(format!("{open} cases are open, {new} of them new; {to_decide} are to be decided now"));
        lines.extend(self.put_out.iter().map(|put| {
            let PutOut { run, file, count, amount, due, .. } = put;
            format!("run {run}: the file {file:?} lies in the outbox: {count} orders, {amount} EUR, due on {due}")
        }));
        lines.extend(self.planned.iter().map(|planned| match (&planned.run, &planned.notices) {
            (Some(run), Some(folder)) => format!(
                "the standing order {:?} has planned run {run} for {}; its notices are in {folder:?}",
                planned.order, planned.due
            ),
            (Some(run), None) => {
                format!("the standing order {:?} has planned run {run} for {}", planned.order, planned.due)
            }
            (None, _) => {
                format!("the standing order {:?} has found nothing to collect on {}", planned.order, planned.due)
            }
        }));
        lines.extend(self.runs.iter().map(|run| {
            let NightRun { run, due, amount, waits_for, .. } = run;
            format!("run {run}, {amount} EUR, due on {due}: {waits_for}")
        }));
        lines.extend(self.alarms.iter().map(|alarm| alarm.text.clone()));
        lines.extend(self.proved.map(|proved| match proved {
            true => "the books are proved".to_owned(),
            false => {
                "the books do not hold: run `einmal verify` and change nothing before its reason is known".to_owned()
            }
        }));
        lines.extend(self.backup.iter().map(|backup| match backup.tried {
            true => format!("the backup {:?} was made, and the newest one restored and verified", backup.file),
            false => format!("the backup {:?} was made", backup.file),
        }));
        lines
    }
}

/// Reading a stored summary.
impl Night {
    fn field(summary: &str, path: &str) -> Option<bool> {
        let value: serde_json::Value = serde_json::from_str(summary).ok()?;
        value.pointer(path)?.as_bool()
    }

    /// Whether a backup was tried in the night of a stored summary.
    pub(super) fn tried(summary: &str) -> bool {
        Night::field(summary, "/backup/tried") == Some(true)
    }

    /// Whether the books were proved in the night of a stored summary, or had not changed since they were.
    pub(super) fn held(summary: &str) -> bool {
        Night::field(summary, "/proved") != Some(false)
    }
}
