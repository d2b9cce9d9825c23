//! Finds everyone whom something in one payment speaks for.
//!
//! Knows no weights. Invariant: who is found does not depend on the payments that are read together with it; what is asked
//! of the books ahead of its use changes nothing but the time.

use smallvec::SmallVec;

use crate::addresses::addresses_of;
use crate::books::{AccountId, Books};
use crate::candidates::{AMOUNT_ALONE, Fit, fit};
use crate::names::{Agreement, agreement, fold, is_title, parts_of, words_of};
use crate::payment::Payment;
use crate::tokens::Token;
use crate::words::{self, Words};

use super::heard::{Heard, Quoted, Reading, Room, Setting, has_other_number, quoted};

/// Leads a mandate's reference that the bank names, so that a short one counts too.
const MANDATE: &str = "mref";

/// The words of the longest name that is looked for in a text: »Holzhandel Schulz GmbH & Co. KG«.
const LONGEST_NAME: usize = 5;

/// A name or an address that more have than this names nobody: only with the amount.
const FEW: usize = 64;

/// The payer's name: its words, sorted, its family name, and the words that names of the books have.
pub(crate) struct Payer<'t> {
    pub(crate) tokens: Vec<&'t str>,
    pub(crate) family: &'t str,
    /// Rising.
    pub(crate) known: SmallVec<[Token; 6]>,
}

/// What a payment's texts tell of the books; room that is used again.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Everyone whom some witness speaks for, rising.
    pub(super) accounts: Vec<AccountId>,
    /// The words of the text that names of the books have; titles left out, other words as `None`.
    sequence: Vec<Option<Token>>,
    /// The same words, rising.
    tokens: Vec<Token>,
    addresses: Vec<u64>,
}

impl Told {
    fn forget(&mut self) {
        self.accounts.clear();
        self.sequence.clear();
        self.tokens.clear();
        self.addresses.clear();
    }

    /// Reads names and addresses out of a text, and out of the same with the lines put together that a bank has cut: a
    /// name may stand in either.
    fn read_text(&mut self, books: &Books, heard: &Heard, squashed: &mut String) {
        let Heard { text, joined, name, behalf, .. } = heard;
        let title_or = |word: &str| if is_title(word) { None } else { Some(books.tokens.find(word)) };
        self.sequence.extend(words_of(text).filter_map(title_or));
        if !joined.is_empty() {
            // nobody's name goes from the end of the one to the beginning of the other
            self.sequence.push(None);
            self.sequence.extend(words_of(joined).filter_map(title_or));
        }
        self.tokens.extend(self.sequence.iter().flatten());
        self.tokens.sort_unstable();
        self.tokens.dedup();
        // »WEG Kastanienallee 12« pays
        for text in [text, joined, name, behalf] {
            addresses_of(text, &mut self.addresses, squashed, |key| !books.by_address(key).is_empty());
        }
        self.addresses.sort_unstable();
        self.addresses.dedup();
    }

    /// The names that some neighbouring words of the text could be: each its words, rising, each once.
    fn names(&self) -> impl Iterator<Item = impl Iterator<Item = Token>> {
        let windows = (2..=LONGEST_NAME).flat_map(|width| self.sequence.windows(width));
        windows.filter_map(|window| {
            let mut tokens = [Token::MAX; LONGEST_NAME];
            for (token, word) in tokens.iter_mut().zip(window) {
                *token = (*word)?;
            }
            tokens.sort_unstable();
            Some(distinct(tokens.into_iter().filter(|token| *token != Token::MAX)))
        })
    }

    /// Whether the text has a word of the names.
    pub(crate) fn has_word(&self, token: Token) -> bool {
        self.tokens.binary_search(&token).is_ok()
    }

    /// Whether the text has the address of an account, and how many have that address.
    pub(crate) fn address_of(&self, books: &Books, account: AccountId) -> Option<usize> {
        let alike = self.addresses.iter().map(|key| books.by_address(*key));
        alike.filter(|accounts| accounts.binary_search(&account).is_ok()).map(<[AccountId]>::len).max()
    }
}

/// What could speak against what is quoted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    None,
    /// The text, and the payer's account.
    Text,
    /// Names and amounts too.
    All,
}

/// One payment, as it is searched.
pub(crate) struct Search<'s, 'b> {
    pub(crate) setting: Setting<'b>,
    pub(crate) payment: &'s Payment,
    pub(crate) heard: &'s Heard,
    pub(crate) reading: Reading,
    pub(crate) payer: Payer<'s>,
    /// The one on whose behalf he pays, if the bank names another.
    pub(crate) behalf: Option<Payer<'s>>,
    /// The accounts whose mandates are named, rising.
    pub(crate) by_mandate: Vec<AccountId>,
    /// The accounts whose mandates debit the payer's.
    pub(crate) mandated: &'b [AccountId],
    /// The accounts that owe the amount.
    pub(crate) owing: &'b [AccountId],
    /// The Kassenzeichen a slip away from the only one that is quoted, where no check digit rules the slip out.
    pub(crate) neighbours: Vec<AccountId>,
    pub(crate) told: Told,
    /// What was compared already of the only Kassenzeichen that is quoted.
    compared: Option<Compared>,
    pub(super) doubt: Doubt,
}

/// A Kassenzeichen against the payer's name, and against his amount as far as that was asked.
#[derive(Clone, Copy)]
struct Compared {
    account: AccountId,
    name: Agreement,
    fit: Option<Fit>,
}

impl<'s, 'b> Search<'s, 'b> {
    /// A search through what was heard of a payment.
    pub(super) fn new(setting: Setting<'b>, payment: &'s Payment, heard: &'s Heard, mut told: Told) -> Search<'s, 'b> {
        told.forget();
        let payer = Payer::new(setting.books, &heard.name);
        let behalf = (!heard.behalf.is_empty()).then(|| Payer::new(setting.books, &heard.behalf));
        let behalf = behalf.filter(|behalf| !behalf.tokens.is_empty() && behalf.tokens != payer.tokens);
        let findings = &heard.findings;
        let reading = Reading {
            quoted: quoted(findings),
            words: Words::default(),
            has_reference: !findings.found.is_empty() || !findings.unknown.is_empty(),
            meant: findings.series.meant.iter().map(|meant| meant.reference).collect(),
            goes_on: findings.series.goes_on,
            may_go_on: findings.series.may_go_on,
            lacks_blank: findings.series.lacks_blank,
            has_other_number: has_other_number(findings),
            pays_other: payment.iban.is_some_and(|iban| setting.history.pays_other(&iban)),
        };
        Search {
            setting,
            payment,
            heard,
            reading,
            payer,
            behalf,
            by_mandate: Vec::new(),
            mandated: payment.iban.map_or(&[][..], |iban| setting.books.by_iban(&iban)),
            owing: setting.books.by_amount(payment.amount),
            neighbours: Vec::new(),
            told,
            compared: None,
            doubt: Doubt::All,
        }
    }

    /// How well the payer's name agrees with the names of a Kassenzeichen, and how his amount fits there.
    pub(crate) fn compare(&self, account: AccountId, room: &mut Room<'b>) -> (Agreement, Fit) {
        let Setting { books, rooms, .. } = self.setting;
        let known = self.compared.filter(|known| known.account == account);
        let name = known.map_or_else(|| self.agreement(account, room), |known| known.name);
        let fits = || fit(books, rooms, account, self.payment.amount, &mut room.cents);
        (name, known.and_then(|known| known.fit).unwrap_or_else(fits))
    }

    /// How well the payer's name, or that of the one on whose behalf he pays, agrees with the names of a Kassenzeichen.
    fn agreement(&self, account: AccountId, room: &mut Room<'b>) -> Agreement {
        let books = self.setting.books;
        let of_payers = self.payers().map(|payer| books.agreement(account, payer, &mut room.words));
        of_payers.min().unwrap_or(Agreement::None)
    }

    /// Whose name counts for a Kassenzeichen with which it agrees so well: the payer's own, where it is as good.
    pub(crate) fn namesake(&self, account: AccountId, name: Agreement, room: &mut Room<'b>) -> &Payer<'s> {
        let books = self.setting.books;
        let is_his = |payer: &&Payer<'_>| books.agreement(account, payer, &mut room.words) == name;
        self.payers().find(is_his).unwrap_or(&self.payer)
    }

    /// The payer, and the one on whose behalf he pays.
    fn payers(&self) -> impl Iterator<Item = &Payer<'s>> {
        std::iter::once(&self.payer).chain(&self.behalf)
    }

    /// Reads the words, and names those whom the references and the payer's account speak for.
    pub(super) fn name_quoted(&mut self, room: &mut Room<'b>) {
        let Setting { books, history, .. } = self.setting;
        self.reading.words = books.lexicon.read_folded(&self.heard.text, &mut room.letters);
        // a name that is also such a word: Frau Spende
        let is_name = |word: &'static str| self.payer.tokens.contains(&fold(word).as_str());
        self.reading.words.other = self.reading.words.other.filter(|word| !is_name(word));
        if self.reading.quoted == Quoted::Nothing {
            let is_plain = words::is_plain(&self.heard.text, &self.payer.tokens);
            self.reading.words.is_plain |= is_plain;
        }
        if let Quoted::One(account) = self.reading.quoted
            && !books.has_check_digit(account)
            && !self.mandated.contains(&account)
        {
            self.neighbours = books.directory.neighbours(account);
        }
        let accounts = &mut self.told.accounts;
        accounts.extend(self.heard.findings.found.iter().map(|found| found.reference));
        accounts.extend(&self.neighbours);
        accounts.extend(&self.reading.meant);
        accounts.extend(self.mandated);
        self.by_mandate.clear();
        books.named_by_mandate(&self.heard.text, &mut room.squashed, &mut self.by_mandate);
        if let Some(mandate) = &self.payment.mandate {
            let mandate = [MANDATE, &fold(mandate)].join(" ");
            books.named_by_mandate(&mandate, &mut room.squashed, &mut self.by_mandate);
        }
        self.by_mandate.sort_unstable();
        self.by_mandate.dedup();
        accounts.extend(&self.by_mandate);
        if let Some(iban) = &self.payment.iban {
            accounts.extend(history.of(iban, self.payment.id).map(|lesson| lesson.account));
        }
    }

    /// Sees how much could speak against what is quoted, and reads the text where it could.
    pub(super) fn doubt(&mut self, least: Doubt, room: &mut Room<'b>) {
        self.doubt = self.doubt_of_quoted(room).max(least);
        if self.doubt > Doubt::None {
            self.told.read_text(self.setting.books, self.heard, &mut room.squashed);
        }
    }

    /// Names the others: whom text, names and the amount speak for, as far as there is doubt.
    pub(super) fn name_others(&mut self, room: &mut Room<'b>) {
        let books = self.setting.books;
        let mut accounts = std::mem::take(&mut self.told.accounts);
        if self.doubt > Doubt::None {
            // most numbers are no house's; what is asked for each candidate is asked of the few that are
            self.told.addresses.retain(|key| !books.by_address(*key).is_empty());
            self.told.addresses.iter().for_each(|key| accounts.extend(few(books.by_address(*key))));
            self.mentioned(&mut accounts);
        }
        if self.doubt > Doubt::Text {
            self.of_name(room, &mut accounts);
            accounts.extend(self.owing.iter().filter(|_| self.owing.len() <= AMOUNT_ALONE));
        }
        accounts.sort_unstable();
        accounts.dedup();
        self.told.accounts = accounts;
    }

    /// What could speak against the only quoted Kassenzeichen, where it owes this amount and the payer has its name:
    /// names and amounts of others cannot, and nothing in the text can where the payer's account is its mandate's alone.
    fn doubt_of_quoted(&mut self, room: &mut Room<'b>) -> Doubt {
        let Setting { books, rooms, history, .. } = self.setting;
        let Quoted::One(account) = self.reading.quoted else { return Doubt::All };
        if self.reading.means_more() {
            return Doubt::All;
        }
        let name = self.agreement(account, room);
        let fits = || fit(books, rooms, account, self.payment.amount, &mut room.cents);
        let fit = (name <= Agreement::Close).then(fits);
        let is_named_alone = self.by_mandate.iter().all(|named| *named == account);
        self.compared = Some(Compared { account, name, fit });
        if fit != Some(Fit::Due) || !is_named_alone {
            return Doubt::All;
        }
        let alone = self.payment.iban.is_some_and(|iban| {
            let others = || history.of(&iban, self.payment.id).any(|lesson| lesson.account != account);
            self.mandated == [account] && !others()
        });
        // more than one instalment may be for another one too
        let is_one = books.items_of(account).any(|(_, item)| item.amount == self.payment.amount);
        match (is_one, alone) {
            (false, _) => Doubt::All,
            (true, true) => Doubt::None,
            (true, false) => Doubt::Text,
        }
    }

    /// Accounts of the names that neighbouring words of the text could be, and of the families that the
    /// text names and that owe this amount.
    fn mentioned(&self, accounts: &mut Vec<AccountId>) {
        let (books, amount) = (self.setting.books, self.payment.amount);
        for name in self.told.names() {
            accounts.extend(few(books.by_name(name)));
        }
        for token in &self.told.tokens {
            let of_family = few(books.by_word_and_amount(*token, amount)).iter().copied();
            accounts.extend(of_family.filter(|id| books.names_of(*id).any(|name| name.family == *token)));
        }
    }

    /// Accounts of the payer's name; of his family name alone only where the amount fits.
    fn of_name(&self, room: &mut Room<'b>, accounts: &mut Vec<AccountId>) {
        let books = self.setting.books;
        for payer in self.payers() {
            if let ([only], [_]) = (payer.known.as_slice(), payer.tokens.as_slice()) {
                accounts.extend(few(books.by_name(std::iter::once(*only))));
            }
            let namesakes = self.namesakes_of(payer);
            let alike = namesakes.filter(|(id, least)| books.agreement(*id, payer, &mut room.words) <= *least);
            accounts.extend(alike.map(|(account, _)| account));
        }
    }

    /// Accounts of which a name has words of the payer's, or of the one on whose behalf he pays.
    fn namesakes(&self) -> impl Iterator<Item = (AccountId, Agreement)> {
        self.payers().flat_map(|payer| self.namesakes_of(payer))
    }

    /// Accounts of which a name has words of a payer's, and how well it must agree with his at least.
    fn namesakes_of<'p>(&'p self, payer: &'p Payer<'s>) -> impl Iterator<Item = (AccountId, Agreement)> + 'p {
        let (books, known) = (self.setting.books, &payer.known);
        known.iter().enumerate().flat_map(move |(place, one)| {
            let others = known.iter().skip(place + 1);
            let pairs = others.flat_map(move |other| few(books.by_pair(*one, *other)));
            let owing = few(books.by_word_and_amount(*one, self.payment.amount)).iter();
            pairs.map(|id| (*id, Agreement::Same)).chain(owing.map(|id| (*id, Agreement::Family)))
        })
    }
}

impl<'t> Payer<'t> {
    /// A payer of this name, folded.
    fn new(books: &Books, name: &'t str) -> Payer<'t> {
        let mut tokens = Vec::with_capacity(8);
        let family = parts_of(name, &mut tokens);
        let mut known: SmallVec<_> = tokens.iter().filter_map(|word| books.tokens.find(word)).collect();
        known.sort_unstable();
        Payer { tokens, family, known }
    }
}

/// A list, if it is short enough to name anybody.
fn few(list: &[AccountId]) -> &[AccountId] {
    if list.len() <= FEW { list } else { &[] }
}

/// Rising numbers, each once.
fn distinct(rising: impl Iterator<Item = Token>) -> impl Iterator<Item = Token> {
    let mut last = None;
    rising.filter(move |token| last.replace(*token) != Some(*token))
}

/// Asks for the mandates of the payers' accounts and for whoever owes their amounts.
pub(super) fn ask_for_payers(books: &Books, payments: &[&Payment], keys: &mut Vec<u64>) {
    books.ask_for_ibans(payments.iter().filter_map(|payment| payment.iban), keys);
    books.ask_for_amounts(payments.iter().map(|payment| payment.amount), keys);
}

/// Asks for names and items of everyone named so far.
pub(super) fn ask_for_accounts(setting: Setting<'_>, searches: &[Search<'_, '_>], room: &mut Room<'_>) {
    ask_for_named(setting, searches.iter(), room);
}

/// Asks for names and items of everyone named, where others were looked for.
pub(super) fn ask_for_others(setting: Setting<'_>, searches: &[Search<'_, '_>], room: &mut Room<'_>) {
    ask_for_named(setting, searches.iter().filter(|search| search.doubt > Doubt::None), room);
}

fn ask_for_named<'s, 'b: 's>(
    setting: Setting<'_>,
    searches: impl Iterator<Item = &'s Search<'s, 'b>>,
    room: &mut Room<'_>,
) {
    room.accounts.clear();
    room.accounts.extend(searches.flat_map(|search| &search.told.accounts));
    setting.books.ask_for_items(|place| setting.rooms.of(place), &room.accounts);
    setting.books.ask_for_names_of(&room.accounts);
}

/// Asks for the names of those who could be the payers' namesakes.
pub(super) fn ask_for_namesakes(books: &Books, searches: &[Search<'_, '_>], room: &mut Room<'_>) {
    room.accounts.clear();
    let doubtful = searches.iter().filter(|search| search.doubt > Doubt::Text);
    room.accounts.extend(doubtful.flat_map(Search::namesakes).map(|(account, _)| account));
    books.ask_for_names_of(&room.accounts);
}

/// Asks for those whose names or addresses the texts could name, for the payers' namesakes, and for those who have one
/// of these words in their names and owe the amount.
pub(super) fn ask_for_words(books: &Books, searches: &[Search<'_, '_>], room: &mut Room<'_>) {
    let words = searches.iter().flat_map(|search| {
        let of_payer: &[Token] = if search.doubt > Doubt::Text { &search.payer.known } else { &[] };
        search.told.tokens.iter().chain(of_payer).map(|word| (*word, search.payment.amount))
    });
    books.ask_for_words(words, &mut room.keys);
    let of_payers = searches.iter().filter(|search| search.doubt > Doubt::Text).map(|search| &search.payer.known);
    let pairs = of_payers.flat_map(|known| {
        let pairs_of = |(place, one): (usize, &Token)| {
            let one = *one;
            known.iter().skip(place + 1).map(move |other| (one, *other))
        };
        known.iter().enumerate().flat_map(pairs_of)
    });
    books.ask_for_pairs(pairs, &mut room.keys);
    books.ask_for_names(searches.iter().flat_map(|search| search.told.names()), &mut room.keys);
    books.ask_for_names(searches.iter().map(|search| search.payer.known.iter().copied()), &mut room.keys);
    books.ask_for_addresses(searches.iter().flat_map(|search| &search.told.addresses).copied(), &mut room.keys);
}

impl Books {
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
}
