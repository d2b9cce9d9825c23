//! Turns the text of an element into a value, or into a finding that keeps the text.
//!
//! Does not know where the value belongs. Invariant: what cannot be read is never replaced by a guess.

use std::borrow::Cow;

use jiff::civil::Date;
use sepa::Cents;

use crate::date::read_day;
use crate::mt940::account::old_account_in;
use crate::nest::Spot;
use crate::short::Short;
use crate::{Finding, FindingKind, Money, Sign};

/// An element's text, which is not blank, and its place.
pub(crate) struct Leaf<'a> {
    /// Text without blanks at either end.
    pub(crate) text: &'a str,
    /// `Ccy` attribute.
    pub(crate) currency: Option<&'a str>,
    pub(crate) spot: Spot<'a>,
    /// Depth of the element at which the paths of findings begin.
    pub(crate) depth: usize,
}

/// An amount in the file, readable or not.
#[derive(Clone, Default, Debug)]
pub(crate) struct Stated {
    pub(crate) amount: Option<Cents>,
    pub(crate) currency: Option<Short>,
}

impl Stated {
    /// Whether the amount may be in `currency`: it may, unless both are known and differ.
    pub(crate) fn is_in(&self, currency: Option<&str>) -> bool {
        self.currency().zip(currency).is_none_or(|(own, other)| own == other)
    }

    pub(crate) fn currency(&self) -> Option<&str> {
        self.currency.as_ref().map(Short::as_str)
    }

    pub(crate) fn money(&self) -> Option<Money> {
        self.amount.map(|amount| Money { amount, currency: self.currency().map(str::to_owned) })
    }
}

impl Leaf<'_> {
    pub(crate) fn finding(&self, kind: FindingKind) -> Finding {
        let column = Some(self.spot.column());
        Finding { column, ..Finding::new(self.spot.line(), self.spot.path_from(self.depth), kind) }
    }

    /// Fills `slot` unless an earlier element has done it.
    pub(crate) fn keep(&self, slot: &mut Option<String>) {
        if slot.is_none() {
            *slot = Some(self.text.to_owned());
        }
    }

    /// The same for a code.
    pub(crate) fn keep_code(&self, slot: &mut Option<Short>) {
        if slot.is_none() {
            *slot = Some(Short::new(self.text));
        }
    }

    /// Appends the text to that of earlier elements with this name, on a new line.
    pub(crate) fn join(&self, slot: &mut Option<String>) {
        match slot {
            Some(text) => {
                text.push('\n');
                text.push_str(self.text);
            }
            None => *slot = Some(self.text.to_owned()),
        }
    }

    /// In capitals without blanks, the form in which IBANs are compared; a German account in the old form as its IBAN.
    pub(crate) fn keep_account(&self, slot: &mut Option<String>) {
        if slot.is_some() {
            return;
        }
        let is_plain = self.text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let account = match is_plain {
            true => self.text.to_owned(),
            false => self.text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect(),
        };
        *slot = Some(old_account_in(&account).map_or(account, |iban| iban.to_string()));
    }

    /// ActiveCurrencyAndAmount: exact, not negative.
    pub(crate) fn amount(&self, findings: &mut Vec<Finding>) -> Option<Cents> {
        match Cents::parse(&plain_decimal(self.text)) {
            Ok(amount) if amount.is_negative() => {
                findings.push(self.finding(FindingKind::Negative(amount)));
                None
            }
            Ok(amount) => Some(amount),
            Err(error) => {
                findings.push(self.finding(FindingKind::Amount(error)));
                None
            }
        }
    }

    pub(crate) fn stated(&self, findings: &mut Vec<Finding>) -> Stated {
        Stated { amount: self.amount(findings), currency: self.currency.map(Short::new) }
    }

    /// CreditDebitCode.
    pub(crate) fn sign(&self, findings: &mut Vec<Finding>) -> Option<Sign> {
        match self.text {
            "CRDT" => Some(Sign::Credit),
            "DBIT" => Some(Sign::Debit),
            other => {
                findings.push(self.finding(FindingKind::Sign(other.to_owned())));
                None
            }
        }
    }

    /// ISODate or ISODateTime, as the day in Europe/Berlin.
    pub(crate) fn day(&self, findings: &mut Vec<Finding>) -> Option<Date> {
        let day = read_day(self.text);
        if day.is_none() {
            findings.push(self.finding(FindingKind::Date(self.text.to_owned())));
        }
        day
    }

    /// xs:boolean.
    pub(crate) fn flag(&self, findings: &mut Vec<Finding>) -> Option<bool> {
        match self.text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            other => {
                findings.push(self.finding(FindingKind::Flag(other.to_owned())));
                None
            }
        }
    }

    /// Digits, leading zeros allowed.
    pub(crate) fn number(&self, findings: &mut Vec<Finding>) -> Option<u64> {
        let digits = self.text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { self.text.parse().ok() } else { None };
        if number.is_none() {
            findings.push(self.finding(FindingKind::Number(self.text.to_owned())));
        }
        number
    }
}

/// Turns forms of xs:decimal that only XML has (`.15`, `15.`, `+15`) into the usual ones.
fn plain_decimal(text: &str) -> Cow<'_, str> {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    match (unsigned.strip_prefix('.'), unsigned.strip_suffix('.')) {
        (Some(decimals), None) if decimals.starts_with(|c: char| c.is_ascii_digit()) => format!("0.{decimals}").into(),
        (None, Some(whole)) => whole.into(),
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit()) => unsigned.into(),
        _ => text.into(),
    }
}

/// Fills `slot` unless an earlier element has done it.
pub(crate) fn keep<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        let table = "
            115.04 | 115.04
            2000   | 2000.00
            .15    | 0.15
            15.    | 15.00
            +15.5  | 15.50
            98.500 | 98.50
            0      | 0.00
            -0.00  | 0.00
            .      | \".\" is not an amount
            +-5    | \"+-5\" is not an amount
            ++5    | \"++5\" is not an amount
            1,50   | \"1,50\" is not an amount
            1.234  | \"1.234\" has more than two decimals
            -1.23  | the amount -1.23 is negative";
        for line in table.lines().skip(1) {
            let (text, expected) = line.split_once('|').unwrap();
            let nest = crate::nest::Nest::default();
            let leaf = Leaf { text: text.trim(), currency: None, spot: Spot::new(&nest, ""), depth: 1 };
            let mut findings = Vec::new();
            let amount = leaf.amount(&mut findings).map(|amount| amount.to_string());
            let text = amount.unwrap_or_else(|| findings[0].kind.to_string());
            assert_eq!(text, expected.trim(), "{line}");
        }
    }
}
