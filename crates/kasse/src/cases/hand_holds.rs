//! `einmal hold add | lift`: what a person keeps out of direct debit (Stundung, objection, insolvency).
//!
//! Invariant: a hold takes effect at once, its lifting only when two people have signed: a debit too few is made up for in
//! the next run, one too many is not. What a list holds (`list_holds`) is a question; one person answers it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::person::is_same;
use serde_json::{Value, json};
use store::{HandHoldRow, HoldLiftRow, LiftGround};

use crate::base::rights::Right;
use crate::base::shown::eur;
use crate::books::recount::recount_about;
use crate::books::situation::{About, HandHold, Situation};
use crate::{Error, Kasse, Result};

/// What became of a signature under the lifting of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifted {
    /// So many have signed; the hold stands until two have.
    Signed(usize),
    /// The hold is lifted.
    Lifted,
}

/// What is meant by `KZ` or `KZ/POSTEN`.
pub(crate) struct Scope {
    pub(crate) kassenzeichen: String,
    pub(crate) item: Option<i64>,
}

/// Keeps a Kassenzeichen, or one of its items, out of direct debit; planned debits of it fall. What is returned says which
/// files the hold comes too late for.
///
/// # Errors
/// [`Error::Unknown`] where nothing of that name is owed, [`Error::Refused`] for an end before today or no reason.
pub async fn hold_add(kasse: &Kasse, what: &str, reason: &str, until: Option<Date>, who: &str) -> Result<Vec<String>> {
    if reason.trim().is_empty() {
        return Err(Error::Refused("a hold needs a reason".to_owned()));
    }
    if let Some(until) = until.filter(|until| *until < kasse.today) {
        return Err(Error::Refused(format!("{until} is before {}: such a hold would hold nothing", kasse.today)));
    }
    let mut tx = kasse.write(Right::Decide, who, "hold add", reason).await?;
    let about = meant(what);
    let situation = kasse.situation_about(&mut tx, &about).await?;
    let scope = scope(&situation, what)?;
    let too_late = too_late(&situation, &scope);
    let hold = HandHoldRow {
        id: 0,
        kassenzeichen: scope.kassenzeichen,
        item: scope.item,
        reason: reason.to_owned(),
        until,
        actor: who.to_owned(),
        list: None,
        life: None,
    };
    tx.add_hand_holds(&[hold]).await?;
    recount_about(&mut tx, kasse, &about).await?;
    tx.commit(what).await?;
    Ok(too_late)
}

/// The runs whose file has left the house with an item that is meant.
fn too_late(situation: &Situation, scope: &Scope) -> Vec<String> {
    let (stages, claimed) = (situation.stages(), situation.claimed());
    let own = canonical(&scope.kassenzeichen);
    let mut taken: BTreeMap<i64, i64> = BTreeMap::new();
    for debit in situation.debits.iter().filter(|debit| canonical(&debit.kassenzeichen) == own) {
        let gone = stages.get(&debit.run).is_some_and(|stage| stage.is_living() && !stage.yields_to_money())
            && situation.life_of(debit.id).is_underway();
        let of_debit = claimed.range((debit.id, i64::MIN)..=(debit.id, i64::MAX)).filter(|_| gone);
        for (_, amount) in of_debit.filter(|((_, item), _)| scope.item.is_none_or(|only| only == *item)) {
            *taken.entry(debit.run).or_default() += amount;
        }
    }
    let name = |run: &i64| situation.runs.iter().find(|row| row.id == *run).map(|row| row.name.as_str());
    let said = |(run, amount): (&i64, &i64)| {
        format!(
            "the file of run {} was written with {} EUR of it: the hold comes too late for that debit",
            name(run).unwrap_or_default(),
            eur(*amount)
        )
    };
    taken.iter().map(said).collect()
}

/// Signs under the lifting of what holds exactly this Kassenzeichen or item.
///
/// # Errors
/// [`Error::Unknown`] where nothing holds it, [`Error::Refused`] where this person has signed already.
pub async fn hold_lift(kasse: &Kasse, what: &str, reason: &str, who: &str) -> Result<Lifted> {
    if reason.trim().is_empty() {
        return Err(Error::Refused("lifting a hold needs a reason".to_owned()));
    }
    let mut tx = kasse.write(Right::Decide, who, "hold lift", reason).await?;
    let about = meant(what);
    let situation = kasse.situation_about(&mut tx, &about).await?;
    let holds = scope(&situation, what)?.holds(&situation);
    if holds.is_empty() {
        return Err(Error::Unknown(format!("nobody holds {what:?} by hand")));
    }
    let open: Vec<&&HandHold> =
        holds.iter().filter(|hold| !hold.lifting.iter().any(|actor| is_same(actor, who))).collect();
    if open.is_empty() {
        return Err(Error::Refused(format!("{who} has signed for {what:?} already: another person must")));
    }
    if open.iter().any(|hold| !hold.lifting.is_empty()) {
        kasse.refuse_token(who)?;
    }
    let lift = |hold: &&&HandHold| HoldLiftRow {
        hand_hold: hold.row.id,
        reason: reason.to_owned(),
        actor: who.to_owned(),
        ground: hold.is_question().then_some(LiftGround::Owed),
    };
    tx.add_hold_lifts(&open.iter().map(lift).collect::<Vec<_>>()).await?;
    recount_about(&mut tx, kasse, &about).await?;
    tx.commit(what).await?;
    let signed = |hold: &&HandHold| hold.lifting.len() + usize::from(!hold.lifting.iter().any(|actor| actor == who));
    let left = holds.iter().filter(|hold| signed(hold) < hold.signatures()).map(signed).min();
    Ok(left.map_or(Lifted::Lifted, Lifted::Signed))
}

/// The holds by hand that stand.
///
/// # Errors
/// What the database says.
pub async fn hold_list(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let rows = situation.hand_holds.iter().map(|hold| {
        let item = situation.items.iter().find(|item| Some(item.id) == hold.row.item);
        let mut row = json!({"kassenzeichen": hold.row.kassenzeichen, "posten": item.map(|item| item.posten.as_str())});
        let more = shown(hold);
        let fields = more.as_object().cloned().unwrap_or_default();
        row.as_object_mut().into_iter().for_each(|row| row.extend(fields.clone()));
        row
    });
    Ok(rows.collect())
}

/// A hold as a report shows it beside those of cases.
pub(crate) fn shown(hold: &HandHold) -> Value {
    let lifting = match hold.lifting.as_slice() {
        [] if hold.is_question() => "a person who knows that it is still owed".to_owned(),
        [] => "two people".to_owned(),
        signed => format!("one more person than {}", signed.join(", ")),
    };
    json!({
        "case": null, "reason": hold.row.reason, "until": hold.row.until.map(|day| day.to_string()), "by": hold.row.actor,
        "may_be_lifted_by": lifting,
    })
}

impl Scope {
    /// What people hold of exactly this; where there is nothing, what lists and returned debits hold of it, or of its
    /// Kassenzeichen: those are questions, and lifting what a person holds is no answer to them.
    fn holds<'a>(&self, situation: &'a Situation) -> Vec<&'a HandHold> {
        let own = canonical(&self.kassenzeichen);
        let all = situation.hand_holds.iter().filter(|hold| canonical(&hold.row.kassenzeichen) == own);
        let (questions, by_hand): (Vec<&HandHold>, Vec<&HandHold>) = all.partition(|hold| hold.is_question());
        let by_hand: Vec<&HandHold> = by_hand.into_iter().filter(|hold| hold.row.item == self.item).collect();
        let is_meant = |hold: &&HandHold| self.item.is_none() || hold.row.item == self.item;
        if by_hand.is_empty() { questions.into_iter().filter(is_meant).collect() } else { by_hand }
    }
}

/// Every Kassenzeichen that can be meant: the text, or what stands before one of its `/`.
fn meant(what: &str) -> About {
    let before = what.rmatch_indices('/').filter_map(|(place, _)| what.get(..place));
    let texts = std::iter::once(what).chain(before);
    About { kassenzeichen: texts.map(canonical).collect(), mandates: true, ..About::default() }
}

/// A Kassenzeichen, else one of its items, split at the last `/` that yields one.
pub(crate) fn scope(situation: &Situation, what: &str) -> Result<Scope> {
    let own = |text: &str| {
        let wanted = canonical(text);
        situation.items.iter().find(move |item| canonical(&item.kassenzeichen) == wanted)
    };
    if let Some(item) = own(what) {
        return Ok(Scope { kassenzeichen: item.kassenzeichen.clone(), item: None });
    }
    let item = what.rmatch_indices('/').find_map(|(place, _)| {
        let (kassenzeichen, posten) = (what.get(..place)?, what.get(place + 1..)?);
        let wanted = canonical(kassenzeichen);
        situation.items.iter().find(|item| canonical(&item.kassenzeichen) == wanted && item.posten == posten)
    });
    match item {
        Some(item) => Ok(Scope { kassenzeichen: item.kassenzeichen.clone(), item: Some(item.id) }),
        None => Err(Error::Unknown(format!("nothing is owed under {what:?}"))),
    }
}
