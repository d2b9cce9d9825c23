//! The sums that whole instalments can make.
//!
//! Knows amounts only. Invariant: [`is_sum`] says of every amount whether it is one of [`sums`].

use sepa::Cents;

/// At most so many items are combined to every sum.
const ALL_SUMS: usize = 6;
/// Of more items than that, runs of neighbours are summed: what falls due on one day stands together. Beyond this many only
/// single items and runs from the oldest.
const ALL_RUNS: usize = 32;

/// Every sum above zero that whole instalments can make, each once, in rising order.
pub fn sums(amounts: &[Cents]) -> Vec<Cents> {
    let mut sums = Vec::new();
    each_sum(amounts, |sum| {
        sums.push(sum);
        false
    });
    sums.sort_unstable();
    sums.dedup();
    sums
}

/// Whether whole instalments make this amount.
pub fn is_sum(amounts: &[Cents], amount: Cents) -> bool {
    each_sum(amounts, |sum| sum == amount)
}

/// Shows every sum above zero until one is what was looked for.
fn each_sum(amounts: &[Cents], mut is_it: impl FnMut(Cents) -> bool) -> bool {
    let mut show = |sum: Option<Cents>| sum.is_some_and(|sum| sum.is_positive() && is_it(sum));
    if amounts.len() <= ALL_SUMS {
        return (1_usize..1 << amounts.len()).any(|choice| {
            let chosen = amounts.iter().enumerate().filter(|(place, _)| choice >> place & 1 == 1);
            show(Cents::sum(chosen.map(|(_, amount)| *amount)))
        });
    }
    let starts = if amounts.len() <= ALL_RUNS { amounts.len() } else { 1 };
    let singles = amounts.iter().skip(starts);
    singles.into_iter().any(|amount| show(Some(*amount)))
        || (0..starts).any(|start| {
            let mut run = Some(Cents::ZERO);
            amounts.iter().skip(start).any(|amount| {
                run = run.and_then(|run| run.checked_add(*amount));
                show(run)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(amounts: &[i64], expected: &[i64]) {
        let amounts: Vec<Cents> = amounts.iter().copied().map(Cents::new).collect();
        let made: Vec<i64> = sums(&amounts).into_iter().map(Cents::get).collect();
        assert_eq!(made, expected, "{amounts:?}");
        for amount in -1..70 {
            assert_eq!(is_sum(&amounts, Cents::new(amount)), expected.contains(&amount), "{amounts:?} {amount}");
        }
    }

    #[test]
    fn instalments_make_sums() {
        check(&[], &[]);
        check(&[5], &[5]);
        check(&[5, 5, 0], &[5, 10]);
        check(&[1, 2, 4], &[1, 2, 3, 4, 5, 6, 7]);
        check(&[3, 1, 1, 1, 1, 1, 1], &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        // two quarters of four levies each: a levy, a quarter, both
        check(
            &[1, 10, 1, 10, 2, 20, 2, 20].map(|cents| cents * 100),
            &[1, 2, 10, 11, 12, 13, 20, 21, 22, 23, 24, 32, 33, 34, 35, 42, 43, 44, 45, 46, 54, 55, 65, 66]
                .map(|cents| cents * 100),
        );
    }
}
