//! How often somebody may try to log in.
//!
//! Nobody is locked out: who tries wrongly waits, each time longer, and the wait ends. Invariants: the memory stays small,
//! however often somebody tries; while a name or an address has to wait, a correct password is not checked either, and the
//! wait grows no longer by it; a try counts until it turns out right, and no error gives it back.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::connections::of_one;

/// Wrong tries that a name has free.
const FREE_OF_A_NAME: u32 = 5;

/// Wrong tries that an address has free, whatever names it uses: an office may be behind one.
const FREE_OF_AN_ADDRESS: u32 = 30;

/// The first wait, in seconds; each further one is twice as long.
const FIRST: i64 = 4;

/// The longest wait, in seconds.
const LONGEST: i64 = 300;

/// Seconds after which wrong tries are forgotten.
const FORGOTTEN: i64 = 3_600;

/// The most names and addresses that are remembered; those with the fewest tries are dropped, the oldest first.
const REMEMBERED: usize = 10_000;

/// The most pairs of a name and an address that are remembered as familiar.
const FAMILIAR: usize = 10_000;

/// What tries are counted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// A name, wherever it is tried; so that many addresses together have no more tries than one.
    Name(String),
    /// A name at an address from which its owner logged in before: strangers' tries elsewhere keep him from nothing.
    Familiar(String, IpAddr),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    /// When the last one was.
    last: i64,
}

#[derive(Debug, Default)]
struct Known {
    tries: HashMap<Key, Tries>,
    /// Names and the addresses from which their owners logged in, with when.
    familiar: HashMap<(String, IpAddr), i64>,
}

/// The recent wrong tries.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Known>);

impl Throttle {
    /// Counts a try, as a wrong one until it turns out right; or returns the seconds until this name may be tried again
    /// at this address. Called before anything is checked, so that a thousand tries at once are no more than five.
    pub(crate) fn take(&self, name: &str, address: IpAddr, now: i64) -> Result<(), i64> {
        let mut known = self.lock();
        let keys = known.keys(name, address);
        let wait = |key: &Key| known.tries.get(key).map_or(0, |tries| tries.last + key.wait(tries.count) - now);
        if let Some(seconds) = keys.iter().map(wait).max().filter(|seconds| *seconds > 0) {
            return Err(seconds);
        }
        for key in keys {
            known.make_room(&key, now);
            let own = known.tries.entry(key).or_insert(Tries { count: 0, last: now });
            *own = Tries { count: own.count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The try was right: earlier wrong tries for the name from this address are forgotten, and so are strangers' from
    /// now on.
    pub(crate) fn right(&self, name: &str, address: IpAddr, now: i64) {
        let mut known = self.lock();
        let [of_name, of_address] = known.keys(name, address);
        known.tries.remove(&of_name);
        if let Some(own) = known.tries.get_mut(&of_address) {
            own.count = own.count.saturating_sub(1);
        }
        if known.familiar.len() >= FAMILIAR {
            let oldest = known.familiar.iter().min_by_key(|(_, seen)| **seen).map(|(pair, _)| pair.clone());
            if let Some(oldest) = oldest {
                known.familiar.remove(&oldest);
            }
        }
        known.familiar.insert((folded(name), of_one(address)), now);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The keys that a try counts for.
    fn keys(&self, name: &str, address: IpAddr) -> [Key; 2] {
        let (name, address) = (folded(name), of_one(address));
        let pair = (name, address);
        let is_familiar = self.familiar.contains_key(&pair);
        let (name, address) = pair;
        [if is_familiar { Key::Familiar(name, address) } else { Key::Name(name) }, Key::Address(address)]
    }

    /// Forgets what is old, and, where that is not enough, what was tried least.
    fn make_room(&mut self, key: &Key, now: i64) {
        if self.tries.len() < REMEMBERED && self.tries.get(key).is_none_or(|tries| tries.last + FORGOTTEN > now) {
            return;
        }
        self.tries.retain(|_, tries| tries.last + FORGOTTEN > now);
        let is_full = self.tries.len() >= REMEMBERED && !self.tries.contains_key(key);
        let least = self.tries.iter().min_by_key(|(_, tries)| (tries.count, tries.last)).map(|(key, _)| key.clone());
        if let Some(least) = least.filter(|_| is_full) {
            self.tries.remove(&least);
        }
    }
}

impl Key {
    /// How long to wait after so many tries: not at all, then some seconds, and twice as long after each further one.
    fn wait(&self, count: u32) -> i64 {
        let free = match self {
            Key::Name(_) | Key::Familiar(..) => FREE_OF_A_NAME,
            Key::Address(_) => FREE_OF_AN_ADDRESS,
        };
        match count.checked_sub(free) {
            None => 0,
            Some(over) => {
                if over < 16 {
                    (FIRST << over).min(LONGEST)
                } else {
                    LONGEST
                }
            }
        }
    }
}

/// A name as it is counted, shortened.
fn folded(name: &str) -> String {
    kasse::people::name_key(name).chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn elsewhere(number: u16) -> IpAddr {
        IpAddr::from([0x2001, 0xdb8, 0, number, 0, 0, 0, 1])
    }

    #[test]
    fn a_name_waits_longer_each_time_and_is_never_locked_out() {
        let throttle = Throttle::default();
        (0..5).for_each(|_| throttle.take("Anna", HERE, 0).unwrap());
        let (mut now, mut waits) = (0, Vec::new());
        for _ in 0..12 {
            let wait = throttle.take("anna", HERE, now).unwrap_err();
            // asking again makes it no longer
            assert_eq!(throttle.take("anna", HERE, now), Err(wait));
            waits.push(wait);
            now += wait;
            throttle.take("anna", HERE, now).unwrap();
        }
        assert_eq!(waits, [4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300, 300]);
        assert_eq!(throttle.take("bernd", HERE, now + FORGOTTEN), Ok(()));
        (0..5).for_each(|_| throttle.take("anna", HERE, now + FORGOTTEN).unwrap());
    }

    #[test]
    fn many_addresses_have_no_more_tries_than_one() {
        let throttle = Throttle::default();
        (0..5).for_each(|number| throttle.take("anna", elsewhere(number), 0).unwrap());
        assert_eq!(throttle.take("anna", elsewhere(99), 0), Err(FIRST));
        assert_eq!(throttle.take("bernd", elsewhere(99), 0), Ok(()));
    }

    #[test]
    fn an_address_waits_whatever_names_it_says_and_a_network_is_one() {
        let throttle = Throttle::default();
        let at = |host: u16| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, host]);
        (0..30).for_each(|number| throttle.take(&format!("name {number}"), at(number), 0).unwrap());
        assert_eq!(throttle.take("nobody yet", at(31), 0), Err(FIRST));
        assert_eq!(throttle.take("nobody yet", elsewhere(1), 0), Ok(()));
    }

    #[test]
    fn strangers_do_not_keep_somebody_from_where_he_always_logs_in() {
        let throttle = Throttle::default();
        throttle.take("anna", HERE, 0).unwrap();
        throttle.right("anna", HERE, 0);
        (0..30).for_each(|number| throttle.take("anna", elsewhere(number), 0).unwrap_or_default());
        assert!(throttle.take("anna", elsewhere(1), 0).is_err());
        assert_eq!(throttle.take("anna", HERE, 0), Ok(()));
        // but who sits at that desk has no more tries than others
        (0..4).for_each(|_| throttle.take("anna", HERE, 0).unwrap());
        assert_eq!(throttle.take("anna", HERE, 0), Err(FIRST));
    }

    #[test]
    fn right_tries_do_not_count_and_give_back_one_alone() {
        let throttle = Throttle::default();
        (0..29).for_each(|number| throttle.take(&format!("name {number}"), HERE, 0).unwrap());
        for _ in 0..100 {
            throttle.take("own", HERE, 0).unwrap();
            throttle.right("own", HERE, 0);
        }
        throttle.take("another", HERE, 0).unwrap();
        assert_eq!(throttle.take("another", HERE, 0), Err(FIRST));
    }

    #[test]
    fn a_flood_of_names_makes_nobody_forgotten() {
        let throttle = Throttle::default();
        (0..5).for_each(|_| throttle.take("anna", HERE, 0).unwrap());
        for number in 0..6_000_u16 {
            let _ = throttle.take(&format!("name {number}"), elsewhere(number), 0);
        }
        assert!(throttle.lock().tries.len() <= REMEMBERED);
        assert_eq!(throttle.take("anna", elsewhere(60_000), 0), Err(FIRST));
    }
}
