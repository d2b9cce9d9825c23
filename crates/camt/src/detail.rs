//! Collects a `TxDtls` element until it is a booking.
//!
//! Sees its entry only when it is finished. Invariant: the amount of an entry is never divided among its details, nor
//! copied to several of them.

use sepa::Cents;

use crate::common::CommonDraft;
use crate::entry::EntryDraft;
use crate::leaf::{Leaf, Stated};
use crate::place::{Common, Place, Role, Trail};
use crate::{Booking, Class, Finding, FindingKind, Sign};

/// A detail that is not complete yet, or whose entry may still add something to it.
#[derive(Default, Debug)]
pub(crate) struct DetailDraft {
    booking: Box<Booking>,
    common: CommonDraft,
    debtor: Side,
    creditor: Side,
    trail: Trail,
}

/// One side of a payment.
#[derive(Default, Debug)]
struct Side {
    name: Option<String>,
    account: Option<String>,
}

impl Side {
    fn is_empty(&self) -> bool {
        self.name.is_none() && self.account.is_none()
    }

    fn is(&self, account: Option<&str>) -> bool {
        self.account.is_some() && self.account.as_deref() == account
    }
}

impl DetailDraft {
    pub(crate) fn new(line: u64, trail: Trail) -> Self {
        Self { booking: Box::new(Booking { line, ..Booking::default() }), trail, ..Self::default() }
    }

    pub(crate) fn read_common(&mut self, field: Common, leaf: &Leaf<'_>) {
        self.common.read(field, leaf, &mut self.booking.findings);
    }

    pub(crate) fn read(&mut self, place: Place, leaf: &Leaf<'_>) {
        let booking = &mut self.booking;
        match place {
            Place::EndToEndId => leaf.keep(&mut booking.end_to_end_id),
            Place::InstructionId => leaf.keep(&mut booking.instruction_id),
            Place::MandateId => leaf.keep(&mut booking.mandate_id),
            Place::CausingMessage => leaf.keep(&mut booking.message_id),
            Place::PaymentInformation => leaf.keep(&mut booking.payment_information_id),
            Place::PartyName(Role::Debtor) => leaf.keep(&mut self.debtor.name),
            Place::PartyName(Role::Creditor) => leaf.keep(&mut self.creditor.name),
            Place::PartyName(Role::UltimateDebtor) => leaf.keep(&mut booking.ultimate_debtor),
            Place::PartyName(Role::UltimateCreditor) => leaf.keep(&mut booking.ultimate_creditor),
            Place::PartyId(Role::Creditor) => leaf.keep(&mut booking.creditor_id),
            Place::PartyIban(Role::Debtor) | Place::PartyOther(Role::Debtor) => {
                leaf.keep_account(&mut self.debtor.account);
            }
            Place::PartyIban(Role::Creditor) | Place::PartyOther(Role::Creditor) => {
                leaf.keep_account(&mut self.creditor.account);
            }
            Place::Unstructured => append_line(&mut booking.remittance, leaf.text),
            Place::StructuredReference if booking.structured_reference.is_none() => {
                leaf.keep(&mut booking.structured_reference);
            }
            Place::StructuredReference | Place::DocumentNumber => {
                booking.further_references.push(leaf.text.to_owned());
            }
            Place::StructuredText => leaf.join(&mut booking.structured_text),
            Place::ReturnReason => leaf.keep(&mut booking.return_reason),
            Place::ReturnText => leaf.join(&mut booking.return_text),
            Place::Purpose => leaf.keep(&mut booking.purpose),
            Place::DetailText => leaf.join(&mut booking.additional),
            _ => {}
        }
    }

    /// The booking, once it is known whether the entry has several details.
    pub(crate) fn finish(
        mut self,
        entry: &EntryDraft,
        account: Option<&str>,
        index: u32,
        several: bool,
    ) -> Box<Booking> {
        let amount = self.amount(entry, several);
        let Self { mut booking, mut common, debtor, creditor, .. } = self;
        booking.bank_code = common.bank_code();
        booking.proprietary_code = common.proprietary_code.take();
        entry.fill(&mut booking, several);
        booking.amount = amount;
        booking.sign = common.sign.or(booking.sign.filter(|_| !common.has_sign));
        booking.charges = common.charges(booking.currency.as_deref()).or(booking.charges);
        if !several && takes_with_charges(&booking, entry) {
            booking.amount = entry.amount();
        }
        booking.bank_reference = common.reference.or(booking.bank_reference);
        booking.original_amount = common.instructed.as_ref().map_or(booking.original_amount.take(), Stated::money);
        booking.detail = index;
        let other = counterparty(&booking, debtor, creditor, account);
        booking.counterparty = other.name;
        booking.counterparty_iban = other.account;
        booking
    }

    /// TxDtls/Amt (but for a lone detail of a debit, where the entry is that and the charges beside it), else AmtDtls/TxAmt/Amt, else for a lone detail the amount of the entry, else AmtDtls/InstdAmt/Amt;
    /// each only in the currency of the entry. InstdAmt is not used for a lone detail, because in a return it lacks the
    /// fees.
    fn amount(&mut self, entry: &EntryDraft, several: bool) -> Option<Cents> {
        let currency = entry.currency();
        let own = [&self.common.amount, &self.common.transaction];
        if let Some(stated) = own.into_iter().flatten().find(|stated| stated.is_in(currency)) {
            return stated.amount;
        }
        if !several {
            return entry.amount();
        }
        if let Some(stated) = self.common.instructed.as_ref().filter(|stated| stated.is_in(currency)) {
            return stated.amount;
        }
        let finding = Finding::new(self.booking.line, self.trail.to_string(), FindingKind::AmountUnknown);
        self.booking.findings.push(finding);
        None
    }
}

fn append_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// The party that is not the owner of the statement's account. If the accounts do not tell: the debtor of a credit, the
/// creditor of a debit. But German and Swiss banks keep the roles of the original payment in a return.
fn counterparty(booking: &Booking, debtor: Side, creditor: Side, account: Option<&str>) -> Side {
    let is_back = takes_back(booking) || has_code_of_return(booking);
    match (debtor.is(account), creditor.is(account)) {
        // only the own account is given and no creditor: nobody else has paid
        (true, false) if creditor.is_empty() => return debtor,
        (false, true) if debtor.is_empty() => return creditor,
        // the payer of a credit is the own account, and the other party is only a name: keep both, for a person to
        // decide
        (true, false) if booking.sign == Some(Sign::Credit) && creditor.account.is_none() && !is_back => {
            return Side { account: debtor.account, name: creditor.name };
        }
        (true, false) => return creditor,
        (false, true) => return debtor,
        _ => {}
    }
    let (direct, other) = match booking.sign {
        Some(Sign::Credit) => (debtor, creditor),
        Some(Sign::Debit) => (creditor, debtor),
        None => return Side::default(),
    };
    let turned = takes_back(booking) && !other.is_empty()
        || (has_code_of_return(booking) || direct.is_empty()) && other.account.is_some();
    if turned { other } else { direct }
}

/// Whether the booking itself says that it takes back an earlier one: by a return reason, or as a reversal.
fn takes_back(booking: &Booking) -> bool {
    booking.has_return_reason() || booking.reversal
}

/// Whether it has a German business transaction code (GVC) for returns. The code alone does not prove whose roles are
/// shown; another account on the other side does. ISO codes do not count here, because banks differ in whose roles they
/// show with them.
fn has_code_of_return(booking: &Booking) -> bool {
    booking.gvc().is_some_and(|code| Class::of_gvc(code).is_return())
}

/// Whether a lone detail is what came back without the charges, and its entry took both: the entry is what was booked.
fn takes_with_charges(booking: &Booking, entry: &EntryDraft) -> bool {
    let both = booking.amount.zip(booking.charges).and_then(|(amount, charges)| amount.checked_add(charges));
    booking.sign == Some(Sign::Debit) && both.is_some() && both == entry.amount() && booking.amount != entry.amount()
}
