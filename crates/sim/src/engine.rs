//! Where the books of a game are: in a file in its folder, or in a database of its own on a server.
//!
//! Must not know the content of the books. Invariant: every game begins with an empty database and leaves none behind
//! on a server.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

/// The place of the books of one game.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    /// In this file.
    Sqlite(PathBuf),
    /// In this database on the server with this URL, which has `{}` in the place of the name.
    Postgres { server: String, name: String },
}

/// Opens a plain SQL connection, independent of the program.
macro_rules! with {
    ($engine:expr, $connection:ident => $what:expr) => {
        match $engine {
            Engine::Sqlite(file) => {
                let mut $connection = SqliteConnectOptions::new().filename(file).foreign_keys(true).connect().await?;
                let done = $what;
                $connection.close().await?;
                done
            }
            Engine::Postgres { server, name } => {
                let mut $connection = PgConnection::connect(&server.replace("{}", name)).await?;
                let done = $what;
                $connection.close().await?;
                done
            }
        }
    };
}

impl Engine {
    /// New books for a game.
    pub(crate) async fn begin(folder: &Path, server: Option<&str>, seed: u64) -> Result<Engine> {
        match server {
            None => Ok(Engine::Sqlite(folder.join("einmal.db"))),
            Some(server) => make(server, format!("{}_0", games(seed))).await,
        }
    }

    /// An empty database beside these books, the n-th one of the game.
    pub(crate) async fn another(&self, n: u32) -> Result<Engine> {
        match self {
            Engine::Sqlite(file) => Ok(Engine::Sqlite(file.with_file_name(format!("einmal-{n}.db")))),
            Engine::Postgres { server, name } => {
                let game = name.rsplit_once('_').map_or(name.as_str(), |(game, _)| game);
                make(server, format!("{game}_{n}")).await
            }
        }
    }

    /// The URL for the program.
    pub(crate) fn url(&self) -> String {
        match self {
            Engine::Sqlite(file) => format!("sqlite://{}", file.display()),
            Engine::Postgres { server, name } => server.replace("{}", name),
        }
    }

    /// The size of the file, for limiting the disk; `None` on a server.
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            Engine::Sqlite(file) => Some(std::fs::metadata(file).map_or(0, |file| file.len())),
            Engine::Postgres { .. } => None,
        }
    }

    /// Tries an SQL statement and rolls it back; returns whether the database accepted it.
    pub(crate) async fn lets_through(&self, sql: &'static str) -> Result<bool> {
        Ok(with!(self, connection => {
            let mut tx = connection.begin().await?;
            let done = sqlx::query(sql).execute(&mut *tx).await.is_ok();
            tx.rollback().await?;
            done
        }))
    }
}

/// The prefix of the names of a game's databases.
fn games(seed: u64) -> String {
    format!("seed_{}_{seed}", std::process::id())
}

async fn make(server: &str, name: String) -> Result<Engine> {
    maintain(server, format!("CREATE DATABASE {name} TEMPLATE {}", template())).await?;
    Ok(Engine::Postgres { server: server.to_owned(), name })
}

/// Removes all databases of a game from a server.
pub(crate) async fn end(server: &str, seed: u64) -> Result<()> {
    let mut connection = PgConnection::connect(&server.replace("{}", "postgres")).await?;
    let own = format!("{}\\_%", games(seed).replace('_', "\\_"));
    let names = sqlx::query_scalar::<_, String>("SELECT datname FROM pg_database WHERE datname LIKE $1").bind(own);
    for name in names.fetch_all(&mut connection).await? {
        connection.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await?;
    }
    Ok(connection.close().await?)
}

/// A database with all tables and no rows, which is faster to copy than to create.
fn template() -> String {
    format!("template_{}", std::process::id())
}

/// Creates the template; once, before the first game.
pub(crate) async fn prepare(server: &str) -> Result<()> {
    maintain(server, format!("CREATE DATABASE {}", template())).await?;
    let mut connection = PgConnection::connect(&server.replace("{}", &template())).await?;
    store::migrations::postgres().run(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn maintain(server: &str, sql: String) -> Result<()> {
    let mut connection = PgConnection::connect(&server.replace("{}", "postgres")).await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    Ok(connection.close().await?)
}
