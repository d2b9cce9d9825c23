//! Background jobs that people wait for: importing and matching. A job continues when the browser is closed; its page
//! shows the progress.
//!
//! Invariants: only a limited number of ended jobs is kept, the oldest are dropped first; a job belongs to the person
//! who began it; a job that crashed is reported as failed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kasse::{Guarded, Imported, Matched, Progress, Scratch};
use serde_json::{Value, json};

/// How many ended jobs are kept.
const REMEMBERED: usize = 50;

/// How many of these have files that somebody may still want.
const WITH_FILES: usize = 8;

/// What a check of another system's debit file came to.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Its result.
    pub(crate) guarded: Guarded,
    /// The folder with the files that it wrote.
    pub(crate) folder: Scratch,
}

/// How a job ended.
#[derive(Clone, Debug)]
pub(crate) enum Ended {
    /// The result of a check.
    Checked(Arc<Checked>),
    /// The import's result, and that of the matching after it.
    Done(Imported, Option<Matched>),
    /// The reason why it stopped.
    Failed(String),
}

/// A job and its progress.
#[derive(Debug)]
pub(crate) struct Job {
    /// Its number.
    pub(crate) number: u64,
    /// Who began it.
    pub(crate) owner: String,
    /// Whether it checks a file; else it imports.
    is_check: bool,
    place: AtomicUsize,
    files: AtomicUsize,
    bookings: AtomicUsize,
    file: Mutex<String>,
    ended: Mutex<Option<Ended>>,
}

/// The progress of a job at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Progressed {
    /// The number of the file that it reads, from 1.
    pub(crate) place: usize,
    /// The number of files.
    pub(crate) files: usize,
    /// The number of bookings read so far.
    pub(crate) bookings: usize,
    /// The file's name.
    pub(crate) file: String,
    /// How it ended, if it has.
    pub(crate) ended: Option<Ended>,
}

impl Progressed {
    /// The JSON for programs.
    pub(crate) fn json(&self) -> Value {
        let (state, files, matched, error) = match &self.ended {
            None => ("running", None, None, None),
            Some(Ended::Done(imported, matched)) => ("done", Some(&imported.files), matched.as_ref(), None),
            Some(Ended::Checked(_)) => ("done", None, None, None),
            Some(Ended::Failed(why)) => ("failed", None, None, Some(why)),
        };
        json!({
            "state": state, "file": self.file, "place": self.place, "of": self.files, "bookings": self.bookings,
            "files": files, "matched": matched, "error": error,
        })
    }
}

impl Job {
    /// The progress at this moment.
    pub(crate) fn progress(&self) -> Progressed {
        Progressed {
            place: self.place.load(Ordering::Relaxed),
            files: self.files.load(Ordering::Relaxed),
            bookings: self.bookings.load(Ordering::Relaxed),
            file: self.file.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            ended: self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Marks the job as ended.
    pub(crate) fn end(&self, ended: Ended) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
    }

    fn has_ended(&self) -> bool {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn has_files(&self) -> bool {
        matches!(*self.ended.lock().unwrap_or_else(PoisonError::into_inner), Some(Ended::Checked(_)))
    }
}

impl Progress for Job {
    fn file(&self, place: usize, files: usize, name: &str) {
        self.place.store(place, Ordering::Relaxed);
        self.files.store(files, Ordering::Relaxed);
        name.clone_into(&mut self.file.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn advance(&self, bookings: usize) {
        self.bookings.store(bookings, Ordering::Relaxed);
    }
}

/// All jobs of this process.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    last: AtomicU64,
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
}

impl Jobs {
    /// Begins to import.
    pub(crate) fn begin(&self, owner: &str) -> Arc<Job> {
        self.begin_one(owner, false)
    }

    /// Begins to check a file.
    pub(crate) fn begin_check(&self, owner: &str) -> Arc<Job> {
        self.begin_one(owner, true)
    }

    fn begin_one(&self, owner: &str, is_check: bool) -> Arc<Job> {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let job = Arc::new(Job {
            number,
            owner: owner.to_owned(),
            is_check,
            place: AtomicUsize::new(0),
            files: AtomicUsize::new(0),
            bookings: AtomicUsize::new(0),
            file: Mutex::default(),
            ended: Mutex::default(),
        });
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let ended: Vec<u64> = jobs.values().filter(|job| job.has_ended()).map(|job| job.number).collect();
        let forgotten = ended.len().saturating_sub(REMEMBERED);
        ended.iter().take(forgotten).for_each(|number| drop(jobs.remove(number)));
        let with_files: Vec<u64> = jobs.values().filter(|job| job.has_files()).map(|job| job.number).collect();
        let removed = with_files.len().saturating_sub(WITH_FILES);
        with_files.iter().take(removed).for_each(|number| drop(jobs.remove(number)));
        jobs.insert(number, Arc::clone(&job));
        job
    }

    /// An import by its number, if it belongs to this person.
    pub(crate) fn import_of(&self, number: u64, owner: &str) -> Option<Arc<Job>> {
        self.of(number, owner).filter(|job| !job.is_check)
    }

    /// A check by its number, if it belongs to this person.
    pub(crate) fn check_of(&self, number: u64, owner: &str) -> Option<Arc<Job>> {
        self.of(number, owner).filter(|job| job.is_check)
    }

    /// A job by its number, if it belongs to this person.
    pub(crate) fn of(&self, number: u64, owner: &str) -> Option<Arc<Job>> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.get(&number).filter(|job| job.owner == owner).cloned()
    }
}
