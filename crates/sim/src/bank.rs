//! The bank: it books, closes days, and hands out statements in every way that banks do.
//!
//! Invariant: the balances are always right; what is wrong is only which statements are handed out, when, how often,
//! in which format and how they are cut.

use jiff::civil::Date;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};

use crate::statement::Statement;
use crate::swarm::Swarm;
use crate::town::chance;

/// A booking of the town's account.
#[derive(Clone, Debug)]
pub(crate) struct Booking {
    /// The bank's reference; none where the bank gives none.
    pub(crate) reference: Option<String>,
    pub(crate) day: Date,
    /// Negative where the town is debited.
    pub(crate) cents: i64,
    pub(crate) name: String,
    pub(crate) iban: String,
    pub(crate) text: String,
    /// Whether it takes a credit back.
    pub(crate) reversal: bool,
}

/// A file that the bank hands out.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) name: String,
    pub(crate) content: String,
    /// Which bookings it tells: a range of the account's.
    pub(crate) bookings: std::ops::Range<usize>,
    /// Files of one download come together: half a day's statement says that the day is over.
    pub(crate) download: usize,
}

/// A stretch of bookings up to the end of a day.
#[derive(Clone, Debug)]
struct Stretch {
    bookings: std::ops::Range<usize>,
    closes: Date,
}

/// The account, and what lies in the mailbox.
#[derive(Debug)]
pub(crate) struct Bank {
    opening: i64,
    pub(crate) bookings: Vec<Booking>,
    /// Where each day ends among the bookings, in order.
    closed: Vec<(Date, usize)>,
    /// What was not handed out yet: closed days that are late or lost.
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
            closed: Vec::new(),
            late: Vec::new(),
            mailbox: Vec::new(),
            files: 0,
            downloads: 0,
        }
    }

    /// Books and says where it stands.
    pub(crate) fn book(&mut self, booking: Booking) -> usize {
        self.bookings.push(booking);
        self.bookings.len() - 1
    }

    /// Closes a day and puts into the mailbox what the bank hands out that day.
    pub(crate) fn close(&mut self, random: &mut StdRng, swarm: &Swarm, day: Date) {
        let from = self.closed.last().map_or(0, |(_, end)| *end);
        let today = Stretch { bookings: from..self.bookings.len(), closes: day };
        self.closed.push((day, today.bookings.end));
        if chance(random, swarm.late) {
            self.late.push(today);
        } else {
            self.hand_out(random, swarm, &today);
        }
        // what was late comes, alone or over several days at once
        if !self.late.is_empty() && chance(random, 40) {
            let found = self.late.remove(random.random_range(0..self.late.len()));
            self.hand_out(random, swarm, &found);
        }
        if chance(random, swarm.again) {
            self.overlap(random, swarm);
        }
    }

    /// An overlapping download: from any booking to the end of any later day.
    fn overlap(&mut self, random: &mut StdRng, swarm: &Swarm) {
        let Some((closes, end)) = self.closed.choose(random).copied() else { return };
        let bookings = random.random_range(0..=end)..end;
        self.hand_out(random, swarm, &Stretch { bookings, closes });
    }

    /// What is missing is handed out after all.
    pub(crate) fn hand_out_rest(&mut self, random: &mut StdRng, swarm: &Swarm) {
        for stretch in std::mem::take(&mut self.late) {
            self.hand_out(random, swarm, &stretch);
        }
    }

    /// A download: one file or two, once or twice.
    fn hand_out(&mut self, random: &mut StdRng, swarm: &Swarm, stretch: &Stretch) {
        let Stretch { bookings, closes } = stretch.clone();
        self.downloads += 1;
        if bookings.len() > 1 && chance(random, swarm.cut) {
            let at = random.random_range(bookings.start + 1..bookings.end);
            let until = self.bookings.get(at - 1).map_or(closes, |booking| booking.day);
            self.put(random, swarm, bookings.start..at, until);
            self.put(random, swarm, at..bookings.end, closes);
        } else {
            self.put(random, swarm, bookings.clone(), closes);
        }
        if chance(random, swarm.twice) {
            self.put(random, swarm, bookings, closes);
        }
    }

    fn put(&mut self, random: &mut StdRng, swarm: &Swarm, range: std::ops::Range<usize>, closes: Date) {
        let Some(told) = self.bookings.get(range.clone()) else { return };
        let before: i64 = self.bookings.iter().take(range.start).map(|booking| booking.cents).sum();
        self.files += 1;
        // a file of no bookings says only that its day was quiet
        let opens = told.first().map_or(closes, |booking| booking.day);
        let statement = Statement { number: self.files, opens, closes, opening: self.opening + before, bookings: told };
        let (ending, content) = statement.render(random, swarm);
        let name = format!("auszug-{:03}.{ending}", self.files);
        self.mailbox.push(Delivery { name, content, bookings: range, download: self.downloads });
    }

    /// Some of the mailbox, download by download, in any order.
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
