//! Killing: a future that is dropped after so many polls dies between two statements of SQL.
//!
//! Every statement of the database yields to its worker thread at least once, so a number of polls is a place between two of
//! them. What a dropped transaction leaves behind is what a killed process leaves: nothing.

use std::pin::Pin;
use std::task::{Context, Poll};

/// A future with so many polls to live.
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
    /// Nothing where it was killed.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}
