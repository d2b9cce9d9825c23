//! The words that say how it stands with a payment (`ExternalPaymentGroupStatus1Code` and its kin).
//!
//! It knows no XML and no levels. Invariant: a word that is read and written again is the same word.

use std::fmt;

/// How it stands, by the bank's word.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Status {
    /// The bank takes it, so far as the word says; not yet final unless [`Acceptance::is_settled`].
    Accepted(Acceptance),
    /// `RJCT`: on this level and below nothing is executed.
    Rejected,
    /// Nothing is decided yet.
    Pending(Waiting),
    /// `PART`: some are accepted and some are not; the single transactions say which.
    Partial,
    /// `CANC`: cancelled, as the customer asked.
    Cancelled,
    /// The names of the payees were compared (transfers only); neither accepted nor rejected, the payer decides.
    Checked(PayeeCheck),
    /// Another word, as it is written.
    Other(String),
}

/// How far a payment has been accepted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Acceptance {
    /// `ACTC`: form and signatures are in order.
    Technical,
    /// `ACCP`: the customer's profile was checked as well.
    Customer,
    /// `ACFC`: the account has the money.
    Funds,
    /// `ACSP`: it is being executed.
    InProcess,
    /// `ACWC`: with a change, such as another date, which the reasons name.
    WithChange,
    /// `ACWP`: the payee has not been credited yet.
    WithoutPosting,
    /// `ACSC`: settled on the debtor's account.
    SettledDebtor,
    /// `ACCC`: settled on the creditor's account.
    SettledCreditor,
}

impl Acceptance {
    /// Whether the money has moved; it may still come back.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Acceptance::SettledDebtor | Acceptance::SettledCreditor)
    }
}

/// Why nothing is decided yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Waiting {
    /// `RCVD`: it has arrived.
    Received,
    /// `PDNG`: checks or a second signature are missing.
    Pending,
    /// `PATC`: one of several signatures is there.
    PartlySigned,
}

/// What the comparison of a payee's name with his account has shown (verification of payee).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PayeeCheck {
    /// `RCVC`: they match.
    Match,
    /// `RVMC`: they nearly match.
    CloseMatch,
    /// `RVNM`: they do not match.
    NoMatch,
    /// `RVNA`: nobody could compare them.
    NotAvailable,
    /// `RVCM`: of a file, that not all match.
    Mismatches,
}

/// All words that are understood.
static KNOWN: [(&str, Status); 19] = [
    ("ACTC", Status::Accepted(Acceptance::Technical)),
    ("ACCP", Status::Accepted(Acceptance::Customer)),
    ("ACFC", Status::Accepted(Acceptance::Funds)),
    ("ACSP", Status::Accepted(Acceptance::InProcess)),
    ("ACWC", Status::Accepted(Acceptance::WithChange)),
    ("ACWP", Status::Accepted(Acceptance::WithoutPosting)),
    ("ACSC", Status::Accepted(Acceptance::SettledDebtor)),
    ("ACCC", Status::Accepted(Acceptance::SettledCreditor)),
    ("RJCT", Status::Rejected),
    ("RCVD", Status::Pending(Waiting::Received)),
    ("PDNG", Status::Pending(Waiting::Pending)),
    ("PATC", Status::Pending(Waiting::PartlySigned)),
    ("PART", Status::Partial),
    ("CANC", Status::Cancelled),
    ("RCVC", Status::Checked(PayeeCheck::Match)),
    ("RVMC", Status::Checked(PayeeCheck::CloseMatch)),
    ("RVNM", Status::Checked(PayeeCheck::NoMatch)),
    ("RVNA", Status::Checked(PayeeCheck::NotAvailable)),
    ("RVCM", Status::Checked(PayeeCheck::Mismatches)),
];

impl Status {
    /// The status with this word. Words are codes: another case is another word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let known = KNOWN.iter().find(|(code, _)| *code == word);
        known.map_or_else(|| Status::Other(word.to_owned()), |(_, status)| status.clone())
    }

    /// The word as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Status::Other(word) => word,
            known => KNOWN.iter().find(|(_, status)| status == known).map_or("", |(code, _)| code),
        }
    }

    /// Whether the bank refuses it: nothing on this level and below is executed.
    #[must_use]
    pub const fn is_rejection(&self) -> bool {
        matches!(self, Status::Rejected)
    }

    /// Whether the bank takes it, wholly and so far as the word says.
    #[must_use]
    pub const fn is_acceptance(&self) -> bool {
        matches!(self, Status::Accepted(_))
    }

    /// Whether the word, said of many, holds for each of them: not if it only says that they differ.
    #[must_use]
    pub const fn holds_for_each(&self) -> bool {
        !matches!(self, Status::Partial | Status::Checked(PayeeCheck::Mismatches))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_as_they_are() {
        for (code, status) in &KNOWN {
            assert_eq!((Status::of(code), status.as_str()), (status.clone(), *code));
        }
        for word in ["ACCT", "rjct", "", "Ä"] {
            assert_eq!(Status::of(word), Status::Other(word.to_owned()));
            assert_eq!(Status::of(word).to_string(), word);
        }
    }

    #[test]
    fn what_words_mean() {
        // word, acceptance, rejection, holds for each
        for (word, accepted, rejected, each) in [
            ("ACTC", true, false, true),
            ("ACSC", true, false, true),
            ("RJCT", false, true, true),
            ("PDNG", false, false, true),
            ("CANC", false, false, true),
            ("PART", false, false, false),
            ("RVNM", false, false, true),
            ("RVCM", false, false, false),
            ("ACCR", false, false, true),
            ("rjct", false, false, true),
        ] {
            let status = Status::of(word);
            let found = (status.is_acceptance(), status.is_rejection(), status.holds_for_each());
            assert_eq!(found, (accepted, rejected, each), "of {word}");
        }
    }
}
