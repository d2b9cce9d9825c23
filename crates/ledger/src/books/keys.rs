//! The keys of the indexes.
//!
//! Invariant: what is equal has the same key; what is not seldom has.

use sepa::{Cents, Iban};

use crate::hash;
use crate::tokens::Token;

/// A key of an IBAN. German ones are told apart by their eighteen digits alone: the check digits follow from them.
pub(crate) fn iban_key(iban: &Iban) -> u64 {
    match iban.as_bytes() {
        [b'D', b'E', _, _, digits @ ..] if digits.len() == 18 => {
            let (eights, last) = digits.as_chunks::<8>();
            let number = eights.iter().fold(0, |number, eight| number * 100_000_000 + eight_digits(*eight));
            hash::of_number(last.iter().fold(number, |number, digit| number * 10 + u64::from(digit & 15)))
        }
        text => hash::of(text),
    }
}

/// The number that eight digits are: neighbours are put together to pairs, these to fours, these to all, each step for all
/// of them at once.
fn eight_digits(digits: [u8; 8]) -> u64 {
    let ones = u64::from_le_bytes(digits) & 0x0F0F_0F0F_0F0F_0F0F;
    let pairs = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

pub(super) fn pair_key(one: Token, other: Token) -> u64 {
    hash::of_two(u64::from(one.min(other)), u64::from(one.max(other)))
}

pub(super) fn amount_key(amount: Cents) -> u64 {
    hash::of_number(amount.get().unsigned_abs())
}

pub(super) fn word_key(word: Token, amount: Cents) -> u64 {
    hash::of_two(u64::from(word), amount.get().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_their_number() {
        for digits in ["00000000", "12345678", "99999999", "10000000", "00000001", "80706050"] {
            let bytes: [u8; 8] = digits.as_bytes().try_into().unwrap();
            assert_eq!(eight_digits(bytes), digits.parse::<u64>().unwrap(), "{digits}");
        }
    }
}
