//! The kind of transaction that a booking is, told from its codes.
//!
//! Uses the table `data/booking-classes.csv` and no text for people. Invariant: a code that is not in the table has no
//! class; a person looks at the booking, nothing is guessed.
//!
//! The German rows follow Anlage 3 of the DFÜ-Abkommen as banks quote it. Public lists on the web contradict it in
//! places (167 for instant, 180 to 183 for returns, 191 and 192 for interest); none of those was taken over. Some codes
//! are left out on purpose because they say too little: 195 and 197 (batches of debits of either side), 805 (closing of
//! the account, fees and interest in one sum), 835 (other).

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use crate::{Booking, Sign};

const TABLE: &str = include_str!("../data/booking-classes.csv");
/// Text key extensions and the return reasons that they mean; only a few, because public lists contradict each other.
const REASONS: &str = include_str!("../data/return-reasons.csv");

/// The kind of transaction that a booking is; its direction is its [`Sign`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// A single transfer.
    CreditTransfer,
    /// A single transfer within seconds.
    Instant,
    /// A transfer from a standing order.
    StandingOrder,
    /// Several transfers booked as one sum.
    Batch,
    /// Direct debits that the account's owner collected, one or several in a sum.
    DirectDebitCredit,
    /// A returned direct debit: one of the account's owner if booked as debit, one that was taken from the owner if
    /// booked as credit.
    DirectDebitReturn,
    /// A transfer that came back.
    TransferReturn,
    /// An earlier booking taken back.
    Reversal,
    /// Fees and prices of the bank.
    Fee,
    /// Interest.
    Interest,
    /// Cash paid in or out.
    Cash,
    /// Money moved between accounts of one owner: cash pooling, sweeping.
    Pooling,
    /// No code, or one that is not in the table.
    Unknown,
}

impl Class {
    /// The class of a business transaction code (GVC) of the Deutsche Kreditwirtschaft, three digits.
    #[must_use]
    pub fn of_gvc(code: &str) -> Self {
        TABLES.gvc.get(code).copied().unwrap_or(Self::Unknown)
    }

    /// The class of an ISO 20022 bank transaction code, `PMNT/RCDT/ESCT`.
    #[must_use]
    pub fn of_iso(code: &str) -> Self {
        let last = code.rsplit('/').next().unwrap_or_default();
        let found = TABLES.iso.get(code).or_else(|| TABLES.sub_family.get(last));
        found.copied().unwrap_or(Self::Unknown)
    }

    /// Whether an earlier payment came back.
    #[must_use]
    pub fn is_return(self) -> bool {
        matches!(self, Self::DirectDebitReturn | Self::TransferReturn)
    }

    fn read(name: &str) -> Option<Self> {
        ALL.into_iter().find(|class| class.to_string() == name)
    }
}

const ALL: [Class; 13] = [
    Class::CreditTransfer,
    Class::Instant,
    Class::StandingOrder,
    Class::Batch,
    Class::DirectDebitCredit,
    Class::DirectDebitReturn,
    Class::TransferReturn,
    Class::Reversal,
    Class::Fee,
    Class::Interest,
    Class::Cash,
    Class::Pooling,
    Class::Unknown,
];

/// The name in the table: `direct-debit return`.
impl fmt::Display for Class {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::CreditTransfer => "credit transfer",
            Self::Instant => "instant",
            Self::StandingOrder => "standing order",
            Self::Batch => "batch",
            Self::DirectDebitCredit => "direct-debit credit",
            Self::DirectDebitReturn => "direct-debit return",
            Self::TransferReturn => "transfer return",
            Self::Reversal => "reversal",
            Self::Fee => "fee",
            Self::Interest => "interest",
            Self::Cash => "cash",
            Self::Pooling => "cash pooling",
            Self::Unknown => "unknown",
        })
    }
}

impl Booking {
    /// The kind of transaction: from the German code, else from the ISO code. But a return reason makes it a return,
    /// and the reversal indicator a reversal, even where the bank repeats the code of the original payment.
    #[must_use]
    pub fn class(&self) -> Class {
        let gvc = self.gvc().map_or(Class::Unknown, Class::of_gvc);
        let class = match (gvc, &self.bank_code) {
            (Class::Unknown, Some(code)) => Class::of_iso(code),
            _ => gvc,
        };
        match (class, self.sign) {
            (class, _) if class.is_return() || class == Class::Reversal => class,
            (_, Some(Sign::Debit)) if self.has_return_reason() => Class::DirectDebitReturn,
            (_, Some(Sign::Credit)) if self.has_return_reason() => Class::TransferReturn,
            _ if self.reversal => Class::Reversal,
            _ => class,
        }
    }

    /// The business transaction code (GVC) of the Deutsche Kreditwirtschaft: `166` of `NTRF+166+9310`.
    #[must_use]
    pub fn gvc(&self) -> Option<&str> {
        let code = self.proprietary_code.as_deref()?.split('+').nth(1)?;
        (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
    }

    /// The bank's own text code after the business transaction code: `9310` of `NTRF+166+9310`.
    #[must_use]
    pub fn primanota(&self) -> Option<&str> {
        self.proprietary_code.as_deref()?.split('+').nth(2).filter(|text| !text.is_empty())
    }

    /// Whether it has a return reason. NARR only points to a text and does not count.
    pub(crate) fn has_return_reason(&self) -> bool {
        self.return_reason.as_deref().is_some_and(|reason| reason != "NARR")
    }
}

/// The ISO 20022 reason for a text key extension of a German return (`?34` of MT940); `None` where no source gives one.
pub(crate) fn reason_of_extension(extension: &str) -> Option<&'static str> {
    REASONS.lines().skip(1).find_map(|row| {
        let mut columns = row.splitn(3, ',');
        (columns.next()? == extension).then(|| columns.next()).flatten()
    })
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables::default();
    for (list, code, class) in TABLE.lines().skip(1).filter_map(row) {
        match (list, code.strip_prefix("*/*/")) {
            ("GVC", _) => tables.gvc.insert(code, class),
            (_, Some(last)) => tables.sub_family.insert(last, class),
            (_, None) => tables.iso.insert(code, class),
        };
    }
    tables
});

#[derive(Default)]
struct Tables {
    gvc: HashMap<&'static str, Class>,
    iso: HashMap<&'static str, Class>,
    /// Sub-family codes that mean the same in every family.
    sub_family: HashMap<&'static str, Class>,
}

/// List, code and class of a row. The last column, the source, is for people.
fn row(line: &'static str) -> Option<(&'static str, &'static str, Class)> {
    let mut columns = line.splitn(4, ',');
    Some((columns.next()?, columns.next()?, Class::read(columns.next()?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_once() {
        let rows: Vec<_> = TABLE.lines().skip(1).map(|line| row(line).expect(line)).collect();
        assert_eq!(TABLES.gvc.len() + TABLES.iso.len() + TABLES.sub_family.len(), rows.len());
        assert!(rows.iter().all(|(list, code, class)| {
            let form = match *list {
                "GVC" => code.len() == 3,
                list => list == "ISO" && code.split('/').count() == 3,
            };
            form && *class != Class::Unknown
        }));
        assert!(TABLE.lines().all(|line| line.split(',').nth(3).is_some_and(|source| !source.is_empty())));
    }

    #[test]
    fn classes() {
        // GVC or proprietary code | ISO code | sign | reason | reversal
        let table = "
            NTRF+166+9310 | PMNT/RCDT/ESCT | C |      |   | credit transfer
            NMSC+168      | -              | C |      |   | instant
            NTRF+152      | -              | C |      |   | standing order
            NTRF+194      | -              | C |      |   | batch
            NTRF+192      | -              | C |      |   | direct-debit credit
            NTRF+109      | -              | D |      |   | direct-debit return
            NTRF+109      | PMNT/RCDT/ESCT | D |      | r | direct-debit return
            NTRF+159      | -              | C |      |   | transfer return
            NTRF+193      | -              | D |      |   | reversal
            NTRF+808      | -              | D |      |   | fee
            NTRF+814      | -              | C |      |   | interest
            NTRF+082      | -              | C |      |   | cash
            NTRF+833      | CAMT/CAPL/ZABA | C |      |   | cash pooling
            -             | CAMT/ACCB/SWEP | D |      |   | cash pooling
            NTRF+195      | -              | D |      |   | unknown
            NTRF+195      | PMNT/IDDT/UPDD | D |      |   | direct-debit return
            NTRF+997      | -              | C |      |   | unknown
            NTRF+167      | -              | C |      |   | credit transfer
            NTRF+180      | -              | C |      |   | unknown
            NTRF+183      | -              | C |      |   | unknown
            NTRF+191      | -              | D |      |   | batch
            166           | -              | C |      |   | unknown
            -             | PMNT/RRCT/ESCT | C |      |   | instant
            -             | ACMT/MDOP/FEES | D |      |   | fee
            -             | PMNT/RCDT      | C |      |   | unknown
            -             | -              | C |      |   | unknown
            -             | -              | D | AC04 |   | direct-debit return
            NTRF+166      | -              | C | AC04 |   | transfer return
            NTRF+181      | -              | C | MD06 |   | direct-debit return
            NTRF+166      | -              | C | NARR |   | credit transfer
            NTRF+166      | -              | D |      | r | reversal
            -             | -              | D |      | r | reversal";
        for line in table.lines().skip(1) {
            let columns: Vec<&str> = line.split('|').map(str::trim).collect();
            let text =
                |column: usize| Some(columns[column].to_owned()).filter(|text| !matches!(text.as_str(), "-" | ""));
            let booking = Booking {
                proprietary_code: text(0),
                bank_code: text(1),
                sign: Some(if columns[2] == "C" { Sign::Credit } else { Sign::Debit }),
                return_reason: text(3),
                reversal: columns[4] == "r",
                ..Booking::default()
            };
            assert_eq!(booking.class().to_string(), columns[5], "{line}");
        }
    }

    #[test]
    fn parts_of_the_code() {
        let table = "
            NTRF+166+9310 | 166 9310
            NMSC+168      | 168 -
            NTRF+159++511 | 159 -
            NTRF          | - -
            1+2           | - -";
        for line in table.lines().skip(1) {
            let (code, expected) = line.split_once('|').unwrap();
            let booking = Booking { proprietary_code: Some(code.trim().to_owned()), ..Booking::default() };
            let shown = format!("{} {}", booking.gvc().unwrap_or("-"), booking.primanota().unwrap_or("-"));
            assert_eq!(shown, expected.trim(), "{line}");
        }
    }
}
