//! Old references, and the Kassenzeichen that they lead to.

use crate::engine::Tx;
use crate::facts::ALIAS;
use crate::{Result, Sql, Value, WriteTx};

/// An old reference and what it is called now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasRow {
    /// The old reference as printed then.
    pub old: String,
    /// The Kassenzeichen.
    pub kassenzeichen: String,
}

impl WriteTx {
    /// Remembers what a list says of old references.
    pub async fn add_aliases(&mut self, file: i64, aliases: &[AliasRow]) -> Result<()> {
        let rows: Vec<Vec<Value<'_>>> =
            aliases.iter().map(|row| vec![file.into(), (&row.old).into(), (&row.kassenzeichen).into()]).collect();
        self.add(&ALIAS, &rows).await.map(drop)
    }
}

const ALIASES: Sql = Sql::same("SELECT old, kassenzeichen FROM alias ORDER BY id");

/// Everything that lists said of old references, oldest first; the newest word on one counts.
pub async fn aliases(tx: &mut Tx) -> Result<Vec<AliasRow>> {
    tx.rows(ALIASES, &[])
        .await?
        .iter()
        .map(|row| Ok(AliasRow { old: row.text("old")?, kassenzeichen: row.text("kassenzeichen")? }))
        .collect()
}
