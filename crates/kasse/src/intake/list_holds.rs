//! What a later list leaves out of the levies that it repeats, or says was paid elsewhere: held until a person decides.
//!
//! Invariant: a list holds an item at most once for the same ground, and not again what a person said is still owed, unless
//! a list has named it since. One person ends such a hold: it stands for a question, not for a decision.

use std::collections::{HashMap, HashSet};

use store::{HandHoldRow, HoldLiftRow, LiftGround, ListGround, ListHold, Tx, WriteTx};

use crate::books::recount::recount;
use crate::{Kasse, Result};

/// What a list makes of holds, before it is stored.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    /// Items that it leaves out, with their Kassenzeichen.
    pub(crate) left_out: Vec<(i64, String)>,
    /// Items of which it says that more was paid than is known here, with their Kassenzeichen.
    pub(crate) paid: Vec<(i64, String)>,
    /// Items that it names.
    pub(crate) named: HashSet<i64>,
}

/// The holds that lists made, and how the newest of each item and ground ended.
#[derive(Debug, Default)]
struct History(HashMap<(i64, &'static str), (i64, Option<LiftGround>)>);

impl History {
    async fn load(tx: &mut Tx) -> Result<History> {
        let mut history = History::default();
        let mut keys = HashMap::new();
        for hold in store::hand_holds(tx).await? {
            if let (Some(list), Some(item)) = (hold.list, hold.item) {
                let key = (item, list.ground.word());
                keys.insert(hold.id, key);
                history.0.insert(key, (hold.id, None));
            }
        }
        for lift in store::hold_lifts(tx).await? {
            let newest = keys.get(&lift.hand_hold).and_then(|key| history.0.get_mut(key));
            if let Some((_, ended)) = newest.filter(|(hold, _)| *hold == lift.hand_hold) {
                *ended = Some(lift.ground.unwrap_or(LiftGround::Owed));
            }
        }
        Ok(history)
    }

    /// Whether a list that gives this ground makes a new hold.
    fn is_new(&self, item: i64, ground: ListGround) -> bool {
        match self.0.get(&(item, ground.word())) {
            None => true,
            Some((_, ended)) => matches!(ended, Some(LiftGround::Named | LiftGround::Partial)),
        }
    }

    /// The hold for having been left out that ends, or is no answer any more, now that a list names the item.
    fn ends_as_named(&self, item: i64) -> Option<i64> {
        let (hold, ended) = self.0.get(&(item, ListGround::LeftOut.word()))?;
        matches!(ended, None | Some(LiftGround::Owed)).then_some(*hold)
    }
}

/// What is to be stored.
#[derive(Debug, Default)]
pub(crate) struct Change {
    holds: Vec<HandHoldRow>,
    lifts: Vec<HoldLiftRow>,
}

impl Change {
    pub(crate) fn is_empty(&self) -> bool {
        self.holds.is_empty() && self.lifts.is_empty()
    }

    /// Stores it under its file.
    pub(crate) async fn store(mut self, tx: &mut WriteTx, file: i64) -> Result<()> {
        for list in self.holds.iter_mut().filter_map(|hold| hold.list.as_mut()) {
            list.file = file;
        }
        tx.add_hand_holds(&self.holds).await?;
        Ok(tx.add_hold_lifts(&self.lifts).await?)
    }
}

/// What a list's doubts come to.
pub(crate) async fn change(tx: &mut Tx, doubts: &Doubts, name: &str, who: &str) -> Result<Change> {
    let history = History::load(tx).await?;
    let hold = |ground: ListGround, reason: String| {
        let history = &history;
        move |(item, kassenzeichen): &(i64, String)| {
            history.is_new(*item, ground).then(|| HandHoldRow {
                id: 0,
                kassenzeichen: kassenzeichen.clone(),
                item: Some(*item),
                reason: reason.clone(),
                until: None,
                actor: who.to_owned(),
                list: Some(ListHold { file: 0, ground }),
                life: None,
            })
        }
    };
    let left_out = hold(ListGround::LeftOut, format!("the list {name} does not name it any more"));
    let paid = hold(ListGround::Paid, format!("the list {name} says that more was paid than is known here"));
    let holds = doubts.left_out.iter().filter_map(left_out).chain(doubts.paid.iter().filter_map(paid)).collect();
    let mut named: Vec<i64> = doubts.named.iter().copied().collect();
    named.sort_unstable();
    let lift = |item: i64| {
        Some(HoldLiftRow {
            hand_hold: history.ends_as_named(item)?,
            reason: format!("the list {name} names it"),
            actor: format!("list {name}"),
            ground: Some(LiftGround::Named),
        })
    };
    Ok(Change { holds, lifts: named.into_iter().filter_map(lift).collect() })
}

/// Ends what a list holds because it left it out: the list was partial. Says how many items that are.
pub(crate) async fn was_partial(tx: &mut WriteTx, kasse: &Kasse, file: i64, who: &str) -> Result<usize> {
    let lifted: HashSet<i64> = store::hold_lifts(tx).await?.into_iter().map(|lift| lift.hand_hold).collect();
    let is_of_it = |list: ListHold| list.file == file && list.ground == ListGround::LeftOut;
    let own = store::hand_holds(tx).await?;
    let own = own.into_iter().filter(|hold| hold.list.is_some_and(is_of_it) && !lifted.contains(&hold.id));
    let lift = |hold: HandHoldRow| HoldLiftRow {
        hand_hold: hold.id,
        reason: "the list was partial".to_owned(),
        actor: who.to_owned(),
        ground: Some(LiftGround::Partial),
    };
    let lifts: Vec<HoldLiftRow> = own.map(lift).collect();
    if !lifts.is_empty() {
        tx.add_hold_lifts(&lifts).await?;
        recount(tx, kasse).await?;
    }
    Ok(lifts.len())
}
