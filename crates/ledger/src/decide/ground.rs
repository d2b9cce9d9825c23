//! How a payment can be decided, and why, in words that a clerk reads first.
//!
//! Knows no payment. Invariant: every ground has one plain sentence.

/// How a credit was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Wholly placed without a person.
    Auto,
    /// A person must decide, at least a part of it.
    Case,
    /// Other money; nothing is placed and nothing held.
    Other,
    /// Wholly taken back by the bank.
    Returned,
    /// The bank's credit for a run of ours.
    Settlement,
    /// Moved between accounts of the town.
    Transfer,
}

impl Decision {
    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Auto => "auto",
            Decision::Case => "case",
            Decision::Other => "other",
            Decision::Returned => "returned",
            Decision::Settlement => "settlement",
            Decision::Transfer => "transfer",
        }
    }
}

/// Why a payment is what it is: the answer a clerk reads first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The Kassenzeichen is quoted, and nothing speaks against it.
    CleanReference,
    /// Several Kassenzeichen are quoted, and the amount divides among them in one way.
    JointPayment,
    /// The Kassenzeichen was repaired, or found without one, and the payer's account or name agrees.
    Identified,
    /// More came in than is due.
    MoreThanDue,
    /// The quoted Kassenzeichen and the payer speak for different ones.
    Contradicted,
    /// Several are quoted, and the amount does not divide among them in one way.
    Undivided,
    /// Two debtors owe under the Kassenzeichen, and nothing tells which of them pays.
    WhoseDebt,
    /// The text means more than it names, and the amount is not an instalment of what is quoted.
    MoreAreMeant,
    /// The Kassenzeichen is damaged, and payer and amount do not both agree.
    OnlyNear,
    /// Two or more fit about equally well.
    Ambiguous,
    /// Something fits, not well enough.
    Weak,
    /// Nothing tells whom it is for.
    Unknown,
    /// The statement itself does not fit together here.
    Finding,
    /// It may be the very money that a list calls paid.
    PerhapsListed,
    /// Only an intraday report tells of it so far.
    Provisional,
    /// Other money of the town.
    OtherMoney,
    /// Other money, as a person decided of this payer before.
    OtherPayer,
    /// A transfer of ours that came back.
    OwnTransferBack,
    /// Fees given back, interest.
    OfTheBank,
    /// The bank's credit for a run of ours.
    Settlement,
    /// A credit for direct debits that no run of ours explains.
    ForeignCollection,
    /// Moved between accounts of the town.
    OwnTransfer,
    /// Booked before the day up to which the old system had posted.
    PostedBefore,
    /// Taken back by the bank.
    TakenBack,
}

impl Ground {
    /// One plain sentence.
    pub fn text(self) -> &'static str {
        match self {
            Ground::CleanReference => "the Kassenzeichen is quoted and nothing speaks against it",
            Ground::JointPayment => {
                "several Kassenzeichen are quoted and the amount divides among them in one way only"
            }
            Ground::Identified => "payer and amount agree with one Kassenzeichen and no other comes near",
            Ground::MoreThanDue => "more came in than is due under this Kassenzeichen",
            Ground::Contradicted => "the quoted Kassenzeichen and the payer speak for different ones",
            Ground::Undivided => {
                "several Kassenzeichen are quoted, and the amount does not divide among them in one way"
            }
            Ground::WhoseDebt => "several debtors owe under this Kassenzeichen, and nothing tells which of them pays",
            Ground::MoreAreMeant => "the text means more Kassenzeichen than it names",
            Ground::OnlyNear => "the Kassenzeichen is damaged, and not enough else agrees",
            Ground::Ambiguous => "two or more Kassenzeichen fit about equally well",
            Ground::Weak => "something fits, but not well enough to post it without a person",
            Ground::Unknown => "nothing tells whom it is for",
            Ground::Finding => "the statement does not fit together here",
            Ground::PerhapsListed => {
                "it may be the very money that the list calls paid (gezahlt), for nobody has said up to which day the old system had posted"
            }
            Ground::Provisional => "an intraday report tells of it, and no statement yet",
            Ground::OtherMoney => "other money of the town: the text says so, and nothing speaks for an open item",
            Ground::OtherPayer => "other money, as a person decided of this payer's account before",
            Ground::OwnTransferBack => "a transfer of ours that came back",
            Ground::OfTheBank => "the bank's own: interest, or fees given back",
            Ground::Settlement => "the bank's credit for direct debits of ours",
            Ground::ForeignCollection => {
                "direct debits that no run of ours explains: somebody else collected them, or an earlier system did"
            }
            Ground::OwnTransfer => "moved between accounts of the town",
            Ground::PostedBefore => "the old system had posted it already",
            Ground::TakenBack => "the bank has taken it back",
        }
    }
}
