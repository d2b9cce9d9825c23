//! Office work: reminders, confirmed balances, closed days; and the fate of payment files.
//!
//! Invariant: a correct confirmation is what the bank would tell; a wrong one must be refused.

use anyhow::Result;
use jiff::civil::Date;
use kasse::{Confirm, VoidGround, VoidSaid};
use oracle::days;
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use sepa::Cents;

use super::Game;
use crate::acts::Act;
use crate::bank::Collection;
use crate::staff;
use crate::town::{ACCOUNT, chance};
use crate::view::{list, money};

/// What the bank does with a payment file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It credits the sum on the due day.
    CarriedOut,
    /// It refuses the file and says so.
    Refused,
    /// It never received the file.
    Lost,
}

impl Game {
    pub(super) async fn remind(&mut self) -> Result<()> {
        let (folder, again, day) = (self.folder.join("out"), chance(&mut self.random, 50), self.kasse.today);
        self.tell(format!("remind on {day}"));
        let folder = &folder;
        let done = self.survive(|kasse| async move { kasse::remind(&kasse, folder, "anna", again).await }).await??;
        for file in list(&done.told, "files").iter().filter_map(serde_json::Value::as_str) {
            if file.ends_with(".csv") {
                let broken = self.oracle.reminded(&std::fs::read_to_string(file)?, day);
                self.played.broken.extend(broken);
                return Ok(());
            }
        }
        self.idle()
    }

    /// Confirms the first balance, or that nothing moved until yesterday.
    pub(super) async fn confirm(&mut self, act: Act) -> Result<()> {
        // nobody can know days in the future, whatever the business date says
        let yesterday = days::bank_day_before(self.kasse.today.min(self.day));
        let (what, day, balance) = match act {
            Act::ConfirmOpening => (Confirm::Opening, crate::town::FIRST_DAY, self.bank.opening),
            _ => {
                let (balance, all_told) = self.oracle.balance(yesterday);
                if !all_told {
                    return self.idle();
                }
                (Confirm::Quiet, yesterday, balance)
            }
        };
        let is_wrong = chance(&mut self.random, 15);
        let said = Cents::new(if is_wrong { balance + 1 } else { balance });
        self.tell(format!("{what:?} of {day} is confirmed with {said}"));
        let done =
            self.survive(|kasse| async move { kasse::confirm(&kasse, ACCOUNT, what, day, said, "dora").await }).await?;
        if is_wrong && done.is_ok() {
            self.played.broken.push(format!("the balance {said} of {day} was confirmed, it is {balance} cents"));
        }
        Ok(done?)
    }

    pub(super) async fn close_day(&mut self) -> Result<()> {
        let mut day = days::bank_day_before(self.kasse.today);
        for _ in 0..self.random.random_range(0..4) {
            day = days::bank_day_before(day);
        }
        self.tell(format!("close {day}"));
        for row in kasse::close_day(&self.kasse, day, "anna", "bernd").await? {
            let figure = |name: &str| money(&row, name);
            let figures = [figure("opening")?, figure("in")?, figure("out")?, figure("closing")?];
            let broken = self.oracle.closed(day, figures);
            self.played.broken.extend(broken);
        }
        Ok(())
    }

    /// A payment file is in the folder for the first time.
    pub(super) fn hand_over(&mut self, content: &str) {
        let Some(file) = oracle::file::read(content) else { return };
        let Ok(due) = file.due.parse::<Date>() else { return };
        let fate = match chance(&mut self.random, self.swarm.undone) {
            false => Fate::CarriedOut,
            true if self.random.random_bool(0.5) => Fate::Refused,
            true => Fate::Lost,
        };
        self.tell(format!("{} of {} cents for {due} is {fate:?}", file.message, file.sum));
        if fate == Fate::CarriedOut {
            let (message, cents, debits) = (file.message.clone(), file.sum, file.transactions);
            self.bank.accept(Collection { message, due, cents, debits });
        }
        self.fates.insert(file.message, fate);
    }

    /// The staff record that the bank took a file under an order number, or so they believe.
    pub(super) async fn say_sent(&mut self) -> Result<()> {
        let runs = staff::runs(&self.kasse, &["exported"]).await?;
        let Some((run, _)) = runs.choose(&mut self.random).cloned() else { return self.idle() };
        self.tell(format!("{run} was sent"));
        let run = &run;
        self.survive(|kasse| async move { kasse::sent(&kasse, run, "A-4711", "anna").await }).await??;
        Ok(())
    }

    /// Payment files whose fate is known: run, message, fate.
    async fn handed_over(&self) -> Result<Vec<(String, String, Fate)>> {
        let runs = staff::runs(&self.kasse, &["exported", "sent"]).await?;
        let of = |run: &str| self.fates.iter().find(|(message, _)| message.ends_with(&format!("-{run}")));
        let known = runs.iter().filter_map(|(run, _)| {
            let (message, fate) = of(run)?;
            Some((run.clone(), message.clone(), *fate))
        });
        Ok(known.collect())
    }

    /// Two people say that a file was never carried out, usually of one for which that is true.
    pub(super) async fn void(&mut self) -> Result<()> {
        let known = self.handed_over().await?;
        let undone: Vec<_> = known.iter().filter(|(_, _, fate)| *fate != Fate::CarriedOut).cloned().collect();
        let of = if undone.is_empty() || chance(&mut self.random, 20) { known } else { undone };
        let Some((run, message, fate)) = of.choose(&mut self.random).cloned() else { return self.idle() };
        self.void_run(&run, &message, fate).await
    }

    /// Every file that was never carried out is declared void, as far as statements allow it: its debits are owed
    /// again.
    pub(super) async fn void_all(&mut self) -> Result<()> {
        for (run, message, fate) in self.handed_over().await? {
            if fate == Fate::CarriedOut {
                continue;
            }
            if let Err(why) = self.void_run(&run, &message, fate).await {
                self.tell(format!("{why:#}"));
            }
        }
        Ok(())
    }

    /// If the file was carried out, the statements must contradict.
    async fn void_run(&mut self, run: &str, message: &str, fate: Fate) -> Result<()> {
        let ground = if fate == Fate::Refused { VoidGround::Refused } else { VoidGround::Statements };
        let said = VoidSaid { who: "anna".to_owned(), with: "bernd".to_owned(), reason: "AC01".to_owned(), ground };
        self.tell(format!("{run} is void, by {ground:?}, it is {fate:?}"));
        let said = &said;
        let done = self.survive(|kasse| async move { kasse::void(&kasse, run, said).await }).await?;
        let standing = staff::runs(&self.kasse, &["exported", "sent", "settled"]).await?;
        if standing.iter().all(|(name, _)| *name != run) {
            self.oracle.voided(message);
            let [done, ..] = self.played.acts.entry(format!("{fate:?}, void")).or_default();
            *done += 1;
            if fate == Fate::CarriedOut {
                self.played.broken.push(format!("{run} was said to be void although the bank carries it out"));
            }
        }
        Ok(done?)
    }
}
