//! A text as pieces: runs of letters and runs of digits, and how each hangs on the one before.
//!
//! Must not know references or schemes. Invariant: pieces are in the order of the text and do not overlap, and so are
//! their symbols; every symbol of a piece of digits is one character of the text.

mod split;

use std::ops::Range;

use crate::fold;

/// Separators up to this many characters leave two pieces neighbours.
const WIDEST_GAP: usize = 8;

/// What a piece is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Letters,
    Digits,
    /// Letters or strokes that are read as digits.
    LookAlike,
}

/// How a piece hangs on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Nothing between: the text changes from letters to digits or back.
    Glued,
    /// One sign as numbers have it inside: `.` `-` `/` `_`.
    Tight,
    /// A line's end alone: perhaps the bank's, in the middle of a number.
    Line,
    /// Blanks or other separators.
    Loose,
    /// Too much between them to be one number.
    Far,
}

/// A run of symbols of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) class: Class,
    pub(crate) link: Link,
    /// Where its symbols lie in [`Reading::symbols`].
    pub(crate) symbols: Range<usize>,
    /// Where it stands in the text, in bytes.
    pub(crate) bytes: Range<usize>,
}

impl Piece {
    pub(crate) fn len(&self) -> usize {
        self.symbols.len()
    }

    pub(crate) fn is_digits(&self) -> bool {
        self.class != Class::Letters
    }
}

/// One way to read a text.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) text: &'a str,
    pub(crate) pieces: Vec<Piece>,
    symbols: Vec<char>,
}

/// The room that a reading takes, kept for the next one.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    pieces: Vec<Piece>,
    symbols: Vec<char>,
}

/// What a byte of a text is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    /// A letter that is read as a digit.
    LookAlike,
    /// A sign that is read as a digit beside digits.
    Stroke,
    /// A character beyond ASCII.
    Wide,
    Separator,
}

impl Kind {
    fn plain(byte: u8) -> Kind {
        match byte {
            b'0'..=b'9' => Kind::Digit,
            b'A'..=b'Z' | b'a'..=b'z' => Kind::Letter,
            0x80.. => Kind::Wide,
            _ => Kind::Separator,
        }
    }

    fn look_alike(byte: u8) -> Kind {
        match (Kind::plain(byte), is_look_alike(byte)) {
            (Kind::Letter, true) => Kind::LookAlike,
            (Kind::Separator, true) => Kind::Stroke,
            (kind, _) => kind,
        }
    }
}

/// Bytes below 128 that are read as digits, as bits: asked for every byte of a text.
const LOOK_ALIKES: u128 = {
    let mut bits = 0;
    let mut byte = 0_u8;
    while byte < 128 {
        if fold::look_alike(byte as char).is_some() {
            bits |= 1 << byte;
        }
        byte += 1;
    }
    bits
};

fn is_look_alike(byte: u8) -> bool {
    byte < 128 && LOOK_ALIKES >> byte & 1 == 1
}

fn look_alike(byte: u8) -> char {
    let c = char::from(byte);
    fold::look_alike(c).unwrap_or(c)
}

impl<'a> Reading<'a> {
    /// Letters are letters and digits are digits.
    pub(crate) fn plain(text: &'a str, buffers: Buffers) -> Reading<'a> {
        let mut reading = Reading::empty(text, buffers);
        reading.read(Kind::plain);
        reading.split_creditor_references();
        reading
    }

    /// Letters that look like digits are digits, where they touch digits or make up a whole word.
    pub(crate) fn look_alike(text: &'a str, buffers: Buffers) -> Reading<'a> {
        let mut reading = Reading::empty(text, buffers);
        reading.read(Kind::look_alike);
        reading.take_back_letters();
        reading
    }

    /// Are any letters read as digits?
    pub(crate) fn has_look_alikes(&self) -> bool {
        self.pieces.iter().any(|piece| piece.class == Class::LookAlike)
    }

    /// Could letters or strokes beside this number be read as digits? They touch it, or make up the whole next word.
    pub(crate) fn may_look_alike(&self, at: usize) -> bool {
        let Some(piece) = self.pieces.get(at) else { return false };
        let bytes = self.text.as_bytes();
        let before = piece.bytes.start.checked_sub(1).and_then(|before| bytes.get(before));
        let touches = [before, bytes.get(piece.bytes.end)].into_iter().flatten().any(|byte| is_look_alike(*byte));
        let is_word = |at: usize| {
            let word = self.pieces.get(at).filter(|piece| piece.class == Class::Letters);
            let written = word.and_then(|piece| bytes.get(piece.bytes.clone()));
            written.is_some_and(|written| written.iter().all(|byte| is_look_alike(*byte)))
        };
        touches || at.checked_sub(1).is_some_and(is_word) || is_word(at + 1)
    }

    /// Reads run by run of one kind.
    fn read(&mut self, kind_of: impl Fn(u8) -> Kind) {
        let text = self.text;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(first) = bytes.get(at) {
            let kind = kind_of(*first);
            let run = bytes.get(at..).unwrap_or_default();
            let end = run.iter().position(|byte| kind_of(*byte) != kind);
            let run = end.map_or(run, |end| run.get(..end).unwrap_or(run));
            let end = at + run.len();
            match kind {
                Kind::Letter => self.push_run(Class::Letters, at, run, |byte| char::from(byte.to_ascii_uppercase())),
                Kind::Digit => self.push_run(Class::Digits, at, run, char::from),
                Kind::LookAlike => self.push_run(Class::LookAlike, at, run, look_alike),
                Kind::Stroke => self.push_strokes(at, run),
                Kind::Wide => {
                    let wide = text.get(at..end).unwrap_or_default().char_indices();
                    wide.for_each(|(offset, c)| self.push_plain(at + offset, c));
                }
                Kind::Separator => {}
            }
            at = end;
        }
    }

    /// Strokes are digits beside one.
    fn push_strokes(&mut self, start: usize, run: &[u8]) {
        let is_digit = |character: Option<char>| character.and_then(fold::digit).is_some();
        let end = start + run.len();
        let before = self.text.get(..start).and_then(|text| text.chars().next_back());
        let after = self.text.get(end..).and_then(|text| text.chars().next());
        if is_digit(before) {
            self.push(Class::LookAlike, '1', start..start + 1);
        }
        if is_digit(after) && (run.len() > 1 || !is_digit(before)) {
            self.push(Class::LookAlike, '1', end - 1..end);
        }
    }

    fn empty(text: &'a str, buffers: Buffers) -> Reading<'a> {
        let Buffers { mut pieces, mut symbols } = buffers;
        pieces.clear();
        symbols.clear();
        Reading { text, pieces, symbols }
    }

    /// Gives the room back.
    pub(crate) fn into_buffers(self) -> Buffers {
        Buffers { pieces: self.pieces, symbols: self.symbols }
    }

    /// The symbols of the pieces `first..=last`.
    pub(crate) fn symbols(&self, first: usize, last: usize) -> &[char] {
        let from = self.pieces.get(first).map_or(0, |piece| piece.symbols.start);
        let to = self.pieces.get(last).map_or(0, |piece| piece.symbols.end);
        self.symbols.get(from..to).unwrap_or_default()
    }

    pub(crate) fn symbols_of(&self, piece: &Piece) -> &[char] {
        self.symbols.get(piece.symbols.clone()).unwrap_or_default()
    }

    /// Where the pieces `first..=last` stand in the text, in bytes.
    pub(crate) fn bytes(&self, first: usize, last: usize) -> Range<usize> {
        let from = self.pieces.get(first).map_or(0, |piece| piece.bytes.start);
        let to = self.pieces.get(last).map_or(0, |piece| piece.bytes.end);
        from..to.max(from)
    }

    /// Where a range of symbols of digits stands in the text, in bytes.
    pub(crate) fn bytes_of_symbols(&self, symbols: Range<usize>) -> Range<usize> {
        let last = symbols.end.saturating_sub(1);
        self.byte_of(symbols.start).start..self.byte_of(last).end
    }

    /// Where a symbol of a piece of digits stands: there each symbol is one character.
    fn byte_of(&self, symbol: usize) -> Range<usize> {
        let after = self.pieces.partition_point(|piece| piece.symbols.end <= symbol);
        let Some(piece) = self.pieces.get(after) else { return 0..0 };
        let text = self.text.get(piece.bytes.clone()).unwrap_or_default();
        let character = text.char_indices().nth(symbol.saturating_sub(piece.symbols.start));
        character.map_or(piece.bytes.clone(), |(at, c)| {
            let start = piece.bytes.start + at;
            start..start + c.len_utf8()
        })
    }

    /// What stands between two pieces.
    pub(crate) fn between(&self, one: &Piece, next: &Piece) -> &'a str {
        self.text.get(one.bytes.end..next.bytes.start).unwrap_or_default()
    }

    /// The pieces with the line breaks taken out: a run that goes on in the next line is one piece.
    pub(crate) fn joined(&self) -> Vec<Piece> {
        let mut joined: Vec<Piece> = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            match joined.last_mut() {
                Some(last) if piece.link == Link::Line && last.class == piece.class => {
                    last.symbols.end = piece.symbols.end;
                    last.bytes.end = piece.bytes.end;
                }
                _ => joined.push(piece.clone()),
            }
        }
        joined
    }

    fn push_plain(&mut self, at: usize, c: char) {
        let class = if fold::digit(c).is_some() { Class::Digits } else { Class::Letters };
        fold::symbols(c).for_each(|symbol| self.push(class, symbol, at..at + c.len_utf8()));
    }

    fn push(&mut self, class: Class, symbol: char, bytes: Range<usize>) {
        let at = self.symbols.len();
        self.symbols.push(symbol);
        self.extend(class, at, bytes);
    }

    /// ASCII letters or digits of one class, all at once.
    fn push_run(&mut self, class: Class, start: usize, run: &[u8], symbol: impl Fn(u8) -> char) {
        let at = self.symbols.len();
        self.symbols.extend(run.iter().map(|byte| symbol(*byte)));
        self.extend(class, at, start..start + run.len());
    }

    /// Adds the symbols from `at` on to the last piece, or makes them one.
    fn extend(&mut self, class: Class, at: usize, bytes: Range<usize>) {
        let end = self.symbols.len();
        match self.pieces.last_mut() {
            Some(piece) if piece.class == class && bytes.start <= piece.bytes.end => {
                piece.symbols.end = end;
                piece.bytes.end = bytes.end;
            }
            last => {
                let gap = last.and_then(|piece| self.text.get(piece.bytes.end..bytes.start));
                let link = gap.map_or(Link::Far, link);
                self.pieces.push(Piece { class, link, symbols: at..end, bytes });
            }
        }
    }

    /// Look-alike letters that belong to a word (`Zimmer`) stay letters.
    fn take_back_letters(&mut self) {
        let glued = |at: usize, of: usize| {
            let hangs = self.pieces.get(at.max(of)).is_some_and(|piece| piece.link == Link::Glued);
            self.pieces.get(of).filter(|_| hangs).map(|piece| piece.class)
        };
        let is_word = |at: &usize| {
            let left = at.checked_sub(1).and_then(|of| glued(*at, of));
            let around = [left, glued(*at, at + 1)];
            around.contains(&Some(Class::Letters)) && !around.contains(&Some(Class::Digits))
        };
        let is_look_alike = |at: &usize| self.pieces.get(*at).is_some_and(|piece| piece.class == Class::LookAlike);
        let words: Vec<usize> = (0..self.pieces.len()).filter(is_look_alike).filter(is_word).collect();
        for at in words {
            let Some(piece) = self.pieces.get_mut(at) else { continue };
            piece.class = Class::Letters;
            let letters = self.text.get(piece.bytes.clone()).unwrap_or_default().chars();
            let symbols = self.symbols.get_mut(piece.symbols.clone()).unwrap_or_default();
            symbols.iter_mut().zip(letters).for_each(|(symbol, c)| *symbol = c.to_ascii_uppercase());
        }
    }
}

fn link(gap: &str) -> Link {
    match gap.as_bytes() {
        [] => Link::Glued,
        [b'\n'] | [b'\r', b'\n'] => Link::Line,
        [b'.' | b'-' | b'/' | b'_'] => Link::Tight,
        short if short.len() <= 2 => Link::Loose,
        _ if gap == "–" => Link::Tight,
        _ if gap.chars().nth(WIDEST_GAP).is_none() => Link::Loose,
        _ => Link::Far,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn shown(reading: &Reading<'_>) -> String {
        let mut shown = String::new();
        for piece in &reading.pieces {
            shown.push(match piece.link {
                Link::Glued => '~',
                Link::Tight => '.',
                Link::Line => '/',
                Link::Loose => ' ',
                Link::Far => '|',
            });
            shown.extend(reading.symbols_of(piece));
        }
        shown
    }

    #[test]
    fn plain() {
        for (text, wanted) in [
            ("KZ5010012345 6", "|KZ~5010012345 6"),
            ("5.0100.12\n3456.3", "|5.0100.12/3456.3"),
            ("a          b", "|A|B"),
            ("RF18501001234563", "|RF~18~501001234563"),
            ("Straße５", "|STRASSE~5"),
            ("", ""),
        ] {
            assert_eq!(shown(&Reading::plain(text, Buffers::default())), wanted, "{text}");
        }
    }

    #[test]
    fn look_alike() {
        for (text, wanted) in [
            ("5.O1OO.l23456.3", Some("|5.0~1~00.1~23456.3")),
            ("KZ5O1", Some("|K~2~5~0~1")),
            ("Zimmer Holz", None),
            ("SO 50|00", Some("|50 50~1~00")),
            ("danke!", None),
        ] {
            let reading = Reading::look_alike(text, Buffers::default());
            assert_eq!(reading.has_look_alikes().then(|| shown(&reading)).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn bytes_of_wide_digits() {
        let reading = Reading::plain("x ５６７", Buffers::default());
        assert_eq!(reading.bytes(1, 1), 2..11);
        assert_eq!(reading.bytes_of_symbols(2..3), 5..8);
    }
}
