//! What payers did before: which Kassenzeichen an account paid for, how long ago, and who said so.
//!
//! Knows no books. Invariant: what is learned does not depend on the order of the payments, and nothing is learned for a
//! payment from itself.

use std::collections::HashSet;

use jiff::civil::Date;
use sepa::Iban;

use crate::books::{AccountId, iban_key};
use crate::evidence::rarity;
use crate::index::Index;
use crate::weights::{Key, Weights};

/// That an account paid for a Kassenzeichen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lesson {
    /// The payer's account.
    pub iban: Iban,
    /// What it paid for.
    pub account: AccountId,
    /// By which payment.
    pub payment: i64,
    /// When that was booked.
    pub day: Date,
    /// Whether a person placed it there; else a clean reference and its amount did.
    pub by_person: bool,
}

/// All lessons.
#[derive(Debug, Default)]
pub struct History {
    lessons: Vec<Lesson>,
    by_iban: Index,
    /// Accounts of which a person has decided that they pay other money, by their keys.
    others: HashSet<u64>,
}

impl History {
    /// A history of lessons in any order.
    pub fn new(mut lessons: Vec<Lesson>) -> History {
        lessons.sort_unstable();
        lessons.dedup();
        let by_iban = (0..).zip(&lessons).map(|(place, lesson)| (iban_key(&lesson.iban), place)).collect();
        History { lessons, by_iban: Index::new(by_iban), others: HashSet::new() }
    }

    /// The same with the accounts of which a person has decided that a payment is other money.
    #[must_use]
    pub fn with_others(mut self, others: impl Iterator<Item = Iban>) -> History {
        self.others.extend(others.map(|iban| iban_key(&iban)));
        self
    }

    /// Whether a person has decided of a payment from this account that it is other money, and none was ever placed.
    pub(crate) fn pays_other(&self, iban: &Iban) -> bool {
        !self.others.is_empty() && self.others.contains(&iban_key(iban))
    }

    /// What an account's other payments tell of this one; by Kassenzeichen.
    pub(crate) fn of<'h>(&'h self, iban: &'h Iban, payment: i64) -> impl Iterator<Item = &'h Lesson> {
        // the first reading has no history: it need not even compute the account's key
        let places = if self.lessons.is_empty() { &[][..] } else { self.by_iban.get(iban_key(iban)) };
        let lessons = places.iter().filter_map(|place| self.lessons.get(*place as usize));
        lessons.filter(move |lesson| lesson.iban == *iban && lesson.payment != payment)
    }

    /// Asks memory for what these accounts paid for.
    pub(crate) fn ask_for(&self, ibans: impl Iterator<Item = Iban>) {
        if !self.lessons.is_empty() {
            self.by_iban.ask_for(&ibans.map(|iban| iban_key(&iban)).collect::<Vec<u64>>());
        }
    }

    /// How many Kassenzeichen an account paid for by other payments.
    pub(crate) fn count(&self, iban: &Iban, payment: i64) -> usize {
        let mut last = None;
        self.of(iban, payment).filter(|lesson| last.replace(lesson.account) != Some(lesson.account)).count()
    }
}

/// What a lesson weighs for a payment of `day`: less the longer it is ago, by half in each half-life.
pub(crate) fn weight(weights: &Weights, lesson: &Lesson, day: Date, all: usize, alike: usize) -> (Key, i32) {
    let key = if lesson.by_person { Key::BeforePerson } else { Key::BeforeProgram };
    let days = i64::from((day - lesson.day).get_days()).abs();
    let half_life = i64::from(weights.get(Key::HalfLife)).max(1);
    let faded = i32::try_from(days.saturating_mul(69) / half_life).unwrap_or(i32::MAX);
    (key, rarity(all, alike, weights.count(key)).saturating_sub(faded).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(payment: i64, account: AccountId, day: &str, by_person: bool) -> Lesson {
        let iban = Iban::parse("DE89370400440532013000").unwrap();
        Lesson { iban, account, payment, day: day.parse().unwrap(), by_person }
    }

    #[test]
    fn a_payment_teaches_others_and_not_itself() {
        let history = History::new(vec![
            lesson(2, 7, "2023-11-02", false),
            lesson(1, 7, "2023-11-01", false),
            lesson(3, 8, "2023-11-03", false),
        ]);
        let iban = history.lessons[0].iban;
        let known = |payment| history.of(&iban, payment).map(|lesson| lesson.account).collect::<Vec<_>>();
        assert_eq!((known(1), known(3), known(9)), (vec![7, 8], vec![7, 7], vec![7, 7, 8]));
        assert_eq!((history.count(&iban, 1), history.count(&iban, 3)), (2, 1));
        let stranger = Iban::parse("DE02120300000000202051").unwrap();
        assert_eq!(history.count(&stranger, 1), 0);
    }

    #[test]
    fn what_was_long_ago_says_less_and_a_person_says_more() {
        let weigh = |lesson: &Lesson, day: &str| weight(&Weights::SHIPPED, lesson, day.parse().unwrap(), 10_000, 1).1;
        let (program, person) = (lesson(1, 7, "2023-01-01", false), lesson(1, 7, "2023-01-01", true));
        assert!(weigh(&person, "2023-01-01") > weigh(&program, "2023-01-01"));
        assert!(weigh(&program, "2023-06-01") < weigh(&program, "2023-01-01"));
        let half = weigh(&program, "2023-01-01") - weigh(&program, "2024-02-05");
        assert!((half - 69).abs() <= 1, "{half}");
        assert_eq!(weigh(&program, "9999-12-31"), 0);
    }
}
