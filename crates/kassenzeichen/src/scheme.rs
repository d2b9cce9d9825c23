//! A numbering scheme: the printed mask of its references and their check digit.
//!
//! Must not know which references exist. Invariant: a scheme's mask has at least one free digit, and as many
//! neighbouring places for check digits as its method writes, after the first digit.

use crate::check::CheckMethod;
use crate::fold;

/// A numbering scheme of the Kasse.
///
/// The mask: `#` a digit, `C` a place of the check digits over all digits before it (`CC` for MOD 97-10),
/// `\C`, `\#` and `\\` those characters themselves, everything else stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    name: String,
    mask: String,
    check: CheckMethod,
    places: Vec<Place>,
    symbols: Vec<Place>,
    parts: Vec<usize>,
    prefix: Vec<char>,
}

/// A mask that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// No `#`: the scheme would have one reference only.
    #[error("mask \"{0}\" has no '#', so it has no free digit")]
    NoDigit(String),
    /// The mask ends in a backslash.
    #[error("mask \"{0}\" ends in '\\'")]
    OpenEscape(String),
    /// More or fewer `C` than the method writes digits, or not side by side.
    #[error("mask \"{mask}\" must have {wanted} 'C' side by side for its check method")]
    CheckPlaces {
        /// The mask.
        mask: String,
        /// How many digits the method writes.
        wanted: usize,
    },
    /// The check digit stands before all digits it could check.
    #[error("mask \"{0}\" has its check digit before the first digit")]
    CheckFirst(String),
}

/// Why a reference does not fit a scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Too long or too short.
    #[error("\"{written}\" has {found} letters and digits, mask \"{mask}\" has {wanted}")]
    Length {
        /// The reference.
        written: String,
        /// The mask.
        mask: String,
        /// Letters and digits written.
        found: usize,
        /// Letters and digits of the mask.
        wanted: usize,
    },
    /// A literal of the mask is another letter or digit, or a letter stands for a digit.
    #[error("\"{written}\" has '{found}' at place {place}, mask \"{mask}\" has {wanted}")]
    Form {
        /// The reference.
        written: String,
        /// The mask.
        mask: String,
        /// Which of its letters and digits, counted from 1.
        place: usize,
        /// The letter or digit there.
        found: char,
        /// What the mask wants there: `'5'`, or `a digit`.
        wanted: String,
    },
    /// The check digit is another.
    #[error("\"{written}\" ends its number with check digit {found}, method {method} gives {wanted}")]
    CheckDigit {
        /// The reference.
        written: String,
        /// The check digits there.
        found: String,
        /// What the method gives.
        wanted: String,
        /// The method.
        method: CheckMethod,
    },
    /// The method gives this number no check digit: it is never given out.
    #[error("\"{written}\" is never given out: method {method} has no check digit for it")]
    NotGivenOut {
        /// The reference.
        written: String,
        /// The method.
        method: CheckMethod,
    },
}

/// A place of the printed or of the canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Digit,
    Check,
    Literal(char),
}

impl Place {
    fn admits(self, c: char) -> bool {
        match self {
            Place::Digit | Place::Check => c.is_ascii_digit(),
            Place::Literal(literal) => literal == c,
        }
    }

    fn is_digit(self) -> bool {
        !matches!(self, Place::Literal(c) if !c.is_ascii_digit())
    }
}

impl Scheme {
    /// A scheme called `name` with the printed `mask` and its check digit.
    ///
    /// # Errors
    /// The mask breaks a rule of [`Scheme`] or does not fit the check method.
    pub fn new(name: &str, mask: &str, check: CheckMethod) -> Result<Scheme, SchemeError> {
        let places = places(mask).ok_or_else(|| SchemeError::OpenEscape(mask.to_owned()))?;
        let (symbols, parts) = symbols_and_parts(&places);
        if !symbols.contains(&Place::Digit) {
            return Err(SchemeError::NoDigit(mask.to_owned()));
        }
        let checks: Vec<usize> = (0..symbols.len()).filter(|at| symbols.get(*at) == Some(&Place::Check)).collect();
        let side_by_side = checks.iter().zip(checks.iter().skip(1)).all(|(one, next)| one + 1 == *next);
        if checks.len() != check.len() || !side_by_side {
            return Err(SchemeError::CheckPlaces { mask: mask.to_owned(), wanted: check.len() });
        }
        if checks.first().is_some_and(|first| !symbols.iter().take(*first).any(|symbol| symbol.is_digit())) {
            return Err(SchemeError::CheckFirst(mask.to_owned()));
        }
        let literal = |symbol: &Place| match symbol {
            Place::Literal(c) => Some(*c),
            Place::Digit | Place::Check => None,
        };
        let prefix = symbols.iter().map_while(literal).collect();
        Ok(Scheme { name: name.to_owned(), mask: mask.to_owned(), check, places, symbols, parts, prefix })
    }

    /// The scheme's name, as on the assessment notice.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The mask as configured.
    #[must_use]
    pub fn mask(&self) -> &str {
        &self.mask
    }

    /// How the check digit is computed.
    #[must_use]
    pub fn check(&self) -> &CheckMethod {
        &self.check
    }

    /// How many letters and digits each part of a reference has; parts end at separators of the mask and
    /// between its letters and digits.
    #[must_use]
    pub fn parts(&self) -> &[usize] {
        &self.parts
    }

    /// The canonical form of a reference in any spelling with all letters and digits.
    ///
    /// # Errors
    /// The reference does not fit the form, or its check digit is wrong.
    pub fn canonical(&self, reference: &str) -> Result<String, Misfit> {
        let written: Vec<char> = reference.chars().flat_map(fold::symbols).collect();
        if written.len() != self.len() {
            return Err(Misfit::Length {
                written: reference.to_owned(),
                mask: self.mask.clone(),
                found: written.len(),
                wanted: self.len(),
            });
        }
        let symbols = self.symbols.iter().zip(&written).enumerate();
        if let Some((at, (symbol, c))) = symbols.into_iter().find(|(_, (symbol, c))| !symbol.admits(**c)) {
            let wanted = match symbol {
                Place::Literal(literal) => format!("'{literal}'"),
                Place::Digit | Place::Check => "a digit".to_owned(),
            };
            let (mask, place, found) = (self.mask.clone(), at + 1, *c);
            return Err(Misfit::Form { written: reference.to_owned(), mask, place, found, wanted });
        }
        if !self.has_check_digit(&written) {
            return Err(self.wrong_check_digit(reference, &written));
        }
        Ok(written.into_iter().collect())
    }

    /// Does a reference, in any spelling with all letters and digits, fit the scheme?
    ///
    /// # Errors
    /// Why it does not: its length, the first letter or digit that the mask has otherwise, or its check digit.
    pub fn check_reference(&self, reference: &str) -> Result<(), Misfit> {
        self.canonical(reference).map(|_| ())
    }

    fn wrong_check_digit(&self, reference: &str, canonical: &[char]) -> Misfit {
        let (written, method) = (reference.to_owned(), self.check.clone());
        let (body, found) = canonical.split_at_checked(self.check_place()).unwrap_or_default();
        let body: String = body.iter().filter(|c| c.is_ascii_digit()).collect();
        match self.check.digits(&body) {
            Some(wanted) => {
                let found = found.iter().take(self.check.len()).collect();
                Misfit::CheckDigit { written, found, wanted, method }
            }
            None => Misfit::NotGivenOut { written, method },
        }
    }

    /// Where the check digits begin in the canonical form; behind it where there are none.
    fn check_place(&self) -> usize {
        self.symbols.iter().position(|symbol| *symbol == Place::Check).unwrap_or(self.symbols.len())
    }

    /// The same scheme with another check method of as many digits.
    pub(crate) fn with_check(&self, check: CheckMethod) -> Option<Scheme> {
        (check.len() == self.check.len()).then(|| Scheme { check, ..self.clone() })
    }

    /// The canonical form laid out in the mask; `None` for what does not fit the scheme.
    #[must_use]
    pub fn printed(&self, canonical: &str) -> Option<String> {
        let canonical = self.canonical(canonical).ok()?;
        let mut symbols = canonical.chars();
        let mut printed = String::with_capacity(self.mask.len());
        for place in &self.places {
            match place {
                Place::Digit | Place::Check => printed.push(symbols.next()?),
                Place::Literal(literal) => {
                    printed.push(*literal);
                    for _ in fold::symbols(*literal) {
                        symbols.next()?;
                    }
                }
            }
        }
        Some(printed)
    }

    /// The number that a reference has within the scheme: its free digits, without what the mask gives and the check digits.
    /// `None` for what does not fit the scheme, or has too many.
    #[must_use]
    pub fn number(&self, reference: &str) -> Option<u64> {
        let canonical = self.canonical(reference).ok()?;
        let free = self.symbols.iter().zip(canonical.chars()).filter(|(symbol, _)| **symbol == Place::Digit);
        free.map(|(_, digit)| digit).collect::<String>().parse().ok()
    }

    /// Letters and digits of a reference.
    pub(crate) fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Is a text laid out like the mask, separators included? Upper and lower case are one.
    pub(crate) fn is_printed(&self, text: &str) -> bool {
        let mut written = text.chars().filter(|c| *c != '\n');
        let fits = self.places.iter().all(|place| {
            written.next().is_some_and(|c| match place {
                Place::Digit | Place::Check => fold::digit(c).is_some(),
                Place::Literal(literal) => c == *literal || c.to_uppercase().eq(literal.to_uppercase()),
            })
        });
        fits && written.next().is_none()
    }

    /// Do these canonical symbols have the scheme's form and check digit?
    pub(crate) fn fits(&self, canonical: &[char]) -> bool {
        canonical.len() == self.len() && self.has_form(canonical) && self.has_check_digit(canonical)
    }

    /// Digits that the mask gives as they are.
    pub(crate) fn literal_digits(&self) -> usize {
        self.symbols.iter().filter(|symbol| matches!(symbol, Place::Literal(c) if c.is_ascii_digit())).count()
    }

    /// Does the scheme have a check digit?
    pub(crate) fn is_checked(&self) -> bool {
        self.check.len() > 0
    }

    /// The literal symbols a reference begins with.
    pub(crate) fn prefix(&self) -> &[char] {
        &self.prefix
    }

    /// Could a part that begins at the symbol `at` and is `length` long be spelt so?
    pub(crate) fn admits(&self, at: usize, part: &[char]) -> bool {
        let symbols = self.symbols.iter().skip(at);
        symbols.zip(part).all(|(symbol, c)| symbol.admits(*c))
    }

    /// Is the symbol at `at` a digit, so that zeros may be lost there?
    pub(crate) fn is_digit_at(&self, at: usize) -> bool {
        self.symbols.get(at).is_some_and(|symbol| symbol.is_digit())
    }

    fn has_form(&self, canonical: &[char]) -> bool {
        self.symbols.iter().zip(canonical).all(|(symbol, c)| symbol.admits(*c))
    }

    fn has_check_digit(&self, canonical: &[char]) -> bool {
        let first = self.check_place();
        if first == self.symbols.len() {
            return true;
        }
        let digit = |c: &char| c.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
        let body: Vec<u8> = canonical.iter().take(first).filter_map(digit).collect();
        let written = canonical.iter().skip(first).take(self.check.len()).filter_map(digit);
        let written = written.fold(0, |value: u8, digit| value.saturating_mul(10).saturating_add(digit));
        self.check.value(&body) == Some(written)
    }
}

/// Reads a mask; `None` where it ends in an open escape.
fn places(mask: &str) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    let mut characters = mask.chars();
    while let Some(c) = characters.next() {
        places.push(match c {
            '#' => Place::Digit,
            'C' => Place::Check,
            '\\' => Place::Literal(characters.next()?),
            literal => Place::Literal(literal),
        });
    }
    Some(places)
}

/// The canonical places of a mask and the lengths of its parts.
fn symbols_and_parts(places: &[Place]) -> (Vec<Place>, Vec<usize>) {
    let mut symbols: Vec<Place> = Vec::new();
    let mut parts: Vec<usize> = Vec::new();
    let mut is_open = false;
    for place in places {
        let before = symbols.len();
        match place {
            Place::Digit => symbols.push(Place::Digit),
            Place::Check => symbols.push(Place::Check),
            Place::Literal(c) => symbols.extend(fold::symbols(*c).map(Place::Literal)),
        }
        let added = symbols.len() - before;
        let is_digit = |at: Option<usize>| at.and_then(|at| symbols.get(at)).map(|symbol| symbol.is_digit());
        let same_kind = is_digit(before.checked_sub(1)) == is_digit(Some(before));
        match parts.last_mut() {
            Some(part) if added > 0 && is_open && same_kind => *part += added,
            _ if added > 0 => parts.push(added),
            _ => {}
        }
        is_open = added > 0;
    }
    (symbols, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(mask: &str, check: &str) -> Result<Scheme, SchemeError> {
        Scheme::new("x", mask, check.parse().unwrap())
    }

    #[test]
    fn parts_of_masks() {
        for (mask, check, parts) in [
            ("5.0100.######.C", "luhn", vec![1, 4, 6, 1]),
            ("07/#####-C", "iso7064-mod11-10", vec![2, 5, 1]),
            ("P######", "none", vec![1, 6]),
            ("88.######.CC", "iso7064-mod97-10", vec![2, 6, 2]),
            ("## ## C-A", "mod11", vec![2, 2, 1, 1]),
            (r"\C\#-###\\", "none", vec![1, 3]),
            ("ß#", "none", vec![2, 1]),
        ] {
            assert_eq!(scheme(mask, check).unwrap().parts(), parts, "{mask}");
        }
    }

    #[test]
    fn masks_that_cannot_be() {
        for (mask, check, wanted) in [
            ("5.0100", "none", "mask \"5.0100\" has no '#', so it has no free digit"),
            ("##\\", "none", "mask \"##\\\" ends in '\\'"),
            ("###", "luhn", "mask \"###\" must have 1 'C' side by side for its check method"),
            ("###C", "none", "mask \"###C\" must have 0 'C' side by side for its check method"),
            ("##C#C", "iso7064-mod97-10", "mask \"##C#C\" must have 2 'C' side by side for its check method"),
            ("P-C##", "luhn", "mask \"P-C##\" has its check digit before the first digit"),
        ] {
            assert_eq!(scheme(mask, check).unwrap_err().to_string(), wanted);
        }
    }

    #[track_caller]
    fn check(table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let columns: Vec<&str> = line.split('|').map(str::trim).collect();
            let scheme = scheme(columns[0], columns[1]).unwrap();
            let outcome = match scheme.canonical(columns[2]) {
                Ok(canonical) => format!("{canonical} = {}", scheme.printed(&canonical).unwrap()),
                Err(misfit) => misfit.to_string(),
            };
            assert_eq!(outcome, columns[3], "{line}");
        }
    }

    #[test]
    fn spellings_of_a_scheme() {
        check(
            r#"
            5.0100.######.C | luhn             | 5.0100.123456.3    | 501001234563 = 5.0100.123456.3
            5.0100.######.C | luhn             | 50 10 01 23 45 63  | 501001234563 = 5.0100.123456.3
            5.0100.######.C | luhn             | 5.0100.123456.4    | "5.0100.123456.4" ends its number with check digit 4, method luhn gives 3
            5.0100.######.C | luhn             | 5.0200.123456.3    | "5.0200.123456.3" has '2' at place 3, mask "5.0100.######.C" has '1'
            5.0100.######.C | luhn             | 5.0100.123456      | "5.0100.123456" has 11 letters and digits, mask "5.0100.######.C" has 12
            P######         | none             | p 123456           | P123456 = P123456
            P######         | none             | Q123456            | "Q123456" has 'Q' at place 1, mask "P######" has 'P'
            P######         | none             | P12345O            | "P12345O" has 'O' at place 7, mask "P######" has a digit
            88.######.CC    | iso7064-mod97-10 | 88.123456.92       | "88.123456.92" ends its number with check digit 92, method iso7064-mod97-10 gives 29
            \C\C/##-##CC    | iso7064-mod97-10 | cc 12-34-82        | CC123482 = CC/12-3482
            ###C-K          | mod11            | 1236k              | 1236K = 1236-K
            "#,
        );
    }

    #[test]
    fn printed_forms() {
        let scheme = scheme("07/#####-C", "iso7064-mod11-10").unwrap();
        for (text, wanted) in [
            ("07/11202-3", true),
            ("07/112\n02-3", true),
            ("07112023", false),
            ("07.11.2023", false),
            ("07/11202-34", false),
        ] {
            assert_eq!(scheme.is_printed(text), wanted, "{text}");
        }
    }
}
