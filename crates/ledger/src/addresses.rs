//! Comparing addresses as people and lists write them.
//!
//! Knows no name. Invariant: the list's form of an address and the text's meet in one key.

use crate::hash;
use crate::names::{fold, fold_into};

/// A key of street and house number: »Hauptstraße 12 a, 59581 Warstein« and »HAUPTSTR 12 A« have one. `None` where no
/// number is told.
pub fn address_key(address: &str) -> Option<u64> {
    let street = fold(address.split(',').next().unwrap_or_default());
    let mut squashed = String::with_capacity(street.len());
    street.split(|c: char| !c.is_alphanumeric()).for_each(|word| push_word(word, &mut squashed));
    squashed.chars().any(|c| c.is_ascii_digit()).then(|| hash::of(squashed.as_bytes()))
}

/// The keys of the addresses that a text may name: up to three words before each number. Rising.
pub fn addresses_in(text: &str) -> Vec<u64> {
    let (mut folded, mut keys) = (String::new(), Vec::new());
    fold_into(text, &mut folded);
    addresses_of(&folded, &mut keys, &mut String::new(), |_| false);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Like [`addresses_in`], of a folded text, added to what is there. A letter behind a number is the house's where
/// that house is known; else it may be the next word's too.
pub(crate) fn addresses_of(folded: &str, keys: &mut Vec<u64>, squashed: &mut String, is_known: impl Fn(u64) -> bool) {
    // the three words before a piece, the nearest last
    let mut before: [&str; 3] = [""; 3];
    let mut pieces = folded.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()).peekable();
    while let Some(piece) = pieces.next() {
        let is_letter = |next: &&&str| next.len() == 1 && next.bytes().all(|byte| byte.is_ascii_alphabetic());
        let letter = pieces.peek().filter(is_letter).copied();
        if piece.starts_with(|c: char| c.is_ascii_digit()) {
            for count in 1..=before.len() {
                let street = before.get(before.len() - count..).unwrap_or_default();
                if street.first().is_none_or(|word| word.is_empty()) {
                    break;
                }
                squashed.clear();
                street.iter().for_each(|word| push_word(word, squashed));
                squashed.push_str(piece);
                let number = hash::of(squashed.as_bytes());
                let Some(letter) = letter else {
                    keys.push(number);
                    continue;
                };
                squashed.push_str(letter);
                let with_letter = hash::of(squashed.as_bytes());
                keys.extend((!is_known(with_letter)).then_some(number));
                keys.push(with_letter);
            }
        }
        let is_word = piece.chars().all(char::is_alphabetic);
        let [_, second, third] = before;
        before = if is_word { [second, third, piece] } else { [""; 3] };
    }
}

/// A word of a street's name; »strasse« is mostly written »str«.
fn push_word(word: &str, squashed: &mut String) {
    squashed.push_str(word.strip_suffix("asse").filter(|short| short.ends_with("str")).unwrap_or(word));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_a_text() {
        let key = address_key("Belecker Landstraße 17, 59581 Warstein").unwrap();
        assert_eq!(address_key("BELECKER LANDSTR. 17"), Some(key));
        assert!(addresses_in("Objekt Belecker Landstrasse 17 Grundsteuer 2023-4").contains(&key));
        assert!(!addresses_in("Objekt Belecker Landstr. 117").contains(&key));
        assert_eq!(address_key("Postfach"), None);
    }

    #[test]
    fn a_house_number_has_its_letter_apart_or_joined() {
        let key = address_key("Buchenweg 72 a, 59581 Warstein").unwrap();
        assert_eq!(address_key("Buchenweg 72A"), Some(key));
        for text in ["Buchenweg 72 a Grundsteuer", "buchenweg 72a", "Objekt Buchenweg 72-A"] {
            assert!(addresses_in(text).contains(&key), "{text}");
        }
        let without = address_key("Buchenweg 72").unwrap();
        assert!(!addresses_in("Buchenweg 72").contains(&key));
        // an initial
        assert!(addresses_in("Buchenweg 72 A. Altmann").contains(&without));
        let mut keys = Vec::new();
        addresses_of("buchenweg 72 a", &mut keys, &mut String::new(), |known| known == key);
        assert!(keys.contains(&key) && !keys.contains(&without));
    }
}
