//! One credit for many who are not named: batches without details, payouts of payment providers.
//!
//! Must not know the matcher. Invariant: without a list, nobody in a sum can be known.

use super::{Teller, Told};
use crate::letter::{Letter, digits_of};

/// Transfers that the bank credits as one sum, without details.
pub(super) fn batch(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let count = teller.draw.count(2, 4);
    let places = teller.some(count)?;
    let more = teller.draw.count(0, 3);
    let items = count + more;
    let text = match teller.draw.count(0, 2) {
        0 => format!("SAMMELGUTSCHRIFT {items} POSTEN"),
        1 => format!("SEPA-SAMMELUEBERWEISUNG ANZAHL {items}"),
        _ => String::new(),
    };
    let untold = if teller.draw.chance(700) { u32::try_from(items).unwrap_or(0) } else { 0 };
    let mut told = teller.told(Letter { text, untold, ..Letter::default() }, teller.next_due(&places));
    told.amount += (0..more).map(|_| teller.draw.cents(500, 30_000)).sum::<i64>();
    (told.truth.dark, told.truth.knowable) = (places, false);
    Some(vec![told])
}

const PROVIDERS: [&str; 4] =
    ["PayPal (Europe) S.a r.l.", "EPAY BL Zahlungsverkehr", "Girosolution GmbH", "Mollie Payments"];

/// A payout of a provider: with the references, less its fee or not; or without them.
pub(super) fn payout(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let count = teller.draw.count(2, 5);
    let places = teller.some(count)?;
    let name = teller.draw.pick(&PROVIDERS).to_owned();
    let mut letter = teller.stranger(name);
    letter.text = format!("Auszahlung {}", teller.draw.digits(9));
    let listed = teller.draw.chance(500);
    if listed {
        let all: Vec<String> = places.iter().map(|place| digits_of(&teller.printed(*place))).collect();
        letter.text = format!("{} {}", letter.text, all.join(" "));
    }
    let mut told = teller.told(letter, teller.next_due(&places));
    if listed && teller.draw.chance(400) {
        // each citizen paid in full; the town received a little less
        told.amount -= 29 * i64::try_from(count).unwrap_or(0);
    } else if !listed {
        told.amount += (0..teller.draw.count(0, 3)).map(|_| teller.draw.cents(500, 30_000)).sum::<i64>();
        (told.truth.dark, told.truth.knowable) = (places, false);
    }
    Some(vec![told])
}
