//! Where each refund stands, and what of each credit is on its way back.
//!
//! Invariant: of a credit at most one refund claims anything: the database refuses another.

use std::collections::HashMap;

use ledger::gate::Stage;
use store::{RefundAccountRow, RefundEventRow, RefundKind, RefundRow, RefundRunRow};

use super::{Situation, stage};

/// What follows from runs of refunds, their events and what became of each refund.
#[derive(Debug, PartialEq)]
pub(crate) struct Refunding {
    stages: HashMap<i64, Stage>,
    /// Refund -> how it ended.
    ends: HashMap<i64, RefundEventRow>,
    /// Refund -> that it came back.
    came_back: HashMap<i64, RefundEventRow>,
    /// Credit -> the place of the refund that claims of it.
    claiming: HashMap<i64, usize>,
    /// Credit -> the newest event by which a refund of it ended without money having left.
    freed: HashMap<i64, i64>,
}

impl Refunding {
    pub(super) fn new(situation: &Situation) -> Refunding {
        let (mut ends, mut came_back, mut freed) = (HashMap::new(), HashMap::new(), HashMap::new());
        for event in situation.refund_events.iter() {
            match event.kind {
                RefundKind::CameBack => came_back.insert(event.refund, event.clone()),
                _ => ends.insert(event.refund, event.clone()),
            };
            if event.kind.frees() {
                freed.insert(event.booking, event.id);
            }
        }
        let has_freed = |refund: &RefundRow| ends.get(&refund.id).is_some_and(|end: &RefundEventRow| end.kind.frees());
        let claiming = situation.refunds.iter().enumerate().filter(|(_, refund)| !has_freed(refund));
        let claiming = claiming.map(|(place, refund)| (refund.booking, place)).collect();
        let stages = situation.refund_runs.iter().map(|row| {
            let mut own = situation.refunds.iter().filter(|refund| refund.run == row.run.id);
            let is_underway = own.any(|refund| !ends.contains_key(&refund.id));
            (row.run.id, stage(&situation.events, row.run.id, is_underway))
        });
        Refunding { stages: stages.collect(), ends, came_back, claiming, freed }
    }
}

impl Situation {
    fn refunding(&self) -> &Refunding {
        self.refunding.get(|| Refunding::new(self))
    }

    /// Where a run of refunds stands.
    pub(crate) fn refund_stage(&self, run: i64) -> Stage {
        self.refunding().stages.get(&run).copied().unwrap_or(Stage::Cancelled)
    }

    /// How a refund ended: it fell, was rejected or was paid.
    pub(crate) fn refund_end(&self, refund: i64) -> Option<&RefundEventRow> {
        self.refunding().ends.get(&refund)
    }

    /// That a refund came back.
    pub(crate) fn refund_came_back(&self, refund: i64) -> Option<&RefundEventRow> {
        self.refunding().came_back.get(&refund)
    }

    /// The refund that gives a credit back, planned, under way or paid.
    pub(crate) fn refund_of(&self, booking: i64) -> Option<&RefundRow> {
        self.refunding().claiming.get(&booking).and_then(|place| self.refunds.get(*place))
    }

    /// The refund of a credit whose file was written: its money may have left.
    pub(crate) fn refund_gone(&self, booking: i64) -> Option<&RefundRow> {
        self.refund_of(booking).filter(|refund| !self.refund_stage(refund.run).yields_to_money())
    }

    /// The event by which the last refund of a credit ended without money having left.
    pub(crate) fn refund_freed(&self, booking: i64) -> Option<i64> {
        self.refunding().freed.get(&booking).copied()
    }

    /// The refunds of a run that did not fall before its file was written.
    pub(crate) fn refunds_in(&self, run: i64) -> impl Iterator<Item = &RefundRow> {
        let fell = |refund: &RefundRow| self.refund_end(refund.id).is_some_and(|end| end.kind == RefundKind::Cancelled);
        self.refunds.iter().filter(move |refund| refund.run == run && !fell(refund))
    }

    /// The run of refunds with that id.
    pub(crate) fn refund_run(&self, run: i64) -> Option<&RefundRunRow> {
        self.refund_runs.iter().find(|row| row.run.id == run)
    }

    /// The account to which two people have said that a credit goes back.
    pub(crate) fn refund_account(&self, booking: i64) -> Option<&RefundAccountRow> {
        self.refund_accounts.iter().rfind(|row| row.booking == booking)
    }
}
