//! The counters of the items, recomputed from the facts, and what money and doubt take out of planned debits.
//!
//! Invariant: after every use case that adds facts, `item_state` is what this module makes of them; `verify` compares.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::plan::{Claim, lowered};
use sepa::{Cents, MandateId};
use store::{
    ClaimRow, EventKind, EventSaid, ItemRow, LifeKind, NewMandate, ReservationRow, StateRow, WriteTx, set_state,
};

use crate::books::coverage::cover;
use crate::books::credit_notes::covered;
use crate::books::situation::{About, Situation, Touched};
use crate::{Kasse, Result};

/// What the counters must be, by item.
pub(crate) fn counters(situation: &Situation) -> HashMap<i64, StateRow> {
    situation.items.iter().map(|item| (item.id, counter(situation, item))).collect()
}

/// What the counters of one item must be.
fn counter(situation: &Situation, item: &ItemRow) -> StateRow {
    let transferred = situation.transferred(item);
    let (run, in_collection) = situation.in_collection(item.id).unzip();
    let (in_collection, collected) = (in_collection.unwrap_or(0), situation.brought_in(item.id));
    // money that already stands above a reduced assessment, but never above what was once assessed
    let amount = item.said.amount.max((transferred + in_collection + collected).min(item.highest));
    StateRow { item: item.id, amount, transferred, in_collection, collected, run }
}

/// Which debit holds which item: until the claim that takes the last of it, or until the bank said what became of the debit.
pub(crate) fn reservations(situation: &Situation) -> BTreeMap<(i64, i64), ReservationRow> {
    let mut ends: HashMap<i64, (i64, LifeKind)> = HashMap::new();
    for row in situation.life.iter() {
        ends.entry(row.debit).or_insert((row.id, row.kind));
    }
    let mut rest: HashMap<(i64, i64), i64> = HashMap::new();
    let mut rows = BTreeMap::new();
    for claim in situation.claims.iter() {
        let key = (claim.debit, claim.item);
        let left = rest.entry(key).or_insert(0);
        *left += claim.amount;
        let freed = (*left == 0).then_some((claim.id, claim.amount));
        let (freed_by, freed_amount) = freed.unzip();
        let ended = ends.get(&claim.debit).copied().filter(|_| freed.is_none());
        rows.insert(key, ReservationRow { debit: claim.debit, item: claim.item, freed_by, freed_amount, ended });
    }
    rows
}

/// Lowers planned debits by what has been paid or held since, and stores the counters.
///
/// To be called when a use case has added all facts of its own.
pub(crate) async fn recount(tx: &mut WriteTx, kasse: &Kasse) -> Result<()> {
    let (mut situation, mut touched) = kasse.situation_since(tx).await?;
    if cover(tx, &situation).await? {
        (situation, touched) = kasse.situation_since(tx).await?;
    }
    if lower_claims(tx, &situation).await? {
        (situation, touched) = kasse.situation_since(tx).await?;
    }
    if tx.has_added_to("claim") || tx.has_added_to("debit_event") || touched == Touched::All {
        reserve(tx, &situation).await?;
    }
    // what frees room must come before what takes it, item by item: one row per item, so any order holds
    let states: Vec<StateRow> = match &touched {
        Touched::All => situation.items.iter().map(|item| counter(&situation, item)).collect(),
        Touched::These(ids) => {
            let items = ids.iter().filter_map(|id| situation.items.by_id(*id));
            items.map(|item| counter(&situation, item)).collect()
        }
    };
    let mut changed = states;
    changed.retain(|state| situation.states.get(&state.item) != Some(state));
    changed.sort_by_key(|state| state.item);
    Ok(set_state(tx, &changed).await?)
}

/// The same after a change that concerns some Kassenzeichen alone: what is open of others depends on nothing of theirs.
pub(crate) async fn recount_about(tx: &mut WriteTx, kasse: &Kasse, about: &About) -> Result<()> {
    let mut situation = kasse.situation_about(tx, about).await?;
    let is_own = |item: &ItemRow| about.kassenzeichen.contains(&canonical(&item.kassenzeichen));
    let is_within = situation.claims.iter().all(|claim| situation.items.by_id(claim.item).is_some_and(is_own));
    if !kasse.asks_for_parts(tx).await? || !is_within {
        return recount(tx, kasse).await;
    }
    if lower_claims(tx, &situation).await? {
        situation = kasse.situation_about(tx, about).await?;
        reserve(tx, &situation).await?;
    }
    let states = situation.items.iter().filter(|item| is_own(item)).map(|item| counter(&situation, item));
    let mut changed: Vec<StateRow> = states.collect();
    changed.retain(|state| situation.states.get(&state.item) != Some(state));
    changed.sort_by_key(|state| state.item);
    Ok(set_state(tx, &changed).await?)
}

/// Stores the reservations that differ from what the claims make of them.
async fn reserve(tx: &mut WriteTx, situation: &Situation) -> Result<()> {
    let stored: BTreeMap<(i64, i64), ReservationRow> =
        store::reservations(tx).await?.into_iter().map(|row| ((row.debit, row.item), row)).collect();
    let mut reserved: Vec<ReservationRow> = reservations(situation).into_values().collect();
    reserved.retain(|row| stored.get(&(row.debit, row.item)) != Some(row));
    Ok(store::set_reservations(tx, &reserved).await?)
}

/// Takes out of runs that have not left the house what is paid, held, or no longer theirs to take; signatures that this
/// changes fall.
async fn lower_claims(tx: &mut WriteTx, situation: &Situation) -> Result<bool> {
    let (stages, runs) = (situation.stages(), situation.run_of_debit());
    let yields =
        |debit: &i64| runs.get(debit).and_then(|run| stages.get(run)).is_some_and(|stage| stage.yields_to_money());
    let claims: Vec<Claim> = situation
        .claimed()
        .iter()
        .filter(|((debit, _), _)| yields(debit))
        .map(|(&(debit, item), &amount)| Claim { debit, item, amount: Cents::new(amount) })
        .collect();
    if claims.is_empty() {
        return Ok(false);
    }
    let rooms = ClaimRooms::new(situation);
    let less = lowered(&claims, |claim| rooms.of(claim));
    lower(tx, situation, &less).await?;
    Ok(!less.is_empty())
}

/// Lowers claims by so much; signatures that this changes fall.
pub(crate) async fn lower(tx: &mut WriteTx, situation: &Situation, less: &[Claim]) -> Result<()> {
    let runs = situation.run_of_debit();
    let rows: Vec<ClaimRow> = less
        .iter()
        .map(|claim| ClaimRow {
            id: 0,
            debit: claim.debit,
            item: claim.item,
            amount: -claim.amount.get(),
            cause: "lowered".to_owned(),
        })
        .collect();
    tx.add_claims(&rows).await?;
    let mut touched: Vec<i64> = less.iter().filter_map(|claim| runs.get(&claim.debit).copied()).collect();
    touched.sort_unstable();
    touched.dedup();
    let signed = |run: &i64| {
        let last = situation.events.iter().rfind(|event| event.run == *run && event.kind != EventKind::Announced);
        last.is_some_and(|event| matches!(event.kind, EventKind::Signed | EventKind::Released))
    };
    for run in touched.into_iter().filter(signed) {
        tx.add_event(run, EventKind::Voided, EventSaid::default()).await?;
    }
    Ok(())
}

/// How much a claim may take at most.
struct ClaimRooms<'a> {
    situation: &'a Situation,
    /// Item -> the last day of a hold by hand.
    by_hand: HashMap<i64, Date>,
    /// Item -> what of it credits cover.
    covered: HashMap<i64, i64>,
    /// Debit -> its run's collection date, where its mandate still debits the same account.
    due: HashMap<i64, Date>,
}

/// A mandate for a Kassenzeichen, however a list spells that.
fn key_of(said: &NewMandate) -> ((String, String), &NewMandate) {
    ((MandateId::key(&said.reference), canonical(&said.kassenzeichen)), said)
}

/// Whether a mandate still debits the same account in the same way as when the run was planned.
fn debits_alike(now: &NewMandate, planned: &NewMandate) -> bool {
    now.status == "aktiv" && now.iban == planned.iban && now.scheme == planned.scheme && now.one_off == planned.one_off
}

impl<'a> ClaimRooms<'a> {
    fn new(situation: &'a Situation) -> ClaimRooms<'a> {
        let due: HashMap<i64, Date> = situation.runs.iter().map(|run| (run.id, run.due)).collect();
        let newest: HashMap<(String, String), &NewMandate> =
            situation.mandates.iter().map(|row| key_of(&row.said)).collect();
        let usable = situation.debits.iter().filter(|debit| {
            let planned = situation.mandate_rows.get(&debit.mandate).map(|row| key_of(&row.said));
            planned.is_some_and(|(key, planned)| newest.get(&key).is_some_and(|now| debits_alike(now, planned)))
        });
        ClaimRooms {
            situation,
            covered: covered(situation),
            by_hand: situation
                .hand_held()
                .into_iter()
                .filter_map(|(item, holds)| Some((item, holds.iter().map(|hold| hold.until()).max()?)))
                .collect(),
            due: usable.filter_map(|debit| Some((debit.id, *due.get(&debit.run)?))).collect(),
        }
    }

    /// What is assessed, not paid, not collected, not for a debit at the bank and not covered by a credit; nothing once it was handed over, while it is held, due or deferred beyond the run, or
    /// its mandate was changed.
    fn of(&self, claim: &Claim) -> Cents {
        let (Some(item), Some(due)) = (self.situation.items.by_id(claim.item), self.due.get(&claim.debit)) else {
            return Cents::ZERO;
        };
        let paid = self.situation.transferred(item);
        let by_hand = self.by_hand.get(&claim.item).is_some_and(|until| due <= until);
        let free = !self.situation.handed_over.contains_key(&claim.item)
            && !self.situation.held().contains_key(&claim.item)
            && !by_hand
            && self.situation.collectable_from(item) <= *due;
        let covered = self.covered.get(&claim.item).copied().unwrap_or(0);
        let absorbed = self.situation.absorbed();
        // what an earlier debit of the item brought in
        let collected = self.situation.brought_in(item.id) - absorbed.credited(item.id);
        let taken = [paid, absorbed.of(item.id), covered, collected].into_iter().fold(0, i64::saturating_add);
        Cents::new(if free { item.said.amount.saturating_sub(taken) } else { 0 })
    }
}
