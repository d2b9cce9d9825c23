//! How a database is kept, for whoever runs it.
//!
//! Reads only; knows what each engine tells of itself.

use crate::engine::Tx;
use crate::migrations;
use crate::{Result, Sql};

const NEWEST: Sql = Sql::same("SELECT MAX(version) AS version FROM _sqlx_migrations");

/// Large tables of which a server knows no statistics, and so plans its queries badly.
const UNKNOWN: &str = "SELECT relname::TEXT AS line FROM pg_stat_user_tables
     WHERE schemaname = current_schema() AND n_live_tup > 10000 AND last_analyze IS NULL AND last_autoanalyze IS NULL ORDER BY 1";

/// The number of the newest migration of a database, and that of the newest one that this program has.
pub async fn newest_migrations(tx: &mut Tx) -> Result<(i64, i64)> {
    let shipped = match tx {
        Tx::Sqlite(_) => migrations::sqlite(),
        Tx::Postgres(_) => migrations::postgres(),
    };
    let newest = shipped.iter().map(|one| one.version).max().unwrap_or(0);
    let row = tx.row(NEWEST, &[]).await?;
    Ok((row.map_or(Ok(None), |row| row.opt_int("version"))?.unwrap_or(0), newest))
}

/// Large tables of which the database has no statistics; a file needs none.
pub async fn without_statistics(tx: &mut Tx) -> Result<Vec<String>> {
    match tx {
        Tx::Sqlite(_) => Ok(Vec::new()),
        Tx::Postgres(_) => tx.rows_of(UNKNOWN.to_owned(), &[]).await?.iter().map(|row| row.text("line")).collect(),
    }
}
