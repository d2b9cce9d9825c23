//! A transfer as its sender fills it in, and the state while writing it.
//!
//! Must not know the matcher. Invariant: what a letter says about itself (legible, named, own account) is how it was
//! written, not what a reader could make of it.

use sepa::Iban;

use crate::draw::Draw;
use crate::names::{self, Form};
use crate::profile::Shape;
use crate::schemes;
use crate::town::{Person, Town};
use crate::wish::Wish;

/// How much of the reference can still be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Legible {
    /// All of it, apart from separators, line ends, words and other numbers.
    #[default]
    Whole,
    /// All of it but one slip.
    OneSlip,
    /// Somebody else's reference is written instead.
    Neighbours,
    /// Nothing of it, or too little.
    Nothing,
}

/// A transfer.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// The remittance text; lines are joined by line breaks.
    pub text: String,
    /// End-to-end id.
    pub end_to_end: Option<String>,
    /// Structured creditor reference.
    pub structured: Option<String>,
    /// Mandate reference.
    pub mandate: Option<String>,
    /// Text that the bank adds.
    pub additional: Option<String>,
    /// The payer's name.
    pub name: String,
    /// How much of the debtor's name is in it.
    pub form: Form,
    /// The payer's account.
    pub iban: Option<Iban>,
    /// The ultimate debtor: on whose behalf the payer pays.
    pub ultimate: Option<String>,
    /// The name that the payer's program gives the order (`InstrId`).
    pub instruction: Option<String>,
    /// Structured references after the first one, and document numbers.
    pub references: Vec<String>,
    /// How many transfers the bank credited in this one sum without giving their details.
    pub untold: u32,
    /// How much of the reference can be read.
    pub legible: Legible,
    /// A Kassenzeichen that is written instead of the intended one, or beside it.
    pub quoted: Option<usize>,
    /// How much of the debtor's name is in the text.
    pub named: Form,
    /// Whether the debtor's address is in the text.
    pub address: bool,
    /// Whether the text names no levy of the town, although it names something else.
    pub silent: bool,
}

/// A sender who is filling in a transfer.
#[derive(Debug)]
pub struct Pen<'a> {
    /// The random draws for the choices.
    pub draw: &'a mut Draw,
    /// The town.
    pub town: &'a Town,
    /// What the sender wants to pay.
    pub wish: &'a Wish,
    /// The debtor.
    pub debtor: &'a Person,
    /// What is written so far.
    pub letter: Letter,
}

impl<'a> Pen<'a> {
    /// A sender with a blank transfer: the debtor, or the person who pays for the debtor.
    pub fn new(draw: &'a mut Draw, town: &'a Town, wish: &'a Wish, shape: &Shape) -> Option<Pen<'a>> {
        let debtor = town.debtor(wish.first())?;
        let mut letter = Letter { name: debtor.name(), form: Form::Whole, iban: debtor.iban, ..Letter::default() };
        if !debtor.given.is_empty() && draw.chance(shape.name_varies) {
            (letter.name, letter.form) = names::form(draw, &debtor.given, &debtor.family);
        } else if draw.chance(shape.spouse_pays) {
            letter.name = format!("{} {}", names::given(draw), names::family(draw));
            (letter.form, letter.iban) = (Form::Other, schemes::iban(draw));
        }
        if letter.form != Form::Other && draw.chance(shape.other_account) {
            // usually the same other account, so that the matcher can learn it
            letter.iban = if draw.chance(700) { debtor.second } else { schemes::iban(draw) };
        }
        Some(Pen { draw, town, wish, debtor, letter })
    }

    /// The first reference as printed.
    pub fn reference(&self) -> String {
        let reference = self.town.references.get(self.wish.first());
        reference.map(|reference| reference.kassenzeichen.clone()).unwrap_or_default()
    }

    /// Every reference as `write` renders it, joined by `between`.
    pub fn each_with(&mut self, between: &str, mut write: impl FnMut(&mut Draw, &str) -> String) -> String {
        let mut written: Vec<String> = Vec::new();
        for place in self.wish.references() {
            if let Some(reference) = self.town.references.get(place) {
                written.push(write(self.draw, &reference.kassenzeichen));
            }
        }
        written.join(between)
    }

    /// Every reference as `write` renders it, one after the other.
    pub fn each(&mut self, write: impl FnMut(&mut Draw, &str) -> String) -> String {
        self.each_with(" ", write)
    }

    /// Every reference as printed.
    pub fn plain(&mut self) -> String {
        self.each(|_, reference| reference.to_owned())
    }

    /// The letters and digits of every reference.
    pub fn bare(&mut self) -> String {
        self.each(|_, reference| digits_of(reference))
    }

    /// The name of the levy.
    pub fn levy(&self) -> &'static str {
        self.town.levy(self.wish.first())
    }

    /// The name of the instalment.
    pub fn posten(&self) -> &'a str {
        self.wish.posten(self.town)
    }

    /// Somebody else pays, from another account.
    pub fn stranger_pays(&mut self, name: String) {
        (self.letter.name, self.letter.form, self.letter.iban) = (name, Form::Other, schemes::iban(self.draw));
    }
}

/// The letters and digits of a reference.
pub fn digits_of(reference: &str) -> String {
    reference.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// A text in lines of this width, as banks pass it on.
pub fn in_lines(text: &str, width: usize, end: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(width.max(1)).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_no_letter() {
        assert_eq!(in_lines("abcdefg", 3, "\n"), "abc\ndef\ng");
        assert_eq!(in_lines("äöü", 2, " "), "äö ü");
        assert_eq!(digits_of("5.0100.123456.3"), "501001234563");
    }
}
