//! The bank: it books, closes days, and delivers statements in every way that banks do.
//!
//! Invariant: only the delivery can be wrong: which statements come, when, how often, in which format, and how they are
//! cut. A statement whose balances do not fit its bookings is followed by the correct one.

use jiff::civil::Date;
use oracle::file::Transaction;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};

use crate::statement::{Page, Statement};
use crate::swarm::Swarm;
use crate::town::chance;

/// The kind of a credit, as the bank's codes tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A single transfer.
    #[default]
    Transfer,
    /// A batch of this many transfers without details.
    Batch(usize),
    /// A credit for direct debits, the treasury's or somebody else's: as one sum, or a single one with its end-to-end id.
    Collected(Option<String>),
    /// A single direct debit of another creditor, with the mandate that it used.
    Debited(String),
    /// One of the treasury's direct debits that comes back: its end-to-end id and original amount, where the bank gives them,
    /// and the reason.
    CameBack { end_to_end: Option<String>, original: Option<i64>, reason: &'static str },
    /// A refund of the treasury, or several in one sum, with its end-to-end id where the bank gives one.
    Gave(Option<String>),
    /// A refund that comes back, with its end-to-end id.
    RefundBack(String),
}

/// A booking on the town's account.
#[derive(Clone, Debug)]
pub(crate) struct Booking {
    /// The bank's reference, if it gives one.
    pub(crate) reference: Option<String>,
    pub(crate) day: Date,
    /// Negative for an outgoing booking.
    pub(crate) cents: i64,
    pub(crate) name: String,
    pub(crate) iban: String,
    pub(crate) text: String,
    /// Whether it takes back a credit.
    pub(crate) reversal: bool,
    /// Which kind of credit it is.
    pub(crate) sort: Sort,
}

/// A file that the bank delivers.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) name: String,
    pub(crate) content: String,
    /// The indices of the bookings in it.
    pub(crate) bookings: Vec<usize>,
    /// Whether its balances do not fit its bookings; then it may be refused.
    pub(crate) is_wrong: bool,
    /// The number of its download. Files of one download come together, because a statement of half a day implies that
    /// the day is over.
    pub(crate) download: usize,
    /// The day that it closes.
    pub(crate) closes: Date,
    /// Whether it is an intraday report, which proves nothing.
    pub(crate) is_early: bool,
    /// Whether it answers a payment file: then it is no statement.
    pub(crate) is_answer: bool,
}

/// The flaw of a wrong statement.
#[derive(Clone, Copy, Debug)]
enum Flaw {
    /// Its closing balance is wrong.
    Balance,
    /// A booking is missing.
    Missing,
}

/// A range of bookings up to the end of a day.
#[derive(Clone, Debug)]
struct Stretch {
    bookings: std::ops::Range<usize>,
    closes: Date,
}

/// A payment file at the bank: what the bank will credit, and when.
#[derive(Clone, Debug)]
pub(crate) struct Collection {
    pub(crate) message: String,
    pub(crate) due: Date,
    pub(crate) cents: i64,
    pub(crate) debits: Vec<Transaction>,
}

/// The account, and the mailbox for deliveries.
#[derive(Debug)]
pub(crate) struct Bank {
    pub(crate) opening: i64,
    pub(crate) bookings: Vec<Booking>,
    /// Payment files that the bank will carry out.
    collections: Vec<Collection>,
    /// For each closed day, the index after its last booking.
    closed: Vec<(Date, usize)>,
    /// Closed days that were not delivered yet because they are late or lost.
    late: Vec<Stretch>,
    pub(crate) mailbox: Vec<Delivery>,
    files: usize,
    downloads: usize,
}

impl Bank {
    pub(crate) fn new(random: &mut StdRng) -> Bank {
        let opening = random.random_range(10_000..9_000_000);
        Bank {
            opening,
            bookings: Vec::new(),
            collections: Vec::new(),
            closed: Vec::new(),
            late: Vec::new(),
            mailbox: Vec::new(),
            files: 0,
            downloads: 0,
        }
    }

    /// Books, and returns the index of the booking.
    pub(crate) fn book(&mut self, booking: Booking) -> usize {
        self.bookings.push(booking);
        self.bookings.len() - 1
    }

    /// Accepts a payment file for execution.
    pub(crate) fn accept(&mut self, collection: Collection) {
        self.collections.push(collection);
    }

    /// The payment files whose sums the bank credits on a day.
    pub(crate) fn collected(&mut self, day: Date) -> Vec<Collection> {
        let (now, later) = self.collections.drain(..).partition(|collection| collection.due <= day);
        self.collections = later;
        now
    }

    /// Closes a day and puts what the bank delivers that day into the mailbox.
    pub(crate) fn close(&mut self, random: &mut StdRng, swarm: &Swarm, day: Date) {
        let from = self.closed.last().map_or(0, |(_, end)| *end);
        let today = Stretch { bookings: from..self.bookings.len(), closes: day };
        self.closed.push((day, today.bookings.end));
        if today.bookings.is_empty() && chance(random, swarm.silent) {
            // there is no statement for a day without bookings
        } else if self.all_named(&today.bookings) && chance(random, swarm.wrong) {
            self.downloads += 1;
            let file = if random.random_bool(0.5) { Flaw::Balance } else { Flaw::Missing };
            self.put(random, swarm, today.bookings.clone(), day, Some(file));
            self.late.push(today);
        } else if chance(random, swarm.late) {
            self.late.push(today);
        } else {
            self.hand_out(random, swarm, &today);
        }
        // late statements come, alone or for several days at once
        if !self.late.is_empty() && chance(random, 40) {
            let found = self.late.remove(random.random_range(0..self.late.len()));
            self.hand_out(random, swarm, &found);
        }
        if chance(random, swarm.again) {
            self.overlap(random, swarm);
        }
    }

    /// Whether there are bookings and the bank gives each a reference. Without references and without balances only the
    /// text tells bookings apart, and texts differ between formats.
    fn all_named(&self, range: &std::ops::Range<usize>) -> bool {
        let told = self.bookings.get(range.clone()).unwrap_or_default();
        !told.is_empty() && told.iter().all(|booking| booking.reference.is_some())
    }

    /// An overlapping download: from any booking to the end of any later day.
    fn overlap(&mut self, random: &mut StdRng, swarm: &Swarm) {
        let Some((closes, end)) = self.closed.choose(random).copied() else { return };
        let bookings = random.random_range(0..=end)..end;
        self.hand_out(random, swarm, &Stretch { bookings, closes });
    }

    /// The number of the next download.
    pub(crate) fn next_download(&mut self) -> usize {
        self.downloads += 1;
        self.downloads
    }

    /// Delivers everything that is missing.
    pub(crate) fn hand_out_rest(&mut self, random: &mut StdRng, swarm: &Swarm) {
        for stretch in std::mem::take(&mut self.late) {
            self.hand_out(random, swarm, &stretch);
        }
    }

    /// A download: one file or two, once or twice.
    fn hand_out(&mut self, random: &mut StdRng, swarm: &Swarm, stretch: &Stretch) {
        let Stretch { bookings, closes } = stretch.clone();
        self.downloads += 1;
        if bookings.len() > 1 && swarm.pages > 0 && chance(random, swarm.pages) {
            self.put_pages(random, bookings.clone(), closes);
        } else if bookings.len() > 1 && chance(random, swarm.cut) {
            let at = random.random_range(bookings.start + 1..bookings.end);
            let until = self.bookings.get(at - 1).map_or(closes, |booking| booking.day);
            self.put(random, swarm, bookings.start..at, until, None);
            self.put(random, swarm, at..bookings.end, closes, None);
        } else {
            self.put(random, swarm, bookings.clone(), closes, None);
        }
        if chance(random, swarm.twice) {
            self.put(random, swarm, bookings, closes, None);
        }
    }

    fn put(
        &mut self,
        random: &mut StdRng,
        swarm: &Swarm,
        range: std::ops::Range<usize>,
        closes: Date,
        flaw: Option<Flaw>,
    ) {
        let mut places: Vec<usize> = range.clone().collect();
        let mut told: Vec<Booking> = self.bookings.get(range.clone()).map(<[Booking]>::to_vec).unwrap_or_default();
        let mut moved: i64 = told.iter().map(|booking| booking.cents).sum();
        let before: i64 = self.bookings.iter().take(range.start).map(|booking| booking.cents).sum();
        self.files += 1;
        // a file without bookings only says that its day was quiet
        let opens = told.first().map_or(closes, |booking| booking.day);
        match flaw {
            Some(Flaw::Balance) => moved += random.random_range(1..50_000),
            Some(Flaw::Missing) if !told.is_empty() => {
                let place = random.random_range(0..told.len());
                told.remove(place);
                places.remove(place);
            }
            _ => {}
        }
        let opening = self.opening + before;
        let (number, closing, page) = (self.files, opening + moved, Page::Whole);
        let statement = Statement { number, opens, closes, opening, closing, page, bookings: &told };
        let (ending, content) = statement.render(random, swarm);
        let name = format!("auszug-{:03}.{ending}", self.files);
        let is_wrong = flaw.is_some();
        let download = self.downloads;
        self.mailbox.push(Delivery {
            name,
            content,
            bookings: places,
            is_wrong,
            download,
            closes,
            is_early: false,
            is_answer: false,
        });
    }

    /// Reports what was booked so far today, before the day is over (camt.052).
    pub(crate) fn tell_early(&mut self, day: Date) {
        let from = self.closed.last().map_or(0, |(_, end)| *end);
        let places: Vec<usize> = (from..self.bookings.len()).collect();
        let told = self.bookings.get(from..).unwrap_or_default();
        if told.is_empty() {
            return;
        }
        self.files += 1;
        self.downloads += 1;
        let opening = self.opening + self.bookings.iter().take(from).map(|booking| booking.cents).sum::<i64>();
        let moved: i64 = told.iter().map(|booking| booking.cents).sum();
        let page = Page::Whole;
        let closing = opening + moved;
        let report = Statement { number: self.files, opens: day, closes: day, opening, closing, page, bookings: told };
        let content = report.intraday();
        let (name, download) = (format!("umsaetze-{:03}.xml", self.files), self.downloads);
        let (bookings, is_wrong, is_early, is_answer) = (places, false, true, false);
        self.mailbox.push(Delivery { name, content, bookings, is_wrong, download, closes: day, is_early, is_answer });
    }

    /// One statement on two pages, one file each.
    fn put_pages(&mut self, random: &mut StdRng, range: std::ops::Range<usize>, closes: Date) {
        let at = random.random_range(range.start + 1..range.end);
        self.files += 1;
        let number = self.files;
        let mut between = None;
        for (page, range) in [(Page::First, range.start..at), (Page::Last, at..range.end)] {
            let told = self.bookings.get(range.clone()).map(<[Booking]>::to_vec).unwrap_or_default();
            let opening = self.opening + self.bookings.iter().take(range.start).map(|b| b.cents).sum::<i64>();
            let closing = opening + told.iter().map(|booking| booking.cents).sum::<i64>();
            // the balance between two pages has the same day on both
            let opens = between.or(told.first().map(|booking| booking.day)).unwrap_or(closes);
            let until = told.last().filter(|_| page == Page::First).map_or(closes, |booking| booking.day);
            between = Some(until);
            let statement = Statement { number, opens, closes: until, opening, closing, page, bookings: &told };
            let name = format!("auszug-{number:03}-{}.xml", if page == Page::First { 1 } else { 2 });
            let (content, download) = (statement.paged(random), self.downloads);
            let bookings = range.collect();
            self.mailbox.push(Delivery {
                name,
                content,
                bookings,
                is_wrong: false,
                download,
                closes,
                is_early: false,
                is_answer: false,
            });
        }
    }

    /// Takes some downloads from the mailbox, in any order.
    pub(crate) fn take(&mut self, random: &mut StdRng) -> Vec<Delivery> {
        let most = self.downloads + 1;
        let wanted: Vec<bool> = (0..=most).map(|_| random.random_bool(0.6)).collect();
        let is_wanted = |delivery: &Delivery| wanted.get(delivery.download).copied().unwrap_or(true);
        let (mut taken, rest): (Vec<Delivery>, Vec<Delivery>) = self.mailbox.drain(..).partition(is_wanted);
        self.mailbox = rest;
        taken.shuffle(random);
        taken
    }
}
