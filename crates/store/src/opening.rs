//! Opening a database: where it is, how its connections are set, and whether its schema is this build's.
//!
//! Knows no table. Invariant: a database that this returns has the schema of this build, or is a source of the build before
//! whose tables have the same columns.

use std::fs::File;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};

use crate::migrations;
use crate::url::without_password;
use crate::{Error, Result};

#[derive(Clone, Debug)]
pub(crate) enum Pool {
    /// A file.
    Sqlite(SqlitePool),
    /// A database on a server, or one schema of it.
    Postgres(PgPool),
}

/// The most connections that a process opens.
const CONNECTIONS: u32 = 4;

/// How long a writer waits for another's change to end.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Session parameters on a PostgreSQL server: how long to wait for a lock; after how long a silent transaction is ended;
/// and TCP keep-alives, so that the server soon notices when this side is dead. A dead writer would keep everybody else
/// waiting.
const SESSION: [(&str, &str); 6] = [
    ("lock_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "10min"),
    ("tcp_keepalives_idle", "20"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "4"),
    ("default_transaction_isolation", "read committed"),
];

/// How many rows the driver's thread may be ahead of us: it wakes us once for many.
const ROWS_UNDERWAY: usize = 1_024;

/// How many statements a connection keeps prepared: more than there are.
const STATEMENTS: usize = 1_024;

/// How often opening a file is retried.
const OPENINGS: u32 = 10;

const FILE: &str = "sqlite://";

/// The newest migration that a database has.
const NEWEST: &str = "SELECT MAX(version) FROM _sqlx_migrations";

/// What a database is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// For work: it is brought up to date.
    Own,
    /// For its books to be put elsewhere.
    Source,
}

/// What stands in the way of using a database, after its migrations: nothing where it is up to date, or where it is a source of
/// the build before. `newest` is the newest migration that it has.
async fn usable(
    migrated: std::result::Result<(), MigrateError>,
    newest: impl Future<Output = sqlx::Result<i64>>,
    which: Which,
) -> Result<()> {
    match migrated {
        Err(MigrateError::VersionMissing(version)) if version < migrations::FIRST => match newest.await? {
            migrations::LAST_BEFORE if which == Which::Source => Ok(()),
            migrations::LAST_BEFORE => Err(Error::Earlier(migrations::LAST_BEFORE)),
            older => Err(Error::TooOld(older)),
        },
        other => Ok(other?),
    }
}

/// Opens a database, again where another process is creating the same one at this moment.
///
/// # Errors
/// [`Error::Url`] for what is no URL of ours, [`Error::Newer`], [`Error::Earlier`] and [`Error::TooOld`] for books of another build.
pub(crate) async fn open(url: &str, which: Which) -> Result<Pool> {
    let mut tries = 0;
    loop {
        match open_once(url, which).await {
            Err(Error::Migrate(_) | Error::Busy | Error::Driver(_)) if tries < OPENINGS && url.starts_with(FILE) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            opened => return opened,
        }
    }
}

async fn open_once(url: &str, which: Which) -> Result<Pool> {
    let other = || Error::Url(without_password(url));
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let options = PgConnectOptions::from_str(url).map_err(|_| other())?.application_name("einmal").options(SESSION);
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
        let newest = sqlx::query_scalar(NEWEST).fetch_one(&pool);
        usable(migrations::postgres().run(&pool).await, newest, which).await?;
        return Ok(Pool::Postgres(pool));
    }
    let path = url.strip_prefix(FILE).filter(|path| !path.is_empty()).ok_or_else(other)?;
    let options = SqliteConnectOptions::new()
        .filename(Path::new(path))
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .row_buffer_size(ROWS_UNDERWAY)
        .statement_cache_capacity(STATEMENTS)
        .pragma("cache_size", "-16384");
    let _turn = turn_in(Path::new(path)).await;
    keep_to_ourselves(Path::new(path));
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
    let newest = sqlx::query_scalar(NEWEST).fetch_one(&pool);
    usable(migrations::sqlite().run(&pool).await, newest, which).await?;
    Ok(Pool::Sqlite(pool))
}

/// Makes a database file that is not there yet, readable for its owner alone, whatever the umask; takes it from others where
/// they could read it. SQLite gives the files beside it the same mode. What cannot be done is no error: then it cannot be
/// opened either, or belongs to somebody else who said otherwise.
#[cfg(unix)]
fn keep_to_ourselves(path: &Path) {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    /// Everything for others and for the group.
    const OTHERS: u32 = 0o077;
    let made = File::options().write(true).create_new(true).mode(0o600).open(path);
    if made.is_ok() {
        return;
    }
    for ending in ["", "-wal", "-shm"] {
        let mut own = path.as_os_str().to_owned();
        own.push(ending);
        if let Ok(known) = std::fs::metadata(&own)
            && known.is_file()
            && known.permissions().mode() & OTHERS != 0
        {
            let mode = known.permissions().mode() & !OTHERS;
            let _ = std::fs::set_permissions(&own, std::fs::Permissions::from_mode(mode));
        }
    }
}

#[cfg(not(unix))]
fn keep_to_ourselves(_: &Path) {}

/// Waits until no other process creates or migrates a database in the same folder. SQLite locks each migration on its
/// own, so two processes at once would see each other's unfinished work. `None` where the system has no such lock for
/// folders; then opening is retried.
async fn turn_in(path: &Path) -> Option<File> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = File::open(folder).ok()?;
    tokio::task::spawn_blocking(move || folder.lock().ok().map(|()| folder)).await.ok().flatten()
}
