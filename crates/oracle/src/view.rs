//! What the program believes, as its reports say it.

use jiff::civil::Date;

/// An item as `report receivables` shows it, in cents.
#[derive(Clone, Debug)]
pub struct Item {
    /// The cash reference.
    pub kassenzeichen: String,
    /// The instalment.
    pub posten: String,
    /// What is assessed, or what stands above it.
    pub amount: i64,
    /// What transfers paid.
    pub transferred: i64,
    /// What debits took.
    pub collected: i64,
    /// What debits will take.
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
    /// Each part that is placed.
    pub placed: Vec<Placed>,
}

/// A part of a credit that is placed.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The cash reference.
    pub kassenzeichen: String,
    /// The instalment.
    pub posten: String,
    /// How much.
    pub cents: i64,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Every item.
    pub items: Vec<Item>,
    /// Every credit.
    pub payments: Vec<Payment>,
}
