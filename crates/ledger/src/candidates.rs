//! Who a payment could be meant for: every Kassenzeichen that some witness speaks for, weighed.
//!
//! Invariant: a candidate's score is the sum of its witnesses' weights less `ln(number of Kassenzeichen)`; zero is
//! what »none of them« has.

use std::collections::{BTreeMap, HashMap};

use kassenzeichen::{Field, Findings, Found, Message, Spelling};
use sepa::{Cents, Iban};

use crate::books::{AccountId, Books, sums};
use crate::evidence::*;
use crate::names::{Agreement, Name, addresses_in, words};
use crate::payment::Payment;
use crate::settle::{Rooms, named_items, tokens};
use crate::words::{self, Words};

/// Which Kassenzeichen an account paid for before: IBAN -> Kassenzeichen -> payments.
pub type History = HashMap<Iban, BTreeMap<AccountId, Vec<i64>>>;

/// What a payment says, read once.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The references found in it.
    pub findings: Findings,
    /// What its words speak for.
    pub words: Words,
    name: Name,
    /// The runs of letters and digits of its text.
    pub tokens: Vec<String>,
    text_words: Vec<String>,
    /// Keys of the names that two or three words of the text could be.
    mentions: Vec<String>,
    addresses: Vec<String>,
}

/// How the amount fits what is owed under a Kassenzeichen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// An instalment that is due, a sum of such, or what is left open of them.
    Due,
    /// Only with instalments that are not yet due.
    Later,
    /// Nothing.
    None,
}

/// A Kassenzeichen that a payment could be meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub account: AccountId,
    /// Its best spelling in the texts.
    pub spelling: Option<Spelling>,
    /// The payer's account is its mandate's, or paid for it before.
    pub own_iban: bool,
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
    /// It is a slip away from a Kassenzeichen without check digit that is quoted.
    pub is_neighbour: bool,
    /// Hundredths of a nat.
    pub score: i32,
    /// What makes the score.
    pub witnesses: Vec<Witness>,
}

impl Candidate {
    /// How strongly the payer himself speaks for it, reference and amount aside: his account counts two, his name,
    /// a name or an address in the text one each.
    pub fn support(&self) -> u8 {
        u8::from(self.own_iban) * 2
            + u8::from(self.name <= Agreement::Close)
            + u8::from(self.mention <= Agreement::Close || self.address)
    }

    /// Whether its reference is quoted as it is, or as anybody would read it.
    pub fn is_clean(&self) -> bool {
        matches!(self.spelling, Some(Spelling::Exact | Spelling::LostZeros | Spelling::LookAlike))
    }

    /// Whether its reference is there after a repair only.
    pub fn is_repaired(&self) -> bool {
        matches!(self.spelling, Some(Spelling::Partial | Spelling::Near(_)))
    }
}

impl Reading {
    /// Reads a payment's texts.
    pub fn new(books: &Books, payment: &Payment) -> Reading {
        let message = Message {
            remittance: &payment.remittance,
            end_to_end: payment.end_to_end.as_deref(),
            structured: payment.structured.as_deref(),
            mandate: payment.mandate.as_deref(),
            counterparty: payment.counterparty.as_deref(),
            additional: payment.additional.as_deref(),
        };
        let text_words = words(&payment.remittance);
        Reading {
            findings: books.directory.find(&message),
            words: words::read(&payment.remittance, &books.kinds),
            name: payment.name(),
            tokens: tokens(&payment.remittance),
            mentions: mentions(&text_words),
            text_words,
            addresses: addresses_in(&payment.remittance),
        }
    }

    /// Whether anything in it looks like a reference, known or not.
    pub fn has_reference(&self) -> bool {
        !self.findings.found.is_empty() || !self.findings.unknown.is_empty()
    }

    /// The places at which references are quoted cleanly, each with every Kassenzeichen that it can be.
    pub fn clean_places(&self) -> Vec<Vec<AccountId>> {
        let clean =
            |found: &&Found| matches!(found.spelling, Spelling::Exact | Spelling::LostZeros | Spelling::LookAlike);
        let mut places: Vec<(Field, usize, usize, Vec<AccountId>)> = Vec::new();
        for found in self.findings.found.iter().filter(clean) {
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
        accounts.iter_mut().for_each(|place| {
            place.sort_unstable();
            place.dedup();
        });
        accounts.sort();
        accounts.dedup();
        accounts
    }
}

/// The keys of the names that neighbouring words could be.
fn mentions(words: &[String]) -> Vec<String> {
    let groups = (2..=3).flat_map(|width| words.windows(width));
    groups.map(|group| Name::new(&group.join(" ")).key()).collect()
}

/// Everything that weighing looks at.
#[derive(Clone, Copy, Debug)]
pub struct Scales<'a> {
    /// What is owed.
    pub books: &'a Books,
    /// What can still be paid.
    pub rooms: &'a Rooms,
    /// Who paid for what before.
    pub history: &'a History,
}

impl Scales<'_> {
    /// Every candidate, best first; equal ones in the order of the books.
    pub fn candidates(&self, payment: &Payment, reading: &Reading) -> Vec<Candidate> {
        let neighbours = self.neighbours(reading);
        let mut accounts = self.accounts(payment, reading);
        accounts.extend(&neighbours);
        accounts.sort_unstable();
        accounts.dedup();
        let mut candidates: Vec<Candidate> =
            accounts.into_iter().map(|account| self.weigh(account, payment, reading)).collect();
        for candidate in &mut candidates {
            candidate.is_neighbour = neighbours.contains(&candidate.account);
        }
        candidates.sort_by_key(|candidate| (-candidate.score, candidate.account));
        candidates
    }

    /// The accounts that any witness speaks for.
    fn accounts(&self, payment: &Payment, reading: &Reading) -> Vec<AccountId> {
        let mut accounts: Vec<AccountId> = reading.findings.found.iter().map(|found| found.reference).collect();
        if let Some(iban) = &payment.iban {
            accounts.extend(self.books.by_iban(iban));
            accounts.extend(self.known_payer(iban, payment.id));
        }
        accounts.extend(self.of_name(&reading.name, payment.amount));
        reading.mentions.iter().for_each(|key| accounts.extend(self.books.by_name(key)));
        reading.addresses.iter().for_each(|key| accounts.extend(self.books.by_address(key)));
        let of_amount = self.books.by_amount(payment.amount);
        accounts.extend(of_amount.iter().filter(|id| of_amount.len() <= AMOUNT_ALONE || self.mentioned(**id, reading)));
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }

    /// The Kassenzeichen a slip away from the only one that is quoted, where no check digit rules the slip out.
    fn neighbours(&self, reading: &Reading) -> Vec<AccountId> {
        match reading.clean_places().as_slice() {
            [only] => match only.as_slice() {
                [account] if !self.books.has_check_digit(*account) => self.books.neighbours(*account),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// What all those together weigh who owe just this amount and of whom nothing else is known: each could be meant
    /// by a stranger.
    pub fn strangers(&self, payment: &Payment, candidates: &[Candidate]) -> i32 {
        let owing = self.books.by_amount(payment.amount);
        let listed = owing.iter().filter(|id| candidates.iter().any(|candidate| candidate.account == **id)).count();
        let all = self.books.accounts.len();
        match owing.len() - listed {
            0 => i32::MIN / 2,
            unlisted => {
                let each = amount_weight(all, owing.len()) + OTHER_NAME - ln_hundredths(all as u64);
                each + ln_hundredths(unlisted as u64)
            }
        }
    }

    fn known_payer(&self, iban: &Iban, payment: i64) -> impl Iterator<Item = AccountId> {
        let paid = self.history.get(iban).into_iter().flatten();
        paid.filter(move |(_, payments)| payments.iter().any(|id| *id != payment)).map(|(account, _)| *account)
    }

    /// Accounts of that name; of the family name alone only where the amount fits.
    fn of_name(&self, name: &Name, amount: Cents) -> Vec<AccountId> {
        let tokens = name.tokens();
        let pairs = tokens
            .iter()
            .enumerate()
            .flat_map(|(place, one)| tokens.iter().skip(place + 1).map(move |other| (one, other)));
        let mut accounts: Vec<AccountId> = match tokens {
            [only] => self.books.by_name(only).to_vec(),
            _ => pairs.flat_map(|(one, other)| self.books.by_pair(one, other)).copied().collect(),
        };
        accounts.retain(|id| self.agreement(*id, name) == Agreement::Same);
        let of_amount = self.books.by_amount(amount);
        for list in tokens.iter().map(|token| self.books.by_word(token)) {
            let (few, many) = if list.len() < of_amount.len() { (list, of_amount) } else { (of_amount, list) };
            accounts.extend(few.iter().filter(|id| many.binary_search(id).is_ok()));
        }
        accounts.retain(|id| self.agreement(*id, name) < Agreement::None);
        accounts
    }

    fn agreement(&self, account: AccountId, name: &Name) -> Agreement {
        let names = self.books.account(account).map_or(&[][..], |account| account.names.as_slice());
        names.iter().map(|own| own.agreement(name)).min().unwrap_or(Agreement::None)
    }

    /// Whether the text names the family.
    fn mentioned(&self, account: AccountId, reading: &Reading) -> bool {
        let names = self.books.account(account).map_or(&[][..], |account| account.names.as_slice());
        names.iter().any(|name| reading.text_words.iter().any(|word| word == name.family()))
    }

    /// How well a name in the text agrees: all words of a debtor, or the family name.
    fn mention(&self, account: AccountId, reading: &Reading) -> Agreement {
        let names = self.books.account(account).map_or(&[][..], |account| account.names.as_slice());
        let whole = |name: &Name| {
            name.tokens().len() >= 2 && name.tokens().iter().all(|token| reading.text_words.contains(token))
        };
        if names.iter().any(whole) {
            Agreement::Same
        } else if self.mentioned(account, reading) {
            Agreement::Family
        } else {
            Agreement::None
        }
    }

    fn fit(&self, account: AccountId, payment: &Payment) -> Fit {
        let amounts = |due_only: bool| -> Vec<Cents> {
            let of = self.books.items_of(account).filter(|(_, item)| !due_only || self.books.is_due(item));
            of.map(|(_, item)| item.amount).collect()
        };
        let rests: Vec<Cents> = self.rooms.due(self.books, account).iter().map(|part| part.amount).collect();
        let is_sum = |amounts: &[Cents]| sums(amounts).binary_search(&payment.amount).is_ok();
        if is_sum(&amounts(true)) || is_sum(&rests) {
            Fit::Due
        } else if is_sum(&amounts(false)) {
            Fit::Later
        } else {
            Fit::None
        }
    }
}

/// An amount alone is a candidate's only witness where at most so many owe it.
pub const AMOUNT_ALONE: usize = 3;

impl Scales<'_> {
    fn weigh(&self, account: AccountId, payment: &Payment, reading: &Reading) -> Candidate {
        let found = &reading.findings.found;
        let mut candidate = Candidate {
            account,
            spelling: found.iter().filter(|found| found.reference == account).map(|found| found.spelling).min(),
            own_iban: false,
            name: self.agreement(account, &reading.name),
            mention: self.mention(account, reading),
            address: self.has_address(account, reading),
            fit: self.fit(account, payment),
            kind_named: false,
            is_neighbour: false,
            score: 0,
            witnesses: Vec::new(),
        };
        self.weigh_reference(&mut candidate, found);
        self.weigh_iban(&mut candidate, payment);
        self.weigh_names(&mut candidate, reading);
        self.weigh_amount(&mut candidate, payment);
        self.weigh_words(&mut candidate, reading);
        let sum: i32 = candidate.witnesses.iter().map(|witness| witness.weight).sum();
        candidate.score = sum - ln_hundredths(self.books.accounts.len() as u64);
        candidate
    }

    fn has_address(&self, account: AccountId, reading: &Reading) -> bool {
        let own = self.books.account(account).map_or(&[][..], |account| account.addresses.as_slice());
        own.iter().any(|key| reading.addresses.binary_search(key).is_ok())
    }

    fn weigh_reference(&self, candidate: &mut Candidate, found: &[Found]) {
        let witness = match candidate.spelling {
            Some(spelling) => {
                let alike = self.could_be(candidate.account, spelling, found);
                let best = found.iter().filter(|f| f.reference == candidate.account).min_by_key(|f| f.spelling);
                let (written, field) = best.map_or(("", ""), |f| (f.written.as_str(), field_name(f.field)));
                let text = format!("{} {written:?} in the {field}", spelling_words(spelling));
                Witness::new("reference", text, reference_weight(spelling) + alike)
            }
            None if found.iter().any(|f| f.spelling < Spelling::Partial) => {
                Witness::new("reference", "another Kassenzeichen is quoted", OTHER_REFERENCE)
            }
            None => return,
        };
        candidate.witnesses.push(witness);
    }

    /// How many Kassenzeichen what is written could be, spelt as badly as this.
    fn could_be(&self, account: AccountId, spelling: Spelling, found: &[Found]) -> i32 {
        let mut alike: Vec<AccountId> = found
            .iter()
            .filter(|other| std::mem::discriminant(&other.spelling) == std::mem::discriminant(&spelling))
            .map(|other| other.reference)
            .collect();
        alike.sort_unstable();
        alike.dedup();
        let all = self.books.accounts.len();
        let dense = matches!(spelling, Spelling::Near(_)) && !self.books.has_check_digit(account);
        rarity(all, alike.len(), 100) + if dense { NO_CHECK_DIGIT } else { 0 }
    }

    fn weigh_iban(&self, candidate: &mut Candidate, payment: &Payment) {
        let Some(iban) = &payment.iban else { return };
        let mandated = self.books.by_iban(iban);
        let all = self.books.accounts.len();
        let witness = if mandated.contains(&candidate.account) {
            candidate.own_iban = true;
            Witness::new("iban", "the payer's account is that of its mandate", rarity(all, mandated.len(), 70))
        } else if self.known_payer(iban, payment.id).any(|known| known == candidate.account) {
            candidate.own_iban = true;
            let alike = self.known_payer(iban, payment.id).count();
            Witness::new("iban", "the payer's account has paid for it before", rarity(all, alike, 50))
        } else if !mandated.is_empty() {
            Witness::new("iban", "the payer's account is another Kassenzeichen's mandate", FOREIGN_IBAN)
        } else if self.books.account(candidate.account).is_some_and(|account| !account.ibans.is_empty()) {
            Witness::new("iban", "the payer's account is not that of its mandate", UNKNOWN_IBAN)
        } else {
            return;
        };
        candidate.witnesses.push(witness);
    }

    fn weigh_names(&self, candidate: &mut Candidate, reading: &Reading) {
        let all = self.books.accounts.len();
        let family = |name: &Name| self.books.by_word(name.family()).len();
        let (text, weight) = match candidate.name {
            Agreement::Same => ("the payer has the debtor's name", rarity(all, self.of_same_name(&reading.name), 60)),
            Agreement::Close => ("the payer's name is nearly the debtor's", rarity(all, family(&reading.name), 40)),
            Agreement::Family => ("the payer has the debtor's family name", rarity(all, family(&reading.name), 15)),
            Agreement::None if reading.name.is_empty() => ("", 0),
            Agreement::None if reading.name.is_firm() => ("the payer is a firm, which may pay for others", FIRM_NAME),
            Agreement::None => ("the payer's name is another", OTHER_NAME),
        };
        if weight != 0 {
            candidate.witnesses.push(Witness::new("name", text, weight));
        }
        let own = self.books.account(candidate.account).map_or(&[][..], |account| account.names.as_slice());
        let alike = own.iter().map(|name| self.books.by_name(&name.key()).len()).max().unwrap_or(1);
        let relatives = own.iter().map(family).max().unwrap_or(1);
        match candidate.mention {
            Agreement::Same => {
                candidate.witnesses.push(Witness::new(
                    "text",
                    "the debtor's name stands in the text",
                    rarity(all, alike, 30),
                ));
            }
            // the payer's own family name, repeated in the text, says nothing new
            Agreement::Family if candidate.name > Agreement::Close => {
                let text = "the debtor's family name stands in the text";
                candidate.witnesses.push(Witness::new("text", text, rarity(all, relatives, 30)));
            }
            _ => {}
        }
        if candidate.address {
            let keys = self.books.account(candidate.account).map_or(&[][..], |account| account.addresses.as_slice());
            let alike = keys.iter().map(|key| self.books.by_address(key).len()).max().unwrap_or(1);
            candidate.witnesses.push(Witness::new(
                "address",
                "the debtor's address stands in the text",
                rarity(all, alike, 50),
            ));
        }
    }

    fn of_same_name(&self, name: &Name) -> usize {
        self.books.by_name(&name.key()).len().max(1)
    }

    fn weigh_amount(&self, candidate: &mut Candidate, payment: &Payment) {
        let all = self.books.accounts.len();
        let alike = self.books.by_amount(payment.amount).len();
        let (text, weight) = match candidate.fit {
            Fit::Due if alike <= 1 => {
                ("the amount is what is due, and nobody else owes it".to_owned(), amount_weight(all, alike))
            }
            Fit::Due => (format!("the amount is what is due, as for {alike} Kassenzeichen"), amount_weight(all, alike)),
            Fit::Later => ("the amount fits only with what is not yet due".to_owned(), LATER_AMOUNT),
            Fit::None => ("the amount is neither an instalment nor a sum of them".to_owned(), OTHER_AMOUNT),
        };
        candidate.witnesses.push(Witness::new("amount", text, weight));
    }

    fn weigh_words(&self, candidate: &mut Candidate, reading: &Reading) {
        let kinds: Vec<usize> = self.books.items_of(candidate.account).map(|(_, item)| item.kind).collect();
        if reading.words.kinds.iter().any(|kind| kinds.contains(kind)) {
            candidate.kind_named = true;
            candidate.witnesses.push(Witness::new("words", "the levy is named", KIND_NAMED));
        } else if !reading.words.kinds.is_empty() {
            candidate.witnesses.push(Witness::new("words", "another levy is named", OTHER_KIND));
        }
        if let Some(word) = reading.words.other.filter(|_| candidate.spelling.is_none()) {
            candidate.witnesses.push(Witness::new("words", format!("the text speaks of {word:?}"), OTHER_MONEY));
        }
        if !named_items(self.books, candidate.account, &reading.tokens).is_empty() {
            candidate.witnesses.push(Witness::new("words", "the instalment is named", KIND_NAMED));
        }
    }
}

fn spelling_words(spelling: Spelling) -> &'static str {
    match spelling {
        Spelling::Exact => "the Kassenzeichen stands as",
        Spelling::LostZeros => "the Kassenzeichen stands, zeros aside, as",
        Spelling::LookAlike => "the Kassenzeichen stands, with letters for digits, as",
        Spelling::Partial => "a part of the Kassenzeichen stands as",
        Spelling::Near(_) => "nearly the Kassenzeichen stands as",
    }
}

fn field_name(field: Field) -> &'static str {
    match field {
        Field::Remittance => "remittance text",
        Field::EndToEnd => "end-to-end id",
        Field::Structured => "structured reference",
        Field::Mandate => "mandate reference",
        Field::Counterparty => "payer's name",
        Field::Additional => "bank's information",
    }
}
