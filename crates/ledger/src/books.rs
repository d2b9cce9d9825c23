//! What is owed, by whom, and the indexes by which a payment finds it.
//!
//! Invariant: an index answers only with what the lists say; what is paid is not stored here (see [`crate::settle`]).

use std::collections::HashMap;

use jiff::civil::Date;
use kassenzeichen::{CheckMethod, Directory, Scheme};
use sepa::{Cents, Iban};

use crate::names::{Name, address_key};

/// An account's place in the books: one Kassenzeichen. The same number is its place in the directory.
pub type AccountId = u32;

/// An instalment under a Kassenzeichen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id in the database.
    pub id: i64,
    /// Its Kassenzeichen's place.
    pub account: AccountId,
    /// `2023-4`.
    pub posten: String,
    /// The levy, as a place in [`Books::kinds`].
    pub kind: usize,
    /// The day it is due.
    pub due: Date,
    /// The assessed amount.
    pub amount: Cents,
    /// What was paid before the list was made.
    pub paid_before: Cents,
    /// What debits claim that went out: sent, or collected. No transfer can pay it again.
    pub claimed: Cents,
}

/// A Kassenzeichen: what is owed under it, by whom, and who may be debited for it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Account {
    /// As printed on the Bescheid.
    pub kassenzeichen: String,
    /// Its items' places, by due day, then instalment.
    pub items: Vec<usize>,
    /// The names of its debtors and of its mandates' holders, each once.
    pub names: Vec<Name>,
    /// The address key of its debtors.
    pub addresses: Vec<String>,
    /// The accounts of its mandates.
    pub ibans: Vec<Iban>,
    /// Whether its scheme has a check digit, so that a slip seldom gives somebody else's.
    pub has_check_digit: bool,
}

/// What a list says of an item, ready for the books.
#[derive(Clone, Debug)]
pub struct ListedItem {
    /// Its id in the database.
    pub id: i64,
    /// As printed on the Bescheid.
    pub kassenzeichen: String,
    /// `2023-4`.
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
}

/// Who may be debited for a Kassenzeichen, as far as it tells who pays.
#[derive(Clone, Debug)]
pub struct ListedMandate {
    /// The Kassenzeichen it serves.
    pub kassenzeichen: String,
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
    /// Every item.
    pub items: Vec<Item>,
    /// Every Kassenzeichen; its place is its [`AccountId`].
    pub accounts: Vec<Account>,
    /// Finds Kassenzeichen in texts.
    pub directory: Directory,
    /// The business date: what is due is due on this day.
    pub today: Date,
    by_iban: HashMap<Iban, Vec<AccountId>>,
    by_name: HashMap<String, Vec<AccountId>>,
    by_word: HashMap<String, Vec<AccountId>>,
    by_pair: HashMap<String, Vec<AccountId>>,
    by_address: HashMap<String, Vec<AccountId>>,
    by_amount: HashMap<Cents, Vec<AccountId>>,
}

/// At most so many items are combined to every sum; beyond it single items, runs from the oldest, and the total.
const ALL_SUMS: usize = 6;

impl Books {
    /// Builds the books from what the lists say.
    pub fn new(schemes: &[Scheme], items: Vec<ListedItem>, mandates: &[ListedMandate], today: Date) -> Books {
        let mut builder = Builder::default();
        items.into_iter().for_each(|item| builder.add_item(item));
        mandates.iter().for_each(|mandate| builder.add_mandate(mandate));
        builder.finish(schemes, today)
    }

    /// The accounts whose mandates debit this IBAN.
    pub fn by_iban(&self, iban: &Iban) -> &[AccountId] {
        self.by_iban.get(iban).map_or(&[], Vec::as_slice)
    }

    /// The accounts that carry exactly these words as a name.
    pub fn by_name(&self, key: &str) -> &[AccountId] {
        self.by_name.get(key).map_or(&[], Vec::as_slice)
    }

    /// The accounts of which a name has both words; they come in rising order.
    pub fn by_pair(&self, one: &str, other: &str) -> &[AccountId] {
        self.by_pair.get(&pair_key(one, other)).map_or(&[], Vec::as_slice)
    }

    /// The accounts of which a name has this word.
    pub fn by_word(&self, word: &str) -> &[AccountId] {
        self.by_word.get(word).map_or(&[], Vec::as_slice)
    }

    /// The accounts of this address.
    pub fn by_address(&self, key: &str) -> &[AccountId] {
        self.by_address.get(key).map_or(&[], Vec::as_slice)
    }

    /// The accounts of which some due items sum to this.
    pub fn by_amount(&self, amount: Cents) -> &[AccountId] {
        self.by_amount.get(&amount).map_or(&[], Vec::as_slice)
    }

    /// An account.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(id as usize)
    }

    /// The items of an account, by due day.
    pub fn items_of(&self, id: AccountId) -> impl Iterator<Item = (usize, &Item)> {
        let places = self.account(id).map_or(&[][..], |account| account.items.as_slice());
        places.iter().filter_map(|place| Some((*place, self.items.get(*place)?)))
    }

    /// Whether a Kassenzeichen has a check digit.
    pub fn has_check_digit(&self, id: AccountId) -> bool {
        self.account(id).is_some_and(|account| account.has_check_digit)
    }

    /// The Kassenzeichen that one changed digit, or two that changed places, make of this one.
    pub fn neighbours(&self, id: AccountId) -> Vec<AccountId> {
        let Some(account) = self.account(id) else { return Vec::new() };
        let written: Vec<char> = account.kassenzeichen.chars().collect();
        let mut slips = Vec::new();
        for (place, digit) in written.iter().enumerate().filter(|(_, c)| c.is_ascii_digit()) {
            let changed = ('0'..='9').filter(|other| other != digit).map(|other| vec![(place, other)]);
            slips.extend(changed);
            if let Some(next) = written.get(place + 1).filter(|next| next.is_ascii_digit() && *next != digit) {
                slips.push(vec![(place, *next), (place + 1, *digit)]);
            }
        }
        let mut found: Vec<AccountId> = slips
            .into_iter()
            .filter_map(|slip| {
                let mut variant = written.clone();
                for (place, digit) in slip {
                    *variant.get_mut(place)? = digit;
                }
                self.directory.by_spelling(&variant.into_iter().collect::<String>())
            })
            .filter(|other| *other != id)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether two Kassenzeichen are one debtor's: a name in common, and no two addresses.
    pub fn same_debtor(&self, one: AccountId, other: AccountId) -> bool {
        let (Some(one), Some(other)) = (self.account(one), self.account(other)) else { return false };
        let share = |ours: &[String], theirs: &[String]| {
            ours.is_empty() || theirs.is_empty() || ours.iter().any(|key| theirs.contains(key))
        };
        one.names.iter().any(|name| other.names.contains(name)) && share(&one.addresses, &other.addresses)
    }

    /// Whether an item is due on the business date.
    pub fn is_due(&self, item: &Item) -> bool {
        item.due <= self.today
    }
}

#[derive(Default)]
struct Builder {
    kinds: Vec<String>,
    items: Vec<Item>,
    accounts: Vec<Account>,
    places: HashMap<String, AccountId>,
}

impl Builder {
    fn add_item(&mut self, listed: ListedItem) {
        let account = self.account(&listed.kassenzeichen);
        let kind = self.kinds.iter().position(|kind| *kind == listed.kind).unwrap_or_else(|| {
            self.kinds.push(listed.kind.clone());
            self.kinds.len() - 1
        });
        let place = self.items.len();
        self.items.push(Item {
            id: listed.id,
            account,
            posten: listed.posten,
            kind,
            due: listed.due,
            amount: listed.amount,
            paid_before: listed.paid_before,
            claimed: listed.claimed,
        });
        if let Some(entry) = self.accounts.get_mut(account as usize) {
            entry.items.push(place);
            add_once(&mut entry.names, Name::new(&listed.debtor));
            if let Some(key) = listed.address.as_deref().and_then(address_key) {
                add_once(&mut entry.addresses, key);
            }
        }
    }

    fn add_mandate(&mut self, mandate: &ListedMandate) {
        let Some(account) = self.places.get(&mandate.kassenzeichen).copied() else { return };
        if let Some(entry) = self.accounts.get_mut(account as usize) {
            add_once(&mut entry.ibans, mandate.iban);
            add_once(&mut entry.names, Name::new(&mandate.holder));
        }
    }

    fn account(&mut self, kassenzeichen: &str) -> AccountId {
        if let Some(account) = self.places.get(kassenzeichen) {
            return *account;
        }
        let account = AccountId::try_from(self.accounts.len()).unwrap_or(AccountId::MAX);
        self.places.insert(kassenzeichen.to_owned(), account);
        self.accounts.push(Account { kassenzeichen: kassenzeichen.to_owned(), ..Account::default() });
        account
    }

    fn finish(mut self, schemes: &[Scheme], today: Date) -> Books {
        let items = &self.items;
        for account in &mut self.accounts {
            account.has_check_digit = schemes
                .iter()
                .any(|scheme| *scheme.check() != CheckMethod::None && scheme.canonical(&account.kassenzeichen).is_ok());
            account.items.sort_by_key(|place| items.get(*place).map(|item| (item.due, item.posten.clone())));
        }
        let directory = Directory::new(schemes, self.accounts.iter().map(|account| account.kassenzeichen.as_str()));
        let mut books = Books {
            kinds: self.kinds,
            items: self.items,
            accounts: self.accounts,
            directory,
            today,
            by_iban: HashMap::new(),
            by_name: HashMap::new(),
            by_word: HashMap::new(),
            by_pair: HashMap::new(),
            by_address: HashMap::new(),
            by_amount: HashMap::new(),
        };
        books.index();
        books
    }
}

fn add_once<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// Two words of a name, in either order.
fn pair_key(one: &str, other: &str) -> String {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("{first} {second}")
}

/// Ids come in rising order, so the lists are sorted and a double can only be the last.
fn push_rising(list: &mut Vec<AccountId>, id: AccountId) {
    if list.last() != Some(&id) {
        list.push(id);
    }
}

impl Books {
    fn index(&mut self) {
        for (id, account) in (0..).zip(&self.accounts) {
            account.ibans.iter().for_each(|iban| self.by_iban.entry(*iban).or_default().push(id));
            account.addresses.iter().for_each(|key| self.by_address.entry(key.clone()).or_default().push(id));
            for name in account.names.iter().filter(|name| !name.is_empty()) {
                push_rising(self.by_name.entry(name.key()).or_default(), id);
                for (place, token) in name.tokens().iter().enumerate() {
                    for other in name.tokens().iter().skip(place + 1) {
                        push_rising(self.by_pair.entry(pair_key(token, other)).or_default(), id);
                    }
                }
                for token in name.tokens() {
                    push_rising(self.by_word.entry(token.clone()).or_default(), id);
                }
            }
            let due: Vec<Cents> = account
                .items
                .iter()
                .filter_map(|place| self.items.get(*place))
                .filter(|item| item.due <= self.today)
                .map(|item| item.amount)
                .collect();
            sums(&due).into_iter().for_each(|sum| push_rising(self.by_amount.entry(sum).or_default(), id));
        }
    }
}

/// Every sum above zero that whole instalments can make, each once, in rising order.
pub fn sums(amounts: &[Cents]) -> Vec<Cents> {
    let mut sums = Vec::new();
    if amounts.len() <= ALL_SUMS {
        for choice in 1_usize..1 << amounts.len() {
            let chosen =
                amounts.iter().enumerate().filter(|(place, _)| choice >> place & 1 == 1).map(|(_, amount)| *amount);
            sums.extend(Cents::sum(chosen));
        }
    } else {
        sums.extend_from_slice(amounts);
        sums.extend((1..=amounts.len()).filter_map(|count| Cents::sum(amounts.iter().take(count).copied())));
    }
    sums.retain(|sum| sum.is_positive());
    sums.sort();
    sums.dedup();
    sums
}
