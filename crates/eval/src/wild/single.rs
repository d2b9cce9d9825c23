//! A citizen's own transfer that also concerns somebody else, or looks like something else.
//!
//! Must not know the matcher. Invariant: a person who is named is known; an amount that more than a few owe says
//! nothing.

use super::{Teller, Told};
use crate::draw::Draw;
use crate::letter::{Letter, digits_of};
use crate::names::{self, Form};
use crate::town::Person;
use crate::wish::Meant;

/// An amount alone identifies the Kassenzeichen if at most this many owe it.
const FEW: usize = 3;

/// A transfer with one's own reference and the amount of two, with the words that `write` finds for the other one.
fn for_two(teller: &mut Teller<'_>, write: impl Fn(&mut Draw, &Person) -> String) -> Option<(Told, usize)> {
    let places = teller.some(2)?;
    let [mine, other] = places[..] else { return None };
    let who = teller.debtor(other)?;
    let mut letter = teller.own(mine)?;
    let levy = teller.town.levy(mine);
    let word = teller.draw.pick(&["KZ ", "Kassenzeichen ", ""]);
    letter.text = format!("{word}{} {levy} {}", teller.printed(mine), write(teller.draw, &who));
    Some((teller.told(letter, teller.next_due(&places)), other))
}

pub(super) fn second_person(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let write = |draw: &mut Draw, who: &Person| {
        let lead = draw.pick(&["und fuer meine Mutter", "u. fuer meinen Bruder", "und", "sowie für", "zzgl. Abgaben"]);
        format!("{lead} {}", who.name())
    };
    Some(vec![for_two(teller, write)?.0])
}

pub(super) fn second_house(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let write = |draw: &mut Draw, who: &Person| {
        format!("{} {}", draw.pick(&["und Haus", "u. fuer das Objekt", "und", "+"]), who.street)
    };
    let (mut told, other) = for_two(teller, write)?;
    // several may live in one house
    let street = teller.debtor(other)?.street;
    let there = teller
        .town
        .references
        .iter()
        .filter(|own| teller.town.people.get(own.debtor).is_some_and(|person| person.street == street));
    told.truth.dark = if there.count() > FEW { vec![other] } else { Vec::new() };
    Some(vec![told])
}

pub(super) fn second_unnamed(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let write = |draw: &mut Draw, _: &Person| {
        draw.pick(&["und fuer meine Mutter", "u. fuer die Nachbarin", "und unser zweites Haus", "+ 1 weitere"])
            .to_owned()
    };
    let (mut told, other) = for_two(teller, write)?;
    let rest = told.truth.meant.iter().find(|meant| meant.reference == other).map_or(0, |meant| meant.cents);
    if teller.town.owing(rest) > FEW {
        told.truth.dark = vec![other];
    }
    Some(vec![told])
}

/// A part of an instalment from the debtor's own account, in words that other money has too.
pub(super) fn part(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let place = teller.alone()?;
    let debtor = teller.town.references.get(place)?.debtor;
    let (street, family) = (street(teller.draw), teller.draw.pick(&["Miethe", "Kitamann", "Friedhoff", "Bussmann"]));
    let person = teller.town.people.get_mut(debtor)?;
    match teller.draw.count(0, 2) {
        0 => person.street = street,
        1 if !person.given.is_empty() => family.clone_into(&mut person.family),
        _ => {}
    }
    let person = person.clone();
    let mut letter = teller.own(place)?;
    letter.text = match teller.draw.count(0, 6) {
        0 => "Teilzahlung 1 von 2".to_owned(),
        1 => format!("Abgaben {}", person.street),
        2 => person.street.clone(),
        3 => person.family.clone(),
        4 => "wie am Telefon besprochen".to_owned(),
        5 => format!("Bescheid vom {:02}.01.2026", teller.draw.between(2, 28)),
        _ => String::new(),
    };
    let mut meant = teller.next_due(&[place]);
    let share = teller.draw.cents(30, 90);
    meant.iter_mut().for_each(|meant| meant.cents = (meant.cents * share / 100).max(1));
    Some(vec![teller.told(letter, meant)])
}

fn street(draw: &mut Draw) -> String {
    let street =
        draw.pick(&["Friedhofstraße", "Schulstraße", "Mietgasse", "Parkstraße", "Am Kindergarten", "Theaterweg"]);
    format!("{street} {}", draw.between(1, 80))
}

/// Other money of a citizen with exactly the amount that the citizen owes, from the account of the mandate.
pub(super) fn other_equal(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let place = teller.alone()?;
    let amount = teller.next_due(&[place]).first()?.cents;
    let mut letter = teller.own(place)?;
    let child = names::given(teller.draw);
    letter.text = match teller.draw.count(0, 7) {
        0 => format!("Ferienfreizeit {child}"),
        1 => format!("Stellplatz Weihnachtsmarkt {}", teller.draw.digits(2)),
        2 => format!("Abo Konzertreihe {child}"),
        3 => format!("Kita Beitrag Februar {child}"),
        4 => format!("Musikschule {child} Geige"),
        5 => format!("Schwimmkurs {child} Kurs {}", teller.draw.digits(3)),
        6 => "Leihgebuehr Festzelt".to_owned(),
        _ => format!("Mittagessen OGS {child}"),
    };
    let mut told = teller.told(letter, Vec::new());
    told.amount = amount;
    Some(vec![told])
}

/// Under one reference the seller owes the first due instalment and the buyer the others; usually the buyer pays.
pub(super) fn sold(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let place = teller.sell()?;
    let instalment = match teller.draw.count(0, 9) {
        0..=5 => 1,
        6..=7 => 0,
        // nobody pays, and each is debited for his own items
        _ => return Some(Vec::new()),
    };
    let own = teller.town.references.get(place)?;
    let meant = Meant { reference: place, instalment, cents: own.instalments.get(instalment)?.open() };
    let payer = teller.town.who_owes(place, instalment)?;
    let (name, iban) = (payer.name(), payer.iban);
    let text = match teller.draw.count(0, 2) {
        0 => format!("KZ {}", teller.printed(place)),
        1 => digits_of(&teller.printed(place)),
        _ => format!("Kassenzeichen {} {}", teller.printed(place), teller.town.levy(place)),
    };
    Some(vec![teller.told(Letter { text, name, form: Form::Whole, iban, ..Letter::default() }, vec![meant])])
}

/// The mandate reference is quoted instead of the Kassenzeichen.
pub(super) fn mandate_quoted(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let place = teller.alone()?;
    let id = teller.town.references.get(place)?.mandate.as_ref()?.id.clone();
    let mut letter = teller.own(place)?;
    if teller.draw.chance(300) {
        letter.iban = teller.debtor(place)?.second;
    }
    let word = teller.draw.pick(&["Mandatsreferenz", "Mandat", "MREF", "SEPA-Mandat Nr.", ""]);
    letter.text = format!("{word} {id} {}", teller.town.levy(place)).trim().to_owned();
    Some(vec![teller.told(letter, teller.next_due(&[place]))])
}
