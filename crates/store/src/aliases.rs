//! Old references (numbers that a debtor had before), and the Kassenzeichen that replaced each of them.

use crate::engine::Tx;
use crate::facts::ALIAS;
use crate::{Result, Sql, Value, WriteTx};

/// An old reference and the Kassenzeichen that it stands for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasRow {
    /// The old reference as it was printed at the time.
    pub old: String,
    /// The Kassenzeichen that replaced it.
    pub kassenzeichen: String,
}

impl WriteTx {
    /// Stores what a list says about old references.
    pub async fn add_aliases(&mut self, file: i64, aliases: &[AliasRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> =
            aliases.iter().map(|row| vec![file.into(), (&row.old).into(), (&row.kassenzeichen).into()]).collect();
        self.add(&ALIAS, &rows).await.map(drop)
    }
}

const ALIASES: Sql = Sql::same("SELECT old, kassenzeichen FROM alias ORDER BY id");

/// Everything that lists said about old references, oldest first; for one reference the newest row counts.
pub async fn aliases(tx: &mut Tx) -> Result<Vec<AliasRow>> {
    tx.rows(ALIASES, &[])
        .await?
        .iter()
        .map(|row| Ok(AliasRow { old: row.text("old")?, kassenzeichen: row.text("kassenzeichen")? }))
        .collect()
}
