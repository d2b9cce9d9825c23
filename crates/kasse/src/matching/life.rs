//! What became of our debits, as the bookings tell: which credit settles them, which booking took one back.
//!
//! Turns rows into the words of `ledger::life`, and stores what is new. Invariants: only booked entries that add up are stored,
//! each debit once; what ends a debit holds its items until a person agrees to another try.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ledger::life::{Batch, Credit, Debit, Debits, Doubt, Life, Settlement, Taken, TakenBack, settlements, taken_back};
use ledger::return_reasons;
use ledger::returns::Says;
use sepa::Cents;
use store::{BookingRow, DebitRow, HandHoldRow, LifeKind, LifeRow, WriteTx};

use crate::books::situation::Situation;
use crate::matching::evidence::{Evidence, Outcome};
use crate::matching::pairs::{is_collected, references, said_of, text_of};
use crate::runs::handed::{Out, out};
use crate::{Kasse, Result};

/// What bookings do to debits of ours.
#[derive(Default)]
pub(crate) struct Lives {
    /// Credit -> what it settles.
    pub(crate) settled: HashMap<i64, Settlement>,
    /// Outgoing booking -> what it takes back.
    pub(crate) back: HashMap<i64, TakenBack>,
    /// Debit -> what its file takes.
    amounts: HashMap<i64, Cents>,
}

impl Lives {
    pub(crate) fn new(kasse: &Kasse, situation: &Situation) -> Lives {
        let handed = out(kasse, situation);
        if handed.is_empty() {
            return Lives::default();
        }
        let (mut batches, mut debits) = (Vec::new(), Vec::new());
        for run in &handed {
            for (id, own) in &run.batches {
                let place = batches.len();
                batches.push(Batch {
                    run: run.run.id,
                    message: &run.message,
                    id,
                    due: run.run.due,
                    written: run.written,
                });
                debits.extend(own.iter().map(|(row, amount)| debit(situation, row, place, *amount)));
            }
        }
        let index = Debits::new(&debits, &batches);
        let is_told = |row: &&BookingRow| !situation.is_posted_before(row) && !row.provisional;
        let credits = situation.bookings.iter().filter(is_told).filter(|row| is_credit(&handed, row)).map(credit);
        let taken = situation.bookings.iter().filter(is_told).filter(|row| may_take_back(row));
        let taken = taken.map(|row| taken_of(situation, row));
        Lives {
            settled: settlements(&index, &credits.collect::<Vec<_>>()),
            back: taken_back(&index, &taken.collect::<Vec<_>>()),
            amounts: debits.iter().map(|debit| (debit.id, debit.amount)).collect(),
        }
    }

    /// Whether a credit is for a run of ours, and does not add up to what was handed in.
    pub(crate) fn differs(&self, booking: i64) -> bool {
        matches!(self.settled.get(&booking), Some(Settlement::Differs { .. }))
    }

    /// What an outgoing booking does to debits of ours: it takes them back, or what speaks against that.
    pub(crate) fn judged(&self, booking: i64) -> Option<std::result::Result<(), Doubt>> {
        self.back.get(&booking).map(|back| match back {
            TakenBack::Of { .. } => Ok(()),
            TakenBack::Doubt(doubt, _) => Err(*doubt),
        })
    }

    /// The debits about which an outgoing booking leaves a doubt.
    pub(crate) fn in_doubt(&self, booking: i64) -> &[i64] {
        match self.back.get(&booking) {
            Some(TakenBack::Doubt(_, debits)) => debits,
            _ => &[],
        }
    }

    /// Whether a credit is for a run of ours, and adds up.
    pub(crate) fn settles(&self, booking: i64) -> bool {
        matches!(self.settled.get(&booking), Some(Settlement::Of(_)))
    }
}

fn debit<'a>(situation: &'a Situation, row: &'a DebitRow, batch: usize, amount: Cents) -> Debit<'a> {
    let mandate = situation.mandate_rows.get(&row.mandate).map_or("", |mandate| mandate.said.reference.as_str());
    let life = situation.life_of(row.id);
    // a sum for which its details stand by now says nothing any more: they say the same
    let stands = |booking: &i64| situation.bookings.by_id(*booking).is_some();
    let (settled, returned) = (life.settled.filter(stands), life.returned.filter(stands));
    let life = Life { settled, returned, ..life };
    Debit { id: row.id, batch, end_to_end: &row.end_to_end_id, mandate, amount, life }
}

/// Whether a credit can be the bank's for direct debits: by its codes, or, where they say nothing and nobody is named who
/// paid, because it names a file of ours.
fn is_credit(handed: &[Out<'_>], row: &BookingRow) -> bool {
    if row.amount <= 0 || is_collected(row) {
        return row.amount > 0;
    }
    let is_bare = matches!(row.class.as_str(), "unknown" | "batch") && row.counterparty_iban.is_none();
    let names = |reference: &&str| {
        let is = |id: &str| !id.is_empty() && id.eq_ignore_ascii_case(reference);
        handed.iter().any(|run| is(&run.message) || run.batches.iter().any(|(id, _)| is(id)))
    };
    is_bare && references(row).iter().any(names)
}

fn credit(row: &BookingRow) -> Credit<'_> {
    Credit {
        id: row.id,
        booked: row.booked,
        amount: Cents::new(row.amount),
        references: references(row),
        text: text_of(row),
    }
}

/// A fee on a line of its own takes nothing back, whatever it names.
fn may_take_back(row: &BookingRow) -> bool {
    row.amount < 0 && !matches!(row.class.as_str(), "fee" | "interest")
}

fn taken_of<'a>(situation: &Situation, row: &'a BookingRow) -> Taken<'a> {
    let is_euro = row.original_currency.as_deref().is_none_or(|currency| currency == "EUR");
    Taken {
        id: row.id,
        amount: Cents::new(-row.amount),
        original: row.original_amount.filter(|_| is_euro).map(|amount| Cents::new(amount.abs())),
        booked: row.booked,
        references: references(row),
        text: text_of(row),
        mandate: row.mandate_reference.as_deref().filter(|id| *id != "NOTPROVIDED"),
        says_back: said_of(situation, row) != Says::Nothing,
        is_transfer: matches!(row.class.as_str(), "credit transfer" | "instant" | "standing order"),
    }
}

/// The verdicts on credits for runs of ours that do not add up, and that no person has decided.
pub(crate) fn differing(situation: &Situation, lives: &Lives) -> Vec<Outcome> {
    let by_person = |booking: i64| situation.verdicts.get(&booking).is_some_and(|verdict| verdict.said.by_person);
    let differing = situation.bookings.iter().filter(|row| !by_person(row.id)).filter_map(|row| {
        let Some(Settlement::Differs { run, submitted, rejected }) = lives.settled.get(&row.id) else { return None };
        let name = situation.runs.iter().find(|own| own.id == *run).map_or("", |own| own.name.as_str());
        let amount = Cents::new(row.amount);
        let because = format!(
            "{amount} EUR came in for run {name}; {submitted} EUR of it are still to come in, {rejected} EUR the bank rejected"
        );
        let evidence = Evidence { ground: DIFFERS.to_owned(), because, ..Evidence::default() };
        Some(Outcome {
            booking: row.id,
            decision: "case",
            confidence: None,
            // what the run takes is reserved until the bank has said what became of it
            hold_complete: true,
            parts: BTreeMap::new(),
            holds: BTreeMap::new(),
            pair: None,
            evidence: serde_json::to_string(&evidence).unwrap_or_default(),
        })
    });
    differing.collect()
}

/// Why a credit for a run of ours is a case.
const DIFFERS: &str = "the bank credited another sum than a run of ours still has to bring in";

/// Stores what bookings tell of debits and nobody has stored yet, and holds what came back. Says whether anything was.
pub(crate) async fn record(tx: &mut WriteTx, kasse: &Kasse, situation: &Situation) -> Result<bool> {
    let news = news(situation, &Lives::new(kasse, situation));
    add(tx, situation, &news, &vec![true; news.len()]).await
}

/// Stores what became of debits; what ends one holds its items where `held` says so. What a whole file was rejected for is no
/// matter of its payers: it holds nothing.
pub(crate) async fn add(tx: &mut WriteTx, situation: &Situation, news: &[LifeRow], held: &[bool]) -> Result<bool> {
    if news.is_empty() {
        return Ok(false);
    }
    let first = tx.add_life(news).await?;
    let ends = (first..).zip(news).zip(held).filter(|((_, row), held)| row.kind != LifeKind::Settled && **held);
    let holds: Vec<HandHoldRow> = ends.flat_map(|((id, row), _)| holds(situation, id, row)).collect();
    tx.add_hand_holds(&holds).await?;
    Ok(true)
}

/// What bookings tell of debits and nobody has stored yet.
fn news(situation: &Situation, lives: &Lives) -> Vec<LifeRow> {
    let mut news = Vec::new();
    for row in situation.bookings.iter().filter(|row| row.finding.is_none()) {
        let told = |debit: i64, kind, charges: Cents| LifeRow {
            id: 0,
            debit,
            kind,
            day: row.booked,
            amount: lives.amounts.get(&debit).map_or(0, |amount| amount.get()),
            charges: charges.get(),
            booking: Some(row.id),
            report: None,
            reason: (kind == LifeKind::Returned).then(|| reason(row)).flatten(),
        };
        if let Some(Settlement::Of(debits)) = lives.settled.get(&row.id) {
            let new = debits.iter().filter(|debit| situation.life_of(**debit).settled.is_none());
            news.extend(new.map(|debit| told(*debit, LifeKind::Settled, Cents::ZERO)));
        }
        if let Some(TakenBack::Of { debits, charges }) = lives.back.get(&row.id) {
            let new = debits.iter().filter(|debit| situation.life_of(**debit).returned.is_none());
            // what one booking takes beyond several debits is told with the first of them
            let charges = std::iter::once(*charges).chain(std::iter::repeat(Cents::ZERO));
            news.extend(new.zip(charges).map(|(debit, charges)| told(*debit, LifeKind::Returned, charges)));
        }
    }
    news
}

/// Why a debit came back: the bank's code, else what its words say.
fn reason(row: &BookingRow) -> Option<String> {
    let code = row.return_reason.clone().filter(|code| !code.trim().is_empty());
    code.or_else(|| return_reasons::told(&text_of(row)).map(str::to_owned))
}

/// What the end of a debit holds until a person agrees to another try: its items, or all of the Kassenzeichen that its mandate
/// serves. Who was rejected first and then booked is held once.
fn holds(situation: &Situation, event: i64, row: &LifeRow) -> Vec<HandHoldRow> {
    let Some(debit) = situation.debits.iter().find(|debit| debit.id == row.debit) else { return Vec::new() };
    if situation.life_of(debit.id).has_ended() {
        return Vec::new();
    }
    let reason = row.reason.as_deref();
    let hold = |kassenzeichen: &str, item| HandHoldRow {
        id: 0,
        kassenzeichen: kassenzeichen.to_owned(),
        item,
        reason: return_reasons::text(reason).to_owned(),
        until: None,
        actor: "batch".to_owned(),
        list: None,
        life: Some(event),
    };
    if return_reasons::next(reason).is_about_mandate() {
        let mandate = situation.mandate_rows.get(&debit.mandate).map(|row| row.said.reference.clone());
        let served = situation.mandates.iter().filter(|row| Some(&row.said.reference) == mandate.as_ref());
        let mut own: BTreeSet<String> = served.map(|row| situation.items.printed_as(&row.said.kassenzeichen)).collect();
        own.insert(debit.kassenzeichen.clone());
        return own.iter().map(|kassenzeichen| hold(kassenzeichen, None)).collect();
    }
    let claimed = situation.claims.iter().filter(|claim| claim.debit == debit.id).map(|claim| claim.item);
    let claimed: BTreeSet<i64> = claimed.collect();
    claimed.into_iter().map(|item| hold(&debit.kassenzeichen, Some(item))).collect()
}
