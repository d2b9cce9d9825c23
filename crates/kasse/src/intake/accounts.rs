//! `einmal mandates confirm | list`: an account by which a later list would debit a Kassenzeichen anew.
//!
//! Invariant: a Kassenzeichen is debited by the account of its first list, until another person than who imported a change
//! has confirmed that, and two people where nobody in person imported it; a letter with a foreign IBAN must not be enough to
//! debit a stranger, nor a file in a folder.

use ledger::person::is_same;
use sepa::{Iban, MandateId};
use serde_json::{Value, json};

use crate::base::proven::BATCH;
use crate::base::rights::Right;
use crate::books::accounts::waiting;
use crate::books::recount::recount;
use crate::{Error, Kasse, Result};

/// What became of a signature under a changed account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountConfirmed {
    /// It is the account from now on.
    InEffect,
    /// One has signed; another person must.
    FirstOfTwo,
}

/// Confirms a changed account, as another person than who imported it; where nobody in person did and people are registered,
/// two confirm.
///
/// # Errors
/// [`Error::Unknown`] where no change of that mandate waits; [`Error::Refused`] for another account than the list's, for who
/// imported it, or has signed already.
pub async fn confirm_account(kasse: &Kasse, mandate: &str, iban: &str, who: &str) -> Result<AccountConfirmed> {
    if who == BATCH {
        return Err(Error::Refused("a changed account is confirmed by a person".to_owned()));
    }
    kasse.refuse_token(who)?;
    let iban = Iban::parse(iban).map_err(|why| Error::Unknown(format!("account {iban:?}: {why}")))?;
    let mut tx = kasse.write(Right::Import, who, "mandates confirm", "").await?;
    let situation = kasse.situation(&mut tx).await?;
    let waiting = waiting(&situation);
    let rows = situation
        .mandates
        .iter()
        .filter(|row| MandateId::key(&row.said.reference) == MandateId::key(mandate) && waiting.contains_key(&row.id));
    let Some(row) = rows.max_by_key(|row| row.id) else {
        return Err(Error::Unknown(format!("no changed account of a mandate {mandate:?} waits to be confirmed")));
    };
    if row.said.iban != iban.to_string() {
        return Err(Error::Refused(format!("mandate {mandate}: the list has another account than {}", iban.masked())));
    }
    let told_by = store::mandate_told_by(&mut tx, row.id).await?;
    if told_by.as_deref().is_some_and(|told| is_same(told, who)) {
        return Err(Error::Refused(format!(
            "mandate {mandate}: {who} imported the change, another person must confirm it"
        )));
    }
    let takes_two = told_by.as_deref() == Some(BATCH) && store::has_staff(&mut tx).await?;
    let first = store::account_signed_by(&mut tx, row.id).await?;
    let confirmed = match &first {
        Some(first) if is_same(first, who) => {
            return Err(Error::Refused(format!("mandate {mandate}: {who} has signed already, another person must")));
        }
        None if takes_two => {
            tx.add_account_signature(row.id).await?;
            AccountConfirmed::FirstOfTwo
        }
        _ => {
            tx.add_account_confirmation(row.id, first.as_deref()).await?;
            recount(&mut tx, kasse).await?;
            AccountConfirmed::InEffect
        }
    };
    tx.commit(&format!("mandate {mandate}")).await?;
    Ok(confirmed)
}

/// The changed accounts that nobody has confirmed.
///
/// # Errors
/// What the database says.
pub async fn unconfirmed_accounts(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let waiting = waiting(&situation);
    let masked = |iban: &str| Iban::parse(iban).map(|iban| iban.masked()).unwrap_or_default();
    let mut rows = Vec::new();
    for row in situation.mandates.iter() {
        let Some(before) = waiting.get(&row.id) else { continue };
        rows.push(json!({
            "mandate": row.said.reference, "kassenzeichen": row.said.kassenzeichen, "holder": row.said.holder,
            "before": masked(before), "now": masked(&row.said.iban),
            "imported_by": store::mandate_told_by(&mut tx, row.id).await?,
            "signed_by": store::account_signed_by(&mut tx, row.id).await?,
        }));
    }
    Ok(rows)
}
