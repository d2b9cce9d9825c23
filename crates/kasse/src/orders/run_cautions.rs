//! What whoever signs a run must know of it beside the books: who of its people is new, which settings and accounts are
//! others than at the last run, which runs were taken over from payment files.
//!
//! Must not know how it is said (`cautions`). Invariant: once a run is released, everything here is as it was then: the
//! control sheet says the same at every export.

use std::collections::HashMap;

use kassenzeichen::canonical;
use ledger::gate::Stage;
use store::{EventKind, EventRow, Moment, RunRow, StaffMoment, Tx};

use crate::base::newcomers::newcomers;
use crate::base::settings;
use crate::books::situation::{Situation, stage};
use crate::orders::cautions::Caution;
use crate::runs::takings::takings;
use crate::{Kasse, Result};

/// All of it; `who` is about to sign, or to plan.
pub(crate) async fn of_run(
    kasse: &Kasse,
    tx: &mut impl Moment,
    situation: &Situation,
    run: &RunRow,
    who: Option<&str>,
) -> Result<Vec<Caution>> {
    let then = until_release(situation, run);
    let released = then.last().filter(|event| event.run == run.id && event.kind == EventKind::Released);
    let at = released.map_or(kasse.now.as_str(), |event| event.at.as_str());
    let who = if released.is_some() { None } else { who };
    let stages = situation.runs.iter().map(|one| (one.id, stage(then, one.id, true))).collect();
    let history = store::staff_history(tx).await?;
    let mut all = people(&history, situation, run, who, at)?;
    let before = before(situation, &stages, run);
    all.extend(changed_settings(kasse, tx, before, run, released.is_some()).await?);
    let (changed, debits) = changed_accounts(situation, &stages, run);
    all.extend((changed > 0).then_some(Caution::Accounts(changed, debits)));
    all.extend(taken_over(situation, run));
    Ok(all)
}

/// What had happened when a run was released, that included; where no release stands, what has happened until now.
fn until_release<'a>(situation: &'a Situation, run: &RunRow) -> &'a [EventRow] {
    let tells = |event: &EventRow| event.run == run.id && matches!(event.kind, EventKind::Released | EventKind::Voided);
    let last = situation.events.iter().rposition(tells);
    let upto = last.and_then(|place| situation.events.get(..=place));
    upto.filter(|then| then.last().is_some_and(|event| event.kind == EventKind::Released)).unwrap_or(&situation.events)
}

/// Who of planner, signers and `who` is new, and whoever is new of those who made them.
fn people(
    history: &[StaffMoment],
    situation: &Situation,
    run: &RunRow,
    who: Option<&str>,
    at: &str,
) -> Result<Vec<Caution>> {
    let own = situation.events.iter().filter(|event| event.run == run.id);
    let signers = own.filter(|event| matches!(event.kind, EventKind::Signed | EventKind::Released));
    let mut names: Vec<&str> = vec![run.planner.as_str()];
    names.extend(signers.map(|event| event.actor.as_str()));
    names.extend(who);
    let new = newcomers(history, &names, at)?;
    let makers: Vec<String> = new.iter().flat_map(|one| one.makers().map(str::to_owned)).collect();
    names.extend(makers.iter().map(String::as_str));
    Ok(newcomers(history, &names, at)?.into_iter().map(Caution::New).collect())
}

/// The run before that was not given up, where the runs stand so.
pub(crate) fn before<'a>(situation: &'a Situation, stages: &HashMap<i64, Stage>, run: &RunRow) -> Option<&'a RunRow> {
    let lives = |other: &&RunRow| other.id < run.id && stages.get(&other.id).is_some_and(|stage| stage.is_living());
    situation.runs.iter().filter(lives).max_by_key(|other| other.id)
}

async fn changed_settings(
    kasse: &Kasse,
    tx: &mut Tx,
    before: Option<&RunRow>,
    run: &RunRow,
    is_released: bool,
) -> Result<Vec<Caution>> {
    let since = match before {
        Some(before) => store::released_in(tx, before.id).await?,
        None => 0,
    };
    let until = if is_released { store::released_in(tx, run.id).await? } else { i64::MAX };
    let mut rows = store::settings_between(tx, since, until).await?;
    if !is_released {
        rows.extend(settings::pending(tx, &kasse.config).await?);
    }
    rows.retain(|row| settings::controls(&row.name));
    Ok(settings::summed(rows).into_iter().map(Caution::Setting).collect())
}

/// How many debits of a run go to another account than the one before them of their Kassenzeichen, or to one that was
/// confirmed and never debited; and how many debits there are.
fn changed_accounts(situation: &Situation, stages: &HashMap<i64, Stage>, run: &RunRow) -> (usize, usize) {
    let runs = situation.run_of_debit();
    let lives = |debit: i64| {
        runs.get(&debit).is_some_and(|own| *own < run.id && stages.get(own).is_some_and(|stage| stage.is_living()))
    };
    let account = |mandate: i64| situation.mandate_rows.get(&mandate).map(|row| row.said.iban.as_str());
    let mut last: HashMap<String, (i64, Option<&str>)> = HashMap::new();
    for debit in situation.debits.iter().filter(|debit| lives(debit.id)) {
        let known = last.entry(canonical(&debit.kassenzeichen)).or_insert((0, None));
        if debit.id > known.0 {
            *known = (debit.id, account(debit.mandate));
        }
    }
    let own = takings(situation, run.id);
    let is_other = |debit: &store::DebitRow| match last.get(&canonical(&debit.kassenzeichen)) {
        Some((_, before)) => *before != account(debit.mandate),
        None => situation.confirmed_accounts.contains(&debit.mandate),
    };
    (own.iter().filter(|taking| is_other(&taking.debit)).count(), own.len())
}

/// The runs that were taken over from payment files since the last release.
fn taken_over(situation: &Situation, run: &RunRow) -> Vec<Caution> {
    let mut found = Vec::new();
    for event in situation.events.iter() {
        match event.kind {
            EventKind::Released if event.run == run.id => break,
            EventKind::Released => found.clear(),
            EventKind::TakenOver => {
                let name = situation.runs.iter().find(|own| own.id == event.run).map(|own| own.name.clone());
                found.push(Caution::TakenOver {
                    run: name.unwrap_or_default(),
                    file: event.note.clone().unwrap_or_default(),
                    by: event.actor.clone(),
                    with: event.second.clone(),
                });
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn run(id: i64) -> RunRow {
        RunRow { id, name: format!("L{id}"), due: "2024-03-28".parse().unwrap(), planner: "anna".to_owned() }
    }

    fn event((run, kind): (i64, EventKind)) -> EventRow {
        EventRow {
            run,
            kind,
            actor: "bernd".to_owned(),
            day: "2024-03-11".parse().unwrap(),
            at: String::new(),
            sha256: None,
            second: None,
            note: None,
            planner: "anna".to_owned(),
            round: 0,
        }
    }

    #[test]
    fn the_run_before_is_the_one_that_was_at_the_release() {
        use EventKind::{Exported, Released, Void, Voided};
        let before_second = |events: &[(i64, EventKind)]| {
            let events = events.iter().copied().map(event).collect();
            let mut situation = Situation::default();
            (situation.runs, situation.events) = (Arc::new(vec![run(1), run(2)]), Arc::new(events));
            let then = until_release(&situation, &run(2));
            let stages = [1, 2].map(|id| (id, stage(then, id, true))).into();
            before(&situation, &stages, &run(2)).map(|before| before.id)
        };
        assert_eq!(before_second(&[(1, Released), (1, Exported), (2, Released), (1, Void)]), Some(1));
        assert_eq!(before_second(&[(1, Released), (1, Exported), (1, Void), (2, Released)]), None);
        assert_eq!(before_second(&[(1, Released), (1, Exported), (2, Released), (2, Voided), (1, Void)]), None);
    }
}
