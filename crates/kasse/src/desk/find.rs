//! `einmal find`: has the transfer arrived, is it placed, what will be debited.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::deferral::Deferrals;
use ledger::names::{Agreement, Name, words};
use sepa::Cents;
use serde_json::{Value, json};
use store::{BookingRow, ItemRow, MandateRow, Moment, Tx};

use crate::base::shown::eur;
use crate::books::situation::{About, Situation};
use crate::desk::going_back::going_back;
use crate::orders::collect::open_of;
use crate::{Kasse, Result};

/// Everything that a text finds, an object per Kassenzeichen: by Kassenzeichen, name, the IBAN's end, mandate or amount.
///
/// # Errors
/// What the database says.
pub async fn find(kasse: &Kasse, text: &str) -> Result<Vec<Value>> {
    let mut tx = kasse.db.read().await?;
    let situation = asked_for(kasse, &mut tx, text).await?;
    let found = found(&situation, text);
    let own = found.iter().flat_map(|kassenzeichen| situation.items.under(kassenzeichen));
    let own: HashSet<i64> = own.map(|item| item.id).collect();
    let mut payments: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for ((booking, item), cents) in situation.placed().iter().filter(|((_, item), _)| own.contains(item)) {
        payments.entry(*item).or_default().push((*booking, *cents));
    }
    Ok(found.iter().map(|kassenzeichen| answer(kasse, &situation, &payments, kassenzeichen)).collect())
}

/// Only what tells one Kassenzeichen that a text finds from another, of so many at most; and how many it finds.
///
/// # Errors
/// What the database says.
pub async fn find_names(kasse: &Kasse, text: &str, most: usize) -> Result<(Vec<Value>, usize)> {
    let mut tx = kasse.db.read().await?;
    let situation = asked_for(kasse, &mut tx, text).await?;
    let found = found(&situation, text);
    let name = |kassenzeichen: &String| {
        let own = situation.items.under(kassenzeichen).last();
        let (debtor, kind) = (own.map(|item| &item.said.debtor), own.map(|item| &item.said.kind));
        json!({"kassenzeichen": kassenzeichen, "debtor": debtor, "kind": kind})
    };
    Ok((found.iter().take(most).map(name).collect(), found.len()))
}

/// The books as far as they concern what the text finds.
async fn asked_for(kasse: &Kasse, tx: &mut impl Moment, text: &str) -> Result<Arc<Situation>> {
    if !kasse.asks_for_parts(tx).await? {
        return kasse.situation(tx).await;
    }
    let about = Asked::new(text).about(tx).await?;
    kasse.situation_about(tx, &about).await
}

/// The Kassenzeichen that a text finds, in their order.
fn found(situation: &Situation, text: &str) -> Vec<String> {
    let asked = Asked::new(text);
    let mut found: BTreeSet<String> = asked.items(situation).map(|item| item.kassenzeichen.clone()).collect();
    found.extend(asked.mandates(situation).map(|row| situation.items.printed_as(&row.said.kassenzeichen)));
    for booking in situation.bookings.iter().filter(|row| row.amount > 0 && asked.is_payment(row)) {
        let items = situation.allocations.of_booking(booking.id).filter_map(|(item, _)| situation.items.by_id(item));
        found.extend(items.map(|item| item.kassenzeichen.clone()));
    }
    found.into_iter().collect()
}

/// What was asked, in every way it can be read.
struct Asked {
    canonical: String,
    name: Name,
    amount: Option<i64>,
    iban_end: Option<String>,
}

impl Asked {
    fn new(text: &str) -> Asked {
        let squashed: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
        let digits = squashed.chars().filter(char::is_ascii_digit).count();
        Asked {
            canonical: canonical(text),
            name: Name::new(text),
            amount: Cents::parse_local(text).ok().map(Cents::get).filter(|_| text.contains([',', '.'])),
            iban_end: (digits >= 4 && squashed.len() <= 34).then_some(squashed),
        }
    }

    fn ends(&self, iban: &str) -> bool {
        self.iban_end.as_deref().is_some_and(|end| iban.ends_with(end))
    }

    /// The whole name, or a word of it.
    fn is_name(&self, name: &str) -> bool {
        let own = Name::new(name);
        let single = self.name.tokens().len() == 1 && words(name).iter().any(|word| self.name.tokens().contains(word));
        single || own.agreement(&self.name) == Agreement::Same && !self.name.is_empty()
    }

    fn is_payment(&self, row: &BookingRow) -> bool {
        self.ends(row.counterparty_iban.as_deref().unwrap_or_default()) || self.amount == Some(row.amount)
    }

    /// What may be found: whatever a list ever said so of, also what a newer one says otherwise now.
    async fn about(&self, tx: &mut Tx) -> Result<About> {
        let mut found = BTreeSet::new();
        let (mut debtor, mut is_named) = (String::new(), false);
        store::each_owed(tx, |row| {
            if row.debtor != debtor {
                is_named = self.is_name(&row.debtor);
                row.debtor.clone_into(&mut debtor);
            }
            if is_named || self.amount == Some(row.amount) {
                found.insert(canonical(&row.kassenzeichen));
            }
        })
        .await?;
        store::each_mandated(tx, |row| {
            let is_referred = !self.canonical.is_empty() && canonical(&row.reference) == self.canonical;
            if is_referred || self.is_name(&row.holder) || self.ends(&row.iban) {
                found.insert(canonical(&row.kassenzeichen));
            }
        })
        .await?;
        let bookings = match (self.amount, self.iban_end.as_deref()) {
            (None, None) => BTreeSet::new(),
            (amount, end) => store::credits_like(tx, amount, end).await?,
        };
        let items = store::parts_of(tx, &bookings).await?.into_iter().map(|part| part.item).collect();
        found.extend(store::items_of(tx, &items).await?.into_iter().map(|item| canonical(&item.kassenzeichen)));
        found.extend(Some(self.canonical.clone()).filter(|own| !own.is_empty()));
        Ok(About { kassenzeichen: found, bookings, mandates: true, ..About::default() })
    }

    /// A name that agrees has a word in common.
    fn items<'s>(&'s self, situation: &'s Situation) -> impl Iterator<Item = &'s ItemRow> {
        let canonical = Some(self.canonical.as_str()).filter(|own| !own.is_empty()).into_iter();
        let referred = canonical.flat_map(|own| situation.items.of_canonical(own));
        let words = self.name.tokens().iter().flat_map(|word| situation.items.of_word(word));
        let named = words.filter(|item| self.is_name(&item.said.debtor));
        let owing = self.amount.into_iter().flat_map(|cents| situation.items.iter().map(move |item| (cents, item)));
        let owing = owing.filter(|(cents, item)| *cents == item.said.amount).map(|(_, item)| item);
        referred.chain(named).chain(owing)
    }

    fn mandates<'s>(&'s self, situation: &'s Situation) -> impl Iterator<Item = &'s MandateRow> {
        let canonical = Some(self.canonical.as_str()).filter(|own| !own.is_empty()).into_iter();
        let referred = canonical.flat_map(|own| situation.mandates.of_canonical(own));
        let words = self.name.tokens().iter().flat_map(|word| situation.mandates.of_word(word));
        let named = words.filter(|row| self.is_name(&row.said.holder));
        let debited = situation.mandates.iter().filter(|row| self.ends(&row.said.iban));
        referred.chain(named).chain(debited)
    }
}

/// `payments` are the parts of each item: booking and cents.
fn answer(
    kasse: &Kasse,
    situation: &Situation,
    payments: &HashMap<i64, Vec<(i64, i64)>>,
    kassenzeichen: &str,
) -> Value {
    let own: Vec<&ItemRow> = situation.items.under(kassenzeichen).collect();
    let (held, open) = (situation.held(), open_of(&kasse.config, situation, own.iter().copied()));
    let mut parts: BTreeMap<usize, i64> = BTreeMap::new();
    for (booking, cents) in own.iter().filter_map(|item| payments.get(&item.id)).flatten() {
        if let Some(place) = situation.bookings.place(*booking) {
            *parts.entry(place).or_default() += cents;
        }
    }
    let shown = |(place, cents): (usize, i64)| {
        let booking = situation.bookings.get(place).filter(|booking| booking.amount > 0 && cents > 0)?;
        Some(
            json!({"booked": booking.booked.to_string(), "amount": eur(booking.amount), "placed": eur(cents), "reference": booking.reference}),
        )
    };
    let payments: Vec<Value> = parts.into_iter().filter_map(shown).collect();
    let mut cases: Vec<i64> =
        own.iter().filter_map(|item| held.get(&item.id)).flatten().map(|(case, _)| *case).collect();
    cases.sort_unstable();
    cases.dedup();
    let sum = |of: &dyn Fn(&store::StateRow) -> i64| -> i64 {
        own.iter().filter_map(|item| situation.states.get(&item.id)).map(of).sum()
    };
    let in_collection = sum(&|state| state.in_collection);
    let due = || open.iter().filter(|item| item.due <= kasse.today);
    let due_open: i64 = due().map(|item| item.open.get()).sum();
    let deferrals = Deferrals(&situation.deferrals);
    let collectable = due().map(|item| deferrals.collectable_from(&item.kind, item.due)).min();
    let put_off = collectable.filter(|day| *day > kasse.today);
    let run = own.iter().filter_map(|item| situation.states.get(&item.id)?.run).next();
    let run = situation.runs.iter().find(|row| Some(row.id) == run).filter(|_| in_collection > 0);
    let fees: i64 = own.iter().filter(|item| item.said.fee.is_some()).map(|item| situation.open_of(item.id)).sum();
    let mut answer = sentence(payments.len(), due_open, in_collection, run.map(|row| row.due), &cases, put_off);
    let collected = sum(&|state| state.collected);
    if collected > 0 {
        answer += &format!(" {} EUR have been collected by direct debit.", eur(collected));
    }
    let ids: BTreeSet<i64> = own.iter().map(|item| item.id).collect();
    if situation.claims.iter().any(|claim| ids.contains(&claim.item) && situation.life_of(claim.debit).has_ended()) {
        answer += " A direct debit came back from the bank.";
    }
    going_back(situation, kassenzeichen).iter().for_each(|one| answer += &format!(" {}", one.said()));
    if fees > 0 {
        answer += &format!(" {} EUR of fees are open; they are never debited.", eur(fees));
    }
    json!({
        "kassenzeichen": kassenzeichen,
        "debtor": own.first().map(|item| item.said.debtor.clone()),
        "transferred": eur(sum(&|state| state.transferred)),
        "open_due": eur(due_open),
        "in_collection": eur(in_collection),
        "collected": eur(collected),
        "debit_on": run.map(|row| row.due.to_string()),
        "payments": payments,
        "cases": cases,
        "open_fees": eur(fees),
        "answer": answer,
    })
}

/// Two plain sentences that can be read over the phone.
fn sentence(
    payments: usize,
    open: i64,
    in_collection: i64,
    due: Option<Date>,
    cases: &[i64],
    put_off: Option<Date>,
) -> String {
    let arrived = match payments {
        0 => "No transfer has been placed under this Kassenzeichen.".to_owned(),
        1 => "One transfer has been placed under this Kassenzeichen.".to_owned(),
        count => format!("{count} transfers have been placed under this Kassenzeichen."),
    };
    let next = match (due, cases.first()) {
        (Some(due), _) => format!("{} EUR will be debited on {due}.", eur(in_collection)),
        (None, Some(case)) => format!("Nothing is debited while case {case} is open."),
        (None, None) if open == 0 => "Nothing that is due is open, and nothing will be debited for it.".to_owned(),
        (None, None) if let Some(day) = put_off => {
            format!("{} EUR are due and open; nothing of it is debited before {day}.", eur(open))
        }
        (None, None) => format!("{} EUR are due and open; no debit is planned yet.", eur(open)),
    };
    format!("{arrived} {next}")
}
