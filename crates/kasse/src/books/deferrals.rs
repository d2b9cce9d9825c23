//! The deferrals that stand: what was put off, until when.
//!
//! Must not know who puts off (`deferral` does). Invariant: a deferral stands until two people have ended it.

use std::collections::HashMap;

use jiff::civil::Date;
use ledger::deferral::Deferral;
use store::{DeferralEndRow, DeferralRow, Tx};

use crate::Result;
use crate::books::situation::Situation;

/// What a planner must know of the deferrals that bind a run.
pub(crate) fn remarks(situation: &Situation, due: Date) -> Vec<String> {
    let remark = |deferral: &Deferral| {
        let Deferral { id, due_from, due_until, new_due, instalments, days_between, .. } = deferral;
        let of = match deferral.kinds.as_slice() {
            [] => String::new(),
            kinds => format!(" of {}", kinds.join(", ")),
        };
        if due < sepa::nrw_working_day_on_or_after(*new_due) {
            let what = format!("nothing{of} that was due from {due_from} to {due_until}");
            return Some(format!("deferral {id}: {what} is collected before {new_due}"));
        }
        let most = instalments.map(|most| format!("at most {most} instalments of one Kassenzeichen in a run"));
        let days = Some(format!("at least {days_between} days between two debits of one account"));
        let terms: Vec<String> = most.into_iter().chain(days.filter(|_| *days_between > 0)).collect();
        (!terms.is_empty()).then(|| format!("deferral {id}: {}", terms.join(", ")))
    };
    situation.deferrals.iter().filter_map(remark).collect()
}

/// The deferrals that stand, as the rules look at them.
pub(crate) async fn standing(tx: &mut Tx) -> Result<Vec<Deferral>> {
    let ended = ends(tx).await?;
    let rows = store::deferrals(tx).await?.into_iter().filter(|row| !ended.contains_key(&row.id));
    let deferral = |row: DeferralRow| Deferral {
        id: row.id,
        kinds: row.kinds,
        due_from: row.due_from,
        due_until: row.due_until,
        new_due: row.new_due,
        instalments: row.instalments.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
        days_between: i32::try_from(row.days_between).unwrap_or(i32::MAX),
    };
    Ok(rows.map(deferral).collect())
}

/// Deferral -> what ended it.
pub(crate) async fn ends(tx: &mut Tx) -> Result<HashMap<i64, DeferralEndRow>> {
    Ok(store::deferral_ends(tx).await?.into_iter().map(|row| (row.deferral, row)).collect())
}
