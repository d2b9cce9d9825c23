//! `einmal collect release`: another person than the planner puts his name under a run.
//!
//! Invariant: all proofs stand in the transaction that stores the last signature, together with the digest of the bytes
//! that will be written.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use ledger::gate::{Export, Notice, Refusal, Release, Stage, export_refusals, refusals};
use sepa::{Cents, target_day_before};
use serde_json::{Value, json};
use store::{EventKind, EventSaid, Moment, NoticeRow, RunRow, Tx};

use crate::base::rights::Right;
use crate::base::settings;
use crate::books::situation::Situation;
use crate::orders::cautions::Cautions;
use crate::orders::crossing::crossed;
use crate::orders::run_cautions::of_run;
use crate::runs::payment_file;
use crate::runs::payment_file::Stamp;
use crate::runs::takings::{Taking, run_of, takings};
use crate::vault::instance;
use crate::{Error, Kasse, Result};

/// What became of a signature under a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// How many have signed.
    pub given: usize,
    /// How many must.
    pub needed: usize,
    /// What debits take less than was announced, a line each.
    pub fallen: Vec<String>,
    /// What he must know besides, though it forbids nothing.
    pub cautions: Vec<String>,
}

/// What a releaser says of the cases without a complete hold: the residual risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// Nothing: there must be none.
    Nothing,
    /// He takes them as they are now.
    Whatever,
    /// He was shown so many, of so many cents; if it is another number now, he is asked again.
    Seen(usize, i64),
}

/// Releases a run as another person than its planner.
///
/// # Errors
/// [`Error::Refused`] with everything that forbids it, [`Error::Changed`] where the residual risk is not the one that was
/// acknowledged.
pub async fn release(kasse: &Kasse, name: &str, who: &str, said: Acknowledged) -> Result<Released> {
    let acknowledged = said != Acknowledged::Nothing;
    let reason = match said {
        Acknowledged::Nothing => String::new(),
        Acknowledged::Whatever => "open cases acknowledged".to_owned(),
        Acknowledged::Seen(cases, cents) => {
            format!("open cases acknowledged: {cases} over {} EUR", Cents::new(cents))
        }
    };
    let mut tx = kasse.write(Right::Release, who, "collect release", &reason).await?;
    instance::refuse_locked(&mut tx).await?;
    let run = run_of(&mut tx, name).await?;
    let situation = kasse.situation(&mut tx).await?;
    if let Acknowledged::Seen(cases, cents) = said {
        check_seen(&situation, cases, cents)?;
    }
    let notices = Notices::load(&mut tx, &situation, &run).await?;
    let again = is_outdated(&mut tx, &situation, &run).await?;
    let signed = if again { Vec::new() } else { signatures(&situation, run.id) };
    let signing = Signing { signed, who, acknowledged, again };
    let refused = refuse_release(kasse, &mut tx, &situation, &run, &notices, &signing).await?;
    if !refused.is_empty() {
        let mut lines: Vec<String> = refused.iter().map(Refusal::to_string).collect();
        let chains = kasse.chains(&mut tx).await?;
        lines.extend(crate::books::situation::ways_on(&chains, target_day_before(kasse.today)));
        return Err(Error::Refused(format!("run {name} is not released: {}", lines.join("; "))));
    }
    let more = of_run(kasse, &mut tx, &situation, &run, Some(who)).await?;
    let cautions = Cautions::load(kasse, &mut tx, &situation).await?.and(more).lines();
    if again {
        tx.add_event(run.id, EventKind::Voided, EventSaid::default()).await?;
    }
    if acknowledged {
        tx.add_acknowledged(run.id, &situation.residual_cases().collect::<Vec<_>>()).await?;
    }
    let (given, needed) = (signing.signed.len() + 1, kasse.config.sign_debits);
    if given < needed {
        tx.add_event(run.id, EventKind::Signed, EventSaid::default()).await?;
    } else {
        let files = payment_file::files(kasse, &situation, &run, &kasse.now, Stamp::WithOffset)?;
        let digest = payment_file::digest(&files);
        let said = EventSaid { sha256: Some(&digest), ..EventSaid::default() };
        tx.add_event(run.id, EventKind::Released, said).await?;
    }
    let fallen = notices.fallen(&situation, run.id);
    tx.commit(&format!("run {name}, settings {}", settings::digest(&kasse.config))).await?;
    Ok(Released { given, needed, fallen, cautions })
}

/// Whether a run was released, and there are cases without a complete hold by now that its release has not acknowledged: then
/// it is released anew.
pub(crate) async fn is_outdated(tx: &mut Tx, situation: &Situation, run: &RunRow) -> Result<bool> {
    if situation.stages().get(&run.id) != Some(&Stage::Released) {
        return Ok(false);
    }
    Ok(new_residual(tx, situation, run).await?.0 > 0)
}

/// The residual risk that the newest release of a run did not acknowledge: number and sum of the cases.
async fn new_residual(tx: &mut Tx, situation: &Situation, run: &RunRow) -> Result<(usize, Cents)> {
    let seen: HashMap<i64, i64> = store::acknowledged(tx, run.id).await?.into_iter().collect();
    let is_new = |(case, cents): &(i64, i64)| seen.get(case).is_none_or(|known| cents > known);
    let fresh: Vec<i64> = situation.residual_cases().filter(is_new).map(|(_, cents)| cents).collect();
    let sum = Cents::sum(fresh.iter().map(|cents| Cents::new(*cents))).unwrap_or(Cents::ZERO);
    Ok((fresh.len(), sum))
}

/// Everything that forbids to write the file of a released run, or to write it again.
pub(crate) async fn refuse_export(
    kasse: &Kasse,
    tx: &mut impl Moment,
    situation: &Situation,
    run: &RunRow,
) -> Result<Vec<Refusal>> {
    let is_written = situation.stages().get(&run.id).is_some_and(|stage| !stage.yields_to_money());
    let new_residual = new_residual(tx, situation, run).await?;
    let chains = kasse.chains(tx).await?;
    let export = Export {
        taken_from: run.due.saturating_sub(kasse.config.bank.days_ahead.days()),
        new_residual,
        crossed: if is_written { crossed(kasse, situation, run) } else { 0 },
    };
    Ok(export_refusals(&proofs_alone(kasse, situation, run.due, &chains), export))
}

fn check_seen(situation: &Situation, cases: usize, cents: i64) -> Result<()> {
    let (count, sum) = situation.residual();
    if (count, sum.get()) == (cases, cents) {
        return Ok(());
    }
    Err(Error::Changed(format!(
        "the residual risk has changed since you saw it: {count} cases of {sum} EUR now, not {cases} of {} EUR: look again",
        Cents::new(cents)
    )))
}

/// How many of the cases without a complete hold are shown one by one.
const LARGEST: usize = 5;

/// The residual risk that a releaser acknowledges: number and sum of the cases without a complete hold, the largest five.
///
/// # Errors
/// What the database says.
pub async fn residual(kasse: &Kasse) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    Ok(residual_of(&*kasse.situation(&mut tx).await?))
}

pub(crate) fn residual_of(situation: &Situation) -> Value {
    let (count, sum) = situation.residual();
    let mut rows: Vec<(i64, i64)> = situation.residual_cases().collect();
    rows.sort_by_key(|(case, amount)| (std::cmp::Reverse(*amount), *case));
    let shown = rows
        .iter()
        .take(LARGEST)
        .map(|(case, amount)| json!({"case": case, "amount": Cents::new(*amount).to_string()}));
    json!({"cases": count, "amount": sum.to_string(), "largest": shown.collect::<Vec<_>>()})
}

/// What a person is told before he signs.
#[derive(Debug, Default)]
pub(crate) struct Hindrances {
    /// How many debits were announced.
    pub(crate) announced: usize,
    /// Everything that forbids him the release now; the residual risk apart, which he is asked about.
    pub(crate) forbidden: Vec<String>,
}

impl Hindrances {
    pub(crate) async fn load(
        kasse: &Kasse,
        tx: &mut impl Moment,
        situation: &Situation,
        run: &RunRow,
        who: &str,
    ) -> Result<Hindrances> {
        let notices = Notices::load(tx, situation, run).await?;
        let again = is_outdated(tx, situation, run).await?;
        let signed = if again { Vec::new() } else { signatures(situation, run.id) };
        let signing = Signing { signed, who, acknowledged: true, again };
        let refused = refuse_release(kasse, tx, situation, run, &notices, &signing).await?;
        let announced = |taking: &&Taking| notices.of(situation, taking).is_some();
        Ok(Hindrances {
            announced: takings(situation, run.id).iter().filter(announced).count(),
            forbidden: refused.iter().map(Refusal::to_string).collect(),
        })
    }
}

/// Who has signed since the run was last changed.
pub(crate) fn signatures(situation: &Situation, run: i64) -> Vec<String> {
    situation.events.iter().filter(|event| event.run == run).fold(Vec::new(), |mut signed, event| {
        match event.kind {
            EventKind::Signed => signed.push(event.actor.clone()),
            EventKind::Voided => signed.clear(),
            _ => {}
        }
        signed
    })
}

/// Who signs what.
struct Signing<'a> {
    /// Who signed already.
    signed: Vec<String>,
    who: &'a str,
    acknowledged: bool,
    /// Whether it was released before, and must be anew.
    again: bool,
}

async fn refuse_release(
    kasse: &Kasse,
    tx: &mut impl Moment,
    situation: &Situation,
    run: &RunRow,
    notices: &Notices,
    signing: &Signing<'_>,
) -> Result<Vec<Refusal>> {
    let debits: Vec<(Cents, Option<Notice>)> = takings(situation, run.id)
        .iter()
        .map(|taking| (Cents::new(taking.amount), notices.of(situation, taking)))
        .collect();
    let chains = kasse.chains(tx).await?;
    let changed_by = store::changers(tx, run.id).await?;
    let stage = match signing.again {
        true => Stage::Planned,
        false => situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled),
    };
    Ok(refusals(&Release {
        stage,
        planner: &run.planner,
        signed: &signing.signed,
        signatures: kasse.config.sign_debits,
        changed_by: &changed_by,
        releaser: Some(signing.who),
        debits: &debits,
        acknowledged: signing.acknowledged,
        notice_days: kasse.config.prenotification_days,
        ..proofs_alone(kasse, situation, run.due, &chains)
    }))
}

/// A release that asks for the proofs alone: whoever gives it, and whatever was announced.
pub(crate) fn proofs_alone<'a>(
    kasse: &Kasse,
    situation: &Situation,
    due: Date,
    chains: &'a [ledger::chain::Chain],
) -> Release<'a> {
    Release {
        stage: Stage::Planned,
        due,
        planner: "",
        signed: &[],
        signatures: 1,
        changed_by: &[],
        releaser: None,
        today: kasse.today,
        debits: &[],
        chains,
        needed: target_day_before(kasse.today),
        confirmed_opening: kasse.config.confirmed_opening,
        pending: situation.pending(),
        residual: situation.residual(),
        acknowledged: true,
        foreign: situation.foreign_sums(kasse),
        notice_days: 0,
        lead_days: kasse.config.bank.days_before,
    }
}

/// What forbids a release now, whoever gives it and whatever was announced.
pub(crate) async fn forbidden(kasse: &Kasse, tx: &mut impl Moment, due: Date) -> Result<Vec<Refusal>> {
    let situation = kasse.situation(tx).await?;
    let mut refused = proofs(kasse, tx, &situation, due).await?;
    let (cases, sum) = situation.residual();
    if cases > 0 {
        refused.push(Refusal::Residual(cases, sum));
    }
    Ok(refused)
}

/// Which of the proofs do not stand now: the collection date can be met, all money has been seen and decided.
pub(crate) async fn proofs(
    kasse: &Kasse,
    tx: &mut impl Moment,
    situation: &Situation,
    due: Date,
) -> Result<Vec<Refusal>> {
    let chains = kasse.chains(tx).await?;
    let mut refused = refusals(&proofs_alone(kasse, situation, due, &chains));
    refused.retain(|refusal| *refusal != Refusal::Empty);
    Ok(refused)
}

/// What the debtors of a run were told.
pub(crate) struct Notices {
    /// Debit -> its latest notice.
    own: HashMap<i64, Notice>,
    /// Item -> the latest debit that announced it in a run that was given up since, and how.
    given_up: HashMap<i64, (i64, Notice)>,
}

impl Notices {
    pub(crate) async fn load(tx: &mut Tx, situation: &Situation, run: &RunRow) -> Result<Notices> {
        let told = |row: &NoticeRow| Notice { amount: Cents::new(row.amount), due: row.due, sent: row.sent };
        let own = store::notices(tx, run.id).await?.iter().map(|row| (row.debit, told(row))).collect();
        let stages = situation.stages();
        let mut dead = HashMap::new();
        for run in situation.runs.iter().filter(|run| stages.get(&run.id).is_some_and(|stage| !stage.is_living())) {
            dead.extend(store::notices(tx, run.id).await?.iter().map(|row| (row.debit, told(row))));
        }
        let planned = situation.claims.iter().filter(|claim| claim.amount > 0);
        let given_up =
            planned.filter_map(|claim| Some((claim.item, (claim.debit, *dead.get(&claim.debit)?)))).collect();
        Ok(Notices { own, given_up })
    }

    /// The notice that a debit stands on: its own, or, where it takes the place of one that was given up, by the same
    /// mandate and of none but its items, that one's.
    pub(crate) fn of(&self, situation: &Situation, taking: &Taking) -> Option<Notice> {
        if let Some(own) = self.own.get(&taking.debit.id) {
            return Some(*own);
        }
        let mut announced = taking.items.keys().map(|item| self.given_up.get(item));
        let (debit, notice) = announced.next()??;
        if announced.any(|other| other.is_none_or(|(other, _)| other != debit)) {
            return None;
        }
        let mandate = |row: i64| situation.mandate_rows.get(&row).map(|row| row.said.reference.as_str());
        let before = situation.debits.iter().find(|row| row.id == *debit)?;
        (mandate(before.mandate) == mandate(taking.debit.mandate)).then_some(*notice)
    }

    /// What has fallen since the notices, a line per Kassenzeichen.
    fn fallen(&self, situation: &Situation, run: i64) -> Vec<String> {
        let takings: HashMap<i64, Taking> =
            takings(situation, run).into_iter().map(|taking| (taking.debit.id, taking)).collect();
        let line = |debit: &store::DebitRow| {
            let taking = takings.get(&debit.id);
            let notice =
                taking.map_or_else(|| self.own.get(&debit.id).copied(), |taking| self.of(situation, taking))?;
            let takes = Cents::new(taking.map_or(0, |taking| taking.amount));
            let fell = takes < notice.amount;
            fell.then(|| format!("{} takes {takes} EUR, {} were announced", debit.kassenzeichen, notice.amount))
        };
        situation.debits.iter().filter(|debit| debit.run == run).filter_map(line).collect()
    }
}
