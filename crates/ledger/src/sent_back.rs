//! Credits that may be money of ours that came back: a refund to a closed account, a payment to a wrong one.
//!
//! Invariant: such a credit is nobody's payment until a person has looked. It is one only beside an outgoing booking of its
//! amount, to its account or to one that it does not name; and each outgoing booking comes back once.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use sepa::Cents;

use crate::returns::{is_telling, may_tell_back, repeats_text};

/// What went out, and nothing says that it took a credit back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent<'a> {
    /// Its id.
    pub id: i64,
    /// Above zero.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// To which account.
    pub iban: Option<&'a str>,
    /// Its text.
    pub text: &'a str,
}

/// What came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came<'a> {
    /// As it is looked at.
    pub booking: Sent<'a>,
    /// Whether the bank tells of a return in it (`RtrInf`), with a reason or without.
    pub is_return: bool,
}

/// Days within which a return comes that says so.
const TOLD_WITHIN: i32 = 60;
/// And one that only repeats what was sent.
const WITHIN: i32 = 14;

/// The credits that may be ours that came back, each with the outgoing booking.
pub fn sent_back(sent: &[Sent<'_>], came: &[Came<'_>]) -> HashMap<i64, i64> {
    let mut by_amount: HashMap<Cents, Vec<&Sent<'_>>> = HashMap::new();
    sent.iter().for_each(|row| by_amount.entry(row.amount).or_default().push(row));
    let (mut back, mut taken) = (HashMap::new(), HashSet::new());
    for credit in came {
        let own = by_amount.get(&credit.booking.amount).map_or(&[][..], Vec::as_slice);
        let is_free = |row: &&&Sent<'_>| !taken.contains(&row.id) && is_it(row, credit);
        // the nearest one before it
        if let Some(row) = own.iter().filter(is_free).max_by_key(|row| (row.booked, row.id)) {
            taken.insert(row.id);
            back.insert(credit.booking.id, row.id);
        }
    }
    back
}

fn is_it(sent: &Sent<'_>, credit: &Came<'_>) -> bool {
    let came = &credit.booking;
    let days = sent.booked.until(came.booked).map_or(i32::MAX, |span| span.get_days());
    let is_same = sent.iban.is_some() && sent.iban == came.iban;
    if !(0..=TOLD_WITHIN).contains(&days) || !is_same && came.iban.is_some() {
        return false;
    }
    let is_told = credit.is_return || may_tell_back(came.text);
    let is_near = days <= WITHIN;
    is_told || is_near && (repeats_text(came.text, sent.text) || is_same && shares_reference(came.text, sent.text))
}

/// Whether both name the same number.
fn shares_reference(one: &str, other: &str) -> bool {
    let words = |text: &str| -> HashSet<String> {
        let words =
            text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_uppercase());
        words.filter(|word| is_telling(word)).collect()
    };
    !words(one).is_disjoint(&words(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ID DAY IBAN AMOUNT TEXT…`, `-` for no account; `!` before the text for the bank's word of a return.
    fn row(line: &str) -> Came<'_> {
        let mut cells = line.splitn(5, ' ');
        let mut next = || cells.next().unwrap_or_default();
        let (id, day, iban, amount, text) = (next(), next(), next(), next(), next());
        let booking = Sent {
            id: id.parse().unwrap(),
            amount: Cents::parse(amount).unwrap(),
            booked: format!("2024-{day}").parse().unwrap(),
            iban: Some(iban).filter(|iban| *iban != "-"),
            text: text.trim_start_matches('!'),
        };
        Came { booking, is_return: text.starts_with('!') }
    }

    #[track_caller]
    fn check(sent: &[&str], came: &[&str], expected: &[(i64, i64)]) {
        let sent: Vec<Sent<'_>> = sent.iter().map(|line| row(line).booking).collect();
        let came: Vec<Came<'_>> = came.iter().map(|line| row(line)).collect();
        let mut found: Vec<(i64, i64)> = sent_back(&sent, &came).into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{came:?}");
    }

    #[test]
    fn what_says_that_it_comes_back_or_repeats_what_was_sent() {
        let out = "1 03-01 A 90 Erstattung 7.4711.2";
        for came in [
            "2 03-05 A 90 Rückgabe: Konto erloschen",
            "2 03-05 A 90 RETURN OF FUNDS",
            "2 03-05 A 90 !Konto aufgelöst",
            "2 03-05 A 90 !",
            "2 03-05 A 90 zu 7.4711.2",
            "2 03-05 A 90 Erstattung 7.4711.2",
            "2 03-05 - 90 Retoure Erstattung 7.4711.2",
            "2 03-05 - 90 ERSTATTUNG 7.4711.2",
            "2 04-15 A 90 Rückläufer",
        ] {
            check(&[out], &[came], &[(2, 1)]);
        }
    }

    #[test]
    fn another_payment_is_none_that_came_back() {
        let out = "1 03-01 A 90 Erstattung 7.4711.2";
        for came in [
            "2 03-05 A 90 Steuern",
            "2 03-05 A 91 Rückgabe",
            "2 03-05 B 90 Rückgabe 7.4711.2",
            "2 02-28 A 90 Rückgabe",
            "2 03-25 A 90 7.4711.2",
            "2 06-05 A 90 Rückgabe",
            "2 03-05 - 90 7.4711.2",
        ] {
            check(&[out], &[came], &[]);
        }
        check(&[out], &["2 03-05 A 90 Rückgabe", "3 03-06 A 90 Rückgabe"], &[(2, 1)]);
    }
}
