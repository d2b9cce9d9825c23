//! What the books say at the end of a night: open cases, runs that are not through, and what people must be told of.
//!
//! Writes nothing. Must not know folders. Invariant: nothing of a citizen leaves it but counts and sums of runs.

use std::collections::HashMap;

use jiff::civil::Date;
use ledger::chain::Missing;
use ledger::gate::{Stage, earliest_collection};
use store::{EventKind, RunRow, Tx};

use crate::base::shown::eur;
use crate::books::excess::excess;
use crate::books::situation::Situation;
use crate::night::alarm::{self, Alarm, AlarmKind};
use crate::night::outbox::{Outcome, leaves};
use crate::night::summary::{NightCases, NightRun};
use crate::runs::takings::takings;
use crate::vault::instance;
use crate::{Kasse, Result};

/// What the books say.
pub(super) struct Figures {
    pub(super) cases: NightCases,
    pub(super) runs: Vec<NightRun>,
    pub(super) alarms: Vec<Alarm>,
}

/// Reads the figures; `since` is the journal's entry of the last night, `outbox` what became of the outbox, if there is one.
pub(super) async fn figures(kasse: &Kasse, since: i64, outbox: Option<&Outcome>) -> Result<Figures> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let new = store::cases_since(&mut tx, since).await?;
    let (cases, mut alarms) = cases(kasse, &situation, usize::try_from(new).unwrap_or(0));
    for chain in kasse.chains(&mut tx).await?.iter() {
        let missing = chain.missing(sepa::target_day_before(kasse.today));
        let said: Vec<String> = missing.iter().map(Missing::to_string).collect();
        if !said.is_empty() {
            alarms.push(Alarm::new(AlarmKind::Statements, format!("account {}: {}", chain.account, said.join("; "))));
        }
    }
    let put = put_on(&mut tx).await?;
    let waiting = Waiting { kasse, situation: &situation, put: &put, outbox };
    let mut runs = waiting.debits(&mut tx, &mut alarms).await?;
    runs.extend(waiting.refunds(&mut alarms));
    alarms.extend(crossed(&situation));
    if instance::is_locked(&mut tx).await? {
        let text = "these books were restored or copied and are locked: no run can be planned, released or exported (`einmal unlock`)";
        alarms.push(Alarm::new(AlarmKind::Locked, text.to_owned()));
    }
    Ok(Figures { cases, runs, alarms })
}

/// Run -> the day on which its file was put into the outbox.
async fn put_on(tx: &mut Tx) -> Result<HashMap<i64, Date>> {
    let mut put = HashMap::new();
    for row in store::outbox_files(tx).await? {
        if let Some(entry) = store::entry(tx, row.journal).await? {
            put.insert(row.run, entry.day);
        }
    }
    Ok(put)
}

fn cases(kasse: &Kasse, situation: &Situation, new: usize) -> (NightCases, Vec<Alarm>) {
    let age = |booked: Date| booked.until(kasse.today).map_or(0, |span| span.get_days());
    let is_open = |booking: i64| situation.verdicts.get(&booking).filter(|verdict| verdict.said.decision == "case");
    let open = || situation.bookings.iter().filter_map(|row| Some((age(row.booked), is_open(row.id)?)));
    // a case of which a person has said that it waits is not too old until that day
    let waits = |until: Option<Date>| until.is_some_and(|day| day > kasse.today);
    let limit = kasse.config.batch.case_days;
    let urgent: Vec<i32> =
        open().filter(|(_, verdict)| !waits(verdict.said.wait_until)).map(|(days, _)| days).collect();
    let oldest = urgent.iter().copied().max();
    let told = NightCases {
        open: open().count(),
        new,
        to_decide: urgent.len(),
        oldest_days: open().map(|(days, _)| days).max(),
    };
    let old = urgent.iter().filter(|days| **days > limit).count();
    (told, alarm::case_old(old, oldest, limit).into_iter().collect())
}

/// Debits at the bank that take more than is owed by now.
fn crossed(situation: &Situation) -> Option<Alarm> {
    let count = excess(situation).len();
    (count > 0).then(|| {
        let text =
            format!("{count} debits at the bank take more than is owed by now: recall them (`einmal collect show`)");
        Alarm::new(AlarmKind::Crossed, text)
    })
}

/// What a run waits for, and whether that is a person.
struct For(String, bool);

fn person(text: &str) -> For {
    For(text.to_owned(), true)
}

struct Waiting<'a> {
    kasse: &'a Kasse,
    situation: &'a Situation,
    put: &'a HashMap<i64, Date>,
    outbox: Option<&'a Outcome>,
}

impl Waiting<'_> {
    async fn debits(&self, tx: &mut Tx, alarms: &mut Vec<Alarm>) -> Result<Vec<NightRun>> {
        let (kasse, situation) = (self.kasse, self.situation);
        let mut runs = Vec::new();
        for run in situation.runs.iter() {
            let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
            if !stage.is_living() {
                continue;
            }
            let own = takings(situation, run.id);
            if !stage.yields_to_money() {
                let ended = |one: &&crate::runs::takings::Taking| situation.life_of(one.debit.id).has_ended();
                let came_back = own.iter().filter(ended).count();
                alarms.extend(alarm::returns(&run.name, came_back, own.len(), kasse.config.batch.returns_percent));
            }
            if stage == Stage::Settled {
                continue;
            }
            let leaves = leaves(kasse, tx, run).await?;
            let For(waits_for, person) = self.run(run, stage, leaves, alarms);
            let amount = eur(own.iter().map(|taking| taking.amount).sum());
            let (name, due, state) = (run.name.clone(), run.due.to_string(), stage.word());
            runs.push(NightRun { run: name, kind: "debits", due, state, amount, waits_for, person });
        }
        Ok(runs)
    }

    fn run(&self, run: &RunRow, stage: Stage, leaves: Date, alarms: &mut Vec<Alarm>) -> For {
        let (kasse, today) = (self.kasse, self.kasse.today);
        let events = || self.situation.events.iter().filter(|event| event.run == run.id);
        let earliest = earliest_collection(today, kasse.config.bank.days_before);
        match stage {
            Stage::Planned | Stage::Released if run.due < earliest => {
                person("its day cannot be met any more: cancel it and plan anew")
            }
            Stage::Planned if events().any(|event| event.kind == EventKind::Announced) => {
                person("another person than the planner must release it")
            }
            Stage::Planned => person("its notices must be sent"),
            Stage::Released => self.released(run, leaves),
            Stage::Exported => {
                alarms.extend(self.exported(run));
                self.handed_over(run)
            }
            _ => {
                alarms.extend(alarm::not_settled(&run.name, run.due, today, kasse.config.batch.settle_days));
                For("the bank has it and must settle it".to_owned(), false)
            }
        }
    }

    /// A released run whose file is still here.
    fn released(&self, run: &RunRow, leaves: Date) -> For {
        if self.outbox.is_none() {
            return person("its file must be written (`einmal collect export`)");
        }
        self.kept_back(run).unwrap_or_else(|| For(format!("its file goes into the outbox on {leaves}"), false))
    }

    /// Why the outbox did not get the file of a run.
    fn kept_back(&self, run: &RunRow) -> Option<For> {
        let (_, why) = self.outbox?.kept_back.iter().find(|(name, _)| *name == run.name)?;
        Some(For(why.clone(), true))
    }

    /// A run whose file was written and of which no order number is known.
    fn handed_over(&self, run: &RunRow) -> For {
        if let Some(kept) = self.kept_back(run) {
            return kept;
        }
        match self.put.get(&run.id) {
            Some(day) => {
                For(format!("its file was put into the outbox on {day}; the order number is not known yet"), false)
            }
            None => person("its file must be handed in, and the order number recorded (`einmal collect sent`)"),
        }
    }

    fn exported(&self, run: &RunRow) -> Option<Alarm> {
        let (today, batch) = (self.kasse.today, &self.kasse.config.batch);
        if self.kept_back(run).is_some() {
            return None;
        }
        let put_on = self.put.get(&run.id)?;
        alarm::not_sent(&run.name, *put_on, today, batch.sent_days)
    }

    fn refunds(&self, alarms: &mut Vec<Alarm>) -> Vec<NightRun> {
        let situation = self.situation;
        let mut runs = Vec::new();
        for row in situation.refund_runs.iter() {
            let (run, stage) = (&row.run, situation.refund_stage(row.run.id));
            if !stage.is_living() || stage == Stage::Settled {
                continue;
            }
            let For(waits_for, person) = match stage {
                Stage::Planned => person("another person than the planner must release it"),
                Stage::Released => self.released(run, self.kasse.today),
                Stage::Exported => {
                    alarms.extend(self.exported(run));
                    self.handed_over(run)
                }
                _ => For("the bank has it and must settle it".to_owned(), false),
            };
            let amount = eur(situation.refunds_in(run.id).map(|refund| refund.amount).sum());
            let (name, due, state) = (run.name.clone(), run.due.to_string(), stage.word());
            runs.push(NightRun { run: name, kind: "refunds", due, state, amount, waits_for, person });
        }
        runs
    }
}
