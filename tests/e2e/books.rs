//! A town's database as an auditor opens it: plain SQL beside the program, on either engine.
//!
//! Knows tables and columns by asking the database for them; nothing of what they mean. Invariant: it works on the
//! database while no program has it open.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

use crate::town::Town;

/// The variable that names a server: a URL with `{}` in the place of the database.
const SERVER: &str = "EINMAL_TEST_POSTGRES";
/// The variable that says `postgres` where towns are to be on that server; else they are on SQLite.
const ENGINE: &str = "EINMAL_TEST_ENGINE";

/// Where a town's books are.
#[derive(Clone, Debug)]
pub(crate) enum Books {
    /// In a file.
    Sqlite(PathBuf),
    /// In a database of that name on the server.
    Postgres(String),
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Number,
    Text,
    Day,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its table.
    pub(crate) table: String,
    /// Its name.
    pub(crate) name: String,
    /// What it holds; a day of SQLite is a text.
    pub(crate) holds: Holds,
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn on_a_server() -> bool {
    std::env::var(ENGINE).is_ok_and(|engine| engine == "postgres")
}

fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| {
        panic!(
            "{ENGINE} is postgres and {SERVER} names no server: `cargo xtask postgres cargo test --test e2e` starts one"
        )
    })
}

/// A connection of either kind.
enum Open {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Does the same with either connection.
macro_rules! with {
    ($open:expr, $connection:ident => $what:expr) => {
        match $open {
            Open::Sqlite(mut $connection) => {
                let done = $what;
                $connection.close().await.unwrap();
                done
            }
            Open::Postgres(mut $connection) => {
                let done = $what;
                $connection.close().await.unwrap();
                done
            }
        }
    };
}

impl Books {
    /// New books in a folder: a file of it, or a new database of the server that the tests are told of.
    pub(crate) fn new(folder: &std::path::Path) -> Books {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        if !on_a_server() {
            return Books::Sqlite(folder.join("einmal.db"));
        }
        let name = format!("town_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        maintain(&format!("CREATE DATABASE {name} TEMPLATE {} STRATEGY FILE_COPY", template()));
        Books::Postgres(name)
    }

    /// The database of a town.
    pub(crate) fn of(town: &Town) -> Books {
        town.books().clone()
    }

    /// Whether they are on SQLite.
    pub(crate) fn are_a_file(&self) -> bool {
        matches!(self, Books::Sqlite(_))
    }

    /// How the program is told of them.
    pub(crate) fn url(&self) -> String {
        match self {
            Books::Sqlite(path) => format!("sqlite://{}", path.display()),
            Books::Postgres(name) => server().replace("{}", name),
        }
    }

    /// Other books beside them that are not there yet; on a server an empty database.
    pub(crate) fn another(&self, name: &str) -> Books {
        match self {
            Books::Sqlite(path) => Books::Sqlite(path.with_file_name(format!("{name}.db"))),
            Books::Postgres(own) => {
                let other = format!("{own}_{name}");
                maintain(&format!("CREATE DATABASE {other}"));
                Books::Postgres(other)
            }
        }
    }

    /// A copy under another name.
    pub(crate) fn copy(&self, name: &str) -> Books {
        match self {
            Books::Sqlite(path) => {
                let copy = path.with_file_name(format!("{name}.db"));
                std::fs::copy(path, &copy).unwrap();
                Books::Sqlite(copy)
            }
            Books::Postgres(own) => {
                static COUNT: AtomicUsize = AtomicUsize::new(0);
                let copy = format!("{own}_{}", COUNT.fetch_add(1, Ordering::Relaxed));
                maintain(&format!("CREATE DATABASE {copy} TEMPLATE {own}"));
                Books::Postgres(copy)
            }
        }
    }

    /// Ends them.
    pub(crate) fn remove(&self) {
        match self {
            Books::Sqlite(path) => drop(std::fs::remove_file(path)),
            Books::Postgres(name) => maintain(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")),
        }
    }

    async fn open(&self) -> sqlx::Result<Open> {
        Ok(match self {
            Books::Sqlite(path) => {
                Open::Sqlite(SqliteConnectOptions::new().filename(path).foreign_keys(true).connect().await?)
            }
            Books::Postgres(_) => Open::Postgres(self.url().parse::<PgConnectOptions>()?.connect().await?),
        })
    }

    /// Does some SQL and says what the database thinks of it, in SQLite's words.
    pub(crate) fn execute(&self, sql: &str) -> Result<(), String> {
        wait(async {
            with!(self.open().await.unwrap(), connection => sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                .execute(&mut connection).await.map(drop).map_err(|error| why(&error)))
        })
    }

    /// The rows of a query, its columns as text.
    fn texts(&self, sql: &str, columns: usize) -> Vec<Vec<String>> {
        wait(async {
            with!(self.open().await.unwrap(), connection => {
                let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
                rows.iter().map(|row| (0..columns).map(|place| row.get(place)).collect()).collect()
            })
        })
    }

    /// The one number that a query finds.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        wait(async {
            with!(self.open().await.unwrap(), connection => {
                sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await.unwrap().get(0)
            })
        })
    }

    /// The tables of the program, without those of the engine and of the migrations.
    pub(crate) fn tables(&self) -> Vec<String> {
        let sql = match self {
            Books::Sqlite(_) => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            }
            Books::Postgres(_) => {
                "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            }
        };
        let tables = self.texts(sql, 1).into_iter().flatten();
        tables.filter(|table| !table.starts_with("_sqlx")).collect()
    }

    /// Every column of every table.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let of = |table: String| {
            let sql = match self {
                Books::Sqlite(_) => format!("SELECT name, type FROM pragma_table_info('{table}') ORDER BY cid"),
                Books::Postgres(_) => format!(
                    "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
                ),
            };
            self.texts(&sql, 2).into_iter().map(move |row| Column {
                table: table.clone(),
                name: row[0].clone(),
                holds: match row[1].as_str() {
                    "INTEGER" | "bigint" => Holds::Number,
                    "date" => Holds::Day,
                    _ => Holds::Text,
                },
            })
        };
        self.tables().into_iter().flat_map(of).collect()
    }

    /// How many rows each table has.
    pub(crate) fn counts(&self) -> BTreeMap<String, i64> {
        self.tables()
            .into_iter()
            .map(|table| {
                let count = self.number(&format!("SELECT COUNT(*) FROM {table}"));
                (table, count)
            })
            .collect()
    }

    /// Lets go of every constraint, so that what `verify` finds alone is seen.
    pub(crate) fn loosen(&self) {
        if let Books::Postgres(_) = self {
            self.execute(
                "DO $$ DECLARE own RECORD; BEGIN
                    FOR own IN SELECT conrelid::regclass AS of, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0
                        AND connamespace = 'public'::regnamespace
                    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', own.of, own.conname); END LOOP;
                END $$",
            )
            .unwrap();
        }
    }

    /// What must stand before a change that no constraint and no trigger sees.
    pub(crate) fn unseen(&self) -> &'static str {
        match self {
            Books::Sqlite(_) => {
                "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;
                 DROP TRIGGER IF EXISTS journal_is_never_changed; DROP TRIGGER IF EXISTS journal_is_never_deleted;
                 DROP TRIGGER IF EXISTS journal_facts_are_never_changed; DROP TRIGGER IF EXISTS journal_facts_are_never_deleted;
                 DROP TRIGGER IF EXISTS claim_never_takes_a_fee;"
            }
            Books::Postgres(_) => "SET session_replication_role = replica;",
        }
    }
}

/// A database with all tables and no row: copying it is quicker than every migration for every town.
fn template() -> &'static str {
    static NAME: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    NAME.get_or_init(|| {
        let name = format!("template_{}", std::process::id());
        maintain(&format!("CREATE DATABASE {name}"));
        wait(async {
            let Open::Postgres(mut connection) = Books::Postgres(name.clone()).open().await.unwrap() else { return };
            store::migrations::postgres().run(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
        name
    })
}

/// What the server is asked outside of any town.
fn maintain(sql: &str) {
    Books::Postgres("postgres".to_owned()).execute(sql).unwrap();
}

fn why(error: &sqlx::Error) -> String {
    let sqlx::Error::Database(inner) = error else { return error.to_string() };
    let kind = match inner.code().as_deref() {
        Some("23514") => "CHECK constraint failed: ",
        Some("23505") => "UNIQUE constraint failed: ",
        Some("23503") => "FOREIGN KEY constraint failed: ",
        _ => "",
    };
    format!("{kind}{error}")
}
