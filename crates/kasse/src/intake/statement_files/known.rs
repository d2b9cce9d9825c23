//! What is stored already: which booking a file tells again.
//!
//! Invariant: every booking that a file tells and that is not stored anew is linked to the one it equals.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use jiff::civil::Date;
use store::{NewBooking, Tx};

use crate::Result;
use crate::books::likeness::{Likeness, Marks};

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
    marks: Marks,
    balance_before: Option<i64>,
}

/// What a file tells of a booking, as far as it is compared.
#[derive(Debug)]
pub(super) struct Told<'a> {
    /// See [`super::booking::identity`].
    pub(super) identity: &'a str,
    pub(super) cents: i64,
    /// The account's balance before it, where its statement fits together.
    pub(super) balance_before: Option<i64>,
    pub(super) marks: Marks,
}

/// What a booking is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// This stored one.
    Stored(i64),
    /// One more.
    New,
    /// This stored one by its reference, though each was booked on a balance of its own: one more, if the bank writes that
    /// reference on other bookings too.
    ByReference(i64),
}

impl Known {
    /// What is stored of a day.
    pub(super) async fn on(&mut self, tx: &mut Tx, account: &str, day: Date) -> Result<&OfDay> {
        let key = (account.to_owned(), day);
        if !self.0.contains_key(&key) {
            let mut of_day = OfDay::default();
            for stored in store::stored_on(tx, account, day).await? {
                of_day.add(
                    &stored.identity,
                    stored.amount,
                    Stored { id: stored.id, marks: Marks::stored(&stored), balance_before: stored.balance_before },
                );
            }
            self.0.insert(key.clone(), of_day);
        }
        Ok(self.0.entry(key).or_default())
    }

    /// Takes in a booking that is about to be stored under this id.
    pub(super) fn add(&mut self, booking: &NewBooking, marks: Marks, id: i64) {
        let of_day = self.0.entry((booking.account.clone(), booking.booked)).or_default();
        let stored = Stored { id, marks, balance_before: booking.balance_before };
        of_day.add(&booking.identity, booking.amount, stored);
    }
}

impl OfDay {
    /// The stored booking that this one is, leaving aside those that others of its statement are.
    ///
    /// A reference of the bank decides; else the balance on which it was booked, else the text alone: the first of a text
    /// is the first stored one, the second the second. An account or text that differs makes two of them.
    pub(super) fn find(&self, told: &Told<'_>, matched: &HashSet<i64>) -> Found {
        let at = |place: &usize| self.stored.get(*place).filter(|stored| !matched.contains(&stored.id));
        let differs = |stored: &Stored| stored.marks.likeness(told.marks) == Likeness::Other;
        let mut alike =
            self.by_base.get(told.identity).into_iter().flatten().filter_map(at).filter(|one| !differs(one));
        let place = told.balance_before.map(|balance| (told.cents, balance));
        let mut here = place.and_then(|place| self.by_balance.get(&place)).into_iter().flatten().filter_map(at);
        if told.marks.has_reference() {
            let moved = |stored: &Stored| {
                stored.balance_before.zip(told.balance_before).is_some_and(|(stored, told)| stored != told)
            };
            let named: Vec<&Stored> = alike.collect();
            if let Some(stored) = named.iter().find(|stored| !moved(stored)) {
                return Found::Stored(stored.id);
            }
            if let Some(stored) = named.iter().find(|stored| !stored.marks.tells_another(told.marks)) {
                return Found::ByReference(stored.id);
            }
            let certain = |stored: &&Stored| {
                !differs(stored)
                    && (!stored.marks.has_reference() || stored.marks.likeness(told.marks) == Likeness::Same)
            };
            return here.find(certain).map_or(Found::New, |stored| Found::Stored(stored.id));
        }
        let by_text = |stored: &&Stored| stored.balance_before.is_none() || told.balance_before.is_none();
        let found = here.find(|stored| !differs(stored)).or_else(|| alike.find(by_text));
        found.map_or(Found::New, |stored| Found::Stored(stored.id))
    }

    /// The identity of one more of this kind.
    pub(super) fn next_identity(&self, base: &str) -> String {
        format!("{base}-{}", self.by_base.get(base).map_or(0, Vec::len) + 1)
    }

    fn add(&mut self, identity: &str, cents: i64, stored: Stored) {
        let place = self.stored.len();
        self.by_base.entry(base_of(identity).to_owned()).or_default().push(place);
        if let Some(balance) = stored.balance_before {
            self.by_balance.entry((cents, balance)).or_default().push(place);
        }
        self.stored.push(stored);
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
            let stored = store::stored_between(tx, account, *first, *last).await?;
            for row in stored.iter().filter(|row| days.contains(&row.day)) {
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
