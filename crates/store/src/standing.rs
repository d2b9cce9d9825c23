//! Standing orders: as they were made, who put them in force, and the days on which they were carried out.
//!
//! Invariant: the database refuses one person who does both, and a day that is carried out twice.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{STANDING_ORDER, STANDING_ORDER_ANSWER, STANDING_ORDER_DAY};
use crate::{Result, Row, Sql, Value, WriteTx};

/// A standing order with all that became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingRow {
    /// Its row.
    pub id: i64,
    /// Its name in the settings.
    pub name: String,
    /// Its terms when it was made.
    pub terms: String,
    /// Who made it.
    pub maker: String,
    /// Who put it in force, and on which day.
    pub confirmed: Option<(String, Date)>,
    /// Who ended it.
    pub ended: Option<String>,
    /// The last of its days that was carried out.
    pub last: Option<Date>,
}

impl WriteTx {
    /// Stores a standing order in the name of who acts.
    pub async fn add_standing_order(&mut self, name: &str, terms: &str) -> Result<()> {
        let actor = self.act().actor.clone();
        let row: Vec<Value<'_>> = vec![name.into(), terms.into(), actor.into()];
        self.add(&STANDING_ORDER, &[row]).await.map(drop)
    }

    /// Puts one in force, or ends it, in the name of who acts.
    pub async fn answer_standing_order(&mut self, order: &StandingRow, answer: &str) -> Result<()> {
        let (actor, day) = (self.act().actor.clone(), self.act().day);
        let row: Vec<Value<'_>> =
            vec![order.id.into(), answer.into(), day.into(), actor.into(), order.maker.clone().into()];
        self.add(&STANDING_ORDER_ANSWER, &[row]).await.map(drop)
    }

    /// Remembers that one of its days was carried out, with the run that was planned.
    pub async fn add_standing_order_day(&mut self, order: i64, day: Date, run: Option<i64>) -> Result<()> {
        let row: Vec<Value<'_>> = vec![order.into(), day.into(), run.into()];
        self.add(&STANDING_ORDER_DAY, &[row]).await.map(drop)
    }
}

const ORDERS: Sql = Sql::same(
    "SELECT o.id, o.name, o.terms, o.actor, c.actor AS confirmed_by, c.day AS confirmed_on, e.actor AS ended_by,
            (SELECT MAX(d.day) FROM standing_order_day d WHERE d.standing_order = o.id) AS last_day
       FROM standing_order o
       LEFT JOIN standing_order_answer c ON c.standing_order = o.id AND c.answer = 'confirmed'
       LEFT JOIN standing_order_answer e ON e.standing_order = o.id AND e.answer = 'ended'
      ORDER BY o.id",
);

const PLANNED: Sql = Sql::same("SELECT run FROM standing_order_day WHERE run IS NOT NULL ORDER BY id");

/// Every standing order, oldest first.
pub async fn standing_orders(tx: &mut Tx) -> Result<Vec<StandingRow>> {
    let read = |row: &Row| {
        let confirmed = row.opt_text("confirmed_by")?.zip(row.opt_day("confirmed_on")?);
        Ok(StandingRow {
            id: row.int("id")?,
            name: row.text("name")?,
            terms: row.text("terms")?,
            maker: row.text("actor")?,
            confirmed,
            ended: row.opt_text("ended_by")?,
            last: row.opt_day("last_day")?,
        })
    };
    tx.rows(ORDERS, &[]).await?.iter().map(read).collect()
}

/// The runs that standing orders have planned.
pub async fn runs_by_order(tx: &mut Tx) -> Result<Vec<i64>> {
    tx.rows(PLANNED, &[]).await?.iter().map(|row| row.int("run")).collect()
}
