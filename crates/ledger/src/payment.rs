//! What came in: a credit booking as the rules see it.

use jiff::civil::Date;
use sepa::{Cents, Iban};

use crate::words;

/// A credit on one of our accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id in the books.
    pub id: i64,
    /// What came in, above zero.
    pub amount: Cents,
    /// The day it was booked (§ 224 (2) Nr. 2 AO: the day of payment).
    pub booked: Date,
    /// The other party's name as the bank gives it.
    pub counterparty: Option<String>,
    /// The other party's account, if it is an IBAN.
    pub iban: Option<Iban>,
    /// All that the payer wrote, the bank's lines joined by line breaks.
    pub remittance: String,
    /// The payer's end-to-end id.
    pub end_to_end: Option<String>,
    /// The creditor reference it carries.
    pub structured: Option<String>,
    /// The mandate it names.
    pub mandate: Option<String>,
    /// What the bank adds of its own.
    pub additional: Option<String>,
    /// What else names its purpose.
    pub beside: Beside,
    /// What kind of credit it is.
    pub nature: Nature,
    /// How many transfers the bank put together in it without telling them one by one: 0 for a plain one.
    pub untold: u32,
    /// What does not fit in it or in its entry: a person must look.
    pub finding: Option<String>,
    /// Whether only an intraday report tells of it so far: it holds, and is never posted.
    pub provisional: bool,
    /// A part of it went back: the amount is what is left, and no longer tells what its sender paid for.
    pub is_rest: bool,
}

/// What names a payment's purpose beside payer and text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// On whose behalf the payer pays, as the bank gives the name.
    pub ultimate_debtor: Option<String>,
    /// What the payer's program calls the order.
    pub instruction: Option<String>,
    /// Structured references beside the first one, and numbers of documents.
    pub references: Vec<String>,
}

/// What kind of credit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Somebody's transfer, or what cannot be told from one.
    Transfer,
    /// A transfer of ours, or a debit that we had paid, that came back.
    OwnTransferBack,
    /// The bank's credit for a run of ours.
    Settlement,
    /// A credit for direct debits that no run of ours explains.
    ForeignCollection(Foreign),
    /// Moved between accounts of the town.
    OwnTransfer,
    /// Fees given back, interest.
    OfTheBank,
    /// Booked before the day up to which the old system had posted: it counts for the balance chain only.
    PostedBefore,
    /// Taken back by the bank.
    TakenBack,
}

/// What a credit for direct debits that are not ours tells of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// Nothing: a sum, of nobody knows whom.
    Sum,
    /// Who paid.
    Payer,
    /// Who paid, and by which mandate.
    Mandate,
    /// Who paid, and that another creditor collected it.
    AnotherCreditor,
}

impl Payment {
    /// Whether it is the money of several payers that its text does not tell apart: a batch without details, a cash
    /// collection, what a payment provider pays out; or may be, since nothing at all is told of it.
    pub fn is_collective(&self) -> bool {
        let is_blank = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
        let is_nothing =
            self.iban.is_none() && is_blank(self.counterparty.as_deref()) && is_blank(Some(&self.remittance));
        is_nothing
            || self.untold > 0
            || words::is_collective(self.counterparty.as_deref().unwrap_or_default(), &self.remittance)
    }

    /// The nature of a credit by the class of its codes; `None` where the bank's codes say nothing that is known, and a
    /// person must look. A credit without any code is taken for a transfer; one for direct debits is somebody else's until a
    /// run of ours explains it.
    pub fn nature_of(class: &str, has_code: bool) -> Option<Nature> {
        match class {
            "transfer return" | "direct-debit return" => Some(Nature::OwnTransferBack),
            "direct-debit credit" => Some(Nature::ForeignCollection(Foreign::Sum)),
            "cash pooling" => Some(Nature::OwnTransfer),
            "credit transfer" | "instant" | "standing order" | "batch" | "cash" => Some(Nature::Transfer),
            "fee" | "interest" => Some(Nature::OfTheBank),
            "unknown" if !has_code => Some(Nature::Transfer),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_booking_says_what_credit_it_is() {
        for (class, has_code, expected) in [
            ("credit transfer", true, Some(Nature::Transfer)),
            ("cash", true, Some(Nature::Transfer)),
            ("transfer return", true, Some(Nature::OwnTransferBack)),
            ("direct-debit credit", true, Some(Nature::ForeignCollection(Foreign::Sum))),
            ("cash pooling", true, Some(Nature::OwnTransfer)),
            ("interest", true, Some(Nature::OfTheBank)),
            ("unknown", false, Some(Nature::Transfer)),
            ("unknown", true, None),
            ("reversal", true, None),
        ] {
            assert_eq!(Payment::nature_of(class, has_code), expected, "{class}");
        }
    }
}
