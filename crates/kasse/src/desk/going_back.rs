//! What a person who asks about a Kassenzeichen is told of money that goes back to its payer.
//!
//! Decides nothing. Must not know who asks.

use jiff::civil::Date;
use kassenzeichen::canonical;
use store::RefundRow;

use crate::base::shown::eur;
use crate::books::situation::Situation;

/// How far a refund has come, as a caller is told.
pub(crate) enum GoingBack {
    /// It was decided, and its file was not written.
    Waits(i64),
    /// Its file was written, and no statement shows it.
    UnderWay(i64),
    /// A statement shows it.
    Paid(i64, Date),
    /// It came back to us.
    CameBack(i64, Date),
}

/// The refunds of money that was meant for a Kassenzeichen, oldest first.
pub(crate) fn going_back(situation: &Situation, kassenzeichen: &str) -> Vec<GoingBack> {
    let own = canonical(kassenzeichen);
    let is_own = |refund: &&RefundRow| refund.kassenzeichen.as_deref().is_some_and(|meant| canonical(meant) == own);
    let told = |refund: &RefundRow| {
        let amount = refund.amount;
        if let Some(event) = situation.refund_came_back(refund.id) {
            return Some(GoingBack::CameBack(amount, event.day));
        }
        match situation.refund_end(refund.id) {
            Some(end) if end.kind.frees() => None,
            Some(end) => Some(GoingBack::Paid(amount, end.day)),
            None if situation.refund_stage(refund.run).yields_to_money() => Some(GoingBack::Waits(amount)),
            None => Some(GoingBack::UnderWay(amount)),
        }
    };
    situation.refunds.iter().filter(is_own).filter_map(told).collect()
}

impl GoingBack {
    /// A sentence that can be read over the phone.
    pub(crate) fn said(&self) -> String {
        match self {
            GoingBack::Waits(cents) => {
                format!("{} EUR are to go back to their payer; they have not been sent yet.", eur(*cents))
            }
            GoingBack::UnderWay(cents) => format!("{} EUR are on their way back to their payer.", eur(*cents)),
            GoingBack::Paid(cents, day) => format!("{} EUR went back to their payer on {day}.", eur(*cents)),
            GoingBack::CameBack(cents, day) => {
                format!("{} EUR that went back to their payer came back to us on {day}.", eur(*cents))
            }
        }
    }
}
