//! Second factors: rows of people beside the books.
//!
//! Must not know what a code is. Invariant: a code that was used in this process is used at once, however long it takes to
//! write that.

use crate::{Db, Result, Sql, Tx, WriteTx};

/// A person's second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorRow {
    /// The person.
    pub staff: String,
    /// The secret, as base 32.
    pub secret: String,
    /// The time step of the last code that was used.
    pub step: i64,
}

const FACTOR: Sql = Sql::same("SELECT staff, secret, step FROM second_factor WHERE staff = $1");
const SET_FACTOR: Sql = Sql::same(
    "INSERT INTO second_factor (staff, secret, step) VALUES ($1, $2, $3)
         ON CONFLICT (staff) DO UPDATE SET secret = excluded.secret, step = excluded.step",
);
const END_FACTOR: Sql = Sql::same("DELETE FROM second_factor WHERE staff = $1");
const ADD_RECOVERY: Sql = Sql::same("INSERT INTO recovery_code (digest, staff) VALUES ($1, $2)");
const END_RECOVERIES: Sql = Sql::same("DELETE FROM recovery_code WHERE staff = $1");
const RECOVERY: Sql = Sql::same("SELECT staff FROM recovery_code WHERE digest = $1");

/// Whether a person has a recovery code with this digest.
pub async fn has_recovery_code(tx: &mut Tx, staff: &str, digest: &str) -> Result<bool> {
    let row = tx.row(RECOVERY, &[digest.into()]).await?;
    Ok(row.map(|row| row.text("staff")).transpose()?.is_some_and(|owner| owner == staff))
}

impl WriteTx {
    /// Gives a person a second factor in the place of an earlier one, with recovery codes as digests.
    pub async fn set_second_factor(&mut self, row: &FactorRow, recoveries: &[String]) -> Result<()> {
        let FactorRow { staff, secret, step } = row;
        self.execute(SET_FACTOR, &[staff.into(), secret.into(), (*step).into()]).await?;
        self.execute(END_RECOVERIES, &[staff.into()]).await?;
        for digest in recoveries {
            self.execute(ADD_RECOVERY, &[digest.into(), staff.into()]).await?;
        }
        Ok(())
    }

    /// Takes a person's second factor and recovery codes away.
    pub async fn end_second_factor(&mut self, staff: &str) -> Result<()> {
        self.execute(END_FACTOR, &[staff.into()]).await?;
        self.execute(END_RECOVERIES, &[staff.into()]).await.map(drop)
    }
}

impl Db {
    /// A person's second factor.
    pub async fn second_factor(&self, tx: &mut Tx, staff: &str) -> Result<Option<FactorRow>> {
        let row = tx.row(FACTOR, &[staff.into()]).await?;
        let row = row.map(|row| {
            Ok(FactorRow { staff: row.text("staff")?, secret: row.text("secret")?, step: row.int("step")? })
        });
        row.transpose()
    }
}
