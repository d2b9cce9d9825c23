//! Log-ins and the access log: rows beside the books, which are no facts.
//!
//! They are remembered at once and written as soon as nobody writes the books, so that a log-in and the reading of a page
//! never wait for an import. Invariants: what is remembered is seen by this process as if it were written; a log-in that is
//! written late is not, if its person has changed since; what is remembered has an upper bound.

use std::time::Duration;

use crate::people::session_row;
use crate::waiting::{AccessRow, Change, SessionRow};
use crate::{Db, Error, Result, Row, Sql, Tx, Value};

/// How often writing is tried, and how long to wait between.
const TRIES: (u32, Duration) = (300, Duration::from_secs(1));

const STAFF_ROW: Sql = Sql::same("SELECT COALESCE(MAX(id), 0) AS newest FROM staff WHERE name = $1");
const ADD_SESSION: Sql = Sql::same(
    "INSERT INTO web_session (digest, staff, began, seen, agent, proved)
     SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT),
            CAST($6 AS BIGINT)
      WHERE (SELECT COALESCE(MAX(id), 0) FROM staff WHERE name = $2) = $7",
);
const SESSION: Sql = Sql::same("SELECT digest, staff, began, seen, agent, proved FROM web_session WHERE digest = $1");
const SESSIONS: Sql =
    Sql::same("SELECT digest, staff, began, seen, agent, proved FROM web_session ORDER BY seen DESC, digest");
const TOUCH: Sql = Sql::same("UPDATE web_session SET seen = $2 WHERE digest = $1 AND seen < $2");
const PROVE: Sql = Sql::same("UPDATE web_session SET proved = $2 WHERE digest = $1 AND proved < $2");
const STEP: Sql = Sql::same("UPDATE second_factor SET step = $2 WHERE staff = $1 AND step < $2");
const USE_RECOVERY: Sql = Sql::same("DELETE FROM recovery_code WHERE digest = $1");
const END_SESSION: Sql = Sql::same("DELETE FROM web_session WHERE digest = $1");
const END_OLD: Sql = Sql::same("DELETE FROM web_session WHERE began < $1 OR seen < $2");
const ADD_ACCESS: Sql = Sql::same(
    "INSERT INTO access_log (id, at, person, kind, what, way, address)
     SELECT COALESCE(MAX(id), 0) + 1, CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT),
            CAST($5 AS TEXT), CAST($6 AS TEXT)
       FROM access_log",
);
const FORGET: Sql = Sql::same("DELETE FROM access_log WHERE at < $1");
const ACCESSES: Sql = Sql::same(
    "SELECT at, person, kind, what, way, address FROM access_log
      WHERE ($1 = '' OR person = $1) AND ($2 = '' OR kind = $2) AND at >= $3
      ORDER BY id DESC LIMIT $4 OFFSET $5",
);
const ACCESS_COUNT: Sql = Sql::same(
    "SELECT COUNT(*) AS count FROM access_log
      WHERE ($1 = '' OR person = $1) AND ($2 = '' OR kind = $2) AND at >= $3",
);

impl Change {
    async fn store(&self, tx: &mut Tx) -> Result<()> {
        match self {
            Change::Session(row, newest) => {
                let SessionRow { digest, staff, began, seen, agent, proved } = row;
                let moments = [*began, *seen, *proved];
                let [began, seen, proved] = moments.map(Value::from);
                let values: [Value<'_>; 7] =
                    [digest.into(), staff.into(), began, seen, agent.into(), proved, (*newest).into()];
                tx.execute(ADD_SESSION, &values).await
            }
            Change::Touch(digest, seen) => tx.execute(TOUCH, &[digest.into(), (*seen).into()]).await,
            Change::Prove(digest, moment) => tx.execute(PROVE, &[digest.into(), (*moment).into()]).await,
            Change::Step(staff, step) => tx.execute(STEP, &[staff.into(), (*step).into()]).await,
            Change::Recovery(digest) => tx.execute(USE_RECOVERY, &[digest.into()]).await,
            Change::End(digest) => tx.execute(END_SESSION, &[digest.into()]).await,
            Change::EndOld(began, seen) => tx.execute(END_OLD, &[(*began).into(), (*seen).into()]).await,
            Change::Access(row) => {
                let AccessRow { at, person, kind, what, way, address } = row;
                let values: [Value<'_>; 6] =
                    [at.into(), person.into(), kind.into(), what.into(), way.into(), address.into()];
                tx.execute(ADD_ACCESS, &values).await
            }
            Change::Forget(before) => tx.execute(FORGET, &[before.into()]).await,
        }
        .map(drop)
    }
}

/// What a log-in becomes by the changes that wait; those behind the one that began it, if one of them did.
async fn after(
    tx: &mut Tx,
    stored: Option<SessionRow>,
    digest: &str,
    waiting: &[Change],
) -> Result<Option<SessionRow>> {
    let mut session = stored;
    for change in waiting {
        session = match (change, session) {
            (Change::Session(row, newest), None) if row.digest == digest => {
                (newest_row(tx, &row.staff).await? == *newest).then(|| row.clone())
            }
            (change, Some(session)) => change.on(session),
            (_, None) => None,
        };
    }
    Ok(session)
}

async fn newest_row(tx: &mut Tx, staff: &str) -> Result<i64> {
    tx.row(STAFF_ROW, &[staff.into()]).await?.map_or(Ok(0), |row| row.int("newest"))
}

fn access_row(row: &Row) -> Result<AccessRow> {
    Ok(AccessRow {
        at: row.text("at")?,
        person: row.text("person")?,
        kind: row.text("kind")?,
        what: row.text("what")?,
        way: row.text("way")?,
        address: row.text("address")?,
    })
}

/// Which rows of the access log are asked for; an empty text asks for all.
#[derive(Clone, Debug, Default)]
pub struct AccessAsked {
    /// Of whom.
    pub person: String,
    /// Of which kind.
    pub kind: String,
    /// Since when, as the rows say it.
    pub since: String,
}

/// Rows of the access log, newest first: at most `most`, skipping `after`, and how many there are in all.
pub async fn accesses(tx: &mut Tx, asked: &AccessAsked, most: i64, after: i64) -> Result<(Vec<AccessRow>, i64)> {
    let AccessAsked { person, kind, since } = asked;
    let sought: [Value<'_>; 3] = [person.into(), kind.into(), since.into()];
    let all: Vec<Value<'_>> = sought.iter().cloned().chain([most.into(), after.into()]).collect();
    let rows = tx.rows(ACCESSES, &all).await?.iter().map(access_row).collect::<Result<_>>()?;
    let count = tx.row(ACCESS_COUNT, &sought).await?.map_or(Ok(0), |row| row.int("count"))?;
    Ok((rows, count))
}

impl Db {
    /// The log-in that belongs to the digest of a browser's secret.
    pub async fn session(&self, tx: &mut Tx, digest: &str) -> Result<Option<SessionRow>> {
        let waiting = self.beside().waiting();
        let stored = tx.row(SESSION, &[digest.into()]).await?.as_ref().map(session_row).transpose()?;
        after(tx, stored, digest, &waiting).await
    }

    /// Every log-in, the most recently used first.
    pub async fn sessions(&self, tx: &mut Tx) -> Result<Vec<SessionRow>> {
        let waiting = self.beside().waiting();
        let stored: Vec<SessionRow> = tx.rows(SESSIONS, &[]).await?.iter().map(session_row).collect::<Result<_>>()?;
        let begun = waiting.iter().filter_map(|change| match change {
            Change::Session(row, _) if !stored.iter().any(|known| known.digest == row.digest) => {
                Some((row.digest.clone(), None))
            }
            _ => None,
        });
        let begun: Vec<(String, Option<SessionRow>)> = begun.collect();
        let all = stored.into_iter().map(|row| (row.digest.clone(), Some(row))).chain(begun);
        let mut sessions = Vec::new();
        for (digest, stored) in all {
            sessions.extend(after(tx, stored, &digest, &waiting).await?);
        }
        sessions.sort_by(|one, other| other.seen.cmp(&one.seen).then_with(|| one.digest.cmp(&other.digest)));
        Ok(sessions)
    }

    /// Stores a log-in. It is no fact and has no journal entry, because it says nothing about the books.
    pub async fn add_session(&self, row: &SessionRow) -> Result<()> {
        let newest = newest_row(&mut *self.read().await?, &row.staff).await?;
        self.later(Change::Session(row.clone(), newest));
        Ok(())
    }

    /// Stores when a log-in was last used.
    pub fn touch_session(&self, digest: &str, seen: i64) {
        self.later(Change::Touch(digest.to_owned(), seen));
    }

    /// Stores when a person last typed the own password.
    pub fn prove_session(&self, digest: &str, moment: i64) {
        self.later(Change::Prove(digest.to_owned(), moment));
    }

    /// Uses the code of a time step; false where this one or a later one was used already. `known` is what is stored.
    pub fn use_step(&self, staff: &str, known: i64, step: i64) -> bool {
        let is_new = self.beside().use_step(staff, known, step);
        if is_new {
            self.later(Change::Step(staff.to_owned(), step));
        }
        is_new
    }

    /// Uses a recovery code; false where it was used already.
    pub fn use_recovery_code(&self, digest: &str) -> bool {
        let is_new = self.beside().use_recovery(digest);
        if is_new {
            self.later(Change::Recovery(digest.to_owned()));
        }
        is_new
    }

    /// Ends a log-in.
    pub fn end_session(&self, digest: &str) {
        self.later(Change::End(digest.to_owned()));
    }

    /// Ends log-ins that began before one moment, or were not used since another.
    pub fn end_old_sessions(&self, began: i64, seen: i64) {
        self.later(Change::EndOld(began, seen));
    }

    /// Records what somebody did or tried.
    pub fn log_access(&self, row: AccessRow) {
        self.later(Change::Access(row));
    }

    /// Forgets what was recorded before a moment.
    pub fn forget_accesses(&self, before: &str) {
        self.later(Change::Forget(before.to_owned()));
    }

    /// Waits until everything that was remembered has been written.
    ///
    /// # Errors
    /// [`Error::Busy`] where somebody else writes for longer than that.
    pub async fn settle(&self, patience: Duration) -> Result<()> {
        tokio::time::timeout(patience, self.beside().settled()).await.map_err(|_| Error::Busy)
    }

    fn later(&self, change: Change) {
        if self.beside().push(change) {
            let own = self.clone();
            tokio::spawn(async move { own.write_beside().await });
        }
    }

    /// Writes what waits, until nothing does.
    async fn write_beside(&self) {
        let mut tries = 0;
        while let Some(changes) = self.beside().next() {
            match self.write_these(&changes).await {
                Ok(()) => tries = 0,
                Err(_) if tries < TRIES.0 => {
                    tries += 1;
                    tokio::time::sleep(TRIES.1).await;
                    continue;
                }
                Err(why) => tracing::error!("{} log-ins and accesses are not recorded: {why}", changes.len()),
            }
            self.beside().done(changes.len());
        }
    }

    async fn write_these(&self, changes: &[Change]) -> Result<()> {
        let (mut tx, _turn) = self.begin_beside().await?;
        for change in changes {
            change.store(&mut tx).await?;
        }
        tx.commit().await
    }
}
