//! Books that are lost and restored from a backup, and books that move into another database.
//!
//! Invariant: what happened between a backup and its restoring can be repeated from files: statements and our own
//! payment files. Until two people have vouched for these, nothing is planned from the books, restored or copied; of
//! two copies only the new one is written.

use std::path::PathBuf;

use anyhow::Result;
use jiff::civil::Date;
use kasse::Source;
use rand::RngExt as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use serde_json::Value;

use super::{Game, open};
use crate::acts::Act;
use crate::engine::Engine;
use crate::staff;
use crate::view::list;

/// Acts that can be repeated after they were forgotten, or that never left the house.
const AGAIN: [Act; 9] = [
    Act::Import,
    Act::Match,
    Act::Morning,
    Act::Plan,
    Act::Notify,
    Act::Release,
    Act::Export,
    Act::Cancel,
    Act::Diligent,
];

impl Game {
    /// A backup is made, days go by, the books are lost; the backup is restored and all files are imported again.
    pub(super) async fn restore(&mut self) -> Result<()> {
        let file = self.folder.join(format!("books-{}.einmal", self.moves));
        kasse::backup(&self.kasse, &file, None).await?;
        self.tell("the books are saved".to_owned());
        let (sent, taken) = (self.sent.clone(), self.taken.len());
        for _ in 0..self.random.random_range(0..3) {
            self.bank_day();
            for _ in 0..self.random.random_range(1..5) {
                let Some(act) = AGAIN.choose(&mut self.random).copied() else { break };
                self.step(act).await?;
                self.glance().await?;
            }
        }
        if !self.played.broken.is_empty() {
            return Ok(());
        }
        let to = self.next_place().await?;
        let backup = Source::of_backup(&file, self.kasse.today, &self.kasse.now).await?;
        kasse::restore(&backup, &to.url(), Some("dora")).await?;
        self.settle_in(to).await?;
        // every payment file in the folder was sent; some of them may be known already
        let mut files: Vec<PathBuf> = self.taken.get(taken..).unwrap_or_default().to_vec();
        files.extend(self.sent.difference(&sent).cloned());
        files.sort();
        files.dedup();
        files.shuffle(&mut self.random);
        self.tell(format!("restored; imported again: {files:?}"));
        self.is_idle = false;
        // an answer is taken once the payment file is known that it answers
        let refused = staff::import(&self.kasse, &files).await?;
        files.retain(|file| {
            refused.iter().any(|(name, _)| file.file_name().is_some_and(|own| name.ends_with(&*own.to_string_lossy())))
        });
        for refused in staff::import(&self.kasse, &files).await? {
            self.tell(format!("{} was refused: {}", refused.0, refused.1));
        }
        self.vouch().await
    }

    /// The books move to another database.
    pub(super) async fn relocate(&mut self) -> Result<()> {
        let (from, to) = (self.engine.url(), self.next_place().await?);
        let source = Source::of(&from, self.kasse.today, &self.kasse.now).await?;
        kasse::copy(&source, &from, &to.url(), Some("dora")).await?;
        self.tell(format!("the books go on in {}", to.url()));
        let old = self.kasse.clone();
        let refused = [
            staff::plan(&old, self.day, None).await.is_err(),
            kasse::match_all(&old).await.is_err(),
            kasse::copy(&source, &from, &self.next_place().await?.url(), Some("dora")).await.is_err(),
        ];
        if refused != [true; 3] {
            self.played.broken.push(format!("books that moved are written still: {refused:?}"));
        }
        self.settle_in(to).await?;
        self.vouch().await
    }

    /// A new database beside the current one.
    async fn next_place(&mut self) -> Result<Engine> {
        self.moves += 1;
        self.engine.another(self.moves).await
    }

    /// From here on, everybody works with the new books.
    async fn settle_in(&mut self, to: Engine) -> Result<()> {
        let today = self.kasse.today;
        self.kasse = open(&self.config, &to, today).await?;
        self.engine = to;
        self.seen = None;
        Ok(())
    }

    /// Checks that nothing leaves the house until two people vouch for the right number of files.
    async fn vouch(&mut self) -> Result<()> {
        let due: Date = oracle::days::bank_day_after(self.day.saturating_add(jiff::Span::new().days(20)));
        if staff::plan(&self.kasse, due, None).await.is_ok() {
            self.played.broken.push("a run was planned before anybody vouched for the books".to_owned());
        }
        let told: Value = kasse::taken_over(&self.kasse).await?;
        let files = list(&told, "files").len();
        for (number, with) in [(files + 1, "emil"), (files, "dora")] {
            if kasse::unlock(&self.kasse, number, "dora", with).await.is_ok() {
                self.played.broken.push(format!("{number} of {files} files were vouched for by dora and {with}"));
            }
        }
        Ok(kasse::unlock(&self.kasse, files, "dora", "emil").await?)
    }
}
