//! What all requests share.

use std::sync::Arc;

use kasse::Kasse;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::{Clock, Moment};
use crate::jobs::Jobs;
use crate::metrics::Metrics;
use crate::throttle::Throttle;

/// What all requests share: the treasury, the clock, work that goes on, what operators read.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

/// How the pages are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// By HTTPS: cookies go nowhere else, and browsers are told so for a year.
    Encrypted,
    /// By HTTPS that a proxy in front does: only it reaches this program, and says who asks (`X-Forwarded-For`).
    ByProxy,
    /// Without, on this machine.
    Plain,
}

impl Reached {
    /// Whether nobody between can read along.
    pub(crate) fn is_encrypted(self) -> bool {
        self != Reached::Plain
    }
}

#[derive(Debug)]
struct Shared {
    kasse: Kasse,
    clock: Clock,
    reached: Reached,
    jobs: Jobs,
    throttle: Throttle,
    metrics: Metrics,
    whole: Semaphore,
}

impl App {
    /// The pages of a treasury.
    pub fn new(kasse: Kasse, clock: Clock, reached: Reached) -> App {
        let (jobs, throttle, metrics) = (Jobs::default(), Throttle::default(), Metrics::new());
        let whole = Semaphore::new(1);
        App(Arc::new(Shared { kasse, clock, reached, jobs, throttle, metrics, whole }))
    }

    /// The moment that it is.
    pub(crate) fn moment(&self) -> Moment {
        self.0.clock.tell()
    }

    /// The treasury at a moment, in nobody's name: it can only be read.
    pub(crate) fn kasse(&self, moment: &Moment) -> Kasse {
        self.0.kasse.at(moment.today, moment.now.clone())
    }

    /// The turn to read all books at once: it takes memory and a connection for long, so only one does.
    pub(crate) async fn whole_books(&self) -> Option<SemaphorePermit<'_>> {
        self.0.whole.acquire().await.ok()
    }

    pub(crate) fn reached(&self) -> Reached {
        self.0.reached
    }

    pub(crate) fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}
