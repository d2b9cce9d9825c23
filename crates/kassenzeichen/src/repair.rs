//! Variants of what was written: lost and added zeros, a beginning left out, one slip.
//!
//! Must not know which references exist: it hands every variant to a visitor, who looks it up. Invariant:
//! the number of variants is bounded by the length of what was written, never by the number of references.

use crate::keys::{Digits, POWERS};
use crate::message::Slip;
use crate::scheme::Scheme;

/// No more zeros are put in or taken away than a mask's longest part plausibly loses.
const ZEROS: usize = 5;

/// References below this many digits are not repaired: too many other numbers are near them.
pub(crate) const LEAST_DIGITS: usize = 6;

/// What was written, and the lengths of its sections: runs between separators or changes of class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) symbols: &'a [char],
    pub(crate) sections: &'a [usize],
    /// All sections are set apart by points, hyphens or slashes, as masks do: none goes on in the next.
    pub(crate) is_laid_out: bool,
}

impl Written<'_> {
    pub(crate) fn digits(&self) -> usize {
        self.symbols.iter().filter(|c| c.is_ascii_digit()).count()
    }
}

/// Visits the references of a scheme from which zeros at the beginning of parts were lost, or to which
/// they were added, to give what was written.
pub(crate) fn zeros(scheme: &Scheme, written: Written<'_>, visit: &mut impl FnMut(&[char])) {
    if let Some(aligned) = aligned(scheme, written) {
        if aligned != written.symbols {
            visit(&aligned);
        }
        return;
    }
    let begins_with_letter = written.symbols.first().is_some_and(|c| !c.is_ascii_digit());
    if written.is_laid_out || written.digits() < if begins_with_letter { 3 } else { LEAST_DIGITS } {
        return;
    }
    match scheme.len().checked_sub(written.symbols.len()) {
        Some(missing @ 1..=ZEROS) => {
            let mut whole = Vec::with_capacity(scheme.len());
            Filling { scheme, visit }.fill(0, written.symbols, missing, &mut whole);
        }
        Some(_) => {}
        None => surplus(written.symbols).filter(|rest| scheme.fits(rest)).for_each(visit),
    }
}

/// Visits what was written with zeros put before it or taken from its beginning, for references without
/// a scheme.
pub(crate) fn zeros_of_bare(written: &[char], visit: &mut impl FnMut(&[char])) {
    if written.len() < LEAST_DIGITS || !written.iter().all(char::is_ascii_digit) {
        return;
    }
    let mut longer = written.to_vec();
    for _ in 0..ZEROS {
        longer.insert(0, '0');
        visit(&longer);
    }
    surplus(written).filter(|rest| rest.len() >= LEAST_DIGITS).for_each(visit);
}

/// What was written without one, two … of the zeros it begins with.
fn surplus(written: &[char]) -> impl Iterator<Item = &[char]> {
    let zeros = written.iter().take(ZEROS).take_while(|c| **c == '0').count();
    (1..=zeros).filter_map(|count| written.get(count..))
}

/// Each section read as one part of the mask, its zeros made up to the part's length.
fn aligned(scheme: &Scheme, written: Written<'_>) -> Option<Vec<char>> {
    if written.sections.len() < 2 || written.sections.len() != scheme.parts().len() || written.digits() < 4 {
        return None;
    }
    let mut whole = Vec::with_capacity(scheme.len());
    let mut rest = written.symbols;
    for (section, part) in written.sections.iter().zip(scheme.parts()) {
        let (symbols, after) = rest.split_at_checked(*section)?;
        rest = after;
        if section < part {
            if !scheme.is_digit_at(whole.len()) {
                return None;
            }
            whole.extend(std::iter::repeat_n('0', part - section));
        }
        let (zeros, kept) = symbols.split_at_checked(section.saturating_sub(*part))?;
        if zeros.iter().any(|c| *c != '0') {
            return None;
        }
        whole.extend(kept);
    }
    scheme.fits(&whole).then_some(whole)
}

/// Puts missing zeros in at the beginning of parts, in every way that keeps the mask's literals.
struct Filling<'s, 'v, V> {
    scheme: &'s Scheme,
    visit: &'v mut V,
}

impl<V: FnMut(&[char])> Filling<'_, '_, V> {
    fn fill(&mut self, part: usize, rest: &[char], missing: usize, whole: &mut Vec<char>) {
        let Some(length) = self.scheme.parts().get(part).copied() else {
            if rest.is_empty() && missing == 0 && self.scheme.fits(whole) {
                (self.visit)(whole);
            }
            return;
        };
        let at = whole.len();
        let most = if self.scheme.is_digit_at(at) { missing.min(length - 1) } else { 0 };
        for zeros in 0..=most {
            let Some((kept, after)) = rest.split_at_checked(length - zeros) else { continue };
            whole.extend(std::iter::repeat_n('0', zeros));
            whole.extend(kept);
            if whole.get(at..).is_some_and(|symbols| self.scheme.admits(at, symbols)) {
                self.fill(part + 1, after, missing - zeros, whole);
            }
            whole.truncate(at);
        }
    }
}

/// Visits the reference of a scheme whose literal beginning, or whole literal parts of it, was left out.
pub(crate) fn beginnings(scheme: &Scheme, written: Written<'_>, visit: &mut impl FnMut(&[char])) {
    let prefix = scheme.prefix();
    let mut left_out = 0;
    for part in 0..=scheme.parts().len() {
        let is_whole = left_out <= prefix.len();
        let count = left_out.min(prefix.len());
        let remaining = scheme.parts().get(part..).unwrap_or_default();
        let is_cut_like_mask = written.sections.len() == 1 || (is_whole && written.sections == remaining);
        let is_rest = count + written.symbols.len() == scheme.len();
        if count > 0 && is_rest && is_cut_like_mask && written.digits() >= LEAST_DIGITS {
            let whole: Vec<char> = prefix.iter().take(count).chain(written.symbols).copied().collect();
            if scheme.fits(&whole) {
                visit(&whole);
            }
        }
        if !is_whole {
            return;
        }
        left_out += scheme.parts().get(part).copied().unwrap_or(1);
    }
}

/// Visits everything one slip away from what was written: digits are changed, letters stay.
///
/// Only lengths that `is_wanted` are made.
pub(crate) fn slips(written: &[char], is_wanted: impl Fn(usize) -> bool, visit: &mut impl FnMut(&[char], Slip)) {
    let length = written.len();
    if is_wanted(length) {
        changed(written, visit);
        swapped(written, visit);
    }
    if is_wanted(length + 1) {
        lost(written, visit);
    }
    if length > 0 && is_wanted(length - 1) {
        added(written, visit);
    }
}

fn changed(written: &[char], visit: &mut impl FnMut(&[char], Slip)) {
    let mut variant = written.to_vec();
    for (at, c) in written.iter().enumerate().filter(|(_, c)| c.is_ascii_digit()) {
        for digit in ('0'..='9').filter(|digit| digit != c) {
            variant.iter_mut().skip(at).take(1).for_each(|place| *place = digit);
            visit(&variant, Slip::Changed);
        }
        variant.iter_mut().skip(at).take(1).for_each(|place| *place = *c);
    }
}

fn swapped(written: &[char], visit: &mut impl FnMut(&[char], Slip)) {
    let mut variant = written.to_vec();
    for (at, pair) in written.windows(2).enumerate() {
        if pair.iter().all(char::is_ascii_digit) && pair.first() != pair.last() {
            variant.swap(at, at + 1);
            visit(&variant, Slip::Swapped);
            variant.swap(at, at + 1);
        }
    }
}

fn lost(written: &[char], visit: &mut impl FnMut(&[char], Slip)) {
    for at in 0..=written.len() {
        let before = at.checked_sub(1).and_then(|before| written.get(before));
        let after = written.get(at);
        if ![before, after].into_iter().flatten().any(char::is_ascii_digit) {
            continue;
        }
        // A digit before its like gives what the same digit behind it gives.
        for digit in ('0'..='9').filter(|digit| after != Some(digit)) {
            let mut variant = written.to_vec();
            variant.insert(at, digit);
            visit(&variant, Slip::Lost);
        }
    }
}

fn added(written: &[char], visit: &mut impl FnMut(&[char], Slip)) {
    for (at, c) in written.iter().enumerate().filter(|(_, c)| c.is_ascii_digit()) {
        if at.checked_sub(1).and_then(|before| written.get(before)) == Some(c) {
            continue;
        }
        let mut variant = written.to_vec();
        variant.remove(at);
        visit(&variant, Slip::Added);
    }
}

/// The same as [`slips`] for a number, which needs no room.
pub(crate) fn digit_slips(written: Digits, is_wanted: impl Fn(usize) -> bool, visit: &mut impl FnMut(Digits, Slip)) {
    let (value, length) = (written.value(), written.length());
    if is_wanted(length) {
        let mut before = None;
        for Place { power, digit, .. } in places(written) {
            let zeroed = value - digit * power;
            for other in (0..10).filter(|other| *other != digit) {
                visit(Digits::with(zeroed + other * power, length), Slip::Changed);
            }
            if let Some(low) = before.filter(|low| *low != digit) {
                let place = power / 10;
                let zeroed = zeroed - low * place;
                visit(Digits::with(zeroed + low * power + digit * place, length), Slip::Swapped);
            }
            before = Some(digit);
        }
    }
    if is_wanted(length + 1) {
        let mut after = None;
        let first = POWERS.get(length).map(|power| Place { power: *power, digit: 0, behind: value });
        for Place { power, digit, behind } in places(written).chain(first) {
            // A digit before its like gives what the same digit behind it gives.
            let longer = (value - behind) * 10 + behind;
            for new in (0..10).filter(|new| Some(*new) != after) {
                visit(Digits::with(longer + new * power, length + 1), Slip::Lost);
            }
            after = Some(digit);
        }
    }
    if length > 1 && is_wanted(length - 1) {
        let ahead = places(written).skip(1).map(|place| Some(place.digit)).chain([None]);
        for (Place { power, digit, behind }, ahead) in places(written).zip(ahead) {
            if ahead != Some(digit) {
                let shorter = (value - behind - digit * power) / 10 + behind;
                visit(Digits::with(shorter, length - 1), Slip::Added);
            }
        }
    }
}

/// A digit of a number, with what it counts and the number that stands behind it.
#[derive(Clone, Copy)]
struct Place {
    power: u64,
    digit: u64,
    behind: u64,
}

/// The digits of a number from the last on: without a division by anything but ten.
fn places(number: Digits) -> impl Iterator<Item = Place> {
    let (mut rest, mut behind) = (number.value(), 0);
    POWERS.iter().take(number.length()).map(move |power| {
        let place = Place { power: *power, digit: rest % 10, behind };
        rest /= 10;
        behind += place.digit * power;
        place
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn written_of(text: &str) -> (Vec<char>, Vec<usize>) {
        (text.chars().filter(|c| *c != ' ').collect(), text.split(' ').map(str::len).collect())
    }

    #[track_caller]
    fn check(variants: impl Fn(&Scheme, Written<'_>, &mut dyn FnMut(&[char])), table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let columns: Vec<&str> = line.split('|').map(str::trim).collect();
            let scheme = Scheme::new("x", columns[0], columns[1].parse().unwrap()).unwrap();
            let (symbols, sections) = written_of(columns[2]);
            let mut found = BTreeSet::new();
            let written = Written { symbols: &symbols, sections: &sections, is_laid_out: false };
            variants(&scheme, written, &mut |variant| {
                found.insert(variant.iter().collect::<String>());
            });
            assert_eq!(found.into_iter().collect::<Vec<_>>().join(" "), columns[3], "{line}");
        }
    }

    #[test]
    fn zeros_of_parts() {
        check(
            |scheme, written, mut visit| zeros(scheme, written, &mut visit),
            "
            5.0100.######.C | luhn             | 5 100 1234 1    | 501000012341
            5.0100.######.C | luhn             | 510012341       | 501000012341
            5.0100.######.C | luhn             | 00501000012341  | 501000012341
            5.0100.######.C | luhn             | 5 00100 1234 1  | 501000012341
            5.0100.######.C | luhn             | 501000012341    |
            5.0100.######.C | luhn             | 510012345       |
            07/#####-C      | iso7064-mod11-10 | 7 123 8         | 07001238
            07/#####-C      | iso7064-mod11-10 | 7112022         | 07112022
            P######         | none             | P 123           | P000123
            P######         | none             | P 12            |
            P######         | none             | P123            | P000123
            ######          | none             | 12345           |
            ####.####       | none             | 1234567         | 01234567 12340567
            ",
        );
    }

    #[test]
    fn beginnings_left_out() {
        check(
            |scheme, written, mut visit| beginnings(scheme, written, &mut visit),
            "
            5.0100.######.C | luhn | 0100 123456 3 | 501001234563
            5.0100.######.C | luhn | 123456 3      | 501001234563
            5.0100.######.C | luhn | 1234563       | 501001234563
            5.0100.######.C | luhn | 1234564       |
            5.0100.######.C | luhn | 123 4563      |
            P######         | none | 123456        | P123456
            88########      | none | 12345678      | 8812345678
            ",
        );
    }

    #[test]
    fn slips_are_all_there_and_once() {
        let (symbols, _) = written_of("P1223");
        let mut seen = Vec::new();
        slips(&symbols, |_| true, &mut |variant, slip| seen.push((variant.iter().collect::<String>(), slip)));
        let count = |wanted: Slip| seen.iter().filter(|(_, slip)| *slip == wanted).count();
        assert_eq!(
            [Slip::Changed, Slip::Swapped, Slip::Lost, Slip::Added].map(count),
            [4 * 9, 2, 5 * 10 - 4, 3],
            "{seen:?}"
        );
        assert_eq!(seen.iter().map(|(variant, _)| variant).collect::<BTreeSet<_>>().len(), seen.len());
        assert!(seen.contains(&("P2123".to_owned(), Slip::Swapped)));
    }

    proptest! {
        #[test]
        fn slips_of_numbers_are_those_of_symbols(number in "[0-9]{2,17}") {
            let symbols: Vec<char> = number.chars().collect();
            let mut wanted = BTreeSet::new();
            slips(&symbols, |_| true, &mut |variant, slip| {
                wanted.insert((variant.len(), variant.iter().collect::<String>().parse().unwrap(), format!("{slip:?}")));
            });
            let mut seen = Vec::new();
            let digits = Digits::of(&symbols).unwrap();
            digit_slips(digits, |_| true, &mut |variant, slip| {
                seen.push((variant.length(), variant.value(), format!("{slip:?}")));
            });
            prop_assert_eq!(seen.len(), wanted.len());
            prop_assert_eq!(seen.into_iter().collect::<BTreeSet<(usize, u64, String)>>(), wanted);
        }
    }
}
