//! Seeded random draws: the same seed gives the same draws, in the same order, on every machine.
//!
//! Knows nothing of towns or payments.
//! Invariant: only the seed and the calls made so far decide what comes next (no clock, no system entropy).

use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// A stream of random draws.
pub(super) struct Draw(StdRng);

impl Draw {
    pub(super) fn from_seed(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..=high)
    }

    /// The same, for amounts in cents.
    pub(super) fn cents(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// True with a probability of `percent`.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One element of the table, each equally likely.
    pub(super) fn pick<'a, T>(&mut self, table: &'a [T]) -> Result<&'a T> {
        table.choose(&mut self.0).context("an empty table to choose from")
    }

    /// One element of the table, with a probability by its weight.
    pub(super) fn weighted<'a, T>(&mut self, table: &'a [T], weight: impl Fn(&T) -> u64) -> Result<&'a T> {
        let all: u64 = table.iter().map(&weight).sum();
        let mut rest = self.between(1, all.max(1));
        for row in table {
            if rest <= weight(row) {
                return Ok(row);
            }
            rest -= weight(row);
        }
        table.last().context("an empty table to choose from")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides() {
        let draws = |seed| {
            let mut draw = Draw::from_seed(seed);
            (0..50).map(|_| draw.between(0, 999)).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn a_weight_of_nothing_is_never_drawn() {
        let mut draw = Draw::from_seed(1);
        let table = [("never", 0), ("often", 9), ("seldom", 1)];
        let drawn: Vec<_> = (0..500).map(|_| draw.weighted(&table, |row| row.1).unwrap().0).collect();
        let count = |name| drawn.iter().filter(|n| **n == name).count();
        assert_eq!(count("never"), 0);
        assert!(count("often") > 5 * count("seldom") && count("seldom") > 10, "{} {}", count("often"), count("seldom"));
    }
}
