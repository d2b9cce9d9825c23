//! What the bank delivers and the staff import: statements, and the result of each import.
//!
//! Invariant: a correct file is refused only if it has bookings of days in the future; the oracle is told what was
//! imported, and only that.

use std::path::PathBuf;

use anyhow::Result;
use oracle::nameless;

use super::{Game, open};
use crate::bank::{Booking, Delivery};
use crate::staff;
use crate::town::chance;

impl Game {
    pub(super) async fn morning(&mut self) -> Result<()> {
        let all = std::mem::take(&mut self.bank.mailbox);
        self.take_in(all).await?;
        self.matching().await
    }

    pub(super) async fn import(&mut self) -> Result<()> {
        let taken = self.bank.take(&mut self.random);
        self.take_in(taken).await
    }

    pub(super) async fn take_in(&mut self, taken: Vec<Delivery>) -> Result<()> {
        let paths: Vec<PathBuf> =
            taken.iter().map(|delivery| self.write(&delivery.name, &delivery.content)).collect::<Result<_>>()?;
        let names: Vec<&str> = taken.iter().map(|delivery| delivery.name.as_str()).collect();
        if taken.is_empty() {
            return self.idle();
        }
        self.tell(format!("import {names:?}"));
        self.suffer(&["import"], &paths)?;
        let refused = if chance(&mut self.random, self.swarm.at_once) {
            let other = open(&self.config, &self.engine, self.kasse.today).await?;
            let (one, _) = tokio::join!(staff::import(&self.kasse, &paths), staff::import(&other, &paths));
            one?
        } else {
            let paths = &paths;
            self.survive(|kasse| async move { staff::import(&kasse, paths).await }).await??
        };
        for (delivery, path) in taken.into_iter().zip(paths) {
            let refused = refused.iter().find(|(name, _)| name.ends_with(&delivery.name)).cloned();
            // what comes from the future waits in the mailbox: nobody imports it with what was imported before
            if refused.is_none() || delivery.is_wrong {
                self.taken.push(path);
            }
            self.is_taken_in(delivery, refused);
        }
        Ok(())
    }

    /// Checks the result of importing a file: a correct one may be refused only for days in the future.
    fn is_taken_in(&mut self, delivery: Delivery, refused: Option<(String, String)>) {
        let is_ahead = delivery.closes > self.kasse.today;
        let is_closed = refused.is_some() && !self.may_write;
        let told: Vec<String> = delivery.bookings.iter().map(|place| self.key_at(*place)).collect();
        let told = told.iter().map(String::as_str);
        match refused {
            Some((_, why)) if delivery.is_wrong => self.tell(format!("{} was refused: {why}", delivery.name)),
            // restored books may not know the payment file yet
            Some((_, why)) if is_ahead || is_closed || delivery.is_answer => {
                self.tell(format!("{} comes too early: {why}", delivery.name));
                self.bank.mailbox.push(delivery);
            }
            Some(refused) => self.played.broken.push(format!("a good statement was refused: {refused:?}")),
            None if is_ahead => {
                let (name, today) = (&delivery.name, self.kasse.today);
                self.played.broken.push(format!("{name} tells of {} and was imported on {today}", delivery.closes));
            }
            None if delivery.is_early => self.oracle.told_early(told),
            None => self.oracle.delivered(told),
        }
    }

    /// The oracle's name of a booking.
    pub(super) fn key_at(&self, place: usize) -> String {
        let Some(booking) = self.bank.bookings.get(place) else { return String::new() };
        let same = |other: &&Booking| (other.day, other.cents, &other.reference) == (booking.day, booking.cents, &None);
        match &booking.reference {
            Some(reference) => reference.clone(),
            None => {
                nameless(booking.day, booking.cents, self.bank.bookings.iter().take(place).filter(same).count() + 1)
            }
        }
    }
}
