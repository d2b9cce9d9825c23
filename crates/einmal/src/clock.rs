//! The clock: the only place that reads it.

use jiff::civil::Date;

use crate::failure::Failure;

/// The current day at the treasury (Europe/Berlin).
#[expect(clippy::disallowed_methods, reason = "the one place where the business date is read off the clock")]
pub(crate) fn today_here() -> Result<Date, Failure> {
    let here = jiff::Timestamp::now().in_tz("Europe/Berlin").map_err(|error| Failure::Said(error.to_string()))?;
    Ok(here.date())
}

/// The wall clock for the journal, to the second, UTC.
#[expect(clippy::disallowed_methods, reason = "the one place where the journal's time is read off the clock")]
pub(crate) fn now() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Second).unwrap_or(now).to_string()
}
