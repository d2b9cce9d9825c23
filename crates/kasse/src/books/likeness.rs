//! Whether two tellings of a booking of one day and amount can be the same booking.
//!
//! Knows neither files nor what is stored where. Invariants: two are the same because a reference or an account says so;
//! where nothing speaks for or against it, that is said too. A reference that says nothing (`0000000000`, `1`) is none.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use camt::Booking;
use jiff::civil::Date;
use sepa::Iban;
use store::StoredBooking;

/// How a reference begins that we give where the bank gives none.
pub(crate) const OWN_REFERENCE: &str = "einmal-";

/// What tells a booking from others, each as a hash that is compared within one run of the program; 0 where it is not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Whether it was told in SWIFT's format: references and texts are compared within one format.
    swift: bool,
    reference: u64,
    iban: u64,
    text: u64,
}

/// What the marks of two bookings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// They are the same booking.
    Same,
    /// Nothing tells.
    Unknown,
    /// They are two.
    Other,
}

impl Marks {
    /// Of a booking that a file tells.
    pub(crate) fn told(booking: &Booking, swift: bool) -> Marks {
        let reference = booking.bank_reference.as_deref();
        Marks::new(swift, reference, booking.counterparty_iban.as_deref(), Some(&booking.remittance))
    }

    /// Of a stored one.
    pub(crate) fn stored(row: &StoredBooking) -> Marks {
        let reference = Some(row.reference.as_str()).filter(|reference| !reference.starts_with(OWN_REFERENCE));
        Marks::new(is_swift(&row.message), reference, row.iban.as_deref(), row.text.as_deref())
    }

    /// Of a whole entry, whose details are not compared.
    pub(crate) fn of_entry(swift: bool, reference: Option<&str>) -> Marks {
        Marks::new(swift, reference, None, None)
    }

    fn new(swift: bool, reference: Option<&str>, iban: Option<&str>, text: Option<&str>) -> Marks {
        let squashed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let text = text.map(squashed).filter(|text| !text.is_empty());
        let iban = iban.and_then(|iban| Iban::parse(iban).ok()).map(|iban| iban.to_string());
        Marks {
            swift,
            reference: mark(reference.filter(|reference| says_something(reference))),
            iban: mark(iban.as_deref()),
            text: mark(text.as_deref()),
        }
    }

    /// Whether the bank gave it a reference that says something.
    pub(crate) fn has_reference(self) -> bool {
        self.reference != 0
    }

    /// The same, but for a reference that turned out to be on other bookings too.
    pub(crate) fn without_reference(self) -> Marks {
        Marks { reference: 0, ..self }
    }

    /// What they say of two bookings of one day and amount.
    pub(crate) fn likeness(self, other: Marks) -> Likeness {
        let both = |one: u64, other: u64| one != 0 && other != 0;
        let one_format = self.swift == other.swift;
        let decided = |equal: bool| if equal { Likeness::Same } else { Likeness::Other };
        if both(self.iban, other.iban) && self.iban != other.iban {
            Likeness::Other
        } else if both(self.reference, other.reference) && (one_format || self.reference == other.reference) {
            decided(self.reference == other.reference)
        } else if both(self.iban, other.iban) {
            Likeness::Same
        } else if both(self.text, other.text) && one_format {
            decided(self.text == other.text)
        } else {
            Likeness::Unknown
        }
    }

    /// Whether the payer's text or account tells two of one reference apart.
    pub(crate) fn tells_another(self, other: Marks) -> bool {
        self.without_reference().likeness(other.without_reference()) == Likeness::Other
            || (self.swift == other.swift && self.text != 0 && other.text != 0 && self.text != other.text)
    }
}

/// Whether a statement came in SWIFT's format.
pub(crate) fn is_swift(message: &str) -> bool {
    message.starts_with("mt")
}

fn mark(text: Option<&str>) -> u64 {
    text.map_or(0, |text| {
        let mut hash = DefaultHasher::new();
        text.hash(&mut hash);
        hash.finish().max(1)
    })
}

/// Whether a reference can tell one booking from another: not where it is one character again and again, or a number of less
/// than four digits, which counts entries and not bookings.
pub(crate) fn says_something(reference: &str) -> bool {
    let letters = || reference.chars().filter(char::is_ascii_alphanumeric);
    let first = letters().next();
    let is_word = matches!(reference.to_ascii_uppercase().as_str(), "NONREF" | "NOTPROVIDED" | "NOREF");
    let counts = letters().all(|c| c.is_ascii_digit()) && letters().count() < 4;
    letters().any(|c| Some(c) != first) && !counts && !is_word
}

/// A booking or entry as it is compared: its day, cents, and marks.
pub(crate) type Line = (Date, i64, Marks);

/// Whether each told line can be one of the stored ones, each of these once. Where their marks say nothing, it can.
pub(crate) fn can_be(told: &[Line], stored: &[Line]) -> bool {
    let mut rest: Vec<&Line> = told.iter().collect();
    let mut free: Vec<Option<Line>> = stored.iter().copied().map(Some).collect();
    // what is certain first, so that it takes no other's place
    for of in [|marks: Marks| marks.reference, |marks: Marks| marks.iban, |marks: Marks| marks.text] {
        take_certain(&mut rest, &mut free, of);
    }
    let mut groups: HashMap<(Date, i64), Vec<Marks>> = HashMap::new();
    free.iter().flatten().for_each(|(day, cents, marks)| groups.entry((*day, *cents)).or_default().push(*marks));
    rest.into_iter().all(|(day, cents, marks)| {
        let group = groups.entry((*day, *cents)).or_default();
        let place = group.iter().position(|other| marks.likeness(*other) != Likeness::Other);
        place.map(|place| group.swap_remove(place)).is_some()
    })
}

/// Takes out what is surely the same and has this mark in common.
fn take_certain(rest: &mut Vec<&Line>, free: &mut [Option<Line>], of: impl Fn(Marks) -> u64) {
    let mut places: HashMap<(Date, i64, u64), Vec<usize>> = HashMap::new();
    for (place, line) in free.iter().enumerate().rev() {
        if let Some((day, cents, marks)) = line.filter(|(_, _, marks)| of(*marks) != 0) {
            places.entry((day, cents, of(marks))).or_default().push(place);
        }
    }
    rest.retain(|(day, cents, marks)| {
        let Some(alike) = places.get_mut(&(*day, *cents, of(*marks))) else { return true };
        while let Some(place) = alike.pop() {
            let Some(line) = free.get_mut(place) else { continue };
            if line.is_some_and(|(_, _, other)| marks.likeness(other) == Likeness::Same) {
                *line = None;
                return false;
            }
        }
        true
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMSEL: &str = "DE82416500010000000023";
    const BUSSARD: &str = "DE67416500010000000099";

    /// `FORMAT REFERENCE IBAN TEXT`, `-` for what is not told.
    fn marks(row: &str) -> Marks {
        let cells: Vec<Option<&str>> =
            row.split_whitespace().map(|cell| Some(cell).filter(|cell| *cell != "-")).collect();
        let iban = cells[2].map(|name| if name == "amsel" { AMSEL } else { BUSSARD });
        Marks::new(cells[0] == Some("mt940"), cells[1], iban, cells[3])
    }

    #[test]
    fn two_are_the_same_because_something_says_so() {
        for (one, other, expected) in [
            ("camt B0001 amsel KZ1", "camt B0001 amsel KZ1", Likeness::Same),
            ("camt B0001 amsel KZ1", "camt B0002 amsel KZ1", Likeness::Other),
            ("camt B0001 amsel KZ1", "mt940 X7777 amsel KZ1", Likeness::Same),
            ("camt B0001 amsel KZ1", "mt940 X7777 bussard KZ1", Likeness::Other),
            ("camt B0001 amsel KZ1", "camt B0001 bussard KZ2", Likeness::Other),
            ("camt B0001 - KZ1", "mt940 B0001 - KZ2", Likeness::Same),
            ("camt - amsel KZ1", "camt - amsel KZ2", Likeness::Same),
            ("camt - - KZ1", "camt - - KZ2", Likeness::Other),
            ("camt - - KZ1", "camt - - KZ1", Likeness::Same),
            ("camt - - KZ1", "mt940 - - KZ2", Likeness::Unknown),
            ("camt 0000000000 - KZ1", "camt 0000000000 - KZ2", Likeness::Other),
            ("camt 1 amsel -", "camt 1 bussard -", Likeness::Other),
            ("camt - - -", "camt B0001 - -", Likeness::Unknown),
        ] {
            assert_eq!(marks(one).likeness(marks(other)), expected, "{one} / {other}");
            assert_eq!(marks(other).likeness(marks(one)), expected, "{other} / {one}");
        }
    }

    #[test]
    fn a_reference_on_every_booking_is_none() {
        for (reference, expected) in [
            ("0000000000", false),
            ("1", false),
            ("012", false),
            ("XXXXXX", false),
            ("NONREF", false),
            ("00-00-00", false),
            ("B001", true),
            ("R-1", true),
            ("AA", false),
            ("2024030812345678", true),
        ] {
            assert_eq!(says_something(reference), expected, "{reference}");
        }
    }

    #[test]
    fn each_stored_line_is_one_told_line() {
        let day: Date = "2024-03-08".parse().unwrap();
        let lines = |rows: &[&str]| rows.iter().map(|row| (day, 16_000, marks(row))).collect::<Vec<Line>>();
        for (told, stored, expected) in [
            (vec!["camt B0001 - -"], vec!["camt B0001 - -"], true),
            (vec!["camt B0003 - -"], vec!["camt B0001 - -"], false),
            (vec!["camt B0003 - -"], vec!["mt940 B0001 - -"], true),
            (vec!["camt B0001 - -", "camt B0002 - -"], vec!["camt B0002 - -", "camt B0001 - -"], true),
            (vec!["camt B0001 - -", "camt B0001 - -"], vec!["camt B0001 - -"], false),
            // what is certain takes its place first
            (vec!["camt - - -", "camt B0001 - -"], vec!["camt B0001 - -", "camt B0002 - -"], true),
        ] {
            assert_eq!(can_be(&lines(&told), &lines(&stored)), expected, "{told:?} / {stored:?}");
        }
    }
}
