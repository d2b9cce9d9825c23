//! Wishes about debits at the bank: that it gives one up, or that it goes back to its payer.
//!
//! Knows rows, no rules. Invariant: of each debit the database takes each wish once.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::DEBIT_RECALL;
use crate::{Error, Result, Row, Sql, Value, WriteTx};

/// What is wished of a debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecallKind {
    /// That the bank gives it up before it is settled (camt.055).
    Recall,
    /// That it goes back to its payer after (pain.007).
    Reversal,
}

impl RecallKind {
    /// The word that the database stores.
    pub fn word(self) -> &'static str {
        match self {
            RecallKind::Recall => "recall",
            RecallKind::Reversal => "reversal",
        }
    }

    fn parse(word: &str) -> Result<RecallKind> {
        match word {
            "recall" => Ok(RecallKind::Recall),
            "reversal" => Ok(RecallKind::Reversal),
            _ => Err(Error::Inconsistent { column: "kind".to_owned(), why: format!("{word:?} is wished of no debit") }),
        }
    }
}

/// A wish about a debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecallRow {
    /// The debit.
    pub debit: i64,
    /// What is wished.
    pub kind: RecallKind,
    /// The day on which the order was printed.
    pub day: Date,
    /// Why.
    pub reason: String,
    /// Who printed it.
    pub actor: String,
}

impl WriteTx {
    /// Stores wishes about debits; the actor is who acts in this transaction.
    pub async fn add_recalls(&mut self, rows: &[RecallRow]) -> Result<()> {
        let line = |row: &RecallRow| {
            let values: Vec<Value<'_>> = vec![
                row.debit.into(),
                row.kind.word().into(),
                row.day.into(),
                row.reason.clone().into(),
                row.actor.clone().into(),
            ];
            values
        };
        self.add(&DEBIT_RECALL, &rows.iter().map(line).collect::<Vec<_>>()).await.map(drop)
    }
}

const RECALLS: Sql = Sql::same("SELECT debit, kind, day, reason, actor FROM debit_recall ORDER BY id");

/// Every wish about a debit, oldest first.
pub async fn recalls(tx: &mut Tx) -> Result<Vec<RecallRow>> {
    let read = |row: &Row| {
        Ok(RecallRow {
            debit: row.int("debit")?,
            kind: RecallKind::parse(&row.text("kind")?)?,
            day: row.day("day")?,
            reason: row.text("reason")?,
            actor: row.text("actor")?,
        })
    };
    tx.rows(RECALLS, &[]).await?.iter().map(read).collect()
}
