//! The schema as it is against the schema as it was shipped: tables, columns, indexes, triggers, constraints.
//!
//! Must not know what they are for. Invariant: what guards the books (a trigger, an index, a constraint) is not taken away,
//! and nothing foreign is put beside it, without being named.

use std::collections::BTreeSet;

use sqlx::sqlite::SqlitePoolOptions;
use tokio::sync::OnceCell;

use crate::engine::Tx;
use crate::verify::Break;
use crate::{Result, migrations};

/// The schema on a server, a line for each thing; `engines` in the tests compares it with what the migrations make.
const ON_A_SERVER: &str = include_str!("schema.postgres.txt");

const OF_A_FILE: &str =
    "SELECT type || ' ' || name || ' of ' || tbl_name || ': ' || COALESCE(sql, '') AS line FROM sqlite_master
      WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> '_sqlx_migrations'";

const OF_A_SERVER: &str =
    "SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END AS line
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '_sqlx_migrations'
     UNION ALL
     SELECT 'index ' || i.relname || ' of ' || c.relname || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
       FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname <> '_sqlx_migrations'
     UNION ALL
     SELECT 'trigger ' || t.tgname || ' of ' || c.relname || ' ' || t.tgenabled::TEXT
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = current_schema() AND NOT t.tgisinternal
     UNION ALL
     SELECT 'constraint ' || k.conname || ' of ' || c.relname || ' ' || k.contype::TEXT
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = current_schema() AND k.contype IN ('c', 'f', 'p', 'u') AND c.relname <> '_sqlx_migrations'";

/// A line however it is spelt: SQLite keeps the words of whoever made a table.
fn plain(line: &str) -> String {
    line.replace('"', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The schema of this database, a line for each thing.
pub async fn schema(tx: &mut Tx) -> Result<BTreeSet<String>> {
    let text = match tx {
        Tx::Sqlite(_) => OF_A_FILE,
        Tx::Postgres(_) => OF_A_SERVER,
    };
    tx.rows_of(text.to_owned(), &[]).await?.iter().map(|row| Ok(plain(&row.text("line")?))).collect()
}

/// The schema that the migrations make.
async fn shipped(tx: &Tx) -> Result<BTreeSet<String>> {
    match tx {
        Tx::Postgres(_) => Ok(ON_A_SERVER.lines().map(str::to_owned).collect()),
        Tx::Sqlite(_) => OF_NEW_FILES.get_or_try_init(of_a_new_file).await.cloned(),
    }
}

/// What [`of_a_new_file`] found: it is the same as long as the process runs.
static OF_NEW_FILES: OnceCell<BTreeSet<String>> = OnceCell::const_new();

/// The schema of a file that was just made.
async fn of_a_new_file() -> Result<BTreeSet<String>> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    migrations::sqlite().run(&pool).await?;
    let lines: Vec<String> = sqlx::query_scalar(OF_A_FILE).fetch_all(&pool).await?;
    pool.close().await;
    Ok(lines.iter().map(|line| plain(line)).collect())
}

/// Whatever was taken out of the schema, or put into it.
pub async fn schema_breaks(tx: &mut Tx) -> Result<Vec<Break>> {
    let (own, shipped) = (schema(tx).await?, shipped(tx).await?);
    let named = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let gone = shipped.difference(&own).map(|line| Break(format!("schema: {} is not as it was made", named(line))));
    let names: BTreeSet<String> = shipped.iter().map(|line| named(line)).collect();
    let foreign = own.difference(&shipped).map(|line| named(line)).filter(|name| !names.contains(name));
    Ok(gone.chain(foreign.map(|name| Break(format!("schema: {name} is none of ours")))).collect())
}
