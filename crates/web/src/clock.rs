//! What time it is, told from outside.
//!
//! Invariant: nothing in this crate reads a clock; a request sees one moment from its beginning to its end.

use std::sync::Arc;

use jiff::civil::Date;

/// One moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The business date.
    pub today: Date,
    /// The wall clock, UTC, RFC 3339: only written down.
    pub now: String,
    /// The same as seconds since 1970: how long a log-in lasts.
    pub seconds: i64,
}

/// Tells the moment.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    /// A clock that asks this.
    pub fn new(tell: impl Fn() -> Moment + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(tell))
    }

    /// The moment that it is.
    pub fn tell(&self) -> Moment {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Clock")
    }
}
