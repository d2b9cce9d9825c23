//! A whole night: what lies in the inbox into the books, released runs into the outbox, and a summary of it.
//!
//! Decides nothing: it asks the other rooms, one after the other. Invariants: each step can be killed anywhere and is finished or
//! begun anew by the next night; what one step cannot do keeps only that back which needs it; nothing is released, signed or
//! vouched for.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::base::day::only_looks;
use crate::base::proven::BATCH;
use crate::base::rights::Right;
use crate::intake::import::{ImportOptions, import};
use crate::intake::import_outcome::tell_payments;
use crate::intake::report::{Imported, NewPayments, Progress};
use crate::matching::verdicts::match_all;
use crate::night::alarm::{self, Alarm, AlarmKind};
use crate::night::figures::figures;
use crate::night::filing::{NightFile, Shelves};
use crate::night::inbox::{self, OWN, Patience, Taken};
use crate::night::orders;
use crate::night::outbox::{self, Outcome as Put};
use crate::night::summary::{Night, NightCases, Outcome};
use crate::night::{backups, lock};
use crate::reports::verify::verify;
use crate::{Error, Kasse, Result};

/// What a night is asked for.
#[derive(Clone, Debug)]
pub struct NightAsked {
    /// Where files are put that are to be read.
    pub inbox: PathBuf,
    /// Where they go once they were read.
    pub archive: PathBuf,
    /// Where those go that were refused.
    pub failed: PathBuf,
    /// Where released payment files are put; none where people hand them in.
    pub outbox: Option<PathBuf>,
    /// Says a text in the reader's language.
    pub say: fn(&str) -> String,
    /// MiB that are free where a folder lies.
    pub free_mib: fn(&Path) -> Option<u64>,
}

impl NightAsked {
    /// The folders on which nobody else may work meanwhile, locked; nothing where another night is at work.
    ///
    /// # Errors
    /// [`Error::Refused`] for folders within each other, [`Error::Io`] for one that is not there.
    pub fn alone(&self) -> Result<Option<lock::Alone>> {
        for folder in [&self.archive, &self.failed] {
            std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, error))?;
        }
        let real = |folder: &PathBuf| folder.canonicalize().map_err(|error| Error::io(folder, error));
        let inbox = real(&self.inbox)?;
        let others = [&self.archive, &self.failed].into_iter().chain(&self.outbox);
        for folder in others {
            if real(folder)?.starts_with(&inbox) {
                return Err(Error::Refused(format!(
                    "{} lies within the inbox, and what is put there would be read: name a folder outside of it",
                    folder.display()
                )));
            }
        }
        let folders = [&self.inbox, &self.archive, &self.failed].into_iter().chain(&self.outbox);
        lock::alone(&folders.map(PathBuf::as_path).collect::<Vec<_>>())
    }
}

/// Does a whole night. What could not be done is told in it; whoever calls holds [`NightAsked::alone`].
///
/// # Errors
/// [`Error::Refused`] as of a day before that of the newest entry: then nothing was touched. What the database says where not even
/// the summary could be made.
pub async fn night(kasse: &Kasse, asked: &NightAsked, progress: &dyn Progress) -> Result<Night> {
    if let Some(newest) = only_looks(kasse).await? {
        return Err(Error::Refused(format!(
            "the newest entry of these books is of {newest}: as of {} no night can be done; nothing was touched",
            kasse.today
        )));
    }
    let kasse = &kasse.clone().staying();
    let last = store::nights(&mut *kasse.db.read().await?, 1).await?.pop();
    let mut done = Night::new(kasse);
    match read(kasse, asked, progress, &mut done).await {
        Ok(()) => {}
        Err(error) => done.failed.push(error.said(asked.say)),
    }
    let put = match (&asked.outbox, done.failed.is_empty()) {
        (Some(outbox), true) => Some(outbox::serve(kasse, outbox).await),
        // what was not read could keep a run back
        _ => None,
    };
    let put = put.map(|put| {
        put.unwrap_or_else(|error| {
            done.failed.push(error.said(asked.say));
            Put::default()
        })
    });
    if let Some(put) = &put {
        done.put_out.clone_from(&put.put);
        done.alarms.extend(put.withdrawn.iter().map(|file| withdrawn(file)));
    }
    if done.failed.is_empty() {
        match orders::carry_out(kasse, asked.say).await {
            Ok((planned, alarms)) => {
                done.planned = planned;
                done.alarms.extend(alarms);
            }
            Err(error) => done.failed.push(error.said(asked.say)),
        }
    }
    prove(kasse, last.as_ref(), &mut done).await;
    back_up(kasse, asked, &mut done).await;
    let since = last.as_ref().map_or(0, |night| night.journal);
    let found = figures(kasse, since, put.as_ref()).await?;
    (done.cases, done.runs) = (found.cases, found.runs);
    done.alarms.extend(found.alarms);
    done.alarms.extend(room(kasse, asked));
    done.outcome = done.outcome_of();
    close(kasse, &done, last.as_ref()).await?;
    Ok(done)
}

/// Reads the inbox, files what was read, and matches.
async fn read(kasse: &Kasse, asked: &NightAsked, progress: &dyn Progress, done: &mut Night) -> Result<()> {
    let batch = &kasse.config.batch;
    let seconds = |count: u16| Duration::from_secs(u64::from(count));
    let patience = Patience { still: seconds(batch.still_seconds), most: seconds(batch.wait_seconds) };
    let taken = inbox::take(&asked.inbox, patience, moment(kasse)?).await?;
    done.left.clone_from(&taken.left);
    let own = asked.inbox.join(OWN);
    if !taken.files.is_empty() {
        let options = ImportOptions { who: Some(BATCH.to_owned()), unattended: true, ..ImportOptions::default() };
        let mut imported = import(kasse, &[own], &options, progress).await?;
        file(kasse, asked, &imported, &taken, done).await?;
        match_all(kasse).await?;
        tell_payments(kasse, &mut imported).await?;
        for (told, report) in done.files.iter_mut().zip(imported.files.iter().filter(|report| report.path.is_some())) {
            told.payments = report.payments;
        }
        done.payments = NewPayments::sum(&imported);
    } else {
        match_all(kasse).await?;
    }
    Ok(())
}

async fn file(kasse: &Kasse, asked: &NightAsked, imported: &Imported, taken: &Taken, done: &mut Night) -> Result<()> {
    let NightAsked { inbox, archive, failed, say, .. } = asked;
    let shelves = Shelves { inbox, archive, failed, day: kasse.today, say: *say };
    for report in imported.files.iter().filter(|report| report.path.is_some()) {
        let told: NightFile = shelves.file(report, taken).await?;
        let why = report.error.as_ref().filter(|_| told.fate == "stays").map(|why| why.said(say));
        done.failed.extend(why);
        tracing::info!(file = told.file, kind = told.kind, fate = told.fate, added = told.added, "filed");
        report.warnings.iter().for_each(|remark| tracing::warn!(file = told.file, "{remark}"));
        done.files.push(told);
    }
    Ok(())
}

fn withdrawn(file: &str) -> Alarm {
    let text = format!(
        "the file {file:?} of a void run lay in the outbox and was taken out of it: make sure that it is not handed in"
    );
    Alarm::new(AlarmKind::Withdrawn, text)
}

/// Proves the books, where anything has changed since they were proved.
async fn prove(kasse: &Kasse, last: Option<&store::NightRow>, done: &mut Night) {
    let proof = async {
        let head = store::head(&mut *kasse.db.read().await?).await?.0;
        let same = last.is_some_and(|night| night.journal == head && Night::held(&night.summary));
        if !kasse.config.batch.verify || same {
            return Ok(None);
        }
        verify(kasse).await.map(|breaks| Some(breaks.is_empty()))
    };
    match proof.await {
        Ok(proved) => done.proved = proved,
        Err(error) => done.failed.push(error.to_string()),
    }
}

async fn back_up(kasse: &Kasse, asked: &NightAsked, done: &mut Night) {
    let Some(wanted) = &kasse.config.batch.backup else { return };
    match backups::make(kasse, wanted).await {
        Ok(made) => done.backup = made,
        Err(error) => {
            let why = error.said(asked.say);
            done.alarms.push(Alarm::new(AlarmKind::Backup, format!("the backup was not made: {why}")));
        }
    }
    let age = moment(kasse).ok().and_then(|now| backups::age_hours(&wanted.folder, now));
    if age.is_none_or(|hours| hours > i64::from(wanted.old_hours)) {
        let text = format!("no backup of the last {} hours is there", wanted.old_hours);
        done.alarms.push(Alarm::new(AlarmKind::Backup, text));
    }
}

/// Where little room is left.
fn room(kasse: &Kasse, asked: &NightAsked) -> Vec<Alarm> {
    let backup = kasse.config.batch.backup.as_ref().map(|backup| &backup.folder);
    let folders = [&asked.inbox, &asked.archive].into_iter().chain(&asked.outbox).chain(backup);
    let least = kasse.config.batch.free_mib;
    folders.filter_map(|folder| alarm::disk(&folder.display().to_string(), (asked.free_mib)(folder)?, least)).collect()
}

/// Closes the night in the books, where it did anything, is the first of its day or ended otherwise than the last one.
async fn close(kasse: &Kasse, done: &Night, last: Option<&store::NightRow>) -> Result<()> {
    let is_same = |night: &store::NightRow| night.day == kasse.today && night.outcome == done.outcome.word();
    if last.is_some_and(is_same) && !done.did_something() && done.proved.is_none() {
        return Ok(());
    }
    let mut tx = kasse.write(Right::Import, BATCH, "batch", "").await?;
    let summary = serde_json::to_string(done).map_err(|why| Error::Internal(why.to_string()))?;
    tx.add_night(done.outcome.word(), &summary).await?;
    Ok(tx.commit(&format!("{} files", done.files.len())).await?)
}

/// The wall clock.
fn moment(kasse: &Kasse) -> Result<Timestamp> {
    kasse.now.parse().map_err(|why: jiff::Error| Error::Internal(why.to_string()))
}

impl Night {
    fn new(kasse: &Kasse) -> Night {
        Night {
            treasury: kasse.config.name.clone(),
            day: kasse.today.to_string(),
            began: kasse.now.clone(),
            outcome: Outcome::Nothing,
            files: Vec::new(),
            left: Vec::new(),
            payments: NewPayments::default(),
            cases: NightCases::default(),
            put_out: Vec::new(),
            planned: Vec::new(),
            runs: Vec::new(),
            alarms: Vec::new(),
            proved: None,
            backup: None,
            failed: Vec::new(),
        }
    }
}
