//! The truth about a simulated town, in books so simple that they can be understood at a glance.
//!
//! The simulator tells the oracle what really happens (who owes, who pays what for, what the bank delivers, which file
//! leaves the house) and shows it what the program believes. The oracle names every difference. It shares no code with
//! the program, not even a parser: payment files and lists of letters are read by [`mod@file`], days are computed by
//! [`mod@days`].
//!
//! Invariant: nothing here is taken from the program's answers; the truth comes from the simulator alone.

pub mod days;
pub mod file;

mod books;
mod handed;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

pub use books::{alike, nameless};
pub use view::{Books, Item, Payment, Placed};

/// What is owed under one Kassenzeichen, in cents.
#[derive(Clone, Debug, Default)]
struct Account {
    items: BTreeMap<String, Owed>,
    /// Holds that people made.
    holds: Vec<Hold>,
    /// Whether its mandate was revoked.
    revoked: bool,
    /// The account of its mandate. If a list changed it, a second person has confirmed it.
    iban: String,
    /// A second debtor, who owes some of its items instead of the first.
    buyer: Option<Buyer>,
    /// What was settled elsewhere after it had been assessed; a later list shows it by leaving the item out.
    settled: i64,
}

/// A second debtor under a Kassenzeichen, because a house was sold.
#[derive(Clone, Debug)]
struct Buyer {
    iban: String,
    /// The items that the buyer owes; the seller owes the rest.
    items: BTreeSet<String>,
}

impl Account {
    /// What debits took before a list lowered the assessment: it must be given back, not set off.
    fn lowered(&self) -> i64 {
        self.items.values().map(|item| item.lowered).sum()
    }
}

/// An instalment.
#[derive(Clone, Debug)]
struct Owed {
    due: Date,
    assessed: i64,
    /// Paid before the list was made.
    paid_before: i64,
    /// By how much a list lowered the assessment after debits had gone out. Raising another item does not change it.
    lowered: i64,
}

/// A hold that a person made: on all of a Kassenzeichen or one instalment, for ever or until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hold {
    posten: Option<String>,
    until: Option<Date>,
}

/// A deferral: due days that were moved.
#[derive(Clone, Debug)]
struct Deferral {
    from: Date,
    until: Date,
    new_due: Date,
}

/// A notice that a debtor got.
#[derive(Clone, Debug)]
struct Notice {
    kassenzeichen: String,
    cents: i64,
    due: Date,
    sent: Date,
}

/// A transfer as its sender meant it, in cents.
#[derive(Clone, Debug, Default)]
pub struct Transfer {
    /// The day the bank booked it.
    pub day: Date,
    /// Its amount.
    pub cents: i64,
    /// The Kassenzeichen that it is for, with the amount for each. If they sum to less than the transfer, the rest is
    /// other money.
    pub parts: Vec<(String, i64)>,
    /// Whether a careful clerk could know. One that nobody could know is the residual risk that the releaser is shown.
    pub knowable: bool,
    /// For a transfer whose purpose is known in part: the Kassenzeichen that nobody could know.
    pub dark: Vec<String>,
    /// Whether it pays what a second debtor owes.
    pub by_buyer: bool,
}

/// A debit in a file that left the house.
#[derive(Clone, Debug)]
struct Debit {
    kassenzeichen: String,
    cents: i64,
    /// Whether it is from the second debtor's account.
    from_buyer: bool,
    /// The id of its message.
    message: String,
    end_to_end: String,
    /// The instalments that its text names.
    items: Vec<String>,
    /// Whether the bank rejected it or took it back: then it takes nothing.
    has_ended: bool,
    /// Whether a person has agreed, since it ended, that what it took may be debited again.
    is_agreed: bool,
}

/// The truth.
#[derive(Clone, Debug, Default)]
pub struct Oracle {
    accounts: BTreeMap<String, Account>,
    transfers: BTreeMap<String, Transfer>,
    /// Transfers that the bank took back: reference -> day.
    taken_back: BTreeMap<String, Date>,
    /// What people gave back because there was no room for it: (Kassenzeichen, whether the second debtor had paid it) -> cents.
    given_back: BTreeMap<(String, bool), i64>,
    /// References of bookings that were delivered to the program and imported.
    delivered: BTreeSet<String>,
    /// Every booking of the account: reference -> (day, signed cents).
    bookings: BTreeMap<String, (Date, i64)>,
    debits: Vec<Debit>,
    notices: Vec<Notice>,
    /// The deferrals that have not ended, by number.
    deferrals: BTreeMap<i64, Deferral>,
    /// The least number of days between a notice and its debit.
    notice_days: i64,
    /// The account's balance before its first booking.
    opening: i64,
    ids: BTreeSet<String>,
    /// What has left the house of a transfer, back to its sender: reference -> cents.
    gone_back: BTreeMap<String, i64>,
    /// Message -> text of its file: if a message is written twice, the bytes must be the same.
    files: BTreeMap<String, String>,
    /// Bookings that the bank reported intraday, before the statement that proves them.
    told_early: BTreeSet<String>,
    /// Sums of foreign direct debits, until a person says whose they were.
    strange: BTreeSet<String>,
    /// Which booking of the bank took back which transfer: booking -> reference of the transfer.
    undone: BTreeMap<String, String>,
    /// Partial amounts that the bank took back: reference -> day and cents.
    part_taken_back: BTreeMap<String, (Date, i64)>,
    /// Run -> references of the cases that its release acknowledged as holding too little.
    shown: BTreeMap<String, BTreeSet<String>>,
}

impl Oracle {
    /// An item is owed, or its assessment has changed.
    pub fn owes(&mut self, kassenzeichen: &str, posten: &str, due: Date, assessed: i64, paid_before: i64) {
        let debited = self.debited(kassenzeichen);
        let account = self.accounts.entry(kassenzeichen.to_owned()).or_default();
        let known = account.items.get(posten);
        let lowered = known.map_or(0, |known| (known.lowered + (known.assessed - assessed).min(debited)).max(0));
        account.items.insert(posten.to_owned(), Owed { due, assessed, paid_before, lowered });
    }

    /// The town's settings: days of notice, and the opening balance of its account.
    pub fn opens(&mut self, notice_days: i64, opening: i64) {
        (self.notice_days, self.opening) = (notice_days, opening);
    }

    /// A Kassenzeichen's mandate names this account. If it is a changed one, a second person has confirmed it.
    pub fn debits_from(&mut self, kassenzeichen: &str, iban: &str) {
        iban.clone_into(&mut self.accounts.entry(kassenzeichen.to_owned()).or_default().iban);
    }

    /// A person holds a Kassenzeichen, or one instalment of it.
    pub fn hold(&mut self, kassenzeichen: &str, posten: Option<&str>, until: Option<Date>) {
        let account = self.accounts.entry(kassenzeichen.to_owned()).or_default();
        account.holds.push(Hold { posten: posten.map(str::to_owned), until });
    }

    /// Two people lift the holds with this scope.
    pub fn lift(&mut self, kassenzeichen: &str, posten: Option<&str>) {
        let account = self.accounts.entry(kassenzeichen.to_owned()).or_default();
        account.holds.retain(|hold| hold.posten.as_deref() != posten);
    }

    /// What falls due between two days is deferred.
    pub fn defers(&mut self, number: i64, from: Date, until: Date, new_due: Date) {
        self.deferrals.insert(number, Deferral { from, until, new_due });
    }

    /// A deferral ends.
    pub fn ends_deferral(&mut self, number: i64) {
        self.deferrals.remove(&number);
    }

    /// A Kassenzeichen's mandate was revoked.
    pub fn revoke(&mut self, kassenzeichen: &str) {
        self.accounts.entry(kassenzeichen.to_owned()).or_default().revoked = true;
    }

    /// A later list says that a Kassenzeichen's mandate is valid.
    pub fn renews(&mut self, kassenzeichen: &str) {
        self.accounts.entry(kassenzeichen.to_owned()).or_default().revoked = false;
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
        self.undone.insert(by.to_owned(), reference.to_owned());
        self.taken_back.insert(reference.to_owned(), day);
    }

    /// The bank books an outgoing payment that has nothing to do with debts.
    pub fn spends(&mut self, reference: &str, day: Date, cents: i64) {
        self.bookings.insert(reference.to_owned(), (day, -cents));
    }

    /// The bank takes back a part of a transfer.
    pub fn takes_a_part_back(&mut self, reference: &str, by: &str, day: Date, cents: i64) {
        self.bookings.insert(by.to_owned(), (day, -cents));
        self.undone.insert(by.to_owned(), reference.to_owned());
        self.part_taken_back.insert(reference.to_owned(), (day, cents));
    }

    /// Some items of a Kassenzeichen are now owed by a second debtor, who is debited from this account.
    pub fn is_sold<'a>(&mut self, kassenzeichen: &str, iban: &str, items: impl IntoIterator<Item = &'a str>) {
        let items = items.into_iter().map(str::to_owned).collect();
        self.accounts.entry(kassenzeichen.to_owned()).or_default().buyer = Some(Buyer { iban: iban.to_owned(), items });
    }

    /// An item was settled elsewhere, as a later list shows by leaving it out.
    pub fn is_settled(&mut self, kassenzeichen: &str, posten: &str) {
        let account = self.accounts.entry(kassenzeichen.to_owned()).or_default();
        if let Some(item) = account.items.get_mut(posten) {
            account.settled += item.assessed - item.paid_before;
            item.paid_before = item.assessed;
        }
    }

    /// A booking is the bank's credit for somebody else's direct debits, in one sum.
    pub fn is_strange(&mut self, reference: &str) {
        self.strange.insert(reference.to_owned());
    }

    /// A person says whose such a sum was; returns whether the booking was one.
    pub fn is_explained(&mut self, reference: &str) -> bool {
        self.strange.remove(reference)
    }

    /// The bank reported these bookings intraday, and the report was imported.
    pub fn told_early<'a>(&mut self, references: impl IntoIterator<Item = &'a str>) {
        self.told_early.extend(references.into_iter().map(str::to_owned));
    }

    /// The bank rejects a debit, or takes it back: what it took is owed again.
    pub fn debit_ends(&mut self, end_to_end: &str) {
        self.debits.iter_mut().filter(|debit| debit.end_to_end == end_to_end).for_each(|debit| debit.has_ended = true);
    }

    /// A person agrees that what came back under a Kassenzeichen may be debited again.
    pub fn agrees(&mut self, kassenzeichen: &str) {
        let own = self.debits.iter_mut().filter(|debit| debit.kassenzeichen == kassenzeichen && debit.has_ended);
        own.for_each(|debit| debit.is_agreed = true);
    }

    /// A file of refunds leaves the house: what of it does not add up, or was there before.
    pub fn pays(&mut self, file: &file::TransferFile) -> Vec<String> {
        let sum: i64 = file.transfers.iter().map(|given| given.cents).sum();
        let mut broken = Vec::new();
        if (file.count, file.sum) != (file.transfers.len(), sum) {
            broken.push(format!("{}: {} transfers over {} are announced", file.message, file.count, file.sum));
        }
        for id in file.transfers.iter().map(|given| &given.end_to_end_id).chain([&file.message]) {
            if !self.ids.insert(id.clone()) {
                broken.push(format!("{id} was used before"));
            }
        }
        broken
    }

    /// A part of a transfer leaves the house, back to its sender; below zero if that was not carried out. Those without a
    /// reference are counted together.
    pub fn gives(&mut self, reference: &str, cents: i64) -> Vec<String> {
        let gone = self.gone_back.entry(reference.to_owned()).or_default();
        *gone += cents;
        let own = self.transfers.iter().filter(|(name, _)| *name == reference || alike(name) == reference);
        let came: i64 = own.map(|(_, transfer)| transfer.cents).sum();
        if *gone > came { vec![format!("{reference}: {gone} went back of {came}")] } else { Vec::new() }
    }

    /// A statement with these bookings was imported.
    pub fn delivered<'a>(&mut self, references: impl IntoIterator<Item = &'a str>) {
        self.delivered.extend(references.into_iter().map(str::to_owned));
    }

    /// A clerk gives back what found no room of a transfer; there may be room later, but the money is gone.
    pub fn gives_back(&mut self, reference: &str, kassenzeichen: &str, cents: i64) {
        let by_buyer = self.transfers.get(reference).is_some_and(|transfer| transfer.by_buyer);
        *self.given_back.entry((kassenzeichen.to_owned(), by_buyer)).or_default() += cents;
    }

    /// What was given back to whoever had paid under a Kassenzeichen.
    fn given_back_of(&self, kassenzeichen: &str) -> i64 {
        [false, true].into_iter().map(|buyer| self.given_back_to(kassenzeichen, buyer)).sum()
    }

    /// What was given back to one of two debtors.
    fn given_back_to(&self, kassenzeichen: &str, buyer: bool) -> i64 {
        self.given_back.get(&(kassenzeichen.to_owned(), buyer)).copied().unwrap_or(0)
    }

    /// Whether anything was ever paid or debited under a Kassenzeichen.
    pub fn has_moved(&self, kassenzeichen: &str) -> bool {
        let mut parts = self.transfers.values().flat_map(|transfer| &transfer.parts);
        parts.any(|(own, _)| own == kassenzeichen)
            || self.debits.iter().any(|debit| debit.kassenzeichen == kassenzeichen)
    }

    /// Whether everything that the bank has booked was imported.
    pub fn has_all(&self) -> bool {
        self.bookings.keys().all(|reference| self.delivered.contains(reference))
    }

    /// How a transfer was meant.
    pub fn meant(&self, reference: &str) -> Option<&Transfer> {
        self.transfers.get(reference)
    }

    /// The transfer that a booking of the bank took back, in whole or in part.
    pub fn took_back(&self, by: &str) -> Option<&str> {
        self.undone.get(by).map(String::as_str)
    }

    /// Whether the bank has taken a transfer back.
    pub fn is_taken_back(&self, reference: &str) -> bool {
        self.taken_back.contains_key(reference)
    }
}
