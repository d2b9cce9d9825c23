//! Collects a `Stmt`, `Rpt` or `Ntfctn` element until its parts are known.
//!
//! Knows XML only as places and leaves. Invariants: the head is handed out once, before the first entry; the movement
//! is the sum of whole entries, never of details.

use sepa::Cents;

use crate::common::add;
use crate::leaf::{Leaf, Stated, keep};
use crate::nest::{Position, Shift};
use crate::place::{Place, Trail};
use crate::{
    Balance, Entry, EntryPlace, Finding, FindingKind, MessageKind, Part, Sign, StatementEnd, StatementHead, Status,
};
use jiff::civil::Date;

/// A statement that is not complete yet.
#[derive(Debug)]
pub(crate) struct StatementDraft {
    /// The head, until it is handed out.
    head: Option<StatementHead>,
    kind: MessageKind,
    trail: Trail,
    line: u64,
    account: Option<String>,
    currency: Option<String>,
    opening: Option<Balance>,
    previous_closing: Option<Balance>,
    closing: Option<Balance>,
    interim: Interim,
    balance: BalanceDraft,
    entries: u32,
    movement: Option<Cents>,
    reversals: Reversals,
    findings: Vec<Finding>,
}

/// The first and the last ITBD of a camt.053, if it has two. Pages of a statement have them instead of OPBD and CLBD.
/// In other messages they are balances in between and prove nothing.
#[derive(Default, Debug)]
struct Interim {
    first: Option<Balance>,
    last: Option<Balance>,
}

/// Entries with a reversal indicator, to find out whether it explains a balance that is wrong.
#[derive(Default, Debug)]
struct Reversals {
    entries: Vec<EntryPlace>,
    /// Their signed sum; `None` if it is too large or if there are too many of them to name.
    sum: Option<Cents>,
}

/// The most entries with a reversal indicator that are kept; if there are more, it explains nothing.
const REVERSALS: usize = 10_000;

impl Reversals {
    fn new() -> Self {
        Self { entries: Vec::new(), sum: Some(Cents::ZERO) }
    }

    fn add(&mut self, entries: &[EntryPlace], sum: Option<Cents>) {
        let fits = self.entries.len().saturating_add(entries.len()) <= REVERSALS;
        self.sum = self.sum.filter(|_| fits).zip(sum).and_then(|(sum, next)| sum.checked_add(next));
        if self.sum.is_some() {
            self.entries.extend_from_slice(entries);
        }
    }

    /// These entries, if the balances would be right with all of them turned.
    fn explain(self, opening: Cents, movement: Cents, closing: Cents) -> Vec<EntryPlace> {
        let turned = self.sum.and_then(|sum| movement.checked_sub(sum)?.checked_sub(sum));
        let fits = turned.and_then(|movement| opening.checked_add(movement)) == Some(closing);
        if fits { self.entries } else { Vec::new() }
    }
}

/// A `Bal` element that is not complete yet.
#[derive(Default, Debug)]
struct BalanceDraft {
    line: u64,
    kind: Option<String>,
    amount: Option<Stated>,
    sign: Option<Sign>,
    /// Whether there was a CdtDbtInd, readable or not.
    has_sign: bool,
    date: Option<Date>,
}

impl StatementDraft {
    pub(crate) fn new(head: StatementHead, trail: Trail, findings: Vec<Finding>) -> Self {
        let empty = Self::empty(head.kind, trail, head.line);
        Self { head: Some(head), findings, ..empty }
    }

    /// A draft that has counted nothing.
    fn empty(kind: MessageKind, trail: Trail, line: u64) -> Self {
        Self {
            trail,
            line,
            kind,
            head: None,
            account: None,
            currency: None,
            opening: None,
            previous_closing: None,
            closing: None,
            interim: Interim::default(),
            balance: BalanceDraft::default(),
            entries: 0,
            movement: Some(Cents::ZERO),
            reversals: Reversals::new(),
            findings: Vec::new(),
        }
    }

    /// Number of entries so far.
    pub(crate) fn entries(&self) -> u32 {
        self.entries
    }

    /// The kind of the message.
    pub(crate) fn kind(&self) -> MessageKind {
        self.kind
    }

    /// Changes the kind of the message, as long as the head was not handed out.
    pub(crate) fn set_kind(&mut self, kind: MessageKind) {
        if let Some(head) = &mut self.head {
            (head.kind, head.message) = (kind, kind.to_string());
            self.kind = kind;
        }
    }

    /// Whether there was an opening balance.
    pub(crate) fn is_opened(&self) -> bool {
        self.opening.is_some()
    }

    /// The account as far as it is known.
    pub(crate) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    pub(crate) fn trail(&self) -> Trail {
        self.trail
    }

    pub(crate) fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// The head, as long as it was not handed out.
    pub(crate) fn head(&mut self) -> Option<&mut StatementHead> {
        self.head.as_mut()
    }

    pub(crate) fn set_account(&mut self, account: Option<String>) {
        self.account = account.map(|account| account.replace(' ', ""));
    }

    /// Sets the currency unless there is one already.
    pub(crate) fn set_currency(&mut self, currency: Option<String>) {
        keep(&mut self.currency, currency);
    }

    pub(crate) fn set_opening(&mut self, balance: Balance, currency: Option<String>) {
        keep(&mut self.opening, Some(balance));
        keep(&mut self.currency, currency);
    }

    pub(crate) fn set_closing(&mut self, balance: Balance, currency: Option<String>) {
        keep(&mut self.closing, Some(balance));
        keep(&mut self.currency, currency);
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub(crate) fn read(&mut self, place: Place, leaf: &Leaf<'_>) {
        match place {
            Place::AccountIban | Place::AccountOther => leaf.keep_account(&mut self.account),
            Place::AccountCurrency => self.currency = Some(leaf.text.to_owned()),
            Place::BalanceType => leaf.keep(&mut self.balance.kind),
            Place::BalanceAmount => keep(&mut self.balance.amount, Some(leaf.stated(&mut self.findings))),
            Place::BalanceSign => {
                keep(&mut self.balance.sign, leaf.sign(&mut self.findings));
                self.balance.has_sign = true;
            }
            Place::BalanceDate => keep(&mut self.balance.date, leaf.day(&mut self.findings)),
            place => self.read_head(place, leaf),
        }
    }

    fn read_head(&mut self, place: Place, leaf: &Leaf<'_>) {
        let Some(head) = &mut self.head else { return };
        let findings = &mut self.findings;
        match place {
            Place::StatementId => leaf.keep(&mut head.id),
            Place::Sequence => keep(&mut head.sequence, leaf.number(findings)),
            Place::LegalSequence => keep(&mut head.legal_sequence, leaf.number(findings)),
            Place::Created => head.created = leaf.day(findings).or(head.created),
            Place::Copy => leaf.keep(&mut head.copy),
            Place::From => keep(&mut head.from, leaf.day(findings)),
            Place::To => keep(&mut head.to, leaf.day(findings)),
            Place::PageNumber => (head.page, head.paged) = (leaf.number(findings), true),
            Place::LastPage => head.last_page = leaf.flag(findings),
            _ => {}
        }
    }

    pub(crate) fn begin_balance(&mut self, line: u64) {
        self.balance = BalanceDraft { line, ..BalanceDraft::default() };
    }

    /// Keeps the balance if it is one that counts: OPBD, PRCD, CLBD; for pages ITBD.
    pub(crate) fn end_balance(&mut self) {
        let draft = std::mem::take(&mut self.balance);
        let interim = draft.kind.as_deref() == Some("ITBD");
        let slot = match draft.kind.as_deref() {
            Some("OPBD") => &mut self.opening,
            Some("PRCD") => &mut self.previous_closing,
            Some("CLBD") => &mut self.closing,
            Some("ITBD") if self.kind == MessageKind::Statement053 => match self.interim.first {
                None => &mut self.interim.first,
                Some(_) => &mut self.interim.last,
            },
            _ => return,
        };
        let has_amount = draft.amount.is_some();
        let stated = draft.amount.unwrap_or_default();
        let amount = stated.amount.and_then(|amount| match draft.sign {
            Some(sign) => sign.apply(amount),
            None => Some(amount).filter(|amount| amount.is_zero()),
        });
        keep(slot, amount.map(|amount| Balance { amount, date: draft.date, interim }));
        if self.currency.is_none() {
            self.currency = stated.currency().map(str::to_owned);
        }
        if !has_amount {
            self.remark(draft.line, FindingKind::Missing("Bal/Amt"));
        } else if !draft.has_sign && amount.is_none() {
            self.remark(draft.line, FindingKind::Missing("Bal/CdtDbtInd"));
        }
    }

    /// The head, if it was not handed out yet.
    pub(crate) fn take_head(&mut self) -> Option<Part> {
        let mut head = self.head.take()?;
        head.account.clone_from(&self.account);
        head.currency.clone_from(&self.currency);
        (head.opening, head.closing) = self.balances().first().copied().unwrap_or_default();
        head.findings = std::mem::take(&mut self.findings);
        Some(Part::StatementStart(Box::new(head)))
    }

    /// A draft for later entries of the statement; `None` before the head was handed out.
    pub(crate) fn fork(&self) -> Option<Self> {
        self.head.is_none().then(|| Self {
            account: self.account.clone(),
            currency: self.currency.clone(),
            ..Self::empty(self.kind, self.trail, self.line)
        })
    }

    /// Adds what a fork has counted, moved to its real place; returns the index of its first entry.
    pub(crate) fn join(&mut self, mut fork: Self, shift: Shift) -> u32 {
        fork.findings.iter_mut().for_each(|finding| finding.shift(shift));
        let (line, trail, findings) = (self.line, self.trail, &mut self.findings);
        findings.append(&mut fork.findings);
        add(&mut self.movement, fork.movement, |kind| findings.push(Finding::new(line, trail.to_string(), kind)));
        let first = self.entries;
        self.entries = self.entries.saturating_add(fork.entries);
        for entry in &mut fork.reversals.entries {
            entry.index = entry.index.saturating_add(first);
            entry.line = shift.apply(Position { line: entry.line, before: 0 }).line;
        }
        self.reversals.add(&fork.reversals.entries, fork.reversals.sum);
        first
    }

    /// Index of the entry that begins.
    pub(crate) fn begin_entry(&mut self) -> u32 {
        let index = self.entries;
        self.entries = self.entries.saturating_add(1);
        index
    }

    /// Counts an entry: only BOOK, or no status at all, changes the balance.
    pub(crate) fn end_entry(&mut self, mut entry: Entry) -> Part {
        if matches!(entry.status, None | Some(Status::Booked)) {
            let mut next = entry.amount;
            if let Some((own, account)) = entry.currency.as_ref().zip(self.currency.as_ref()).filter(|(a, b)| a != b) {
                let kind = FindingKind::CurrencyDiffers { entry: own.clone(), account: account.clone() };
                entry.findings.push(Finding::new(entry.line, self.trail.entry().to_string(), kind));
                next = None;
            }
            let (line, trail, findings) = (entry.line, self.trail, &mut self.findings);
            add(&mut self.movement, next, |kind| findings.push(Finding::new(line, trail.to_string(), kind)));
            if entry.reversal {
                self.reversals.add(&[EntryPlace { index: entry.index, line }], next);
            }
        }
        Part::EntryEnd(entry)
    }

    /// The pairs of balances that the statement may lead from and to, the likeliest first. A page may name those of its
    /// whole statement beside its own.
    fn balances(&self) -> Vec<(Option<Balance>, Option<Balance>)> {
        let booked = self.opening.or(self.previous_closing);
        let Interim { first, last } = self.interim;
        let within = last.or(first);
        let ends = [(booked, self.closing), (first, self.closing), (booked, within), (first, last)];
        let mut pairs: Vec<_> =
            ends.into_iter().filter(|(opening, closing)| opening.is_some() && closing.is_some()).collect();
        pairs.push((booked, self.closing));
        pairs
    }

    /// The pair of them that agrees with the entries, else the likeliest.
    fn balances_that_fit(&self) -> (Option<Balance>, Option<Balance>) {
        let pairs = self.balances();
        let fits = |(opening, closing): &&(Option<Balance>, Option<Balance>)| {
            let led = opening.zip(self.movement).and_then(|(opening, moved)| opening.amount.checked_add(moved));
            led.is_some() && led == closing.map(|closing| closing.amount)
        };
        pairs.iter().find(fits).or(pairs.first()).copied().unwrap_or_default()
    }

    pub(crate) fn finish(mut self) -> StatementEnd {
        let (opening, closing) = self.balances_that_fit();
        let balances = opening.zip(closing).map(|(opening, closing)| (opening.amount, closing.amount));
        if self.entries == 0 && balances.is_none_or(|(opening, closing)| opening != closing) {
            self.remark(self.line, FindingKind::NoEntries);
        }
        if let Some(((opening, closing), movement)) = balances.zip(self.movement)
            && opening.checked_add(movement) != Some(closing)
        {
            self.remark(self.line, FindingKind::BalanceDoesNotFit { opening, closing, movement });
            let turned = std::mem::take(&mut self.reversals).explain(opening, movement, closing);
            if !turned.is_empty() {
                self.remark(self.line, FindingKind::ReversalsTurned(turned));
            }
        }
        let Self { entries, movement, findings, .. } = self;
        StatementEnd { opening, closing, entries, movement, findings }
    }

    /// Whether there was a closing balance.
    pub(crate) fn is_closed(&self) -> bool {
        self.closing.is_some()
    }

    fn remark(&mut self, line: u64, kind: FindingKind) {
        self.findings.push(Finding::new(line, self.trail.to_string(), kind));
    }
}
