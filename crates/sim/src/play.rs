//! One seed: some weeks of a town, day by day, with faults; then the faults end, and everything must come right.
//!
//! Invariant: after every step the oracle checks the books. A killed or refused step has changed nothing, or
//! everything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kasse::{Config, Confirm, Kasse, TwoSay};
use oracle::{Oracle, days, nameless};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use sepa::Cents;
use serde_json::Value;

use crate::acts::{ACTS, Act, WILD_ACTS};
use crate::bank::{Bank, Booking};
use crate::citizens;
use crate::engine::Engine;
use crate::faults::Mortal;
use crate::probe;
use crate::staff;
use crate::swarm::Swarm;
use crate::town::{ACCOUNT, CREDIT, FIRST_DAY, Town, chance};
use crate::view::{books, text};
use crate::violence::Process;
use after::After;
use giving::Giving;
use office::Fate;

mod after;
mod desk;
mod elsewhere;
mod giving;
mod mail;
mod office;
mod rare;
mod runs;

/// How often all open cases are decided at the end; after that nothing may be in doubt.
const ROUNDS: usize = 3;

/// The result of a seed.
#[derive(Debug, Default)]
pub(crate) struct Played {
    /// Where the promise was broken, in the order in which it was noticed.
    pub(crate) broken: Vec<String>,
    pub(crate) story: Vec<String>,
    pub(crate) transfers: usize,
    pub(crate) exports: usize,
    pub(crate) kills: usize,
    /// For each act: how often it was done, was refused, or had nothing to do.
    pub(crate) acts: BTreeMap<String, [usize; 3]>,
}

/// The state of a game.
pub(crate) struct Game {
    random: StdRng,
    swarm: Swarm,
    town: Town,
    pub(crate) bank: Bank,
    after: After,
    giving: Giving,
    oracle: Oracle,
    folder: PathBuf,
    /// The real program, for faults that need a process of their own.
    binary: Option<PathBuf>,
    config: Config,
    engine: Engine,
    kasse: Kasse,
    day: Date,
    played: Played,
    /// Transfers that the bank may still take back.
    standing: Vec<(String, usize)>,
    lists: usize,
    /// Imported statement files, in order.
    taken: Vec<PathBuf>,
    /// How often the books moved to a new database.
    moves: u32,
    /// Payment files that left the house.
    sent: BTreeSet<PathBuf>,
    /// Runs whose export was killed after the file was written: the file was sent, and nobody exports them again.
    abandoned: BTreeSet<String>,
    /// What the bank does with each payment file, by message id.
    fates: BTreeMap<String, Fate>,
    /// Holds by people: a Kassenzeichen, or an instalment of it.
    held: Vec<(String, Option<&'static str>)>,
    /// Deferrals and fee waivers that were not ended or withdrawn.
    deferrals: Vec<i64>,
    waivers: Vec<i64>,
    /// The highest case number that somebody has worked on.
    most_cases: i64,
    /// Cases that explained a sum of foreign direct debits, with the reference of that sum.
    explained: BTreeMap<i64, String>,
    /// Whether the current act had nothing to do.
    is_idle: bool,
    /// Whether rare things happen in this game.
    is_wild: bool,
    /// The last bank day that the old system had posted, as stated for the first lists.
    as_of: Option<Date>,
    /// Whether the business date is one on which the books may be written.
    may_write: bool,
    /// The journal's head at the oracle's last check.
    seen: Option<Value>,
}

/// Where and how a game is played.
pub(crate) struct Ground<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) engine: Engine,
    /// The real program.
    pub(crate) binary: Option<&'a Path>,
    /// Whether rare things happen in this game.
    pub(crate) is_wild: bool,
}

/// Keeps the random choices of wild games apart from the others.
const WILD: u64 = 0x5eed_0000_0000;

/// Keeps the random choices of what the bank does with debits apart from all others.
const AFTER: u64 = 0xaf7e_0000_0000;

/// Keeps the random choices of what becomes of refunds apart from all others.
const GIVING: u64 = 0x61fe_0000_0000;

/// Plays a seed in a folder of its own.
///
/// # Errors
/// If the game cannot begin. One that cannot go on, for a refusal that nobody could expect, has broken the promise.
pub(crate) async fn play(seed: u64, ground: Ground<'_>) -> Result<Played> {
    let mut game = Game::begin(seed, ground).await?;
    if let Err(error) = game.weeks().await {
        game.played.broken.push(format!("the game could not go on: {error:#}"));
    }
    Ok(game.played)
}

impl Game {
    /// From the first day to the last.
    async fn weeks(&mut self) -> Result<()> {
        self.first_day().await?;
        let weeks = self.random.random_range(1..=3);
        for _ in 0..weeks * 5 {
            self.one_day().await?;
            if !self.played.broken.is_empty() {
                return Ok(());
            }
        }
        self.end().await
    }

    async fn begin(seed: u64, ground: Ground<'_>) -> Result<Game> {
        let Ground { folder, engine, binary, is_wild } = ground;
        let mut random = StdRng::seed_from_u64(seed);
        let (mut town, mut swarm) = (Town::draw(&mut random), Swarm::draw(&mut random));
        let mut as_of = None;
        if is_wild {
            let mut own = StdRng::seed_from_u64(seed ^ WILD);
            town.grow_wild(&mut own);
            swarm = swarm.wild(&mut own);
            as_of = Some(FIRST_DAY).filter(|_| chance(&mut own, 30));
        }
        let settings = folder.join("einmal.toml");
        std::fs::write(&settings, town.settings())?;
        let config = Config::read(&settings)?;
        let kasse = open(&config, &engine, FIRST_DAY).await?;
        let bank = Bank::new(&mut random);
        let mut game = Game {
            random,
            swarm,
            town,
            bank,
            after: After::draw(StdRng::seed_from_u64(seed ^ AFTER)),
            giving: Giving::draw(StdRng::seed_from_u64(seed ^ GIVING)),
            oracle: Oracle::default(),
            folder: folder.to_owned(),
            binary: binary.map(Path::to_owned),
            config,
            engine,
            kasse,
            day: FIRST_DAY,
            played: Played::default(),
            standing: Vec::new(),
            lists: 0,
            taken: Vec::new(),
            moves: 0,
            sent: BTreeSet::new(),
            abandoned: BTreeSet::new(),
            fates: BTreeMap::new(),
            held: Vec::new(),
            deferrals: Vec::new(),
            waivers: Vec::new(),
            most_cases: 0,
            explained: BTreeMap::new(),
            is_idle: false,
            is_wild,
            as_of,
            may_write: true,
            seen: None,
        };
        let (items, mandates) = (Town::items(&game.town.citizens), Town::mandates(&game.town.citizens, "aktiv", 2));
        game.oracle.opens(game.town.notice_days, game.bank.opening);
        game.tell_who_owes();
        let lists = [game.write("posten.csv", &items)?, game.write("mandate.csv", &mandates)?];
        let refused = staff::import_as_of(&game.kasse, &lists, as_of).await?;
        anyhow::ensure!(refused.is_empty(), "the lists were refused: {refused:?}");
        Ok(game)
    }

    fn tell_who_owes(&mut self) {
        for citizen in &self.town.citizens {
            let own = &citizen.kassenzeichen;
            self.oracle.debits_from(own, &citizen.debited);
            for item in &citizen.items {
                self.oracle.owes(own, item.posten, item.due, item.cents, item.paid_before);
            }
            if citizen.credit > 0 {
                self.oracle.owes(own, CREDIT, FIRST_DAY, -citizen.credit, 0);
            }
            if let Some(buyer) = &citizen.buyer {
                self.oracle.is_sold(own, &buyer.iban, citizen.items.iter().skip(1).map(|item| item.posten));
            }
        }
    }

    fn write(&self, name: &str, content: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        std::fs::write(&path, content)?;
        Ok(path)
    }

    fn tell(&mut self, what: String) {
        self.played.story.push(format!("{}: {what}", self.day));
    }

    /// Imports the first statement before anything else is done. The books cannot miss bookings before their first
    /// statement; only a person can, who confirms the first balance.
    async fn first_day(&mut self) -> Result<()> {
        self.somebody_pays();
        self.bank.close(&mut self.random, &self.swarm.calm(), self.day);
        self.day = days::bank_day_after(self.day);
        self.kasse.today = self.day;
        let first = std::mem::take(&mut self.bank.mailbox);
        self.take_in(first).await?;
        if chance(&mut self.random, 80) {
            kasse::confirm(&self.kasse, ACCOUNT, Confirm::Opening, FIRST_DAY, Cents::new(self.bank.opening), "dora")
                .await?;
        }
        Ok(())
    }

    /// Citizens pay, the bank closes the day, and on the next day the staff do various things.
    async fn one_day(&mut self) -> Result<()> {
        self.bank_day();
        self.bank_tells_early();
        if chance(&mut self.random, self.swarm.mornings) {
            self.step(Act::Morning).await?;
            self.glance().await?;
        }
        self.agree().await?;
        self.give_back().await?;
        self.glance().await?;
        for _ in 0..self.random.random_range(1..=7) {
            if self.is_wild && chance(&mut self.random, self.swarm.wild_acts) {
                let Some(act) = WILD_ACTS.choose(&mut self.random).copied() else { break };
                self.step(act).await?;
                self.glance().await?;
            }
            let weighted: Vec<(Act, u32)> = ACTS.into_iter().zip(self.swarm.acts.iter().copied()).collect();
            let Ok((act, _)) = weighted.choose_weighted(&mut self.random, |(_, weight)| *weight).copied() else {
                break;
            };
            self.step(act).await?;
            self.glance().await?;
            if !self.played.broken.is_empty() {
                return Ok(());
            }
        }
        self.look().await
    }

    /// The bank's day, until the next morning.
    fn bank_day(&mut self) {
        for _ in 0..self.random.random_range(0..=self.swarm.transfers) {
            self.somebody_pays();
        }
        self.bank_takes_back();
        self.bank_collects();
        self.bank_takes_debits_back(self.day);
        self.bank_pays_back(self.day);
        self.bank.close(&mut self.random, &self.swarm, self.day);
        self.day = days::bank_day_after(self.day);
        self.kasse.today = self.day;
    }

    fn somebody_pays(&mut self) {
        let number = self.bank.bookings.len() + 1;
        if self.is_wild && chance(&mut self.random, self.swarm.wild) {
            return self.somebody_pays_wildly(number);
        }
        let Some(order) = citizens::order(&mut self.random, &self.town, self.day, number) else { return };
        let is_new = |booking: &Booking| (booking.day, booking.cents) != (self.day, order.booking.cents);
        let nameless = chance(&mut self.random, self.swarm.nameless) && self.bank.bookings.iter().all(is_new);
        if !nameless {
            if !self.bank.bookings.iter().any(|booking| booking.reference.is_none() && !is_new(booking)) {
                self.book(order.booking, order.truth);
            }
            return;
        }
        // the bank gives no references, and now and then a payment is made twice
        for _ in 0..if chance(&mut self.random, 40) { 2 } else { 1 } {
            self.book(Booking { reference: None, ..order.booking.clone() }, order.truth.clone());
        }
    }

    fn book(&mut self, booking: Booking, mut truth: oracle::Transfer) {
        let reference = self.key(&booking);
        if self.as_of.is_some_and(|as_of| booking.day <= as_of) {
            // the lists already account for payments up to that day
            (truth.parts, truth.dark, truth.knowable) = (Vec::new(), Vec::new(), true);
            self.oracle.is_explained(&reference);
        }
        self.tell(format!(
            "{reference} {} {:?} of {} means {:?}",
            booking.cents, booking.text, booking.name, truth.parts
        ));
        let place = self.bank.book(booking);
        self.standing.push((reference.clone(), place));
        self.oracle.transfers(&reference, truth);
        self.played.transfers += 1;
    }

    /// The oracle's name of a booking: the bank's reference, else its number among those of the same day and amount.
    fn key(&self, booking: &Booking) -> String {
        let same = |other: &&Booking| (other.day, other.cents, &other.reference) == (booking.day, booking.cents, &None);
        match &booking.reference {
            Some(reference) => reference.clone(),
            None => nameless(booking.day, booking.cents, self.bank.bookings.iter().filter(same).count() + 1),
        }
    }

    fn bank_takes_back(&mut self) {
        if self.standing.is_empty() || !chance(&mut self.random, self.swarm.taken_back) {
            return;
        }
        let (reference, place) = self.standing.swap_remove(self.random.random_range(0..self.standing.len()));
        let Some(booking) = self.bank.bookings.get(place).filter(|booking| booking.reference.is_some()).cloned() else {
            return;
        };
        let by = format!("B{:05}", self.bank.bookings.len() + 1);
        self.tell(format!("the bank takes {reference} back by {by}"));
        let back =
            Booking { reference: Some(by.clone()), day: self.day, cents: -booking.cents, reversal: true, ..booking };
        self.bank.book(back);
        self.oracle.takes_back(&reference, &by, self.day);
    }

    /// One act, perhaps with a wrong business date.
    async fn step(&mut self, act: Act) -> Result<()> {
        let jump = if chance(&mut self.random, self.swarm.clock) { self.random.random_range(-4..=12) } else { 0 };
        let today = self.day.checked_add(jump.days())?;
        self.kasse.today = today;
        self.is_idle = false;
        let may_write = kasse::only_looks(&self.kasse).await?.is_none();
        self.may_write = may_write;
        let head = kasse::journal_head(&self.kasse).await?;
        let done = self.act(act).await;
        self.kasse.today = self.day;
        self.may_write = true;
        if !may_write && !act.is_rare() && head != kasse::journal_head(&self.kasse).await? {
            self.played.broken.push(format!("{act:?} wrote on {today}, before the newest entry"));
        }
        self.set_the_calendar_right().await?;
        let [worked, refused, idle] = self.played.acts.entry(format!("{act:?}")).or_default();
        match &done {
            Ok(()) if self.is_idle => *idle += 1,
            Ok(()) => *worked += 1,
            Err(_) => *refused += 1,
        }
        if let Err(error) = done {
            // a refusal must change nothing; the oracle checks that afterwards
            self.tell(format!("{act:?} on {today} was refused: {error:#}"));
        }
        Ok(())
    }

    /// Somebody worked with a business date in the future: two people let the books go on at the right date.
    async fn set_the_calendar_right(&mut self) -> Result<()> {
        if kasse::only_looks(&self.kasse).await?.is_some() {
            self.tell(format!("the books go on at {}", self.day));
            let (who, with, reason) = ("anna".to_owned(), "bernd".to_owned(), "a wrong calendar".to_owned());
            kasse::correct_day(&self.kasse, &TwoSay { who, with, reason }).await?;
        }
        Ok(())
    }

    /// Records that there was nothing to do.
    fn idle(&mut self) -> Result<()> {
        self.is_idle = true;
        Ok(())
    }

    async fn act(&mut self, act: Act) -> Result<()> {
        match act {
            Act::Import => self.import().await,
            Act::Match => self.matching().await,
            Act::Decide | Act::Split | Act::Wait | Act::Undo | Act::Note => self.decide(act).await,
            Act::Hold | Act::Lift => self.hold(act).await,
            Act::Correct => self.correct().await,
            Act::Revoke => self.revoke().await,
            Act::ChangeAccount => self.change_account().await,
            Act::ConfirmAccount => self.confirm_account().await,
            Act::Defer => self.defer().await,
            Act::EndDeferral => self.end_deferral().await,
            Act::Waive => self.waive().await,
            Act::Withdraw => self.withdraw().await,
            Act::Sent => self.say_sent().await,
            Act::Void => self.void().await,
            Act::Remind => self.remind().await,
            Act::ConfirmOpening | Act::ConfirmQuiet => self.confirm(act).await,
            Act::CloseDay => self.close_day().await,
            Act::Plan => self.plan().await,
            Act::Diligent => self.diligent().await,
            Act::Morning => self.morning().await,
            // what is done between backup and restore are acts again
            Act::Restore => Box::pin(self.restore()).await,
            Act::Relocate => self.relocate().await,
            Act::Rename => self.rename().await,
            Act::LeaveOut => self.leave_out().await,
            Act::AsOfTomorrow => self.as_of_tomorrow().await,
            Act::PartBack => self.bank_takes_a_part_back(),
            Act::Notify | Act::Release | Act::ReleaseOwn | Act::Export | Act::Cancel => self.run(act).await,
        }
    }

    /// Runs a use case. Now and then it is killed half-way and done again by a new process.
    async fn survive<T, F: Future<Output = T>>(&mut self, mut make: impl FnMut(Kasse) -> F) -> Result<T> {
        if chance(&mut self.random, self.swarm.kill) {
            let polls = 1_u32 << self.random.random_range(0..9);
            let polls = self.random.random_range(0..=polls);
            if let Some(done) = Mortal::new(make(self.kasse.clone()), polls).await {
                return Ok(done);
            }
            self.played.kills += 1;
            self.tell(format!("killed after {polls} polls"));
            let today = self.kasse.today;
            self.kasse = open(&self.config, &self.engine, today).await?;
        }
        Ok(make(self.kasse.clone()).await)
    }

    /// Before it is done for real, the program tries it as a separate process and is killed, or finds the disk full.
    fn suffer(&mut self, words: &[&str], paths: &[PathBuf]) -> Result<()> {
        let Some(binary) = self.binary.clone().filter(|_| chance(&mut self.random, self.swarm.violence)) else {
            return Ok(());
        };
        let process = Process { binary: &binary, folder: &self.folder, engine: &self.engine, today: self.kasse.today };
        let kill = self.random.random_bool(0.5) || self.engine.size().is_none();
        let told = if kill {
            process.killed(&mut self.random, words, paths)
        } else {
            process.without_room(&mut self.random, words, paths)
        };
        match told {
            Ok(told) => self.tell(told),
            Err(why) => self.played.broken.push(format!("{why:#}")),
        }
        self.played.kills += 1;
        Ok(())
    }

    async fn matching(&mut self) -> Result<()> {
        self.tell("match".to_owned());
        self.suffer(&["match"], &[])?;
        if chance(&mut self.random, self.swarm.at_once) {
            let other = open(&self.config, &self.engine, self.kasse.today).await?;
            let (one, two) = tokio::join!(kasse::match_all(&self.kasse), kasse::match_all(&other));
            one?;
            two?;
            return Ok(());
        }
        self.survive(|kasse| async move { kasse::match_all(&kasse).await }).await??;
        Ok(())
    }

    /// The oracle checks the books if they have grown since its last check. Until the evening it trusts the journal to
    /// tell.
    async fn glance(&mut self) -> Result<()> {
        let head = kasse::journal_head(&self.kasse).await?;
        if self.seen.as_ref() != Some(&head) {
            let broken = self.oracle.check(&books(&self.kasse).await?);
            self.played.broken.extend(broken);
            self.seen = Some(head);
        }
        Ok(())
    }

    /// The oracle checks the books, and the books verify themselves.
    async fn look(&mut self) -> Result<()> {
        let broken = self.oracle.check(&books(&self.kasse).await?);
        self.played.broken.extend(broken);
        let unproved = kasse::verify(&self.kasse).await?;
        self.played.broken.extend(unproved.into_iter().map(|why| format!("verify: {why}")));
        Ok(())
    }

    /// The faults end: everything is delivered and decided, and what is left is collected.
    async fn end(&mut self) -> Result<()> {
        self.swarm = self.swarm.calm();
        self.tell("the faults end".to_owned());
        self.bank_collects();
        self.bank_takes_debits_back(Date::MAX);
        self.bank_pays_back(Date::MAX);
        self.bank.close(&mut self.random, &self.swarm, self.day);
        self.bank.hand_out_rest(&mut self.random, &self.swarm);
        self.day = days::bank_day_after(self.day);
        self.kasse.today = self.day;
        let rest = std::mem::take(&mut self.bank.mailbox);
        self.take_in(rest).await?;
        if !self.oracle.has_all() {
            self.played.broken.push("the simulation kept a statement back".to_owned());
        }
        for (run, _) in staff::runs(&self.kasse, &["planned", "released"]).await? {
            kasse::cancel(&self.kasse, &run, "anna").await?;
        }
        self.void_all().await?;
        self.agree_to_all().await?;
        // if the town's settings demand it, nothing is collected before a person has confirmed the first balance
        kasse::confirm(&self.kasse, ACCOUNT, Confirm::Opening, FIRST_DAY, Cents::new(self.bank.opening), "dora")
            .await?;
        kasse::match_all(&self.kasse).await?;
        // what people decide is learnt from: it may cast doubt on what was posted on weaker evidence
        for _ in 0..ROUNDS {
            let cases = staff::open_cases(&self.kasse).await?;
            if cases.is_empty() {
                break;
            }
            for number in cases.iter().filter_map(|case| case.get("case").and_then(Value::as_i64)) {
                // what was decided before it may have placed some of it, or all
                let now = staff::open_cases(&self.kasse).await?;
                let Some(case) = now.iter().find(|case| case.get("case").and_then(Value::as_i64) == Some(number))
                else {
                    continue;
                };
                self.decide_by_truth(case).await.with_context(|| format!("case {case}"))?;
            }
            kasse::match_all(&self.kasse).await?;
        }
        for case in staff::open_cases(&self.kasse).await? {
            let why = text(&case, "because").or_else(|_| text(&case, "reason")).unwrap_or_default();
            self.tell(format!("{} is a case still: {why}", text(&case, "reference")?));
        }
        self.look().await?;
        self.all_goes_back().await?;
        let broken = self.oracle.converged(&books(&self.kasse).await?, Date::MAX);
        self.played.broken.extend(broken);
        self.played.broken.extend(probe::attempts(&self.engine).await?);
        self.collect_the_rest().await
    }

    /// Nothing stands against it any more: the rest is planned, announced, released and written.
    async fn collect_the_rest(&mut self) -> Result<()> {
        let due = days::bank_day_after(self.day.checked_add(self.town.notice_days.days())?);
        let Some(run) = staff::plan(&self.kasse, due, None).await? else { return Ok(()) };
        self.notify(&run, false).await?;
        self.release(&run).await?;
        self.export(&run).await?;
        self.look().await
    }
}

async fn open(config: &Config, engine: &Engine, today: Date) -> Result<Kasse> {
    Ok(Kasse::open(config.clone(), &engine.url(), today, "2024-01-01T00:00:00Z".to_owned()).await?)
}
