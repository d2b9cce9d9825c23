//! Days as people write them in lists.
//!
//! Invariant: a day that was not written out is never guessed into the wrong century, and none lies outside of what a list
//! can mean.

use std::ops::RangeInclusive;

use jiff::ToSpan as _;
use jiff::civil::Date;

/// What lists can mean.
const YEARS: RangeInclusive<i16> = 1900..=2199;

/// A due day with two digits lies within so many years of today.
const NEAR: i64 = 30;

/// Where a day lies whose year has two digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Century {
    /// Signatures and uses are past.
    Past,
    /// Due days lie within 30 years.
    Near,
}

/// Reads `15.11.2023`, `15.11.23` or `2023-11-15`, perhaps with midnight behind it.
///
/// # Errors
/// In words.
pub(super) fn day(text: &str, today: Date, century: Century) -> Result<Date, String> {
    let day = text
        .strip_suffix("00:00:00")
        .or_else(|| text.strip_suffix("00:00"))
        .map_or(text, |day| day.strip_suffix('T').unwrap_or(day).trim_end());
    let no_date = || format!("{text:?} is not a date (DD.MM.YYYY or YYYY-MM-DD)");
    let read = match day.parse::<Date>() {
        Ok(read) if day.len() == 10 => Some(read),
        Ok(_) => None,
        Err(_) => match written(day).ok_or_else(no_date)? {
            (year, 4, rest) => of(year, rest),
            (year, 2, rest) => {
                return in_century(year, rest, today, century).ok_or_else(no_date)?.ok_or_else(|| {
                    format!("{text:?} does not lie within {NEAR} years of today: write its year with four digits")
                });
            }
            _ => None,
        },
    };
    read.filter(|day| YEARS.contains(&day.year())).ok_or_else(no_date)
}

/// Year, its digits, then month and day.
fn written(text: &str) -> Option<(i16, usize, (i8, i8))> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !digits(day) || !digits(month) || !digits(year) {
        return None;
    }
    Some((year.parse().ok()?, year.len(), (month.parse().ok()?, day.parse().ok()?)))
}

fn of(year: i16, (month, day): (i8, i8)) -> Option<Date> {
    Date::new(year, month, day).ok()
}

/// A day of this century or the last one: nothing where it is no day, and nothing in it where neither fits.
fn in_century(year: i16, rest: (i8, i8), today: Date, century: Century) -> Option<Option<Date>> {
    let hundred = today.year() / 100 * 100;
    let candidates = [hundred + year, hundred - 100 + year, hundred + 100 + year];
    let mut days = candidates.into_iter().filter_map(|year| of(year, rest)).peekable();
    days.peek()?;
    Some(match century {
        Century::Past => days.find(|day| day.year() <= today.year()),
        Century::Near => days.find(|day| {
            let (first, last) = (today.checked_sub(NEAR.years()), today.checked_add(NEAR.years()));
            first.is_ok_and(|first| first <= *day) && last.is_ok_and(|last| *day <= last)
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(century: Century, text: &str, expected: &str) {
        let day = day(text, "2024-03-11".parse().unwrap(), century);
        assert_eq!(day.map_or_else(|why| why, |day| day.to_string()), expected, "{text}");
    }

    fn no_date(text: &str) -> String {
        format!("{text:?} is not a date (DD.MM.YYYY or YYYY-MM-DD)")
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for century in [Century::Past, Century::Near] {
            check(century, "15.11.2023", "2023-11-15");
            check(century, "5.1.24", "2024-01-05");
            check(century, "2023-11-15", "2023-11-15");
            check(century, "2023-11-15T00:00:00", "2023-11-15");
            check(century, "15.11.2023 00:00", "2023-11-15");
            for text in
                ["31.02.2024", "31.02.24", "15/11/2023", "15.11.023", "15.11.", "0024-02-15", "01.01.9999", "+1.1.24"]
            {
                check(century, text, &no_date(text));
            }
        }
    }

    #[test]
    fn two_digits_mean_the_past_of_a_signature_and_thirty_years_around_today_of_a_due_day() {
        for (text, expected) in [
            ("30.11.89", "1989-11-30"),
            ("12.06.24", "2024-06-12"),
            ("01.03.42", "1942-03-01"),
            ("01.01.25", "1925-01-01"),
        ] {
            check(Century::Past, text, expected);
        }
        for (text, expected) in [
            ("15.05.99", "1999-05-15"),
            ("11.03.94", "1994-03-11"),
            ("11.03.54", "2054-03-11"),
            ("15.02.25", "2025-02-15"),
        ] {
            check(Century::Near, text, expected);
        }
        for text in ["10.03.94", "12.03.54", "01.01.70"] {
            check(
                Century::Near,
                text,
                &format!("{text:?} does not lie within 30 years of today: write its year with four digits"),
            );
        }
    }
}
