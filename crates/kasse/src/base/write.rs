//! Beginning to write: the only way to a transaction that changes the books.
//!
//! Must not know what is written. Invariant: nothing is written for who is not admitted (`proving::admit`), nothing twice for
//! one order, and, but for what corrects that, nothing on a day before that of the newest entry.

use store::WriteTx;

use crate::base::day::refuse_old_day;
use crate::base::proving::admit;
use crate::base::rights::{Asked, Right};
use crate::base::settings::note;
use crate::{Error, Kasse, Result};

impl Kasse {
    /// Begins writing in a person's name.
    pub(crate) async fn write(&self, right: Right, who: &str, action: &'static str, reason: &str) -> Result<WriteTx> {
        let mut tx = self.begin(Asked::Right(right), who, action, reason).await?;
        refuse_old_day(&mut tx, self.today).await?;
        Ok(tx)
    }

    /// The same where the newest entry is of a later day: for what corrects that.
    pub(crate) async fn write_of_old(
        &self,
        right: Right,
        who: &str,
        action: &'static str,
        reason: &str,
    ) -> Result<WriteTx> {
        self.begin(Asked::Right(right), who, action, reason).await
    }

    /// Begins writing what concerns a person's own log-in alone.
    pub(crate) async fn write_own(&self, asked: Asked, who: &str, action: &'static str) -> Result<WriteTx> {
        let mut tx = self.begin(asked, who, action, "").await?;
        refuse_old_day(&mut tx, self.today).await?;
        Ok(tx)
    }

    async fn begin(&self, asked: Asked, who: &str, action: &'static str, reason: &str) -> Result<WriteTx> {
        let mut tx = self.db.write(self.act(who, action, reason)).await?;
        note(&mut tx, &self.config).await?;
        admit(self, &mut tx, asked, who).await?;
        if let Some(once) = &self.once
            && !tx.carry_out(&once.digest, &once.request).await?
        {
            let before = store::carried_out(&mut tx, &once.digest).await?;
            let (journal, request) = before.unwrap_or_default();
            return Err(Error::Repeated { journal, same: request == once.request });
        }
        Ok(tx)
    }

    /// Lets a second person answer for what is written.
    pub(crate) async fn with(&self, tx: &mut WriteTx, right: Right, who: &str) -> Result<()> {
        self.refuse_token(who)?;
        admit(self, tx, Asked::Right(right), who).await
    }
}
