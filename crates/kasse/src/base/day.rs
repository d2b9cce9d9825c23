//! Business days: none before that of the newest entry is written on, and none to come was ever posted.
//!
//! Must not know what is written. Invariant: the days of the journal never fall, unless two people correct one.

use jiff::civil::Date;
use store::Tx;

use crate::{Error, Kasse, Result};

/// The day that calendars in Germany show at a moment of the wall clock.
pub(crate) fn wall_day(at: &str) -> Result<Date> {
    Ok(local(at)?.date())
}

/// A moment of the wall clock, UTC, as the clocks in Germany showed it.
pub(crate) fn local(at: &str) -> Result<jiff::Zoned> {
    let stamp: jiff::Timestamp = at.parse().map_err(|error| Error::Internal(format!("{at:?}: {error}")))?;
    stamp.in_tz("Europe/Berlin").map_err(|error| Error::Internal(error.to_string()))
}

/// No system has posted a day to come.
pub(crate) fn check_as_of(day: Date, today: Date) -> Result<()> {
    if day <= today {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "the last bank day of the old system, {day}, is after {today}: no system has posted a day to come"
    )))
}

/// The business day of the newest entry; none where nothing but the making of the books stands there.
pub(crate) async fn newest_day(tx: &mut Tx) -> Result<Option<Date>> {
    Ok(store::last_entry(tx).await?.filter(|entry| entry.action != "init").map(|entry| entry.day))
}

/// The business day of the newest entry, where it is later than today: then these books can only be looked at.
///
/// # Errors
/// What the database says.
pub async fn only_looks(kasse: &Kasse) -> Result<Option<Date>> {
    let newest = newest_day(&mut *kasse.db.read().await?).await?;
    Ok(newest.filter(|newest| kasse.today < *newest))
}

/// Refuses to write on a day before that of the newest entry.
pub(crate) async fn refuse_old_day(tx: &mut Tx, today: Date) -> Result<()> {
    match newest_day(tx).await?.filter(|newest| today < *newest) {
        None => Ok(()),
        Some(newest) => Err(Error::Refused(format!(
            "the newest entry of these books is of {newest}: as of {today} they can only be looked at; where {newest} was a mistake, two people correct it (`einmal journal correct-day`)"
        ))),
    }
}
