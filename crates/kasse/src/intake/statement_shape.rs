//! What a statement is, whatever format it comes in and however it is cut: its balances, and day and amount of each booking.
//!
//! Texts differ between camt and MT940, ids between versions; days, amounts and balances do not, nor what an entry sums to,
//! whatever details it has. Invariant: a day of a statement is called known only if exactly its bookings or entries are stored,
//! the balance on which it begins is the stored one, and no reference or account says that they are others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use camt::{Balance, Booking, Part, StatementHead, Status};
use jiff::civil::Date;
use sepa::Cents;
use sha2::{Digest, Sha256};
use store::{StatementRow, StoredBooking, Tx};

use crate::Result;
use crate::base::shown::hex;
use crate::books::likeness::{Likeness, Line, Marks, can_be, is_swift};
use crate::intake::statement_files::counts::Counts;

/// A statement's shape, gathered part by part.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// Whether it comes in SWIFT's format.
    swift: bool,
    number: Option<i64>,
    opening: Option<Cents>,
    closing: Option<Cents>,
    closed_on: Option<Date>,
    /// The closing balance's day, where the statement says it before its bookings.
    closes_on: Option<Date>,
    booked: Vec<Line>,
    /// Of each of these whether its day is the value date alone, which may lie behind the day on which it was booked.
    undated: Vec<bool>,
    entries: Vec<Entry>,
    /// The entry that is being read.
    entry: Option<Entry>,
    /// Whether a booking has no day or no amount that can be read: its import is refused, whatever else is known.
    unreadable: bool,
    paged: Paged,
    /// Whether a page ends where it begins, and whether one goes on where it ends.
    within: (bool, bool),
}

/// What a statement's head says of its place among pages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paged {
    is_first: bool,
    /// Whether it is the last one, where it says so.
    pub(crate) is_last: Option<bool>,
}

impl Paged {
    /// A message may have pages of its own, each with whole statements: those are none.
    pub(crate) fn of(head: &StatementHead) -> Paged {
        Paged { is_first: head.paged && head.page == Some(1), is_last: head.last_page.filter(|_| head.paged) }
    }

    /// Whether another page ends where it begins, and whether another one goes on where it ends: the bank's word for the first
    /// and the last page outweighs its word for the balance.
    pub(crate) fn within(self, opening: Option<Balance>, closing: Option<Balance>) -> (bool, bool) {
        let is_interim = |balance: Option<Balance>| balance.is_some_and(|balance| balance.interim);
        let ends = self.is_last.map_or(is_interim(closing), |is_last| !is_last);
        (is_interim(opening) && !self.is_first, ends)
    }
}

/// An entry with all its details.
#[derive(Clone, Copy, Debug)]
struct Entry {
    index: u32,
    line: Line,
    details: u32,
    undated: bool,
}

/// Where a statement lies among those that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Everything in it is stored.
    Known(Same),
    /// It may overlap what is stored.
    Open(Overlap),
}

/// What a known statement equals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Same {
    /// The statements that tell the same.
    pub(crate) statements: Vec<i64>,
    /// Its entries, by index, whose details are not stored, and the booking for which these stand.
    pub(crate) details: HashMap<u32, i64>,
}

/// What of a statement is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Overlap {
    /// What it is called in the books: no other statement is.
    pub(crate) identity: String,
    /// Whether a stored statement looks just like it and is another one: then a booking is no stored one but by its reference.
    pub(crate) is_another: bool,
    /// The days of which all its bookings are stored.
    pub(crate) days: BTreeSet<Date>,
    /// Of days of which all its entries are stored, each by its index, with other details: the stored bookings of it.
    pub(crate) entries: HashMap<u32, Vec<i64>>,
}

impl Shape {
    /// A statement's that begins like this.
    pub(crate) fn of(head: &StatementHead) -> Shape {
        Shape {
            swift: is_swift(&head.message),
            number: head.sequence.and_then(|number| i64::try_from(number).ok()).filter(|number| *number != 0),
            closes_on: closing_day(head),
            paged: Paged::of(head),
            ..Shape::default()
        }
    }

    /// Takes in a part of the statement.
    pub(crate) fn take(&mut self, part: &Part) {
        match part {
            Part::Booking(booking) if matches!(booking.status, None | Some(Status::Booked)) => {
                match day_of(booking, self.closes_on).zip(booking.signed()) {
                    Some((day, amount)) => self.add(booking, day, amount.get()),
                    None => self.unreadable = true,
                }
            }
            Part::EntryEnd(end) => {
                let whole = |entry: &Entry| end.amount.map(Cents::get) == Some(entry.line.1);
                self.entries.extend(self.entry.take().filter(whole));
            }
            Part::StatementEnd(end) => {
                let amount = |balance: Option<Balance>| balance.map(|balance| balance.amount);
                (self.opening, self.closing) = (amount(end.opening), amount(end.closing));
                self.within = self.paged.within(end.opening, end.closing);
                self.closed_on = end.closing.and_then(|balance| balance.date);
                self.bound_by_closing();
                self.booked.sort_unstable_by_key(|(day, cents, _)| (*day, *cents));
            }
            _ => {}
        }
    }

    fn add(&mut self, booking: &Booking, day: Date, cents: i64) {
        let marks = Marks::told(booking, self.swift);
        let undated = booking.booked.is_none();
        self.booked.push((day, cents, marks));
        self.undated.push(undated);
        let whole = match self.entry.take().filter(|entry| entry.index == booking.entry) {
            None => Entry { index: booking.entry, line: (day, cents, marks), details: 1, undated },
            Some(Entry { line: (day, sum, _), details, .. }) => {
                let marks = Marks::of_entry(self.swift, booking.entry_reference.as_deref());
                let line = (day, sum.saturating_add(cents), marks);
                Entry { index: booking.entry, line, details: details + 1, undated }
            }
        };
        self.entry = Some(whole);
    }

    /// What has a value date alone was booked at the latest on the day that the statement closes on.
    fn bound_by_closing(&mut self) {
        let Some(closes_on) = self.closed_on else { return };
        let booked = self.booked.iter_mut().zip(&self.undated).filter(|(_, undated)| **undated).map(|(line, _)| line);
        let entries = self.entries.iter_mut().filter(|entry| entry.undated).map(|entry| &mut entry.line);
        booked.chain(entries).for_each(|line| line.0 = line.0.min(closes_on));
    }

    /// The day that it closes on.
    pub(crate) fn closes_on(&self) -> Option<Date> {
        self.closed_on.or(self.closes_on)
    }

    /// What it is called: `camt.053.001.08 no. 201 of 2024-03-06 to 2024-03-08`.
    pub(crate) fn title(&self, head: &StatementHead) -> String {
        let number = head.sequence.filter(|number| *number != 0).map(|number| format!(" no. {number}"));
        let booked = self.booked.first().zip(self.booked.last()).map(|(first, last)| (first.0, last.0));
        let closed = self.closed_on.or(head.to).or(head.created).map(|day| (day, day));
        let days = booked.or(closed).map(|(first, last)| match first == last {
            true => format!(" of {first}"),
            false => format!(" of {first} to {last}"),
        });
        format!("{}{}{}", head.message, number.unwrap_or_default(), days.unwrap_or_default())
    }

    /// How many bookings it has.
    pub(crate) fn bookings(&self) -> usize {
        self.booked.len()
    }

    /// The same for every rendering of the same statement, and for others that look alike.
    fn identity(&self, account: &str, counts: Counts) -> String {
        // as it was written when there were statements and advices alone
        let kind = match counts {
            Counts::Money => "false",
            Counts::Details => "true",
            Counts::Report => "report",
        };
        let mut hash = Sha256::new();
        hash.update(format!("{account}|{kind}|{:?}|{:?}|", self.opening, self.closing));
        if self.booked.is_empty() {
            hash.update(format!("{:?}", self.closed_on));
        }
        for (day, cents, _) in &self.booked {
            hash.update(format!("{day}={cents};"));
        }
        hex(&hash.finalize())
    }

    /// What it is called in the books where its details stand for what is stored.
    pub(crate) fn identity_of_details(&self, account: &str) -> String {
        self.identity(account, Counts::Details)
    }

    /// Where it lies among the stored statements of its account.
    pub(crate) async fn place(
        &self,
        tx: &mut Tx,
        account: &str,
        counts: Counts,
        statements: &[StatementRow],
    ) -> Result<Place> {
        let near: Vec<&StatementRow> = statements.iter().filter(|row| row.account == account).collect();
        let identity = match self.named(tx, self.identity(account, counts), &near).await? {
            Named::Known(_) if self.unreadable => (String::new(), false),
            Named::Known(same) => return Ok(Place::Known(Same { statements: vec![same], ..Same::default() })),
            Named::Free(identity, is_another) => (identity, is_another),
        };
        let open = Overlap { identity: identity.0, is_another: identity.1, ..Overlap::default() };
        let is_money = counts == Counts::Money;
        let (Some((first, ..)), Some((last, ..)), true) = (self.booked.first(), self.booked.last(), is_money) else {
            return Ok(Place::Open(open));
        };
        if self.unreadable {
            return Ok(Place::Open(open));
        }
        let stored = store::stored_between(tx, account, *first, *last).await?;
        let (days, entries) = self.known_days(&stored);
        let known: BTreeSet<Date> = days.iter().chain(entries.keys()).copied().collect();
        let pairs = entries.into_values().flatten().collect::<Vec<Pair>>();
        if known.len() != self.days().len() || self.mends(&near) || self.is_page() {
            let entries = pairs.into_iter().map(|pair| (pair.entry.index, pair.stored)).collect();
            return Ok(Place::Open(Overlap { days, entries, ..open }));
        }
        let mut statements: Vec<i64> =
            stored.iter().filter(|row| known.contains(&row.day)).map(|row| row.statement).collect();
        statements.sort_unstable();
        statements.dedup();
        let known = store::statement_of(tx, &self.identity_of_details(account)).await?.is_some();
        let finer = pairs.iter().filter(|_| !known).filter_map(Pair::details);
        Ok(Place::Known(Same { statements, details: finer.collect() }))
    }

    /// The stored statement that it is, or else what it is to be called: another may look just like it.
    async fn named(&self, tx: &mut Tx, base: String, near: &[&StatementRow]) -> Result<Named> {
        let (mut name, mut is_another) = (base.clone(), false);
        for number in 2_u32.. {
            let Some(same) = store::statement_of(tx, &name).await? else { break };
            let stored = store::stored_of(tx, same).await?;
            let lines: Vec<Line> = stored.iter().map(line_of).collect();
            let is_same =
                can_be(&self.lines(), &lines) && !self.goes_on(same, near) && !self.is_empty_beside(same, near);
            let is_beside = is_same && self.is_page_beside(same, near);
            if is_same && !is_beside {
                return Ok(Named::Known(same));
            }
            // the same bookings as a page are no others
            is_another |= !is_beside;
            name = format!("{base}-{number}");
        }
        Ok(Named::Free(name, is_another))
    }

    /// Whether it follows, by its number and its balance, on a statement that was issued after the one that it looks like, so
    /// that money came, went and came again; asked where no reference tells them apart.
    fn goes_on(&self, same: i64, near: &[&StatementRow]) -> bool {
        let Some((number, opening)) = self.number.zip(self.opening) else { return false };
        let of_format = |row: &&&StatementRow| is_swift(&row.message) == self.swift;
        let has_references = self.booked.iter().any(|(_, _, marks)| marks.has_reference());
        let older =
            near.iter().filter(of_format).any(|row| row.id == same && row.sequence.is_some_and(|old| old < number - 1));
        let before = |row: &&&StatementRow| {
            row.sequence == Some(number - 1) && row.closing == Some(opening.get()) && row.opening != row.closing
        };
        !has_references && older && near.iter().filter(of_format).any(|row| before(&row))
    }

    /// Whether it has no bookings, and another number than a stored one without any: then both are there.
    fn is_empty_beside(&self, same: i64, near: &[&StatementRow]) -> bool {
        let other = |row: &&&StatementRow| {
            row.id == same && is_swift(&row.message) == self.swift && row.sequence.is_some_and(|number| number != 0)
        };
        let stored = near.iter().find(other).and_then(|row| row.sequence);
        self.booked.is_empty() && stored.zip(self.number).is_some_and(|(stored, told)| stored != told)
    }

    /// Its bookings as they are stored: one of 0.00 is not.
    fn lines(&self) -> Vec<Line> {
        self.booked.iter().copied().filter(|(_, cents, _)| *cents != 0).collect()
    }

    /// Its opening balance in cents, if its entries lead from there to the closing one.
    pub(crate) fn opening_that_fits(&self) -> Option<i64> {
        let moved = Cents::sum(self.booked.iter().map(|(_, cents, _)| Cents::new(*cents)))?;
        let (opening, closing) = (self.opening?, self.closing?);
        (opening.checked_add(moved) == Some(closing)).then_some(opening.get())
    }

    /// Whether it is a page that does not stand for itself: though all its bookings are known, it says where another page ends
    /// or goes on, and of that page perhaps not all is.
    fn is_page(&self) -> bool {
        self.within != (false, false)
    }

    /// Whether a stored statement that looks just like it is no page, or another one.
    fn is_page_beside(&self, same: i64, near: &[&StatementRow]) -> bool {
        let is_other = |row: &&StatementRow| (row.page.opens_within, row.page.closes_within) != self.within;
        self.is_page() && near.iter().any(|row| row.id == same && is_other(row))
    }

    /// Whether it proves days of which a stored statement proves nothing.
    fn mends(&self, near: &[&StatementRow]) -> bool {
        let days = self.days();
        let covers = |row: &&&StatementRow| days.iter().any(|day| (row.days.0..=row.days.1).contains(day));
        let doubtful = || near.iter().filter(covers).any(|row| row.unexplained() != Some(0));
        self.opening_that_fits().is_some() && doubtful()
    }

    /// The days on which it has bookings.
    fn days(&self) -> BTreeSet<Date> {
        self.booked.iter().map(|(day, ..)| *day).collect()
    }

    /// The days of which exactly its bookings are stored, one after the other from the same balance on; and those of which
    /// exactly its entries are, but not the details.
    fn known_days(&self, stored: &[StoredBooking]) -> (BTreeSet<Date>, BTreeMap<Date, Vec<Pair>>) {
        let (mut days, mut entries) = (BTreeSet::new(), BTreeMap::new());
        let Some(mut balance) = self.opening.map(Cents::get) else { return (days, entries) };
        let mut by_day: BTreeMap<Date, Vec<&StoredBooking>> = BTreeMap::new();
        stored.iter().for_each(|row| by_day.entry(row.day).or_default().push(row));
        for told in self.lines().chunk_by(|one, next| one.0 == next.0) {
            let on = told.first().map_or(Date::ZERO, |(on, ..)| *on);
            let own = by_day.remove(&on).unwrap_or_default();
            if begins_on(&own, balance) {
                let lines: Vec<Line> = own.iter().map(|row| line_of(row)).collect();
                if lines.len() == told.len() && can_be(told, &lines) {
                    days.insert(on);
                } else if let Some(pairs) = self.pairs(on, &own) {
                    entries.insert(on, pairs);
                }
            }
            balance = told.iter().fold(balance, |sum, (_, cents, _)| sum.saturating_add(*cents));
        }
        (days, entries)
    }

    /// The stored entry of each of its entries of a day, if they are the same, each once.
    fn pairs(&self, day: Date, stored: &[&StoredBooking]) -> Option<Vec<Pair>> {
        let mut groups: BTreeMap<i64, Vec<&StoredBooking>> = BTreeMap::new();
        stored.iter().for_each(|row| groups.entry(row.entry).or_default().push(row));
        let mut free: Vec<Option<(Line, Vec<i64>)>> = groups.values().map(|rows| entry_of(rows)).collect();
        let own: Vec<&Entry> = self.entries.iter().filter(|entry| entry.line.0 == day && entry.line.1 != 0).collect();
        let mut pairs = Vec::new();
        for wanted in [Likeness::Same, Likeness::Unknown] {
            for entry in &own {
                let fits = |other: &Option<(Line, Vec<i64>)>| {
                    other
                        .as_ref()
                        .is_some_and(|(line, _)| line.1 == entry.line.1 && line.2.likeness(entry.line.2) == wanted)
                };
                let paired = pairs.iter().any(|pair: &Pair| pair.entry.index == entry.index);
                if let Some(place) = free.iter().position(fits).filter(|_| !paired)
                    && let Some((_, stored)) = free.get_mut(place).and_then(Option::take)
                {
                    pairs.push(Pair { entry: **entry, stored });
                }
            }
        }
        (pairs.len() == own.len() && free.iter().all(Option::is_none)).then_some(pairs)
    }
}

/// An entry that is told, and the bookings of the stored one that it is.
#[derive(Clone, Debug)]
struct Pair {
    entry: Entry,
    stored: Vec<i64>,
}

impl Pair {
    /// The entry's index and the one booking for which its details stand.
    fn details(&self) -> Option<(u32, i64)> {
        match self.stored.as_slice() {
            [booking] if self.entry.details > 1 => Some((self.entry.index, *booking)),
            _ => None,
        }
    }
}

/// What a statement is called in the books.
enum Named {
    /// It is this stored one.
    Known(i64),
    /// No stored one is called this; whether another one looks just like it.
    Free(String, bool),
}

fn line_of(row: &StoredBooking) -> Line {
    (row.day, row.amount, Marks::stored(row))
}

/// A stored entry as it is compared, and its bookings.
fn entry_of(rows: &[&StoredBooking]) -> Option<(Line, Vec<i64>)> {
    let first = rows.first()?;
    let marks = match rows {
        [row] => Marks::stored(row),
        _ => Marks::of_entry(is_swift(&first.message), first.entry_reference.as_deref()),
    };
    let sum = rows.iter().fold(0_i64, |sum, row| sum.saturating_add(row.amount));
    Some(((first.day, sum, marks), rows.iter().map(|row| row.id).collect()))
}

/// The day of the closing balance that stands before the bookings.
fn closing_day(head: &StatementHead) -> Option<Date> {
    head.closing.and_then(|balance| balance.date)
}

/// The day a booking is of: the one it says, else its value date, but at the latest the one its statement closes on.
pub(crate) fn day_of(booking: &Booking, closes_on: Option<Date>) -> Option<Date> {
    let latest = || booking.valued.zip(closes_on).map(|(valued, closes_on)| valued.min(closes_on));
    booking.booked.or_else(latest).or(booking.valued).or(closes_on)
}

/// Whether stored bookings follow one another without a break, and the first one of them follows on this balance.
fn begins_on(stored: &[&StoredBooking], balance: i64) -> bool {
    let mut ends: BTreeMap<i64, i64> = BTreeMap::new();
    for row in stored {
        let Some(before) = row.balance_before else { return false };
        *ends.entry(before).or_default() += 1;
        *ends.entry(before.saturating_add(row.amount)).or_default() -= 1;
    }
    ends.retain(|_, count| *count != 0);
    match ends.iter().find(|(_, count)| **count > 0) {
        Some((begin, 1)) => ends.len() == 2 && *begin == balance,
        Some(_) => false,
        // it ends where it began
        None => stored.iter().any(|row| row.balance_before == Some(balance)),
    }
}
