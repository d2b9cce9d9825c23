//! The one exact map from canonical forms to references.
//!
//! Must not know schemes or spellings. The map is a table of buckets of 32-bit slots: the low bits of a slot hold a
//! reference, the others bits of its key's hash, so that nearly every look-up of a number that nobody has ends with the
//! one bucket it reads. Invariant: a key leads to the first reference that has it, and through `twins` to all others.

use std::collections::{BTreeSet, HashMap};

use crate::directory::RefId;
use crate::fold;
use crate::printed::Printed;

/// The longest run of digits that is packed: `10^18 + number` still fits a `u64`.
pub(crate) const PACKED: usize = 18;

/// Marks the keys that are hashes: they are never below `2 * 10^18`, where packed numbers end.
const HASHED: u64 = 1 << 63;

/// Slots that are looked at together, filled from the first on; one that is full goes on in the next. Never in two
/// lines of the cache.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(32))]
struct Bucket([u32; 8]);

/// Which references a canonical form belongs to.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    buckets: Vec<Bucket>,
    /// Two bits for every key, in one word: small enough to stay near the processor, it ends most look-ups of slips.
    filter: Vec<u64>,
    /// The key of each reference: its packed number, or a hash of its canonical form; 0 for one without any.
    keys: Vec<u64>,
    /// The bits of a slot that hold a reference, one up; 0 is an empty slot.
    holder_bits: u32,
    twins: HashMap<RefId, Vec<RefId>>,
    /// Lengths of the packed keys, as bits.
    packed_lengths: u32,
    /// For each length, whether a text key has it.
    text_lengths: Vec<bool>,
    longest: usize,
    /// Runs of letters that occur in text keys and masks.
    letters: BTreeSet<Vec<char>>,
    longest_letters: usize,
    /// The ASCII letters that such runs begin with, as bits.
    first_letters: u32,
    has_long_numbers: bool,
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

    /// The number that symbols are, where all are digits and few enough.
    pub(crate) fn of(symbols: &[char]) -> Option<Digits> {
        symbols.iter().copied().try_fold(Digits::default(), Digits::then)
    }

    /// The number with another value and as many digits.
    pub(crate) fn with(value: u64, length: usize) -> Digits {
        Digits { value, length }
    }

    pub(crate) fn value(self) -> u64 {
        self.value
    }

    pub(crate) fn length(self) -> usize {
        self.length
    }

    /// The length is part of the key: a leading one keeps the zeros behind it.
    fn key(self) -> u64 {
        POWERS.get(self.length).map_or(0, |power| power + self.value)
    }

    /// Its digits as symbols.
    fn symbols(self) -> impl Iterator<Item = char> {
        let powers = POWERS.iter().take(self.length).rev();
        powers.filter_map(move |power| char::from_digit(u32::try_from(self.value / power % 10).ok()?, 10))
    }
}

/// What a canonical form has before the number in which it ends: nothing for one of digits alone. Forms that differ in the
/// number only share it, and the work that it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'s> {
    symbols: &'s [char],
    hash: u64,
}

impl<'s> Head<'s> {
    /// The head of a form, and the number behind it; the whole form where that number is too long to be packed.
    pub(crate) fn of(canonical: &'s [char]) -> (Head<'s>, Digits) {
        let end = canonical.iter().rposition(|c| !c.is_ascii_digit()).map_or(0, |last| last + 1);
        let (head, tail) = canonical.split_at_checked(end).unwrap_or_default();
        let (symbols, number) = Digits::of(tail).map_or((canonical, Digits::default()), |number| (head, number));
        let hash = symbols.iter().fold(HASHED, |hash, c| mixed(hash.rotate_left(11) ^ u64::from(u32::from(*c))));
        (Head { symbols, hash }, number)
    }

    pub(crate) fn len(&self) -> usize {
        self.symbols.len()
    }

    pub(crate) fn has_digits(&self) -> bool {
        self.symbols.iter().any(char::is_ascii_digit)
    }

    /// The key of the form with this number: packed where that is all of it, else a hash.
    fn key(&self, number: Digits) -> u64 {
        if self.symbols.is_empty() { number.key() } else { mixed(self.hash ^ number.key()) | HASHED }
    }
}

/// `10^0` to `10^18`.
pub(crate) const POWERS: [u64; PACKED + 1] = {
    let mut powers = [1; PACKED + 1];
    let mut at = 1;
    while at <= PACKED {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, within the bounds of the loop")]
        let next = powers[at - 1] * 10;
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, within the bounds of the loop")]
        let place = &mut powers[at];
        *place = next;
        at += 1;
    }
    powers
};

/// A bit for each ASCII letter, small or capital.
fn letter_bit(letter: u8) -> u32 {
    1 << (letter.to_ascii_uppercase() & 31)
}

/// One multiplication folded on itself: all bits of the key reach all bits of the hash.
fn mixed(key: u64) -> u64 {
    let product = u128::from(key ^ 0x2D35_8DCC_AA6C_78A5) * 0x8BB8_4B93_962E_ACC9;
    let [low, high] = [product, product >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or(0));
    low ^ high
}

impl Keys {
    /// The keys of printed forms, in their order: first of references, of which one given twice counts once, then of
    /// aliases.
    pub(crate) fn new(printed: &Printed, references: usize) -> Keys {
        let mut keys = Keys { keys: Vec::with_capacity(printed.len()), ..Keys::default() };
        let mut symbols: Vec<char> = Vec::new();
        for reference in printed.iter() {
            symbols.clear();
            symbols.extend(reference.chars().flat_map(fold::symbols));
            let key = keys.note(&symbols);
            keys.keys.push(key);
        }
        let count = u32::try_from(keys.keys.len()).unwrap_or(u32::MAX);
        keys.holder_bits = u32::BITS - count.leading_zeros();
        keys.buckets = vec![Bucket::default(); (keys.keys.len() * 3 / 16 + 1).next_power_of_two()];
        keys.filter = vec![0; (keys.keys.len() / 8 + 1).next_power_of_two()];
        for (at, (id, reference)) in (0..RefId::MAX).zip(printed.iter()).enumerate() {
            keys.insert(id, reference, at < references, printed);
        }
        keys
    }

    /// Notes the form of a reference; its key.
    fn note(&mut self, symbols: &[char]) -> u64 {
        if symbols.is_empty() {
            return 0;
        }
        self.longest = self.longest.max(symbols.len());
        let (head, number) = Head::of(symbols);
        if head.symbols.is_empty() {
            self.packed_lengths |= 1 << number.length;
            return number.key();
        }
        if self.text_lengths.len() <= symbols.len() {
            self.text_lengths.resize(symbols.len() + 1, false);
        }
        self.text_lengths.iter_mut().skip(symbols.len()).take(1).for_each(|is_there| *is_there = true);
        self.know_letters(symbols);
        self.has_long_numbers |= symbols.iter().all(char::is_ascii_digit);
        head.key(number)
    }

    /// Enters a form unless another has its key: then it becomes that one's twin, or nothing where it counts once and
    /// is printed alike.
    fn insert(&mut self, id: RefId, reference: &str, is_once: bool, printed: &Printed) {
        let key = self.key_of(id);
        if key == 0 {
            return;
        }
        let canonical = || reference.chars().flat_map(fold::symbols);
        match self.slot(key, |other| is_canonical(printed.get(other), canonical())) {
            Ok(holder) => {
                let is_given = is_once && self.with_twins(holder).any(|id| printed.get(id) == reference);
                if !is_given {
                    self.twins.entry(holder).or_default().push(id);
                }
            }
            Err(bucket) => {
                let (word, bits) = self.filter_place(mixed(key));
                self.filter.get_mut(word).into_iter().for_each(|word| *word |= bits);
                let held = self.mark(mixed(key)) | id.wrapping_add(1);
                let free = self.buckets.get_mut(bucket).and_then(|bucket| bucket.0.iter_mut().find(|slot| **slot == 0));
                free.into_iter().for_each(|slot| *slot = held);
            }
        }
    }

    /// The word of the filter for a hash, and its bits there.
    fn filter_place(&self, hash: u64) -> (usize, u64) {
        let word = usize::try_from(hash >> 32).unwrap_or(0) & self.filter.len().saturating_sub(1);
        (word, 1 << (hash & 63) | 1 << (hash >> 6 & 63))
    }

    fn key_of(&self, id: RefId) -> u64 {
        usize::try_from(id).ok().and_then(|at| self.keys.get(at)).copied().unwrap_or(0)
    }

    /// The bits of a slot that tell keys apart, of a key's hash.
    fn mark(&self, hash: u64) -> u32 {
        let low = u32::try_from(hash & u64::from(u32::MAX)).unwrap_or(0);
        low.checked_shl(self.holder_bits).unwrap_or(0)
    }

    /// Who holds a key, or the bucket with a free slot where it would go. Keys that are hashes hold only if `is_same`.
    fn slot(&self, key: u64, is_same: impl Fn(RefId) -> bool) -> Result<RefId, usize> {
        let last = self.buckets.len().saturating_sub(1);
        let hash = mixed(key);
        let wanted = self.mark(hash);
        let holder = 1_u32.checked_shl(self.holder_bits).map_or(u32::MAX, |bit| bit - 1);
        let mut at = usize::try_from(hash >> 32).unwrap_or(0) & last;
        while let Some(Bucket(bucket)) = self.buckets.get(at) {
            // All slots without a branch between them: nearly always none is alike.
            if bucket.iter().fold(0_u32, |count, slot| count + u32::from(slot & !holder == wanted)) > 0 {
                let ids = bucket.iter().filter(|slot| **slot != 0 && **slot & !holder == wanted);
                let mut ids = ids.map(|slot| (slot & holder).wrapping_sub(1));
                if let Some(id) = ids.find(|id| self.key_of(*id) == key && (key & HASHED == 0 || is_same(*id))) {
                    return Ok(id);
                }
            }
            if bucket.last() == Some(&0) {
                break;
            }
            at = (at + 1) & last;
        }
        Err(at)
    }

    /// Notes the letters of a reference, or of a mask's literals.
    pub(crate) fn know_letters(&mut self, canonical: &[char]) {
        for run in canonical.split(char::is_ascii_digit).filter(|run| !run.is_empty()) {
            self.longest_letters = self.longest_letters.max(run.len());
            self.first_letters |= run.first().and_then(|first| u8::try_from(*first).ok()).map_or(0, letter_bit);
            if !self.letters.contains(run) {
                self.letters.insert(run.to_vec());
            }
        }
    }

    pub(crate) fn by_digits(&self, digits: Digits) -> Option<RefId> {
        self.slot(digits.key(), |_| true).ok()
    }

    /// The same for a number that is probably nobody's: nearly all of those end at the filter.
    pub(crate) fn by_unlikely_digits(&self, digits: Digits) -> Option<RefId> {
        self.may_have(digits.key()).then(|| self.by_digits(digits))?
    }

    /// Who has the form of this head with this number, which is probably nobody's.
    pub(crate) fn by_unlikely(&self, head: Head<'_>, number: Digits, printed: &Printed) -> Option<RefId> {
        let key = head.key(number);
        let canonical = || head.symbols.iter().copied().chain(number.symbols());
        self.may_have(key).then(|| self.slot(key, |id| is_canonical(printed.get(id), canonical())).ok())?
    }

    /// Could somebody have this key? No where surely nobody has.
    fn may_have(&self, key: u64) -> bool {
        let (word, bits) = self.filter_place(mixed(key));
        self.filter.get(word).is_some_and(|word| word & bits == bits)
    }

    pub(crate) fn by_text(&self, canonical: &[char], printed: &Printed) -> Option<RefId> {
        let (head, number) = Head::of(canonical);
        self.slot(head.key(number), |id| is_canonical(printed.get(id), canonical.iter().copied())).ok()
    }

    pub(crate) fn by_symbols(&self, canonical: &[char], printed: &Printed) -> Option<RefId> {
        match Digits::of(canonical) {
            Some(digits) => self.has_digits(digits.length).then(|| self.by_digits(digits))?,
            None => self.has_text(canonical.len()).then(|| self.by_text(canonical, printed))?,
        }
    }

    /// The same for a form that is probably nobody's.
    pub(crate) fn by_unlikely_symbols(&self, canonical: &[char], printed: &Printed) -> Option<RefId> {
        let (head, number) = Head::of(canonical);
        let length = canonical.len();
        let is_wanted = if head.symbols.is_empty() { self.has_digits(length) } else { self.has_text(length) };
        is_wanted.then(|| self.by_unlikely(head, number, printed))?
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
        !self.text_lengths.is_empty()
    }

    /// Does a key or a mask have exactly this run of letters?
    pub(crate) fn has_letters(&self, run: &[char]) -> bool {
        run.len() <= self.longest_letters && self.letters.contains(run)
    }

    /// Could these letters, as written, be some that a key has? No where they surely are not. A letter is one or two
    /// bytes, and gives at least one symbol.
    pub(crate) fn may_know(&self, word: &[u8]) -> bool {
        let is_first = |first: &u8| !first.is_ascii() || self.first_letters & letter_bit(*first) != 0;
        word.len() <= self.longest_letters * 2 && word.first().is_some_and(is_first)
    }

    /// Are there keys of digits alone that are too long to be packed?
    pub(crate) fn has_long_numbers(&self) -> bool {
        self.has_long_numbers
    }

    /// The length of the longest key.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }
}

fn is_canonical(printed: &str, canonical: impl Iterator<Item = char>) -> bool {
    printed.chars().flat_map(fold::symbols).eq(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn look_up(printed: &Printed, keys: &Keys, canonical: &str) -> Option<Vec<RefId>> {
        let symbols: Vec<char> = canonical.chars().collect();
        keys.by_symbols(&symbols, printed).map(|first| keys.with_twins(first).collect())
    }

    #[test]
    fn leading_zeros_and_twins() {
        let printed: Printed = ["0712", "712", "P712", "07-12", "1234567890123456789", "0 712", "", "p-712", "07-12"]
            .into_iter()
            .collect();
        let keys = Keys::new(&printed, printed.len());
        let look_up = |canonical: &str| look_up(&printed, &keys, canonical);
        assert_eq!(look_up("0712"), Some(vec![0, 3, 5]));
        assert_eq!(look_up("712"), Some(vec![1]));
        assert_eq!(look_up("P712"), Some(vec![2, 7]));
        assert_eq!(look_up("1234567890123456789"), Some(vec![4]));
        assert_eq!(look_up("00712"), None);
        assert_eq!(look_up("Q712"), None);
        assert_eq!(look_up(""), None);
        assert!(keys.has_digits(3) && !keys.has_digits(5) && keys.has_letters(&['P']));
    }

    #[test]
    fn powers_of_ten() {
        for (exponent, power) in (0_u32..).zip(POWERS) {
            assert_eq!(power, 10_u64.pow(exponent));
        }
    }

    proptest! {
        #[test]
        fn a_map_like_any_other(keys in prop::collection::vec("[0-9PQ]{1,20}", 0..300), others in prop::collection::vec("[0-9PQ]{1,20}", 0..50)) {
            let printed: Printed = keys.iter().map(String::as_str).collect();
            let ours = Keys::new(&printed, printed.len());
            let mut theirs: HashMap<&str, RefId> = HashMap::new();
            for (id, key) in (0..).zip(&keys) {
                theirs.entry(key).or_insert(id);
            }
            for key in keys.iter().chain(&others) {
                let wanted = theirs.get(key.as_str()).map(|id| vec![*id]);
                let symbols: Vec<char> = key.chars().collect();
                let (head, number) = Head::of(&symbols);
                prop_assert_eq!(head.symbols.iter().copied().chain(number.symbols()).collect::<Vec<_>>(), &symbols[..]);
                if head.symbols.is_empty() {
                    prop_assert_eq!(ours.by_unlikely(head, number, &printed), ours.by_digits(number));
                    prop_assert_eq!(ours.by_unlikely_digits(number), ours.by_digits(number));
                }
                prop_assert_eq!(ours.by_unlikely_symbols(&symbols, &printed), ours.by_symbols(&symbols, &printed));
                prop_assert_eq!(look_up(&printed, &ours, key), wanted);
            }
        }
    }
}
