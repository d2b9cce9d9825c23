//! The candidates of a case as the page offers them: the evidence as words and bars, and what accepting one would do.
//!
//! Invariant: an offer is preselected only if it is the single best one; if two are equally good, a person must choose.

use std::cmp::Reverse;

use sepa::Cents;
use serde_json::Number;

use super::views::{Candidate, Case, Part, Witness, cents};

/// A candidate.
#[derive(Debug)]
pub(super) struct Offer<'a> {
    /// The key that selects it, from 1.
    pub(super) number: usize,
    pub(super) candidate: &'a Candidate,
    /// Whether it is preselected for the accept key.
    pub(super) is_picked: bool,
    /// Whether its evidence is shown without a click.
    pub(super) is_near: bool,
    /// The evidence for and against it, the heaviest first.
    pub(super) bars: Vec<Bar<'a>>,
    /// Its total score, and the score that every Kassenzeichen begins with, as text.
    pub(super) score: String,
    pub(super) start: String,
    /// The label of its accept button, in English.
    pub(super) place: String,
    pub(super) proposal: Option<Proposal<'a>>,
}

/// A witness as a bar.
#[derive(Debug)]
pub(super) struct Bar<'a> {
    pub(super) text: &'a str,
    pub(super) strength: &'a str,
    pub(super) points: String,
    pub(super) is_against: bool,
    /// Its width in twentieths.
    pub(super) width: i64,
}

/// Hundredths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Points(Cents);

/// What accepting a candidate would do.
#[derive(Debug)]
pub(super) struct Proposal<'a> {
    pub(super) parts: &'a [Part],
    /// The amount that would stay in the case.
    pub(super) left: Option<String>,
    /// Items that would be paid before they are due.
    pub(super) ahead: Vec<&'a str>,
}

impl Points {
    fn of(number: &Number) -> Points {
        // two decimals, as amounts have
        Points(cents(&number.to_string()))
    }

    /// With a sign, and with decimals in the format of the language.
    fn said(self, german: bool) -> String {
        let text = if german { self.0.abs().german() } else { self.0.abs().to_string() };
        format!("{}{text}", if self.is_against() { '−' } else { '+' })
    }

    fn is_against(self) -> bool {
        self.0.is_negative()
    }

    /// The width of its bar in twentieths; each is half a point.
    fn width(self) -> i64 {
        ((self.0.abs().get() + 25) / 50).clamp(1, 20)
    }
}

/// How many candidates show all their evidence.
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

/// The index of the first candidate, if the evidence for it outweighs, it can take the money, and no other has its
/// score.
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
