//! What somebody wants to pay: which Kassenzeichen, which instalments, how much.
//!
//! Must not know how it is written on the transfer. Invariant: the intended parts sum to the amount.

use crate::draw::Draw;
use crate::profile::Profile;
use crate::town::{Reference, Town, sums};

/// A part of a transfer and the item that its sender means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The index of the Kassenzeichen.
    pub reference: usize,
    /// The index of the instalment under it.
    pub instalment: usize,
    /// Above zero.
    pub cents: i64,
}

/// A payment that somebody wants to make.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The intended parts.
    pub meant: Vec<Meant>,
    /// The amount.
    pub amount: i64,
    /// Why it is this amount.
    pub habit: Habit,
}

/// Why a transfer has its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// One instalment or the sum of those that are due.
    Due,
    /// The instalments of several Kassenzeichen in one sum.
    Joint,
    /// The instalments of several debtors' Kassenzeichen in one sum, by their property manager.
    Collective,
    /// An amount that is not what is due: a part, too much, a typing error.
    Odd,
    /// An instalment that is not due yet, by name.
    Later,
    /// Everything that is due, and the next instalment.
    Ahead,
}

impl Wish {
    /// Every Kassenzeichen once, in order.
    pub fn references(&self) -> Vec<usize> {
        let mut references: Vec<usize> = self.meant.iter().map(|meant| meant.reference).collect();
        references.dedup();
        references
    }

    /// The first Kassenzeichen.
    pub fn first(&self) -> usize {
        self.meant.first().map_or(0, |meant| meant.reference)
    }

    /// The name of the instalment, for manners that write it.
    pub fn posten<'t>(&self, town: &'t Town) -> &'t str {
        let meant = self.meant.first();
        let instalment =
            meant.and_then(|meant| town.references.get(meant.reference)?.instalments.get(meant.instalment));
        instalment.map_or("2026-1", |instalment| instalment.posten)
    }

    fn of(reference: usize, places: &[(usize, i64)], habit: Habit) -> Wish {
        let meant =
            places.iter().map(|(instalment, cents)| Meant { reference, instalment: *instalment, cents: *cents });
        Wish { meant: meant.collect(), amount: places.iter().map(|(_, cents)| cents).sum(), habit }
    }
}

/// What the debtor of one Kassenzeichen transfers over the months; empty if the debtor waits for the debit.
pub fn of_one(draw: &mut Draw, town: &Town, place: usize, profile: &Profile) -> Vec<Wish> {
    let Some(reference) = town.references.get(place) else { return Vec::new() };
    let due: Vec<(usize, i64)> = reference.due().map(|(at, instalment)| (at, instalment.open())).collect();
    let Some(first) = due.first() else { return Vec::new() };
    let wish = |places: &[(usize, i64)], habit| Wish::of(place, places, habit);
    let odd = profile.shape.odd_amounts;
    match draw.weighted([460, 280, 90, 110, 30, 15, odd, 5, 5].into_iter()).unwrap_or(0) {
        0 => Vec::new(),
        1 => due.iter().map(|one| wish(&[*one], Habit::Due)).collect(),
        2 => vec![wish(&due, Habit::Due)],
        3 => vec![wish(&[*first], Habit::Due)],
        4 => due.last().map(|last| wish(&[*last], Habit::Due)).into_iter().collect(),
        5 => vec![wish(&[*first], Habit::Due), wish(&[*first], Habit::Due)],
        6 => odd_amounts(draw, &due, *first).iter().map(|odd| wish(&[*odd], Habit::Odd)).collect(),
        7 => later(reference).map(|later| wish(&[later], Habit::Later)).into_iter().collect(),
        _ => {
            let ahead: Vec<(usize, i64)> = due.iter().copied().chain(later(reference)).collect();
            vec![wish(&ahead, Habit::Ahead)]
        }
    }
}

fn later(reference: &Reference) -> Option<(usize, i64)> {
    let later = reference.instalments.iter().enumerate().rfind(|(_, instalment)| !instalment.is_due());
    later.map(|(at, instalment)| (at, instalment.open()))
}

/// A part, a part and its rest, too much, rounded up, a misplaced comma or swapped digits.
fn odd_amounts(draw: &mut Draw, due: &[(usize, i64)], (at, cents): (usize, i64)) -> Vec<(usize, i64)> {
    let part = (cents * draw.cents(30, 90) / 100).clamp(1, cents);
    let odd = match draw.weighted([350, 80, 250, 120, 60, 140].into_iter()).unwrap_or(0) {
        0 => part,
        1 if part < cents => return vec![(at, part), (at, cents - part)],
        2 => cents + draw.pick(&[100, 500, 1_000, 37]),
        3 => (cents / 100 + 1) * 100,
        4 => (cents / 10).max(1),
        _ => swapped(draw, cents),
    };
    let open: Vec<i64> = due.iter().map(|(_, open)| *open).collect();
    // if it happens to be what is due, a cent more makes it odd
    let odd = if sums(&open).contains(&odd) { odd + 1 } else { odd };
    vec![(at, odd)]
}

/// An amount with two neighbouring digits swapped.
fn swapped(draw: &mut Draw, cents: i64) -> i64 {
    let step = draw.pick(&[1, 10, 100]);
    let (low, high) = (cents / step % 10, cents / (step * 10) % 10);
    (cents + (low - high) * step * 9).max(1)
}

/// The oldest due instalment of several Kassenzeichen in one sum.
pub fn joint(town: &Town, places: &[usize], habit: Habit) -> Option<Wish> {
    let meant: Vec<Meant> = places
        .iter()
        .filter_map(|place| {
            let (instalment, oldest) = town.references.get(*place)?.due().next()?;
            Some(Meant { reference: *place, instalment, cents: oldest.open() })
        })
        .collect();
    let amount = meant.iter().map(|meant| meant.cents).sum();
    (meant.len() > 1).then_some(Wish { meant, amount, habit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::PROFILES;

    #[test]
    fn every_wish_sums_to_its_amount() {
        let profile = &PROFILES[3];
        let mut draw = Draw::new(4);
        let town = Town::draw(&mut draw, 4, profile, 2_000);
        let mut odd = 0;
        for place in 0..town.references.len() {
            for wish in of_one(&mut draw, &town, place, profile) {
                assert_eq!(wish.amount, wish.meant.iter().map(|meant| meant.cents).sum::<i64>());
                assert!(wish.amount > 0 && wish.meant.iter().all(|meant| meant.reference == place));
                odd += usize::from(wish.habit == Habit::Odd);
            }
        }
        assert!(odd > 20, "{odd}");
        let both = joint(&town, &[0, 1], Habit::Joint).unwrap();
        assert_eq!((both.references(), both.meant.len()), (vec![0, 1], 2));
    }

    #[test]
    fn digits_of_an_amount_change_places() {
        let mut draw = Draw::new(1);
        let seen: Vec<i64> = (0..60).map(|_| swapped(&mut draw, 12_750)).collect();
        assert!(seen.contains(&12_705) && seen.contains(&17_250) && seen.contains(&12_570), "{seen:?}");
    }
}
