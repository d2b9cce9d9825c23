//! What is stored already: which booking a file tells again.
//!
//! Invariant: every booking that a file tells and that is not stored anew is linked to the one it equals.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use jiff::civil::Date;
use store::{NewBooking, StoredBooking, Tx};

use super::booking::OWN_REFERENCE;
use crate::Result;

/// The stored bookings of an account, day by day as far as they were needed.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<(String, Date), OfDay>);

/// The stored bookings of an account on a day.
#[derive(Debug, Default)]
pub(super) struct OfDay {
    stored: Vec<Stored>,
    /// Places of what is the same but for the number that tells twins apart.
    by_base: HashMap<String, Vec<usize>>,
    /// Places by amount and balance before.
    by_balance: HashMap<(i64, i64), Vec<usize>>,
}

/// A stored booking, as far as it is compared.
#[derive(Clone, Copy, Debug)]
struct Stored {
    id: i64,
    /// Whether the bank gave it a reference.
    has_reference: bool,
    has_balance: bool,
}

/// What a file tells of a booking, as far as it is compared.
#[derive(Debug)]
pub(super) struct Told<'a> {
    /// See [`super::booking::identity`].
    pub(super) identity: &'a str,
    pub(super) cents: i64,
    /// The account's balance before it, where its statement fits together.
    pub(super) balance_before: Option<i64>,
    pub(super) has_reference: bool,
}

impl Known {
    /// What is stored of a day.
    pub(super) async fn on(&mut self, tx: &mut Tx, account: &str, day: Date) -> Result<&OfDay> {
        let key = (account.to_owned(), day);
        if !self.0.contains_key(&key) {
            let mut of_day = OfDay::default();
            store::stored_on(tx, account, day).await?.into_iter().for_each(|stored| of_day.add(&stored));
            self.0.insert(key.clone(), of_day);
        }
        Ok(self.0.entry(key).or_default())
    }

    /// Takes in a booking that is about to be stored under this id.
    pub(super) fn add(&mut self, booking: &NewBooking, id: i64) {
        let stored = StoredBooking {
            id,
            identity: booking.identity.clone(),
            reference: booking.reference.clone(),
            amount: booking.amount,
            balance_before: booking.balance_before,
        };
        self.0.entry((booking.account.clone(), booking.booked)).or_default().add(&stored);
    }
}

impl OfDay {
    /// The stored booking that this one is, leaving aside those that others of its statement are.
    ///
    /// A reference of the bank decides; else the balance on which it was booked, else the text alone: the first of a text
    /// is the first stored one, the second the second.
    pub(super) fn equal(&self, told: &Told<'_>, matched: &HashSet<i64>) -> Option<i64> {
        let at = |place: &usize| self.stored.get(*place).filter(|stored| !matched.contains(&stored.id));
        let mut alike = self.by_base.get(told.identity).into_iter().flatten().filter_map(at);
        let place = told.balance_before.map(|balance| (told.cents, balance));
        let here = || {
            let mut stored = place.and_then(|place| self.by_balance.get(&place)).into_iter().flatten().filter_map(at);
            stored.find(|stored| !(told.has_reference && stored.has_reference))
        };
        let found = if told.has_reference {
            alike.next().or_else(here)
        } else {
            here().or_else(|| alike.find(|stored| !stored.has_balance || told.balance_before.is_none()))
        };
        found.map(|stored| stored.id)
    }

    /// The identity of one more of this kind.
    pub(super) fn next_identity(&self, base: &str) -> String {
        format!("{base}-{}", self.by_base.get(base).map_or(0, Vec::len) + 1)
    }

    fn add(&mut self, booking: &StoredBooking) {
        let place = self.stored.len();
        self.stored.push(Stored {
            id: booking.id,
            has_reference: !booking.reference.starts_with(OWN_REFERENCE),
            has_balance: booking.balance_before.is_some(),
        });
        self.by_base.entry(base_of(&booking.identity).to_owned()).or_default().push(place);
        if let Some(balance) = booking.balance_before {
            self.by_balance.entry((booking.amount, balance)).or_default().push(place);
        }
    }
}

/// The identity without the number that tells twins apart.
fn base_of(identity: &str) -> &str {
    identity.rsplit_once('-').map_or(identity, |(base, _)| base)
}

/// The bookings of days that are known whole: the first of an amount equals the first stored one, and so on, whatever
/// their texts are.
#[derive(Debug, Default)]
pub(super) struct Alike(HashMap<(Date, i64), VecDeque<i64>>);

impl Alike {
    /// The stored bookings of some days.
    pub(super) async fn load(tx: &mut Tx, account: &str, days: &BTreeSet<Date>) -> Result<Alike> {
        let mut alike = Alike::default();
        if let (Some(first), Some(last)) = (days.first(), days.last()) {
            for row in store::booked(tx, account, *first, *last).await? {
                alike.0.entry((row.day, row.amount)).or_default().push_back(row.id);
            }
        }
        Ok(alike)
    }

    /// The next one of an amount on a day.
    pub(super) fn next(&mut self, day: Date, cents: i64) -> Option<i64> {
        self.0.get_mut(&(day, cents))?.pop_front()
    }
}
