//! How often somebody may try to log in.
//!
//! Invariant: what is remembered stays small, whoever asks how often; a right password is asked for as little as a wrong
//! one while a name or an address waits.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong tries after which a name from one address waits.
const TRIES_OF_A_NAME: u32 = 5;

/// Wrong tries after which an address waits, whatever names it says.
const TRIES_OF_AN_ADDRESS: u32 = 30;

/// Seconds that it waits, counted from the last try.
const WAIT: i64 = 300;

/// Names and addresses that are remembered at most; beyond it the oldest are forgotten.
const REMEMBERED: usize = 10_000;

/// Who tried what.
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

/// The wrong tries of late.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, Tries>>);

impl Throttle {
    /// Seconds until this name may be tried again from this address; none where it may now.
    pub(crate) fn wait(&self, name: &str, address: IpAddr, now: i64) -> Option<i64> {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |key: &Key, most: u32| {
            let tries = tries.get(key).filter(|tries| tries.count >= most)?;
            Some(tries.last + WAIT - now).filter(|seconds| *seconds > 0)
        };
        let by_name = waits(&Key::Name(folded(name), address), TRIES_OF_A_NAME);
        by_name.max(waits(&Key::Address(address), TRIES_OF_AN_ADDRESS))
    }

    /// A wrong try.
    pub(crate) fn wrong(&self, name: &str, address: IpAddr, now: i64) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, tries| tries.last + WAIT > now);
        if tries.len() >= REMEMBERED
            && let Some(oldest) = tries.iter().min_by_key(|(_, tries)| tries.last).map(|(key, _)| key.clone())
        {
            tries.remove(&oldest);
        }
        for key in [Key::Name(folded(name), address), Key::Address(address)] {
            let own = tries.entry(key).or_insert(Tries { count: 0, last: now });
            *own = Tries { count: own.count.saturating_add(1), last: now };
        }
    }

    /// A right try: what was wrong before it is forgotten.
    pub(crate) fn right(&self, name: &str, address: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&Key::Name(folded(name), address));
    }
}

/// A name as it is counted, and never a long one.
fn folded(name: &str) -> String {
    name.chars().take(60).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_name_waits_after_five_wrong_tries_and_is_free_again() {
        let throttle = Throttle::default();
        (0..5).for_each(|second| throttle.wrong("Anna", HERE, second));
        assert_eq!(throttle.wait("anna", HERE, 4), Some(WAIT));
        assert_eq!(throttle.wait("bernd", HERE, 4), None);
        assert_eq!(throttle.wait("anna", HERE, 4 + WAIT), None);
    }

    #[test]
    fn an_address_waits_whatever_names_it_says() {
        let throttle = Throttle::default();
        (0..30).for_each(|name| throttle.wrong(&format!("name {name}"), HERE, 0));
        assert!(throttle.wait("nobody yet", HERE, 1).is_some());
    }

    #[test]
    fn a_right_password_clears_the_name() {
        let throttle = Throttle::default();
        (0..4).for_each(|second| throttle.wrong("anna", HERE, second));
        throttle.right("anna", HERE);
        throttle.wrong("anna", HERE, 5);
        assert_eq!(throttle.wait("anna", HERE, 5), None);
    }
}
