//! When a standing order is to be carried out, and for which day it collects.
//!
//! Pure. Invariants: of several days that were missed only the newest counts; the day of collection leaves time for posting the
//! notices and for their period.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use sepa::target_day_on_or_after;

/// The days of a standing order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Every week on this day.
    Weekly(Weekday),
    /// Every month on these days; one that a month has not is its last.
    Monthly(Vec<i8>),
}

impl Schedule {
    fn has(&self, day: Date) -> bool {
        match self {
            Schedule::Weekly(weekday) => day.weekday() == *weekday,
            Schedule::Monthly(days) => days.iter().any(|own| *own.min(&day.days_in_month()) == day.day()),
        }
    }

    /// The newest of its days until today that is after `after` and not before `from`; none where there is none.
    pub fn newest(&self, after: Option<Date>, from: Date, today: Date) -> Option<Date> {
        let is_open = |day: &Date| *day >= from && after.is_none_or(|after| *day > after);
        // no schedule has more than a month between two of its days
        let days = (0..=31).filter_map(|ago: i32| today.checked_sub(ago.days()).ok());
        days.take_while(is_open).find(|day| self.has(*day))
    }
}

/// The day for which a run that is planned today collects: so many days for posting, the period of the notice, and never before
/// `earliest`, the first day that the bank can meet.
pub fn collects_on(today: Date, post_days: i32, notice_days: i32, earliest: Date) -> Date {
    let told = today.saturating_add((post_days.saturating_add(notice_days)).days());
    target_day_on_or_after(told.max(earliest))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn of_the_days_that_were_missed_the_newest_counts() {
        let monthly = Schedule::Monthly(vec![1, 15, 31]);
        let from = date(2024, 1, 20);
        assert_eq!(monthly.newest(None, from, date(2024, 1, 30)), None);
        assert_eq!(monthly.newest(None, from, date(2024, 1, 31)), Some(date(2024, 1, 31)));
        // the last day of a short month
        assert_eq!(monthly.newest(None, from, date(2024, 2, 29)), Some(date(2024, 2, 29)));
        assert_eq!(monthly.newest(Some(date(2024, 2, 1)), from, date(2024, 2, 20)), Some(date(2024, 2, 15)));
        assert_eq!(monthly.newest(Some(date(2024, 2, 15)), from, date(2024, 2, 20)), None);
        let weekly = Schedule::Weekly(Weekday::Monday);
        assert_eq!(weekly.newest(None, from, date(2024, 1, 21)), None);
        assert_eq!(weekly.newest(None, from, date(2024, 1, 24)), Some(date(2024, 1, 22)));
    }

    #[test]
    fn the_notices_have_their_time() {
        let (today, soon) = (date(2024, 3, 11), date(2024, 3, 12));
        assert_eq!(collects_on(today, 3, 14, soon), date(2024, 3, 28));
        // over Easter
        assert_eq!(collects_on(today, 4, 14, soon), date(2024, 4, 2));
        assert_eq!(collects_on(today, 0, 0, date(2024, 3, 18)), date(2024, 3, 18));
    }
}
