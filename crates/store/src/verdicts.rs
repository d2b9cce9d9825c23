//! Verdicts, what they allocated, the cases that they opened, and what these hold.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::civil::Date;

use crate::bulk::BATCH;
use crate::engine::Tx;
use crate::facts::{ALLOCATION, CASE_FILE, HOLD, VERDICT};
use crate::{Result, Row, Sql, Value, WriteTx};

/// A verdict to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVerdict {
    /// The booking's id.
    pub booking: i64,
    /// The decision, in the words of `ledger`: `auto`, `clerk`, `case`, `other`, `refund` …
    pub decision: String,
    /// Whether a person decided.
    pub by_person: bool,
    /// The version of the rules.
    pub rules: String,
    /// The business day on which it was decided.
    pub decided_on: Date,
    /// How sure the rules are, in millionths.
    pub confidence: Option<i64>,
    /// Whether every item that the booking could be meant for is held.
    pub hold_complete: bool,
    /// The day on which a person wants to see the case again.
    pub wait_until: Option<Date>,
    /// The evidence for and against each candidate, as JSON without names of people. `None` where it was not read: of what
    /// the rules placed it stays in the database until somebody asks ([`evidence`]).
    pub evidence: Option<String>,
    /// The other booking of its pair: the credit that was taken back, or the other side of a transfer between own
    /// accounts.
    pub pair: Option<i64>,
}

/// A verdict as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictRow {
    /// Its id.
    pub id: i64,
    /// The verdict itself.
    pub said: NewVerdict,
    /// The journal entry that added it.
    pub said_by: i64,
}

/// The part of a booking that is posted to an item; a counter-entry is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllocationRow {
    /// The verdict that allocated it.
    pub verdict: i64,
    /// The booking.
    pub booking: i64,
    /// The item.
    pub item: i64,
    /// Cents.
    pub amount: i64,
}

/// An item that a case keeps out of direct debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// The verdict that holds it.
    pub verdict: i64,
    /// The item.
    pub item: i64,
    /// Why, as a word of the rules.
    pub reason: String,
}

/// A case's number and its booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// The number.
    pub id: i64,
    /// The booking.
    pub booking: i64,
}

impl WriteTx {
    /// Stores verdicts and returns the first id.
    pub async fn add_verdicts(&mut self, verdicts: &[NewVerdict]) -> Result<i64> {
        let mut first = None;
        for verdicts in verdicts.chunks(BATCH) {
            first.get_or_insert(self.add_some_verdicts(verdicts).await?);
        }
        // of none the id that the next one will have
        match first {
            Some(first) => Ok(first),
            None => self.add(&VERDICT, &[]).await,
        }
    }

    async fn add_some_verdicts(&mut self, verdicts: &[NewVerdict]) -> Result<i64> {
        let rows: Vec<Vec<Value<'_>>> = verdicts
            .iter()
            .map(|said| {
                vec![
                    said.booking.into(),
                    (&said.decision).into(),
                    said.by_person.into(),
                    (&said.rules).into(),
                    said.decided_on.into(),
                    said.confidence.into(),
                    said.hold_complete.into(),
                    said.wait_until.into(),
                    (&said.evidence).into(),
                    said.pair.into(),
                ]
            })
            .collect();
        self.add(&VERDICT, &rows).await
    }

    /// Stores allocations and counter-entries.
    pub async fn add_allocations(&mut self, allocations: &[AllocationRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> = allocations
            .iter()
            .map(|part| vec![part.verdict.into(), part.booking.into(), part.item.into(), part.amount.into()])
            .collect();
        self.add(&ALLOCATION, &rows).await.map(drop)
    }

    /// Stores the holds of verdicts.
    pub async fn add_holds(&mut self, holds: &[HoldRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> =
            holds.iter().map(|hold| vec![hold.verdict.into(), hold.item.into(), (&hold.reason).into()]).collect();
        self.add(&HOLD, &rows).await.map(drop)
    }

    /// Opens a case for each booking, which gives it a number.
    pub async fn add_cases(&mut self, bookings: &[i64]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> = bookings.iter().map(|booking| vec![(*booking).into()]).collect();
        self.add(&CASE_FILE, &rows).await.map(drop)
    }
}

const VERDICTS: Sql = Sql::same(
    "SELECT id, journal, booking, decision, by_person, rules, decided_on, confidence, hold_complete, wait_until, pair,
            CASE WHEN decision = 'case' OR by_person = 1 THEN evidence END AS evidence
       FROM verdict v WHERE v.id > $1 AND v.id = (SELECT MAX(n.id) FROM verdict n WHERE n.booking = v.booking) ORDER BY id
      LIMIT $2",
);

const ALL_VERDICTS: Sql = Sql::same(
    "SELECT id, journal, booking, decision, by_person, rules, decided_on, confidence, hold_complete, wait_until, evidence, pair
       FROM verdict WHERE id > $1 ORDER BY id LIMIT $2",
);

/// The newest verdict of each booking, where it came after the row `after`; with evidence if it is a case or a person's.
pub async fn verdicts(tx: &mut Tx, after: i64) -> Result<Vec<VerdictRow>> {
    tx.paged(VERDICTS, after, VerdictRow::read).await
}

/// Of these verdicts those that are the newest of their bookings.
pub async fn verdicts_numbered(tx: &mut Tx, ids: &BTreeSet<i64>) -> Result<Vec<VerdictRow>> {
    tx.numbered(VERDICTS, ids, VerdictRow::read).await
}

/// Every verdict there ever was, with its evidence, oldest first.
pub async fn all_verdicts(tx: &mut Tx) -> Result<Vec<VerdictRow>> {
    tx.paged(ALL_VERDICTS, 0, VerdictRow::read).await
}

const VERDICTS_OF: Sql = Sql::same(
    "SELECT id, journal, booking, decision, by_person, rules, decided_on, confidence, hold_complete, wait_until, evidence, pair
       FROM verdict WHERE booking = $1 ORDER BY id",
);

/// Every verdict there ever was on a booking, with its evidence, oldest first.
pub async fn verdicts_of(tx: &mut Tx, booking: i64) -> Result<Vec<VerdictRow>> {
    tx.many(VERDICTS_OF, &[booking.into()], VerdictRow::read).await
}

const EVIDENCE: Sql = Sql::same("SELECT evidence FROM verdict WHERE id = $1");

/// What spoke for and against in a verdict, as JSON.
pub async fn evidence(tx: &mut Tx, verdict: i64) -> Result<String> {
    let row = tx.row(EVIDENCE, &[verdict.into()]).await?;
    Ok(row.map(|row| row.text("evidence")).transpose()?.unwrap_or_default())
}

const EVIDENCE_FROM: Sql = Sql::same("SELECT id, evidence FROM verdict WHERE id >= $1 AND id <= $2 ORDER BY id");

/// Of more verdicts than these the evidence is read in one go.
const FEW: usize = 200;

/// The same of several verdicts, by their ids.
pub async fn evidence_of(tx: &mut Tx, verdicts: &HashSet<i64>) -> Result<HashMap<i64, String>> {
    let mut found = HashMap::new();
    if verdicts.len() <= FEW {
        for verdict in verdicts {
            found.insert(*verdict, evidence(tx, *verdict).await?);
        }
        return Ok(found);
    }
    let (Some(first), Some(last)) = (verdicts.iter().min(), verdicts.iter().max()) else { return Ok(found) };
    let own = |row: &Row| {
        let id = row.int("id")?;
        Ok(if verdicts.contains(&id) { Some((id, row.text("evidence")?)) } else { None })
    };
    let rows = tx.many(EVIDENCE_FROM, &[(*first).into(), (*last).into()], own).await?;
    Ok(rows.into_iter().flatten().collect())
}

impl VerdictRow {
    pub(crate) fn read(row: &Row) -> Result<VerdictRow> {
        let said = NewVerdict {
            booking: row.int("booking")?,
            decision: row.text("decision")?,
            by_person: row.flag("by_person")?,
            rules: row.text("rules")?,
            decided_on: row.day("decided_on")?,
            confidence: row.opt_int("confidence")?,
            hold_complete: row.flag("hold_complete")?,
            wait_until: row.opt_day("wait_until")?,
            evidence: row.opt_text("evidence")?,
            pair: row.opt_int("pair")?,
        };
        Ok(VerdictRow { id: row.int("id")?, said, said_by: row.int("journal")? })
    }
}

const ALLOCATIONS: Sql =
    Sql::same("SELECT id, verdict, booking, item, amount FROM allocation WHERE id > $1 ORDER BY id LIMIT $2");

/// Every allocation and counter-entry with an id above `after`.
pub async fn allocations(tx: &mut Tx, after: i64) -> Result<Vec<AllocationRow>> {
    tx.paged(ALLOCATIONS, after, AllocationRow::read).await
}

impl AllocationRow {
    pub(crate) fn read(row: &Row) -> Result<AllocationRow> {
        Ok(AllocationRow {
            verdict: row.int("verdict")?,
            booking: row.int("booking")?,
            item: row.int("item")?,
            amount: row.int("amount")?,
        })
    }
}

const HOLDS: Sql = Sql::same(
    "SELECT h.verdict, h.item, h.reason FROM hold h JOIN verdict v ON v.id = h.verdict
      WHERE h.id > $1 AND v.id = (SELECT MAX(n.id) FROM verdict n WHERE n.booking = v.booking) ORDER BY h.id",
);

/// The holds of the newest verdicts, with ids above `after`.
pub async fn holds(tx: &mut Tx, after: i64) -> Result<Vec<HoldRow>> {
    tx.many(HOLDS, &[after.into()], HoldRow::read).await
}

impl HoldRow {
    pub(crate) fn read(row: &Row) -> Result<HoldRow> {
        Ok(HoldRow { verdict: row.int("verdict")?, item: row.int("item")?, reason: row.text("reason")? })
    }
}

const HELD_BY_BOOKING: Sql = Sql::same(
    "SELECT DISTINCT h.item FROM hold h JOIN verdict v ON v.id = h.verdict WHERE v.booking = $1 ORDER BY h.item",
);

/// Every item that a verdict on this booking has ever held.
pub async fn held_by_booking(tx: &mut Tx, booking: i64) -> Result<Vec<i64>> {
    tx.rows(HELD_BY_BOOKING, &[booking.into()]).await?.iter().map(|row| row.int("item")).collect()
}

const CASES: Sql = Sql::same("SELECT id, booking FROM case_file WHERE id > $1 ORDER BY id");

/// Every case with an id above `after`, open or not.
pub async fn cases(tx: &mut Tx, after: i64) -> Result<Vec<CaseRow>> {
    tx.many(CASES, &[after.into()], |row| Ok(CaseRow { id: row.int("id")?, booking: row.int("booking")? })).await
}

/// An allocation or counter-entry, with day and decision of its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostingRow {
    /// Its id: rising, never used again.
    pub id: i64,
    /// The allocation.
    pub part: AllocationRow,
    /// The business day on which it was decided.
    pub decided_on: Date,
    /// The decision.
    pub decision: String,
    /// The version of the rules.
    pub rules: String,
}

const POSTINGS: Sql = Sql::same(
    "SELECT a.id, a.verdict, a.booking, a.item, a.amount, v.decided_on, v.decision, v.rules
       FROM allocation a JOIN verdict v ON v.id = a.verdict WHERE v.decided_on >= $1 ORDER BY a.id LIMIT $2 OFFSET $3",
);
const POSTING_COUNT: Sql =
    Sql::same("SELECT COUNT(*) AS count FROM allocation a JOIN verdict v ON v.id = a.verdict WHERE v.decided_on >= $1");

/// How many allocations and counter-entries were decided on this day or later.
pub async fn posting_count(tx: &mut Tx, since: Date) -> Result<i64> {
    tx.row(POSTING_COUNT, &[since.into()]).await?.map_or(Ok(0), |row| row.int("count"))
}

/// Allocations and counter-entries decided on this day or later, in the order in which they were made: at most `most`,
/// skipping `after`.
pub async fn postings(tx: &mut Tx, since: Date, most: i64, after: i64) -> Result<Vec<PostingRow>> {
    tx.many(POSTINGS, &[since.into(), most.into(), after.into()], |row| {
        Ok(PostingRow {
            id: row.int("id")?,
            part: AllocationRow::read(row)?,
            decided_on: row.day("decided_on")?,
            decision: row.text("decision")?,
            rules: row.text("rules")?,
        })
    })
    .await
}
