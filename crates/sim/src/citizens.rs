//! How citizens pay: what they write, from which account, for which debts, and whether anybody could know.
//!
//! Invariant: the purpose of a payment is decided before its text is written; the text never decides the truth.

pub(crate) mod wild;

use jiff::civil::Date;
use oracle::Transfer;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use crate::bank::{Booking, Sort};
use crate::town::{Citizen, Town, chance, comma, iban};

/// A payment that a citizen orders.
pub(crate) struct Order {
    pub(crate) booking: Booking,
    pub(crate) truth: Transfer,
}

/// Draws a payment of some citizen on a day.
pub(crate) fn order(random: &mut StdRng, town: &Town, day: Date, number: usize) -> Option<Order> {
    let citizen = town.citizens.choose(random)?;
    let reference = format!("R{number:05}");
    let manner = random.random_range(0..100);
    let due = |citizen: &Citizen| citizen.items.first().map_or(100, |item| item.cents - item.paid_before);
    let own = Payer { name: citizen.name.clone(), iban: citizen.iban.clone() };
    let kz = &citizen.kassenzeichen;
    let one = |cents: i64| vec![(kz.clone(), cents)];
    let (payer, text, cents, parts, knowable) = match manner {
        // the reference as printed, or with its parts cut differently
        0..40 => (own, spelt(random, kz), due(citizen), one(due(citizen)), true),
        // for somebody else, with the reference
        40..48 => {
            (stranger(random), format!("{} fuer Nachbarn", spelt(random, kz)), due(citizen), one(due(citizen)), true)
        }
        // a part, too much, everything
        48..60 => {
            let cents = match random.random_range(0..3) {
                0 => (due(citizen) / 2).max(1),
                1 => due(citizen) + random.random_range(1..5_000),
                _ => citizen.items.iter().map(|item| item.cents - item.paid_before).sum(),
            };
            (own, spelt(random, kz), cents, one(cents), true)
        }
        // one digit is wrong or lost, or two are swapped; from the debtor's own account
        60..68 => (own, slip(random, kz), due(citizen), one(due(citizen)), true),
        // no reference, from the debtor's own account
        68..78 => (own, "Abgaben".to_owned(), due(citizen), one(due(citizen)), true),
        // a neighbour's reference, with the payer's own account and amount
        78..82 => {
            let other = town.citizens.choose(random)?;
            (own, spelt(random, &other.kassenzeichen), due(citizen), one(due(citizen)), true)
        }
        // two references in one transfer
        82..86 => {
            let other = town.citizens.choose(random).filter(|other| other.kassenzeichen != *kz)?;
            let text = format!("{kz} und {}", other.kassenzeichen);
            let parts = vec![(kz.clone(), due(citizen)), (other.kassenzeichen.clone(), due(other))];
            (own, text, due(citizen) + due(other), parts, true)
        }
        // other money
        86..92 => (own, "Kita Beitrag Maerz".to_owned(), random.random_range(1_000..20_000), Vec::new(), true),
        // nobody could know its purpose
        _ => (stranger(random), "Ueberweisung".to_owned(), due(citizen), one(due(citizen)), false),
    };
    let booking = Booking {
        reference: Some(reference),
        day,
        cents,
        name: payer.name,
        iban: payer.iban,
        text,
        reversal: false,
        sort: Sort::Transfer,
    };
    Some(Order { booking, truth: Transfer { day, cents, parts, knowable, ..Transfer::default() } })
}

struct Payer {
    name: String,
    iban: String,
}

fn stranger(random: &mut StdRng) -> Payer {
    Payer { name: "Zacharias Quandt".to_owned(), iban: iban(50_010_517, random.random_range(1..9_000_000)) }
}

/// The reference in one of the spellings that people use.
fn spelt(random: &mut StdRng, kassenzeichen: &str) -> String {
    let digits: String = kassenzeichen.chars().filter(char::is_ascii_digit).collect();
    match random.random_range(0..6) {
        0 => kassenzeichen.to_owned(),
        1 => format!("Kassenzeichen {kassenzeichen}"),
        2 => format!("KZ {digits} Grundsteuer"),
        3 => format!("Grundbesitzabgaben {}", kassenzeichen.replace('.', " ")),
        4 => format!("KZ{digits} 15.11.2023 {} EUR", comma(random.random_range(100..90_000))),
        _ => kassenzeichen.replace('.', "/"),
    }
}

/// The reference with one slip in its number.
fn slip(random: &mut StdRng, kassenzeichen: &str) -> String {
    let mut letters: Vec<char> = kassenzeichen.chars().collect();
    let digits: Vec<usize> = letters
        .iter()
        .enumerate()
        .filter(|(place, c)| *place > 1 && c.is_ascii_digit())
        .map(|(place, _)| place)
        .collect();
    let Some(place) = digits.choose(random).copied() else { return kassenzeichen.to_owned() };
    if chance(random, 30) {
        letters.remove(place);
    } else if chance(random, 40) && letters.get(place + 1).is_some_and(char::is_ascii_digit) {
        letters.swap(place, place + 1);
    } else {
        let other = char::from_digit(random.random_range(0..10), 10).unwrap_or('0');
        letters.get_mut(place).into_iter().for_each(|letter| *letter = other);
    }
    letters.into_iter().collect()
}
