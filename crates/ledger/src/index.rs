//! A flat index from keys to lists of numbers: three arrays, no allocation per entry.
//!
//! Knows nothing of what it indexes. Invariant: the list of a key is in rising order, each number once. Twelve bytes a key,
//! and one more for the buckets; a list of several takes four bytes a number besides, and four for their count.

use std::hint::black_box;

/// Keys of 64 evenly spread bits, each with its list.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Where the entries begin whose keys begin with these bits; one more for the end.
    buckets: Vec<u32>,
    /// How many bits of a key are left when its bucket's are taken.
    shift: u32,
    /// Every key, rising.
    entries: Vec<Entry>,
    /// The lists of several numbers, each behind its count.
    lists: Vec<u32>,
}

/// A key and its list side by side, in whole words: a bucket's lie in one line of the cache, or two.
#[derive(Clone, Copy, Debug)]
struct Entry {
    high: u32,
    low: u32,
    /// The only number, or where the list stands.
    number: u32,
}

/// Marks a place in the lists, in place of a number.
const LIST: u32 = 1 << 31;

/// A bucket has about so many entries: `1 << 2`.
const BUCKET_BITS: u32 = 2;

impl Index {
    /// An index of these entries, in any order and with repetitions.
    pub(crate) fn new(mut pairs: Vec<(u64, u32)>) -> Index {
        pairs.sort_unstable();
        pairs.dedup();
        let (mut entries, mut lists) = (Vec::new(), Vec::new());
        for alike in pairs.chunk_by(|(one, _), (other, _)| one == other) {
            let [(key, first), ..] = alike else { continue };
            let number = if alike.len() == 1 && *first < LIST {
                *first
            } else {
                let place = u32::try_from(lists.len()).unwrap_or(u32::MAX) | LIST;
                lists.push(u32::try_from(alike.len()).unwrap_or(u32::MAX));
                lists.extend(alike.iter().map(|(_, number)| *number));
                place
            };
            let [high, low] = halves(*key);
            entries.push(Entry { high, low, number });
        }
        drop(pairs);
        entries.shrink_to_fit();
        lists.shrink_to_fit();
        let bits = entries.len().max(2).ilog2().saturating_sub(BUCKET_BITS).clamp(1, 31);
        let mut index = Index { buckets: Vec::with_capacity((1 << bits) + 1), shift: u64::BITS - bits, entries, lists };
        let mut place = 0_usize;
        for bucket in 0..=1_usize << bits {
            while index.entries.get(place).is_some_and(|entry| index.bucket(entry.key()) < bucket) {
                place += 1;
            }
            index.buckets.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        index
    }

    fn bucket(&self, key: u64) -> usize {
        usize::try_from(key.checked_shr(self.shift).unwrap_or(0)).unwrap_or(0)
    }

    /// Asks memory for what [`Index::get`] will read of these keys: for all their buckets at once, then for all that these
    /// lead to, then for where lists begin. One after the other, each key would wait for memory three times and alone.
    pub(crate) fn ask_for(&self, keys: &[u64]) {
        let border = |bucket: usize| self.buckets.get(bucket).copied().unwrap_or(0);
        black_box(keys.iter().fold(0, |all, key| all ^ border(self.bucket(*key))));
        // a bucket's entries may lie in two lines of the cache: its first and its last
        let entry = |place: usize| self.entries.get(place).map_or(0, |entry| entry.low);
        let entries = keys.iter().map(|key| {
            let (start, end) = (border(self.bucket(*key)) as usize, border(self.bucket(*key) + 1) as usize);
            entry(start) ^ entry(end.saturating_sub(1))
        });
        black_box(entries.fold(0, |all, entry| all ^ entry));
        black_box(keys.iter().fold(0, |all, key| all ^ self.get(*key).first().copied().unwrap_or(0)));
    }

    /// The numbers of a key.
    pub(crate) fn get(&self, key: u64) -> &[u32] {
        let bucket = self.bucket(key);
        let (Some(start), Some(end)) = (self.buckets.get(bucket), self.buckets.get(bucket + 1)) else { return &[] };
        let entries = self.entries.get(*start as usize..*end as usize).unwrap_or_default();
        let [high, low] = halves(key);
        let Some(entry) = entries.iter().find(|entry| entry.low == low && entry.high == high) else { return &[] };
        if entry.number < LIST {
            return std::slice::from_ref(&entry.number);
        }
        let list = self.lists.get((entry.number ^ LIST) as usize..).unwrap_or_default();
        let Some((count, list)) = list.split_first() else { return &[] };
        list.get(..*count as usize).unwrap_or_default()
    }
}

impl Entry {
    fn key(self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }
}

/// The two words of a key.
fn halves(key: u64) -> [u32; 2] {
    [(key >> 32) as u32, key as u32]
}

/// Lists of numbers by place: two arrays.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl Lists {
    /// Adds the list of the next place.
    pub(crate) fn push(&mut self, list: impl IntoIterator<Item = u32>) {
        self.numbers.extend(list);
        self.ends.push(u32::try_from(self.numbers.len()).unwrap_or(u32::MAX));
    }

    /// The list of a place.
    pub(crate) fn get(&self, place: u32) -> &[u32] {
        let place = place as usize;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(start);
        self.numbers.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Asks memory for the lists of these places: first for where they are, then for themselves.
    pub(crate) fn ask_for(&self, places: impl Iterator<Item = u32> + Clone) {
        let end = |place: u32| self.ends.get(place as usize).copied().unwrap_or(0);
        black_box(places.clone().fold(0, |all, place| all ^ end(place)));
        let last = |place: u32| (end(place) as usize).checked_sub(1).and_then(|last| self.numbers.get(last));
        black_box(places.fold(0, |all, place| all ^ last(place).copied().unwrap_or(0)));
    }

    /// How many places there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Gives back what was reserved beyond need.
    pub(crate) fn shrink(&mut self) {
        self.ends.shrink_to_fit();
        self.numbers.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash;

    #[test]
    fn every_key_has_its_list() {
        for size in [0_u32, 1, 2, 3, 100, 5_000] {
            let entry = |number: u32| (hash::of_number(u64::from(number % 700)), number);
            let entries: Vec<(u64, u32)> = (0..size).rev().chain(0..size).map(entry).collect();
            let index = Index::new(entries);
            for rest in 0..800 {
                let expected: Vec<u32> = (0..size).filter(|number| *number % 700 == rest).collect();
                assert_eq!(index.get(hash::of_number(u64::from(rest))), expected, "{size} {rest}");
            }
            assert_eq!(index.get(1), [] as [u32; 0]);
            assert_eq!(index.get(u64::MAX), [] as [u32; 0]);
        }
    }

    #[test]
    fn a_number_of_any_size_is_kept() {
        let index = Index::new(vec![(5, u32::MAX), (7, 1 << 31), (7, 3), (9, LIST - 1)]);
        assert_eq!((index.get(5), index.get(7), index.get(9)), (&[u32::MAX][..], &[3, 1 << 31][..], &[LIST - 1][..]));
    }

    #[test]
    fn lists_keep_their_places() {
        let mut lists = Lists::default();
        lists.push([3, 1]);
        lists.push([]);
        lists.push([7]);
        assert_eq!((lists.get(0), lists.get(1), lists.get(2), lists.get(3)), (&[3, 1][..], &[][..], &[7][..], &[][..]));
    }
}
