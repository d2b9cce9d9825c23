//! The chains of the treasury's accounts: which days are complete.
//!
//! Invariant: chains follow from statements, their bookings and what people confirmed of them, and these are only added. So
//! what was remembered holds as long as none of their tables has grown and the journal still has the entry that was the
//! newest then.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::{Date, date};
use ledger::chain::{Chain, Confirmation, Line, Page, Statement};
use sepa::{Cents, Iban};
use store::{Booked, ConfirmationKind, Heights, Moment, StatementRow, Tx};

use crate::books::likeness::is_swift;
use crate::{Kasse, Result};

/// The tables that chains follow from.
const TABLES: [&str; 6] = ["booking", "confirmation", "confirmation_end", "entry", "sighting", "statement"];

/// The chains that were made last, and of what: the lines of every booking are loaded for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownChains(Arc<Mutex<Option<Made>>>);

#[derive(Clone, Debug)]
struct Made {
    head: (i64, String),
    heights: [i64; TABLES.len()],
    accounts: Vec<Iban>,
    chains: Arc<Vec<Chain>>,
}

impl KnownChains {
    fn get(&self) -> Option<Made> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, made: Made) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
    }
}

fn relevant(heights: &Heights) -> [i64; TABLES.len()] {
    TABLES.map(|table| heights.of(table))
}

impl Kasse {
    /// The chains of the treasury's accounts at the moment of a transaction.
    pub(crate) async fn chains(&self, tx: &mut impl Moment) -> Result<Arc<Vec<Chain>>> {
        let (head, heights) = (store::head(tx).await?, relevant(&store::heights(tx).await?));
        let accounts = self.watched(tx).await?;
        if let Some(known) = self.memory.of::<KnownChains>().get()
            && known.heights == heights
            && known.accounts == accounts
            && (known.head == head || store::has_entry(tx, &known.head).await?)
        {
            return Ok(known.chains);
        }
        let chains = Arc::new(chains(&accounts, tx).await?);
        if tx.added_by().is_none() {
            self.memory.of::<KnownChains>().keep(Made { head, heights, accounts, chains: Arc::clone(&chains) });
        }
        Ok(chains)
    }
}

impl Kasse {
    /// The accounts whose statements must be complete: those of the settings, and each other one that has statements since
    /// the outage began, until two people end it. Statements were taken of accounts that the settings named alone.
    pub(crate) async fn watched(&self, tx: &mut Tx) -> Result<Vec<Iban>> {
        let mut accounts = self.config.accounts.clone();
        let since = self.config.outage.map_or(date(1, 1, 1), |(from, _)| from);
        let ended: HashSet<String> = store::account_ends(tx).await?.into_iter().map(|row| row.what).collect();
        for account in store::watched_since(tx, since).await?.into_iter().filter(|account| !ended.contains(account)) {
            accounts.extend(Iban::parse(&account).ok().filter(|iban| !accounts.contains(iban)));
        }
        Ok(accounts)
    }
}

/// What each statement tells, whether it told of it first or again.
async fn told(tx: &mut Tx) -> Result<HashMap<i64, Vec<Line>>> {
    let lines = store::booking_lines(tx).await?;
    let line = |row: &Booked| Line { id: row.id, day: row.day, amount: Cents::new(row.amount) };
    let by_id: HashMap<i64, Line> = lines.iter().map(|row| (row.id, line(row))).collect();
    let mut told: HashMap<i64, Vec<Line>> = HashMap::new();
    for row in &lines {
        told.entry(row.statement).or_default().push(line(row));
    }
    for (statement, booking) in store::sightings(tx).await? {
        told.entry(statement).or_default().extend(by_id.get(&booking));
    }
    Ok(told)
}

/// A statement in the rules' own words, without its bookings.
pub(super) fn statement(row: &StatementRow) -> Statement {
    Statement {
        id: row.id,
        account: row.account.clone(),
        name: row.statement_id.clone(),
        sequence: row.sequence,
        legal: row.page.legal_sequence,
        swift: is_swift(&row.message),
        days: row.days,
        opening: row.opening.map(Cents::new),
        closing: row.closing.map(Cents::new),
        movement: Cents::new(row.movement),
        bookings: Vec::new(),
        page: Page {
            number: row.page.number,
            is_last: row.page.is_last,
            opens_within: row.page.opens_within,
            closes_within: row.page.closes_within,
        },
    }
}

/// The chains of these accounts, loaded anew.
pub(crate) async fn chains(accounts: &[Iban], tx: &mut Tx) -> Result<Vec<Chain>> {
    let accounts: Vec<String> = accounts.iter().map(Iban::to_string).collect();
    let (statements, confirmed) = chain_facts(tx).await?;
    Ok(ledger::chain::chains(&accounts, &statements, &confirmed))
}

/// What chains follow from: statements with what they tell, and what people confirmed.
pub(crate) async fn chain_facts(tx: &mut Tx) -> Result<(Vec<Statement>, Vec<Confirmation>)> {
    let mut told = told(tx).await?;
    let statements: Vec<Statement> = store::statements(tx)
        .await?
        .iter()
        .map(|row| Statement { bookings: told.remove(&row.id).unwrap_or_default(), ..statement(row) })
        .collect();
    let confirmed: Vec<Confirmation> = store::confirmations(tx)
        .await?
        .into_iter()
        .map(|row| Confirmation {
            account: row.account,
            opening: row.kind == ConfirmationKind::Opening,
            day: row.day,
            balance: Cents::new(row.balance),
        })
        .collect();
    Ok((statements, confirmed))
}

/// What a person can do where statements of an account are missing.
pub(crate) fn ways(chain: &Chain, needed: Date) -> Vec<String> {
    chain.ways(needed).iter().map(ToString::to_string).collect()
}

/// The same of all accounts, each named.
pub(crate) fn ways_on(chains: &[Chain], needed: Date) -> Vec<String> {
    let own = |chain: &Chain| -> Vec<String> {
        ways(chain, needed).iter().map(|way| format!("account {}: to go on, {way}", chain.account)).collect()
    };
    chains.iter().flat_map(own).collect()
}
