//! What waits to be written beside the books.
//!
//! Must not know the database. Invariants: what anybody can cause has an upper bound while it waits; all comes out in the
//! order in which it came; a code that was used is used for good, and a log-in that was ended has ended.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// What somebody did or tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// The wall clock, UTC, RFC 3339.
    pub at: String,
    /// Who; empty for a name that nobody has.
    pub person: String,
    /// What kind of access: `login`, `failed`, `logout`, `refused`, `export`, `read`, `look`, `limit`.
    pub kind: String,
    /// Of what: a page, a command, a Kassenzeichen.
    pub what: String,
    /// By which way: `page`, `api`, `command`.
    pub way: String,
    /// From where.
    pub address: String,
}

/// A log-in on the pages. Moments are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the secret that the browser holds, hexadecimal.
    pub digest: String,
    /// The person.
    pub staff: String,
    /// When the log-in began.
    pub began: i64,
    /// When it was last used.
    pub seen: i64,
    /// The browser's name for itself (User-Agent).
    pub agent: String,
    /// When the person last typed the own password.
    pub proved: i64,
}

/// A row that is to be written.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A log-in, and which row about its person was the newest then.
    Session(SessionRow, i64),
    Touch(String, i64),
    /// The time step of the code that a person used last.
    Step(String, i64),
    /// A recovery code that was used.
    Recovery(String),
    Prove(String, i64),
    End(String),
    EndOld(i64, i64),
    Access(AccessRow),
    /// The end of what was recorded before a moment.
    Forget(String),
}

/// What is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    changes: Mutex<Waiting>,
    /// Told when all of it has been written.
    settled: Notify,
    /// Codes of second factors that were used in this process.
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    /// By person: the time step of the last code.
    steps: HashMap<String, i64>,
    /// Recovery codes, as digests.
    recoveries: HashSet<String>,
}

#[derive(Debug, Default)]
struct Waiting {
    changes: VecDeque<Change>,
    /// Whether a task writes them.
    underway: bool,
}

/// The most changes that wait, but for what is never lost: an import of an hour in which somebody looks at ten people a second.
const MOST: usize = 50_000;

/// How many changes are written at once.
const AT_ONCE: usize = 500;

impl Change {
    /// Whether it only tells: what ends a log-in or uses up a code is never lost, however many wrong tries wait before it.
    fn may_be_lost(&self) -> bool {
        match self {
            Change::Access(_) | Change::Touch(..) | Change::Prove(..) | Change::EndOld(..) | Change::Forget(_) => true,
            Change::Session(..) | Change::Step(..) | Change::Recovery(_) | Change::End(_) => false,
        }
    }

    /// What a log-in becomes by this change; `None` where it ends.
    pub(crate) fn on(&self, session: SessionRow) -> Option<SessionRow> {
        match self {
            Change::Touch(digest, seen) if *digest == session.digest => {
                Some(SessionRow { seen: session.seen.max(*seen), ..session })
            }
            Change::Prove(digest, moment) if *digest == session.digest => {
                Some(SessionRow { proved: session.proved.max(*moment), ..session })
            }
            Change::End(digest) if *digest == session.digest => None,
            Change::EndOld(began, seen) if session.began < *began || session.seen < *seen => None,
            _ => Some(session),
        }
    }
}

impl Beside {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The changes that wait, in their order.
    pub(crate) fn waiting(&self) -> Vec<Change> {
        self.lock().changes.iter().cloned().collect()
    }

    /// Adds a change; whether somebody has to begin to write, because nobody does.
    pub(crate) fn push(&self, change: Change) -> bool {
        let mut waiting = self.lock();
        if waiting.changes.len() >= MOST && change.may_be_lost() {
            tracing::error!("too much waits to be recorded beside the books: the newest is lost");
            return false;
        }
        waiting.changes.push_back(change);
        !std::mem::replace(&mut waiting.underway, true)
    }

    /// The changes to be written next; `None` where none is left, and then nobody writes any more.
    pub(crate) fn next(&self) -> Option<Vec<Change>> {
        let mut waiting = self.lock();
        if waiting.changes.is_empty() {
            waiting.underway = false;
            self.settled.notify_waiters();
            return None;
        }
        Some(waiting.changes.iter().take(AT_ONCE).cloned().collect())
    }

    /// These were written, or given up.
    pub(crate) fn done(&self, count: usize) {
        let mut waiting = self.lock();
        let count = count.min(waiting.changes.len());
        waiting.changes.drain(..count);
    }

    /// Completes when nothing waits.
    pub(crate) async fn settled(&self) {
        loop {
            let told = self.settled.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if !self.lock().underway {
                return;
            }
            told.await;
        }
    }

    /// Uses the code of a time step; false where this one or a later one was used already. `known` is what is stored.
    pub(crate) fn use_step(&self, staff: &str, known: i64, step: i64) -> bool {
        let mut used = self.used();
        let last = used.steps.entry(staff.to_owned()).or_insert(known);
        let is_new = step > known.max(*last);
        if is_new {
            *last = step;
        }
        is_new
    }

    /// Uses a recovery code, by its digest; false where it was used already.
    pub(crate) fn use_recovery(&self, digest: &str) -> bool {
        self.used().recoveries.insert(digest.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_log_in_or_uses_up_a_code_is_never_lost() {
        let beside = Beside::default();
        for moment in 0..=50_000 {
            beside.push(Change::Touch("digest".to_owned(), moment));
        }
        assert_eq!(beside.waiting().len(), MOST);
        beside.push(Change::End("digest".to_owned()));
        beside.push(Change::Recovery("code".to_owned()));
        beside.push(Change::Touch("digest".to_owned(), 1));
        assert_eq!(beside.waiting().len(), MOST + 2);
    }
}
