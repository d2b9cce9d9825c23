//! From rows to the rules' own words.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use camt::Class;
use jiff::civil::Date;
use kassenzeichen::{Scheme, canonical};
use ledger::books::{Books, ListedItem, ListedMandate};
use ledger::fees::is_due_before;
use ledger::matching::Decided;
use ledger::payment::{Beside, Foreign, Nature, Payment};
use ledger::refund::Told;
use ledger::settle::Part;
use sepa::{Cents, Iban};
use store::{BookingRow, ItemRow};

use crate::base::fee_items;
use crate::books::credit_notes;
use crate::books::situation::{SharedLists, Situation};
use crate::matching::evidence::is_said_other;
use crate::matching::explained::Explained;
use crate::matching::pairs;
use crate::{Config, Kasse};

/// The rules' books that were made last, and of what: making them takes longer than most questions to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownBooks(Arc<Mutex<Option<Made>>>);

/// Books, and what they were made of.
type Made = (Owed, Arc<Books>);

/// Everything that the rules' books are made of. Situations share what has not changed, so it is known by its place.
#[derive(Debug)]
struct Owed {
    lists: SharedLists,
    schemes: Vec<Scheme>,
    outage: Option<(Date, Date)>,
    as_of: Option<Date>,
    today: Date,
}

impl Kasse {
    /// What is owed, as the rules see it, made anew where something else is owed than last time, and remembered.
    pub(crate) fn books(&self, situation: &Situation) -> Arc<Books> {
        self.known_books(situation).unwrap_or_else(|| {
            let made = Arc::new(books(&self.config, situation, self.today));
            let owed = Owed {
                lists: situation.shared_lists(),
                schemes: self.config.schemes.clone(),
                outage: self.config.outage,
                as_of: situation.as_of,
                today: self.today,
            };
            *self.memory.of::<KnownBooks>().0.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((owed, Arc::clone(&made)));
            made
        })
    }

    /// The same for once: made, where they are not remembered, and not remembered, for they are large.
    pub(crate) fn books_once(&self, situation: &Situation) -> Arc<Books> {
        let make = || Arc::new(books(&self.config, situation, self.today));
        self.known_books(situation).unwrap_or_else(make)
    }

    fn known_books(&self, situation: &Situation) -> Option<Arc<Books>> {
        let memory = self.memory.of::<KnownBooks>();
        let known = memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (owed, books) = known.as_ref()?;
        let same = owed.today == self.today
            && owed.as_of == situation.as_of
            && owed.outage == self.config.outage
            && owed.schemes == self.config.schemes
            && owed.lists.are_of(situation);
        same.then(|| Arc::clone(books))
    }
}

/// Whether money may be placed on an item. A fee of the outage that has a row of its own is for a person: taking money for it
/// would decide that it arose.
pub(crate) fn is_payable(row: &ItemRow, config: &Config) -> bool {
    !fee_items::is_row(row) || is_due_before(row.said.due, config.outage)
}

/// What is owed, as the rules see it. Debits that went out take room from transfers; planned ones do not.
fn books(config: &Config, situation: &Situation, today: Date) -> Books {
    let gone = situation.gone();
    let items = situation.items.iter().filter(|row| is_payable(row, config)).map(|row| ListedItem {
        id: row.id,
        kassenzeichen: row.kassenzeichen.clone(),
        posten: fee_items::instalment(row).to_owned(),
        kind: row.said.kind.clone(),
        due: row.said.due,
        amount: Cents::new(row.said.amount),
        paid_before: Cents::new(row.said.paid_before),
        claimed: Cents::new(gone.get(&row.id).copied().unwrap_or(0)),
        debtor: row.said.debtor.clone(),
        address: row.said.address.clone(),
        mandate: row.said.mandate_reference.clone(),
        class: fee_items::class(row.said.fee),
    });
    let mandates: Vec<ListedMandate> = situation
        .mandates
        .iter()
        .filter_map(|row| {
            Some(ListedMandate {
                reference: row.said.reference.clone(),
                kassenzeichen: situation.items.printed_as(&row.said.kassenzeichen),
                old_reference: row.said.old_reference.clone(),
                holder: row.said.holder.clone(),
                iban: Iban::parse(&row.said.iban).ok()?,
            })
        })
        .collect();
    let former = situation.former.iter().map(|(id, amount, before)| (*id, Cents::new(*amount), Cents::new(*before)));
    // who has a credit may pay what is left beside it
    let former: Vec<(i64, Cents, Cents)> = former.chain(credit_notes::beside(situation)).collect();
    let mut books = Books::new(&config.schemes, items.collect(), &mandates, today).with_former(&former);
    let aliases = situation.aliases.iter().map(|row| (row.old.as_str(), row.kassenzeichen.as_str()));
    books.directory = books.directory.with_aliases(aliases);
    books.paid_before_is_dated = situation.as_of.is_some();
    books.wide_percent = config.wide_percent;
    if config.levies.is_empty() { books } else { books.with_levies(&config.levies) }
}

/// The credits, in the order in which they are decided, and what explains bookings without asking who paid.
pub(crate) fn payments(kasse: &Kasse, situation: &Situation) -> (Vec<Payment>, Explained) {
    let explained = Explained::new(kasse, situation);
    // a credit that does not add up to what was handed in is nobody's payment: `life::differing` tells of it
    let credits = situation.bookings.iter().filter(|booking| booking.amount > 0);
    let credits = credits.filter(|booking| !explained.lives.differs(booking.id));
    let payments = credits.map(|row| payment(kasse, situation, &explained, row)).collect();
    (payments, explained)
}

fn payment(kasse: &Kasse, situation: &Situation, explained: &Explained, row: &BookingRow) -> Payment {
    let has_code = row.bank_code.is_some() || row.proprietary_code.is_some();
    let back = back(situation, row);
    let by_codes = match pairs::is_collected(row) {
        true => Some(Nature::ForeignCollection(pairs::foreign(kasse, situation, row))),
        false => Payment::nature_of(&row.class, has_code),
    };
    let nature = if explained.lives.settles(row.id) {
        Nature::Settlement
    } else if explained.moved.contains_key(&row.id) {
        Nature::OwnTransfer
    } else if back == Some(None) {
        Nature::TakenBack
    } else if situation.is_posted_before(row) {
        Nature::PostedBefore
    } else if explained.refunds.contains_key(&row.id) {
        // a refund that came back is decided anew, whatever its codes say
        Nature::Transfer
    } else {
        by_codes.unwrap_or(Nature::Transfer)
    };
    let by_debit = back.flatten().map(|doubt| format!("a debit may have taken it back, but {doubt}"));
    let by_other = situation.pairs().doubts.contains_key(&row.id).then(|| OTHER.to_owned());
    let of_ours = (nature == Nature::Transfer).then(|| not_a_payers(explained, row.id)).flatten();
    // what the codes leave open is for a person, whatever the text says
    let by_class = by_codes.is_none().then(|| format!("by its codes this credit is: {}", row.class));
    Payment {
        id: row.id,
        amount: Cents::new(situation.came_in(row)),
        booked: row.booked,
        counterparty: row.counterparty.clone(),
        iban: row.counterparty_iban.as_deref().and_then(|iban| Iban::parse(iban).ok()),
        remittance: row.text().into_owned(),
        end_to_end: row.end_to_end_id.clone(),
        structured: row.structured_reference.clone(),
        mandate: row.mandate_reference.clone(),
        additional: additional(situation, row, nature),
        beside: Beside {
            ultimate_debtor: row.ultimate_debtor.clone(),
            instruction: row.instruction_id.clone(),
            references: row.further_references.clone(),
        },
        nature,
        untold: untold(row),
        finding: row.finding.clone().or(by_debit).or(by_other).or(of_ours.map(str::to_owned)).or(by_class),
        provisional: row.provisional,
        is_rest: situation.came_in(row) < row.amount,
    }
}

/// Why a credit is doubted that came after a person had decided what may have taken it back.
const OTHER: &str = "a debit of which a person said that it is something else may have taken it back";

/// Why a credit may be nobody's payment.
fn not_a_payers(explained: &Explained, booking: i64) -> Option<&'static str> {
    if explained.strange.contains(&booking) {
        return Some("the account given as the payer's is one of our own, but the name is not ours");
    }
    match explained.refunds.get(&booking) {
        Some(Told::CameBack(_)) => Some("a refund of ours came back"),
        Some(_) => Some("it concerns a refund of ours, and its amount is not what went out"),
        None => explained.sent_back.contains_key(&booking).then_some("it may be a payment of ours that came back"),
    }
}

/// What the bank adds of its own; of a direct debit that no run of ours explains also the Kassenzeichen of the mandate that it
/// names, where the creditor is not another: by that mandate they were paid.
fn additional(situation: &Situation, row: &BookingRow, nature: Nature) -> Option<String> {
    let by_mandate = matches!(nature, Nature::ForeignCollection(Foreign::Mandate));
    let mandate = row.mandate_reference.as_deref().filter(|_| by_mandate).map(canonical);
    let named = mandate.iter().flat_map(|reference| situation.mandates.of_canonical(reference));
    let own: BTreeSet<String> = named.map(|row| situation.items.printed_as(&row.said.kassenzeichen)).collect();
    let lines: Vec<String> = row.additional.iter().cloned().chain(own).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// How many transfers of its entry the bank announces and does not tell; of a batch without details at least one.
pub(crate) fn untold(row: &BookingRow) -> u32 {
    let more = row.announced.map_or(0, |announced| announced.saturating_sub(row.details.max(1)));
    let is_bare = row.details == 0 && row.class == Class::Batch.to_string();
    u32::try_from(more.max(i64::from(is_bare))).unwrap_or(0)
}

/// Whether a credit went back wholly, with what is doubtful about the debits that took it; where it is doubtful, a part is
/// enough to ask.
fn back<'a>(situation: &'a Situation, row: &BookingRow) -> Option<Option<&'a str>> {
    let undone = situation.pairs().credits.get(&row.id)?;
    let debits = undone.by.iter().filter_map(|debit| situation.bookings.by_id(*debit));
    let doubt = debits.filter_map(|debit| debit.finding.as_deref()).next();
    (doubt.is_some() || undone.amount.get() >= row.amount).then_some(doubt)
}

/// What people have decided of credits, in the places of `books`. What the bank has taken back, wholly or so much that less is
/// left than a person placed, is decided by that.
pub(crate) fn decided(situation: &Situation, books: &Books, payments: &[Payment]) -> HashMap<i64, Decided> {
    let stands = |payment: &&Payment| {
        payment.nature != Nature::TakenBack && situation.allocations.sum(payment.id) <= payment.amount.get()
    };
    let standing: HashSet<i64> = payments.iter().filter(stands).map(|payment| payment.id).collect();
    let place: HashMap<i64, usize> = books.items.iter().enumerate().map(|(place, item)| (item.id, place)).collect();
    let mut decided: HashMap<i64, Decided> = situation
        .verdicts
        .values()
        .filter(|verdict| verdict.said.by_person && standing.contains(&verdict.said.booking))
        .map(|verdict| {
            (verdict.said.booking, Decided { parts: Vec::new(), holds: Vec::new(), is_other: is_said_other(verdict) })
        })
        .collect();
    for ((booking, item), amount) in situation.placed() {
        if let (Some(decided), Some(item)) = (decided.get_mut(booking), place.get(item)) {
            decided.parts.push(Part { item: *item, amount: Cents::new(*amount) });
        }
    }
    for (booking, decided) in &mut decided {
        let verdict = situation.verdicts.get(booking).map_or(0, |verdict| verdict.id);
        decided.holds.extend(situation.holds.of(verdict).iter().filter_map(|hold| place.get(&hold.item)));
    }
    decided
}
