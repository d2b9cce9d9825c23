//! Simulated kills: a future that is dropped after a number of polls dies between two SQL statements.
//!
//! Every SQL statement yields to the driver's worker at least once, so a number of polls is a point between two of
//! them. A dropped transaction leaves behind what a killed process leaves: nothing.

use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that is dropped after a number of polls.
pub(crate) struct Mortal<F> {
    inner: Pin<Box<F>>,
    polls: u32,
}

impl<F: Future> Mortal<F> {
    pub(crate) fn new(inner: F, polls: u32) -> Mortal<F> {
        Mortal { inner: Box::pin(inner), polls }
    }
}

impl<F: Future> Future for Mortal<F> {
    /// `None` if it was killed.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}
