//! Real references held against the schemes: which fit, why others do not, and what about a scheme may be wrong.
//!
//! Must not know where the list comes from. Invariant: every reference has one outcome, in the order of the list, and a
//! hint holds for every reference it counts.

use std::collections::BTreeSet;

use crate::check::{CheckMethod, Direction, Mod11, Rest};
use crate::scheme::{Misfit, Scheme};

/// Fewer references prove nothing about a check method.
const TELLING: usize = 3;

/// What came of one reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It fits the scheme at this place of the list; the first where it fits several.
    Fits(usize),
    /// It fits none.
    FitsNone {
        /// The scheme that comes nearest: by its check digit alone, else by its form, else by its length.
        scheme: usize,
        /// Why it does not fit that one.
        misfit: Misfit,
    },
    /// There are no schemes to fit.
    NoScheme,
}

/// What the misfits of a scheme have in common.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Hint {
    /// All references of the scheme's form fit another check method.
    #[error("all {count} references of this form fit {}", listed(methods))]
    Methods {
        /// How many references have the form.
        count: usize,
        /// The methods that all of them fit.
        methods: Vec<CheckMethod>,
    },
    /// All misfits have the same number of letters and digits.
    #[error("all {count} misfits have {found} letters and digits, the mask has {wanted}")]
    Length {
        /// How many.
        count: usize,
        /// Letters and digits of the misfits.
        found: usize,
        /// Letters and digits of the mask.
        wanted: usize,
    },
    /// All misfits have the same letter or digit where the mask wants something else.
    #[error("all {count} misfits have '{found}' at place {place}, the mask has {wanted}")]
    Form {
        /// How many.
        count: usize,
        /// Which letter or digit, counted from 1.
        place: usize,
        /// What stands there.
        found: char,
        /// What the mask wants.
        wanted: String,
    },
}

/// What came of a list of references.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListReport {
    /// For each reference, in the order of the list.
    pub outcomes: Vec<Outcome>,
    /// By scheme, what its misfits have in common.
    pub hints: Vec<(usize, Hint)>,
}

impl ListReport {
    /// Does every reference fit a scheme?
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Fits(_)))
    }
}

/// Holds real references against the schemes.
///
/// ```
/// use kassenzeichen::{CheckMethod, Scheme, check_list};
///
/// let schemes = [Scheme::new("Abgaben", "5.0100.######.C", CheckMethod::Mod10_371)?];
/// let report = check_list(&schemes, ["5.0100.123456.3", "5.0100.001234.1", "5.0100.123457.1"]);
/// assert_eq!(report.hints[0].1.to_string(), "all 3 references of this form fit luhn");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn check_list<'a>(schemes: &[Scheme], references: impl IntoIterator<Item = &'a str>) -> ListReport {
    let references: Vec<&str> = references.into_iter().collect();
    let outcomes: Vec<Outcome> = references.iter().map(|reference| outcome(schemes, reference)).collect();
    let mut hints = Vec::new();
    for (at, scheme) in schemes.iter().enumerate() {
        let misfits: Vec<&Misfit> = outcomes.iter().filter_map(|outcome| misfit_of(outcome, at)).collect();
        let method = other_methods(scheme, &misfits, &references);
        hints.extend(method.or_else(|| in_common(&misfits)).map(|hint| (at, hint)));
    }
    ListReport { outcomes, hints }
}

fn outcome(schemes: &[Scheme], reference: &str) -> Outcome {
    let mut nearest: Option<(usize, Misfit)> = None;
    for (at, scheme) in schemes.iter().enumerate() {
        match scheme.check_reference(reference) {
            Ok(()) => return Outcome::Fits(at),
            Err(misfit) => {
                if nearest.as_ref().is_none_or(|(_, held)| distance(&misfit) < distance(held)) {
                    nearest = Some((at, misfit));
                }
            }
        }
    }
    nearest.map_or(Outcome::NoScheme, |(scheme, misfit)| Outcome::FitsNone { scheme, misfit })
}

/// How far from fitting a misfit is.
fn distance(misfit: &Misfit) -> (u8, usize) {
    match misfit {
        Misfit::CheckDigit { .. } | Misfit::NotGivenOut { .. } => (0, 0),
        // The later the first difference, the more agrees.
        Misfit::Form { place, .. } => (1, usize::MAX - place),
        Misfit::Length { found, wanted, .. } => (2, found.abs_diff(*wanted)),
    }
}

fn misfit_of(outcome: &Outcome, at: usize) -> Option<&Misfit> {
    match outcome {
        Outcome::FitsNone { scheme, misfit } if *scheme == at => Some(misfit),
        _ => None,
    }
}

/// The methods that all references of the scheme's form fit, where its own is not one of them.
fn other_methods(scheme: &Scheme, misfits: &[&Misfit], references: &[&str]) -> Option<Hint> {
    let is_check = |misfit: &&&Misfit| matches!(misfit, Misfit::CheckDigit { .. } | Misfit::NotGivenOut { .. });
    misfits.iter().find(is_check)?;
    let has_form = |reference: &&&str| scheme.check_reference(reference).err().is_none_or(|why| distance(&why).0 == 0);
    let of_form: BTreeSet<&str> = references.iter().filter(has_form).copied().collect();
    let fit_all = |method: &CheckMethod| {
        let other = scheme.with_check(method.clone());
        other.is_some_and(|other| of_form.iter().all(|reference| other.check_reference(reference).is_ok()))
    };
    let methods: Vec<CheckMethod> = known_methods().into_iter().filter(fit_all).collect();
    let count = of_form.len();
    (count >= TELLING && !methods.is_empty()).then_some(Hint::Methods { count, methods })
}

/// The methods in use: the Bundesbank's 00, 01, 02, 04 and their kin, and ISO 7064.
pub(crate) fn known_methods() -> Vec<CheckMethod> {
    let mut methods = vec![CheckMethod::Luhn, CheckMethod::Mod10_371, CheckMethod::Iso7064Mod11_10];
    for rest1 in [Rest::Zero, Rest::Unused] {
        for direction in [Direction::FromRight, Direction::FromLeft] {
            for last in [7, 9, 10] {
                let method = Mod11::new((2..=last).collect(), rest1).ok();
                methods.extend(method.map(|method| CheckMethod::Mod11(method.with_direction(direction))));
            }
        }
    }
    methods.push(CheckMethod::Iso7064Mod97_10);
    methods
}

/// What all misfits have in common but their check digits.
fn in_common(misfits: &[&Misfit]) -> Option<Hint> {
    let count = misfits.len();
    let first = *misfits.first()?;
    let is_like = |other: &&Misfit| match (first, *other) {
        (Misfit::Length { found, .. }, Misfit::Length { found: other, .. }) => found == other,
        (Misfit::Form { place, found, .. }, Misfit::Form { place: other_place, found: other, .. }) => {
            place == other_place && found == other
        }
        _ => false,
    };
    if count < TELLING || !misfits.iter().all(is_like) {
        return None;
    }
    match first {
        Misfit::Length { found, wanted, .. } => Some(Hint::Length { count, found: *found, wanted: *wanted }),
        Misfit::Form { place, found, wanted, .. } => {
            Some(Hint::Form { count, place: *place, found: *found, wanted: wanted.clone() })
        }
        _ => None,
    }
}

fn listed(methods: &[CheckMethod]) -> String {
    methods.iter().map(CheckMethod::to_string).collect::<Vec<_>>().join("; or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outcomes as numbers of schemes or reasons, and the hints.
    fn shown(schemes: &[(&str, CheckMethod)], references: &[&str]) -> Vec<String> {
        let schemes: Vec<Scheme> =
            schemes.iter().map(|(mask, check)| Scheme::new("x", mask, check.clone()).unwrap()).collect();
        let report = check_list(&schemes, references.iter().copied());
        assert_eq!(report.outcomes.len(), references.len());
        let outcome = |outcome: &Outcome| match outcome {
            Outcome::Fits(scheme) => format!("fits {scheme}"),
            Outcome::FitsNone { scheme, misfit } => format!("{scheme}: {misfit}"),
            Outcome::NoScheme => "no scheme".to_owned(),
        };
        let hints = report.hints.iter().map(|(scheme, hint)| format!("hint {scheme}: {hint}"));
        report.outcomes.iter().map(outcome).chain(hints).collect()
    }

    fn mod11(last: u8, rest1: Rest) -> CheckMethod {
        CheckMethod::Mod11(Mod11::new((2..=last).collect(), rest1).unwrap())
    }

    #[test]
    fn nearest_reasons() {
        let schemes = [("5.0100.######.C", CheckMethod::Luhn), ("P######", CheckMethod::None)];
        assert_eq!(
            shown(&schemes, &["5.0100.123456.3", "p 123456", "5.0100.123456.4", "Q123456", "12", "5.0200.123456.3"]),
            [
                "fits 0",
                "fits 1",
                "0: \"5.0100.123456.4\" ends its number with check digit 4, method luhn gives 3",
                "1: \"Q123456\" has 'Q' at place 1, mask \"P######\" has 'P'",
                "1: \"12\" has 2 letters and digits, mask \"P######\" has 7",
                "0: \"5.0200.123456.3\" has '2' at place 3, mask \"5.0100.######.C\" has '1'",
            ]
        );
        assert_eq!(shown(&[], &["12"]), ["no scheme"]);
    }

    #[test]
    fn hints_at_methods() {
        let numbers = [12_345, 12_346, 12_347, 99_999, 40_506, 70_809];
        for method in known_methods().into_iter().filter(|method| method.len() == 1) {
            let digit = |body: &str| method.digits(body);
            let bodies = numbers.iter().map(|number| format!("12{number:06}"));
            let references: Vec<String> =
                bodies.filter_map(|body| digit(&body).map(|digit| format!("{body}{digit}"))).collect();
            let references: Vec<&str> = references.iter().map(String::as_str).collect();
            let wrong = if method == CheckMethod::Luhn { CheckMethod::Mod10_371 } else { CheckMethod::Luhn };
            let shown = shown(&[("12######C", wrong)], &references);
            let hint = shown.last().unwrap();
            assert!(hint.contains(&method.to_string()), "{method}: {hint}");
        }
    }

    #[test]
    fn rest_one_is_told_apart() {
        // Under weights 2 to 7 the body 6 leaves a rest of 1.
        let hint = shown(&[("#C", mod11(7, Rest::Unused))], &["60", "19", "27", "35"]).pop().unwrap();
        assert!(hint.contains("from the right, rest0 zero, rest1 zero") && !hint.contains("unused"), "{hint}");
    }

    #[test]
    fn hints_at_masks() {
        let luhn = [("5.0100.######.C", CheckMethod::Luhn)];
        let hint = |references: &[&str]| shown(&luhn, references).split_off(references.len());
        let longer = ["5.0100.1234567.3", "5.0100.1234568.3", "5.0100.1234569.3"];
        assert_eq!(hint(&longer), ["hint 0: all 3 misfits have 13 letters and digits, the mask has 12"]);
        let other = ["5.0110.123456.3", "5.0110.123457.3", "5.0110.123458.3"];
        assert_eq!(hint(&other), ["hint 0: all 3 misfits have '1' at place 4, the mask has '0'"]);
        assert_eq!(hint(&["5.0110.123456.3", "5.0100.123456.3"]), [""; 0]);
        assert_eq!(hint(&["5.0100.123456.4", "5.0100.123457.4", "5.0100.123458.9"]), [""; 0]);
    }
}
