//! Instalments that the text of a debit names: quarters, months, days.
//!
//! Must not know amounts. Invariant: an instalment is named once, and their days rise.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

/// An instalment: the day that it was due on, as far as the text tells it, and its name.
pub(super) type Instalment = (Date, String);

/// The instalments of a text, by their days.
pub(super) fn instalments(text: &str) -> Vec<Instalment> {
    let words: Vec<&str> = text.split([' ', ',', ';', '+', '(', ')']).filter(|word| !word.is_empty()).collect();
    let mut found: BTreeMap<Date, String> = BTreeMap::new();
    for (at, word) in words.iter().enumerate() {
        let word = word.trim_end_matches(['.', ':']);
        let next = |offset: usize| words.get(at + offset).copied().unwrap_or_default();
        let read = whole(word).or_else(|| in_words(word, next(1), next(2)));
        found.extend(read);
    }
    found.into_iter().collect()
}

/// `IV/2023`, `4/2023`, `Q4/2023`, `2023/4`, `2023-04`, `11/2023`, `15.11.2023`.
fn whole(word: &str) -> Option<Instalment> {
    let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
    match parts.as_slice() {
        [one, two] => {
            let (part, year) = match (year(one), year(two)) {
                (None, Some(year)) => (*one, year),
                (Some(year), None) => (*two, year),
                _ => return None,
            };
            quarter(part).map_or_else(|| month(part, year), |quarter| of_quarter(quarter, year))
        }
        [day, month, year] if word.contains('.') => {
            let number = |text: &str| text.parse::<i8>().ok().filter(|_| text.len() <= 2);
            let full = match year.len() {
                4 => self::year(year)?,
                2 => year.parse::<i16>().ok()?.checked_add(2_000)?,
                _ => return None,
            };
            let day = Date::new(full, number(month)?, number(day)?).ok()?;
            Some((day, day.to_string()))
        }
        _ => None,
    }
}

/// `4. Quartal 2023`, `IV. Quartal 2023`, `Quartal 4 2023`.
fn in_words(word: &str, next: &str, after: &str) -> Option<Instalment> {
    let is_quarter = |word: &str| {
        let word = word.trim_end_matches('.').to_lowercase();
        matches!(word.as_str(), "quartal" | "quart" | "vj" | "vierteljahr" | "q" | "qu")
    };
    let number = match (is_quarter(word), is_quarter(next)) {
        (false, true) => word,
        (true, false) => next,
        _ => return None,
    };
    of_quarter(quarter(number)?, year(after.trim_start_matches('/'))?)
}

fn year(text: &str) -> Option<i16> {
    let year = text.parse::<i16>().ok()?;
    (text.len() == 4 && (1990..2100).contains(&year)).then_some(year)
}

fn quarter(text: &str) -> Option<i8> {
    match text.trim_end_matches('.').trim_start_matches(['Q', 'q']) {
        "1" | "I" | "i" => Some(1),
        "2" | "II" | "ii" => Some(2),
        "3" | "III" | "iii" => Some(3),
        "4" | "IV" | "iv" => Some(4),
        _ => None,
    }
}

/// § 28 GrStG: a quarter is due in the middle of its second month.
fn of_quarter(quarter: i8, year: i16) -> Option<Instalment> {
    let day = Date::new(year, quarter.checked_mul(3)?.checked_sub(1)?, 15).ok()?;
    Some((day, format!("{year}-{quarter}")))
}

fn month(text: &str, year: i16) -> Option<Instalment> {
    let month = text.parse::<i8>().ok().filter(|_| text.len() <= 2)?;
    let day = Date::new(year, month, 15).ok()?;
    Some((day, format!("{year}-{month:02}")))
}

/// The earliest day that an instalment may be of: what is earlier is a day of birth, or of a mandate.
pub(super) const EARLIEST: Date = date(1990, 1, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let names: Vec<String> = instalments(text).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, expected, "{text}");
    }

    #[test]
    fn instalments_are_read_as_offices_write_them() {
        check("Hauptstraße 12 Abgaben IV/2023 I/2024", &["2023-4", "2024-1"]);
        check("Grundsteuer B 4. Quartal 2023, 1. Quartal 2024", &["2023-4", "2024-1"]);
        check("Q4/2023+Q1/2024", &["2023-4", "2024-1"]);
        check("2024-1 und 2023-4", &["2023-4", "2024-1"]);
        check("Elternbeitrag 11/2023 12/2023", &["2023-11", "2023-12"]);
        check("faellig 15.11.2023 und 15.02.24", &["2023-11-15", "2024-02-15"]);
        check("Hundesteuer 2024", &[]);
        check("5.0100.000301.9 Am Markt 3", &[]);
        check("IV/2023 4/2023", &["2023-4"]);
    }
}
