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
pub struct FeeKinds {
    /// The words of each name, without the endings of plurals.
    names: Vec<Vec<String>>,
    /// What the fees among them are charged for (`ROOTS`).
    roots: Vec<&'static str>,
}

/// The fees that lists have as rows of their own, unless the settings name others.
pub(crate) const FEE_KINDS: [&str; 6] = [
    "Mahngebühr",
    "Mahnkosten",
    "Säumniszuschlag",
    "Rücklastschriftgebühr",
    "Rücklastschriftkosten",
    "Verspätungszuschlag",
];

/// What fees are charged for, as words about it begin, folded: a reminder, delay, a returned debit.
const ROOTS: [&str; 3] = ["mahn", "saumnis", "rucklast"];

/// Words that begin with such a root and are about something else are none: »Mahnwesen-Hundesteuer« has no charge, and
/// »Abfallgebühr Mahndorf« no reminder.
const ABOUT: [&str; 5] = ["mahn", "mahnung", "mahnungen", "mahnwesen", "mahnverfahren"];

/// What charges are called, as a word or as the end of one, folded and without the ending of the plural.
const CHARGES: [&str; 5] = ["gebuhr", "kost", "kosten", "zuschlag", "geb"];

impl FeeKinds {
    /// Of these names.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> FeeKinds {
        let stems = |name: &str| words(name).iter().map(|word| stem(word).to_owned()).collect();
        let names: Vec<Vec<String>> =
            names.into_iter().map(stems).filter(|name: &Vec<String>| !name.is_empty()).collect();
        let has = |root: &&str| names.iter().flatten().any(|word| word.contains(*root));
        let roots = ROOTS.into_iter().filter(has).collect();
        FeeKinds { names, roots }
    }

    /// Which fee a levy's name is: it has a fee's words side by side, in whatever number, or both what fees are charged for
    /// and a charge. What other things are charged for (»Abfallgebühr«) is none.
    pub(crate) fn of(&self, kind: &str) -> Option<Fee> {
        let words = cut_words(kind);
        let named = || self.names.iter().find(|name| has_in_a_row(&words, name)).map(|name| name.concat());
        let own = named().or_else(|| self.charged_for(&words).map(str::to_owned))?;
        let is_surcharge = own.ends_with("zuschlag") || own.starts_with("saumnis");
        Some(if is_surcharge { Fee::Saeumniszuschlag } else { Fee::Mahngebuehr })
    }

    /// What a name's charge is for, where that makes it a fee.
    fn charged_for(&self, words: &[(String, bool)]) -> Option<&'static str> {
        let is_charge = |word: &str| CHARGES.into_iter().any(|charge| stem(word).ends_with(charge));
        let is_about = |root: &str, word: &str| match root {
            "mahn" => ABOUT.contains(&word) || word.starts_with(root) && is_charge(word),
            root => word.contains(root),
        };
        words.iter().find(|(word, _)| is_charge(word))?;
        self.roots.iter().copied().find(|root| words.iter().any(|(word, _)| is_about(root, word)))
    }
}

/// A name's words, folded, and whether a full stop is behind each.
fn cut_words(kind: &str) -> Vec<(String, bool)> {
    let mut all: Vec<(String, bool)> = Vec::new();
    for piece in kind.split_inclusive('.') {
        let own = words(piece);
        let last = own.len().wrapping_sub(1);
        let has_stop = piece.strip_suffix('.').is_some_and(|piece| piece.ends_with(char::is_alphabetic));
        all.extend(own.into_iter().enumerate().map(|(place, word)| (word, has_stop && place == last)));
    }
    all
}

/// Whether a fee's words stand side by side in a name; one that the name divides (»Mahn-Gebühr«) is one all the same.
fn has_in_a_row(words: &[(String, bool)], name: &[String]) -> bool {
    let whole: String = name.concat();
    let divided = |count: usize| {
        words.windows(count).any(|row| stem(&row.iter().map(|(word, _)| word.as_str()).collect::<String>()) == whole)
    };
    let is_row =
        |row: &[(String, bool)]| row.iter().zip(name).all(|((word, has_stop), fee)| is_fee(word, *has_stop, fee));
    words.windows(name.len()).any(is_row) || divided(2) || divided(3)
}

/// Whether a word is that of a fee, cut short or in the plural.
fn is_fee(word: &str, has_stop: bool, fee: &str) -> bool {
    let stem = stem(word);
    let least =
        if has_stop && ROOTS.into_iter().any(|root| word.starts_with(root)) { SHORTEST_STOPPED } else { SHORTEST_CUT };
    fee == stem || stem.len() >= least && fee.starts_with(stem)
}

/// A folded word without the ending of its plural.
fn stem(word: &str) -> &str {
    let stem = word.strip_suffix("en").or_else(|| word.strip_suffix(['e', 'n', 's'])).unwrap_or(word);
    if stem.len() < SHORTEST_STEM { word } else { stem }
}

/// A word cut shorter is no fee's: `Säumniszuschl.` is.
const SHORTEST_CUT: usize = 8;

/// The same with a full stop behind it: `Mahngeb.` is.
const SHORTEST_STOPPED: usize = 5;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], kinds: &[&str], expected: Option<Fee>) {
        let fees = FeeKinds::new(names.iter().copied());
        for kind in kinds {
            assert_eq!(fees.of(kind), expected, "{kind}");
        }
    }

    #[test]
    fn a_fee_is_one_however_its_levy_is_spelt() {
        let reminders = [
            "Mahngebühr",
            "MAHNGEBUEHREN",
            "2. Mahngebühr",
            "Mahngeb.",
            "Mahn-Gebühr",
            "Mahn Gebühren",
            "Mahn- und Vollstreckungsgebühren",
            "Gebühren für Mahnung",
            "Kosten der Mahnung",
            "Bankrücklastgebühr",
            "Rücklastschrift (Kosten)",
            "Rücklastschr.geb.",
            "Hundesteuer - Mahngebühr",
        ];
        check(&FEE_KINDS, &reminders, Some(Fee::Mahngebuehr));
        let delays = [
            "Säumniszuschl.",
            "Saeumniszuschlaege",
            "Säumnis-Zuschlag",
            "Zuschläge wegen Säumnis",
            "Verspätungszuschlag",
        ];
        check(&FEE_KINDS, &delays, Some(Fee::Saeumniszuschlag));
        let levies = [
            "Grundbesitzabgaben",
            "Abfallgebühr",
            "Mahnwesen-Hundesteuer",
            "Abfallgebühr Mahndorf",
            "Erschließungskosten",
            "Rücklage",
            "Rückl.",
            "Mahn.",
            "Zuschlag Kurtaxe",
        ];
        check(&FEE_KINDS, &levies, None);
    }

    #[test]
    fn a_fee_of_several_words_is_all_of_them() {
        let names = ["Mahn- und Vollstreckungskosten"];
        check(
            &names,
            &["Mahn- und Vollstreckungskosten", "MAHN UND VOLLSTRECKUNGSKOSTEN 2023"],
            Some(Fee::Mahngebuehr),
        );
        check(&names, &["Grundbesitzabgaben und Wasser", "Säumniszuschlag"], None);
        check(&["Beitreibungsauslagen der Stadt"], &["Wasser der Stadt", "Mahngebühr", "Stadt."], None);
    }
}
