//! Refunds of ours, as the bookings tell: which of them a booking pays, which came back, and which no longer stand.
//!
//! Turns rows into the words of `ledger::refund`, and stores what is new. Invariants: a refund stands only as long as a person's
//! word that its credit goes back, and until its file is written; what its bookings tell is stored once.

use std::collections::{BTreeSet, HashMap, HashSet};

use ledger::gate::Stage;
use ledger::refund::{Batch, Line, Refund, Told, told};
use ledger::returns::Says;
use sepa::Cents;
use store::{BookingRow, EventKind, EventSaid, RefundEventRow, RefundKind, RefundRow, VerdictRow, WriteTx};

use crate::books::situation::Situation;
use crate::matching::evidence::{Evidence, GOES_BACK};
use crate::matching::pairs::{references, said_of, text_of};
use crate::runs::refund_file::{batches, message_id, written};
use crate::{Kasse, Result};

/// What bookings tell of refunds whose files may have gone to the bank.
pub(crate) fn told_of(situation: &Situation) -> HashMap<i64, Told> {
    let gone: Vec<_> = situation.refund_runs.iter().filter(|row| may_be_told(situation, row.run.id)).collect();
    if gone.is_empty() {
        return HashMap::new();
    }
    let messages: Vec<String> = gone.iter().map(|row| message_id(situation, row)).collect();
    let parts: Vec<_> = gone.iter().map(|row| batches(situation, row)).collect();
    let (mut own, mut refunds) = (Vec::new(), Vec::new());
    for ((row, message), parts) in gone.iter().zip(&messages).zip(&parts) {
        let written = written(situation, row);
        let is_void = situation.refund_stage(row.run.id) == Stage::Void;
        for (id, account, some) in parts {
            let batch = own.len();
            let execution = row.run.due;
            own.push(Batch { run: row.run.id, message, id, account, written, execution, is_void });
            refunds.extend(some.iter().map(|refund| handed(situation, refund, batch)));
        }
    }
    let is_told = |row: &&BookingRow| !situation.is_posted_before(row) && !row.provisional && row.finding.is_none();
    let lines: Vec<Line<'_>> = situation.bookings.iter().filter(is_told).map(|row| line(situation, row)).collect();
    let mut told = told(&own, &refunds, &lines);
    // what the bank rejected and paid all the same went twice if another refund of the credit has left meanwhile
    for one in told.values_mut() {
        let twice = match one {
            Told::Paid(paid) => situation.refunds.iter().find(|refund| {
                let other = |other: &&RefundRow| other.id != refund.id && situation.is_gone(other);
                let is_rejected = situation.refund_end(refund.id).is_some_and(|end| end.kind == RefundKind::Rejected);
                paid.contains(&refund.id) && is_rejected && situation.refunds_of(refund.booking).any(|row| other(&row))
            }),
            _ => None,
        };
        if let Some(refund) = twice {
            *one = Told::Differs(refund.run, Vec::new());
        }
    }
    told
}

/// Whether bookings can tell of a run: its file was written, whatever people said of it since.
fn may_be_told(situation: &Situation, run: i64) -> bool {
    let stage = situation.refund_stage(run);
    stage == Stage::Void || stage.is_living() && !stage.yields_to_money()
}

fn handed<'s>(situation: &Situation, refund: &'s RefundRow, batch: usize) -> Refund<'s> {
    let end = situation.refund_end(refund.id);
    // a sum for which its details stand by now says nothing any more: they say the same
    let stands = |booking: &i64| situation.bookings.by_id(*booking).is_some();
    let paid = end.filter(|end| end.kind == RefundKind::Paid).and_then(|end| end.told_by).filter(stands);
    Refund {
        id: refund.id,
        batch,
        end_to_end: &refund.end_to_end_id,
        amount: Cents::new(refund.amount),
        iban: refund.iban.as_deref().unwrap_or_default(),
        rejected: end.is_some_and(|end| end.kind == RefundKind::Rejected),
        paid,
        came_back: situation.refund_came_back(refund.id).and_then(|event| event.told_by),
    }
}

fn line<'s>(situation: &Situation, row: &'s BookingRow) -> Line<'s> {
    let references = references(row);
    let named = |id: &&str| !matches!(*id, "" | "NOTPROVIDED" | "NONREF");
    let is_bare = references.is_empty() && row.counterparty_iban.is_none() && row.mandate_reference.is_none();
    let comes_back = match row.amount > 0 {
        true => matches!(row.class.as_str(), "direct-debit return" | "reversal" | "transfer return"),
        false => said_of(situation, row) != Says::Nothing,
    };
    Line {
        id: row.id,
        amount: Cents::new(row.amount),
        booked: row.booked,
        account: &row.account,
        end_to_end: row.end_to_end_id.as_deref().filter(named),
        references,
        text: text_of(row),
        iban: row.counterparty_iban.as_deref(),
        is_bare,
        comes_back,
    }
}

/// Whether a person has said that what is left of a credit goes back to its payer.
pub(crate) fn goes_back(verdict: &VerdictRow) -> bool {
    let is_decided = verdict.said.by_person && matches!(verdict.said.decision.as_str(), "other" | "clerk");
    is_decided && Evidence::of(verdict).ground == GOES_BACK
}

/// What goes back by people's word.
pub(crate) struct GivingBack<'s> {
    situation: &'s Situation,
    /// Credit -> cents that went back without a run of refunds: a booking shows it.
    by_hand: HashMap<i64, i64>,
    /// Credits that pay what is owed again.
    owed_again: HashSet<i64>,
}

impl<'s> GivingBack<'s> {
    pub(crate) fn new(situation: &'s Situation) -> GivingBack<'s> {
        let by_runs: HashSet<i64> = situation.refund_events.iter().filter_map(|event| event.told_by).collect();
        let mut by_hand = HashMap::new();
        let shown = situation.verdicts.values().filter(|verdict| verdict.said.decision == "refund");
        for verdict in shown.filter(|verdict| !by_runs.contains(&verdict.said.booking)) {
            let out = situation.bookings.by_id(verdict.said.booking).map_or(0, |row| -row.amount);
            if let Some(credit) = verdict.said.pair {
                *by_hand.entry(credit).or_insert(0) += out;
            }
        }
        GivingBack { situation, by_hand, owed_again: owed_again(situation) }
    }

    /// What of a credit goes back, cents: what came in, stands posted to nothing, and has not gone back yet.
    pub(crate) fn of(&self, row: &BookingRow) -> i64 {
        let situation = self.situation;
        let is_decided = situation.verdicts.get(&row.id).is_some_and(goes_back) && !self.owed_again.contains(&row.id);
        if row.amount <= 0 || !is_decided {
            return 0;
        }
        let gone = self.by_hand.get(&row.id).copied().unwrap_or(0) + situation.gave_back(row.id);
        (situation.left_by_bank(row) - situation.allocations.sum(row.id) - gone).max(0)
    }
}

/// The debits at the bank, or credited by it, that a credit crosses: those of the Kassenzeichen that it was for.
pub(crate) fn crossed(situation: &Situation, verdict: &VerdictRow, evidence: &Evidence) -> Vec<i64> {
    let held = situation.holds.of(verdict.id).iter().filter_map(|hold| situation.items.by_id(hold.item));
    // whom more speaks for than against
    let best = evidence.candidates.iter().take(1).filter(|one| one.score > 0).map(|one| one.kassenzeichen.clone());
    let own: BTreeSet<String> =
        held.map(|item| item.kassenzeichen.clone()).chain(best).map(|text| kassenzeichen::canonical(&text)).collect();
    let stages = situation.stages();
    let lives = |run: &i64| stages.get(run).is_some_and(|stage| stage.is_living() && !stage.yields_to_money());
    let debits = situation.debits.iter().filter(|debit| {
        own.contains(&kassenzeichen::canonical(&debit.kassenzeichen))
            && lives(&debit.run)
            && situation.takes(debit.id)
            && !situation.life_of(debit.id).has_ended()
    });
    debits.map(|debit| debit.id).collect()
}

/// The credits that a person has decided to give back, and that pay what is owed again: the debit that they crossed was
/// rejected or came back before the refund left. The rules decide them anew, and the refund falls.
pub(crate) fn owed_again(situation: &Situation) -> HashSet<i64> {
    let ended = |debit: &i64| situation.life_of(*debit).has_ended();
    let is_owed = |verdict: &&VerdictRow| {
        goes_back(verdict)
            && situation.refund_gone(verdict.said.booking).is_none()
            && Evidence::of(verdict).crosses.iter().any(ended)
    };
    let decided = situation.verdicts.values().filter(|verdict| verdict.said.by_person);
    decided.filter(is_owed).map(|verdict| verdict.said.booking).collect()
}

/// The debits whose crossing transfers were given back, or may have been: their file was written.
pub(crate) fn crossings_given_back(situation: &Situation) -> HashSet<i64> {
    let gone = |verdict: &&VerdictRow| goes_back(verdict) && situation.refund_gone(verdict.said.booking).is_some();
    situation.verdicts.values().filter(gone).flat_map(|verdict| Evidence::of(verdict).crosses).collect()
}

/// Stores what bookings tell of refunds and nobody has stored yet. Says whether anything was.
pub(crate) async fn record(tx: &mut WriteTx, situation: &Situation) -> Result<bool> {
    let mut news = Vec::new();
    let told = told_of(situation);
    let by_id: HashMap<i64, &RefundRow> = situation.refunds.iter().map(|refund| (refund.id, refund)).collect();
    let mut bookings: Vec<&i64> = told.keys().collect();
    bookings.sort_unstable();
    for booking in bookings {
        let Some(row) = situation.bookings.by_id(*booking) else { continue };
        let event = |refund: &RefundRow, kind| RefundEventRow {
            id: 0,
            journal: 0,
            refund: refund.id,
            booking: refund.booking,
            kind,
            day: row.booked,
            told_by: Some(row.id),
            report: None,
            reason: None,
        };
        match told.get(booking) {
            Some(Told::Paid(refunds)) => {
                let is_paid =
                    |refund: &i64| situation.refund_end(*refund).is_some_and(|end| end.kind == RefundKind::Paid);
                let new = refunds.iter().filter(|refund| !is_paid(refund));
                news.extend(new.filter_map(|refund| Some(event(by_id.get(refund)?, RefundKind::Paid))));
            }
            Some(Told::CameBack(refund)) if situation.refund_came_back(*refund).is_none() => {
                let new = by_id.get(refund).map(|refund| RefundEventRow {
                    reason: row.return_reason.clone(),
                    ..event(refund, RefundKind::CameBack)
                });
                news.extend(new);
            }
            _ => {}
        }
    }
    tx.add_refund_events(&news).await?;
    Ok(!news.is_empty())
}

/// A person says that an outgoing booking, whose sum is another, paid the refunds that it names.
pub(crate) async fn said_paid(tx: &mut WriteTx, situation: &Situation, booking: &BookingRow) -> Result<()> {
    let Some(Told::Differs(_, named)) = told_of(situation).remove(&booking.id) else { return Ok(()) };
    let open = situation.refunds.iter().filter(|refund| {
        let is_open = situation.refund_end(refund.id).is_none_or(|end| end.kind == RefundKind::Rejected);
        named.contains(&refund.id) && is_open && situation.is_gone(refund)
    });
    let event = |refund: &RefundRow| RefundEventRow {
        id: 0,
        journal: 0,
        refund: refund.id,
        booking: refund.booking,
        kind: RefundKind::Paid,
        day: booking.booked,
        told_by: Some(booking.id),
        report: None,
        reason: None,
    };
    Ok(tx.add_refund_events(&open.map(event).collect::<Vec<_>>()).await?)
}

/// Lets refunds fall whose file was not written and that are not what goes back any more; signatures under their runs fall
/// with them.
pub(crate) async fn fall(tx: &mut WriteTx, kasse: &Kasse, situation: &Situation) -> Result<bool> {
    let giving = GivingBack::new(situation);
    let stands = |refund: &RefundRow| {
        let row = situation.bookings.by_id(refund.booking);
        row.is_some_and(|row| giving.of(row) == refund.amount)
    };
    let planned = situation.refunds.iter().filter(|refund| {
        situation.refund_end(refund.id).is_none() && situation.refund_stage(refund.run).yields_to_money()
    });
    let fallen: Vec<&RefundRow> = planned.filter(|refund| !stands(refund)).collect();
    cancel(tx, kasse, &fallen, "what goes back of its credit is not what it was").await?;
    let runs: BTreeSet<i64> = fallen.iter().map(|refund| refund.run).collect();
    for run in runs.into_iter().filter(|run| is_signed(situation, *run)) {
        tx.add_event(run, EventKind::Voided, EventSaid::default()).await?;
    }
    Ok(!fallen.is_empty())
}

/// Ends refunds without money having left.
pub(crate) async fn cancel(tx: &mut WriteTx, kasse: &Kasse, refunds: &[&RefundRow], reason: &str) -> Result<()> {
    let event = |refund: &&RefundRow| RefundEventRow {
        id: 0,
        journal: 0,
        refund: refund.id,
        booking: refund.booking,
        kind: RefundKind::Cancelled,
        day: kasse.today,
        told_by: None,
        report: None,
        reason: Some(reason.to_owned()),
    };
    Ok(tx.add_refund_events(&refunds.iter().map(event).collect::<Vec<_>>()).await?)
}

/// Whether somebody has signed under a run since it last changed.
fn is_signed(situation: &Situation, run: i64) -> bool {
    let last = situation.events.iter().rfind(|event| event.run == run);
    last.is_some_and(|event| matches!(event.kind, EventKind::Signed | EventKind::Released))
}

#[cfg(test)]
mod tests {
    use store::NewVerdict;

    use super::*;

    fn verdict(decision: &str, by_person: bool, ground: &str) -> VerdictRow {
        let evidence = Evidence { ground: ground.to_owned(), ..Evidence::default() };
        let said = NewVerdict {
            booking: 1,
            decision: decision.to_owned(),
            by_person,
            rules: String::new(),
            decided_on: jiff::civil::date(2024, 3, 1),
            confidence: None,
            hold_complete: true,
            wait_until: None,
            evidence: serde_json::to_string(&evidence).ok(),
            pair: None,
        };
        VerdictRow { id: 1, said_by: 1, said }
    }

    #[test]
    fn only_a_persons_word_gives_money_back() {
        assert!(goes_back(&verdict("other", true, GOES_BACK)));
        assert!(goes_back(&verdict("clerk", true, GOES_BACK)), "what a person has not placed of it");
        assert!(!goes_back(&verdict("other", false, GOES_BACK)));
        assert!(!goes_back(&verdict("case", true, GOES_BACK)));
        assert!(!goes_back(&verdict("other", true, "a person says that it is other money")));
    }
}
