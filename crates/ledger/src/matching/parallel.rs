//! Work on several threads: each payment's own place is filled, whoever fills it; what follows on it is done in the order
//! of the payments.
//!
//! Knows neither books nor rules. Invariant: what a place gets from the work depends on its payment only, and what follows
//! sees one payment after the other, each worked on, so that the number of threads, and which of them took what, cannot be
//! seen in the result.

use std::collections::BTreeMap;
use std::sync::Mutex;

/// So many payments are taken at once: few enough that no thread waits long for the last one, enough that taking them
/// costs nothing.
const CHUNK: usize = 512;

/// Does the work for each payment and its place on several threads, each with a state of its own. Behind it, payments that
/// were worked on are followed up in their order, by whichever thread is free: what can only be done one after the other
/// does not wait for the work, nor the work for it.
pub(super) fn in_turn<'p, P: Sync, S, T: Send, F: FnMut(&'p [P], &mut [T]) + Send>(
    payments: &'p [P],
    places: &mut [T],
    threads: usize,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &[P], &mut [T]) + Sync,
    follow: F,
) {
    let chunks = Mutex::new((0_usize..).zip(payments.chunks(CHUNK).zip(places.chunks_mut(CHUNK))));
    let worked = Mutex::new(BTreeMap::new());
    let follower = Mutex::new((0, follow));
    // a lock breaks only where another thread has panicked; the scope hands that on
    let next = || chunks.lock().ok().and_then(|mut chunks| chunks.next());
    let take = |at: &usize| worked.lock().ok().and_then(|mut worked| worked.remove(at));
    let follow_up = |(at, follow): &mut (usize, F)| {
        while let Some((payments, places)) = take(at) {
            follow(payments, places);
            *at += 1;
        }
    };
    let run = || {
        let mut state = begin();
        while let Some((at, (payments, places))) = next() {
            work(&mut state, payments, places);
            if let Ok(mut worked) = worked.lock() {
                worked.insert(at, (payments, places));
            }
            if let Ok(mut follower) = follower.try_lock() {
                follow_up(&mut follower);
            }
        }
        // what was worked on while another followed up
        if let Ok(mut follower) = follower.lock() {
            follow_up(&mut follower);
        }
    };
    let threads = threads.min(payments.len().div_ceil(CHUNK));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(run);
        }
        run();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_payment_is_worked_on_once_and_followed_up_in_order() {
        for count in [0, 1, CHUNK, 20 * CHUNK + 3] {
            for threads in [0, 1, 2, 5, 100] {
                let payments: Vec<usize> = (0..count).collect();
                let (mut places, mut followed) = (vec![0; count], Vec::new());
                let work = |worked: &mut usize, payments: &[usize], places: &mut [usize]| {
                    *worked += payments.len();
                    // some take longer than those behind them
                    (0..payments[0] % 3 * 1000).for_each(|_| std::thread::yield_now());
                    payments.iter().zip(places).for_each(|(payment, place)| *place += payment + 1);
                };
                in_turn(
                    &payments,
                    &mut places,
                    threads,
                    || 0,
                    work,
                    |payments, places| {
                        followed.extend(payments.iter().copied().zip(places.iter().copied()));
                        places.iter_mut().for_each(|place| *place *= 2);
                    },
                );
                let expected: Vec<(usize, usize)> = payments.iter().map(|payment| (*payment, payment + 1)).collect();
                assert_eq!(followed, expected, "{count} {threads}");
                assert!(places.iter().zip(&payments).all(|(place, payment)| *place == (payment + 1) * 2));
            }
        }
    }
}
