//! Other people than the planner put their names under a run of refunds.
//!
//! Invariant: all proofs stand in the transaction that stores the last signature, together with the digest of the bytes that will
//! be written; no money goes back whose debit can still come back by itself, unless a reason is given.

use ledger::gate::{Refusal, Release, Stage, refusals};
use ledger::refund::back_from;
use sepa::{Cents, target_day_before};
use store::{EventKind, EventSaid, Moment, RefundRow, RefundRunRow};

use crate::base::rights::Right;
use crate::base::settings;
use crate::books::situation::Situation;
use crate::matching::evidence::Evidence;
use crate::matching::verdicts::match_in;
use crate::orders::recall::is_awaited;
use crate::orders::release::{Released, proofs_alone, signatures};
use crate::refunds::runs::run_of;
use crate::runs::refund_file;
use crate::vault::instance;
use crate::{Error, Kasse, Result};

/// Releases a run of refunds; `early` says why money may go back whose debit can still come back by itself.
///
/// # Errors
/// [`Error::Refused`] with everything that forbids it.
pub async fn release_refunds(kasse: &Kasse, name: &str, who: &str, early: Option<&str>) -> Result<Released> {
    let early = early.map(str::trim).unwrap_or_default();
    let mut tx = kasse.write(Right::Release, who, "refund release", early).await?;
    instance::refuse_locked(&mut tx).await?;
    // what was imported since the last match may have let a refund fall
    match_in(&mut tx, kasse).await?;
    let situation = kasse.situation(&mut tx).await?;
    let row = run_of(&situation, name)?.clone();
    let signed = signatures(&situation, row.run.id);
    let refused = forbidden(kasse, &mut tx, &situation, &row, Some((who, &signed)), !early.is_empty()).await?;
    if !refused.is_empty() {
        return Err(Error::Refused(format!("run {name} is not released: {}", refused.join("; "))));
    }
    let (given, needed) = (signed.len() + 1, kasse.config.sign_payouts);
    if given < needed {
        tx.add_event(row.run.id, EventKind::Signed, EventSaid::default()).await?;
    } else {
        let file = refund_file::file(kasse, &situation, &row, &kasse.now)?;
        let said = EventSaid { sha256: Some(&file.sha256), ..EventSaid::default() };
        tx.add_event(row.run.id, EventKind::Released, said).await?;
    }
    tx.commit(&format!("run {name}, settings {}", settings::digest(&kasse.config))).await?;
    Ok(Released { given, needed, fallen: Vec::new(), cautions: Vec::new() })
}

/// Everything that forbids a run of refunds to be released, in words; without a releaser, what forbids its file to be written.
pub(crate) async fn forbidden(
    kasse: &Kasse,
    tx: &mut impl Moment,
    situation: &Situation,
    row: &RefundRunRow,
    releaser: Option<(&str, &[String])>,
    early: bool,
) -> Result<Vec<String>> {
    let chains = kasse.chains(tx).await?;
    let changed_by = store::refund_changers(tx, row.run.id).await?;
    let stage = match releaser {
        Some(_) => situation.refund_stage(row.run.id),
        None => Stage::Planned,
    };
    let refused = refusals(&Release {
        stage,
        planner: &row.run.planner,
        signed: releaser.map_or(&[], |(_, signed)| signed),
        signatures: kasse.config.sign_payouts,
        changed_by: &changed_by,
        releaser: releaser.map(|(who, _)| who),
        // what is in doubt beside the run keeps no money back that a person has decided to give back
        residual: (0, Cents::ZERO),
        foreign: None,
        // a transfer may be carried out on the day on which it is handed in
        lead_days: 0,
        ..proofs_alone(kasse, situation, row.run.due, &chains)
    });
    let has_refunds = situation.refunds_in(row.run.id).next().is_some();
    let said = refused.iter().filter(|one| **one != Refusal::Empty || !has_refunds);
    let mut lines: Vec<String> = said.map(ToString::to_string).collect();
    if stage == Stage::Planned {
        let own = situation.refunds_in(row.run.id);
        lines.extend(own.filter_map(|refund| returnable(kasse, situation, refund, early)));
    }
    let needed = target_day_before(kasse.today);
    if !lines.is_empty() {
        lines.extend(crate::books::situation::ways_on(&chains, needed));
    }
    Ok(lines)
}

/// Why a refund waits for the debit that its credit crosses.
fn returnable(kasse: &Kasse, situation: &Situation, refund: &RefundRow, early: bool) -> Option<String> {
    let evidence = situation.verdicts.get(&refund.booking).map(Evidence::of).unwrap_or_default();
    let case = situation.cases.get(&refund.booking).copied().unwrap_or_default();
    let crosses = || situation.debits.iter().filter(|debit| evidence.crosses.contains(&debit.id));
    let due = |run: i64| situation.runs.iter().find(|row| row.id == run).map(|row| row.due);
    if crosses().any(|debit| due(debit.run).is_some_and(|due| is_awaited(situation, debit, due, kasse.today))) {
        return Some(format!(
            "case {case}: the bank was asked to give the direct debit back that the transfer crossed: wait for its answer"
        ));
    }
    if early {
        return None;
    }
    if crosses().any(|debit| situation.life_of(debit.id).is_underway()) {
        return Some(format!(
            "case {case}: the direct debit that the transfer crossed has not been credited yet: release it then, or say why earlier"
        ));
    }
    let from = crosses().filter_map(|debit| due(debit.run)).max().map(back_from)?;
    (kasse.today < from).then(|| {
        format!("case {case}: the direct debit that the transfer crossed can come back until {from}: release it then, or say why earlier")
    })
}

/// What forbids the release of a run to a person now.
///
/// # Errors
/// [`Error::Unknown`] for a run that is none.
pub async fn refunds_forbidden(kasse: &Kasse, name: &str, who: &str) -> Result<Vec<String>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let row = run_of(&situation, name)?.clone();
    let signed = signatures(&situation, row.run.id);
    forbidden(kasse, &mut tx, &situation, &row, Some((who, &signed)), false).await
}
