//! Where a game's books are: in a file of its folder, or in a database of its own on a server.
//!
//! Must not know what is in them. Invariant: every game begins with an empty database, and leaves none behind on a server.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

/// Where the books of one game are.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    /// In this file.
    Sqlite(PathBuf),
    /// In this database of the server whose URL has `{}` in its place.
    Postgres { server: String, name: String },
}

/// A connection beside the program.
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

    /// An empty database beside these books, the n-th of the game.
    pub(crate) async fn another(&self, n: u32) -> Result<Engine> {
        match self {
            Engine::Sqlite(file) => Ok(Engine::Sqlite(file.with_file_name(format!("einmal-{n}.db")))),
            Engine::Postgres { server, name } => {
                let game = name.rsplit_once('_').map_or(name.as_str(), |(game, _)| game);
                make(server, format!("{game}_{n}")).await
            }
        }
    }

    /// How the program is told of them.
    pub(crate) fn url(&self) -> String {
        match self {
            Engine::Sqlite(file) => format!("sqlite://{}", file.display()),
            Engine::Postgres { server, name } => server.replace("{}", name),
        }
    }

    /// How large the file is that a full disk would stop; none on a server, whose disk is its own.
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            Engine::Sqlite(file) => Some(std::fs::metadata(file).map_or(0, |file| file.len())),
            Engine::Postgres { .. } => None,
        }
    }

    /// Tries plain SQL and takes it back; whether the database let it through.
    pub(crate) async fn lets_through(&self, sql: &'static str) -> Result<bool> {
        Ok(with!(self, connection => {
            let mut tx = connection.begin().await?;
            let done = sqlx::query(sql).execute(&mut *tx).await.is_ok();
            tx.rollback().await?;
            done
        }))
    }
}

/// What the names of a game's databases begin with.
fn games(seed: u64) -> String {
    format!("seed_{}_{seed}", std::process::id())
}

async fn make(server: &str, name: String) -> Result<Engine> {
    maintain(server, format!("CREATE DATABASE {name} TEMPLATE {}", template())).await?;
    Ok(Engine::Postgres { server: server.to_owned(), name })
}

/// A game on a server is over: none of its databases is left.
pub(crate) async fn end(server: &str, seed: u64) -> Result<()> {
    let mut connection = PgConnection::connect(&server.replace("{}", "postgres")).await?;
    let own = format!("{}\\_%", games(seed).replace('_', "\\_"));
    let names = sqlx::query_scalar::<_, String>("SELECT datname FROM pg_database WHERE datname LIKE $1").bind(own);
    for name in names.fetch_all(&mut connection).await? {
        connection.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await?;
    }
    Ok(connection.close().await?)
}

/// A database with all tables and no row, which is quicker to copy than to make.
fn template() -> String {
    format!("template_{}", std::process::id())
}

/// Makes the template; once, before the first game.
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
