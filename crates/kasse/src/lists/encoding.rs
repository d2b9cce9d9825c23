//! From a list's bytes to text: UTF-8, UTF-16 or Windows-1252.
//!
//! Invariant: a text is read only where one encoding makes sense of all of it. A name with wrong letters is nobody's name:
//! who pays under his true one would not be found. So whatever was damaged, or is another encoding, is refused with line
//! and byte.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::damage::{damage, is_no_letter, is_twice};

/// What to do about it.
const ADVICE: &str = "save the list anew as UTF-8";

/// Bytes in which UTF-16 without a mark shows itself.
const LOOKED_AT: usize = 1_024;

/// A list's text.
///
/// # Errors
/// With line and byte, where no encoding makes sense of it.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if let Some(marked) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return match std::str::from_utf8(marked) {
            Ok(text) => undamaged(text.into()),
            Err(error) => Err(format!(
                "{}: the mark at its beginning says UTF-8, and this is none; {ADVICE}",
                place(marked, error.valid_up_to())
            )),
        };
    }
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err(format!("line 1: this is UTF-32; {ADVICE}"));
    }
    if let Some(wide) = wide(bytes) {
        let (text, broken) = wide.decode_with_bom_removal(bytes);
        let fault = || text.find('\u{fffd}').map_or(text.len(), |place| place);
        return if broken || bytes.len() % 2 == 1 {
            Err(format!("{}: this UTF-16 is damaged or breaks off; {ADVICE}", place(text.as_bytes(), fault())))
        } else {
            undamaged(text)
        };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => undamaged(text.into()),
        Err(error) => one_byte_letters(bytes, error.valid_up_to()),
    }
}

/// The beginning of a file as text, whatever it is: only to tell what the file holds.
pub(super) fn glance(prefix: &[u8]) -> Cow<'_, str> {
    match wide(prefix) {
        Some(wide) => wide.decode_with_bom_removal(prefix).0,
        None => String::from_utf8_lossy(prefix.strip_prefix(b"\xef\xbb\xbf").unwrap_or(prefix)),
    }
}

/// Whether this is UTF-16.
pub(super) fn is_wide(bytes: &[u8]) -> bool {
    wide(bytes).is_some()
}

/// Which UTF-16 it is: by its mark, or by every other byte being zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let (pairs, _) = bytes.get(..LOOKED_AT).unwrap_or(bytes).as_chunks::<2>();
    let zeros = |which: fn(&[u8; 2]) -> u8| pairs.iter().filter(|pair| which(pair) == 0).count();
    let (high, low) = (zeros(|[first, _]| *first), zeros(|[_, second]| *second));
    let mostly = |zeros: usize| zeros > 0 && zeros * 10 >= pairs.len() * 7;
    match (mostly(high) && low == 0, mostly(low) && high == 0) {
        (true, _) => Some(UTF_16BE),
        (_, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// `line 3, byte 17`: the byte counted within its line, from 1.
fn place(bytes: &[u8], offset: usize) -> String {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
    format!("line {line}, byte {}", offset - start + 1)
}

/// A text of whole characters, unless it was damaged before.
fn undamaged(text: Cow<'_, str>) -> Result<Cow<'_, str>, String> {
    match damage(&text) {
        None => Ok(text),
        Some((offset, why)) => Err(format!("{}: {why}; {ADVICE}", place(text.as_bytes(), offset))),
    }
}

/// Windows-1252, where it is plausible; `first` is the byte that is no UTF-8.
fn one_byte_letters(bytes: &[u8], first: usize) -> Result<Cow<'_, str>, String> {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    // each byte is one character, so that the place of a character is that of its byte
    let letters = letters();
    let letter = |byte: u8| letters.get(usize::from(byte)).copied().unwrap_or(' ');
    let is_plain = is_plain(bytes, letter);
    for (offset, one) in bytes.iter().map(|byte| letter(*byte)).enumerate().filter(|(_, one)| !one.is_ascii()) {
        let at = |place: Option<usize>| place.and_then(|place| bytes.get(place)).map_or(' ', |byte| letter(*byte));
        let (before, next) = (at(offset.checked_sub(1)), at(offset.checked_add(1)));
        if is_twice(one, next) {
            let why = "the list is UTF-8, but this byte is none";
            return Err(format!("{}: {why}; {ADVICE}", place(bytes, first)));
        }
        let is_doubtful = !is_plain && !is_likely(before, one, next, at(offset.checked_sub(2)));
        if is_doubtful || !is_letter_here(before, one, next) {
            let byte = format!("0x{:02X}", bytes.get(offset).copied().unwrap_or(0));
            let why = format!("the byte {byte} is neither UTF-8 nor a letter of Windows-1252 here");
            return Err(format!("{}: {why} (perhaps a DOS program's CP850); {ADVICE}", place(bytes, offset)));
        }
    }
    undamaged(text)
}

/// The characters of Windows-1252 by their bytes.
fn letters() -> Vec<char> {
    let all: Vec<u8> = (0..=u8::MAX).collect();
    WINDOWS_1252.decode_without_bom_handling(&all).0.chars().collect()
}

/// Whether the letters of German stand within words as Windows-1252 has them: neither CP850 nor Mac Roman has letters there.
fn is_plain(bytes: &[u8], letter: impl Fn(u8) -> char) -> bool {
    let is_letter = |byte: u8| letter(byte).is_alphabetic();
    let mut words = bytes.windows(3);
    words.any(|three| match three {
        [before, one, next] => "äöüß".contains(letter(*one)) && is_letter(*before) && is_letter(*next),
        _ => false,
    })
}

/// Whether a letter of Windows-1252 is likely where it stands, and not the one that another encoding has in its place.
fn is_likely(before: char, one: char, next: char, earlier: char) -> bool {
    let is_consonant = |letter: char| letter.is_alphabetic() && !"aeiouyäöü".contains(letter.to_ascii_lowercase());
    match one {
        // Mac Roman: »BŠcker«, »Jšrg«; names with these letters have a vowel beside the small one
        'Š' => !(before.is_alphabetic() && next.is_lowercase()),
        'š' => !(is_consonant(before) && is_consonant(next)),
        // CP850: »Straáe«, »Weiá«: ß stands behind a vowel, á does not, but for »Julián«
        'á' => match before.to_ascii_lowercase() {
            'i' => !earlier.eq_ignore_ascii_case(&'e'),
            vowel => !"aeou".contains(vowel),
        },
        _ => true,
    }
}

/// Whether a character of Windows-1252 can stand where it does. Letters of DOS (CP850) and of old Macs come out as
/// signs in the middle of words, or as capitals between small letters.
fn is_letter_here(before: char, one: char, next: char) -> bool {
    let within = before.is_alphabetic() && next.is_alphabetic();
    match one {
        '\u{80}'..='\u{9f}' => false,
        '™' => !next.is_alphabetic(),
        'Ÿ' => !next.is_lowercase(),
        'Š' | 'Ž' | 'Œ' => !(before.is_lowercase() && next.is_lowercase()),
        'š' => match before.is_alphabetic() {
            true => !(before.is_uppercase() && next.is_uppercase()),
            false => !next.is_lowercase(),
        },
        sign => !(within && is_no_letter(sign)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<&str, &str>) {
        let expected = expected.map(str::to_owned).map_err(|why| format!("{why}; {ADVICE}"));
        assert_eq!(decode(bytes).map(Cow::into_owned), expected);
    }

    #[test]
    fn each_encoding_that_lists_come_in_is_read() {
        check(b"\xef\xbb\xbfM\xc3\xbcller", Ok("Müller"));
        check(
            "Müller, „Krone“, Dušan Žagar, João, Straße".as_bytes(),
            Ok("Müller, „Krone“, Dušan Žagar, João, Straße"),
        );
        check(
            b"M\xfcller; \x84Krone\x93; O\x92Hara; Du\x9aan; K\xf6ln\x96Deutz; 5 \x80",
            Ok("Müller; „Krone“; O’Hara; Dušan; Köln–Deutz; 5 €"),
        );
        for encoding in [UTF_16LE, UTF_16BE] {
            let units: Vec<u8> = "kassenzeichen;Größe"
                .encode_utf16()
                .flat_map(|unit| if encoding == UTF_16LE { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect();
            check(&units, Ok("kassenzeichen;Größe"));
            let mark: &[u8] = if encoding == UTF_16LE { b"\xff\xfe" } else { b"\xfe\xff" };
            check(&[mark, &units].concat(), Ok("kassenzeichen;Größe"));
        }
    }

    #[test]
    fn what_no_encoding_makes_sense_of_is_refused_with_line_and_byte() {
        let sign = |byte: &str| {
            format!(
                "the byte 0x{byte} is neither UTF-8 nor a letter of Windows-1252 here (perhaps a DOS program's CP850)"
            )
        };
        check(b"a\nM\x81ller", Err(&format!("line 2, byte 2: {}", sign("81"))));
        check(b"a\nJ\x84ger", Err(&format!("line 2, byte 2: {}", sign("84"))));
        check(b"a\nM\x94ller", Err(&format!("line 2, byte 2: {}", sign("94"))));
        check(b"Hauptstra\xe1e 1", Err(&format!("line 1, byte 10: {}", sign("E1"))));
        check(b"Wei\xe1", Err(&format!("line 1, byte 4: {}", sign("E1"))));
        check(b"M\x9aLLER", Err(&format!("line 1, byte 2: {}", sign("9A"))));
        check(
            "Julián Kovács László Szabó".chars().map(|one| one as u8).collect::<Vec<u8>>().as_slice(),
            Ok("Julián Kovács László Szabó"),
        );
        check(b"Be\xe1ta Ga\xe1l, J\xfcrgen", Ok("Be\u{e1}ta Ga\u{e1}l, J\u{fc}rgen"));
        check(b"J\x9arg", Err(&format!("line 1, byte 2: {}", sign("9A"))));
        check(b"B\x8acker", Err(&format!("line 1, byte 2: {}", sign("8A"))));
        check(b"\x8ater M\xfcller, Tom\x9ai\xe8", Ok("Šter Müller, Tomšiè"));
        check(b"J?rg", Err("line 1, byte 2: a letter was lost here before (\"?\")"));
        check(b"\x99zdemir", Err(&format!("line 1, byte 1: {}", sign("99"))));
        check(b"M\x9fller", Err(&format!("line 1, byte 2: {}", sign("9F"))));
        check(b"Gro\xa7e", Err(&format!("line 1, byte 4: {}", sign("A7"))));
        check(b"M\xc3\xbcller\nJ\xe4ger", Err("line 2, byte 2: the list is UTF-8, but this byte is none"));
        check("a\nM\u{fffd}ller".as_bytes(), Err("line 2, byte 2: a letter was lost here before (U+FFFD)"));
        check(
            "KÃ¤the".as_bytes(),
            Err("line 1, byte 2: \"Ã¤\" is a letter of UTF-8 that was read as two and saved anew"),
        );
        check(
            "GrÃŸe".as_bytes(),
            Err("line 1, byte 3: \"ÃŸ\" is a letter of UTF-8 that was read as two and saved anew"),
        );
        check(b"\xef\xbb\xbfM\xfcller", Err("line 1, byte 2: the mark at its beginning says UTF-8, and this is none"));
        check(b"\xff\xfeK\x00\x00", Err("line 1, byte 2: this UTF-16 is damaged or breaks off"));
        check(b"\xff\xfe\x00\x00K\x00\x00\x00", Err("line 1: this is UTF-32"));
    }
}
