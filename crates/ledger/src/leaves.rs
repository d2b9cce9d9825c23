//! The day on which a payment file leaves the house by itself.
//!
//! Pure: knows no file. Invariant: never before the day until which letters promise to look for transfers, nor before the bank
//! takes it, and never on a day on which no bank works: then money that comes in until the next one can still lower it.

use jiff::civil::Date;
use sepa::target_day_on_or_after;

/// The first bank day from today on which a released file may leave: `not_before` is the day until which letters promise to
/// look for transfers, `taken_from` the first on which the bank takes it.
pub fn leaves_on(today: Date, not_before: Option<Date>, taken_from: Date) -> Date {
    let earliest = not_before.map_or(today, |day| today.max(day));
    target_day_on_or_after(earliest.max(taken_from))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_last_of_all_days_counts_and_a_bank_day_it_is() {
        let (friday, saturday, monday) = (date(2024, 3, 8), date(2024, 3, 9), date(2024, 3, 11));
        assert_eq!(leaves_on(friday, None, date(2024, 3, 1)), friday);
        assert_eq!(leaves_on(saturday, None, date(2024, 3, 1)), monday);
        assert_eq!(leaves_on(friday, Some(saturday), date(2024, 3, 1)), monday);
        assert_eq!(leaves_on(friday, Some(date(2024, 3, 1)), date(2024, 3, 12)), date(2024, 3, 12));
        // Good Friday and Easter Monday
        assert_eq!(leaves_on(date(2024, 3, 29), None, date(2024, 3, 1)), date(2024, 4, 2));
    }
}
