//! The manners in which senders write, and how often each is drawn in each kind of town.
//!
//! Must not know the matcher. Invariant: a manner changes the text, the fields and who pays, never what the payment is
//! for.

mod people;
mod quoting;
mod slips;

use crate::draw::Draw;
use crate::letter::{Letter, Pen};
use crate::profile::{PROFILES, Shape};
use crate::town::Town;
use crate::wish::{Habit, Wish};

/// A manner of writing.
#[derive(Clone, Copy)]
pub struct Manner {
    /// Its name in the report.
    pub name: &'static str,
    /// Which wishes it can express beside what is due under one Kassenzeichen.
    serves: Serves,
    /// Its share in each of the [`PROFILES`].
    share: [u32; PROFILES.len()],
    write: fn(&mut Pen<'_>),
}

/// The kinds of wishes that a manner can express.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Serves {
    /// What is due under one Kassenzeichen.
    One,
    /// Also an odd amount, in towns where such payments are badly written too.
    OddWhereHard,
    /// Also any odd amount.
    Odd,
    /// Also any odd amount, and an instalment that is not due yet.
    All,
    /// Only the houses of a property manager, one by one.
    Managed,
    /// Only several Kassenzeichen of one debtor.
    Several,
    /// Only several Kassenzeichen that a property manager pays in one sum.
    Collective,
}

const fn manner(name: &'static str, serves: Serves, share: [u32; PROFILES.len()], write: fn(&mut Pen<'_>)) -> Manner {
    Manner { name, serves, share, write }
}

use Serves::{All, Collective, Managed, Odd, OddWhereHard, One, Several};

/// Every manner; shares for clean, standard, harsh, city, odd, oddcity, wild.
pub const MANNERS: [Manner; 48] = [
    manner("as printed", All, [1000, 420, 190, 320, 60, 100, 420], quoting::as_printed),
    manner("digits only", All, [0, 220, 100, 200, 40, 60, 220], quoting::bare),
    manner("in groups", Odd, [0, 80, 100, 90, 30, 30, 80], quoting::in_groups),
    manner("other separators", Odd, [0, 10, 20, 10, 40, 30, 10], quoting::other_separators),
    manner("words around", Odd, [0, 90, 100, 80, 40, 40, 90], quoting::words_around),
    manner("called otherwise", Odd, [0, 10, 20, 10, 40, 30, 10], quoting::by_another_word),
    manner("cut at 35", OddWhereHard, [0, 40, 100, 60, 30, 30, 40], quoting::cut_at_35),
    manner("cut anywhere", OddWhereHard, [0, 5, 10, 5, 80, 80, 5], quoting::cut_anywhere),
    manner("glued to words", One, [0, 5, 10, 5, 80, 80, 5], quoting::glued_to_words),
    manner("before a number", One, [0, 5, 10, 5, 40, 40, 5], quoting::before_a_number),
    manner("among numbers", One, [0, 30, 80, 40, 80, 80, 30], quoting::among_numbers),
    manner("with IBANs", One, [0, 5, 10, 5, 50, 50, 5], quoting::with_ibans),
    manner("copied from the debit", One, [0, 5, 10, 5, 40, 30, 5], quoting::copied_debit),
    manner("end-to-end id", One, [0, 20, 30, 20, 20, 20, 20], quoting::end_to_end),
    manner("structured reference", One, [0, 5, 5, 5, 20, 20, 5], quoting::structured),
    manner("mandate field", One, [0, 2, 5, 2, 10, 10, 2], quoting::in_mandate_field),
    manner("in the name", One, [0, 2, 5, 2, 10, 10, 2], quoting::in_name),
    manner("in the bank's text", One, [0, 2, 5, 2, 10, 10, 2], quoting::in_bank_text),
    manner("quoted twice", One, [0, 5, 10, 5, 20, 20, 5], quoting::quoted_twice),
    manner("lower case", One, [0, 5, 5, 5, 10, 10, 5], quoting::lower_case),
    manner("several, joined by words", Several, [0, 400, 400, 300, 400, 400, 400], quoting::joined_by_and),
    manner("lost zeros", OddWhereHard, [0, 15, 50, 20, 30, 30, 15], slips::lost_zeros),
    manner("look-alike letters", One, [0, 10, 40, 10, 20, 20, 10], slips::look_alikes),
    manner("digit changed", OddWhereHard, [0, 8, 40, 20, 25, 25, 8], slips::changed),
    manner("digits swapped", One, [0, 8, 40, 15, 25, 25, 8], slips::swapped),
    manner("digit lost", One, [0, 5, 30, 15, 25, 25, 5], slips::lost),
    manner("digit doubled", One, [0, 2, 10, 5, 25, 25, 2], slips::doubled),
    manner("damaged twice", One, [0, 1, 5, 2, 15, 15, 1], slips::damaged_twice),
    manner("only its end", One, [0, 1, 5, 2, 15, 15, 1], slips::only_the_end),
    manner("a neighbour's", One, [0, 2, 5, 5, 30, 30, 2], slips::neighbours),
    manner("nobody's (old)", One, [0, 2, 5, 15, 15, 15, 2], slips::old),
    manner("old and new", One, [0, 1, 5, 2, 15, 15, 1], slips::old_and_new),
    manner("both of his, one paid", One, [0, 1, 5, 2, 10, 10, 1], slips::both_of_his),
    manner("for another", One, [0, 4, 20, 10, 30, 30, 4], people::for_another),
    manner("spouse", One, [0, 4, 10, 10, 20, 20, 4], people::spouse),
    manner("tenant, no reference", One, [0, 1, 3, 3, 10, 10, 1], people::tenant),
    manner("heir", One, [0, 1, 3, 3, 10, 10, 1], people::heir),
    manner("manager, by house", Managed, [0, 500, 500, 500, 500, 500, 500], people::manager_by_house),
    manner("manager, by reference", Managed, [1000, 500, 500, 500, 500, 500, 500], people::manager_by_reference),
    manner("manager, with a list", Collective, [1, 800, 700, 700, 600, 600, 800], people::manager_with_list),
    manner("manager, without a list", Collective, [0, 200, 300, 300, 400, 400, 200], people::manager_without_list),
    manner("name and street", One, [0, 20, 50, 35, 30, 30, 20], people::name_and_street),
    manner("street only", One, [0, 2, 5, 5, 20, 20, 2], people::street_only),
    manner("levy words only", One, [0, 6, 12, 12, 20, 20, 6], people::levy_words),
    manner("nothing", One, [0, 4, 8, 8, 15, 15, 4], people::nothing),
    manner("a stranger, nothing", One, [0, 0, 0, 0, 10, 10, 0], people::stranger),
    manner("several, as printed", Several, [600, 300, 300, 300, 200, 200, 300], quoting::as_printed),
    manner("several, digits only", Several, [400, 300, 300, 300, 200, 200, 300], quoting::bare),
];

impl Manner {
    fn carries(&self, wish: &Wish, shape: &Shape, managed: bool) -> bool {
        match (self.serves, wish.habit) {
            (Managed, Habit::Due) => managed,
            (Managed, _) => false,
            (Several, habit) => habit == Habit::Joint,
            (Collective, habit) => habit == Habit::Collective,
            (_, Habit::Joint | Habit::Collective) => false,
            (_, Habit::Due) => !managed,
            (serves, Habit::Odd) => matches!(serves, Odd | All) || serves == OddWhereHard && shape.odd_and_damaged,
            (serves, _) => serves == All,
        }
    }
}

/// Writes a wish in one of the manners of a profile; returns the manner's name too.
pub fn write(draw: &mut Draw, town: &Town, wish: &Wish, profile: usize) -> Option<(&'static str, Letter)> {
    let shape = &PROFILES.get(profile)?.shape;
    let managed = town.debtor(wish.first())?.manager.is_some();
    let share = |manner: &Manner| {
        let share = manner.share.get(profile).copied().unwrap_or(0);
        if manner.carries(wish, shape, managed) { share } else { 0 }
    };
    // a later instalment can only be recognised by its name, so the name must be written
    let place = match wish.habit {
        Habit::Later => 0,
        _ => draw.weighted(MANNERS.iter().map(share))?,
    };
    let manner = MANNERS.get(place)?;
    let mut pen = Pen::new(draw, town, wish, shape)?;
    (manner.write)(&mut pen);
    Some((manner.name, pen.letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::{Legible, digits_of};
    use crate::wish;

    /// Draws many letters of one manner in a town of a profile.
    fn letters(manner: &Manner, profile: usize) -> Vec<(String, Letter)> {
        let mut draw = Draw::new(21);
        let town = Town::draw(&mut draw, 21, &PROFILES[profile], 400);
        let mut letters = Vec::new();
        for place in 0..town.references.len() {
            for wish in wish::of_one(&mut draw, &town, place, &PROFILES[profile]) {
                if wish.habit != Habit::Due {
                    continue;
                }
                let mut pen = Pen::new(&mut draw, &town, &wish, &PROFILES[profile].shape).unwrap();
                (manner.write)(&mut pen);
                letters.push((pen.reference(), pen.letter));
            }
        }
        letters
    }

    #[test]
    fn what_is_legible_stands_there() {
        let inexact = ["lost zeros", "look-alike letters"];
        for manner in MANNERS.iter().filter(|manner| !inexact.contains(&manner.name)) {
            for (reference, letter) in letters(manner, 5) {
                let fields = [Some(letter.text.clone()), letter.end_to_end, letter.structured, letter.mandate];
                let fields = fields.into_iter().chain([letter.additional, Some(letter.name)]).flatten();
                let wanted = digits_of(&reference).to_lowercase();
                let stands = fields.map(|text| digits_of(&text).to_lowercase()).any(|text| text.contains(&wanted));
                // doubling the last digit leaves the whole reference legible
                let wanted = match letter.legible {
                    Legible::Whole => true,
                    Legible::Nothing | Legible::Neighbours => false,
                    Legible::OneSlip => stands,
                };
                assert_eq!(stands, wanted, "{}: {reference} in {}", manner.name, letter.text);
            }
        }
    }

    #[test]
    fn every_profile_can_write_every_wish() {
        for (profile, of) in PROFILES.iter().enumerate() {
            let mut draw = Draw::new(8);
            let town = Town::draw(&mut draw, 8, of, 300);
            for place in 0..town.references.len() {
                for wish in wish::of_one(&mut draw, &town, place, of) {
                    assert!(write(&mut draw, &town, &wish, profile).is_some(), "{} {:?}", of.name, wish.habit);
                }
            }
            for habit in [Habit::Joint, Habit::Collective] {
                let joint = wish::joint(&town, &[0, 1], habit).unwrap();
                assert!(write(&mut draw, &town, &joint, profile).is_some(), "{} {habit:?}", of.name);
            }
        }
    }
}
