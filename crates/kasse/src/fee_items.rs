//! Fees that a transfer may pay: what a list assesses for due days before the outage, as items of their own.
//!
//! Knows how they are named and which class of claim each is. Invariant: a fee that is due within the outage is never one
//! of them, and none of them reaches a plan.

use std::collections::HashSet;

use jiff::civil::Date;
use kassenzeichen::canonical;
use ledger::books::{Books, Class, Item};
use ledger::fees::is_due_before;
use ledger::names::words;
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

/// Whether an item is a fee as a row of its own, and not one of an instalment's columns.
pub(crate) fn is_row(item: &ItemRow) -> bool {
    item.said.fee.is_some_and(|fee| !item.posten.ends_with(&suffix(fee)))
}

/// What a report shows as the kind of an item: its levy, or the fee that it is.
pub(crate) fn kind(item: &ItemRow) -> &str {
    match item.said.fee {
        Some(fee) if item.posten.ends_with(&suffix(fee)) => name(fee),
        _ => &item.said.kind,
    }
}

/// Which levies of a list are fees: a row of one is a fee as a row of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeKinds(Vec<String>);

/// The fees that lists have as rows of their own, unless the settings name others.
pub(crate) const FEE_KINDS: [&str; 6] = [
    "Mahngebühr",
    "Mahnkosten",
    "Säumniszuschlag",
    "Rücklastschriftgebühr",
    "Rücklastschriftkosten",
    "Verspätungszuschlag",
];

impl FeeKinds {
    /// Of these names.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> FeeKinds {
        FeeKinds(names.into_iter().flat_map(words).map(|word| stem(&word).to_owned()).collect())
    }

    /// Which fee a levy's name is: one of its words is a fee's, in whatever number. What a fee is charged for (»Abfallgebühr«)
    /// is none.
    pub(crate) fn of(&self, kind: &str) -> Option<Fee> {
        let words = words(kind);
        let is = |word: &str, fee: &str| fee == word || word.len() >= SHORTEST_CUT && fee.starts_with(word);
        let own = words.iter().find_map(|word| self.0.iter().find(|fee| is(stem(word), fee)))?;
        Some(if own.ends_with("zuschlag") { Fee::Saeumniszuschlag } else { Fee::Mahngebuehr })
    }
}

/// A folded word without the ending of its plural.
fn stem(word: &str) -> &str {
    let stem = word.strip_suffix("en").or_else(|| word.strip_suffix(['e', 'n', 's'])).unwrap_or(word);
    if stem.len() < SHORTEST_STEM { word } else { stem }
}

/// A word cut shorter is no fee's: `Säumniszuschl.` is.
const SHORTEST_CUT: usize = 8;

/// Shorter words have no plural here.
const SHORTEST_STEM: usize = 6;

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
