//! One treasury at one moment: what every use case is asked of.
//!
//! Must not know what is asked: the rooms above add what can be done as methods. Invariant: it is cloned, never changed; what
//! is remembered of the books all clones share.

use jiff::civil::Date;
use store::{Act, Db};

use crate::base::config::Config;
use crate::base::memory::Memory;
use crate::base::proven::{BATCH, Proven};

/// One treasury: its settings, its database, the day and the hour.
#[derive(Clone, Debug)]
pub struct Kasse {
    /// Its settings.
    pub config: Config,
    /// Its database.
    pub db: Db,
    /// The business date.
    pub today: Date,
    /// The wall clock, UTC, RFC 3339: written down, and what ends tokens and says who is new; no fact of the books follows from it.
    pub now: String,
    /// Who was proven to be who he says.
    pub(crate) signed: Vec<Proven>,
    /// What carries an order out once.
    pub(crate) once: Option<Once>,
    /// Whether this process stays: then it loads all books once and remembers them, else only what is asked for.
    pub(crate) stays: bool,
    /// What the rooms above remember of the books.
    pub(crate) memory: Memory,
}

/// An order that is carried out once, however often it comes: a form that moves money, a request of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// What tells it from every other.
    pub digest: String,
    /// What is asked for: the same order says the same.
    pub request: String,
}

impl Kasse {
    /// The same treasury at another moment.
    #[must_use]
    pub fn at(&self, today: Date, now: String) -> Kasse {
        Kasse { today, now, ..self.clone() }
    }

    /// The same treasury in a process that stays and answers many questions.
    #[must_use]
    pub fn staying(mut self) -> Kasse {
        self.stays = true;
        self
    }

    /// The same treasury with other books, of which nothing is remembered and in which nobody is proven.
    #[must_use]
    pub(crate) fn of(&self, db: Db) -> Kasse {
        Kasse { db, signed: Vec::new(), once: None, stays: false, memory: Memory::default(), ..self.clone() }
    }

    /// The same treasury, with one more person who was proven.
    #[must_use]
    pub fn signed(mut self, proven: Proven) -> Kasse {
        self.signed.push(proven);
        self
    }

    /// The same treasury; what is written next is written once.
    #[must_use]
    pub fn once(mut self, once: Once) -> Kasse {
        self.once = Some(once);
        self
    }

    /// Ends a process's work on the books. What it remembers of them is not taken apart piece by piece: the system takes it
    /// back at once.
    pub async fn end(self) {
        self.db.close().await;
        std::mem::forget(self.memory);
    }

    /// Who was proven, the first of them.
    pub fn who_acts(&self) -> Option<&str> {
        self.signed.first().map(Proven::name)
    }

    /// Who acts where nobody is named: the one who was proven, or the program itself.
    pub(crate) fn operator(&self) -> &str {
        self.signed.first().map_or(BATCH, Proven::name)
    }

    /// Who does what in this treasury now.
    pub(crate) fn act(&self, actor: &str, action: &'static str, reason: &str) -> Act {
        Act { actor: actor.to_owned(), day: self.today, at: self.now.clone(), action, reason: reason.to_owned() }
    }
}
