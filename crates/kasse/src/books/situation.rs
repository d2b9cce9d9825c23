//! Everything that the books hold at one moment, as plain data for the rules.
//!
//! Invariant: seen from one transaction, so that no part is newer than another; what was remembered is what a fresh look
//! would find (`merge`), and `verify` compares the two.

mod about;
mod absorbed;
mod chains;
mod merge;
mod parts;
mod refunding;
mod usable;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::deferral::{Deferral, Deferrals};
use ledger::gate::Stage;
use ledger::life::Life;
use ledger::returns::Pairs;
use sepa::Cents;
use store::{
    AliasRow, ClaimRow, CreditNoteRow, DebitRow, EventKind, EventRow, HandHoldRow, ItemRow, LifeKind, LifeRow,
    MandateRow, RecallRow, RefundAccountRow, RefundEventRow, RefundRow, RefundRunRow, RunRow, StateRow, UnclaimedRow,
};

pub(crate) use about::About;
pub(crate) use absorbed::Absorbed;
use absorbed::Seen;
pub(crate) use chains::{chain_facts, chains, ways, ways_on};
pub(crate) use merge::{REVOKED, Touched, newest_aliases};
pub(crate) use parts::of_first;
use parts::{Allocations, Bookings, Holds, Items, Lazy, Mandates, Verdicts};
use refunding::Refunding;

/// The books at one moment; what has not changed from one to the next they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Situation {
    pub(crate) items: Arc<Items>,
    /// What earlier lists said of items: id, assessed amount, paid before; oldest first.
    pub(crate) former: Arc<Vec<(i64, i64, i64)>>,
    pub(crate) states: Arc<HashMap<i64, StateRow>>,
    /// The newest row of each mandate and Kassenzeichen.
    pub(crate) mandates: Arc<Mandates>,
    /// Every row that ever said something of a mandate, by id: debits name such rows.
    pub(crate) mandate_rows: Arc<HashMap<i64, MandateRow>>,
    /// Rows of mandates whose accounts a person has confirmed.
    pub(crate) confirmed_accounts: Arc<HashSet<i64>>,
    /// Every booking that is money: a batch or its details, never both.
    pub(crate) bookings: Arc<Bookings>,
    /// What intraday reports told, whether a statement tells of it by now or not.
    pub(crate) reported: Arc<HashSet<i64>>,
    /// The newest verdict of each booking.
    pub(crate) verdicts: Arc<Verdicts>,
    pub(crate) allocations: Arc<Allocations>,
    /// What the newest verdicts hold.
    pub(crate) holds: Arc<Holds>,
    /// Booking -> number of its case.
    pub(crate) cases: Arc<HashMap<i64, i64>>,
    /// Runs of direct debits.
    pub(crate) runs: Arc<Vec<RunRow>>,
    pub(crate) debits: Arc<Vec<DebitRow>>,
    pub(crate) claims: Arc<Vec<ClaimRow>>,
    pub(crate) unclaimed: Arc<Vec<UnclaimedRow>>,
    pub(crate) events: Arc<Vec<EventRow>>,
    /// What became of debits after their file.
    pub(crate) life: Arc<Vec<LifeRow>>,
    /// What is wished of debits at the bank.
    pub(crate) recalls: Arc<Vec<RecallRow>>,
    /// Runs that give money back; what happened to them is among the events.
    pub(crate) refund_runs: Arc<Vec<RefundRunRow>>,
    pub(crate) refunds: Arc<Vec<RefundRow>>,
    pub(crate) refund_events: Arc<Vec<RefundEventRow>>,
    pub(crate) refund_accounts: Arc<Vec<RefundAccountRow>>,
    /// Up to this day the old system had posted.
    pub(crate) as_of: Option<Date>,
    /// Credits that stand.
    pub(crate) credit_notes: Arc<Vec<CreditNoteRow>>,
    /// Holds by hand and by lists that nobody has lifted, with who has signed for it so far.
    pub(crate) hand_holds: Arc<Vec<HandHold>>,
    /// Deferrals that nobody has ended.
    pub(crate) deferrals: Arc<Vec<Deferral>>,
    /// Items that the finance system collects again, with the number of their handover.
    pub(crate) handed_over: Arc<HashMap<i64, i64>>,
    /// Old references and what they lead to, in the order of the old ones.
    pub(crate) aliases: Arc<Vec<AliasRow>>,
    /// What follows from runs, debits, claims and events; where a debit takes more than it claims, from items and what is
    /// paid of them too.
    collected: Lazy<Collected>,
    /// Item -> the open cases that hold it, and why.
    held: Lazy<HashMap<i64, Vec<(i64, String)>>>,
    /// What follows from bookings, the day that was posted up to, and what people said of outgoing bookings.
    pub(crate) pairs: Lazy<Pairs>,
    /// What follows from mandates, items, runs and confirmed accounts.
    plan_mandates: Lazy<Vec<ledger::plan::Mandate>>,
    /// What follows from runs of refunds and what became of each.
    refunding: Lazy<Refunding>,
}

/// What is owed in a situation: as long as it is the same, it is shared.
#[derive(Debug)]
pub(crate) struct SharedLists {
    items: Arc<Items>,
    former: Arc<Vec<(i64, i64, i64)>>,
    mandates: Arc<Mandates>,
    aliases: Arc<Vec<AliasRow>>,
    credit_notes: Arc<Vec<CreditNoteRow>>,
    gone: HashMap<i64, i64>,
}

impl SharedLists {
    /// Whether a situation has the very same ones.
    pub(crate) fn are_of(&self, situation: &Situation) -> bool {
        Arc::ptr_eq(&self.items, &situation.items)
            && Arc::ptr_eq(&self.former, &situation.former)
            && Arc::ptr_eq(&self.mandates, &situation.mandates)
            && Arc::ptr_eq(&self.aliases, &situation.aliases)
            && Arc::ptr_eq(&self.credit_notes, &situation.credit_notes)
            && self.gone == *situation.gone()
    }
}

/// What the runs come to.
#[derive(Debug, PartialEq)]
struct Collected {
    stages: HashMap<i64, Stage>,
    /// Debit -> run.
    run_of_debit: HashMap<i64, i64>,
    /// (debit, item) -> cents, without zeros.
    claimed: BTreeMap<(i64, i64), i64>,
    /// Item -> cents.
    gone: HashMap<i64, i64>,
    /// Item -> the living run that takes of it, and cents.
    in_collection: HashMap<i64, (i64, i64)>,
    /// Item -> cents that debits brought in.
    brought_in: HashMap<i64, i64>,
    /// Debit -> what became of it, where something did.
    lives: HashMap<i64, Life>,
    /// What debits at the bank take beside their claims.
    absorbed: Absorbed,
}

impl Situation {
    /// What is placed of each booking, counter-entries respected: (booking, item) -> cents, without zeros.
    pub(crate) fn placed(&self) -> &BTreeMap<(i64, i64), i64> {
        self.allocations.placed()
    }

    /// What is placed of one booking: item -> cents.
    pub(crate) fn parts_of(&self, booking: i64) -> BTreeMap<i64, i64> {
        self.allocations.of_booking(booking).collect()
    }

    fn collected(&self) -> &Collected {
        self.collected.get(|| Collected::new(self))
    }

    /// What each debit claims of each item now: (debit, item) -> cents, without zeros.
    pub(crate) fn claimed(&self) -> &BTreeMap<(i64, i64), i64> {
        &self.collected().claimed
    }

    /// The same books, as they would be had the file of a run not been written: its claims yield to money again.
    pub(crate) fn as_if_planned(&self, run: i64) -> Situation {
        let mut events = self.events.to_vec();
        let last = events.iter().rfind(|event| event.run == run).cloned();
        events.extend(last.map(|last| EventRow { kind: EventKind::Voided, ..last }));
        Situation {
            events: Arc::new(events),
            collected: Lazy::default(),
            plan_mandates: Lazy::default(),
            ..self.clone()
        }
    }

    /// What debits that have left the house take of each item: item -> cents. No transfer can pay that.
    pub(crate) fn gone(&self) -> &HashMap<i64, i64> {
        &self.collected().gone
    }

    /// Where each run stands.
    pub(crate) fn stages(&self) -> &HashMap<i64, Stage> {
        &self.collected().stages
    }

    /// Debit -> run.
    pub(crate) fn run_of_debit(&self) -> &HashMap<i64, i64> {
        &self.collected().run_of_debit
    }

    /// What debits at the bank take beside their claims, and which items that is for.
    pub(crate) fn absorbed(&self) -> &Absorbed {
        &self.collected().absorbed
    }

    /// Whether a debit takes anything.
    pub(crate) fn takes(&self, debit: i64) -> bool {
        self.claimed().range(of_first(debit)).any(|(_, amount)| *amount > 0) || self.absorbed().beside(debit) > 0
    }

    /// Paid of an item by transfer, or before the list was made, cents.
    pub(crate) fn transferred(&self, item: &ItemRow) -> i64 {
        self.allocations.transferred(item)
    }

    /// The living run that takes of an item, and how much, cents.
    pub(crate) fn in_collection(&self, item: i64) -> Option<(i64, i64)> {
        self.collected().in_collection.get(&item).copied()
    }

    /// What debits brought in of an item, cents.
    pub(crate) fn brought_in(&self, item: i64) -> i64 {
        self.collected().brought_in.get(&item).copied().unwrap_or(0)
    }

    /// What debits brought in: item, run and cents.
    pub(crate) fn collected_by_run(&self) -> impl Iterator<Item = (i64, i64, i64)> {
        let parts = self.claimed().iter().chain(self.absorbed().parts());
        let collected = parts.filter(|((debit, _), _)| self.life_of(*debit).is_collected());
        collected.filter_map(|((debit, item), amount)| Some((*item, *self.run_of_debit().get(debit)?, *amount)))
    }

    /// What has become of a debit.
    pub(crate) fn life_of(&self, debit: i64) -> Life {
        self.collected().lives.get(&debit).copied().unwrap_or_default()
    }

    /// What follows from runs of refunds and what became of each.
    pub(crate) fn refunding(&self) -> &Refunding {
        let stage = |run, is_underway| stage(&self.events, run, is_underway);
        self.refunding.get(|| Refunding::new(&self.refund_runs, &self.refunds, &self.refund_events, stage))
    }

    /// Item -> the open cases that hold it, oldest first, and why.
    pub(crate) fn held(&self) -> &HashMap<i64, Vec<(i64, String)>> {
        self.held.get(|| {
            let mut held: HashMap<i64, Vec<(i64, String)>> = HashMap::new();
            for (booking, case) in self.cases.iter() {
                let holds = self.verdicts.get(booking).map_or(&[][..], |verdict| self.holds.of(verdict.id));
                holds.iter().for_each(|hold| held.entry(hold.item).or_default().push((*case, hold.reason.clone())));
            }
            held.values_mut().for_each(|cases| cases.sort());
            held
        })
    }

    /// What the rules' books are made of.
    pub(crate) fn shared_lists(&self) -> SharedLists {
        SharedLists {
            items: Arc::clone(&self.items),
            former: Arc::clone(&self.former),
            mandates: Arc::clone(&self.mandates),
            aliases: Arc::clone(&self.aliases),
            credit_notes: Arc::clone(&self.credit_notes),
            gone: self.gone().clone(),
        }
    }

    /// Whether this is the same as `other` in all its parts, and in what follows from them.
    pub(crate) fn is_like(&self, other: &Situation) -> bool {
        self == other
            && self.collected() == other.collected()
            && self.held() == other.held()
            && self.pairs() == other.pairs()
            && self.plan_mandates() == other.plan_mandates()
    }

    /// Item -> the holds by hand and by lists on it. Where money was placed on an item that a list leaves out, it may have been
    /// meant for what is owed beside it: that is held with it, until a person has answered the question or moved the money.
    pub(crate) fn hand_held(&self) -> HashMap<i64, Vec<&HandHold>> {
        let mut held: HashMap<i64, Vec<&HandHold>> = HashMap::new();
        for hold in self.hand_holds.iter() {
            match hold.row.item.filter(|item| !(hold.is_left_out() && self.allocations.paid(*item) > 0)) {
                Some(item) => held.entry(item).or_default().push(hold),
                None => {
                    let own = self.items.of_canonical(&canonical(&hold.row.kassenzeichen));
                    own.for_each(|item| held.entry(item.id).or_default().push(hold));
                }
            }
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

/// A hold by hand or by a list that stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HandHold {
    pub(crate) row: HandHoldRow,
    /// Who has signed under its lifting.
    pub(crate) lifting: Vec<String>,
}

impl HandHold {
    /// Whether a list made it because it leaves the item out.
    fn is_left_out(&self) -> bool {
        self.row.list.is_some_and(|list| list.ground == store::ListGround::LeftOut)
    }

    /// Whether a list made it.
    pub(crate) fn is_of_list(&self) -> bool {
        self.row.list.is_some()
    }

    /// Whether no person made it: it is a question, which one person answers.
    pub(crate) fn is_question(&self) -> bool {
        self.row.list.is_some() || self.row.life.is_some()
    }

    /// People who must sign before it is lifted.
    pub(crate) fn signatures(&self) -> usize {
        if self.is_question() { 1 } else { LIFTING_SIGNATURES }
    }

    /// Its last day.
    pub(crate) fn until(&self) -> Date {
        self.row.until.unwrap_or(Date::MAX)
    }
}

/// People who must sign before a person's hold is lifted.
pub(crate) const LIFTING_SIGNATURES: usize = 2;

impl Collected {
    fn new(situation: &Situation) -> Collected {
        let lives = lives(&situation.life);
        let run_of_debit: HashMap<i64, i64> = situation.debits.iter().map(|debit| (debit.id, debit.run)).collect();
        let mut claimed = BTreeMap::new();
        for claim in situation.claims.iter() {
            *claimed.entry((claim.debit, claim.item)).or_insert(0) += claim.amount;
        }
        claimed.retain(|_, amount| *amount != 0);
        let underway = underway(situation, &lives, &claimed);
        let of_run = |run: &RunRow| (run.id, stage(&situation.events, run.id, underway.contains(&run.id)));
        let stages: HashMap<i64, Stage> = situation.runs.iter().map(of_run).collect();
        let (mut gone, mut in_collection, mut brought_in) = (HashMap::new(), HashMap::new(), HashMap::new());
        for ((debit, item), amount) in &claimed {
            let run = run_of_debit.get(debit).copied();
            let Some((run, stage)) = run.and_then(|run| Some((run, stages.get(&run)?))) else { continue };
            let life = lives.get(debit).copied().unwrap_or_default();
            if !stage.is_living() || life.has_ended() {
                continue;
            }
            if life.is_collected() {
                *brought_in.entry(*item).or_insert(0) += amount;
            } else {
                let own = in_collection.entry(*item).or_insert((run, 0));
                *own = (run, own.1 + amount);
            }
            if !stage.yields_to_money() {
                *gone.entry(*item).or_insert(0) += amount;
            }
        }
        let seen = Seen {
            items: &situation.items,
            allocations: &situation.allocations,
            runs: &situation.runs,
            debits: &situation.debits,
            unclaimed: &situation.unclaimed,
            lives: &lives,
        };
        let absorbed = Absorbed::new(&seen, &stages, &gone);
        for (item, (run, amount)) in absorbed.by_item() {
            let credited = absorbed.credited(*item);
            if *amount > credited {
                in_collection.entry(*item).or_insert((*run, 0)).1 += amount - credited;
            }
            *brought_in.entry(*item).or_insert(0) += credited;
            *gone.entry(*item).or_insert(0) += amount;
        }
        brought_in.retain(|_, amount| *amount != 0);
        Collected { stages, run_of_debit, claimed, gone, in_collection, brought_in, lives, absorbed }
    }
}

/// What became of each debit, by what is stored of it.
fn lives(rows: &[LifeRow]) -> HashMap<i64, Life> {
    let mut lives: HashMap<i64, Life> = HashMap::new();
    for row in rows {
        let life = lives.entry(row.debit).or_default();
        match row.kind {
            LifeKind::Rejected => life.rejected = true,
            LifeKind::Settled => life.settled = row.booking,
            LifeKind::Returned => life.returned = row.booking,
        }
    }
    lives
}

/// The runs of which the bank has yet to say what becomes of a debit.
fn underway(situation: &Situation, lives: &HashMap<i64, Life>, claimed: &BTreeMap<(i64, i64), i64>) -> HashSet<i64> {
    let beside: HashSet<i64> = situation.unclaimed.iter().map(|row| row.debit).collect();
    let takes = |debit: i64| claimed.range(of_first(debit)).next().is_some() || beside.contains(&debit);
    let open = situation
        .debits
        .iter()
        .filter(|debit| lives.get(&debit.id).is_none_or(|life| life.is_underway()) && takes(debit.id));
    open.map(|debit| debit.run).collect()
}

/// Where a run stands, by what happened to it, and whether the bank has yet to say what becomes of a debit of it.
pub(crate) fn stage(events: &[EventRow], run: i64, is_underway: bool) -> Stage {
    let own = events.iter().filter(|event| event.run == run);
    let stage = own.fold(Stage::Planned, |stage, event| match event.kind {
        EventKind::Announced | EventKind::Signed | EventKind::ExportedAgain | EventKind::Status => stage,
        EventKind::Released => Stage::Released,
        EventKind::Voided => Stage::Planned,
        EventKind::Exported | EventKind::TakenOver => Stage::Exported,
        EventKind::Sent => Stage::Sent,
        EventKind::Cancelled => Stage::Cancelled,
        EventKind::Void => Stage::Void,
    });
    if matches!(stage, Stage::Exported | Stage::Sent) && !is_underway { Stage::Settled } else { stage }
}
