//! What explains bookings without asking who paid: debits of ours, moves between own accounts, our own money that came back.
//!
//! Turns rows into the words of `ledger::transfers` and `ledger::sent_back`; decides nothing itself.

use std::collections::{HashMap, HashSet};

use ledger::names::{Agreement, Name};
use ledger::refund::Told;
use ledger::sent_back::{Came, Sent, sent_back};
use ledger::transfers::{Side, moved};
use sepa::{Cents, Iban};
use store::BookingRow;

use crate::Kasse;
use crate::books::situation::Situation;
use crate::matching::life::Lives;
use crate::matching::pairs::pair_of;
use crate::matching::refunds::told_of;

/// What explains bookings without asking who paid.
pub(crate) struct Explained {
    /// What bookings do to debits of ours: settle them, take them back.
    pub(crate) lives: Lives,
    /// Sides of moves between own accounts, with the other side.
    pub(crate) moved: HashMap<i64, Option<i64>>,
    /// What names an own account and somebody else: no move is seen.
    pub(crate) strange: HashSet<i64>,
    /// Credits that may be our own money that came back, with what went out.
    pub(crate) sent_back: HashMap<i64, i64>,
    /// What bookings do to refunds of ours: pay them, bring one back.
    pub(crate) refunds: HashMap<i64, Told>,
}

impl Explained {
    pub(crate) fn new(kasse: &Kasse, situation: &Situation) -> Explained {
        let own = own_accounts(kasse, situation);
        let town = Town::new(kasse);
        let sides: Vec<Side> = situation.bookings.iter().filter_map(|row| side(row, &own, &town)).collect();
        let paired: HashSet<i64> = sides.iter().map(|side| side.id).collect();
        let wanted: HashSet<i64> = sides.iter().map(|side| -side.amount.get()).collect();
        let bare = situation
            .bookings
            .iter()
            .filter(|row| wanted.contains(&row.amount) && row.counterparty_iban.is_none() && !paired.contains(&row.id));
        let sides: Vec<Side> = sides.iter().cloned().chain(bare.map(|row| side_of(row, &town))).collect();
        let moved = moved(&sides, |account| own.contains(account));
        let strange = paired.into_iter().filter(|id| !moved.contains_key(id)).collect();
        let lives = Lives::new(kasse, situation);
        let sent_back = sent_back_of(situation, &lives);
        Explained { lives, moved, strange, sent_back, refunds: told_of(situation) }
    }
}

/// Which credits may be our own money that came back. What took a credit back itself is not looked at: that payer pays again.
fn sent_back_of(situation: &Situation, lives: &Lives) -> HashMap<i64, i64> {
    let is_free = |row: &&BookingRow| {
        let back = situation.pairs().debits.get(&row.id);
        // a debit of ours that came back is no money that we sent
        let is_debit = lives.judged(row.id).is_some();
        row.amount < 0 && !row.provisional && !is_debit && back.is_none_or(|back| pair_of(back).is_none())
    };
    let sent: Vec<Sent<'_>> = situation.bookings.iter().filter(is_free).map(sent_of).collect();
    let amounts: HashSet<Cents> = sent.iter().map(|sent| sent.amount).collect();
    let came = situation.bookings.iter().filter(|row| row.amount > 0 && amounts.contains(&Cents::new(row.amount)));
    let came = came.map(|row| Came { booking: sent_of(row), is_return: row.return_reason.is_some() });
    sent_back(&sent, &came.collect::<Vec<_>>())
}

fn sent_of(row: &BookingRow) -> Sent<'_> {
    Sent {
        id: row.id,
        amount: Cents::new(row.amount.saturating_abs()),
        booked: row.booked,
        iban: row.counterparty_iban.as_deref(),
        text: &row.remittance,
    }
}

/// The names of the town: as whatever treasury, creditor or holder of an account.
struct Town(Vec<Name>);

/// Words of public bodies, folded.
const PUBLIC: [&str; 14] = [
    "stadt",
    "stadtkasse",
    "stadtverwaltung",
    "gemeinde",
    "gemeindekasse",
    "gemeindeverwaltung",
    "samtgemeinde",
    "verbandsgemeinde",
    "kreiskasse",
    "landkreis",
    "eigenbetrieb",
    "kammerei",
    "kasse",
    "zahlstelle",
];

impl Town {
    fn new(kasse: &Kasse) -> Town {
        let config = &kasse.config;
        let creditors = config.creditors().flat_map(|one| [one.name.as_str(), config.holder(one)]);
        Town([config.name.as_str()].into_iter().chain(creditors).map(Name::new).collect())
    }

    /// Whether a name is the town's; none is nobody else's.
    fn is(&self, name: Option<&str>) -> bool {
        let name = Name::new(name.unwrap_or_default());
        let agrees = |own: &Name| own.agreement(&name).min(name.agreement(own)) <= Agreement::Close;
        name.is_empty() || name.tokens().iter().any(|word| PUBLIC.contains(&word.as_str())) || self.0.iter().any(agrees)
    }
}

/// Accounts of the town: those of the settings, and all whose statements are here.
fn own_accounts(kasse: &Kasse, situation: &Situation) -> HashSet<String> {
    let mut own: HashSet<String> = kasse.config.accounts.iter().map(ToString::to_string).collect();
    let mut last = "";
    for row in situation.bookings.iter().filter(|row| !row.advised) {
        if row.account != last {
            own.insert(row.account.clone());
            last = &row.account;
        }
    }
    own
}

/// A booking as a side of a move, where it says that it is one.
fn side(row: &BookingRow, own: &HashSet<String>, town: &Town) -> Option<Side> {
    let side = side_of(row, town);
    (side.by_code || side.other.as_ref().is_some_and(|other| own.contains(other))).then_some(side)
}

fn side_of(row: &BookingRow, town: &Town) -> Side {
    Side {
        id: row.id,
        account: row.account.clone(),
        other: row
            .counterparty_iban
            .as_deref()
            .map(|iban| Iban::parse(iban).map_or(iban.to_owned(), |iban| iban.to_string())),
        amount: Cents::new(row.amount),
        booked: row.booked,
        text: row.remittance.clone(),
        of_town: town.is(row.counterparty.as_deref()),
        by_code: row.class == "cash pooling",
    }
}
