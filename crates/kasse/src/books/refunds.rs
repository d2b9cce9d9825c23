//! Where each refund stands, and what of each credit is on its way back, as a situation tells.
//!
//! Decides nothing. Must not know what a person said of a credit: that is `matching::refunds`.

use ledger::gate::Stage;
use store::{RefundAccountRow, RefundEventRow, RefundKind, RefundRow, RefundRunRow};

use crate::books::situation::Situation;

/// Why the refunds of a file end that two people have called never carried out.
pub(crate) const NEVER_CARRIED_OUT: &str = "its file was never carried out";

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

    /// The refunds of a credit by which money left, or may leave: planned, under way or paid.
    pub(crate) fn refunds_of(&self, booking: i64) -> impl Iterator<Item = &RefundRow> {
        let places = self.refunding().claiming.get(&booking).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|place| self.refunds.get(*place))
    }

    /// The refund of a credit that is planned or under way.
    pub(crate) fn refund_underway(&self, booking: i64) -> Option<&RefundRow> {
        self.refunds_of(booking).find(|refund| self.refund_end(refund.id).is_none())
    }

    /// Whether the money of a refund has left, or may have: its file was written.
    pub(crate) fn is_gone(&self, refund: &RefundRow) -> bool {
        self.refund_end(refund.id).is_some_and(|end| end.kind == RefundKind::Paid)
            || !self.refund_stage(refund.run).yields_to_money()
    }

    /// A refund of a credit whose file was written: its money may have left.
    pub(crate) fn refund_gone(&self, booking: i64) -> Option<&RefundRow> {
        self.refunds_of(booking).find(|refund| self.is_gone(refund))
    }

    /// What of a credit has gone back by refunds, or may have, cents.
    pub(crate) fn gave_back(&self, booking: i64) -> i64 {
        self.refunds_of(booking).filter(|refund| self.is_gone(refund)).map(|refund| refund.amount).sum()
    }

    /// The newest event by which a refund of a credit ended.
    pub(crate) fn refund_ended(&self, booking: i64) -> Option<i64> {
        self.refunding().ended.get(&booking).copied()
    }

    /// The refunds of a run that did not fall before its file was written; those of a file that was never carried out count.
    pub(crate) fn refunds_in(&self, run: i64) -> impl Iterator<Item = &RefundRow> {
        let fell = |refund: &RefundRow| {
            let end = self.refund_end(refund.id).filter(|end| end.kind == RefundKind::Cancelled);
            end.is_some_and(|end| end.reason.as_deref() != Some(NEVER_CARRIED_OUT))
        };
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
