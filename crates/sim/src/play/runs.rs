//! The steps of a run: plan, announce, release, export, cancel, in any order or in the proper one.
//!
//! Invariant: every payment file in the folder has left the house; only the books tell whether a step was refused.

use anyhow::{Context as _, Result};
use jiff::ToSpan as _;
use jiff::civil::Date;
use oracle::days;
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;

use super::{Game, open};
use crate::acts::Act;
use crate::faults::Mortal;
use crate::staff;
use crate::town::chance;

impl Game {
    pub(super) async fn plan(&mut self) -> Result<()> {
        // now and then too early for the notices, now and then later than necessary
        let days = self.town.notice_days + self.random.random_range(-1..6);
        let due = days::bank_day_after(self.kasse.today.checked_add(days.max(0).days())?);
        let limit = if chance(&mut self.random, 20) { Some(self.random.random_range(1..5)) } else { None };
        self.tell(format!("plan for {due}"));
        if chance(&mut self.random, self.swarm.at_once) {
            let other = open(&self.config, &self.engine, self.kasse.today).await?;
            let (one, two) = tokio::join!(staff::plan(&self.kasse, due, limit), staff::plan(&other, due, limit));
            one?;
            two?;
            return Ok(());
        }
        match self.survive(|kasse| async move { staff::plan(&kasse, due, limit).await }).await?? {
            Some(_) => Ok(()),
            None => self.idle(),
        }
    }

    /// Imports, matches, then does the next step of each run, and plans one if there is none.
    pub(super) async fn diligent(&mut self) -> Result<()> {
        self.morning().await?;
        let runs = staff::runs(&self.kasse, &["planned", "released"]).await?;
        if runs.is_empty() {
            return self.plan().await;
        }
        for (run, due) in runs {
            if due <= self.kasse.today {
                kasse::cancel(&self.kasse, &run, "anna").await?;
                continue;
            }
            let told = self.notify(&run, false).await;
            if let Err(why) = self.release(&run).await {
                // too late for the notices or for the bank: another day must be planned
                if told.is_err() && self.random.random_bool(0.7) {
                    kasse::cancel(&self.kasse, &run, "anna").await?;
                }
                return Err(why);
            }
            if self.random.random_bool(0.7) {
                self.export(&run).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn run(&mut self, act: Act) -> Result<()> {
        let states: &[&str] = match act {
            Act::Export => &["released", "exported"],
            Act::Cancel => &["planned", "released"],
            _ => &["planned"],
        };
        let runs = staff::runs(&self.kasse, states).await?;
        // usually one that can still be collected
        let today = self.kasse.today;
        let living: Vec<_> = runs.iter().filter(|(_, due)| *due > today || act == Act::Cancel).cloned().collect();
        let of = if chance(&mut self.random, 80) { living } else { runs };
        let Some((run, _)) = of.choose(&mut self.random).cloned() else { return self.idle() };
        self.tell(format!("{act:?} {run} on {}", self.kasse.today));
        match act {
            Act::Notify => {
                let by_post = chance(&mut self.random, 60);
                self.notify(&run, by_post).await?;
            }
            Act::Release => {
                // the next step; now and then without an announcement, so that it must be refused
                if chance(&mut self.random, 70) {
                    self.notify(&run, true).await?;
                }
                self.release(&run).await?;
            }
            Act::ReleaseOwn => {
                let broken = match kasse::release(&self.kasse, &run, "anna", kasse::Acknowledged::Whatever).await {
                    Ok(_) => Some(format!("{run} was released by its planner")),
                    // the database's constraint is only the second guard: the rules must refuse first, in words
                    Err(kasse::Error::Store(kasse::StoreError::Refused(why))) => {
                        Some(format!("that its planner releases {run}, only the database refused: {why}"))
                    }
                    Err(_) => None,
                };
                self.played.broken.extend(broken);
            }
            Act::Export => self.export(&run).await?,
            _ => {
                let run = &run;
                self.survive(|kasse| async move { kasse::cancel(&kasse, run, "anna").await }).await??;
            }
        }
        Ok(())
    }

    /// Announces a run; the oracle reads the notices.
    pub(super) async fn notify(&mut self, run: &str, by_post: bool) -> Result<()> {
        let (folder, today) = (self.folder.join("out"), self.kasse.today);
        let folder = &folder;
        let list = self.survive(|kasse| async move { staff::notify(&kasse, run, folder, by_post).await }).await??;
        let broken = self.oracle.announced(&std::fs::read_to_string(list)?, today);
        self.played.broken.extend(broken);
        Ok(())
    }

    /// As many people sign as the town demands.
    pub(super) async fn release(&mut self, run: &str) -> Result<()> {
        let today = self.kasse.today;
        let is_released = |runs: Vec<(String, Date)>| runs.iter().any(|(name, _)| name == run);
        let was = is_released(staff::runs(&self.kasse, &["released"]).await?);
        let (mut done, mut is_free) = (Ok(()), true);
        for who in ["bernd", "clara"].into_iter().take(self.town.releasers) {
            // if there is nothing to acknowledge, releasing works without an acknowledgement
            if kasse::release(&self.kasse, run, who, kasse::Acknowledged::Nothing).await.is_ok() {
                done = Ok(());
                continue;
            }
            is_free = false;
            done = self
                .survive(|kasse| async move {
                    kasse::release(&kasse, run, who, kasse::Acknowledged::Whatever).await.map(drop)
                })
                .await?;
        }
        if !was && is_released(staff::runs(&self.kasse, &["released"]).await?) {
            let shown = if is_free { Vec::new() } else { staff::residual(&self.kasse).await? };
            let broken = self.oracle.released(run, today, &shown);
            self.played.broken.extend(broken);
        }
        done.with_context(|| format!("release of {run}"))
    }

    pub(super) async fn export(&mut self, run: &str) -> Result<()> {
        let folder = self.folder.join("out");
        let (today, to) = (self.kasse.today, &folder);
        if self.abandoned.contains(run) {
            return Ok(());
        }
        if chance(&mut self.random, self.swarm.kill) {
            self.dying_export(run).await?;
        } else {
            kasse::export_run(&self.kasse, run, to, None).await?;
        }
        self.send(today)
    }

    /// The export is killed and tried again, each time a little later. If a file was written, somebody may send it and
    /// nobody exports again.
    async fn dying_export(&mut self, run: &str) -> Result<()> {
        let (folder, today) = (self.folder.join("out"), self.kasse.today);
        let mut polls = self.random.random_range(0..8);
        loop {
            let done = Mortal::new(kasse::export_run(&self.kasse, run, &folder, None), polls).await;
            self.kasse = open(&self.config, &self.engine, today).await?;
            let before = self.sent.len();
            self.send(today)?;
            if done.is_some() {
                return Ok(());
            }
            self.tell(format!("the export of {run} died after {polls} polls"));
            self.played.kills += 1;
            if self.sent.len() > before && self.random.random_bool(0.5) {
                self.abandoned.insert(run.to_owned());
                return Ok(());
            }
            polls += self.random.random_range(1..6);
        }
    }

    /// Every payment file in the folder has left the house.
    fn send(&mut self, today: Date) -> Result<()> {
        let Ok(entries) = std::fs::read_dir(self.folder.join("out")) else { return Ok(()) };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "xml") {
                continue;
            }
            let content = std::fs::read_to_string(&path)?;
            let broken = self.oracle.exported(&content, today);
            self.played.broken.extend(broken);
            if self.sent.insert(path) {
                self.played.exports += 1;
                self.hand_over(&content);
            }
        }
        Ok(())
    }
}
