//! Rare events: payments for several, intraday reports, lists that rename or leave out items, transfers that are taken
//! back in part.
//!
//! Invariant: what a list says becomes true of the town when the program has accepted the list.

use anyhow::Result;
use jiff::ToSpan as _;
use oracle::Transfer;
use rand::RngExt as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};

use super::Game;
use crate::bank::{Booking, Sort};
use crate::citizens;
use crate::staff;
use crate::town::{Citizen, SPELLINGS, Town, chance};

impl Game {
    /// A wild payment, for which the bank always gives a reference.
    pub(super) fn somebody_pays_wildly(&mut self, number: usize) {
        let Some(order) = citizens::wild::order(&mut self.random, &self.town, self.day, number) else { return };
        let same = |booking: &Booking| (booking.day, booking.cents) == (self.day, order.booking.cents);
        if self.bank.bookings.iter().any(|booking| booking.reference.is_none() && same(booking)) {
            return;
        }
        if order.booking.sort == Sort::Collected(None) {
            order.booking.reference.iter().for_each(|reference| self.oracle.is_strange(reference));
        }
        self.book(order.booking, order.truth);
    }

    /// Somebody pays early in the day, and the bank reports it at once.
    pub(super) fn bank_tells_early(&mut self) {
        if !self.is_wild || !chance(&mut self.random, self.swarm.early) {
            return;
        }
        for _ in 0..self.random.random_range(1..=3) {
            self.somebody_pays();
        }
        self.bank.tell_early(self.day);
    }

    /// A full list in which every instalment has another name than before.
    pub(super) async fn rename(&mut self) -> Result<()> {
        let spelling = self.random.random_range(0..SPELLINGS);
        let mut renamed = self.town.citizens.clone();
        renamed.iter_mut().for_each(|citizen| citizen.spelling = spelling);
        self.tell(format!("a list spells the instalments in way {spelling}"));
        if self.list_is_taken(&Town::items(&renamed)).await? {
            self.town.citizens = renamed;
        }
        Ok(())
    }

    /// A full list without some items that were settled elsewhere and for which nothing was paid here.
    pub(super) async fn leave_out(&mut self) -> Result<()> {
        let settles = |citizen: &&Citizen| {
            citizen.items.len() > 1 && citizen.buyer.is_none() && !self.oracle.has_moved(&citizen.kassenzeichen)
        };
        let mut of: Vec<String> =
            self.town.citizens.iter().filter(settles).map(|citizen| citizen.kassenzeichen.clone()).collect();
        of.shuffle(&mut self.random);
        of.truncate(self.random.random_range(1..=3));
        // in a small town the list would count as a list of something else
        if of.is_empty() || of.len() * 4 > self.town.citizens.len() {
            return self.idle();
        }
        let mut left = self.town.citizens.clone();
        let mut settled = Vec::new();
        for citizen in left.iter_mut().filter(|citizen| of.contains(&citizen.kassenzeichen)) {
            let gone = citizen.items.remove(0);
            settled.push((citizen.kassenzeichen.clone(), gone.posten));
        }
        self.tell(format!("a list leaves out {settled:?}, which were settled elsewhere"));
        if self.list_is_taken(&Town::items(&left)).await? {
            settled.iter().for_each(|(own, posten)| self.oracle.is_settled(own, posten));
            self.town.citizens = left;
        }
        Ok(())
    }

    /// Nobody can know what a system will have posted tomorrow, so this must be refused.
    pub(super) async fn as_of_tomorrow(&mut self) -> Result<()> {
        let day = self.kasse.today.checked_add(self.random.random_range(1..9).days())?;
        self.tell(format!("a list is said to be as of {day}"));
        self.lists += 1;
        let list = Town::items(&self.town.citizens);
        let path = [self.write(&format!("liste-{}.csv", self.lists), &list)?];
        let done = staff::import_as_of(&self.kasse, &path, Some(day)).await;
        if done.is_ok_and(|refused| refused.is_empty()) {
            self.played.broken.push(format!("a list as of {day} was imported on {}", self.kasse.today));
        }
        Ok(())
    }

    /// Half of a transfer that names its Kassenzeichen is taken back.
    pub(super) fn bank_takes_a_part_back(&mut self) -> Result<()> {
        let is_plain = |(reference, place): &&(String, usize)| {
            let one = self
                .oracle
                .meant(reference)
                .is_some_and(|Transfer { parts, dark, .. }| parts.len() == 1 && dark.is_empty());
            let booking = self.bank.bookings.get(*place);
            one && booking.is_some_and(|booking| {
                booking.reference.is_some() && booking.sort == Sort::Transfer && booking.cents > 1
            })
        };
        let standing: Vec<(String, usize)> = self.standing.iter().filter(is_plain).cloned().collect();
        let Some((reference, place)) = standing.choose(&mut self.random).cloned() else { return self.idle() };
        let Some(booking) = self.bank.bookings.get(place).cloned() else { return self.idle() };
        self.standing.retain(|(own, _)| *own != reference);
        let (by, cents) = (format!("T{:05}", self.bank.bookings.len() + 1), booking.cents / 2);
        self.tell(format!("the bank takes {cents} of {reference} back by {by}"));
        let text = format!("TEILRUECKRUF {}", booking.text);
        let back =
            Booking { reference: Some(by.clone()), day: self.day, cents: -cents, text, reversal: true, ..booking };
        self.bank.book(back);
        self.oracle.takes_a_part_back(&reference, &by, self.day, cents);
        Ok(())
    }
}
