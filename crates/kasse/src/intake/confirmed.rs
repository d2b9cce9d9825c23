//! What people confirmed of the accounts, kept against a statement that says otherwise.
//!
//! Decides nothing: that is `ledger::confirmed`. Invariant: a file of statements leaves every confirmation standing, or leaves
//! nothing behind; only two people withdraw one (`corrections`).

use ledger::chain::Chain;
use ledger::confirmed::contradicted;
use sepa::Cents;
use store::WriteTx;

use crate::books::situation::{chain_facts, chains};
use crate::intake::report::Source;
use crate::{Kasse, Result};

/// The chains before a file, and from which statement on it is new.
pub(crate) struct Standing {
    before: Vec<Chain>,
    first_new: i64,
}

/// What stands now; nothing where nobody has confirmed anything.
pub(crate) async fn standing(tx: &mut WriteTx, kasse: &Kasse) -> Result<Option<Standing>> {
    if store::confirmations(tx).await?.is_empty() {
        return Ok(None);
    }
    let accounts = kasse.watched(tx).await?;
    Ok(Some(Standing { before: chains(&accounts, tx).await?, first_new: tx.next_statement().await? }))
}

impl Standing {
    /// Refuses a file whose statements contradict what was confirmed.
    pub(crate) async fn check(&self, tx: &mut WriteTx, kasse: &Kasse, source: &Source<'_>) -> Result<()> {
        let accounts = kasse.watched(tx).await?;
        let (statements, confirmed) = chain_facts(tx).await?;
        let new: Vec<_> = statements.into_iter().filter(|statement| statement.id >= self.first_new).collect();
        for after in chains(&accounts, tx).await? {
            let Some(before) = self.before.iter().find(|chain| chain.account == after.account) else { continue };
            let Some(said) = contradicted(before, &after, &new, &confirmed) else { continue };
            let (account, day, balance) = (&said.account, said.day, Cents::new(said.balance.get()));
            return Err(source.error(&match said.opening {
                true => format!(
                    "a person has confirmed that account {account} begins with {balance} before {day}, and this begins earlier or with another balance; where that was a mistake, two people withdraw it (`einmal statements withdraw`)"
                ),
                false => format!(
                    "a person has confirmed that nothing moved on account {account} until {day}, with {balance}, and this says otherwise; where that was a mistake, two people withdraw it (`einmal statements withdraw`)"
                ),
            }));
        }
        Ok(())
    }
}
