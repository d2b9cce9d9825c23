//! Our own books beside a debit file: their statements for the check, and what they know of each debit.
//!
//! Where a town's books are there, they know more than its statements: who was debited by us, what people have decided, what went
//! back. So each booking that they have settled is settled in the books of the check as well, and each debit is held against the
//! items that it means (`same_debt`). It changes nothing in these books. Invariants: what they have placed is placed nowhere else;
//! a debit that could mean something paid, collected or in doubt is not kept.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use camt::{Booking, Sign};
use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::plan::OpenItem;
use sepa::{Cents, Iban};
use sepa_xml::{ForeignDebit, ForeignFile};
use store::{BookingRow, ItemRow, LifeKind, NewVerdict, ReadTx, RefundKind};

use super::fates::{Doubt, Outcome, Proof};
use super::original::Original;
use super::owed::{AllOwed, Owed};
use super::own::{Asked, OwnDoubt, OwnPaid};
use super::same_debt::{Meant, OwnItem, meant};
use super::strangers::Strangers;
use crate::base::rights::Right;
use crate::books::situation::Situation;
use crate::matching::evidence::Evidence;
use crate::matching::refunds::goes_back;
use crate::orders::collect::open_items;
use crate::runs::payment_file;
use crate::{Error, Kasse, Result};

/// A town's books at one moment.
pub(super) struct OwnBooks<'k> {
    kasse: &'k Kasse,
    situation: Arc<Situation>,
    /// The accounts whose statements must be there.
    pub(super) accounts: BTreeSet<Iban>,
    head: (i64, String),
    /// What is read is seen from one transaction, until the statements are copied.
    moment: Option<ReadTx>,
    /// Booking here -> booking in the books of the check.
    copied: HashMap<i64, i64>,
}

impl<'k> OwnBooks<'k> {
    /// Looks at the books, and refuses those of another creditor, and a file that is one of their own.
    pub(super) async fn load(kasse: &'k Kasse, original: &Original) -> Result<OwnBooks<'k>> {
        let own: Vec<String> = kasse.config.creditors().map(|creditor| creditor.creditor_id.to_string()).collect();
        if let Some(other) = original.file.creditor_id().filter(|id| !own.contains(&id.to_string())) {
            let why = format!(
                "it collects for the creditor {other}, and the books that were asked are those of {}: ask its own books, or none",
                own.join(", ")
            );
            return Err(Error::file(&original.name, why));
        }
        let mut tx = kasse.db.read().await?;
        let situation = kasse.situation(&mut tx).await?;
        let message = &original.file.message_id.value;
        let ours = situation.runs.iter().find(|run| is_message_of(&payment_file::message_id(&situation, run), message));
        if let Some(run) = ours {
            let (name, line) = (&run.name, original.file.message_id.line);
            let why = format!(
                "line {line}: the message id {message} is that of our own run {name}: what was paid of it is seen by its release and export"
            );
            return Err(Error::file(&original.name, why));
        }
        let accounts = kasse.watched(&mut tx).await?.into_iter().collect();
        let head = store::head(&mut tx).await?;
        Ok(OwnBooks { kasse, situation, accounts, head, moment: Some(tx), copied: HashMap::new() })
    }

    /// The day up to which the old system had posted.
    pub(super) fn as_of(&self) -> Option<Date> {
        self.situation.as_of
    }

    /// The first day that counts: of the outage, else of the statements.
    pub(super) fn first(&self) -> Option<Date> {
        let outage = self.kasse.config.outage.map(|(from, _)| from);
        outage.or_else(|| self.situation.bookings.iter().map(|row| row.booked).min())
    }

    /// Whether they hold statements.
    pub(super) fn has_bookings(&self) -> bool {
        self.situation.bookings.iter().next().is_some()
    }

    /// Which books were asked.
    pub(super) fn asked(&self) -> Asked {
        let name = self.kasse.config.name.clone();
        Asked { name, head: self.head.clone(), bookings: self.copied.len() }
    }

    /// Shows each credit that is not settled.
    pub(super) fn show(&self, strangers: &mut Strangers<'_>) {
        let open = self.situation.bookings.iter().filter(|row| row.amount > 0 && !self.is_settled(row));
        open.for_each(|row| strangers.see(&booking(row)));
    }

    /// Brings the statements into the books of the check, with what is settled of them.
    pub(super) async fn bring_in(&mut self, check: &Kasse) -> Result<()> {
        let gone = || Error::Internal("the statements were copied before".to_owned());
        let mut from = self.moment.take().ok_or_else(gone)?;
        let accounts: BTreeSet<String> = self.accounts.iter().map(Iban::to_string).collect();
        let mut to = check.write(Right::Import, "batch", "import", "").await?;
        self.copied = store::copy_statements(&mut from, &mut to, &accounts).await?;
        for confirmed in store::confirmations(&mut from).await? {
            if accounts.contains(&confirmed.account) {
                to.add_confirmation(&confirmed).await?;
            }
        }
        let settled = self.situation.bookings.iter().filter(|row| self.is_settled(row));
        let evidence = Evidence { ground: "a person has said what it is".to_owned(), ..Evidence::default() };
        let evidence = serde_json::to_string(&evidence).ok();
        let verdict = |row: &BookingRow| {
            Some(NewVerdict {
                booking: *self.copied.get(&row.id)?,
                decision: "other".to_owned(),
                by_person: true,
                rules: ledger::RULES.to_owned(),
                decided_on: check.today,
                confidence: None,
                hold_complete: true,
                wait_until: None,
                evidence: evidence.clone(),
                pair: None,
            })
        };
        let verdicts: Vec<NewVerdict> = settled.filter_map(verdict).collect();
        to.add_verdicts(&verdicts).await?;
        Ok(to.commit("statements of the books that were asked").await?)
    }

    /// Whether these books say what a booking is, so that it can pay nothing else.
    fn is_settled(&self, row: &BookingRow) -> bool {
        let Some(verdict) = self.situation.verdicts.get(&row.id) else { return false };
        if self.is_going_back(row) {
            return false;
        }
        match verdict.said.decision.as_str() {
            "case" => false,
            "other" => verdict.said.by_person || row.amount < 0,
            _ => true,
        }
    }

    /// Whether a credit is to go back to its payer, and the bank has not told yet that it did.
    fn is_going_back(&self, row: &BookingRow) -> bool {
        if row.amount < 0 {
            return false;
        }
        let mut refunds = self.situation.refunds_of(row.id).peekable();
        let is_paid = |refund: &store::RefundRow| {
            let end = self.situation.refund_end(refund.id);
            end.is_some_and(|end| end.kind == RefundKind::Paid) && self.situation.refund_came_back(refund.id).is_none()
        };
        match refunds.peek() {
            Some(_) => !refunds.all(is_paid),
            None => self
                .situation
                .verdicts
                .get(&row.id)
                .is_some_and(|verdict| goes_back(verdict) && !self.situation.pairs().credits.contains_key(&row.id)),
        }
    }

    /// Adds what the books know to what the check found, debit by debit.
    pub(super) fn amend(&self, outcomes: &mut [Outcome], file: &ForeignFile, owed: &AllOwed) {
        let seen = Seen::new(self);
        let mut used: HashSet<i64> = HashSet::new();
        let days = file.batches.iter().flat_map(|batch| std::iter::repeat_n(batch.due.value, batch.debits.len()));
        let debits = file.debits().zip(days).zip(&owed.debits);
        for (outcome, ((debit, day), own)) in outcomes.iter_mut().zip(debits) {
            seen.turn_back(outcome);
            match seen.meant(debit, day, own) {
                Meant::Nothing => {}
                Meant::These(items) if !items.iter().any(|item| used.contains(item) && seen.is_touched(*item)) => {
                    items.iter().for_each(|item| seen.add(outcome, *item));
                    used.extend(items);
                }
                // a second debit of the same instalment
                Meant::These(items) | Meant::AnyOf(items) => outcome.own.doubts.extend(seen.which(&items)),
            }
            outcome.paid = outcome.paid.min(debit.amount);
        }
    }
}

impl OwnBooks<'_> {
    /// Gives doubts the numbers that their cases have in these books; what they know no case of keeps its number of the check.
    pub(super) fn number(&self, outcomes: &mut [Outcome], residual: &mut [Doubt]) {
        let of: HashMap<i64, i64> = self
            .situation
            .cases
            .iter()
            .filter_map(|(booking, case)| Some((*self.copied.get(booking)?, *case)))
            .collect();
        let doubts = outcomes.iter_mut().flat_map(|outcome| &mut outcome.doubts).chain(residual);
        for doubt in doubts {
            if let Some(number) = of.get(&doubt.payment.booking) {
                doubt.case = *number;
            }
        }
    }
}

/// Whether a message id is ours: of the run, or of one batch of it.
fn is_message_of(own: &str, message: &str) -> bool {
    message.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// A stored credit as a statement tells it.
fn booking(row: &BookingRow) -> Booking {
    Booking {
        amount: Some(Cents::new(row.amount.abs())),
        sign: Some(if row.amount > 0 { Sign::Credit } else { Sign::Debit }),
        booked: Some(row.booked),
        bank_reference: Some(row.reference.clone()),
        end_to_end_id: row.end_to_end_id.clone(),
        instruction_id: row.instruction_id.clone(),
        mandate_id: row.mandate_reference.clone(),
        counterparty: row.counterparty.clone(),
        counterparty_iban: row.counterparty_iban.clone(),
        remittance: row.remittance.clone(),
        structured_reference: row.structured_reference.clone(),
        further_references: row.further_references.clone(),
        additional: row.additional.clone(),
        ..Booking::default()
    }
}

/// The books by item.
struct Seen<'b> {
    books: &'b OwnBooks<'b>,
    situation: &'b Situation,
    /// Item -> the credits that were placed on it.
    placed: HashMap<i64, Vec<(i64, i64)>>,
    /// Item -> debits of runs that live, and cents.
    debited: HashMap<i64, Vec<(i64, i64)>>,
    open: HashMap<i64, OpenItem>,
    /// Case -> booking.
    by_case: HashMap<i64, i64>,
    /// Mandate in canonical form -> its Kassenzeichen.
    mandates: HashMap<String, BTreeSet<String>>,
    /// Old references in canonical form -> Kassenzeichen.
    aliases: HashMap<String, String>,
    /// Bookings of the check that are on their way back, and what they are here.
    going_back: HashMap<i64, &'b BookingRow>,
}

impl<'b> Seen<'b> {
    fn new(books: &'b OwnBooks<'_>) -> Seen<'b> {
        let situation: &Situation = &books.situation;
        let mut placed: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
        for (&(booking, item), &cents) in situation.placed() {
            placed.entry(item).or_default().push((booking, cents));
        }
        let mut debited: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
        for (&(debit, item), &cents) in situation.claimed().iter().chain(situation.absorbed().parts()) {
            let run = situation.run_of_debit().get(&debit);
            let is_living = run.and_then(|run| situation.stages().get(run)).is_some_and(|stage| stage.is_living());
            if is_living && !situation.life_of(debit).has_ended() {
                debited.entry(item).or_default().push((debit, cents));
            }
        }
        let open = open_items(&books.kasse.config, situation).into_iter().map(|item| (item.id, item)).collect();
        let mut mandates: HashMap<String, BTreeSet<String>> = HashMap::new();
        for row in situation.mandates.iter() {
            let of = mandates.entry(canonical(&row.said.reference)).or_default();
            of.insert(canonical(&row.said.kassenzeichen));
        }
        let going_back = situation.bookings.iter().filter(|row| books.is_going_back(row));
        Seen {
            books,
            situation,
            placed,
            debited,
            open,
            by_case: situation.cases.iter().map(|(booking, case)| (*case, *booking)).collect(),
            mandates,
            aliases: situation.aliases.iter().map(|row| (canonical(&row.old), canonical(&row.kassenzeichen))).collect(),
            going_back: going_back.filter_map(|row| Some((*books.copied.get(&row.id)?, row))).collect(),
        }
    }

    /// The items of the debit's Kassenzeichen, else those of its mandate, if that serves one alone.
    fn items_of(&self, debit: &ForeignDebit, own: &Owed) -> Vec<&'b ItemRow> {
        let is_debt = |item: &&ItemRow| {
            item.said.fee.is_none() && self.books.kasse.config.fee_kinds.of(&item.said.kind).is_none()
        };
        let under = |key: &str| -> Vec<&'b ItemRow> {
            let key = self.aliases.get(key).map_or(key, String::as_str);
            self.situation.items.of_canonical(key).filter(is_debt).collect()
        };
        let references = std::iter::once(&own.kassenzeichen).chain(&own.others);
        let found = references.map(|reference| under(&canonical(reference))).find(|items| !items.is_empty());
        let by_mandate = || {
            let of = self.mandates.get(&canonical(&debit.mandate))?;
            of.first().filter(|_| of.len() == 1).map(|key| under(key))
        };
        found.or_else(by_mandate).unwrap_or_default()
    }

    fn meant(&self, debit: &ForeignDebit, day: Date, own: &Owed) -> Meant {
        let items: Vec<OwnItem> = self
            .items_of(debit, own)
            .into_iter()
            .map(|item| OwnItem {
                id: item.id,
                due: item.said.due,
                amount: Cents::new(item.said.amount),
                is_touched: self.is_touched(item.id),
            })
            .collect();
        meant(debit.amount, own.parts.iter().map(|part| part.posten.as_str()), day, &items)
    }

    /// Whether anything of an item is paid, collected or in doubt.
    fn is_touched(&self, item: i64) -> bool {
        let state = self.situation.states.get(&item).copied().unwrap_or_default();
        state.transferred > 0
            || self.debited.contains_key(&item)
            || self.situation.held().contains_key(&item)
            || self.is_kept_out(item)
    }

    fn is_kept_out(&self, item: i64) -> bool {
        let open = self.open.get(&item);
        open.is_some_and(|open| open.hand_held.is_some() || open.list_held || open.covered > Cents::ZERO)
    }

    /// What is on its way back pays nothing, and is no sign that nothing was paid either. Of a transfer of which a part stays, that part
    /// is placed in these books.
    fn turn_back(&self, outcome: &mut Outcome) {
        let (back, stays): (Vec<Proof>, Vec<Proof>) =
            outcome.proofs.drain(..).partition(|proof| self.going_back.contains_key(&proof.booking));
        outcome.proofs = stays;
        for proof in back {
            outcome.paid = outcome.paid.checked_sub(proof.amount).unwrap_or(Cents::ZERO);
            let stays = self.going_back.get(&proof.booking).map_or(0, |row| self.situation.allocations.sum(row.id));
            let Proof { booked, payer, amount, .. } = proof;
            if stays == 0 {
                outcome.own.doubts.push(OwnDoubt::GoesBack { booked, payer, amount });
            }
        }
    }

    /// Adds what is known of an item that a debit means.
    fn add(&self, outcome: &mut Outcome, item: i64) {
        let mut more = Cents::ZERO;
        let mut take = |amount: Cents| more = more.checked_add(amount).unwrap_or(more);
        for (booking, cents) in self.placed.get(&item).into_iter().flatten() {
            let copied = self.books.copied.get(booking).copied().unwrap_or_default();
            if outcome.proofs.iter().all(|known| known.booking != copied)
                && let Some(proof) = self.proof(*booking, copied, *cents)
            {
                take(proof.amount);
                outcome.proofs.push(proof);
            }
        }
        let mut own = self.debits_of(item);
        own.extend(self.paid_before(item));
        own.iter().for_each(|paid| take(paid.amount()));
        outcome.own.paid.extend(own);
        outcome.paid = outcome.paid.checked_add(more).unwrap_or(outcome.paid);
        for (case, _) in self.situation.held().get(&item).into_iter().flatten() {
            let told = outcome.doubts.iter().any(|doubt| self.is_copy_of(doubt.payment.booking, *case));
            outcome.own.doubts.extend(self.case(*case).filter(|doubt| !told && !outcome.own.doubts.contains(doubt)));
        }
        if self.is_kept_out(item) && !outcome.own.doubts.contains(&OwnDoubt::KeptOut) {
            outcome.own.doubts.push(OwnDoubt::KeptOut);
        }
    }

    /// Whether a booking of the check is the one that a case of these books is about.
    fn is_copy_of(&self, booking: i64, case: i64) -> bool {
        let own = self.by_case.get(&case).and_then(|own| self.books.copied.get(own));
        own.is_some_and(|own| *own == booking)
    }

    fn proof(&self, booking: i64, copied: i64, cents: i64) -> Option<Proof> {
        let row = self.situation.bookings.by_id(booking)?;
        Some(Proof {
            booking: copied,
            booked: row.booked,
            payer: row.counterparty.clone().unwrap_or_default(),
            reference: row.reference.clone(),
            amount: Cents::new(cents),
            text: row.remittance.clone(),
        })
    }

    fn case(&self, number: i64) -> Option<OwnDoubt> {
        let row = self.situation.bookings.by_id(*self.by_case.get(&number)?)?;
        let (payer, amount) = (row.counterparty.clone().unwrap_or_default(), Cents::new(row.amount.abs()));
        Some(OwnDoubt::Case { number, booked: row.booked, payer, amount })
    }

    /// The debits of ours that take of an item.
    fn debits_of(&self, item: i64) -> Vec<OwnPaid> {
        let of = |(debit, cents): &(i64, i64)| {
            let run = self.situation.run_of_debit().get(debit)?;
            let run = self.situation.runs.iter().find(|own| own.id == *run)?;
            let credited = self.situation.life.iter().find(|row| row.debit == *debit && row.kind == LifeKind::Settled);
            let is_here = self.situation.life_of(*debit).is_collected();
            let day = credited.filter(|_| is_here).map_or(run.due, |row| row.day);
            Some(OwnPaid::Collected { run: run.name.clone(), day, amount: Cents::new(*cents), is_here })
        };
        self.debited.get(&item).into_iter().flatten().filter_map(of).collect()
    }

    /// What a list says was paid before it was made.
    fn paid_before(&self, item: i64) -> Option<OwnPaid> {
        let placed: i64 = self.placed.get(&item).into_iter().flatten().map(|(_, cents)| cents).sum();
        let transferred = self.situation.states.get(&item).map_or(0, |state| state.transferred);
        (transferred > placed).then(|| OwnPaid::Before(Cents::new(transferred - placed)))
    }

    /// That one of several items is meant of which something is paid, collected or in doubt.
    fn which(&self, items: &[i64]) -> Option<OwnDoubt> {
        let touched: Vec<i64> = items.iter().copied().filter(|item| self.is_touched(*item)).collect();
        let of = |item: &i64| {
            let amount = self.situation.items.by_id(*item).map_or(0, |row| row.said.amount);
            let open = self.situation.open_of(*item);
            let held = self.situation.held().contains_key(item) || self.is_kept_out(*item);
            if held { amount } else { amount - open }
        };
        let sum: i64 = touched.iter().map(of).sum();
        (!touched.is_empty()).then(|| OwnDoubt::Which(Cents::new(sum)))
    }
}
