//! How often somebody may try to log in.
//!
//! Invariant: the memory stays small, however often somebody tries; while a name or an address has to wait, a correct
//! password is not checked either.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Wrong tries after which a name has to wait at one address.
const TRIES_OF_A_NAME: u32 = 5;

/// Wrong tries after which an address has to wait, whatever names it uses.
const TRIES_OF_AN_ADDRESS: u32 = 30;

/// How many seconds it has to wait, counted from the last try.
const WAIT: i64 = 300;

/// The most names and addresses that are remembered; the oldest are dropped.
const REMEMBERED: usize = 10_000;

/// What tries are counted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(String, IpAddr),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    last: i64,
}

/// The recent wrong tries.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, Tries>>);

impl Throttle {
    /// Counts a try, as a wrong one until it turns out right; or returns the seconds until this name may be tried again
    /// at this address. Called before anything is checked, so that a thousand tries at once are no more than five.
    pub(crate) fn take(&self, name: &str, address: IpAddr, now: i64) -> Result<(), i64> {
        let mut tries = self.lock();
        let waits = |key: &Key, most: u32| {
            let tries = tries.get(key).filter(|tries| tries.count >= most)?;
            Some(tries.last + WAIT - now).filter(|seconds| *seconds > 0)
        };
        let keys = keys(name, address);
        if let Some(seconds) = keys.iter().filter_map(|key| waits(key, key.most())).max() {
            return Err(seconds);
        }
        tries.retain(|_, tries| tries.last + WAIT > now);
        if tries.len() >= REMEMBERED
            && let Some(oldest) = tries.iter().min_by_key(|(_, tries)| tries.last).map(|(key, _)| key.clone())
        {
            tries.remove(&oldest);
        }
        for key in keys {
            let own = tries.entry(key).or_insert(Tries { count: 0, last: now });
            *own = Tries { count: own.count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The try was right: earlier wrong tries for the name are forgotten.
    pub(crate) fn right(&self, name: &str, address: IpAddr) {
        self.give_back(name, address);
        let [name, _] = keys(name, address);
        self.lock().remove(&name);
    }

    /// The try does not count: nothing was checked.
    pub(crate) fn give_back(&self, name: &str, address: IpAddr) {
        let mut tries = self.lock();
        for key in keys(name, address) {
            if let Some(own) = tries.get_mut(&key) {
                own.count = own.count.saturating_sub(1);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    /// How many tries are allowed.
    fn most(&self) -> u32 {
        match self {
            Key::Name(..) => TRIES_OF_A_NAME,
            Key::Address(_) => TRIES_OF_AN_ADDRESS,
        }
    }
}

/// The keys that a try counts for.
fn keys(name: &str, address: IpAddr) -> [Key; 2] {
    [Key::Name(folded(name), address), Key::Address(address)]
}

/// A name as it is counted, shortened.
fn folded(name: &str) -> String {
    kasse::people::name_key(name).chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_name_waits_after_five_tries_and_is_free_again() {
        let throttle = Throttle::default();
        (0..5).for_each(|second| throttle.take("Anna", HERE, second).unwrap());
        assert_eq!(throttle.take("anna", HERE, 4), Err(WAIT));
        assert_eq!(throttle.take("bernd", HERE, 4), Ok(()));
        assert_eq!(throttle.take("anna", HERE, 4 + WAIT), Ok(()));
    }

    #[test]
    fn an_address_waits_whatever_names_it_says() {
        let throttle = Throttle::default();
        (0..30).for_each(|name| throttle.take(&format!("name {name}"), HERE, 0).unwrap());
        assert!(throttle.take("nobody yet", HERE, 1).is_err());
    }

    #[test]
    fn a_right_password_clears_the_name() {
        let throttle = Throttle::default();
        (0..5).for_each(|second| throttle.take("anna", HERE, second).unwrap());
        throttle.right("anna", HERE);
        assert_eq!(throttle.take("anna", HERE, 5), Ok(()));
        // right tries do not count for the address either
        (0..100).for_each(|second| {
            throttle.take("bernd", HERE, second).unwrap();
            throttle.right("bernd", HERE);
        });
    }

    #[test]
    fn what_was_never_looked_at_does_not_count() {
        let throttle = Throttle::default();
        (0..20).for_each(|second| {
            throttle.take("anna", HERE, second).unwrap();
            throttle.give_back("anna", HERE);
        });
    }
}
