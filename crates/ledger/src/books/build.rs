//! Builds the books from what the lists say.
//!
//! Knows no payment. Invariant: equal lists give equal books; what a list says twice stands once.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kassenzeichen::{CheckMethod, Directory, Scheme};
use sepa::Cents;

use super::Books;
use super::fees::sums_with_fees;
use super::item::{AccountId, Flags, Item, ListedItem, ListedMandate, Owner, SOON};
use super::keys::{amount_key, iban_key, pair_key, word_key};
use super::sums::sums;
use crate::addresses::address_key;
use crate::books::WIDE_PERCENT;
use crate::hash;
use crate::index::{Index, Lists};
use crate::mandates::Mandates;
use crate::names::{fold_into, parts_of};
use crate::tokens::{Interner, Token};
use crate::words::Lexicon;

impl Books {
    /// Builds the books from what the lists say.
    pub fn new(schemes: &[Scheme], items: Vec<ListedItem>, mandates: &[ListedMandate], today: Date) -> Books {
        build(schemes, items, mandates, today)
    }
}

fn build(schemes: &[Scheme], items: Vec<ListedItem>, mandates: &[ListedMandate], today: Date) -> Books {
    let mut builder = Builder::default();
    builder.items.reserve_exact(items.len());
    items.into_iter().for_each(|item| builder.add_item(item));
    mandates.iter().for_each(|mandate| builder.add_mandate(mandate));
    builder.finish(schemes, today)
}

/// A Kassenzeichen while the lists are read.
#[derive(Default)]
struct Entry {
    kassenzeichen: String,
    items: Vec<u32>,
    names: Vec<u32>,
    addresses: Vec<u32>,
    ibans: Vec<u64>,
    /// Who owes each of the items; and its mandates: a hash of the reference, the holder's name, the account's key.
    debts: Vec<Debt>,
    mandates: Vec<(u64, Option<u32>, u64)>,
}

/// Who owes an item.
struct Debt {
    item: u32,
    name: Option<u32>,
    mandate: Option<u64>,
}

#[derive(Default)]
struct Builder {
    kinds: HashMap<String, u16>,
    postens: HashMap<String, u32>,
    items: Vec<Item>,
    entries: Vec<Entry>,
    places: HashMap<String, AccountId>,
    interner: Interner,
    /// A name's words, rising, then its family name's -> its place.
    names: HashMap<Box<[Token]>, u32>,
    mandates: Vec<(String, AccountId)>,
    addresses: HashMap<u64, u32>,
    folded: String,
}

impl Builder {
    fn add_item(&mut self, listed: ListedItem) {
        let account = self.account(listed.kassenzeichen);
        let count = u16::try_from(self.kinds.len()).unwrap_or(u16::MAX);
        let kind = *self.kinds.entry(listed.kind).or_insert(count);
        let count = u32::try_from(self.postens.len()).unwrap_or(u32::MAX);
        let posten = *self.postens.entry(listed.posten).or_insert(count);
        let place = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(Item {
            id: listed.id,
            amount: listed.amount,
            paid_before: listed.paid_before,
            claimed: listed.claimed,
            account,
            posten,
            due: listed.due,
            kind,
            class: listed.class,
        });
        let name = self.name(&listed.debtor);
        let count = u32::try_from(self.addresses.len()).unwrap_or(u32::MAX);
        let address = listed.address.as_deref().and_then(address_key);
        let address = address.map(|key| *self.addresses.entry(key).or_insert(count));
        if let Some(entry) = self.entries.get_mut(account as usize) {
            entry.items.push(place);
            let mandate = listed.mandate.map(|reference| hash::of(reference.as_bytes()));
            entry.debts.push(Debt { item: place, name, mandate });
            name.into_iter().for_each(|name| add_once(&mut entry.names, name));
            address.into_iter().for_each(|address| add_once(&mut entry.addresses, address));
        }
    }

    fn add_mandate(&mut self, mandate: &ListedMandate) {
        let Some(account) = self.places.get(&mandate.kassenzeichen).copied() else { return };
        let references = [Some(&mandate.reference), mandate.old_reference.as_ref()];
        self.mandates.extend(references.into_iter().flatten().map(|reference| (reference.clone(), account)));
        let name = self.name(&mandate.holder);
        if let Some(entry) = self.entries.get_mut(account as usize) {
            add_once(&mut entry.ibans, iban_key(&mandate.iban));
            entry.mandates.push((hash::of(mandate.reference.as_bytes()), name, iban_key(&mandate.iban)));
            name.into_iter().for_each(|name| add_once(&mut entry.names, name));
        }
    }

    fn account(&mut self, kassenzeichen: String) -> AccountId {
        if let Some(account) = self.places.get(&kassenzeichen) {
            return *account;
        }
        let account = AccountId::try_from(self.entries.len()).unwrap_or(AccountId::MAX);
        self.places.insert(kassenzeichen.clone(), account);
        self.entries.push(Entry { kassenzeichen, ..Entry::default() });
        account
    }

    /// The place of a name; `None` if there is nothing in it.
    fn name(&mut self, text: &str) -> Option<u32> {
        fold_into(text, &mut self.folded);
        let mut words = Vec::new();
        let family = parts_of(&self.folded, &mut words);
        let mut tokens: Vec<Token> = words.iter().map(|word| self.interner.token(word)).collect();
        if tokens.is_empty() {
            return None;
        }
        let family = self.interner.token(family);
        tokens.sort_unstable();
        tokens.push(family);
        let count = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        Some(*self.names.entry(tokens.into()).or_insert(count))
    }

    fn finish(mut self, schemes: &[Scheme], today: Date) -> Books {
        drop(std::mem::take(&mut self.places));
        let (items, postens) = (self.items, by_number(self.postens));
        for entry in &mut self.entries {
            entry.items.sort_by_key(|place| {
                items.get(*place as usize).map(|item| (item.class, item.due, postens.get(item.posten as usize)))
            });
        }
        let known = self.entries.iter().map(|entry| entry.kassenzeichen.as_str());
        let mandates = Mandates::new(&std::mem::take(&mut self.mandates), known);
        let directory = Directory::new(schemes, self.entries.iter().map(|entry| entry.kassenzeichen.as_str()));
        let checked = |kassenzeichen: &str| {
            let with_check = schemes.iter().filter(|scheme| *scheme.check() != CheckMethod::None);
            with_check.map(|scheme| scheme.canonical(kassenzeichen)).any(|fits| fits.is_ok())
        };
        let flags = self.entries.iter().map(|entry| Flags {
            has_check_digit: checked(&entry.kassenzeichen),
            has_mandate: !entry.ibans.is_empty(),
        });
        let flags = flags.collect();
        self.entries.iter_mut().for_each(|entry| drop(std::mem::take(&mut entry.kassenzeichen)));
        let kinds = by_number(self.kinds);
        let names = by_number(self.names);
        let addresses = by_number(self.addresses);
        let mut books = Books {
            lexicon: Lexicon::new(&kinds, &[]),
            kinds,
            postens,
            items,
            directory,
            today,
            paid_before_is_dated: true,
            wide_percent: WIDE_PERCENT,
            tokens: self.interner.finish(),
            former: HashMap::new(),
            owners: HashMap::new(),
            flags,
            items_of: lists(&self.entries, |entry| &entry.items),
            names: Lists::default(),
            names_of: lists(&self.entries, |entry| &entry.names),
            bearers: Vec::new(),
            addresses_of: lists(&self.entries, |entry| &entry.addresses),
            mandates,
            by_iban: index(&self.entries, |entry, keys| keys.extend(&entry.ibans)),
            by_name: Index::default(),
            by_pair: Index::default(),
            by_address: index(&self.entries, |entry, keys| {
                keys.extend(entry.addresses.iter().filter_map(|place| addresses.get(*place as usize)));
            }),
            by_amount: Index::default(),
            by_coming_amount: Index::default(),
            by_word_and_amount: Index::default(),
        };
        names.iter().for_each(|name| books.names.push(name.iter().copied()));
        books.names.shrink();
        drop(names);
        books.index(&self.entries);
        let owners = (0..).zip(&self.entries).filter_map(|(account, entry)| Some((account, books.owners(entry)?)));
        books.owners = owners.collect();
        books
    }
}

impl Books {
    /// The indexes of names and amounts.
    fn index(&mut self, entries: &[Entry]) {
        let names = |entry: &Entry| -> Vec<&[Token]> {
            let names = entry.names.iter().filter_map(|name| self.names.get(*name).split_last());
            names.map(|(_, words)| words).collect()
        };
        let words = |entry: &Entry| -> Vec<Token> {
            let mut words = names(entry).concat();
            words.sort_unstable();
            words.dedup();
            words
        };
        let mut bearers = vec![0_u32; self.tokens.len()];
        for word in entries.iter().flat_map(words) {
            if let Some(count) = bearers.get_mut(word as usize) {
                *count += 1;
            }
        }
        let by_name = index(entries, |entry, keys| {
            keys.extend(names(entry).into_iter().map(|words| hash::of_set(words.iter().copied())));
        });
        let by_pair = index(entries, |entry, keys| {
            for words in names(entry) {
                for (place, one) in words.iter().enumerate() {
                    keys.extend(words.iter().skip(place + 1).map(|other| pair_key(*one, *other)));
                }
            }
        });
        let by_amount = index(entries, |entry, keys| keys.extend(self.due_sums(entry).into_iter().map(amount_key)));
        let until = self.today.saturating_add(SOON.days());
        let by_coming_amount = index(entries, |entry, keys| {
            let coming = |item: &&Item| !item.is_fee() && !self.is_due(item) && item.due <= until;
            let items = entry.items.iter().filter_map(|place| self.items.get(*place as usize));
            keys.extend(items.filter(coming).map(|item| amount_key(item.amount)));
        });
        let by_word_and_amount = index(entries, |entry, keys| {
            let sums = self.due_sums(entry);
            keys.extend(words(entry).iter().flat_map(|word| sums.iter().map(|sum| word_key(*word, *sum))));
        });
        (self.bearers, self.by_name, self.by_pair) = (bearers, by_name, by_pair);
        (self.by_amount, self.by_word_and_amount) = (by_amount, by_word_and_amount);
        self.by_coming_amount = by_coming_amount;
    }

    /// The debtors under a Kassenzeichen, if there are several: names of which one has all words of the other are one
    /// person's, unless their items name mandates of different accounts; and so are those under one mandate.
    fn owners(&self, entry: &Entry) -> Option<Vec<Owner>> {
        let first = entry.debts.first()?;
        let is_first = |debt: &&Debt| debt.name.is_none() || debt.name == first.name && debt.mandate == first.mandate;
        if entry.debts.iter().all(|debt| is_first(&debt)) {
            return None;
        }
        let iban = |mandate: u64| entry.mandates.iter().find(|known| known.0 == mandate).map(|known| known.2);
        let mut owners: Vec<Owner> = Vec::new();
        for debt in &entry.debts {
            let is_his = |owner: &Owner| {
                let of_mandate = debt.mandate.is_some_and(|mandate| owner.mandates.contains(&mandate));
                let of_name = debt.name.is_none_or(|name| owner.names.iter().any(|own| self.is_one_person(*own, name)));
                let own = debt.mandate.and_then(iban);
                let is_apart = |mandate: &u64| own.is_some_and(|own| iban(*mandate).is_some_and(|other| own != other));
                of_mandate || of_name && !owner.mandates.iter().any(is_apart)
            };
            let place = owners.iter().position(is_his).unwrap_or(owners.len());
            if place == owners.len() {
                owners.push(Owner::default());
            }
            let Some(owner) = owners.get_mut(place) else { continue };
            owner.items.push(debt.item);
            debt.name.into_iter().for_each(|name| add_once(&mut owner.names, name));
            debt.mandate.into_iter().for_each(|mandate| add_once(&mut owner.mandates, mandate));
        }
        for (reference, holder, iban) in &entry.mandates {
            let named = owners.iter().position(|owner| owner.mandates.contains(reference));
            let of_holder =
                |owner: &Owner| holder.is_some_and(|name| owner.names.iter().any(|own| self.is_one_person(*own, name)));
            let place = named.or_else(|| owners.iter().position(of_holder));
            place
                .and_then(|place| owners.get_mut(place))
                .into_iter()
                .for_each(|owner| add_once(&mut owner.ibans, *iban));
        }
        let names = owners.first()?.names.clone();
        let has_one = |name: &u32| names.iter().any(|own| self.is_one_person(*own, *name));
        let are_alike = owners.iter().all(|owner| owner.names.iter().any(has_one));
        owners.iter_mut().for_each(|owner| owner.are_alike = are_alike);
        (owners.len() > 1).then_some(owners)
    }

    /// Whether two names are one person's: all words of the one stand in the other.
    fn is_one_person(&self, one: u32, other: u32) -> bool {
        let words = |name: u32| self.names.get(name).split_last().map_or(&[][..], |(_, words)| words);
        let (one, other) = (words(one), words(other));
        let has_all = |all: &[Token], some: &[Token]| some.iter().all(|word| all.contains(word));
        has_all(one, other) || has_all(other, one)
    }

    /// What due items sum to, as assessed and as they were open when the list was made, without their fees and with them.
    fn due_sums(&self, entry: &Entry) -> Vec<Cents> {
        let items = || entry.items.iter().filter_map(|place| self.items.get(*place as usize));
        let all_due = || items().filter(|item| self.is_due(item));
        let due = || all_due().filter(|item| !item.is_fee());
        let assessed: Vec<Cents> = due().map(|item| item.amount).collect();
        let mut all = sums(&assessed);
        if due().any(Item::is_partly_paid) {
            let open: Vec<Cents> = due().map(Item::listed_open).collect();
            all.extend(sums(&open));
            all.sort_unstable();
            all.dedup();
        }
        if all_due().any(Item::is_fee) {
            all.extend(sums_with_fees(all_due().map(|item| (item, item.amount))));
            all.extend(sums_with_fees(all_due().map(|item| (item, item.listed_open()))));
            // what is left where the principal was paid
            all.extend(sums_with_fees(all_due().filter(|item| item.is_fee()).map(|item| (item, item.amount))));
            all.sort_unstable();
            all.dedup();
        }
        all
    }
}

fn add_once<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// What was numbered, by its number.
fn by_number<T, N: Ord + Copy>(numbers: HashMap<T, N>) -> Vec<T> {
    let mut all: Vec<(N, T)> = numbers.into_iter().map(|(thing, number)| (number, thing)).collect();
    all.sort_unstable_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, thing)| thing).collect()
}

fn lists(entries: &[Entry], of: impl Fn(&Entry) -> &Vec<u32>) -> Lists {
    let mut lists = Lists::default();
    entries.iter().for_each(|entry| lists.push(of(entry).iter().copied()));
    lists.shrink();
    lists
}

/// An index of the entries by the keys that each has.
fn index(entries: &[Entry], mut keys_of: impl FnMut(&Entry, &mut Vec<u64>)) -> Index {
    let (mut all, mut keys) = (Vec::new(), Vec::new());
    for (id, entry) in (0..).zip(entries) {
        keys_of(entry, &mut keys);
        all.extend(keys.drain(..).map(|key| (key, id)));
    }
    Index::new(all)
}
