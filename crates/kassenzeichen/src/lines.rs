//! Lines that a bank has cut at a fixed width.
//!
//! Knows no reference. Invariant: but for line ends, no character is lost or added.

use std::borrow::Cow;
use std::ops::Range;

/// Banks cut lines at so many characters.
pub(crate) const WIDTHS: [usize; 4] = [27, 35, 70, 140];

/// A keyword as »SVWZ+« takes so many characters of the first line, and is no part of the text.
const KEYWORD: usize = 5;

/// A text with the lines put together that a bank has cut, words and numbers in their middle among it; `None` where it has
/// no such line.
pub fn without_cuts(text: &str) -> Option<String> {
    let joined = if text.contains('\n') && WIDTHS.contains(&width(text)) { Some(Joined::new(text)) } else { None };
    joined.filter(Joined::is_cut).map(|joined| joined.text.into_owned())
}

/// How many characters its longest line has: a blank at the end of a line is lost. Of a text of few lines the first one
/// may show it alone, with its keyword.
fn width(text: &str) -> usize {
    let longest = text.split('\n').map(|line| line.chars().count()).max().unwrap_or_default();
    let first = text.split('\n').next().map_or(0, |line| line.chars().count()) + KEYWORD;
    if first == WIDTHS[0] && longest < first { first } else { longest }
}

/// A text whose lines a bank has cut at a fixed width, put together again; other line ends are blanks.
pub(crate) struct Joined<'t> {
    pub(crate) text: Cow<'t, str>,
    /// Where in the text given line ends were taken out, in bytes.
    taken_out: Vec<usize>,
}

impl<'t> Joined<'t> {
    pub(crate) fn new(text: &'t str) -> Joined<'t> {
        if !text.contains('\n') {
            return Joined { text: text.into(), taken_out: Vec::new() };
        }
        let width = width(text);
        let (mut joined, mut taken_out, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
        let mut lines = text.split('\n').peekable();
        while let Some(line) = lines.next() {
            joined.push_str(line);
            at += line.len();
            if lines.peek().is_some() {
                let length = line.chars().count();
                let is_first_of_field = at == line.len() && length + KEYWORD == width;
                if WIDTHS.contains(&width) && (length == width || is_first_of_field) {
                    taken_out.push(at);
                } else {
                    joined.push(' ');
                }
                at += 1;
            }
        }
        Joined { text: joined.into(), taken_out }
    }

    /// The same with a blank for each line end: the bank may have cut where a blank was, and lost it.
    pub(crate) fn apart(text: &str) -> Joined<'static> {
        Joined { text: text.replace('\n', " ").into(), taken_out: Vec::new() }
    }

    /// Whether a line end was taken out.
    pub(crate) fn is_cut(&self) -> bool {
        !self.taken_out.is_empty()
    }

    /// Where a range of the text given is in it.
    pub(crate) fn range(&self, span: &Range<usize>) -> Range<usize> {
        let moved = |at: usize| at - self.taken_out.iter().filter(|taken| **taken < at).count();
        moved(span.start)..moved(span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_full_width_are_one() {
        for (text, expected) in [
            ("Abgaben und fuer Frank Cord\nes Danke", Some("Abgaben und fuer Frank Cordes Danke")),
            // a blank at the end of the first line was lost
            ("Abgaben KZ 100200300 fuer\nmeine Mutter Anna Kirchhof\nf", None),
            (
                "Abgaben KZ 100200300 fuer\nmeine Mutter Anna Kirchhoff\ner",
                Some("Abgaben KZ 100200300 fuer meine Mutter Anna Kirchhoffer"),
            ),
            (
                "und auch fuer Friederi\ncke Brandtstetter fuer drei",
                Some("und auch fuer Friedericke Brandtstetter fuer drei"),
            ),
            ("Abgaben fuer Frau Frie\ndericke", Some("Abgaben fuer Frau Friedericke")),
            ("Abgaben\nDanke", None),
            ("Abgaben", None),
        ] {
            assert_eq!(without_cuts(text).as_deref(), expected, "{text}");
        }
    }
}
