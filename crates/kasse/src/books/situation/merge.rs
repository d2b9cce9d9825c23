//! How a situation comes from the database: as a whole, or from what was remembered and the rows that came since.
//!
//! Invariant: a journal that has the entry that was the newest then holds everything that was there then (`store::journal`),
//! and rows only come on top. So what was remembered and the rows above its heights are what a fresh look finds. What a
//! transaction adds itself is seen by it alone: it is remembered only by who sees it committed.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::chain::Statement;
use ledger::unproven::{self, Fits, Line};
use sepa::{Cents, MandateId};
use store::{AliasRow, BookingRow, Heights, MandateRow, Moment, Tx};

use super::parts::{Bookings, Items, Lazy, Mandates};
use super::{HandHold, Situation};
use crate::books::likeness::{OWN_REFERENCE, says_something};
use crate::{Kasse, Result};

/// What was loaded last, and how far the books had grown at that moment: committed books, and those that a transaction
/// sees which is still underway.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    committed: Slot<Remembered>,
    underway: Slot<Underway>,
}

/// A place for the newest of something.
type Slot<T> = Arc<Mutex<Option<T>>>;

#[derive(Clone, Debug, Default)]
struct Remembered {
    head: (i64, String),
    heights: Heights,
    situation: Arc<Situation>,
}

/// What a transaction saw last of its own additions: it alone may go on from there.
#[derive(Clone, Debug)]
struct Underway {
    transaction: u64,
    heights: Heights,
    situation: Arc<Situation>,
    /// All that it can have touched so far.
    touched: Touched,
}

fn get<T: Clone>(slot: &Slot<T>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn put<T>(slot: &Slot<T>, new: Option<T>) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = new;
}

/// Of which items the counters can be others than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Touched {
    All,
    These(BTreeSet<i64>),
}

impl Touched {
    const NOTHING: Touched = Touched::These(BTreeSet::new());

    fn and(self, other: Touched) -> Touched {
        match (self, other) {
            (Touched::These(mut one), Touched::These(other)) => {
                one.extend(other);
                Touched::These(one)
            }
            _ => Touched::All,
        }
    }
}

/// The word of a mandate that was revoked.
pub(crate) const REVOKED: &str = "widerrufen";

/// Counters of more items than these are loaded with those of all.
const FEW: usize = 200;

impl Kasse {
    /// The books at the moment of a transaction, with what has been added in it.
    pub(crate) async fn situation(&self, tx: &mut impl Moment) -> Result<Arc<Situation>> {
        Ok(self.situation_since(tx).await?.0)
    }

    /// The same, with the items that rows which no committed situation knew yet can have touched: at least those that this
    /// transaction touched.
    pub(crate) async fn situation_since(&self, tx: &mut impl Moment) -> Result<(Arc<Situation>, Touched)> {
        let Some(transaction) = tx.added_by() else { return Ok((self.committed(tx).await?, Touched::NOTHING)) };
        let own = get(&self.memory.of::<Known>().underway).filter(|own| own.transaction == transaction);
        let (before, mut next, earlier) = match own {
            Some(own) => (own.heights, Situation::clone(&own.situation), own.touched),
            None => {
                let known = self.usable(tx).await?.unwrap_or_default();
                (known.heights, Situation::clone(&known.situation), Touched::NOTHING)
            }
        };
        let heights = store::heights(tx).await?;
        let touched = next.merge(tx, &before, &heights).await?.and(earlier);
        // counters are the only rows that change: this transaction may have written those of all that it touched
        next.load_states(tx, &touched).await?;
        let situation = Arc::new(next);
        let shared = Arc::clone(&situation);
        put(
            &self.memory.of::<Known>().underway,
            Some(Underway { transaction, heights, situation: shared, touched: touched.clone() }),
        );
        Ok((situation, touched))
    }

    /// Whether this process has loaded the books before.
    pub(crate) fn remembers(&self) -> bool {
        get(&self.memory.of::<Known>().committed).is_some()
    }

    /// The books as they are committed.
    async fn committed(&self, tx: &mut Tx) -> Result<Arc<Situation>> {
        put(&self.memory.of::<Known>().underway, None);
        let head = store::head(tx).await?;
        let known = self.usable(tx).await?.unwrap_or_default();
        if known.head == head {
            return Ok(known.situation);
        }
        let heights = store::heights(tx).await?;
        let mut next = Situation::clone(&known.situation);
        let touched = next.merge(tx, &known.heights, &heights).await?;
        next.load_states(tx, &touched).await?;
        let situation = Arc::new(next);
        put(
            &self.memory.of::<Known>().committed,
            Some(Remembered { head, heights, situation: Arc::clone(&situation) }),
        );
        Ok(situation)
    }

    /// What was remembered, if these books go on from there.
    async fn usable(&self, tx: &mut Tx) -> Result<Option<Remembered>> {
        match get(&self.memory.of::<Known>().committed) {
            Some(known) if store::has_entry(tx, &known.head).await? => Ok(Some(known)),
            _ => Ok(None),
        }
    }
}

impl Situation {
    /// All of it, whatever was loaded before.
    pub(crate) async fn load(tx: &mut Tx) -> Result<Situation> {
        let mut all = Situation::default();
        let heights = store::heights(tx).await?;
        let touched = all.merge(tx, &Heights::default(), &heights).await?;
        all.load_states(tx, &touched).await?;
        Ok(all)
    }

    /// Loads what came since but for the counters, and says what it can have touched.
    async fn merge(&mut self, tx: &mut Tx, before: &Heights, now: &Heights) -> Result<Touched> {
        let grown = |tables: &[&str]| tables.iter().any(|table| before.of(table) != now.of(table));
        self.reload_lists(tx, &grown).await?;
        if grown(&["booking", "entry", "statement", "sighting"]) {
            let statements: Vec<Statement> =
                store::statements(tx).await?.iter().map(super::chains::statement).collect();
            let bookings = doubted(tx, &statements).await?;
            self.reported = Arc::new(bookings.iter().filter(|row| row.provisional).map(|row| row.id).collect());
            self.bookings = Arc::new(Bookings::new(money(bookings, &statements)));
        }
        if grown(&["booking", "entry", "statement", "sighting", "source_file", "as_of_correction", "verdict"]) {
            self.pairs = Lazy::default();
        }
        if grown(&["source_file", "as_of_correction"]) {
            self.as_of = store::as_of(tx).await?;
        }
        if grown(&["hand_hold", "hold_lift"]) {
            self.hand_holds = Arc::new(hand_holds(tx).await?);
        }
        if grown(&["credit_note"]) {
            self.credit_notes = Arc::new(crate::books::credit_notes::standing(tx).await?);
        }
        if grown(&["deferral", "deferral_kind", "deferral_end"]) {
            self.deferrals = Arc::new(crate::books::deferrals::standing(tx).await?);
        }
        if grown(&["handover_item", "handover_end"]) {
            self.handed_over = Arc::new(store::handed_over(tx).await?.into_iter().collect());
        }
        let mut touched = self.add_decisions(tx, before, &grown).await?;
        touched.extend(self.add_runs(tx, before, &grown).await?);
        self.add_refunds(tx, before, &grown).await?;
        touched.extend(self.absorb(&grown));
        Ok(if grown(&["item", "assessment"]) { Touched::All } else { Touched::These(touched) })
    }

    /// What lists say: a new one may say something of anything.
    async fn reload_lists(&mut self, tx: &mut Tx, grown: &impl Fn(&[&str]) -> bool) -> Result<()> {
        if grown(&["item", "assessment", "mandate", "account_confirmation"]) {
            self.plan_mandates = Lazy::default();
        }
        if grown(&["item", "assessment"]) {
            self.items = Arc::new(Items::new(store::items(tx).await?));
            self.former = Arc::new(store::former_assessments(tx).await?);
        }
        if grown(&["mandate"]) {
            let mandates = store::mandates(tx).await?;
            self.mandates = Arc::new(Mandates::new(newest(&mandates)));
            self.mandate_rows = Arc::new(mandates.into_iter().map(|row| (row.id, row)).collect());
        }
        if grown(&["account_confirmation"]) {
            self.confirmed_accounts = Arc::new(store::confirmed_accounts(tx).await?.into_iter().collect());
        }
        if grown(&["alias"]) {
            self.aliases = Arc::new(aliases(tx).await?);
        }
        Ok(())
    }

    /// Adds verdicts and what they made; says which items were paid or freed.
    async fn add_decisions(
        &mut self,
        tx: &mut Tx,
        before: &Heights,
        grown: &impl Fn(&[&str]) -> bool,
    ) -> Result<BTreeSet<i64>> {
        let mut touched = BTreeSet::new();
        if grown(&["verdict", "hold", "case_file"]) {
            self.held = Lazy::default();
        }
        if grown(&["verdict"]) {
            let (verdicts, holds) = (Arc::make_mut(&mut self.verdicts), Arc::make_mut(&mut self.holds));
            for row in store::verdicts(tx, before.of("verdict")).await? {
                verdicts.add(row).into_iter().for_each(|older| holds.remove(older));
            }
        }
        if grown(&["hold"]) {
            let holds = Arc::make_mut(&mut self.holds);
            store::holds(tx, before.of("hold")).await?.into_iter().for_each(|row| holds.add(row));
        }
        if grown(&["allocation"]) {
            let rows = store::allocations(tx, before.of("allocation")).await?;
            Arc::make_mut(&mut self.allocations).add(&rows);
            touched.extend(rows.iter().map(|row| row.item));
        }
        if grown(&["case_file"]) {
            let rows = store::cases(tx, before.of("case_file")).await?;
            Arc::make_mut(&mut self.cases).extend(rows.into_iter().map(|case| (case.booking, case.id)));
        }
        Ok(touched)
    }

    /// Adds runs and what happened to them; says of which items they take more or less.
    async fn add_runs(
        &mut self,
        tx: &mut Tx,
        before: &Heights,
        grown: &impl Fn(&[&str]) -> bool,
    ) -> Result<BTreeSet<i64>> {
        let mut touched = BTreeSet::new();
        if !grown(&["run", "debit", "claim", "unclaimed", "run_event", "debit_event"]) {
            return Ok(touched);
        }
        self.collected = Lazy::default();
        self.plan_mandates = Lazy::default();
        if grown(&["run"]) {
            Arc::make_mut(&mut self.runs).extend(store::runs(tx, before.of("run")).await?);
        }
        if grown(&["debit"]) {
            Arc::make_mut(&mut self.debits).extend(store::debits(tx, before.of("debit")).await?);
        }
        if grown(&["claim"]) {
            let rows = store::claims(tx, before.of("claim")).await?;
            touched.extend(rows.iter().map(|row| row.item));
            Arc::make_mut(&mut self.claims).extend(rows);
        }
        if grown(&["unclaimed"]) {
            Arc::make_mut(&mut self.unclaimed).extend(store::unclaimed(tx, before.of("unclaimed")).await?);
        }
        if grown(&["run_event"]) {
            let rows = store::events(tx, before.of("run_event")).await?;
            let runs: BTreeSet<i64> = rows.iter().map(|row| row.run).collect();
            Arc::make_mut(&mut self.events).extend(rows);
            let debits = self.debits.iter().filter(|debit| runs.contains(&debit.run));
            let debits: BTreeSet<i64> = debits.map(|debit| debit.id).collect();
            touched.extend(self.claims.iter().filter(|claim| debits.contains(&claim.debit)).map(|claim| claim.item));
        }
        if grown(&["debit_event"]) {
            let rows = store::life(tx, before.of("debit_event")).await?;
            let debits: BTreeSet<i64> = rows.iter().map(|row| row.debit).collect();
            Arc::make_mut(&mut self.life).extend(rows);
            touched.extend(self.claims.iter().filter(|claim| debits.contains(&claim.debit)).map(|claim| claim.item));
        }
        Ok(touched)
    }

    /// Adds wishes about debits, runs of refunds, and what became of them.
    async fn add_refunds(&mut self, tx: &mut Tx, before: &Heights, grown: &impl Fn(&[&str]) -> bool) -> Result<()> {
        if grown(&["debit_recall"]) {
            self.recalls = Arc::new(store::recalls(tx).await?);
        }
        if !grown(&["run", "run_event", "refund", "refund_event", "refund_account"]) {
            return Ok(());
        }
        self.refunding = Lazy::default();
        if grown(&["run"]) {
            Arc::make_mut(&mut self.refund_runs).extend(store::refund_runs(tx, before.of("run")).await?);
        }
        if grown(&["refund"]) {
            // what a refund pays takes back no credit
            self.pairs = Lazy::default();
            Arc::make_mut(&mut self.refunds).extend(store::refunds(tx, before.of("refund")).await?);
        }
        if grown(&["refund_event"]) {
            let rows = store::refund_events(tx, before.of("refund_event")).await?;
            Arc::make_mut(&mut self.refund_events).extend(rows);
        }
        if grown(&["refund_account"]) {
            self.refund_accounts = Arc::new(store::refund_accounts(tx).await?);
        }
        Ok(())
    }

    /// What debits take beside their claims is for whatever has room: each payment can change that. Says of which items.
    fn absorb(&mut self, grown: &impl Fn(&[&str]) -> bool) -> BTreeSet<i64> {
        let depends_on = ["item", "assessment", "allocation", "claim", "unclaimed", "run_event", "debit_event"];
        if self.unclaimed.is_empty() || !grown(&depends_on) {
            return BTreeSet::new();
        }
        self.collected = Lazy::default();
        let rests: BTreeSet<i64> = self.unclaimed.iter().map(|row| row.debit).collect();
        let debits = self.debits.iter().filter(|debit| rests.contains(&debit.id));
        let own = debits.flat_map(|debit| self.items.of_canonical(&canonical(&debit.kassenzeichen)));
        own.map(|item| item.id).collect()
    }

    /// Counters follow from facts: those of an item change only with what touches it.
    async fn load_states(&mut self, tx: &mut Tx, touched: &Touched) -> Result<()> {
        match touched {
            Touched::These(items) if items.len() <= FEW => {
                if items.is_empty() {
                    return Ok(());
                }
                let states = Arc::make_mut(&mut self.states);
                for item in items {
                    if let Some(state) = store::state(tx, *item).await? {
                        states.insert(*item, state);
                    }
                }
            }
            Touched::These(_) | Touched::All => {
                let states = store::states(tx).await?.into_iter().map(|state| (state.item, state));
                self.states = Arc::new(states.collect());
            }
        }
        Ok(())
    }
}

/// Of rows about mandates the newest of each and its Kassenzeichen, however that is spelt, in the order in which it was said.
/// A mandate is revoked as a whole: under all its Kassenzeichen, once one of them says so.
pub(super) fn newest(rows: &[MandateRow]) -> Vec<MandateRow> {
    let mut newest: HashMap<(String, String), &MandateRow> = HashMap::new();
    for row in rows {
        newest.insert((MandateId::key(&row.said.reference), canonical(&row.said.kassenzeichen)), row);
    }
    let revoked: HashSet<&str> =
        newest.iter().filter(|(_, row)| row.said.status == REVOKED).map(|((key, _), _)| key.as_str()).collect();
    let now = newest.iter().map(|((key, _), row)| {
        let mut row = MandateRow::clone(row);
        if revoked.contains(key.as_str()) {
            REVOKED.clone_into(&mut row.said.status);
        }
        row
    });
    let mut newest: Vec<MandateRow> = now.collect();
    newest.sort_by_key(|row| row.id);
    newest
}

pub(super) async fn hand_holds(tx: &mut Tx) -> Result<Vec<HandHold>> {
    let lifts = store::hold_lifts(tx).await?;
    let holds = store::hand_holds(tx).await?.into_iter().map(|row| {
        let signed = lifts.iter().filter(|lift| lift.hand_hold == row.id).map(|lift| lift.actor.clone());
        HandHold { lifting: signed.collect(), row }
    });
    Ok(holds.filter(|hold| hold.lifting.len() < hold.signatures()).collect())
}

pub(super) async fn aliases(tx: &mut Tx) -> Result<Vec<AliasRow>> {
    let mut aliases: Vec<AliasRow> = newest_aliases(store::aliases(tx).await?).into_values().collect();
    aliases.sort_by(|one, other| one.old.cmp(&other.old));
    Ok(aliases)
}

/// Every booking; what a statement that does not fit together casts doubt on says so.
async fn doubted(tx: &mut Tx, statements: &[Statement]) -> Result<Vec<BookingRow>> {
    let mut bookings = store::bookings(tx).await?;
    let mut fits = Fits::new(statements.iter().map(|one| (one.id, one.unexplained())));
    if fits.all() {
        return Ok(bookings);
    }
    let whole = ledger::pages::wholes(statements).into_iter().flat_map(|(places, _)| places);
    whole.filter_map(|place| statements.get(place)).for_each(|page| fits.vouch(page.id));
    let lines: Vec<Line> = bookings
        .iter()
        .map(|row| Line {
            id: row.id,
            statement: row.statement,
            amount: Cents::new(row.amount),
            reversal: row.reversal,
        })
        .collect();
    let doubts = unproven::doubted(&fits, &lines, &store::sightings(tx).await?);
    for row in &mut bookings {
        if let Some(doubt) = doubts.get(&row.id) {
            row.finding.get_or_insert_with(|| doubt.text().to_owned());
        }
    }
    Ok(bookings)
}

/// The bookings without those for which others stand, without advices that resolve nothing, and without what intraday
/// reports told and statements tell by now.
fn money(mut bookings: Vec<BookingRow>, statements: &[Statement]) -> Vec<BookingRow> {
    if !bookings.iter().any(|booking| booking.advised) {
        return bookings;
    }
    let advice = |row: &&BookingRow| row.stands_for.is_none() && !row.provisional;
    let lines: Vec<ledger::advices::Line> = bookings
        .iter()
        .filter(advice)
        .map(|row| ledger::advices::Line {
            id: row.id,
            account: row.account.clone(),
            entry: row.entry,
            details: row.details,
            amount: Cents::new(row.amount),
            booked: row.booked,
            announced: row.announced,
            entry_reference: row.entry_reference.clone(),
            joins: row.message_id.iter().chain(&row.batch_reference).cloned().collect(),
            advised: row.advised,
        })
        .collect();
    let ledger::advices::NotMoney { mut left_out, doubts } = ledger::advices::not_money(&lines);
    let told: Vec<(i64, Cents, Option<i64>)> =
        bookings.iter().map(|row| (row.id, Cents::new(row.amount), row.stands_for)).collect();
    ledger::details::stand_for(&told, &mut left_out);
    left_out.extend(told_by_now(&bookings, statements, |id| left_out.contains(&id) || doubts.contains(&id)));
    bookings.retain(|booking| !left_out.contains(&booking.id));
    bookings.iter_mut().filter(|row| doubts.contains(&row.id)).for_each(|row| row.provisional = true);
    bookings
}

/// What intraday reports told and statements tell by now, or that is no credit: a debit takes nothing back before it is booked.
fn told_by_now(bookings: &[BookingRow], statements: &[Statement], is_none: impl Fn(i64) -> bool) -> HashSet<i64> {
    if !bookings.iter().any(|row| row.provisional) {
        return HashSet::new();
    }
    let lines: Vec<ledger::provisional::Line<'_>> = bookings
        .iter()
        .filter(|row| row.provisional || !is_none(row.id))
        .map(|row| ledger::provisional::Line {
            id: row.id,
            account: &row.account,
            entry: row.entry,
            amount: Cents::new(row.amount),
            booked: row.booked,
            references: bank_references(row),
            iban: row.counterparty_iban.as_deref(),
            name: row.counterparty.as_deref(),
            text: &row.remittance,
            provisional: row.provisional,
        })
        .collect();
    let proven: Vec<_> = statements.iter().filter(|one| one.fits()).map(proven_days).collect();
    let mut gone = ledger::provisional::dissolved(&lines, &proven);
    gone.extend(bookings.iter().filter(|row| row.provisional && row.amount < 0).map(|row| row.id));
    gone
}

/// The bank's references of a booking and its entry, those that say something.
fn bank_references(row: &BookingRow) -> Vec<&str> {
    let own = Some(row.reference.as_str()).filter(|reference| !reference.starts_with(OWN_REFERENCE));
    own.into_iter().chain(row.entry_reference.as_deref()).filter(|text| says_something(text)).collect()
}

fn proven_days(statement: &Statement) -> (String, Date, Date) {
    (statement.account.clone(), statement.days.0, statement.days.1)
}

/// By canonical form, what each old reference leads to now.
pub(crate) fn newest_aliases(rows: Vec<AliasRow>) -> HashMap<String, AliasRow> {
    rows.into_iter().map(|row| (canonical(&row.old), row)).collect()
}
