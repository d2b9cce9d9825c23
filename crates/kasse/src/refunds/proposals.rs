//! What is to go back, and how far it has come: the list of refunds.
//!
//! Decides nothing but what stands in the way of a refund. Invariant: each credit that goes back is in it once, from a person's
//! word until the statement shows it, and after.

use jiff::civil::Date;
use ledger::gate::Stage;
use ledger::refund::back_from;
use ledger::return_reasons::OF_FILE;
use sepa::{Cents, Iban};
use serde_json::{Value, json};
use store::{BookingRow, RefundKind, RefundRow};

use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::matching::books::untold;
use crate::matching::evidence::Evidence;
use crate::matching::refunds::{GivingBack, crossed};
use crate::refunds::runs::run_json;
use crate::runs::takings::takings;
use crate::{Kasse, Result};

/// How far a refund has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// A transfer that crossed a debit which was credited: a person decides its case.
    ToDecide,
    /// It can be planned.
    ToPlan,
    /// Nobody knows to which account.
    NoAccount,
    /// A batch of transfers that nobody has told one by one: get the details first.
    NoDetails,
    /// The account is outside of the EEA: such a transfer needs an address.
    OutsideEea,
    /// The bank rejected it, and nobody has decided anew since.
    Rejected(Option<String>),
    /// The debit that it crosses is with the bank: nobody knows yet whether both were paid.
    DebitAtBank,
    /// The debit that it crosses may come back by itself; the day from which on the money may go back.
    Returnable(Date),
    /// In a run: where that stands.
    InRun(Stage),
    /// A statement shows it.
    Paid(Date),
    /// It came back to us.
    CameBack(Date),
}

impl State {
    /// The word that is shown.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            State::ToDecide => "to_decide",
            State::ToPlan => "to_plan",
            State::NoAccount => "no_account",
            State::NoDetails => "no_details",
            State::OutsideEea => "outside_eea",
            State::Rejected(_) => "rejected",
            State::DebitAtBank => "debit_at_bank",
            State::Returnable(_) => "returnable",
            State::InRun(Stage::Planned) => "planned",
            State::InRun(Stage::Released) => "released",
            State::InRun(_) => "under_way",
            State::Paid(_) => "paid",
            State::CameBack(_) => "came_back",
        }
    }

    /// Whether the money has not left yet, as far as the statements tell.
    fn is_open(&self) -> bool {
        !matches!(self, State::Paid(_) | State::CameBack(_))
    }
}

/// One credit that goes back, or a part of it.
pub(crate) struct Proposal<'s> {
    pub(crate) row: &'s BookingRow,
    pub(crate) amount: i64,
    pub(crate) state: State,
    /// Its refund, where it is in a run.
    pub(crate) refund: Option<&'s RefundRow>,
}

/// Who gets a credit back: the name and the account that two people have said, else those that it came from.
pub(crate) fn payee<'s>(situation: &'s Situation, row: &'s BookingRow) -> (Option<&'s str>, Option<&'s str>) {
    match situation.refund_account(row.id) {
        Some(said) => (said.name.as_deref(), said.iban.as_deref()),
        None => (row.counterparty.as_deref(), row.counterparty_iban.as_deref()),
    }
}

/// Every credit that goes back, in the order in which they came in.
pub(crate) fn proposals<'s>(kasse: &Kasse, situation: &'s Situation) -> Vec<Proposal<'s>> {
    let giving = GivingBack::new(situation);
    situation.bookings.iter().flat_map(|row| of_credit(kasse, &giving, situation, row)).collect()
}

/// What goes back of one credit: each refund that left or may leave, and what is in none.
fn of_credit<'s>(
    kasse: &Kasse,
    giving: &GivingBack<'_>,
    situation: &'s Situation,
    row: &'s BookingRow,
) -> Vec<Proposal<'s>> {
    let in_run = situation.refunds_of(row.id).map(|refund| {
        let state = match (situation.refund_came_back(refund.id), situation.refund_end(refund.id)) {
            (Some(event), _) => State::CameBack(event.day),
            (None, Some(event)) if event.kind == RefundKind::Paid => State::Paid(event.day),
            _ => State::InRun(situation.refund_stage(refund.run)),
        };
        Proposal { row, amount: refund.amount, state, refund: Some(refund) }
    });
    let mut all: Vec<Proposal<'s>> = in_run.collect();
    let is_planned = situation.refund_underway(row.id).is_some_and(|refund| !situation.is_gone(refund));
    let amount = giving.of(row);
    if amount > 0 && !is_planned {
        all.push(Proposal { row, amount, state: hindrance(kasse, situation, row), refund: None });
    } else if all.is_empty()
        && let Some(amount) = to_decide(situation, row)
    {
        all.push(Proposal { row, amount, state: State::ToDecide, refund: None });
    }
    all
}

/// What stands in the way of planning a refund.
fn hindrance(kasse: &Kasse, situation: &Situation, row: &BookingRow) -> State {
    let (name, iban) = payee(situation, row);
    let iban =
        iban.and_then(|iban| Iban::parse(iban).ok()).filter(|_| name.is_some_and(|name| !name.trim().is_empty()));
    let verdict = situation.verdicts.get(&row.id);
    let evidence = verdict.map(Evidence::of).unwrap_or_default();
    let crosses = || situation.debits.iter().filter(|debit| evidence.crosses.contains(&debit.id));
    let last =
        crosses().filter_map(|debit| situation.runs.iter().find(|run| run.id == debit.run)).map(|run| run.due).max();
    if untold(row) > 0 {
        return State::NoDetails;
    }
    match (iban, rejected_since(situation, row)) {
        (_, Some(reason)) => State::Rejected(reason),
        (None, _) => State::NoAccount,
        (Some(iban), _) if !iban.in_eea_sdd() => State::OutsideEea,
        _ if crosses().any(|debit| situation.life_of(debit.id).is_underway()) => State::DebitAtBank,
        _ => match last.map(back_from).filter(|day| kasse.today < *day) {
            Some(day) => State::Returnable(day),
            None => State::ToPlan,
        },
    }
}

/// Whether a name has a letter that SEPA knows.
pub(crate) fn can_be_written(name: &str) -> bool {
    sepa::sepa_text(name, NAME).chars().any(char::is_alphanumeric)
}

/// At most so many characters of a name (EPC SCT: `Nm`).
const NAME: usize = 70;

/// Why the bank rejected the last refund of a credit, if two people have not named the account since. A reject of the whole file or
/// batch tells nothing of the account.
fn rejected_since(situation: &Situation, row: &BookingRow) -> Option<Option<String>> {
    let ended = situation.refund_ended(row.id)?;
    let event = situation.refund_events.iter().find(|event| event.id == ended)?;
    let of_file = event.reason.as_deref().is_some_and(|reason| reason.starts_with(OF_FILE));
    let is_named = situation.refund_account(row.id).is_some_and(|said| said.journal > event.journal);
    (event.kind == RefundKind::Rejected && !of_file && !is_named).then(|| event.reason.clone())
}

/// How much of an open case would go back because a debit that it crosses was credited; none if it can be anything else.
fn to_decide(situation: &Situation, row: &BookingRow) -> Option<i64> {
    let verdict =
        situation.verdicts.get(&row.id).filter(|verdict| verdict.said.decision == "case" && row.amount > 0)?;
    let open = situation.came_in(row) - situation.allocations.sum(row.id);
    let credited = crossed(situation, verdict, &Evidence::of(verdict)).into_iter().filter(|debit| {
        let run = situation.run_of_debit().get(debit).copied().unwrap_or_default();
        let takes = || takings(situation, run).into_iter().find(|taking| taking.debit.id == *debit);
        situation.life_of(*debit).is_collected() && takes().is_some_and(|taking| open <= taking.amount)
    });
    (credited.count() > 0 && open > 0).then_some(open)
}

/// The list of refunds: what is to go back, what is on its way, what is done.
///
/// # Errors
/// What the database says.
pub async fn refund_list(kasse: &Kasse) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let all = proposals(kasse, &situation);
    let open: Vec<&Proposal<'_>> = all.iter().filter(|one| one.state.is_open()).collect();
    let sum = Cents::sum(open.iter().map(|one| Cents::new(one.amount))).unwrap_or(Cents::ZERO);
    let runs: Vec<Value> = situation.refund_runs.iter().map(|row| run_json(&situation, row)).collect();
    Ok(json!({
        "open": open.len(), "amount": sum.to_string(),
        "refunds": all.iter().map(|one| shown(&situation, one)).collect::<Vec<_>>(),
        "runs": runs,
    }))
}

/// The Kassenzeichen for which a credit was meant, as far as its text or its payer told.
pub(crate) fn meant_for(situation: &Situation, booking: i64) -> Option<String> {
    let evidence = Evidence::of(situation.verdicts.get(&booking)?);
    evidence.candidates.into_iter().next().map(|one| one.kassenzeichen)
}

/// A credit that goes back, as lists show it.
pub(crate) fn shown(situation: &Situation, one: &Proposal<'_>) -> Value {
    let (name, iban) = match one.refund {
        Some(refund) => (refund.name.as_deref(), refund.iban.as_deref()),
        None => payee(situation, one.row),
    };
    let crosses = situation.verdicts.get(&one.row.id).is_some_and(|verdict| !Evidence::of(verdict).crosses.is_empty());
    let day = match &one.state {
        State::Paid(day) | State::CameBack(day) | State::Returnable(day) => Some(day.to_string()),
        _ => None,
    };
    let reason = match &one.state {
        State::Rejected(reason) => reason.clone(),
        State::CameBack(_) => one.refund.and_then(|own| situation.refund_came_back(own.id)?.reason.clone()),
        _ => None,
    };
    let run = one.refund.and_then(|refund| situation.refund_run(refund.run));
    json!({
        "case": situation.cases.get(&one.row.id), "reference": one.row.reference, "came_in": one.row.booked.to_string(),
        "kassenzeichen": one.refund.map_or_else(|| meant_for(situation, one.row.id), |own| own.kassenzeichen.clone()),
        "name": name, "iban": iban, "amount": eur(one.amount), "state": one.state.word(), "day": day, "reason": reason,
        "run": run.map(|row| row.run.name.as_str()), "end_to_end_id": one.refund.map(|refund| refund.end_to_end_id.as_str()),
        "crosses": crosses, "other_account": situation.refund_account(one.row.id).is_some(),
    })
}
