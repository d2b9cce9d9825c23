//! Holds that a person or a list made, and their lifting.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{HAND_HOLD, HOLD_LIFT};
use crate::{Error, Result, Sql, Value, WriteTx};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$of])* $variant),* }

        impl $name {
            /// The word that the database stores.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            fn parse(word: &str) -> Result<$name> {
                match word {
                    $($word => Ok($name::$variant),)*
                    _ => Err(Error::Inconsistent { column: "ground".to_owned(), why: format!("{word:?} is no ground") }),
                }
            }
        }
    };
}

words! {
    /// Why a list holds an item.
    ListGround {
        /// The list repeats the levy but not this item.
        LeftOut = "left_out",
        /// The list says that more was paid than is known here.
        Paid = "paid",
    }
}

words! {
    /// Why a hold that a list made ended.
    LiftGround {
        /// A later list names the item again.
        Named = "named",
        /// The list was partial, as a person says.
        Partial = "partial",
        /// The item is still owed, as a person says.
        Owed = "owed",
    }
}

/// Marks a hold as made by a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListHold {
    /// The id of the list's file.
    pub file: i64,
    /// Why the list holds it.
    pub ground: ListGround,
}

/// A hold that a person, a list or the end of a debit made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandHoldRow {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The Kassenzeichen as the items print it.
    pub kassenzeichen: String,
    /// The one item that is held; `None` for all of the Kassenzeichen, also items that are added later.
    pub item: Option<i64>,
    /// The reason: Stundung, objection, insolvency …
    pub reason: String,
    /// The last day of the hold; `None` if it lasts until it is lifted.
    pub until: Option<Date>,
    /// Who made the hold.
    pub actor: String,
    /// The list that made the hold; `None` for a person's.
    pub list: Option<ListHold>,
    /// The event of a debit that made the hold ([`crate::LifeRow`]); `None` for a person's.
    pub life: Option<i64>,
}

/// One person's signature for lifting a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldLiftRow {
    /// The id of the hold.
    pub hand_hold: i64,
    /// The reason.
    pub reason: String,
    /// Who signed.
    pub actor: String,
    /// Why a list's hold ended; `None` for a person's hold.
    pub ground: Option<LiftGround>,
}

impl WriteTx {
    /// Stores holds.
    pub async fn add_hand_holds(&mut self, holds: &[HandHoldRow]) -> Result<()> {
        let row = |hold| {
            let HandHoldRow { kassenzeichen, item, reason, until, actor, list, life, .. }: &HandHoldRow = hold;
            let (file, ground) = list.map(|list| (list.file, list.ground.word())).unzip();
            let values: Vec<Value<'_>> = vec![
                kassenzeichen.into(),
                (*item).into(),
                reason.into(),
                (*until).into(),
                actor.into(),
                file.into(),
                ground.into(),
                (*life).into(),
            ];
            values
        };
        let rows: Vec<Vec<Value<'_>>> = holds.iter().map(row).collect();
        self.add(&HAND_HOLD, &rows).await.map(drop)
    }

    /// Stores signatures for lifting holds.
    pub async fn add_hold_lifts(&mut self, lifts: &[HoldLiftRow]) -> Result<()> {
        let row = |lift| {
            let HoldLiftRow { hand_hold, reason, actor, ground }: &HoldLiftRow = lift;
            let values: Vec<Value<'_>> =
                vec![(*hand_hold).into(), reason.into(), actor.into(), ground.map(LiftGround::word).into()];
            values
        };
        let rows: Vec<Vec<Value<'_>>> = lifts.iter().map(row).collect();
        self.add(&HOLD_LIFT, &rows).await.map(drop)
    }
}

const HAND_HOLDS: Sql = Sql::same(
    "SELECT id, kassenzeichen, item, reason, until, actor, source_file, ground, debit_event FROM hand_hold ORDER BY id",
);
const HOLD_LIFTS: Sql = Sql::same("SELECT hand_hold, reason, actor, ground FROM hold_lift ORDER BY id");

/// Every hold by a person or a list, oldest first, lifted ones included.
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
                list: match (row.opt_int("source_file")?, row.opt_text("ground")?) {
                    (Some(file), Some(ground)) => Some(ListHold { file, ground: ListGround::parse(&ground)? }),
                    _ => None,
                },
                life: row.opt_int("debit_event")?,
            })
        })
        .collect()
}

/// Every signature for lifting a hold, oldest first.
pub async fn hold_lifts(tx: &mut Tx) -> Result<Vec<HoldLiftRow>> {
    tx.rows(HOLD_LIFTS, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(HoldLiftRow {
                hand_hold: row.int("hand_hold")?,
                reason: row.text("reason")?,
                actor: row.text("actor")?,
                ground: row.opt_text("ground")?.as_deref().map(LiftGround::parse).transpose()?,
            })
        })
        .collect()
}
