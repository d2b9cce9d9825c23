//! The bytes of a file as text, whatever encoding of XML they are in.
//!
//! It knows nothing of elements. Invariants: nothing is replaced or guessed, so that bytes which are not those of the
//! encoding are an error; every place in the text can be named by its byte in the file.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding};

/// The XML declaration is only looked for in this many first bytes.
const DECLARATION: usize = 512;
const MARK_UTF8: &[u8] = b"\xef\xbb\xbf";

/// Why bytes are no text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum NoText {
    /// The declared encoding is not read here.
    Encoding(String),
    /// The first byte, from 0, that is not of the encoding which was declared or assumed.
    Bytes(u64, &'static str),
}

/// A file as text.
pub(crate) struct Source<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The length of the byte order mark, which is no part of the text.
    mark: usize,
    unit: Unit,
}

/// What a character is made of in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unit {
    Utf8,
    /// Two bytes each, the higher one first or last.
    Utf16 {
        high_first: bool,
    },
    /// One byte for each character.
    Single(&'static Encoding),
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, NoText> {
        match bytes {
            [0xff, 0xfe, rest @ ..] => utf16(rest, 2, false),
            [0xfe, 0xff, rest @ ..] => utf16(rest, 2, true),
            [b'<', 0, ..] => utf16(bytes, 0, false),
            [0, b'<', ..] => utf16(bytes, 0, true),
            _ => match bytes.strip_prefix(MARK_UTF8) {
                Some(rest) => utf8(rest, MARK_UTF8.len()),
                None => declared(bytes),
            },
        }
    }

    /// The line, from 1, and the byte of the file, from 0, of a byte of the text.
    pub(crate) fn place(&self, at: usize) -> (u64, u64) {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let length = match self.unit {
            Unit::Utf8 => before.len(),
            Unit::Utf16 { .. } => before.encode_utf16().count().saturating_mul(2),
            Unit::Single(_) => before.chars().count(),
        };
        let lines = before.bytes().filter(|byte| *byte == b'\n').count() as u64;
        (lines.saturating_add(1), self.mark.saturating_add(length) as u64)
    }

    /// Another text in the encoding of the file, with its byte order mark; nothing where the encoding lacks a character.
    pub(crate) fn encode(&self, text: String) -> Option<Vec<u8>> {
        match self.unit {
            Unit::Utf8 if self.mark == 0 => Some(text.into_bytes()),
            Unit::Utf8 => Some([MARK_UTF8, text.as_bytes()].concat()),
            Unit::Utf16 { high_first } => {
                let bytes = |unit: u16| if high_first { unit.to_be_bytes() } else { unit.to_le_bytes() };
                let mark = (self.mark > 0).then_some(0xfeff);
                Some(mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect())
            }
            Unit::Single(encoding) => {
                let (bytes, _, lacking) = encoding.encode(&text);
                (!lacking).then(|| bytes.into_owned())
            }
        }
    }
}

fn utf8(bytes: &[u8], mark: usize) -> Result<Source<'_>, NoText> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|error| wrong(mark.saturating_add(error.valid_up_to()), "UTF-8"))?;
    Ok(Source { text: Cow::Borrowed(text), mark, unit: Unit::Utf8 })
}

fn utf16(bytes: &[u8], mark: usize, high_first: bool) -> Result<Source<'_>, NoText> {
    let encoding = if high_first { "UTF-16BE" } else { "UTF-16LE" };
    let unit = if high_first { u16::from_be_bytes } else { u16::from_le_bytes };
    let (pairs, rest) = bytes.as_chunks::<2>();
    let (mut text, mut at) = (String::with_capacity(pairs.len()), mark);
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let character = character.map_err(|_| wrong(at, encoding))?;
        text.push(character);
        at = at.saturating_add(character.len_utf16().saturating_mul(2));
    }
    if rest.is_empty() {
        Ok(Source { text: text.into(), mark, unit: Unit::Utf16 { high_first } })
    } else {
        Err(wrong(at, encoding))
    }
}

/// Text in the encoding that the XML declaration names; UTF-8 if it names none.
fn declared(bytes: &[u8]) -> Result<Source<'_>, NoText> {
    let beginning = String::from_utf8_lossy(bytes.get(..DECLARATION).unwrap_or(bytes));
    let Some(label) = label(&beginning) else { return utf8(bytes, 0) };
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) if encoding == encoding_rs::UTF_8 => utf8(bytes, 0),
        Some(encoding) if encoding.is_single_byte() => single(bytes, encoding),
        _ => Err(NoText::Encoding(label.to_owned())),
    }
}

fn label(beginning: &str) -> Option<&str> {
    let declaration = beginning.trim_ascii_start().strip_prefix("<?xml")?.split("?>").next()?;
    declaration.split_once("encoding")?.1.split(['"', '\'']).nth(1)
}

fn single(bytes: &[u8], encoding: &'static Encoding) -> Result<Source<'static>, NoText> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(capacity.unwrap_or_default());
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(Source { text: text.into(), mark: 0, unit: Unit::Single(encoding) }),
        _ => Err(wrong(read.saturating_sub(1), encoding.name())),
    }
}

fn wrong(byte: usize, encoding: &'static str) -> NoText {
    NoText::Bytes(byte as u64, encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text, and where in the file its last character begins.
    #[track_caller]
    fn check(bytes: &[u8], expected: Result<(&str, u64), &str>) {
        let found = Source::new(bytes).map_err(|error| format!("{error:?}")).map(|source| {
            let last = source.text.char_indices().last().map_or(0, |(at, _)| at);
            assert_eq!(source.encode(source.text.to_string()).as_deref(), Some(bytes));
            (source.text.to_string(), source.place(last).1)
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
        let at = |byte: u64, encoding: &str| format!("Bytes({byte}, {encoding:?})");
        check(b"<a>M\xfcller", Err(&at(4, "UTF-8")));
        check(b"\xef\xbb\xbf<a>M\xfc", Err(&at(7, "UTF-8")));
        check(b"<\0a\0\0\xd8a\0", Err(&at(4, "UTF-16LE")));
        check(b"\xfe\xff\0<\0", Err(&at(4, "UTF-16BE")));
        check(b"<?xml encoding='windows-1253'?>a\xaa", Err(&at(32, "windows-1253")));
        for label in ["KOI9", "UTF-16", "Shift_JIS"] {
            let why = format!("Encoding({label:?})");
            check(format!("<?xml encoding='{label}'?>").as_bytes(), Err(&why));
        }
    }
}
