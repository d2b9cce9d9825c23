//! Deferrals that were announced, and their ends.

use jiff::civil::Date;

use crate::engine::Tx;
use crate::facts::{DEFERRAL, DEFERRAL_END, DEFERRAL_KIND};
use crate::{Result, Sql, Value, WriteTx};

/// A deferral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeferralRow {
    /// Its id; 0 before it is stored.
    pub id: i64,
    /// The kinds of levy; all of them if empty.
    pub kinds: Vec<String>,
    /// The first due day that is deferred.
    pub due_from: Date,
    /// The last due day that is deferred.
    pub due_until: Date,
    /// The day to which it is deferred.
    pub new_due: Date,
    /// The most instalments of one Kassenzeichen in one run.
    pub instalments: Option<i64>,
    /// The least number of days between two debits of one account.
    pub days_between: i64,
    /// The day on which it was announced.
    pub announced: Date,
    /// The wording of the announcement.
    pub text: String,
    /// Who recorded it.
    pub actor: String,
}

/// The end of a deferral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeferralEndRow {
    /// The id of the deferral.
    pub deferral: i64,
    /// The reason.
    pub reason: String,
    /// Who ended it.
    pub actor: String,
    /// The second person.
    pub second: String,
}

impl WriteTx {
    /// Stores a deferral and returns its id.
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

    /// Stores that a deferral was ended.
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

/// Every deferral, oldest first, ended ones included.
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
