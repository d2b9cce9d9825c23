//! Somebody whom a doubt concerns, and why.

use sepa::Cents;

use crate::books::AccountId;

/// Which witness holds an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldReason {
    /// Its Kassenzeichen is quoted.
    Quoted,
    /// Its Kassenzeichen is nearly quoted.
    NearReference,
    /// Its mandate's reference is named.
    MandateNamed,
    /// The payer's account is that of its mandate.
    PayerAccount,
    /// Name or address, and the amount.
    NameAndAmount,
    /// Its debtor's name or its address stands in the text, or few have the payer's name.
    Named,
    /// The amount alone, which few owe.
    AmountAlone,
    /// What paid it may have gone back.
    TakenBack,
}

impl HoldReason {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            HoldReason::Quoted => "quoted",
            HoldReason::NearReference => "near_reference",
            HoldReason::MandateNamed => "mandate_named",
            HoldReason::PayerAccount => "payer_account",
            HoldReason::NameAndAmount => "name_and_amount",
            HoldReason::Named => "named",
            HoldReason::AmountAlone => "amount_alone",
            HoldReason::TakenBack => "taken_back",
        }
    }
}

/// Whom an unknown payer's money could be meant for, where many owe its amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    /// Every Kassenzeichen under which open instalments make the amount.
    pub accounts: Vec<AccountId>,
    /// What holding them would keep back.
    pub cents: Cents,
    /// Nobody else owes it: nobody was left out because the text names another levy.
    pub is_whole: bool,
}

/// Somebody whom a doubt concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suspect {
    pub(super) account: AccountId,
    pub(super) reason: HoldReason,
    /// How much of the money could be for him.
    pub(super) amount: Cents,
}
