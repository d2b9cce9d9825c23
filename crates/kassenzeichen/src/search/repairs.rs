//! Windows that are a known reference after a repair, and references of the right form that nobody has.
//!
//! Must not know what is found exactly, only that its bytes are taken. Invariant: windows and look-ups of one
//! text are limited, whatever the text.

use crate::directory::RefId;
use crate::fold;
use crate::keys::{Digits, PACKED};
use crate::message::{Spelling, Unknown};
use crate::noise::Noise;
use crate::reading::{Link, Reading};
use crate::repair::{self, LEAST_DIGITS, Written};
use crate::search::Search;
use crate::window::{self, LONG, Window};
use crate::words;

/// No more look-ups of repaired variants in one text: a text with more numbers in it is a list, whose
/// entries are exact or hopeless.
pub(super) const REPAIR_PROBES: usize = 60_000;

/// No more windows of one text are repaired.
const REPAIR_WINDOWS: usize = 1_000;

/// A repaired window has no more pieces than this.
const REPAIR_PIECES: usize = 24;

/// Literal digits that make a number of the right form a reference, and not any number.
const TELLING_DIGITS: usize = 2;

impl<'t> Search<'_, 't, '_> {
    /// Everything that is not exact, in windows that begin and end where numbers do.
    pub(super) fn repair(&mut self, reading: &Reading<'t>) {
        let mut hits: Vec<(RefId, Spelling)> = Vec::new();
        for window in self.bordered(reading) {
            let sections = window.sections();
            let written = window.as_written(&sections);
            if self.may_be_repairable(&window) {
                self.probes += self.directory.zeros(written, &mut |id| hits.push((id, Spelling::LostZeros)));
                self.beginnings(written, &mut hits);
                if written.digits() >= LONG || sections.len() <= 4 {
                    self.slips(written, &mut hits);
                }
            }
            for (id, spelling) in hits.drain(..) {
                if self.is_repairable(&window, id, spelling) && !self.is_tail_of_word(&window, self.directory.form(id))
                {
                    self.report(window.bytes(), id, spelling);
                }
            }
            self.of_nobody(&window, &sections);
        }
    }

    /// Do a few digits only end another name (`AUSZ7112022`), or follow the letters of another scheme? After
    /// a word for references, or the reference's own letters, they do not.
    fn is_tail_of_word(&self, window: &Window<'_, 't>, printed: &str) -> bool {
        let Some(piece) = window.pieces().first().filter(|piece| piece.is_digits() && window.digits() < LONG) else {
            return false;
        };
        let before = window.first.checked_sub(1).and_then(|before| window.reading.pieces.get(before));
        let Some(before) = before.filter(|before| !before.is_digits()) else {
            return false;
        };
        let word = window.reading.symbols_of(before);
        let letters: Vec<char> = printed.chars().flat_map(fold::symbols).take_while(|c| !c.is_ascii_digit()).collect();
        let is_own = !letters.is_empty() && word.ends_with(&letters);
        let is_name = piece.link == Link::Glued && !words::is_reference(word);
        !is_own && (is_name || self.directory.keys().has_letters(word))
    }

    /// Windows of known letters and digits that are not taken and cut no number.
    fn bordered<'r>(&self, reading: &'r Reading<'t>) -> Vec<Window<'r, 't>> {
        let schemes = self.directory.schemes().iter().map(crate::Scheme::len);
        let longest = schemes.max().unwrap_or(0).max(self.directory.keys().longest()) + LEAST_DIGITS;
        let is_known = |at: usize| {
            self.is_known(reading, at) && reading.pieces.get(at).is_some_and(|piece| !self.is_taken(&piece.bytes))
        };
        let known: Vec<bool> = (0..reading.pieces.len()).map(is_known).collect();
        let mut windows = Vec::with_capacity(known.len() * 2);
        for first in (0..known.len()).filter(|at| window::is_border(reading, *at, &self.scratch.marks)) {
            for last in (first..known.len()).take(REPAIR_PIECES) {
                let window = Window { reading, first, last };
                let is_far = last > first && window.pieces().last().is_some_and(|piece| piece.link == Link::Far);
                if is_far || known.get(last) != Some(&true) || window.symbols().len() > longest {
                    break;
                }
                if window.digits() >= 3 && window::is_border(reading, last + 1, &self.scratch.marks) {
                    windows.push(window);
                }
                if windows.len() >= REPAIR_WINDOWS {
                    return windows;
                }
            }
        }
        windows
    }

    /// References whose literal beginning was left out.
    fn beginnings(&mut self, written: Written<'_>, hits: &mut Vec<(RefId, Spelling)>) {
        let directory = self.directory;
        let keys = directory.keys();
        for scheme in directory.schemes() {
            repair::beginnings(scheme, written, &mut |variant| {
                self.probes += 1;
                if let Some(id) = directory.by_symbols(variant) {
                    hits.extend(keys.with_twins(id).map(|id| (id, Spelling::Partial)));
                }
            });
        }
    }

    /// References one slip away.
    fn slips(&mut self, written: Written<'_>, hits: &mut Vec<(RefId, Spelling)>) {
        let directory = self.directory;
        let keys = directory.keys();
        let letters = written.symbols.len() - written.digits();
        if written.digits() + 1 < LEAST_DIGITS || self.probes > REPAIR_PROBES {
            return;
        }
        let is_wanted = |length: usize| {
            let is_packed = letters == 0 && length <= PACKED;
            let is_known = if is_packed { keys.has_digits(length) } else { keys.has_text(length) };
            is_known && length >= letters + LEAST_DIGITS
        };
        self.probes += directory.slips(written.symbols, is_wanted, &mut |id, slip| {
            hits.extend(keys.with_twins(id).map(|id| (id, Spelling::Near(slip))));
        });
    }

    /// May these pieces be repaired to any reference, as [`Search::is_repairable`] asks for one?
    fn may_be_repairable(&self, window: &Window<'_, 't>) -> bool {
        let noise = window.noise(&self.scratch.marks).0;
        noise == Noise::None
            || (noise == Noise::Introduced && window.digits() >= LONG)
            || self.directory.may_be_laid_out_like(window.written())
    }

    /// May these pieces be repaired to the reference? Numbers that are something else only where they are
    /// laid out like it.
    fn is_repairable(&self, window: &Window<'_, 't>, id: RefId, spelling: Spelling) -> bool {
        let is_near = matches!(spelling, Spelling::Near(_));
        let noise = window.noise(&self.scratch.marks).0;
        let tolerance = if is_near { 1 } else { usize::MAX };
        noise == Noise::None
            || (noise == Noise::Introduced && window.digits() >= LONG && !is_near && spelling != Spelling::Partial)
            || window::is_laid_out_like(window.written(), self.directory.form(id), tolerance)
    }

    /// A window of the right form that is nobody's reference.
    fn of_nobody(&mut self, window: &Window<'_, 't>, sections: &[usize]) {
        let symbols = window.symbols();
        let schemes = self.directory.schemes().iter().enumerate();
        let fitting = schemes.filter(|(_, scheme)| scheme.fits(symbols)).find(|(_, scheme)| {
            let has_telling_digits = scheme.literal_digits() >= TELLING_DIGITS || scheme.len() > LONG;
            let is_printed = scheme.is_printed(window.written());
            let has_signs = window.written().chars().any(|c| !c.is_ascii_digit());
            let is_whole = sections.len() == 1 || sections == scheme.parts() || scheme.len() > LONG;
            let is_telling = is_printed && (has_signs || has_telling_digits);
            let is_bare = scheme.is_checked() && has_telling_digits && is_whole;
            is_telling && has_signs || (window.noise(&self.scratch.marks).0 == Noise::None && (is_telling || is_bare))
        });
        if let Some((scheme, known)) = fitting
            && self.directory.by_symbols(symbols).is_none()
            && !self.is_tail_of_word(window, known.mask())
        {
            let (span, written) = (window.bytes(), window.written().to_owned());
            self.scratch.unknown.push(Unknown { field: self.field, span, written, scheme });
        }
    }

    /// Long references that begin or end in the middle of a longer run of digits.
    pub(super) fn inside_longer_runs(&mut self, reading: &Reading<'t>) {
        let mut first = 0;
        while first < reading.pieces.len() {
            let is_next = |at: &usize| {
                reading.pieces.get(*at).is_some_and(|piece| {
                    let is_other = self.scratch.marks.get(piece.bytes.start) == Some(&Noise::Other);
                    piece.is_digits()
                        && !is_other
                        && !self.is_taken(&piece.bytes)
                        && (*at == first || piece.link != Link::Far)
                })
            };
            let end = (first..reading.pieces.len()).take_while(is_next).last();
            if let Some(last) = end {
                self.slide(&Window { reading, first, last });
            }
            first = end.unwrap_or(first) + 1;
        }
    }

    fn slide(&mut self, run: &Window<'_, 't>) {
        let start = run.pieces().first().map_or(0, |piece| piece.symbols.start);
        let symbols = run.symbols();
        for at in 0..symbols.len() {
            let mut digits = Digits::default();
            for (end, c) in symbols.iter().enumerate().skip(at) {
                let Some(longer) = digits.then(*c) else { break };
                digits = longer;
                if digits.length() < LONG || !self.directory.keys().has_digits(digits.length()) {
                    continue;
                }
                self.probes += 1;
                let Some(id) = self.directory.keys().by_digits(digits) else { continue };
                let bytes = run.reading.bytes_of_symbols(start + at..start + end + 1);
                self.report(bytes, id, Spelling::Partial);
            }
        }
    }

    /// Look-alike letters and lost zeros in one.
    pub(super) fn look_alike_zeros(&mut self, reading: &Reading<'t>) {
        for window in self.bordered(reading).into_iter().filter(Window::is_look_alike) {
            let sections = window.sections();
            let mut hits = Vec::new();
            let written = window.as_written(&sections);
            self.probes += self.directory.zeros(written, &mut |id| hits.push(id));
            for id in hits {
                if self.is_repairable(&window, id, Spelling::LookAlike) {
                    self.report(window.bytes(), id, Spelling::LookAlike);
                }
            }
        }
    }
}
