//! The state that all requests share.

use std::sync::Arc;

use kasse::Kasse;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::{Clock, Moment};
use crate::figures::Metrics;
use crate::jobs::Jobs;
use crate::throttle::Throttle;

/// The state that all requests share: the treasury, the clock, running jobs, metrics.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

/// How the pages are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// By HTTPS from this program: cookies are sent by HTTPS only, and browsers are told to use nothing else for a
    /// year.
    Encrypted,
    /// By HTTPS from a proxy. Only the proxy reaches this program, and it names the client in `X-Forwarded-For`.
    ByProxy,
    /// Without HTTPS, on this machine.
    Plain,
}

impl Reached {
    /// Whether the connection to the browser is encrypted.
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
        let (kasse, whole) = (kasse.staying(), Semaphore::new(1));
        App(Arc::new(Shared { kasse, clock, reached, jobs, throttle, metrics, whole }))
    }

    /// The current moment.
    pub(crate) fn moment(&self) -> Moment {
        self.0.clock.tell()
    }

    /// The treasury at a moment, in nobody's name: for reading only.
    pub(crate) fn kasse(&self, moment: &Moment) -> Kasse {
        self.0.kasse.at(moment.today, moment.now.clone())
    }

    /// A permit to read all books at once. It takes memory and a connection for a long time, so there is only one.
    pub(crate) async fn whole_books(&self) -> Option<SemaphorePermit<'_>> {
        self.0.whole.acquire().await.ok()
    }

    /// How the pages are reached, as the settings say.
    pub(crate) fn web(&self) -> &kasse::Web {
        &self.0.kasse.config.web
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
