//! Deferrals that were announced, and what ended them.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{DEFERRAL, DEFERRAL_END, DEFERRAL_KIND};
use crate::{Result, Sql, Value, WriteTx};

/// A deferral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeferralRow {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The levies; all if empty.
    pub kinds: Vec<String>,
    /// The first due day that is put off.
    pub due_from: Date,
    /// The last one.
    pub due_until: Date,
    /// To when.
    pub new_due: Date,
    /// Most instalments of one Kassenzeichen in one run.
    pub instalments: Option<i64>,
    /// Least days between two debits of one account.
    pub days_between: i64,
    /// The day it was announced.
    pub announced: Date,
    /// In which words.
    pub text: String,
    /// Who recorded it.
    pub actor: String,
}

/// What ends a deferral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeferralEndRow {
    /// The deferral.
    pub deferral: i64,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// And with whom.
    pub second: String,
}

impl WriteTx {
    /// Remembers a deferral and says its id.
    pub async fn add_deferral(&mut self, deferral: &DeferralRow) -> Result<i64> {
        let row: Vec<Value<'_>> = vec![
            deferral.due_from.into(),
            deferral.due_until.into(),
            deferral.new_due.into(),
            deferral.instalments.into(),
            deferral.days_between.into(),
            deferral.announced.into(),
            (&deferral.text).into(),
            (&deferral.actor).into(),
        ];
        let id = self.add(&DEFERRAL, &[row]).await?;
        let kinds: Vec<Vec<Value<'_>>> = deferral.kinds.iter().map(|kind| vec![id.into(), kind.into()]).collect();
        self.add(&DEFERRAL_KIND, &kinds).await?;
        Ok(id)
    }

    /// Remembers that a deferral was ended.
    pub async fn add_deferral_end(&mut self, end: &DeferralEndRow) -> Result<()> {
        let row: Vec<Value<'_>> =
            vec![end.deferral.into(), (&end.reason).into(), (&end.actor).into(), (&end.second).into()];
        self.add(&DEFERRAL_END, &[row]).await.map(drop)
    }
}

const DEFERRALS: Sql = Sql::same(
    "SELECT id, due_from, due_until, new_due, instalments, days_between, announced, text, actor FROM deferral ORDER BY id",
);
const DEFERRAL_KINDS: Sql = Sql::same("SELECT deferral, kind FROM deferral_kind ORDER BY id");
const DEFERRAL_ENDS: Sql = Sql::same("SELECT deferral, reason, actor, second FROM deferral_end ORDER BY id");

/// Every deferral there ever was, oldest first.
pub async fn deferrals(tx: &mut Tx) -> Result<Vec<DeferralRow>> {
    let kinds: Vec<(i64, String)> = tx
        .rows(DEFERRAL_KINDS, &[])
        .await?
        .iter()
        .map(|row| Ok((row.int("deferral")?, row.text("kind")?)))
        .collect::<Result<_>>()?;
    tx.rows(DEFERRALS, &[])
        .await?
        .iter()
        .map(|row| {
            let id = row.int("id")?;
            Ok(DeferralRow {
                id,
                kinds: kinds.iter().filter(|(own, _)| *own == id).map(|(_, kind)| kind.clone()).collect(),
                due_from: row.day("due_from")?,
                due_until: row.day("due_until")?,
                new_due: row.day("new_due")?,
                instalments: row.opt_int("instalments")?,
                days_between: row.int("days_between")?,
                announced: row.day("announced")?,
                text: row.text("text")?,
                actor: row.text("actor")?,
            })
        })
        .collect()
}

/// Every end of a deferral, oldest first.
pub async fn deferral_ends(tx: &mut Tx) -> Result<Vec<DeferralEndRow>> {
    tx.rows(DEFERRAL_ENDS, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(DeferralEndRow {
                deferral: row.int("deferral")?,
                reason: row.text("reason")?,
                actor: row.text("actor")?,
                second: row.text("second")?,
            })
        })
        .collect()
}
