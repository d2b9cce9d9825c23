//! Check digits after ISO 7064 mod 97-10, as IBANs and creditor identifiers use them.
//!
//! It knows no format: the caller passes the characters in the order of the rule.

/// Whether check digits are correct for the country and the rest that they protect.
pub(crate) fn fit(country: &str, digits: &str, rest: &str) -> bool {
    // 00, 01 and 99 leave the same remainder as 97, 98 and 02, but the rule never yields them.
    let possible = digits.len() == 2 && !matches!(digits, "00" | "01" | "99");
    possible && remainder_97(rest.bytes().chain(country.bytes()).chain(digits.bytes())) == 1
}

/// The remainder modulo 97 of the number that the characters spell; a letter counts as two digits, A = 10 to Z = 35
/// (ISO 13616-1). Other characters are ignored, as the rule for creditor identifiers (EPC262-08) demands.
pub(crate) fn remainder_97(characters: impl Iterator<Item = u8>) -> u32 {
    characters
        .filter_map(|character| char::from(character).to_digit(36))
        .fold(0, |remainder, value| (remainder * if value < 10 { 10 } else { 100 } + value) % 97)
}
