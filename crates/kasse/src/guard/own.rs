//! What our own books say of a debit: paid by what, in doubt why. In English for tables and JSON, in German for the sheet.
//!
//! It decides nothing.

use jiff::civil::Date;
use sepa::Cents;
use serde_json::{Value, json};

use crate::base::shown::german;

/// What our own books say of a debit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Own {
    /// What paid it besides the transfers that stand among the payments.
    pub(crate) paid: Vec<OwnPaid>,
    /// What keeps it out until somebody knows more.
    pub(crate) doubts: Vec<OwnDoubt>,
}

/// What paid a debit, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OwnPaid {
    /// A debit of ours: it was credited, or is in a run that lives.
    Collected {
        /// The run.
        run: String,
        /// The day it was credited on; of one that was not yet, the run's collection date.
        day: Date,
        amount: Cents,
        /// Whether the money is here.
        is_here: bool,
    },
    /// It was paid before the list was made, as the list says.
    Before(Cents),
}

impl OwnPaid {
    /// How much.
    pub(crate) fn amount(&self) -> Cents {
        match self {
            OwnPaid::Collected { amount, .. } | OwnPaid::Before(amount) => *amount,
        }
    }

    /// In a sentence.
    pub(crate) fn said(&self) -> String {
        match self {
            OwnPaid::Collected { run, day, amount, is_here: true } => {
                format!("{amount} EUR were collected by us on {day} in run {run}")
            }
            OwnPaid::Collected { run, day, amount, is_here: false } => {
                format!("{amount} EUR are collected by us in run {run} of {day}")
            }
            OwnPaid::Before(amount) => format!("{amount} EUR were paid before our list was made"),
        }
    }

    /// The same in German.
    pub(crate) fn german(&self) -> String {
        match self {
            OwnPaid::Collected { run, day, amount, is_here } => {
                let (amount, day) = (amount.german(), german(*day));
                let word = if *is_here { "eingezogen" } else { "im Einzug" };
                format!("von uns {word}: {amount} EUR am {day} in Lauf {run}")
            }
            OwnPaid::Before(amount) => format!("{} EUR waren schon vor unserer Liste bezahlt", amount.german()),
        }
    }

    pub(crate) fn json(&self) -> Value {
        match self {
            OwnPaid::Collected { run, day, amount, is_here } => {
                json!({"run": run, "day": day.to_string(), "amount": amount.to_string(), "credited": is_here})
            }
            OwnPaid::Before(amount) => {
                json!({"run": null, "day": null, "amount": amount.to_string(), "credited": true})
            }
        }
    }
}

/// What of our own books keeps a debit out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OwnDoubt {
    /// Something was paid or collected under its Kassenzeichen, and it may be this instalment or another.
    Which(Cents),
    /// What paid it is on its way back to the payer.
    GoesBack { booked: Date, payer: String, amount: Cents },
    /// A case of our books holds it.
    Case { number: i64, booked: Date, payer: String, amount: Cents },
    /// It is kept out of direct debit: by hand, by a list, or because a credit covers it.
    KeptOut,
}

impl OwnDoubt {
    /// In a sentence.
    pub(crate) fn said(&self) -> String {
        match self {
            OwnDoubt::Which(amount) => format!(
                "our books know {amount} EUR paid, collected or in doubt under its Kassenzeichen, and nothing tells whether for this instalment"
            ),
            OwnDoubt::GoesBack { booked, payer, amount } => {
                format!("{amount} EUR of {booked} by {payer:?} paid it and are on their way back")
            }
            OwnDoubt::Case { number, booked, payer, amount } => {
                format!("case {number} of our books: {amount} EUR of {booked} by {payer:?} could concern it")
            }
            OwnDoubt::KeptOut => "our books keep it out of direct debit".to_owned(),
        }
    }

    /// The same in German.
    pub(crate) fn german(&self) -> String {
        match self {
            OwnDoubt::Which(amount) => format!(
                "unter dem Kassenzeichen sind in unseren Büchern {} EUR bezahlt, eingezogen oder zu klären, und nichts sagt, ob für diese Rate",
                amount.german()
            ),
            OwnDoubt::GoesBack { booked, payer, amount } => {
                format!("{} EUR vom {} von {payer} werden gerade erstattet", amount.german(), german(*booked))
            }
            OwnDoubt::Case { number, booked, payer, amount } => {
                format!("Klärfall {number}: {} EUR vom {} von {payer}", amount.german(), german(*booked))
            }
            OwnDoubt::KeptOut => "in unseren Büchern vom Einzug ausgenommen".to_owned(),
        }
    }
}

/// Which books were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Whose they are.
    pub(crate) name: String,
    /// The newest journal entry: its number and hash.
    pub(crate) head: (i64, String),
    /// How many bookings of theirs the debits were held against.
    pub(crate) bookings: usize,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        json!({"name": self.name, "journal": self.head.0, "hash": self.head.1, "bookings": self.bookings})
    }
}
