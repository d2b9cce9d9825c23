//! Everything that the books hold at one moment, as plain data for the rules.
//!
//! Invariant: seen from one transaction, so that no part is newer than another. What was loaded before is used again only
//! where the journal says that its tables have no new rows: every row that is added stands in the journal (`store::journal`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::deferral::{Deferral, Deferrals};
use ledger::gate::Stage;
use ledger::unproven::{self, Fits, Line};
use sepa::{Cents, CreditorId, Iban};
use store::{
    AliasRow, AllocationRow, Booked, BookingRow, CaseRow, ClaimRow, ConfirmationKind, DebitRow, EventKind, EventRow,
    HandHoldRow, HoldRow, ItemRow, MandateRow, Moment, RunRow, StateRow, StatementRow, Tx, VerdictRow,
};

use crate::{Kasse, Result};

/// What was loaded last, and the journal's head at that moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Arc<Mutex<Option<Remembered>>>);

#[derive(Clone, Debug)]
struct Remembered {
    head: (i64, String),
    situation: Arc<Situation>,
}

impl Known {
    fn get(&self) -> Option<Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, head: (i64, String), situation: &Arc<Situation>) {
        let situation = Arc::clone(situation);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Remembered { head, situation });
    }
}

impl Kasse {
    /// The books at the moment of a transaction, with what has been added in it.
    pub(crate) async fn situation(&self, tx: &mut impl Moment) -> Result<Arc<Situation>> {
        let own = tx.added_to();
        let head = store::head(tx).await?;
        let (mut next, mut changed) = match self.known.get() {
            Some(known) if known.head == head => (known.situation, Some(Vec::new())),
            Some(known) => (known.situation, store::added_since(tx, &known.head).await?),
            None => (Arc::default(), None),
        };
        changed.iter_mut().for_each(|changed| changed.extend(own.iter().map(|table| (*table).to_owned())));
        if changed.as_ref().is_some_and(Vec::is_empty) {
            return Ok(next);
        }
        let is_new = |tables: &[&str]| {
            changed.as_ref().is_none_or(|changed| changed.iter().any(|changed| tables.contains(&changed.as_str())))
        };
        Arc::make_mut(&mut next).reload(tx, is_new).await?;
        if own.is_empty() {
            self.known.keep(head, &next);
        }
        Ok(next)
    }
}

/// The books at one moment; what has not changed from one to the next they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Situation {
    pub(crate) items: Arc<Vec<ItemRow>>,
    /// What earlier lists said of items: id, assessed amount, paid before; oldest first.
    pub(crate) former: Arc<Vec<(i64, i64, i64)>>,
    pub(crate) states: Arc<HashMap<i64, StateRow>>,
    /// The newest row of each mandate and Kassenzeichen.
    pub(crate) mandates: Arc<Vec<MandateRow>>,
    /// Every row that ever said something of a mandate, by id: debits name such rows.
    pub(crate) mandate_rows: Arc<HashMap<i64, MandateRow>>,
    /// Rows of mandates whose accounts a person has confirmed.
    pub(crate) confirmed_accounts: Arc<HashSet<i64>>,
    /// Every booking that is money: a batch or its details, never both.
    pub(crate) bookings: Arc<Vec<BookingRow>>,
    /// The newest verdict of each booking.
    pub(crate) verdicts: Arc<HashMap<i64, VerdictRow>>,
    pub(crate) allocations: Arc<Vec<AllocationRow>>,
    /// What the newest verdicts hold.
    pub(crate) holds: Arc<Vec<HoldRow>>,
    /// Booking -> number of its case.
    pub(crate) cases: Arc<HashMap<i64, i64>>,
    pub(crate) runs: Arc<Vec<RunRow>>,
    pub(crate) debits: Arc<Vec<DebitRow>>,
    pub(crate) claims: Arc<Vec<ClaimRow>>,
    pub(crate) events: Arc<Vec<EventRow>>,
    /// Up to this day the old system had posted.
    pub(crate) as_of: Option<Date>,
    /// Holds by hand that nobody has lifted, with who has signed for it so far.
    pub(crate) hand_holds: Arc<Vec<HandHold>>,
    /// Deferrals that nobody has ended.
    pub(crate) deferrals: Arc<Vec<Deferral>>,
    /// Old references and what they lead to, in the order of the old ones.
    pub(crate) aliases: Arc<Vec<AliasRow>>,
}

impl Situation {
    /// All of it, whatever was loaded before.
    pub(crate) async fn load(tx: &mut Tx) -> Result<Situation> {
        let mut all = Situation::default();
        all.reload(tx, |_| true).await?;
        Ok(all)
    }

    /// Loads the parts whose tables have changed.
    async fn reload(&mut self, tx: &mut Tx, changed: impl Fn(&[&str]) -> bool) -> Result<()> {
        // counters follow from facts of many tables
        self.states = Arc::new(store::states(tx).await?.into_iter().map(|state| (state.item, state)).collect());
        if changed(&["item", "assessment"]) {
            self.items = Arc::new(store::items(tx).await?);
            self.former = Arc::new(store::former_assessments(tx).await?);
        }
        if changed(&["mandate"]) {
            let mandates = store::mandates(tx).await?;
            self.mandates = Arc::new(store::latest_mandates(&mandates).into_iter().cloned().collect());
            self.mandate_rows = Arc::new(mandates.into_iter().map(|row| (row.id, row)).collect());
        }
        if changed(&["account_confirmation"]) {
            self.confirmed_accounts = Arc::new(store::confirmed_accounts(tx).await?.into_iter().collect());
        }
        if changed(&["booking", "entry", "statement", "sighting"]) {
            self.bookings = Arc::new(money(doubted(tx).await?));
        }
        if changed(&["source_file"]) {
            self.as_of = store::as_of(tx).await?;
        }
        if changed(&["alias"]) {
            self.aliases = Arc::new(aliases(tx).await?);
        }
        if changed(&["hand_hold", "hold_lift"]) {
            self.hand_holds = Arc::new(hand_holds(tx).await?);
        }
        if changed(&["deferral", "deferral_kind", "deferral_end"]) {
            self.deferrals = Arc::new(crate::deferral::standing(tx).await?);
        }
        self.reload_decisions(tx, &changed).await?;
        self.reload_runs(tx, &changed).await
    }

    async fn reload_decisions(&mut self, tx: &mut Tx, changed: &impl Fn(&[&str]) -> bool) -> Result<()> {
        if changed(&["verdict"]) {
            let verdicts = store::verdicts(tx).await?;
            self.verdicts = Arc::new(verdicts.into_iter().map(|verdict| (verdict.said.booking, verdict)).collect());
        }
        if changed(&["allocation"]) {
            self.allocations = Arc::new(store::allocations(tx).await?);
        }
        if changed(&["hold", "verdict"]) {
            self.holds = Arc::new(store::holds(tx).await?);
        }
        if changed(&["case_file"]) {
            let cases: Vec<CaseRow> = store::cases(tx).await?;
            self.cases = Arc::new(cases.into_iter().map(|case| (case.booking, case.id)).collect());
        }
        Ok(())
    }

    async fn reload_runs(&mut self, tx: &mut Tx, changed: &impl Fn(&[&str]) -> bool) -> Result<()> {
        if changed(&["run"]) {
            self.runs = Arc::new(store::runs(tx).await?);
        }
        if changed(&["debit"]) {
            self.debits = Arc::new(store::debits(tx).await?);
        }
        if changed(&["claim"]) {
            self.claims = Arc::new(store::claims(tx).await?);
        }
        if changed(&["run_event"]) {
            self.events = Arc::new(store::events(tx).await?);
        }
        Ok(())
    }

    /// What is placed of each booking, counter-entries respected: (booking, item) -> cents, without zeros.
    pub(crate) fn placed(&self) -> BTreeMap<(i64, i64), i64> {
        let mut placed = BTreeMap::new();
        for part in self.allocations.iter() {
            *placed.entry((part.booking, part.item)).or_insert(0) += part.amount;
        }
        placed.retain(|_, amount| *amount != 0);
        placed
    }

    /// What is placed of one booking: item -> cents.
    pub(crate) fn parts_of(&self, booking: i64) -> BTreeMap<i64, i64> {
        let mut parts = BTreeMap::new();
        for part in self.allocations.iter().filter(|part| part.booking == booking) {
            *parts.entry(part.item).or_insert(0) += part.amount;
        }
        parts.retain(|_, amount| *amount != 0);
        parts
    }

    /// What each debit claims of each item now: (debit, item) -> cents, without zeros.
    pub(crate) fn claimed(&self) -> BTreeMap<(i64, i64), i64> {
        let mut claimed = BTreeMap::new();
        for claim in self.claims.iter() {
            *claimed.entry((claim.debit, claim.item)).or_insert(0) += claim.amount;
        }
        claimed.retain(|_, amount| *amount != 0);
        claimed
    }

    /// What debits that have left the house take of each item: item -> cents. No transfer can pay that.
    pub(crate) fn gone(&self) -> HashMap<i64, i64> {
        let (stages, runs) = (self.stages(), self.run_of_debit());
        let mut gone = HashMap::new();
        for ((debit, item), amount) in self.claimed() {
            let stage = runs.get(&debit).and_then(|run| stages.get(run));
            if stage.is_some_and(|stage| stage.is_living() && !stage.yields_to_money()) {
                *gone.entry(item).or_insert(0) += amount;
            }
        }
        gone
    }

    /// Where each run stands.
    pub(crate) fn stages(&self) -> HashMap<i64, Stage> {
        self.runs.iter().map(|run| (run.id, stage(&self.events, run.id))).collect()
    }

    /// Debit -> run.
    pub(crate) fn run_of_debit(&self) -> HashMap<i64, i64> {
        self.debits.iter().map(|debit| (debit.id, debit.run)).collect()
    }

    /// Item -> the oldest open case that holds it, and why.
    pub(crate) fn held(&self) -> HashMap<i64, Vec<(i64, String)>> {
        let booking_of: HashMap<i64, i64> = self.verdicts.values().map(|v| (v.id, v.said.booking)).collect();
        let mut held: HashMap<i64, Vec<(i64, String)>> = HashMap::new();
        for hold in self.holds.iter() {
            let case = booking_of.get(&hold.verdict).and_then(|booking| self.cases.get(booking));
            if let Some(case) = case {
                held.entry(hold.item).or_default().push((*case, hold.reason.clone()));
            }
        }
        held.values_mut().for_each(|cases| cases.sort());
        held
    }

    /// Item -> the holds by hand on it.
    pub(crate) fn hand_held(&self) -> HashMap<i64, Vec<&HandHold>> {
        let mut held: HashMap<i64, Vec<&HandHold>> = HashMap::new();
        if self.hand_holds.is_empty() {
            return held;
        }
        for item in self.items.iter() {
            let own = canonical(&item.kassenzeichen);
            let on = self.hand_holds.iter().filter(|hold| hold.covers(item.id, &own));
            on.for_each(|hold| held.entry(item.id).or_default().push(hold));
        }
        held
    }

    /// What neither money nor a debit takes of an item, cents.
    pub(crate) fn open_of(&self, item: i64) -> i64 {
        let state = self.states.get(&item);
        state.map_or(0, |state| state.amount - state.transferred - state.in_collection - state.collected)
    }

    /// The first day on which an item may be collected.
    pub(crate) fn collectable_from(&self, item: &ItemRow) -> Date {
        Deferrals(&self.deferrals).collectable_from(&item.said.kind, item.said.due)
    }

    /// The mandates as planning looks at them, their Kassenzeichen spelt as the items are.
    pub(crate) fn plan_mandates(&self) -> Vec<ledger::plan::Mandate> {
        let printed = self.printed();
        let (uses, unconfirmed) = (self.own_uses(), crate::accounts::unconfirmed(self));
        self.mandates
            .iter()
            .filter_map(|row| {
                let said = &row.said;
                let own = uses.get(said.reference.as_str());
                Some(ledger::plan::Mandate {
                    id: row.id,
                    reference: said.reference.clone(),
                    kassenzeichen: printed_as(&printed, &said.kassenzeichen),
                    active: said.status == "aktiv",
                    b2b: said.scheme == "B2B",
                    one_off: said.one_off,
                    signed: said.signed,
                    last_used: said.last_used.max(own.copied().flatten()),
                    in_run: own.is_some(),
                    creditor: said.creditor_id.as_deref().and_then(|id| CreditorId::parse(id).ok()),
                    iban: Iban::parse(&said.iban).ok()?,
                    unconfirmed_account: unconfirmed.contains(&row.id),
                    nameable: !sepa::transliterate(&said.holder).is_empty(),
                })
            })
            .collect()
    }

    /// Mandates that a living run debits by, and the last collection whose file was written.
    fn own_uses(&self) -> HashMap<&str, Option<Date>> {
        let (stages, claimed) = (self.stages(), self.claimed());
        let living = self.runs.iter().filter_map(|run| {
            let stage = stages.get(&run.id).filter(|stage| stage.is_living())?;
            Some((run.id, Some(run.due).filter(|_| !stage.yields_to_money())))
        });
        let living: HashMap<i64, Option<Date>> = living.collect();
        let mut uses: HashMap<&str, Option<Date>> = HashMap::new();
        for debit in self.debits.iter() {
            let takes = claimed.range((debit.id, i64::MIN)..=(debit.id, i64::MAX)).any(|(_, amount)| *amount > 0);
            let mandate = self.mandate_rows.get(&debit.mandate).filter(|_| takes);
            if let (Some(day), Some(mandate)) = (living.get(&debit.run), mandate) {
                let known = uses.entry(mandate.said.reference.as_str()).or_default();
                *known = (*known).max(*day);
            }
        }
        uses
    }

    /// Canonical form -> the Kassenzeichen as the items print it.
    pub(crate) fn printed(&self) -> HashMap<String, String> {
        self.items.iter().map(|item| (canonical(&item.kassenzeichen), item.kassenzeichen.clone())).collect()
    }

    /// Credits that no `match` has seen.
    pub(crate) fn pending(&self) -> usize {
        self.bookings.iter().filter(|b| b.amount > 0 && !self.verdicts.contains_key(&b.id)).count()
    }

    /// Cases without a complete hold: number and cents of the booking.
    pub(crate) fn residual_cases(&self) -> impl Iterator<Item = (i64, i64)> {
        let open = self.bookings.iter().filter(|booking| {
            self.verdicts.get(&booking.id).is_some_and(|v| v.said.decision == "case" && !v.said.hold_complete)
        });
        open.map(|booking| (self.cases.get(&booking.id).copied().unwrap_or(0), booking.amount))
    }

    /// How many such cases there are, and their sum.
    pub(crate) fn residual(&self) -> (usize, Cents) {
        let amounts: Vec<Cents> = self.residual_cases().map(|(_, amount)| Cents::new(amount)).collect();
        (amounts.len(), Cents::sum(amounts.iter().copied()).unwrap_or(Cents::ZERO))
    }
}

/// A hold by hand that stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HandHold {
    pub(crate) row: HandHoldRow,
    /// Who has signed under its lifting.
    pub(crate) lifting: Vec<String>,
}

impl HandHold {
    fn covers(&self, item: i64, canonical_kassenzeichen: &str) -> bool {
        match self.row.item {
            Some(own) => own == item,
            None => canonical(&self.row.kassenzeichen) == canonical_kassenzeichen,
        }
    }

    /// Its last day.
    pub(crate) fn until(&self) -> Date {
        self.row.until.unwrap_or(Date::MAX)
    }
}

/// People who must sign before a hold is lifted.
pub(crate) const LIFTING_SIGNATURES: usize = 2;

async fn hand_holds(tx: &mut Tx) -> Result<Vec<HandHold>> {
    let lifts = store::hold_lifts(tx).await?;
    let holds = store::hand_holds(tx).await?.into_iter().map(|row| {
        let signed = lifts.iter().filter(|lift| lift.hand_hold == row.id).map(|lift| lift.actor.clone());
        HandHold { lifting: signed.collect(), row }
    });
    Ok(holds.filter(|hold| hold.lifting.len() < LIFTING_SIGNATURES).collect())
}

async fn aliases(tx: &mut Tx) -> Result<Vec<AliasRow>> {
    let mut aliases: Vec<AliasRow> = crate::aliases::newest(store::aliases(tx).await?).into_values().collect();
    aliases.sort_by(|one, other| one.old.cmp(&other.old));
    Ok(aliases)
}

/// Every booking; what a statement that does not fit together casts doubt on says so.
async fn doubted(tx: &mut Tx) -> Result<Vec<BookingRow>> {
    let mut bookings = store::bookings(tx).await?;
    let statements = store::statements(tx).await?;
    let fits = Fits::new(statements.iter().map(|row| (row.id, row.unexplained().map(Cents::new))));
    if fits.all() {
        return Ok(bookings);
    }
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

/// The bookings without the batches that an advice resolves, and without advices that resolve nothing.
fn money(mut bookings: Vec<BookingRow>) -> Vec<BookingRow> {
    if !bookings.iter().any(|booking| booking.advised) {
        return bookings;
    }
    let lines: Vec<ledger::advices::Line> = bookings
        .iter()
        .map(|row| ledger::advices::Line {
            id: row.id,
            account: row.account.clone(),
            entry: row.entry,
            details: row.details,
            amount: Cents::new(row.amount),
            booked: row.booked,
            references: row.entry_reference.iter().chain(&row.batch_reference).cloned().collect(),
            advised: row.advised,
        })
        .collect();
    let left_out = ledger::advices::not_money(&lines);
    bookings.retain(|booking| !left_out.contains(&booking.id));
    bookings
}

/// The Kassenzeichen as the items print it, else as it stands.
pub(crate) fn printed_as(printed: &HashMap<String, String>, kassenzeichen: &str) -> String {
    printed.get(&canonical(kassenzeichen)).cloned().unwrap_or_else(|| kassenzeichen.to_owned())
}

/// Where a run stands, by what happened to it.
pub(crate) fn stage(events: &[EventRow], run: i64) -> Stage {
    events.iter().filter(|event| event.run == run).fold(Stage::Planned, |stage, event| match event.kind {
        EventKind::Announced | EventKind::Signed | EventKind::ExportedAgain => stage,
        EventKind::Released => Stage::Released,
        EventKind::Voided => Stage::Planned,
        EventKind::Exported | EventKind::TakenOver => Stage::Exported,
        EventKind::Sent => Stage::Sent,
        EventKind::Cancelled => Stage::Cancelled,
        EventKind::Void => Stage::Void,
    })
}

/// What each statement tells, whether it told of it first or again.
async fn told(tx: &mut Tx) -> Result<HashMap<i64, Vec<ledger::chain::Line>>> {
    let lines = store::booking_lines(tx).await?;
    let line = |row: &Booked| ledger::chain::Line { id: row.id, day: row.day, amount: Cents::new(row.amount) };
    let by_id: HashMap<i64, ledger::chain::Line> = lines.iter().map(|row| (row.id, line(row))).collect();
    let mut told: HashMap<i64, Vec<ledger::chain::Line>> = HashMap::new();
    for row in &lines {
        told.entry(row.statement).or_default().push(line(row));
    }
    for (statement, booking) in store::sightings(tx).await? {
        told.entry(statement).or_default().extend(by_id.get(&booking));
    }
    Ok(told)
}

/// The chains of the treasury's accounts.
pub(crate) async fn chains(accounts: &[Iban], tx: &mut Tx) -> Result<Vec<ledger::chain::Chain>> {
    let accounts: Vec<String> = accounts.iter().map(Iban::to_string).collect();
    let mut told = told(tx).await?;
    let statements: Vec<ledger::chain::Statement> = store::statements(tx)
        .await?
        .iter()
        .map(|row: &StatementRow| ledger::chain::Statement {
            account: row.account.clone(),
            sequence: row.sequence,
            days: row.days,
            opening: row.opening.map(Cents::new),
            closing: row.closing.map(Cents::new),
            movement: Cents::new(row.movement),
            bookings: told.remove(&row.id).unwrap_or_default(),
        })
        .collect();
    let confirmed: Vec<ledger::chain::Confirmation> = store::confirmations(tx)
        .await?
        .into_iter()
        .map(|row| ledger::chain::Confirmation {
            account: row.account,
            opening: row.kind == ConfirmationKind::Opening,
            day: row.day,
            balance: Cents::new(row.balance),
        })
        .collect();
    Ok(ledger::chain::chains(&accounts, &statements, &confirmed))
}
