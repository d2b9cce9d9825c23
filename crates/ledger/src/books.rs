//! What is owed, by whom, and the indexes by which a payment finds it.
//!
//! Invariant: an index answers only with what the lists say; what is paid is not stored here (see [`crate::settle`]).
//! Everything lies in flat arrays: a town of a million items takes no more than 300 bytes for each.

mod build;
mod fees;
mod item;
mod keys;
mod owners;
mod sums;

use std::collections::{HashMap, HashSet};
use std::hint::black_box;

use jiff::civil::Date;
use kassenzeichen::Directory;
use sepa::{Cents, Iban};

use crate::hash;
use crate::index::{Index, Lists};
use crate::mandates::Mandates;
use crate::tokens::{Token, Tokens};
use crate::words::{Kinds, Lexicon};

pub(crate) use fees::sums_with_fees;
pub use item::{AccountId, Class, Item, ListedItem, ListedMandate, Whose};
use item::{Flags, Owner};
pub(crate) use keys::iban_key;
use keys::{amount_key, pair_key, word_key};
pub use sums::{is_sum, sums};

/// Of all that is due, so many hundredths may be held for payers of whom only the amount is known: a bound on what
/// strangers can keep a town from collecting.
pub const WIDE_PERCENT: i64 = 2;

/// A Kassenzeichen: what is owed under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account<'a> {
    /// As printed on the Bescheid.
    pub kassenzeichen: &'a str,
    /// Its items' places: principal by due day, then instalment; after it the costs, then the surcharges.
    pub items: &'a [u32],
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
    /// Of all that is due, so many hundredths may be held for payers of whom only an amount is known that many owe.
    pub wide_percent: i64,
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

/// A distinct name of the books: its words and its family name's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameWords<'a> {
    /// Rising.
    pub(crate) tokens: &'a [Token],
    pub(crate) family: Token,
}

impl Books {
    /// The same of a town that collects levies besides that none of these items names.
    #[must_use]
    pub fn with_levies(mut self, levies: &[String]) -> Books {
        self.lexicon = Lexicon::new(&self.kinds, levies);
        self
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
    pub(crate) fn ask_for_items(&self, room_of: impl Fn(usize) -> Cents, accounts: &[AccountId]) {
        self.items_of.ask_for(accounts.iter().copied());
        let items = accounts.iter().flat_map(|id| self.items_of(*id));
        let read = |(place, item): (usize, &Item)| item.amount.get() ^ i64::from(item.kind) ^ room_of(place).get();
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
