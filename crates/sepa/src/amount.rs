//! Amounts of money: whole cents, read exactly or not at all.
//!
//! It knows no currency; it only assumes that a unit has a hundred parts. Invariant: nothing is ever rounded; a text
//! that gives a fraction of a cent, or that can be read in two ways, is an error.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// An amount in cents; negative amounts are owed in the other direction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Cents(i64);

/// Why a text is not an amount; each variant keeps the rejected text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text is empty.
    #[error("the amount is empty")]
    Empty,
    /// The text has characters that no amount has, or has them in a wrong order.
    #[error("\"{0}\" is not an amount")]
    NotANumber(String),
    /// The text gives a fraction of a cent.
    #[error("\"{0}\" has more than two decimals")]
    TooManyDecimals(String),
    /// The amount does not fit into 64 bits of cents.
    #[error("\"{0}\" is too large an amount")]
    TooLarge(String),
    /// The only separator may mean thousands or decimals.
    #[error("\"{0}\" is ambiguous: thousands or decimals")]
    Ambiguous(String),
}

impl Cents {
    /// No money.
    pub const ZERO: Cents = Cents(0);

    /// An amount of this many cents.
    #[must_use]
    pub const fn new(cents: i64) -> Self {
        Cents(cents)
    }

    /// The amount in cents.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whether it is no money at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether it is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether it is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The absolute amount; the smallest amount, which has no positive counterpart, becomes the largest.
    #[must_use]
    pub const fn abs(self) -> Self {
        Cents(self.0.saturating_abs())
    }

    /// The sum, or `None` beyond 64 bits.
    #[must_use]
    pub fn checked_add(self, other: Cents) -> Option<Cents> {
        self.0.checked_add(other.0).map(Cents)
    }

    /// The difference, or `None` beyond 64 bits.
    #[must_use]
    pub fn checked_sub(self, other: Cents) -> Option<Cents> {
        self.0.checked_sub(other.0).map(Cents)
    }

    /// The amount with the other sign, or `None` for the smallest, which has no counterpart.
    #[must_use]
    pub fn checked_neg(self) -> Option<Cents> {
        self.0.checked_neg().map(Cents)
    }

    /// The sum of all, or `None` if a partial sum does not fit into 64 bits. The sum of nothing is zero.
    pub fn sum(amounts: impl IntoIterator<Item = Cents>) -> Option<Cents> {
        amounts.into_iter().try_fold(Cents::ZERO, Cents::checked_add)
    }

    /// Reads the machine form of ISO 20022 amounts: optional minus, digits, optionally a point and decimals, as in
    /// `115.04`, `2000`, `12900.2` or `98.500`.
    ///
    /// # Errors
    /// Anything else is an [`AmountError`]; so is a third decimal other than zero.
    pub fn parse(text: &str) -> Result<Cents, AmountError> {
        match parse_plain(text) {
            Some(cents) => Ok(cents),
            None => parse_exact(text),
        }
    }

    /// Reads what lists contain: `1.234,56`, `1234,56`, `1,234.56`, `1234`, `-5,00` or `5,00-`, with blanks around it
    /// and `EUR` or `€` after it. Of two kinds of separators the last one begins the decimals.
    ///
    /// # Errors
    /// As [`Cents::parse`]; and [`AmountError::Ambiguous`] for one separator followed by exactly three digits,
    /// since `1.234` is two different amounts.
    pub fn parse_local(text: &str) -> Result<Cents, AmountError> {
        let amount = without_currency(text.trim());
        if amount.is_empty() {
            return Err(AmountError::Empty);
        }
        let (negative, digits) = match (amount.strip_prefix('-'), amount.strip_suffix('-')) {
            (Some(digits), _) | (None, Some(digits)) => (true, digits),
            (None, None) => (false, amount),
        };
        let (whole, fraction) = split_local(digits, text)?;
        let whole = whole.replace(['.', ','], "");
        let sign = if negative { "-" } else { "" };
        parse_exact(&format!("{sign}{whole}.{}", if fraction.is_empty() { "0" } else { fraction }))
            .map_err(|error| error.about(text))
    }

    /// The form of German letters, with points between thousands: `1.234,56`, `-0,05`.
    #[must_use]
    pub fn german(self) -> String {
        let units = (self.0.unsigned_abs() / 100).to_string();
        let mut text = String::from(if self.is_negative() { "-" } else { "" });
        for (index, digit) in units.chars().enumerate() {
            if index > 0 && (units.len() - index).is_multiple_of(3) {
                text.push('.');
            }
            text.push(digit);
        }
        format!("{text},{:02}", self.0.unsigned_abs() % 100)
    }
}

impl AmountError {
    /// The same error, with the text that the user wrote.
    fn about(self, text: &str) -> AmountError {
        let text = text.to_owned();
        match self {
            AmountError::Empty => AmountError::Empty,
            AmountError::NotANumber(_) => AmountError::NotANumber(text),
            AmountError::TooManyDecimals(_) => AmountError::TooManyDecimals(text),
            AmountError::TooLarge(_) => AmountError::TooLarge(text),
            AmountError::Ambiguous(_) => AmountError::Ambiguous(text),
        }
    }
}

/// The machine form, which [`Cents::parse`] reads back for every value: `115.04`, `-0.05`.
impl fmt::Display for Cents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(formatter, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl FromStr for Cents {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Cents::parse(text)
    }
}

/// More digits before the point than this might not fit into 64 bits of cents.
const PLAIN_DIGITS_MAX: usize = 16;

/// The usual case, of which statements have millions: few digits, at most two decimals. `None` only means that
/// [`parse_exact`] must decide; if there is a result, both give the same.
fn parse_plain(text: &str) -> Option<Cents> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
    if whole.is_empty() || whole.len() > PLAIN_DIGITS_MAX || fraction.is_empty() || fraction.len() > 2 {
        return None;
    }
    let mut cents: i64 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        cents = cents * 10 + i64::from(byte - b'0');
    }
    let cents = if fraction.len() == 1 { cents * 10 } else { cents };
    Some(Cents(if negative { -cents } else { cents }))
}

/// The complete rules of the machine form.
fn parse_exact(text: &str) -> Result<Cents, AmountError> {
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return Err(AmountError::NotANumber(text.to_owned()));
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 2 {
        return Err(AmountError::TooManyDecimals(text.to_owned()));
    }
    let sign = if digits.len() < text.len() { "-" } else { "" };
    let whole = whole.trim_start_matches('0');
    let units = format!("{sign}0{whole}.{fraction}0");
    Decimal::from_str_exact(&units)
        .ok()
        .and_then(|units| units.checked_mul(Decimal::ONE_HUNDRED))
        .and_then(|cents| cents.to_i64())
        .map(Cents)
        .ok_or_else(|| AmountError::TooLarge(text.to_owned()))
}

/// The amount without the euro sign or code after it.
fn without_currency(amount: &str) -> &str {
    ["EUR", "€"].iter().find_map(|currency| amount.strip_suffix(currency)).unwrap_or(amount).trim_end()
}

/// The whole part, still with its thousands separators, and the decimals ("" if none) of unsigned digits in a local
/// form; `text` is the text for errors.
fn split_local<'a>(digits: &'a str, text: &str) -> Result<(&'a str, &'a str), AmountError> {
    let not_a_number = || AmountError::NotANumber(text.to_owned());
    let Some(last) = digits.chars().rev().find(|character| matches!(character, '.' | ',')) else {
        return if is_digits(digits) { Ok((digits, "")) } else { Err(not_a_number()) };
    };
    let (whole, fraction) = digits.rsplit_once(last).ok_or_else(not_a_number)?;
    if !is_digits(fraction) {
        return Err(not_a_number());
    }
    let thousands = if last == '.' { ',' } else { '.' };
    if whole.contains(last) {
        // The same separator twice means thousands, and there are no decimals.
        return if is_grouped(digits, last) { Ok((digits, "")) } else { Err(not_a_number()) };
    }
    if whole.contains(thousands) {
        return if is_grouped(whole, thousands) { Ok((whole, fraction)) } else { Err(not_a_number()) };
    }
    if !is_digits(whole) {
        return Err(not_a_number());
    }
    if fraction.len() == 3 {
        return Err(AmountError::Ambiguous(text.to_owned()));
    }
    Ok((whole, fraction))
}

/// Whether these are digits in groups of three, the first of one to three.
fn is_grouped(digits: &str, separator: char) -> bool {
    digits.split(separator).enumerate().all(|(index, group)| {
        let length_fits = if index == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        length_fits && is_digits(group)
    })
}

/// Whether there is at least one digit and nothing else.
fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `text => cents` or `text => reason`, a line each.
    #[track_caller]
    fn check(parse: fn(&str) -> Result<Cents, AmountError>, table: &str) {
        for line in table.lines().filter(|line| !line.trim().is_empty()) {
            let (text, expected) = line.split_once("=>").expect("a line is text => result");
            let text = text.trim().trim_matches('"');
            let found = match parse(text) {
                Ok(cents) => cents.get().to_string(),
                Err(AmountError::Empty) => "empty".to_owned(),
                Err(AmountError::NotANumber(rejected)) => format!("not a number {rejected}"),
                Err(AmountError::TooManyDecimals(rejected)) => format!("decimals {rejected}"),
                Err(AmountError::TooLarge(rejected)) => format!("large {rejected}"),
                Err(AmountError::Ambiguous(rejected)) => format!("ambiguous {rejected}"),
            };
            assert_eq!(found, expected.trim(), "of {text:?}");
        }
    }

    #[test]
    fn machine_form() {
        check(
            Cents::parse,
            "
            115.04                => 11504
            2000                  => 200000
            12900.2               => 1290020
            98.500                => 9850
            98.50000000000000000000000000000000000000 => 9850
            0.00                  => 0
            -0                    => 0
            -0.05                 => -5
            007.10                => 710
            00000000000000000000000000000000000000001 => 100
            92233720368547758.07  => 9223372036854775807
            -92233720368547758.08 => -9223372036854775808
            92233720368547758.08  => large 92233720368547758.08
            99999999999999999999999999999999999999999 => large 99999999999999999999999999999999999999999
            1.005                 => decimals 1.005
            0.0000000000000000000000000000000000001 => decimals 0.0000000000000000000000000000000000001
            \"\"                => empty
            -                     => not a number -
            +1                    => not a number +1
            \" 1\"              => not a number  1
            1.                    => not a number 1.
            .5                    => not a number .5
            1,5                   => not a number 1,5
            1.2.3                 => not a number 1.2.3
            --1                   => not a number --1
            1e3                   => not a number 1e3
            1.-5                  => not a number 1.-5
            ١                     => not a number ١
            ",
        );
    }

    #[test]
    fn local_forms() {
        check(
            Cents::parse_local,
            "
            1.234,56       => 123456
            1234,56        => 123456
            1234.56        => 123456
            1,234.56       => 123456
            1234           => 123400
            -5,00          => -500
            5,00-          => -500
            \"  5,5 \"   => 550
            312,47 EUR     => 31247
            312,47€        => 31247
            1.234.567      => 123456700
            1.234.567,8    => 123456780
            1.234,500      => 123450
            12,5000        => 1250
            1.234          => ambiguous 1.234
            1,234 EUR      => ambiguous 1,234 EUR
            1.234,567      => decimals 1.234,567
            1,2345         => decimals 1,2345
            12.34,56       => not a number 12.34,56
            1234.567,00    => not a number 1234.567,00
            1.23.456       => not a number 1.23.456
            1.234,         => not a number 1.234,
            1,234,56       => not a number 1,234,56
            1.234,56.7     => not a number 1.234,56.7
            ,50            => not a number ,50
            5,             => not a number 5,
            -5,00-         => not a number -5,00-
            5 00           => not a number 5 00
            EUR            => empty
            \"  \"       => empty
            -              => not a number -
            12a            => not a number 12a
            ",
        );
    }

    #[test]
    fn german_form() {
        for (cents, expected) in [
            (0, "0,00"),
            (-5, "-0,05"),
            (99_999, "999,99"),
            (123_456, "1.234,56"),
            (-100_000_000, "-1.000.000,00"),
            (i64::MIN, "-92.233.720.368.547.758,08"),
        ] {
            assert_eq!(Cents::new(cents).german(), expected);
        }
    }

    #[test]
    fn sums_never_wrap() {
        let most = Cents::new(i64::MAX);
        assert_eq!(Cents::sum([]), Some(Cents::ZERO));
        assert_eq!(Cents::sum([Cents::new(5), Cents::new(-7)]), Some(Cents::new(-2)));
        assert_eq!(Cents::sum([most, Cents::new(1)]), None);
        assert_eq!(Cents::new(i64::MIN).checked_neg(), None);
        assert_eq!(Cents::new(i64::MIN).abs(), most);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(cents in any::<i64>()) {
            let amount = Cents::new(cents);
            prop_assert_eq!(Cents::parse(&amount.to_string()), Ok(amount));
            prop_assert_eq!(Cents::parse_local(&amount.german()), Ok(amount));
        }

        #[test]
        fn the_plain_case_means_what_the_whole_rule_means(text in "-?[0-9]{0,18}[.,]?[0-9]{0,4}-?") {
            if let Some(plain) = parse_plain(&text) {
                prop_assert_eq!(parse_exact(&text), Ok(plain));
            }
        }
    }
}
