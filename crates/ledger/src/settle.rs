//! Where money goes within a Kassenzeichen: the order of settlement of § 225 AO.
//!
//! What the payer named comes first; else due principal, oldest first; never silently what is not yet due.
//! Invariant: a [`Rooms`] never lets more into an item than its amount less what is paid and what is claimed.

use sepa::Cents;

use crate::books::{AccountId, Books, Item};
use crate::names::fold;

/// What transfers can still pay of each item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rooms(Vec<Cents>);

/// A part of a payment for an item; the item by its place in [`Books::items`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The item's place.
    pub item: usize,
    /// Above zero.
    pub amount: Cents,
}

/// Whether what is not yet due may be filled too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only what is due, and what the payer named.
    Due,
    /// Also what is not yet due, after all that is: for holds.
    All,
}

impl Rooms {
    /// Everything that no transfer has paid yet.
    pub fn new(books: &Books) -> Rooms {
        Rooms(books.items.iter().map(room_of).collect())
    }

    /// What can still be paid of an item.
    pub fn of(&self, item: usize) -> Cents {
        self.0.get(item).copied().unwrap_or(Cents::ZERO)
    }

    /// Takes a part out; more than there is takes what there is.
    pub fn take(&mut self, part: Part) {
        if let Some(room) = self.0.get_mut(part.item) {
            *room = room.checked_sub(part.amount).filter(|rest| !rest.is_negative()).unwrap_or(Cents::ZERO);
        }
    }

    /// What of a Kassenzeichen is due and not paid by transfer, whether or not debits claim it, by item, oldest first.
    pub fn unpaid(&self, books: &Books, account: AccountId) -> Vec<Cents> {
        let due = books.items_of(account).filter(|(_, item)| books.is_due(item));
        let unpaid = due.filter_map(|(place, item)| self.of(place).checked_add(item.claimed));
        unpaid.filter(|cents| cents.is_positive()).collect()
    }

    /// What is due and open under a Kassenzeichen, by item, oldest first.
    pub fn due(&self, books: &Books, account: AccountId) -> Vec<Part> {
        books
            .items_of(account)
            .filter(|(_, item)| books.is_due(item))
            .map(|(place, _)| Part { item: place, amount: self.of(place) })
            .filter(|part| part.amount.is_positive())
            .collect()
    }
}

fn room_of(item: &Item) -> Cents {
    let taken = item.paid_before.checked_add(item.claimed).unwrap_or(item.amount);
    item.amount.checked_sub(taken).filter(|room| !room.is_negative()).unwrap_or(Cents::ZERO)
}

/// Divides `amount` among the items of a Kassenzeichen and says what is left over.
pub fn settle(
    books: &Books,
    rooms: &Rooms,
    account: AccountId,
    amount: Cents,
    named: &[usize],
    reach: Reach,
) -> (Vec<Part>, Cents) {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = amount;
    for item in order(books, rooms, account, amount, named, reach) {
        let part = rooms.of(item).min(rest);
        if part.is_positive() {
            parts.push(Part { item, amount: part });
            rest = rest.checked_sub(part).unwrap_or(Cents::ZERO);
        }
    }
    (parts, rest)
}

fn order(books: &Books, rooms: &Rooms, account: AccountId, amount: Cents, named: &[usize], reach: Reach) -> Vec<usize> {
    let mut order: Vec<usize> = named.to_vec();
    let due: Vec<Part> = rooms.due(books, account);
    if named.is_empty() {
        // an amount that is exactly one open instalment names it
        order.extend(due.iter().find(|part| part.amount == amount).map(|part| part.item));
    }
    order.extend(due.iter().map(|part| part.item));
    if reach == Reach::All {
        order.extend(books.items_of(account).map(|(place, _)| place));
    }
    let mut seen = std::collections::HashSet::new();
    order.retain(|item| seen.insert(*item));
    order
}

/// The instalments of a Kassenzeichen that a text names: »2023-4«, »4/2023«, »4. Rate 2023«, »Q4 2023«.
pub fn named_items(books: &Books, account: AccountId, tokens: &[String]) -> Vec<usize> {
    books.items_of(account).filter(|(_, item)| names_posten(tokens, &item.posten)).map(|(place, _)| place).collect()
}

/// The runs of letters and digits of a text, folded, for [`named_items`].
pub fn tokens(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).map(str::to_owned).collect()
}

/// Whether the tokens of a text name an instalment of the form YEAR-NUMBER, either way round.
fn names_posten(tokens: &[String], posten: &str) -> bool {
    let Some((year, number)) = posten.split_once('-') else {
        return posten.len() > 2 && tokens.iter().any(|token| token.eq_ignore_ascii_case(posten));
    };
    let is_number = |token: &str| token == number || token.strip_prefix('q') == Some(number);
    let is_word = |token: &str| matches!(token, "rate" | "quartal" | "viertel" | "vierteljahr" | "q" | "abschlag");
    tokens.iter().enumerate().filter(|(_, token)| *token == year).any(|(place, _)| {
        let near = |offset: isize| {
            place.checked_add_signed(offset).and_then(|at| tokens.get(at)).map(String::as_str).unwrap_or_default()
        };
        is_number(near(1)) || is_number(near(-1)) || (is_word(near(-1)) && is_number(near(-2)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::tests::town;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let books = town(
            "A1 2023-4 2023-11-15 100.00 | A1 2024-1 2024-02-15 100.00 | A1 2024-2 2024-05-15 100.00",
            "2024-03-11",
        );
        let named: Vec<&str> =
            named_items(&books, 0, &tokens(text)).into_iter().map(|place| books.items[place].posten.as_str()).collect();
        assert_eq!(named, expected, "{text}");
    }

    #[test]
    fn an_instalment_is_named_in_many_ways() {
        for (text, expected) in [
            ("Grundbesitzabgaben 2023-4", &["2023-4"][..]),
            ("4. Rate 2023", &["2023-4"]),
            ("4/2023 und 1/2024", &["2023-4", "2024-1"]),
            ("Q1 2024", &["2024-1"]),
            ("2. Quartal 2024", &["2024-2"]),
            ("Rechnung vom 04.11.2023", &[]),
            ("12345", &[]),
        ] {
            check(text, expected);
        }
    }

    #[track_caller]
    fn check_order(amount: i64, named: &[usize], expected: &[(usize, i64)], rest: i64) {
        let books = town(
            "A1 2023-4 2023-11-15 100.00 | A1 2024-1 2024-02-15 110.00 | A1 2024-2 2024-05-15 100.00",
            "2024-03-11",
        );
        let (parts, left) = settle(&books, &Rooms::new(&books), 0, Cents::new(amount), named, Reach::Due);
        let parts: Vec<(usize, i64)> = parts.iter().map(|part| (part.item, part.amount.get())).collect();
        assert_eq!((parts.as_slice(), left.get()), (expected, rest), "{amount} {named:?}");
    }

    #[test]
    fn money_goes_where_it_was_meant_then_to_the_oldest_due() {
        for (amount, named, expected, rest) in [
            (10_000, &[][..], &[(0, 10_000)][..], 0),
            (11_000, &[], &[(1, 11_000)], 0),
            (15_000, &[], &[(0, 10_000), (1, 5_000)], 0),
            (10_500, &[1], &[(1, 10_500)], 0),
            (11_500, &[1], &[(1, 11_000), (0, 500)], 0),
            (10_000, &[2], &[(2, 10_000)], 0),
            (30_000, &[], &[(0, 10_000), (1, 11_000)], 9_000),
        ] {
            check_order(amount, named, expected, rest);
        }
    }
}
