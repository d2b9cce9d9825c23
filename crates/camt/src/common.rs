//! The values that both an entry and its details can have: amounts, direction, charges, codes.
//!
//! Does not know which of the two it belongs to. Invariant: of several elements of a kind the first counts.

use sepa::Cents;

use crate::leaf::{Leaf, Stated, keep};
use crate::place::Common;
use crate::short::Short;
use crate::{Finding, FindingKind, Sign};

/// Length of `PMNT/RCDT/ESCT` in bytes.
const CODE: usize = 14;

/// The values that occur at both levels.
#[derive(Default, Debug)]
pub(crate) struct CommonDraft {
    pub(crate) amount: Option<Stated>,
    pub(crate) sign: Option<Sign>,
    /// Whether there was a CdtDbtInd, readable or not.
    pub(crate) has_sign: bool,
    /// AcctSvcrRef, unless NONREF.
    pub(crate) reference: Option<String>,
    pub(crate) instructed: Option<Stated>,
    pub(crate) transaction: Option<Stated>,
    charges_total: Option<Stated>,
    charges_parts: Vec<Stated>,
    domain: Option<Short>,
    family: Option<Short>,
    sub_family: Option<Short>,
    pub(crate) proprietary_code: Option<String>,
}

impl CommonDraft {
    pub(crate) fn read(&mut self, field: Common, leaf: &Leaf<'_>, findings: &mut Vec<Finding>) {
        match field {
            Common::Amount => keep(&mut self.amount, Some(leaf.stated(findings))),
            Common::Sign => {
                keep(&mut self.sign, leaf.sign(findings));
                self.has_sign = true;
            }
            Common::BankReference if leaf.text != "NONREF" => leaf.keep(&mut self.reference),
            Common::Instructed => keep(&mut self.instructed, Some(leaf.stated(findings))),
            Common::Transaction => keep(&mut self.transaction, Some(leaf.stated(findings))),
            Common::ChargesTotal => keep(&mut self.charges_total, Some(leaf.stated(findings))),
            Common::ChargesPart => self.charges_parts.push(leaf.stated(findings)),
            Common::DomainCode => leaf.keep_code(&mut self.domain),
            Common::FamilyCode => leaf.keep_code(&mut self.family),
            Common::SubFamilyCode => leaf.keep_code(&mut self.sub_family),
            Common::ProprietaryCode => leaf.keep(&mut self.proprietary_code),
            Common::BankReference
            | Common::AmountDetails
            | Common::Charges
            | Common::BankCode
            | Common::Domain
            | Common::Family
            | Common::Proprietary => {}
        }
    }

    /// The bank transaction code, `PMNT/RCDT/ESCT`, as far as it is there.
    pub(crate) fn bank_code(&self) -> Option<String> {
        let mut code = String::with_capacity(CODE);
        code.push_str(self.domain.as_ref()?.as_str());
        for part in [&self.family, &self.sub_family].into_iter().flatten() {
            code.push('/');
            code.push_str(part.as_str());
        }
        Some(code)
    }

    /// The total of the charges, else the sum of the records, in `currency` only.
    pub(crate) fn charges(&self, currency: Option<&str>) -> Option<Cents> {
        if let Some(total) = &self.charges_total {
            return total.amount.filter(|_| total.is_in(currency));
        }
        if self.charges_parts.is_empty() {
            return None;
        }
        self.charges_parts
            .iter()
            .try_fold(Cents::ZERO, |sum, part| sum.checked_add(part.amount.filter(|_| part.is_in(currency))?))
    }
}

/// Adds `next` to a sum. The sum becomes unknown if a part of it is unknown, or if it gets too large.
pub(crate) fn add(sum: &mut Option<Cents>, next: Option<Cents>, too_large: impl FnOnce(FindingKind)) {
    *sum = match sum.zip(next) {
        Some((sum, next)) => {
            let total = sum.checked_add(next);
            if total.is_none() {
                too_large(FindingKind::TooLarge);
            }
            total
        }
        None => None,
    };
}
