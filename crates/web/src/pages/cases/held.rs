//! The Kassenzeichen that a case keeps out of direct debit, as a page shows them.
//!
//! Invariant: every hold of the case is in one group, and each Kassenzeichen occurs once in a group.

use super::views::{Case, Hold};

/// The Kassenzeichen that are held for one reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group<'a> {
    /// The reason, in English.
    pub(super) why: &'static str,
    /// The likelier ones first.
    pub(super) held: Vec<Held<'a>>,
    /// Further ones, shown on demand.
    pub(super) further: Vec<Held<'a>>,
}

/// A held Kassenzeichen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held<'a> {
    pub(super) kassenzeichen: &'a str,
    pub(super) posten: Vec<&'a str>,
}

/// How many Kassenzeichen of each reason are shown at once.
const SHOWN: usize = 6;

/// The stored reasons and their words, the strongest first.
const REASONS: [(&str, &str); 8] = [
    ("quoted", "Their Kassenzeichen is quoted"),
    ("mandate_named", "The reference of their mandate is named"),
    ("near_reference", "Their Kassenzeichen is a slip away from what is quoted"),
    ("payer_account", "The payer's account stands for them"),
    ("name_and_amount", "Name or address, and the amount, fit"),
    ("named", "Name or address points to them"),
    ("amount_alone", "Just this amount is owed there"),
    ("taken_back", "What paid it may have gone back"),
];

/// The holds of a case, grouped by reason.
pub(super) fn groups(case: &Case) -> Vec<Group<'_>> {
    let known = REASONS.iter().map(|(word, why)| (*why, of(case, |hold| hold.reason == *word)));
    let is_known = |hold: &Hold| REASONS.iter().any(|(word, _)| hold.reason == *word);
    let other = ("For another reason", of(case, |hold| !is_known(hold)));
    let mut groups = Vec::new();
    for (why, mut held) in known.chain([other]).filter(|(_, held)| !held.is_empty()) {
        let further = held.split_off(held.len().min(SHOWN));
        groups.push(Group { why, held, further });
    }
    groups
}

fn of<'a>(case: &'a Case, wanted: impl Fn(&Hold) -> bool) -> Vec<Held<'a>> {
    let mut all: Vec<Held<'a>> = Vec::new();
    for hold in case.holds.iter().filter(|hold| wanted(hold)) {
        match all.iter_mut().find(|held| held.kassenzeichen == hold.kassenzeichen) {
            Some(held) => held.posten.push(&hold.posten),
            None => all.push(Held { kassenzeichen: &hold.kassenzeichen, posten: vec![&hold.posten] }),
        }
    }
    let rank = |name: &str| case.candidates.iter().position(|one| one.kassenzeichen == name).unwrap_or(usize::MAX);
    all.sort_by_key(|held| (rank(held.kassenzeichen), held.kassenzeichen));
    all
}
