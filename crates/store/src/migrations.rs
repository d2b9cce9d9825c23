//! The shipped schema, one folder an engine; made here and not by a macro, which would build both drivers a second time.
//!
//! Invariant: a file's number and its bytes are its identity (`_sqlx_migrations`): neither changes once a release has it.

use include_dir::{Dir, include_dir};
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

static SQLITE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations/sqlite");
static POSTGRES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations/postgres");

/// The number of the first migration: it makes all tables. The builds before it counted to [`LAST_BEFORE`] in steps.
pub(crate) const FIRST: i64 = 100;

/// The last migration of the build before: its tables have the columns of [`FIRST`], so its books can be copied.
pub(crate) const LAST_BEFORE: i64 = 38;

/// The migrations for a file.
pub fn sqlite() -> Migrator {
    of(&SQLITE)
}

/// The migrations for a server.
pub fn postgres() -> Migrator {
    of(&POSTGRES)
}

/// The files of a folder, named `NUMBER_what_it_is.sql`.
fn of(folder: &'static Dir<'static>) -> Migrator {
    let migration = |file: &'static include_dir::File<'static>| {
        let name = file.path().file_name()?.to_str()?.strip_suffix(".sql")?;
        let (number, what) = name.split_once('_')?;
        let sql = file.contents_utf8()?.into_sql_str();
        let is_alone = sql.as_str().starts_with("-- no-transaction");
        let (number, what) = (number.parse().ok()?, what.replace('_', " "));
        Some(Migration::new(number, what.into(), MigrationType::Simple, sql, is_alone))
    };
    Migrator::with_migrations(folder.files().filter_map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_migration() {
        for (folder, migrator) in [(&SQLITE, sqlite()), (&POSTGRES, postgres())] {
            assert!(folder.files().count() > 0);
            assert_eq!(migrator.iter().count(), folder.files().count());
        }
    }
}
