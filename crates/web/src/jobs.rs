//! Work that people wait for: importing and matching. It goes on when the browser is closed; its page shows how far it is.
//!
//! Invariants: few are remembered, the oldest ended ones are forgotten first; a job belongs to who began it, and a job that
//! died says so.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kasse::{Imported, Matched, Progress};
use serde_json::{Value, json};

/// Ended jobs that are remembered.
const REMEMBERED: usize = 50;

/// What a job did.
#[derive(Clone, Debug)]
pub(crate) enum Ended {
    /// What was read, and what the matching that followed came to.
    Done(Imported, Option<Matched>),
    /// Why nothing more was done.
    Failed(String),
}

/// How far a job is.
#[derive(Debug)]
pub(crate) struct Job {
    /// Its number.
    pub(crate) number: u64,
    /// Who began it.
    pub(crate) owner: String,
    place: AtomicUsize,
    files: AtomicUsize,
    bookings: AtomicUsize,
    file: Mutex<String>,
    ended: Mutex<Option<Ended>>,
}

/// How far a job is, at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Progressed {
    /// Which file it reads, from 1.
    pub(crate) place: usize,
    /// Of how many.
    pub(crate) files: usize,
    /// Bookings that were read.
    pub(crate) bookings: usize,
    /// The file's name.
    pub(crate) file: String,
    /// What it came to.
    pub(crate) ended: Option<Ended>,
}

impl Progressed {
    /// As programs read it.
    pub(crate) fn json(&self) -> Value {
        let (state, files, matched, error) = match &self.ended {
            None => ("running", None, None, None),
            Some(Ended::Done(imported, matched)) => ("done", Some(&imported.files), matched.as_ref(), None),
            Some(Ended::Failed(why)) => ("failed", None, None, Some(why)),
        };
        json!({
            "state": state, "file": self.file, "place": self.place, "of": self.files, "bookings": self.bookings,
            "files": files, "matched": matched, "error": error,
        })
    }
}

impl Job {
    /// How far it is.
    pub(crate) fn progress(&self) -> Progressed {
        Progressed {
            place: self.place.load(Ordering::Relaxed),
            files: self.files.load(Ordering::Relaxed),
            bookings: self.bookings.load(Ordering::Relaxed),
            file: self.file.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            ended: self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// It has ended.
    pub(crate) fn end(&self, ended: Ended) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
    }

    fn has_ended(&self) -> bool {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).is_some()
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

/// All jobs.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    last: AtomicU64,
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
}

impl Jobs {
    /// A new job.
    pub(crate) fn begin(&self, owner: &str) -> Arc<Job> {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let job = Arc::new(Job {
            number,
            owner: owner.to_owned(),
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
        jobs.insert(number, Arc::clone(&job));
        job
    }

    /// Somebody's job.
    pub(crate) fn of(&self, number: u64, owner: &str) -> Option<Arc<Job>> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.get(&number).filter(|job| job.owner == owner).cloned()
    }
}
