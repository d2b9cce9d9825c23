//! Statement lines (`:61:`) and balances (`:60F:`, `:62F:`).
//!
//! Knows nothing of what comes around them. Keeps the invariant that a line is read as a whole or not at all.

use jiff::civil::Date;
use sepa::{AmountError, Cents};

use crate::Sign;

/// A statement line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    pub(crate) valued: Result<Date, String>,
    /// The value date where the line has no other.
    pub(crate) booked: Result<Date, String>,
    pub(crate) sign: Sign,
    pub(crate) reversal: bool,
    /// Not booked yet (MT942).
    pub(crate) expected: bool,
    pub(crate) amount: Result<Cents, AmountError>,
    /// `NTRF`.
    pub(crate) kind: String,
    /// Reference for the account owner.
    pub(crate) reference: String,
    /// Reference of the bank, after `//`.
    pub(crate) bank_reference: String,
}

/// `YYMMDD[MMDD](C|D|RC|RD|EC|ED)[letter]amount(N|S|F)XXXreference[//bank reference]`.
pub(crate) fn read_line(text: &str) -> Option<Line> {
    let (day, rest) = text.split_at_checked(6).filter(|(day, _)| is_digits(day))?;
    let (entry, rest) = match rest.split_at_checked(4) {
        Some((entry, rest)) if is_digits(entry) => (Some(entry), rest),
        _ => (None, rest),
    };
    let rest = rest.trim_start();
    let (expected, rest) = rest.strip_prefix('E').map_or((false, rest), |rest| (true, rest));
    let (sign, reversal, rest) = read_mark(rest)?;
    let rest = rest.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.')).unwrap_or(rest.len());
    let (amount, rest) = rest.split_at_checked(end)?;
    let amount = read_amount(amount);
    let rest = rest.trim_start();
    let (kind, references) = rest.split_at_checked(4).unwrap_or((rest, ""));
    let (reference, bank_reference) = references.split_once("//").unwrap_or((references, ""));
    let valued = read_day(day);
    Some(Line {
        booked: entry.map_or_else(|| valued.clone(), |entry| entry_day(entry, day)),
        valued,
        sign,
        reversal,
        expected,
        amount,
        kind: kind.to_owned(),
        reference: reference.trim().to_owned(),
        bank_reference: bank_reference.trim().to_owned(),
    })
}

/// RC takes a credit back, so money goes out; RD the other way round.
fn read_mark(text: &str) -> Option<(Sign, bool, &str)> {
    let marks =
        [("RC", Sign::Debit, true), ("RD", Sign::Credit, true), ("C", Sign::Credit, false), ("D", Sign::Debit, false)];
    marks.iter().find_map(|(mark, sign, reversal)| Some((*sign, *reversal, text.strip_prefix(mark)?)))
}

/// A balance: `C230209EUR100,00`, signed, with day and currency.
pub(crate) fn read_balance(text: &str) -> Option<(Cents, Option<Date>, Option<String>)> {
    let (sign, _, rest) = read_mark(text.trim())?;
    let (day, rest) = rest.split_at_checked(6)?;
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic())?;
    let (currency, amount) = rest.split_at_checked(letters)?;
    let amount = sign.apply(read_amount(amount.trim()).ok()?)?;
    Some((amount, read_day(day).ok(), Some(currency.to_owned()).filter(|currency| !currency.is_empty())))
}

/// `2,80`, `2,8`, `100,`: a comma always, decimals or not.
pub(crate) fn read_amount(text: &str) -> Result<Cents, AmountError> {
    let dotted = text.replacen(',', ".", 1);
    Cents::parse(dotted.strip_suffix('.').unwrap_or(&dotted))
}

/// `YYMMDD`; 80 to 99 are of the last century.
fn read_day(text: &str) -> Result<Date, String> {
    let century = if text >= "80" { "19" } else { "20" };
    let (year, rest) = text.split_at_checked(2).unwrap_or((text, ""));
    let (month, day) = rest.split_at_checked(2).unwrap_or((rest, ""));
    format!("{century}{year}-{month}-{day}").parse().map_err(|_| text.to_owned())
}

/// `MMDD` in the year that brings it nearest to the value date: around New Year it is another one.
fn entry_day(entry: &str, value: &str) -> Result<Date, String> {
    let near = read_day(value).or_else(|_| read_day(&format!("{}0101", value.get(..2).unwrap_or_default())));
    let near = near.map_err(|_| entry.to_owned())?;
    let (month, day) = entry.split_at_checked(2).unwrap_or((entry, ""));
    let years = [near.year(), near.year().saturating_sub(1), near.year().saturating_add(1)];
    let days = years.iter().filter_map(|year| format!("{year:04}-{month}-{day}").parse::<Date>().ok());
    days.min_by_key(|day| day.since(near).map_or(i32::MAX, |span| span.get_days().abs()))
        .ok_or_else(|| entry.to_owned())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let table = "
            2302090209CR2,00NTRFKREF+//BREF   | 2023-02-09 2023-02-09 Credit 2.00 NTRF [KREF+] [BREF]
            230209D2,8NMSC                    | 2023-02-09 2023-02-09 Debit 2.80 NMSC [] []
            2312310102RC100,NTRFNONREF        | 2023-12-31 2024-01-02 Debit reversal 100.00 NTRF [NONREF] []
            2401021229RDR1,5NTRF              | 2024-01-02 2023-12-29 Credit reversal 1.50 NTRF [] []
            2302300301C1,00NMSCx//            | 230230 2023-03-01 Credit 1.00 NMSC [x] []
            230209EC2,00NTRFNONREF            | 2023-02-09 2023-02-09 Credit expected 2.00 NTRF [NONREF] []
            230209RCR2,00NTRF                 | 2023-02-09 2023-02-09 Debit reversal 2.00 NTRF [] []
            990101C1,234NMSC                  | 1999-01-01 1999-01-01 Credit \"1.234\" has more than two decimals NMSC [] []
            230209X2,00                       | -
            23020                             | -";
        for row in table.lines().skip(1) {
            let (text, expected) = row.split_once('|').unwrap();
            let day = |day: Result<Date, String>| day.map_or_else(|text| text, |day| day.to_string());
            let shown = read_line(text.trim()).map_or("-".to_owned(), |line| {
                let amount = line.amount.map_or_else(|error| error.to_string(), |amount| amount.to_string());
                let reversal = if line.reversal { " reversal" } else { "" };
                let reversal = if line.expected { " expected" } else { reversal };
                let days = format!("{} {}", day(line.valued), day(line.booked));
                format!(
                    "{days} {:?}{reversal} {amount} {} [{}] [{}]",
                    line.sign, line.kind, line.reference, line.bank_reference
                )
            });
            assert_eq!(shown, expected.trim());
        }
    }

    #[test]
    fn balances() {
        let table = "
            C230209EUR100,00 | 100.00 2023-02-09 EUR
            D230209EUR0,5    | -0.50 2023-02-09 EUR
            C230230EUR1,     | 1.00 - EUR
            C2302091,00      | 1.00 2023-02-09 -
            X230209EUR1,00   | -
            C230209EUR1,001  | -";
        for row in table.lines().skip(1) {
            let (text, expected) = row.split_once('|').unwrap();
            let shown = read_balance(text).map_or("-".to_owned(), |(amount, day, currency)| {
                format!("{amount} {} {}", day.map_or("-".into(), |day| day.to_string()), currency.unwrap_or("-".into()))
            });
            assert_eq!(shown, expected.trim());
        }
    }
}
