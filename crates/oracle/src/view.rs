//! What the program believes, as its reports show it.

use jiff::civil::Date;

/// An item as `report receivables` shows it, in cents.
#[derive(Clone, Debug)]
pub struct Item {
    /// The Kassenzeichen.
    pub kassenzeichen: String,
    /// The instalment.
    pub posten: String,
    /// The assessed amount; or, if more money than that counts for the item, this money.
    pub amount: i64,
    /// What transfers paid.
    pub transferred: i64,
    /// What debits have taken.
    pub collected: i64,
    /// What debits at the bank, or in a planned run, will take.
    pub in_collection: i64,
}

/// A credit as `report payments` shows it, in cents.
#[derive(Clone, Debug)]
pub struct Payment {
    /// The bank's reference.
    pub reference: String,
    /// The day it was booked.
    pub day: Date,
    /// Its amount.
    pub cents: i64,
    /// auto, clerk, case, other, returned, settlement or pending.
    pub decision: String,
    /// Each part that is allocated.
    pub placed: Vec<Placed>,
}

/// A part of a credit that is allocated to an item.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The Kassenzeichen.
    pub kassenzeichen: String,
    /// The instalment.
    pub posten: String,
    /// How much.
    pub cents: i64,
}

/// Both reports together.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Every item.
    pub items: Vec<Item>,
    /// Every credit.
    pub payments: Vec<Payment>,
}
