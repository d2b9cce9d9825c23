//! The books as far as a question about some Kassenzeichen and bookings needs them, loaded by index.
//!
//! Invariant: of what is asked for, everything is as in the whole books: each item of the Kassenzeichen, what money, cases and
//! debits make of it, and each booking with its verdict, its parts and what it holds. Where that cannot be said without looking
//! at every booking, the whole books are loaded.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use kassenzeichen::canonical;
use ledger::chain::Statement;
use ledger::unproven::Fits;
use sepa::MandateId;
use store::{Moment, Tx};

use super::Situation;
use super::merge::{aliases, hand_holds, newest};
use super::parts::{Bookings, Items, Mandates};
use crate::{Kasse, Result};

/// What a question is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    /// Kassenzeichen in canonical form.
    pub(crate) kassenzeichen: BTreeSet<String>,
    /// Bookings.
    pub(crate) bookings: BTreeSet<i64>,
    /// Bookings that are looked at beside, with their verdicts alone.
    pub(crate) beside: BTreeSet<i64>,
    /// Whether the mandates of the Kassenzeichen are needed.
    pub(crate) mandates: bool,
}

/// Of more Kassenzeichen than these the whole books are loaded.
const MOST: usize = 2_000;

impl Kasse {
    /// Whether a question is better answered from a part of the books: the process does not stay, and no booking is doubted,
    /// or described by another one, so that each can be looked at by itself.
    pub(crate) async fn asks_for_parts(&self, tx: &mut Tx) -> Result<bool> {
        if self.stays || self.remembers() || store::has_advices(tx).await? {
            return Ok(false);
        }
        let statements: Vec<Statement> = store::statements(tx).await?.iter().map(super::chains::statement).collect();
        Ok(Fits::new(statements.iter().map(|one| (one.id, one.unexplained()))).all())
    }

    /// The books as far as they concern this.
    pub(crate) async fn situation_about(&self, tx: &mut impl Moment, about: &About) -> Result<Arc<Situation>> {
        if about.kassenzeichen.len() > MOST || !self.asks_for_parts(tx).await? {
            return self.situation(tx).await;
        }
        Ok(Arc::new(Situation::about(tx, about).await?))
    }
}

impl Situation {
    async fn about(tx: &mut Tx, about: &About) -> Result<Situation> {
        let mut part = Situation::default();
        let own = own_items(tx, &about.kassenzeichen).await?;
        let mut bookings = about.bookings.clone();
        bookings.extend(store::paid_by(tx, &own).await?);
        bookings.extend(store::held_by(tx, &own).await?);
        let mut items = own.clone();
        items.extend(part.add_decided(tx, &bookings, &about.beside).await?);
        bookings.extend(&about.beside);
        part.bookings = Arc::new(Bookings::new(store::bookings_of(tx, &bookings).await?));
        part.items = Arc::new(Items::new(store::items_of(tx, &items).await?));
        part.former = Arc::new(store::former_of(tx, &items).await?);
        let states = store::states_of(tx, &items).await?;
        part.states = Arc::new(states.into_iter().map(|state| (state.item, state)).collect());
        part.add_collected(tx, about, &own).await?;
        // what takes a debit of ours back takes no credit back: `pairs` asks for their ids
        let named = part.bookings.iter().filter(|row| row.amount < 0).filter_map(|row| row.end_to_end_id.clone());
        let named = store::debits_named(tx, &named.collect()).await?;
        let known: BTreeSet<i64> = part.debits.iter().map(|debit| debit.id).collect();
        Arc::make_mut(&mut part.debits).extend(named.into_iter().filter(|debit| !known.contains(&debit.id)));
        if about.mandates {
            part.add_mandates(tx, about).await?;
        }
        part.add_rest(tx).await?;
        Ok(part)
    }

    /// Bookings with their verdicts, and the day up to which the old system had posted.
    pub(crate) async fn beside(tx: &mut Tx, bookings: &BTreeSet<i64>) -> Result<Situation> {
        let mut part = Situation::default();
        let newest = store::newest_of(tx, bookings).await?;
        let verdicts = Arc::make_mut(&mut part.verdicts);
        store::verdicts_numbered(tx, &newest).await?.into_iter().for_each(|row| {
            verdicts.add(row);
        });
        part.bookings = Arc::new(Bookings::new(store::bookings_of(tx, bookings).await?));
        part.as_of = store::as_of(tx).await?;
        Ok(part)
    }

    /// The newest verdicts of bookings, what these placed and hold; says on which items.
    async fn add_decided(
        &mut self,
        tx: &mut Tx,
        bookings: &BTreeSet<i64>,
        beside: &BTreeSet<i64>,
    ) -> Result<BTreeSet<i64>> {
        let parts = store::parts_of(tx, bookings).await?;
        let newest = store::newest_of(tx, &bookings.union(beside).copied().collect()).await?;
        let holds = store::holds_of(tx, &newest).await?;
        let items = parts.iter().map(|part| part.item).chain(holds.iter().map(|hold| hold.item)).collect();
        Arc::make_mut(&mut self.allocations).add(&parts);
        let verdicts = Arc::make_mut(&mut self.verdicts);
        store::verdicts_numbered(tx, &newest).await?.into_iter().for_each(|row| {
            verdicts.add(row);
        });
        let held = Arc::make_mut(&mut self.holds);
        holds.into_iter().for_each(|hold| held.add(hold));
        Ok(items)
    }

    /// Every run; the debits that take, or could take beside their claims, of these items.
    async fn add_collected(&mut self, tx: &mut Tx, about: &About, own: &BTreeSet<i64>) -> Result<()> {
        self.runs = Arc::new(store::runs(tx, 0).await?);
        self.events = Arc::new(store::events(tx, 0).await?);
        let unclaimed = store::unclaimed(tx, 0).await?;
        let beside: BTreeSet<i64> = unclaimed.iter().map(|row| row.debit).collect();
        let beside = store::debits_of(tx, &beside).await?.into_iter();
        let beside = beside.filter(|debit| about.kassenzeichen.contains(&canonical(&debit.kassenzeichen)));
        let mut debits = store::claiming(tx, own).await?;
        debits.extend(beside.map(|debit| debit.id));
        self.unclaimed = Arc::new(unclaimed.into_iter().filter(|row| debits.contains(&row.debit)).collect());
        self.debits = Arc::new(store::debits_of(tx, &debits).await?);
        self.life = Arc::new(store::life_of(tx, &debits).await?);
        let mut claims = store::claims_of(tx, &debits).await?;
        claims.sort_by_key(|claim| claim.id);
        self.claims = Arc::new(claims);
        Ok(())
    }

    /// Every row about the mandates of these Kassenzeichen, also under their other ones: a mandate is revoked as a whole.
    async fn add_mandates(&mut self, tx: &mut Tx, about: &About) -> Result<()> {
        let mut own: HashSet<String> = HashSet::new();
        store::each_mandated(tx, |row| {
            if about.kassenzeichen.contains(&canonical(&row.kassenzeichen)) {
                own.insert(MandateId::key(&row.reference));
            }
        })
        .await?;
        let mut ids = BTreeSet::new();
        store::each_mandated(tx, |row| {
            if own.contains(&MandateId::key(&row.reference)) {
                ids.insert(row.id);
            }
        })
        .await?;
        let mandates = store::mandates_of(tx, &ids).await?;
        self.mandates = Arc::new(Mandates::new(newest(&mandates)));
        self.mandate_rows = Arc::new(mandates.into_iter().map(|row| (row.id, row)).collect());
        Ok(())
    }

    /// What a town has little of.
    async fn add_rest(&mut self, tx: &mut Tx) -> Result<()> {
        self.recalls = Arc::new(store::recalls(tx).await?);
        self.refund_runs = Arc::new(store::refund_runs(tx, 0).await?);
        self.refunds = Arc::new(store::refunds(tx, 0).await?);
        self.refund_events = Arc::new(store::refund_events(tx, 0).await?);
        self.refund_accounts = Arc::new(store::refund_accounts(tx).await?);
        self.as_of = store::as_of(tx).await?;
        self.cases = Arc::new(store::cases(tx, 0).await?.into_iter().map(|case| (case.booking, case.id)).collect());
        self.confirmed_accounts = Arc::new(store::confirmed_accounts(tx).await?.into_iter().collect());
        self.hand_holds = Arc::new(hand_holds(tx).await?);
        self.credit_notes = Arc::new(crate::books::credit_notes::standing(tx).await?);
        self.deferrals = Arc::new(crate::books::deferrals::standing(tx).await?);
        self.handed_over = Arc::new(store::handed_over(tx).await?.into_iter().collect());
        self.aliases = Arc::new(aliases(tx).await?);
        Ok(())
    }
}

/// The items of these Kassenzeichen, however they print them.
async fn own_items(tx: &mut Tx, kassenzeichen: &BTreeSet<String>) -> Result<BTreeSet<i64>> {
    let mut own = BTreeSet::new();
    if kassenzeichen.is_empty() {
        return Ok(own);
    }
    let (mut last, mut is_own) = (String::new(), false);
    store::each_item_name(tx, |id, printed| {
        if printed != last {
            is_own = kassenzeichen.contains(&canonical(&printed));
            last = printed;
        }
        if is_own {
            own.insert(id);
        }
    })
    .await?;
    Ok(own)
}
