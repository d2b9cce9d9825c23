//! Tokens: what acts for a person where none can type a password.
//!
//! Invariant: everybody makes his own, with the password; it is good for a year at most, never for what needs the person
//! himself (`Right::by_token`), and ends with the password with which it was made.

use jiff::civil::Date;
use store::{TokenRow, WriteTx};

use crate::base::day::wall_day;
use crate::base::proving::{Secret, at_most};
use crate::base::rights::{Asked, Right, Scopes};
use crate::{Error, Kasse, Result};

/// Makes a token for oneself that leaves so much of one's rights; it is shown once. Nobody makes one for another: who had a
/// planner's and a releaser's would be both. Without a last day it is good for a year.
///
/// # Errors
/// [`Error::Refused`] where it does not say what it is for, is to be good for longer than a year, or for what needs the
/// person himself.
pub async fn add_token(kasse: &Kasse, name: &str, label: &str, scopes: &Scopes, until: Option<Date>) -> Result<Secret> {
    if label.trim().is_empty() || scopes.text().is_empty() {
        return Err(Error::Refused("a token needs to say what it is for, and a right".to_owned()));
    }
    if let Some(right) = Right::ALL.into_iter().find(|right| scopes.has(*right) && !right.by_token()) {
        return Err(Error::Refused(format!("a token never has the right »{}«: it needs the person", right.name())));
    }
    let made = wall_day(&kasse.now)?;
    let most = at_most(made);
    let until = until.unwrap_or(most);
    if until < made || until > most {
        return Err(Error::Refused(format!("a token is good until {most} at most, and at least until today")));
    }
    let mut tx = kasse.write_own(Asked::Own, name, "user token").await?;
    let unknown = || Error::Unknown(format!("there is no person of the name {name}"));
    let owner = store::staff_of(&mut tx, name).await?.ok_or_else(unknown)?;
    let secret = Secret::new();
    let row = TokenRow {
        id: 0,
        staff: owner.name,
        label: label.to_owned(),
        scopes: scopes.text(),
        digest: secret.digest(),
        until: Some(until),
        at: String::new(),
        actor: name.to_owned(),
        ended: false,
    };
    tx.add_token(&row).await?;
    tx.commit(name).await?;
    Ok(secret)
}

/// Takes a token back: his own, or, as an administrator, another's.
///
/// # Errors
/// [`Error::Unknown`] for a token that is none.
pub async fn end_token(kasse: &Kasse, token: i64, who: &str) -> Result<()> {
    let unknown = || Error::Unknown(format!("there is no token {token}"));
    let mut tx = kasse.db.read().await?;
    let row =
        store::tokens(&mut tx).await?.into_iter().find(|row| row.id == token && !row.ended).ok_or_else(unknown)?;
    drop(tx);
    let mut tx = match row.staff == who {
        true => kasse.write_own(Asked::Own, who, "user token end").await?,
        false => kasse.write(Right::Administer, who, "user token end", "").await?,
    };
    tx.end_token(token, who).await?;
    Ok(tx.commit(&row.staff).await?)
}

/// Ends every token of a person.
pub(super) async fn end_tokens_of(tx: &mut WriteTx, name: &str, who: &str) -> Result<()> {
    for token in store::tokens(tx).await?.iter().filter(|token| token.staff == name && !token.ended) {
        tx.end_token(token.id, who).await?;
    }
    Ok(())
}
