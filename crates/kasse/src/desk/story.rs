//! The story of a Kassenzeichen for the front desk: what a caller is told in two sentences, and what stands behind them.
//!
//! Writes nothing and decides nothing: why an item is not debited is the plan's own reason. Invariants: nothing is said of
//! a payment that is not placed, for it may be another person's; what may be debited is never called settled.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::gate::Stage;
use ledger::life::Life;
use ledger::plan::Reason;
use sepa::Iban;
use serde_json::{Value, json};
use store::{ItemRow, LifeKind, MandateRow, RunRow, Tx};

use crate::base::fee_items;
use crate::base::shown::eur;
use crate::books::situation::Situation;
use crate::cases::hand_holds;
use crate::desk::going_back::{GoingBack, going_back};
use crate::orders::collect::{open_of, terms};
use crate::runs::life;
use crate::runs::takings::{Taking, takings};
use crate::{Error, Kasse, Result};

/// What a caller's words are held against: by each feature, what the books have.
///
/// # Errors
/// [`Error::Unknown`] for a Kassenzeichen that is none.
pub async fn features(kasse: &Kasse, kassenzeichen: &str) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let own = Own::new(&situation, kassenzeichen)?;
    let names = own.items.iter().map(|item| item.said.debtor.clone());
    let names = names.chain(own.mandates.iter().map(|row| row.said.holder.clone()));
    // a caller reads the sum of a notice as well as what one instalment is
    let announced = debits(&own).into_iter().map(|debit| debit.amount);
    let amounts: BTreeSet<i64> = own.items.iter().map(|item| item.said.amount).chain(announced).collect();
    Ok(json!({
        "kassenzeichen": own.kassenzeichen,
        "name": distinct(names),
        "address": distinct(own.items.iter().filter_map(|item| item.said.address.clone())),
        "iban": distinct(own.mandates.iter().map(|row| last_four(&row.said.iban))),
        "mandate": distinct(own.mandates.iter().map(|row| row.said.reference.clone())),
        "amount": amounts.into_iter().map(eur).collect::<Vec<_>>(),
    }))
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    values.filter(|value| !value.is_empty()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn last_four(iban: &str) -> String {
    iban.char_indices().rev().nth(3).and_then(|(place, _)| iban.get(place..)).unwrap_or_default().to_owned()
}

/// The answer in sentences, and the items, payments, cases, debits, holds and days behind it. Who asks has to be
/// remembered first ([`crate::ask`]).
///
/// # Errors
/// [`Error::Unknown`] for a Kassenzeichen that is none.
pub async fn story(kasse: &Kasse, kassenzeichen: &str) -> Result<Value> {
    let mut tx = kasse.db.read().await?;
    let situation = kasse.situation(&mut tx).await?;
    let own = Own::new(&situation, kassenzeichen)?;
    let debits = debits(&own);
    let (payments, cases) = (payments(&own), cases(&own));
    let mut days = own_days(kasse, &own, &payments, &debits);
    days.extend(told_days(&mut tx, &own).await?);
    days.sort();
    let by_hand = situation.hand_held();
    let holds: BTreeMap<i64, Value> = own
        .items
        .iter()
        .flat_map(|item| by_hand.get(&item.id).into_iter().flatten())
        .map(|hold| (hold.row.id, hand_holds::shown(hold)))
        .collect();
    let newest = own.items.last();
    Ok(json!({
        "kassenzeichen": own.kassenzeichen,
        "debtor": newest.map(|item| &item.said.debtor),
        "address": newest.and_then(|item| item.said.address.as_ref()),
        "answer": answer(kasse, &own, &payments, !cases.is_empty(), &debits),
        "items": own.items.iter().map(|item| item_json(kasse, &situation, item)).collect::<Vec<_>>(),
        "payments": payments.iter().map(Paid::json).collect::<Vec<_>>(),
        "mandates": own.mandates.iter().map(|row| mandate_json(row)).collect::<Vec<_>>(),
        "cases": cases,
        "debits": debits.iter().map(Debited::json).collect::<Vec<_>>(),
        "holds": holds.into_values().collect::<Vec<_>>(),
        "days": days.iter().map(|(day, what)| json!({"day": day.to_string(), "what": what})).collect::<Vec<_>>(),
    }))
}

/// What the books have under one Kassenzeichen.
struct Own<'a> {
    situation: &'a Situation,
    kassenzeichen: String,
    canonical: String,
    /// By due day.
    items: Vec<&'a ItemRow>,
    mandates: Vec<&'a MandateRow>,
}

impl<'a> Own<'a> {
    fn new(situation: &'a Situation, kassenzeichen: &str) -> Result<Own<'a>> {
        let canonical = canonical(kassenzeichen);
        let own = |text: &str| kassenzeichen::canonical(text) == canonical;
        let mut items: Vec<&ItemRow> = situation.items.of_canonical(&canonical).collect();
        items.sort_by(|one, other| (one.said.due, &one.posten).cmp(&(other.said.due, &other.posten)));
        let mandates: Vec<&MandateRow> = situation.mandates.iter().filter(|row| own(&row.said.kassenzeichen)).collect();
        let unknown = || Error::Unknown(format!("there is no Kassenzeichen {kassenzeichen}"));
        let printed = items.first().map(|item| item.kassenzeichen.clone()).ok_or_else(unknown)?;
        Ok(Own { situation, kassenzeichen: printed, canonical, items, mandates })
    }

    fn ids(&self) -> BTreeSet<i64> {
        self.items.iter().map(|item| item.id).collect()
    }
}

fn item_json(kasse: &Kasse, situation: &Situation, item: &ItemRow) -> Value {
    let state = situation.states.get(&item.id).copied().unwrap_or_default();
    json!({
        "posten": item.posten,
        "kind": fee_items::kind(item),
        "due": item.said.due.to_string(),
        "amount": eur(state.amount),
        "transferred": eur(state.transferred),
        "in_collection": eur(state.in_collection),
        "collected": eur(state.collected),
        "open": eur(situation.open_of(item.id)),
        "is_due": item.said.due <= kasse.today,
    })
}

fn mandate_json(row: &MandateRow) -> Value {
    let masked = Iban::parse(&row.said.iban).map(|iban| iban.masked()).unwrap_or_default();
    json!({
        "mandate": row.said.reference, "holder": row.said.holder, "iban": masked, "status": row.said.status,
        "signed": row.said.signed.to_string(),
    })
}

/// A transfer of which something is placed here.
struct Paid {
    booked: Date,
    reference: String,
    /// What is placed of it, by item; only here.
    parts: Vec<(String, i64)>,
}

impl Paid {
    fn placed(&self) -> i64 {
        self.parts.iter().map(|(_, amount)| amount).sum()
    }

    fn json(&self) -> Value {
        let parts = self.parts.iter().map(|(posten, amount)| json!({"posten": posten, "amount": eur(*amount)}));
        json!({
            "booked": self.booked.to_string(), "placed": eur(self.placed()), "reference": self.reference,
            "parts": parts.collect::<Vec<_>>(),
        })
    }
}

fn payments(own: &Own<'_>) -> Vec<Paid> {
    let names: HashMap<i64, &str> = own.items.iter().map(|item| (item.id, item.posten.as_str())).collect();
    let mut parts: HashMap<i64, Vec<(String, i64)>> = HashMap::new();
    for (&(booking, item), &amount) in own.situation.placed() {
        if let Some(posten) = names.get(&item) {
            parts.entry(booking).or_default().push(((*posten).to_owned(), amount));
        }
    }
    let paid = own.situation.bookings.iter().filter_map(|row| {
        let parts = parts.remove(&row.id)?;
        Some(Paid { booked: row.booked, reference: row.reference.clone(), parts })
    });
    let mut paid: Vec<Paid> = paid.collect();
    paid.sort_by_key(|paid| paid.booked);
    paid
}

/// The open cases that hold something of it; not a word of whose money it is.
fn cases(own: &Own<'_>) -> Vec<Value> {
    let held = own.situation.held();
    let mut cases: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for item in &own.items {
        for (case, _) in held.get(&item.id).into_iter().flatten() {
            cases.entry(*case).or_default().push(&item.posten);
        }
    }
    cases.into_iter().map(|(case, items)| json!({"case": case, "holds": items})).collect()
}

/// What a run takes, or took.
struct Debited<'a> {
    run: &'a RunRow,
    stage: Stage,
    life: Life,
    end_to_end_id: String,
    amount: i64,
}

impl Debited<'_> {
    fn json(&self) -> Value {
        json!({
            "run": self.run.name, "due": self.run.due.to_string(), "state": life::word(self.stage, self.life),
            "amount": eur(self.amount), "end_to_end_id": self.end_to_end_id,
        })
    }
}

fn debits<'a>(own: &Own<'a>) -> Vec<Debited<'a>> {
    let (stages, situation) = (own.situation.stages(), own.situation);
    let own_life = move |debit: i64| situation.life_of(debit);
    let of_run = |run: &'a RunRow| {
        let stage = stages.get(&run.id).copied().unwrap_or(Stage::Cancelled);
        let is_own = |text: &str| canonical(text) == own.canonical;
        let own = takings(own.situation, run.id).into_iter().filter(move |taking| is_own(&taking.debit.kassenzeichen));
        let debited = move |taking: Taking| {
            let life = own_life(taking.debit.id);
            Debited { run, stage, life, end_to_end_id: taking.debit.end_to_end_id, amount: taking.amount }
        };
        own.map(debited).collect::<Vec<_>>()
    };
    let named = |run: &&RunRow| {
        let mut debits = own.situation.debits.iter().filter(|debit| debit.run == run.id);
        debits.any(|debit| canonical(&debit.kassenzeichen) == own.canonical)
    };
    own.situation.runs.iter().filter(named).flat_map(of_run).collect()
}

fn own_days(kasse: &Kasse, own: &Own<'_>, payments: &[Paid], debits: &[Debited<'_>]) -> Vec<(Date, String)> {
    let due = own.items.iter().map(|item| {
        let (amount, kind, posten) = (eur(item.said.amount), fee_items::kind(item), &item.posten);
        let what = match item.said.due <= kasse.today {
            true => format!("{amount} EUR fell due: {kind} {posten}"),
            false => format!("{amount} EUR will fall due: {kind} {posten}"),
        };
        (item.said.due, what)
    });
    let paid = payments.iter().map(|paid| {
        let posten: Vec<&str> = paid.parts.iter().map(|(posten, _)| posten.as_str()).collect();
        (paid.booked, format!("{} EUR came in by transfer, placed on {}", eur(paid.placed()), posten.join(", ")))
    });
    let debited = debits.iter().map(|debit| {
        let (amount, run) = (eur(debit.amount), &debit.run.name);
        (debit.run.due, format!("{amount} EUR by direct debit in run {run}: {}", life::word(debit.stage, debit.life)))
    });
    due.chain(paid).chain(debited).collect()
}

/// The days on which somebody wrote to the debtor.
async fn told_days(tx: &mut Tx, own: &Own<'_>) -> Result<Vec<(Date, String)>> {
    let mut days = Vec::new();
    let debits: HashMap<i64, i64> = own
        .situation
        .debits
        .iter()
        .filter(|debit| canonical(&debit.kassenzeichen) == own.canonical)
        .map(|debit| (debit.id, debit.run))
        .collect();
    for run in debits.values().collect::<BTreeSet<_>>() {
        let notices = store::notices(tx, *run).await?;
        days.extend(notices.iter().filter(|notice| debits.contains_key(&notice.debit)).map(|notice| {
            (notice.sent, format!("A debit of {} EUR on {} was announced", eur(notice.amount), notice.due))
        }));
    }
    let came_back =
        own.situation.life.iter().filter(|row| row.kind != LifeKind::Settled && debits.contains_key(&row.debit));
    days.extend(
        came_back.map(|row| (row.day, format!("{} EUR that were debited came back from the bank", eur(row.amount)))),
    );
    days.extend(going_back(own.situation, &own.kassenzeichen).iter().filter_map(|one| match one {
        GoingBack::Paid(_, day) | GoingBack::CameBack(_, day) => Some((*day, one.said())),
        GoingBack::Waits(_) | GoingBack::UnderWay(_) => None,
    }));
    let ids = own.ids();
    for row in store::reminders_of(tx, &own.kassenzeichen).await?.iter().filter(|row| ids.contains(&row.item)) {
        days.push((row.day, format!("A reminder of {} EUR was written", eur(row.amount))));
    }
    Ok(days)
}

/// Sentences that can be read over the phone: whether the money came, and what will be debited.
fn answer(kasse: &Kasse, own: &Own<'_>, payments: &[Paid], doubt: bool, debits: &[Debited<'_>]) -> Vec<String> {
    let mut said = vec![arrived(payments)];
    let (open, is_held) = open(kasse, own);
    if doubt && !is_held {
        said.push("A payment that may belong to it is still being examined.".to_owned());
    }
    let debited: Vec<String> = debits.iter().filter_map(|debit| debited(kasse.today, debit)).collect();
    if debited.is_empty() && open.is_empty() {
        said.push("Nothing that is due is open, and nothing will be debited for it.".to_owned());
    }
    said.extend(debited);
    said.extend(open);
    said.extend(going_back(own.situation, &own.kassenzeichen).iter().map(GoingBack::said));
    let fees: i64 =
        own.items.iter().filter(|item| item.said.fee.is_some()).map(|item| own.situation.open_of(item.id)).sum();
    if fees > 0 {
        said.push(format!("{} EUR of fees are open; they are never debited.", eur(fees)));
    }
    said
}

fn arrived(payments: &[Paid]) -> String {
    match payments {
        [] => "No transfer has been placed under this Kassenzeichen.".to_owned(),
        [one] => {
            format!("The transfer of {} has arrived and is placed here with {} EUR.", one.booked, eur(one.placed()))
        }
        [.., last] => format!(
            "{} transfers have arrived and are placed here, the last one of {} with {} EUR.",
            payments.len(),
            last.booked,
            eur(last.placed())
        ),
    }
}

fn debited(today: Date, debit: &Debited<'_>) -> Option<String> {
    let (amount, due) = (eur(debit.amount), debit.run.due);
    let is_out = life::is_out(debit.stage);
    if is_out && debit.life.has_ended() {
        return Some(format!(
            "{amount} EUR were to be debited on {due}; the bank did not carry that out or took it back: they are owed again."
        ));
    }
    if is_out && debit.life.is_collected() {
        return Some(format!("{amount} EUR were debited on {due}; the money has come in."));
    }
    match debit.stage {
        Stage::Planned | Stage::Released => Some(format!(
            "{amount} EUR are to be debited on {due}; a transfer that arrives before the file is written lowers that."
        )),
        Stage::Exported | Stage::Sent if due >= today => Some(format!(
            "{amount} EUR will be debited on {due}; the order is written and takes no transfer into account."
        )),
        Stage::Exported | Stage::Sent | Stage::Settled => {
            Some(format!("{amount} EUR were to be debited on {due} by an order to the bank."))
        }
        Stage::Cancelled | Stage::Void => None,
    }
}

/// What is due and open and in no run: how much, and whether it may be debited; and whether a doubt holds some of it.
fn open(kasse: &Kasse, own: &Own<'_>) -> (Vec<String>, bool) {
    let ids = own.ids();
    let mut items = open_of(&kasse.config, own.situation, own.items.iter().copied());
    items.retain(|item| ids.contains(&item.id) && !item.in_run && item.due <= kasse.today);
    let terms = terms(kasse, own.situation, kasse.today);
    let plan = ledger::plan::plan(&items, own.situation.plan_mandates(), &terms);
    let reasons: HashMap<i64, Reason> = plan.left_out.iter().map(|out| (out.item, out.reason)).collect();
    let mut sums: BTreeMap<Option<Reason>, (i64, Option<Date>)> = BTreeMap::new();
    for item in &items {
        let row = own.items.iter().find(|row| row.id == item.id);
        // what a list holds is no payment's doubt
        let reason = reasons.get(&item.id).copied().map(|reason| match item.held_by {
            None if reason == Reason::Held => Reason::HandHold,
            _ => reason,
        });
        let (sum, day) = sums.entry(reason).or_default();
        *sum += item.open.get();
        *day = (*day).max(row.map(|row| own.situation.collectable_from(row)));
    }
    let is_held = sums.contains_key(&Some(Reason::Held));
    (sums.into_iter().map(|(reason, (sum, day))| of_reason(reason, &eur(sum), day)).collect(), is_held)
}

fn of_reason(reason: Option<Reason>, amount: &str, day: Option<Date>) -> String {
    match (reason, day) {
        (None | Some(Reason::TooSmall | Reason::TooSoon), _) => {
            format!("{amount} EUR are due and open; no debit is planned yet.")
        }
        (Some(Reason::NotDue), Some(day)) => {
            format!("{amount} EUR are due and open; nothing of it is debited before {day}.")
        }
        (Some(Reason::HandedOver), _) => {
            format!(
                "{amount} EUR are due and open; the finance system collects them again, and nothing of it is debited here."
            )
        }
        (Some(Reason::Held), _) => {
            format!(
                "{amount} EUR are due and open; nothing of it is debited while a payment that may belong to it is being \
                 examined."
            )
        }
        (Some(Reason::Credit), _) => format!("{amount} EUR are due and covered by a credit; nothing of it is debited."),
        (Some(Reason::HandHold), _) => {
            format!("{amount} EUR are due and open; the treasury holds them, and nothing of it is debited meanwhile.")
        }
        (Some(_), _) => {
            format!("{amount} EUR are due and open; they are not debited and have to be transferred.")
        }
    }
}
