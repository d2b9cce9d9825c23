//! What people do with refunds: release, export, record as sent, give up, declare void, name another account.
//!
//! Invariant: each act carries the mark of its form, and nothing is decided here: the answer is that of the rules.

use axum::Form;
use axum::extract::Path;
use kasse::{RefundAccount, Released, VoidGround};
use sepa::Iban;
use serde::Deserialize;

use crate::access::{As, Deciding, Exporting, Peer, Planning, Releasing};
use crate::deeds::Mark;
use crate::download::zipped;
use crate::outcome::{after, refused, second};
use crate::page::{Answer, not_done};
use crate::pages::refunds::views::href;

#[derive(Deserialize)]
pub(super) struct Release {
    once: String,
    #[serde(default)]
    early: String,
}

pub(super) async fn release(user: As<Releasing>, Path(name): Path<String>, Form(sent): Form<Release>) -> Answer {
    let early = Some(sent.early.trim()).filter(|why| !why.is_empty());
    let mark = Mark::of_form(&user, &sent.once, &format!("release refunds {name} {early:?}"))?;
    after(user.release_refunds(mark, &name, early).await, &href(&name), |released| {
        let Released { given, needed, .. } = released;
        match given < needed {
            true => format!("Signed: {given} of {needed} signatures are there. Another person must sign."),
            false => format!("Run {name} is released."),
        }
    })
}

#[derive(Deserialize)]
pub(super) struct Marked {
    once: String,
}

pub(super) async fn export(user: As<Exporting>, Path(name): Path<String>, Form(sent): Form<Marked>) -> Answer {
    let mark = Mark::of_form(&user, &sent.once, &format!("export refunds {name}"))?;
    let folder = crate::pages::runs::papers::scratch()?;
    match user.export_refunds(mark, &name, folder.path()).await {
        Ok(written) => zipped(&format!("{name}.zip"), &[written.file, written.sheet, written.sheet_pdf]),
        Err(error) => refused(error, &href(&name)),
    }
}

#[derive(Deserialize)]
pub(super) struct Sent {
    once: String,
    order: String,
}

pub(super) async fn sent(user: As<Planning>, Path(name): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let (to, order) = (href(&name), sent.order.trim());
    if order.is_empty() {
        return Ok(not_done(&to, "Say the bank's order number."));
    }
    let mark = Mark::of_form(&user, &sent.once, &format!("sent refunds {name} {order}"))?;
    after(user.refunds_sent(mark, &name, order).await, &to, |()| format!("Run {name} is recorded as sent."))
}

pub(super) async fn cancel(user: As<Planning>, Path(name): Path<String>, Form(sent): Form<Marked>) -> Answer {
    let mark = Mark::of_form(&user, &sent.once, &format!("cancel refunds {name}"))?;
    let said = |()| format!("Run {name} is cancelled: its refunds can be planned anew.");
    after(user.cancel_refunds(mark, &name).await, &href(&name), said)
}

#[derive(Deserialize)]
pub(super) struct Void {
    once: String,
    /// The value of the form: `bank`, `statements` or `house`.
    proof: String,
    reason: String,
    second: String,
    password: String,
}

pub(super) async fn void(user: As<Releasing>, peer: Peer, Path(name): Path<String>, Form(sent): Form<Void>) -> Answer {
    let (to, reason) = (href(&name), sent.reason.trim());
    if reason.is_empty() {
        return Ok(not_done(&to, "Say why: what the bank wrote, or why the file never went."));
    }
    let with = match second(&user, peer, &sent.second, &sent.password).await? {
        Ok(with) => with,
        Err(why) => return Ok(not_done(&to, &why)),
    };
    let ground = match sent.proof.as_str() {
        "statements" => VoidGround::Statements,
        "house" => VoidGround::NeverLeft,
        _ => VoidGround::Refused,
    };
    let request = format!("void refunds {name} {ground:?} {} {reason}", with.name());
    let mark = Mark::of_form(&user, &sent.once, &request)?;
    after(user.void_refunds(mark, &name, with, reason, ground).await, &to, |()| {
        format!("Run {name} is void: its refunds can be planned anew.")
    })
}

#[derive(Deserialize)]
pub(super) struct Account {
    once: String,
    case: String,
    name: String,
    iban: String,
    reason: String,
    second: String,
    password: String,
}

pub(super) async fn account(user: As<Deciding>, peer: Peer, Form(sent): Form<Account>) -> Answer {
    let to = "/refunds";
    let Ok(case) = sent.case.trim().parse::<i64>() else {
        return Ok(not_done(to, "Say the number of the case."));
    };
    let iban = match Iban::parse(&sent.iban) {
        Ok(iban) => iban,
        Err(why) => return Ok(not_done(to, &format!("IBAN: {why}"))),
    };
    let with = match second(&user, peer, &sent.second, &sent.password).await? {
        Ok(with) => with,
        Err(why) => return Ok(not_done(to, &why)),
    };
    let said = RefundAccount {
        case,
        name: sent.name.trim().to_owned(),
        iban,
        who: user.name().to_owned(),
        with: with.name().to_owned(),
        reason: sent.reason.trim().to_owned(),
    };
    let mark = Mark::of_form(&user, &sent.once, &format!("refund account {said:?}"))?;
    after(user.refund_to(mark, &said, with).await, to, |()| {
        format!("The money of case {case} goes to the account of {}.", said.name)
    })
}
