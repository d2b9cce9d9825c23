//! Turns bytes of any encoding into blocks of UTF-8.
//!
//! Knows nothing of XML except where its declaration names an encoding. Invariants: everything that is handed out is
//! valid UTF-8, checked once; only the current block is in memory.

use std::io::{self, BufRead};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::ReadErrorKind;

/// Bytes of UTF-8 in memory at once; more only where one token is longer.
pub(crate) const BLOCK: usize = 256 << 10;
/// An XML declaration is only looked for in this many first bytes.
const DECLARATION: usize = 512;
/// The most bytes that a decoder may need for one character.
const CHARACTER: usize = 8;

/// A reader of blocks of UTF-8 over an input of any encoding.
pub(crate) struct Blocks<R> {
    input: R,
    /// The bytes that were read to find the encoding, until they are decoded.
    prefix: Vec<u8>,
    decoder: Option<Decoder>,
    text: String,
    /// Whether the decoder has seen the end of the input, after which it must not be used.
    ended: bool,
    /// The error after which no more can be read.
    stop: Option<ReadErrorKind>,
}

impl<R: BufRead> Blocks<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, prefix: Vec::new(), decoder: None, text: String::new(), ended: false, stop: None }
    }

    /// The encoding found, UTF-8 before the first byte is read.
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.decoder.as_ref().map_or(UTF_8, Decoder::encoding)
    }

    /// Whether the input ends after the text that is held.
    pub(crate) fn is_last(&self) -> bool {
        self.ended
    }

    /// The text that was read and not consumed yet.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Drops the first bytes of the text; all of it if they do not end at a character boundary.
    pub(crate) fn consume(&mut self, bytes: usize) {
        let rest = self.text.get(bytes..).unwrap_or_default().len();
        self.text.drain(..self.text.len().saturating_sub(rest));
    }

    /// Takes the first bytes of the text out, in a buffer of their own; the rest becomes the text.
    pub(crate) fn split(&mut self, bytes: usize) -> String {
        let rest = self.text.get(bytes..).unwrap_or_default();
        let mut next = String::with_capacity(BLOCK);
        next.push_str(rest);
        let length = self.text.len().saturating_sub(rest.len());
        let mut block = std::mem::replace(&mut self.text, next);
        block.truncate(length);
        block
    }

    /// Puts back a part that was taken out and not used.
    pub(crate) fn put_back(&mut self, rest: &str) {
        self.text.insert_str(0, rest);
    }

    /// The error after which no more can be read; `None` if the input simply ended.
    pub(crate) fn take_stop(&mut self) -> Option<ReadErrorKind> {
        self.stop.take()
    }

    /// Reads until the block is full or the input ends; a block that is full already grows.
    pub(crate) fn fill(&mut self) {
        let spare = BLOCK.saturating_sub(self.text.len());
        // A token longer than the block is scanned again after each growth: doubling keeps that linear.
        self.text.reserve_exact(if spare < CHARACTER { self.text.len().max(BLOCK) } else { spare });
        while !self.ended && self.text.capacity().saturating_sub(self.text.len()) >= CHARACTER {
            if let Err(stop) = self.decode() {
                self.stop = Some(stop);
                self.ended = true;
            }
        }
    }

    fn decode(&mut self) -> Result<(), ReadErrorKind> {
        if self.decoder.is_none() {
            self.decoder = Some(detect(&mut self.input, &mut self.prefix)?);
        }
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        let (source, last) = match self.prefix.is_empty() {
            false => (self.prefix.as_slice(), false),
            true => read_some(&mut self.input).map(|bytes| (bytes, bytes.is_empty()))?,
        };
        let (result, read) = decoder.decode_to_string_without_replacement(source, &mut self.text, last);
        match self.prefix.is_empty() {
            false => drop(self.prefix.drain(..read)),
            true => self.input.consume(read),
        }
        match result {
            DecoderResult::Malformed(..) => Err(ReadErrorKind::Bytes { encoding: decoder.encoding().name() }),
            DecoderResult::InputEmpty => {
                self.ended = last;
                Ok(())
            }
            DecoderResult::OutputFull => Ok(()),
        }
    }
}

/// Reads as much into `prefix` as is needed to choose the decoder, removes a byte order mark and makes the decoder.
fn detect(input: &mut impl BufRead, prefix: &mut Vec<u8>) -> Result<Decoder, ReadErrorKind> {
    while prefix.len() < DECLARATION {
        let bytes = read_some(input)?;
        if bytes.is_empty() {
            break;
        }
        let taken = bytes.len().min(DECLARATION - prefix.len());
        prefix.extend(bytes.iter().take(taken));
        input.consume(taken);
    }
    let (encoding, mark) = match prefix.as_slice() {
        [b'<', 0, ..] => (UTF_16LE, 0),
        [0, b'<', ..] => (UTF_16BE, 0),
        bytes => match Encoding::for_bom(bytes) {
            Some(found) => found,
            None => (declared(bytes)?, 0),
        },
    };
    prefix.drain(..mark);
    Ok(encoding.new_decoder_without_bom_handling())
}

/// The bytes that are available, waiting for at least one; empty at the end.
fn read_some(input: &mut impl BufRead) -> Result<&[u8], ReadErrorKind> {
    while let Err(error) = input.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error.into());
        }
    }
    Ok(input.fill_buf()?)
}

/// The encoding that the XML declaration names; UTF-8 if there is none. A declaration of UTF-16 cannot be true here,
/// because the bytes were legible as ASCII; the reader that checks the declaration later reports it.
fn declared(bytes: &[u8]) -> Result<&'static Encoding, ReadErrorKind> {
    let text = String::from_utf8_lossy(bytes);
    let Some(declaration) = text.trim_ascii_start().strip_prefix("<?xml").and_then(|rest| rest.split("?>").next())
    else {
        return Ok(UTF_8);
    };
    let label = declaration.split_once("encoding").and_then(|(_, value)| value.split(['"', '\'']).nth(1));
    let encoding = label.map_or(Ok(UTF_8), by_label)?;
    Ok(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// The encoding of a label like `ISO-8859-1`.
pub(crate) fn by_label(label: &str) -> Result<&'static Encoding, ReadErrorKind> {
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| ReadErrorKind::Encoding(label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Result<&str, &str>) {
        for capacity in [1, 2, 3, 7, 600] {
            let mut blocks = Blocks::new(io::BufReader::with_capacity(capacity, bytes));
            blocks.fill();
            let stop = blocks.take_stop().map(|kind| kind.to_string());
            assert!(blocks.is_last());
            match expected {
                Ok(expected) => assert_eq!((blocks.text(), stop), (expected, None)),
                Err(expected) => assert_eq!(stop.unwrap(), expected),
            }
        }
    }

    fn utf16(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = mark.then_some('\u{feff}');
        mark.into_iter().chain(text.chars()).collect::<String>().encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings() {
        let latin = "<?xml version='1.0' encoding='ISO-8859-1'?>ü";
        let euro = "<?xml version=\"1.0\" encoding = \"ISO-8859-15\"?>€";
        check("ü€".as_bytes(), Ok("ü€"));
        check("\u{feff}ü€".as_bytes(), Ok("ü€"));
        check(&latin.chars().map(|c| c as u8).collect::<Vec<_>>(), Ok(latin));
        check(&euro.chars().map(|c| if c == '€' { 0xa4 } else { c as u8 }).collect::<Vec<_>>(), Ok(euro));
        check(
            b"<?xml version='1.0' encoding='Windows-1252'?>\x80",
            Ok("<?xml version='1.0' encoding='Windows-1252'?>€"),
        );
        for mark in [true, false] {
            check(&utf16("<a>ü𝄞</a>", mark, u16::to_le_bytes), Ok("<a>ü𝄞</a>"));
            check(&utf16("<a>ü𝄞</a>", mark, u16::to_be_bytes), Ok("<a>ü𝄞</a>"));
        }
        check(b"", Ok(""));
    }

    #[test]
    fn wrong_bytes() {
        let utf8 = "the bytes are not UTF-8; the file is damaged or declares a wrong encoding";
        check(b"M\xfcller", Err(utf8));
        check(b"M\xc3", Err(utf8));
        check(b"<\0a", Err(&utf8.replace("UTF-8", "UTF-16LE")));
        check(b"<?xml encoding='KOI9'?>", Err("the encoding KOI9 is not supported"));
    }

    #[test]
    fn blocks_follow_each_other() {
        let input = "äöü€".repeat(BLOCK);
        let mut blocks = Blocks::new(input.as_bytes());
        let mut read = String::new();
        while !blocks.is_last() {
            blocks.fill();
            assert!(blocks.text().len() <= BLOCK);
            let part = blocks.text().char_indices().nth_back(2).map_or(0, |(at, _)| at);
            read += &blocks.split(part);
            blocks.consume(0);
        }
        assert_eq!(read + blocks.text(), input);
    }

    #[test]
    fn a_full_block_grows() {
        let input = "x".repeat(BLOCK + 1);
        let mut blocks = Blocks::new(input.as_bytes());
        while !blocks.is_last() {
            blocks.fill();
        }
        assert_eq!(blocks.text(), input);
    }
}
