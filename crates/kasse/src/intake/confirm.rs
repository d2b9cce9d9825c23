//! `einmal statements confirm-opening | confirm-quiet`: what a person vouches for.
//!
//! Invariant: only a balance that is the books' own can be confirmed; a person corrects no statement.

use jiff::civil::Date;
use sepa::{Cents, Iban};
use store::{ConfirmationKind, ConfirmationRow};

use crate::base::rights::Right;
use crate::books::situation::chains;
use crate::{Error, Kasse, Result};

/// What a person confirms of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// The balance before the first statement we hold, on that day or before.
    Opening,
    /// Nothing moved until the day: the account still has its last known balance.
    Quiet,
}

/// Stores a person's confirmation.
///
/// # Errors
/// [`Error::Refused`] where the balance is not the one of the books, or the day cannot be meant.
pub async fn confirm(kasse: &Kasse, account: &str, what: Confirm, day: Date, balance: Cents, who: &str) -> Result<()> {
    let iban = Iban::parse(account).map_err(|why| Error::Unknown(format!("account {account:?}: {why}")))?;
    let action = match what {
        Confirm::Opening => "statements confirm-opening",
        Confirm::Quiet => "statements confirm-quiet",
    };
    let mut tx = kasse.write(Right::Vouch, who, action, "").await?;
    if !kasse.watched(&mut tx).await?.contains(&iban) {
        return Err(Error::Unknown(format!("the account {iban} is not in kasse.accounts")));
    }
    let chains = chains(&[iban], &mut tx).await?;
    let chain = chains.first().filter(|chain| !chain.ranges.is_empty());
    let Some((first, last)) = chain.and_then(|chain| Some((chain.ranges.first()?, chain.ranges.last()?))) else {
        return Err(Error::Refused(format!("account {iban}: no statement has been imported")));
    };
    let (kind, own, fits) = match what {
        Confirm::Opening => (ConfirmationKind::Opening, first.opening, day <= first.first),
        Confirm::Quiet => {
            let behind = day > last.last || (day == last.last && last.ends_within);
            (ConfirmationKind::Quiet, last.closing, behind && day < kasse.today)
        }
    };
    if balance != own {
        return Err(Error::Refused(format!("account {iban}: the balance of the statements is {own}, not {balance}")));
    }
    if !fits {
        let days = match what {
            Confirm::Opening => format!("not after {}, the first day of the statements", first.first),
            Confirm::Quiet => {
                format!("after {}, the last day of the statements, and before {}", last.last, kasse.today)
            }
        };
        return Err(Error::Refused(format!("account {iban}: {day} cannot be confirmed, the day must be {days}")));
    }
    let confirmed =
        ConfirmationRow { id: 0, account: iban.to_string(), kind, day, balance: balance.get(), actor: who.to_owned() };
    tx.add_confirmation(&confirmed).await?;
    Ok(tx.commit(&format!("account {iban}")).await?)
}
