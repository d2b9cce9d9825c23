//! Keys of 64 bits for the indexes.
//!
//! Knows nothing of what it hashes. Invariant: the same bytes give the same key on every machine and in every run;
//! different numbers never share a key.

/// An odd constant without pattern (the golden ratio's fraction).
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A key of a number; different numbers have different keys.
pub(crate) fn of_number(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A key of two numbers in this order.
pub(crate) fn of_two(one: u64, other: u64) -> u64 {
    of_number(of_number(one).wrapping_add(ODD) ^ other)
}

/// A key of a text.
pub(crate) fn of(text: &[u8]) -> u64 {
    let mut state = ODD ^ text.len() as u64;
    let (chunks, rest) = text.as_chunks::<8>();
    for chunk in chunks {
        state = (state ^ u64::from_le_bytes(*chunk)).wrapping_mul(ODD).rotate_left(29);
    }
    let last = rest.iter().rev().fold(0_u64, |last, byte| last << 8 | u64::from(*byte));
    of_number(state ^ last)
}

/// A key of a set of numbers, given in rising order.
pub(crate) fn of_set(rising: impl Iterator<Item = u32>) -> u64 {
    rising.fold(ODD, |state, number| of_two(state, u64::from(number)))
}
