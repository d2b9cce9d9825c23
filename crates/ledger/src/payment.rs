//! What came in: a credit booking as the rules see it.

use jiff::civil::Date;
use sepa::{Cents, Iban};

use crate::names::Name;

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
    /// The text, the bank's lines joined by line breaks.
    pub remittance: String,
    /// The payer's end-to-end id.
    pub end_to_end: Option<String>,
    /// The creditor reference it carries.
    pub structured: Option<String>,
    /// The mandate it names.
    pub mandate: Option<String>,
    /// What the bank adds of its own.
    pub additional: Option<String>,
    /// What kind of credit it is.
    pub nature: Nature,
    /// What does not fit in it or in its entry: a person must look.
    pub finding: Option<String>,
}

/// What kind of credit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Somebody's transfer, or what cannot be told from one.
    Transfer,
    /// A transfer of ours that came back.
    OwnTransferBack,
    /// The bank's credit for direct debits.
    DirectDebit,
    /// Booked before the day up to which the old system had posted: it counts for the balance chain only.
    PostedBefore,
    /// Taken back by the bank.
    TakenBack,
}

impl Payment {
    /// The payer's name, ready to be compared.
    pub fn name(&self) -> Name {
        Name::new(self.counterparty.as_deref().unwrap_or_default())
    }

    /// The nature of a credit by the bank's codes.
    ///
    /// ISO 20022 bank transaction codes and the German GVC (DK Anlage 3): 159/160 and `RRTN` are returned transfers,
    /// 171/174/192/196 and family `IDDT` are the credit of direct debits.
    pub fn nature_of(bank_code: Option<&str>, proprietary_code: Option<&str>) -> Nature {
        let gvc = proprietary_code.and_then(|code| code.split('+').nth(1)).unwrap_or_default();
        let mut parts = bank_code.unwrap_or_default().split('/').skip(1);
        let (family, sub) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if matches!(gvc, "159" | "160") || sub == "RRTN" {
            Nature::OwnTransferBack
        } else if matches!(gvc, "171" | "174" | "192" | "196") || family == "IDDT" {
            Nature::DirectDebit
        } else {
            Nature::Transfer
        }
    }
}
