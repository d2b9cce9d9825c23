//! What can go wrong underneath, said so that an operator knows what to do.

/// The outcome of anything that touches the database.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the database or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL names no database that this build can open.
    #[error("the database {0:?} is not understood: sqlite://PATH is")]
    Url(String),
    /// The database was written by a newer program.
    #[error("the database was written by a newer einmal (migration {0} is unknown here): use that version")]
    Newer(i64),
    /// The file is something else, or its migrations were tampered with.
    #[error("the database cannot be brought up to date: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A constraint of the database refused the change; nothing of it was stored.
    #[error("the database refused the change, nothing of it was stored: {0}")]
    Refused(String),
    /// Somebody else is writing for too long.
    #[error("the database is busy with another program's change: try again")]
    Busy,
    /// A row does not read as what its column promises.
    #[error("the column {column} holds what it must not: {why}")]
    Inconsistent {
        /// The column's name in the query.
        column: String,
        /// What the driver said.
        why: String,
    },
    /// Anything else of the driver.
    #[error("the database failed: {0}")]
    Driver(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(inner) = &error {
            let busy = matches!(inner.code().as_deref(), Some("5" | "6" | "261" | "517"));
            if busy {
                return Error::Busy;
            }
            if inner.is_check_violation() || inner.is_unique_violation() || inner.is_foreign_key_violation() {
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
