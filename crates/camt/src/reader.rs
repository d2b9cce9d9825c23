//! The pull of parts out of one XML input.
//!
//! Knows no files. Keeps the invariant that nothing but the current statement's head, entry and at most two details is
//! held, however long the input is.

use std::collections::VecDeque;
use std::io::BufRead;

use crate::detail::DetailDraft;
use crate::entry::EntryDraft;
use crate::leaf::Leaf;
use crate::place::{Level, Place};
use crate::statement::StatementDraft;
use crate::xml::{Step, Xml};
use crate::{Limits, MessageKind, Part, ReadError, ReadErrorKind, StatementHead};
use jiff::civil::Date;

/// Reads camt.052, camt.053 and camt.054 of every version, one part at a time.
///
/// Elements are found by local name: prefix, namespace and version claimed do not matter. Several statements in a message
/// and several documents one after the other are read alike.
pub struct StatementReader<R: BufRead> {
    xml: Xml<R>,
    places: Vec<Place>,
    /// `Ccy` of the last start tag.
    currency: Option<String>,
    message: Message,
    /// The element below the first root, to say what the file is if no statement comes.
    first: String,
    statement: Option<StatementDraft>,
    entry: Option<EntryDraft>,
    detail: Option<DetailDraft>,
    /// Depth of the statement's element: paths in findings begin there.
    depth: usize,
    parts: VecDeque<Part>,
    kept: Kept,
    statements: u64,
    done: bool,
}

/// Bytes of the values held for the message, the statement's head, the entry and the detail.
struct Kept {
    limit: usize,
    message: usize,
    statement: usize,
    entry: usize,
    detail: usize,
}

/// Bytes that holding a value costs besides its text.
const VALUE: usize = 32;

/// What the envelope of the statements says.
#[derive(Default)]
struct Message {
    /// `camt.053.001.08`, out of a namespace.
    namespace: Option<String>,
    /// `01` of a root element like `BkToCstmrStmtV01`.
    version: Option<String>,
    created: Option<Date>,
    page: Option<u64>,
    last_page: Option<bool>,
    findings: Vec<crate::Finding>,
}

impl Message {
    /// `camt.053.001.08`; the kind of the element counts where the namespace claims another one.
    fn name(&self, kind: MessageKind) -> String {
        let kind = kind.to_string();
        match (&self.namespace, &self.version) {
            (Some(name), _) if name.starts_with(&kind) => name.clone(),
            (_, Some(version)) => format!("{kind}.001.{version}"),
            _ => kind,
        }
    }
}

impl<R: BufRead> StatementReader<R> {
    /// A reader that has read nothing yet.
    pub fn new(input: R, limits: &Limits) -> Self {
        Self {
            xml: Xml::new(input, limits),
            places: Vec::new(),
            currency: None,
            message: Message::default(),
            first: String::new(),
            statement: None,
            entry: None,
            detail: None,
            depth: 0,
            parts: VecDeque::new(),
            kept: Kept { limit: limits.text, message: 0, statement: 0, entry: 0, detail: 0 },
            statements: 0,
            done: false,
        }
    }

    /// The next part; none at the end.
    ///
    /// # Errors
    /// Where the input is not well-formed, exceeds a limit or holds no statement. Nothing comes after an error; the parts
    /// already given are those of a damaged file and not to be kept.
    pub fn next_part(&mut self) -> Result<Option<Part>, ReadError> {
        while self.parts.is_empty() && !self.done {
            let advanced = self.advance();
            self.done |= advanced.is_err();
            advanced?;
        }
        Ok(self.parts.pop_front())
    }

    fn advance(&mut self) -> Result<(), ReadError> {
        match self.xml.step()? {
            Step::Start => self.start(),
            Step::End => self.end()?,
            Step::Eof if self.statements == 0 => {
                let kind = ReadErrorKind::NoStatement(std::mem::take(&mut self.first));
                return Err(ReadError { line: 1, path: String::new(), kind });
            }
            Step::Eof => self.done = true,
        }
        Ok(())
    }

    fn start(&mut self) {
        let parent = self.places.last().copied().unwrap_or(Place::Envelope);
        let place = parent.enter(self.xml.name());
        self.places.push(place);
        self.currency = None;
        if self.statements == 0 && self.xml.depth() <= 2 && !self.first.contains('/') {
            self.first = self.xml.path_from(1).to_owned();
        }
        match place {
            Place::Envelope => self.envelope(),
            Place::Message(_) => self.begin_message(),
            Place::Statement => self.begin_statement(parent),
            Place::Balance => {
                let line = self.xml.line();
                self.statement.iter_mut().for_each(|statement| statement.begin_balance(line));
            }
            Place::Entry => self.begin_entry(),
            Place::Detail => self.begin_detail(),
            Place::BalanceAmount | Place::Both(..) => {
                let currency = self.xml.attributes().find(|(name, _)| *name == "Ccy");
                self.currency = currency.map(|(_, value)| value.trim().to_owned());
            }
            _ => {}
        }
    }

    /// Keeps what an envelope says of the message in it.
    fn envelope(&mut self) {
        if self.xml.depth() == 1 {
            self.message = Message::default();
        }
        self.namespace();
    }

    fn namespace(&mut self) {
        let namespaces = self.xml.attributes().filter(|(name, _)| *name == "xmlns" || name.starts_with("xmlns:"));
        if let Some(name) = namespaces.filter_map(|(_, uri)| message_of(&uri)).last() {
            self.message.namespace = Some(name);
        }
    }

    fn begin_message(&mut self) {
        if self.xml.depth() == 1 {
            self.message = Message::default();
        }
        self.namespace();
        let version = self.xml.name().rsplit_once('V').map(|(_, version)| version.to_owned());
        self.message.version = version.filter(|version| version.len() == 2);
        (self.message.created, self.message.page, self.message.last_page) = (None, None, None);
        self.kept.message = 0;
    }

    fn begin_statement(&mut self, parent: Place) {
        let Place::Message(kind) = parent else { return };
        self.depth = self.xml.depth();
        self.kept.statement = 0;
        self.statements = self.statements.saturating_add(1);
        let head = StatementHead {
            message: self.message.name(kind),
            created: self.message.created,
            page: self.message.page,
            last_page: self.message.last_page,
            ..StatementHead::new(kind, self.xml.line())
        };
        self.statement = Some(StatementDraft::new(head, self.xml.name(), std::mem::take(&mut self.message.findings)));
    }

    fn begin_entry(&mut self) {
        let Some(statement) = &mut self.statement else { return };
        self.parts.extend(statement.take_head());
        self.kept.entry = 0;
        let path = self.xml.path_from(self.depth);
        self.entry = Some(EntryDraft::new(statement.begin_entry(), self.xml.line(), path));
    }

    fn begin_detail(&mut self) {
        self.kept.detail = 0;
        let account = self.statement.as_ref().and_then(StatementDraft::account);
        self.parts.extend(self.entry.as_mut().and_then(|entry| entry.begin_detail(account)));
        self.detail = Some(DetailDraft::new(self.xml.line(), self.xml.path_from(self.depth)));
    }

    fn end(&mut self) -> Result<(), ReadError> {
        let Some(place) = self.places.pop() else { return Ok(()) };
        match place {
            Place::Skip | Place::Envelope => {}
            Place::Balance => self.statement.iter_mut().for_each(StatementDraft::end_balance),
            Place::Detail => self.end_detail(),
            Place::Entry => self.end_entry(),
            Place::Statement => self.end_statement(),
            place => self.leaf(place).map_err(|kind| self.xml.error(kind))?,
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

    /// Gives the text of an element to whom it belongs.
    fn leaf(&mut self, place: Place) -> Result<(), ReadErrorKind> {
        let text = self.xml.text().trim();
        if text.is_empty() {
            return Ok(());
        }
        let path = self.xml.path_from(if self.statement.is_some() { self.depth } else { 1 });
        let leaf = Leaf { text, currency: self.currency.as_deref(), line: self.xml.line(), path };
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

impl Message {
    fn read(&mut self, place: Place, leaf: &Leaf<'_>) {
        match place {
            Place::MessageCreated => self.created = leaf.day(&mut self.findings),
            Place::PageNumber => self.page = leaf.number(&mut self.findings),
            Place::LastPage => self.last_page = leaf.flag(&mut self.findings),
            _ => {}
        }
    }
}

/// `camt.053.001.08` out of `urn:iso:std:iso:20022:tech:xsd:camt.053.001.08`, `ISO:camt.053.001.02:APC:STUZZA:…` and other
/// ways to write it.
fn message_of(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("camt.05")?;
    let version: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let fields: Vec<&str> = version.split('.').collect();
    let known = matches!(fields.as_slice(), ["2" | "3" | "4", "001", number, ..] if number.len() == 2);
    known.then(|| format!("camt.05{}", version.trim_end_matches('.')))
}
