//! Credits for direct debits that no run of the program explains: of a run before the outage, or of another creditor.
//!
//! Must not know the matcher. Invariant: a credit that names a citizen's mandate or Kassenzeichen is knowable; a sum is
//! not.

use ledger::payment::{Foreign, Nature};

use super::{Teller, Told};
use crate::letter::Letter;

/// A single direct debit of the treasury, made by the old system: it has paid what it names.
pub(super) fn earlier(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let place = teller.alone()?;
    let mut letter = teller.own(place)?;
    let mandate = teller.town.references.get(place)?.mandate.as_ref()?.id.clone();
    letter.mandate = Some(mandate);
    letter.end_to_end = Some(format!("ALT-{}", teller.draw.digits(7)));
    letter.text = format!("KZ {} Faelligkeit 15.11.25", teller.printed(place));
    let mut told = teller.told(letter, teller.next_due(&[place]));
    told.nature = Nature::ForeignCollection(Foreign::Mandate);
    Some(vec![told])
}

/// A direct debit of another creditor from one of the town's citizens, sometimes with the amount that the citizen owes
/// here.
pub(super) fn by_others(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let place = teller.alone()?;
    let mut letter = teller.own(place)?;
    letter.mandate = Some(format!("WV-{}", teller.draw.digits(6)));
    letter.end_to_end = Some(format!("E{}", teller.draw.digits(9)));
    letter.text = "Wasserversorgung Abschlag 02/2026".to_owned();
    let owed = teller.next_due(&[place]).first()?.cents;
    let amount = if teller.draw.chance(300) { owed } else { teller.draw.cents(2_000, 15_000) };
    let mut told = teller.told(letter, Vec::new());
    (told.amount, told.nature) = (amount, Nature::ForeignCollection(Foreign::AnotherCreditor));
    Some(vec![told])
}

/// A run of the old system as one sum, without details.
pub(super) fn in_a_sum(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let count = teller.draw.count(3, 8);
    let places = teller.some(count)?;
    let text = format!("LASTSCHRIFTEINZUG {} POSTEN", count);
    let mut told = teller.told(Letter { text, ..Letter::default() }, teller.next_due(&places));
    told.nature = Nature::ForeignCollection(Foreign::Sum);
    (told.truth.dark, told.truth.knowable) = (places, false);
    Some(vec![told])
}
