//! References with a slip: zeros lost, letters for digits, a digit changed, swapped, lost, doubled; and references of
//! somebody else.
//!
//! Must not know amounts. Invariant: a slip changes what is written. If it happens to change nothing, or to give a
//! reference that somebody has, the letter records this.

use crate::draw::Draw;
use crate::letter::{Legible, Pen, digits_of};

pub(super) fn lost_zeros(pen: &mut Pen<'_>) {
    let before = pen.bare();
    let by_parts = pen.draw.chance(500);
    let text = pen.each(|_, reference| {
        if !by_parts {
            return digits_of(reference).trim_start_matches('0').to_owned();
        }
        let parts = reference.split(|c: char| !c.is_alphanumeric());
        parts
            .map(|part| part.trim_start_matches('0'))
            .map(|part| if part.is_empty() { "0" } else { part })
            .collect::<Vec<_>>()
            .join(" ")
    });
    // a number without letters around it that lost several digits is at best one slip away
    if before.len() > digits_of(&text).len() + 3 {
        pen.letter.legible = Legible::OneSlip;
    }
    pen.letter.text = text;
}

pub(super) fn look_alikes(pen: &mut Pen<'_>) {
    let times = pen.draw.count(1, 3);
    let one = pen.draw.pick(&["l", "I"]);
    pen.letter.text = format!("Kassenzeichen {}", pen.each(|_, r| r.replacen('0', "O", times).replacen('1', one, 1)));
}

/// Changes the digits of one reference and keeps its separators.
fn damage(pen: &mut Pen<'_>, change: impl Fn(&mut Draw, &mut Vec<String>)) {
    let all = pen.wish.references().len();
    let which = pen.draw.count(0, all.saturating_sub(1));
    let mut at = 0;
    let text = pen.each(|draw, reference| {
        at += 1;
        if at - 1 == which { in_digits(draw, reference, &change) } else { reference.to_owned() }
    });
    pen.letter.legible = Legible::OneSlip;
    if all == 1 {
        let written = digits_of(&text);
        if written == digits_of(&pen.reference()) {
            pen.letter.legible = Legible::Whole;
        } else if let Some(other) =
            pen.town.references.iter().position(|other| digits_of(&other.kassenzeichen) == written)
        {
            (pen.letter.legible, pen.letter.quoted) = (Legible::Neighbours, Some(other));
        }
    }
    let word = pen.draw.pick(&["Kassenzeichen ", "KZ ", "", "Kassenzeichen: "]);
    pen.letter.text = format!("{word}{text}");
}

fn in_digits(draw: &mut Draw, reference: &str, change: impl Fn(&mut Draw, &mut Vec<String>)) -> String {
    let is_digit = |c: &char| c.is_ascii_digit();
    let mut digits: Vec<String> = reference.chars().filter(is_digit).map(String::from).collect();
    change(draw, &mut digits);
    let mut digits = digits.into_iter();
    let written: String = reference
        .chars()
        .map(|c| if is_digit(&c) { digits.next().unwrap_or_default() } else { c.to_string() })
        .collect();
    if draw.chance(500) { written } else { digits_of(&written) }
}

pub(super) fn changed(pen: &mut Pen<'_>) {
    damage(pen, |draw, digits| change_one(draw, digits));
}

fn change_one(draw: &mut Draw, digits: &mut [String]) {
    let place = draw.count(0, digits.len().saturating_sub(1));
    let other = draw.digits(1);
    if let Some(digit) = digits.get_mut(place) {
        *digit = if *digit == other { if other == "9" { "0".to_owned() } else { "9".to_owned() } } else { other };
    }
}

pub(super) fn swapped(pen: &mut Pen<'_>) {
    damage(pen, |draw, digits| {
        let spots: Vec<usize> = (1..digits.len()).filter(|place| digits.get(place - 1) != digits.get(*place)).collect();
        let place = draw.pick(&spots);
        if place > 0 {
            digits.swap(place - 1, place);
        }
    });
}

pub(super) fn lost(pen: &mut Pen<'_>) {
    damage(pen, |draw, digits| {
        let place = draw.count(0, digits.len().saturating_sub(1));
        if let Some(digit) = digits.get_mut(place) {
            digit.clear();
        }
    });
}

pub(super) fn doubled(pen: &mut Pen<'_>) {
    damage(pen, |draw, digits| {
        let place = draw.count(0, digits.len().saturating_sub(1));
        if let Some(digit) = digits.get_mut(place) {
            *digit = digit.repeat(2);
        }
    });
}

pub(super) fn damaged_twice(pen: &mut Pen<'_>) {
    damage(pen, |draw, digits| {
        change_one(draw, digits);
        change_one(draw, digits);
    });
    if pen.letter.legible == Legible::OneSlip {
        pen.letter.legible = Legible::Nothing;
    }
}

pub(super) fn only_the_end(pen: &mut Pen<'_>) {
    let bare = digits_of(&pen.reference());
    let keep = pen.draw.count(5, 7).min(bare.len().saturating_sub(1));
    let end: String = bare.chars().skip(bare.chars().count() - keep).collect();
    pen.letter.legible = Legible::Nothing;
    pen.letter.text = format!("{} Nr. {end}", pen.levy());
}

/// Somebody else's reference: the next number, or any of the same form.
pub(super) fn neighbours(pen: &mut Pen<'_>) {
    let Some(own) = pen.town.references.get(pen.wish.first()) else { return };
    let all = pen.town.references.iter().enumerate();
    let alike = all.filter(|(_, other)| other.series == own.series && other.debtor != own.debtor);
    let other = if pen.draw.chance(500) {
        alike.min_by_key(|(_, other)| other.number.abs_diff(own.number))
    } else {
        let count = alike.clone().count();
        let place = pen.draw.count(0, count.saturating_sub(1));
        alike.clone().nth(place)
    };
    let Some((place, other)) = other else { return as_is(pen) };
    (pen.letter.legible, pen.letter.quoted) = (Legible::Neighbours, Some(place));
    pen.letter.text = format!("Kassenzeichen {} {}", other.kassenzeichen, pen.levy());
}

fn as_is(pen: &mut Pen<'_>) {
    (pen.letter.legible, pen.letter.quoted) = (Legible::Whole, None);
    pen.letter.text = format!("Kassenzeichen {}", pen.plain());
}

/// A reference of the right form that nobody has: the previous owner's, last year's.
pub(super) fn old(pen: &mut Pen<'_>) {
    let Some(own) = pen.town.references.get(pen.wish.first()) else { return };
    let Some(series) = pen.town.series.get(own.series) else { return };
    let number = pen.draw.between(1, series.capacity() - 1);
    let Some(printed) = series.printed(number) else { return as_is(pen) };
    pen.letter.quoted = pen.town.references.iter().position(|other| other.kassenzeichen == printed);
    pen.letter.legible = if pen.letter.quoted.is_some() { Legible::Neighbours } else { Legible::Nothing };
    pen.letter.text = format!("Kassenzeichen {printed} {}", pen.levy());
}

/// The old reference beside the new one.
pub(super) fn old_and_new(pen: &mut Pen<'_>) {
    let plain = pen.plain();
    old(pen);
    if pen.letter.legible == Legible::Neighbours {
        return as_is(pen);
    }
    (pen.letter.legible, pen.letter.quoted) = (Legible::Whole, None);
    pen.letter.text = format!("neu {plain} frueher {}", pen.letter.text);
}

/// Both references of a debtor are copied from the Bescheid, and one is paid.
pub(super) fn both_of_his(pen: &mut Pen<'_>) {
    let own = pen.wish.first();
    let debtor = pen.town.references.get(own).map(|reference| reference.debtor);
    let mut others = pen.town.references.iter().enumerate();
    let other = others.find(|(place, reference)| *place != own && Some(reference.debtor) == debtor);
    let plain = pen.plain();
    pen.letter.quoted = other.map(|(place, _)| place);
    pen.letter.text = match other {
        Some((_, other)) => format!("Kassenzeichen {plain} {}", other.kassenzeichen),
        None => format!("Kassenzeichen {plain}"),
    };
}
