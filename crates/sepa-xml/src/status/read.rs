//! The XML of a status report, from its first byte to its last.
//!
//! It knows one element by name, the one that holds a report; what is inside belongs to [`Reading`]. Invariants: no
//! document type declaration and no entity is ever processed; depth is bounded, and memory by the size of the file; a
//! file that ends early is an error.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::error::{DEPTH, Fault, StatusError, StatusPlace};
use super::reading::Reading;
use super::report::StatusReport;
use crate::markup::{allowed, currency, is_blank, resolve, syntax};
use crate::source::Source;

/// The element that holds a report in every version since 2009.
const REPORT: &str = "CstmrPmtStsRpt";
/// A file shows what it is in this many first bytes.
const BEGINNING: usize = 4096;

/// Whether the beginning of a file shows that it is a pain.002.
pub fn looks_like_pain002(prefix: &[u8]) -> bool {
    // UTF-16 has a zero byte beside each letter
    let letters: Vec<u8> = prefix.iter().copied().filter(|byte| *byte != 0).collect();
    let needles = [REPORT, "xsd:pain.002.", "/pain.002."].map(str::as_bytes);
    needles.iter().any(|needle| letters.windows(needle.len()).any(|window| window == *needle))
}

/// Reads a status report (pain.002) of any version. Elements are recognised by local name; prefix, namespace and
/// declared version do not matter.
///
/// # Errors
/// [`StatusError`], naming the place and what to do. If anything is wrong, nothing of the file is used.
pub fn read_status_report(bytes: &[u8]) -> Result<StatusReport, StatusError> {
    Source::new(bytes).map_err(StatusError::from).and_then(|source| read(&source)).map_err(|error| {
        let known = looks_like_pain002(bytes.get(..BEGINNING).unwrap_or(bytes));
        if known { error } else { StatusError::Foreign }
    })
}

fn read(source: &Source<'_>) -> Result<StatusReport, StatusError> {
    let mut reader = Reader::from_str(&source.text);
    reader.config_mut().check_comments = true;
    let mut scan = Scan::default();
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let step = match reader.read_event() {
            Ok(Event::Eof) => break scan.finish().map_err(|fault| scan.error(source, source.text.len(), fault)),
            Ok(event) => scan.event(&event),
            Err(error) => Err(syntax(&error).into()),
        };
        step.map_err(|fault| scan.error(source, at, fault))?;
    }
}

/// The state while reading.
#[derive(Default)]
struct Scan {
    /// The local names of the open elements.
    path: Vec<String>,
    /// The text since the last start tag.
    content: String,
    /// Whether nothing but text has followed the last start tag.
    leaf: bool,
    /// The attribute `Ccy` of the last start tag.
    currency: Option<String>,
    /// How many elements are open around the content of the report; `None` outside of it.
    base: Option<usize>,
    /// Whether a report has begun.
    found: bool,
    /// Whether the outermost element has ended.
    ended: bool,
    reading: Reading,
}

impl Scan {
    fn error(&self, source: &Source<'_>, at: usize, fault: Fault) -> StatusError {
        let (line, byte) = source.place(at);
        fault.at(StatusPlace { line, byte, path: self.path.join("/") })
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), Fault> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::Empty(tag) => {
                self.start(tag)?;
                self.end()
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.append(&text.xml10_content()),
            Event::CData(text) => self.append(&text.xml10_content()),
            Event::GeneralRef(reference) => self.append(resolve(reference)?.encode_utf8(&mut [0; 4])),
            Event::DocType(_) => Err(Fault::Doctype),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Fault> {
        let name = tag.local_name().into_inner();
        if self.ended || (self.found && name == REPORT) {
            return Err(Fault::Several);
        }
        if self.path.len() == DEPTH {
            return Err(Fault::TooDeep);
        }
        self.path.push(name.to_owned());
        self.content.clear();
        self.leaf = true;
        if name == REPORT {
            (self.found, self.base) = (true, Some(self.path.len()));
        }
        self.currency = if name.ends_with("Amt") { currency(tag)? } else { None };
        Ok(())
    }

    fn end(&mut self) -> Result<(), Fault> {
        let text = if self.leaf { self.content.trim() } else { "" };
        let inside = self.base.and_then(|base| self.path.get(base..)).unwrap_or_default();
        if !inside.is_empty() {
            let names: Vec<&str> = inside.iter().map(String::as_str).collect();
            self.reading.end(&names, text, self.currency.take())?;
        }
        self.base = self.base.filter(|base| *base != self.path.len());
        self.path.pop();
        (self.leaf, self.ended) = (false, self.path.is_empty());
        Ok(())
    }

    fn append(&mut self, text: &str) -> Result<(), Fault> {
        let text = allowed(text)?;
        if self.path.is_empty() {
            return if is_blank(text) {
                Ok(())
            } else {
                Err(Fault::Malformed("text outside of any element".to_owned()))
            };
        }
        self.content.push_str(text);
        Ok(())
    }

    fn finish(&mut self) -> Result<StatusReport, Fault> {
        match (self.path.is_empty(), self.found) {
            (false, _) => Err(Fault::CutOff),
            (true, false) => Err(Fault::Foreign),
            (true, true) => Ok(std::mem::take(&mut self.reading).finish()),
        }
    }
}
