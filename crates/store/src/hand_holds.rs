//! Holds by hand, and who lifted them.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{HAND_HOLD, HOLD_LIFT};
use crate::{Result, Sql, Value, WriteTx};

/// A hold by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandHoldRow {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The Kassenzeichen as the items print it.
    pub kassenzeichen: String,
    /// The one item that is meant; none for all of the Kassenzeichen, also those to come.
    pub item: Option<i64>,
    /// Why: Stundung, objection, insolvency …
    pub reason: String,
    /// The last day on which nothing is collected; none for as long as nobody lifts it.
    pub until: Option<Date>,
    /// Who put it there.
    pub actor: String,
}

/// A signature under the lifting of a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldLiftRow {
    /// The hold.
    pub hand_hold: i64,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
}

impl WriteTx {
    /// Remembers a hold.
    pub async fn add_hand_hold(&mut self, hold: &HandHoldRow) -> Result<i64> {
        let row: Vec<Value<'_>> = vec![
            (&hold.kassenzeichen).into(),
            hold.item.into(),
            (&hold.reason).into(),
            hold.until.into(),
            (&hold.actor).into(),
        ];
        self.add(&HAND_HOLD, &[row]).await
    }

    /// Remembers a signature under the lifting of a hold.
    pub async fn add_hold_lift(&mut self, lift: &HoldLiftRow) -> Result<()> {
        let row: Vec<Value<'_>> = vec![lift.hand_hold.into(), (&lift.reason).into(), (&lift.actor).into()];
        self.add(&HOLD_LIFT, &[row]).await.map(drop)
    }
}

const HAND_HOLDS: Sql = Sql::same("SELECT id, kassenzeichen, item, reason, until, actor FROM hand_hold ORDER BY id");
const HOLD_LIFTS: Sql = Sql::same("SELECT hand_hold, reason, actor FROM hold_lift ORDER BY id");

/// Every hold by hand there ever was, oldest first.
pub async fn hand_holds(tx: &mut Tx) -> Result<Vec<HandHoldRow>> {
    tx.rows(HAND_HOLDS, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(HandHoldRow {
                id: row.int("id")?,
                kassenzeichen: row.text("kassenzeichen")?,
                item: row.opt_int("item")?,
                reason: row.text("reason")?,
                until: row.opt_day("until")?,
                actor: row.text("actor")?,
            })
        })
        .collect()
}

/// Every signature under the lifting of a hold, oldest first.
pub async fn hold_lifts(tx: &mut Tx) -> Result<Vec<HoldLiftRow>> {
    tx.rows(HOLD_LIFTS, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(HoldLiftRow { hand_hold: row.int("hand_hold")?, reason: row.text("reason")?, actor: row.text("actor")? })
        })
        .collect()
}
