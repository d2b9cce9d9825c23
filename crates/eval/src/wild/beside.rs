//! References outside of the text: an ultimate debtor, several structured references, a document number.
//!
//! Must not know the matcher. Invariant: the text names no Kassenzeichen.

use super::{Teller, Told};
use crate::letter::digits_of;
use crate::names;

/// Somebody pays on behalf of others, and the bank names them; with the reference or without.
pub(super) fn on_behalf(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let place = teller.alone()?;
    let who = teller.debtor(place)?.name();
    let name = match teller.draw.count(0, 2) {
        0 => format!("Betreuungsverein {}", names::family(teller.draw)),
        1 => format!("Notariat {} Anderkonto", names::family(teller.draw)),
        _ => format!("Berufsbetreuer {} {}", names::given(teller.draw), names::family(teller.draw)),
    };
    let mut letter = teller.stranger(name);
    let quoted = teller.draw.chance(500);
    letter.ultimate = Some(if quoted { format!("{who} {}", teller.printed(place)) } else { who });
    letter.text = teller.draw.pick(&["Abgaben", "Grundbesitzabgaben 1. Quartal", ""]).to_owned();
    Some(vec![teller.told(letter, teller.next_due(&[place]))])
}

pub(super) fn several_structured(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let count = teller.draw.count(2, 5);
    let places = teller.some(count)?;
    let bare = teller.draw.chance(500);
    let write = |place: &usize| if bare { digits_of(&teller.printed(*place)) } else { teller.printed(*place) };
    let mut all: Vec<String> = places.iter().map(write).collect();
    let name = format!("Hausverwaltung {} OHG", names::family(teller.draw));
    let mut letter = teller.stranger(name);
    letter.structured = all.drain(..1).next();
    letter.references = all;
    letter.text = teller.draw.pick(&["", "Abgaben"]).to_owned();
    Some(vec![teller.told(letter, teller.next_due(&places))])
}

/// A document number that is paid, or the order's name.
pub(super) fn document(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let place = teller.alone()?;
    let mut letter = teller.own(place)?;
    let number = digits_of(&teller.printed(place));
    if teller.draw.chance(600) {
        letter.references = vec![teller.printed(place)];
    } else {
        letter.instruction = Some(number);
    }
    Some(vec![teller.told(letter, teller.next_due(&[place]))])
}
