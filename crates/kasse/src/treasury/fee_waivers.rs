//! `einmal fees waive | list | withdraw`: recorded decisions to waive late fees.
//!
//! Invariant: two people answer for each record and for its withdrawal; a decision is never changed, only withdrawn.

use std::collections::HashMap;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::fees::{Scope, Waiver};
use serde_json::{Value, json};
use store::{FeeWaiverRow, FeeWithdrawalRow, Tx};

use crate::base::fee_items;
use crate::base::proving::two_people;
use crate::base::rights::Right;
use crate::books::situation::Situation;
use crate::cases::hand_holds::scope;
use crate::{Error, Kasse, Result};

/// A decision to waive fees, as a person records it.
#[derive(Clone, Debug)]
pub struct WaiveOptions {
    /// The day it was taken.
    pub decided: Date,
    /// Who took it.
    pub authority: String,
    /// Under which number it is filed.
    pub file_number: String,
    /// `outage`, `kind:LEVY`, `KZ` or `KZ/POSTEN`.
    pub scope: String,
    /// Why.
    pub ground: String,
    /// The first due day that it concerns; that of the outage if not said.
    pub due_from: Option<Date>,
    /// The last one.
    pub due_until: Option<Date>,
    /// Who records it.
    pub who: String,
    /// And with whom.
    pub with: String,
}

/// Records a decision and says its number.
///
/// # Errors
/// [`Error::Refused`] for one name, a day to come, days in the wrong order, an empty text or the same decision again;
/// [`Error::Unknown`] where nothing of that scope is owed.
pub async fn fees_waive(kasse: &Kasse, options: &WaiveOptions) -> Result<i64> {
    check(kasse, options)?;
    let mut tx = kasse.write(Right::Vouch, &options.who, "fees waive", &options.ground).await?;
    kasse.with(&mut tx, Right::Vouch, &options.with).await?;
    let situation = kasse.situation(&mut tx).await?;
    let row = row(kasse, &situation, options)?;
    let withdrawn = withdrawals(&mut tx).await?;
    let mut known = store::fee_waivers(&mut tx).await?.into_iter().filter(|known| !withdrawn.contains_key(&known.id));
    if let Some(known) = known.find(|known| says_the_same(known, &row)) {
        return Err(Error::Refused(format!("this is decision {}, recorded already", known.id)));
    }
    let id = tx.add_fee_waiver(&row).await?;
    tx.commit(&format!("decision {id}, file {}", row.file_number)).await?;
    Ok(id)
}

/// Whether two rows record the same decision, whoever recorded it.
fn says_the_same(known: &FeeWaiverRow, new: &FeeWaiverRow) -> bool {
    let by_them =
        FeeWaiverRow { id: known.id, actor: known.actor.clone(), second: known.second.clone(), ..new.clone() };
    by_them == *known
}

fn check(kasse: &Kasse, options: &WaiveOptions) -> Result<()> {
    two_people(&options.who, &options.with)?;
    let texts = [("authority", &options.authority), ("file number", &options.file_number), ("ground", &options.ground)];
    if let Some((name, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
        return Err(Error::Refused(format!("a decision needs its {name}")));
    }
    if options.decided > kasse.today {
        return Err(Error::Refused(format!("{} is after {}: record what was decided", options.decided, kasse.today)));
    }
    Ok(())
}

/// The row of a decision. Its days are written down, so that it does not follow the settings.
fn row(kasse: &Kasse, situation: &Situation, options: &WaiveOptions) -> Result<FeeWaiverRow> {
    let (word, kind, kassenzeichen, item) = if options.scope == "outage" {
        ("outage", None, None, None)
    } else if let Some(kind) = options.scope.strip_prefix("kind:") {
        if !situation.items.iter().any(|item| item.said.kind == kind) {
            return Err(Error::Unknown(format!("nothing is owed for the levy {kind:?}")));
        }
        ("kind", Some(kind.to_owned()), None, None)
    } else {
        let scope = scope(situation, &options.scope)?;
        let fee = situation.items.iter().find(|item| Some(item.id) == scope.item && item.said.fee.is_some());
        if let Some(fee) = fee {
            let (kassenzeichen, instalment) = (&fee.kassenzeichen, fee_items::instalment(fee));
            let why = format!("{:?} is a fee: waive it for what it is on, {kassenzeichen}/{instalment}", options.scope);
            return Err(Error::Refused(why));
        }
        (if scope.item.is_some() { "item" } else { "kassenzeichen" }, None, Some(scope.kassenzeichen), scope.item)
    };
    // one item is due on one day; everything else needs days, or a decision of today would waive fees for ever
    let outage = kasse.config.outage.filter(|_| word != "item");
    let due_from = options.due_from.or(outage.map(|(from, _)| from));
    let due_until = options.due_until.or(outage.map(|(_, until)| until));
    if word != "item" && (due_from.is_none() || due_until.is_none()) {
        let why = "the settings name no outage: say for which due days, --due-from and --due-until";
        return Err(Error::Refused(why.to_owned()));
    }
    if let (Some(from), Some(until)) = (due_from, due_until)
        && until < from
    {
        return Err(Error::Refused(format!("{until} is before {from}: such a decision would concern nothing")));
    }
    Ok(FeeWaiverRow {
        id: 0,
        decided: options.decided,
        authority: options.authority.trim().to_owned(),
        file_number: options.file_number.trim().to_owned(),
        ground: options.ground.trim().to_owned(),
        scope: word.to_owned(),
        kind,
        kassenzeichen,
        item,
        due_from,
        due_until,
        actor: options.who.clone(),
        second: options.with.clone(),
    })
}

/// Withdraws a decision: a counter-entry.
///
/// # Errors
/// [`Error::Unknown`] for a decision that is none, [`Error::Refused`] for one name, no reason, or a second time.
pub async fn fees_withdraw(kasse: &Kasse, number: i64, reason: &str, who: &str, with: &str) -> Result<()> {
    two_people(who, with)?;
    if reason.trim().is_empty() {
        return Err(Error::Refused("withdrawing a decision needs a reason".to_owned()));
    }
    let mut tx = kasse.write(Right::Vouch, who, "fees withdraw", reason).await?;
    kasse.with(&mut tx, Right::Vouch, with).await?;
    if !store::fee_waivers(&mut tx).await?.iter().any(|row| row.id == number) {
        return Err(Error::Unknown(format!("there is no decision {number}")));
    }
    if let Some(row) = withdrawals(&mut tx).await?.get(&number) {
        let why = format!("decision {number} was withdrawn already, by {} and {}", row.actor, row.second);
        return Err(Error::Refused(why));
    }
    let row = FeeWithdrawalRow {
        fee_waiver: number,
        reason: reason.to_owned(),
        actor: who.to_owned(),
        second: with.to_owned(),
    };
    tx.add_fee_withdrawal(&row).await?;
    Ok(tx.commit(&format!("decision {number}")).await?)
}

/// Every decision, the withdrawn ones too: an object each.
///
/// # Errors
/// What the database says.
pub async fn fees_list(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let withdrawn = withdrawals(&mut tx).await?;
    let items = store::items(&mut tx).await?;
    let rows = store::fee_waivers(&mut tx).await?.into_iter().map(|row| {
        let posten = items.iter().find(|item| Some(item.id) == row.item).map(|item| item.posten.as_str());
        let withdrawal = withdrawn.get(&row.id);
        json!({
            "decision": row.id,
            "date": row.decided.to_string(),
            "authority": row.authority,
            "file_number": row.file_number,
            "scope": row.scope,
            "kind": row.kind,
            "kassenzeichen": row.kassenzeichen,
            "posten": posten,
            "due_from": row.due_from.map(|day| day.to_string()),
            "due_until": row.due_until.map(|day| day.to_string()),
            "ground": row.ground,
            "by": [row.actor, row.second],
            "withdrawn": withdrawal.map(|row| row.reason.as_str()),
            "withdrawn_by": withdrawal.map(|row| [row.actor.as_str(), row.second.as_str()]),
        })
    });
    Ok(rows.collect())
}

/// The decisions that stand, as the rules look at them.
pub(crate) async fn standing_waivers(tx: &mut Tx) -> Result<Vec<Waiver>> {
    let withdrawn = withdrawals(tx).await?;
    let rows = store::fee_waivers(tx).await?.into_iter().filter(|row| !withdrawn.contains_key(&row.id));
    Ok(rows.map(waiver).collect())
}

fn waiver(row: FeeWaiverRow) -> Waiver {
    let scope = match (row.item, row.kassenzeichen, row.kind) {
        (Some(item), _, _) => Scope::Item(item),
        (None, Some(kassenzeichen), _) => Scope::Kassenzeichen(canonical(&kassenzeichen)),
        (None, None, Some(kind)) => Scope::Kind(kind),
        (None, None, None) => Scope::Outage,
    };
    Waiver { id: row.id, scope, due_from: row.due_from, due_until: row.due_until }
}

/// Decision -> what withdrew it.
async fn withdrawals(tx: &mut Tx) -> Result<HashMap<i64, FeeWithdrawalRow>> {
    Ok(store::fee_withdrawals(tx).await?.into_iter().map(|row| (row.fee_waiver, row)).collect())
}
