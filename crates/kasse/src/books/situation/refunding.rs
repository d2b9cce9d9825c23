//! Where each refund stands, and what of each credit is on its way back.
//!
//! Invariant: of a credit one refund at a time is planned or under way: the database refuses another.

use std::collections::HashMap;

use ledger::gate::Stage;
use store::{RefundEventRow, RefundKind, RefundRow, RefundRunRow};

/// What follows from runs of refunds, their events and what became of each refund.
#[derive(Debug, PartialEq)]
pub(crate) struct Refunding {
    pub(crate) stages: HashMap<i64, Stage>,
    /// Refund -> how it ended.
    pub(crate) ends: HashMap<i64, RefundEventRow>,
    /// Refund -> that it came back.
    pub(crate) came_back: HashMap<i64, RefundEventRow>,
    /// Credit -> the places of the refunds by which money left, or may leave.
    pub(crate) claiming: HashMap<i64, Vec<usize>>,
    /// Credit -> the newest event by which a refund of it ended.
    pub(crate) ended: HashMap<i64, i64>,
}

impl Refunding {
    /// `stage` says where a run stands, by whether the bank has yet to say what became of a refund of it.
    pub(super) fn new(
        runs: &[RefundRunRow],
        refunds: &[RefundRow],
        events: &[RefundEventRow],
        stage: impl Fn(i64, bool) -> Stage,
    ) -> Refunding {
        let (mut ends, mut came_back, mut ended) = (HashMap::new(), HashMap::new(), HashMap::new());
        for event in events {
            match event.kind {
                RefundKind::CameBack => came_back.insert(event.refund, event.clone()),
                _ => ends.insert(event.refund, event.clone()),
            };
            if event.kind != RefundKind::CameBack {
                ended.insert(event.booking, event.id);
            }
        }
        let has_freed = |refund: &RefundRow| ends.get(&refund.id).is_some_and(|end: &RefundEventRow| end.kind.frees());
        let mut claiming: HashMap<i64, Vec<usize>> = HashMap::new();
        for (place, refund) in refunds.iter().enumerate().filter(|(_, refund)| !has_freed(refund)) {
            claiming.entry(refund.booking).or_default().push(place);
        }
        let stages = runs.iter().map(|row| {
            let mut own = refunds.iter().filter(|refund| refund.run == row.run.id);
            let is_underway = own.any(|refund| !ends.contains_key(&refund.id));
            (row.run.id, stage(row.run.id, is_underway))
        });
        Refunding { stages: stages.collect(), ends, came_back, claiming, ended }
    }
}
