//! What becomes of a file of refunds after its export, and to which other account money goes back.
//!
//! Invariant: exported is not sent, and not sent is no proof: two people say that a file was never carried out, and no statement
//! may contradict them.

use ledger::gate::Stage;
use ledger::person::is_same;
use sepa::Iban;
use store::{EventKind, EventSaid, RefundAccountSaid, RefundKind, RefundRow};

use crate::base::rights::Right;
use crate::cases::resolve::booking_of;
use crate::matching::refunds::{cancel, told_of};
use crate::matching::verdicts::match_in;
use crate::refunds::runs::run_of;
use crate::{Error, Kasse, Result};

/// Remembers under which number the bank took the file of a run.
///
/// # Errors
/// [`Error::Refused`] for a run that was not exported, or was sent before.
pub async fn refunds_sent(kasse: &Kasse, name: &str, order: &str, who: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Plan, who, "refund sent", "").await?;
    let situation = kasse.situation(&mut tx).await?;
    let row = run_of(&situation, name)?;
    let stage = situation.refund_stage(row.run.id);
    if stage != Stage::Exported {
        return Err(Error::Refused(format!("the run is {}, only an exported run is sent", stage.word())));
    }
    let released = situation.events.iter().rfind(|one| one.run == row.run.id && one.kind == EventKind::Released);
    let digest = released.and_then(|event| event.sha256.clone());
    let said = EventSaid { sha256: digest.as_deref(), note: Some(order), ..EventSaid::default() };
    tx.add_event(row.run.id, EventKind::Sent, said).await?;
    Ok(tx.commit(&format!("run {name}")).await?)
}

/// Two people say that the file of a run was never carried out: what it would have given back can be planned anew.
///
/// # Errors
/// [`Error::Refused`] where a statement shows a refund of it, or speaks of it, and where statements are missing.
pub async fn void_refunds(kasse: &Kasse, name: &str, who: &str, with: &str, reason: &str) -> Result<()> {
    let mut tx = kasse.write(Right::Release, who, "refund void", reason).await?;
    kasse.with(&mut tx, Right::Release, with).await?;
    if is_same(who, with) {
        return Err(Error::Refused("two people answer for this".to_owned()));
    }
    let situation = kasse.situation(&mut tx).await?;
    let row = run_of(&situation, name)?;
    let stage = situation.refund_stage(row.run.id);
    if !matches!(stage, Stage::Exported | Stage::Sent) {
        return Err(Error::Refused(format!("the run is {}, only a run whose file was written is void", stage.word())));
    }
    let is_paid = |refund: &RefundRow| situation.refund_end(refund.id).is_some_and(|end| end.kind == RefundKind::Paid);
    let speaks = told_of(&situation).into_values().any(|told| told == ledger::refund::Told::Differs(row.run.id));
    if speaks || situation.refunds_in(row.run.id).any(is_paid) {
        let why = "a statement shows that the bank carried it out";
        return Err(Error::Refused(format!("run {name} is not void: {why}")));
    }
    let needed = sepa::target_day_before(kasse.today);
    for chain in kasse.chains(&mut tx).await?.iter() {
        if let Some(missing) = chain.missing(needed).first() {
            let account = &chain.account;
            return Err(Error::Refused(format!("run {name} is not void: account {account}: {missing}")));
        }
    }
    let open: Vec<&RefundRow> =
        situation.refunds_in(row.run.id).filter(|refund| situation.refund_end(refund.id).is_none()).collect();
    cancel(&mut tx, kasse, &open, "its file was never carried out").await?;
    let said = EventSaid { second: Some(with), note: Some(reason), ..EventSaid::default() };
    tx.add_event(row.run.id, EventKind::Void, said).await?;
    match_in(&mut tx, kasse).await?;
    Ok(tx.commit(&format!("run {name}")).await?)
}

/// To which account a credit goes back that does not go back to where it came from.
#[derive(Clone, Debug)]
pub struct RefundAccount {
    /// The case of the credit.
    pub case: i64,
    /// The holder of the account.
    pub name: String,
    /// The account.
    pub iban: Iban,
    /// One person.
    pub who: String,
    /// Another one.
    pub with: String,
    /// Why.
    pub reason: String,
}

/// Two people say to which other account a credit goes back.
///
/// # Errors
/// [`Error::Unknown`] for a case that is none; [`Error::Refused`] for one that is in a run of refunds, and for one person alone.
pub async fn refund_to(kasse: &Kasse, said: &RefundAccount) -> Result<()> {
    let mut tx = kasse.write(Right::Decide, &said.who, "refund account", &said.reason).await?;
    kasse.with(&mut tx, Right::Decide, &said.with).await?;
    if is_same(&said.who, &said.with) {
        return Err(Error::Refused("two people answer for this".to_owned()));
    }
    let (name, reason) = (said.name.trim(), said.reason.trim());
    if name.is_empty() || reason.is_empty() {
        return Err(Error::Refused("the holder of the account and a reason are needed".to_owned()));
    }
    if kasse.config.own_account(said.iban.as_str()).is_some() {
        return Err(Error::Refused("that account is one of our own: nothing goes back to it".to_owned()));
    }
    let situation = kasse.situation(&mut tx).await?;
    let booking = booking_of(&situation, said.case)?;
    if let Some(refund) = situation.refund_of(booking.id) {
        let id = &refund.end_to_end_id;
        return Err(Error::Refused(format!("case {}: its money is in a run already, by the refund {id}", said.case)));
    }
    let row = RefundAccountSaid { name, iban: said.iban.as_str(), reason, second: &said.with };
    tx.add_refund_account(booking.id, row).await?;
    Ok(tx.commit(&format!("case {}", said.case)).await?)
}
