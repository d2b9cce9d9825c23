//! The two calendars of a municipal treasury: when banks settle, and when its own offices are open.
//!
//! The two differ (Whit Monday is a holiday in the town hall and a working day for banks), so no function serves both.
//! Nothing here asks what day it is. At the ends of the calendar, in the years -9999 and 9999, where there is no next
//! day, a search ends at the last day there is.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// Days that a late payment may take without a charge (§ 240 (3) AO, the Schonfrist).
const GRACE_DAYS: i32 = 3;

/// Whether TARGET, the Eurosystem's settlement, is open: not on Saturday, Sunday, 1 January, Good Friday, Easter
/// Monday, 1 May, 25 and 26 December (ECB, long-term calendar for TARGET closing days).
#[must_use]
pub fn is_target_day(day: Date) -> bool {
    let fixed = matches!((day.month(), day.day()), (1, 1) | (5, 1) | (12, 25 | 26));
    !is_weekend(day) && !fixed && !matches!(days_after_easter(day), -2 | 1)
}

/// The day itself if TARGET is open, else the next one that is.
#[must_use]
pub fn target_day_on_or_after(day: Date) -> Date {
    first(day, is_target_day, next_day)
}

/// The last TARGET day strictly before the day.
#[must_use]
pub fn target_day_before(day: Date) -> Date {
    let previous_day = |day: Date| day.yesterday().ok();
    previous_day(day).map_or(day, |before| first(before, is_target_day, previous_day))
}

/// The first TARGET day strictly after the day.
#[must_use]
pub fn target_day_after(day: Date) -> Date {
    next_day(day).map_or(day, target_day_on_or_after)
}

/// Whether the day is a legal holiday in North Rhine-Westphalia (§ 2 Feiertagsgesetz NW), Fronleichnam and
/// Allerheiligen among them.
#[must_use]
pub fn is_nrw_holiday(day: Date) -> bool {
    let fixed = matches!((day.month(), day.day()), (1, 1) | (5, 1) | (10, 3) | (11, 1) | (12, 25 | 26));
    // Karfreitag, Ostermontag, Christi Himmelfahrt, Pfingstmontag, Fronleichnam
    fixed || matches!(days_after_easter(day), -2 | 1 | 39 | 50 | 60)
}

/// The day on which something due on `day` is really due: a Saturday, Sunday or legal holiday moves it to the next
/// working day (§ 193 BGB, § 108 (3) AO).
#[must_use]
pub fn nrw_working_day_on_or_after(day: Date) -> Date {
    first(day, |day| !is_weekend(day) && !is_nrw_holiday(day), next_day)
}

/// The last day on which something due on `day` can be paid without a late charge: three days after the day on which it
/// is really due, and if that is no working day, the next one (§ 240 (3) sentence 1, § 108 (3) AO).
#[must_use]
pub fn end_of_grace(day: Date) -> Date {
    let due = nrw_working_day_on_or_after(day);
    due.checked_add(GRACE_DAYS.days()).map_or(due, nrw_working_day_on_or_after)
}

/// The first day on which something due on `day` can be collected: a TARGET day that is not before the day on which it
/// is really due. On Whit Monday banks settle, but what was due on the Saturday before is not due yet.
#[must_use]
pub fn first_collection_day(day: Date) -> Date {
    target_day_on_or_after(nrw_working_day_on_or_after(day))
}

/// Easter Sunday of the Gregorian calendar (anonymous algorithm, after Meeus). A year beyond the calendar's range
/// counts as its first or last one.
#[must_use]
pub fn easter_sunday(year: i16) -> Date {
    let year = year.clamp(Date::MIN.year(), Date::MAX.year());
    let number = i32::from(year);
    let (century, year_of_century) = (number.div_euclid(100), number.rem_euclid(100));
    let golden = number.rem_euclid(19);
    let correction = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let epact = (19 * golden + century - century.div_euclid(4) - correction + 15).rem_euclid(30);
    let weekday =
        (32 + 2 * century.rem_euclid(4) + 2 * (year_of_century / 4) - epact - year_of_century % 4).rem_euclid(7);
    let exception = (golden + 11 * epact + 22 * weekday) / 451;
    let days_after_22_march = epact + weekday - 7 * exception;
    let after_march = days_after_22_march - 9;
    match i8::try_from(after_march) {
        Ok(day) if day > 0 => date(year, 4, day),
        Ok(day) => date(year, 3, 31 + day),
        Err(_) => date(year, 3, 31),
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Days from the year's Easter Sunday to the day, negative before it.
fn days_after_easter(day: Date) -> i32 {
    i32::from(day.day_of_year()) - i32::from(easter_sunday(day.year()).day_of_year())
}

fn next_day(day: Date) -> Option<Date> {
    day.tomorrow().ok()
}

/// The first day that fits, from `day` on, moving by `step`.
fn first(day: Date, fits: impl Fn(Date) -> bool, step: impl Fn(Date) -> Option<Date>) -> Date {
    let mut day = day;
    while !fits(day) {
        let Some(following) = step(day) else { return day };
        day = following;
    }
    day
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("an ISO date")
    }

    #[test]
    fn due_dates_of_north_rhine_westphalia() {
        let table = include_str!("../data/due-days.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
        for line in table {
            let [written, due, grace, collection, submission]: [Date; 5] =
                line.split(';').map(day).collect::<Vec<_>>().try_into().expect("five dates");
            assert_eq!(nrw_working_day_on_or_after(written), due, "due: {line}");
            assert_eq!(end_of_grace(written), grace, "grace: {line}");
            assert_eq!(first_collection_day(written), collection, "collection: {line}");
            assert_eq!(target_day_before(collection), submission, "submission: {line}");
        }
    }

    #[test]
    fn easter() {
        for text in [
            "1818-03-22",
            "1943-04-25",
            "1954-04-18",
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2038-04-25",
            "2049-04-18",
            "2285-03-22",
        ] {
            assert_eq!(easter_sunday(day(text).year()), day(text));
        }
    }

    #[test]
    fn the_two_calendars_differ() {
        // day, TARGET open, holiday in North Rhine-Westphalia
        for (text, target, holiday) in [
            ("2026-01-01", false, true),
            ("2026-01-06", true, false),
            ("2026-04-03", false, true),
            ("2026-04-06", false, true),
            ("2027-03-26", false, true),
            ("2027-03-29", false, true),
            ("2026-05-01", false, true),
            ("2026-05-14", true, true),
            ("2026-05-25", true, true),
            ("2026-06-04", true, true),
            ("2025-10-03", true, true),
            ("2025-10-31", true, false),
            ("2026-11-01", false, true),
            ("2027-11-01", true, true),
            ("2025-12-24", true, false),
            ("2025-12-25", false, true),
            ("2025-12-26", false, true),
            ("2025-12-31", true, false),
            ("2026-07-04", false, false),
            ("2026-07-05", false, false),
        ] {
            assert_eq!(is_target_day(day(text)), target, "TARGET {text}");
            assert_eq!(is_nrw_holiday(day(text)), holiday, "holiday {text}");
        }
    }

    #[test]
    fn over_easter_and_the_ends_of_the_calendar() {
        assert_eq!(target_day_before(day("2026-04-07")), day("2026-04-02"));
        assert_eq!(target_day_after(day("2026-04-02")), day("2026-04-07"));
        assert_eq!(target_day_on_or_after(day("2026-04-03")), day("2026-04-07"));
        assert_eq!(target_day_after(Date::MAX), Date::MAX);
        assert_eq!(target_day_before(Date::MIN), Date::MIN);
        assert_eq!(end_of_grace(Date::MAX), Date::MAX);
        assert_eq!(first_collection_day(Date::MAX), Date::MAX);
    }

    proptest! {
        #[test]
        fn easter_is_a_sunday_between_22_march_and_25_april(year in any::<i16>()) {
            let easter = easter_sunday(year);
            prop_assert_eq!(easter.weekday(), Weekday::Sunday);
            prop_assert!(matches!((easter.month(), easter.day()), (3, 22..=31) | (4, 1..=25)), "{}", easter);
        }

        #[test]
        fn searches_end_on_the_nearest_day(year in 1900_i16..2200, ordinal in 1_i16..=365) {
            let start = date(year, 1, 1).with().day_of_year(ordinal).build().unwrap();
            let (before, after) = (target_day_before(start), target_day_after(start));
            prop_assert!(before < start && start < after);
            prop_assert!(is_target_day(before) && is_target_day(after));
            prop_assert_eq!(target_day_after(before), target_day_on_or_after(start));
            prop_assert_eq!(target_day_before(after), if is_target_day(start) { start } else { before });
        }
    }
}
