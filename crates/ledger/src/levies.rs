//! Whether two names are one levy's, as lists and settings write them.
//!
//! Knows spellings, not levies. Invariant: levies that a town tells apart (»Grundsteuer A« and »Grundsteuer B«) have other keys.

use crate::names::{fold, words_of};

/// What a levy is called where the text of a debit does not name it.
pub const UNNAMED: &str = "Abgaben";

/// Letters that a name keeps of its plural, and that a cut one has at least.
const LEAST: usize = 5;

/// The name without case, blanks, hyphens, a number before it and the ending of its plural: equal for all spellings of one
/// levy.
pub fn key(kind: &str) -> String {
    let mut key = plain(kind);
    let stem = key.strip_suffix("en").or_else(|| key.strip_suffix(['e', 'n', 's'])).map_or(key.len(), str::len);
    if stem >= LEAST {
        key.truncate(stem);
    }
    key
}

/// Letters and digits alone, folded, without the number that some systems put before a levy (»0101 Wasser«).
fn plain(kind: &str) -> String {
    let folded = fold(kind);
    let named = folded.trim_start_matches(|sign: char| !sign.is_alphabetic());
    let named = if named.is_empty() { folded.as_str() } else { named };
    named.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

/// Whether two names are one levy's in all likelihood: the same key, one cut short (»Grundbesitzabg.«), or one with more
/// behind it (»Grundsteuer« and »Grundsteuer B«).
pub fn are_akin(one: &str, other: &str) -> bool {
    let (own, others) = (plain(one), plain(other));
    let begins = |long: &str, short: &str| short.len() >= LEAST && long.starts_with(short);
    key(one) == key(other) || begins(&own, &others) || begins(&others, &own) || are_cut(one, other)
}

/// Whether two names may be one levy's: they are akin, or one is no name at all.
pub fn may_be_one(one: &str, other: &str) -> bool {
    let is_unnamed = |kind: &str| key(kind) == key(UNNAMED);
    is_unnamed(one) || is_unnamed(other) || are_akin(one, other)
}

/// Whether each word of one begins as the other's does, in so many words: »Grundst. B« and »Grundsteuer B«.
fn are_cut(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    let (own, others): (Vec<&str>, Vec<&str>) = (words_of(&one).collect(), words_of(&other).collect());
    let is_cut = |(one, other): (&&str, &&str)| one.starts_with(*other) || other.starts_with(*one);
    own.len() == others.len() && !own.is_empty() && own.iter().zip(&others).all(is_cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_levy_is_one_however_it_is_spelt() {
        for other in [
            "GRUNDBESITZABGABEN",
            "Grundbesitzabgabe",
            "Grundbesitz-Abgaben",
            "0101 Grundbesitzabgaben",
            " Grundbesitz abgaben ",
        ] {
            assert_eq!(key(other), key("Grundbesitzabgaben"), "{other}");
        }
        assert_eq!(key("Abfallgebühr"), key("Abfallgebuehren"));
        assert_eq!(key("Hundesteuern"), key("Hundesteuer"));
        for (one, other) in [
            ("Grundsteuer A", "Grundsteuer B"),
            ("Wasser", "Abwasser"),
            ("Wasser", "Wasserbeitrag"),
            ("Gebühr 1", "Gebühr 2"),
            ("101", "102"),
        ] {
            assert_ne!(key(one), key(other), "{one} and {other}");
        }
    }

    #[test]
    fn a_levy_that_is_cut_short_is_akin() {
        for (one, other) in [
            ("Grundbesitzabg.", "Grundbesitzabgaben"),
            ("Grundst. B", "Grundsteuer B"),
            ("Grundsteuer", "Grundsteuer B"),
            ("Hundesteuern", "Hundesteuer"),
        ] {
            assert!(are_akin(one, other) && are_akin(other, one), "{one} and {other}");
        }
        for (one, other) in [
            ("Grundsteuer A", "Grundsteuer B"),
            ("Grundsteuer B", "Grundbesitzabgaben"),
            ("Wasser", "Abwasser"),
            ("", "Pacht"),
        ] {
            assert!(!are_akin(one, other), "{one} and {other}");
        }
    }
}
