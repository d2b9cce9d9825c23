//! Runs of refunds: plan, show, cancel.
//!
//! Invariant: a plan takes what goes back by a person's word and nothing stands in the way of; the database takes one refund of
//! a credit at a time.

use jiff::civil::Date;
use sepa::{is_target_day, target_day_on_or_after};
use serde_json::{Value, json};
use store::{EventKind, EventSaid, RefundRow, RefundRunRow, WriteTx};

use crate::base::rights::Right;
use crate::base::shown::{eur, with};
use crate::books::situation::Situation;
use crate::matching::refunds;
use crate::refunds::proposals::{Proposal, State, meant_for, proposals, shown};
use crate::refunds::runs::{run_json, run_of};
use crate::vault::instance;
use crate::{Error, Kasse, Result};

/// What a planner of refunds asks for.
#[derive(Clone, Debug)]
pub struct RefundPlan {
    /// The day on which the bank is to carry them out.
    pub on: Date,
    /// Who plans.
    pub planner: String,
    /// Only the credits of these cases; all if empty.
    pub cases: Vec<i64>,
    /// The order by which the money is paid out, as the town files it (KomHVO NRW § 31).
    pub file_number: Option<String>,
    /// Why money may go back although the debit that it crosses can still come back by itself.
    pub early: Option<String>,
}

/// Plans a run of all refunds that nothing stands in the way of. Null where there are none.
///
/// # Errors
/// [`Error::Refused`] for a day on which banks do not work or that has passed; [`Error::Unknown`] for a case of which nothing goes
/// back.
pub async fn plan_refunds(kasse: &Kasse, asked: &RefundPlan) -> Result<Value> {
    check_day(kasse, asked.on)?;
    let early = asked.early.as_deref().map(str::trim).filter(|why| !why.is_empty());
    let mut tx = kasse.write(Right::Plan, &asked.planner, "refund plan", early.unwrap_or_default()).await?;
    instance::refuse_locked(&mut tx).await?;
    let situation = kasse.situation(&mut tx).await?;
    let all = proposals(kasse, &situation);
    let all: Vec<Proposal<'_>> = all.into_iter().filter(|one| one.refund.is_none()).collect();
    let case = |one: &Proposal<'_>| situation.cases.get(&one.row.id).copied().unwrap_or_default();
    if let Some(none) = asked.cases.iter().find(|number| !all.iter().any(|one| case(one) == **number)) {
        return Err(Error::Unknown(format!("of case {none} nothing is to go back that is not in a run")));
    }
    let is_meant = |one: &Proposal<'_>| asked.cases.is_empty() || asked.cases.contains(&case(one));
    let is_ready = |one: &Proposal<'_>| match one.state {
        State::ToPlan => true,
        State::DebitAtBank | State::Returnable(_) => early.is_some(),
        _ => false,
    };
    let (ready, left): (Vec<_>, Vec<_>) = all.into_iter().filter(is_meant).partition(is_ready);
    let name = match ready.is_empty() {
        true => None,
        false => Some(store_plan(&mut tx, &situation, asked, &ready).await?),
    };
    let amount: i64 = ready.iter().map(|one| one.amount).sum();
    let left_out: Vec<Value> = left.iter().map(|one| shown(&situation, one)).collect();
    let planned = json!({"run": name, "on": asked.on.to_string(), "refunds": ready.len(), "amount": eur(amount), "left_out": left_out});
    tx.commit(&format!("run {}", name.unwrap_or_default())).await?;
    Ok(planned)
}

fn check_day(kasse: &Kasse, on: Date) -> Result<()> {
    if !is_target_day(on) {
        let next = target_day_on_or_after(on);
        return Err(Error::Refused(format!("{on} is no TARGET business day; the next one is {next}")));
    }
    if on < kasse.today {
        return Err(Error::Refused(format!("{on} has passed: no bank pays on it")));
    }
    Ok(())
}

async fn store_plan(
    tx: &mut WriteTx,
    situation: &Situation,
    asked: &RefundPlan,
    ready: &[Proposal<'_>],
) -> Result<String> {
    let instance = instance::code(tx).await?;
    let number = |row: &RefundRunRow| row.run.name.strip_prefix('E')?.split('-').next()?.parse::<usize>().ok();
    let last = situation.refund_runs.iter().filter_map(number).max().unwrap_or(0);
    let name = format!("E{}", last + 1);
    let file_number = asked.file_number.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let run = tx.add_refund_run(&name, asked.on, &asked.planner, file_number).await?;
    let mut rows = Vec::new();
    for (place, one) in (1..).zip(ready) {
        let payee = match situation.refund_account(one.row.id) {
            Some(said) => said.payee,
            None => store::party_of(tx, one.row.id).await?,
        };
        rows.push(RefundRow {
            id: 0,
            run,
            end_to_end_id: format!("{instance}-{name}-{place:06}"),
            booking: one.row.id,
            amount: one.amount,
            payee,
            name: None,
            iban: None,
            kassenzeichen: meant_for(situation, one.row.id),
            paid_before: situation.gave_back(one.row.id),
            former_end: situation.refund_ended(one.row.id),
        });
    }
    tx.add_refunds(&rows).await?;
    Ok(name)
}

/// One run: its refunds with what became of each, what happened to it, and what forbids its release now.
///
/// # Errors
/// [`Error::Unknown`] for a run that is none.
pub async fn show_refunds(kasse: &Kasse, name: &str) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let row = run_of(&situation, name)?;
    let all = proposals(kasse, &situation);
    let own = all.iter().filter(|one| one.refund.is_some_and(|refund| refund.run == row.run.id));
    let fallen = situation.refunds.iter().filter(|refund| refund.run == row.run.id).filter_map(|refund| {
        let end = situation.refund_end(refund.id).filter(|end| end.kind.frees())?;
        Some(json!({
            "end_to_end_id": refund.end_to_end_id, "case": situation.cases.get(&refund.booking), "amount": eur(refund.amount),
            "state": end.kind.word(), "day": end.day.to_string(), "reason": end.reason,
        }))
    });
    let events = situation.events.iter().filter(|event| event.run == row.run.id).map(|event| {
        json!({
            "event": event.kind.word(), "by": event.actor, "with": event.second, "note": event.note,
            "day": event.day.to_string(), "at": event.at, "sha256": event.sha256,
        })
    });
    let more = json!({
        "transfers": own.map(|one| shown(&situation, one)).collect::<Vec<_>>(),
        "fallen": fallen.collect::<Vec<_>>(), "events": events.collect::<Vec<_>>(),
        "signatures": kasse.config.sign_payouts,
    });
    Ok(with(run_json(&situation, row), more))
}

/// Cancels a run before its file was written: what it would have given back can be planned anew.
///
/// # Errors
/// [`Error::Refused`] once its file was written.
pub async fn cancel_refunds(kasse: &Kasse, name: &str, who: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Plan, who, "refund cancel", "").await?;
    instance::refuse_locked(&mut tx).await?;
    let situation = kasse.situation(&mut tx).await?;
    let row = run_of(&situation, name)?;
    let stage = situation.refund_stage(row.run.id);
    if !stage.yields_to_money() {
        return Err(Error::Refused(format!("the run is {}, only one before its export is cancelled", stage.word())));
    }
    let open: Vec<&RefundRow> =
        situation.refunds_in(row.run.id).filter(|refund| situation.refund_end(refund.id).is_none()).collect();
    refunds::cancel(&mut tx, kasse, &open, "its run was cancelled").await?;
    tx.add_event(row.run.id, EventKind::Cancelled, EventSaid::default()).await?;
    Ok(tx.commit(&format!("run {name}")).await?)
}
