//! Which bookings belong together: credits and the debits that took them back, moves between own accounts, credits for our
//! own runs.
//!
//! Turns rows into the words of `ledger::returns` and `ledger::transfers`; decides nothing itself.
//! Invariant: pairs follow from the bookings, our own debits and what people said of outgoing bookings; not from verdicts of
//! the rules.

use std::collections::{BTreeSet, HashMap, HashSet};

use camt::Class;
use jiff::civil::Date;
use ledger::payment::Foreign;
use ledger::returns::{Back, Booking, Codes, Pairs, Said, Says, pair, says};
use sepa::{Cents, CreditorId};
use store::{BookingRow, Likeness, Tx};

use crate::books::situation::Situation;
use crate::{Kasse, Result};

/// The class of credits for direct debits, as it is stored.
pub(crate) const COLLECTED: &str = "direct-debit credit";

impl Situation {
    /// Which debits took which credits back.
    pub(crate) fn pairs(&self) -> &Pairs {
        self.pairs.get(|| pairs(self))
    }

    /// What of a credit the town has: what its bank left of it, less the part for whose refund a file was written. Of a credit that
    /// went back wholly all of it: that one is told as such.
    pub(crate) fn came_in(&self, booking: &BookingRow) -> i64 {
        let (left, gave_back) = (self.left_by_bank(booking), self.gave_back(booking.id));
        if gave_back < left { left - gave_back } else { left }
    }

    /// What of a credit its bank left: what came in, less the part that is proven to have been taken back. Of a credit that went back wholly all of it: that one is told as such.
    pub(crate) fn left_by_bank(&self, booking: &BookingRow) -> i64 {
        let back = self.pairs().credits.get(&booking.id).map(|undone| (undone.amount.get(), &undone.by));
        let proven =
            |by: &Vec<i64>| by.iter().all(|debit| self.bookings.by_id(*debit).is_none_or(|row| row.finding.is_none()));
        match back {
            Some((back, by)) if back < booking.amount && proven(by) => booking.amount - back,
            _ => booking.amount,
        }
    }

    /// Whether something took a part of a credit back that `match` has not seen yet: what is placed of it may still be all.
    pub(crate) fn awaits_match(&self, booking: &BookingRow) -> bool {
        let undone = self.pairs().credits.get(&booking.id);
        undone.is_some_and(|undone| undone.by.iter().any(|debit| !self.verdicts.contains_key(debit)))
    }

    /// Credits for direct debits in one sum of which nobody has said yet whose they are: how many, their sum, the first one's day.
    pub(crate) fn foreign_sums(&self, kasse: &Kasse) -> Option<(usize, Cents, Date)> {
        let open = self.bookings.iter().filter(|row| {
            is_collected(row)
                && self
                    .verdicts
                    .get(&row.id)
                    .is_some_and(|verdict| verdict.said.decision == "case" && !verdict.said.hold_complete)
                && foreign(kasse, self, row) == Foreign::Sum
        });
        let open: Vec<&BookingRow> = open.collect();
        let sum = Cents::sum(open.iter().map(|row| Cents::new(row.amount))).unwrap_or(Cents::ZERO);
        Some((open.len(), sum, open.iter().map(|row| row.booked).min()?))
    }

    /// What people said of outgoing bookings: which credit each took back, or that it took none of those that they could see.
    fn said_of_debits(&self) -> HashMap<i64, Said> {
        let by_person =
            self.verdicts.values().filter(|verdict| verdict.said.by_person && verdict.said.decision != "case");
        let debits = by_person
            .filter(|verdict| self.bookings.by_id(verdict.said.booking).is_some_and(|booking| booking.amount < 0));
        let taken = |verdict: &store::VerdictRow| verdict.said.pair.filter(|_| verdict.said.decision == "returned");
        let said = |verdict| taken(verdict).map_or(Said::Nothing { until: verdict.said_by }, Said::Took);
        debits.map(|verdict| (verdict.said.booking, said(verdict))).collect()
    }
}

/// Only what a debit can have taken back is looked at, for there are few that do.
fn pairs(situation: &Situation) -> Pairs {
    let said = situation.said_of_debits();
    let debits = telling(situation, &said);
    if debits.is_empty() {
        return Pairs::default();
    }
    let (alike, told) = (likeness(&debits), told(&said));
    let is_in = |set: &BTreeSet<String>, text: &Option<String>| text.as_deref().is_some_and(|text| set.contains(text));
    let credits = situation.bookings.iter().filter(|row| {
        row.amount > 0
            && !row.provisional
            && (alike.amounts.contains(&row.amount)
                || is_in(&alike.ibans, &row.counterparty_iban)
                || is_in(&alike.end_to_end, &row.end_to_end_id)
                || is_in(&alike.mandates, &row.mandate_reference)
                || told.contains(&row.id))
    });
    let mut bookings: Vec<Booking> = credits.map(|row| returned_booking(situation, row)).collect();
    bookings.extend(debits);
    pair(&bookings, &said)
}

/// The debits that say, or of which a person said, that they took something back or not.
fn telling(situation: &Situation, said: &HashMap<i64, Said>) -> Vec<Booking> {
    // what takes a debit of ours back takes no credit back, not even the one that settled it
    let own = situation.debits.iter().map(|debit| &debit.end_to_end_id);
    // nor does what pays a refund: that its credit goes back was decided before
    let own = own.chain(situation.refunds.iter().map(|refund| &refund.end_to_end_id));
    let own: HashSet<&str> = own.map(String::as_str).collect();
    let names_ours = |row: &&BookingRow| row.end_to_end_id.as_deref().is_some_and(|id| own.contains(id));
    let debits = situation.bookings.iter().filter(|row| row.amount < 0 && !names_ours(row));
    let debits = debits.map(|row| returned_booking(situation, row));
    debits.filter(|debit| debit.says != Says::Nothing || said.contains_key(&debit.id)).collect()
}

/// What a credit has in common with one of these debits, where it can have been taken back by it.
fn likeness(debits: &[Booking]) -> Likeness {
    let of = |read: fn(&Booking) -> &Option<String>| debits.iter().filter_map(|debit| read(debit).clone()).collect();
    Likeness {
        amounts: debits.iter().map(|debit| debit.amount.abs().get()).collect(),
        ibans: of(|debit| &debit.iban),
        end_to_end: of(|debit| &debit.end_to_end),
        mandates: of(|debit| &debit.mandate),
    }
}

/// The credits that were taken back by a person's word.
fn told(said: &HashMap<i64, Said>) -> BTreeSet<i64> {
    let took = |said: &Said| match said {
        Said::Took(credit) => Some(*credit),
        Said::Nothing { .. } => None,
    };
    said.values().filter_map(took).collect()
}

/// All bookings that [`Situation::pairs`] looks at.
pub(crate) async fn bookings_of_pairs(tx: &mut Tx) -> Result<BTreeSet<i64>> {
    let mut bookings = store::outgoing(tx).await?;
    let beside = Situation::beside(tx, &bookings).await?;
    let said = beside.said_of_debits();
    bookings.extend(store::alike(tx, &likeness(&telling(&beside, &said))).await?);
    bookings.extend(told(&said));
    Ok(bookings)
}

pub(crate) fn returned_booking(situation: &Situation, row: &BookingRow) -> Booking {
    let codes = || Codes {
        class: &row.class,
        reversal: row.reversal,
        reason: row.return_reason.as_deref(),
        of_direct_debit: is_direct_debit(row),
        text: &row.remittance,
    };
    Booking {
        id: row.id,
        amount: Cents::new(row.amount),
        booked: row.booked,
        reference: own_reference(row),
        iban: row.counterparty_iban.clone(),
        counterparty: row.counterparty.clone(),
        remittance: row.remittance.clone(),
        additional: row.additional.clone(),
        end_to_end: row.end_to_end_id.clone(),
        mandate: row.mandate_reference.clone(),
        says: if row.amount < 0 { says(codes()) } else { Says::Nothing },
        of_debits: is_collected(row),
        posted_before: situation.is_posted_before(row),
        told: row.told_by,
    }
}

/// The bank's reference of a booking; what we give where it gives none is no reference.
fn own_reference(row: &BookingRow) -> Option<String> {
    Some(row.reference.clone()).filter(|reference| !reference.starts_with("einmal-"))
}

/// What a debit says of itself.
pub(crate) fn said_of(situation: &Situation, row: &BookingRow) -> Says {
    returned_booking(situation, row).says
}

impl Situation {
    /// Whether the old system had posted a booking: such ones count for the balance chain only.
    pub(crate) fn is_posted_before(&self, row: &BookingRow) -> bool {
        self.as_of.is_some_and(|as_of| row.booked <= as_of)
    }
}

/// Whether a direct debit stands behind what comes back: by its codes, or because it names a mandate.
fn is_direct_debit(row: &BookingRow) -> bool {
    let gvc = row.proprietary_code.as_deref().and_then(|code| code.split('+').nth(1));
    let classes = [gvc.map(Class::of_gvc), row.bank_code.as_deref().map(Class::of_iso)];
    let of_debits = |class: &Option<Class>| matches!(class, Some(Class::DirectDebitReturn | Class::Reversal));
    row.mandate_reference.is_some() || classes.iter().any(of_debits)
}

/// Whether a credit is one for direct debits: by its class, its family (ISO 20022: IDDT, RDDT) or its type (SWIFT: DDT).
pub(crate) fn is_collected(row: &BookingRow) -> bool {
    let family = row.bank_code.as_deref().and_then(|code| code.split('/').nth(1));
    let swift = row.proprietary_code.as_deref().and_then(|code| code.split('+').next());
    let by_codes = matches!(family, Some("IDDT" | "RDDT")) || swift.is_some_and(|code| code.ends_with("DDT"));
    let other = matches!(row.class.as_str(), "direct-debit return" | "transfer return" | "reversal");
    row.amount > 0 && (row.class == COLLECTED || by_codes && !other)
}

/// What names the file or debit that a booking comes of.
pub(crate) fn references(row: &BookingRow) -> Vec<&str> {
    let named = |reference: &&str| !matches!(*reference, "" | "NOTPROVIDED" | "NONREF");
    let references = [&row.message_id, &row.batch_reference, &row.end_to_end_id, &row.instruction_id];
    let further = row.further_references.iter().map(String::as_str);
    references.into_iter().filter_map(|text| text.as_deref()).chain(further).filter(named).collect()
}

/// All that a booking says in words.
pub(crate) fn text_of(row: &BookingRow) -> String {
    let texts = [Some(row.remittance.as_str()), row.additional.as_deref(), row.entry_reference.as_deref()];
    texts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Who else than we can have collected something, and from whom: what a credit for direct debits tells that no run of ours
/// explains.
pub(crate) fn foreign(kasse: &Kasse, situation: &Situation, row: &BookingRow) -> Foreign {
    let own_name = row.counterparty.as_deref().is_some_and(|name| name == kasse.config.name);
    let is_own = |iban: &str| kasse.config.own_account(iban).is_some();
    let has_payer = row.counterparty.is_some() && !own_name
        || row.counterparty_iban.as_deref().is_some_and(|iban| !is_own(iban))
        || row.mandate_reference.is_some();
    let is_one = row.details > 1 || row.announced.is_none_or(|count| count <= 1);
    if !(has_payer && is_one) {
        Foreign::Sum
    } else if is_anothers(kasse, situation, row) {
        Foreign::AnotherCreditor
    } else if row.mandate_reference.is_some() {
        Foreign::Mandate
    } else {
        Foreign::Payer
    }
}

/// Whether a booking names a creditor who is none of ours, nor was.
pub(crate) fn is_anothers(kasse: &Kasse, situation: &Situation, row: &BookingRow) -> bool {
    let words = row.remittance.split(|c: char| c.is_whitespace() || matches!(c, ':' | '+' | ','));
    let named = row.creditor_id.as_deref().into_iter().chain(words).find_map(|word| CreditorId::parse(word).ok());
    let Some(named) = named else { return false };
    let ours = kasse.config.creditors().any(|creditor| creditor.creditor_id.is_same_creditor(&named));
    let once = |id: &Option<String>| {
        let id = id.as_deref().and_then(|id| CreditorId::parse(id).ok());
        id.is_some_and(|id| id.is_same_creditor(&named))
    };
    !ours && !situation.mandates.iter().any(|row| once(&row.said.creditor_id) || once(&row.said.old_creditor_id))
}

/// The credits that a debit may be about.
pub(crate) fn pair_of(back: &Back) -> Option<i64> {
    match back {
        Back::Whole(credit) | Back::Part(credit) => Some(*credit),
        Back::Unsure(_) | Back::Alone => None,
    }
}
