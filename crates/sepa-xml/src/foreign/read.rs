//! The XML of a direct-debit file, from its first byte to its last.
//!
//! It knows one element by name, the one that holds the message; what is inside belongs to [`Reading`]. Invariants: no
//! document type declaration and no entity is ever processed; depth is bounded; a file that ends early is an error.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::fault::{ForeignError, ForeignFault};
use super::file::{ForeignFile, Span};
use super::reading::{Here, Reading};
use crate::markup::{Broken, allowed, currency, is_blank, resolve, syntax};
use crate::source::Source;

/// The element that holds the debits in every version since 2009, and in the one before.
const MESSAGES: [&str; 2] = ["CstmrDrctDbtInitn", "pain.008.001.01"];
/// A file shows what it is in this many first bytes.
const BEGINNING: usize = 4096;
/// More than the depth of any element of the message, in an envelope or not.
const DEPTH: usize = 64;

/// Whether the beginning of a file shows that it holds direct debits, whatever system wrote it.
pub fn is_pain008(prefix: &[u8]) -> bool {
    // UTF-16 has a zero byte beside each letter
    let letters: Vec<u8> = prefix.iter().take(BEGINNING).copied().filter(|byte| *byte != 0).collect();
    let needles = [MESSAGES[0], "xsd:pain.008.", "pain.008.0"].map(str::as_bytes);
    needles.iter().any(|needle| letters.windows(needle.len()).any(|window| window == *needle))
}

/// Reads a direct-debit file of any version. Elements are known by their local names; prefix, namespace and declared
/// version do not matter.
///
/// # Errors
/// [`ForeignError`]: what is wrong, with lines. If anything is wrong, nothing of the file is used.
pub fn read_foreign_pain008(bytes: &[u8]) -> Result<ForeignFile, ForeignError> {
    let read = Source::new(bytes).map_err(ForeignError::from).and_then(|source| read(&source));
    read.map_err(|error| match error {
        ForeignError::Broken(_) if !is_pain008(bytes) => ForeignError::NoDebits,
        other => other,
    })
}

fn read(source: &Source<'_>) -> Result<ForeignFile, ForeignError> {
    let text: &str = &source.text;
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut scan = Scan { line: 1, ..Scan::default() };
    let position = |reader: &Reader<&[u8]>| usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
    loop {
        let from = position(&reader);
        let event = reader.read_event();
        let span = Span { from, to: position(&reader) };
        let step = match event {
            Ok(Event::Eof) => break,
            Ok(event) => scan.event(&event, span),
            Err(error) => Err(syntax(&error)),
        };
        step.map_err(|why| broken(scan.line, why))?;
        let passed = text.get(span.range()).unwrap_or_default();
        scan.line = scan.line.saturating_add(passed.bytes().filter(|byte| *byte == b'\n').count() as u64);
        scan.blanks = match passed.trim_start().is_empty() {
            true => Some(scan.blanks.unwrap_or(from)),
            false => None,
        };
    }
    match (scan.path.is_empty(), scan.found) {
        (false, _) => Err(broken(scan.line, Broken::CutOff)),
        (true, false) => Err(ForeignError::NoDebits),
        (true, true) => scan.reading.finish(),
    }
}

fn broken(line: u64, why: Broken) -> ForeignError {
    let what = match why {
        Broken::Doctype => return ForeignError::Doctype(line),
        Broken::CutOff => "the file is cut off".to_owned(),
        Broken::Malformed(why) => why,
    };
    ForeignError::Broken(ForeignFault { line, what })
}

/// An open element.
struct Open {
    /// How long the path was before it.
    length: usize,
    line: u64,
    /// From the blanks before it on.
    from: usize,
    /// Where its content begins.
    content: usize,
}

/// The state while reading.
#[derive(Default)]
struct Scan {
    /// The local names of the open elements inside of the message, each behind a slash; outside of it, nothing.
    path: Vec<Open>,
    names: String,
    /// How many elements are open around the content of the message; `None` outside of it.
    base: Option<usize>,
    found: bool,
    ended: bool,
    /// The text since the last start tag, and whether nothing but text has followed it.
    content: String,
    leaf: bool,
    currency: Option<String>,
    line: u64,
    /// Where the blanks began that stand right before what comes.
    blanks: Option<usize>,
    reading: Reading,
}

impl Scan {
    fn event(&mut self, event: &Event<'_>, span: Span) -> Result<(), Broken> {
        match event {
            Event::Start(tag) => {
                self.start(tag, span)?;
                self.rename(tag.local_name().into_inner(), tag.name().into_inner(), span.from.saturating_add(1));
                Ok(())
            }
            Event::Empty(tag) => {
                self.start(tag, span)?;
                self.end(Span { from: span.to, to: span.to });
                Ok(())
            }
            Event::End(tag) => {
                self.rename(tag.local_name().into_inner(), tag.name().into_inner(), span.from.saturating_add(2));
                self.end(span);
                Ok(())
            }
            Event::Text(text) => self.append(&text.xml10_content()),
            Event::CData(text) => self.append(&text.xml10_content()),
            Event::GeneralRef(reference) => self.append(resolve(reference)?.encode_utf8(&mut [0; 4])),
            Event::DocType(_) => Err(Broken::Doctype),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, span: Span) -> Result<(), Broken> {
        let name = tag.local_name().into_inner();
        let is_message = MESSAGES.contains(&name);
        if self.ended || (self.found && is_message) {
            return Err(Broken::Malformed("a second document begins: take each as a file of its own".to_owned()));
        }
        if self.path.len() == DEPTH {
            return Err(Broken::Malformed(format!("elements are nested deeper than {DEPTH}")));
        }
        if self.base.is_none() || is_message {
            let length = tag.name().into_inner().len();
            self.reading.versions(tag.attributes_raw(), span, length);
        }
        let from = self.blanks.unwrap_or(span.from);
        self.path.push(Open { length: self.names.len(), line: self.line, from, content: span.to });
        self.content.clear();
        self.leaf = true;
        if self.base.is_some() {
            self.names.push('/');
            self.names.push_str(name);
            self.reading.begin(&self.names);
        }
        if is_message {
            (self.found, self.base) = (true, Some(self.path.len()));
        }
        self.currency = if name == "InstdAmt" { currency(tag)? } else { None };
        Ok(())
    }

    fn end(&mut self, span: Span) {
        let Some(open) = self.path.pop() else { return };
        if self.base.is_some_and(|base| self.path.len() >= base) {
            let here = Here {
                line: open.line,
                whole: Span { from: open.from, to: span.to },
                content: Span { from: open.content, to: span.from },
                is_leaf: self.leaf,
            };
            let text = if self.leaf { self.content.trim() } else { "" };
            self.reading.end(&self.names, text, here, self.currency.take());
        }
        self.names.truncate(open.length);
        self.base = self.base.filter(|base| *base <= self.path.len());
        (self.leaf, self.ended) = (false, self.path.is_empty());
    }

    /// Notes a name that pain.008.001.08 writes otherwise.
    fn rename(&mut self, local: &str, name: &str, at: usize) {
        let now = match local {
            "BIC" => "BICFI",
            "BICOrBEI" | "BEI" => "AnyBIC",
            _ => return,
        };
        let to = at.saturating_add(name.len());
        self.reading.renamed.push((Span { from: to.saturating_sub(local.len()), to }, now));
    }

    fn append(&mut self, text: &str) -> Result<(), Broken> {
        let text = allowed(text)?;
        if self.path.is_empty() && !is_blank(text) {
            return Err(Broken::Malformed("text outside of any element".to_owned()));
        }
        self.content.push_str(text);
        Ok(())
    }
}
