//! The people who work with the program: who they are, how they were proven, and which inquiries of callers they
//! answered.
//!
//! Knows no role and no right. Invariants: people, tokens, proofs and inquiries are facts; passwords, sessions and
//! completed requests are not. Secrets are stored as digests only.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{ACCESS_TOKEN, ACCESS_TOKEN_END, INQUIRY, PROOF, STAFF};
use crate::waiting::SessionRow;
use crate::{Result, Row, Sql, Value, WriteTx};

/// A person who works with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    /// The person's name, for the log-in and in the journal.
    pub name: String,
    /// The person's roles, separated by blanks.
    pub roles: String,
    /// Whether the person may act at all.
    pub active: bool,
    /// The digest of the stored password, hexadecimal; `None` before there is one.
    pub credential: Option<String>,
    /// Who registered or changed it.
    pub actor: String,
    /// Who confirmed it, where it took two.
    pub second: Option<String>,
    /// Whether the password is another's, which works once: to set an own one.
    pub once: bool,
}

/// A token that acts as a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The person as whom it acts.
    pub staff: String,
    /// What it is for, in its owner's words.
    pub label: String,
    /// The rights that the token has, separated by blanks.
    pub scopes: String,
    /// SHA-256 of the token, hexadecimal.
    pub digest: String,
    /// The last day on which it is valid; `None` in rows from before each had one.
    pub until: Option<Date>,
    /// The wall clock when it was made; empty before it is stored.
    pub at: String,
    /// Who made it.
    pub actor: String,
    /// Whether it was taken back.
    pub ended: bool,
}

impl WriteTx {
    /// Stores what is true of a person from now on.
    pub async fn add_staff(&mut self, row: &StaffRow) -> Result<()> {
        let values: Vec<Value<'_>> = vec![
            (&row.name).into(),
            (&row.roles).into(),
            row.active.into(),
            (&row.credential).into(),
            (&row.actor).into(),
            (&row.second).into(),
            row.once.then_some(1_i64).into(),
        ];
        self.add(&STAFF, &[values]).await.map(drop)
    }

    /// Stores a person's password as an argon2 hash.
    pub async fn set_credential(&mut self, staff: &str, hash: &str) -> Result<()> {
        self.execute(SET_CREDENTIAL, &[staff.into(), hash.into()]).await.map(drop)
    }

    /// Stores a token.
    pub async fn add_token(&mut self, row: &TokenRow) -> Result<i64> {
        let values: Vec<Value<'_>> = vec![
            (&row.staff).into(),
            (&row.label).into(),
            (&row.scopes).into(),
            (&row.digest).into(),
            row.until.into(),
            (&row.actor).into(),
        ];
        self.add(&ACCESS_TOKEN, &[values]).await
    }

    /// Deletes all log-ins of a person.
    pub async fn end_sessions_of(&mut self, staff: &str) -> Result<()> {
        self.execute(END_SESSIONS_OF, &[staff.into()]).await.map(drop)
    }

    /// Revokes a token.
    pub async fn end_token(&mut self, token: i64, actor: &str) -> Result<()> {
        self.add(&ACCESS_TOKEN_END, &[vec![token.into(), actor.into()]]).await.map(drop)
    }

    /// Stores who asked about which Kassenzeichen, and by which features the caller was known.
    pub async fn add_inquiry(&mut self, kassenzeichen: &str, features: &str, day: Date, actor: &str) -> Result<()> {
        let values: Vec<Value<'_>> = vec![kassenzeichen.into(), features.into(), day.into(), actor.into()];
        self.add(&INQUIRY, &[values]).await.map(drop)
    }

    /// Records that this transaction carries out a request; false if an earlier one did already.
    pub async fn carry_out(&mut self, digest: &str, request: &str) -> Result<bool> {
        let seq = self.seq();
        let added = self.execute(CARRY_OUT, &[digest.into(), seq.into(), request.into()]).await?;
        Ok(added == 1)
    }

    /// Stores how the people who answer for this entry were proven.
    pub(crate) async fn add_proofs(&mut self) -> Result<()> {
        let proven = std::mem::take(&mut self.proven);
        let rows: Vec<Vec<Value<'_>>> =
            proven.iter().map(|(actor, manner)| vec![actor.into(), manner.word().into()]).collect();
        self.add(&PROOF, &rows).await.map(drop)
    }
}

const STAFF_ROWS: Sql = Sql::same(
    "SELECT name, roles, active, credential, actor, second, once FROM staff WHERE id IN (SELECT MAX(id) FROM staff GROUP BY name) ORDER BY name",
);
const STAFF_OF: Sql = Sql::same(
    "SELECT name, roles, active, credential, actor, second, once FROM staff WHERE name = $1 ORDER BY id DESC LIMIT 1",
);
const ANY_STAFF: Sql = Sql::same("SELECT CAST(1 AS BIGINT) AS one FROM staff LIMIT 1");
const SET_CREDENTIAL: Sql = Sql::same(
    "INSERT INTO credential (staff, hash) VALUES ($1, $2) ON CONFLICT (staff) DO UPDATE SET hash = excluded.hash",
);
const CREDENTIAL_OF: Sql = Sql::same("SELECT hash FROM credential WHERE staff = $1");
const CREDENTIALS: Sql = Sql::same("SELECT staff, hash FROM credential ORDER BY staff");
const TOKENS: Sql = Sql::same(
    "SELECT t.id, t.staff, t.label, t.scopes, t.digest, t.until, t.actor, j.at, CAST(CASE WHEN e.id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS ended
       FROM access_token t JOIN journal j ON j.seq = t.journal LEFT JOIN access_token_end e ON e.access_token = t.id ORDER BY t.id",
);
const CARRY_OUT: Sql =
    Sql::same("INSERT INTO done_once (digest, journal, request) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING");
const CARRIED_OUT: Sql = Sql::same("SELECT journal, request FROM done_once WHERE digest = $1");
const PROOFS: Sql = Sql::same("SELECT actor, manner FROM proof WHERE journal = $1 ORDER BY id");
const END_SESSIONS_OF: Sql = Sql::same("DELETE FROM web_session WHERE staff = $1");

pub(crate) fn staff_row(row: &Row) -> Result<StaffRow> {
    Ok(StaffRow {
        name: row.text("name")?,
        roles: row.text("roles")?,
        active: row.flag("active")?,
        credential: row.opt_text("credential")?,
        actor: row.text("actor")?,
        second: row.opt_text("second")?,
        once: row.opt_int("once")?.is_some(),
    })
}

pub(crate) fn session_row(row: &Row) -> Result<SessionRow> {
    Ok(SessionRow {
        digest: row.text("digest")?,
        staff: row.text("staff")?,
        began: row.int("began")?,
        seen: row.int("seen")?,
        agent: row.text("agent")?,
        proved: row.int("proved")?,
    })
}

/// Everybody with the newest row about them, by name.
pub async fn staff(tx: &mut Tx) -> Result<Vec<StaffRow>> {
    tx.rows(STAFF_ROWS, &[]).await?.iter().map(staff_row).collect()
}

/// The newest row about the person with that name.
pub async fn staff_of(tx: &mut Tx, name: &str) -> Result<Option<StaffRow>> {
    tx.row(STAFF_OF, &[name.into()]).await?.as_ref().map(staff_row).transpose()
}

/// Whether anybody has ever been registered.
pub async fn has_staff(tx: &mut Tx) -> Result<bool> {
    Ok(tx.row(ANY_STAFF, &[]).await?.is_some())
}

/// The argon2 hash of a person's password.
pub async fn credential_of(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    tx.row(CREDENTIAL_OF, &[name.into()]).await?.map(|row| row.text("hash")).transpose()
}

/// The argon2 hash of everybody's password, by name.
pub async fn credentials(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    tx.rows(CREDENTIALS, &[]).await?.iter().map(|row| Ok((row.text("staff")?, row.text("hash")?))).collect()
}

/// Every token, oldest first.
pub async fn tokens(tx: &mut Tx) -> Result<Vec<TokenRow>> {
    tx.rows(TOKENS, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(TokenRow {
                id: row.int("id")?,
                staff: row.text("staff")?,
                label: row.text("label")?,
                scopes: row.text("scopes")?,
                digest: row.text("digest")?,
                until: row.opt_day("until")?,
                at: row.text("at")?,
                actor: row.text("actor")?,
                ended: row.flag("ended")?,
            })
        })
        .collect()
}

/// The journal entry that carried out a request, and what the request was.
pub async fn carried_out(tx: &mut Tx, digest: &str) -> Result<Option<(i64, String)>> {
    let row = tx.row(CARRIED_OUT, &[digest.into()]).await?;
    row.map(|row| Ok((row.int("journal")?, row.text("request")?))).transpose()
}

/// How the people who answer for a journal entry were proven: name and manner.
pub async fn proofs(tx: &mut Tx, journal: i64) -> Result<Vec<(String, String)>> {
    tx.rows(PROOFS, &[journal.into()]).await?.iter().map(|row| Ok((row.text("actor")?, row.text("manner")?))).collect()
}

const UNPROVEN: Sql = Sql::same(
    "SELECT j.seq, j.actor, j.action, p.actor AS proven FROM journal j LEFT JOIN proof p ON p.journal = j.seq
      WHERE j.seq > (SELECT MIN(journal) FROM staff) AND j.actor NOT IN ('batch', 'einmal')
        AND NOT EXISTS (SELECT 1 FROM proof o WHERE o.journal = j.seq AND o.actor = j.actor) ORDER BY j.seq",
);

/// Entries of people since the first was registered that have no proof of a name written as the actor's is, with whatever other
/// proof they have: number, actor, action, whose proof.
pub async fn proofs_of_others(tx: &mut Tx) -> Result<Vec<(i64, String, String, Option<String>)>> {
    let read = |row: &Row| Ok((row.int("seq")?, row.text("actor")?, row.text("action")?, row.opt_text("proven")?));
    tx.rows(UNPROVEN, &[]).await?.iter().map(read).collect()
}

/// How the planner and the signers of a run were proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunProofs {
    /// The planner.
    pub planner: Option<String>,
    /// Each signature: who, in which round, how.
    pub signed: Vec<(String, i64, String)>,
}

const PLANNER_PROOF: Sql = Sql::same(
    "SELECT p.manner FROM run r JOIN proof p ON p.journal = r.journal AND p.actor = r.planner WHERE r.id = $1 LIMIT 1",
);
const SIGNED_PROOFS: Sql = Sql::same(
    "SELECT e.actor, e.round, p.manner FROM run_event e JOIN proof p ON p.journal = e.journal AND p.actor = e.actor
      WHERE e.run = $1 AND e.kind IN ('signed', 'released') ORDER BY e.id",
);

/// How the planner and the signers of a run were proven.
pub async fn run_proofs(tx: &mut Tx, run: i64) -> Result<RunProofs> {
    let planner = tx.row(PLANNER_PROOF, &[run.into()]).await?.map(|row| row.text("manner")).transpose()?;
    let signed = tx.rows(SIGNED_PROOFS, &[run.into()]).await?;
    let signed = signed.iter().map(|row| Ok((row.text("actor")?, row.int("round")?, row.text("manner")?)));
    Ok(RunProofs { planner, signed: signed.collect::<Result<_>>()? })
}

/// An inquiry: who asked about which Kassenzeichen for a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InquiryRow {
    /// The journal entry.
    pub journal: i64,
    /// The Kassenzeichen that was asked about.
    pub kassenzeichen: String,
    /// The features by which the caller was known.
    pub features: String,
    /// The business day.
    pub day: Date,
    /// Who asked.
    pub actor: String,
}

const INQUIRIES: Sql =
    Sql::same("SELECT journal, kassenzeichen, features, day, actor FROM inquiry ORDER BY id DESC LIMIT $1 OFFSET $2");
const INQUIRY_COUNT: Sql = Sql::same("SELECT COUNT(*) AS count FROM inquiry");

/// The inquiries, newest first: at most `most`, skipping `after`, and how many there are in all.
pub async fn inquiries(tx: &mut Tx, most: i64, after: i64) -> Result<(Vec<InquiryRow>, i64)> {
    let rows = tx.rows(INQUIRIES, &[most.into(), after.into()]).await?;
    let rows = rows.iter().map(|row| {
        Ok(InquiryRow {
            journal: row.int("journal")?,
            kassenzeichen: row.text("kassenzeichen")?,
            features: row.text("features")?,
            day: row.day("day")?,
            actor: row.text("actor")?,
        })
    });
    let rows = rows.collect::<Result<_>>()?;
    let count = tx.row(INQUIRY_COUNT, &[]).await?.map_or(Ok(0), |row| row.int("count"))?;
    Ok((rows, count))
}
