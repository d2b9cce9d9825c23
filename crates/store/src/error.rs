//! What can go wrong with the database, in words that tell an operator what to do.

/// The outcome of anything that touches the database.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the database or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL names no database that this program can open.
    #[error("the database {0:?} is not understood: sqlite://PATH and postgres://USER@HOST/NAME are")]
    Url(String),
    /// The database was written by a newer program.
    #[error("the database was written by a newer einmal (migration {0} is unknown here): use that version")]
    Newer(i64),
    /// The database was written by the build before this one.
    #[error(
        "the database was written by an earlier einmal (migration {0}): `einmal copy --from … --to …` brings its books into a new one, `einmal restore` those of a backup"
    )]
    Earlier(i64),
    /// The database was written by an older build still.
    #[error(
        "the database was written by an einmal that is too old (migration {0}): open it once with the version before this one"
    )]
    TooOld(i64),
    /// The file is no database of this program, or its migrations were changed.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A constraint of the database refused the change; nothing of it was stored.
    #[error("the database refused the change, nothing of it was stored: {0}")]
    Refused(String),
    /// Another program has been writing for too long.
    #[error("the database is busy with another program's change: try again")]
    Busy,
    /// A column holds something else than expected.
    #[error("the column {column} holds what it must not: {why}")]
    Inconsistent {
        /// The column's name in the query.
        column: String,
        /// The driver's message.
        why: String,
    },
    /// The database holds books already; others cannot be put into it.
    #[error("the database holds books already: name a new one")]
    NotEmpty,
    /// A table reads differently after copying.
    #[error("the table {0} does not read the same in its new place; nothing was copied")]
    Unlike(&'static str),
    /// The books were moved elsewhere and are not written here any more.
    #[error("these books go on in {0}: nothing is changed here any more")]
    Retired(String),
    /// The books are a backup, made at this moment.
    #[error(
        "these books are a backup of {0}: nothing is changed in them; `einmal restore` puts them into a database of their own"
    )]
    Backup(String),
    /// A text with a character that no text has: a control character.
    #[error("a text holds the control character U+{0:04X}: nothing was stored")]
    Control(u32),
    /// Any other error of the driver.
    #[error("the database failed: {0}")]
    Driver(#[source] sqlx::Error),
}

/// Error codes for "busy". SQLite: busy, locked, and their extended codes; PostgreSQL: lock timeout, deadlock,
/// serialization failure.
const BUSY: [&str; 7] = ["5", "6", "261", "517", "55P03", "40P01", "40001"];

/// SQLite's error code for a trigger that refuses.
const RAISED: &str = "1811";

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(inner) = &error {
            let code = inner.code();
            if code.as_deref().is_some_and(|code| BUSY.contains(&code)) {
                return Error::Busy;
            }
            let refused = inner.is_check_violation() || inner.is_unique_violation() || inner.is_foreign_key_violation();
            if refused || code.as_deref() == Some(RAISED) {
                return Error::Refused(inner.message().to_owned());
            }
        }
        Error::Driver(error)
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => Error::Newer(version),
            other => Error::Migrate(other),
        }
    }
}

pub(crate) fn unreadable(column: &str, why: &impl ToString) -> Error {
    Error::Inconsistent { column: column.to_owned(), why: why.to_string() }
}
