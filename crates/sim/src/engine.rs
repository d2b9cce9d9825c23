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
        let Some(server) = server else { return Ok(Engine::Sqlite(folder.join("einmal.db"))) };
        let name = format!("seed_{}_{seed}", std::process::id());
        maintain(server, format!("CREATE DATABASE {name} TEMPLATE {}", template())).await?;
        Ok(Engine::Postgres { server: server.to_owned(), name })
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

    /// The game is over.
    pub(crate) async fn end(&self) -> Result<()> {
        match self {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres { server, name } => {
                maintain(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
            }
        }
    }
}

/// A database with all tables and no row, which is quicker to copy than to make.
fn template() -> String {
    format!("template_{}", std::process::id())
}

/// Makes the template; once, before the first game.
pub(crate) async fn prepare(server: &str) -> Result<()> {
    maintain(server, format!("CREATE DATABASE {}", template())).await?;
    let mut connection = PgConnection::connect(&server.replace("{}", &template())).await?;
    sqlx::migrate!("../../migrations/postgres").run(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn maintain(server: &str, sql: String) -> Result<()> {
    let mut connection = PgConnection::connect(&server.replace("{}", "postgres")).await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    Ok(connection.close().await?)
}
