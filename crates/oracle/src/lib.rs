//! The truth of a drawn town, in books so simple that they can be read at a glance.
//!
//! The simulator tells the oracle what really happens (who owes, who pays what for, what the bank hands out, which file
//! leaves the house) and shows it what the program believes. The oracle says where the promise is broken. It shares no code with
//! the program, not even a parser: payment files are read by [`mod@file`], days by [`mod@days`].
//!
//! Invariant: nothing here is taken from the program's answers; the truth comes from the simulator alone.

pub mod days;
pub mod file;

mod books;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

pub use books::nameless;
pub use view::{Books, Item, Payment};

/// What is owed under one Kassenzeichen, in cents.
#[derive(Clone, Debug, Default)]
struct Account {
    /// Instalment -> (due, assessed, paid before the list was made).
    items: BTreeMap<String, (Date, i64, i64)>,
    /// Whether a person keeps it out of direct debit.
    held: bool,
    /// Whether its mandate was revoked.
    revoked: bool,
}

/// A transfer as its sender meant it, in cents.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The day the bank booked it.
    pub day: Date,
    /// Its amount.
    pub cents: i64,
    /// For which Kassenzeichen, and how much; nothing of it is ours where it is less than the amount.
    pub parts: Vec<(String, i64)>,
    /// Whether a careful clerk could know. One that nobody could know is the residual risk that the releaser is shown.
    pub knowable: bool,
}

/// A debit that left the house.
#[derive(Clone, Debug)]
struct Debit {
    kassenzeichen: String,
    cents: i64,
    /// The message that it stands in.
    message: String,
}

/// The truth.
#[derive(Clone, Debug, Default)]
pub struct Oracle {
    accounts: BTreeMap<String, Account>,
    transfers: BTreeMap<String, Transfer>,
    /// References of transfers that the bank took back, and when.
    taken_back: BTreeMap<String, Date>,
    /// What people gave back because there was no room for it: Kassenzeichen -> cents.
    given_back: BTreeMap<String, i64>,
    /// References of bookings that were handed to the program and imported.
    delivered: BTreeSet<String>,
    /// Every booking of the account: reference -> (day, signed cents).
    bookings: BTreeMap<String, (Date, i64)>,
    debits: Vec<Debit>,
    ids: BTreeSet<String>,
    /// Message -> the file's text: a message that goes out twice is the same bytes.
    files: BTreeMap<String, String>,
}

impl Oracle {
    /// An item is owed, or its assessment is another now.
    pub fn owes(&mut self, kassenzeichen: &str, posten: &str, due: Date, assessed: i64, paid_before: i64) {
        let account = self.accounts.entry(kassenzeichen.to_owned()).or_default();
        account.items.insert(posten.to_owned(), (due, assessed, paid_before));
    }

    /// A person keeps a Kassenzeichen out of direct debit, or no longer.
    pub fn hold(&mut self, kassenzeichen: &str, held: bool) {
        self.accounts.entry(kassenzeichen.to_owned()).or_default().held = held;
    }

    /// A Kassenzeichen's mandate was revoked.
    pub fn revoke(&mut self, kassenzeichen: &str) {
        self.accounts.entry(kassenzeichen.to_owned()).or_default().revoked = true;
    }

    /// The bank books a transfer.
    pub fn transfers(&mut self, reference: &str, transfer: Transfer) {
        self.bookings.insert(reference.to_owned(), (transfer.day, transfer.cents));
        self.transfers.insert(reference.to_owned(), transfer);
    }

    /// The bank takes a transfer back by a booking of its own.
    pub fn takes_back(&mut self, reference: &str, by: &str, day: Date) {
        let cents = self.transfers.get(reference).map_or(0, |transfer| transfer.cents);
        self.bookings.insert(by.to_owned(), (day, -cents));
        self.taken_back.insert(reference.to_owned(), day);
    }

    /// The bank books a debit that is not ours to judge.
    pub fn spends(&mut self, reference: &str, day: Date, cents: i64) {
        self.bookings.insert(reference.to_owned(), (day, -cents));
    }

    /// A statement with these bookings was imported.
    pub fn delivered<'a>(&mut self, references: impl IntoIterator<Item = &'a str>) {
        self.delivered.extend(references.into_iter().map(str::to_owned));
    }

    /// A clerk gives back what found no room; there may be room later, but the money is gone.
    pub fn gives_back(&mut self, kassenzeichen: &str, cents: i64) {
        *self.given_back.entry(kassenzeichen.to_owned()).or_default() += cents;
    }

    /// Whether everything that the bank has booked was imported.
    pub fn has_all(&self) -> bool {
        self.bookings.keys().all(|reference| self.delivered.contains(reference))
    }

    /// How a transfer was meant.
    pub fn meant(&self, reference: &str) -> Option<&Transfer> {
        self.transfers.get(reference)
    }

    /// Whether the bank has taken a transfer back.
    pub fn is_taken_back(&self, reference: &str) -> bool {
        self.taken_back.contains_key(reference)
    }
}
