//! What the town moves between its own accounts: neither a payment nor a case.
//!
//! Invariant: a side pairs with at most one other, of the same amount, on the account that it names.

use std::collections::HashMap;

use jiff::civil::Date;
use sepa::Cents;

/// One side of a move: a booking of an own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its id.
    pub id: i64,
    /// The own account.
    pub account: String,
    /// The other party's account.
    pub other: Option<String>,
    /// Signed.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// Its text.
    pub text: String,
    /// Whether the name beside the other account is the town's, or none is there.
    pub of_town: bool,
    /// Whether the bank's code says that it was moved between accounts of one owner.
    pub by_code: bool,
}

/// Days between the two sides: weekends and holidays.
const WITHIN: i32 = 7;

/// The sides of moves between own accounts, each with its other side where that is seen. A side that names no account is
/// one if the other side names its account, and says the same. Where somebody else's name stands beside the own account, the
/// other side must be seen: banks and payers write the town's account where the payer's belongs.
pub fn moved(sides: &[Side], is_own: impl Fn(&str) -> bool) -> HashMap<i64, Option<i64>> {
    let names_own = |side: &Side| side.other.as_deref().is_some_and(&is_own);
    let mut moved: HashMap<i64, Option<i64>> =
        sides.iter().filter(|side| side.by_code || names_own(side)).map(|side| (side.id, None)).collect();
    let amounts: std::collections::HashSet<Cents> =
        sides.iter().filter(|side| moved.contains_key(&side.id)).map(|side| side.amount).collect();
    let mut by_amount: HashMap<Cents, Vec<&Side>> = HashMap::new();
    for side in sides {
        let is_asked = side.amount.checked_neg().is_some_and(|amount| amounts.contains(&amount));
        if is_asked {
            by_amount.entry(side.amount).or_default().push(side);
        }
    }
    for side in sides.iter().filter(|side| names_own(side)) {
        if moved.get(&side.id).is_none_or(Option::is_some) {
            continue;
        }
        let against = side.amount.checked_neg().and_then(|amount| by_amount.get(&amount));
        let free = |other: &&&Side| moved.get(&other.id).is_none_or(Option::is_none) && is_other_side(side, other);
        let nearest = against.into_iter().flatten().filter(free).min_by_key(|other| (apart(side, other), other.id));
        if let Some(other) = nearest {
            moved.insert(side.id, Some(other.id));
            moved.insert(other.id, Some(side.id));
        }
    }
    for side in sides.iter().filter(|side| !side.by_code && !side.of_town) {
        if moved.get(&side.id) == Some(&None) {
            moved.remove(&side.id);
        }
    }
    moved
}

fn apart(one: &Side, other: &Side) -> i32 {
    one.booked.until(other.booked).map_or(i32::MAX, |span| span.get_days()).abs()
}

fn is_other_side(side: &Side, other: &Side) -> bool {
    let names = |one: &Side, account: &str| one.other.as_deref() == Some(account);
    let says = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let same_text = || says(&side.text).len() > 5 && says(&side.text) == says(&other.text);
    names(side, &other.account)
        && apart(side, other) <= WITHIN
        && (names(other, &side.account) || other.other.is_none() && (other.by_code || same_text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ID ACCOUNT OTHER AMOUNT DAY [code] [TEXT…]`; accounts A and B are own.
    #[track_caller]
    fn check(lines: &[&str], expected: &[(i64, Option<i64>)]) {
        let sides: Vec<Side> = lines
            .iter()
            .map(|line| {
                let cells: Vec<&str> = line.split_whitespace().collect();
                Side {
                    id: cells[0].parse().unwrap(),
                    account: cells[1].to_owned(),
                    other: Some(cells[2].to_owned()).filter(|other| other != "-"),
                    amount: Cents::parse(cells[3]).unwrap(),
                    booked: format!("2024-03-{}", cells[4]).parse().unwrap(),
                    text: cells.get(5..).unwrap_or_default().join(" "),
                    of_town: cells.get(5) != Some(&"person"),
                    by_code: cells.get(5) == Some(&"code"),
                }
            })
            .collect();
        let mut found: Vec<(i64, Option<i64>)> =
            moved(&sides, |account| matches!(account, "A" | "B")).into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{lines:?}");
    }

    #[test]
    fn both_sides_are_told_and_paired() {
        check(&["1 A B 100 08", "2 B A -100 08", "3 A X 100 08"], &[(1, Some(2)), (2, Some(1))]);
        check(&["1 A B 100 11", "2 B A -100 08"], &[(1, Some(2)), (2, Some(1))]);
        check(&["1 A B 100 28", "2 B A -100 08"], &[(1, None), (2, None)]);
        check(&["1 A B 100 08", "2 B A -90 08"], &[(1, None), (2, None)]);
        check(&["1 A B 100 08", "2 A B 100 08", "3 B A -100 08"], &[(1, Some(3)), (2, None), (3, Some(1))]);
    }

    #[test]
    fn beside_a_persons_name_the_other_side_must_be_seen() {
        check(&["1 A B 100 08 person"], &[]);
        check(&["1 A A 100 08 person"], &[]);
        check(&["1 A B 100 08 person", "2 B A -100 08"], &[(1, Some(2)), (2, Some(1))]);
        check(&["1 A B 100 08 person", "2 B A -100 08", "3 A B 100 08 person"], &[(1, Some(2)), (2, Some(1))]);
    }

    #[test]
    fn an_account_of_its_own_and_the_banks_code_tell_too() {
        check(&["1 A A 100 08", "2 A X -100 08 code"], &[(1, None), (2, None)]);
    }

    #[test]
    fn a_side_without_account_is_the_one_that_the_other_side_names() {
        let out = "1 B A -100 08 Umbuchung KZ 4711";
        check(&[out, "2 A - 100 08 Umbuchung KZ 4711"], &[(1, Some(2)), (2, Some(1))]);
        check(&[out, "2 A - 100 08 Miete KZ 4711"], &[(1, None)]);
        check(&[out, "2 A X 100 08 Umbuchung KZ 4711"], &[(1, None)]);
    }
}
