//! How many connections there are, and which one has to give way.
//!
//! Must not know what is asked or answered. Invariants: there are never more connections than the limit, in all and of
//! one address; a connection that is being answered never gives way to another one, and one that says nothing always does,
//! the one that has said nothing for longest first. So whoever keeps sockets open keeps nobody out.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caps {
    /// In all.
    pub(crate) all: usize,
    /// Of one address.
    pub(crate) of_one: usize,
}

/// One connection as the others see it.
#[derive(Debug)]
struct One {
    from: IpAddr,
    /// Whether a request is being answered on it.
    busy: AtomicBool,
    /// When it last said something: a number that grows.
    last: AtomicU64,
    /// Tells it to end.
    end: Notify,
}

/// All connections of this process.
#[derive(Debug)]
pub(crate) struct Connections {
    caps: Caps,
    count: AtomicU64,
    all: Mutex<BTreeMap<u64, Arc<One>>>,
    /// Told whenever a place may have become free.
    freed: Notify,
}

/// Why there is no place for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// Its address has as many as it may, and all of them are being answered.
    Address,
    /// There are as many as there may be, and all of them are being answered.
    All,
}

/// The place of a connection among the others; dropping it gives the place back.
#[derive(Debug)]
pub(crate) struct Place {
    number: u64,
    one: Arc<One>,
    among: Arc<Connections>,
}

/// A request that is being answered, until its answer has been sent.
#[derive(Debug)]
pub(crate) struct Busy(Arc<One>, Arc<Connections>);

impl Connections {
    /// None yet.
    pub(crate) fn new(caps: Caps) -> Arc<Connections> {
        Arc::new(Connections { caps, count: AtomicU64::new(0), all: Mutex::default(), freed: Notify::new() })
    }

    /// A place for a connection from an address. `counted` says whether the limit of one address holds for it: it does not
    /// for a proxy, which connects for many.
    ///
    /// # Errors
    /// If all those that would have to give way are being answered.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr, counted: bool) -> Result<Place, Full> {
        let from = of_one(address);
        let mut all = self.lock();
        let own = all.values().filter(|one| one.from == from).count();
        if counted && own >= self.caps.of_one {
            give_way(&mut all, |one| one.from == from).ok_or(Full::Address)?;
        } else if all.len() >= self.caps.all {
            give_way(&mut all, |_| true).ok_or(Full::All)?;
        }
        let number = self.next();
        let one =
            Arc::new(One { from, busy: AtomicBool::new(false), last: AtomicU64::new(number), end: Notify::new() });
        all.insert(number, Arc::clone(&one));
        Ok(Place { number, one, among: Arc::clone(self) })
    }

    /// Completes when a place may have become free.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Completes when there is no connection any more.
    pub(crate) async fn ended(&self) {
        while !self.lock().is_empty() {
            self.freed().await;
        }
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<One>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the silent connection that said nothing for longest; `None` if none of these is silent.
fn give_way(all: &mut BTreeMap<u64, Arc<One>>, of: impl Fn(&One) -> bool) -> Option<()> {
    let silent = all.iter().filter(|(_, one)| of(one) && !one.busy.load(Ordering::Acquire));
    let (number, _) = silent.min_by_key(|(_, one)| one.last.load(Ordering::Relaxed))?;
    let number = *number;
    // its place is free at once, though its task ends a little later
    all.remove(&number)?.end.notify_one();
    Some(())
}

/// What counts as one address: of IPv6 a network of 64 bits, because whoever has one has all of it.
pub(crate) fn of_one(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address => address,
    }
}

impl Place {
    /// A request has begun.
    pub(crate) fn busy(&self) -> Busy {
        self.one.busy.store(true, Ordering::Release);
        Busy(Arc::clone(&self.one), Arc::clone(&self.among))
    }

    /// Completes when the connection has to give way.
    pub(crate) async fn told_to_end(&self) {
        self.one.end.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.among.lock().remove(&self.number);
        self.among.freed.notify_one();
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.last.store(self.1.next(), Ordering::Relaxed);
        self.0.busy.store(false, Ordering::Release);
        self.1.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn are(connections: &Connections) -> usize {
        connections.lock().len()
    }

    #[tokio::test]
    async fn the_longest_silent_gives_way_and_who_is_answered_never_does() {
        let connections = Connections::new(Caps { all: 3, of_one: 2 });
        let first = connections.enter(address("192.0.2.1"), true).unwrap();
        let second = connections.enter(address("192.0.2.1"), true).unwrap();
        drop(first.busy());
        // a third of the same address takes the place of the one that was silent longest
        let third = connections.enter(address("192.0.2.1"), true).unwrap();
        second.told_to_end().await;
        drop(second);
        assert_eq!(are(&connections), 2);
        let busy = (first.busy(), third.busy());
        assert_eq!(
            connections.enter(address("192.0.2.1"), true).unwrap_err(),
            Full::Address,
            "both are being answered"
        );
        let other = connections.enter(address("198.51.100.1"), true).unwrap();
        let another = connections.enter(address("198.51.100.2"), true).unwrap();
        other.told_to_end().await;
        drop((other, busy, another, third, first));
        assert_eq!(are(&connections), 0);
    }

    #[test]
    fn a_proxy_connects_for_many_and_a_network_is_one() {
        let connections = Connections::new(Caps { all: 10, of_one: 1 });
        let places: Vec<Place> = (0..5).map(|_| connections.enter(address("10.0.0.1"), false).unwrap()).collect();
        assert_eq!(are(&connections), 5);
        drop(places);
        assert_eq!(of_one(address("2001:db8:0:1:2::3")), address("2001:db8:0:1::"));
        assert_eq!(of_one(address("::ffff:192.0.2.1")), address("192.0.2.1"));
        assert_ne!(of_one(address("2001:db8:0:1::1")), of_one(address("2001:db8:0:2::1")));
    }
}
