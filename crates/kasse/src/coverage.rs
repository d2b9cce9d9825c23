//! What a case goes on holding while a person thinks about it, whatever is paid, decided or assessed meanwhile.
//!
//! Invariant: after every use case that adds facts, under each Kassenzeichen of which a case holds anything it holds as much
//! as is in doubt, as far as so much is open there. What the rules decide they hold anew with each `match`; what a person
//! has decided in part, or waits for, only this looks after.

use std::collections::{BTreeMap, HashMap};

use store::{HoldRow, ItemRow, WriteTx};

use crate::Result;
use crate::situation::Situation;

/// Adds what is missing to the holds of open cases; whether anything was.
pub(crate) async fn cover(tx: &mut WriteTx, situation: &Situation) -> Result<bool> {
    let missing = missing(situation);
    tx.add_holds(&missing).await?;
    Ok(!missing.is_empty())
}

/// What open cases should hold and do not: the oldest instalments first, for the reason for which the others are held.
pub(crate) fn missing(situation: &Situation) -> Vec<HoldRow> {
    let doubts = doubts(situation);
    if doubts.is_empty() {
        return Vec::new();
    }
    let open = open(situation);
    let items: HashMap<i64, &ItemRow> = situation.items.iter().map(|item| (item.id, item)).collect();
    let mut held: BTreeMap<(i64, &str), Vec<&HoldRow>> = BTreeMap::new();
    for hold in situation.holds.iter() {
        if let Some(item) = items.get(&hold.item) {
            held.entry((hold.verdict, item.kassenzeichen.as_str())).or_default().push(hold);
        }
    }
    let mut of_kassenzeichen: HashMap<&str, Vec<&ItemRow>> = held.keys().map(|(_, own)| (*own, Vec::new())).collect();
    for item in situation.items.iter().filter(|item| item.said.fee.is_none()) {
        if let Some(own) = of_kassenzeichen.get_mut(item.kassenzeichen.as_str()) {
            own.push(item);
        }
    }
    of_kassenzeichen.values_mut().for_each(|items| items.sort_by_key(|item| (item.said.due, item.id)));
    let mut missing = Vec::new();
    for ((verdict, own), holds) in held {
        let Some(mut rest) = doubts.get(&verdict).copied() else { continue };
        let open = |item: i64| open.get(&item).copied().unwrap_or(0);
        holds.iter().for_each(|hold| rest -= open(hold.item));
        for item in of_kassenzeichen.get(own).into_iter().flatten() {
            let is_held = holds.iter().any(|hold| hold.item == item.id);
            if rest > 0 && !is_held && open(item.id) > 0 {
                rest -= open(item.id);
                let reason = holds.first().map(|hold| hold.reason.clone()).unwrap_or_default();
                missing.push(HoldRow { verdict, item: item.id, reason });
            }
        }
    }
    missing
}

/// Verdict of an open case -> the cents of its payment that nobody has placed.
fn doubts(situation: &Situation) -> HashMap<i64, i64> {
    let mut placed: HashMap<i64, i64> = HashMap::new();
    situation.allocations.iter().for_each(|part| *placed.entry(part.booking).or_default() += part.amount);
    let cases = situation.bookings.iter().filter_map(|booking| {
        let verdict = situation.verdicts.get(&booking.id).filter(|verdict| verdict.said.decision == "case")?;
        Some((verdict.id, booking.amount - placed.get(&booking.id).copied().unwrap_or(0)))
    });
    cases.collect()
}

/// Item -> cents that money can still pay there: what a planned debit takes yields to it, what is at the bank does not.
fn open(situation: &Situation) -> HashMap<i64, i64> {
    let mut open: HashMap<i64, i64> =
        situation.items.iter().map(|item| (item.id, item.said.amount - item.said.paid_before)).collect();
    for part in situation.allocations.iter() {
        *open.entry(part.item).or_default() -= part.amount;
    }
    for (item, amount) in situation.gone() {
        *open.entry(item).or_default() -= amount;
    }
    open.values_mut().for_each(|cents| *cents = (*cents).max(0));
    open
}
