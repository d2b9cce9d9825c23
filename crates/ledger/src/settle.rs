//! Where money goes within a Kassenzeichen: the order of settlement of § 225 AO.
//!
//! What the payer named comes first; else due principal, oldest first; only then what is due of costs, and last of
//! surcharges; never silently what is not yet due.
//! Invariant: a [`Rooms`] never lets more into an item than its amount less what is paid and what is claimed.

use sepa::Cents;
use smallvec::SmallVec;

use crate::books::{AccountId, Books, Item, Whose, is_sum, sums_with_fees};
use crate::names::fold;
use crate::runs::{Run, runs};

/// What transfers can still pay of each item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rooms {
    rooms: Vec<Cents>,
    /// The Kassenzeichen of which an item has not all its room, one bit each.
    touched: Vec<u64>,
}

/// A part of a payment for an item; the item by its place in [`Books::items`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The item's place.
    pub item: usize,
    /// Above zero.
    pub amount: Cents,
}

/// Parts of one payment: mostly one, which then needs no room of its own.
pub type Parts = SmallVec<[Part; 1]>;

/// Items by their places: those that a text names, seldom more than a few.
pub type Named = SmallVec<[u32; 4]>;

/// Whether what is not yet due may be filled too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only what is due, and what the payer named.
    Due,
    /// Also what is not yet due, after all that is, and no fee, which nobody collects: for holds.
    All,
}

impl Rooms {
    /// Everything that no transfer has paid yet.
    pub fn new(books: &Books) -> Rooms {
        let rooms = books.items.iter().map(room_of).collect();
        let mut rooms = Rooms { rooms, touched: vec![0; books.len() / 64 + 1] };
        let short = books.items.iter().filter(|item| room_of(item) != item.amount);
        short.for_each(|item| rooms.touch(item.account));
        rooms
    }

    /// What can still be paid of an item.
    pub fn of(&self, item: usize) -> Cents {
        self.rooms.get(item).copied().unwrap_or(Cents::ZERO)
    }

    /// Takes a part out; more than there is takes what there is.
    pub fn take(&mut self, books: &Books, part: Part) {
        if let Some(room) = self.rooms.get_mut(part.item) {
            *room = room.checked_sub(part.amount).filter(|rest| !rest.is_negative()).unwrap_or(Cents::ZERO);
            if let Some(item) = books.items.get(part.item) {
                self.touch(item.account);
            }
        }
    }

    fn touch(&mut self, account: AccountId) {
        if let Some(bits) = self.touched.get_mut(account as usize / 64) {
            *bits |= 1 << (account % 64);
        }
    }

    /// Whether something of a Kassenzeichen's items is paid or claimed.
    pub fn is_touched(&self, account: AccountId) -> bool {
        self.touched.get(account as usize / 64).is_some_and(|bits| bits >> (account % 64) & 1 == 1)
    }

    /// What is due and open under a Kassenzeichen, by item: principal, oldest first, then costs, then surcharges.
    pub fn due<'a>(&'a self, books: &'a Books, account: AccountId) -> impl Iterator<Item = Part> + 'a {
        let due = books.items_of(account).filter(|(_, item)| books.is_due(item));
        due.map(|(place, _)| Part { item: place, amount: self.of(place) }).filter(|part| part.amount.is_positive())
    }

    /// What of a Kassenzeichen is due and not paid by transfer, whether or not debits claim it, by item, oldest first.
    pub fn unpaid(&self, books: &Books, account: AccountId) -> Vec<Cents> {
        self.unpaid_parts(books, account).map(|(_, cents)| cents).collect()
    }

    /// The same, each with its item.
    pub(crate) fn unpaid_parts<'a>(
        &'a self,
        books: &'a Books,
        account: AccountId,
    ) -> impl Iterator<Item = (&'a Item, Cents)> {
        let due = books.items_of(account).filter(|(_, item)| books.is_due(item));
        let unpaid = due.filter_map(|(place, item)| Some((item, self.of(place).checked_add(item.claimed)?)));
        unpaid.filter(|(_, cents)| cents.is_positive())
    }

    /// Whether whole instalments that are due and not paid by transfer make an amount, without their fees or with them.
    pub fn owes(&self, books: &Books, account: AccountId, amount: Cents) -> bool {
        let principal = self.unpaid_parts(books, account).filter(|(item, _)| !item.is_fee());
        is_sum(&principal.map(|(_, cents)| cents).collect::<Vec<_>>(), amount)
            || books.has_fees(account) && sums_with_fees(self.unpaid_parts(books, account)).contains(&amount)
    }
}

fn room_of(item: &Item) -> Cents {
    let taken = item.paid_before.checked_add(item.claimed).unwrap_or(item.amount);
    item.amount.checked_sub(taken).filter(|room| !room.is_negative()).unwrap_or(Cents::ZERO)
}

/// Divides `amount` among the items of a Kassenzeichen that one debtor owes, and says what is left over.
pub fn settle(
    books: &Books,
    rooms: &Rooms,
    account: AccountId,
    whose: Whose,
    amount: Cents,
    named: &[u32],
    reach: Reach,
) -> (Parts, Cents) {
    let mut purse = Purse { rooms, parts: Parts::new(), rest: amount };
    let is_fee = |place: usize| books.items.get(place).is_some_and(Item::is_fee);
    let is_his = |place: usize| books.is_owed_by(account, whose, place);
    let named = || named.iter().map(|item| *item as usize).filter(|place| is_his(*place));
    let named_fees: Vec<usize> = named().filter(|place| is_fee(*place) && reach == Reach::Due).collect();
    purse.pay_named_fees(&named_fees);
    named().filter(|place| !is_fee(*place)).for_each(|place| purse.pay(place));
    purse.pay_named_fees(&named_fees);
    let due = || rooms.due(books, account).filter(|part| is_his(part.item));
    let principal = || due().filter(|part| !is_fee(part.item));
    if named().all(is_fee) {
        // an amount that is exactly one open instalment names it
        principal().find(|part| part.amount == purse.rest).into_iter().for_each(|part| purse.pay(part.item));
    }
    principal().for_each(|part| purse.pay(part.item));
    if reach == Reach::All {
        let items = books.items_of(account).filter(|(place, item)| !item.is_fee() && is_his(*place));
        items.for_each(|(place, _)| purse.pay(place));
    } else if books.has_fees(account) && !is_prepayment(books, &purse, account) {
        due().for_each(|part| purse.pay(part.item));
    }
    (purse.parts, purse.rest)
}

/// Whether what is left is exactly what instalments ask that fall due later: rather meant for them than for fees.
fn is_prepayment(books: &Books, purse: &Purse<'_>, account: AccountId) -> bool {
    let later = books.items_of(account).filter(|(_, item)| !books.is_due(item));
    is_sum(&later.map(|(place, _)| purse.room(place)).collect::<Vec<_>>(), purse.rest)
}

/// A payment that is being divided.
struct Purse<'a> {
    rooms: &'a Rooms,
    parts: Parts,
    rest: Cents,
}

impl Purse<'_> {
    /// What an item can still take, what this payment has given it respected.
    fn room(&self, item: usize) -> Cents {
        if self.parts.iter().any(|known| known.item == item) { Cents::ZERO } else { self.rooms.of(item) }
    }

    fn pay(&mut self, item: usize) {
        let part = self.room(item).min(self.rest);
        if part.is_positive() {
            self.parts.push(Part { item, amount: part });
            self.rest = self.rest.checked_sub(part).unwrap_or(Cents::ZERO);
        }
    }

    /// Pays the fees that the payer names where what is left is exactly theirs, or exactly one of them. Other money that
    /// speaks of fees is not taken from the principal.
    fn pay_named_fees(&mut self, fees: &[usize]) {
        if Cents::sum(fees.iter().map(|fee| self.room(*fee))) == Some(self.rest) {
            fees.iter().for_each(|fee| self.pay(*fee));
        } else if let Some(fee) = fees.iter().find(|fee| self.room(**fee) == self.rest) {
            self.pay(*fee);
        }
    }
}

/// The instalments of a Kassenzeichen that a text names: »2023-4«, »4/2023«, »4. Rate 2023«, »Q4 2023«.
pub fn named_items(books: &Books, account: AccountId, text: &str) -> Named {
    let folded = fold(text);
    Naming::new(&folded).items(books, account)
}

/// The instalments that a folded text names, each looked for once.
pub(crate) struct Naming<'t> {
    text: &'t str,
    /// Its runs of letters and digits, once they are needed, each with what stands before it.
    tokens: Vec<Run<'t>>,
    /// Whether a posten is named, by its place in the books.
    known: Vec<(u32, bool)>,
}

impl<'t> Naming<'t> {
    pub(crate) fn new(folded: &'t str) -> Naming<'t> {
        Naming { text: folded, tokens: Vec::new(), known: Vec::new() }
    }

    fn names(&mut self, posten: &str) -> bool {
        // most texts do not even have the year
        if let [year @ .., b'-'] = posten.as_bytes().first_chunk::<5>().unwrap_or(&[0; 5])
            && year.iter().all(u8::is_ascii_digit)
            && !self.text.as_bytes().array_windows().any(|four: &[u8; 4]| four == year)
        {
            return false;
        }
        if self.tokens.is_empty() {
            self.tokens.reserve(16);
            self.tokens.extend(runs(self.text, char::is_alphanumeric));
        }
        names_posten(&self.tokens, posten)
    }

    /// Whether the text speaks of fees.
    fn names_fees(&self) -> bool {
        runs(self.text, char::is_alphanumeric).any(|run| FEES.iter().any(|word| run.text.starts_with(word)))
    }

    /// The instalments of a Kassenzeichen that are named, and the fees on them, or all of it, where the text speaks of fees.
    pub(crate) fn items(&mut self, books: &Books, account: AccountId) -> Named {
        let mut named = Named::new();
        let mut any_instalment = false;
        for (place, item) in books.items_of(account) {
            if item.is_fee() && !self.names_fees() {
                break;
            }
            if item.is_fee() && !any_instalment {
                named.extend(u32::try_from(place));
                continue;
            }
            let known = self.known.iter().find(|(posten, _)| *posten == item.posten).map(|(_, is_named)| *is_named);
            let is_named = known.unwrap_or_else(|| {
                let is_named = self.names(books.posten(item));
                self.known.push((item.posten, is_named));
                is_named
            });
            if is_named {
                any_instalment = true;
                named.extend(u32::try_from(place));
            }
        }
        named
    }
}

/// How words begin that name a fee, folded.
const FEES: [&str; 3] = ["mahngeb", "mahnkosten", "saumnis"];

/// Whether the runs of a text name an instalment of the form YEAR-NUMBER, either way round.
///
/// A number before the year names it only where it stands for itself: a reference's last digit before »2024-1« or
/// »Rate 2024« is none, and a year that is followed by a number has its number already.
fn names_posten(runs: &[Run<'_>], posten: &str) -> bool {
    let Some((year, number)) = posten.split_once('-') else {
        return posten.len() > 2 && runs.iter().any(|run| run.text.eq_ignore_ascii_case(posten));
    };
    let is_word = |run: Run<'_>| matches!(run.text, "rate" | "quartal" | "viertel" | "vierteljahr" | "q" | "abschlag");
    let is_number = |run: Run<'_>| run.text == number || run.text.strip_prefix('q') == Some(number);
    let is_digit = |run: Run<'_>| run.text.len() == 1 && run.text.bytes().all(|byte| byte.is_ascii_digit());
    runs.iter().enumerate().filter(|(_, run)| run.text == year).any(|(place, run)| {
        let back = |steps: usize| place.checked_sub(steps).and_then(|at| runs.get(at)).copied();
        // not the end of a longer number: »…001.2«
        let stands_alone = |steps: usize| {
            let joined = back(steps).is_some_and(|run| !run.before.is_empty() && !run.before.contains([' ', '\n']));
            !joined || back(steps + 1).is_none_or(|before| !before.text.ends_with(|c: char| c.is_ascii_digit()))
        };
        match runs
            .get(place + 1)
            .filter(|next| is_digit(**next) && matches!(next.before, "-" | "/" | "." | " / " | " - "))
        {
            Some(next) => next.text == number,
            None => {
                runs.get(place + 1).is_some_and(|next| is_number(*next))
                    || back(1).is_some_and(|before| {
                        let joined = matches!(run.before, "/" | "-" | "." | " / " | " - ");
                        is_number(before) && stands_alone(1) && (joined || before.text.starts_with('q'))
                    })
                    || back(1).is_some_and(is_word) && back(2).is_some_and(is_number) && stands_alone(2)
            }
        }
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
            named_items(&books, 0, text).into_iter().map(|place| books.posten(&books.items[place as usize])).collect();
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
            ("Q4/2023, 1. Rate 2024", &["2023-4", "2024-1"]),
            ("7.100001.1 2024-2", &["2024-2"]),
            ("7.100001.1 2024", &[]),
            ("7.100001.1/2024-2", &["2024-2"]),
            ("KZ 7.100001.1 Rate 2024", &[]),
            ("KZ 7.100001.1, 2. Rate 2024", &["2024-2"]),
            ("1.2.2024", &[]),
            ("Rechnung vom 04.11.2023", &[]),
            ("12345", &[]),
        ] {
            check(text, expected);
        }
    }

    #[track_caller]
    fn check_order(amount: i64, named: &[u32], expected: &[(usize, i64)], rest: i64) {
        let books = town(
            "A1 2023-4 2023-11-15 100.00 | A1 2024-1 2024-02-15 110.00 | A1 2024-2 2024-05-15 100.00",
            "2024-03-11",
        );
        let (parts, left) = settle(&books, &Rooms::new(&books), 0, Whose::Only, Cents::new(amount), named, Reach::Due);
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
