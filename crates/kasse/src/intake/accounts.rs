//! `einmal mandates confirm | list`: an account that a later list gave a mandate.
//!
//! Invariant: a mandate is used with the account of its first import, until another person than who imported a change
//! has confirmed that; a letter with a foreign IBAN must not be enough to debit a stranger.

use ledger::person::is_same;
use sepa::{Iban, MandateId};
use serde_json::{Value, json};

use crate::base::people::BATCH;
use crate::base::rights::Right;
use crate::books::accounts::{standing, unconfirmed};
use crate::books::recount::recount;
use crate::{Error, Kasse, Result};

/// Confirms the changed account of a mandate, as another person than who imported it.
///
/// # Errors
/// [`Error::Unknown`] where no change of that mandate waits; [`Error::Refused`] for another account than the list's, or
/// for who imported it.
pub async fn confirm_account(kasse: &Kasse, mandate: &str, iban: &str, who: &str) -> Result<()> {
    if who == BATCH {
        return Err(Error::Refused("a changed account is confirmed by a person".to_owned()));
    }
    let iban = Iban::parse(iban).map_err(|why| Error::Unknown(format!("account {iban:?}: {why}")))?;
    let mut tx = kasse.write(Right::Import, who, "mandates confirm", "").await?;
    let situation = kasse.situation(&mut tx).await?;
    let waiting = unconfirmed(&situation);
    let rows = situation
        .mandates
        .iter()
        .filter(|row| MandateId::key(&row.said.reference) == MandateId::key(mandate) && waiting.contains(&row.id));
    let Some(row) = rows.max_by_key(|row| row.id) else {
        return Err(Error::Unknown(format!("no changed account of a mandate {mandate:?} waits to be confirmed")));
    };
    if row.said.iban != iban.to_string() {
        return Err(Error::Refused(format!("mandate {mandate}: the list has another account than {}", iban.masked())));
    }
    if store::mandate_told_by(&mut tx, row.id).await?.is_some_and(|told| is_same(&told, who)) {
        return Err(Error::Refused(format!(
            "mandate {mandate}: {who} imported the change, another person must confirm it"
        )));
    }
    tx.add_account_confirmation(row.id).await?;
    recount(&mut tx, kasse).await?;
    Ok(tx.commit(&format!("mandate {mandate}")).await?)
}

/// The changed accounts that nobody has confirmed.
///
/// # Errors
/// What the database says.
pub async fn unconfirmed_accounts(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let (standing, waiting) = (standing(&situation), unconfirmed(&situation));
    let masked = |iban: &str| Iban::parse(iban).map(|iban| iban.masked()).unwrap_or_default();
    let mut rows = Vec::new();
    for row in situation.mandates.iter().filter(|row| waiting.contains(&row.id)) {
        rows.push(json!({
            "mandate": row.said.reference, "kassenzeichen": row.said.kassenzeichen, "holder": row.said.holder,
            "before": standing.get(row.said.reference.as_str()).map(|iban| masked(iban)), "now": masked(&row.said.iban),
            "imported_by": store::mandate_told_by(&mut tx, row.id).await?,
        }));
    }
    Ok(rows)
}
