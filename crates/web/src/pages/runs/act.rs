//! What people do with a run: record its announcement, release it, record that it was sent, or give it up.
//!
//! Invariant: each act carries the mark of its form, and nothing is decided here: the answer is that of the rules.

use axum::Form;
use axum::extract::Path;
use kasse::{Acknowledged, NoticeManner, Released, VoidGround};
use sepa::Cents;
use serde::Deserialize;

use crate::access::{As, Peer, Planning, Releasing};
use crate::deeds::Mark;
use crate::error::Failed;
use crate::outcome::{after, second};
use crate::page::{Answer, not_done};
use crate::pages::runs::address::href;

#[derive(Deserialize)]
pub(super) struct Announced {
    once: String,
    /// The value of the form: `letter` or `otherwise`.
    manner: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    how: String,
}

impl Announced {
    fn said(&self) -> Result<NoticeManner, &'static str> {
        let how = self.how.trim();
        match self.manner.as_str() {
            "otherwise" if how.is_empty() => Err("Say how the debtors were told."),
            "otherwise" => Ok(NoticeManner::Otherwise(how.to_owned())),
            _ => {
                self.day.trim().parse().map(NoticeManner::Posted).map_err(|_| "Say the day on which they were posted.")
            }
        }
    }
}

pub(super) async fn announced(user: As<Planning>, Path(name): Path<String>, Form(sent): Form<Announced>) -> Answer {
    let to = href(&name);
    let manner = match sent.said() {
        Ok(manner) => manner,
        Err(why) => return Ok(not_done(&to, why)),
    };
    let mark = Mark::of_form(&user, &sent.once, &format!("announce {name} {manner:?}"))?;
    // the letters were downloaded before; the ones that this call writes are thrown away
    let folder = super::papers::scratch()?;
    after(user.notify(mark, &name, folder.path(), &manner).await, &to, |notified| {
        format!("{} debits are recorded as announced.", notified.count)
    })
}

#[derive(Deserialize)]
pub(super) struct Release {
    once: String,
    cases: usize,
    amount: String,
    #[serde(default)]
    acknowledged: Option<String>,
}

pub(super) async fn release(user: As<Releasing>, Path(name): Path<String>, Form(sent): Form<Release>) -> Answer {
    let to = href(&name);
    let unreadable = |_| Failed::Unreadable("the form says no amount: open its page again".to_owned());
    let amount = Cents::parse(&sent.amount).map_err(unreadable)?;
    let acknowledged = match (sent.cases, sent.acknowledged) {
        (0, _) => Acknowledged::Nothing,
        (cases, Some(_)) => Acknowledged::Seen(cases, amount.get()),
        (_, None) => {
            return Ok(not_done(&to, "Not released: acknowledge the residual risk, or let its cases be decided."));
        }
    };
    let mark = Mark::of_form(&user, &sent.once, &format!("release {name} {acknowledged:?}"))?;
    after(user.release(mark, &name, acknowledged).await, &to, |released| said_of_release(&name, &released))
}

fn said_of_release(name: &str, released: &Released) -> String {
    let Released { given, needed, cautions, .. } = released;
    let first = match given < needed {
        true => format!("Signed: {given} of {needed} signatures are there. Another person must sign."),
        false => format!("Run {name} is released."),
    };
    std::iter::once(first.as_str()).chain(cautions.iter().map(String::as_str)).collect::<Vec<_>>().join("\n")
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
    let mark = Mark::of_form(&user, &sent.once, &format!("sent {name} {order}"))?;
    after(user.sent(mark, &name, order).await, &to, |()| format!("Run {name} is recorded as sent."))
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
    let request = format!("void {name} {ground:?} {} {reason}", with.name());
    let mark = Mark::of_form(&user, &sent.once, &request)?;
    after(user.void(mark, &name, with, reason, ground).await, &to, |()| {
        format!("Run {name} is void: its items are free again.")
    })
}

#[derive(Deserialize)]
pub(super) struct Cancel {
    once: String,
}

pub(super) async fn cancel(user: As<Planning>, Path(name): Path<String>, Form(sent): Form<Cancel>) -> Answer {
    let mark = Mark::of_form(&user, &sent.once, &format!("cancel {name}"))?;
    let said = |()| format!("Run {name} is cancelled: its items are free again.");
    after(user.cancel(mark, &name).await, &href(&name), said)
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;

    #[track_caller]
    fn check(manner: &str, day: &str, how: &str, expected: Result<NoticeManner, ()>) {
        let texts = [manner, day, how].map(str::to_owned);
        let [manner, day, how] = texts;
        let said = Announced { once: String::new(), manner, day, how }.said();
        assert_eq!(said.map_err(|_| ()), expected);
    }

    #[test]
    fn a_notice_says_when_or_how() {
        let day: Date = "2024-03-11".parse().unwrap();
        check("letter", "2024-03-11", "", Ok(NoticeManner::Posted(day)));
        check("letter", "yesterday", "Bescheid", Err(()));
        check("otherwise", "", " Bescheid ", Ok(NoticeManner::Otherwise("Bescheid".to_owned())));
        check("otherwise", "2024-03-11", " ", Err(()));
    }
}
