//! The bytes of a file as text, whatever encoding of XML they are in.
//!
//! It knows nothing of elements. Invariants: nothing is replaced or guessed, so that bytes which are not those of the
//! encoding are an error; every place in the text can be named by its byte in the file.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding};

use super::error::{StatusError, StatusPlace};

/// The XML declaration is only looked for in this many first bytes.
const DECLARATION: usize = 512;
const MARK_UTF8: &[u8] = b"\xef\xbb\xbf";

/// A file as text.
pub(super) struct Source<'a> {
    pub(super) text: Cow<'a, str>,
    /// The length of the byte order mark, which is no part of the text.
    mark: usize,
    unit: Unit,
}

/// What a character is made of in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unit {
    Utf8,
    Utf16,
    /// One byte for each character.
    Single,
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, StatusError> {
        match bytes {
            [0xff, 0xfe, rest @ ..] => utf16(rest, 2, u16::from_le_bytes, "UTF-16LE"),
            [0xfe, 0xff, rest @ ..] => utf16(rest, 2, u16::from_be_bytes, "UTF-16BE"),
            [b'<', 0, ..] => utf16(bytes, 0, u16::from_le_bytes, "UTF-16LE"),
            [0, b'<', ..] => utf16(bytes, 0, u16::from_be_bytes, "UTF-16BE"),
            _ => match bytes.strip_prefix(MARK_UTF8) {
                Some(rest) => utf8(rest, MARK_UTF8.len()),
                None => declared(bytes),
            },
        }
    }

    /// The place of a byte of the text, in the file.
    pub(super) fn place(&self, at: usize, path: String) -> StatusPlace {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let length = match self.unit {
            Unit::Utf8 => before.len(),
            Unit::Utf16 => before.encode_utf16().count().saturating_mul(2),
            Unit::Single => before.chars().count(),
        };
        let lines = before.bytes().filter(|byte| *byte == b'\n').count() as u64;
        StatusPlace { line: lines.saturating_add(1), byte: self.mark.saturating_add(length) as u64, path }
    }
}

fn utf8(bytes: &[u8], mark: usize) -> Result<Source<'_>, StatusError> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|error| wrong(mark.saturating_add(error.valid_up_to()), "UTF-8"))?;
    Ok(Source { text: Cow::Borrowed(text), mark, unit: Unit::Utf8 })
}

fn utf16<'a>(
    bytes: &'a [u8],
    mark: usize,
    unit: fn([u8; 2]) -> u16,
    encoding: &'static str,
) -> Result<Source<'a>, StatusError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let (mut text, mut at) = (String::with_capacity(pairs.len()), mark);
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let character = character.map_err(|_| wrong(at, encoding))?;
        text.push(character);
        at = at.saturating_add(character.len_utf16().saturating_mul(2));
    }
    if rest.is_empty() { Ok(Source { text: text.into(), mark, unit: Unit::Utf16 }) } else { Err(wrong(at, encoding)) }
}

/// Text in the encoding that the XML declaration names; UTF-8 if it names none.
fn declared(bytes: &[u8]) -> Result<Source<'_>, StatusError> {
    let beginning = String::from_utf8_lossy(bytes.get(..DECLARATION).unwrap_or(bytes));
    let Some(label) = label(&beginning) else { return utf8(bytes, 0) };
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) if encoding == encoding_rs::UTF_8 => utf8(bytes, 0),
        Some(encoding) if encoding.is_single_byte() => single(bytes, encoding),
        _ => Err(StatusError::Encoding(label.to_owned())),
    }
}

fn label(beginning: &str) -> Option<&str> {
    let declaration = beginning.trim_ascii_start().strip_prefix("<?xml")?.split("?>").next()?;
    declaration.split_once("encoding")?.1.split(['"', '\'']).nth(1)
}

fn single(bytes: &[u8], encoding: &'static Encoding) -> Result<Source<'static>, StatusError> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(capacity.unwrap_or_default());
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(Source { text: text.into(), mark: 0, unit: Unit::Single }),
        _ => Err(wrong(read.saturating_sub(1), encoding.name())),
    }
}

fn wrong(byte: usize, encoding: &'static str) -> StatusError {
    StatusError::Bytes { byte: byte as u64, encoding }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text, and where in the file its last character begins.
    #[track_caller]
    fn check(bytes: &[u8], expected: Result<(&str, u64), &str>) {
        let found = Source::new(bytes).map_err(|error| error.to_string()).map(|source| {
            let last = source.text.char_indices().last().map_or(0, |(at, _)| at);
            (source.text.to_string(), source.place(last, String::new()).byte)
        });
        let expected = expected.map(|(text, byte)| (text.to_owned(), byte)).map_err(str::to_owned);
        assert_eq!(found, expected);
    }

    fn latin(text: &str) -> Vec<u8> {
        text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings() {
        let declared = "\n<?xml version='1.0' encoding='ISO-8859-1'?>üx";
        check("<a>ü€x".as_bytes(), Ok(("<a>ü€x", 8)));
        check("\u{feff}<a>ü€x".as_bytes(), Ok(("<a>ü€x", 11)));
        check(&latin(declared), Ok((declared, 45)));
        check(b"<?xml encoding=\"Windows-1252\"?>\x80x", Ok(("<?xml encoding=\"Windows-1252\"?>€x", 32)));
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            check(&utf16("<a>ü𝄞x", bytes), Ok(("<a>ü𝄞x", 12)));
            check(&utf16("\u{feff}<a>ü𝄞x", bytes), Ok(("<a>ü𝄞x", 14)));
        }
        check(b"", Ok(("", 0)));
    }

    #[test]
    fn wrong_bytes() {
        let at = |byte: u64, encoding: &str| {
            format!(
                "byte {byte}: it is not {encoding}; the file is damaged or declares a wrong encoding: fetch it again"
            )
        };
        check(b"<a>M\xfcller", Err(&at(4, "UTF-8")));
        check(b"\xef\xbb\xbf<a>M\xfc", Err(&at(7, "UTF-8")));
        check(b"<\0a\0\0\xd8a\0", Err(&at(4, "UTF-16LE")));
        check(b"\xfe\xff\0<\0", Err(&at(4, "UTF-16BE")));
        check(b"<?xml encoding='windows-1253'?>a\xaa", Err(&at(32, "windows-1253")));
        for label in ["KOI9", "UTF-16", "Shift_JIS"] {
            let why = format!("the encoding {label} is not supported; ask the bank for UTF-8");
            check(format!("<?xml encoding='{label}'?>").as_bytes(), Err(&why));
        }
    }
}
