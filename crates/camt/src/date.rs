//! Dates as ISO 20022 defines them (ISODate, ISODateTime), and the deviations that banks write.
//!
//! Knows no clock. Invariants: a moment with an offset becomes the day that it was in Europe/Berlin; a time without an
//! offset is not moved; the last second of a day is the end of that day and not a moment of the next one.

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

static BERLIN: LazyLock<Option<TimeZone>> = LazyLock::new(|| TimeZone::get("Europe/Berlin").ok());

/// The day of `2023-11-02`, `2023-11-02T23:30:00.000Z` or `2023-11-02+01:00`, with blanks around it or not.
///
/// A date with an offset and no time is not moved. `T24:00:00` and `T23:59:59` are the end of the day that they name,
/// whatever offset follows, because banks close a day with them.
pub(crate) fn read_day(text: &str) -> Option<Date> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let day = read_date(day)?;
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else {
        return (rest.is_empty() || read_offset(rest).is_some()).then_some(day);
    };
    let (time, zone) = time.split_at_checked(8)?;
    let time = read_time(time)?;
    let is_end = time == END_OF_DAY;
    let zone = zone.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ':'));
    match zone {
        "" => Some(day),
        zone => read_offset(zone).and_then(|offset| if is_end { Some(day) } else { in_berlin(day, time, offset) }),
    }
}

/// The last second of a day.
const END_OF_DAY: Time = Time::constant(23, 59, 59, 0);

fn in_berlin(day: Date, time: Time, offset: Offset) -> Option<Date> {
    let berlin = BERLIN.as_ref()?;
    let moment = offset.to_timestamp(day.to_datetime(time)).ok()?;
    Some(berlin.to_datetime(moment).date())
}

/// `YYYY-MM-DD`.
fn read_date(text: &str) -> Option<Date> {
    let mut fields = text.split('-');
    let (year, month, day) = (number(fields.next()?, 4)?, number(fields.next()?, 2)?, number(fields.next()?, 2)?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `HH:MM:SS`. A leap second and 24:00:00 become the last second before.
fn read_time(text: &str) -> Option<Time> {
    let mut fields = text.split(':');
    let (hour, minute, second) = (number(fields.next()?, 2)?, number(fields.next()?, 2)?, number(fields.next()?, 2)?);
    if (hour, minute, second) == (24, 0, 0) {
        return Some(END_OF_DAY);
    }
    let second = if second == 60 { 59 } else { second };
    let narrow = |value: i16| i8::try_from(value).ok();
    Time::new(narrow(hour)?, narrow(minute)?, narrow(second)?, 0).ok()
}

/// `Z`, `+01:00`, `+0100` or `+01`.
fn read_offset(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = minutes.strip_prefix(':').unwrap_or(minutes);
    let minutes = if minutes.is_empty() { 0 } else { number(minutes, 2)? };
    let seconds = (i32::from(number(hours, 2)?) * 60 + i32::from(minutes)) * 60;
    Offset::from_seconds(sign * seconds).ok()
}

/// A number of exactly `digits` digits.
fn number(text: &str, digits: usize) -> Option<i16> {
    let valid = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        let table = "
            2023-11-02                    | 2023-11-02
            2011-07-25                    | 2011-07-25
            2023-11-02Z                   | 2023-11-02
            2023-11-02+01:00              | 2023-11-02
            2023-11-02T10:00:00           | 2023-11-02
            2023-11-02 10:00:00           | 2023-11-02
            2014-01-04T23:00:00Z          | 2014-01-05
            2014-01-04T22:59:59Z          | 2014-01-04
            2014-01-04T23:00:00.000+01:00 | 2014-01-04
            2014-07-04T22:00:00Z          | 2014-07-05
            2014-07-04T21:59:59.999Z      | 2014-07-04
            2014-07-04T23:30:00-0500      | 2014-07-05
            2014-07-04T01:00:00+14        | 2014-07-03
            2019-12-31T24:00:00           | 2019-12-31
            2019-12-31T24:00:00+01:00     | 2019-12-31
            2019-08-09T11:17:11:735       | 2019-08-09
            2016-12-31T23:59:60Z          | 2016-12-31
            2024-03-07T23:59:59Z          | 2024-03-07
            2024-03-07T23:59:59.999Z      | 2024-03-07
            2024-03-07T23:59:59+00:00     | 2024-03-07
            2024-03-07T24:00:00Z          | 2024-03-07
            2024-03-07T24:00:00+00:00     | 2024-03-07
            2024-03-07T23:59:59X          | -
            2023-02-30                    | -
            2023-13-01                    | -
            23-11-02                      | -
            2023-11-2                     | -
            02.11.2023                    | -
            2023-11-02x                   | -
            2023-11-02T10                 | -
            2023-11-02T25:00:00           | -
            2023-11-02T10:00:00+1         | -
            2023-11-02T10:00:00X          | -
            +023-11-02                    | -
            2023-11-0ü                    | -
                                          | -";
        for line in table.lines().skip(1) {
            let (text, expected) = line.split_once('|').unwrap();
            let day = read_day(text).map_or("-".to_owned(), |day| day.to_string());
            assert_eq!(day, expected.trim(), "{text:?}");
        }
    }
}
