//! Runs of refunds as they are named and listed.
//!
//! Decides nothing.

use serde_json::{Value, json};
use store::RefundRunRow;

use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::{Error, Result};

/// A run of refunds that must exist.
pub(crate) fn run_of<'s>(situation: &'s Situation, name: &str) -> Result<&'s RefundRunRow> {
    let found = situation.refund_runs.iter().find(|row| row.run.name == name);
    found.ok_or_else(|| Error::Unknown(format!("there is no run of refunds {name:?}")))
}

/// A run as lists show it.
pub(crate) fn run_json(situation: &Situation, row: &RefundRunRow) -> Value {
    let amount: i64 = situation.refunds_in(row.run.id).map(|refund| refund.amount).sum();
    json!({
        "run": row.run.name, "on": row.run.due.to_string(), "planner": row.run.planner, "file_number": row.file_number,
        "state": situation.refund_stage(row.run.id).word(), "refunds": situation.refunds_in(row.run.id).count(),
        "amount": eur(amount),
    })
}
