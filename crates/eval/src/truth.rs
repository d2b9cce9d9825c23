//! What is true of a drawn payment, and whether anybody could know it.
//!
//! Must not know the verdicts. Invariant: knowable is decided by what stands on the transfer and in the lists alone.

use crate::letter::{Legible, Letter};
use crate::names::Form;
use crate::town::{Mandate, Town, sums};
use crate::wish::{Meant, Wish};

/// What became of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Meant for open items, and kept.
    Levy,
    /// Meant for open items, and taken back by the bank.
    TakenBack,
    /// The town's, but not for open items.
    Other,
}

/// The truth about a payment.
#[derive(Clone, Debug)]
pub struct Truth {
    /// How it was written.
    pub manner: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What its sender meant; nothing for other money.
    pub meant: Vec<Meant>,
    /// Whether a careful clerk could at least hold what it concerns.
    pub knowable: bool,
    /// Of what is meant, the Kassenzeichen that nobody could know, where the others can be known.
    pub dark: Vec<usize>,
    /// Whether it is written like a payment for somebody else, so that nobody could even doubt it.
    pub disguised: bool,
}

impl Truth {
    /// Whether nobody could know that a Kassenzeichen is concerned.
    pub fn is_dark(&self, reference: usize) -> bool {
        !self.knowable && self.meant.iter().any(|meant| meant.reference == reference) || self.dark.contains(&reference)
    }
}

/// An amount alone tells whom it is for where at most so many owe it.
const FEW: usize = 3;

/// Whether what stands on the transfer leads to what is meant.
pub fn knowable(town: &Town, wish: &Wish, letter: &Letter) -> bool {
    let own = own_account(town, wish, letter);
    let fits = fits(town, wish);
    match letter.legible {
        Legible::Whole => !letter.quoted.is_some_and(|quoted| is_of_both(town, wish, quoted)),
        Legible::OneSlip => true,
        // somebody else is quoted: only the payer himself can speak against that, his family's name only where what is
        // quoted does not cost so much
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

/// Whether what nobody could know looks like somebody else's payment, so that nobody could even doubt it: another's reference
/// stands there, or a stranger has by chance the name of somebody who owes just this.
pub fn disguised(town: &Town, wish: &Wish, letter: &Letter) -> bool {
    let meant = wish.references();
    let owes_it = |place: usize| !meant.contains(&place) && fits_under(town, place, wish.amount);
    let is_named = |place: usize| town.debtor(place).is_some_and(|person| person.name() == letter.name);
    let quotes = matches!(letter.legible, Legible::Neighbours | Legible::Whole);
    quotes || (0..town.references.len()).any(|place| is_named(place) && owes_it(place))
}

/// Whether the amount is also made of instalments of the meant and of the other Kassenzeichen that is quoted.
fn is_of_both(town: &Town, wish: &Wish, quoted: usize) -> bool {
    let (own, other) = (due_sums(town, wish.first()), due_sums(town, quoted));
    own.iter().any(|part| other.binary_search(&(wish.amount - part)).is_ok())
}

/// Whether the payer by chance has the very name of the one whose reference is quoted.
fn is_namesake(town: &Town, letter: &Letter) -> bool {
    let quoted = letter.quoted.and_then(|quoted| town.debtor(quoted));
    quoted.is_some_and(|quoted| letter.name.contains(&quoted.given) && letter.name.contains(&quoted.family))
}

/// Whether the payer's account is that of a mandate of what he means.
fn own_account(town: &Town, wish: &Wish, letter: &Letter) -> bool {
    let of = |place: &usize| town.references.get(*place).and_then(|reference| reference.mandate.as_ref());
    wish.references().iter().filter_map(of).any(|mandate| Some(mandate.iban) == letter.iban)
}

/// Whether the payer's account is another Kassenzeichen's mandate, under which the amount is due too: of a man's two
/// gardens of the same rent, the one he does not mean.
fn misleads(town: &Town, wish: &Wish, letter: &Letter) -> bool {
    let is_his = |mandate: Option<&Mandate>| mandate.is_some_and(|mandate| Some(mandate.iban) == letter.iban);
    let others = town.references.iter().enumerate().filter(|(_, other)| is_his(other.mandate.as_ref()));
    others.map(|(place, _)| place).any(|place| fits_under(town, place, wish.amount))
}

/// Whether the amount is a sum of due instalments of the one Kassenzeichen that is meant.
fn fits(town: &Town, wish: &Wish) -> bool {
    let [only] = wish.references()[..] else { return false };
    fits_under(town, only, wish.amount)
}

/// Whether the amount is a sum of due instalments of a Kassenzeichen.
fn fits_under(town: &Town, place: usize, amount: i64) -> bool {
    due_sums(town, place).contains(&amount)
}

/// What the due instalments of a Kassenzeichen sum to.
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
        // many owe the same
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
