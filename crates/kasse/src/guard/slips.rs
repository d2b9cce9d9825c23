//! Whether one number is a slip away from another: a character changed, missing, too many, or two swapped.
//!
//! Knows no numbers of its own but those that it was given. Invariant: of two numbers a slip apart one is found by the other,
//! for both are the same without one character each.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Numbers in canonical form that are found by a slip.
#[derive(Debug, Default)]
pub(super) struct Slips(HashMap<u64, u32>);

impl Slips {
    /// Of some numbers, each by its place.
    pub(super) fn of<'n>(numbers: impl Iterator<Item = &'n str>) -> Slips {
        let mut slips = Slips::default();
        for (place, number) in (0..).zip(numbers) {
            for hash in shortened(number) {
                slips.0.entry(hash).or_insert(place);
            }
        }
        slips
    }

    /// The place of one of them that a number is at most a slip away from.
    pub(super) fn near(&self, number: &str) -> Option<usize> {
        shortened(number).find_map(|hash| self.0.get(&hash)).map(|place| *place as usize)
    }
}

/// The number, and the number without each of its characters.
fn shortened(number: &str) -> impl Iterator<Item = u64> {
    let characters: Vec<char> = number.chars().collect();
    let without = move |left_out: usize| {
        let mut hasher = DefaultHasher::new();
        let kept = characters.iter().enumerate().filter(|(at, _)| *at != left_out);
        kept.for_each(|(_, character)| character.hash(&mut hasher));
        hasher.finish()
    };
    (0..=number.chars().count()).map(without)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_and_two_are_not() {
        let slips = Slips::of(["501005008039", "P001326"].into_iter());
        for (number, expected) in [
            ("501005008039", Some(0)),
            ("501095008039", Some(0)),
            ("50105008039", Some(0)),
            ("5010050080399", Some(0)),
            ("510005008039", Some(0)),
            ("P00136", Some(1)),
            ("P001362", Some(1)),
            ("P001999", None),
            ("501005118039", None),
        ] {
            assert_eq!(slips.near(number), expected, "{number}");
        }
    }
}
