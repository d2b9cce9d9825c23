//! The one exact map from canonical forms to references.
//!
//! Must not know schemes or spellings. References of up to 18 digits lie as packed numbers in a table with
//! open addressing (12 bytes a slot), all others in a map of strings. Invariant: a key leads to the first
//! reference that has it, and through `twins` to all others.

use std::collections::{HashMap, HashSet};

use crate::directory::RefId;

/// The longest run of digits that is packed: `10^18 + number` still fits a `u64`.
pub(crate) const PACKED: usize = 18;

/// Which references a canonical form belongs to.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    packed: Packed,
    texts: HashMap<String, RefId>,
    twins: HashMap<RefId, Vec<RefId>>,
    /// Lengths of the packed keys, as bits.
    packed_lengths: u32,
    /// For each length, whether a text key has it.
    text_lengths: Vec<bool>,
    longest: usize,
    /// Runs of letters that occur in text keys and masks.
    letters: HashSet<Vec<char>>,
    longest_letters: usize,
}

/// A canonical form on its way into the table: the number it is, with its length.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Digits {
    value: u64,
    length: usize,
}

impl Digits {
    /// Appends a digit; `None` when it is none, or when the number grows too long to be packed.
    pub(crate) fn then(self, c: char) -> Option<Digits> {
        let digit = c.to_digit(10)?;
        (self.length < PACKED).then(|| Digits { value: self.value * 10 + u64::from(digit), length: self.length + 1 })
    }

    pub(crate) fn length(self) -> usize {
        self.length
    }

    /// The length is part of the key: a leading one keeps the zeros behind it.
    fn key(self) -> u64 {
        u32::try_from(self.length).map_or(0, |length| 10_u64.pow(length)) + self.value
    }
}

impl Keys {
    pub(crate) fn with_capacity(count: usize) -> Keys {
        Keys { packed: Packed::with_capacity(count), ..Keys::default() }
    }

    /// Enters a reference; returns those that have the same canonical form already.
    pub(crate) fn insert(&mut self, canonical: &str, reference: RefId) -> Vec<RefId> {
        self.longest = self.longest.max(canonical.chars().count());
        let digits = canonical.chars().try_fold(Digits::default(), Digits::then);
        let holder = match digits {
            Some(digits) => {
                self.packed_lengths |= 1 << digits.length;
                self.packed.insert(digits.key(), reference)
            }
            None => {
                self.text_lengths.resize(self.longest + 1, false);
                self.text_lengths
                    .iter_mut()
                    .skip(canonical.chars().count())
                    .take(1)
                    .for_each(|is_there| *is_there = true);
                self.know_letters(canonical);
                *self.texts.entry(canonical.to_owned()).or_insert(reference)
            }
        };
        if holder == reference {
            return Vec::new();
        }
        let twins = self.twins.entry(holder).or_default();
        let others = std::iter::once(holder).chain(twins.iter().copied()).collect();
        twins.push(reference);
        others
    }

    /// Notes the letters of a reference, or of a mask's literals.
    pub(crate) fn know_letters(&mut self, canonical: &str) {
        for run in canonical.split(|c: char| c.is_ascii_digit()).filter(|run| !run.is_empty()) {
            let run: Vec<char> = run.chars().collect();
            self.longest_letters = self.longest_letters.max(run.len());
            self.letters.insert(run);
        }
    }

    pub(crate) fn by_digits(&self, digits: Digits) -> Option<RefId> {
        self.packed.get(digits.key())
    }

    pub(crate) fn by_text(&self, canonical: &str) -> Option<RefId> {
        self.texts.get(canonical).copied()
    }

    pub(crate) fn by_symbols(&self, canonical: &[char]) -> Option<RefId> {
        match canonical.iter().copied().try_fold(Digits::default(), Digits::then) {
            Some(digits) => self.has_digits(digits.length).then(|| self.by_digits(digits))?,
            None => self.by_text(&canonical.iter().collect::<String>()),
        }
    }

    /// The reference and all others with its canonical form.
    pub(crate) fn with_twins(&self, reference: RefId) -> impl Iterator<Item = RefId> {
        let twins = self.twins.get(&reference).into_iter().flatten().copied();
        std::iter::once(reference).chain(twins)
    }

    /// Is there an all-digit key of this length?
    pub(crate) fn has_digits(&self, length: usize) -> bool {
        length <= PACKED && self.packed_lengths & (1 << length) != 0
    }

    /// Is there a key of this length with letters, or with too many digits to be packed?
    pub(crate) fn has_text(&self, length: usize) -> bool {
        self.text_lengths.get(length) == Some(&true)
    }

    pub(crate) fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// Does a key or a mask have exactly this run of letters?
    pub(crate) fn has_letters(&self, run: &[char]) -> bool {
        run.len() <= self.longest_letters && self.letters.contains(run)
    }

    /// The length of the longest key.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }
}

/// A table with open addressing and linear probing; key 0 marks an empty slot.
#[derive(Debug, Default)]
struct Packed {
    keys: Vec<u64>,
    values: Vec<RefId>,
    count: usize,
}

impl Packed {
    fn with_capacity(count: usize) -> Packed {
        let slots = (count * 2).next_power_of_two().max(16);
        Packed { keys: vec![0; slots], values: vec![0; slots], count: 0 }
    }

    /// The slot of a key, or the empty one where it would go.
    fn slot(&self, key: u64) -> usize {
        let mask = self.keys.len().saturating_sub(1);
        let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut slot = usize::try_from(hash >> 32).unwrap_or(0) & mask;
        while self.keys.get(slot).is_some_and(|held| *held != 0 && *held != key) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn get(&self, key: u64) -> Option<RefId> {
        let slot = self.slot(key);
        (self.keys.get(slot) == Some(&key)).then(|| self.values.get(slot).copied())?
    }

    /// Enters a value unless the key has one; returns the one it has then.
    fn insert(&mut self, key: u64, value: RefId) -> RefId {
        if (self.count + 1) * 2 > self.keys.len() {
            self.grow();
        }
        let slot = self.slot(key);
        let (Some(held), Some(holder)) = (self.keys.get_mut(slot), self.values.get_mut(slot)) else {
            return value;
        };
        if *held != key {
            (*held, *holder) = (key, value);
            self.count += 1;
        }
        *holder
    }

    fn grow(&mut self) {
        let mut larger = Packed::with_capacity(self.count + 8);
        for (key, value) in self.keys.iter().zip(&self.values).filter(|(key, _)| **key != 0) {
            larger.insert(*key, *value);
        }
        *self = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn leading_zeros_and_twins() {
        let mut keys = Keys::with_capacity(2);
        for (at, canonical) in ["0712", "712", "P712", "0712", "1234567890123456789", "0712"].into_iter().enumerate() {
            keys.insert(canonical, RefId::try_from(at).unwrap());
        }
        let look_up = |canonical: &str| {
            let found = keys.by_symbols(&canonical.chars().collect::<Vec<_>>());
            found.map(|first| keys.with_twins(first).collect::<Vec<_>>())
        };
        assert_eq!(look_up("0712"), Some(vec![0, 3, 5]));
        assert_eq!(look_up("712"), Some(vec![1]));
        assert_eq!(look_up("P712"), Some(vec![2]));
        assert_eq!(look_up("1234567890123456789"), Some(vec![4]));
        assert_eq!(look_up("00712"), None);
        assert!(keys.has_digits(3) && !keys.has_digits(5) && keys.has_letters(&['P']));
    }

    proptest! {
        #[test]
        fn a_map_like_any_other(keys in prop::collection::vec("[0-9]{1,18}", 0..300), others in prop::collection::vec("[0-9]{1,18}", 0..50)) {
            let mut ours = Keys::default();
            let mut theirs = HashMap::new();
            for (at, key) in keys.iter().enumerate() {
                let at = RefId::try_from(at).unwrap();
                ours.insert(key, at);
                theirs.entry(key.clone()).or_insert(at);
            }
            for key in keys.iter().chain(&others) {
                let symbols: Vec<char> = key.chars().collect();
                prop_assert_eq!(ours.by_symbols(&symbols), theirs.get(key).copied());
            }
        }
    }
}
