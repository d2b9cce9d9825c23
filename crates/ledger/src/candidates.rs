//! Who a payment could be meant for: every Kassenzeichen that some witness speaks for.
//!
//! Knows no room but the one at the start. Invariant: a candidate's score is the sum of its witnesses' weights less
//! `ln(number of Kassenzeichen)`; zero is what »none of them« has.

use kassenzeichen::{Field, Spelling};
use sepa::Cents;

use crate::books::{AccountId, Books, Item, Whose, is_sum, sums_with_fees};
use crate::evidence::{Mark, Marks, Witness, amount_weight, field_name, ln_hundredths};
use crate::names::Agreement;
use crate::settle::{Named, Rooms};
use crate::weights::{Key, Weights};
use crate::words;

/// How the amount fits what is owed under a Kassenzeichen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// An instalment that is due, a sum of such, or what is left open of them; with the fees on them or without.
    Due,
    /// Only with instalments that are not yet due.
    Later,
    /// Nothing.
    None,
}

/// What is written where a reference was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// As it stands there.
    pub text: Box<str>,
    /// In which text.
    pub field: Field,
    /// It is an old reference, which leads to this one.
    pub is_alias: bool,
}

/// A Kassenzeichen that a payment could be meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub account: AccountId,
    /// Hundredths of a nat.
    pub score: i32,
    /// Its best spelling in the texts.
    pub spelling: Option<Spelling>,
    /// The payer's account is its mandate's, or paid for it before.
    pub own_iban: bool,
    /// Its mandate's reference is named.
    pub mandate_named: bool,
    /// It is its payer's only because he paid for it before, as for others of other debtors: he pays for many.
    pub of_collector: bool,
    /// The payer's name against its debtors' and holders'.
    pub name: Agreement,
    /// A name in the text against its debtors' and holders'.
    pub mention: Agreement,
    /// Its address stands in the text.
    pub address: bool,
    /// How the amount fits.
    pub fit: Fit,
    /// The text names a levy of its.
    pub kind_named: bool,
    /// It is meant by its end or by a range, beside one that is quoted.
    pub is_meant: bool,
    /// It is a slip away from a Kassenzeichen without check digit that is quoted.
    pub is_neighbour: bool,
    /// Where its reference stands.
    pub written: Option<Written>,
    /// Its items that the text names.
    pub named: Named,
    /// Whose debts under it are meant.
    pub whose: Whose,
    /// What makes the score.
    pub marks: Marks,
}

impl Candidate {
    /// How strongly the payer himself speaks for it, reference and amount aside: his account counts two, his name or that of
    /// the one on whose behalf he pays, a name or an address in the text, and its mandate's reference one each.
    pub fn support(&self) -> u8 {
        u8::from(self.own_iban) * 2
            + u8::from(self.name <= Agreement::Close)
            + u8::from(self.mention <= Agreement::Close || self.address)
            + u8::from(self.mandate_named)
    }

    /// How strongly the payer himself speaks for it against another that he quotes: what a collector paid for before
    /// does not tell what he pays for now.
    pub(crate) fn support_against(&self) -> u8 {
        self.support() - if self.of_collector { u8::from(self.own_iban) * 2 } else { 0 }
    }

    /// Whether its reference is quoted as it is, or as anybody would read it.
    pub fn is_clean(&self) -> bool {
        matches!(self.spelling, Some(Spelling::Exact | Spelling::LostZeros | Spelling::LookAlike))
    }

    /// Whether its reference is there after a repair only.
    pub fn is_repaired(&self) -> bool {
        matches!(self.spelling, Some(Spelling::Partial | Spelling::Near(_)))
    }

    /// Whether nobody else owes this amount.
    pub fn owes_it_alone(&self) -> bool {
        self.marks.as_slice().iter().any(|mark| mark.key == Key::Due && mark.alike <= 1)
    }

    /// What makes the score, in words.
    pub fn witnesses(&self) -> Vec<Witness> {
        let marks = self.marks.as_slice().iter();
        marks
            .map(|mark| Witness {
                witness: mark.witness(),
                key: mark.key,
                text: self.words(*mark),
                weight: mark.weight(),
            })
            .collect()
    }

    /// A mark in words.
    fn words(&self, mark: Mark) -> String {
        let words = mark.words();
        match (mark.key, &self.written) {
            (Key::Due, _) if mark.alike <= 1 => format!("{words}, and nobody else owes it"),
            (Key::Due, _) => format!("{words}, as for {} Kassenzeichen", mark.alike),
            (Key::OtherMoney, _) => format!("the text speaks of {:?}", words::word_at(mark.alike as usize)),
            (Key::OtherReference | Key::Neighbour, _) => words.to_owned(),
            (_, Some(written)) if mark.witness() == "reference" => {
                let old = if written.is_alias { ", an old reference of it," } else { "" };
                format!("{words} {:?}{old} in the {}", written.text, field_name(written.field))
            }
            _ => words.to_owned(),
        }
    }

    /// Weighs the amount anew where something was paid since it was weighed.
    pub(crate) fn refit(&mut self, scales: &Scales<'_>, amount: Cents, room: &mut Vec<Cents>) -> bool {
        if self.fit == Fit::Due || !scales.rooms.is_touched(self.account) {
            return false;
        }
        let fit = fit(scales.books, scales.rooms, self.account, amount, room);
        if fit == self.fit {
            return false;
        }
        self.fit = fit;
        let alike = scales.books.by_amount(amount).len();
        self.marks.replace("amount", amount_mark(scales.books, scales.weights, fit, alike));
        self.score = score(&self.marks, scales.books);
        true
    }
}

/// Everything that deciding looks at.
#[derive(Clone, Copy, Debug)]
pub struct Scales<'a> {
    /// What is owed.
    pub books: &'a Books,
    /// What can still be paid.
    pub rooms: &'a Rooms,
    /// What each witness weighs.
    pub weights: &'a Weights,
}

impl Scales<'_> {
    /// What all those together weigh who owe just this amount and of whom nothing else is known: each could be meant
    /// by a stranger.
    pub fn strangers(&self, amount: Cents, candidates: &[Candidate]) -> i32 {
        let owing = self.books.by_amount(amount);
        let listed = candidates.iter().filter(|candidate| owing.binary_search(&candidate.account).is_ok()).count();
        let all = self.books.len();
        match owing.len() - listed {
            0 => i32::MIN / 2,
            unlisted => {
                let amount = amount_weight(self.weights, all, owing.len());
                let each = amount + self.weights.get(Key::OtherName) - ln_hundredths(all as u64);
                each + ln_hundredths(unlisted as u64)
            }
        }
    }
}

/// How an amount fits what is owed under a Kassenzeichen, what was open of it when the list was made, or what still is;
/// `room` is used again.
pub(crate) fn fit(books: &Books, rooms: &Rooms, account: AccountId, amount: Cents, room: &mut Vec<Cents>) -> Fit {
    let items = || books.items_of(account).map(|(_, item)| item).filter(|item| !item.is_fee());
    let due = || items().filter(|item| books.is_due(item));
    let mut makes = |parts: &mut dyn Iterator<Item = Cents>| {
        room.clear();
        room.extend(parts);
        is_sum(room, amount)
    };
    let is_partly_paid = || items().any(Item::is_partly_paid);
    if makes(&mut due().map(|item| item.amount))
        || rooms.is_touched(account)
            && (makes(&mut open_principal(books, rooms, account))
                || is_partly_paid() && makes(&mut due().map(Item::listed_open)))
        || books.has_fees(account) && fits_with_fees(books, rooms, account, amount)
        || fits_former(books, account, &mut makes)
    {
        return Fit::Due;
    }
    if makes(&mut items().map(|item| item.amount)) || is_partly_paid() && makes(&mut items().map(Item::listed_open)) {
        Fit::Later
    } else {
        Fit::None
    }
}

/// Whether an amount is what was due as an earlier list had one of the instalments, or all of them: who pays by the old
/// Bescheid means the same.
fn fits_former(
    books: &Books,
    account: AccountId,
    makes: &mut impl FnMut(&mut dyn Iterator<Item = Cents>) -> bool,
) -> bool {
    let former = books.former_of(account);
    let due = || books.items_of(account).filter(|(_, item)| !item.is_fee() && books.is_due(item));
    let lists = former.iter().map(std::slice::from_ref).chain((former.len() > 1).then_some(former));
    lists.into_iter().any(|before| {
        let as_it_was = |(place, item): (usize, &Item)| {
            before.iter().rfind(|(own, _)| *own == place).map_or(*item, |(_, former)| *former)
        };
        makes(&mut due().map(as_it_was).map(|item| item.amount))
            || makes(&mut due().map(as_it_was).map(|item| item.listed_open()))
    })
}

/// Whether an amount is half or a third of an instalment, or of all that falls due on one day, a cent aside.
pub(crate) fn is_share(books: &Books, account: AccountId, amount: Cents) -> bool {
    let items = || books.items_of(account).map(|(_, item)| item).filter(|item| !item.is_fee());
    let of_day = |day| Cents::sum(items().filter(|item| item.due == day).map(|item| item.amount));
    let wholes = items().flat_map(|item| [Some(item.amount), of_day(item.due)]).flatten();
    let amount = amount.get();
    wholes
        .into_iter()
        .any(|whole| [2, 3].iter().any(|parts| (whole.get() - amount.saturating_mul(*parts)).abs() <= *parts))
}

/// Whether an amount is all that falls due on one day under several Kassenzeichen together.
pub(crate) fn is_day_of(books: &Books, accounts: &[AccountId], amount: Cents) -> bool {
    let items = || accounts.iter().flat_map(|account| books.items_of(*account)).filter(|(_, item)| !item.is_fee());
    let of_day = |day| Cents::sum(items().filter(|(_, item)| item.due == day).map(|(_, item)| item.amount));
    accounts.len() > 1 && items().any(|(_, item)| of_day(item.due) == Some(amount))
}

/// What is due of principal and not paid by transfer. What debits claim of it is no matter here: whoever paid before the file
/// was written meant the same as on the day before it.
fn open_principal<'a>(books: &'a Books, rooms: &'a Rooms, account: AccountId) -> impl Iterator<Item = Cents> + 'a {
    rooms.unpaid_parts(books, account).filter(|(item, _)| !item.is_fee()).map(|(_, cents)| cents)
}

/// Whether due instalments and the fees on them make an amount, as assessed or as open now.
fn fits_with_fees(books: &Books, rooms: &Rooms, account: AccountId, amount: Cents) -> bool {
    let assessed = books.items_of(account).filter(|(_, item)| books.is_due(item)).map(|(_, item)| (item, item.amount));
    sums_with_fees(assessed).contains(&amount) || sums_with_fees(rooms.unpaid_parts(books, account)).contains(&amount)
}

/// The witness of an amount that `alike` Kassenzeichen owe.
pub(crate) fn amount_mark(books: &Books, weights: &Weights, fit: Fit, alike: usize) -> Mark {
    match fit {
        Fit::Due => Mark::new(Key::Due, amount_weight(weights, books.len(), alike), alike),
        Fit::Later => Mark::new(Key::Later, weights.get(Key::Later), alike),
        Fit::None => Mark::new(Key::OtherAmount, weights.get(Key::OtherAmount), alike),
    }
}

/// What all marks come to against »none of them«.
pub(crate) fn score(marks: &Marks, books: &Books) -> i32 {
    marks.sum() - ln_hundredths(books.len() as u64)
}

/// An amount is a candidate's only witness where at most so many owe it.
pub const AMOUNT_ALONE: usize = 3;
