//! What is owed, by whom, and the indexes by which a payment finds it.
//!
//! Invariant: an index answers only with what the lists say; what is paid is not stored here (see [`crate::settle`]).
//! Everything lies in flat arrays: a town of a million items takes no more than 300 bytes for each.

mod build;
mod fees;
mod owners;
mod sums;

use std::collections::{HashMap, HashSet};
use std::hint::black_box;

use jiff::civil::Date;
use kassenzeichen::{Directory, Scheme};
use sepa::{Cents, Iban};

use crate::hash;
use crate::index::{Index, Lists};
use crate::mandates::Mandates;
use crate::names::{Agreement, agreement};
use crate::reading::Payer;
use crate::settle::Rooms;
use crate::tokens::{Token, Tokens};
use crate::words::{Kinds, Lexicon};

pub use fees::Class;
pub(crate) use fees::sums_with_fees;
pub(crate) use owners::Owner;
pub use owners::Whose;
pub use sums::{is_sum, sums};

/// An account's place in the books: one Kassenzeichen. The same number is its place in the directory.
pub type AccountId = u32;

/// An instalment under a Kassenzeichen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id in the database.
    pub id: i64,
    /// The assessed amount.
    pub amount: Cents,
    /// What was paid before the list was made.
    pub paid_before: Cents,
    /// What debits claim that went out: sent, or collected. No transfer can pay it again.
    pub claimed: Cents,
    /// Its Kassenzeichen's place.
    pub account: AccountId,
    /// `2023-4`, as a place in [`Books::postens`].
    pub posten: u32,
    /// The day it is due.
    pub due: Date,
    /// The levy, as a place in [`Books::kinds`].
    pub kind: u16,
    /// The levy itself, or a fee on it.
    pub class: Class,
}

impl Item {
    /// Whether something was paid before the list was made.
    pub fn is_partly_paid(&self) -> bool {
        !self.paid_before.is_zero()
    }

    /// What was open when the list was made; never below zero.
    pub fn listed_open(&self) -> Cents {
        self.amount.checked_sub(self.paid_before).filter(|open| !open.is_negative()).unwrap_or(Cents::ZERO)
    }
}

/// A Kassenzeichen: what is owed under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// As printed on the Bescheid.
    pub kassenzeichen: &'a str,
    /// Its items' places: principal by due day, then instalment; after it the costs, then the surcharges.
    pub items: &'a [u32],
}

/// What a list says of an item, ready for the books.
#[derive(Clone, Debug)]
pub struct ListedItem {
    /// Its id in the database.
    pub id: i64,
    /// As printed on the Bescheid.
    pub kassenzeichen: String,
    /// `2023-4`; of a fee that of the instalment it is on.
    pub posten: String,
    /// The levy's name.
    pub kind: String,
    /// The day it is due.
    pub due: Date,
    /// The assessed amount.
    pub amount: Cents,
    /// What was paid before the list was made.
    pub paid_before: Cents,
    /// What debits that went out claim.
    pub claimed: Cents,
    /// Who owes.
    pub debtor: String,
    /// Where he lives.
    pub address: Option<String>,
    /// The mandate that the list names for it.
    pub mandate: Option<String>,
    /// The levy itself, or a fee on it.
    pub class: Class,
}

/// Who may be debited for a Kassenzeichen, as far as it tells who pays.
#[derive(Clone, Debug)]
pub struct ListedMandate {
    /// Its reference.
    pub reference: String,
    /// The Kassenzeichen it serves.
    pub kassenzeichen: String,
    /// What it was called before.
    pub old_reference: Option<String>,
    /// The account's holder.
    pub holder: String,
    /// The account.
    pub iban: Iban,
}

/// All that is owed.
#[derive(Debug)]
pub struct Books {
    /// The levies' names.
    pub kinds: Vec<String>,
    /// The instalments' names, each once.
    pub postens: Vec<String>,
    /// Every item.
    pub items: Vec<Item>,
    /// Finds Kassenzeichen in texts.
    pub directory: Directory,
    /// The business date: what is due is due on this day.
    pub today: Date,
    /// Whether it is known up to which day the old system had posted. If not, a transfer may be the very money that a list
    /// calls paid.
    pub paid_before_is_dated: bool,
    pub(crate) lexicon: Lexicon,
    pub(crate) tokens: Tokens,
    /// Items as earlier lists had them, with their places, oldest first.
    former: HashMap<AccountId, Vec<(usize, Item)>>,
    /// The debtors of Kassenzeichen that have several.
    owners: HashMap<AccountId, Vec<Owner>>,
    flags: Vec<Flags>,
    items_of: Lists,
    /// Every distinct name: its words, rising, then the family name's.
    names: Lists,
    names_of: Lists,
    /// Of each word, how many Kassenzeichen have it in a name.
    bearers: Vec<u32>,
    addresses_of: Lists,
    by_iban: Index,
    mandates: Mandates,
    by_name: Index,
    by_pair: Index,
    by_address: Index,
    by_amount: Index,
    by_coming_amount: Index,
    by_word_and_amount: Index,
}

/// So many days before an instalment falls due it may be paid by somebody of whom nothing is known.
const SOON: i64 = 45;

#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    has_check_digit: bool,
    has_mandate: bool,
}

/// A distinct name of the books: its words and its family name's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameWords<'a> {
    /// Rising.
    pub(crate) tokens: &'a [Token],
    pub(crate) family: Token,
}

impl Books {
    /// Builds the books from what the lists say.
    pub fn new(schemes: &[Scheme], items: Vec<ListedItem>, mandates: &[ListedMandate], today: Date) -> Books {
        build::build(schemes, items, mandates, today)
    }

    /// The same with what earlier lists said of items: id, assessed amount, paid before; oldest first. Who pays by an old
    /// Bescheid pays that.
    #[must_use]
    pub fn with_former(mut self, said: &[(i64, Cents, Cents)]) -> Books {
        let changed: HashSet<i64> = said.iter().map(|(id, ..)| *id).collect();
        let own = self.items.iter().enumerate().filter(|(_, item)| changed.contains(&item.id));
        let places: HashMap<i64, (usize, Item)> = own.map(|(place, item)| (item.id, (place, *item))).collect();
        for (id, amount, paid_before) in said {
            if let Some((place, item)) = places.get(id) {
                let former = Item { amount: *amount, paid_before: *paid_before, ..*item };
                self.former.entry(item.account).or_default().push((*place, former));
            }
        }
        self
    }

    /// The items of an account as earlier lists had them, with their places.
    pub(crate) fn former_of(&self, id: AccountId) -> &[(usize, Item)] {
        self.former.get(&id).map_or(&[], Vec::as_slice)
    }

    /// How many Kassenzeichen there are.
    pub fn len(&self) -> usize {
        self.items_of.len()
    }

    /// Whether nothing is owed by anybody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every Kassenzeichen, by place.
    pub fn accounts(&self) -> impl Iterator<Item = Account<'_>> {
        (0..).map_while(|id| self.account(id))
    }

    /// An account.
    pub fn account(&self, id: AccountId) -> Option<Account<'_>> {
        let known = (id as usize) < self.len();
        known.then(|| Account { kassenzeichen: self.directory.printed(id), items: self.items_of.get(id) })
    }

    /// The accounts whose mandates debit this IBAN.
    pub fn by_iban(&self, iban: &Iban) -> &[AccountId] {
        self.by_iban.get(iban_key(iban))
    }

    /// The accounts whose mandates a folded text names, rising; `squashed` is room that is used again.
    pub(crate) fn named_by_mandate(&self, folded: &str, squashed: &mut String, accounts: &mut Vec<AccountId>) {
        self.mandates.named(folded, squashed, accounts);
    }

    /// The accounts that carry exactly these words, rising, as a name.
    pub(crate) fn by_name(&self, tokens: impl Iterator<Item = Token>) -> &[AccountId] {
        self.by_name.get(hash::of_set(tokens))
    }

    /// The accounts of which a name has both words; they come in rising order.
    pub(crate) fn by_pair(&self, one: Token, other: Token) -> &[AccountId] {
        self.by_pair.get(pair_key(one, other))
    }

    /// The accounts of which a name has this word and of which some due items sum to this.
    pub(crate) fn by_word_and_amount(&self, word: Token, amount: Cents) -> &[AccountId] {
        self.by_word_and_amount.get(word_key(word, amount))
    }

    /// How many Kassenzeichen have this word in a name.
    pub(crate) fn bearers(&self, word: Token) -> usize {
        self.bearers.get(word as usize).map_or(0, |count| *count as usize)
    }

    /// The accounts of this address.
    pub fn by_address(&self, key: u64) -> &[AccountId] {
        self.by_address.get(key)
    }

    /// The accounts of which some due items sum to this.
    pub fn by_amount(&self, amount: Cents) -> &[AccountId] {
        self.by_amount.get(amount_key(amount))
    }

    /// The accounts of which an instalment that falls due within 45 days is this: many pay some days before.
    pub fn by_coming_amount(&self, amount: Cents) -> &[AccountId] {
        self.by_coming_amount.get(amount_key(amount))
    }

    /// Asks memory for the mandates of these accounts; `keys` is room that is used again, as in the others like it.
    pub(crate) fn ask_for_ibans(&self, ibans: impl Iterator<Item = Iban>, keys: &mut Vec<u64>) {
        ask_for(&self.by_iban, ibans.map(|iban| iban_key(&iban)), keys);
    }

    /// Asks memory for those who owe these amounts.
    pub(crate) fn ask_for_amounts(&self, amounts: impl Iterator<Item = Cents>, keys: &mut Vec<u64>) {
        ask_for(&self.by_amount, amounts.map(amount_key), keys);
    }

    /// Asks memory for those who have these words in a name and owe these amounts.
    pub(crate) fn ask_for_words(&self, words: impl Iterator<Item = (Token, Cents)>, keys: &mut Vec<u64>) {
        ask_for(&self.by_word_and_amount, words.map(|(word, amount)| word_key(word, amount)), keys);
    }

    /// Asks memory for those who have both words in a name.
    pub(crate) fn ask_for_pairs(&self, pairs: impl Iterator<Item = (Token, Token)>, keys: &mut Vec<u64>) {
        ask_for(&self.by_pair, pairs.map(|(one, other)| pair_key(one, other)), keys);
    }

    /// Asks memory for those who carry exactly these words, rising, as a name.
    pub(crate) fn ask_for_names(&self, names: impl Iterator<Item = impl Iterator<Item = Token>>, keys: &mut Vec<u64>) {
        ask_for(&self.by_name, names.map(hash::of_set), keys);
    }

    /// Asks memory for the accounts of these addresses.
    pub(crate) fn ask_for_addresses(&self, addresses: impl Iterator<Item = u64>, keys: &mut Vec<u64>) {
        ask_for(&self.by_address, addresses, keys);
    }

    /// Asks memory for the items of these accounts, and for what can still be paid of each.
    pub(crate) fn ask_for_items(&self, rooms: &Rooms, accounts: &[AccountId]) {
        self.items_of.ask_for(accounts.iter().copied());
        let items = accounts.iter().flat_map(|id| self.items_of(*id));
        let read = |(place, item): (usize, &Item)| item.amount.get() ^ i64::from(item.kind) ^ rooms.of(place).get();
        black_box(items.fold(0, |all, item| all ^ read(item)));
    }

    /// Asks memory for the names of these accounts.
    pub(crate) fn ask_for_names_of(&self, accounts: &[AccountId]) {
        self.names_of.ask_for(accounts.iter().copied());
        self.names.ask_for(accounts.iter().flat_map(|id| self.names_of.get(*id)).copied());
    }

    /// The items of an account: principal by due day, then fees, costs before surcharges.
    pub fn items_of(&self, id: AccountId) -> impl Iterator<Item = (usize, &Item)> {
        self.items_of.get(id).iter().filter_map(|place| Some((*place as usize, self.items.get(*place as usize)?)))
    }

    /// An item's instalment: `2023-4`.
    pub fn posten(&self, item: &Item) -> &str {
        self.postens.get(item.posten as usize).map_or("", String::as_str)
    }

    /// The levies that an account owes.
    pub(crate) fn kinds_of(&self, id: AccountId) -> Kinds {
        let mut kinds = Kinds::default();
        self.items_of(id).for_each(|(_, item)| kinds.add(item.kind));
        kinds
    }

    /// The names of an account's debtors and of its mandates' holders.
    pub(crate) fn names_of(&self, id: AccountId) -> impl Iterator<Item = NameWords<'_>> {
        self.names_of.get(id).iter().filter_map(|name| {
            let (family, tokens) = self.names.get(*name).split_last()?;
            Some(NameWords { tokens, family: *family })
        })
    }

    /// How well a payer's name agrees with the names of an account; `room` is used again.
    pub(crate) fn agreement<'b>(&'b self, id: AccountId, payer: &Payer<'_>, room: &mut Vec<&'b str>) -> Agreement {
        let agreements = self.names_of(id).map(|name| {
            let common = name.tokens.iter().filter(|token| payer.known.binary_search(token).is_ok()).count();
            let shorter = name.tokens.len().min(payer.tokens.len());
            // most names have nothing in common, or everything: then the words need not be read
            if common == 0 {
                return Agreement::None;
            }
            if common == shorter && shorter >= 2 {
                return Agreement::Same;
            }
            room.clear();
            room.extend(name.tokens.iter().map(|token| self.tokens.text(*token)));
            agreement((room, self.tokens.text(name.family)), (&payer.tokens, payer.family))
        });
        agreements.min().unwrap_or(Agreement::None)
    }

    /// Whether a Kassenzeichen has a check digit, so that a slip seldom gives somebody else's.
    pub fn has_check_digit(&self, id: AccountId) -> bool {
        self.flags.get(id as usize).is_some_and(|flags| flags.has_check_digit)
    }

    /// Whether some account may be debited for it.
    pub(crate) fn has_mandate(&self, id: AccountId) -> bool {
        self.flags.get(id as usize).is_some_and(|flags| flags.has_mandate)
    }

    /// Whether an item is due on the business date.
    pub fn is_due(&self, item: &Item) -> bool {
        item.due <= self.today
    }

    /// Whether two Kassenzeichen are one debtor's: a name in common, and no two addresses.
    pub fn same_debtor(&self, one: AccountId, other: AccountId) -> bool {
        let share = |ours: &[u32], theirs: &[u32]| ours.iter().any(|number| theirs.contains(number));
        let (ours, theirs) = (self.addresses_of.get(one), self.addresses_of.get(other));
        share(self.names_of.get(one), self.names_of.get(other))
            && (ours.is_empty() || theirs.is_empty() || share(ours, theirs))
    }
}

fn ask_for(index: &Index, wanted: impl Iterator<Item = u64>, keys: &mut Vec<u64>) {
    keys.clear();
    keys.extend(wanted);
    index.ask_for(keys);
}

/// A key of an IBAN. German ones are told apart by their eighteen digits alone: the check digits follow from them.
pub(crate) fn iban_key(iban: &Iban) -> u64 {
    match iban.as_bytes() {
        [b'D', b'E', _, _, digits @ ..] if digits.len() == 18 => {
            let (eights, last) = digits.as_chunks::<8>();
            let number = eights.iter().fold(0, |number, eight| number * 100_000_000 + eight_digits(*eight));
            hash::of_number(last.iter().fold(number, |number, digit| number * 10 + u64::from(digit & 15)))
        }
        text => hash::of(text),
    }
}

/// The number that eight digits are: neighbours are put together to pairs, these to fours, these to all, each step for all
/// of them at once.
fn eight_digits(digits: [u8; 8]) -> u64 {
    let ones = u64::from_le_bytes(digits) & 0x0F0F_0F0F_0F0F_0F0F;
    let pairs = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

fn pair_key(one: Token, other: Token) -> u64 {
    hash::of_two(u64::from(one.min(other)), u64::from(one.max(other)))
}

fn amount_key(amount: Cents) -> u64 {
    hash::of_number(amount.get().unsigned_abs())
}

fn word_key(word: Token, amount: Cents) -> u64 {
    hash::of_two(u64::from(word), amount.get().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_their_number() {
        for digits in ["00000000", "12345678", "99999999", "10000000", "00000001", "80706050"] {
            let bytes: [u8; 8] = digits.as_bytes().try_into().unwrap();
            assert_eq!(eight_digits(bytes), digits.parse::<u64>().unwrap(), "{digits}");
        }
    }
}
