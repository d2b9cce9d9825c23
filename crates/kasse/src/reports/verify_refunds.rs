//! The part of `einmal verify` that is about money that goes back.

use std::collections::BTreeMap;

use store::{Break, RefundKind};

use crate::books::situation::Situation;
use crate::matching::refunds::GivingBack;

/// No credit goes back beyond what came in, to nobody but who paid it unless two people said so; what a booking pays is the sum
/// of its refunds; what is planned is what a person has decided.
pub(crate) fn check_refunds(situation: &Situation, breaks: &mut Vec<Break>) {
    let (mut paid, giving): (BTreeMap<i64, i64>, _) = (BTreeMap::new(), GivingBack::new(situation));
    for refund in situation.refunds.iter() {
        let id = &refund.end_to_end_id;
        let Some(row) = situation.bookings.by_id(refund.booking) else {
            breaks.push(Break(format!("refund {id}: its credit is none")));
            continue;
        };
        let end = situation.refund_end(refund.id);
        let is_last = situation.refunds_of(row.id).last().is_some_and(|last| last.id == refund.id);
        if is_last && situation.gave_back(row.id) + situation.allocations.sum(row.id) > row.amount {
            breaks.push(Break(format!("refund {id}: with what is placed of its credit it is more than came in")));
        }
        let is_planned = end.is_none() && situation.refund_stage(refund.run).yields_to_money();
        if is_planned && giving.of(row) != refund.amount {
            breaks
                .push(Break(format!("refund {id}: it is planned, and is not what a person has decided to give back")));
        }
        let said = situation.refund_accounts.iter().any(|said| said.booking == row.id && said.payee == refund.payee);
        if !said && refund.iban != row.counterparty_iban {
            breaks.push(Break(format!("refund {id}: it goes to another account, and two people have not said so")));
        }
        if let Some(booking) = end.filter(|end| end.kind == RefundKind::Paid).and_then(|end| end.told_by) {
            *paid.entry(booking).or_insert(0) += refund.amount;
        }
    }
    for (id, sum) in paid {
        // a sum for which its details stand by now is no money any more
        // nor is a sum that a person has explained
        let is_said = situation.verdicts.get(&id).is_some_and(|verdict| verdict.said.by_person);
        if let Some(booking) = situation.bookings.by_id(id).filter(|booking| booking.amount != -sum && !is_said) {
            let reference = &booking.reference;
            breaks.push(Break(format!("booking {id} ({reference}): is not the sum of the refunds that it pays")));
        }
    }
}
