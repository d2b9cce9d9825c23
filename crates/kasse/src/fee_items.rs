//! Fees that a transfer may pay: what a list assesses for due days before the outage, as items of their own.
//!
//! Knows how they are named and which class of claim each is. Invariant: a fee that is due within the outage is never one
//! of them, and none of them reaches a plan.

use std::collections::HashSet;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::books::{Books, Class, Item};
use ledger::fees::is_due_before;
use store::{Fee, ItemRow, NewAssessment};

/// A fee's name, as it stands behind the instalment it is on and in the place of a levy.
pub(crate) fn name(fee: Fee) -> &'static str {
    match fee {
        Fee::Mahngebuehr => "Mahngebühr",
        Fee::Saeumniszuschlag => "Säumniszuschlag",
    }
}

/// In which order § 225 (2) AO has it settled.
pub(crate) fn class(fee: Option<Fee>) -> Class {
    match fee {
        None => Class::Principal,
        Some(Fee::Mahngebuehr) => Class::Costs,
        Some(Fee::Saeumniszuschlag) => Class::Surcharge,
    }
}

/// How the fee on an instalment is called: `2023-4+Mahngebühr`.
pub(crate) fn posten(instalment: &str, fee: Fee) -> String {
    format!("{instalment}{}", suffix(fee))
}

/// How an item of the books is called.
pub(crate) fn posten_of(books: &Books, item: &Item) -> String {
    let instalment = books.posten(item);
    match item.class {
        Class::Principal => instalment.to_owned(),
        Class::Costs => posten(instalment, Fee::Mahngebuehr),
        Class::Surcharge => posten(instalment, Fee::Saeumniszuschlag),
    }
}

fn suffix(fee: Fee) -> String {
    format!("+{}", name(fee))
}

/// Whether an instalment is called as only the fee on one is.
pub(crate) fn is_called_so(posten: &str) -> bool {
    Fee::ALL.into_iter().any(|fee| posten.ends_with(&suffix(fee)))
}

/// The instalment that a fee is on; of principal its own.
pub(crate) fn instalment(item: &ItemRow) -> &str {
    let of_fee = item.said.fee.and_then(|fee| item.posten.strip_suffix(suffix(fee).as_str()));
    of_fee.unwrap_or(&item.posten)
}

/// What a report shows as the kind of an item: its levy, or the fee that it is.
pub(crate) fn kind(item: &ItemRow) -> &str {
    match item.said.fee {
        Some(fee) => name(fee),
        None => &item.said.kind,
    }
}

/// Makes the fees of a list's rows.
pub(crate) struct Maker {
    outage: Option<(Date, Date)>,
    /// The fees that are items already: canonical Kassenzeichen and posten.
    known: HashSet<(String, String)>,
}

impl Maker {
    pub(crate) fn new(items: &[ItemRow], outage: Option<(Date, Date)>) -> Maker {
        let fees = items.iter().filter(|item| item.said.fee.is_some());
        Maker { outage, known: fees.map(|item| (canonical(&item.kassenzeichen), item.posten.clone())).collect() }
    }

    /// The fees on an instalment as items, with their postens. One that is an item already and not assessed any more
    /// comes to nothing.
    pub(crate) fn fees(
        &self,
        kassenzeichen: &str,
        instalment: &str,
        said: &NewAssessment,
    ) -> Vec<(String, NewAssessment)> {
        let payable = is_due_before(said.due, self.outage);
        let assessed = [(Fee::Mahngebuehr, said.mahngebuehr), (Fee::Saeumniszuschlag, said.saeumniszuschlag)];
        let fees = assessed.into_iter().filter_map(|(fee, amount)| {
            let amount = if payable { amount } else { 0 };
            if amount == 0 && self.known.is_empty() {
                return None;
            }
            let posten = posten(instalment, fee);
            let counts = amount > 0 || self.known.contains(&(canonical(kassenzeichen), posten.clone()));
            let said = NewAssessment {
                amount,
                paid_before: 0,
                mahngebuehr: 0,
                saeumniszuschlag: 0,
                mandate_reference: None,
                fee: Some(fee),
                ..said.clone()
            };
            counts.then_some((posten, said))
        });
        fees.collect()
    }
}
