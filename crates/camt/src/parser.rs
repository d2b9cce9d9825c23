//! Turns elements into the parts of statements.
//!
//! Knows neither files nor XML syntax. Invariant: beside finished parts, only the current statement's head, its entry
//! and at most two details are in memory.

use std::collections::VecDeque;

use crate::detail::DetailDraft;
use crate::entry::EntryDraft;
use crate::leaf::Leaf;
use crate::nest::{Shift, Spot};
use crate::place::{Level, Place, Trail};
use crate::statement::StatementDraft;
use crate::xml::{Elements, attribute, attributes};
use crate::{Limits, MessageKind, Part, ReadErrorKind, StatementHead};
use jiff::civil::Date;

/// Turns elements into parts.
///
/// Elements are recognised by local name; prefix, namespace and declared version do not matter. Several statements in a
/// message, and several documents one after the other, are read the same way.
pub(crate) struct Parser {
    places: Vec<Place>,
    /// The `Ccy` attribute of the last start tag; empty if there was none.
    currency: String,
    message: Message,
    /// The element below the first root, for the error message if no statement comes.
    first: String,
    statement: Option<StatementDraft>,
    entry: Option<EntryDraft>,
    detail: Option<DetailDraft>,
    /// Depth of the statement's element, where the paths of findings begin.
    depth: usize,
    parts: VecDeque<Part>,
    kept: Kept,
    statements: u64,
}

/// Bytes of the values in memory for the message, the statement's head, the entry and the detail.
struct Kept {
    limit: usize,
    message: usize,
    statement: usize,
    entry: usize,
    detail: usize,
}

/// Bytes that a value costs beside its text.
const VALUE: usize = 32;

/// What is known from the envelope around the statements.
#[derive(Default)]
struct Message {
    /// `camt.053.001.08`, from a namespace.
    namespace: Option<String>,
    /// `01` from a root element such as `BkToCstmrStmtV01`.
    version: Option<String>,
    id: Option<String>,
    created: Option<Date>,
    page: Option<u64>,
    last_page: Option<bool>,
    findings: Vec<crate::Finding>,
}

impl Message {
    /// `camt.053.001.08`. Where the namespace contradicts the kind of the root element, the root element counts.
    fn name(&self, kind: MessageKind) -> String {
        let kind = kind.to_string();
        match (&self.namespace, &self.version) {
            (Some(name), _) if name.starts_with(&kind) => name.clone(),
            (_, Some(version)) => format!("{kind}.001.{version}"),
            _ => kind,
        }
    }
}

impl Parser {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            places: Vec::new(),
            currency: String::new(),
            message: Message::default(),
            first: String::new(),
            statement: None,
            entry: None,
            detail: None,
            depth: 0,
            parts: VecDeque::new(),
            kept: Kept { limit: limits.text, message: 0, statement: 0, entry: 0, detail: 0 },
            statements: 0,
        }
    }

    /// The finished parts in their order; the caller takes them out.
    pub(crate) fn parts(&mut self) -> &mut VecDeque<Part> {
        &mut self.parts
    }

    /// The error, if the input must not end here.
    pub(crate) fn end_of_input(&self) -> Option<ReadErrorKind> {
        (self.statements == 0).then(|| ReadErrorKind::NoStatement(self.first.clone()))
    }

    /// A second parser for later entries of this statement; `None` if no entry can follow directly.
    pub(crate) fn fork(&self) -> Option<Self> {
        let statement = self.statement.as_ref().filter(|_| self.places.len() == self.depth)?;
        let limits = Limits { text: self.kept.limit, ..Limits::default() };
        Some(Self {
            places: self.places.clone(),
            statement: Some(statement.fork()?),
            depth: self.depth,
            statements: self.statements,
            ..Self::new(&limits)
        })
    }

    /// Takes over the entries that a fork has read, moved to their real place.
    pub(crate) fn join(&mut self, fork: Self, shift: Shift) {
        let Some((statement, read)) = self.statement.as_mut().zip(fork.statement) else { return };
        let entries = statement.join(read, shift);
        self.parts.extend(fork.parts.into_iter().map(|mut part| {
            part.shift(entries, shift);
            part
        }));
    }

    /// Depth of the current statement's element.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    fn begin(&mut self, spot: Spot<'_>, raw: &str) {
        let parent = self.places.last().copied().unwrap_or(Place::Envelope);
        let place = parent.enter(spot.name());
        self.places.push(place);
        self.currency.clear();
        if self.statements == 0 && spot.depth() <= 2 && !self.first.contains('/') {
            self.first = spot.path_from(1);
        }
        match place {
            Place::Envelope => self.envelope(spot, raw),
            Place::Message(_) => self.begin_message(spot, raw),
            Place::Statement => self.begin_statement(parent, spot),
            Place::Balance => {
                let line = spot.line();
                self.statement.iter_mut().for_each(|statement| statement.begin_balance(line));
            }
            Place::Entry => self.begin_entry(spot),
            Place::Detail => self.begin_detail(spot),
            Place::BalanceAmount | Place::Both(..) if !raw.is_empty() => {
                if let Some(value) = attribute(raw, "Ccy") {
                    self.currency.push_str(value.trim());
                }
            }
            _ => {}
        }
    }

    /// Stores what an envelope says about the message in it.
    fn envelope(&mut self, spot: Spot<'_>, raw: &str) {
        if spot.depth() == 1 {
            self.message = Message::default();
        }
        self.namespace(raw);
    }

    fn namespace(&mut self, raw: &str) {
        let namespaces = attributes(raw).filter(|(name, _)| *name == "xmlns" || name.starts_with("xmlns:"));
        if let Some(name) = namespaces.filter_map(|(_, uri)| message_of(&uri)).last() {
            self.message.namespace = Some(name);
        }
    }

    fn begin_message(&mut self, spot: Spot<'_>, raw: &str) {
        if spot.depth() == 1 {
            self.message = Message::default();
        }
        self.namespace(raw);
        let version = spot.name().rsplit_once('V').map(|(_, version)| version.to_owned());
        self.message.version = version.filter(|version| version.len() == 2);
        (self.message.created, self.message.page, self.message.last_page) = (None, None, None);
        self.message.id = None;
        self.kept.message = 0;
    }

    fn begin_statement(&mut self, parent: Place, spot: Spot<'_>) {
        let Place::Message(kind) = parent else { return };
        self.depth = spot.depth();
        self.kept.statement = 0;
        self.statements = self.statements.saturating_add(1);
        let head = StatementHead {
            message: self.message.name(kind),
            message_id: self.message.id.clone(),
            created: self.message.created,
            page: self.message.page,
            last_page: self.message.last_page,
            ..StatementHead::new(kind, spot.line())
        };
        self.statement =
            Some(StatementDraft::new(head, Trail::statement(spot.name()), std::mem::take(&mut self.message.findings)));
    }

    fn begin_entry(&mut self, spot: Spot<'_>) {
        let Some(statement) = &mut self.statement else { return };
        self.parts.extend(statement.take_head());
        self.kept.entry = 0;
        self.entry = Some(EntryDraft::new(statement.begin_entry(), spot.line(), statement.trail().entry()));
    }

    fn begin_detail(&mut self, spot: Spot<'_>) {
        self.kept.detail = 0;
        let Some((statement, entry)) = self.statement.as_ref().zip(self.entry.as_mut()) else { return };
        self.parts.extend(entry.begin_detail(statement.account()));
        let layers = spot.depth().saturating_sub(self.depth);
        self.detail = Some(DetailDraft::new(spot.line(), statement.trail().detail(layers)));
    }

    fn finish(&mut self, spot: Spot<'_>) -> Result<(), ReadErrorKind> {
        let Some(place) = self.places.pop() else { return Ok(()) };
        match place {
            Place::Skip | Place::Envelope => {}
            Place::Balance => self.statement.iter_mut().for_each(StatementDraft::end_balance),
            Place::Detail => self.end_detail(),
            Place::Entry => self.end_entry(),
            Place::Statement => self.end_statement(),
            place => self.leaf(place, spot)?,
        }
        Ok(())
    }

    fn end_detail(&mut self) {
        let account = self.statement.as_ref().and_then(StatementDraft::account);
        if let Some((entry, detail)) = self.entry.as_mut().zip(self.detail.take()) {
            self.parts.extend(entry.end_detail(detail, account));
        }
    }

    fn end_entry(&mut self) {
        let Some((statement, entry)) = self.statement.as_mut().zip(self.entry.take()) else { return };
        let (last, end) = entry.finish(statement.account());
        self.parts.extend(last);
        let end = statement.end_entry(end);
        self.parts.push_back(end);
    }

    fn end_statement(&mut self) {
        let Some(mut statement) = self.statement.take() else { return };
        self.parts.extend(statement.take_head());
        self.parts.push_back(Part::StatementEnd(statement.finish()));
    }

    /// Passes the text of an element to the draft that it belongs to.
    fn leaf(&mut self, place: Place, spot: Spot<'_>) -> Result<(), ReadErrorKind> {
        let text = trim(spot.text);
        if text.is_empty() {
            return Ok(());
        }
        let depth = if self.statement.is_some() { self.depth } else { 1 };
        let currency = Some(self.currency.as_str()).filter(|currency| !currency.is_empty());
        let leaf = Leaf { text, currency, spot, depth };
        let kept = match (&mut self.detail, &mut self.entry, &mut self.statement) {
            (Some(detail), _, _) => {
                match place {
                    Place::Both(Level::Detail, field) => detail.read_common(field, &leaf),
                    place => detail.read(place, &leaf),
                }
                &mut self.kept.detail
            }
            (None, Some(entry), _) => {
                match place {
                    Place::Both(Level::Entry, field) => entry.read_common(field, &leaf),
                    place => entry.read(place, &leaf),
                }
                &mut self.kept.entry
            }
            (None, None, Some(statement)) => {
                statement.read(place, &leaf);
                &mut self.kept.statement
            }
            (None, None, None) => {
                self.message.read(place, &leaf);
                &mut self.kept.message
            }
        };
        *kept = kept.saturating_add(text.len()).saturating_add(VALUE);
        if *kept > self.kept.limit { Err(ReadErrorKind::TooMuch(self.kept.limit)) } else { Ok(()) }
    }
}

impl Elements for Parser {
    type Halt = ReadErrorKind;

    fn start(&mut self, spot: Spot<'_>, attributes: &str) -> Result<(), ReadErrorKind> {
        self.begin(spot, attributes);
        Ok(())
    }

    fn end(&mut self, spot: Spot<'_>) -> Result<(), ReadErrorKind> {
        self.finish(spot)
    }
}

impl Message {
    fn read(&mut self, place: Place, leaf: &Leaf<'_>) {
        match place {
            Place::MessageName => leaf.keep(&mut self.id),
            Place::MessageCreated => self.created = leaf.day(&mut self.findings),
            Place::PageNumber => self.page = leaf.number(&mut self.findings),
            Place::LastPage => self.last_page = leaf.flag(&mut self.findings),
            _ => {}
        }
    }
}

/// A text without blanks at either end. Most texts have none, which their first and last bytes show.
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// `camt.053.001.08` from `urn:iso:std:iso:20022:tech:xsd:camt.053.001.08`, `ISO:camt.053.001.02:APC:STUZZA:…` and
/// similar forms.
fn message_of(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("camt.05")?;
    let version: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let fields: Vec<&str> = version.split('.').collect();
    let known = matches!(fields.as_slice(), ["2" | "3" | "4", "001", number, ..] if number.len() == 2);
    known.then(|| format!("camt.05{}", version.trim_end_matches('.')))
}
