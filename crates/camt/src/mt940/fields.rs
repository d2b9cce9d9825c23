//! Lines of MT940 to fields: tag, value, line.
//!
//! Knows nothing of what a tag means. Keeps the invariant that a field is bounded by the limit, and that every byte of a
//! legacy encoding becomes a character.

use std::io::{BufRead, Read};

use encoding_rs::WINDOWS_1252;

use crate::{ReadError, ReadErrorKind};

/// A field, `:86:` with all its lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Field {
    /// `86`, without the colons.
    pub(crate) tag: String,
    /// The value's lines without line ends, at least one.
    pub(crate) lines: Vec<String>,
    /// Line of the tag, from 1.
    pub(crate) line: u64,
}

/// A pull of fields.
pub(crate) struct Fields<R> {
    input: R,
    limit: usize,
    line: u64,
    /// The line that ended the field before, not yet given.
    ahead: Option<String>,
}

impl<R: BufRead> Fields<R> {
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self { input, limit, line: 0, ahead: None }
    }

    /// The next field; lines that belong to none (headers of networks and files) are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Field>, ReadError> {
        while let Some(text) = self.take_line()? {
            if let Some((tag, value)) = split_tag(&text) {
                let field = Field { tag: tag.to_owned(), lines: vec![value.to_owned()], line: self.line };
                return Ok(Some(self.rest_of_field(field)?));
            }
        }
        Ok(None)
    }

    fn rest_of_field(&mut self, mut field: Field) -> Result<Field, ReadError> {
        let mut size = 0_usize;
        while let Some(line) = self.take_line()? {
            if split_tag(&line).is_some() || (is_end(&line) && self.message_ends()?) {
                self.ahead.get_or_insert(line);
                break;
            }
            size = size.saturating_add(line.len().max(1));
            if size > self.limit {
                return Err(self.error(format!(":{}", field.tag), ReadErrorKind::TooLong(self.limit)));
            }
            field.lines.push(line);
        }
        Ok(field)
    }

    /// Whether a line with `-` is the end of the message and not one of a text: nothing, or a message, must follow.
    fn message_ends(&mut self) -> Result<bool, ReadError> {
        self.ahead = self.take_line()?;
        let ahead = self.ahead.as_deref().unwrap_or_default();
        Ok(ahead.trim().is_empty() || ahead.starts_with('{') || split_tag(ahead).is_some())
    }

    /// A line without its end and control characters. UTF-8 where it is valid, else Windows-1252: MT940 declares nothing.
    fn take_line(&mut self) -> Result<Option<String>, ReadError> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let mut input = self.input.by_ref().take(self.limit.saturating_add(1) as u64);
        let read = input.read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| self.error(String::new(), error.into()))?;
        self.line += 1;
        if read > self.limit {
            return Err(self.error(String::new(), ReadErrorKind::TooLong(self.limit)));
        }
        let text =
            String::from_utf8(bytes).unwrap_or_else(|error| WINDOWS_1252.decode(error.as_bytes()).0.into_owned());
        Ok((read > 0).then(|| text.trim_matches(|c: char| c.is_control() || c == '\u{feff}').to_owned()))
    }

    /// Line that was read last, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line.max(1)
    }

    pub(crate) fn error(&self, path: String, kind: ReadErrorKind) -> ReadError {
        ReadError { line: self.line(), path, kind }
    }
}

/// `-`, `-}` or `--`, with blanks after it.
fn is_end(line: &str) -> bool {
    matches!(line.trim_end(), "-" | "-}" | "--")
}

/// `:61:…` to `61` and the rest: two digits and perhaps a capital letter.
fn split_tag(line: &str) -> Option<(&str, &str)> {
    // SWIFT: the text block may begin on the line of its header.
    let line = line.rsplit_once("{4:").map_or(line, |(_, text)| text);
    let (tag, value) = line.strip_prefix(':')?.split_once(':')?;
    let valid = match tag.as_bytes() {
        [a, b] => a.is_ascii_digit() && b.is_ascii_digit(),
        [a, b, letter] => a.is_ascii_digit() && b.is_ascii_digit() && letter.is_ascii_uppercase(),
        _ => false,
    };
    valid.then_some((tag, value))
}
