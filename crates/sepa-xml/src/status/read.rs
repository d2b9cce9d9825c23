//! The XML of a status report, from its first byte to its last.
//!
//! It knows one element by name, the one that holds a report; what is inside belongs to [`Reading`]. Invariants: no
//! document type declaration and no entity is ever processed; depth is bounded, and memory by the size of the file; a
//! file that ends early is an error.

use quick_xml::errors::SyntaxError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::error::{DEPTH, Fault, StatusError};
use super::reading::Reading;
use super::report::StatusReport;
use super::source::Source;

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
    Source::new(bytes).and_then(|source| read(&source)).map_err(|error| {
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
            Err(error) => Err(fault(&error)),
        };
        step.map_err(|fault| scan.error(source, at, fault))?;
    }
}

/// Most errors of syntax are something that has no end.
fn fault(error: &quick_xml::Error) -> Fault {
    match error {
        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => Fault::Doctype,
        quick_xml::Error::Syntax(error) if *error != SyntaxError::InvalidBangMarkup => Fault::CutOff,
        quick_xml::Error::IllFormed(error) => Fault::Malformed(error.to_string()),
        error => Fault::Malformed(error.to_string()),
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
        fault.at(source.place(at, self.path.join("/")))
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
        if let Some(wrong) = text.chars().find(|character| !is_allowed(*character)) {
            return Err(Fault::Malformed(format!("the character {wrong:?} is not allowed")));
        }
        if self.path.is_empty() {
            let blank = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}').is_empty();
            return if blank { Ok(()) } else { Err(Fault::Malformed("text outside of any element".to_owned())) };
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

/// The attribute `Ccy` of an amount.
fn currency(tag: &BytesStart<'_>) -> Result<Option<String>, Fault> {
    let malformed = |error: &dyn ToString| Fault::Malformed(error.to_string());
    // a check for doubles would take time by the square of their number
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| malformed(&error))?;
        if attribute.key.into_inner() == "Ccy" {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| malformed(&error))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// The five entities of XML itself, and character references; nothing else exists without a DOCTYPE.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Fault> {
    match reference.as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        name => match reference.resolve_char_ref() {
            Ok(Some(character)) => Ok(character),
            _ => Err(Fault::Malformed(format!("&{name}; means nothing"))),
        },
    }
}

/// XML 1.0, production 2.
fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
