//! Bank days, as far as the simulated months need them: TARGET is closed on weekends, 1 January, Good Friday, Easter
//! Monday, 1 May, 25 and 26 December.

use jiff::civil::{Date, Weekday, date};

/// Good Friday and Easter Monday of the simulated years.
const EASTER: [(Date, Date); 2] = [(date(2024, 3, 29), date(2024, 4, 1)), (date(2025, 4, 18), date(2025, 4, 21))];

/// Whether banks settle on a day.
pub fn is_bank_day(day: Date) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let fixed = matches!((day.month(), day.day()), (1 | 5, 1) | (12, 25 | 26));
    !weekend && !fixed && !EASTER.iter().any(|(friday, monday)| day == *friday || day == *monday)
}

/// The last bank day before a day.
pub fn bank_day_before(day: Date) -> Date {
    let mut before = day;
    loop {
        before = before.yesterday().unwrap_or(before);
        if is_bank_day(before) {
            return before;
        }
    }
}

/// The first bank day after a day.
pub fn bank_day_after(day: Date) -> Date {
    let mut after = day;
    loop {
        after = after.tomorrow().unwrap_or(after);
        if is_bank_day(after) {
            return after;
        }
    }
}
