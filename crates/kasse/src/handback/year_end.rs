//! What is open and what is unclear at the end of a budget year, year by year: what the finance system opens its next year with.
//!
//! Decides nothing. Invariant: an item belongs to the budget year in which it falls due (the calendar year, § 78 (4) GO NRW),
//! money to the year in which the bank booked it; each cent is in one year.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::base::shown::eur;
use crate::{Error, Kasse, Result};

/// What a budget year has, cents.
#[derive(Clone, Copy, Debug, Default)]
struct Year {
    open_items: usize,
    open: i64,
    handed_items: usize,
    handed: i64,
    in_collection: i64,
    unclear_credits: usize,
    unclear: i64,
}

/// An object per budget year up to `year`: open items and their sum, what of them was handed over, what debits take at the moment,
/// and credits of which nobody has decided whose they are.
///
/// # Errors
/// [`Error::Refused`] for a year that has not begun.
pub async fn year_end(kasse: &Kasse, year: i16) -> Result<Vec<Value>> {
    if year > kasse.today.year() {
        return Err(Error::Refused(format!("the budget year {year} has not begun")));
    }
    let last = Date::new(year, 12, 31).map_err(|error| Error::Refused(format!("the year {year}: {error}")))?;
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let mut years: BTreeMap<i16, Year> = BTreeMap::new();
    for item in situation.items.iter().filter(|item| item.said.due <= last) {
        let state = situation.states.get(&item.id).copied().unwrap_or_default();
        let open = situation.open_of(item.id).max(0);
        if open == 0 && state.in_collection == 0 {
            continue;
        }
        let own = years.entry(item.said.due.year()).or_default();
        own.in_collection = own.in_collection.saturating_add(state.in_collection);
        if open > 0 {
            own.open_items += 1;
            own.open = own.open.saturating_add(open);
        }
        if open > 0 && situation.handed_over.contains_key(&item.id) {
            own.handed_items += 1;
            own.handed = own.handed.saturating_add(open);
        }
    }
    let is_unclear = |id: i64| situation.verdicts.get(&id).is_none_or(|verdict| verdict.said.decision == "case");
    let credits = situation.bookings.iter().filter(|row| row.amount > 0 && row.booked <= last && !row.provisional);
    for row in credits.filter(|row| is_unclear(row.id) && !situation.is_posted_before(row)) {
        let rest = situation.came_in(row).saturating_sub(situation.allocations.sum(row.id));
        if rest > 0 {
            let own = years.entry(row.booked.year()).or_default();
            own.unclear_credits += 1;
            own.unclear = own.unclear.saturating_add(rest);
        }
    }
    Ok(years.into_iter().map(|(year, own)| shown(year, own)).collect())
}

fn shown(year: i16, own: Year) -> Value {
    json!({
        "budget_year": year,
        "open_items": own.open_items,
        "open": eur(own.open),
        "handed_over_items": own.handed_items,
        "handed_over": eur(own.handed),
        "in_collection": eur(own.in_collection),
        "unclear_credits": own.unclear_credits,
        "unclear": eur(own.unclear),
    })
}
