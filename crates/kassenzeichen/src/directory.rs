//! The references a Kasse knows, and the ways to ask for one.
//!
//! Must not know how texts are searched; it holds the references, their printed forms and the exact map.
//! Invariant: a [`RefId`] is the position of the reference in the list the directory was made of.

use std::collections::BTreeSet;

use crate::finder::Finder;
use crate::fold;
use crate::keys::{Head, Keys, PACKED};
use crate::message::{Findings, Message, Slip};
use crate::printed::Printed;
use crate::reading::{Buffers, Reading};
use crate::repair::{self, Written};
use crate::scheme::Scheme;
use crate::window::{self, Window};

/// No more layouts are remembered: a Kasse has few schemes.
const LAYOUTS: usize = 32;

/// Numbers of a range that are gone through, check digits included.
const WIDEST_RANGE: u64 = 20_000;

/// A known reference: its position in the list the directory was made of.
pub type RefId = u32;

/// All known references of a Kasse.
///
/// Takes about 20 bytes for a reference besides its printed form. A reference given twice is found under its first
/// position; different references with the same letters and digits are always found together.
#[derive(Debug)]
pub struct Directory {
    schemes: Vec<Scheme>,
    keys: Keys,
    /// The references, and behind them the aliases.
    printed: Printed,
    count: usize,
    /// Which reference each alias leads to.
    targets: Vec<RefId>,
    /// What stands around the digits of any printed form; `None` where there are too many.
    layouts: Option<Vec<String>>,
}

impl Directory {
    /// A directory of references as printed, in any number of numbering schemes; a reference that fits
    /// none is found as it is written, and one slip away.
    pub fn new<'a>(schemes: &[Scheme], references: impl IntoIterator<Item = &'a str>) -> Directory {
        Directory::of(schemes.to_vec(), references.into_iter().collect(), Vec::new())
    }

    /// Makes old references, of any form, lead to the new ones: `(old, new)`.
    ///
    /// Pairs whose new reference is not in the directory, or whose old one has the same letters and digits, are left
    /// out: nothing can be booked there. An old reference that is somebody else's now is found for both.
    #[must_use]
    pub fn with_aliases<'a>(self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Directory {
        let known = |(old, new): (&'a str, &'a str)| {
            let target = self.by_form(new)?;
            (fold::canonical(old) != fold::canonical(new)).then_some((old, target))
        };
        let (old, targets): (Vec<&str>, Vec<RefId>) = pairs.into_iter().filter_map(known).unzip();
        if old.is_empty() {
            return self;
        }
        let printed =
            self.printed.iter().take(self.count).chain(self.aliases().map(|(old, _)| old)).chain(old).collect();
        let targets = self.targets.iter().copied().chain(targets).collect();
        Directory::of(self.schemes, printed, targets)
    }

    fn of(schemes: Vec<Scheme>, printed: Printed, targets: Vec<RefId>) -> Directory {
        let count = printed.len().saturating_sub(targets.len());
        let mut keys = Keys::new(&printed, count);
        schemes.iter().for_each(|scheme| keys.know_letters(scheme.prefix()));
        let layouts = layouts(&printed);
        Directory { schemes, keys, printed, count, targets, layouts }
    }

    /// Old references and where they lead.
    fn aliases(&self) -> impl Iterator<Item = (&str, RefId)> {
        self.printed.iter().skip(self.count).zip(self.targets.iter().copied())
    }

    /// The one reference with these letters and digits, or of those the one with these separators too.
    fn by_form(&self, text: &str) -> Option<RefId> {
        let symbols: Vec<char> = text.chars().flat_map(fold::symbols).collect();
        let first = self.by_symbols(&symbols)?;
        let all: BTreeSet<RefId> = self.keys.with_twins(first).map(|id| self.resolved(id).0).collect();
        let as_typed = all.iter().find(|id| self.printed(**id).eq_ignore_ascii_case(text.trim()));
        as_typed.or(all.first().filter(|_| all.len() == 1)).copied()
    }

    /// How many references were given.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Was no reference given?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The reference as it was given; empty for an id of another directory.
    #[must_use]
    pub fn printed(&self, reference: RefId) -> &str {
        usize::try_from(reference).ok().filter(|at| *at < self.count).map_or("", |_| self.printed.get(reference))
    }

    /// The reference a clerk types: any separators, upper or lower case, zeros lost or added at the
    /// beginning of parts. `None` where it is not known or not the only one.
    #[must_use]
    pub fn by_spelling(&self, text: &str) -> Option<RefId> {
        let reading = Reading::plain(text, Buffers::default());
        let last = reading.pieces.len().checked_sub(1)?;
        if self.by_symbols(reading.symbols(0, last)).is_some() {
            return self.by_form(text);
        }
        let window = Window { reading: &reading, first: 0, last };
        let sections = window.sections();
        let mut found = BTreeSet::new();
        self.zeros(window.as_written(&sections), &mut |id| {
            found.insert(self.resolved(id).0);
        });
        found.first().filter(|_| found.len() == 1).copied()
    }

    /// Everything in a message that is, or could be meant for, a known reference, and references of the
    /// right form that nobody has. For many messages in a row see [`Directory::finder`].
    #[must_use]
    pub fn find(&self, message: &Message<'_>) -> Findings {
        let mut finder = self.finder();
        finder.find(message);
        finder.into_findings()
    }

    /// What searches one message after another.
    #[must_use]
    pub fn finder(&self) -> Finder<'_> {
        Finder::new(self)
    }

    /// All known references one slip away from this one: who is meant where it is quoted by mistake. In order, without
    /// itself; references of fewer than six digits have none.
    #[must_use]
    pub fn neighbours(&self, reference: RefId) -> Vec<RefId> {
        let symbols: Vec<char> = self.printed(reference).chars().flat_map(fold::symbols).collect();
        let letters = symbols.iter().filter(|c| !c.is_ascii_digit()).count();
        let mut found: Vec<RefId> = Vec::new();
        let is_wanted = |length: usize| {
            length >= letters + repair::LEAST_DIGITS && (self.keys.has_digits(length) || self.keys.has_text(length))
        };
        self.slips(&symbols, is_wanted, &mut |id, _| {
            let ids = self.keys.with_twins(id);
            found.extend(ids.map(|id| self.resolved(id).0).filter(|id| *id != reference));
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The known reference that ends on these digits and is this one before them; without the check digits where that is the
    /// only one. `None` where it is this one, or not known.
    pub(crate) fn with_end(&self, reference: RefId, end: &str) -> Option<RefId> {
        let symbols: Vec<char> = self.printed(reference).chars().flat_map(fold::symbols).collect();
        let known = |checks: usize| {
            let start = symbols.len().checked_sub(end.len() + checks)?;
            let replaced = symbols.get(start..)?;
            let (before, is_number) = (symbols.get(..start)?, replaced.iter().all(char::is_ascii_digit));
            is_number.then(|| before.iter().copied().chain(end.chars()).collect::<Vec<char>>())
        };
        let other = |id: RefId| Some(self.resolved(id).0).filter(|id| *id != reference);
        if let Some(id) = self.by_symbols(&known(0)?) {
            return other(id);
        }
        let mut without_check = known(1)?;
        let mut found = None;
        for check in '0'..='9' {
            without_check.push(check);
            if let Some(id) = self.by_symbols(&without_check) {
                if found.is_some() {
                    return None;
                }
                found = Some(id);
            }
            without_check.pop();
        }
        found.and_then(other)
    }

    /// The known references between two of one form, in order, without these; `None` where there are too many, or no way
    /// from one to the other.
    pub(crate) fn between(&self, first: RefId, last: RefId, most: usize) -> Option<Vec<RefId>> {
        let symbols = |id: RefId| self.printed(id).chars().flat_map(fold::symbols).collect::<Vec<char>>();
        let (from, to) = (symbols(first), symbols(last));
        let alike = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
        let number = |symbols: &[char]| {
            let digits: String = symbols.get(alike..)?.iter().collect();
            digits.parse::<u64>().ok()
        };
        let (low, high) = (number(&from)?, number(&to)?);
        if from.len() != to.len() || low >= high || high - low > WIDEST_RANGE {
            return None;
        }
        let width = from.len() - alike;
        let mut between = Vec::new();
        let mut variant: Vec<char> = from.get(..alike)?.to_vec();
        for number in low + 1..high {
            variant.truncate(alike);
            variant.extend(format!("{number:0width$}").chars());
            if let Some(id) = self.by_symbols(&variant) {
                between.push(self.resolved(id).0);
                if between.len() > most {
                    return None;
                }
            }
        }
        Some(between)
    }

    /// Hands on what is known one slip away from what was written, as far as such lengths are wanted; the number of look-ups.
    pub(crate) fn slips(
        &self,
        written: &[char],
        is_wanted: impl Fn(usize) -> bool,
        visit: &mut impl FnMut(RefId, Slip),
    ) -> usize {
        let (head, number) = Head::of(written);
        let mut probes = 0;
        let mut probe = |id: Option<RefId>, slip| {
            probes += 1;
            if let Some(id) = id {
                visit(id, slip);
            }
        };
        if head.has_digits() || !(1..PACKED).contains(&number.length()) {
            repair::slips(written, is_wanted, &mut |variant, slip| {
                probe(self.keys.by_unlikely_symbols(variant, &self.printed), slip);
            });
        } else if head.len() == 0 {
            repair::digit_slips(number, is_wanted, &mut |variant, slip| {
                probe(self.keys.by_unlikely_digits(variant), slip);
            });
        } else {
            // letters stay as they are: only the number behind them slips
            repair::digit_slips(number, |length| is_wanted(head.len() + length), &mut |variant, slip| {
                probe(self.keys.by_unlikely(head, variant, &self.printed), slip);
            });
        }
        probes
    }

    /// Hands on every known reference that lost or won zeros to give what was written.
    pub(crate) fn zeros(&self, written: Written<'_>, visit: &mut impl FnMut(RefId)) -> usize {
        let mut probes = 0;
        let mut probe = |variant: &[char]| {
            if !self.keys.has_digits(variant.len()) && !self.keys.has_text(variant.len()) {
                return;
            }
            probes += 1;
            if let Some(id) = self.by_symbols(variant) {
                self.keys.with_twins(id).for_each(&mut *visit);
            }
        };
        for scheme in &self.schemes {
            repair::zeros(scheme, written, &mut probe);
        }
        repair::zeros_of_bare(written.symbols, &mut probe);
        probes
    }

    /// Could this be laid out like a printed form, with letters or separators around its digits? No where it surely is not.
    pub(crate) fn may_be_laid_out_like(&self, written: &str) -> bool {
        let is_like = |layout: &String| !layout.is_empty() && window::signs(written).eq(layout.chars());
        self.layouts.as_ref().is_none_or(|layouts| layouts.iter().any(is_like))
    }

    pub(crate) fn schemes(&self) -> &[Scheme] {
        &self.schemes
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The reference, or alias, with this canonical form.
    pub(crate) fn by_symbols(&self, canonical: &[char]) -> Option<RefId> {
        self.keys.by_symbols(canonical, &self.printed)
    }

    /// The same for a form that is known to be no short run of digits.
    pub(crate) fn by_text(&self, canonical: &[char]) -> Option<RefId> {
        self.keys.by_text(canonical, &self.printed)
    }

    /// What stands on paper for a reference or an alias.
    pub(crate) fn form(&self, id: RefId) -> &str {
        self.printed.get(id)
    }

    /// The reference that a key leads to, and whether it does so as an alias.
    pub(crate) fn resolved(&self, id: RefId) -> (RefId, bool) {
        let alias = usize::try_from(id).ok().and_then(|at| at.checked_sub(self.count));
        alias.and_then(|at| self.targets.get(at)).map_or((id, false), |target| (*target, true))
    }
}

/// What stands around the digits of printed forms, each once; `None` for too many.
fn layouts(printed: &Printed) -> Option<Vec<String>> {
    let mut layouts: Vec<String> = Vec::new();
    for form in printed.iter() {
        let is_known = |layout: &String| window::signs(form).eq(layout.chars());
        // Those of a scheme often follow one another.
        if let Some(at) = layouts.iter().rposition(is_known) {
            let last = layouts.len() - 1;
            layouts.swap(at, last);
        } else if layouts.len() < LAYOUTS {
            layouts.push(window::signs(form).collect());
        } else {
            return None;
        }
    }
    Some(layouts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CheckMethod;

    #[test]
    fn neighbours_are_one_slip_away() {
        let references = ["P123456", "P123457", "P132456", "P12346", "P1234456", "P123475", "Q123456", "12345"];
        let directory = Directory::new(&[], references).with_aliases([("P923456", "12345")]);
        assert_eq!(directory.neighbours(0), [1, 2, 4, 7]);
        assert_eq!(directory.neighbours(3), [0], "five digits have only longer neighbours");
        assert_eq!(directory.neighbours(99), []);
    }

    #[test]
    fn spellings_a_clerk_types() {
        let schemes = [
            Scheme::new("a", "5.0100.######.C", CheckMethod::Luhn).unwrap(),
            Scheme::new("b", "P######", CheckMethod::None).unwrap(),
        ];
        let references = ["5.0100.001234.1", "P000123", "1-23", "12-3", "P000123", "0815-4711", ""];
        let directory = Directory::new(&schemes, references);
        assert_eq!((directory.len(), directory.printed(5), directory.printed(7)), (7, "0815-4711", ""));
        for (text, wanted) in [
            ("5.0100.001234.1", Some(0)),
            (" 50 1000 01234 1 ", Some(0)),
            ("5.100.1234.1", Some(0)),
            ("51001234 1", Some(0)),
            ("p123", Some(1)),
            ("P 000 123", Some(1)),
            ("12-3", Some(3)),
            ("1-23", Some(2)),
            ("123", None),
            ("8154711", Some(5)),
            ("4711", None),
            ("", None),
            ("..", None),
        ] {
            assert_eq!(directory.by_spelling(text), wanted, "{text}");
        }
    }
}
