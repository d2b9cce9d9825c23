//! The JSON of a case from `kasse` as types, for the pages.
//!
//! Invariant: a missing field, or one of another type, is an error and never an empty place on a page.

use sepa::Cents;
use serde::Deserialize;
use serde_json::Number;

/// An open case in the list.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) case: i64,
    pub(super) booked: String,
    pub(super) amount: String,
    pub(super) open: String,
    pub(super) counterparty: Option<String>,
    pub(super) remittance: String,
    pub(super) reason: String,
    pub(super) because: String,
    pub(super) owner: Option<String>,
    pub(super) wait_until: Option<String>,
    pub(super) age_days: i64,
    pub(super) hold_complete: bool,
}

impl Row {
    pub(super) fn why(&self) -> &str {
        if self.because.is_empty() { &self.reason } else { &self.because }
    }

    pub(super) fn is_part(&self) -> bool {
        self.open != self.amount
    }

    pub(super) fn age(&self) -> String {
        age(self.age_days)
    }
}

/// The age of a case, in words.
pub(super) fn age(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// An amount in the form of the JSON.
pub(super) fn cents(text: &str) -> Cents {
    Cents::parse(text).unwrap_or(Cents::ZERO)
}

/// One case.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub(super) case: i64,
    pub(super) reference: String,
    pub(super) account: String,
    pub(super) booked: String,
    pub(super) amount: String,
    pub(super) counterparty: Option<String>,
    pub(super) counterparty_iban: Option<String>,
    pub(super) remittance: String,
    pub(super) end_to_end_id: Option<String>,
    pub(super) structured_reference: Option<String>,
    pub(super) mandate_reference: Option<String>,
    pub(super) additional: Option<String>,
    pub(super) structured_text: Option<String>,
    pub(super) further_references: Option<String>,
    pub(super) instruction_id: Option<String>,
    pub(super) ultimate_debtor: Option<String>,
    pub(super) open: String,
    pub(super) reason: String,
    pub(super) because: String,
    pub(super) holds: Vec<Hold>,
    pub(super) hold_complete: bool,
    pub(super) wait_until: Option<String>,
    pub(super) age_days: i64,
    pub(super) version: i64,
    pub(super) owner: Option<String>,
    pub(super) comments: Vec<Comment>,
    pub(super) decision: String,
    pub(super) by_person: bool,
    pub(super) found: Vec<Mark>,
    pub(super) allocations: Vec<Part>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) more_candidates: i64,
}

impl Case {
    /// Whether it is an outgoing booking.
    pub(super) fn is_outgoing(&self) -> bool {
        self.amount.starts_with('-')
    }

    pub(super) fn is_open(&self) -> bool {
        self.decision == "case"
    }

    pub(super) fn why(&self) -> &str {
        if self.because.is_empty() { &self.reason } else { &self.because }
    }

    pub(super) fn age(&self) -> String {
        age(self.age_days)
    }

    pub(super) fn open_cents(&self) -> Cents {
        cents(&self.open)
    }

    pub(super) fn is_part(&self) -> bool {
        self.is_open() && self.open != self.amount
    }

    /// The state of the case.
    pub(super) fn state(&self) -> &'static str {
        state(&self.decision, self.wait_until.is_some())
    }

    pub(super) fn is_owned_by(&self, who: &str) -> bool {
        self.owner.as_deref() == Some(who)
    }

    pub(super) fn payer_account(&self) -> Option<String> {
        self.counterparty_iban.as_deref().map(lang::masked_iban)
    }

    pub(super) fn own_account(&self) -> String {
        lang::masked_iban(&self.account)
    }
}

/// A decision in words.
pub(super) fn state(decision: &str, waits: bool) -> &'static str {
    match decision {
        "case" if waits => "to be looked at again",
        "case" => "a person must decide",
        "auto" => "posted without a person",
        "clerk" => "placed",
        "other" => "not placed: other money, or back to the payer",
        "returned" => "taken back by the bank",
        "transfer" => "moved between accounts of the town",
        "refund" => "given back to its payer",
        "debit_return" => "a direct debit that came back",
        "fee" => "the bank's own: fees or interest",
        _ => "the bank's credit for direct debits of ours",
    }
}

/// A hold on an item.
#[derive(Debug, Deserialize)]
pub(super) struct Hold {
    pub(super) kassenzeichen: String,
    pub(super) posten: String,
    pub(super) reason: String,
}

/// A person's comment.
#[derive(Debug, Deserialize)]
pub(super) struct Comment {
    pub(super) day: String,
    pub(super) by: String,
    pub(super) text: String,
}

/// A recognised reference in a text; positions count characters.
#[derive(Debug, Deserialize)]
pub(super) struct Mark {
    pub(super) field: String,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kassenzeichen: Vec<String>,
    pub(super) spelling: String,
}

/// An amount for an item.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    pub(super) kassenzeichen: String,
    pub(super) posten: String,
    pub(super) amount: String,
}

impl Part {
    /// The item in the form that a decision uses.
    pub(super) fn item(&self) -> String {
        format!("{}/{}", self.kassenzeichen, self.posten)
    }
}

/// A candidate for the payment.
#[derive(Debug, Deserialize)]
pub(super) struct Candidate {
    pub(super) kassenzeichen: String,
    pub(super) chosen: bool,
    pub(super) score: Number,
    pub(super) start: Number,
    pub(super) lost: String,
    pub(super) witnesses: Vec<Witness>,
    pub(super) debtor: Option<String>,
    pub(super) address: Option<String>,
    pub(super) items: Vec<Item>,
    pub(super) allocate: Vec<Part>,
}

/// A witness for or against it.
#[derive(Debug, Deserialize)]
pub(super) struct Witness {
    pub(super) text: String,
    pub(super) weight: Number,
    pub(super) strength: String,
}

/// An item that is owed there.
#[derive(Debug, Deserialize)]
pub(super) struct Item {
    pub(super) posten: String,
    pub(super) kind: String,
    pub(super) due: String,
    pub(super) amount: String,
    pub(super) open: String,
    pub(super) in_collection: String,
    pub(super) is_due: bool,
}

impl Item {
    pub(super) fn is_open(&self) -> bool {
        cents(&self.open).is_positive()
    }

    pub(super) fn is_in_collection(&self) -> bool {
        cents(&self.in_collection).is_positive()
    }
}

/// A verdict in the history of a case.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    /// The journal entry that added it.
    pub(super) entry: i64,
    pub(super) decided: String,
    pub(super) decision: String,
    pub(super) by_person: bool,
    pub(super) taken_back: bool,
    pub(super) wait_until: Option<String>,
    pub(super) actor: String,
    pub(super) reason: String,
    pub(super) because: String,
}

impl Told {
    pub(super) fn why(&self) -> &str {
        if self.because.is_empty() { &self.reason } else { &self.because }
    }

    pub(super) fn state(&self) -> &'static str {
        state(&self.decision, self.wait_until.is_some())
    }
}

/// A person's last decision.
#[derive(Debug, Deserialize)]
pub(super) struct Last {
    pub(super) case: i64,
    pub(super) version: i64,
    pub(super) reason: String,
}
