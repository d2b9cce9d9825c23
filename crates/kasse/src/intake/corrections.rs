//! What two people correct: the day up to which the old system had posted, an account that is asked for no more, a business
//! day that was written too far ahead.
//!
//! Invariant: a correction is a fact of its own under two names, with its reason; what follows from it is decided in the
//! same transaction.

use jiff::civil::Date;
use sepa::Iban;
use serde_json::{Value, json};
use store::{Countersigned, WriteTx};

use crate::base::day::{check_as_of, newest_day};
use crate::base::proving::two_people;
use crate::base::rights::Right;
use crate::matching::verdicts::match_in;
use crate::{Error, Kasse, Result};

/// Who corrects something, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoSay {
    /// One person.
    pub who: String,
    /// Another one.
    pub with: String,
    /// Why.
    pub reason: String,
}

impl TwoSay {
    pub(crate) fn signed<T>(&self, what: T) -> Countersigned<T> {
        let reason = self.reason.trim().to_owned();
        Countersigned { what, reason, actor: self.who.clone(), second: self.with.clone() }
    }

    pub(crate) fn check(&self) -> Result<()> {
        two_people(&self.who, &self.with)?;
        if self.reason.trim().is_empty() {
            return Err(Error::Refused("a correction needs a reason".to_owned()));
        }
        Ok(())
    }
}

/// Corrects the last bank day that the old system had posted; none, where it had posted nothing. Decides everything anew.
///
/// # Errors
/// [`Error::Refused`] for a day to come, for one name, for no reason, or where it is that day already.
pub async fn correct_as_of(kasse: &Kasse, day: Option<Date>, said: &TwoSay) -> Result<()> {
    said.check()?;
    if let Some(day) = day {
        check_as_of(day, kasse.today)?;
    }
    let mut tx = both(kasse, "statements as-of", said).await?;
    if store::as_of(&mut tx).await? == day {
        return Err(Error::Refused("that is the day that is known already".to_owned()));
    }
    tx.add_as_of_correction(&said.signed(day)).await?;
    match_in(&mut tx, kasse).await?;
    Ok(tx.commit(&day.map_or_else(|| "as of no day".to_owned(), |day| format!("as of {day}"))).await?)
}

/// The day that counts, and who corrected it.
///
/// # Errors
/// What the database says.
pub async fn as_of(kasse: &Kasse) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let corrected = store::as_of_corrections(&mut tx).await?;
    let row = |said: &Countersigned<Option<Date>>| {
        let day = said.what.map(|day| day.to_string());
        json!({"as_of": day, "reason": said.reason, "by": said.actor, "with": said.second})
    };
    let day = store::as_of(&mut tx).await?.map(|day| day.to_string());
    Ok(json!({"as_of": day, "corrections": corrected.iter().map(row).collect::<Vec<_>>()}))
}

/// Ends an account that the settings name no more: its statements are asked for no longer.
///
/// # Errors
/// [`Error::Unknown`] for an account that is not asked for, [`Error::Refused`] for one that the settings still name, for one
/// name or no reason.
pub async fn end_account(kasse: &Kasse, account: &str, said: &TwoSay) -> Result<()> {
    said.check()?;
    let iban = Iban::parse(account).map_err(|why| Error::Unknown(format!("account {account:?}: {why}")))?;
    if kasse.config.accounts.contains(&iban) {
        return Err(Error::Refused(format!("account {iban}: kasse.accounts still names it: take it out there first")));
    }
    let mut tx = both(kasse, "statements end-account", said).await?;
    if !kasse.watched(&mut tx).await?.contains(&iban) {
        return Err(Error::Unknown(format!("account {iban}: nobody asks for its statements")));
    }
    tx.add_account_end(&said.signed(iban.to_string())).await?;
    Ok(tx.commit(&format!("account {iban}")).await?)
}

/// Withdraws what was confirmed of an account's balances: the first one, and the days without movement. Returns how many that
/// were.
///
/// # Errors
/// [`Error::Unknown`] for an account of which nobody has confirmed anything, [`Error::Refused`] for one name or no reason.
pub async fn withdraw_confirmations(kasse: &Kasse, account: &str, said: &TwoSay) -> Result<usize> {
    said.check()?;
    let iban = Iban::parse(account).map_err(|why| Error::Unknown(format!("account {account:?}: {why}")))?;
    let mut tx = both(kasse, "statements withdraw", said).await?;
    let mut own = store::confirmations(&mut tx).await?;
    own.retain(|row| row.account == iban.to_string());
    if own.is_empty() {
        return Err(Error::Unknown(format!("account {iban}: nobody has confirmed anything")));
    }
    for row in &own {
        tx.add_confirmation_end(&said.signed(row.id)).await?;
    }
    tx.commit(&format!("account {iban}")).await?;
    Ok(own.len())
}

/// Lets the books go on at the business day, though an entry was made under a later one.
///
/// # Errors
/// [`Error::Refused`] where no entry is of a later day, for one name or no reason.
pub async fn correct_day(kasse: &Kasse, said: &TwoSay) -> Result<()> {
    said.check()?;
    let mut tx = kasse.write_of_old(Right::Vouch, &said.who, "journal correct-day", &said.reason).await?;
    kasse.with(&mut tx, Right::Vouch, &said.with).await?;
    if newest_day(&mut tx).await?.is_none_or(|newest| newest <= kasse.today) {
        return Err(Error::Refused(format!("no entry is of a day after {}", kasse.today)));
    }
    tx.add_day_correction(&said.signed(kasse.today)).await?;
    Ok(tx.commit(&format!("the books go on at {}", kasse.today)).await?)
}

async fn both(kasse: &Kasse, action: &'static str, said: &TwoSay) -> Result<WriteTx> {
    let mut tx = kasse.write(Right::Vouch, &said.who, action, &said.reason).await?;
    kasse.with(&mut tx, Right::Vouch, &said.with).await?;
    Ok(tx)
}
