//! Windows that are a known reference, letter for letter.
//!
//! Must not know how anything is repaired. Invariant: a window that looks like something else, or is
//! introduced as something else, is a reference only with more evidence than its digits.

use crate::directory::RefId;
use crate::keys::Digits;
use crate::message::Spelling;
use crate::noise::Noise;
use crate::reading::{Link, Reading};
use crate::search::Search;
use crate::window::{LONG, Window};

/// References with fewer letters and digits are found only where they are all that was written.
const SHORTEST: usize = 4;

impl<'t> Search<'_, 't> {
    /// Windows that are a reference letter for letter.
    pub(super) fn exact(&mut self, reading: &Reading<'t>, spelling: Spelling) {
        let mut hits: Vec<(Window<'_, 't>, RefId)> = Vec::new();
        for first in 0..reading.pieces.len() {
            self.exact_digits(reading, first, &mut hits);
            if self.directory.keys().has_texts() {
                self.exact_text(reading, first, &mut hits);
            }
        }
        let is_look_alike = spelling == Spelling::LookAlike;
        hits.retain(|(window, id)| {
            window.is_look_alike() == is_look_alike && !self.is_taken(&window.bytes()) && self.is_credible(window, *id)
        });
        for (window, id) in outermost(hits) {
            let bytes = window.bytes();
            if !is_look_alike {
                self.taken.get_mut(bytes.clone()).unwrap_or_default().fill(true);
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
            if keys.has_text(window.symbols().len()) {
                self.probes += 1;
                hits.extend(keys.by_text(&window.symbols().iter().collect::<String>()).map(|id| (window, id)));
            }
        }
    }

    /// May these pieces be the reference, seeing what else they look like and what stands before them?
    fn is_credible(&self, window: &Window<'_, 't>, id: RefId) -> bool {
        let printed = self.directory.printed(id);
        let written = window.written();
        let is_printed = written.eq_ignore_ascii_case(printed) || is_same(written, printed);
        let has_signs = !printed.chars().all(|c| c.is_ascii_digit());
        let is_long = window.digits() >= LONG;
        let is_one_number = || window.is_compact() && window.is_bordered(&self.marks);
        if !(is_long || is_printed || is_one_number()) {
            return false;
        }
        let is_all = window.first == 0 && window.last + 1 == window.reading.pieces.len();
        if window.symbols().len() < SHORTEST && !is_all {
            return false;
        }
        let is_proper = || window.is_one_token() && self.is_checked(window);
        match window.noise(&self.marks) {
            (Noise::None, _) => true,
            (Noise::Introduced, _) => is_long || (is_printed && has_signs) || is_proper(),
            (Noise::Other, all) => (is_printed && has_signs) || (!all && (is_long || is_proper())),
        }
    }

    fn is_checked(&self, window: &Window<'_, 't>) -> bool {
        self.directory.schemes().iter().any(|scheme| scheme.is_checked() && scheme.fits(window.symbols()))
    }
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
