//! Closed days: the figures of a day that two people signed.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::DAY_CLOSE;
use crate::{Result, Sql, Value, WriteTx};

/// The figures of one account on a closed day; amounts in cents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCloseRow {
    /// The day.
    pub day: Date,
    /// The treasury's account.
    pub account: String,
    /// The balance before its first booking.
    pub opening: i64,
    /// The sum of the credits.
    pub incoming: i64,
    /// The sum of the debits, as a positive number.
    pub outgoing: i64,
    /// The balance after its last booking.
    pub closing: i64,
    /// How much of the credits is posted to items.
    pub posted: i64,
    /// How much of the credits a person must still decide.
    pub in_doubt: i64,
    /// How much of the credits is other money.
    pub other: i64,
    /// The number of the newest journal entry at that moment.
    pub head: i64,
    /// The hash of that entry.
    pub hash: String,
    /// Who closed the day.
    pub actor: String,
    /// The second person.
    pub second: String,
}

impl WriteTx {
    /// Stores a closed day.
    pub async fn add_day_closes(&mut self, rows: &[DayCloseRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> = rows
            .iter()
            .map(|row| {
                vec![
                    row.day.into(),
                    (&row.account).into(),
                    row.opening.into(),
                    row.incoming.into(),
                    row.outgoing.into(),
                    row.closing.into(),
                    row.posted.into(),
                    row.in_doubt.into(),
                    row.other.into(),
                    row.head.into(),
                    (&row.hash).into(),
                    (&row.actor).into(),
                    (&row.second).into(),
                ]
            })
            .collect();
        self.add(&DAY_CLOSE, &rows).await.map(drop)
    }
}

const DAY_CLOSES: Sql = Sql::same(
    "SELECT day, account, opening, incoming, outgoing, closing, posted, in_doubt, other, head, hash, actor, second
       FROM day_close ORDER BY id",
);

/// Every closed day, in the order in which they were closed.
pub async fn day_closes(tx: &mut Tx) -> Result<Vec<DayCloseRow>> {
    tx.rows(DAY_CLOSES, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(DayCloseRow {
                day: row.day("day")?,
                account: row.text("account")?,
                opening: row.int("opening")?,
                incoming: row.int("incoming")?,
                outgoing: row.int("outgoing")?,
                closing: row.int("closing")?,
                posted: row.int("posted")?,
                in_doubt: row.int("in_doubt")?,
                other: row.int("other")?,
                head: row.int("head")?,
                hash: row.text("hash")?,
                actor: row.text("actor")?,
                second: row.text("second")?,
            })
        })
        .collect()
}
