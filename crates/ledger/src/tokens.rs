//! Each word of a name stored once: a number stands for it.
//!
//! Knows no name and no rule. Invariant: equal texts have one number, and a number has one text.

use std::collections::HashMap;

use crate::hash;
use crate::index::Index;

/// The number of a text.
pub(crate) type Token = u32;

/// Collects texts.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    numbers: HashMap<Box<str>, Token>,
}

impl Interner {
    /// The number of a text, a new one if it is new.
    pub(crate) fn token(&mut self, text: &str) -> Token {
        if let Some(token) = self.numbers.get(text) {
            return *token;
        }
        let token = Token::try_from(self.numbers.len()).unwrap_or(Token::MAX);
        self.numbers.insert(text.into(), token);
        token
    }

    /// The texts, to be asked only.
    pub(crate) fn finish(self) -> Tokens {
        let mut texts: Vec<(Token, Box<str>)> = self.numbers.into_iter().map(|(text, token)| (token, text)).collect();
        texts.sort_unstable_by_key(|(token, _)| *token);
        let mut tokens = Tokens::default();
        for (_, text) in &texts {
            tokens.text.push_str(text);
            tokens.ends.push(u32::try_from(tokens.text.len()).unwrap_or(u32::MAX));
        }
        tokens.index = Index::new(texts.iter().map(|(token, text)| (hash::of(text.as_bytes()), *token)).collect());
        tokens
    }
}

/// All texts, in both directions.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    text: String,
    ends: Vec<u32>,
    index: Index,
}

impl Tokens {
    /// The number of a text that is known.
    pub(crate) fn find(&self, text: &str) -> Option<Token> {
        let found = self.index.get(hash::of(text.as_bytes()));
        found.iter().copied().find(|token| self.text(*token) == text)
    }

    /// The text of a number.
    pub(crate) fn text(&self, token: Token) -> &str {
        let place = token as usize;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_number() {
        let mut interner = Interner::default();
        let numbers: Vec<Token> = ["anna", "muller", "anna", ""].map(|text| interner.token(text)).to_vec();
        assert_eq!(numbers, [0, 1, 0, 2]);
        let tokens = interner.finish();
        assert_eq!(
            (tokens.find("muller"), tokens.find("schmidt"), tokens.text(1), tokens.len()),
            (Some(1), None, "muller", 3)
        );
    }
}
