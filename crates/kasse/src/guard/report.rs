//! What is told of each debit, and of all: as JSON, from which tables, CSV and PDF are made.
//!
//! Decides nothing. Invariant: the names are the contract's: they may be added to, never changed.

use sepa::Cents;
use sepa_xml::{BankObjection, ForeignDebit};
use serde_json::{Value, json};

use super::fates::{Doubt, Outcome, Proof};
use super::owed::{AllOwed, FoundIn, Owed};
use super::own::{OwnDoubt, OwnPaid};
use crate::{Error, Result};

/// What becomes of a debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays as it was.
    Kept,
    /// It was paid, wholly or in part.
    Removed,
    /// It stays for so much less.
    Reduced(Cents),
    /// A person must decide a payment first.
    Held,
}

impl Fate {
    /// The word of the contract.
    pub(super) fn word(self) -> &'static str {
        match self {
            Fate::Kept => "kept",
            Fate::Removed => "removed",
            Fate::Reduced(_) => "reduced",
            Fate::Held => "held",
        }
    }
}

/// One debit with what became of it.
pub(super) struct Told<'a> {
    pub(super) debit: &'a ForeignDebit,
    pub(super) owed: &'a Owed,
    pub(super) outcome: &'a Outcome,
    pub(super) fate: Fate,
}

impl Told<'_> {
    /// What is collected of it by the file without what was paid.
    pub(super) fn stays(&self) -> Cents {
        match self.fate {
            Fate::Kept => self.debit.amount,
            Fate::Reduced(rest) => rest,
            Fate::Removed | Fate::Held => Cents::ZERO,
        }
    }

    /// Why it is not kept, in words.
    pub(super) fn why(&self) -> String {
        self.reasons().join("; ")
    }

    /// The same, reason by reason.
    fn reasons(&self) -> Vec<String> {
        let payments = self.outcome.proofs.iter().map(|proof| {
            format!("{} EUR were paid on {} by {:?} ({})", proof.amount, proof.booked, proof.payer, proof.reference)
        });
        let doubts = self.outcome.doubts.iter().map(|doubt| {
            let payment = &doubt.payment;
            let (amount, day) = (payment.amount, payment.booked);
            format!("case {}: {amount} EUR of {day} by {:?} could concern it: {}", doubt.case, payment.payer, doubt.why)
        });
        let own = self.outcome.own.paid.iter().map(OwnPaid::said);
        let own_doubts = self.outcome.own.doubts.iter().map(OwnDoubt::said);
        let all = payments.chain(own).chain(doubts).chain(own_doubts).chain(self.outcome.reasons.iter().cloned());
        all.collect()
    }

    /// The row of a report.
    pub(super) fn row(&self) -> Value {
        let debit = self.debit;
        json!({
            "line": debit.line,
            "fate": self.fate.word(),
            "kassenzeichen": self.owed.kassenzeichen,
            "debtor": debit.debtor,
            "mandate": debit.mandate,
            "end_to_end_id": debit.end_to_end,
            "amount": debit.amount.to_string(),
            "paid": self.outcome.paid.to_string(),
            "stays": self.stays().to_string(),
            "case": self.outcome.doubts.first().map(|doubt| doubt.case),
            "why": self.why(),
            "reasons": self.reasons(),
            "payments": self.outcome.proofs.iter().map(proof).collect::<Vec<_>>(),
            "own": self.outcome.own.paid.iter().map(OwnPaid::json).collect::<Vec<_>>(),
            "doubts": self.outcome.doubts.iter().map(doubt).collect::<Vec<_>>(),
        })
    }
}

fn proof(proof: &Proof) -> Value {
    json!({
        "booked": proof.booked.to_string(),
        "payer": proof.payer,
        "reference": proof.reference,
        "amount": proof.amount.to_string(),
        "text": proof.text,
    })
}

pub(super) fn doubt(doubt: &Doubt) -> Value {
    json!({"case": doubt.case, "payment": proof(&doubt.payment), "why": doubt.why})
}

/// Number and sum of some debits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) count: usize,
    pub(super) sum: Cents,
}

impl Total {
    /// Of amounts.
    pub(super) fn of(amounts: impl Iterator<Item = Cents> + Clone) -> Result<Total> {
        let sum = Cents::sum(amounts.clone());
        let sum = sum.ok_or_else(|| Error::Refused("the debits' sum is too large".to_owned()))?;
        Ok(Total { count: amounts.count(), sum })
    }

    pub(super) fn json(self) -> Value {
        json!({"debits": self.count, "amount": self.sum.to_string()})
    }
}

/// The totals of each fate: the amounts that the file came with.
pub(super) struct Totals {
    pub(super) all: Total,
    pub(super) kept: Total,
    pub(super) removed: Total,
    pub(super) reduced: Total,
    pub(super) held: Total,
}

impl Totals {
    pub(super) fn of(told: &[Told<'_>]) -> Result<Totals> {
        let of = |is: fn(&Fate) -> bool| {
            let own = told.iter().filter(move |told| is(&told.fate)).map(|told| told.debit.amount);
            Total::of(own.collect::<Vec<_>>().into_iter())
        };
        Ok(Totals {
            all: of(|_| true)?,
            kept: of(|fate| *fate == Fate::Kept)?,
            removed: of(|fate| *fate == Fate::Removed)?,
            reduced: of(|fate| matches!(fate, Fate::Reduced(_)))?,
            held: of(|fate| *fate == Fate::Held)?,
        })
    }
}

/// The schemes that were learned, as objects.
pub(super) fn schemes(owed: &AllOwed) -> Vec<Value> {
    let row = |learned: &kassenzeichen::Learned| {
        json!({
            "mask": learned.scheme.mask(),
            "check": learned.scheme.check().to_string(),
            "references": learned.count,
            "example": learned.example,
        })
    };
    owed.schemes.iter().map(row).collect()
}

/// How many debits have no Kassenzeichen in their text.
pub(super) fn without_text(owed: &AllOwed) -> usize {
    owed.debits.iter().filter(|own| own.found_in != FoundIn::Text).count()
}

/// Objections of a bank as lines.
pub(super) fn objections(objections: &[BankObjection]) -> Vec<String> {
    objections.iter().map(ToString::to_string).collect()
}
