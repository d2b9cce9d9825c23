//! Windows: neighbouring pieces of a text, read as one reference.
//!
//! Must not know references. Invariant: a window begins and ends on borders of pieces and is never empty.

use std::ops::Range;

use crate::noise::Noise;
use crate::reading::{Class, Link, Piece, Reading};
use crate::repair::Written;

/// References below this many digits are short: other numbers are often equal or near to them.
pub(crate) const LONG: usize = 9;

/// Short references are not read over wider separators than this many bytes.
const SHORT_GAP: usize = 3;

/// Short references are not read from more sections than this, unless the sections are alike.
const SHORT_SECTIONS: usize = 5;

/// The pieces `first..=last` of a reading.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'r, 't> {
    pub(crate) reading: &'r Reading<'t>,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

impl<'r, 't> Window<'r, 't> {
    pub(crate) fn symbols(&self) -> &'r [char] {
        self.reading.symbols(self.first, self.last)
    }

    pub(crate) fn bytes(&self) -> Range<usize> {
        self.reading.bytes(self.first, self.last)
    }

    /// What stands there.
    pub(crate) fn written(&self) -> &'t str {
        self.reading.text.get(self.bytes()).unwrap_or_default()
    }

    pub(crate) fn pieces(&self) -> &'r [Piece] {
        self.reading.pieces.get(self.first..=self.last).unwrap_or_default()
    }

    pub(crate) fn digits(&self) -> usize {
        self.pieces().iter().filter(|piece| piece.is_digits()).map(Piece::len).sum()
    }

    /// Lengths of the runs between separators or changes from letters to digits.
    pub(crate) fn sections(&self) -> Vec<usize> {
        let mut sections: Vec<usize> = Vec::with_capacity(self.last + 1 - self.first);
        let mut was_digits = None;
        for piece in self.pieces() {
            match sections.last_mut() {
                Some(section) if piece.link == Link::Glued && was_digits == Some(piece.is_digits()) => {
                    *section += piece.len();
                }
                _ => sections.push(piece.len()),
            }
            was_digits = Some(piece.is_digits());
        }
        sections
    }

    /// The window for repairs, with the sections it has.
    pub(crate) fn as_written<'s>(&self, sections: &'s [usize]) -> Written<'s>
    where
        'r: 's,
    {
        let is_laid_out = sections.len() > 2 && self.pieces().iter().skip(1).all(|piece| piece.link == Link::Tight);
        Written { symbols: self.symbols(), sections, is_laid_out }
    }

    /// Nothing separates its pieces but the bank's line breaks.
    pub(crate) fn is_one_token(&self) -> bool {
        self.pieces().iter().skip(1).all(|piece| matches!(piece.link, Link::Glued | Link::Line))
    }

    /// Do its own letters hang on its digits (`P10-12-31`)? No date or amount is written so.
    pub(crate) fn is_led(&self) -> bool {
        let [letters, digits, ..] = self.pieces() else { return false };
        letters.class == Class::Letters && digits.is_digits() && digits.link == Link::Glued
    }

    /// Does the number go on beyond it by the sign that it has inside? Then its digits are not all that was written.
    pub(crate) fn is_cut_out(&self) -> bool {
        let sign = |at: usize| {
            let (before, piece) = (self.reading.pieces.get(at.checked_sub(1)?)?, self.reading.pieces.get(at)?);
            let is_inside = before.is_digits() && piece.is_digits() && piece.link == Link::Tight;
            is_inside.then(|| self.reading.between(before, piece))
        };
        let beyond = [sign(self.first), sign(self.last + 1)];
        beyond.into_iter().flatten().any(|beyond| (self.first + 1..=self.last).any(|at| sign(at) == Some(beyond)))
    }

    /// Does it look like one number that somebody wrote, although it is short?
    pub(crate) fn is_compact(&self) -> bool {
        let sections = self.sections();
        let is_regular = || {
            let (last, groups) = sections.split_last().unwrap_or((&0, &[]));
            groups.windows(2).all(|pair| pair.first() == pair.last()) && groups.first().is_none_or(|size| size >= last)
        };
        let is_narrow = |pair: &[Piece]| {
            let gap = pair.first().zip(pair.last()).map(|(one, next)| self.reading.between(one, next).len());
            gap.is_none_or(|gap| gap <= SHORT_GAP)
        };
        self.pieces().windows(2).all(is_narrow) && (sections.len() <= SHORT_SECTIONS || is_regular())
    }

    /// Letters that look like digits are read as such, but most of its digits are real ones.
    pub(crate) fn is_look_alike(&self) -> bool {
        let count = |class| self.pieces().iter().filter(|piece| piece.class == class).map(Piece::len).sum::<usize>();
        let look_alike = count(Class::LookAlike);
        look_alike > 0 && look_alike <= count(Class::Digits)
    }

    /// The strongest mark on its digits, and whether all of them are something else.
    pub(crate) fn noise(&self, marks: &[Noise]) -> (Noise, bool) {
        let digits = self.pieces().iter().filter(|piece| piece.is_digits());
        let of = |piece: &Piece| marks.get(piece.bytes.start).copied().unwrap_or_default();
        digits.fold((Noise::None, true), |(strongest, all), piece| {
            (strongest.max(of(piece)), all && of(piece) == Noise::Other)
        })
    }

    /// Does it begin and end where a number does, not at a point or hyphen inside one?
    pub(crate) fn is_bordered(&self, marks: &[Noise]) -> bool {
        is_border(self.reading, self.first, marks) && is_border(self.reading, self.last + 1, marks)
    }
}

/// May a number begin at the piece `at` (and another end before it)?
pub(crate) fn is_border(reading: &Reading<'_>, at: usize, marks: &[Noise]) -> bool {
    let Some((before, piece)) =
        at.checked_sub(1).and_then(|before| reading.pieces.get(before)).zip(reading.pieces.get(at))
    else {
        return true;
    };
    let is_other = |piece: &Piece| marks.get(piece.bytes.start) == Some(&Noise::Other);
    let both_whole = before.len() >= 6 && piece.len() >= 6;
    piece.link != Link::Tight
        || !before.is_digits()
        || !piece.is_digits()
        || both_whole
        || (is_other(before) != is_other(piece))
}

/// What stands around the digits of a text, line breaks aside, in upper case.
pub(crate) fn signs(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| *c != '\n' && crate::fold::digit(*c).is_none()).flat_map(char::to_uppercase)
}

/// Does `written` have the separators and letters of `printed`, around groups of digits that differ in
/// length by no more than `tolerance` together? Plain digits have no mask to be recognised by.
pub(crate) fn is_laid_out_like(written: &str, printed: &str, tolerance: usize) -> bool {
    let layout = |text: &str| {
        let (mut signs, mut groups) = (String::new(), vec![0_usize]);
        for c in text.chars().filter(|c| *c != '\n') {
            match groups.last_mut() {
                Some(group) if crate::fold::digit(c).is_some() => *group += 1,
                _ => {
                    signs.extend(c.to_uppercase());
                    groups.push(0);
                }
            }
        }
        (signs, groups)
    };
    let ((signs, groups), (printed_signs, printed_groups)) = (layout(written), layout(printed));
    let apart: usize = groups.iter().zip(&printed_groups).map(|(one, other)| one.abs_diff(*other)).sum();
    !signs.is_empty() && signs == printed_signs && apart <= tolerance
}
