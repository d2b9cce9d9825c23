//! Outgoing bookings: what each of them is.
//!
//! Invariant: a debit posts nothing and opens nothing by itself but what it is proven to take back (`returns`). One that
//! looks like a return, a recall or a refund and pairs with nothing, or with money that stands posted, is a case.

use std::collections::HashMap;

use jiff::civil::Date;
use sepa::Cents;

use crate::life::Doubt;
use crate::names::fold;
use crate::returns::{Back, Says, may_tell_back, tells_back};

/// How an outgoing booking was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// It took a credit back, wholly or in part.
    Returned,
    /// The town gave back what had come in.
    Refund,
    /// A direct debit came back.
    DebitReturn,
    /// The bank's own.
    Fee,
    /// Moved between own accounts.
    Transfer,
    /// Any other payment of the town.
    Other,
    /// A person must look.
    Case,
}

impl Outgoing {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Outgoing::Returned => "returned",
            Outgoing::Refund => "refund",
            Outgoing::DebitReturn => "debit_return",
            Outgoing::Fee => "fee",
            Outgoing::Transfer => "transfer",
            Outgoing::Other => "other",
            Outgoing::Case => "case",
        }
    }
}

/// Why an outgoing booking is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It took a whole credit back.
    TookBack,
    /// It took a part of a credit back.
    TookPart,
    /// It may take back one of several credits, or it is not proven which.
    WhichCredit,
    /// It takes back what the old system had posted.
    PostedBefore,
    /// Something came back, and nothing pairs with it.
    BackAlone,
    /// A direct debit of a run of ours came back.
    OwnDebit,
    /// It concerns a direct debit of a run of ours, and something speaks against it that it came back.
    OwnDoubt(Doubt),
    /// A direct debit that the statements tell of came back.
    CollectedBack,
    /// A direct debit of another creditor came back.
    StrangersDebit,
    /// A direct debit came back, of an earlier run or of nobody knows whom.
    EarlierDebit,
    /// What a person had decided to give back.
    Refund,
    /// Refunds of a run of ours were paid.
    OwnRefund,
    /// It concerns a run of refunds of ours, and its amount is not what that has yet to pay.
    OwnRefundDiffers,
    /// A credit went back by its bank although we had given it back.
    BackAfterRefund,
    /// Money that stands posted goes to its payer.
    RefundOfPosted,
    /// Money about which nobody has decided goes to its payer.
    RefundOfCase,
    /// It looks like a refund, and nothing pairs with it.
    RefundAlone,
    /// Fees, interest.
    OfTheBank,
    /// Between own accounts.
    OwnAccounts,
    /// Up to the day that the old system had posted.
    BeforeAsOf,
    /// Anything else that the town pays.
    Payment,
}

impl Why {
    /// One plain sentence.
    pub fn text(self) -> &'static str {
        match self {
            Why::TookBack => "it took a credit back",
            Why::TookPart => "it took a part of a credit back: that much is open again",
            Why::WhichCredit => "it looks like a credit taken back, and it is not proven which one",
            Why::PostedBefore => {
                "it took back a credit that the old system had posted: what that had paid is owed again"
            }
            Why::BackAlone => "something came back, and nothing in the books pairs with it",
            Why::OwnDebit => "a direct debit of ours came back",
            Why::OwnDoubt(doubt) => doubt.text(),
            Why::CollectedBack => "a direct debit of an earlier run came back",
            Why::StrangersDebit => "a direct debit of another creditor came back",
            Why::EarlierDebit => {
                "a direct debit that no run of ours made came back: what it had paid may be owed again"
            }
            Why::Refund => "what came in was given back to its payer",
            Why::OwnRefund => "refunds of ours were paid",
            Why::OwnRefundDiffers => "the bank paid another sum than a run of refunds of ours still has to pay",
            Why::RefundOfPosted => "it looks like a refund of money that stands posted",
            Why::RefundOfCase => "it looks like a refund of money that nobody has decided",
            Why::RefundAlone => "it looks like a refund, and no credit pairs with it",
            Why::BackAfterRefund => "it took a credit back that we had given back: both went",
            Why::OfTheBank => "the bank's own: fees or interest",
            Why::OwnAccounts => "moved between accounts of the town",
            Why::BeforeAsOf => "the old system had posted it already",
            Why::Payment => "a payment of the town",
        }
    }
}

/// What an outgoing booking does to refunds of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gave {
    /// It pays them; the credit that goes back, where it is one.
    Paid(Option<i64>),
    /// It pays something else than what was handed in.
    Differs,
}

/// An outgoing booking, as far as judging looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Its id.
    pub id: i64,
    /// How much went out, above zero.
    pub amount: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// The other party's account.
    pub iban: Option<String>,
    /// Whether it tells whom it was for: a name or an account.
    pub names_somebody: bool,
    /// All that it says in words.
    pub text: String,
    /// What it says of itself.
    pub says: Says,
    /// Whether the bank's codes call it a fee or interest.
    pub of_the_bank: bool,
    /// What it does to debits of ours, where it concerns any: it takes them back, or what speaks against that.
    pub own: Option<Result<(), Doubt>>,
    /// What it does to refunds of ours, where it concerns any.
    pub refund: Option<Gave>,
    /// Whether it names a creditor who is not us.
    pub of_another: bool,
    /// Whether a Kassenzeichen of ours stands in it.
    pub quotes: bool,
    /// Whether it is between own accounts, and its other side.
    pub moved: Option<Option<i64>>,
    /// Whether the old system had posted its day.
    pub before_as_of: bool,
}

/// A credit as it was decided, as far as refunds look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameIn {
    /// Its id.
    pub id: i64,
    /// How much came in.
    pub amount: Cents,
    /// How much of it stands posted.
    pub placed: Cents,
    /// The day it was booked.
    pub booked: Date,
    /// The payer's account.
    pub iban: Option<String>,
    /// Whether nobody has decided it.
    pub is_case: bool,
    /// Whether it can have been paid by somebody: no settlement, no move, nothing that went back.
    pub is_payment: bool,
    /// Whether the old system had posted it.
    pub posted_before: bool,
    /// Whether a person has decided that it goes back.
    pub goes_back: bool,
    /// Whether it has gone back by a run of refunds, or may have.
    pub refunded: bool,
}

/// What an outgoing booking is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Its id.
    pub id: i64,
    /// What it is.
    pub outgoing: Outgoing,
    /// Why.
    pub why: Why,
    /// The booking that it pairs with.
    pub pair: Option<i64>,
    /// The credits that it could be about.
    pub about: Vec<i64>,
}

/// Words that a refund is told by, folded; the beginnings of words.
const REFUND: [&str; 12] = [
    "ruckzahl",
    "ruckerstatt",
    "erstatt",
    "ruckuberw",
    "zuruck",
    "storno",
    "ruckruf",
    "retoure",
    "fehluberw",
    "irrlauf",
    "refund",
    "ruckgabe",
];

/// Days within which a bank takes a credit back, mostly.
const LAST_DAYS: i32 = 14;

/// Credits beyond these are too many to be named.
const MOST_ABOUT: usize = 5;

/// Whether words tell that a booking gives something back.
fn is_refund(row: &Spent) -> bool {
    let text = fold(&row.text);
    let begins = |word: &str| REFUND.iter().any(|own| word.starts_with(own));
    let may_be = if row.names_somebody { tells_back(&row.text) } else { may_tell_back(&row.text) };
    may_be || text.split(|c: char| !c.is_alphanumeric()).any(begins)
}

/// Judges outgoing bookings, each by itself but that a credit is given back once.
pub fn judge(spent: &[Spent], backs: &HashMap<i64, Back>, came_in: &[CameIn]) -> Vec<Judged> {
    let ibans: std::collections::HashSet<&str> = spent.iter().filter_map(|row| row.iban.as_deref()).collect();
    let mut by_iban: HashMap<&str, Vec<&CameIn>> = HashMap::new();
    for credit in came_in.iter().filter(|credit| credit.is_payment) {
        if let Some(iban) = credit.iban.as_deref().filter(|iban| ibans.contains(iban)) {
            by_iban.entry(iban).or_default().push(credit);
        }
    }
    let mut by_amount: HashMap<Cents, Vec<&CameIn>> = HashMap::new();
    let nameless: std::collections::HashSet<Cents> =
        spent.iter().filter(|row| !row.names_somebody).map(|row| row.amount).collect();
    for credit in came_in.iter().filter(|credit| credit.is_payment && nameless.contains(&credit.amount)) {
        by_amount.entry(credit.amount).or_default().push(credit);
    }
    let before: std::collections::HashSet<i64> =
        came_in.iter().filter(|credit| credit.posted_before).map(|credit| credit.id).collect();
    let refunded = came_in.iter().filter(|credit| credit.refunded).map(|credit| credit.id).collect();
    let mut judging =
        Judging { backs, by_iban, by_amount, before, refunded, given_back: std::collections::HashSet::new() };
    spent.iter().map(|row| judging.judge(row)).collect()
}

struct Judging<'a> {
    backs: &'a HashMap<i64, Back>,
    by_iban: HashMap<&'a str, Vec<&'a CameIn>>,
    /// Credits of an amount that went out to nobody who is named.
    by_amount: HashMap<Cents, Vec<&'a CameIn>>,
    before: std::collections::HashSet<i64>,
    refunded: std::collections::HashSet<i64>,
    given_back: std::collections::HashSet<i64>,
}

impl Judging<'_> {
    fn judge(&mut self, row: &Spent) -> Judged {
        let said = |outgoing, why| Judged { id: row.id, outgoing, why, pair: None, about: Vec::new() };
        // what takes back a debit of ours does so whatever account it names
        match row.own {
            Some(Ok(())) => return said(Outgoing::DebitReturn, Why::OwnDebit),
            Some(Err(doubt)) => return said(Outgoing::Case, Why::OwnDoubt(doubt)),
            None => {}
        }
        match row.refund {
            Some(Gave::Paid(credit)) => return Judged { pair: credit, ..said(Outgoing::Refund, Why::OwnRefund) },
            Some(Gave::Differs) => return said(Outgoing::Case, Why::OwnRefundDiffers),
            None => {}
        }
        if let Some(other) = row.moved {
            return Judged { pair: other, ..said(Outgoing::Transfer, Why::OwnAccounts) };
        }
        if row.before_as_of {
            return said(Outgoing::Other, Why::BeforeAsOf);
        }
        match (row.says, self.backs.get(&row.id)) {
            (_, Some(Back::Whole(credit) | Back::Part(credit))) if self.before.contains(credit) => {
                Judged { pair: Some(*credit), about: vec![*credit], ..said(Outgoing::Case, Why::PostedBefore) }
            }
            (_, Some(Back::Whole(credit) | Back::Part(credit))) if self.refunded.contains(credit) => {
                Judged { pair: Some(*credit), about: vec![*credit], ..said(Outgoing::Case, Why::BackAfterRefund) }
            }
            (Says::DebitBack, Some(Back::Whole(credit) | Back::Part(credit))) => {
                Judged { pair: Some(*credit), ..said(Outgoing::DebitReturn, Why::CollectedBack) }
            }
            (_, Some(Back::Whole(credit))) => Judged { pair: Some(*credit), ..said(Outgoing::Returned, Why::TookBack) },
            (_, Some(Back::Part(credit))) => Judged { pair: Some(*credit), ..said(Outgoing::Returned, Why::TookPart) },
            (_, Some(Back::Unsure(credits))) => {
                Judged { about: credits.clone(), ..said(Outgoing::Case, Why::WhichCredit) }
            }
            (Says::DebitBack, _) if row.of_another => said(Outgoing::DebitReturn, Why::StrangersDebit),
            (Says::DebitBack, _) => said(Outgoing::Case, Why::EarlierDebit),
            (Says::TransferBack | Says::SomethingBack, _) => said(Outgoing::Case, Why::BackAlone),
            (Says::Nothing, _) if row.of_the_bank => said(Outgoing::Fee, Why::OfTheBank),
            (Says::Nothing, _) => self.refund(row),
        }
    }

    /// A payment of the town: of what came in from that account, or any other.
    fn refund(&mut self, row: &Spent) -> Judged {
        let said = |outgoing, why| Judged { id: row.id, outgoing, why, pair: None, about: Vec::new() };
        let own = row.iban.as_deref().and_then(|iban| self.by_iban.get(iban)).map_or(&[][..], Vec::as_slice);
        let left = |credit: &CameIn| credit.amount.checked_sub(credit.placed).unwrap_or(Cents::ZERO);
        let fitting: Vec<&CameIn> = own
            .iter()
            .copied()
            .filter(|credit| credit.booked <= row.booked && !self.given_back.contains(&credit.id) && !credit.refunded)
            .filter(|credit| credit.amount == row.amount || left(credit) == row.amount)
            .collect();
        // first what nobody has posted: it was decided that it goes back, or is other money
        let is_free = |credit: &&&CameIn| !credit.is_case && !credit.posted_before && left(credit) == row.amount;
        let decided = fitting.iter().find(|credit| credit.goes_back && is_free(credit));
        let free = decided.or_else(|| fitting.iter().find(is_free));
        if let Some(credit) = free {
            self.given_back.insert(credit.id);
            return Judged { pair: Some(credit.id), ..said(Outgoing::Refund, Why::Refund) };
        }
        let about: Vec<i64> = fitting.iter().map(|credit| credit.id).collect();
        if let [first, ..] = fitting.as_slice() {
            let why = match fitting.as_slice() {
                _ if first.posted_before => Why::PostedBefore,
                _ if first.is_case => Why::RefundOfCase,
                _ => Why::RefundOfPosted,
            };
            return Judged { about, ..said(Outgoing::Case, why) };
        }
        let like = self.of_its_amount(row);
        if !like.is_empty() {
            // of many it is nobody's in particular
            let about = if like.len() <= MOST_ABOUT { like } else { Vec::new() };
            return Judged { about, ..said(Outgoing::Case, Why::WhichCredit) };
        }
        match is_refund(row) || row.quotes {
            true => said(Outgoing::Case, Why::RefundAlone),
            false => said(Outgoing::Other, Why::Payment),
        }
    }

    /// The credits of the last days of just this amount, where nobody is named who was paid: one of them may have gone back.
    fn of_its_amount(&self, row: &Spent) -> Vec<i64> {
        let alike = self.by_amount.get(&row.amount).filter(|_| !row.names_somebody).map_or(&[][..], Vec::as_slice);
        let is_near = |credit: &&&CameIn| {
            let days = credit.booked.until(row.booked).map_or(i32::MAX, |span| span.get_days());
            (0..=LAST_DAYS).contains(&days) && !self.given_back.contains(&credit.id)
        };
        alike.iter().filter(is_near).map(|credit| credit.id).collect()
    }
}

#[cfg(test)]
#[path = "tests/outgoing.rs"]
mod tests;
