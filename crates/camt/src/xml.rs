//! A pull of elements: names, attributes and text, with the path and line of each.
//!
//! Knows nothing of bank messages. Keeps the invariants that what it hands out is well-formed, that no document type
//! declaration and no entity is ever heeded, and that its memory is bounded by the limits.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::decoded::{Decoded, by_label};
use crate::{Limits, ReadError, ReadErrorKind};

/// What was read last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// An element begins: its name and attributes can be asked for.
    Start,
    /// An element ends: its text can be asked for, if it was a leaf.
    End,
    /// The input is finished; there may have been several documents one after the other.
    Eof,
}

/// A pull reader of XML.
pub(crate) struct Xml<R: BufRead> {
    reader: Reader<Decoded<R>>,
    event: Vec<u8>,
    nest: Nest,
    /// Whether the innermost element has ended and only waits for the next step to be left.
    leaving: bool,
}

/// The elements that are open, and what is known of the innermost.
struct Nest {
    open: Vec<Open>,
    path: String,
    /// The attributes of the last start tag as written.
    attributes: String,
    text: String,
    limits: Limits,
}

/// An open element.
struct Open {
    /// Where its name begins in the path.
    name: usize,
    /// Line of its start tag.
    line: u64,
}

impl<R: BufRead> Xml<R> {
    pub(crate) fn new(input: R, limits: &Limits) -> Self {
        let mut reader = Reader::from_reader(Decoded::new(input, limits.text));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        let nest = Nest {
            open: Vec::new(),
            path: String::new(),
            attributes: String::new(),
            text: String::new(),
            limits: *limits,
        };
        Self { reader, event: Vec::new(), nest, leaving: false }
    }

    /// The next start or end of an element, or the end of all.
    pub(crate) fn step(&mut self) -> Result<Step, ReadError> {
        let step = self.try_step();
        step.map_err(|kind| self.error(kind))
    }

    /// An error at the place that was read last.
    pub(crate) fn error(&self, kind: ReadErrorKind) -> ReadError {
        ReadError { line: self.reader.get_ref().line(), path: self.nest.path.clone(), kind }
    }

    fn try_step(&mut self) -> Result<Step, ReadErrorKind> {
        if std::mem::take(&mut self.leaving) {
            self.nest.leave();
        }
        loop {
            self.event.clear();
            self.reader.get_mut().begin_token();
            let event = match self.reader.read_event_into(&mut self.event) {
                Ok(event) => event,
                Err(error) => return Err(stop_or_malformed(self.reader.get_mut(), &error)),
            };
            match event {
                Event::Start(tag) => {
                    self.nest.enter(&tag, self.reader.get_ref().line())?;
                    return Ok(Step::Start);
                }
                Event::End(_) => {
                    self.leaving = true;
                    return Ok(Step::End);
                }
                Event::Text(text) => self.nest.append(&text.xml10_content())?,
                Event::CData(text) => self.nest.append(&text.xml10_content())?,
                Event::GeneralRef(reference) => self.nest.append(resolve(&reference)?.encode_utf8(&mut [0; 4]))?,
                Event::Decl(declaration) => check_encoding(&declaration, self.reader.get_ref().encoding())?,
                Event::DocType(_) => return Err(ReadErrorKind::Doctype),
                Event::Eof if self.nest.open.is_empty() => return Ok(Step::Eof),
                Event::Eof => return Err(ReadErrorKind::CutOff),
                Event::Comment(_) | Event::PI(_) | Event::Empty(_) => {}
            }
        }
    }

    /// Local name of the innermost element.
    pub(crate) fn name(&self) -> &str {
        self.nest.open.last().and_then(|open| self.nest.path.get(open.name..)).unwrap_or_default()
    }

    /// Number of open elements.
    pub(crate) fn depth(&self) -> usize {
        self.nest.open.len()
    }

    /// Line of the start tag of the innermost element.
    pub(crate) fn line(&self) -> u64 {
        self.nest.open.last().map_or(1, |open| open.line)
    }

    /// Path from the element at `depth` (the root is 1) to the innermost.
    pub(crate) fn path_from(&self, depth: usize) -> &str {
        let open = depth.checked_sub(1).and_then(|index| self.nest.open.get(index));
        open.and_then(|open| self.nest.path.get(open.name..)).unwrap_or_default()
    }

    /// Text since the last start or end tag.
    pub(crate) fn text(&self) -> &str {
        &self.nest.text
    }

    /// Names and values of the attributes of the last start tag.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        Attributes::new(&self.nest.attributes, 0).filter_map(|attribute| {
            let attribute = attribute.ok()?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some((attribute.key.into_inner(), value))
        })
    }
}

impl Nest {
    /// Opens the element of `tag` after checking what the tokenizer leaves open.
    fn enter(&mut self, tag: &BytesStart<'_>, line: u64) -> Result<(), ReadErrorKind> {
        if self.open.len() >= self.limits.depth {
            return Err(ReadErrorKind::TooDeep(self.limits.depth));
        }
        let name = tag.name();
        if !is_name(name.as_ref()) {
            return Err(ReadErrorKind::Malformed(format!("{:?} is not a name of an element", name.as_ref())));
        }
        self.attributes.clear();
        self.text.clear();
        let attributes = tag.attributes_raw();
        if !attributes.trim_ascii().is_empty() {
            check_attributes(attributes)?;
            self.attributes.push_str(attributes);
        }
        if !self.path.is_empty() {
            self.path.push('/');
        }
        self.open.push(Open { name: self.path.len(), line });
        self.path.push_str(name.local_name().as_ref());
        Ok(())
    }

    /// Leaves the innermost element.
    fn leave(&mut self) {
        self.text.clear();
        let name = self.open.pop().map_or(0, |open| open.name);
        self.path.truncate(name.saturating_sub(1));
    }

    fn append(&mut self, text: &str) -> Result<(), ReadErrorKind> {
        if has_suspect(text.as_bytes())
            && let Some(wrong) = text.chars().find(|c| !is_allowed(*c))
        {
            return Err(ReadErrorKind::Malformed(format!("the character {wrong:?} is not allowed")));
        }
        if self.open.is_empty() {
            return match text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}') {
                "" => Ok(()),
                _ => Err(ReadErrorKind::Malformed("text outside of any element".to_owned())),
            };
        }
        if self.text.len().saturating_add(text.len()) > self.limits.text {
            return Err(ReadErrorKind::TooLong(self.limits.text));
        }
        self.text.push_str(text);
        Ok(())
    }
}

fn stop_or_malformed<R: BufRead>(input: &mut Decoded<R>, error: &quick_xml::Error) -> ReadErrorKind {
    input.take_stop().unwrap_or_else(|| {
        ReadErrorKind::Malformed(match error {
            quick_xml::Error::Syntax(error) => error.to_string(),
            quick_xml::Error::IllFormed(error) => error.to_string(),
            error => error.to_string(),
        })
    })
}

/// XML 1.0, production 4, without the finer classes beyond ASCII.
fn is_name(name: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':') || !byte.is_ascii();
    let first = name.as_bytes().first();
    first.is_some_and(|byte| !byte.is_ascii_digit() && !matches!(byte, b'-' | b'.')) && name.bytes().all(allowed)
}

/// Whether a byte may belong to a character that is not allowed; without branches, because every text passes here.
fn has_suspect(text: &[u8]) -> bool {
    let suspect = |byte: u8| (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) | (byte == 0xef);
    text.iter().fold(false, |found, byte| found | suspect(*byte))
}

/// XML 1.0, production 2.
fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn check_attributes(attributes: &str) -> Result<(), ReadErrorKind> {
    for attribute in Attributes::new(attributes, 0) {
        let attribute = attribute.map_err(|error| ReadErrorKind::Malformed(error.to_string()))?;
        if attribute.value.contains('<') {
            return Err(ReadErrorKind::Malformed("an attribute contains `<`".to_owned()));
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        value.map_err(|error| ReadErrorKind::Malformed(error.to_string()))?;
    }
    Ok(())
}

/// The five entities of XML itself and references to characters; nothing else exists without a DOCTYPE.
fn resolve(reference: &BytesRef<'_>) -> Result<char, ReadErrorKind> {
    match reference.as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        name => match reference.resolve_char_ref() {
            Ok(Some(character)) => Ok(character),
            _ => Err(ReadErrorKind::Entity(name.to_owned())),
        },
    }
}

/// Refuses a declaration that contradicts how the bytes were read; UTF-16 says nothing of the byte order.
fn check_encoding(declaration: &BytesDecl<'_>, actual: &'static encoding_rs::Encoding) -> Result<(), ReadErrorKind> {
    let Some(label) = declaration.encoding() else { return Ok(()) };
    let label = label.map_err(|error| ReadErrorKind::Malformed(error.to_string()))?;
    let declared = by_label(&label)?;
    let utf16 = [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE];
    if declared == actual || (utf16.contains(&declared) && utf16.contains(&actual)) {
        return Ok(());
    }
    Err(ReadErrorKind::EncodingDiffers { declared: label.into_owned(), actual: actual.name() })
}
