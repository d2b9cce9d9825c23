//! What one person gave another and a second has to confirm, and how everybody came to what he may do.
//!
//! Knows no role and no right. Invariants: requests and answers are facts, and the database refuses that somebody confirms
//! what he asked for or is given; a password that waits is none, and is gone once it was answered.

use crate::engine::Tx;
use crate::facts::{STAFF_ANSWER, STAFF_REQUEST};
use crate::people::{StaffRow, staff_row};
use crate::{Result, Row, Sql, Value, WriteTx};

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// Its number.
    pub id: i64,
    /// For whom.
    pub name: String,
    /// The roles that the person is to have; `None` where a password waits.
    pub roles: Option<String>,
    /// The digest of the password that the person is to have.
    pub credential: Option<String>,
    /// Who asked.
    pub actor: String,
    /// The wall clock when it was asked for.
    pub at: String,
}

/// A row about a person, and when it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMoment {
    /// The row.
    pub row: StaffRow,
    /// The wall clock, UTC, RFC 3339.
    pub at: String,
}

impl WriteTx {
    /// Stores that something is asked for, with the argon2 hash of the password where it is one; returns its number.
    pub async fn add_staff_request(&mut self, row: &RequestRow, hash: Option<&str>) -> Result<i64> {
        let values: Vec<Value<'_>> =
            vec![(&row.name).into(), (&row.roles).into(), (&row.credential).into(), (&row.actor).into()];
        let id = self.add(&STAFF_REQUEST, &[values]).await?;
        if let Some(hash) = hash {
            self.execute(KEEP_ASKED, &[id.into(), hash.into()]).await?;
        }
        Ok(id)
    }

    /// Stores the answer to what was asked for; the password that waited is forgotten.
    pub async fn add_staff_answer(&mut self, request: &RequestRow, confirmed: bool, actor: &str) -> Result<()> {
        let answer = if confirmed { "confirmed" } else { "withdrawn" };
        let values: Vec<Value<'_>> =
            vec![request.id.into(), answer.into(), actor.into(), (&request.actor).into(), (&request.name).into()];
        self.add(&STAFF_ANSWER, &[values]).await?;
        self.execute(FORGET_ASKED, &[request.id.into()]).await.map(drop)
    }
}

const KEEP_ASKED: Sql = Sql::same("INSERT INTO credential_asked (staff_request, hash) VALUES ($1, $2)");
const FORGET_ASKED: Sql = Sql::same("DELETE FROM credential_asked WHERE staff_request = $1");
const CREDENTIAL_ASKED: Sql = Sql::same("SELECT hash FROM credential_asked WHERE staff_request = $1");
const CREDENTIALS_ASKED: Sql = Sql::same("SELECT staff_request, hash FROM credential_asked ORDER BY staff_request");
const OPEN_REQUESTS: Sql = Sql::same(
    "SELECT r.id, r.name, r.roles, r.credential, r.actor, j.at FROM staff_request r JOIN journal j ON j.seq = r.journal
      WHERE NOT EXISTS (SELECT 1 FROM staff_answer a WHERE a.staff_request = r.id) ORDER BY r.id",
);
const STAFF_HISTORY: Sql = Sql::same(
    "SELECT s.name, s.roles, s.active, s.credential, s.actor, s.second, s.once, j.at FROM staff s
       JOIN journal j ON j.seq = s.journal ORDER BY s.id",
);

/// What nobody has answered, the oldest first.
pub async fn open_requests(tx: &mut Tx) -> Result<Vec<RequestRow>> {
    let read = |row: &Row| {
        Ok(RequestRow {
            id: row.int("id")?,
            name: row.text("name")?,
            roles: row.opt_text("roles")?,
            credential: row.opt_text("credential")?,
            actor: row.text("actor")?,
            at: row.text("at")?,
        })
    };
    tx.rows(OPEN_REQUESTS, &[]).await?.iter().map(read).collect()
}

/// The argon2 hash of the password that waits.
pub async fn credential_asked(tx: &mut Tx, request: i64) -> Result<Option<String>> {
    tx.row(CREDENTIAL_ASKED, &[request.into()]).await?.map(|row| row.text("hash")).transpose()
}

/// The argon2 hashes of all passwords that wait, by the number of what was asked for.
pub async fn credentials_asked(tx: &mut Tx) -> Result<Vec<(i64, String)>> {
    tx.rows(CREDENTIALS_ASKED, &[])
        .await?
        .iter()
        .map(|row| Ok((row.int("staff_request")?, row.text("hash")?)))
        .collect()
}

/// Every row about everybody, the oldest first.
pub async fn staff_history(tx: &mut Tx) -> Result<Vec<StaffMoment>> {
    let read = |row: &Row| Ok(StaffMoment { row: staff_row(row)?, at: row.text("at")? });
    tx.rows(STAFF_HISTORY, &[]).await?.iter().map(read).collect()
}
