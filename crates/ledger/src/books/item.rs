//! What is owed, piece by piece: an item, its class, its owner, and what a list says of it.
//!
//! Knows no index. Invariant: an item is told by its place, and its Kassenzeichen by its place.

use jiff::civil::Date;
use sepa::{Cents, Iban};

/// An account's place in the books: one Kassenzeichen. The same number is its place in the directory.
pub type AccountId = u32;

/// What kind of claim an item is, in the order in which § 225 (2) AO has money settle claims that are due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The levy itself.
    #[default]
    Principal,
    /// Costs: the Mahngebühr.
    Costs,
    /// The Säumniszuschlag.
    Surcharge,
}

/// An instalment under a Kassenzeichen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id in the database.
    pub id: i64,
    /// The assessed amount.
    pub amount: Cents,
    /// What was paid before the list was made.
    pub paid_before: Cents,
    /// What debits claim that went out: sent, or collected. No transfer can pay it again.
    pub claimed: Cents,
    /// Its Kassenzeichen's place.
    pub account: AccountId,
    /// `2023-4`, as a place in [`super::Books::postens`].
    pub posten: u32,
    /// The day it is due.
    pub due: Date,
    /// The levy, as a place in [`super::Books::kinds`].
    pub kind: u16,
    /// The levy itself, or a fee on it.
    pub class: Class,
}

impl Item {
    /// Whether something was paid before the list was made.
    pub fn is_partly_paid(&self) -> bool {
        !self.paid_before.is_zero()
    }

    /// What was open when the list was made; never below zero.
    pub fn listed_open(&self) -> Cents {
        self.amount.checked_sub(self.paid_before).filter(|open| !open.is_negative()).unwrap_or(Cents::ZERO)
    }

    /// Whether it is a fee on an instalment: paid after all principal that is due, never collected.
    pub fn is_fee(&self) -> bool {
        self.class != Class::Principal
    }
}

/// What a list says of an item, ready for the books.
#[derive(Clone, Debug)]
pub struct ListedItem {
    /// Its id in the database.
    pub id: i64,
    /// As printed on the Bescheid.
    pub kassenzeichen: String,
    /// `2023-4`; of a fee that of the instalment it is on.
    pub posten: String,
    /// The levy's name.
    pub kind: String,
    /// The day it is due.
    pub due: Date,
    /// The assessed amount.
    pub amount: Cents,
    /// What was paid before the list was made.
    pub paid_before: Cents,
    /// What debits that went out claim.
    pub claimed: Cents,
    /// Who owes.
    pub debtor: String,
    /// Where he lives.
    pub address: Option<String>,
    /// The mandate that the list names for it.
    pub mandate: Option<String>,
    /// The levy itself, or a fee on it.
    pub class: Class,
}

/// Who may be debited for a Kassenzeichen, as far as it tells who pays.
#[derive(Clone, Debug)]
pub struct ListedMandate {
    /// Its reference.
    pub reference: String,
    /// The Kassenzeichen it serves.
    pub kassenzeichen: String,
    /// What it was called before.
    pub old_reference: Option<String>,
    /// The account's holder.
    pub holder: String,
    /// The account.
    pub iban: Iban,
}

/// One of several debtors under a Kassenzeichen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owner {
    /// His names, as places in the books' names.
    pub(super) names: Vec<u32>,
    /// The accounts of his mandates, by their keys.
    pub(super) ibans: Vec<u64>,
    /// Hashes of the references of mandates that his items name.
    pub(super) mandates: Vec<u64>,
    /// His items' places.
    pub(super) items: Vec<u32>,
    /// All who owe under the Kassenzeichen have one person's name: their mandates' accounts tell them apart, if they are two.
    pub(super) are_alike: bool,
}

/// Whose debts under a Kassenzeichen a payment is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// There is one debtor.
    #[default]
    Only,
    /// One of several, by his place.
    One(u32),
    /// There are several, and nothing tells which.
    Unclear,
}

/// So many days before an instalment falls due it may be paid by somebody of whom nothing is known.
pub(super) const SOON: i64 = 45;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) has_check_digit: bool,
    pub(super) has_mandate: bool,
}
