//! Why an item is not debited.
//!
//! Knows words, not when they hold (`plan`). Invariant: the words are the contract's; one may be added, none renamed.

/// Why an item is not in a plan, in the order in which the first that applies is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The finance system collects it again: it was handed over by two people.
    HandedOver,
    /// It is not due by the collection date: a Saturday, Sunday or holiday gives way to the next working day (§ 193
    /// BGB), and a deferral puts it off.
    NotDue,
    /// A living run claims it already.
    InRun,
    /// A case could concern it; or a later list left it out, or says that more was paid of it.
    Held,
    /// A person holds it.
    HandHold,
    /// A credit of its Kassenzeichen covers it.
    Credit,
    /// No mandate, or more than one that could be meant, or one that was given to another creditor, or whose changed
    /// account nobody has confirmed.
    NoMandate,
    /// Its mandate was revoked.
    Revoked,
    /// Its mandate was not used for 36 months (EPC SDD Core rulebook 4.1), or was given for one debit that has been
    /// made; or nobody knows when it was last used, where the settings want that known.
    Lapsed,
    /// Its mandate is a business-to-business one.
    B2b,
    /// Its account lies outside the EEA; the file would need an address.
    OutsideEea,
    /// Its holder's name has no letter that a payment file can write.
    Name,
    /// Nobody has said that it is owed: it was made from the pattern of an old debit file, and the settings do not allow that.
    Unconfirmed,
    /// More than one direct debit takes: 999,999,999.99.
    TooLarge,
    /// Less than is worth a debit.
    TooSmall,
    /// The account was debited too short a time ago, or the run takes the most instalments of its Kassenzeichen already.
    TooSoon,
    /// The run takes as many debits as were asked for.
    OverLimit,
}

impl Reason {
    /// Every reason, in the order in which they are asked.
    pub const ALL: [Reason; 17] = [
        Reason::HandedOver,
        Reason::NotDue,
        Reason::InRun,
        Reason::Held,
        Reason::HandHold,
        Reason::Credit,
        Reason::NoMandate,
        Reason::Revoked,
        Reason::Lapsed,
        Reason::B2b,
        Reason::OutsideEea,
        Reason::Name,
        Reason::Unconfirmed,
        Reason::TooLarge,
        Reason::TooSmall,
        Reason::TooSoon,
        Reason::OverLimit,
    ];

    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Reason::HandedOver => "handed_over",
            Reason::NotDue => "not_due",
            Reason::InRun => "in_run",
            Reason::Held => "held",
            Reason::HandHold => "hand_hold",
            Reason::Credit => "credit",
            Reason::NoMandate => "no_mandate",
            Reason::Revoked => "revoked",
            Reason::Lapsed => "lapsed",
            Reason::B2b => "b2b",
            Reason::OutsideEea => "outside_eea",
            Reason::Name => "name",
            Reason::Unconfirmed => "unconfirmed",
            Reason::TooLarge => "too_large",
            Reason::TooSmall => "too_small",
            Reason::TooSoon => "too_soon",
            Reason::OverLimit => "over_limit",
        }
    }

    /// What it means, and what would let the item in.
    pub fn meaning(self) -> &'static str {
        match self {
            Reason::HandedOver => "handed over: the finance system collects it",
            Reason::NotDue => "not due by the collection date: a later run takes it",
            Reason::InRun => "another run takes it",
            Reason::Held => {
                "a case could concern it: decide the case; or a later list left it out: say that it is still owed"
            }
            Reason::HandHold => "a person holds it: until its end, or two people lift it",
            Reason::Credit => "a credit of its Kassenzeichen covers it: nothing is collected",
            Reason::NoMandate => "no mandate, several that could be meant, or one that a second person must confirm",
            Reason::Revoked => "its mandate was revoked: remind, or ask for a new one",
            Reason::Lapsed => "its mandate was not used for 36 months, or used up: ask for a new one",
            Reason::B2b => "its mandate is a business one: it is not collected here",
            Reason::OutsideEea => "its account lies outside the EEA: remind",
            Reason::Name => {
                "its holder's name has no letter that a payment file takes: correct it in the list of mandates, or remind"
            }
            Reason::Unconfirmed => {
                "made from an old debit file, and nobody has said that it is owed: import a list of open items"
            }
            Reason::TooLarge => "more than one direct debit takes: correct it, or remind",
            Reason::TooSmall => "less than is worth a debit: it is left for the next due date",
            Reason::TooSoon => {
                "the account is debited too short a time before, or the run takes enough of its Kassenzeichen: a later run takes it"
            }
            Reason::OverLimit => "the run takes as many debits as it was limited to: a later run takes it",
        }
    }
}
