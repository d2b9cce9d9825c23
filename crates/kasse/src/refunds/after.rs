//! What becomes of a file of refunds after its export, and to which other account money goes back.
//!
//! Invariant: exported is not sent, and not sent is no proof: two people say that a file was never carried out, and no statement
//! may contradict them.

use ledger::gate::Stage;
use ledger::person::is_same;
use ledger::refund::{Told, last_booking};
use ledger::void::VoidGround;
use sepa::{Iban, target_day_before};
use store::{EventKind, EventRow, EventSaid, Moment, RefundAccountSaid, RefundKind, RefundRow, RefundRunRow};

use crate::base::rights::Right;
use crate::books::refunds::NEVER_CARRIED_OUT;
use crate::books::situation::Situation;
use crate::cases::resolve::booking_of;
use crate::matching::refunds::{cancel, told_of};
use crate::matching::verdicts::match_in;
use crate::orders::sent::VoidSaid;
use crate::refunds::proposals::can_be_written;
use crate::refunds::runs::run_of;
use crate::vault::instance;
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

/// Two people say, on which ground, that the file of a run was never carried out: what it would have given back can be planned anew.
///
/// # Errors
/// [`Error::Refused`] where the bank or a statement says otherwise, and where the ground does not stand.
pub async fn void_refunds(kasse: &Kasse, name: &str, said: &VoidSaid) -> Result<()> {
    let mut tx = kasse.write(Right::Release, &said.who, "refund void", &said.reason).await?;
    instance::refuse_locked(&mut tx).await?;
    kasse.with(&mut tx, Right::Release, &said.with).await?;
    if is_same(&said.who, &said.with) {
        return Err(Error::Refused("two people answer for this".to_owned()));
    }
    // what was imported may tell of the run, and nobody has looked yet
    match_in(&mut tx, kasse).await?;
    let situation = kasse.situation(&mut tx).await?;
    let row = run_of(&situation, name)?;
    let stage = situation.refund_stage(row.run.id);
    let may_be_void = matches!(stage, Stage::Exported | Stage::Sent);
    if !may_be_void {
        return Err(Error::Refused(format!("the run is {}, only a run whose file was written is void", stage.word())));
    }
    if let Some(why) = contradicted(kasse, &mut tx, &situation, row, said.ground).await? {
        return Err(Error::Refused(format!("run {name} is not void: {why}")));
    }
    let open: Vec<&RefundRow> =
        situation.refunds_in(row.run.id).filter(|refund| situation.refund_end(refund.id).is_none()).collect();
    cancel(&mut tx, kasse, &open, NEVER_CARRIED_OUT).await?;
    let note = format!("{}: {}", said.ground.said(), said.reason);
    let event = EventSaid { second: Some(&said.with), note: Some(&note), ..EventSaid::default() };
    tx.add_event(row.run.id, EventKind::Void, event).await?;
    match_in(&mut tx, kasse).await?;
    Ok(tx.commit(&format!("run {name}")).await?)
}

/// What speaks against it that the file of a run was never carried out.
async fn contradicted(
    kasse: &Kasse,
    tx: &mut impl Moment,
    situation: &Situation,
    row: &RefundRunRow,
    ground: VoidGround,
) -> Result<Option<String>> {
    let was_told = |refund: &RefundRow| {
        let is_paid = situation.refund_end(refund.id).is_some_and(|end| end.kind == RefundKind::Paid);
        is_paid || situation.refund_came_back(refund.id).is_some()
    };
    let speaks =
        told_of(situation).into_values().any(|told| matches!(told, Told::Differs(run, _) if run == row.run.id));
    if speaks || situation.refunds_in(row.run.id).any(was_told) {
        return Ok(Some("a statement shows that the bank carried it out".to_owned()));
    }
    let is_settled = |event: &&EventRow| {
        let word = event.note.as_deref().and_then(|note| note.split(' ').next());
        event.run == row.run.id
            && event.kind == EventKind::Status
            && matches!(word, Some("ACSC" | "ACCC" | "ACSP" | "ACWC"))
    };
    if let Some(told) = situation.events.iter().find(is_settled) {
        let (note, day) = (told.note.as_deref().unwrap_or_default(), told.day);
        return Ok(Some(format!("the bank says that it was carried out ({note}, {day})")));
    }
    let needed = match ground {
        // only statements that reach beyond the days on which the bank books it show that it did not
        VoidGround::Statements => last_booking(row.run.due),
        _ => target_day_before(kasse.today),
    };
    for chain in kasse.chains(tx).await?.iter() {
        if let Some(missing) = chain.missing(needed).first() {
            let account = &chain.account;
            return Ok(Some(format!("account {account}: {missing}")));
        }
    }
    let is_sent = situation.refund_stage(row.run.id) == Stage::Sent;
    Ok((ground == VoidGround::NeverLeft && is_sent).then(|| "it is recorded that it went to the bank".to_owned()))
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
    if !can_be_written(name) {
        return Err(Error::Refused("banks write no letter of that name: write it in Latin letters".to_owned()));
    }
    if kasse.config.own_account(said.iban.as_str()).is_some() {
        return Err(Error::Refused("that account is one of our own: nothing goes back to it".to_owned()));
    }
    let situation = kasse.situation(&mut tx).await?;
    let booking = booking_of(&situation, said.case)?;
    if let Some(refund) = situation.refund_underway(booking.id) {
        let id = &refund.end_to_end_id;
        return Err(Error::Refused(format!("case {}: its money is in a run already, by the refund {id}", said.case)));
    }
    let row = RefundAccountSaid { name, iban: said.iban.as_str(), reason, second: &said.with };
    tx.add_refund_account(booking.id, row).await?;
    Ok(tx.commit(&format!("case {}", said.case)).await?)
}
