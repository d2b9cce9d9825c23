//! Work on several threads: each payment's own place is filled, whoever fills it.
//!
//! Knows neither books nor rules. Invariant: what a place gets depends on its payment only, so that the number of threads,
//! and which of them took what, cannot be seen in the result.

use std::sync::Mutex;

/// So many payments are taken at once: few enough that no thread waits long for the last one, enough that taking them
/// costs nothing.
const CHUNK: usize = 512;

/// Does the work for each payment and its place on several threads, each with a state of its own.
pub(super) fn in_parallel<P: Sync, S, T: Send>(
    payments: &[P],
    places: &mut [T],
    threads: usize,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &[P], &mut [T]) + Sync,
) {
    let chunks = Mutex::new(payments.chunks(CHUNK).zip(places.chunks_mut(CHUNK)));
    // the lock breaks only where another thread has panicked; the scope hands that on
    let next = || chunks.lock().ok().and_then(|mut chunks| chunks.next());
    let run = || {
        let mut state = begin();
        while let Some((payments, places)) = next() {
            work(&mut state, payments, places);
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
