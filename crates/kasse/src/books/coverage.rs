//! What a case goes on holding while a person thinks about it, whatever is paid, decided or assessed meanwhile.
//!
//! Invariant: after every use case that adds facts, under each Kassenzeichen of which a case holds anything it holds as much as is
//! in doubt, as far as so much is open there. But where the rules alone decided, and no list has said anything else of what they
//! hold since, it may be less: they hold what the payment can mean there, and decide anew with each `match`.

use std::collections::{BTreeMap, HashMap};

use store::{HoldRow, ItemRow, VerdictRow, WriteTx};

use crate::Result;
use crate::books::situation::Situation;

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
    let mut held: BTreeMap<(i64, &str), Vec<&HoldRow>> = BTreeMap::new();
    for hold in situation.holds.iter().filter(|hold| doubts.contains_key(&hold.verdict)) {
        if let Some(item) = situation.items.by_id(hold.item) {
            held.entry((hold.verdict, item.kassenzeichen.as_str())).or_default().push(hold);
        }
    }
    let open = |item: &ItemRow| open(situation, item);
    let of_rules: HashMap<i64, &VerdictRow> = situation
        .verdicts
        .values()
        .filter(|verdict| !verdict.said.by_person)
        .map(|verdict| (verdict.id, verdict))
        .collect();
    let mut missing = Vec::new();
    for ((verdict, own), holds) in held {
        let held_items = || holds.iter().filter_map(|hold| situation.items.by_id(hold.item));
        let mut rest = doubts.get(&verdict).copied().unwrap_or(0);
        let is_as_judged = |verdict: &&VerdictRow| {
            held_items().all(|item| item.said_by <= verdict.said_by) && held_items().any(|item| open(item) > 0)
        };
        if of_rules.get(&verdict).is_some_and(is_as_judged) {
            continue;
        }
        held_items().for_each(|item| rest -= open(item));
        if rest <= 0 {
            continue;
        }
        let mut items: Vec<&ItemRow> = situation.items.under(own).filter(|item| item.said.fee.is_none()).collect();
        items.sort_by_key(|item| (item.said.due, item.id));
        for item in items {
            let is_held = holds.iter().any(|hold| hold.item == item.id);
            if rest > 0 && !is_held && open(item) > 0 {
                rest -= open(item);
                let reason = holds.first().map(|hold| hold.reason.clone()).unwrap_or_default();
                missing.push(HoldRow { verdict, item: item.id, reason });
            }
        }
    }
    missing
}

/// Verdict of an open case -> the cents of its payment that nobody has placed.
fn doubts(situation: &Situation) -> HashMap<i64, i64> {
    let cases = situation.bookings.iter().filter_map(|booking| {
        let verdict = situation.verdicts.get(&booking.id).filter(|verdict| verdict.said.decision == "case")?;
        Some((verdict.id, situation.came_in(booking) - situation.allocations.sum(booking.id)))
    });
    cases.collect()
}

/// Cents that money can still pay of an item: what a planned debit takes yields to it, what is at the bank does not.
fn open(situation: &Situation, item: &ItemRow) -> i64 {
    let gone = situation.gone().get(&item.id).copied().unwrap_or(0);
    (item.said.amount - item.said.paid_before - situation.allocations.paid(item.id) - gone).max(0)
}
