//! The parts of a situation: rows, and what is asked of them again and again.
//!
//! Must not know how rows are loaded. Invariant: an index follows from the rows beside it alone. It is kept up with each row
//! that comes, or made when it is first asked for; rows are never changed behind it.

use std::collections::{BTreeMap, HashMap};
use std::ops::{Deref, RangeInclusive};
use std::sync::{Arc, OnceLock};

use kassenzeichen::canonical;
use ledger::names::words;
use store::{AllocationRow, BookingRow, HoldRow, ItemRow, MandateRow, VerdictRow};

/// Something that follows from other parts of the same situation, made when it is first asked for.
#[derive(Debug)]
pub(crate) struct Lazy<T>(Arc<OnceLock<T>>);

impl<T> Clone for Lazy<T> {
    fn clone(&self) -> Lazy<T> {
        Lazy(Arc::clone(&self.0))
    }
}

impl<T> Default for Lazy<T> {
    fn default() -> Lazy<T> {
        Lazy(Arc::default())
    }
}

impl<T> Lazy<T> {
    pub(crate) fn get(&self, make: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(make)
    }
}

/// Two situations are the same if their rows are.
impl<T> PartialEq for Lazy<T> {
    fn eq(&self, _: &Lazy<T>) -> bool {
        true
    }
}

/// Places by a key.
type Places = HashMap<String, Vec<usize>>;

fn places(keys: impl Iterator<Item = impl IntoIterator<Item = String>>) -> Places {
    let mut places = Places::new();
    for (place, keys) in keys.enumerate() {
        for key in keys {
            let own = places.entry(key).or_default();
            if own.last() != Some(&place) {
                own.push(place);
            }
        }
    }
    places
}

fn at<'r, T>(rows: &'r [T], places: &'r Places, key: &str) -> impl Iterator<Item = &'r T> + use<'r, T> {
    places.get(key).into_iter().flatten().filter_map(|place| rows.get(*place))
}

/// Rows in an order of their own, and indexes of them.
#[derive(Debug)]
pub(crate) struct Rows<T, I> {
    rows: Vec<T>,
    index: I,
}

impl<T, I: Default> Rows<T, I> {
    pub(crate) fn new(rows: Vec<T>) -> Rows<T, I> {
        Rows { rows, index: I::default() }
    }
}

impl<T, I: Default> Default for Rows<T, I> {
    fn default() -> Rows<T, I> {
        Rows::new(Vec::new())
    }
}

impl<T, I> Deref for Rows<T, I> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.rows
    }
}

/// The indexes follow from the rows.
impl<T: PartialEq, I> PartialEq for Rows<T, I> {
    fn eq(&self, other: &Rows<T, I>) -> bool {
        self.rows == other.rows
    }
}

/// Every item, by reference and instalment.
pub(crate) type Items = Rows<ItemRow, ItemIndex>;

#[derive(Debug, Default)]
pub(crate) struct ItemIndex {
    by_id: OnceLock<HashMap<i64, usize>>,
    by_canonical: OnceLock<Places>,
    by_word: OnceLock<Places>,
}

impl Items {
    /// An item by its id.
    pub(crate) fn by_id(&self, id: i64) -> Option<&ItemRow> {
        let make = || self.rows.iter().zip(0..).map(|(item, place)| (item.id, place)).collect();
        self.rows.get(*self.index.by_id.get_or_init(make).get(&id)?)
    }

    /// The items of a Kassenzeichen in canonical form, however they print it.
    pub(crate) fn of_canonical(&self, kassenzeichen: &str) -> impl Iterator<Item = &ItemRow> + use<'_> {
        let make = || places(self.rows.iter().map(|item| [canonical(&item.kassenzeichen)]));
        at(&self.rows, self.index.by_canonical.get_or_init(make), kassenzeichen)
    }

    /// The items that print a Kassenzeichen so.
    pub(crate) fn under(&self, kassenzeichen: &str) -> impl Iterator<Item = &ItemRow> {
        self.of_canonical(&canonical(kassenzeichen)).filter(move |item| item.kassenzeichen == kassenzeichen)
    }

    /// A Kassenzeichen in canonical form as the items print it.
    pub(crate) fn printed(&self, canonical: &str) -> Option<&str> {
        self.of_canonical(canonical).last().map(|item| item.kassenzeichen.as_str())
    }

    /// The Kassenzeichen as the items print it, else as it stands.
    pub(crate) fn printed_as(&self, kassenzeichen: &str) -> String {
        self.printed(&canonical(kassenzeichen)).unwrap_or(kassenzeichen).to_owned()
    }

    /// The items of which the debtor has this word, folded, in his name.
    pub(crate) fn of_word(&self, word: &str) -> impl Iterator<Item = &ItemRow> + use<'_> {
        let make = || places(self.rows.iter().map(|item| words(&item.said.debtor)));
        at(&self.rows, self.index.by_word.get_or_init(make), word)
    }
}

/// The newest row of each mandate and Kassenzeichen.
pub(crate) type Mandates = Rows<MandateRow, MandateIndex>;

#[derive(Debug, Default)]
pub(crate) struct MandateIndex {
    by_reference: OnceLock<Places>,
    by_word: OnceLock<Places>,
}

impl Mandates {
    /// Those with this reference in canonical form.
    pub(crate) fn of_canonical(&self, reference: &str) -> impl Iterator<Item = &MandateRow> + use<'_> {
        let make = || places(self.rows.iter().map(|row| [canonical(&row.said.reference)]));
        at(&self.rows, self.index.by_reference.get_or_init(make), reference)
    }

    /// Those of which the holder has this word, folded, in his name.
    pub(crate) fn of_word(&self, word: &str) -> impl Iterator<Item = &MandateRow> + use<'_> {
        let make = || places(self.rows.iter().map(|row| words(&row.said.holder)));
        at(&self.rows, self.index.by_word.get_or_init(make), word)
    }
}

/// Every booking that is money, in the order in which they are decided.
pub(crate) type Bookings = Rows<BookingRow, BookingIndex>;

#[derive(Debug, Default)]
pub(crate) struct BookingIndex {
    by_id: OnceLock<HashMap<i64, usize>>,
}

impl Bookings {
    /// The place of a booking in the order in which they are decided.
    pub(crate) fn place(&self, id: i64) -> Option<usize> {
        let make = || self.rows.iter().zip(0..).map(|(row, place)| (row.id, place)).collect();
        self.index.by_id.get_or_init(make).get(&id).copied()
    }

    /// A booking by its id.
    pub(crate) fn by_id(&self, id: i64) -> Option<&BookingRow> {
        self.rows.get(self.place(id)?)
    }
}

/// All keys of a pair that begin with this.
pub(crate) fn of_first(first: i64) -> RangeInclusive<(i64, i64)> {
    (first, i64::MIN)..=(first, i64::MAX)
}

/// Allocations and counter-entries, and what they come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Allocations {
    /// (booking, item) -> cents, without zeros.
    placed: BTreeMap<(i64, i64), i64>,
    /// Item -> cents.
    paid: HashMap<i64, i64>,
}

impl Allocations {
    pub(crate) fn add(&mut self, rows: &[AllocationRow]) {
        for row in rows {
            let placed = self.placed.entry((row.booking, row.item)).or_insert(0);
            *placed += row.amount;
            if *placed == 0 {
                self.placed.remove(&(row.booking, row.item));
            }
            let paid = self.paid.entry(row.item).or_insert(0);
            *paid += row.amount;
            if *paid == 0 {
                self.paid.remove(&row.item);
            }
        }
    }

    /// What is placed of each booking, counter-entries respected.
    pub(crate) fn placed(&self) -> &BTreeMap<(i64, i64), i64> {
        &self.placed
    }

    /// What is placed of one booking: item and cents.
    pub(crate) fn of_booking(&self, booking: i64) -> impl Iterator<Item = (i64, i64)> {
        self.placed.range(of_first(booking)).map(|((_, item), cents)| (*item, *cents))
    }

    /// What is placed of one booking in all.
    pub(crate) fn sum(&self, booking: i64) -> i64 {
        self.of_booking(booking).map(|(_, cents)| cents).sum()
    }

    /// What transfers have paid of an item.
    pub(crate) fn paid(&self, item: i64) -> i64 {
        self.paid.get(&item).copied().unwrap_or(0)
    }

    /// Paid of an item by transfer, or before the list was made, cents.
    pub(crate) fn transferred(&self, item: &ItemRow) -> i64 {
        item.said.paid_before + self.paid(item.id)
    }
}

/// The newest verdict of each booking.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Verdicts(HashMap<i64, Arc<Judged>>);

/// A verdict, and what lists ask of it again and again.
#[derive(Debug)]
struct Judged {
    row: VerdictRow,
    class: OnceLock<String>,
    told: OnceLock<String>,
}

impl PartialEq for Judged {
    fn eq(&self, other: &Judged) -> bool {
        self.row == other.row
    }
}

impl Verdicts {
    /// Puts a newer verdict in the place of an older one, and says which that was.
    pub(crate) fn add(&mut self, row: VerdictRow) -> Option<i64> {
        let judged = Arc::new(Judged { row, class: OnceLock::new(), told: OnceLock::new() });
        self.0.insert(judged.row.said.booking, judged).map(|older| older.row.id)
    }

    pub(crate) fn get(&self, booking: &i64) -> Option<&VerdictRow> {
        self.0.get(booking).map(|judged| &judged.row)
    }

    pub(crate) fn contains_key(&self, booking: &i64) -> bool {
        self.0.contains_key(booking)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &VerdictRow> {
        self.0.values().map(|judged| &judged.row)
    }

    /// The class of a booking's verdict as `make` says it; remembered as long as the verdict is the newest.
    pub(crate) fn class(&self, booking: i64, make: impl FnOnce(&VerdictRow) -> String) -> &str {
        self.0.get(&booking).map_or("", |judged| judged.class.get_or_init(|| make(&judged.row)).as_str())
    }

    /// What `make` says that the bank told of a booking; remembered likewise, for a booking never changes.
    pub(crate) fn told(&self, booking: i64, make: impl FnOnce() -> String) -> &str {
        self.0.get(&booking).map_or("", |judged| judged.told.get_or_init(make).as_str())
    }
}

/// What the newest verdicts hold, by verdict.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Holds(BTreeMap<i64, Arc<Vec<HoldRow>>>);

impl Holds {
    pub(crate) fn add(&mut self, row: HoldRow) {
        Arc::make_mut(self.0.entry(row.verdict).or_default()).push(row);
    }

    /// Forgets what a verdict holds that is the newest no more.
    pub(crate) fn remove(&mut self, verdict: i64) {
        self.0.remove(&verdict);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &HoldRow> {
        self.0.values().flat_map(|rows| rows.iter())
    }

    /// What one verdict holds, in the order in which it was said.
    pub(crate) fn of(&self, verdict: i64) -> &[HoldRow] {
        self.0.get(&verdict).map_or(&[], |rows| rows.as_slice())
    }
}
