//! Turns blocks of XML into starts and ends of elements, for an implementation of `Elements`.
//!
//! Knows nothing of bank messages. Invariants: what it reports is well-formed; no document type declaration and no
//! entity is ever processed; its memory is bounded by the limits.

use std::borrow::Cow;

use encoding_rs::Encoding;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, BytesText, Event};
use quick_xml::{Reader, XmlVersion};

use crate::blocks::by_label;
use crate::nest::{Nest, Position, Spot};
use crate::{Limits, ReadError, ReadErrorKind};

/// Receives starts and ends of elements.
pub(crate) trait Elements {
    /// The reason why it wants no more of them.
    type Halt: From<ReadErrorKind>;
    /// An element begins; `spot` has its name.
    fn start(&mut self, spot: Spot<'_>, attributes: &str) -> Result<(), Self::Halt>;
    /// An element ends; `spot` has its text, if it was a leaf.
    fn end(&mut self, spot: Spot<'_>) -> Result<(), Self::Halt>;
}

/// Where and why a scan ended before the end of its block.
pub(crate) struct Halted<H> {
    /// Byte of the block.
    pub(crate) at: usize,
    pub(crate) why: H,
}

/// What is known of the XML between two blocks.
#[derive(Clone)]
pub(crate) struct Scanner {
    nest: Nest,
    limits: Limits,
    /// Whether there was nothing but blanks since the last tag; these mean nothing, whatever follows.
    after_tag: bool,
}

/// A block, and what is known of it as a whole.
struct Block<'a> {
    text: &'a str,
    /// Whether it may have a character that XML does not allow.
    suspect: bool,
    /// Whether it may have line ends that must be normalised.
    returns: bool,
    encoding: &'static Encoding,
}

impl Scanner {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { nest: Nest::default(), limits: *limits, after_tag: true }
    }

    /// The elements open between two blocks.
    pub(crate) fn nest(&self) -> &Nest {
        &self.nest
    }

    /// Sets another beginning for the next block.
    pub(crate) fn move_to(&mut self, position: Position) {
        self.nest.move_to(position);
    }

    /// An error at a byte of the block.
    pub(crate) fn error(&self, block: &str, at: usize, kind: ReadErrorKind) -> ReadError {
        let spot = Spot::new(&self.nest, block);
        let position = self.nest.position_at(block, at);
        let column = Some(position.before.saturating_add(1));
        ReadError { line: position.line, column, path: spot.path_from(1), kind }
    }

    /// Reports everything that the block holds completely. Returns how many bytes are done; the rest belongs to the
    /// next block. In the last block nothing may be left over.
    pub(crate) fn scan<E: Elements>(
        &mut self,
        text: &str,
        last: bool,
        encoding: &'static Encoding,
        elements: &mut E,
    ) -> Result<usize, Halted<E::Halt>> {
        let block = Block {
            text,
            suspect: has_suspect(text),
            returns: memchr::memchr(b'\r', text.as_bytes()).is_some(),
            encoding,
        };
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        (config.check_end_names, config.allow_unmatched_ends, config.check_comments) = (false, true, true);
        // Whether the tokenizer is at the very beginning, and not before a markup or reference that it has already
        // seen.
        let mut free = true;
        let done = loop {
            if self.after_tag {
                *reader.get_mut() = skip_blanks(reader.get_ref());
            }
            let at = text.len().saturating_sub(reader.get_ref().len());
            let rest = text.get(at..).unwrap_or_default();
            if free && let Some((content, after)) = self.plain_end(rest) {
                *reader.get_mut() = after.as_bytes();
                self.close(&block, content, elements).map_err(|why| Halted { at, why })?;
                continue;
            }
            let event = reader.read_event();
            let left = reader.get_ref();
            let end = text.len().saturating_sub(left.len());
            match &event {
                Ok(Event::Eof) => break end,
                Ok(Event::Text(_)) if left.is_empty() && !last => break at,
                Ok(event) => {
                    free = !matches!(event, Event::Text(_));
                    self.event(&block, at, end, event, elements).map_err(|why| Halted { at: end, why })?;
                }
                Err(error) if !last && is_cut(error, rest) => break at,
                Err(error) => {
                    let at = match error {
                        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => at,
                        quick_xml::Error::Syntax(_) => text.len(),
                        _ => end,
                    };
                    return Err(Halted { at, why: malformed(error).into() });
                }
            }
        };
        if text.len().saturating_sub(done) > self.limits.text {
            return Err(Halted { at: text.len(), why: ReadErrorKind::TooLong(self.limits.text).into() });
        }
        self.nest.next_block(text, done);
        Ok(done)
    }

    fn event<E: Elements>(
        &mut self,
        block: &Block<'_>,
        at: usize,
        end: usize,
        event: &Event<'_>,
        elements: &mut E,
    ) -> Result<(), E::Halt> {
        if end.saturating_sub(at) > self.limits.text {
            return Err(ReadErrorKind::TooLong(self.limits.text).into());
        }
        match event {
            Event::Start(tag) => {
                let attributes = self.enter(tag, at)?;
                elements.start(Spot::new(&self.nest, block.text), attributes)?;
            }
            Event::Empty(tag) => {
                let attributes = self.enter(tag, at)?;
                elements.start(Spot::new(&self.nest, block.text), attributes)?;
                self.close(block, "", elements)?;
            }
            Event::End(tag) => {
                self.check_end(tag.name().into_inner())?;
                self.close(block, "", elements)?;
            }
            Event::Text(text) => self.text(block, text)?,
            Event::CData(text) => self.append(block, &text.xml10_content())?,
            Event::GeneralRef(reference) => self.append(block, resolve(reference)?.encode_utf8(&mut [0; 4]))?,
            Event::Decl(declaration) => check_encoding(declaration, block.encoding)?,
            Event::DocType(_) => return Err(ReadErrorKind::Doctype.into()),
            Event::Comment(_) | Event::PI(_) | Event::Eof => {}
        }
        Ok(())
    }

    /// Opens the element of `tag`, checking what the tokenizer leaves unchecked; returns its attributes.
    fn enter<'a>(&mut self, tag: &'a BytesStart<'_>, at: usize) -> Result<&'a str, ReadErrorKind> {
        if self.nest.depth() >= self.limits.depth {
            return Err(ReadErrorKind::TooDeep(self.limits.depth));
        }
        let name = tag.name().into_inner();
        let Some(prefix) = read_name(name) else {
            return Err(ReadErrorKind::Malformed(format!("{name:?} is not a name of an element")));
        };
        let attributes = tag.attributes_raw();
        if !attributes.is_empty() && plain_attribute(attributes).is_none() {
            check_attributes(attributes)?;
        }
        self.nest.enter(name, prefix, at);
        self.after_tag = true;
        Ok(attributes)
    }

    fn check_end(&self, name: &str) -> Result<(), ReadErrorKind> {
        let error = match self.nest.qualified() {
            Some(open) if open == name => return Ok(()),
            Some(open) => IllFormedError::MismatchedEndTag { expected: open.to_owned(), found: name.to_owned() },
            None => IllFormedError::UnmatchedEndTag(name.to_owned()),
        };
        Err(ReadErrorKind::Malformed(error.to_string()))
    }

    /// Text and end tag of the innermost element in the plainest form, and what follows. Most are of that form and need
    /// no tokenizer; the rest goes through it.
    fn plain_end<'a>(&self, rest: &'a str) -> Option<(&'a str, &'a str)> {
        let end = if rest.starts_with('<') { 0 } else { memchr::memchr2(b'<', b'&', rest.as_bytes())? };
        let (content, tag) = rest.split_at_checked(end)?;
        let after = tag.strip_prefix("</")?.strip_prefix(self.nest.qualified()?)?.strip_prefix('>')?;
        Some((content, after))
    }

    /// Closes the innermost element after its last text.
    fn close<E: Elements>(&mut self, block: &Block<'_>, content: &str, elements: &mut E) -> Result<(), E::Halt> {
        let plain = !block.returns && !block.suspect && content.len() <= self.limits.text;
        if plain && self.nest.text().is_empty() {
            elements.end(Spot::new(&self.nest, block.text).with_text(content))?;
        } else {
            self.text(block, content)?;
            elements.end(Spot::new(&self.nest, block.text))?;
        }
        self.nest.leave();
        self.after_tag = true;
        Ok(())
    }

    /// Adds a text as it is written in the file.
    fn text(&mut self, block: &Block<'_>, text: &str) -> Result<(), ReadErrorKind> {
        match block.returns {
            true => self.append(block, &BytesText::from_escaped(text).xml10_content()),
            false => self.append(block, text),
        }
    }

    fn append(&mut self, block: &Block<'_>, text: &str) -> Result<(), ReadErrorKind> {
        self.after_tag &= text.is_empty();
        if block.suspect
            && let Some(wrong) = text.chars().find(|c| !is_allowed(*c))
        {
            return Err(ReadErrorKind::Malformed(format!("the character {wrong:?} is not allowed")));
        }
        if self.nest.depth() == 0 {
            return match text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}') {
                "" => Ok(()),
                _ => Err(ReadErrorKind::Malformed("text outside of any element".to_owned())),
            };
        }
        if self.nest.text().len().saturating_add(text.len()) > self.limits.text {
            return Err(ReadErrorKind::TooLong(self.limits.text));
        }
        self.nest.append(text);
        Ok(())
    }
}

/// The value of an attribute, from the attributes that a scan has reported.
pub(crate) fn attribute<'a>(raw: &'a str, name: &str) -> Option<Cow<'a, str>> {
    match plain_attribute(raw) {
        Some((only, value)) => (only == name).then_some(Cow::Borrowed(value)),
        None => attributes(raw).find(|(other, _)| *other == name).map(|(_, value)| value),
    }
}

/// Name and value of a single attribute in the plainest form, as most are: a blank, letters, a value in quotes.
fn plain_attribute(raw: &str) -> Option<(&str, &str)> {
    let (name, value) = raw.strip_prefix(' ')?.strip_suffix('"')?.split_once("=\"")?;
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_word(name) && is_word(value)).then_some((name, value))
}

/// Names and values of the attributes that a scan has reported.
pub(crate) fn attributes(raw: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    Attributes::new(raw, 0).filter_map(|attribute| {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        Some((attribute.key.into_inner(), value))
    })
}

fn skip_blanks(bytes: &[u8]) -> &[u8] {
    let blanks = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    bytes.get(blanks..).unwrap_or_default()
}

/// Whether an error may only come from the end of the block; `rest` begins with the token that could not be read.
fn is_cut(error: &quick_xml::Error, rest: &str) -> bool {
    match error {
        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => false,
        quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => rest.len() < 3,
        quick_xml::Error::Syntax(_) => true,
        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => {
            !rest.bytes().skip(1).any(|byte| matches!(byte, b'<' | b'&' | b';'))
        }
        _ => false,
    }
}

fn malformed(error: &quick_xml::Error) -> ReadErrorKind {
    match error {
        quick_xml::Error::Syntax(SyntaxError::UnclosedDoctype) => ReadErrorKind::Doctype,
        quick_xml::Error::Syntax(error) => ReadErrorKind::Malformed(error.to_string()),
        quick_xml::Error::IllFormed(error) => ReadErrorKind::Malformed(error.to_string()),
        error => ReadErrorKind::Malformed(error.to_string()),
    }
}

/// The length of the prefix, colon included, if this is a name by XML 1.0, production 4, without the finer classes
/// beyond ASCII.
fn read_name(name: &str) -> Option<usize> {
    let first = name.bytes().next()?;
    let marks = name.bytes().fold(0, |marks, byte| marks | NAME.get(usize::from(byte)).copied().unwrap_or(WRONG));
    match marks {
        0 if !first.is_ascii_digit() => Some(0),
        PREFIXED | MARKED | MARKED_PREFIXED if !first.is_ascii_digit() && !matches!(first, b'-' | b'.') => {
            Some(name.find(':').map_or(0, |colon| colon.saturating_add(1)))
        }
        _ => None,
    }
}

/// A byte that no name contains.
const WRONG: u8 = 1;
/// The end of a prefix.
const PREFIXED: u8 = 2;
/// A byte that may be inside a name, not at its beginning.
const MARKED: u8 = 4;
const MARKED_PREFIXED: u8 = MARKED | PREFIXED;

/// What each byte means inside a name.
const NAME: [u8; 256] = {
    let mut marks = [WRONG; 256];
    let mut byte = 0_u8;
    loop {
        #[expect(clippy::indexing_slicing, reason = "a byte is less than 256, and the compiler evaluates this")]
        {
            marks[byte as usize] = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80.. => 0,
                b':' => PREFIXED,
                b'-' | b'.' => MARKED,
                _ => WRONG,
            };
        }
        if byte == u8::MAX {
            break marks;
        }
        byte += 1;
    }
};

/// Whether a byte may belong to a character that is not allowed. Without branches, because every byte passes here.
fn has_suspect(text: &str) -> bool {
    let suspect = |byte: u8| (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) | (byte == 0xef);
    text.bytes().fold(false, |found, byte| found | suspect(byte))
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

/// The five entities of XML itself, and character references; nothing else exists without a DOCTYPE.
fn resolve(reference: &BytesRef<'_>) -> Result<char, ReadErrorKind> {
    match reference.as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        name => match reference.resolve_char_ref() {
            Ok(Some(character)) if is_allowed(character) => Ok(character),
            Ok(Some(wrong)) => Err(ReadErrorKind::Malformed(format!("the character {wrong:?} is not allowed"))),
            _ => Err(ReadErrorKind::Entity(name.to_owned())),
        },
    }
}

/// Refuses a declaration that contradicts how the bytes were read. UTF-16 does not have to name the byte order.
fn check_encoding(declaration: &BytesDecl<'_>, actual: &'static Encoding) -> Result<(), ReadErrorKind> {
    let Some(label) = declaration.encoding() else { return Ok(()) };
    let label = label.map_err(|error| ReadErrorKind::Malformed(error.to_string()))?;
    let declared = by_label(&label)?;
    let utf16 = [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE];
    if declared == actual || (utf16.contains(&declared) && utf16.contains(&actual)) {
        return Ok(());
    }
    Err(ReadErrorKind::EncodingDiffers { declared: label.into_owned(), actual: actual.name() })
}
