//! Witnesses and their weights.
//!
//! A weight is a log-likelihood ratio (Fellegi–Sunter) in hundredths of a nat: how much more often the thing is seen
//! when the payment is meant for the Kassenzeichen than when it is not. Whole numbers, so that every machine says the
//! same. How rare a name or an amount is comes from the books, not from a table.

use kassenzeichen::{Slip, Spelling};

/// One thing that speaks for or against a Kassenzeichen, without anybody's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// `reference`, `iban`, `name`, `amount`, `address`, `words` …
    pub witness: &'static str,
    /// What was seen, in words.
    pub text: String,
    /// Hundredths of a nat; negative speaks against.
    pub weight: i32,
}

impl Witness {
    /// A witness.
    pub fn new(witness: &'static str, text: impl Into<String>, weight: i32) -> Witness {
        Witness { witness, text: text.into(), weight }
    }
}

/// How much better than all rivals together a proposal must be to be posted without a person: odds of 1,000 to 1.
pub const SURE: i32 = 690;

/// Weight of a reference by how it is spelt, besides `ln(Kassenzeichen / those that it could be)`.
///
/// A clean reference is wrong about once in 1,000 (a neighbour's, last year's). A repaired one is as much as it narrows
/// the choice, and no more: what was meant is one of those that it could be.
pub fn reference_weight(spelling: Spelling) -> i32 {
    match spelling {
        Spelling::Exact => 650,
        Spelling::LookAlike => 500,
        Spelling::LostZeros => 450,
        Spelling::Partial => -250,
        Spelling::Near(Slip::Swapped | Slip::Lost | Slip::Added) => 0,
        Spelling::Near(Slip::Changed) => -40,
    }
}

/// A slip in a number without check digit: more often it is somebody else's that is not in the lists.
pub const NO_CHECK_DIGIT: i32 = -400;

/// Somebody else's reference is quoted cleanly.
pub const OTHER_REFERENCE: i32 = -700;
/// The payer's account is a mandate's of other Kassenzeichen only.
pub const FOREIGN_IBAN: i32 = -300;
/// A mandate is known, and the payer's account is none that we know.
pub const UNKNOWN_IBAN: i32 = -50;
/// The payer's name has nothing in common.
pub const OTHER_NAME: i32 = -250;
/// The payer is a firm, and the debtor is not: property managers pay for many.
pub const FIRM_NAME: i32 = -30;
/// Neither an instalment nor a sum of instalments.
pub const OTHER_AMOUNT: i32 = -300;
/// An amount that only items not yet due make.
pub const LATER_AMOUNT: i32 = -100;
/// The levy is named.
pub const KIND_NAMED: i32 = 60;
/// Another levy of the town is named, and this one is not.
pub const OTHER_KIND: i32 = -200;
/// The text names other money.
pub const OTHER_MONEY: i32 = -600;

/// `ln(share% of all / of those who have it too)` in hundredths of a nat, at least 0.
pub fn rarity(all: usize, alike: usize, share_percent: u64) -> i32 {
    let all = u64::try_from(all).unwrap_or(u64::MAX).max(1);
    let alike = u64::try_from(alike).unwrap_or(u64::MAX).max(1);
    (ln_hundredths(all.saturating_mul(share_percent)) - ln_hundredths(alike.saturating_mul(100))).max(0)
}

/// The weight of an amount that is due: how much more often it is seen of those who owe it than of others.
///
/// An unrelated payment has exactly this amount once in 20,000, or because one in ten costs what others owe.
pub fn amount_weight(all: usize, alike: usize) -> i32 {
    let (all, alike) = (u64::try_from(all).unwrap_or(u64::MAX).max(1), u64::try_from(alike).unwrap_or(u64::MAX));
    let by_chance_ppm = 50 + 100_000_u64.saturating_mul(alike) / all;
    ln_hundredths(850_000) - ln_hundredths(by_chance_ppm)
}

/// `ln(n)` in hundredths, for n >= 1, to within 6.
pub fn ln_hundredths(n: u64) -> i32 {
    let n = n.max(1);
    let bits = n.ilog2();
    // the bits below the leading one, as a fraction of 256: log2(1 + f) is nearly f
    let fraction = u64::try_from((u128::from(n) << 8 >> bits) - 256).unwrap_or(0);
    let log2_times_256 = u64::from(bits) * 256 + fraction;
    i32::try_from(log2_times_256 * 693_147 / 256 / 10_000).unwrap_or(i32::MAX)
}

/// `ln(e^a + e^b)` for hundredths of nats, by a table of what the smaller adds.
pub fn add_logs(a: i32, b: i32) -> i32 {
    const ADDS: [i32; 6] = [69, 31, 13, 5, 2, 1];
    let (high, gap) = (a.max(b), a.abs_diff(b));
    let more = usize::try_from(gap / 100).ok().and_then(|step| ADDS.get(step)).copied().unwrap_or(0);
    high.saturating_add(more)
}

/// The probability, in millionths, that odds of `e^(margin/100)` to 1 stand for.
pub fn confidence(margin: i32) -> u32 {
    let halvings = margin.unsigned_abs().saturating_mul(144) / 10_000;
    let doubt = (1_000_000_u32 >> halvings.min(20)) / 2;
    if margin >= 0 { 1_000_000 - doubt.max(1) } else { doubt.max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_near_enough() {
        for (n, hundredths) in [(1, 0), (2, 69), (10, 230), (1_000, 690), (2_000, 760), (1_000_000, 1_381)] {
            assert!((ln_hundredths(n) - hundredths).abs() <= 6, "ln({n}) = {}", ln_hundredths(n));
        }
    }

    #[test]
    fn a_rare_thing_weighs_more_than_a_common_one() {
        assert!(rarity(2_000, 1, 85) > rarity(2_000, 10, 85));
        assert_eq!(rarity(2_000, 2_000, 85), 0);
    }

    #[test]
    fn confidence_rises_with_the_margin() {
        assert_eq!(confidence(0), 500_000);
        assert!(confidence(SURE) >= 999_000);
        assert!(confidence(-SURE) <= 1_000);
    }
}
