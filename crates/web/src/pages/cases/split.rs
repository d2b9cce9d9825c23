//! Dividing money by hand among several items: the rows of the form, as offered and as sent.
//!
//! Knows only the form of texts; `kasse` decides whether an item takes an amount. Invariant: what was typed stays in
//! its row, and every row that cannot be read shows why.

use kasse::Resolution;
use sepa::Cents;

use super::views::{Candidate, Case, Item};
use crate::view::Fields;

/// A row of the form.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// `KASSENZEICHEN/POSTEN`.
    pub(super) item: String,
    /// What is open there and since when; `None` if a person typed the item.
    pub(super) owed: Option<Owed>,
    /// The amount as it was typed.
    pub(super) amount: String,
    /// The error, in English.
    pub(super) wrong: Option<&'static str>,
}

/// An item of a candidate.
#[derive(Debug)]
pub(super) struct Owed {
    pub(super) debtor: String,
    pub(super) open: String,
    pub(super) due: String,
    pub(super) is_due: bool,
}

/// A row as it was sent: item and amount.
pub(super) type Sent = (String, String);

/// The rows of a form.
pub(super) fn rows(fields: &Fields) -> Vec<Sent> {
    fields.all("item").into_iter().zip(fields.all("amount")).collect()
}

/// How many candidates are offered, how many items of each, and how many empty rows.
const CANDIDATES: usize = 6;
const ITEMS: usize = 4;
const EMPTY: usize = 2;

/// The rows at the beginning: the open items of the candidates, and empty ones for others.
pub(super) fn lines(case: &Case) -> Vec<Line> {
    let offered = case.candidates.iter().take(CANDIDATES).flat_map(|candidate| {
        let open = candidate.items.iter().filter(|item| item.is_open());
        open.take(ITEMS).map(move |item| offered(candidate, item))
    });
    offered.chain((0..EMPTY).map(|_| Line::default())).collect()
}

fn offered(candidate: &Candidate, item: &Item) -> Line {
    let owed = Owed {
        debtor: candidate.debtor.clone().unwrap_or_default(),
        open: item.open.clone(),
        due: item.due.clone(),
        is_due: item.is_due,
    };
    Line { item: format!("{}/{}", candidate.kassenzeichen, item.posten), owed: Some(owed), ..Line::default() }
}

/// The rows as they were typed: offered ones in their places, the others after them, and more empty ones if asked for.
pub(super) fn typed(case: &Case, sent: &[Sent], wants_more: bool) -> Vec<Line> {
    let mut lines = lines(case);
    lines.retain(|line| line.owed.is_some());
    for (item, amount) in sent {
        match lines.iter_mut().find(|line| line.owed.is_some() && line.amount.is_empty() && line.item == *item) {
            Some(line) => line.amount.clone_from(amount),
            None => lines.push(Line { item: item.clone(), amount: amount.clone(), ..Line::default() }),
        }
    }
    lines.iter_mut().for_each(|line| line.wrong = wrong(&line.item, &line.amount, line.owed.is_some()));
    lines.extend((0..if wants_more { EMPTY } else { 0 }).map(|_| Line::default()));
    lines
}

/// The error of a row.
fn wrong(item: &str, amount: &str, is_offered: bool) -> Option<&'static str> {
    match (item.trim().is_empty(), amount.trim().is_empty()) {
        (true, true) => None,
        (false, true) => (!is_offered).then_some("The amount is missing."),
        (true, false) => Some("The item is missing: write it as KASSENZEICHEN/POSTEN."),
        (false, false) => match Cents::parse_local(amount) {
            Ok(cents) if cents.is_positive() => None,
            Ok(_) => Some("The amount must be above zero."),
            Err(_) => Some("This is no amount: write it as in 1.234,56."),
        },
    }
}

/// The decision that the rows make; `None` if one of them cannot be read, or all are empty.
pub(super) fn resolution(sent: &[Sent]) -> Option<Resolution> {
    let filled = sent.iter().filter(|(_, amount)| !amount.trim().is_empty());
    let parts: Option<Vec<(String, Cents)>> = filled
        .map(|(item, amount)| match wrong(item, amount, true) {
            None => Some((item.trim().to_owned(), Cents::parse_local(amount).ok()?)),
            Some(_) => None,
        })
        .collect();
    parts.filter(|parts| !parts.is_empty()).map(Resolution::Allocate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_is_wrong_with_it() {
        for (item, amount, is_offered, is_wrong) in [
            ("", " ", false, false),
            ("1/2", "", true, false),
            ("1/2", "", false, true),
            ("", "5,00", false, true),
            ("1/2", "1.234", false, true),
            ("1/2", "0,00", true, true),
            ("1/2", "-5", true, true),
            ("1/2", "1.234,56", false, false),
        ] {
            assert_eq!(wrong(item, amount, is_offered).is_some(), is_wrong, "{item} {amount}");
        }
    }

    #[test]
    fn rows_become_one_decision_or_none() {
        let sent = |rows: &[(&str, &str)]| -> Vec<Sent> {
            rows.iter().map(|(item, amount)| ((*item).to_owned(), (*amount).to_owned())).collect()
        };
        let cents = |text: &str| Cents::parse(text).unwrap();
        let both = vec![("1/2".to_owned(), cents("5.00")), ("1/3".to_owned(), cents("1000.50"))];
        let rows = [("1/2", "5"), ("1/4", ""), (" 1/3 ", "1.000,50"), ("", "")];
        assert_eq!(resolution(&sent(&rows)), Some(Resolution::Allocate(both)));
        assert_eq!(resolution(&sent(&[("1/2", "5"), ("1/3", "x")])), None);
        assert_eq!(resolution(&sent(&[("1/2", "")])), None);
    }
}
