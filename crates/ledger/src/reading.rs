//! Reads a payment's texts once, and finds everyone whom something in it speaks for.
//!
//! Knows what was open at the start and who paid before, nothing of other payments. Invariant: what is read of a payment
//! does not depend on which thread reads it, or on what was read before.

use kassenzeichen::{Field, Finder, Findings, Found, Message, Spelling};
use sepa::Cents;

use crate::addresses::addresses_of;
use crate::books::{AccountId, Books};
use crate::candidates::{AMOUNT_ALONE, Candidate, Fit, fit};
use crate::history::History;
use crate::names::{Agreement, fold_into, parts_of, words_of};
use crate::payment::Payment;
use crate::settle::Rooms;
use crate::tokens::Token;
use crate::weigh::{Weighing, weigh};
use crate::weights::Weights;
use crate::words::Words;

/// The Kassenzeichen that are quoted cleanly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quoted {
    /// None.
    Nothing,
    /// One, and only one.
    One(AccountId),
    /// The places at which references stand, each with every Kassenzeichen that it can be.
    Places(Vec<Vec<AccountId>>),
}

/// What a payment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What is quoted.
    pub quoted: Quoted,
    /// What its words speak for.
    pub words: Words,
    /// Whether anything in it looks like a reference, known or not.
    pub has_reference: bool,
}

/// A payment that was read, and everyone it could be meant for.
#[derive(Clone, Debug)]
pub struct Considered {
    /// What it says.
    pub reading: Reading,
    /// Best first; equal ones in the order of the books.
    pub candidates: Vec<Candidate>,
    /// Whether some were not looked for, as they could not speak against what is quoted.
    pub is_narrow: bool,
}

/// What everything is read against.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'b> {
    /// What is owed.
    pub books: &'b Books,
    /// What was open at the start.
    pub rooms: &'b Rooms,
    /// What each witness weighs.
    pub weights: &'b Weights,
    /// Who paid for what before.
    pub history: &'b History,
}

/// Reads one payment after another, with room that is used again.
#[derive(Debug)]
pub struct Reader<'b> {
    setting: Setting<'b>,
    finder: Finder<'b>,
    /// The payment's text, folded.
    text: String,
    /// The payer's name, folded.
    name: String,
    room: Room<'b>,
}

/// Room that is used again.
#[derive(Debug, Default)]
pub(crate) struct Room<'b> {
    pub(crate) squashed: String,
    pub(crate) words: Vec<&'b str>,
    pub(crate) cents: Vec<Cents>,
    accounts: Vec<AccountId>,
    /// The words of the text that names of the books have; titles left out, other words as `None`.
    sequence: Vec<Option<Token>>,
    /// The same words, rising.
    tokens: Vec<Token>,
    addresses: Vec<u64>,
}

/// A name or an address that more have than this names nobody: only with the amount.
const FEW: usize = 64;

impl<'b> Reader<'b> {
    /// A reader.
    pub fn new(setting: Setting<'b>) -> Reader<'b> {
        let finder = setting.books.directory.finder();
        Reader { setting, finder, text: String::new(), name: String::new(), room: Room::default() }
    }

    /// Reads a payment; where what is quoted is beyond doubt, nobody else is looked for.
    pub fn read(&mut self, payment: &Payment) -> Considered {
        self.read_until(payment, Doubt::None)
    }

    /// Reads a payment and looks for everybody.
    pub fn read_wholly(&mut self, payment: &Payment) -> Considered {
        self.read_until(payment, Doubt::All)
    }

    fn read_until(&mut self, payment: &Payment, least: Doubt) -> Considered {
        let findings = self.finder.find(&Message {
            remittance: &payment.remittance,
            end_to_end: payment.end_to_end.as_deref(),
            structured: payment.structured.as_deref(),
            mandate: payment.mandate.as_deref(),
            counterparty: payment.counterparty.as_deref(),
            additional: payment.additional.as_deref(),
        });
        fold_into(&payment.remittance, &mut self.text);
        fold_into(payment.counterparty.as_deref().unwrap_or_default(), &mut self.name);
        let reading = Reading {
            quoted: quoted(findings),
            words: self.setting.books.lexicon.read_folded(&self.text, &mut self.room.squashed),
            has_reference: !findings.found.is_empty() || !findings.unknown.is_empty(),
        };
        let mut tokens = Vec::with_capacity(8);
        let family = parts_of(&self.name, &mut tokens);
        let mut known: Vec<Token> = Vec::with_capacity(tokens.len());
        known.extend(tokens.iter().filter_map(|word| self.setting.books.tokens.find(word)));
        known.sort_unstable();
        let payer = Payer { tokens, family, known };
        let (setting, room) = (self.setting, &mut self.room);
        room.forget_text();
        let mandated = payment.iban.map_or(&[][..], |iban| setting.books.by_iban(&iban));
        let search = Search { setting, payment, findings, reading: &reading, payer: &payer, mandated };
        let neighbours = search.neighbours();
        let doubt = search.doubt(room).max(least);
        search.accounts(room, &neighbours, &self.text, doubt);
        let accounts = std::mem::take(&mut room.accounts);
        let mut weighing = Weighing::new(search, &neighbours, &self.text);
        let mut candidates: Vec<Candidate> =
            accounts.iter().map(|account| weigh(&mut weighing, *account, room)).collect();
        room.accounts = accounts;
        candidates.sort_by_key(|candidate| (-candidate.score, candidate.account));
        Considered { reading, candidates, is_narrow: doubt < Doubt::All }
    }
}

/// The payer's name: its words, sorted, its family name, and the words that names of the books have.
pub(crate) struct Payer<'t> {
    pub(crate) tokens: Vec<&'t str>,
    pub(crate) family: &'t str,
    /// Rising.
    pub(crate) known: Vec<Token>,
}

impl Room<'_> {
    fn forget_text(&mut self) {
        self.sequence.clear();
        self.tokens.clear();
        self.addresses.clear();
    }

    /// Reads names and addresses out of the text.
    fn read_text(&mut self, books: &Books, text: &str) {
        let title_or = |word: &str| if crate::names::is_title(word) { None } else { Some(books.tokens.find(word)) };
        self.sequence.extend(words_of(text).filter_map(title_or));
        self.tokens.extend(self.sequence.iter().flatten());
        self.tokens.sort_unstable();
        self.tokens.dedup();
        let is_known = |key: u64| !books.by_address(key).is_empty();
        addresses_of(text, &mut self.addresses, &mut self.squashed, is_known);
        // most numbers are no house's; what is asked for each candidate is asked of the few that are
        self.addresses.retain(|key| is_known(*key));
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

/// The places of clean references, each with every Kassenzeichen that it can be.
fn quoted(findings: &Findings) -> Quoted {
    let is_clean = |found: &&Found| found.spelling <= Spelling::LookAlike;
    let mut clean = findings.found.iter().filter(is_clean);
    match (clean.next(), clean.next()) {
        (None, _) => return Quoted::Nothing,
        (Some(only), None) => return Quoted::One(only.reference),
        _ => {}
    }
    let mut places: Vec<(Field, usize, usize, Vec<AccountId>)> = Vec::new();
    for found in findings.found.iter().filter(is_clean) {
        let (start, end) = (found.span.start, found.span.end);
        match places.iter_mut().find(|place| place.0 == found.field && place.1 < end && start < place.2) {
            Some(place) => {
                (place.1, place.2) = (place.1.min(start), place.2.max(end));
                place.3.push(found.reference);
            }
            None => places.push((found.field, start, end, vec![found.reference])),
        }
    }
    let mut accounts: Vec<Vec<AccountId>> = places.into_iter().map(|place| place.3).collect();
    for place in &mut accounts {
        place.sort_unstable();
        place.dedup();
    }
    accounts.sort();
    accounts.dedup();
    match accounts.as_slice() {
        [only] => match only.as_slice() {
            [account] => Quoted::One(*account),
            _ => Quoted::Places(accounts),
        },
        _ => Quoted::Places(accounts),
    }
}

/// What could speak against what is quoted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    None,
    /// The text, and the payer's account.
    Text,
    /// Names and amounts too.
    All,
}

/// One payment, as it is searched.
#[derive(Clone, Copy)]
pub(crate) struct Search<'s, 'b> {
    pub(crate) setting: Setting<'b>,
    pub(crate) payment: &'s Payment,
    pub(crate) findings: &'s Findings,
    pub(crate) reading: &'s Reading,
    pub(crate) payer: &'s Payer<'s>,
    /// The accounts whose mandates debit the payer's.
    pub(crate) mandated: &'b [AccountId],
}

impl<'b> Search<'_, 'b> {
    /// The Kassenzeichen a slip away from the only one that is quoted, where no check digit rules the slip out.
    fn neighbours(&self) -> Vec<AccountId> {
        let books = self.setting.books;
        match self.reading.quoted {
            Quoted::One(account) if !books.has_check_digit(account) && !self.mandated.contains(&account) => {
                books.directory.neighbours(account)
            }
            _ => Vec::new(),
        }
    }

    /// The accounts that any witness speaks for, into `room.accounts`.
    fn accounts(&self, room: &mut Room<'b>, neighbours: &[AccountId], text: &str, doubt: Doubt) {
        let (books, payment) = (self.setting.books, self.payment);
        let mut accounts = std::mem::take(&mut room.accounts);
        accounts.clear();
        accounts.extend(self.findings.found.iter().map(|found| found.reference));
        accounts.extend(neighbours);
        accounts.extend(self.mandated);
        if let Some(iban) = &payment.iban {
            accounts.extend(self.setting.history.of(iban, payment.id).map(|lesson| lesson.account));
        }
        if doubt > Doubt::None {
            room.read_text(books, text);
            room.addresses.iter().for_each(|key| accounts.extend(few(books.by_address(*key))));
            self.mentioned(room, &mut accounts);
        }
        if doubt > Doubt::Text {
            self.of_name(room, &mut accounts);
            let of_amount = books.by_amount(payment.amount);
            accounts.extend(of_amount.iter().filter(|_| of_amount.len() <= AMOUNT_ALONE));
        }
        accounts.sort_unstable();
        accounts.dedup();
        room.accounts = accounts;
    }

    /// What could speak against the only quoted Kassenzeichen, where it owes this amount and the payer has its name:
    /// names and amounts of others cannot, and nothing in the text can where the payer's account is its mandate's alone.
    fn doubt(&self, room: &mut Room<'b>) -> Doubt {
        let Setting { books, rooms, history, .. } = self.setting;
        let Quoted::One(account) = self.reading.quoted else { return Doubt::All };
        if books.agreement(account, self.payer, &mut room.words) > Agreement::Close
            || fit(books, rooms, account, self.payment.amount, &mut room.cents) != Fit::Due
        {
            return Doubt::All;
        }
        let alone = self.payment.iban.is_some_and(|iban| {
            let others = || history.of(&iban, self.payment.id).any(|lesson| lesson.account != account);
            self.mandated == [account] && !others()
        });
        if alone { Doubt::None } else { Doubt::Text }
    }

    /// Accounts of the names that two or three neighbouring words of the text could be, and of the families that the
    /// text names and that owe this amount.
    fn mentioned(&self, room: &Room<'b>, accounts: &mut Vec<AccountId>) {
        let (books, amount) = (self.setting.books, self.payment.amount);
        for width in 2..=3 {
            for window in room.sequence.windows(width) {
                let mut tokens = [Token::MAX; 3];
                let all_known =
                    tokens.iter_mut().zip(window).all(|(token, word)| word.map(|word| *token = word).is_some());
                if all_known {
                    tokens.sort_unstable();
                    let known = tokens.iter().copied().filter(|token| *token != Token::MAX);
                    accounts.extend(few(books.by_name(distinct(known))));
                }
            }
        }
        for token in &room.tokens {
            let of_family = few(books.by_word_and_amount(*token, amount)).iter().copied();
            accounts.extend(of_family.filter(|id| books.names_of(*id).any(|name| name.family == *token)));
        }
    }

    /// Accounts of the payer's name; of his family name alone only where the amount fits.
    fn of_name(&self, room: &mut Room<'b>, accounts: &mut Vec<AccountId>) {
        let (books, payer) = (self.setting.books, self.payer);
        let mut agrees = |id: &AccountId, least: Agreement| books.agreement(*id, payer, &mut room.words) <= least;
        if let ([only], [_]) = (payer.known.as_slice(), payer.tokens.as_slice()) {
            accounts.extend(few(books.by_name(std::iter::once(*only))));
        }
        for (place, one) in payer.known.iter().enumerate() {
            for other in payer.known.iter().skip(place + 1) {
                accounts.extend(few(books.by_pair(*one, *other)).iter().filter(|id| agrees(id, Agreement::Same)));
            }
            let owing = few(books.by_word_and_amount(*one, self.payment.amount)).iter();
            accounts.extend(owing.filter(|id| agrees(id, Agreement::Family)));
        }
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
