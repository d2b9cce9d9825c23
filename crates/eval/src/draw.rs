//! Seeded random draws: the same seed gives the same draws, in the same order, on every machine.
//!
//! Must not know towns or payments. Invariant: only the seed and the calls made so far decide what comes next.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A stream of random draws.
#[derive(Debug)]
pub struct Draw(StdRng);

impl Draw {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Draw {
        Draw(StdRng::seed_from_u64(seed))
    }

    /// A number from `low` to `high`, both included; `low` if `high` is less.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..=high.max(low))
    }

    /// The same, for indices and counts.
    pub fn count(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low..=high.max(low))
    }

    /// The same, for cents.
    pub fn cents(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    /// True with a probability of `per_mille` in a thousand.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.0.random_range(0..1_000_u32) < per_mille
    }

    /// One element of the table, each equally likely; the default if the table is empty.
    pub fn pick<T: Copy + Default>(&mut self, table: &[T]) -> T {
        let place = self.count(0, table.len().saturating_sub(1));
        table.get(place).copied().unwrap_or_default()
    }

    /// The index of one of the weights, with a probability by its weight; `None` if all are zero.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> Option<usize> {
        let all: u64 = weights.clone().map(u64::from).sum();
        let mut rest = self.between(1, all);
        for (place, weight) in weights.enumerate().filter(|(_, weight)| *weight > 0) {
            if rest <= u64::from(weight) {
                return Some(place);
            }
            rest -= u64::from(weight);
        }
        None
    }

    /// A text of this many random digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.0.random_range(0..10_u8))).collect()
    }

    /// Shuffles a list.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for place in (1..list.len()).rev() {
            let other = self.count(0, place);
            list.swap(place, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides() {
        let draws = |seed| {
            let mut draw = Draw::new(seed);
            (0..50).map(|_| draw.between(0, 999)).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn a_weight_of_nothing_is_never_drawn() {
        let mut draw = Draw::new(1);
        let drawn: Vec<_> = (0..500).filter_map(|_| draw.weighted([0, 9, 1, 0].into_iter())).collect();
        let count = |place| drawn.iter().filter(|drawn| **drawn == place).count();
        assert_eq!((count(0), count(3)), (0, 0));
        assert!(count(1) > 5 * count(2) && count(2) > 10, "{} {}", count(1), count(2));
        assert_eq!(draw.weighted([0, 0].into_iter()), None);
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut list: Vec<u32> = (0..100).collect();
        Draw::new(3).shuffle(&mut list);
        assert_ne!(list, (0..100).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..100).collect::<Vec<_>>());
    }
}
