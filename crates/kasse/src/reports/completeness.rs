//! `einmal report statements`: how far each account's statements are complete, and what is missing.
//!
//! Invariant: what is shown is what the release gate looks at (`ledger::chain`), nothing else.

use jiff::civil::Date;
use ledger::chain::{Chain, Missing};
use sepa::Cents;
use serde_json::{Value, json};
use store::{ConfirmationKind, ConfirmationRow, StatementRow};

use crate::base::shown::eur;
use crate::books::situation::ways;
use crate::{Kasse, Result};

/// An object per account: its ranges, the gaps between them, what proves nothing, and what people confirmed.
///
/// # Errors
/// What the database says.
pub async fn statements(kasse: &Kasse) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let needed = sepa::target_day_before(kasse.today);
    let chains = kasse.chains(&mut tx).await?;
    let (statements, confirmed) = (store::statements(&mut tx).await?, store::confirmations(&mut tx).await?);
    Ok(chains
        .iter()
        .map(|chain| {
            let is_set = kasse.config.accounts.iter().any(|own| own.as_str() == chain.account);
            let mut row = account(chain, &statements, &confirmed, needed);
            row.as_object_mut().into_iter().for_each(|row| drop(row.insert("in_settings".to_owned(), json!(is_set))));
            row
        })
        .collect())
}

fn account(chain: &Chain, statements: &[StatementRow], confirmed: &[ConfirmationRow], needed: Date) -> Value {
    let missing: Vec<String> = chain.missing(needed).iter().map(Missing::to_string).collect();
    let own = |name: &String| *name == chain.account;
    let said: Vec<Value> = confirmed.iter().filter(|row| own(&row.account)).map(confirmation).collect();
    let unproven: Vec<Value> = statements
        .iter()
        .filter(|row| own(&row.account) && row.unexplained() != Some(0) && chain.unproven.contains(&row.days.1))
        .map(unproven)
        .collect();
    json!({
        "account": chain.account,
        "from": chain.ranges.first().map(|range| range.first.to_string()),
        "to": chain.ranges.last().map(|range| range.last.to_string()),
        "closing": chain.ranges.last().map(|range| range.closing.to_string()),
        "complete": missing.is_empty(),
        "needed": needed.to_string(),
        "opening_confirmed": chain.opening_confirmed,
        "missing": missing,
        "ranges": ranges(chain),
        "gaps": gaps(chain),
        "ways_on": ways(chain, needed),
        "skipped_numbers": chain.skips.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "unproven": unproven,
        "confirmations": said,
    })
}

fn ranges(chain: &Chain) -> Vec<Value> {
    let row = |range: &ledger::chain::Range| {
        json!({
            "from": range.first.to_string(), "to": range.last.to_string(), "opening": range.opening.to_string(),
            "closing": range.closing.to_string(), "statements": range.statements,
        })
    };
    chain.ranges.iter().map(row).collect()
}

fn gaps(chain: &Chain) -> Vec<Value> {
    let row = |gap: &ledger::chain::Gap| {
        json!({
            "after": gap.after.to_string(), "closing": gap.closing.to_string(), "before": gap.before.to_string(),
            "opening": gap.opening.to_string(),
        })
    };
    chain.gaps.iter().map(row).collect()
}

fn unproven(row: &StatementRow) -> Value {
    let missing = "it has no opening or no closing balance".to_owned();
    json!({
        "statement": row.title(),
        "from": row.days.0.to_string(),
        "to": row.days.1.to_string(),
        "opening": row.opening.map(eur),
        "closing": row.closing.map(eur),
        "movement": Cents::new(row.movement).to_string(),
        "finding": row.finding.clone().unwrap_or(missing),
    })
}

fn confirmation(row: &ConfirmationRow) -> Value {
    let what = match row.kind {
        ConfirmationKind::Opening => "opening",
        ConfirmationKind::Quiet => "quiet",
    };
    json!({"what": what, "day": row.day.to_string(), "balance": eur(row.balance), "by": row.actor})
}
