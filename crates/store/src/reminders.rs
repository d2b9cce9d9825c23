//! Reminders that were written.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::REMINDER;
use crate::{Result, Sql, Value, WriteTx};

/// An item for which a reminder was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderRow {
    /// The item.
    pub item: i64,
    /// The amount in cents.
    pub amount: i64,
    /// The business day.
    pub day: Date,
    /// Why it is not debited instead: a word of `ledger::plan::Reason`.
    pub reason: String,
    /// Who had it written.
    pub actor: String,
}

impl WriteTx {
    /// Stores reminders.
    pub async fn add_reminders(&mut self, reminders: &[ReminderRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> = reminders
            .iter()
            .map(|row| {
                vec![row.item.into(), row.amount.into(), row.day.into(), (&row.reason).into(), (&row.actor).into()]
            })
            .collect();
        self.add(&REMINDER, &rows).await.map(drop)
    }
}

const REMINDED: Sql = Sql::same(
    "SELECT i.kassenzeichen AS kassenzeichen, MAX(r.day) AS day FROM reminder r JOIN item i ON i.id = r.item
     GROUP BY i.kassenzeichen ORDER BY i.kassenzeichen",
);
const WRITTEN: Sql = Sql::same("SELECT COUNT(DISTINCT journal) AS batches FROM reminder WHERE day = $1");

/// Each Kassenzeichen that a reminder was written for, with the day of the last one.
pub async fn reminded(tx: &mut Tx) -> Result<Vec<(String, Date)>> {
    tx.many(REMINDED, &[], |row| Ok((row.text("kassenzeichen")?, row.day("day")?))).await
}

/// How many batches of reminders were written on a day.
pub async fn reminder_batches(tx: &mut Tx, day: Date) -> Result<i64> {
    let rows = tx.rows(WRITTEN, &[day.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.int("batches"))
}

const OF_KASSENZEICHEN: Sql = Sql::same(
    "SELECT r.item, r.amount, r.day, r.reason, r.actor FROM reminder r JOIN item i ON i.id = r.item
     WHERE i.kassenzeichen = $1 ORDER BY r.id",
);

/// The reminders that were written under a Kassenzeichen, oldest first.
pub async fn reminders_of(tx: &mut Tx, kassenzeichen: &str) -> Result<Vec<ReminderRow>> {
    tx.rows(OF_KASSENZEICHEN, &[kassenzeichen.into()])
        .await?
        .iter()
        .map(|row| {
            Ok(ReminderRow {
                item: row.int("item")?,
                amount: row.int("amount")?,
                day: row.day("day")?,
                reason: row.text("reason")?,
                actor: row.text("actor")?,
            })
        })
        .collect()
}
