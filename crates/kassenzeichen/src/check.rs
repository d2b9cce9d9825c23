//! Check digits of cash references: computing them, and reading a method's name from a configuration.
//!
//! Must not know masks or separators: it sees bare digits. Invariant: a method's digits are a function of
//! the body alone, and of fixed length.

use std::fmt;
use std::str::FromStr;

/// How the check digit of a numbering scheme is computed over the digits before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckMethod {
    /// Modulo 10, weights 2, 1 from the right, cross sums (Luhn; Bundesbank method 00).
    Luhn,
    /// ISO 7064 MOD 11,10, one digit (as on the German BZÜ payment slip).
    Iso7064Mod11_10,
    /// ISO 7064 MOD 97-10, two digits.
    Iso7064Mod97_10,
    /// Modulo 11; what it does with its weights and a rest of 1 differs from town to town.
    Mod11(Mod11),
    /// Modulo 10, weights 3, 7, 1 from the right, no cross sums (Bundesbank method 01).
    Mod10_371,
    /// No check digit.
    None,
}

/// The free choices of a modulo-11 check digit: 11 less the rest of the weighted sum, where that is one digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mod11 {
    weights: Vec<u8>,
    direction: Direction,
    rest0: Rest,
    rest1: Rest,
}

/// What a rest of 0 or 1 (a "check digit" of 11 or 10) means in modulo 11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rest {
    /// The check digit is 0.
    #[default]
    Zero,
    /// The number is never given out.
    Unused,
}

/// From which end of a number the weights are laid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// The first weight belongs to the last digit before the check digit.
    #[default]
    FromRight,
    /// The first weight belongs to the first digit.
    FromLeft,
}

/// A check method that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The word names no method.
    #[error("unknown check method \"{0}\" (known: luhn, iso7064-mod11-10, iso7064-mod97-10, mod11, mod10-371, none)")]
    Method(String),
    /// The word names no treatment of a rest.
    #[error("unknown treatment of a rest \"{0}\" (known: zero, unused)")]
    Rest(String),
    /// The word names no direction.
    #[error("unknown direction of weights \"{0}\" (known: right, left)")]
    Direction(String),
    /// Modulo 11 without weights.
    #[error("modulo 11 needs at least one weight")]
    NoWeights,
    /// A weight under which a digit would not be checked at all, or a weight above 10.
    #[error("weight {0} of modulo 11 is not between 1 and 10")]
    Weight(u8),
}

impl Mod11 {
    /// Modulo 11 with `weights` from the right, repeated as often as needed.
    ///
    /// # Errors
    /// No weights, or one outside 1..=10.
    pub fn new(weights: Vec<u8>, rest1: Rest) -> Result<Mod11, CheckError> {
        if weights.is_empty() {
            return Err(CheckError::NoWeights);
        }
        match weights.iter().find(|weight| !(1..=10).contains(*weight)) {
            Some(weight) => Err(CheckError::Weight(*weight)),
            None => Ok(Mod11 { weights, rest1, ..Mod11::default() }),
        }
    }

    /// The same with the weights laid from this end.
    #[must_use]
    pub fn with_direction(self, direction: Direction) -> Mod11 {
        Mod11 { direction, ..self }
    }

    /// The same with this meaning of a rest of 0; the usual one is [`Rest::Zero`].
    #[must_use]
    pub fn with_rest0(self, rest0: Rest) -> Mod11 {
        Mod11 { rest0, ..self }
    }

    fn digit(&self, body: &[u8]) -> Option<u8> {
        let sum = match self.direction {
            Direction::FromRight => weighted(body.iter().rev(), &self.weights),
            Direction::FromLeft => weighted(body.iter(), &self.weights),
        };
        match (sum % 11, self.rest0, self.rest1) {
            (0, Rest::Zero, _) | (1, _, Rest::Zero) => Some(0),
            (0, Rest::Unused, _) | (1, _, Rest::Unused) => None,
            (rest, _, _) => u8::try_from(11 - rest).ok(),
        }
    }
}

impl Default for Mod11 {
    /// Weights 2 to 7 from the right; rests of 0 and 1 give 0.
    fn default() -> Mod11 {
        let (direction, rest) = (Direction::default(), Rest::default());
        Mod11 { weights: (2..=7).collect(), direction, rest0: rest, rest1: rest }
    }
}

impl fmt::Display for Mod11 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |rest| if rest == Rest::Zero { "zero" } else { "unused" };
        let weights: Vec<String> = self.weights.iter().map(u8::to_string).collect();
        let direction = if self.direction == Direction::FromRight { "right" } else { "left" };
        let (weights, rest0, rest1) = (weights.join(","), word(self.rest0), word(self.rest1));
        write!(f, "mod11, weights {weights} from the {direction}, rest0 {rest0}, rest1 {rest1}")
    }
}

impl fmt::Display for CheckMethod {
    /// The configuration's word, with the parameters of modulo 11.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckMethod::Luhn => f.write_str("luhn"),
            CheckMethod::Iso7064Mod11_10 => f.write_str("iso7064-mod11-10"),
            CheckMethod::Iso7064Mod97_10 => f.write_str("iso7064-mod97-10"),
            CheckMethod::Mod11(method) => method.fmt(f),
            CheckMethod::Mod10_371 => f.write_str("mod10-371"),
            CheckMethod::None => f.write_str("none"),
        }
    }
}

impl CheckMethod {
    /// The check digits over `body`, a string of ASCII digits: `""` for [`CheckMethod::None`].
    ///
    /// `None` where the number is not usable: the body has other characters than digits, or modulo 11
    /// leaves a rest of 1 and that is not given out.
    #[must_use]
    pub fn digits(&self, body: &str) -> Option<String> {
        let body: Option<Vec<u8>> =
            body.chars().map(|c| c.to_digit(10).and_then(|digit| u8::try_from(digit).ok())).collect();
        let value = self.value(&body?)?;
        Some(match self.len() {
            0 => String::new(),
            1 => value.to_string(),
            _ => format!("{value:02}"),
        })
    }

    /// How many check digits the method writes: 0, 1 or 2.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a count of digits, not a container")]
    pub fn len(&self) -> usize {
        match self {
            CheckMethod::None => 0,
            CheckMethod::Iso7064Mod97_10 => 2,
            _ => 1,
        }
    }

    /// The check digits as a number, over digits given as values 0 to 9; 0 for no check digit.
    pub(crate) fn value(&self, body: &[u8]) -> Option<u8> {
        match self {
            CheckMethod::Luhn => Some(luhn(body)),
            CheckMethod::Iso7064Mod11_10 => Some(iso7064_mod11_10(body)),
            CheckMethod::Iso7064Mod97_10 => {
                let rest = body.iter().fold(0_u32, |rest, digit| (rest * 10 + u32::from(*digit)) % 97);
                u8::try_from(98 - rest * 100 % 97).ok()
            }
            CheckMethod::Mod11(method) => method.digit(body),
            CheckMethod::Mod10_371 => u8::try_from((10 - weighted(body.iter().rev(), &[3, 7, 1]) % 10) % 10).ok(),
            CheckMethod::None => Some(0),
        }
    }
}

impl FromStr for CheckMethod {
    type Err = CheckError;

    /// Reads the configuration's word; `mod11` is [`Mod11::default`].
    fn from_str(word: &str) -> Result<CheckMethod, CheckError> {
        match word {
            "luhn" => Ok(CheckMethod::Luhn),
            "iso7064-mod11-10" => Ok(CheckMethod::Iso7064Mod11_10),
            "iso7064-mod97-10" => Ok(CheckMethod::Iso7064Mod97_10),
            "mod11" => Ok(CheckMethod::Mod11(Mod11::default())),
            "mod10-371" => Ok(CheckMethod::Mod10_371),
            "none" => Ok(CheckMethod::None),
            _ => Err(CheckError::Method(word.to_owned())),
        }
    }
}

impl FromStr for Rest {
    type Err = CheckError;

    /// Reads the configuration's word, `zero` or `unused`.
    fn from_str(word: &str) -> Result<Rest, CheckError> {
        match word {
            "zero" => Ok(Rest::Zero),
            "unused" => Ok(Rest::Unused),
            _ => Err(CheckError::Rest(word.to_owned())),
        }
    }
}

impl FromStr for Direction {
    type Err = CheckError;

    /// Reads the configuration's word, `right` or `left`.
    fn from_str(word: &str) -> Result<Direction, CheckError> {
        match word {
            "right" => Ok(Direction::FromRight),
            "left" => Ok(Direction::FromLeft),
            _ => Err(CheckError::Direction(word.to_owned())),
        }
    }
}

/// Sum of digit times weight, the weights repeated as often as needed.
fn weighted<'a>(body: impl Iterator<Item = &'a u8>, weights: &[u8]) -> u64 {
    body.zip(weights.iter().cycle()).map(|(digit, weight)| u64::from(*digit) * u64::from(*weight)).sum()
}

fn luhn(body: &[u8]) -> u8 {
    let sum: u64 = body
        .iter()
        .rev()
        .zip([2_u64, 1].iter().cycle())
        .map(|(digit, weight)| u64::from(*digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

fn iso7064_mod11_10(body: &[u8]) -> u8 {
    let product = body.iter().fold(10_u8, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn method(word: &str) -> CheckMethod {
        match word {
            "mod11-2to9" => CheckMethod::Mod11(Mod11::new((2..=9).collect(), Rest::Unused).unwrap()),
            "mod11-left" => CheckMethod::Mod11(Mod11::default().with_direction(Direction::FromLeft)),
            "mod11-no-rest0" => CheckMethod::Mod11(Mod11::default().with_rest0(Rest::Unused)),
            "mod11-unused" => CheckMethod::Mod11(Mod11::new((2..=7).collect(), Rest::Unused).unwrap()),
            _ => word.parse().unwrap(),
        }
    }

    #[track_caller]
    fn check(table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut columns = line.split_whitespace();
            let (word, body, wanted) = (columns.next().unwrap(), columns.next().unwrap(), columns.next().unwrap());
            let digits = method(word).digits(body);
            assert_eq!(digits.as_deref().unwrap_or("-"), wanted.trim_matches('"'), "{line}");
        }
    }

    #[test]
    fn published_and_computed_vectors() {
        check(
            r#"
            iso7064-mod11-10  100845456115  8
            luhn              88001123456   9
            mod11             88001123456   9
            mod11-2to9        88001123456   2
            iso7064-mod11-10  88001123456   3
            iso7064-mod97-10  88001123456   40
            luhn              0201234500    1
            mod11             0201234500    6
            mod11-2to9        0201234500    4
            iso7064-mod11-10  0201234500    2
            iso7064-mod97-10  0201234500    57
            luhn              7992739871    3
            iso7064-mod11-10  0794          5
            iso7064-mod97-10  794           44
            mod10-371         1             7
            mod10-371         12            7
            mod10-371         123           6
            none              123           ""
            luhn              12a           -
            mod11             12-3          -
            mod11             6             0
            mod11-unused      6             -
            mod11             0             0
            mod11-left        12            3
            mod11             12            4
            mod11-left        0201234500    0
            mod11-left        88001123457   5
            mod11-no-rest0    0             -
            mod11-no-rest0    6             0
            "#,
        );
    }

    #[test]
    fn words_that_name_no_method() {
        assert_eq!(
            "modulo".parse::<CheckMethod>().unwrap_err().to_string(),
            "unknown check method \"modulo\" \
             (known: luhn, iso7064-mod11-10, iso7064-mod97-10, mod11, mod10-371, none)"
        );
        assert_eq!("one".parse::<Rest>(), Err(CheckError::Rest("one".to_owned())));
        assert_eq!("unused".parse(), Ok(Rest::Unused));
        assert_eq!(Mod11::new(Vec::new(), Rest::Zero), Err(CheckError::NoWeights));
        assert_eq!(Mod11::new(vec![2, 11], Rest::Zero), Err(CheckError::Weight(11)));
        assert_eq!(Mod11::new(vec![0], Rest::Zero), Err(CheckError::Weight(0)));
    }

    /// A number with its check digits, one of whose digits was changed.
    fn mistyped(method: &CheckMethod, body: &str, place: usize, by: u32) -> (String, String) {
        let whole = format!("{body}{}", method.digits(body).unwrap());
        let place = place % whole.len();
        let changed = whole
            .chars()
            .enumerate()
            .map(
                |(at, c)| {
                    if at == place { char::from_digit((c.to_digit(10).unwrap() + by) % 10, 10).unwrap() } else { c }
                },
            )
            .collect();
        (whole, changed)
    }

    fn is_valid(method: &CheckMethod, whole: &str) -> bool {
        let (body, digits) = whole.split_at(whole.len() - method.len());
        method.digits(body).as_deref() == Some(digits)
    }

    proptest! {
        #[test]
        fn every_single_digit_error_is_rejected(body in "[0-9]{1,20}", place in 0_usize..40, by in 1_u32..10) {
            for method in ["luhn", "iso7064-mod11-10", "iso7064-mod97-10", "mod10-371"].map(method) {
                let (whole, changed) = mistyped(&method, &body, place, by);
                prop_assert!(is_valid(&method, &whole));
                prop_assert!(!is_valid(&method, &changed), "{method:?} {whole} {changed}");
            }
        }

        #[test]
        fn mod97_rejects_every_swap_of_neighbours(body in "[0-9]{2,20}", place in 0_usize..40) {
            let method = method("iso7064-mod97-10");
            let mut whole: Vec<char> = format!("{body}{}", method.digits(&body).unwrap()).chars().collect();
            let place = place % (whole.len() - 1);
            let is_same = whole[place] == whole[place + 1];
            whole.swap(place, place + 1);
            prop_assert_eq!(is_valid(&method, &whole.into_iter().collect::<String>()), is_same);
        }
    }
}
