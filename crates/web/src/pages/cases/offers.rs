//! The candidates of a case as the page offers them: what speaks for each as words and bars, and what accepting it would do.
//!
//! Invariant: an offer that is picked beforehand is the only best one; where two are equally good, a person picks.

use std::cmp::Reverse;

use sepa::Cents;
use serde_json::Number;

use super::views::{Candidate, Case, Part, Witness, cents};

/// A candidate.
#[derive(Debug)]
pub(super) struct Offer<'a> {
    /// The key that picks it, from 1.
    pub(super) number: usize,
    pub(super) candidate: &'a Candidate,
    /// Whether the accepting key means it from the beginning.
    pub(super) is_picked: bool,
    /// Whether its particulars are shown from the beginning.
    pub(super) is_near: bool,
    /// What speaks for and against it, the heaviest first.
    pub(super) bars: Vec<Bar<'a>>,
    /// Its points in all, and those that every Kassenzeichen begins with, as they are written.
    pub(super) score: String,
    pub(super) start: String,
    /// What its accepting button says, in English.
    pub(super) place: String,
    pub(super) proposal: Option<Proposal<'a>>,
}

/// A witness.
#[derive(Debug)]
pub(super) struct Bar<'a> {
    pub(super) text: &'a str,
    pub(super) strength: &'a str,
    pub(super) points: String,
    pub(super) is_against: bool,
    /// In twentieths.
    pub(super) width: i64,
}

/// Hundredths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Points(Cents);

/// What accepting a candidate would do.
#[derive(Debug)]
pub(super) struct Proposal<'a> {
    pub(super) parts: &'a [Part],
    /// What would stay in the case.
    pub(super) left: Option<String>,
    /// Items that would be paid before they are due.
    pub(super) ahead: Vec<&'a str>,
}

impl Points {
    fn of(number: &Number) -> Points {
        // two decimals, as amounts have
        Points(cents(&number.to_string()))
    }

    /// With its sign; the decimals as a letter of the language writes them.
    fn said(self, german: bool) -> String {
        let text = if german { self.0.abs().german() } else { self.0.abs().to_string() };
        format!("{}{text}", if self.is_against() { '−' } else { '+' })
    }

    fn is_against(self) -> bool {
        self.0.is_negative()
    }

    /// How wide its bar is, in twentieths: half a point each.
    fn width(self) -> i64 {
        ((self.0.abs().get() + 25) / 50).clamp(1, 20)
    }
}

/// So many candidates show all that speaks for them.
const NEAR: usize = 2;

/// The candidates in their order.
pub(super) fn offers(case: &Case, german: bool) -> Vec<Offer<'_>> {
    let best = sole_best(case);
    let mut offers = Vec::new();
    for (place, candidate) in case.candidates.iter().enumerate() {
        offers.push(Offer {
            number: place + 1,
            is_picked: best == Some(place),
            is_near: place < NEAR,
            bars: bars(candidate, german),
            score: Points::of(&candidate.score).said(german),
            start: Points::of(&candidate.start).said(german),
            place: format!("Place under {}", candidate.kassenzeichen),
            proposal: proposal(case, candidate),
            candidate,
        });
    }
    offers
}

/// The first candidate, where more speaks for it than against it, it can take the money and no other has its score.
fn sole_best(case: &Case) -> Option<usize> {
    let first = case.candidates.first()?;
    let score = Points::of(&first.score);
    let is_alone = case.candidates.iter().skip(1).all(|other| Points::of(&other.score) < score);
    (case.is_open() && is_alone && !score.is_against() && !first.allocate.is_empty()).then_some(0)
}

fn bars(candidate: &Candidate, german: bool) -> Vec<Bar<'_>> {
    let mut all: Vec<(Points, &Witness)> =
        candidate.witnesses.iter().map(|one| (Points::of(&one.weight), one)).collect();
    all.sort_by_key(|(points, _)| Reverse(points.0.abs()));
    let mut bars = Vec::new();
    for (points, one) in all {
        let (said, is_against, width) = (points.said(german), points.is_against(), points.width());
        bars.push(Bar { text: &one.text, strength: &one.strength, points: said, is_against, width });
    }
    bars
}

fn proposal<'a>(case: &Case, candidate: &'a Candidate) -> Option<Proposal<'a>> {
    if !case.is_open() || candidate.allocate.is_empty() {
        return None;
    }
    let parts = &candidate.allocate;
    let sum = Cents::sum(parts.iter().map(|part| cents(&part.amount)))?;
    let left = case.open_cents().checked_sub(sum).filter(|left| left.is_positive());
    let ahead =
        candidate.items.iter().filter(|item| !item.is_due && parts.iter().any(|part| part.posten == item.posten));
    Some(Proposal {
        parts,
        left: left.map(|left| left.to_string()),
        ahead: ahead.map(|item| item.posten.as_str()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_wide_as_its_points_and_never_nothing() {
        for (text, width, german) in [
            ("8.0", 16, "+8,00"),
            ("-0.05", 1, "−0,05"),
            ("4.98", 10, "+4,98"),
            ("-42.5", 20, "−42,50"),
            ("0.0", 1, "+0,00"),
        ] {
            let points = Points::of(&serde_json::from_str::<Number>(text).unwrap());
            assert_eq!((points.width(), points.said(true).as_str()), (width, german));
        }
    }
}
