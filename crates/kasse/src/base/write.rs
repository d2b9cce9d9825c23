//! Beginning to write: the only way to a transaction that changes the books.
//!
//! Must not know what is written. Invariant: nothing is written for who is not admitted (`people::admit`), nothing twice for
//! one order, and, but for what corrects that, nothing on a day before that of the newest entry.

use store::WriteTx;

use crate::base::day::refuse_old_day;
use crate::base::people::admit;
use crate::base::rights::Right;
use crate::base::settings::note;
use crate::{Error, Kasse, Result};

impl Kasse {
    /// Begins writing in a person's name.
    pub(crate) async fn write(&self, right: Right, who: &str, action: &'static str, reason: &str) -> Result<WriteTx> {
        let mut tx = self.begin(Some(right), who, action, reason).await?;
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
        self.begin(Some(right), who, action, reason).await
    }

    /// Begins writing what concerns a person alone.
    pub(crate) async fn write_own(&self, who: &str, action: &'static str) -> Result<WriteTx> {
        let mut tx = self.begin(None, who, action, "").await?;
        refuse_old_day(&mut tx, self.today).await?;
        Ok(tx)
    }

    async fn begin(&self, right: Option<Right>, who: &str, action: &'static str, reason: &str) -> Result<WriteTx> {
        let mut tx = self.db.write(self.act(who, action, reason)).await?;
        note(&mut tx, &self.config).await?;
        admit(self, &mut tx, right, who).await?;
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
        admit(self, tx, Some(right), who).await
    }
}
