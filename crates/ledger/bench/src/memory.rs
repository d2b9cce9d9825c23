//! What is held on the heap, counted at the allocator.
//!
//! Knows nothing of what it is held for. Keeps the invariant that, until [`stop`], every byte asked for is counted
//! until it is given back.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
/// Off once nobody asks any more: two threads that count into one place wait for each other at every request.
static COUNTS: AtomicBool = AtomicBool::new(true);

fn count(asked: usize, given_back: usize) {
    if COUNTS.load(Ordering::Relaxed) {
        HELD.fetch_add(asked, Ordering::Relaxed);
        HELD.fetch_sub(given_back, Ordering::Relaxed);
    }
}

// SAFETY: every request goes to the system's allocator unchanged; the counter owns no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes held now.
pub fn held() -> usize {
    HELD.load(Ordering::Relaxed)
}

/// Counts no more.
pub fn stop() {
    COUNTS.store(false, Ordering::Relaxed);
}
