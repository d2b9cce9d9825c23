//! Other money that a town receives, mostly from the same citizens: day care, fines, rents, payments that came back.
//!
//! Must not know open items, except their amounts. Invariant: nothing here is for an open item.

use ledger::payment::Nature;

use crate::draw::Draw;
use crate::letter::Letter;
use crate::names::Form;
use crate::schemes::DOG_TAX;
use crate::town::{Person, Town};

/// A credit that is not for open items.
#[derive(Debug)]
pub struct Other {
    /// Its name in the report.
    pub manner: &'static str,
    /// The transfer.
    pub letter: Letter,
    /// Cents.
    pub amount: i64,
    /// What the bank's codes say about it.
    pub nature: Nature,
}

/// Draws one; `near` in a thousand have the amount of somebody's instalment.
pub fn write(draw: &mut Draw, town: &Town, near: u32) -> Other {
    let place = draw.count(0, town.people.len().saturating_sub(1));
    let who = town.people.get(place);
    let amount = if draw.chance(near) { an_instalment(draw, town) } else { draw.cents(500, 40_000) };
    let mut other = Other {
        manner: "day care and school",
        letter: Letter {
            name: who.map(Person::name).unwrap_or_default(),
            form: Form::Other,
            iban: who.and_then(|who| if draw.chance(850) { who.iban } else { who.second }),
            ..Letter::default()
        },
        amount,
        nature: Nature::Transfer,
    };
    let family = who.map(|who| who.family.clone()).unwrap_or_default();
    (other.manner, other.letter.text) = match draw.weighted([350, 200, 120, 120, 80, 60, 30, 40].into_iter()) {
        Some(1) => ("fines", fine(draw)),
        Some(2) => ("bills by number", format!("Rechnung {} {family}", draw.between(10_000, 9_999_999))),
        Some(3) => ("rents and halls", rent(draw, &family)),
        Some(4) => ("trade tax", format!("Gewerbesteuer {} {}", draw.digits(10), draw.between(2025, 2026))),
        Some(5) => dog_tax(draw, town),
        Some(6) => {
            other.nature = Nature::OwnTransferBack;
            ("our own transfer, back", "RUECKUEBERWEISUNG Konto erloschen Erstattung".to_owned())
        }
        Some(7) => ("registry and library", registry(draw, &family)),
        _ => ("day care and school", school(draw, &family)),
    };
    other
}

fn an_instalment(draw: &mut Draw, town: &Town) -> i64 {
    let reference = town.references.get(draw.count(0, town.references.len().saturating_sub(1)));
    reference.and_then(|reference| reference.due().next()).map_or(4_200, |(_, instalment)| instalment.open())
}

fn fine(draw: &mut Draw) -> String {
    let number = draw.digits(9);
    match draw.count(0, 3) {
        0 => format!("Parkverstoss Az {number}"),
        1 => format!("Verwarngeld {number} HSK-AB {}", draw.digits(3)),
        2 => format!("Bussgeld 5.{}.{}", draw.digits(6), draw.digits(1)),
        _ => format!("OWI {}/26 Falschparken", draw.digits(6)),
    }
}

fn school(draw: &mut Draw, family: &str) -> String {
    let month = draw.between(1, 12);
    match draw.count(0, 4) {
        0 => format!("Kita Beitrag {month:02}/2025 {family}"),
        1 => format!("OGS Essensgeld {family} Klasse {}b", draw.between(1, 4)),
        2 => format!("Elternbeitrag {}", draw.digits(9)),
        3 => format!("Musikschule {family} Klavier"),
        _ => format!("Mittagsverpflegung {month}.2025 Kind {family}"),
    }
}

fn rent(draw: &mut Draw, family: &str) -> String {
    match draw.count(0, 2) {
        0 => format!("Miete Dorfgemeinschaftshaus {:02}.02.2026", draw.between(1, 28)),
        1 => format!("Miete Garage {} {family}", draw.between(1, 40)),
        _ => format!("Nutzungsentgelt Sporthalle {}", draw.digits(5)),
    }
}

fn registry(draw: &mut Draw, family: &str) -> String {
    match draw.count(0, 2) {
        0 => format!("Standesamt Urkunde {family}"),
        1 => format!("Reisepass {family}"),
        _ => format!("Stadtbücherei Mahngebühr {}", draw.digits(6)),
    }
}

/// A dog tax, which is other money if the town's lists do not have it; otherwise a grave fee.
fn dog_tax(draw: &mut Draw, town: &Town) -> (&'static str, String) {
    match town.series.iter().any(|series| series.levy == DOG_TAX) {
        false => ("dog tax, not in the list", format!("Hundesteuer 2026 HS{}", draw.digits(5))),
        true => ("graveyard", format!("Friedhof Grab {}-{}", draw.digits(2), draw.digits(3))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::PROFILES;

    #[test]
    fn dog_tax_is_other_money_only_where_no_list_holds_it() {
        for seed in 0..12 {
            let mut draw = Draw::new(seed);
            let town = Town::draw(&mut draw, seed, &PROFILES[1], 50);
            let listed = town.series.iter().any(|series| series.levy == DOG_TAX);
            let others: Vec<Other> = (0..400).map(|_| write(&mut draw, &town, 0)).collect();
            assert_eq!(others.iter().any(|other| other.letter.text.contains("Hundesteuer")), !listed);
        }
    }
}
