//! Shares with their 95 % confidence interval.
//!
//! Must not know what is counted. Invariant: the interval is within 0..=1 and contains the share.

/// A share and its interval, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Found of all; zero if there are none.
    pub value: u64,
    /// The lower end.
    pub low: u64,
    /// The upper end.
    pub high: u64,
}

/// The 97.5 % quantile of the normal distribution, in ten-thousandths.
const Z: u128 = 19_600;

/// Wilson's score interval of `found` in `of` (Wilson 1927), in whole numbers, so that every machine gives the same
/// result.
pub fn wilson(found: u64, of: u64) -> Share {
    if of == 0 {
        return Share { value: 0, low: 0, high: 1_000_000 };
    }
    // everything is multiplied by 10^8 = (10^4)^2, the scale of Z squared
    const SCALE: u128 = 100_000_000;
    let (x, n) = (u128::from(found.min(of)), u128::from(of));
    let square = Z * Z;
    let middle = x * SCALE + square / 2;
    let spread = Z * (x * (n - x) * SCALE / n + square / 4).isqrt();
    let below = n * SCALE + square;
    let millionths = |value: u128| u64::try_from(value * 1_000_000 / below).unwrap_or(1_000_000).min(1_000_000);
    let value = u64::try_from(x * 1_000_000 / n).unwrap_or(0);
    let (low, high) = (millionths(middle.saturating_sub(spread)), millionths(middle + spread));
    Share {
        value,
        low: if found == 0 { 0 } else { low.min(value) },
        high: if found >= of { 1_000_000 } else { high.max(value) },
    }
}

/// Millionths as `0.9712`.
pub fn decimal(millionths: u64) -> String {
    let rounded = (millionths + 50) / 100;
    format!("{}.{:04}", rounded / 10_000, rounded % 10_000)
}

impl Share {
    /// `0.9712 (0.9690..0.9733)`.
    pub fn text(self) -> String {
        format!("{} ({}..{})", decimal(self.value), decimal(self.low), decimal(self.high))
    }

    /// In parts per million, for what is rare: `12 (3..44)`.
    pub fn per_million(self) -> String {
        format!("{} ({}..{})", self.value, self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: u64, of: u64, low: &str, high: &str) {
        let share = wilson(found, of);
        assert_eq!((decimal(share.low).as_str(), decimal(share.high).as_str()), (low, high), "{found}/{of}");
        assert!(share.low <= share.value && share.value <= share.high);
    }

    /// Against published values: 0/10, 5/10, 10/10, 1/100.
    #[test]
    fn wilsons_interval() {
        check(0, 10, "0.0000", "0.2775");
        check(5, 10, "0.2366", "0.7634");
        check(10, 10, "0.7225", "1.0000");
        check(1, 100, "0.0018", "0.0545");
        check(0, 0, "0.0000", "1.0000");
        check(999_000, 1_000_000, "0.9989", "0.9991");
    }
}
