//! What becomes of debits after their file: rejected, credited, or taken back.
//!
//! Knows rows, no rules. Invariant: of each debit the database takes each kind of event once.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::DEBIT_EVENT;
use crate::keys::SqlOfKeys;
use crate::{Error, Result, Row, Sql, Value, WriteTx};

/// What became of a debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeKind {
    /// The bank did not carry it out, as a status report (pain.002) says.
    Rejected,
    /// The bank credited it.
    Settled,
    /// A booking took it back.
    Returned,
}

impl LifeKind {
    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        match self {
            LifeKind::Rejected => "rejected",
            LifeKind::Settled => "settled",
            LifeKind::Returned => "returned",
        }
    }

    pub(crate) fn parse(word: &str) -> Result<LifeKind> {
        match word {
            "rejected" => Ok(LifeKind::Rejected),
            "settled" => Ok(LifeKind::Settled),
            "returned" => Ok(LifeKind::Returned),
            _ => Err(Error::Inconsistent { column: "kind".to_owned(), why: format!("{word:?} becomes of no debit") }),
        }
    }
}

/// Something that became of a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifeRow {
    /// Its id; ignored when it is stored.
    pub id: i64,
    /// The debit.
    pub debit: i64,
    /// What became of it.
    pub kind: LifeKind,
    /// The day of the booking, or of the report.
    pub day: Date,
    /// What the debit took, cents.
    pub amount: i64,
    /// What the booking took beyond that, cents: the charges of both banks.
    pub charges: i64,
    /// The booking that says so.
    pub booking: Option<i64>,
    /// The status report that says so.
    pub report: Option<i64>,
    /// The reason that the bank gives (ISO 20022 `Rsn/Cd`), or its words.
    pub reason: Option<String>,
}

impl LifeRow {
    fn read(row: &Row) -> Result<LifeRow> {
        Ok(LifeRow {
            id: row.int("id")?,
            debit: row.int("debit")?,
            kind: LifeKind::parse(&row.text("kind")?)?,
            day: row.day("day")?,
            amount: row.int("amount")?,
            charges: row.int("charges")?,
            booking: row.opt_int("booking")?,
            report: row.opt_int("source_file")?,
            reason: row.opt_text("reason")?,
        })
    }
}

impl WriteTx {
    /// Stores what became of debits, and returns the first id.
    pub async fn add_life(&mut self, rows: &[LifeRow]) -> Result<i64> {
        let row = |row| {
            let LifeRow { debit, kind, day, amount, charges, booking, report, reason, .. }: &LifeRow = row;
            let values: Vec<Value<'_>> = vec![
                (*debit).into(),
                kind.word().into(),
                (*day).into(),
                (*amount).into(),
                (*charges).into(),
                (*booking).into(),
                (*report).into(),
                reason.into(),
            ];
            values
        };
        self.add(&DEBIT_EVENT, &rows.iter().map(row).collect::<Vec<_>>()).await
    }
}

const LIFE: Sql = Sql::same(
    "SELECT id, debit, kind, day, amount, charges, booking, source_file, reason FROM debit_event WHERE id > $1 ORDER BY id LIMIT $2",
);

/// What became of debits, with ids above `after`.
pub async fn life(tx: &mut Tx, after: i64) -> Result<Vec<LifeRow>> {
    tx.paged(LIFE, after, LifeRow::read).await
}

const LIFE_OF: SqlOfKeys = SqlOfKeys::same(
    "SELECT id, debit, kind, day, amount, charges, booking, source_file, reason FROM debit_event WHERE debit IN ($1) ORDER BY id",
);

/// What became of these debits.
pub async fn life_of(tx: &mut Tx, debits: &BTreeSet<i64>) -> Result<Vec<LifeRow>> {
    let mut rows = tx.of_keys(LIFE_OF, debits.iter().copied(), LifeRow::read).await?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}
