//! Splits the lines of an MT940 into fields: tag, value, line.
//!
//! Knows nothing of what a tag means. Invariants: the limit bounds a field; every byte of a legacy encoding becomes a
//! character.

use std::io::{self, BufRead, Chain, Cursor, Read};

use encoding_rs::WINDOWS_1252;

use crate::{ReadError, ReadErrorKind};

/// A field; `:86:` with all its lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Field {
    /// `86`, without the colons.
    pub(crate) tag: String,
    /// The value's lines without line ends, at least one.
    pub(crate) lines: Vec<String>,
    /// Line of the tag, from 1.
    pub(crate) line: u64,
}

/// How many first bytes are searched for line ends.
const PREFIX: u64 = 1_024;

/// Reads fields one by one.
pub(crate) struct Fields<R> {
    input: Chain<Cursor<Vec<u8>>, R>,
    /// Whether the first bytes have been examined.
    started: bool,
    /// Whether `@@` ends a line too, as in what FinTS delivers. Only if the first field shows it: inside a text it may
    /// be part of the text.
    at_signs: bool,
    /// Whether the last line ended with a carriage return, so that a line feed may follow.
    returned: bool,
    limit: usize,
    line: u64,
    /// The line that ended the field before, not handed out yet.
    ahead: Option<String>,
}

impl<R: BufRead> Fields<R> {
    pub(crate) fn new(input: R, limit: usize) -> Self {
        let input = Cursor::new(Vec::new()).chain(input);
        Self { input, started: false, at_signs: false, returned: false, limit, line: 0, ahead: None }
    }

    /// The next field; lines outside of fields (headers of networks and files) are skipped.
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

    /// Whether a line with `-` ends the message instead of being text: only if nothing, or another message, follows.
    fn message_ends(&mut self) -> Result<bool, ReadError> {
        self.ahead = self.take_line()?;
        let ahead = self.ahead.as_deref().unwrap_or_default();
        Ok(ahead.trim().is_empty() || ahead.starts_with('{') || split_tag(ahead).is_some())
    }

    /// A line without its end and without control characters. It is UTF-8 if that is valid, else Windows-1252, because
    /// MT940 declares no encoding. Brackets and braces are not changed, although DIN 66003 writes umlauts so: nothing
    /// says where.
    fn take_line(&mut self) -> Result<Option<String>, ReadError> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        let read = self.read_line();
        let read = read.map_err(|error| self.error(String::new(), error.into()))?;
        let Some(bytes) = read else { return Ok(None) };
        self.line = self.line.saturating_add(1);
        if bytes.len() > self.limit {
            return Err(self.error(String::new(), ReadErrorKind::TooLong(self.limit)));
        }
        let text =
            String::from_utf8(bytes).unwrap_or_else(|error| WINDOWS_1252.decode(error.as_bytes()).0.into_owned());
        // PostgreSQL stores no zero byte in a text
        Ok(Some(text.trim_matches(|c: char| c.is_control() || c == '\u{feff}').replace('\0', " ")))
    }

    /// The bytes of a line without its end, or a few more than the limit allows; `None` at the end of the input.
    fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if !self.started {
            self.start()?;
        }
        let mut line = Vec::new();
        let mut any = false;
        while line.len() <= self.limit {
            let bytes = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            let Some(first) = bytes.first() else { break };
            if std::mem::take(&mut self.returned) && *first == b'\n' {
                self.input.consume(1);
                continue;
            }
            any = true;
            let end = match self.at_signs {
                true => memchr::memchr3(b'\n', b'\r', b'@', bytes),
                false => memchr::memchr2(b'\n', b'\r', bytes),
            };
            let found = end.and_then(|end| bytes.get(end).copied());
            line.extend_from_slice(bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default());
            let taken = end.map_or(bytes.len(), |end| end.saturating_add(1));
            self.input.consume(taken);
            match found {
                Some(b'@') if !self.second_at_sign()? => line.push(b'@'),
                Some(end) => {
                    self.returned = end == b'\r';
                    return Ok(Some(line));
                }
                None => {}
            }
        }
        Ok(Some(line).filter(|_| any))
    }

    /// Skips the second `@` of a line end; false if the first one was alone.
    fn second_at_sign(&mut self) -> io::Result<bool> {
        let second = self.input.fill_buf()?.first() == Some(&b'@');
        if second {
            self.input.consume(1);
        }
        Ok(second)
    }

    /// Examines the first bytes.
    fn start(&mut self) -> io::Result<()> {
        let mut prefix = Vec::new();
        let (_, input) = self.input.get_mut();
        input.take(PREFIX).read_to_end(&mut prefix)?;
        let ends = memchr::memmem::find_iter(&prefix, b"@@:");
        self.at_signs = ends.filter_map(|end| prefix.get(end.saturating_add(2)..)).any(|tag| {
            let tag = tag.get(..5).unwrap_or(tag);
            std::str::from_utf8(tag).is_ok_and(|tag| split_tag(tag).is_some())
        });
        *self.input.get_mut().0 = Cursor::new(prefix);
        self.started = true;
        Ok(())
    }

    /// The line that was read last, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line.max(1)
    }

    pub(crate) fn error(&self, path: String, kind: ReadErrorKind) -> ReadError {
        ReadError { line: self.line(), column: None, path, kind }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &[&str]) {
        for capacity in [1, 2, 3, 5, 4_096] {
            let mut fields = Fields::new(io::BufReader::with_capacity(capacity, input.as_bytes()), 100);
            let mut shown = Vec::new();
            while let Some(field) = fields.next().unwrap() {
                shown.push(format!("{} {} {}", field.line, field.tag, field.lines.join("/")));
            }
            assert_eq!(shown, expected, "{input:?} by {capacity}");
        }
    }

    #[test]
    fn ends_of_lines() {
        let expected = ["1 20 A", "2 86 b@c/d", "4 62F x"];
        for end in ["\n", "\r\n", "\r", "@@"] {
            let input = [":20:A", ":86:b@c", "d", ":62F:x", "-"].join(end);
            check(&input, &expected);
            check(&(input + end), &expected);
        }
        // Where the file does not end its lines with it, it is text.
        check(":20:A\r\n:86:b@@c@@\r\n:62F:x", &["1 20 A", "2 86 b@@c@@", "3 62F x"]);
        check("@@:20:A@@:86:b@c@", &["2 20 A", "3 86 b@c@"]);
        check("\r\n\r\n:20:A\r\r:25:b", &["3 20 A/", "5 25 b"]);
    }
}
