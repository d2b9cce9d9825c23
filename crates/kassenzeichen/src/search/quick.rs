//! The short way for most texts: a long number that is a reference and can be nothing else, found without reading words.
//!
//! Must not know spellings other than exact ones. Invariant: what it answers is what the whole search would; wherever it
//! cannot be sure it answers nothing.

use std::ops::Range;

use crate::directory::RefId;
use crate::keys::{Digits, Keys, PACKED, POWERS};
use crate::window::LONG;
use crate::words;

/// Separators up to this many bytes leave two runs neighbours, as for pieces of a reading.
const WIDEST_GAP: usize = 8;

/// A telephone number of so many digits does not go on in the next run.
const PHONE: usize = 9;

/// Longer runs, before a point or hyphen, could have a date written behind them.
const BEFORE_DATE: usize = 6;

/// No month has more digits.
const MONTH: usize = 2;

/// A run of ASCII digits.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    bytes: Range<usize>,
    /// The number it is; meaningless for a run too long to be packed.
    value: u64,
    /// Only separators, and few, stand between it and the run before.
    is_joined: bool,
    /// Letters hang on it.
    is_touched: bool,
    /// It may be a telephone number, or the first part of one.
    is_phone: bool,
}

impl Run {
    fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// What the short way found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// No window is a reference.
    Nothing,
    /// This one alone; is it all, with nothing beside it that could be repaired?
    One { bytes: Range<usize>, id: RefId, is_all: bool },
}

/// The answer for a text, where the short way has one.
pub(crate) fn answer(keys: &Keys, text: &str, runs: &mut Vec<Run>) -> Option<Answer> {
    runs.clear();
    if keys.has_long_numbers() {
        return None;
    }
    scan(keys, text.as_bytes(), runs)?;
    let mut found = None;
    for first in 0..runs.len() {
        let (mut value, mut length) = (0, 0);
        for (last, run) in runs.iter().enumerate().skip(first) {
            if (last > first && !run.is_joined) || length + run.len() > PACKED {
                break;
            }
            value = value * POWERS.get(run.len()).copied().unwrap_or(1) + run.value;
            length += run.len();
            if !keys.has_digits(length) {
                continue;
            }
            match (keys.by_digits(Digits::with(value, length)), &found) {
                (Some(id), None) => found = Some((first, last, length, id)),
                (Some(_), Some(_)) => return None,
                (None, _) => {}
            }
        }
    }
    let Some((first, last, length, id)) = found else { return Some(Answer::Nothing) };
    let window = Window { text: text.as_bytes(), runs, first, last };
    let bytes = runs.get(first)?.bytes.start..runs.get(last)?.bytes.end;
    (length >= LONG && window.is_evident()).then(|| Answer::One { bytes, id, is_all: window.is_all() })
}

/// Collects the runs; `None` where one hangs on letters, or letters could belong to a reference, and where
/// characters are neither ASCII nor Latin letters.
fn scan(keys: &Keys, text: &[u8], runs: &mut Vec<Run>) -> Option<()> {
    let (mut at, mut is_joined, mut is_phone) = (0, false, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'0'..=b'9' => {
                let start = at;
                let mut value = 0_u64;
                while let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
                    value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
                    at += 1;
                }
                let before = runs.last().map_or(0, |run| run.bytes.end);
                is_joined &= start - before <= WIDEST_GAP;
                if is_joined
                    && runs.last().is_some_and(|run| run.len() > BEFORE_DATE)
                    && may_be_month(text, before, start..at)
                {
                    return None;
                }
                runs.push(Run { bytes: start..at, value, is_joined, is_touched: false, is_phone });
                (is_joined, is_phone) = (true, false);
            }
            b'A'..=b'Z' | b'a'..=b'z' | 0xC3 => {
                let start = at;
                at = end_of_word(text, at)?;
                let word = text.get(start..at)?;
                if text.get(at).is_some_and(u8::is_ascii_digit) || keys.may_know(word) {
                    return None;
                }
                is_phone |= words::may_introduce(word);
                if let Some(run) = runs.last_mut().filter(|run| run.bytes.end == start) {
                    run.is_touched = true;
                }
                is_joined = false;
            }
            0x80.. => return None,
            _ => at += 1,
        }
    }
    Some(())
}

/// Could these digits, behind the sign that stands at `before`, be the month of a date? The same sign stands behind them.
fn may_be_month(text: &[u8], before: usize, digits: Range<usize>) -> bool {
    let sign = text.get(before).filter(|sign| matches!(sign, b'.' | b'-'));
    sign.is_some() && sign == text.get(digits.end) && digits.len() <= MONTH
}

/// Where the letters that begin at `at` end: ASCII, and of Latin-1 (UTF-8 lead byte C3) all but the signs × and ÷.
fn end_of_word(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    while let Some(byte) = text.get(at) {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' => at += 1,
            0xC3 if matches!(text.get(at + 1), Some(0x97 | 0xB7)) => return None,
            0xC3 => at += 2,
            _ => break,
        }
    }
    Some(at)
}

/// Neighbouring runs that are a known number.
struct Window<'a> {
    text: &'a [u8],
    runs: &'a [Run],
    first: usize,
    last: usize,
}

impl Window<'_> {
    /// Has it a run that can be neither date, amount, postcode nor year, and is it whole? Then not all of it is
    /// something else, and it is credible whatever the marks.
    fn is_evident(&self) -> bool {
        !self.is_cut_out() && (self.first..=self.last).any(|at| self.is_sure(at)) && self.has_sure_ends()
    }

    fn len(&self, at: usize) -> usize {
        self.runs.get(at).map_or(0, Run::len)
    }

    /// What stands between a run and the one before it; nothing where letters do.
    fn gap(&self, at: usize) -> &[u8] {
        let pair = at.checked_sub(1).and_then(|before| self.runs.get(before)).zip(self.runs.get(at));
        let joined = pair.filter(|(_, run)| run.is_joined);
        joined.and_then(|(before, run)| self.text.get(before.bytes.end..run.bytes.start)).unwrap_or_default()
    }

    fn is_tight(&self, at: usize) -> bool {
        matches!(self.gap(at), [b'.' | b'-' | b'/' | b'_'])
    }

    fn is_sure(&self, at: usize) -> bool {
        let is_inside = || at > self.first && at < self.last;
        let is_among_digits = || [at, at + 1].iter().all(|at| matches!(self.gap(*at), b" " | b"-"));
        let is_among_points = || [at, at + 1].iter().all(|at| self.gap(*at) == b".");
        let is_year = || {
            let start = self.runs.get(at).map_or(0, |run| run.bytes.start);
            matches!(self.text.get(start..start + 2), Some(b"19" | b"20"))
        };
        !self.may_be_phone(at)
            && match self.len(at) {
                6.. => !self.is_amount(at),
                3 | 5 => is_inside() && is_among_digits(),
                4 => is_inside() && (is_among_digits() || is_among_points()) && !is_year(),
                _ => false,
            }
    }

    /// Do fewer than nine digits stand between it and a word for telephones? Longer numbers are whole. Those that a line's
    /// end joins are one.
    fn may_be_phone(&self, at: usize) -> bool {
        let mut digits = 0;
        for at in (0..=at).rev() {
            if self.runs.get(at).is_some_and(|run| run.is_phone) {
                return true;
            }
            let is_line = matches!(self.gap(at), b"\n" | b"\r\n");
            digits = if is_line { 0 } else { digits + at.checked_sub(1).map_or(0, |before| self.len(before)) };
            if digits >= PHONE {
                return false;
            }
        }
        false
    }

    fn is_amount(&self, at: usize) -> bool {
        let after = self.gap(at + 1);
        after.first() == Some(&b',') || (after.first() == Some(&b'.') && matches!(self.len(at + 1), 2 | 3))
    }

    /// Does the number go on beyond it by the sign that it has inside?
    fn is_cut_out(&self) -> bool {
        let beyond = [self.first, self.last + 1].into_iter().filter(|at| self.is_tight(*at));
        beyond.into_iter().any(|beyond| (self.first + 1..=self.last).any(|at| self.gap(at) == self.gap(beyond)))
    }

    /// Could the next word be one beside which instalments are counted?
    fn is_before_period(&self) -> bool {
        let end = self.runs.get(self.last).map_or(0, |run| run.bytes.end);
        let after = self.text.get(end..).unwrap_or_default().iter().find(|byte| byte.is_ascii_alphanumeric());
        after.is_some_and(|first| words::may_count(*first))
    }

    /// Can neither the first nor the last of several runs be an instalment's number?
    fn has_sure_ends(&self) -> bool {
        let is_near = |at: usize| self.is_tight(at) || matches!(self.gap(at), b"\n" | b"\r\n");
        let is_sure = |at: usize, link: usize| self.len(at) > 2 || is_near(link);
        let ends = || is_sure(self.last, self.last) || !self.is_before_period();
        self.first == self.last || (is_sure(self.first, self.first + 1) && ends())
    }

    /// Is nothing beside it but numbers that the whole search would not repair?
    fn is_all(&self) -> bool {
        let mut first = 0;
        while first < self.runs.len() {
            if first == self.first {
                first = self.last + 1;
                continue;
            }
            let is_next = |at: &usize| *at != self.first && self.runs.get(*at).is_some_and(|run| run.is_joined);
            let last = (first + 1..self.runs.len()).take_while(is_next).last().unwrap_or(first);
            if !self.is_harmless(first, last) {
                return false;
            }
            first = last + 1;
        }
        true
    }

    /// Are these few digits, a year, or an instalment of one, and part of no longer number?
    fn is_harmless(&self, first: usize, last: usize) -> bool {
        let runs = self.runs.get(first..=last).unwrap_or_default();
        let digits: usize = runs.iter().map(Run::len).sum();
        let is_touched = runs.last().is_none_or(|run| run.is_touched);
        !is_touched && (super::is_tiny(digits, runs.len()) || self.is_instalment(first, last))
    }

    /// `2023-4`, `11/2023`: fewer digits than are ever repaired.
    fn is_instalment(&self, first: usize, last: usize) -> bool {
        let (width, value) = (|at: usize| self.len(at), |at: usize| self.runs.get(at).map_or(0, |run| run.value));
        let is_year = |at: usize| width(at) == 4 && (1900..2100).contains(&value(at));
        let is_one = |at: usize| width(at) == 1 && value(at) > 0;
        let is_apart = |at: usize| matches!(self.gap(at).first(), None | Some(b' ' | b'\n'));
        let is_pair = first + 1 == last && self.is_tight(last) && self.gap(last) != b"_";
        is_pair
            && is_apart(first)
            && is_apart(last + 1)
            && ((is_year(first) && is_one(last)) || (is_one(first) && is_year(last)))
    }
}
