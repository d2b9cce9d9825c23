//! A run as a person looks at it before he signs: sums, reasons, the run before, the proofs, one page of its lists.
//!
//! Invariant: nothing is decided here; every figure comes from the one moment of the books at which a release would look
//! too, and the proofs are those that `release` asks for.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ledger::chain::Missing;
use ledger::gate::{Stage, earliest_collection};
use ledger::plan::Reason;
use sepa::{target_day_before, target_day_on_or_after};
use serde_json::{Value, json};
use store::{EventKind, LeftOutSum, Moment, RunRow, Tx};

use crate::base::shown::{eur, with};
use crate::books::excess::{Excess, excess};
use crate::books::situation::Situation;
use crate::orders::cautions::Cautions;
use crate::orders::collect::{left_out_json, open_items};
use crate::orders::fallen::fallen;
use crate::orders::release::{Hindrances, is_outdated, residual_of};
use crate::orders::run_cautions::{before, of_run};
use crate::runs::life;
use crate::runs::takings::{Taking, run_of, takings};
use crate::{Kasse, Result};

/// Which part of a run's lists is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunWindow {
    /// The first debit.
    pub debits: usize,
    /// The first item that was left out.
    pub left_out: usize,
    /// Only those left out for this reason, a word of [`Reason`].
    pub reason: Option<String>,
    /// How many of each.
    pub count: usize,
}

/// What a planner chooses from: the first day on which notices that are posted today allow a collection, and what is open
/// of each levy.
///
/// # Errors
/// What the database says.
pub async fn plan_proposal(kasse: &Kasse) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let mut levies: BTreeMap<String, (usize, i64)> = BTreeMap::new();
    for item in open_items(&kasse.config, &situation).into_iter().filter(|item| !item.in_run) {
        let levy = levies.entry(item.kind).or_default();
        *levy = (levy.0 + 1, levy.1 + item.open.get());
    }
    let levies: Vec<Value> = levies
        .into_iter()
        .map(|(levy, (items, amount))| json!({"levy": levy, "items": items, "amount": eur(amount)}))
        .collect();
    let earliest = earliest_collection(kasse.today, kasse.config.bank.days_before);
    Ok(json!({
        "due": proposed_due(kasse).to_string(), "earliest": earliest.to_string(),
        "notice_days": kasse.config.prenotification_days, "levies": levies,
    }))
}

/// The first TARGET day that the notice period and the bank allow, where the notices are posted today.
fn proposed_due(kasse: &Kasse) -> Date {
    use jiff::ToSpan as _;
    let noticed = kasse.today.saturating_add(kasse.config.prenotification_days.days());
    let taken = earliest_collection(kasse.today, kasse.config.bank.days_before);
    target_day_on_or_after(noticed).max(taken)
}

/// A run as `who` may sign it: what it takes, what it leaves out and why, the run before, what forbids its release.
///
/// # Errors
/// [`crate::Error::Unknown`] for a run that is none.
pub async fn run_preview(kasse: &Kasse, name: &str, who: &str, window: &RunWindow) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let run = run_of(&mut tx, name).await?;
    let situation = kasse.situation(&mut tx).await?;
    let own = takings(&situation, run.id);
    let stage = situation.stages().get(&run.id).copied().unwrap_or(Stage::Cancelled);
    let sums = store::left_out_sums(&mut tx, run.id).await?;
    let outdated = is_outdated(&mut tx, &situation, &run).await?;
    let more = of_run(kasse, &mut tx, &situation, &run, Some(who)).await?;
    let to_know = Cautions::default().and(more.clone()).lines();
    let cautions = Cautions::load(kasse, &mut tx, &situation).await?.and(more);
    let hindrances = match stage {
        Stage::Planned | Stage::Released if stage == Stage::Planned || outdated => {
            Hindrances::load(kasse, &mut tx, &situation, &run, who).await?
        }
        _ => Hindrances::default(),
    };
    let not_before = crate::orders::export::not_before(&mut tx, &run, kasse.today).await?;
    Ok(json!({
        "run": run.name, "due": run.due.to_string(), "planner": run.planner, "state": stage.word(),
        "not_before": not_before.map(|day| day.to_string()), "outdated": outdated, "cautions": cautions.lines(), "to_know": to_know,
        "debits": own.len(), "amount": eur(sum(&own)), "signatures": kasse.config.sign_debits,
        "levies": levies(&situation, &own), "before": shown_before(&situation, &run),
        "announced": hindrances.announced, "forbidden": hindrances.forbidden,
        "proofs": proofs(kasse, &mut tx, &situation, &cautions).await?,
        "reasons": reasons(&sums), "events": events(&situation, run.id),
        "fallen": fallen(&situation, run.id), "bank": life::of_run(&situation, &run, &life::told(&situation)),
        "excess": excess(&situation).iter().filter(|row| row.is_of(run.id)).map(Excess::json).collect::<Vec<_>>(),
        "shown_debits": debits(&situation, stage, &own, window),
        "shown_left_out": shown_left_out(&mut tx, &situation, run.id, &sums, window).await?,
    }))
}

fn sum(takings: &[Taking]) -> i64 {
    takings.iter().map(|taking| taking.amount).sum()
}

/// Items and cents by levy.
fn by_levy<'a>(situation: &'a Situation, takings: &[Taking]) -> BTreeMap<&'a str, (usize, i64)> {
    let mut levies: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    for (id, amount) in takings.iter().flat_map(|taking| &taking.items) {
        let Some(item) = situation.items.by_id(*id) else { continue };
        let levy = levies.entry(item.said.kind.as_str()).or_default();
        *levy = (levy.0 + 1, levy.1 + amount);
    }
    levies
}

fn levies(situation: &Situation, takings: &[Taking]) -> Vec<Value> {
    let row =
        |(levy, (items, amount)): (&str, (usize, i64))| json!({"levy": levy, "items": items, "amount": eur(amount)});
    by_levy(situation, takings).into_iter().map(row).collect()
}

/// The run before that was not given up, with its sums.
fn shown_before(situation: &Situation, run: &RunRow) -> Option<Value> {
    let before = before(situation, situation.stages(), run)?;
    let own = takings(situation, before.id);
    Some(json!({
        "run": before.name, "due": before.due.to_string(), "debits": own.len(), "amount": eur(sum(&own)),
        "levies": levies(situation, &own),
    }))
}

/// The three proofs, as they stand now.
async fn proofs(kasse: &Kasse, tx: &mut impl Moment, situation: &Situation, cautions: &Cautions) -> Result<Value> {
    let needed = target_day_before(kasse.today);
    let mut missing = Vec::new();
    for chain in kasse.chains(tx).await?.iter() {
        let of = |why: &Missing| format!("account {}: {why}", chain.account);
        missing.extend(chain.missing(needed).iter().map(of));
    }
    let cases = situation.verdicts.values().filter(|verdict| verdict.said.decision == "case").count();
    // the database refuses such a row: what is counted here is what a person is shown of it
    let twice = situation.states.values();
    let twice = twice.filter(|state| state.transferred + state.in_collection + state.collected > state.amount).count();
    let foreign = situation.foreign_sums(kasse);
    let foreign = foreign.map(|(credits, amount, first)| {
        json!({"credits": credits, "amount": amount.to_string(), "first": first.to_string()})
    });
    Ok(json!({
        "needed": needed.to_string(), "missing": missing, "given": cautions.of_money(), "pending": situation.pending(),
        "cases": cases, "residual": residual_of(situation), "foreign": foreign, "twice": twice,
    }))
}

/// Number and sum of each reason for which something was left out, in the reasons' order.
fn reasons(sums: &[LeftOutSum]) -> Vec<Value> {
    let of = |reason: &Reason| {
        let own = sums.iter().find(|sum| sum.reason == reason.word())?;
        let (word, meaning) = (reason.word(), reason.meaning());
        Some(json!({"reason": word, "meaning": meaning, "items": own.count, "amount": eur(own.amount)}))
    };
    Reason::ALL.iter().filter_map(of).collect()
}

fn events(situation: &Situation, run: i64) -> Vec<Value> {
    let own = situation.events.iter().filter(|event| event.run == run);
    own.map(|event| {
        json!({
            "event": event.kind.word(), "by": event.actor, "with": event.second, "note": note(event),
            "day": event.day.to_string(), "sha256": event.sha256,
        })
    })
    .collect()
}

/// What a person said, why a file was written early; the name of a file that was taken over is one too.
fn note(event: &store::EventRow) -> Option<&str> {
    event
        .note
        .as_deref()
        .filter(|_| !matches!(event.kind, EventKind::Announced | EventKind::Signed | EventKind::Released))
}

fn debits(situation: &Situation, stage: Stage, own: &[Taking], window: &RunWindow) -> Vec<Value> {
    let told = life::told(situation);
    let shown = own.iter().skip(window.debits).take(window.count);
    shown
        .map(|taking| {
            let holder = situation.mandate_rows.get(&taking.debit.mandate).map(|row| row.said.holder.as_str());
            let posten = |id: &i64| situation.items.by_id(*id).map(|item| item.posten.as_str());
            let told = told.get(&taking.debit.id).map_or(&[][..], Vec::as_slice);
            let bank = life::of_debit(stage, situation.life_of(taking.debit.id), told);
            with(
                bank,
                json!({
                    "kassenzeichen": taking.debit.kassenzeichen, "debtor": holder, "amount": eur(taking.amount),
                    "posten": taking.items.keys().filter_map(posten).collect::<Vec<_>>(),
                }),
            )
        })
        .collect()
}

async fn shown_left_out(
    tx: &mut Tx,
    situation: &Situation,
    run: i64,
    sums: &[LeftOutSum],
    window: &RunWindow,
) -> Result<Value> {
    let reason = window.reason.as_deref();
    let number = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    let rows = store::left_out_page(tx, run, reason, number(window.count), number(window.left_out)).await?;
    let shown = rows.iter().filter_map(|row| {
        let item = situation.items.by_id(row.item)?;
        Some(left_out_json(&item.kassenzeichen, &item.posten, row.amount, &row.reason, row.case_file))
    });
    let all = sums.iter().filter(|sum| reason.is_none_or(|reason| *reason == sum.reason)).map(|sum| sum.count);
    Ok(json!({"all": all.sum::<i64>(), "rows": shown.collect::<Vec<_>>()}))
}
