//! Weighs what speaks for and against one Kassenzeichen.
//!
//! Knows no other payment and no rule. Invariant: every witness is one mark; what is rare in the books weighs more.

use std::cell::OnceCell;

use kassenzeichen::{Field, Found, Spelling};

use crate::books::{AccountId, Books};
use crate::candidates::{Candidate, Written, amount_mark, score};
use crate::evidence::{Mark, Marks, rarity, spelling_key};
use crate::history::{self, Lesson};
use crate::names::{Agreement, is_firm};
use crate::payment::Payment;
use crate::reading::{Payer, Room, Search, Setting, Told};
use crate::settle::Naming;
use crate::weights::Key;
use crate::words;

/// A payment on the scales: what is the same for all its candidates, looked up once, and only if it is asked for.
pub(crate) struct Weighing<'s, 'b> {
    search: &'s Search<'s, 'b>,
    naming: Naming<'s>,
    paid_before: PaidBefore<'s>,
    /// How many have the payer's name, and how many have its family word.
    same_name: OnceCell<usize>,
    family: OnceCell<usize>,
    /// Whether the payer is a firm.
    is_firm: OnceCell<bool>,
    quoted_elsewhere: bool,
}

impl<'s, 'b> Weighing<'s, 'b> {
    pub(crate) fn new(search: &'s Search<'s, 'b>) -> Weighing<'s, 'b> {
        Weighing {
            naming: Naming::new(&search.heard.text),
            paid_before: PaidBefore::new(search.setting, search.payment),
            same_name: OnceCell::new(),
            family: OnceCell::new(),
            is_firm: OnceCell::new(),
            quoted_elsewhere: search.heard.findings.found.iter().any(|found| found.spelling < Spelling::Partial),
            search,
        }
    }
}

/// What the payer's account paid for by other payments.
struct PaidBefore<'s> {
    setting: Setting<'s>,
    payment: &'s Payment,
    /// How many Kassenzeichen.
    count: usize,
    /// Whether these are of different debtors: he collects for others.
    of_many: bool,
}

impl<'s> PaidBefore<'s> {
    fn new(setting: Setting<'s>, payment: &'s Payment) -> PaidBefore<'s> {
        let count = payment.iban.map_or(0, |iban| setting.history.count(&iban, payment.id));
        let mut before = PaidBefore { setting, payment, count, of_many: false };
        if count > 1 {
            let mut accounts = before.lessons().map(|lesson| lesson.account);
            let is_other = |first, other| other != first && !setting.books.same_debtor(first, other);
            before.of_many = accounts.next().is_some_and(|first| accounts.any(|account| is_other(first, account)));
        }
        before
    }

    fn lessons(&self) -> impl Iterator<Item = &'s Lesson> + use<'s> {
        let (history, payment) = (self.setting.history, self.payment);
        payment.iban.iter().flat_map(|iban| history.of(iban, payment.id))
    }

    /// Whether all of it is among these.
    fn is_among(&self, candidates: &[Candidate]) -> bool {
        self.lessons().all(|lesson| candidates.iter().any(|candidate| candidate.account == lesson.account))
    }

    /// What it says of a Kassenzeichen: the lesson that weighs most.
    fn mark(&self, account: AccountId) -> Option<Mark> {
        if self.count == 0 {
            return None;
        }
        let Setting { books, weights, .. } = self.setting;
        let (all, day) = (books.len(), self.payment.booked);
        let own = self.lessons().filter(|lesson| lesson.account == account);
        let weights = own.map(|lesson| history::weight(weights, lesson, day, all, self.count));
        let (key, weight) = weights.max_by_key(|(_, weight)| *weight)?;
        Some(Mark::new(key, weight, self.count))
    }

    /// Lets it stand for a Kassenzeichen.
    fn speak_for(&self, candidate: &mut Candidate, mark: Mark) {
        (candidate.own_iban, candidate.of_collector) = (true, self.of_many);
        candidate.marks.put_account(mark);
    }
}

/// Weighs again what was weighed without a history, where all that the payer paid for by other payments is among it: the
/// mark of his account is then all that changes. Whether it is so; else nothing is changed.
pub(crate) fn recall(setting: Setting<'_>, payment: &Payment, candidates: &mut [Candidate]) -> bool {
    let before = PaidBefore::new(setting, payment);
    if !before.is_among(candidates) {
        return false;
    }
    for candidate in candidates.iter_mut() {
        let is_mandate = candidate.marks.as_slice().iter().any(|mark| mark.key == Key::Mandate);
        if let Some(mark) = before.mark(candidate.account).filter(|_| !is_mandate) {
            before.speak_for(candidate, mark);
            candidate.score = score(&candidate.marks, setting.books);
        }
    }
    candidates.sort_by_key(|candidate| (-candidate.score, candidate.account));
    true
}

/// Weighs one Kassenzeichen.
pub(crate) fn weigh<'b>(weighing: &mut Weighing<'_, 'b>, account: AccountId, room: &mut Room<'b>) -> Candidate {
    let search = weighing.search;
    let books = search.setting.books;
    let (name, fit) = search.compare(account, room);
    let named = weighing.naming.items(books, account);
    let payer = search.namesake(account, name, room);
    let mut candidate = Candidate {
        account,
        whose: books.whose(account, &named, search.payment, &search.payer, &search.told),
        score: 0,
        spelling: None,
        own_iban: false,
        mandate_named: search.by_mandate.binary_search(&account).is_ok(),
        of_collector: false,
        name,
        mention: mention(books, account, &search.told),
        address: false,
        fit,
        kind_named: false,
        is_meant: search.reading.meant.contains(&account),
        is_neighbour: search.neighbours.contains(&account),
        written: None,
        named,
        marks: Marks::default(),
    };
    weighing.reference(&mut candidate);
    weighing.iban(&mut candidate);
    weighing.mandate(&mut candidate);
    weighing.name(&mut candidate, payer);
    weighing.text(&mut candidate);
    weighing.amount(&mut candidate);
    weighing.words(&mut candidate);
    candidate.score = score(&candidate.marks, books);
    candidate
}

/// How well a name in the text agrees: all words of a debtor's name, or the family name.
fn mention(books: &Books, account: AccountId, told: &Told) -> Agreement {
    let mut best = Agreement::None;
    for name in books.names_of(account) {
        if name.tokens.len() >= 2 && name.tokens.iter().all(|token| told.has_word(*token)) {
            return Agreement::Same;
        }
        if told.has_word(name.family) {
            best = Agreement::Family;
        }
    }
    best
}

impl Weighing<'_, '_> {
    fn weight(&self, key: Key) -> i32 {
        self.search.setting.weights.get(key)
    }

    /// The weight of something that `alike` Kassenzeichen have.
    fn rare(&self, key: Key, alike: usize) -> Mark {
        let all = self.search.setting.books.len();
        Mark::new(key, rarity(all, alike, self.search.setting.weights.count(key)), alike)
    }

    fn reference(&self, candidate: &mut Candidate) {
        let found = &self.search.heard.findings.found;
        let own = found.iter().filter(|found| found.reference == candidate.account);
        let mark = match own.min_by_key(|found| found.spelling) {
            Some(best) => {
                candidate.spelling = Some(best.spelling);
                let text = best.written.as_str().into();
                candidate.written = Some(Written { text, field: best.field, is_alias: best.is_alias });
                self.spelling(candidate.account, best.spelling, found)
            }
            None if candidate.is_meant => {
                let meant = self.search.heard.findings.series.meant.iter();
                let mut written =
                    meant.filter(|meant| meant.reference == candidate.account).map(|meant| meant.written.as_str());
                candidate.spelling = Some(Spelling::Partial);
                let text = written.next().unwrap_or_default().into();
                candidate.written = Some(Written { text, field: Field::Remittance, is_alias: false });
                Mark::new(Key::Partial, self.weight(Key::Partial), 1)
            }
            None if candidate.is_neighbour => Mark::new(Key::Neighbour, self.weight(Key::Neighbour), 1),
            None if self.quoted_elsewhere => Mark::new(Key::OtherReference, self.weight(Key::OtherReference), 1),
            None => return,
        };
        candidate.marks.push(mark);
    }

    /// A spelling weighs more the fewer Kassenzeichen it could be.
    fn spelling(&self, account: AccountId, spelling: Spelling, found: &[Found]) -> Mark {
        let books = self.search.setting.books;
        let alike = match found {
            [_] => 1,
            _ => {
                let class = std::mem::discriminant(&spelling);
                let alike = found.iter().filter(|other| std::mem::discriminant(&other.spelling) == class);
                let mut alike: Vec<AccountId> = alike.map(|other| other.reference).collect();
                alike.sort_unstable();
                alike.dedup();
                alike.len()
            }
        };
        let key = spelling_key(spelling);
        let dense = matches!(spelling, Spelling::Near(_)) && !books.has_check_digit(account);
        let dense = if dense { self.weight(Key::NoCheckDigit) } else { 0 };
        Mark::new(key, self.weight(key) + rarity(books.len(), alike, 100) + dense, alike)
    }

    fn iban(&self, candidate: &mut Candidate) {
        if self.search.payment.iban.is_none() {
            return;
        }
        let setting = self.search.setting;
        if self.search.mandated.binary_search(&candidate.account).is_ok() {
            candidate.own_iban = true;
            candidate.marks.push(self.rare(Key::Mandate, self.search.mandated.len()));
            return;
        }
        if let Some(mark) = self.paid_before.mark(candidate.account) {
            self.paid_before.speak_for(candidate, mark);
            return;
        }
        let key = if !self.search.mandated.is_empty() {
            Key::OtherMandate
        } else if setting.books.has_mandate(candidate.account) {
            Key::UnknownIban
        } else {
            return;
        };
        candidate.marks.push(Mark::new(key, self.weight(key), 0));
    }

    /// Its mandate's reference, in the text or where the bank names it.
    fn mandate(&self, candidate: &mut Candidate) {
        if candidate.mandate_named {
            candidate.marks.push(self.rare(Key::MandateNamed, self.search.by_mandate.len()));
        }
    }

    fn same_name(&self, payer: &Payer<'_>) -> usize {
        let books = self.search.setting.books;
        let whole = payer.known.len() == payer.tokens.len();
        let count = || if whole { books.by_name(payer.known.iter().copied()).len().max(1) } else { 1 };
        if self.is_payer(payer) { *self.same_name.get_or_init(count) } else { count() }
    }

    fn family(&self, payer: &Payer<'_>) -> usize {
        let books = self.search.setting.books;
        let count = || books.tokens.find(payer.family).map_or(0, |family| books.bearers(family));
        if self.is_payer(payer) { *self.family.get_or_init(count) } else { count() }
    }

    /// Whether it is the payer himself, and not the one on whose behalf he pays.
    fn is_payer(&self, payer: &Payer<'_>) -> bool {
        std::ptr::eq(payer, &self.search.payer)
    }

    /// The payer's name against the debtor's, or that of the one on whose behalf he pays.
    fn name(&self, candidate: &mut Candidate, payer: &Payer<'_>) {
        let mark = match candidate.name {
            Agreement::Same if !self.is_payer(payer) => self.rare(Key::BehalfName, self.same_name(payer)),
            Agreement::Close if !self.is_payer(payer) => self.rare(Key::BehalfName, self.family(payer)),
            Agreement::Same => self.rare(Key::SameName, self.same_name(payer)),
            Agreement::Close => self.rare(Key::CloseName, self.family(payer)),
            Agreement::Family => self.rare(Key::FamilyName, self.family(payer)),
            Agreement::None if payer.tokens.is_empty() => return,
            Agreement::None => {
                let is_firm = *self.is_firm.get_or_init(|| is_firm(&payer.tokens));
                let key = if is_firm { Key::FirmName } else { Key::OtherName };
                Mark::new(key, self.weight(key), 0)
            }
        };
        if mark.weight() != 0 {
            candidate.marks.push(mark);
        }
    }

    /// Names and addresses in the text.
    fn text(&self, candidate: &mut Candidate) {
        let books = self.search.setting.books;
        match candidate.mention {
            Agreement::Same => {
                let alike =
                    books.names_of(candidate.account).map(|name| books.by_name(name.tokens.iter().copied()).len());
                candidate.marks.push(self.rare(Key::TextName, alike.max().unwrap_or(1)));
            }
            // the payer's own family name, repeated in the text, says nothing new
            Agreement::Family if candidate.name > Agreement::Close => {
                let relatives = books.names_of(candidate.account).map(|name| books.bearers(name.family));
                candidate.marks.push(self.rare(Key::TextFamily, relatives.max().unwrap_or(1)));
            }
            _ => {}
        }
        if let Some(alike) = self.search.told.address_of(books, candidate.account) {
            candidate.address = true;
            candidate.marks.push(self.rare(Key::Address, alike));
        }
    }

    fn amount(&self, candidate: &mut Candidate) {
        let Setting { books, weights, .. } = self.search.setting;
        candidate.marks.push(amount_mark(books, weights, candidate.fit, self.search.owing.len()));
    }

    fn words(&self, candidate: &mut Candidate) {
        let read = &self.search.reading.words;
        let mut push = |key: Key, alike: usize| candidate.marks.push(Mark::new(key, self.weight(key), alike));
        if !read.kinds.is_empty() {
            candidate.kind_named = read.kinds.meet(self.search.setting.books.kinds_of(candidate.account));
            push(if candidate.kind_named { Key::Kind } else { Key::OtherKind }, 0);
        }
        if let Some(word) = read.other.filter(|_| candidate.spelling.is_none()) {
            push(Key::OtherMoney, words::place_of(word));
        }
        let books = self.search.setting.books;
        let is_instalment = |place: &u32| books.items.get(*place as usize).is_some_and(|item| !item.is_fee());
        if candidate.named.iter().any(is_instalment) {
            push(Key::Posten, 0);
        }
    }
}
