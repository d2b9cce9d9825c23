//! The cases: credits that a person must decide, and what people decide.
//!
//! Invariant: a person's verdict stands; `match` never touches it again until he takes it back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::gate::Stage;
use ledger::life::MOST_CHARGES;
use ledger::person::is_same;
use ledger::returns::Back;
use sepa::Cents;
use serde_json::{Value, json};
use store::{BookingRow, HoldRow, ItemRow, LifeKind, LifeRow, Moment, NewVerdict, VerdictRow};

use crate::base::fee_items;
use crate::base::rights::Right;
use crate::base::shown::{self, eur, with};
use crate::base::window::Window;
use crate::books::situation::{About, Situation};
use crate::cases::case_work::{CaseWork, check_undo, check_version};
use crate::cases::desk::Desk;
use crate::matching::credit;
use crate::matching::evidence::{Evidence, EvidenceFor, GOES_BACK};
use crate::matching::life::{self, Lives};
use crate::matching::pairs::{bookings_of_pairs, pair_of};
use crate::matching::refunds;
use crate::matching::verdicts::{difference, match_in};
use crate::{Error, Kasse, Result};

/// What a person decides of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The money goes to these items; `KZ/POSTEN` and the amount.
    Allocate(Vec<(String, Cents)>),
    /// It is other money; why.
    Other(String),
    /// It goes back to the payer.
    Refund,
    /// To be looked at again on a day; what it holds stays held.
    Wait(Date),
    /// The bank has taken it back, or will; of an outgoing booking: it took back the only credit that fits.
    Return,
    /// An outgoing booking took back the credit with this reference.
    ReturnOf(String),
    /// What was decided is taken back: `match` decides anew.
    Undo,
}

/// How the reason of a case begins for which a person waits; the day follows.
pub(crate) const WAITS: &str = "a person waits until";

/// The open cases, by number.
///
/// # Errors
/// What the database says.
pub async fn cases(kasse: &Kasse) -> Result<Vec<Value>> {
    Ok(cases_page(kasse, Window::ALL).await?.0)
}

/// The same for a part of them, and how many there are.
///
/// # Errors
/// What the database says.
pub async fn cases_page(kasse: &Kasse, window: Window) -> Result<(Vec<Value>, i64)> {
    let mut tx = kasse.db.read().await?;
    let situation = open_alone(kasse, &mut tx).await?;
    let mut open: Vec<(i64, &BookingRow, &VerdictRow)> = open_cases(&situation).collect();
    open.sort_by_key(|(number, _, _)| *number);
    let work = CaseWork::load(&mut tx).await?;
    Ok(window.of(open.into_iter(), |case| shown(kasse, &situation, &work, case)))
}

/// The books as far as they concern the open cases.
async fn open_alone(kasse: &Kasse, tx: &mut impl Moment) -> Result<Arc<Situation>> {
    if !kasse.asks_for_parts(tx).await? {
        return kasse.situation(tx).await;
    }
    let bookings = store::open_case_bookings(tx).await?;
    let about = About { bookings, beside: bookings_of_pairs(tx).await?, ..About::default() };
    kasse.situation_about(tx, &about).await
}

/// A case as lists show it.
pub(crate) fn shown(
    kasse: &Kasse,
    situation: &Situation,
    work: &CaseWork,
    (number, booking, verdict): (i64, &BookingRow, &VerdictRow),
) -> Value {
    let owner = json!({"owner": work.owner(number)});
    with(summary(kasse, situation, number, booking, verdict), owner)
}

/// Number, booking and newest verdict of each case that waits for a person.
pub(crate) fn open_cases(situation: &Situation) -> impl Iterator<Item = (i64, &BookingRow, &VerdictRow)> {
    situation.bookings.iter().filter_map(|booking| {
        let verdict = situation.verdicts.get(&booking.id).filter(|verdict| verdict.said.decision == "case")?;
        Some((*situation.cases.get(&booking.id)?, booking, verdict))
    })
}

impl Situation {
    /// The booking that a case is about, open or not.
    pub(crate) fn booking_of_case(&self, number: i64) -> Option<&BookingRow> {
        let booking = self.cases.iter().find(|(_, case)| **case == number).map(|(booking, _)| *booking)?;
        self.bookings.by_id(booking)
    }

    /// What is placed of a booking, item by item.
    fn shown_parts(&self, booking: i64) -> impl Iterator<Item = (&ItemRow, i64)> {
        self.allocations.of_booking(booking).filter_map(|(item, amount)| Some((self.items.by_id(item)?, amount)))
    }

    /// What a verdict holds, and why.
    fn shown_holds(&self, verdict: i64) -> impl Iterator<Item = (&ItemRow, &str)> {
        let holds = self.holds.of(verdict).iter();
        holds.filter_map(|hold| Some((self.items.by_id(hold.item)?, hold.reason.as_str())))
    }
}

fn summary(kasse: &Kasse, situation: &Situation, number: i64, booking: &BookingRow, verdict: &VerdictRow) -> Value {
    let placed = situation.allocations.sum(booking.id);
    let holds: Vec<Value> = situation.shown_holds(verdict.id).map(|(item, reason)| shown::hold(item, reason)).collect();
    let evidence = Evidence::of(verdict);
    let more = json!({
        "open": eur(situation.came_in(booking) - placed),
        "went_back": eur(booking.amount - situation.came_in(booking)),
        "reason": evidence.ground,
        "because": evidence.because,
        "holds": holds,
        "hold_complete": verdict.said.hold_complete,
        "wait_until": verdict.said.wait_until.map(|day| day.to_string()),
        "age_days": booking.booked.until(kasse.today).map_or(0, |span| span.get_days()),
    });
    with(json!({"case": number}), with(shown::booking(booking), more))
}

/// One case with its candidates and their evidence, and what placing it under each would come to.
///
/// # Errors
/// [`Error::Unknown`] where there is no such case.
pub async fn case(kasse: &Kasse, number: i64) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let situation = one_alone(kasse, &mut tx, number).await?;
    let (booking, verdict) = of_number(&situation, number)?;
    let desk = Desk::open(kasse, &mut tx, &situation).await?;
    let evidence = Evidence::parse(&store::evidence(&mut tx, verdict.id).await?);
    let candidates = evidence.candidates.iter().map(|candidate| {
        let more = json!({"allocate": desk.proposal(booking, &candidate.kassenzeichen)});
        with(shown_candidate(kasse, &situation, candidate), more)
    });
    let parts = situation.shown_parts(booking.id).map(|(item, amount)| shown::allocation(item, amount));
    let work = CaseWork::load(&mut tx).await?;
    let more = json!({
        "version": verdict.id,
        "owner": work.owner(number),
        "comments": work.comments(number),
        "decision": verdict.said.decision,
        "by_person": verdict.said.by_person,
        "rules": verdict.said.rules,
        "found": desk.marks(booking),
        "allocations": parts.collect::<Vec<_>>(),
        "candidates": candidates.collect::<Vec<_>>(),
        "more_candidates": evidence.more,
    });
    Ok(with(with(summary(kasse, &situation, number, booking, verdict), shown::other_texts(booking)), more))
}

/// The books as far as they concern one case.
async fn one_alone(kasse: &Kasse, tx: &mut impl Moment, number: i64) -> Result<Arc<Situation>> {
    let case = match kasse.asks_for_parts(tx).await? {
        true => store::cases(tx, 0).await?.into_iter().find(|case| case.id == number),
        false => None,
    };
    let Some(case) = case else { return kasse.situation(tx).await };
    let bookings = BTreeSet::from([case.booking]);
    let mut about = About { beside: bookings_of_pairs(tx).await?, ..About::default() };
    if let Some(newest) = store::newest_of(tx, &bookings).await?.first() {
        let evidence = Evidence::parse(&store::evidence(tx, *newest).await?);
        about.kassenzeichen = evidence.candidates.iter().map(|one| canonical(&one.kassenzeichen)).collect();
    }
    about.bookings = bookings;
    kasse.situation_about(tx, &about).await
}

/// A candidate with whose it is and what is owed there.
pub(crate) fn shown_candidate(kasse: &Kasse, situation: &Situation, candidate: &EvidenceFor) -> Value {
    let own: Vec<&ItemRow> = situation.items.under(&candidate.kassenzeichen).collect();
    let more = json!({
        "debtor": own.first().map(|item| &item.said.debtor),
        "address": own.first().map(|item| &item.said.address),
        "items": items_of(kasse, situation, &own),
    });
    with(candidate.json(), more)
}

fn items_of(kasse: &Kasse, situation: &Situation, own: &[&ItemRow]) -> Vec<Value> {
    let item = |item: &&ItemRow| {
        let state = situation.states.get(&item.id).copied().unwrap_or_default();
        json!({
            "posten": item.posten,
            "kind": fee_items::kind(item),
            "due": item.said.due.to_string(),
            "amount": eur(item.said.amount),
            "open": eur(state.amount - state.transferred - state.in_collection - state.collected),
            "debtor": item.said.debtor,
            "in_collection": eur(state.in_collection),
            "is_due": item.said.due <= kasse.today,
        })
    };
    own.iter().map(item).collect()
}

/// The credit, or the outgoing booking, that a case is about.
pub(crate) fn booking_of(situation: &Situation, number: i64) -> Result<&BookingRow> {
    Ok(of_number(situation, number)?.0)
}

fn of_number(situation: &Situation, number: i64) -> Result<(&BookingRow, &VerdictRow)> {
    let unknown = || Error::Unknown(format!("there is no case {number}"));
    let booking = situation.booking_of_case(number).ok_or_else(unknown)?;
    Ok((booking, situation.verdicts.get(&booking.id).ok_or_else(unknown)?))
}

/// Stores what a person decides of a case; says whose the case is where it is somebody else's.
///
/// `seen` is the version of the case that the person has looked at.
///
/// # Errors
/// [`Error::Unknown`] for a case or item that is none; [`Error::Refused`] where the amounts do not fit, where the case has
/// changed since it was seen, and for taking a decision back on which something was collected.
pub async fn resolve(
    kasse: &Kasse,
    number: i64,
    resolution: &Resolution,
    seen: Option<i64>,
    who: &str,
) -> Result<Option<String>> {
    let reason = match resolution {
        Resolution::Other(why) => why.as_str(),
        _ => "",
    };
    let mut tx = kasse.write(Right::Decide, who, "resolve", reason).await?;
    let situation = kasse.situation(&mut tx).await?;
    let (booking, verdict) = of_number(&situation, number)?;
    check_version(number, seen, verdict)?;
    let lives = Lives::new(kasse, &situation);
    allowed(&situation, &lives, number, resolution)?;
    let undo = *resolution == Resolution::Undo;
    if undo {
        check_undo(&mut tx, &situation, number, booking.id).await?;
    }
    let owner = CaseWork::load(&mut tx).await?.owner(number).filter(|owner| !is_same(owner, who)).map(str::to_owned);
    let own_debit = own_debit(&situation, &lives, booking, resolution)?;
    let placeless = match &own_debit {
        Some(_) => Some("debit_return"),
        None => (booking.amount < 0).then(|| decision_of_debit(resolution)).transpose()?,
    };
    let before = situation.parts_of(booking.id);
    let after = match resolution {
        Resolution::Allocate(parts) => allocated(&situation, booking, &before, parts)?,
        Resolution::Other(_) | Resolution::Refund | Resolution::Wait(_) => before.clone(),
        Resolution::Return | Resolution::ReturnOf(_) | Resolution::Undo => BTreeMap::new(),
    };
    let placed: i64 = after.values().sum();
    let came_in = situation.came_in(booking);
    let decision = placeless.unwrap_or_else(|| decision(resolution, placed, came_in));
    let pair = if own_debit.is_some() { None } else { pair_said(&situation, booking, resolution)? };
    if pair.is_some_and(|credit| lives.concerns(credit)) {
        let why =
            "that credit is the bank's for direct debits of ours: name the debit that came back, by its end-to-end id";
        return Err(Error::Refused(format!("case {number}: {why}")));
    }
    let new = NewVerdict {
        booking: booking.id,
        decision: decision.to_owned(),
        by_person: !undo,
        rules: ledger::RULES.to_owned(),
        decided_on: kasse.today,
        confidence: None,
        hold_complete: verdict.said.hold_complete,
        wait_until: match resolution {
            Resolution::Wait(day) => Some(*day),
            _ => None,
        },
        evidence: verdict_text(&situation, verdict, resolution, decision, &store::evidence(&mut tx, verdict.id).await?),
        pair,
    };
    let id = tx.add_verdicts(&[new]).await?;
    tx.add_allocations(&difference(id, booking.id, Some(&before), &after)).await?;
    life::add(&mut tx, kasse, &situation, &own_debit.into_iter().collect::<Vec<_>>()).await?;
    if *resolution == Resolution::Refund && booking.amount < 0 {
        // the bank paid another sum than was handed in, with its charges perhaps: a person says that these were paid by it
        refunds::said_paid(&mut tx, &situation, booking).await?;
    }
    if decision == "case" {
        // what is still in doubt still holds
        let holds = situation.holds.of(verdict.id).iter();
        let holds: Vec<HoldRow> = holds.map(|hold| HoldRow { verdict: id, ..hold.clone() }).collect();
        tx.add_holds(&holds).await?;
    }
    if !undo && booking.amount > 0 {
        // what was placed before a list lowered its item is not the person's word: it goes back into the case
        credit::free(&mut tx, kasse).await?;
    }
    // in the same transaction: nobody may plan while the case holds nothing, or a credit stands that went back; and what the
    // decision tells of other payments is decided with it, so that the next `match` moves nothing
    match_in(&mut tx, kasse).await?;
    tx.commit(&format!("case {number}")).await?;
    Ok(owner)
}

/// Refuses what cannot be decided of a case as it stands.
fn allowed(situation: &Situation, lives: &Lives, number: i64, resolution: &Resolution) -> Result<()> {
    let (booking, verdict) = of_number(situation, number)?;
    let moves_money = matches!(
        resolution,
        Resolution::Allocate(_) | Resolution::Refund | Resolution::Return | Resolution::ReturnOf(_)
    );
    if booking.provisional && moves_money {
        let why = "only an intraday report tells of this payment: wait for the statement";
        return Err(Error::Refused(format!("case {number}: {why}")));
    }
    if lives.concerns(booking.id) && matches!(resolution, Resolution::Allocate(_) | Resolution::Refund) {
        let why = "it is the bank's credit for direct debits of ours: no citizen paid it";
        return Err(Error::Refused(format!("case {number}: {why}")));
    }
    let undo = *resolution == Resolution::Undo;
    if undo && !verdict.said.by_person {
        return Err(Error::Refused(format!("nobody has decided case {number}: there is nothing to undo")));
    }
    if !undo && verdict.said.by_person && verdict.said.decision != "case" {
        return Err(Error::Refused(format!("case {number} has been decided: `einmal resolve {number} --undo` first")));
    }
    if undo && situation.life.iter().any(|row| row.booking == Some(booking.id)) {
        let why = "it took a direct debit of ours back, and what that had paid is owed again: that stays";
        return Err(Error::Refused(format!("case {number}: {why}")));
    }
    if undo && let Some(refund) = situation.refund_gone(booking.id) {
        let id = &refund.end_to_end_id;
        let why = format!("its money has left, or may have, by the refund {id}: that stays");
        return Err(Error::Refused(format!("case {number}: {why}")));
    }
    Ok(())
}

/// The debit of ours that an outgoing booking takes back by a person's word, who names it by its end-to-end id.
fn own_debit(
    situation: &Situation,
    lives: &Lives,
    booking: &BookingRow,
    resolution: &Resolution,
) -> Result<Option<LifeRow>> {
    let Resolution::ReturnOf(named) = resolution else { return Ok(None) };
    let mut own = situation.debits.iter().filter(|debit| debit.end_to_end_id.eq_ignore_ascii_case(named.trim()));
    let Some(debit) = own.next().filter(|_| booking.amount < 0) else { return Ok(None) };
    let id = &debit.end_to_end_id;
    let Some(amount) = lives.amount_of(debit.id).map(Cents::get) else {
        return Err(Error::Refused(format!("the debit {id} was never handed to the bank")));
    };
    if situation.stages().get(&debit.run) == Some(&Stage::Void) {
        return Err(Error::Refused(format!(
            "the debit {id} is of a run that is void: two people have said that its file was never carried out"
        )));
    }
    if situation.life_of(debit.id).returned.is_some() {
        return Err(Error::Refused(format!("the debit {id} came back before")));
    }
    let charges = -booking.amount - amount;
    if charges < 0 {
        let (taken, amount) = (eur(-booking.amount), eur(amount));
        return Err(Error::Refused(format!("the booking takes {taken} EUR, the debit {id} took {amount} EUR")));
    }
    if Cents::new(charges) > MOST_CHARGES && booking.original_amount != Some(amount) {
        let beyond = eur(charges);
        return Err(Error::Refused(format!(
            "{beyond} EUR beyond the debit {id} are no charges: the booking takes back more than this debit"
        )));
    }
    Ok(Some(LifeRow {
        id: 0,
        debit: debit.id,
        kind: LifeKind::Returned,
        day: booking.booked,
        amount,
        charges,
        booking: Some(booking.id),
        report: None,
        reason: life::reason(booking),
    }))
}

/// The contract's word for what became of it; a part that nobody has decided keeps it a case.
fn decision(resolution: &Resolution, placed: i64, amount: i64) -> &'static str {
    match resolution {
        Resolution::Allocate(_) if placed == amount => "clerk",
        Resolution::Allocate(_) | Resolution::Wait(_) | Resolution::Undo => "case",
        Resolution::Other(_) | Resolution::Refund if placed > 0 => "clerk",
        Resolution::Other(_) | Resolution::Refund => "other",
        Resolution::Return | Resolution::ReturnOf(_) => "returned",
    }
}

/// The same of an outgoing booking: nothing of it is placed.
fn decision_of_debit(resolution: &Resolution) -> Result<&'static str> {
    match resolution {
        Resolution::Allocate(_) => Err(Error::Refused(
            "the money went out: nothing of it can be placed; say --return if it took a credit back, --refund or --other".to_owned(),
        )),
        Resolution::Wait(_) | Resolution::Undo => Ok("case"),
        Resolution::Other(_) => Ok("other"),
        Resolution::Refund => Ok("refund"),
        Resolution::Return | Resolution::ReturnOf(_) => Ok("returned"),
    }
}

/// The credit that an outgoing booking takes back by a person's word: the one that he names, else the only one that it can be
/// about. Nothing of an incoming one, and of any other decision.
fn pair_said(situation: &Situation, booking: &BookingRow, resolution: &Resolution) -> Result<Option<i64>> {
    if *resolution == Resolution::Refund {
        return Ok(given_back_by(situation, booking));
    }
    let named = match resolution {
        Resolution::Return => None,
        Resolution::ReturnOf(reference) => Some(reference.as_str()),
        _ => return Ok(None),
    };
    if booking.amount > 0 {
        return match named {
            None => Ok(None),
            Some(_) => Err(Error::Refused(
                "the money came in: only of an outgoing booking can be said what it took back".to_owned(),
            )),
        };
    }
    let has_left = |row: &&BookingRow| row.booked <= booking.booked && row.amount >= -booking.amount;
    let about: Vec<&BookingRow> = match named {
        Some(reference) => {
            situation.bookings.iter().filter(|row| row.reference == reference).filter(has_left).collect()
        }
        None => could_take_back(situation, booking),
    };
    match about.as_slice() {
        // the statement tells of it anew, and that one would be posted
        [only] if only.provisional => Err(Error::Refused(
            "only an intraday report tells of what it may have taken back: wait for the statement".to_owned(),
        )),
        [only] => Ok(Some(only.id)),
        [] => Err(Error::Refused("no credit in the books fits: say --other with what it is".to_owned())),
        several => {
            let names: Vec<&str> = several.iter().map(|row| row.reference.as_str()).collect();
            let names = names.join(", ");
            Err(Error::Refused(format!(
                "several credits fit ({names}): ask the bank which one it is, and name it: --return REFERENCE"
            )))
        }
    }
}

/// The credit that an outgoing booking gives back by hand: of what came in from that account and is not wholly placed or given
/// back, the one that is decided to go back or has just that amount, if there is only one.
fn given_back_by(situation: &Situation, booking: &BookingRow) -> Option<i64> {
    let left = |row: &BookingRow| {
        situation.left_by_bank(row) - situation.allocations.sum(row.id) - situation.gave_back(row.id)
    };
    let came = situation.bookings.iter().filter(|row| {
        row.amount > 0
            && booking.counterparty_iban.is_some()
            && row.counterparty_iban == booking.counterparty_iban
            && row.booked <= booking.booked
            && left(row) >= -booking.amount
    });
    let came: Vec<&BookingRow> = came.collect();
    let only = |rows: Vec<&&BookingRow>| if let [row] = rows.as_slice() { Some(row.id) } else { None };
    let decided = |row: &&&BookingRow| situation.verdicts.get(&row.id).is_some_and(refunds::goes_back);
    only(came.iter().filter(decided).collect())
        .or_else(|| only(came.iter().filter(|row| left(row) == -booking.amount).collect()))
        .or_else(|| only(came.iter().collect()))
}

/// What an outgoing booking can have taken back: what the rules say, else what came in from its account in this amount.
fn could_take_back<'a>(situation: &'a Situation, booking: &BookingRow) -> Vec<&'a BookingRow> {
    let by_rules: Vec<i64> = match situation.pairs().debits.get(&booking.id) {
        Some(Back::Unsure(credits)) => credits.clone(),
        Some(back) => pair_of(back).into_iter().collect(),
        None => Vec::new(),
    };
    if !by_rules.is_empty() {
        return by_rules.iter().filter_map(|id| situation.bookings.by_id(*id)).collect();
    }
    let fits = |row: &&BookingRow| {
        let same_account = booking.counterparty_iban.is_some() && row.counterparty_iban == booking.counterparty_iban;
        row.amount == -booking.amount && row.booked <= booking.booked && same_account
    };
    situation.bookings.iter().filter(fits).collect()
}

fn verdict_text(
    situation: &Situation,
    verdict: &VerdictRow,
    resolution: &Resolution,
    decision: &str,
    before: &str,
) -> Option<String> {
    let mut evidence = Evidence::parse(before);
    let booking = situation.bookings.by_id(verdict.said.booking)?;
    evidence.crosses = match resolution {
        Resolution::Refund if booking.amount > 0 => refunds::crossed(situation, verdict, &evidence),
        _ => Vec::new(),
    };
    if decision != "case" {
        // the sentence says why there was a doubt, and there is none any more
        evidence.because.clear();
    }
    evidence.ground = match resolution {
        Resolution::Allocate(_) => "a person has placed it".to_owned(),
        Resolution::Other(_) if booking.amount < 0 => "a person has said what it is".to_owned(),
        Resolution::Other(_) => "a person says that it is other money".to_owned(),
        Resolution::Refund if booking.amount < 0 => "a person says that it is a refund".to_owned(),
        Resolution::Refund => GOES_BACK.to_owned(),
        Resolution::Wait(day) => format!("{WAITS} {day}"),
        Resolution::Return | Resolution::ReturnOf(_) if booking.amount < 0 => {
            "a person says which credit it took back".to_owned()
        }
        Resolution::Return | Resolution::ReturnOf(_) => "a person says that the bank takes it back".to_owned(),
        Resolution::Undo => evidence.ground,
    };
    serde_json::to_string(&evidence).ok()
}

/// What a person's parts come to, checked against the booking and the items.
///
/// They are for what is still open of the booking; where they exceed that, they divide the whole booking anew.
fn allocated(
    situation: &Situation,
    booking: &BookingRow,
    before: &BTreeMap<i64, i64>,
    parts: &[(String, Cents)],
) -> Result<BTreeMap<i64, i64>> {
    let mut after = BTreeMap::new();
    for (name, amount) in parts {
        let item = item_of(situation, name)?;
        if !amount.is_positive() {
            return Err(Error::Refused(format!("{name}: the amount must be above zero")));
        }
        *after.entry(item.id).or_insert(0) += amount.get();
    }
    let (sum, placed): (i64, i64) = (after.values().sum(), before.values().sum());
    if sum <= situation.came_in(booking) - placed {
        before.iter().for_each(|(item, amount)| *after.entry(*item).or_insert(0) += amount);
    }
    if sum > situation.came_in(booking) {
        let came_in = situation.came_in(booking);
        return Err(Error::Refused(format!("{} is more than the {} that came in", eur(sum), eur(came_in))));
    }
    let gone = situation.gone();
    for (item, amount) in &after {
        let state = situation.states.get(item).copied().unwrap_or_default();
        let own = before.get(item).copied().unwrap_or(0);
        let sent = gone.get(item).copied().unwrap_or(0);
        let room = state.amount - (state.transferred - own) - sent;
        if *amount > room {
            let row = situation.items.by_id(*item);
            let name = row.map(|row| format!("{}/{}", row.kassenzeichen, row.posten)).unwrap_or_default();
            return Err(Error::Refused(format!("{name} takes at most {}, not {}", eur(room.max(0)), eur(*amount))));
        }
    }
    Ok(after)
}

/// The item that `KZ/POSTEN` names; split at the last `/` that yields one.
fn item_of<'a>(situation: &'a Situation, name: &str) -> Result<&'a ItemRow> {
    let splits = name.match_indices('/').rev();
    for (place, _) in splits {
        let (kassenzeichen, posten) =
            (name.get(..place).unwrap_or_default(), name.get(place + 1..).unwrap_or_default());
        let mut own = situation.items.of_canonical(&canonical(kassenzeichen));
        if let Some(item) = own.find(|item| item.posten == posten) {
            return Ok(item);
        }
    }
    Err(Error::Unknown(format!("{name:?} names no item (KASSENZEICHEN/POSTEN)")))
}
