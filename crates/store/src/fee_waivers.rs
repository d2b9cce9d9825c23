//! Decisions to waive late fees, and their withdrawals.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{FEE_WAIVER, FEE_WITHDRAWAL};
use crate::{Result, Sql, Value, WriteTx};

/// A recorded decision to waive late fees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeWaiverRow {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The day of the decision.
    pub decided: Date,
    /// Who decided: the Kämmerer, the council …
    pub authority: String,
    /// The file number of the decision.
    pub file_number: String,
    /// The ground for it.
    pub ground: String,
    /// `outage`, `kind`, `kassenzeichen` or `item`.
    pub scope: String,
    /// The kind of levy, where the scope is one.
    pub kind: Option<String>,
    /// The Kassenzeichen as the items print it, where the scope is one.
    pub kassenzeichen: Option<String>,
    /// The item, where the scope is one.
    pub item: Option<i64>,
    /// The first due day that the decision covers.
    pub due_from: Option<Date>,
    /// The last due day that the decision covers.
    pub due_until: Option<Date>,
    /// Who recorded it.
    pub actor: String,
    /// The second person.
    pub second: String,
}

/// The withdrawal of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeWithdrawalRow {
    /// The id of the decision.
    pub fee_waiver: i64,
    /// The reason.
    pub reason: String,
    /// Who withdrew it.
    pub actor: String,
    /// The second person.
    pub second: String,
}

impl WriteTx {
    /// Stores a decision and returns its id.
    pub async fn add_fee_waiver(&mut self, waiver: &FeeWaiverRow) -> Result<i64> {
        let row: Vec<Value<'_>> = vec![
            waiver.decided.into(),
            (&waiver.authority).into(),
            (&waiver.file_number).into(),
            (&waiver.ground).into(),
            (&waiver.scope).into(),
            (&waiver.kind).into(),
            (&waiver.kassenzeichen).into(),
            waiver.item.into(),
            waiver.due_from.into(),
            waiver.due_until.into(),
            (&waiver.actor).into(),
            (&waiver.second).into(),
        ];
        self.add(&FEE_WAIVER, &[row]).await
    }

    /// Stores that a decision was withdrawn.
    pub async fn add_fee_withdrawal(&mut self, row: &FeeWithdrawalRow) -> Result<()> {
        let row: Vec<Value<'_>> =
            vec![row.fee_waiver.into(), (&row.reason).into(), (&row.actor).into(), (&row.second).into()];
        self.add(&FEE_WITHDRAWAL, &[row]).await.map(drop)
    }
}

const FEE_WAIVERS: Sql = Sql::same(
    "SELECT id, decided, authority, file_number, ground, scope, kind, kassenzeichen, item, due_from, due_until, actor, second
       FROM fee_waiver ORDER BY id",
);
const FEE_WITHDRAWALS: Sql = Sql::same("SELECT fee_waiver, reason, actor, second FROM fee_withdrawal ORDER BY id");

/// Every decision, oldest first, withdrawn ones included.
pub async fn fee_waivers(tx: &mut Tx) -> Result<Vec<FeeWaiverRow>> {
    tx.rows(FEE_WAIVERS, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(FeeWaiverRow {
                id: row.int("id")?,
                decided: row.day("decided")?,
                authority: row.text("authority")?,
                file_number: row.text("file_number")?,
                ground: row.text("ground")?,
                scope: row.text("scope")?,
                kind: row.opt_text("kind")?,
                kassenzeichen: row.opt_text("kassenzeichen")?,
                item: row.opt_int("item")?,
                due_from: row.opt_day("due_from")?,
                due_until: row.opt_day("due_until")?,
                actor: row.text("actor")?,
                second: row.text("second")?,
            })
        })
        .collect()
}

/// Every withdrawal, oldest first.
pub async fn fee_withdrawals(tx: &mut Tx) -> Result<Vec<FeeWithdrawalRow>> {
    tx.rows(FEE_WITHDRAWALS, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(FeeWithdrawalRow {
                fee_waiver: row.int("fee_waiver")?,
                reason: row.text("reason")?,
                actor: row.text("actor")?,
                second: row.text("second")?,
            })
        })
        .collect()
}
