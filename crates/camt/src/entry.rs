//! Collects a `Ntry` element until its bookings and its end are known.
//!
//! Knows nothing of the statement's balances. Invariant: at most one detail is in memory: the first one, until it is
//! known whether there is a second.

use sepa::Cents;

use crate::common::{CommonDraft, add};
use crate::detail::DetailDraft;
use crate::leaf::{Leaf, Stated, keep};
use crate::place::{Common, Place, Trail};
use crate::{Booking, Entry, Finding, FindingKind, Part, Status};
use jiff::civil::Date;

/// An entry that is not complete yet.
#[derive(Default, Debug)]
pub(crate) struct EntryDraft {
    index: u32,
    line: u64,
    trail: Trail,
    common: CommonDraft,
    name: Option<String>,
    reversal: bool,
    status: Option<Status>,
    booked: Option<Date>,
    valued: Option<Date>,
    announced: Option<u64>,
    message: Option<String>,
    payment_information: Option<String>,
    text: Option<String>,
    /// How many details have begun.
    details: u32,
    /// The signed sum of the details that are complete.
    sum: Option<Cents>,
    held: Option<DetailDraft>,
    findings: Vec<Finding>,
}

impl EntryDraft {
    pub(crate) fn new(index: u32, line: u64, trail: Trail) -> Self {
        Self { index, line, trail, sum: Some(Cents::ZERO), ..Self::default() }
    }

    pub(crate) fn read_common(&mut self, field: Common, leaf: &Leaf<'_>) {
        self.common.read(field, leaf, &mut self.findings);
    }

    pub(crate) fn read(&mut self, place: Place, leaf: &Leaf<'_>) {
        match place {
            Place::EntryName => leaf.keep(&mut self.name),
            Place::Reversal => self.reversal = leaf.flag(&mut self.findings).unwrap_or(self.reversal),
            Place::Status => keep(&mut self.status, Some(Status::read(leaf.text))),
            Place::Booked => keep(&mut self.booked, leaf.day(&mut self.findings)),
            Place::Valued => keep(&mut self.valued, leaf.day(&mut self.findings)),
            Place::BatchCount => {
                let count = leaf.number(&mut self.findings);
                self.announced =
                    count.map_or(self.announced, |count| Some(self.announced.unwrap_or(0).saturating_add(count)));
            }
            Place::BatchMessage => leaf.keep(&mut self.message),
            Place::BatchPaymentInformation => leaf.keep(&mut self.payment_information),
            Place::EntryText => leaf.join(&mut self.text),
            _ => {}
        }
    }

    pub(crate) fn amount(&self) -> Option<Cents> {
        self.common.amount.as_ref()?.amount
    }

    pub(crate) fn currency(&self) -> Option<&str> {
        self.common.amount.as_ref()?.currency()
    }

    /// A further detail begins, so the one in memory is one of several.
    pub(crate) fn begin_detail(&mut self, account: Option<&str>) -> Option<Part> {
        self.details = self.details.saturating_add(1);
        let held = self.held.take()?;
        Some(self.booking(held, account, 0, true))
    }

    /// A detail ends. The first one stays in memory, any other becomes a booking.
    pub(crate) fn end_detail(&mut self, detail: DetailDraft, account: Option<&str>) -> Option<Part> {
        if self.details == 1 {
            self.held = Some(detail);
            return None;
        }
        Some(self.booking(detail, account, self.details.saturating_sub(1), true))
    }

    fn booking(&mut self, detail: DetailDraft, account: Option<&str>, index: u32, several: bool) -> Part {
        let booking = detail.finish(self, account, index, several);
        let findings = &mut self.findings;
        let (line, trail) = (self.line, self.trail);
        add(&mut self.sum, booking.signed(), |kind| findings.push(Finding::new(line, trail.to_string(), kind)));
        Part::Booking(booking)
    }

    /// Copies what a booking inherits from its entry.
    pub(crate) fn fill(&self, booking: &mut Booking, several: bool) {
        booking.currency = self.currency().map(str::to_owned);
        booking.sign = self.common.sign;
        booking.reversal = self.reversal;
        booking.status.clone_from(&self.status);
        booking.booked = self.booked;
        booking.valued = self.valued;
        booking.entry_reference.clone_from(&self.common.reference);
        booking.entry_name.clone_from(&self.name);
        if booking.bank_code.is_none() {
            booking.bank_code = self.common.bank_code();
        }
        if booking.proprietary_code.is_none() {
            booking.proprietary_code.clone_from(&self.common.proprietary_code);
        }
        booking.batch = several || self.announced.is_some_and(|count| count > 1);
        booking.batch_count = self.announced;
        booking.entry = self.index;
        if booking.message_id.is_none() {
            booking.message_id.clone_from(&self.message);
        }
        if booking.payment_information_id.is_none() {
            booking.payment_information_id.clone_from(&self.payment_information);
        }
        if several {
            return;
        }
        booking.bank_reference.clone_from(&self.common.reference);
        booking.charges = self.common.charges(self.currency());
        booking.original_amount = self.common.instructed.as_ref().and_then(Stated::money);
        booking.additional = match (booking.additional.take(), &self.text) {
            (Some(own), Some(text)) => Some(own + "\n" + text),
            (own, text) => own.or_else(|| text.clone()),
        };
    }

    /// The remaining bookings, and the end of the entry.
    pub(crate) fn finish(mut self, account: Option<&str>) -> (Option<Part>, Entry) {
        let last = match self.held.take() {
            Some(detail) => Some(self.booking(detail, account, 0, false)),
            None if self.details == 0 => Some(self.whole()),
            None => None,
        };
        for (missing, name) in [(self.common.amount.is_none(), "Amt"), (!self.common.has_sign, "CdtDbtInd")] {
            if missing {
                self.remark(FindingKind::Missing(name));
            }
        }
        let amount = self.common.sign.zip(self.amount()).and_then(|(sign, amount)| sign.apply(amount));
        let details_sum = self.sum.filter(|_| self.details > 0);
        if let Some((entry, details)) = amount.zip(details_sum).filter(|(entry, details)| entry != details) {
            self.remark(FindingKind::DetailsDoNotSum { entry, details });
        }
        // A single detail of a batch describes the batch as a whole: German banks put the batch's code there.
        if let Some(announced) = self.announced.filter(|count| self.details > 1 && *count != u64::from(self.details)) {
            self.remark(FindingKind::BatchCount { announced, details: self.details });
        }
        let entry = Entry {
            index: self.index,
            amount,
            currency: self.currency().map(str::to_owned),
            status: self.status,
            details: self.details,
            details_sum,
            reversal: self.reversal,
            announced: self.announced,
            line: self.line,
            findings: self.findings,
        };
        (last, entry)
    }

    /// The booking for an entry without details.
    fn whole(&self) -> Part {
        let mut booking = Booking { amount: self.amount(), line: self.line, ..Booking::default() };
        self.fill(&mut booking, false);
        Part::Booking(Box::new(booking))
    }

    fn remark(&mut self, kind: FindingKind) {
        self.findings.push(Finding::new(self.line, self.trail.to_string(), kind));
    }
}
