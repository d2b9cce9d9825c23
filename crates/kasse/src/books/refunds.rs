//! Where each refund stands, and what of each credit is on its way back, as a situation tells.
//!
//! Decides nothing. Must not know what a person said of a credit: that is `matching::refunds`.

use ledger::gate::Stage;
use store::{RefundAccountRow, RefundEventRow, RefundKind, RefundRow, RefundRunRow};

use crate::books::situation::Situation;

impl Situation {
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
