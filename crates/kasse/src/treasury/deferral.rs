//! `einmal deferral add | list | end`: what was announced for an outage, and how gently the debits catch up.
//!
//! Invariant: a deferral takes effect at once, also on planned runs; its end needs two people, for it may bring debits
//! that nobody expects. It binds the plan only, neither the matching nor the fees.

use std::collections::HashSet;

use jiff::civil::Date;
use ledger::levies;
use serde_json::{Value, json};
use store::{DeferralEndRow, DeferralRow};

use crate::base::proving::two_people;
use crate::base::rights::Right;
use crate::books::deferrals::ends;
use crate::books::recount::recount;
use crate::{Error, Kasse, Result};

/// A deferral as a person records it.
#[derive(Clone, Debug)]
pub struct DeferralOptions {
    /// The levies; all if empty.
    pub kinds: Vec<String>,
    /// The first due day that is put off; that of the outage if not said.
    pub due_from: Option<Date>,
    /// The last one.
    pub due_until: Option<Date>,
    /// To when.
    pub new_due: Date,
    /// Most instalments of one Kassenzeichen in one run.
    pub instalments: Option<u16>,
    /// Least days between two debits of one account.
    pub days_between: u16,
    /// The day it was announced.
    pub announced: Date,
    /// In which words.
    pub text: String,
    /// Who records it.
    pub who: String,
}

/// Records a deferral and says its number; planned debits that come too early fall.
///
/// # Errors
/// [`Error::Refused`] for days in the wrong order or missing, or without words; [`Error::Unknown`] for a levy of which
/// nothing is owed.
pub async fn deferral_add(kasse: &Kasse, options: &DeferralOptions) -> Result<i64> {
    let row = row(kasse, options)?;
    let mut tx = kasse.write(Right::Vouch, &options.who, "deferral add", &row.text).await?;
    let situation = kasse.situation(&mut tx).await?;
    let owed: HashSet<&str> = situation.items.iter().map(|item| item.said.kind.as_str()).collect();
    let owed: HashSet<String> = owed.into_iter().map(levies::key).collect();
    if let Some(kind) = row.kinds.iter().find(|kind| !owed.contains(&levies::key(kind))) {
        return Err(Error::Unknown(format!("nothing is owed for the levy {kind:?}")));
    }
    let id = tx.add_deferral(&row).await?;
    recount(&mut tx, kasse).await?;
    tx.commit(&format!("deferral {id} to {}", row.new_due)).await?;
    Ok(id)
}

fn row(kasse: &Kasse, options: &DeferralOptions) -> Result<DeferralRow> {
    let outage = kasse.config.outage;
    let from = options.due_from.or(outage.map(|(from, _)| from));
    let until = options.due_until.or(outage.map(|(_, until)| until));
    let (Some(due_from), Some(due_until)) = (from, until) else {
        let why = "the settings name no outage: say which due days are put off, --due-from and --due-until";
        return Err(Error::Refused(why.to_owned()));
    };
    if due_until < due_from {
        return Err(Error::Refused(format!("{due_until} is before {due_from}: such a deferral would put nothing off")));
    }
    if options.new_due <= due_from {
        let why = format!("{} is not after {due_from}: such a deferral would put nothing off", options.new_due);
        return Err(Error::Refused(why));
    }
    if options.announced > kasse.today {
        let why = format!("{} is after {}: record what was announced", options.announced, kasse.today);
        return Err(Error::Refused(why));
    }
    if options.text.trim().is_empty() {
        return Err(Error::Refused("a deferral needs the words in which it was announced".to_owned()));
    }
    let mut kinds = options.kinds.clone();
    kinds.sort();
    kinds.dedup();
    Ok(DeferralRow {
        id: 0,
        kinds,
        due_from,
        due_until,
        new_due: options.new_due,
        instalments: options.instalments.map(i64::from),
        days_between: i64::from(options.days_between),
        announced: options.announced,
        text: options.text.trim().to_owned(),
        actor: options.who.clone(),
    })
}

/// Ends a deferral: a counter-entry of two people.
///
/// # Errors
/// [`Error::Unknown`] for a deferral that is none, [`Error::Refused`] for one name, no reason, or a second time.
pub async fn deferral_end(kasse: &Kasse, number: i64, reason: &str, who: &str, with: &str) -> Result<()> {
    two_people(who, with)?;
    if reason.trim().is_empty() {
        return Err(Error::Refused("ending a deferral needs a reason".to_owned()));
    }
    let mut tx = kasse.write(Right::Vouch, who, "deferral end", reason).await?;
    kasse.with(&mut tx, Right::Vouch, with).await?;
    if !store::deferrals(&mut tx).await?.iter().any(|row| row.id == number) {
        return Err(Error::Unknown(format!("there is no deferral {number}")));
    }
    if let Some(row) = ends(&mut tx).await?.get(&number) {
        return Err(Error::Refused(format!(
            "deferral {number} was ended already, by {} and {}",
            row.actor, row.second
        )));
    }
    let end =
        DeferralEndRow { deferral: number, reason: reason.to_owned(), actor: who.to_owned(), second: with.to_owned() };
    tx.add_deferral_end(&end).await?;
    Ok(tx.commit(&format!("deferral {number}")).await?)
}

/// Every deferral, the ended ones too: an object each.
///
/// # Errors
/// What the database says.
pub async fn deferral_list(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let ended = ends(&mut tx).await?;
    let rows = store::deferrals(&mut tx).await?.into_iter().map(|row| {
        let end = ended.get(&row.id);
        json!({
            "deferral": row.id,
            "kinds": row.kinds,
            "due_from": row.due_from.to_string(),
            "due_until": row.due_until.to_string(),
            "new_due": row.new_due.to_string(),
            "first_collection": sepa::first_collection_day(row.new_due).to_string(),
            "instalments": row.instalments,
            "days_between": row.days_between,
            "announced": row.announced.to_string(),
            "text": row.text,
            "by": row.actor,
            "ended": end.map(|end| end.reason.as_str()),
            "ended_by": end.map(|end| [end.actor.as_str(), end.second.as_str()]),
        })
    });
    Ok(rows.collect())
}
