//! All credits of a town with their truth: what citizens pay, other money, and what the bank takes back.
//!
//! Must not know the matcher. Invariant: a payment's number is its index in the order day, account, reference; its
//! truth has the same index.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;
use ledger::payment::{Beside, Nature, Payment};
use ledger::returns::{Back, Booking, Says, pair};
use sepa::Cents;

use crate::draw::Draw;
use crate::letter::Letter;
use crate::manners;
use crate::other;
use crate::profile::PROFILES;
use crate::town::{TODAY, Town};
use crate::truth::{Kind, Truth, disguised, knowable};
use crate::wild::{Teller, Told};
use crate::wish::{self, Habit, Wish};

/// A credit and the truth about it.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The payment as the bank reports it.
    pub payment: Payment,
    /// The truth about it.
    pub truth: Truth,
}

/// The number of days on which money came in.
const DAYS: u64 = 118;

/// Profiles without stories; their towns are drawn from neighbouring seeds.
const TAME: u64 = 6;
/// Keeps the seeds of wild towns apart from the others.
const WILD: u64 = 0x5eed_0000_0000;

/// How many of a thousand transfers the bank takes back.
const TAKEN_BACK: u32 = 4;

/// Draws a town of a profile with this many payments.
pub fn draw_town(seed: u64, profile: usize, payments: usize) -> Option<(Town, Vec<Drawn>)> {
    let of = PROFILES.get(profile)?;
    // towns with one seed and different profiles must be independent, otherwise their flaws would be the same
    let apart = if of.wild > 0 { WILD } else { 0 };
    let mut draw = Draw::new(seed.wrapping_mul(TAME).wrapping_add(profile as u64) ^ apart);
    // about 0.7 transfers per reference, and half as much other money
    let mut town = Town::draw(&mut draw, seed, of, payments * 20 / 21);
    let (told, taken) = stories(&mut draw, &mut town, payments.saturating_mul(of.wild as usize) / 1_000);
    let mut drawing = Drawing { draw, town: &town, profile, drawn: Vec::with_capacity(payments), taken };
    told.into_iter().for_each(|told| drawing.hear(told));
    let drawn = drawing.run(payments);
    Some((town, drawn))
}

/// This many credits of stories, and the references that they concern.
fn stories(draw: &mut Draw, town: &mut Town, wanted: usize) -> (Vec<Told>, HashSet<usize>) {
    let mut teller = Teller::new(draw, town);
    let mut told = Vec::new();
    // in a small town there may be nobody left for another story
    for _ in 0..wanted.saturating_mul(3) {
        if told.len() >= wanted {
            break;
        }
        told.extend(teller.tell());
    }
    (told, teller.taken)
}

struct Drawing<'a> {
    draw: Draw,
    town: &'a Town,
    profile: usize,
    drawn: Vec<Planned>,
    /// References that stories concern; no other payment is for them.
    taken: HashSet<usize>,
}

/// A credit without its number.
struct Planned {
    letter: Letter,
    amount: i64,
    day: Date,
    nature: Nature,
    truth: Truth,
}

impl Drawing<'_> {
    fn run(mut self, count: usize) -> Vec<Drawn> {
        let mut wishes = self.wishes();
        self.draw.shuffle(&mut wishes);
        wishes.truncate((count * 7 / 10).saturating_sub(self.drawn.len()));
        wishes.iter().for_each(|wish| self.pay(wish));
        while self.drawn.len() < count {
            self.other();
        }
        let Drawing { mut draw, mut drawn, .. } = self;
        drawn.sort_by_key(|planned| planned.day);
        into_payments(&mut draw, drawn)
    }

    fn wishes(&mut self) -> Vec<Wish> {
        let Some(profile) = PROFILES.get(self.profile) else { return Vec::new() };
        let mut wishes = Vec::new();
        let mut managed: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut place = 0;
        while let Some(reference) = self.town.references.get(place) {
            let his =
                self.town.references.iter().skip(place).take_while(|next| next.debtor == reference.debtor).count();
            let places: Vec<usize> = (place..place + his).collect();
            place += his;
            let places: Vec<usize> = places.into_iter().filter(|place| !self.taken.contains(place)).collect();
            let manager = self.town.people.get(reference.debtor).and_then(|person| person.manager);
            if let Some(manager) = manager.filter(|_| self.draw.chance(300)) {
                managed.entry(manager).or_default().extend(&places);
            } else if places.len() > 1 && self.draw.chance(300) {
                wishes.extend(wish::joint(self.town, &places, Habit::Joint));
            } else {
                places.iter().for_each(|place| wishes.extend(wish::of_one(&mut self.draw, self.town, *place, profile)));
            }
        }
        for houses in managed.values() {
            let size = self.draw.count(2, 5);
            wishes.extend(houses.chunks(size).filter_map(|some| wish::joint(self.town, some, Habit::Collective)));
        }
        wishes
    }

    fn pay(&mut self, wish: &Wish) {
        let Some((manner, letter)) = manners::write(&mut self.draw, self.town, wish, self.profile) else { return };
        let kind = if self.draw.chance(TAKEN_BACK) { Kind::TakenBack } else { Kind::Levy };
        let knowable = knowable(self.town, wish, &letter);
        let disguised = !knowable && disguised(self.town, wish, &letter);
        let truth = Truth { manner, kind, meant: wish.meant.clone(), knowable, dark: Vec::new(), disguised };
        let day = self.day();
        self.drawn.push(Planned { letter, amount: wish.amount, day, nature: Nature::Transfer, truth });
    }

    fn other(&mut self) {
        let near = PROFILES.get(self.profile).map_or(0, |profile| profile.shape.near_other);
        let other = other::write(&mut self.draw, self.town, near);
        let truth = Truth {
            manner: other.manner,
            kind: Kind::Other,
            meant: Vec::new(),
            knowable: true,
            dark: Vec::new(),
            disguised: false,
        };
        let day = self.day();
        self.drawn.push(Planned { letter: other.letter, amount: other.amount, day, nature: other.nature, truth });
    }

    fn hear(&mut self, told: Told) {
        let Told { letter, amount, nature, truth, late } = told;
        let day = if late { self.day_of(1, DAYS / 3) } else { self.day_of(DAYS / 2, DAYS) };
        self.drawn.push(Planned { letter, amount, day, nature, truth });
    }

    fn day(&mut self) -> Date {
        self.day_of(1, DAYS)
    }

    fn day_of(&mut self, nearest: u64, farthest: u64) -> Date {
        let back = i64::try_from(self.draw.between(nearest, farthest)).unwrap_or(1);
        TODAY.saturating_sub(back.days())
    }
}

/// Numbers the credits, and marks those that were taken back as the rules recognise them.
fn into_payments(draw: &mut Draw, planned: Vec<Planned>) -> Vec<Drawn> {
    let mut bookings = Vec::new();
    let mut list: Vec<Drawn> = Vec::with_capacity(planned.len());
    for (id, planned) in (1..).zip(planned) {
        let (amount, truth) = (planned.amount, planned.truth.clone());
        let payment = payment(id, planned);
        if truth.kind == Kind::TakenBack {
            let later = payment.booked.saturating_add(i64::try_from(draw.between(0, 5)).unwrap_or(0).days());
            bookings.push(booking(&payment, -id, -amount, later.min(TODAY)));
        }
        bookings.push(booking(&payment, id, amount, payment.booked));
        list.push(Drawn { payment, truth });
    }
    let undone = undone(&bookings);
    for drawn in list.iter_mut().filter(|drawn| undone.contains(&drawn.payment.id)) {
        drawn.payment.nature = Nature::TakenBack;
    }
    twins_change_places(&mut list);
    list
}

/// The credits that were taken back: as the rules prove it, else as the bank would tell a person who asks.
fn undone(bookings: &[Booking]) -> HashSet<i64> {
    let debits = pair(bookings, &HashMap::new()).debits.into_iter();
    let credit = |(debit, back): (i64, Back)| match back {
        Back::Whole(credit) | Back::Part(credit) => credit,
        Back::Unsure(_) | Back::Alone => -debit,
    };
    debits.map(credit).collect()
}

/// Of two equal transfers with one reference, either may count as the one that was taken back; the truth follows the
/// rules' choice.
fn twins_change_places(list: &mut [Drawn]) {
    let is_missed = |drawn: &Drawn| drawn.truth.kind == Kind::TakenBack && drawn.payment.nature == Nature::Transfer;
    for missed in 0..list.len() {
        let Some(one) = list.get(missed).filter(|drawn| is_missed(drawn)) else { continue };
        let is_twin = |other: &Drawn| {
            other.truth.kind == Kind::Levy
                && other.payment.nature == Nature::TakenBack
                && references(other) == references(one)
                && other.payment.amount == one.payment.amount
        };
        let Some(twin) = list.iter().position(is_twin) else { continue };
        for (place, kind) in [(missed, Kind::Levy), (twin, Kind::TakenBack)] {
            if let Some(drawn) = list.get_mut(place) {
                drawn.truth.kind = kind;
            }
        }
    }
}

fn references(drawn: &Drawn) -> Vec<usize> {
    drawn.truth.meant.iter().map(|meant| meant.reference).collect()
}

fn payment(id: i64, planned: Planned) -> Payment {
    let letter = planned.letter;
    Payment {
        id,
        amount: Cents::new(planned.amount),
        booked: planned.day,
        counterparty: (!letter.name.is_empty()).then_some(letter.name),
        iban: letter.iban,
        remittance: letter.text,
        end_to_end: letter.end_to_end.or_else(|| Some("NOTPROVIDED".to_owned())),
        structured: letter.structured,
        mandate: letter.mandate,
        additional: letter.additional,
        beside: Beside {
            ultimate_debtor: letter.ultimate,
            instruction: letter.instruction,
            references: letter.references,
        },
        nature: planned.nature,
        untold: letter.untold,
        finding: None,
        provisional: false,
        is_rest: false,
    }
}

fn booking(payment: &Payment, id: i64, amount: i64, booked: Date) -> Booking {
    Booking {
        id,
        amount: Cents::new(amount),
        booked,
        reference: None,
        iban: payment.iban.map(|iban| iban.as_str().to_owned()),
        counterparty: payment.counterparty.clone(),
        remittance: payment.remittance.clone(),
        additional: None,
        end_to_end: payment.end_to_end.clone(),
        mandate: payment.mandate.clone(),
        says: if amount < 0 { Says::TransferBack } else { Says::Nothing },
        of_debits: false,
        posted_before: false,
        told: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wild::is_story;

    #[test]
    fn a_town_has_as_many_payments_as_asked_for_and_each_its_truth() {
        for (profile, of) in PROFILES.iter().enumerate() {
            let (town, drawn) = draw_town(17, profile, 1_500).unwrap();
            assert_eq!(drawn.len(), 1_500, "{}", of.name);
            for one in &drawn {
                let meant: i64 = one.truth.meant.iter().map(|meant| meant.cents).sum();
                assert_eq!(meant != 0, one.truth.kind != Kind::Other);
                assert!(meant == 0 || meant == one.payment.amount.get() || is_story(one.truth.manner));
                assert!(one.truth.meant.iter().all(|meant| meant.reference < town.references.len()));
            }
            let levies = drawn.iter().filter(|one| one.truth.kind == Kind::Levy).count();
            assert!((800..1_150).contains(&levies), "{}: {levies}", of.name);
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_payments() {
        let draw = |seed| format!("{:?}", draw_town(seed, 5, 400).unwrap().1);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn what_the_bank_took_back_is_found() {
        let (_, drawn) = draw_town(3, 1, 5_000).unwrap();
        let taken: Vec<&Drawn> = drawn.iter().filter(|one| one.truth.kind == Kind::TakenBack).collect();
        assert!(taken.len() > 5, "{}", taken.len());
        assert!(taken.iter().all(|one| one.payment.nature == Nature::TakenBack));
    }
}
