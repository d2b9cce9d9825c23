//! Windows that are a known reference, letter for letter.
//!
//! Must not know how anything is repaired. Invariant: a window that looks like something else, or is
//! introduced as something else, is a reference only with more evidence than its digits.

use crate::directory::RefId;
use crate::keys::{Digits, PACKED};
use crate::message::Spelling;
use crate::noise::Noise;
use crate::reading::{Class, Link, Piece, Reading};
use crate::search::Search;
use crate::window::{LONG, Window};
use crate::words;

/// References with fewer letters and digits are found only where they are all that was written.
const SHORTEST: usize = 4;

impl<'t> Search<'_, 't, '_> {
    /// Windows that are a reference letter for letter.
    pub(super) fn exact(&mut self, reading: &Reading<'t>, spelling: Spelling) {
        let mut hits: Vec<(Window<'_, 't>, RefId)> = Vec::new();
        let has_texts = self.directory.keys().has_texts();
        for first in 0..reading.pieces.len() {
            self.exact_digits(reading, first, &mut hits);
            if has_texts {
                self.exact_text(reading, first, &mut hits);
            }
        }
        if hits.is_empty() {
            return;
        }
        let is_look_alike = spelling == Spelling::LookAlike;
        if !hits.iter().all(|(window, _)| is_evident(window)) {
            self.mark(reading);
        }
        hits.retain(|(window, id)| {
            window.is_look_alike() == is_look_alike
                && !self.is_taken(&window.bytes())
                && (is_evident(window) || self.is_credible(window, *id))
        });
        for (window, id) in outermost(hits) {
            let bytes = window.bytes();
            if !is_look_alike {
                self.scratch.taken.get_mut(bytes.clone()).unwrap_or_default().fill(true);
            }
            self.report(bytes, id, spelling);
        }
    }

    fn exact_digits<'r>(&mut self, reading: &'r Reading<'t>, first: usize, hits: &mut Vec<(Window<'r, 't>, RefId)>) {
        let mut digits = Digits::default();
        for (last, piece) in reading.pieces.iter().enumerate().skip(first) {
            if !piece.is_digits() || (last > first && piece.link == Link::Far) {
                return;
            }
            let Some(longer) = reading.symbols_of(piece).iter().copied().try_fold(digits, Digits::then) else {
                return;
            };
            digits = longer;
            if self.directory.keys().has_digits(digits.length()) {
                self.probes += 1;
                let id = self.directory.keys().by_digits(digits);
                hits.extend(id.map(|id| (Window { reading, first, last }, id)));
            }
        }
    }

    fn exact_text<'r>(&mut self, reading: &'r Reading<'t>, first: usize, hits: &mut Vec<(Window<'r, 't>, RefId)>) {
        let keys = self.directory.keys();
        for (last, piece) in reading.pieces.iter().enumerate().skip(first) {
            let is_strange = !piece.is_digits() && !keys.has_letters(reading.symbols_of(piece));
            let window = Window { reading, first, last };
            if is_strange || (last > first && piece.link == Link::Far) || window.symbols().len() > keys.longest() {
                return;
            }
            let symbols = window.symbols();
            let is_packed = || symbols.len() <= PACKED && window.pieces().iter().all(Piece::is_digits);
            if keys.has_text(symbols.len()) && !is_packed() {
                self.probes += 1;
                hits.extend(self.directory.by_text(symbols).map(|id| (window, id)));
            }
        }
    }

    /// May these pieces be the reference, seeing what else they look like and what stands before them?
    fn is_credible(&self, window: &Window<'_, 't>, id: RefId) -> bool {
        let printed = self.directory.form(id);
        let written = window.written();
        let is_printed = written.eq_ignore_ascii_case(printed) || is_same(written, printed);
        let has_signs = !printed.chars().all(|c| c.is_ascii_digit());
        let is_long = window.digits() >= LONG;
        let is_one_number = || window.is_compact() && window.is_bordered(&self.scratch.marks);
        if !(is_long || is_printed || is_one_number()) {
            return false;
        }
        let is_all = window.first == 0 && window.last + 1 == window.reading.pieces.len();
        if window.symbols().len() < SHORTEST && !is_all {
            return false;
        }
        let is_proper = || window.is_one_token() && self.is_checked(window);
        match window.noise(&self.scratch.marks) {
            (Noise::None, _) => true,
            (Noise::Introduced, _) => is_long || (is_printed && has_signs) || is_proper(),
            (Noise::Other, all) => (is_printed && has_signs) || (!all && (is_long || is_proper())),
        }
    }

    fn is_checked(&self, window: &Window<'_, 't>) -> bool {
        self.directory.schemes().iter().any(|scheme| scheme.is_checked() && scheme.fits(window.symbols()))
    }
}

/// A long number in one piece that cannot be anything else: no letters hang on it and nothing before it introduces an
/// account or a telephone. It is credible, whatever the marks.
fn is_evident(window: &Window<'_, '_>) -> bool {
    let reading = window.reading;
    let is_whole = |piece: &Piece| piece.class == Class::Digits && piece.len() >= LONG;
    let [piece] = window.pieces() else { return false };
    let gap = |at: usize, next: usize| {
        reading.pieces.get(at).zip(reading.pieces.get(next)).map_or("", |(one, next)| reading.between(one, next))
    };
    let before = reading.pieces.get(..window.first).unwrap_or_default();
    let is_harmless = |piece: &Piece| {
        piece.class == Class::Letters && piece.link != Link::Glued && !words::is_phone(reading.symbols_of(piece))
    };
    let ends_in_amount = gap(window.first, window.last + 1).starts_with([',', '.']);
    is_whole(piece) && piece.link != Link::Glued && before.iter().all(is_harmless) && !ends_in_amount
}

/// Exact windows that do not lie inside another one.
fn outermost<'r, 't>(hits: Vec<(Window<'r, 't>, RefId)>) -> Vec<(Window<'r, 't>, RefId)> {
    let mut reach = 0;
    let mut sorted = hits;
    sorted.sort_by_key(|(window, _)| (window.first, std::cmp::Reverse(window.last)));
    sorted
        .into_iter()
        .filter(|(window, _)| {
            let is_outside = window.last + 1 > reach;
            reach = reach.max(window.last + 1);
            is_outside
        })
        .collect()
}

/// Are these the same but for line breaks, blanks, and upper and lower case?
fn is_same(written: &str, printed: &str) -> bool {
    let folded =
        |text: &str| text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect::<String>();
    folded(written) == folded(printed)
}
