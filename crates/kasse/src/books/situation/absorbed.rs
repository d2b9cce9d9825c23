//! What debits at the bank take beside their claims, and which items that is for.
//!
//! Books that learned of a debit from its file alone may have had less free than it takes: a transfer stood there that the bank
//! took back later, or the item was freed. Invariant: as far as there is room on the debit's Kassenzeichen, what it takes is
//! for that; no other debit takes it, and no transfer pays it any more. What is paid and what debits at the bank claim comes
//! before, and a run that has not left the house yields.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use kassenzeichen::canonical;
use ledger::gate::Stage;
use ledger::life::Life;
use store::{DebitRow, ItemRow, RunRow, UnclaimedRow};

use super::parts::{Allocations, Items, of_first};

/// What living debits take beside their claims.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Absorbed {
    /// Debit -> cents.
    beside: HashMap<i64, i64>,
    /// (debit, item) -> cents of the item that are for the debit beside its claims.
    parts: BTreeMap<(i64, i64), i64>,
    /// Item -> the run, and cents of what its debits take beside their claims.
    by_item: HashMap<i64, (i64, i64)>,
    /// Item -> cents of that which the bank has credited.
    credited: HashMap<i64, i64>,
    /// What debits take beyond what is due on their day.
    excess: Vec<UnclaimedRow>,
}

/// What it follows from.
pub(super) struct Seen<'s> {
    pub(super) items: &'s Items,
    pub(super) allocations: &'s Allocations,
    pub(super) runs: &'s [RunRow],
    pub(super) debits: &'s [DebitRow],
    pub(super) unclaimed: &'s [UnclaimedRow],
    pub(super) lives: &'s HashMap<i64, Life>,
}

/// A part that looks for room.
struct Part<'s> {
    row: UnclaimedRow,
    debit: &'s DebitRow,
    run: &'s RunRow,
    /// Cents that have found none yet.
    rest: i64,
}

impl Seen<'_> {
    fn life_of(&self, part: &Part<'_>) -> Life {
        self.lives.get(&part.debit.id).copied().unwrap_or_default()
    }
}

impl Absorbed {
    /// `gone`: item -> cents that debits at the bank claim.
    pub(super) fn new(seen: &Seen<'_>, stages: &HashMap<i64, Stage>, gone: &HashMap<i64, i64>) -> Absorbed {
        let mut absorbed = Absorbed::default();
        let mut parts = living(seen, stages);
        for part in &mut parts {
            *absorbed.beside.entry(part.debit.id).or_insert(0) += part.rest;
        }
        // what was rejected or came back takes nothing of anybody any more
        parts.retain(|part| !seen.life_of(part).has_ended());
        for part in &mut parts {
            seen.items.by_id(part.row.item).into_iter().for_each(|own| absorbed.take(seen, gone, part, own));
        }
        for mut part in parts {
            let (due, later): (Vec<_>, Vec<_>) =
                newest_first(seen, &part.debit.kassenzeichen).partition(|item| item.said.due <= part.run.due);
            due.into_iter().for_each(|item| absorbed.take(seen, gone, &mut part, item));
            let amount = part.rest;
            later.into_iter().for_each(|item| absorbed.take(seen, gone, &mut part, item));
            if amount > 0 {
                absorbed.excess.push(UnclaimedRow { amount, ..part.row });
            }
        }
        absorbed
    }

    /// Gives a part what is free of an item.
    fn take(&mut self, seen: &Seen<'_>, gone: &HashMap<i64, i64>, part: &mut Part<'_>, item: &ItemRow) {
        let taken = gone.get(&item.id).copied().unwrap_or(0) + self.of(item.id);
        let room = (item.said.amount - seen.allocations.transferred(item) - taken).clamp(0, part.rest);
        if room > 0 {
            self.by_item.entry(item.id).or_insert((part.run.id, 0)).1 += room;
            *self.parts.entry((part.debit.id, item.id)).or_insert(0) += room;
            if seen.life_of(part).is_collected() {
                *self.credited.entry(item.id).or_insert(0) += room;
            }
            part.rest -= room;
        }
    }

    /// What a debit takes beside its claims while its run lives, cents.
    pub(crate) fn beside(&self, debit: i64) -> i64 {
        self.beside.get(&debit).copied().unwrap_or(0)
    }

    /// Which items that is for, of all debits: (debit, item) -> cents.
    pub(crate) fn parts(&self) -> &BTreeMap<(i64, i64), i64> {
        &self.parts
    }

    /// Which items that is for: item and cents.
    pub(crate) fn of_debit(&self, debit: i64) -> impl Iterator<Item = (i64, i64)> {
        self.parts.range(of_first(debit)).map(|((_, item), amount)| (*item, *amount))
    }

    /// What of an item is for debits that take more than they claim, cents.
    pub(crate) fn of(&self, item: i64) -> i64 {
        self.by_item.get(&item).map_or(0, |(_, amount)| *amount)
    }

    /// Item -> the run, and what its debits take of it beside their claims, cents.
    pub(super) fn by_item(&self) -> &HashMap<i64, (i64, i64)> {
        &self.by_item
    }

    /// What of it the bank has credited, cents.
    pub(crate) fn credited(&self, item: i64) -> i64 {
        self.credited.get(&item).copied().unwrap_or(0)
    }

    /// What debits take beyond what is due on their day, with the item that it was for.
    pub(crate) fn excess(&self) -> &[UnclaimedRow] {
        &self.excess
    }
}

/// What debits of living runs take beside their claims.
fn living<'s>(seen: &Seen<'s>, stages: &HashMap<i64, Stage>) -> Vec<Part<'s>> {
    if seen.unclaimed.is_empty() {
        return Vec::new();
    }
    let debits: HashMap<i64, &DebitRow> = seen.debits.iter().map(|debit| (debit.id, debit)).collect();
    let lives = |run: &&RunRow| stages.get(&run.id).is_some_and(|stage| stage.is_living());
    let runs: HashMap<i64, &RunRow> = seen.runs.iter().filter(lives).map(|run| (run.id, run)).collect();
    let part = |row: &UnclaimedRow| {
        let debit = *debits.get(&row.debit)?;
        Some(Part { row: *row, debit, run: runs.get(&debit.run)?, rest: row.amount })
    };
    seen.unclaimed.iter().filter_map(part).collect()
}

/// The items of a Kassenzeichen but its fees: what was paid meanwhile was paid on the oldest (§ 225 AO).
fn newest_first<'s>(seen: &Seen<'s>, kassenzeichen: &str) -> impl Iterator<Item = &'s ItemRow> {
    let own = canonical(kassenzeichen);
    let mut items: Vec<&ItemRow> = seen.items.of_canonical(&own).filter(|item| item.said.fee.is_none()).collect();
    items.sort_by_key(|item| (Reverse(item.said.due), item.id));
    items.into_iter()
}
