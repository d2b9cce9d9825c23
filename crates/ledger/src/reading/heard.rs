//! What a payment's texts say before anybody is looked for, and what they are read against.
//!
//! Knows no candidate. Invariant: it follows from the texts and from what the finder finds in them.

use kassenzeichen::{Field, Finder, Findings, Found, Message, Spelling, without_cuts};
use sepa::Cents;

use crate::books::{AccountId, Books};
use crate::history::History;
use crate::names::fold_into;
use crate::payment::Payment;
use crate::settle::Rooms;
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
    /// Kassenzeichen that are meant by their ends or by a range, beside those that are quoted.
    pub meant: Vec<AccountId>,
    /// The text shows that more are meant than it names.
    pub goes_on: bool,
    /// The text may be cut off behind the last one that it names.
    pub may_go_on: bool,
    /// The text ends with its only reference, a blank short of a form: that of a stranger may be cut off there.
    pub lacks_blank: bool,
    /// A number stands in it that looks like a reference and is none that is known, or one that is damaged, beside those
    /// that are quoted.
    pub has_other_number: bool,
    /// A person has decided of another payment from the payer's account that it is other money.
    pub pays_other: bool,
}

impl Reading {
    /// Whether the text means more than the only Kassenzeichen that it quotes.
    pub(crate) fn means_more(&self) -> bool {
        self.goes_on || !self.meant.is_empty()
    }
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

/// A payment's texts: what was found in them, the remittance and the payer's name, folded.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) findings: Findings,
    pub(crate) text: String,
    /// The same without the line ends that a bank has put into words; empty where there are none.
    pub(super) joined: String,
    pub(super) name: String,
    /// The name of the one on whose behalf he pays, folded.
    pub(super) behalf: String,
}

/// Room that is used again.
#[derive(Debug, Default)]
pub(crate) struct Room<'b> {
    pub(super) squashed: String,
    /// The letters and digits of a text.
    pub(super) letters: Vec<u8>,
    pub(crate) words: Vec<&'b str>,
    pub(crate) cents: Vec<Cents>,
    /// What is asked of the books ahead of its use.
    pub(super) keys: Vec<u64>,
    pub(super) accounts: Vec<AccountId>,
}

impl Heard {
    pub(super) fn hear(&mut self, finder: &mut Finder<'_>, payment: &Payment) {
        let message = Message {
            remittance: &payment.remittance,
            end_to_end: payment.end_to_end.as_deref(),
            structured: payment.structured.as_deref(),
            further: &payment.beside.references,
            instruction: payment.beside.instruction.as_deref(),
            mandate: payment.mandate.as_deref(),
            counterparty: payment.counterparty.as_deref(),
            additional: payment.additional.as_deref(),
        };
        finder.find_into(&message, &mut self.findings);
        fold_into(&payment.remittance, &mut self.text);
        fold_into(without_cuts(&payment.remittance).as_deref().unwrap_or_default(), &mut self.joined);
        fold_into(payment.counterparty.as_deref().unwrap_or_default(), &mut self.name);
        fold_into(payment.beside.ultimate_debtor.as_deref().unwrap_or_default(), &mut self.behalf);
    }
}

/// Whether beside the clean references of the text another number looks like one: one that nobody has, or a damaged one.
pub(super) fn has_other_number(findings: &Findings) -> bool {
    let clean = || findings.found.iter().filter(|found| found.spelling <= Spelling::LookAlike);
    let is_apart = |field: Field, span: &std::ops::Range<usize>| {
        clean().all(|clean| clean.field != field || clean.span.end <= span.start || span.end <= clean.span.start)
    };
    let damaged = findings.found.iter().filter(|found| found.spelling > Spelling::LookAlike);
    damaged.into_iter().any(|found| is_apart(found.field, &found.span))
        || findings.unknown.iter().any(|unknown| is_apart(unknown.field, &unknown.span))
}

/// The places of clean references, each with every Kassenzeichen that it can be.
pub(super) fn quoted(findings: &Findings) -> Quoted {
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
