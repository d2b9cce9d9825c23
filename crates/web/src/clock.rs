//! The clock, which is passed in from outside.
//!
//! Invariant: nothing in this crate reads a clock; a request sees one moment from its beginning to its end.

use std::sync::Arc;

use jiff::civil::Date;

/// One moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The business date.
    pub today: Date,
    /// The wall clock, UTC, RFC 3339; it is only recorded.
    pub now: String,
    /// The same in seconds since 1970, for the duration of log-ins.
    pub seconds: i64,
}

/// Returns the current moment.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    /// A clock that calls this function.
    pub fn new(tell: impl Fn() -> Moment + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(tell))
    }

    /// The current moment.
    pub fn tell(&self) -> Moment {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Clock")
    }
}
