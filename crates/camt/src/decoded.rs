//! Bytes of any encoding to UTF-8, block by block.
//!
//! Knows nothing of XML but where its declaration names an encoding. Keeps the invariants that everything handed out is
//! valid UTF-8, that the line count is that of the bytes consumed, and that no token grows beyond its limit.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::ReadErrorKind;

/// Bytes of UTF-8 held at once.
const BLOCK: usize = 64 * 1024;
/// Bytes in which an XML declaration must end to be heeded.
const DECLARATION: usize = 512;

/// A buffered reader of UTF-8 over an input of any encoding.
pub(crate) struct Decoded<R> {
    input: R,
    /// What was read of the input to find its encoding, until it is decoded.
    prefix: Vec<u8>,
    decoder: Option<Decoder>,
    block: Vec<u8>,
    from: usize,
    until: usize,
    /// End of what the current token may still take of the block.
    allowed: usize,
    line: u64,
    /// Bytes that the current token may still have.
    left: usize,
    limit: usize,
    /// Whether the decoder has seen the end of the input, after which it must not be used.
    ended: bool,
    /// Why no more can be read; kept beside the `io::Error` because that one passes through other hands.
    stop: Option<ReadErrorKind>,
}

impl<R: BufRead> Decoded<R> {
    /// A reader whose tokens may have at most `limit` bytes.
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self {
            input,
            prefix: Vec::new(),
            decoder: None,
            block: vec![0; BLOCK],
            from: 0,
            until: 0,
            allowed: 0,
            line: 1,
            left: limit,
            limit,
            ended: false,
            stop: None,
        }
    }

    /// Line of the next byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// The encoding found, UTF-8 before the first byte is read.
    pub(crate) fn encoding(&self) -> &'static Encoding {
        self.decoder.as_ref().map_or(UTF_8, Decoder::encoding)
    }

    /// Says that a new token begins with the next byte.
    pub(crate) fn begin_token(&mut self) {
        self.left = self.limit;
        self.allow();
    }

    fn allow(&mut self) {
        self.allowed = self.until.min(self.from.saturating_add(self.left));
    }

    /// Why the last read failed, if it was this reader that stopped.
    pub(crate) fn take_stop(&mut self) -> Option<ReadErrorKind> {
        self.stop.take()
    }

    /// Brings the next block, or the reason why nothing more may be read.
    #[cold]
    fn refill(&mut self) -> io::Result<()> {
        if self.from == self.until && self.stop.is_none() {
            let filled = self.fill();
            self.stop = self.stop.take().or(filled.err());
            self.allow();
        }
        if self.from < self.until && self.left == 0 {
            self.stop = Some(ReadErrorKind::TooLong(self.limit));
        }
        if self.from >= self.allowed && self.stop.is_some() {
            return Err(io::Error::other("stopped"));
        }
        Ok(())
    }

    /// Decodes until there is text, the end or a reason to stop.
    fn fill(&mut self) -> Result<(), ReadErrorKind> {
        if self.decoder.is_none() {
            self.decoder = Some(detect(&mut self.input, &mut self.prefix)?);
        }
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        while self.from == self.until && !self.ended {
            let (source, last) = match self.prefix.is_empty() {
                false => (self.prefix.as_slice(), false),
                true => read_some(&mut self.input).map(|bytes| (bytes, bytes.is_empty()))?,
            };
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(source, &mut self.block, last);
            match self.prefix.is_empty() {
                false => drop(self.prefix.drain(..read)),
                true => self.input.consume(read),
            }
            (self.from, self.until) = (0, written);
            self.ended = match result {
                DecoderResult::Malformed(..) => {
                    self.stop = Some(ReadErrorKind::Bytes { encoding: decoder.encoding().name() });
                    true
                }
                DecoderResult::InputEmpty => last,
                DecoderResult::OutputFull => false,
            };
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for Decoded<R> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.from >= self.allowed {
            self.refill()?;
        }
        Ok(self.block.get(self.from..self.allowed).unwrap_or_default())
    }

    #[inline]
    fn consume(&mut self, amount: usize) {
        let until = self.allowed.min(self.from.saturating_add(amount));
        let consumed = self.block.get(self.from..until).unwrap_or_default();
        self.line += consumed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.left = self.left.saturating_sub(consumed.len());
        self.from = until;
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

/// Reads into `prefix` what is needed to choose the decoder, takes a byte order mark off it and makes the decoder.
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

/// The bytes that are there, waiting for some; empty at the end.
fn read_some(input: &mut impl BufRead) -> Result<&[u8], ReadErrorKind> {
    while let Err(error) = input.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error.into());
        }
    }
    Ok(input.fill_buf()?)
}

/// The encoding that the XML declaration names; UTF-8 if there is none. UTF-16 cannot be true of bytes that were legible
/// as a declaration: whoever reads the declaration next says so.
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
            let mut decoded = Decoded::new(io::BufReader::with_capacity(capacity, bytes), 1 << 20);
            let mut text = String::new();
            let read = decoded.read_to_string(&mut text).map(|_| text.as_str());
            let stop = decoded.take_stop().map(|kind| kind.to_string());
            match expected {
                Ok(expected) => assert_eq!(read.unwrap(), expected),
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
    fn lines_and_limit() {
        let mut decoded = Decoded::new(&b"a\nb\r\nc"[..], 4);
        let mut text = String::new();
        assert!(decoded.read_to_string(&mut text).is_err());
        assert_eq!(decoded.take_stop().unwrap().to_string(), "a text is longer than the limit of 4 bytes");
        assert_eq!(decoded.line(), 2);
        decoded.begin_token();
        decoded.read_to_string(&mut text).unwrap();
        assert_eq!(decoded.line(), 3);
    }
}
