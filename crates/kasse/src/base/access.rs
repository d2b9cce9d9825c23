//! Who saw, and who tried: the access log.
//!
//! Tax secrecy (§ 30 AO) asks who looked at whose data, and an attack is seen by what was tried. Must not know pages or
//! commands: whoever calls says what was done. Invariants: a name that nobody has is not recorded, because it may be a
//! password that was typed in the wrong field; what is recorded ends with its retention.

use std::time::Duration;

use jiff::{Span, Timestamp};
use ledger::person::is_same;
use serde_json::{Value, json};
use store::{AccessAsked, AccessRow};

use crate::base::window::Window;
use crate::{Kasse, Result};

/// What somebody did or tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// Logged in.
    LoggedIn,
    /// Tried to, with a wrong name or password.
    Failed,
    /// Logged out, or ended a log-in.
    LoggedOut,
    /// Asked for what the rights do not give.
    Refused,
    /// Took data out as a file.
    Exported,
    /// Read personal data of many.
    Read,
    /// Looked at one citizen.
    Looked,
    /// Looked at more citizens than is usual: the treasurer is told.
    Limit,
}

impl AccessKind {
    /// Every kind.
    pub const ALL: [AccessKind; 8] = [
        AccessKind::LoggedIn,
        AccessKind::Failed,
        AccessKind::LoggedOut,
        AccessKind::Refused,
        AccessKind::Exported,
        AccessKind::Read,
        AccessKind::Looked,
        AccessKind::Limit,
    ];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            AccessKind::LoggedIn => "login",
            AccessKind::Failed => "failed",
            AccessKind::LoggedOut => "logout",
            AccessKind::Refused => "refused",
            AccessKind::Exported => "export",
            AccessKind::Read => "read",
            AccessKind::Looked => "look",
            AccessKind::Limit => "limit",
        }
    }
}

/// By which way somebody came, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// `page`, `api` or `command`.
    pub by: &'static str,
    /// The address, or the account on this machine.
    pub from: String,
}

/// The most letters of what is recorded.
const LONGEST: usize = 200;

impl Kasse {
    /// Records what somebody did or tried. It is written as soon as nobody writes the books; nobody waits for it.
    pub fn record(&self, kind: AccessKind, person: &str, what: &str, way: &Way) {
        let cut = |text: &str| text.chars().filter(|one| !one.is_control()).take(LONGEST).collect::<String>();
        self.db.log_access(AccessRow {
            at: self.now.clone(),
            person: cut(person),
            kind: kind.word().to_owned(),
            what: cut(what),
            way: way.by.to_owned(),
            address: cut(&way.from),
        });
    }

    /// Records a try that failed, under the name that was typed if somebody has it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_failed(&self, typed: &str, what: &str, way: &Way) -> Result<()> {
        let staff = store::staff(&mut *self.db.read().await?).await?;
        let known = staff.iter().find(|row| is_same(&row.name, typed)).map(|row| row.name.as_str());
        self.record(AccessKind::Failed, known.unwrap_or_default(), what, way);
        Ok(())
    }

    /// Records that somebody looked at a citizen; once more citizens than the settings say are looked at within an hour,
    /// that is recorded too, and the treasurer is told.
    ///
    /// # Errors
    /// What the database says.
    pub async fn record_looking(&self, person: &str, what: &str, way: &Way) -> Result<()> {
        self.record(AccessKind::Looked, person, what, way);
        let Some(since) = self.before(Span::new().hours(1)) else { return Ok(()) };
        let mut tx = self.db.read().await?;
        let asked = |kind: &str| AccessAsked { person: person.to_owned(), kind: kind.to_owned(), since: since.clone() };
        let (_, read) = store::accesses(&mut tx, &asked(AccessKind::Looked.word()), 0, 0).await?;
        let (_, told) = store::accesses(&mut tx, &asked(AccessKind::Limit.word()), 0, 0).await?;
        let most = i64::from(self.config.access.lookups_per_hour);
        if read >= most && told == 0 {
            self.record(AccessKind::Limit, person, &format!("{read} citizens within an hour"), way);
        }
        Ok(())
    }

    /// Forgets what is older than the settings say.
    pub fn forget_old_accesses(&self) {
        let days = i64::from(self.config.access.keep_days);
        if let Some(before) = self.before(Span::new().hours(days * 24)) {
            self.db.forget_accesses(&before);
        }
    }

    /// The moment so long before now.
    fn before(&self, span: Span) -> Option<String> {
        let now: Timestamp = self.now.parse().ok()?;
        now.checked_sub(span).ok().map(|moment| moment.to_string())
    }
}

/// A part of the access log, newest first, and how many rows there are in all.
///
/// # Errors
/// What the database says.
pub async fn accesses(kasse: &Kasse, asked: &AccessAsked, part: Window) -> Result<(Vec<Value>, i64)> {
    let (rows, count) = store::accesses(&mut *kasse.db.read().await?, asked, part.most, part.after).await?;
    let shown = |row: &AccessRow| {
        let AccessRow { at, person, kind, what, way, address } = row;
        json!({"at": at, "person": person, "kind": kind, "what": what, "way": way, "address": address})
    };
    Ok((rows.iter().map(shown).collect(), count))
}

/// Who looked at more citizens than is usual within the last two weeks: name, moment, and how many.
///
/// # Errors
/// What the database says.
pub async fn looked_at_many(kasse: &Kasse) -> Result<Vec<Value>> {
    let since = kasse.before(Span::new().hours(14 * 24)).unwrap_or_default();
    let asked = AccessAsked { person: String::new(), kind: AccessKind::Limit.word().to_owned(), since };
    Ok(accesses(kasse, &asked, Window { most: 20, after: 0 }).await?.0)
}

/// Waits until what was recorded has been written, for a process that ends.
///
/// # Errors
/// [`store::Error::Busy`] where somebody else writes for longer.
pub async fn settle(kasse: &Kasse) -> Result<()> {
    Ok(kasse.db.settle(Duration::from_secs(5)).await?)
}
