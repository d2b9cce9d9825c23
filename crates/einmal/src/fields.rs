//! Reads fields from the JSON of use cases, for output on the command line.
//!
//! Must not know which use case it is. Invariant: a missing field reads as empty or zero, never as an error.

use serde_json::Value;

/// `KASSENZEICHEN/POSTEN`.
pub(crate) fn item(object: &Value) -> String {
    format!("{}/{}", text(object, "kassenzeichen"), text(object, "posten"))
}

/// A text; empty if it is missing.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A whole number; zero if it is missing.
pub(crate) fn number_of(object: &Value, name: &str) -> i64 {
    object.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// The same as text.
pub(crate) fn number(object: &Value, name: &str) -> String {
    number_of(object, name).to_string()
}

/// A list; empty if it is missing.
pub(crate) fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A JSON number with at most two decimals, as hundredths.
pub(crate) fn hundredths(object: &Value, name: &str) -> i64 {
    object.get(name).map(|number| hundredths_of(&number.to_string())).unwrap_or_default()
}

/// A decimal number with at most two decimals, as hundredths; zero if it is no such number.
pub(crate) fn hundredths_of(number: &str) -> i64 {
    let (sign, digits) = number.strip_prefix('-').map_or((1, number), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part: String = part.chars().chain("00".chars()).take(2).collect();
    let whole: i64 = whole.parse().unwrap_or_default();
    sign * (whole * 100 + part.parse::<i64>().unwrap_or_default())
}

/// Hundredths without their sign.
pub(crate) fn unsigned(hundredths: i64) -> String {
    let hundredths = hundredths.unsigned_abs();
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
