//! A transfer as its sender fills it in, and the pen he writes with.
//!
//! Must not know the matcher. Invariant: what a letter says of itself (legible, named, own account) is how it was
//! written, not what anybody could make of it.

use sepa::Iban;

use crate::draw::Draw;
use crate::names::{self, Form};
use crate::profile::Shape;
use crate::schemes;
use crate::town::{Person, Town};
use crate::wish::Wish;

/// What can still be read of the reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Legible {
    /// All of it: separators, line ends, words and other numbers aside.
    #[default]
    Whole,
    /// All but one slip.
    OneSlip,
    /// Somebody else's reference stands there.
    Neighbours,
    /// Nothing, or too little.
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
    /// What the bank adds.
    pub additional: Option<String>,
    /// The payer's name.
    pub name: String,
    /// What is left of the debtor's name in it.
    pub form: Form,
    /// The payer's account.
    pub iban: Option<Iban>,
    /// On whose behalf he pays.
    pub ultimate: Option<String>,
    /// What his program calls the order.
    pub instruction: Option<String>,
    /// Structured references beside the first one, and numbers of documents.
    pub references: Vec<String>,
    /// How many transfers the bank put together in it without telling them.
    pub untold: u32,
    /// What can be read of the reference.
    pub legible: Legible,
    /// The Kassenzeichen that stands there in place of the meant one, or beside it.
    pub quoted: Option<usize>,
    /// The debtor's name in the text.
    pub named: Form,
    /// Whether the debtor's address stands in the text.
    pub address: bool,
    /// The town's levies are not spoken of, though something else is.
    pub silent: bool,
}

/// A sender at work.
#[derive(Debug)]
pub struct Pen<'a> {
    /// His choices.
    pub draw: &'a mut Draw,
    /// Where he lives.
    pub town: &'a Town,
    /// What he wants.
    pub wish: &'a Wish,
    /// Who owes it.
    pub debtor: &'a Person,
    /// What he has written.
    pub letter: Letter,
}

impl<'a> Pen<'a> {
    /// A sender with a blank transfer: the debtor himself, or who pays for him.
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
            // mostly always the same other account, so that it can be learnt
            letter.iban = if draw.chance(700) { debtor.second } else { schemes::iban(draw) };
        }
        Some(Pen { draw, town, wish, debtor, letter })
    }

    /// The first reference as printed.
    pub fn reference(&self) -> String {
        let reference = self.town.references.get(self.wish.first());
        reference.map(|reference| reference.kassenzeichen.clone()).unwrap_or_default()
    }

    /// Every reference as `write` puts it, with `between` between them.
    pub fn each_with(&mut self, between: &str, mut write: impl FnMut(&mut Draw, &str) -> String) -> String {
        let mut written: Vec<String> = Vec::new();
        for place in self.wish.references() {
            if let Some(reference) = self.town.references.get(place) {
                written.push(write(self.draw, &reference.kassenzeichen));
            }
        }
        written.join(between)
    }

    /// Every reference as `write` puts it, in a row.
    pub fn each(&mut self, write: impl FnMut(&mut Draw, &str) -> String) -> String {
        self.each_with(" ", write)
    }

    /// Every reference as printed.
    pub fn plain(&mut self) -> String {
        self.each(|_, reference| reference.to_owned())
    }

    /// Every reference's letters and digits.
    pub fn bare(&mut self) -> String {
        self.each(|_, reference| digits_of(reference))
    }

    /// The levy's name.
    pub fn levy(&self) -> &'static str {
        self.town.levy(self.wish.first())
    }

    /// The instalment's name.
    pub fn posten(&self) -> &'a str {
        self.wish.posten(self.town)
    }

    /// Somebody else pays, from an account of his own.
    pub fn stranger_pays(&mut self, name: String) {
        (self.letter.name, self.letter.form, self.letter.iban) = (name, Form::Other, schemes::iban(self.draw));
    }
}

/// The letters and digits of a reference.
pub fn digits_of(reference: &str) -> String {
    reference.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// A text in lines of so many letters, as banks hand it on.
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
