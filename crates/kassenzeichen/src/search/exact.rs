//! Windows that are a known reference, letter for letter.
//!
//! Must not know how anything is repaired. Invariant: a window that looks like something else, or is
//! introduced as something else, is a reference only with more evidence than its digits.

use crate::check::CheckMethod;
use crate::directory::RefId;
use crate::keys::{Digits, PACKED, POWERS};
use crate::message::{Field, Spelling};
use crate::noise::Noise;
use crate::reading::{Class, Link, Piece, Reading};
use crate::search::Search;
use crate::window::{LONG, Window};
use crate::words;

/// References with fewer letters and digits are found only where they are all that was written.
const SHORTEST: usize = 4;

/// Digits of the number on a payment slip (BZÜ), without its check digit.
const SLIP: usize = 12;

/// The pieces `first..=last` that are a reference letter for letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    first: usize,
    last: usize,
    id: RefId,
}

impl<'t> Search<'_, 't, '_> {
    /// Windows that are a reference letter for letter.
    pub(super) fn exact(&mut self, reading: &Reading<'t>, spelling: Spelling) {
        let mut hits = std::mem::take(&mut self.scratch.hits);
        hits.clear();
        let has_texts = self.directory.keys().has_texts();
        for first in 0..reading.pieces.len() {
            self.exact_digits(reading, first, &mut hits);
            if has_texts {
                self.exact_text(reading, first, &mut hits);
            }
        }
        if !hits.is_empty() {
            self.judge(reading, spelling, &mut hits);
        }
        self.scratch.hits = hits;
    }

    /// Reports the credible ones among windows that are references.
    fn judge(&mut self, reading: &Reading<'t>, spelling: Spelling, hits: &mut Vec<Hit>) {
        let is_look_alike = spelling == Spelling::LookAlike;
        let window = |hit: &Hit| Window { reading, first: hit.first, last: hit.last };
        let mut doubtful: Vec<Hit> = Vec::new();
        hits.retain(|hit| {
            let window = window(hit);
            window.is_look_alike() == is_look_alike && !self.is_taken(&window.bytes()) && {
                let is_credible = self.is_credible(&window, hit.id);
                let is_doubtful = is_credible && self.ends_in_instalment(&window, hit.id);
                doubtful.extend(is_doubtful.then_some(*hit));
                is_credible && !is_doubtful
            }
        });
        for hit in doubtful {
            self.report(window(&hit).bytes(), hit.id, Spelling::Partial);
        }
        keep_outermost(hits);
        for hit in hits {
            let bytes = window(hit).bytes();
            if self.confirmed(&bytes, hit.id, spelling) == Spelling::Exact {
                self.scratch.taken.get_mut(bytes.clone()).unwrap_or_default().fill(true);
            }
            self.report(bytes, hit.id, spelling);
        }
    }

    fn exact_digits(&mut self, reading: &Reading<'t>, first: usize, hits: &mut Vec<Hit>) {
        let mut digits = Digits::default();
        for (last, piece) in reading.pieces.iter().enumerate().skip(first) {
            if !piece.is_digits() || (last > first && piece.link == Link::Far) {
                return;
            }
            let Some(longer) = reading.symbols_of(piece).iter().copied().try_fold(digits, Digits::then) else {
                return;
            };
            digits = longer;
            let slip = (matches!(self.field, Field::Structured | Field::Further) && first == last)
                .then(|| payment_slip(digits))
                .flatten();
            for number in [Some(digits), slip].into_iter().flatten() {
                if self.directory.keys().has_digits(number.length()) {
                    self.probes += 1;
                    hits.extend(self.directory.keys().by_digits(number).map(|id| Hit { first, last, id }));
                }
            }
        }
    }

    fn exact_text(&mut self, reading: &Reading<'t>, first: usize, hits: &mut Vec<Hit>) {
        let keys = self.directory.keys();
        for (last, piece) in reading.pieces.iter().enumerate().skip(first) {
            let window = Window { reading, first, last };
            if !self.is_known(reading, last)
                || (last > first && piece.link == Link::Far)
                || window.symbols().len() > keys.longest()
            {
                return;
            }
            let symbols = window.symbols();
            let is_packed = || symbols.len() <= PACKED && window.pieces().iter().all(Piece::is_digits);
            if keys.has_text(symbols.len()) && !is_packed() {
                self.probes += 1;
                hits.extend(self.directory.by_text(symbols).map(|id| Hit { first, last, id }));
            }
        }
    }

    /// May these pieces be the reference, seeing what else they look like and what stands before them?
    fn is_credible(&mut self, window: &Window<'_, 't>, id: RefId) -> bool {
        let printed = self.directory.form(id);
        let written = window.written();
        let is_printed = written.eq_ignore_ascii_case(printed) || is_same(written, printed);
        let has_signs = !printed.chars().all(|c| c.is_ascii_digit());
        let is_long = window.digits() >= LONG;
        // letter for letter as on paper, with its letters or signs: whatever else such digits may look like
        let is_as_on_paper = is_printed && has_signs;
        if !is_as_on_paper {
            self.mark(window.reading);
        }
        let is_one_number = || window.is_compact() && window.is_bordered(&self.scratch.marks);
        if !(is_long || is_printed || is_one_number()) || (window.is_cut_out() && !is_printed) {
            return false;
        }
        let is_all = window.first == 0 && window.last + 1 == window.reading.pieces.len();
        if window.symbols().len() < SHORTEST && !is_all {
            return false;
        }
        if is_as_on_paper {
            return true;
        }
        let is_proper = || window.is_one_token() && self.is_checked(window);
        match window.noise(&self.scratch.marks) {
            (Noise::None, _) => true,
            (Noise::Introduced, _) => is_long || is_proper(),
            (Noise::Other, all) => window.is_led() || (!all && (is_long || is_proper())),
        }
    }

    /// Does a window that is not laid out as printed begin or end in the number of an instalment? `5.0100.12345.6` with
    /// a digit lost, before `4. Rate`, is no reference that ends in 4.
    fn ends_in_instalment(&self, window: &Window<'_, 't>, id: RefId) -> bool {
        let reading = window.reading;
        let is_period = |at: Option<usize>| {
            let word = at.and_then(|at| reading.pieces.get(at)).filter(|piece| piece.class == Class::Letters);
            word.is_some_and(|word| words::is_period(reading.symbols_of(word)))
        };
        let is_number = |piece: Option<&Piece>| piece.is_some_and(|piece| piece.is_digits() && piece.len() <= 2);
        let is_apart = |piece: Option<&Piece>| piece.is_some_and(|piece| piece.link == Link::Loose);
        let pieces = window.pieces();
        let begins = || is_number(pieces.first()) && is_apart(pieces.get(1)) && is_period(window.first.checked_sub(1));
        let ends = || is_number(pieces.last()) && is_apart(pieces.last()) && is_period(Some(window.last + 1));
        pieces.len() > 1 && (begins() || ends()) && !is_same(window.written(), self.directory.form(id))
    }

    fn is_checked(&self, window: &Window<'_, 't>) -> bool {
        self.directory.schemes().iter().any(|scheme| scheme.is_checked() && scheme.fits(window.symbols()))
    }
}

/// The number that a German payment slip (BZÜ) writes with a check digit of its own, ISO 7064 MOD 11,10, behind it.
fn payment_slip(digits: Digits) -> Option<Digits> {
    let shorter = Digits::with(digits.value() / 10, SLIP);
    let mut body = [0_u8; SLIP];
    for (digit, power) in body.iter_mut().rev().zip(POWERS) {
        *digit = u8::try_from(shorter.value() / power % 10).unwrap_or(0);
    }
    let is_checked = || CheckMethod::Iso7064Mod11_10.value(&body).map(u64::from) == Some(digits.value() % 10);
    (digits.length() == SLIP + 1 && is_checked()).then_some(shorter)
}

/// Drops windows that lie inside another one.
fn keep_outermost(hits: &mut Vec<Hit>) {
    let mut reach = 0;
    hits.sort_by_key(|hit| (hit.first, std::cmp::Reverse(hit.last)));
    hits.retain(|hit| {
        let is_outside = hit.last + 1 > reach;
        reach = reach.max(hit.last + 1);
        is_outside
    });
}

/// Are these the same but for line breaks, blanks, and upper and lower case?
fn is_same(written: &str, printed: &str) -> bool {
    fn folded(text: &str) -> impl Iterator<Item = char> {
        text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase)
    }
    folded(written).eq(folded(printed))
}
