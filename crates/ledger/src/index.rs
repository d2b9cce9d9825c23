//! A flat index from keys to lists of numbers: three arrays, no allocation per entry.
//!
//! Knows nothing of what it indexes. Invariant: the list of a key is in rising order, each number once. Twelve bytes an
//! entry, and one more for the buckets.

use std::hint::black_box;

/// Keys of 64 evenly spread bits, each with its list.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Where the keys begin that begin with these bits; one more for the end.
    buckets: Vec<u32>,
    /// How many bits of a key are left when its bucket's are taken.
    shift: u32,
    /// Every entry's key, rising.
    keys: Vec<u64>,
    /// Every entry's number.
    numbers: Vec<u32>,
}

/// A bucket has about so many entries: `1 << 2`.
const BUCKET_BITS: u32 = 2;

impl Index {
    /// An index of these entries, in any order and with repetitions.
    pub(crate) fn new(mut entries: Vec<(u64, u32)>) -> Index {
        entries.sort_unstable();
        entries.dedup();
        let bits = entries.len().max(2).ilog2().saturating_sub(BUCKET_BITS).clamp(1, 31);
        let shift = u64::BITS - bits;
        let mut buckets = Vec::with_capacity((1 << bits) + 1);
        let mut place = 0_usize;
        for bucket in 0..=1_u64 << bits {
            while entries.get(place).is_some_and(|(key, _)| key >> shift < bucket) {
                place += 1;
            }
            buckets.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        let (keys, numbers) = entries.into_iter().unzip();
        let mut index = Index { buckets, shift, keys, numbers };
        index.keys.shrink_to_fit();
        index.numbers.shrink_to_fit();
        index
    }

    /// Asks memory for what [`Index::get`] will read of these keys: for all their buckets at once, then for all that these
    /// lead to. One after the other, each key would wait for memory twice and alone.
    pub(crate) fn ask_for(&self, keys: &[u64]) {
        let bucket = |key: u64| usize::try_from(key.checked_shr(self.shift).unwrap_or(0)).unwrap_or(0);
        let border = |bucket: usize| self.buckets.get(bucket).copied().unwrap_or(0);
        black_box(keys.iter().fold(0, |all, key| all ^ border(bucket(*key))));
        // a bucket's entries may lie in two lines of the cache: its first and its last
        let entry = |place: usize| {
            let key = self.keys.get(place).copied().unwrap_or(0);
            key ^ u64::from(self.numbers.get(place).copied().unwrap_or(0))
        };
        let entries = keys.iter().map(|key| {
            let (start, end) = (border(bucket(*key)) as usize, border(bucket(*key) + 1) as usize);
            entry(start) ^ entry(end.saturating_sub(1))
        });
        black_box(entries.fold(0, |all, entry| all ^ entry));
    }

    /// The numbers of a key.
    pub(crate) fn get(&self, key: u64) -> &[u32] {
        let Ok(bucket) = usize::try_from(key.checked_shr(self.shift).unwrap_or(0)) else { return &[] };
        let (Some(start), Some(end)) = (self.buckets.get(bucket), self.buckets.get(bucket + 1)) else { return &[] };
        let start = *start as usize;
        let Some(keys) = self.keys.get(start..*end as usize) else { return &[] };
        let first = match keys.len() {
            // a bucket is mostly one line of the cache: walking beats jumping
            0..=16 => keys.iter().take_while(|other| **other < key).count(),
            _ => keys.partition_point(|other| *other < key),
        };
        let rest = keys.get(first..).unwrap_or_default();
        let count = match rest {
            [one, other, ..] if *one == key && *other == key => rest.partition_point(|other| *other == key),
            [one, ..] if *one == key => 1,
            _ => 0,
        };
        self.numbers.get(start + first..start + first + count).unwrap_or_default()
    }
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
    fn lists_keep_their_places() {
        let mut lists = Lists::default();
        lists.push([3, 1]);
        lists.push([]);
        lists.push([7]);
        assert_eq!((lists.get(0), lists.get(1), lists.get(2), lists.get(3)), (&[3, 1][..], &[][..], &[7][..], &[][..]));
    }
}
