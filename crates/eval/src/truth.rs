//! The truth about a simulated payment, and whether anybody could know it.
//!
//! Must not know the verdicts. Invariant: whether it is knowable depends only on what is on the transfer and in the
//! lists.

use crate::letter::{Legible, Letter};
use crate::names::Form;
use crate::town::{Mandate, Town, sums};
use crate::wish::{Meant, Wish};

/// What the money is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For open items, and kept.
    Levy,
    /// For open items, and taken back by the bank.
    TakenBack,
    /// The town's money, but not for open items.
    Other,
}

/// The truth about a payment.
#[derive(Clone, Debug)]
pub struct Truth {
    /// The manner in which it was written.
    pub manner: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What the sender wants to pay; empty for other money.
    pub meant: Vec<Meant>,
    /// Whether a careful clerk could at least hold the items that it concerns.
    pub knowable: bool,
    /// If it is knowable in part: the Kassenzeichen that nobody could know.
    pub dark: Vec<usize>,
    /// Whether it looks like a payment for somebody else, so that nobody could even have a doubt.
    pub disguised: bool,
}

impl Truth {
    /// Whether nobody could know that this Kassenzeichen is concerned.
    pub fn is_dark(&self, reference: usize) -> bool {
        !self.knowable && self.meant.iter().any(|meant| meant.reference == reference) || self.dark.contains(&reference)
    }
}

/// An amount alone identifies the Kassenzeichen if at most this many owe it.
const FEW: usize = 3;

/// Whether what is on the transfer leads to the intended Kassenzeichen.
pub fn knowable(town: &Town, wish: &Wish, letter: &Letter) -> bool {
    let own = own_account(town, wish, letter);
    let fits = fits(town, wish);
    match letter.legible {
        Legible::Whole => !letter.quoted.is_some_and(|quoted| is_of_both(town, wish, quoted)),
        Legible::OneSlip => true,
        // somebody else is quoted: only the payer can speak against that, and the payer's family name only if the
        // quoted Kassenzeichen does not owe this amount
        Legible::Neighbours => {
            let unlikely = letter.quoted.is_some_and(|quoted| !fits_under(town, quoted, wish.amount));
            own || fits
                && !is_namesake(town, letter)
                && (letter.form <= Form::Near || letter.form == Form::Family && unlikely)
        }
        Legible::Nothing => {
            let named = letter.form <= Form::Family || letter.named <= Form::Family || letter.address;
            let spoken_for = own && (fits || !letter.silent) || fits && (named || town.owing(wish.amount) <= FEW);
            spoken_for && (own || !misleads(town, wish, letter))
        }
    }
}

/// Whether a payment whose purpose nobody could know looks like somebody else's, so that nobody could even have a
/// doubt: another's reference is quoted, or a stranger happens to have the name of somebody who owes exactly this.
pub fn disguised(town: &Town, wish: &Wish, letter: &Letter) -> bool {
    let meant = wish.references();
    let owes_it = |place: usize| !meant.contains(&place) && fits_under(town, place, wish.amount);
    let is_named = |place: usize| town.debtor(place).is_some_and(|person| person.name() == letter.name);
    let quotes = matches!(letter.legible, Legible::Neighbours | Legible::Whole);
    quotes || (0..town.references.len()).any(|place| is_named(place) && owes_it(place))
}

/// Whether the amount is also a sum of instalments of the intended and of the other quoted Kassenzeichen.
fn is_of_both(town: &Town, wish: &Wish, quoted: usize) -> bool {
    let (own, other) = (due_sums(town, wish.first()), due_sums(town, quoted));
    own.iter().any(|part| other.binary_search(&(wish.amount - part)).is_ok())
}

/// Whether the payer happens to have the name of the debtor whose reference is quoted.
fn is_namesake(town: &Town, letter: &Letter) -> bool {
    let quoted = letter.quoted.and_then(|quoted| town.debtor(quoted));
    quoted.is_some_and(|quoted| letter.name.contains(&quoted.given) && letter.name.contains(&quoted.family))
}

/// Whether the payer's account is that of a mandate for what the payment is for.
fn own_account(town: &Town, wish: &Wish, letter: &Letter) -> bool {
    let of = |place: &usize| town.references.get(*place).and_then(|reference| reference.mandate.as_ref());
    wish.references().iter().filter_map(of).any(|mandate| Some(mandate.iban) == letter.iban)
}

/// Whether the payer's account belongs to the mandate of another Kassenzeichen under which the amount is due too.
/// Example: two gardens with the same rent, of which the other one is meant.
fn misleads(town: &Town, wish: &Wish, letter: &Letter) -> bool {
    let is_his = |mandate: Option<&Mandate>| mandate.is_some_and(|mandate| Some(mandate.iban) == letter.iban);
    let others = town.references.iter().enumerate().filter(|(_, other)| is_his(other.mandate.as_ref()));
    others.map(|(place, _)| place).any(|place| fits_under(town, place, wish.amount))
}

/// Whether the amount is a sum of due instalments of the only Kassenzeichen that is intended.
fn fits(town: &Town, wish: &Wish) -> bool {
    let [only] = wish.references()[..] else { return false };
    fits_under(town, only, wish.amount)
}

/// Whether the amount is a sum of due instalments of a Kassenzeichen.
fn fits_under(town: &Town, place: usize, amount: i64) -> bool {
    due_sums(town, place).contains(&amount)
}

/// All sums of due instalments of a Kassenzeichen.
fn due_sums(town: &Town, place: usize) -> Vec<i64> {
    let Some(reference) = town.references.get(place) else { return Vec::new() };
    sums(&reference.due().map(|(_, instalment)| instalment.open()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Draw;
    use crate::profile::PROFILES;
    use crate::wish::{Habit, joint};

    #[track_caller]
    fn check(letter: Letter, amount_fits: bool, expected: bool) {
        let mut town = Town::draw(&mut Draw::new(3), 3, &PROFILES[3], 200);
        let place = (0..).find(|place| town.references[*place].mandate.is_some()).unwrap();
        // many owe the same amount
        let amount = town.references[place].due().next().unwrap().1.open();
        let copies: Vec<_> = (0..5).map(|_| town.references[place].clone()).collect();
        town.references.extend(copies);
        town.recount();
        let account = town.references[place].mandate.as_ref().map(|mandate| mandate.iban);
        let letter = Letter { iban: account.filter(|_| letter.iban.is_some()), ..letter };
        let more = if amount_fits { 0 } else { 1 };
        let wish = Wish {
            meant: vec![Meant { reference: place, instalment: 0, cents: amount + more }],
            amount: amount + more,
            habit: Habit::Due,
        };
        assert_eq!(knowable(&town, &wish, &letter), expected, "{letter:?}");
    }

    #[test]
    fn a_payment_is_knowable_by_what_stands_on_it() {
        let iban = crate::schemes::iban(&mut Draw::new(1));
        let blank = || Letter { legible: Legible::Nothing, named: Form::Other, ..Letter::default() };
        for (letter, fits, expected) in [
            (Letter { legible: Legible::Whole, ..blank() }, false, true),
            (Letter { legible: Legible::OneSlip, ..blank() }, false, true),
            (blank(), true, false),
            (Letter { iban, ..blank() }, false, true),
            (Letter { iban, silent: true, ..blank() }, false, false),
            (Letter { form: Form::Family, ..blank() }, true, true),
            (Letter { form: Form::Whole, ..blank() }, false, false),
            (Letter { address: true, ..blank() }, true, true),
            (Letter { legible: Legible::Neighbours, ..blank() }, true, false),
            (Letter { legible: Legible::Neighbours, form: Form::Near, ..blank() }, true, true),
            (Letter { legible: Legible::Neighbours, form: Form::Family, ..blank() }, true, false),
            (Letter { legible: Legible::Neighbours, form: Form::Family, quoted: Some(0), ..blank() }, true, true),
            (Letter { legible: Legible::Neighbours, iban, ..blank() }, false, true),
        ] {
            check(letter, fits, expected);
        }
    }

    #[test]
    fn a_sum_without_a_list_is_not() {
        let town = Town::draw(&mut Draw::new(3), 3, &PROFILES[0], 200);
        let wish = joint(&town, &[0, 1, 2], Habit::Collective).unwrap();
        let letter = Letter { legible: Legible::Nothing, ..Letter::default() };
        assert!(!knowable(&town, &wish, &letter));
    }
}
